"""One report over fakes, as the tests of a run meet it."""

from __future__ import annotations

from typing import Any

from cocflow.core.case.facts import Actor
from cocflow.run.issue import Outcome, enforce
from tests.core.play import APPROVE, MFT, RIYA, STRANGER
from tests.fakes import FakeNotifier, FakeTracker, desk

ROBIN = "Robin Example robin@example.org"


class Setting:
    """A desk over fakes with one report, already answered unless `fresh`."""

    def __init__(
        self, *, fresh: bool = False, by: Actor = RIYA, body: str | None = None, **fields: Any
    ) -> None:
        self.tracker = FakeTracker()
        self.notifier = FakeNotifier()
        self.desk = desk(self.tracker, self.notifier, **fields)
        self.number = self.tracker.opens(by, body)
        if not fresh:
            self.run()
            self.tracker.forget()

    def run(self) -> Outcome:
        """Let cocflow look at the issue."""
        return enforce(self.desk, self.number)

    def says(self, by: Actor, text: str) -> str:
        """Let somebody comment."""
        return self.tracker.says(by, self.number, text)

    def labels(self, by: Actor, label: str) -> None:
        """Let somebody put a label on."""
        self.tracker.labels(by, self.number, label)

    def resolved(self, party: str = ROBIN) -> None:
        """Bring the issue to where its resolution is decided, and waits for the run."""
        self.says(MFT, f"/party {party}")
        self.says(MFT, "/estimate 3 days")
        self.run()
        self.says(MFT, "/resolve We talked.\nTo parties: Be kind.")
        self.run()
        self.labels(MFT, APPROVE)
        self.tracker.forget()

    @property
    def state(self) -> str:
        """The state that the labels show; there must be exactly one."""
        (label,) = self.tracker.state_labels(self.number)
        return label.removeprefix("state: ")

    @property
    def newest(self) -> str:
        """The newest text of the bot's that isn't the card."""
        return self.tracker.by_bot(self.number)[-1]


class Flaky:
    """A hook that fails the given call once, after or before it was done."""

    def __init__(self, call: str, error: Exception) -> None:
        self.call, self.error = call, error
        self.done = False

    def __call__(self, made: str) -> None:
        if made == self.call and not self.done:
            self.done = True
            raise self.error


def break_it(setting: Setting) -> None:
    """Let somebody edit the first receipt."""
    receipt = setting.tracker.receipts(1)[0]
    setting.tracker.edits(STRANGER, 1, receipt.id, receipt.body.replace("reported", "resolved"))
