"""Holding: a case is kept longer for a reason of its own, six months at most, and the label says so."""

from __future__ import annotations

import pytest

from cocflow.core.acts.hold import Hold, held_until
from cocflow.core.acts.hold import parse as parse_hold
from cocflow.errors import UserMistake
from tests.core.play import DAY, HOUR, MFT, RIYA, THCLPR, played_to


@pytest.mark.parametrize(
    ("line", "rest", "when", "why"),
    [
        ("A complaint is open, until 6 months", "", "6 months", "A complaint is open, until "),
        ("until 2026-12-01", "", "2026-12-01", "until "),
        ("We wait.", "Until 3 weeks", "3 weeks", "We wait.\nUntil "),
        ("off", "", None, ""),
        ("No longer.", "", None, ""),
    ],
)
def test_a_reason_and_an_end_are_read(line: str, rest: str, when: str | None, why: str) -> None:
    """The end stands behind the last `until`, the reason before it, in whatever lines; `off` ends it."""
    assert parse_hold(line, rest) == Hold(when, why)


@pytest.mark.parametrize("line", ["", "A complaint is open", "6 months", "until"])
def test_without_an_end_it_says_how(line: str) -> None:
    """The right form is there to copy."""
    with pytest.raises(UserMistake, match="/hold A complaint is open, until 6 months"):
        parse_hold(line, "")


def test_a_hold_lasts_until_its_end_and_may_be_said_again_or_ended() -> None:
    """The newest one counts, and after its end, or `off`, nothing is held."""
    play = played_to("closed")
    play.says(MFT, "/hold A complaint is open, until 3 weeks", 6)
    play.run()
    until = held_until(play.case())
    assert until is not None
    assert held_until(play.case(6 + 22 * DAY / HOUR)) is None
    play.says(MFT, "/hold It is open still, until 5 months", 7)
    play.run()
    again = held_until(play.case())
    assert again is not None
    assert again > until
    play.says(MFT, "/hold off", 8)
    play.run()
    assert held_until(play.case()) is None


def test_nobody_holds_for_longer_than_six_months_or_without_a_say() -> None:
    """Seven months are refused with the last day, and a reporter can't hold."""
    play = played_to("closed")
    play.says(MFT, "/hold A complaint is open, until 7 months", 6)
    play.says(RIYA, "/hold I want it kept, until 3 months", 7)
    first, second = play.run()
    assert first.record.refused
    assert second.record.refused
    assert held_until(play.case()) is None


def test_the_label_holds_for_six_months() -> None:
    """On a phone one label is enough."""
    play = played_to("closed")
    play.labels(MFT, "hold", 6)
    (decision,) = play.run()
    assert not decision.record.refused
    assert held_until(play.case()) is not None


def test_whose_say_is_in_question_ends_no_hold() -> None:
    """They may keep it longer, and never let it be erased sooner."""
    play = played_to("reported")
    play.says(MFT, "/hold A complaint is open, until 3 weeks")
    play.says(MFT, "/party thclpr @thclpr")
    play.run()
    until = held_until(play.case())
    for line in ("/hold off", "/hold It is over, until 1 week"):
        asked = play.says(THCLPR if "off" in line else MFT, line)
        play.run()
        assert play.answer(asked).refused
        assert held_until(play.case()) == until
    asked = play.says(MFT, "/hold It takes longer, until 5 weeks")
    play.run()
    assert not play.answer(asked).refused
    assert held_until(play.case()) != until
