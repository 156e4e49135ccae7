"""A scene for tests of what is told to whom: an incident with everybody in it, and all that anyone gets.

Over fakes of the ports, and nothing else: whoever has an address of any kind is reached, unless a test
lets deliveries fail for a while (`failing`) or for good (`refusing`), by people's keys.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor
from cocflow.core.case.seal import Seal
from cocflow.core.people.roster import Administrator
from cocflow.errors import AdapterError
from cocflow.messages import Templates
from cocflow.ports import Message, RefusedError
from cocflow.run.sweep import Run, sweep
from tests.core import play
from tests.core.play import MFT, RIYA, ROSTER
from tests.fakes import FakeMailbox, FakeTracker, desk

NEED = "What the people concerned need to know"
SHARES = {
    "none": "Nothing until you have asked me",
    "parties": f"{NEED}, without my name",
    "parties by name": f"{NEED}, with my name",
    "community": f"{NEED}, and the community may be told, all without my name",
    "community by name": f"{NEED}, and the community may be told, all with my name",
}
"""The form's choices of what may be shared."""

ROBIN = "Robin Example, robin@example.org"
SAM = "Sam Poe, sam@example.org"
PUBLIC = "In a public channel"


class Post:
    """A notifier that keeps what it delivered, and every attempt."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.attempts = 0
        self.failing: set[str] = set()
        self.refusing: set[str] = set()

    def reaches(self, person: Any) -> bool:
        """See `Notifier.reaches`: whoever has an address of any kind."""
        return bool(person.mail or person.slack)

    def try_out(self) -> str:
        """See `Notifier.try_out`."""
        return ""

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        self.attempts += 1
        if message.to.key in self.refusing:
            raise RefusedError(550, "SMTP RCPT")
        if message.to.key in self.failing:
            raise AdapterError(451, "SMTP RCPT")
        self.messages.append(message)


class Scene:
    """An incident filed by RIYA, answered, and everything that happens to it. `fields`: the community's.

    `association`: what GitHub calls the reporter; `tracker`: one that counts.
    """

    def __init__(
        self,
        *,
        roster: tuple[Administrator, ...] = ROSTER,
        by: Actor = RIYA,
        answers: dict[str, str | None] | None = None,
        templates: Templates | None = None,
        seal: Seal | None = None,
        association: str = "",
        tracker: FakeTracker | None = None,
        **fields: Any,
    ) -> None:
        given: dict[str, Any] = {"rules_channel": "#rules", "rules_slack_channel": "C0RULES01"} | fields
        self.tracker = tracker or FakeTracker()
        self.post = Post()
        self.mailbox = FakeMailbox()
        self.desk = desk(
            self.tracker,
            self.post,
            community=play.community(*roster, **given),
            templates_=templates,
            mailbox=self.mailbox,
            seal=seal,
        )
        self.incident = self.tracker.opens(by, play.body(**(answers or {})))
        self.tracker.threads[self.incident].association = association
        self.run()

    def run(self) -> Run:
        """Let a sweep run."""
        return sweep(self.desk)

    def says(self, by: Actor, *texts: str, on: int = 1) -> None:
        """Let somebody comment, each time followed by a run."""
        for text in texts:
            self.tracker.says(by, on, text)
            self.run()

    def sends(self, by: Actor, text: str, on: int = 1) -> None:
        """Let somebody draft words, read what is shown, and send them."""
        self.says(by, text, on=on)
        self.labels(by, play.APPROVE, on=on)

    def labels(self, by: Actor, label: str, on: int = 1) -> None:
        """Let somebody put a label on, and a run follow."""
        self.tracker.labels(by, on, label)
        self.run()

    def passes(self, by: timedelta) -> Run:
        """Let time pass, then a run."""
        self.tracker.moves_clock(by)
        return self.run()

    def acknowledged(self, *parties: str) -> None:
        """Bring the incident to where an estimate is given, with these parties."""
        self.says(MFT, *(f"/party {one}" for one in parties), "/estimate 3 days")

    # --- what there is to see ---

    def case(self, number: int = 1) -> Case:
        """Return the case of an issue as it stands."""
        read = self.desk.read(number)
        return self.desk.open(read, incident=self.desk.incident_of(read))

    def texts(self, key: str) -> list[str]:
        """Return the texts that somebody was sent, oldest first."""
        return [one.text for one in self.post.messages if one.to.key == key]

    def newest(self, number: int = 1) -> str:
        """Return the newest text of the bot's on an issue that isn't the card, without its record."""
        return self.tracker.by_bot(number)[-1].rpartition("<!--")[0]

    def shown(self, number: int = 1) -> set[str]:
        """Return the labels that show consent and notices."""
        return {one for one in self.tracker.threads[number].labels if one.startswith(("consent", "notice"))}
