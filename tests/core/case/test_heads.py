"""Heads: whose words are whose below an outcome, and that nobody gets what was meant for somebody else."""

from __future__ import annotations

import msgspec
import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.resolve import Resolve
from cocflow.core.case.addressed import words_for
from cocflow.core.case.grammar import read_command
from cocflow.core.case.heads import Stated, own_words, stated
from tests.core.play import MFT, Play, played_to

WORDS = """/resolve We talked with both.
Robin: warning
Stop the jokes about how people speak.

They hurt.
Kim Example: no violation
To reporter: Thank you."""


def play_of(*parties: str) -> Play:
    """Return an incident with these parties."""
    return played_to("triaged", parties=parties or ("Robin Example", "Kim Example"))


def cut(play: Play, text: str = WORDS) -> Stated:
    """Return a resolution as it is cut in a case."""
    command = read_command(text, GRAMMAR)
    assert isinstance(command, Resolve)
    return stated(play.case(), command)


def test_each_gets_what_everybody_gets_and_their_own() -> None:
    """What stands below a head is that person's, up to the next head of any kind."""
    play = play_of()
    said, case = cut(play), play.case()
    assert words_for(case, said.command, "p1") == (
        "We talked with both.\n\nStop the jokes about how people speak.\n\nThey hurt."
    )
    assert words_for(case, said.command, "p2") == "We talked with both."
    assert words_for(case, said.command, "reporter") == "We talked with both.\n\nThank you."
    assert own_words(said, "p1").startswith("Stop")


def test_words_below_a_head_that_means_nobody_any_more_go_to_nobody() -> None:
    """They were meant for one person only, so they don't fall to whoever stands above."""
    play = play_of()
    play.says(MFT, "/party -Robin Example")
    play.run()
    said = cut(play)
    for key in ("reporter", "p2"):
        assert "jokes" not in words_for(play.case(), said.command, key)


def test_a_name_that_two_have_means_neither() -> None:
    """It is asked which; until then the words are nobody's."""
    play = play_of("Robin Example", "Robin Vale")
    said = cut(play, "/resolve\nRobin: warning\nStop.")
    assert said.mistake is not None
    assert "Robin Example or Robin Vale" in (said.mistake.why or "")
    assert words_for(play.case(), said.command, "p1") == ""


@pytest.mark.parametrize(
    "line",
    [
        "We agreed on this: a talk.",
        "> Robin: warning",
        "Robin: Please come and talk with us soon.",
        "Robin: talks too much.",
        "Robin: no.",
        "At 10:30",
    ],
)
def test_prose_with_a_colon_is_no_head(line: str) -> None:
    """A sentence stays where it is, and everybody gets it."""
    said = cut(play_of(), f"/resolve We talked.\n{line}")
    assert said.heads == ()
    assert words_for(play_of().case(), said.command, "p2") == f"We talked.\n{line}"


@pytest.mark.parametrize(
    "words",
    [
        "```\nRobin: ban\n```",
        "~~~ text\nRobin: ban\nKim: warning\n~~~",
        "We read:\n```\n\nRobin: ban",
        "> Robin: ban",
        "> They wrote:\n> Robin: ban",
        "<!--\nRobin: ban\n-->",
        "We read:\n\n    Robin: ban",
        "```\nTo reporter: it\nRobin: ban\n```",
    ],
)
def test_what_is_code_a_quote_or_hidden_is_no_head(words: str) -> None:
    """Whoever shows what somebody wrote decides nothing by it."""
    said = cut(play_of(), f"/resolve We talked.\n{words}")
    assert said.heads == ()


@pytest.mark.parametrize("words", ["```\nJokes\n```\nRobin: warning", "We read:\n    Robin: warning"])
def test_what_stands_beside_code_is_a_head(words: str) -> None:
    """A fence that has ended hides nothing, and a line of a paragraph is none of code."""
    said = cut(play_of(), f"/resolve We talked.\n{words}\nStop.")
    assert [(one.outcome, one.why) for one in said.heads] == [("warning", None)]


def test_a_head_that_is_drawn_into_a_quote_is_asked_about() -> None:
    """Who wrote it below a quote meant it, and it is shown as the quoted person's."""
    said = cut(play_of(), "/resolve We talked.\n> I am sorry.\nRobin: warning\nStop.")
    assert said.mistake is not None
    assert "Leave a line empty" in (said.mistake.why or "")
    said = cut(play_of(), "/resolve We talked.\n> I am sorry.\n\nRobin: warning\nStop.")
    assert [one.outcome for one in said.heads] == ["warning"]


@pytest.mark.parametrize(
    ("line", "outcome"),
    [("Robin: Warning!", "warning"), ("Robin: talk?", "talk"), ("Robin: warnin.", ""), ("Robin: bann!", "")],
)
def test_a_head_is_no_sentence_for_its_last_sign(line: str, outcome: str) -> None:
    """Nobody's outcome goes to everybody as prose because an exclamation mark ends it."""
    said = cut(play_of(), f"/resolve We talked.\n{line}\nStop.")
    assert [one.outcome for one in said.heads] == [outcome]
    assert (said.mistake is None) is bool(outcome)


def test_where_the_process_keeps_no_outcomes_there_are_no_heads() -> None:
    """A community's file of before reads words as it did."""
    case = play_of().case()
    moves = tuple(
        msgspec.structs.replace(move, records=tuple(one for one in move.records if one != "outcomes"))
        for move in case.process.moves
    )
    process = msgspec.structs.replace(case.process, moves=moves)
    before = msgspec.structs.replace(
        case, definition=msgspec.structs.replace(case.definition, process=process)
    )
    command = read_command(WORDS, GRAMMAR)
    assert isinstance(command, Resolve)
    assert stated(before, command) == Stated(command=command)


def test_a_head_shows_no_names_in_a_traceback() -> None:
    """What a person wrote stays out of reprs."""
    said = cut(play_of())
    assert "Robin" not in repr(said)
    assert "Robin" not in repr(said.heads)


def test_what_is_offered_for_a_name_that_two_have_is_neither_of_them() -> None:
    """A line to copy that would be refused again helps nobody, and one of two would be a guess."""
    play = play_of("Sam Poe", "Sam Lee")
    play.says(MFT, "/resolve We talked.\nSam: warning\nStop.", 6)
    reason, copy, _ = play.refusal()
    assert "Sam Poe or Sam Lee" in reason
    assert copy == "<name>: warning"
