"""A vault with a room, over fakes, as the tests of rooms meet them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from cocflow.core.acts.guest import LOGIN
from cocflow.core.case.facts import Actor
from cocflow.core.case.records import Claim, read_claim
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.people.roster import Administrator, RoomsSettings
from cocflow.run.sweep import Run, sweep
from tests.core import play
from tests.core.play import MFT, RIYA
from tests.fakes import FakeMailbox, FakeNotifier, FakeRooms, FakeTracker, RoomTracker, desk

SETTINGS = RoomsSettings(organization="acme", app=1, template="template")


class Died(BaseException):
    """A run was killed."""


class House:
    """A vault with one room, asked for by MFT, in which RIYA is the guest, unless `empty`."""

    def __init__(self, *roster: Administrator, empty: bool = False, **fields: Any) -> None:
        self.tracker = FakeTracker()
        self.notifier, self.mailbox = FakeNotifier(), FakeMailbox()
        self.rooms = FakeRooms(self.tracker)
        self.desk = desk(
            self.tracker,
            self.notifier,
            mailbox=self.mailbox,
            rooms=self.rooms,
            community=play.community(*roster, rooms=SETTINGS),
            **fields,
        )
        self.desk = msgspec.structs.replace(self.desk, sweeps_every=timedelta(hours=1))
        if not empty:
            self.asked()
            self.run()
            self.comes_in()
            self.run()

    def asked(self) -> None:
        """Let an administrator open a room for the guest."""
        body = write(play.room_definition().form, Answers({LOGIN: "riya"}))
        number = self.tracker.opens(MFT, body)
        self.tracker.labels(MFT, number, "room")

    def comes_in(self) -> None:
        """Let the guest accept."""
        self.rooms.accepts(self.name, "riya")

    @property
    def name(self) -> str:
        """What the first room is called."""
        return next(iter(self.rooms.trackers))

    @property
    def room(self) -> RoomTracker:
        """The issues of the room."""
        return self.rooms.trackers[self.name]

    @property
    def incident(self) -> int:
        """The number of the first incident that was filed in a room."""
        return self.incidents()[0]

    def incidents(self) -> list[int]:
        """Return the numbers of the incidents that were filed in rooms."""
        return [one.number for one in self.tracker.threads.values() if "by room" in one.labels]

    def run(self) -> Run:
        """Let a sweep run."""
        return sweep(self.desk)

    def passes(self, by: timedelta) -> Run:
        """Let time pass, then a sweep run."""
        self.tracker.moves_clock(by)
        return self.run()

    def files(self, body: str | None = None, by: Actor = RIYA) -> None:
        """Let the guest file a report, and a sweep run."""
        self.room.opens(by, body)
        self.run()

    def says(self, text: str, by: Actor = RIYA, number: int = 1) -> str:
        """Let somebody comment in the room, and a sweep run."""
        made = self.room.says(by, number, text)
        self.run()
        return made

    def claim(self, number: int = 1) -> Claim:
        """Return what the one claim of an issue of the room says."""
        (claimed,) = [one for one in map(read_claim, self.room.by_bot(number)) if one is not None]
        return claimed

    def told(self, number: int = 1) -> list[str]:
        """Return what the guest was told on an issue of the room, without the claim."""
        return [one for one in self.room.by_bot(number) if read_claim(one) is None]

    @property
    def state(self) -> str:
        """The state that the incident's labels show."""
        (label,) = self.tracker.state_labels(self.incident)
        return label.removeprefix("state: ")

    def letters(self) -> list[str]:
        """Return what is filed on the incident as letters."""
        case = self.desk.open(self.desk.read(self.incident))
        return [one.body for one in case.comments.values() if case.mail(one) is not None]
