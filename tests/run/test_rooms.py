"""Rooms as a road: reports and words out of them, and what goes back."""

from __future__ import annotations

from datetime import timedelta

from cocflow.core.case.records import Claim, read_arrival, read_claim
from cocflow.core.views.tokens import reply_token
from cocflow.run.rooms import DESCRIPTION
from cocflow.run.sweep import Run, sweep
from tests.core import play
from tests.core.play import MFT, RIYA
from tests.fakes import FakeMailbox, FakeNotifier, FakeRooms, FakeTracker, RoomTracker, desk

ROOM = "room-quiet-harbor"


class House:
    """A vault with one room, in which RIYA is the guest."""

    def __init__(self, **fields: object) -> None:
        self.tracker = FakeTracker()
        self.notifier, self.mailbox = FakeNotifier(), FakeMailbox()
        self.rooms = FakeRooms(self.tracker)
        self.desk = desk(
            self.tracker,
            self.notifier,
            mailbox=self.mailbox,
            rooms=self.rooms,
            **fields,  # type: ignore[arg-type]
        )
        self.tracker.opens(RIYA)  # stands for the room's own page, until there is one
        sweep(self.desk)
        token = reply_token(1, "I_1", "reporter", self.desk.seal)
        self.room: RoomTracker = self.rooms.made(ROOM, f"{DESCRIPTION} {token}", riya="inside")

    def run(self) -> Run:
        """Let a sweep run."""
        return sweep(self.desk)

    def passes(self, by: timedelta) -> Run:
        """Let time pass, then a sweep run."""
        self.tracker.moves_clock(by)
        return self.run()

    def filed(self, body: str | None = None) -> int:
        """Let the guest file a report, and a sweep run; return the incident's number."""
        self.room.opens(RIYA, body)
        self.run()
        return max(one for one in self.tracker.threads if one < 1_000)

    def claim(self, number: int = 1) -> Claim:
        """Return what the claim of an issue of the room says."""
        claimed = read_claim(self.room.by_bot(number)[0])
        assert claimed is not None
        return claimed

    def told(self, number: int = 1) -> list[str]:
        """Return what the guest was told on an issue of the room, without the claim."""
        return self.room.by_bot(number)[1:]


def test_a_report_filed_in_a_room_becomes_an_incident_and_is_answered_there() -> None:
    """Its body is the guest's form, its first line says where it came from, and the answer is in the room."""
    house = House()
    number = house.filed()
    incident = house.tracker.threads[number]
    arrival = read_arrival(incident.body)
    assert arrival is not None
    assert (arrival.room, arrival.account, arrival.login) == (ROOM, RIYA.id, "riya")
    assert incident.body.endswith(play.body())
    assert incident.labels >= {"by room", "state: reported"}
    assert len(house.told()) == 1
    assert house.claim().token == reply_token(number, incident.opened.id, "reporter", None)


def test_what_the_guest_writes_there_is_filed_and_decided() -> None:
    """A word of theirs is their own, and what comes of it is said in the room, once."""
    house = House()
    number = house.filed()
    house.room.says(RIYA, 1, "/withdraw")
    house.run()
    assert house.tracker.state_labels(number) == {"state: withdrawn"}
    told = house.told()
    assert len(told) == 2
    house.run()
    assert house.told() == told


def test_nothing_new_costs_one_listing() -> None:
    """Where no guest has written anything, no room is read and nothing is written."""
    house = House()
    house.filed()
    house.run()
    house.rooms.calls.clear()
    house.room.forget()
    house.run()
    assert house.rooms.calls == ["rooms"]
    assert house.room.calls == []


def test_whoever_has_no_say_in_a_room_is_no_guest() -> None:
    """An administrator's comment there is filed nowhere, and the board says so."""
    house = House()
    number = house.filed()
    before = len(house.tracker.by_bot(number))
    house.room.says(MFT, 1, "/withdraw")
    run = house.run()
    assert len(house.tracker.by_bot(number)) == before
    assert [one.subject for one in run.troubles] == [ROOM]
