"""Rows about what three administrators are sent in a month: counted, as GitHub notifies.

GitHub tells everybody of a new report, and of what happens on an issue whoever was mentioned, assigned or
wrote there, but of nothing that they did themself. The clock is simulated: a sweep comes every four hours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

from benchmarks.table import Row
from cocflow.core.case.facts import Actor
from cocflow.core.people.roster import Administrator
from tests.core.play import APPROVE, DAY, HOUR, MFT, MIABOT, RIYA, ROSTER, THCLPR
from tests.fakes import FakeTracker
from tests.scene import Scene

GROUP = "What three administrators are sent in a month"
SWEEPS = timedelta(hours=4)
PEOPLE = {"mft": MFT, "miabot": MIABOT, "thclpr": THCLPR}
_MENTION = re.compile(r"(?<![\w`/])@([a-z][a-z0-9-]*)")


class Notified(FakeTracker):
    """Issues that count whom GitHub notifies of what: `mentions`, and all `notifications`."""

    def __init__(self) -> None:
        super().__init__()
        self.mentions = 0
        self.notifications = 0
        self._subscribed: dict[int, set[str]] = {}

    def _opens(self, number: int, by: Actor, body: str | None, title: str) -> int:
        self.notifications += len(PEOPLE) if by != self.me else 0
        return super()._opens(number, by, body, title)

    def _happens(self, by: Actor, number: int, *called: str) -> None:
        subscribed = self._subscribed.setdefault(number, set())
        subscribed.update(called)
        subscribed.update({by.login} & PEOPLE.keys())
        self.notifications += len(subscribed - {by.login})

    def says(self, by: Actor, number: int, text: str) -> str:
        """Comment; whoever is subscribed or mentioned is told."""
        called = set(_MENTION.findall(text)) & PEOPLE.keys() if by == self.me else set()
        if "<!-- cocflow:card " not in text:
            self.mentions += len(called)
            self._happens(by, number, *called)
        return super().says(by, number, text)

    def assigns(self, by: Actor, number: int, assignee: Actor) -> None:
        """Assign the issue; whom it is assigned to is told, if it isn't by themself."""
        if assignee not in self.threads[number].assignees:
            self._subscribed.setdefault(number, set()).add(assignee.login)
            self.notifications += by != assignee
        super().assigns(by, number, assignee)

    def closes(self, by: Actor, number: int) -> None:
        """Close the issue, if it is open; whoever is subscribed is told."""
        if self.threads[number].is_open:
            self._happens(by, number)
        super().closes(by, number)


class Month(Scene):
    """A community of three for thirty days, over fakes."""

    def __init__(self, roster: tuple[Administrator, ...] = ROSTER) -> None:
        self.sent = Notified()
        self.began = self.sent.now
        super().__init__(roster=roster, tracker=self.sent)

    def sleeps(self, until: int) -> None:
        """Let sweeps come, and nobody act, until so many days after the beginning."""
        while self.tracker.now < self.began + until * DAY:
            self.passes(SWEEPS)

    def has(self, number: int) -> Actor:
        """Return who has an incident."""
        (assignee,) = self.tracker.read(number).assignees
        return assignee


def ignored() -> Notified:
    """Return what was sent of one report on which nobody acts."""
    month = Month()
    month.sleeps(30)
    return month.sent


def suspended() -> Notified:
    """Return what was sent of an interim suspension of somebody who can't be reached, and nobody sees to."""
    month = Month()
    month.says(month.has(1), "/estimate 8 weeks", "/suspend Insults\nSam Poe")
    month.sleeps(30)
    return month.sent


def normal() -> Notified:
    """Return what was sent of five reports, each seen to in time by whoever has it."""
    month = Month()
    for place in range(5):
        number = 1 if place == 0 else month.tracker.opens(RIYA)
        month.run()
        month.passes(5 * HOUR)
        mine = month.has(number)
        month.says(mine, "/estimate 3 days", on=number)
        month.passes(DAY)
        month.labels(mine, "state: triaged", on=number)
        month.passes(DAY)
        month.says(mine, "/resolve We talked with both.", on=number)
        month.labels(mine, APPROVE, on=number)
        month.sleeps(6 * (place + 1))
    return month.sent


CASES: dict[str, tuple[Callable[[], Notified], int, int]] = {
    "One report that nobody sees to": (ignored, 93, 23),
    "One interim suspension of somebody out of reach": (suspended, 273, 30),
    "Five reports that are seen to in time": (normal, 36, 62),
}
"""What happens, the mentions when every reminder was a comment of its own, and the most messages allowed."""


def rows() -> Iterator[Row]:
    """Count each month once."""
    for name, (month, before, most) in CASES.items():
        sent = month()
        yield Row(
            group=GROUP,
            name=name,
            measured=sent.notifications,
            reference=most,
            beside="at most",
            limit=1,
        )
        yield Row(
            group=GROUP,
            name=f"{name}: mentions",
            measured=sent.mentions,
            reference=before,
            beside="when each reminder was a comment",
        )
