"""The grammar in general: what makes a command, what is repeated of it, and that no text upsets it."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.help import Help
from cocflow.core.acts.party import Party
from cocflow.core.acts.report import Answer
from cocflow.core.case.grammar import (
    Said,
    bare_command,
    is_command,
    read_command,
    read_letter,
    refuse_unfilled,
    slashless,
    standing,
    talk_in,
)
from cocflow.errors import UserMistake
from tests.core import acts
from tests.core.acts.asking import PIECES, assert_refused

USAGE = {name: one.usage for name, one in GRAMMAR.items()}

ACTS_TESTS = Path(acts.__file__).parent
SUBJECTS = [import_module(f"{acts.__name__}.{file.stem}") for file in sorted(ACTS_TESTS.glob("test_*.py"))]
ACCEPTED: list[tuple[str, Said]] = [row for one in SUBJECTS for row in getattr(one, "ACCEPTED", ())]
"""Every way to write a command that a subject's own tests know."""

REFUSED = [
    *(row for one in SUBJECTS for row in getattr(one, "REFUSED", ())),
    ("", "the first character of a comment"),
    ("Please /help", "the first character of a comment"),
    ("/", "I don't know that command."),
    ("//", "I don't know that command."),
    ("/frobnicate", "I don't know the command `/frobnicate`."),
    ("/close", "I don't know the command `/close`."),
    ("/estmate 3d", "Nearest is `/estimate`"),
    ("/resolved It is.", "Nearest is `/resolve`"),
    ("/EST 3d", "Nearest is `/estimate`"),
    ("/to\u212ad Riya by mail", "I don't know that command."),
]


@pytest.mark.parametrize(("body", "command"), ACCEPTED)
def test_a_well_formed_command_is_read(body: str, command: Said) -> None:
    """Every documented way to write it gives its record, words kept as they were typed."""
    assert read_command(body, GRAMMAR) == command


@pytest.mark.parametrize(("body", "answer"), REFUSED)
def test_anything_else_is_a_mistake_with_a_way_out(body: str, answer: str) -> None:
    """What can't be read is refused with the reason, with the nearest command, and one that can be copied."""
    assert_refused(body, answer)


@pytest.mark.parametrize(
    ("body", "above", "sure"),
    [
        ("/", "", True),
        ("/help", "", True),
        (" /help", "", True),
        ("\u200b\u00a0\n\n/help", "", True),
        ("Thank you.\n\n/help", "Thank you.", True),
        ("> Any news?\n\n/help", "", True),
        ("> Any news?\n/help", "", False),
        ("One.\nTwo.\n/help", "One.\nTwo.", False),
        ("You can write:\n/help", "You can write:", False),
        ("It`s late\n/help", "It`s late", True),
    ],
)
def test_a_command_stands_where_people_put_it(body: str, above: str, sure: bool) -> None:
    """White space before it, a quote and one line above it are allowed; further down it is asked about."""
    found = standing(body, GRAMMAR)
    assert found is not None
    assert (found.above, found.sure) == (above, sure)
    assert is_command(body, GRAMMAR) is sure
    assert talk_in(body, GRAMMAR) == (above if sure else body)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Please /help",
        "> /help",
        "    /help",
        "`a\n/help`",
        "[a\n/help](x)",
        "~~~\n/help",
        "<!--\n/help",
        "A\n/etc",
    ],
)
def test_quotes_code_and_links_hold_no_command(body: str) -> None:
    """Nothing that GitHub shows otherwise than as its writer's own line is one, nor is a path of files."""
    assert standing(body, GRAMMAR) is None


@pytest.mark.parametrize(
    ("body", "copy"),
    [
        ("estimate 3 days", "/estimate 3 days"),
        ("Estimate: friday.", "/estimate friday"),
        ("help", "/help"),
        ("consent parties", "/consent parties"),
        ("dismiss spam", "/dismiss spam"),
        ("estimate \u201cfriday\u201d", GRAMMAR["estimate"].usage.form),
        ("Help, he is here", None),
        ("Resolve it, please", None),
        ("estimates vary", None),
        ("help\nme", None),
    ],
)
def test_a_command_without_its_slash_is_known_by_having_no_other_words(body: str, copy: str | None) -> None:
    """A line that is nothing but a command is offered with its slash; whatever else it says makes it talk."""
    found = slashless(body, GRAMMAR)
    assert (found[1] if found is not None else None) == copy


@pytest.mark.parametrize(
    "body",
    [
        "/told <name> how",
        "/told NAME by phone",
        "/resolve <words>",
        "/resolve words",
        "/recover reason",
        "/party <name>",
        "/suspend Insults\n<name, mail address, Slack id, @login>",
    ],
)
def test_a_form_that_was_copied_is_not_taken_for_filled_in(body: str) -> None:
    """Nobody is called by what a form leaves open, and it says nothing."""
    with pytest.raises(UserMistake, match="filled in") as refused:
        refuse_unfilled(body, GRAMMAR)
    assert refused.value.copy.startswith("/")


@pytest.mark.parametrize("name", GRAMMAR)
def test_no_example_is_a_form_that_is_not_filled_in(name: str) -> None:
    """What is shown as an example can be sent."""
    refuse_unfilled(USAGE[name].example, GRAMMAR)


@pytest.mark.parametrize("name", GRAMMAR)
def test_every_command_shares_its_name_with_its_record_and_its_form(name: str) -> None:
    """Who knows a command's name knows what it becomes, and how it is written."""
    command = read_command(USAGE[name].example, GRAMMAR)
    assert type(command).__name__.lower() == name
    assert USAGE[name].form.startswith(f"/{name}")


def test_every_command_is_read_as_a_record_of_its_own_kind() -> None:
    """No two commands give the same kind of record, so a guard knows by it which one was said."""
    kinds = [type(read_command(one.usage.example, GRAMMAR)) for one in GRAMMAR.values()]
    assert len(set(kinds)) == len(GRAMMAR)


def test_a_part_of_the_grammar_knows_only_its_own_commands() -> None:
    """A command outside the given grammar is unknown, and nothing far from it is offered."""
    some = {name: GRAMMAR[name] for name in ("help", "told")}
    with pytest.raises(UserMistake, match=r"^I don't know the command `/estimate`\.$"):
        read_command("/estimate 3d", some)


def test_a_letter_that_only_lowers_to_a_plain_one_is_another() -> None:
    """A command word of look-alike letters is unknown, as the Kelvin sign, which is a k in lower case."""
    kick = {"kick": GRAMMAR["help"]}
    assert read_command("/Kick", kick) == Help()
    with pytest.raises(UserMistake, match=r"^I don't know that command\."):
        read_command("/\u212aick", kick)


def test_records_do_not_show_their_words() -> None:
    """A repr names the command only, for reprs end up in logs and tracebacks."""
    party = Party("Riya", "riya@example.org")
    assert repr(party) == str(party) == "Party(…)"
    assert repr([party]) == "[Party(…)]"
    assert party.__rich_repr__() == []


@pytest.mark.parametrize(
    "word",
    ["@everyone", "<!channel>", "`x`", "[a](http://b)", "resolve<!--", "a" * 21, "naïve", "x" * 60_000],
)
def test_a_hostile_command_word_is_not_repeated(word: str) -> None:
    """Only a short word of plain letters returns in the reply; everything else stays out of it."""
    with pytest.raises(UserMistake) as refused:
        read_command(f"/{word} secret", GRAMMAR)
    assert word not in str(refused.value)
    assert "secret" not in str(refused.value)


def _read(body: str) -> Said | str:
    """Give the command, or the mistake's message: all that a person can see of the reading."""
    try:
        return read_command(body, GRAMMAR)
    except UserMistake as mistake:
        return str(mistake)


bodies = st.text() | st.tuples(
    st.sampled_from(sorted(GRAMMAR)),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=5)),
).map(lambda parts: f"/{parts[0]} {''.join(parts[1])}")


@given(bodies)
@example("/\ud800")
def test_no_text_raises_anything_but_a_mistake(body: str) -> None:
    """Any text is a command or a mistake, never an accident."""
    read = _read(body)
    assert isinstance(read, str) or is_command(body, GRAMMAR)


@given(bodies)
def test_line_endings_make_no_difference(body: str) -> None:
    """CRLF, CR and LF are read alike."""
    unix = body.replace("\r", "")
    assert _read(unix) == _read(unix.replace("\n", "\r\n")) == _read(unix.replace("\n", "\r"))


@given(st.sampled_from(ACCEPTED), st.sampled_from([str.upper, str.lower, str.title]))
def test_the_case_of_a_command_makes_no_difference(
    accepted: tuple[str, Said], change: Callable[[str], str]
) -> None:
    """The command word in any case gives the same record."""
    body, command = accepted
    word = body.split()[0]
    assert read_command(change(word) + body.removeprefix(word), GRAMMAR) == command


def filed(text: str) -> str:
    """Return a letter's text as it is filed."""
    return "**A mail**, received today.\n\n" + "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("/withdraw", "withdraw"),
        ("/withdraw I am tired of it.", "withdraw"),
        ("Withdraw", "withdraw"),
        ("withdraw.\n\nRiya", "withdraw"),
        ("Withdraw, please.", "withdraw"),
        ("Withdraw my name from it.", "?"),
        ("help", "help"),
        ("Help, he is here.", "?"),
        ("/help, he is here.", "?"),
        ("Consent none", "consent"),
        ("Consent parties.", "consent"),
        ("Answer 2 It was Robin.", "answer"),
        ("Answer me, please.", "?"),
        ("Hello\n/withdraw", "withdraw"),
        ("Dear Mika,\n\n/withdraw", "withdraw"),
        ("I am scared\n/withdraw", "?"),
        ("> /withdraw", "?"),
        ("/withdraw\n/consent none", "?"),
        ("/withdraw\n\nOn Monday 09:00 a@example.org wrote:\n> /consent none", "withdraw"),
        ("", "?"),
    ],
)
def test_the_command_of_a_letter(text: str, word: str) -> None:
    """It stands at the beginning, as a clause of its own where the slash is missing; else there is none."""
    assert read_letter(filed(text), GRAMMAR)[0] == word


def test_an_answer_by_letter_ends_where_a_mail_program_begins() -> None:
    """Signature and quotation are none of it, and what keeps the letter inert isn't, either."""
    text = "/answer 2 It was @\u2060robin.\n\n-- \nRiya\n\nOn Monday 09:00 a@example.org wrote:\n> Hello"
    assert read_letter(filed(text), GRAMMAR)[1] == Answer(2, "It was @robin.")


@pytest.mark.parametrize("name", GRAMMAR)
@pytest.mark.parametrize(
    "piece",
    ["a", " ", "\n", "/", "1. ", "\n1. a", "\n/", ">", "\n> a", "to reporter", "A@", "a@b,", "U1", "- ", "("],
)
def test_the_longest_comments_are_read_at_once(name: str, piece: str) -> None:
    """Reading takes time linear in the length: the longest comment that GitHub takes is no burden."""
    body = f"/{name} " + piece * (65_536 // len(piece))
    before = time.process_time()
    _read(body)
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize("piece", ["a", "\n/help", "`\n/help", "[\n/help", "\n>", "<!--", "\n```", "a\n/b "])
def test_where_a_command_stands_is_found_at_once(piece: str) -> None:
    """Looking for a command takes time linear in the length, whatever it may stand within."""
    body = f"`a {piece * (65_536 // len(piece))}`"
    before = time.process_time()
    standing(body, GRAMMAR)
    slashless(body, GRAMMAR)
    assert time.process_time() - before < 0.5


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("/consent no, she lies\nand I can prove it", "/consent no"),
        ("Consent No.", "/consent no"),
        ("consent parties by name and more", "/consent parties by name"),
        ("/consent Robin no", "/consent"),
        ("Withdraw, I am scared", "/withdraw"),
        ("  /agree", "/agree"),
        ("I agree", ""),
        ("", ""),
        ("/", ""),
    ],
)
def test_a_bare_command_holds_no_word_of_its_writer(text: str, bare: str) -> None:
    """Only the command, and what of its line is its own."""
    assert bare_command(text, GRAMMAR) == bare


@given(st.text(st.sampled_from("/ \nabcnosy.,:"), max_size=40))
def test_a_bare_command_is_made_of_nothing_but_commands(text: str) -> None:
    """Whatever stands in a text, each word that is left is a command's name or one of its own."""
    words = bare_command(text, GRAMMAR).split()
    assert words == [] or set(words[1:]) <= set(GRAMMAR[words[0][1:]].keywords)
