"""A locked case: cocflow unlocks it and goes on, or the board says who locked it and who can unlock it."""

from __future__ import annotations

import pytest

from cocflow.core.case.capacity import LAST, NEAR
from cocflow.core.case.facts import Actor
from cocflow.errors import AdapterError
from cocflow.run.locks import locked_by
from cocflow.run.sweep import handle, sweep
from tests.core import play
from tests.core.play import MFT, RIYA, STRANGER
from tests.fakes import FakeTracker, desk

WHO = [(MFT, "@mft"), (STRANGER, "somebody who isn't in the roster")]


def locked(by: Actor = MFT) -> tuple[FakeTracker, int]:
    """Return a tracker with an answered incident that somebody has locked, and its number."""
    tracker = FakeTracker()
    number = tracker.opens(RIYA)
    sweep(desk(tracker))
    tracker.locks(by, number)
    return tracker, number


@pytest.mark.parametrize(("by", "named"), WHO)
def test_it_is_unlocked_and_goes_on_where_it_was(by: Actor, named: str) -> None:
    """One comment says who locked it and that it is open again; what was asked meanwhile is answered."""
    tracker, number = locked(by)
    tracker.says(MFT, number, "/estimate 3 days")
    assert handle(desk(tracker)).complete
    assert not tracker.threads[number].locked
    assert tracker.state_labels(number) == {"state: acknowledged"}
    (said,) = [one for one in tracker.by_bot(number) if "unlocked" in one]
    assert f"locked, by {named}." in said
    assert sweep(desk(tracker)).complete
    assert sum("unlocked" in one for one in tracker.by_bot(number)) == 1


@pytest.mark.parametrize(("by", "named"), WHO)
def test_where_it_may_not_the_board_says_who_locked_it_and_who_can_unlock_it(by: Actor, named: str) -> None:
    """An administrator is named, nobody else; another report is answered all the same; then it passes."""
    tracker, number = locked(by)
    other = tracker.opens(RIYA)

    def refuse(call: str, at: int) -> None:
        if call == "unlock":
            raise AdapterError(403, "DELETE lock", kind="refused_thing")

    tracker.before_on = refuse
    for _ in range(2):  # nothing has happened there since, and it is still said
        run = sweep(desk(tracker))
        (one,) = run.troubles
        assert not run.complete
        assert one.says == f"Issue {number} couldn't be dealt with: it is locked, by {named}."
        assert "the role Write" in one.remedy
    assert tracker.state_labels(other) == {"state: reported"}
    tracker.threads[number].locked = False
    assert sweep(desk(tracker)).troubles == ()


def test_a_closed_case_is_unlocked_too_since_its_people_may_still_ask() -> None:
    """Consent can be taken back at any time."""
    tracker, number = locked()
    tracker.threads[number].locked = False
    tracker.says(RIYA, number, "/withdraw")
    sweep(desk(tracker))
    tracker.locks(MFT, number)
    assert handle(desk(tracker)).complete
    assert not tracker.threads[number].locked


def test_one_that_goes_on_elsewhere_stays_locked() -> None:
    """Nobody is to write there any more."""
    tracker, number = locked()
    tracker.threads[number].locked = False
    tracker.fills(STRANGER, number, NEAR)
    tracker.labels(MFT, number, "continue")
    sweep(desk(tracker))
    tracker.locks(MFT, number)
    assert sweep(desk(tracker)).complete
    assert tracker.threads[number].locked


def test_the_last_room_isn_t_used_for_saying_so() -> None:
    """What little room there is stays for going on."""
    tracker, number = locked()
    tracker.threads[number].locked = False
    tracker.fills(STRANGER, number, LAST)
    tracker.locks(MFT, number)
    sweep(desk(tracker))
    assert not tracker.threads[number].locked
    assert not any("unlocked" in one for one in tracker.by_bot(number))


def test_without_an_account_nobody_is_named() -> None:
    """An account that is gone, or a lock of which nothing is told, is nobody's."""
    tracker, number = locked()
    facts = tracker.read(number).facts[:-1]
    issue = play.issue(facts, now=tracker.now)
    assert locked_by(issue, play.community()) == WHO[1][1]
