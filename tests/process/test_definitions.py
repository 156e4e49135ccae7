"""Every definition error has its file, line and hint; nothing else comes out of a definition."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocflow.core.process import Figure, Move, Opening, Process, Timer
from cocflow.errors import DefinitionError
from cocflow.process.entries import read_yaml
from cocflow.process.loading import load_form_data, load_process
from cocflow.setup import shipped

EXAMPLES = Path(__file__).with_name("definitions")
INCIDENT = shipped.workflows() / "incident.yml"
NOTICES = ("reporter/arrived", "reporter/estimate", "administrators/opened", "party/told", "suspended/open")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder with an empty template for each notice that the examples name."""
    for notice in NOTICES:
        path = tmp_path / f"{notice}.md.j2"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path


def write(folder: Path, text: str) -> Path:
    """Write a file of that text, and return its path."""
    path = folder / "written.yml"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("positive/*.yml")), ids=lambda path: path.stem)
def test_every_right_definition_is_loaded_under_its_own_name(path: Path, templates: Path) -> None:
    """A definition under `positive/` is accepted, and identified by its name and version."""
    process = load_process(path, templates)
    text = path.read_text()
    assert process.id == "/".join(
        match[1]
        for match in (re.search(rf'^{key}: "?([^"\n]+)', text, re.M) for key in ("process", "version"))
        if match
    )


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("negative/*.yml")), ids=lambda path: path.stem)
def test_every_wrong_definition_is_refused_in_the_words_of_its_first_line(
    path: Path, templates: Path
) -> None:
    """A definition under `negative/` is refused with the line, message and hint of its first comment."""
    expected = path.read_text().partition("\n")[0].removeprefix("# ")
    with pytest.raises(DefinitionError) as refusal:
        load_process(path, templates)
    assert str(refusal.value) == f"{path}:{expected}"


def test_the_shipped_process_is_right_with_the_shipped_templates() -> None:
    """The incident process of the repository is loaded, and every notice and reply in it has a template."""
    process = load_process(INCIDENT, shipped.templates())
    assert process.id == "incident/1.0"
    assert process.published == "2019-02-10"
    assert [state.name for state in process.states if state.final] == ["closed", "withdrawn"]


def test_a_definition_becomes_the_core_s_structs(templates: Path) -> None:
    """What is written under `from`, `in`, `opening`, labels and figures arrives in the struct's fields."""
    process = load_process(EXAMPLES / "positive" / "suspension.yml", templates)
    assert process.openings == (Opening(to="active"),)
    assert process.moves[-1] == Move(
        name="uphold",
        means="Refuse the appeal",
        from_=("appealable",),
        to="upheld",
        by=("administrator", "cocflow"),
        quick_labels=(("uphold", "as it was"),),
        automatic=True,
    )
    assert process.timers[0] == Timer(
        name="open",
        means="The appeal opens",
        in_=("active",),
        after="appeal.opens_after",
        to="appealable",
        notices=("suspended/open",),
    )
    assert [state.color for state in process.states] == ["123456", "abcdef", "123456", "000000"]
    assert process.states[0].means == "The account is suspended; an appeal can't be made yet."
    assert process.figures == (
        Figure(
            name="appeal.opens_after",
            default=timedelta(days=7),
            means="How long after a suspension an appeal may be made",
        ),
        Figure(name="appeal.closes_after", default=None, means="How long an appeal may be made"),
    )


def test_the_commands_that_a_process_may_name_can_be_given(templates: Path) -> None:
    """With another vocabulary of commands, a command outside of it is refused with the nearest in it."""
    path = EXAMPLES / "positive" / "suspension.yml"
    with pytest.raises(DefinitionError, match=r"unknown command `told` .*did you mean `retold`") as refusal:
        load_process(path, templates, commands=["retold", "lift"])
    assert path.read_text().split("\n")[(refusal.value.line or 0) - 1].strip() == "command: told"


def test_every_entry_knows_its_line_also_through_an_alias(tmp_path: Path) -> None:
    """The line of a value is that of its key; what an alias repeats keeps its own lines."""
    root = read_yaml(
        write(tmp_path, "# first\na: &anchor\n  b: 1\nc: *anchor\nd:\n  - x\n  - y: |\n      z\n")
    )
    assert [root.line, root.at("a").line, root.at("a", "b").line] == [2, 2, 3]
    assert [root.at("c").line, root.at("c", "b").line] == [4, 3]
    assert [item.line for item in root.at("d").items()] == [6, 7]
    assert root.plain() == {"a": {"b": 1}, "c": {"b": 1}, "d": ["x", {"y": "z\n"}]}


def test_keys_are_kept_as_typed(tmp_path: Path) -> None:
    """A key that YAML would take for a truth value or a number, such as `on`, stays the text it is."""
    assert load_form_data(write(tmp_path, "on: 1\n7: two\n")) == {"on": 1, "7": "two"}


def test_the_shipped_form_s_data_are_its_template_s() -> None:
    """The form is loaded as plain data, its four required questions among its elements."""
    data = load_form_data(shipped.issue_forms() / "incident.yml")
    required = [one for one in data["body"] if one.get("validations", {}).get("required")]
    assert len([one for one in required if one["type"] == "textarea"]) == 4


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "1: the file is empty"),
        (b"a: 1\nb: \xff\n", "2: not UTF-8 text"),
        (b"a: 1\nb: \x01\n", "2: not valid YAML: a character that YAML doesn't allow (look at"),
        (b"a: 1\nb: c: d\n", "2: not valid YAML: mapping values are not allowed here (look at"),
        (b"a: 1\nb: *c\n", "2: not valid YAML: found undefined alias 'c' (look at"),
        (b"a: 1\n---\nb: 2\n", "2: not valid YAML: but found another document (look at"),
        (b"a: 1\nb: 2\na: 3\n", "3: key `a` is there twice (the first one is on line 1)"),
        (b"a: 1\n? [b]\n: 2\n", "2: a key must be a text"),
        (b"a: &a {b: 1}\nc:\n  <<: *a\n", "3: `<<` isn't supported (write the keys out)"),
        (b"a: 1\nb: &b [*b]\n", "2: an alias repeats what it stands in, or the file is far too long"),
        (b"a: 2019-13-45\n", "1: `2019-13-45` can't be read (write it in quotes, without a tag)"),
        (b"a: !!python/name:os.system ''\n", "1: `` can't be read (write it in quotes, without a tag)"),
        (b"a: !!bool perhaps\n", "1: `perhaps` can't be read (write it in quotes, without a tag)"),
        (b"[" * 5000 + b"]" * 5000, "1: nested too deeply to be read"),
        (
            b"a: &a [1, 1]\n"
            + b"".join(b"%c: &%c [*%c, *%c]\n" % (n, n, n - 1, n - 1) for n in range(98, 123)),
            "1: an alias repeats what it stands in, or the file is far too long",
        ),
        (b"- a\n", "1: the file must be a mapping, but is a list"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_a_file_that_is_no_yaml_mapping_is_refused_with_its_line(
    content: bytes, expected: str, tmp_path: Path
) -> None:
    """Whatever stands in a file, only a DefinitionError comes out, in one line that says where and what."""
    path = tmp_path / "written.yml"
    path.write_bytes(content)
    with pytest.raises(DefinitionError) as refusal:
        load_form_data(path)
    said = str(refusal.value).removeprefix(f"{path}:")
    assert said.startswith(expected)
    assert "\n" not in said


def test_a_file_that_is_missing_is_refused_by_name(tmp_path: Path) -> None:
    """A file that can't be opened is named, with the system's reason."""
    path = tmp_path / "absent.yml"
    with pytest.raises(DefinitionError, match=rf"^{re.escape(str(path))}: can't be read: No such file"):
        read_yaml(path)


LINES = INCIDENT.read_text().splitlines()
VALUES = [
    "",
    "~",
    "7",
    "1.5",
    "yes",
    "[]",
    "{}",
    "nonsense",
    "2019-13-45",
    "[[1]]",
    "{a: b}",
    "P0D",
    "[closed]",
    "'",
    "!!set x",
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """The shipped process after one to three mishaps: a line lost, doubled, indented, renamed or revalued."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        head, colon, _ = lines[at].partition(":")
        lines[at : at + 1] = draw(
            st.sampled_from(
                [
                    [],
                    [lines[at], lines[at]],
                    [f"  {lines[at]}"],
                    [f"{head}x{colon}{lines[at][len(head) + 1 :]}"],
                    [lines[at][2:]],
                    *([f"{head}: {value}"] for value in VALUES),
                ]
            )
        )
    return "\n".join(lines)


def load(path: Path) -> Process | DefinitionError:
    """Load a process, or return why it is refused."""
    try:
        return load_process(path, shipped.templates())
    except DefinitionError as refusal:
        return refusal


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=mutated())
def test_a_damaged_definition_is_loaded_or_refused_with_its_line(text: str, tmp_path: Path) -> None:
    """Whichever keys and values of the shipped process are damaged, it loads or names a line of the file."""
    path = write(tmp_path, text)
    outcome = load(path)
    if isinstance(outcome, Process):
        states = {state.name for state in outcome.states}
        assert {move.to for move in outcome.moves} <= {None, *states}
    else:
        assert outcome.file == str(path)
        assert outcome.line in range(1, len(text.splitlines()) + 2)
        assert "\n" not in str(outcome)
