"""Issues below a case: opened once, noted above, and given up where they repeat another."""

from __future__ import annotations

from typing import Any

import pytest

from cocflow.core.acts.room import rooms
from cocflow.core.acts.suspend import suspensions
from cocflow.core.case.case import Case
from cocflow.errors import AdapterError
from cocflow.run.children import unopened
from cocflow.run.sweep import Run, sweep
from tests.core import play
from tests.core.play import MFT, RIYA
from tests.fakes import FakeNotifier, FakeTracker, desk


class Setting:
    """A desk over fakes with one answered incident that concerns Robin, in a community with rooms."""

    def __init__(self) -> None:
        self.tracker = FakeTracker()
        self.desk = desk(self.tracker, FakeNotifier(), community=play.with_rooms())
        self.tracker.opens(RIYA, play.body())
        self.tracker.says(MFT, 1, "/party Robin Example")
        self.run()

    def run(self) -> Run:
        """Let a sweep run."""
        return sweep(self.desk)

    def case(self, number: int) -> Case:
        """Return a case as it stands."""
        read = self.desk.read(number)
        return self.desk.open(read, incident=self.desk.incident_of(read))


@pytest.fixture
def setting() -> Setting:
    """Return an incident that has been answered."""
    return Setting()


def test_a_room_gets_an_issue_of_its_own_that_the_incident_knows(setting: Setting) -> None:
    """It is a sub-issue with a neutral title, invites its guest, and is noted above."""
    setting.tracker.says(MFT, 1, "/room robin as party Robin Example")
    setting.run()
    thread = setting.tracker.threads[2]
    assert setting.tracker.parents[2] == 1
    assert thread.labels == {"room", "state: invited"}
    assert thread.title == f"Room {setting.case(2).code_name}"
    (known,) = rooms(setting.case(1)).values()
    assert (known.number, known.state, known.inside) == (2, "invited", False)
    assert known.name == setting.case(2).people[0].room
    assert setting.case(2).people[0].login == "robin"


def test_a_run_after_the_opening_opens_and_notes_nothing(setting: Setting) -> None:
    """What is opened stays opened once."""
    setting.tracker.says(MFT, 1, "/room robin")
    setting.run()
    there, receipts = len(setting.tracker.threads), len(setting.tracker.records(1))
    setting.run()
    assert (len(setting.tracker.threads), len(setting.tracker.records(1))) == (there, receipts)
    assert unopened(setting.desk, setting.case(1)) == []


def test_a_suspension_and_a_room_are_opened_by_one_run(setting: Setting) -> None:
    """Suspensions come first; neither takes the other's key, page or state."""
    setting.tracker.says(MFT, 1, "/room robin as party Robin Example")
    setting.tracker.says(MFT, 1, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    assert [one[1] for one in unopened(setting.desk, setting.case(1))] == []
    setting.run()
    assert {one.state for one in suspensions(setting.case(1)).values()} == {"active"}
    assert {one.state for one in rooms(setting.case(1)).values()} == {"invited"}


def test_the_room_of_a_suspended_person_hangs_below_their_suspension(setting: Setting) -> None:
    """It knows the suspension that it serves, and by that who has no say in the incident."""
    setting.tracker.says(MFT, 1, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    setting.run()
    setting.tracker.says(MFT, 2, "/room sampoe")
    setting.run()
    room = setting.case(3)
    assert room.incident is not None
    assert room.incident.is_suspension
    assert room.incident.incident is not None
    assert rooms(setting.case(2))["room1"].number == 3
    assert rooms(setting.case(2))["room1"].who == "suspended"


@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_dies_while_opening_is_finished_by_the_next(setting: Setting, after: bool) -> None:
    """A room's page is known by its marker: there is one, whenever the run died."""
    opened = setting.tracker.open_child

    def dies(*args: Any) -> int:
        if after:
            opened(*args)
        raise AdapterError(502, "POST issue")

    setting.tracker.says(MFT, 1, "/room robin")
    setting.tracker.open_child = dies  # type: ignore[method-assign, assignment]
    setting.run()
    setting.tracker.open_child = opened  # type: ignore[method-assign]
    setting.run()
    assert [number for number, one in setting.tracker.threads.items() if "room" in one.labels] == [2]
    assert rooms(setting.case(1))["room1"].number == 2


def test_what_is_ordered_is_opened_though_the_case_cannot_be_shown(setting: Setting) -> None:
    """A label that GitHub never changes is the case's failure, and holds up nobody's suspension."""

    def refused(call: str) -> None:
        if call == "remove_label":
            raise AdapterError(403, "mutation WRITE")

    setting.tracker.labels(MFT, 1, "state: closed")
    setting.tracker.says(MFT, 1, "/suspend Insults\nSam Poe, sam@example.org")
    setting.tracker.before = refused
    assert [one.number for one in setting.run().failures] == [1]
    (standing,) = suspensions(setting.case(1)).values()
    assert standing.number is not None
    assert setting.tracker.state_labels(standing.number) == {"state: active"}
