"""Words in parts: each goes to whom its head names, and to nobody else."""

from __future__ import annotations

import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.case.addressed import Addressed, named, words_for
from cocflow.core.case.grammar import read_command
from tests.core.acts.asking import asked
from tests.core.play import MFT, Play, played_to

PARTIES = ("Robin Example robin@example.org", "Kim Example", "@sam-o")


def play() -> Play:
    """Return an incident with three parties."""
    return played_to("triaged", parties=PARTIES)


def read(text: str) -> Addressed:
    """Return a resolution as it is read."""
    command = read_command(text, GRAMMAR)
    assert isinstance(command, Addressed)
    return command


def each(text: str) -> dict[str, str]:
    """Return what everybody in the incident would get."""
    case = play().case()
    return {key: words_for(case, read(text), key) for key in ("reporter", "p1", "p2", "p3")}


def test_what_stands_before_the_first_head_goes_to_everybody() -> None:
    """Each reader gets it, and below it what is theirs."""
    assert each("/resolve All.\nTo reporter: R.\nTo parties: P.\nTo Robin:\nOnly Robin.\n\nTwice.") == {
        "reporter": "All.\n\nR.",
        "p1": "All.\n\nP.\n\nOnly Robin.\n\nTwice.",
        "p2": "All.\n\nP.",
        "p3": "All.\n\nP.",
    }


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ("Robin Example", "p1"),
        ("robin", "p1"),
        ("p2", "p2"),
        ("party 2", "p2"),
        ("@sam-o", "p3"),
        ("SAM-O", "p3"),
        ("riya", "reporter"),
    ],
)
def test_a_head_names_somebody_by_name_login_or_key(head: str, key: str) -> None:
    """In any letters, and by one word of the name where it is nobody else's."""
    assert {one: words for one, words in each(f"/resolve\nTo {head}:\nYours.").items() if words} == {
        key: "Yours."
    }
    assert asked(play(), "parts_addressed", f"/resolve\nTo {head}:\nYours.") is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/resolve A\nTo Robyn:\nB", "Did you mean “To Robin Example:”?"),
        ("/resolve A\nTo whom it may concern:\nB", "stands for nobody who is told this"),
        ("/resolve A\nTo Example:\nB", "may mean Robin Example or Kim Example"),
        ("/resolve A\nTo Robin:\n\nTo Kim:\nB", "The words below “To Robin:” are missing"),
        ("/resolve A\nTo Robin:\nB\nTo p1:\nC", "There are two parts for Robin Example"),
        ("/resolve A\nTo Robin: B", "only on a line of its own"),
        ("/resolve A\n**To Kim:**\nB", "only on a line of its own"),
        ("/resolve A\nFor Kim:\nB", "only on a line of its own"),
    ],
)
def test_a_head_for_nobody_or_for_two_is_refused(text: str, why: str) -> None:
    """With the near right name: its words would go to the wrong reader."""
    assert why in (asked(play(), "parts_addressed", text) or "")


def test_prose_that_begins_as_a_head_does_is_prose() -> None:
    """A line with more on it, that names nobody, is what everybody reads."""
    text = "/resolve A\nTo be clear: it is over."
    assert asked(play(), "parts_addressed", text) is None
    assert set(each(text).values()) == {"A\nTo be clear: it is over."}


def test_words_for_somebody_who_is_gone_go_to_nobody() -> None:
    """They were meant for one person only."""
    made = play()
    made.says(MFT, "/party -Robin Example")
    made.run()
    case, command = made.case(), read("/resolve A\nTo Robin Example:\nOnly Robin.")
    assert {words_for(case, command, key) for key in ("reporter", "p1", "p2", "p3")} == {"A"}
    assert named(case, "Robin Example") == ()
