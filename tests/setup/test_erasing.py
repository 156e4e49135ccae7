"""Erasing over fakes: what goes, in which order, and what is kept after all."""

from __future__ import annotations

import pytest

from cocflow.run.sweep import sweep
from cocflow.setup.erasing import Going, Staying, erase, judged, may_not_go, stubs_of
from tests.core.play import HOUR, MFT, STRANGER, body
from tests.run.test_retention import Kept


def over() -> Kept:
    """Return a vault in which one incident can be erased."""
    kept = Kept()
    kept.passes(1)
    kept.passes(15 * 31)
    kept.passes(15)
    return kept


def test_what_is_over_goes_and_is_then_no_more() -> None:
    """It is judged by its stub, erased, and nothing is left to judge."""
    kept = over()
    (stub,) = stubs_of(kept.desk)
    going = judged(kept.desk, stub, ())
    assert isinstance(going, Going)
    assert [number for number, _ in going.issues] == [1]
    assert may_not_go(kept.desk, [going]) == frozenset()
    erase(kept.desk, going)
    assert 1 not in kept.tracker.threads
    assert judged(kept.desk, stub, ()) is None
    erase(kept.desk, going)


def test_what_is_held_or_open_again_stays() -> None:
    """Whatever came after the stub counts: a hold, or somebody who takes it up."""
    kept = over()
    (stub,) = stubs_of(kept.desk)
    kept.says(MFT, "/hold A complaint is open, until 3 months")
    kept.run()
    held = judged(kept.desk, stub, ())
    assert isinstance(held, Staying)
    assert "is held until" in held.why
    kept.tracker.reopens(MFT, 1)
    kept.run()
    again = judged(kept.desk, stub, ())
    assert isinstance(again, Staying)
    assert "is open again" in again.why


def test_something_said_since_has_it_looked_at_again() -> None:
    """Its time begins anew with the last thing that was decided in it, so the stub isn't true any more."""
    kept = over()
    (stub,) = stubs_of(kept.desk)
    kept.says(MFT, "/consent none\n> Nothing, please.")
    kept.run()
    stays = judged(kept.desk, stub, ())
    assert isinstance(stays, Staying)
    assert "the next sweep looks at it again" in stays.why


@pytest.mark.parametrize("by_label", [False, True])
def test_what_was_asked_and_is_not_answered_yet_stays(by_label: bool) -> None:
    """A hold counts from when somebody asked for it, however late the job is."""
    kept = over()
    (stub,) = stubs_of(kept.desk)
    if by_label:
        kept.labels(MFT, "hold")
    else:
        kept.says(MFT, "/hold A complaint is open, until 3 months")
    stays = judged(kept.desk, stub, ())
    assert isinstance(stays, Staying)
    assert "isn't answered yet" in stays.why
    kept.run()
    held = judged(kept.desk, stub, ())
    assert isinstance(held, Staying)
    assert "is held until" in held.why


def with_twin() -> tuple[Kept, int]:
    """Return a vault in which an incident can be erased with a report handled with it, and its number."""
    kept = Kept()
    twin = kept.tracker.opens(STRANGER, body())
    kept.passes(1)
    kept.tracker.says(MFT, twin, "/dismiss duplicate of #1")
    kept.passes(1)
    for _ in range(2):
        kept.passes(15 * 31)
    kept.passes(15)
    return kept, twin


def test_a_report_handled_with_it_goes_with_it_and_keeps_it() -> None:
    """It goes before the incident, and held it keeps both; what was begun is known until it is finished."""
    kept, twin = with_twin()
    (stub,) = stubs_of(kept.desk)
    going = judged(kept.desk, stub, ())
    assert isinstance(going, Going)
    assert [number for number, _ in going.issues] == [twin, 1]
    kept.tracker.says(MFT, twin, "/hold A complaint is open, until 3 months")
    assert isinstance(judged(kept.desk, stub, ()), Staying)
    kept.passes(1)
    held = judged(kept.desk, stub, ())
    assert isinstance(held, Staying)
    kept.passes(200)
    again = judged(kept.desk, stub, ())
    assert isinstance(again, Going)
    kept.tracker.erase(again.issues[0][1])
    rest = judged(kept.desk, stub, ())
    assert isinstance(rest, Going)
    assert (rest.begun, rest.issues) == (True, ((1, "I_1"),))


@pytest.mark.parametrize("late", ["hold", "reopened", "unanswered"])
def test_what_was_begun_is_finished(late: str) -> None:
    """A hold, or whoever takes it up again, comes too late once a part is gone: half of it helps nobody."""
    kept, _ = with_twin()
    (stub,) = stubs_of(kept.desk)
    going = judged(kept.desk, stub, ())
    assert isinstance(going, Going)
    kept.tracker.erase(going.issues[0][1])
    if late == "reopened":
        kept.tracker.reopens(MFT, 1)
    else:
        kept.says(MFT, "/hold A complaint is open, until 3 months")
    if late != "unanswered":
        kept.run()
    for _ in range(2):
        rest = judged(kept.desk, stub, ())
        assert isinstance(rest, Going)
        assert (rest.begun, rest.issues) == (True, ((1, "I_1"),))
        kept.passes(1)
        assert [one.first for one in stubs_of(kept.desk)] == [1]
    erase(kept.desk, going)
    kept.passes(1)
    (told,) = kept.book().stubs
    assert told.erased


def test_a_hold_that_came_first_is_respected_before_anything_goes() -> None:
    """It counts on whatever belongs to it, and the next sweep takes the stub back: nothing can begin."""
    kept, twin = with_twin()
    (stub,) = stubs_of(kept.desk)
    kept.tracker.says(MFT, twin, "/hold A complaint is open, until 3 months")
    stays = judged(kept.desk, stub, ())
    assert isinstance(stays, Staying)
    kept.tracker.moves_clock(HOUR)
    sweep(kept.desk)
    sweep(kept.desk)
    assert stubs_of(kept.desk) == ()
