"""What the reporter may know: their own report, and nobody else's part."""

from __future__ import annotations

from cocflow.core.views import view
from tests.core.play import played_to
from tests.core.views.marked import MARK, known, told


def test_the_reporter_knows_their_own_part() -> None:
    """The reporter reads what is for the reporter, not what is for the parties or who they are."""
    said = known(told(), "reporter")
    assert f"{MARK}7" in said
    assert f"{MARK}8" not in said
    assert f"{MARK}5" not in said


def test_the_reporters_deadline_is_the_first_reminder() -> None:
    """By when an estimate is promised is when the administrators are first reminded of it."""
    play = played_to("reported")
    assert str(view("reporter", play.case()).answer_by) == "2026-01-06 09:00:00+00:00"  # type: ignore[attr-defined]
