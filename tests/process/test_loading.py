"""Every definition error has its file, line and hint; nothing else comes out of a definition."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cocflow.core.forms.form import QUESTIONS
from cocflow.core.process import (
    BACK,
    CHOICES,
    OPTIONAL_CHOICES,
    Choice,
    Drafting,
    Figure,
    Mark,
    Move,
    Opening,
    Process,
    Timer,
)
from cocflow.errors import DefinitionError
from cocflow.process.loading import (
    Where,
    check_choices,
    examine_process,
    load_form,
    load_process,
)
from cocflow.setup import shipped

EXAMPLES = Path(__file__).with_name("definitions")
INCIDENT = shipped.workflows() / "incident.yml"
FORM = shipped.issue_forms() / "incident.yml"


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
    assert process.id == "incident/1.1"
    assert process.published == "2019-02-10"
    assert [state.name for state in process.states if state.final] == ["closed", "withdrawn", "dismissed"]


def test_a_definition_becomes_the_core_s_structs(templates: Path) -> None:
    """What is written under `from`, `in`, `opening`, labels and figures arrives in the struct's fields."""
    process = load_process(EXAMPLES / "positive" / "suspension.yml", templates)
    assert process.openings == (Opening(to="active"),)
    assert process.moves[3] == Move(
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


def test_sets_stand_for_their_states_wherever_states_are_listed(templates: Path) -> None:
    """A set, and a set of sets, becomes its states in the file's order, each once."""
    process = load_process(EXAMPLES / "positive" / "back_and_letters.yml", templates)
    assert process.sets == (("undone", ("open", "paused")), ("any", ("open", "paused", "done")))
    froms = {move.name: move.from_ for move in process.moves}
    assert froms["finish"] == ("open", "paused")
    assert froms["help"] == ("open", "paused", "done")


def test_a_state_may_come_by_several_sets(templates: Path, tmp_path: Path) -> None:
    """A state that is named by itself and by a set, or by two sets, counts once."""
    text = (EXAMPLES / "positive" / "back_and_letters.yml").read_text()
    path = write(tmp_path, text.replace("    from: [any]\n", "    from: [open, undone, any]\n"))
    process = load_process(path, templates)
    assert process.moves[-1].from_ == ("open", "paused", "done")


def test_properties_ways_and_records_arrive_in_the_structs(templates: Path) -> None:
    """What is written under `is`, `to: back`, `letter` and `records` arrives in the struct's fields."""
    process = load_process(EXAMPLES / "positive" / "back_and_letters.yml", templates)
    moves = {move.name: move for move in process.moves}
    assert moves["resume"].to == BACK
    assert moves["resume"].quick_labels == (("resume", ""),)
    assert (moves["appeal"].letter, moves["appeal"].records) == (True, ("appeal",))
    assert process.are("account_suspended") == ("open",)
    assert process.timers[0].records == ("access_returned",)
    assert process.timers[0].in_order
    assert process.figure_that("appeal_window") == process.figures[0]
    assert process.marks == (
        Mark(
            name="notice: undelivered",
            color="b60205",
            means="Somebody couldn't be reached",
            shows="undelivered",
        ),
    )


def test_drafts_and_choices_arrive_in_the_structs(templates: Path) -> None:
    """Who approves, who is asked, and where the form offers what."""
    process = load_process(EXAMPLES / "positive" / "drafted.yml", templates)
    (post,) = (move for move in process.moves if move.drafted)
    assert post.drafted == Drafting(approved_by=2, asks=("reporter/asked",))
    assert process.choice("in_public") == Choice(name="in_public", field="where", option=1, of=2)
    assert {choice.name for choice in process.choices} == set(CHOICES) - OPTIONAL_CHOICES


def test_all_that_is_wrong_together_is_found_at_once(templates: Path, tmp_path: Path) -> None:
    """Several mistakes of meaning are given by line; `load_process` raises the first of them."""
    text = (EXAMPLES / "positive" / "drafted.yml").read_text()
    path = write(
        tmp_path, text.replace("    records: [answers]\n", "").replace("at: draft.made", "at: notices.owed")
    )
    _, mistakes = examine_process(path, templates)
    assert [mistake.message for mistake in mistakes] == [
        "nothing would be kept of `/answer`",
        "nothing would be kept of an edit by `answer`",
        "`silence` in `silence` counts from when the draft was shown",
    ]
    with pytest.raises(DefinitionError, match="nothing would be kept of `/answer`"):
        load_process(path, templates)


def test_the_shipped_form_offers_what_the_shipped_process_binds() -> None:
    """Every choice is found at its place."""
    where = Where(FORM, INCIDENT)
    check_choices(load_process(INCIDENT, shipped.templates()), load_form(FORM, ()), where)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    id: where\n", "    id: place\n", "the question `where` is gone"),
        (
            "        - What the people concerned need to know, with my name\n",
            "",
            "`share` has 4 choices, not the 5 that are counted on",
        ),
    ],
)
def test_a_form_that_lacks_a_choice_is_refused_by_its_line(
    old: str, new: str, message: str, tmp_path: Path
) -> None:
    """The error names the form's file and line, its hint the process's."""
    form = tmp_path / "incident.yml"
    form.write_text(FORM.read_text().replace(old, new))
    process = load_process(INCIDENT, shipped.templates())
    with pytest.raises(DefinitionError) as refusal:
        check_choices(process, load_form(form, ()), Where(form, INCIDENT))
    assert refusal.value.message == message
    assert refusal.value.file == str(form)
    lines = form.read_text().splitlines()
    assert lines[(refusal.value.line or 0) - 1].strip() in ("body:", "options:")
    hint = re.match(rf"{re.escape(str(INCIDENT))}:(\d+) says where", refusal.value.hint)
    assert hint is not None
    assert "field: " in INCIDENT.read_text().splitlines()[int(hint[1]) - 1]


def test_a_form_is_refused_with_its_line(tmp_path: Path) -> None:
    """What can't be read back from an issue is named where it stands in the form's file."""
    form = tmp_path / "incident.yml"
    form.write_text(FORM.read_text().replace("        - I saw it\n", "        - 7\n"))
    with pytest.raises(DefinitionError, match="a choice of `learned` isn't a text") as refusal:
        load_form(form, ())
    assert form.read_text().splitlines()[(refusal.value.line or 0) - 1].strip() == "- 7"


def test_the_commands_that_a_process_may_name_can_be_given(templates: Path) -> None:
    """With another vocabulary of commands, a command outside of it is refused with the nearest in it."""
    path = EXAMPLES / "positive" / "suspension.yml"
    with pytest.raises(DefinitionError, match=r"unknown command `told` .*did you mean `retold`") as refusal:
        load_process(path, templates, commands=["retold", "lift"])
    assert path.read_text().split("\n")[(refusal.value.line or 0) - 1].strip() == "command: told"


def test_the_shipped_form_asks_the_four_questions() -> None:
    """The shipped form asks the four questions, and each of them has to be answered."""
    form = load_form(FORM, QUESTIONS)
    assert [one.id for one in form.fields if one.required and one.kind == "textarea"] == list(QUESTIONS)


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


@pytest.mark.slow
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=mutated())
def test_a_damaged_definition_is_loaded_or_refused_with_its_line(text: str, tmp_path: Path) -> None:
    """Whichever keys and values of the shipped process are damaged, it loads or names a line of the file."""
    path = write(tmp_path, text)
    outcome = load(path)
    if isinstance(outcome, Process):
        states = {state.name for state in outcome.states}
        assert {move.to for move in outcome.moves} <= {None, BACK, *states}
    else:
        assert outcome.file == str(path)
        assert outcome.line in range(1, len(text.splitlines()) + 2)
        assert "\n" not in str(outcome)
