"""Messages: every template can be used, none can leak, and nobody's words do anything in them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from textwrap import wrap
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cocflow.core.acts import GRAMMAR
from cocflow.core.case.grammar import refuse_unfilled
from cocflow.core.views import VIEWS, samples
from cocflow.core.views.base import View
from cocflow.errors import DefinitionError, UserMistake
from cocflow.messages import SUFFIX, Templates, fenced, inline, listed, quoted
from cocflow.setup import shipped
from cocflow.setup.in_force import load_processes
from tests.core.play import definition
from tests.fakes import templates

NAMES = sorted(
    str(path.relative_to(shipped.templates())).removesuffix(SUFFIX)
    for path in shipped.templates().glob(f"*/*{SUFFIX}")
)
BY_PEOPLE = {"administrators": {"parties", "untold", "reporter"}, "reporter": {"resolution"}}
"""The fields of a view that hold what somebody typed; the others are the community's or our own."""


def own(folder: Path, name: str, text: str) -> Templates:
    """Return the templates of a community that wrote one of its own."""
    path = folder / f"{name}{SUFFIX}"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return Templates([folder, shipped.templates()], ZoneInfo("UTC"))


def filled(folder: str, words: str = "words", *, full: bool = True, **fields: Any) -> View:
    """Return a view of an audience: every field filled with these words, or with no list and no yes."""
    hints = get_type_hints(VIEWS[folder])
    values = {name: value(hint, words, full) for name, hint in hints.items()}
    return VIEWS[folder](**(values | fields))


def value(hint: Any, words: str, full: bool) -> Any:
    """Return a value of a field's type."""
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    (kind,) = [option for option in options if option is not type(None)][:1]
    if get_origin(kind) is tuple:
        item = get_args(kind)[0]
        return (value(item, words, full),) * 2 if full else ()
    if kind is str:
        return words
    if kind is bool:
        return full
    if kind is datetime:
        return datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    if kind is int:
        return 3
    return kind(**{name: value(hint, words, full) for name, hint in get_type_hints(kind).items()})


# --- the shipped ones ------------------------------------------------------------------------------


def test_every_shipped_template_can_be_loaded() -> None:
    """None names what its audience may not know."""
    Templates([shipped.templates()], ZoneInfo("UTC")).check()
    assert len(NAMES) > 20


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_template_says_something(name: str, full: bool) -> None:
    """With long lists and with none, a template gives text and no traces of code."""
    text = templates().render(name, filled(name.partition("/")[0], full=full))
    assert text.strip() == text
    assert text or not full
    assert "{{" not in text
    assert "{%" not in text
    assert "None" not in text
    assert "\n\n\n" not in text


COMMAND = re.compile(r"`(/[a-z]+[^`\n]*)`")
"""A command as a text offers it, within a line."""


@pytest.mark.parametrize("name", NAMES)
def test_a_command_in_a_text_is_one_or_says_what_is_to_be_filled_in(name: str) -> None:
    """In `<…>`, or `[…]` where it may be left out: copied as it stands, it is refused with its form."""
    audience = name.partition("/")[0]
    for view in (samples.full(audience), samples.least(audience), samples.counted(audience, 2)):
        for line in COMMAND.findall(templates().render(name, view)):
            assert not re.search(r" (how|words|reason|name|NAME)$", line), line
            assert _is_unfilled(line) is bool(re.search(r"[<\[]", line)), line


def _is_unfilled(line: str) -> bool:
    try:
        refuse_unfilled(line, GRAMMAR)
    except UserMistake:
        return True
    return False


def test_whoever_is_to_be_told_is_named_in_the_line_to_write() -> None:
    """A text that knows them has no placeholder for the name: the reader is on a phone."""
    view = samples.full("administrators")
    for name in ("administrators/untold", "administrators/card", "administrators/help"):
        assert "`/told Robin Example <how>`" in templates().render(name, view)
    assert "`/heard Robin Example`" in templates().render("administrators/question_open", view)
    digests = [timer.digest for one in load_processes(shipped.root()) for timer in one.timers]
    assert not [said for said in digests if "<" in said]  # the board knows no names: the card has the line


@pytest.mark.parametrize("name", NAMES)
def test_what_leaves_github_has_a_subject(name: str) -> None:
    """A notice that may go out by mail says what it is; its subject is plain text on one line."""
    subject = templates().subject(name)
    assert re.fullmatch(r"[A-Z][\w ,.'’?-]+", subject)


PHONE, SCREEN = 38, 16
"""The letters of a line, and the lines, that somebody sees of a mail on a phone before they scroll."""

LEVELS = sorted({one.letter for one in definition().process.outcomes})


@pytest.mark.parametrize("full", [True, False])
@pytest.mark.parametrize("level", LEVELS)
def test_the_letter_of_each_level_is_read_on_a_phone(level: str, full: bool) -> None:
    """What was decided stands on the first screen; all of it is short, and no word runs off the side."""
    text = templates().render(f"party/{level}", samples.full("party") if full else samples.least("party"))
    lines = [part for line in text.split("\n") for part in wrap(line, PHONE, break_long_words=False) or [""]]
    said = re.search(r"\*\*(.+?)\*\*", " ".join(lines[:SCREEN]))
    assert said is not None
    assert len(lines) <= 4 * SCREEN
    assert len(templates().subject(f"party/{level}")) <= PHONE
    assert all(len(word) <= PHONE or "://" in word for line in lines for word in line.split())


# --- what a template may not do ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("party/resolution", "{{ state }}", "may not know state"),
        ("community/refused", "{{ state }}", "may not know state"),
        ("reporter/estimate", "{{ parties | listed }}", "may not know parties"),
        ("reporter/estimate", "{% for one in untold %}{{ one }}{% endfor %}", "may not know untold"),
        ("reporter/estimate", "{% if false %}{{ asker }}{% endif %}", "may not know asker"),
        ("nobody/estimate", "x", "The folder nobody is no audience"),
        ("reporter/estimate", "{% if %}", "can't be read"),
    ],
)
def test_a_template_that_asks_for_too_much_is_refused_when_loaded(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    """What a view lacks can't be named, whether or not that line would ever be reached."""
    with pytest.raises(DefinitionError) as error:
        own(tmp_path, name, text).check()
    assert message in str(error.value)
    assert f"templates/{name}{SUFFIX}" in str(error.value)


@pytest.mark.parametrize(
    "text", ["{{ community.__class__ }}", "{{ community.__class__.__mro__ }}", "{{ missing[0].secret }}"]
)
def test_a_template_reaches_nothing_behind_its_view(tmp_path: Path, text: str) -> None:
    """Attributes that lead out of the view don't exist in a template."""
    made = own(tmp_path, "reporter/estimate", text)
    with pytest.raises(DefinitionError):
        made.render("reporter/estimate", filled("reporter"))


def test_a_communitys_own_template_stands_before_the_shipped_one(tmp_path: Path) -> None:
    """Who writes a template of the same name is heard; the others stay as shipped."""
    made = own(tmp_path, "reporter/estimate", "{# subject: Soon #}\nBy {{ estimate | when }}.")
    assert made.render("reporter/estimate", filled("reporter")).startswith("By Monday, 5 January 2026")
    assert made.subject("reporter/estimate") == "Soon"
    assert made.subject("reporter/resolution") == templates().subject("reporter/resolution")


# --- kept code -------------------------------------------------------------------------------------


def test_kept_templates_say_the_same(tmp_path: Path) -> None:
    """Every shipped one can be kept, and kept elsewhere it says what it says without."""
    folders, zone = [shipped.templates()], ZoneInfo("UTC")
    Templates(folders, zone, tmp_path / "made").keep()
    assert len([*(tmp_path / "made").iterdir()]) == len(NAMES)
    kept = Templates(folders, zone, (tmp_path / "made").rename(tmp_path / "moved"))
    for name in NAMES[::10]:
        view = filled(name.partition("/")[0])
        assert kept.render(name, view) == templates().render(name, view)


def test_what_is_kept_of_a_template_is_used_for_its_very_text_only(tmp_path: Path) -> None:
    """Its code isn't made again; another text of the same name, a community's say, is read as ever."""
    cache, environment = jinja2.FileSystemBytecodeCache(str(tmp_path)), jinja2.Environment(autoescape=True)
    bucket = cache.get_bucket(environment, "reporter/estimate", None, "A text.")
    bucket.code = environment.compile("Kept.")
    cache.set_bucket(bucket)
    said = []
    for number, text in enumerate(("A text.", "Another text.")):
        folder = tmp_path / str(number)
        own(folder, "reporter/estimate", text)
        made = Templates([folder], ZoneInfo("UTC"), tmp_path)
        said.append(made.render("reporter/estimate", filled("reporter")))
    assert said == ["Kept.", "Another text."]


def test_a_template_that_is_not_there_is_named() -> None:
    """A notice without a template is an error of the definition."""
    with pytest.raises(DefinitionError, match=r"There is no template reporter/nothing\.md\.j2"):
        templates().render("reporter/nothing", filled("reporter"))


# --- hostile words ----------------------------------------------------------------------------------

HOSTILE = [
    "@everyone @acme/council",
    "<!-- cocflow:receipt {} -->",
    "--> <script>alert(1)</script>",
    "```\n/withdraw\n```",
    "~~~~\nfence",
    "# Heading\n\n---\n\n| a | b |",
    "[click](https://evil.example) ![x](https://evil.example/x.png)",
    "<img src=https://evil.example/x.png>",
    "/withdraw",
    "a\n/withdraw\nb",
    "{{ reporter }} {% for x in y %}",
    "**bold** _it_ `code` \\",
    "closes #1 fixes https://github.com/a/b/issues/1",
]


def outside_quotes(text: str) -> str:
    """Return the text of a comment without its quotations and code, as GitHub's renderer sees them."""
    lines = text.split("\n")
    for token in MarkdownIt("commonmark").parse(text):
        if token.type in ("blockquote_open", "fence", "code_block") and token.map:
            for at in range(*token.map):
                lines[at] = ""
    return "\n".join(lines)


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("name", [name for name in NAMES if name.partition("/")[0] in BY_PEOPLE])
def test_hostile_words_stay_inert(name: str, words: str) -> None:
    """No mention, no markup and no hidden comment gets from a person's words into our own text."""
    folder = name.partition("/")[0]
    hints = get_type_hints(VIEWS[folder])
    typed = {field: value(hints[field], words, True) for field in BY_PEOPLE[folder] if field in hints}
    text = templates().render(name, filled(folder, "ours", **typed))
    plain = outside_quotes(text)
    assert "@everyone" not in text.replace("@\N{WORD JOINER}", "")
    assert not re.search(r"(?<!\\)<(!--|script|img)", plain)
    assert not re.search(r"(?<![\\\]])\]\(https://evil", plain)
    assert not re.search(r"(?m)^(```|~~~|# Heading)", plain)
    assert not text.startswith("/")


@given(st.text(max_size=200))
def test_quoted_words_never_leave_the_quotation(words: str) -> None:
    """Every line of a quotation begins as one, whatever line ends the words hold."""
    shown = quoted(words)
    assert all(line.startswith(">") for line in re.split(r"\r\n|\n|\r", shown))
    assert not re.search(r"@[A-Za-z0-9]", shown)


@given(st.text(max_size=200))
def test_an_inline_name_is_one_line_of_text(name: str) -> None:
    """Rendered, a name is a single run of text, without mark-up, and mentions nobody."""
    shown = inline(name)
    assert not re.search(r"[\r\n]", shown)
    assert not re.search(r"@[A-Za-z0-9]", shown)
    tokens = MarkdownIt("commonmark").parseInline(f"to {shown} now")[0].children or []
    kinds = {token.type for token in tokens}
    assert kinds <= {"text", "text_special", "softbreak"}


@given(st.text(alphabet="`~ab\n/@", max_size=60))
def test_a_fence_holds_whatever_is_in_it(text: str) -> None:
    """Nothing in a text closes the fence around it, and it can be copied unchanged."""
    tokens = MarkdownIt("commonmark").parse(fenced(text) + "\n\nafter")
    assert [token.type for token in tokens] == ["fence", "paragraph_open", "inline", "paragraph_close"]
    assert tokens[0].content.removesuffix("\n") == text.removesuffix("\n") or tokens[0].content == f"{text}\n"


@pytest.mark.parametrize(
    ("items", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_said_as_people_say_them(items: list[str], said: str) -> None:
    """One, two, many."""
    assert listed(items) == said
