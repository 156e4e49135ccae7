"""A repository with everything in it: an incident in every state, suspensions, three channels, five letters.

Owns how it comes about, and what a run meets there. Each case of the matrix begins with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cocflow.core.case.records import is_card
from cocflow.core.people.person import Person
from cocflow.core.views.tokens import reply_token
from cocflow.demo import REPOSITORY
from cocflow.demo.story import PEOPLE
from cocflow.ports import Letter, Message
from cocflow.run.channels import Channels
from cocflow.run.desk import Desk
from cocflow.run.sweep import handle, sweep
from cocflow.sandbox.ids import node_id
from tests.fakes import FakeMailbox
from tests.faults.history import DAY, HOUR, desk
from tests.faults.layer import Answer, Call
from tests.faults.world import Postbox, Snapshot, World

CHANNELS = ("mail", "slack", "rules")
BY_FORM = {
    "learned": "It happened to me",
    "nature": "Two people insulted me, again and again.",
    "who": "Robin and Alex.",
    "material": "A screenshot.",
    "privacy": "Please do not name me.",
    "share": "Nothing until you have asked me",
}
FOR_ANOTHER = BY_FORM | {
    "learned": "I file for someone else",
    "reporter": "Riya Sen, riya@example.org",
    "share": "What the people concerned need to know, without my name",
}


TWICE = 13
"""The issue that has two cards."""


def _reaches(channel: str, person: Person) -> bool:
    first = {"slack": "U", "rules": "C"}.get(channel)
    return bool(person.mail) if first is None else person.slack.startswith(first)


class Town(World):
    """A world whose runs have three channels and a mailbox."""

    def __init__(self, checkout: Path) -> None:
        super().__init__(desk(checkout), REPOSITORY, checkout)
        self.letters: tuple[Letter, ...] = ()
        self.box = FakeMailbox()
        self.postboxes = {
            name: Postbox(self.layer, lambda person, name=name: _reaches(name, person), name)  # type: ignore[misc]
            for name in CHANNELS
        }

    def restore(self, snapshot: Snapshot) -> None:
        """Make everything as it was, the mailbox too."""
        super().restore(snapshot)
        for one in self.postboxes.values():
            one.delivered.clear()
        self.box = FakeMailbox()
        self.box.inbox.extend(self.letters)
        self.box.before = self._asked

    @contextmanager
    def desk(self, timeout: int = 30, token: str | None = None) -> Iterator[Desk]:
        """See `World.desk`."""
        with super().desk(timeout, token) as made:
            notifier = Channels(list(self.postboxes.items()))
            yield msgspec.structs.replace(made, notifier=notifier, mailbox=self.box)

    def told(self) -> dict[str, Message]:
        """Return what was delivered on any channel, by its stable id."""
        return {one.id: one for box in self.postboxes.values() for one in box.delivered}

    def letter(self, key: str, about: int | None = None, **fields: Any) -> Letter:
        """Return a letter that comes now; `about` an issue, whose token it bears."""
        with self.store.read() as db:
            row = db.execute("SELECT * FROM issue WHERE number = ?", (about or 1,)).fetchone()
        token = reply_token(row["number"], node_id("Issue", row["id"], row["repository_id"]))
        plain: dict[str, Any] = {"sender": f"{key}@example.net", "verified": True, "subject": "My account"}
        return Letter(
            key=key,
            message_id=f"<{key}@example.net>",
            text="Please look again.",
            received=datetime.fromtimestamp(self.store.clock.now(), UTC),
            tokens=() if about is None else (token,),
            **(plain | fields),
        )

    def _asked(self, call: str) -> None:
        self.layer.passes(Call(what=f"mailbox {call}"), lambda: Answer("200 OK", [], b""))


# --- how it comes about ----------------------------------------------------------------------------------


def plant(town: Town) -> Snapshot:
    """Let two weeks go by in an empty world, and return what stands there when a sweep is to come."""
    town.found(PEOPLE)
    town.box.before = town._asked
    for number in range(1, 9):
        answers = FOR_ANOTHER if number in (1, 5) else BY_FORM
        who = "mft" if answers is FOR_ANOTHER else "noor"
        body = town.written("incident", {key: text for key, text in answers.items() if (number, key) != (1, "material")})
        assert town.opens(who, "Incident", body) == number
    _runs(town)
    town.says("mft", 8, "/suspend Insults\nAlex Doe, alex@example.org\nKim Vale, kim@example.org\nJo Ray, jo@example.org")
    for number in (3, 4, 5, 6, 8):
        town.says("miabot", number, "/estimate 3 days")
    town.says("noor", 7, "/withdraw We are fine again.")
    _runs(town)
    for number in (4, 5, 6):
        town.labels("thclpr", number, "state: triaged")
    town.says("thclpr", 4, "/party Ira Low, U0000ALICE")
    town.says("thclpr", 4, "/party Sam Okafor sam@example.org")
    town.says("thclpr", 5, "/party Kit Lund")
    _runs(town)
    town.says("thclpr", 5, "/resolve We talked.\nTo parties: Be kind.")
    town.says("thclpr", 6, "/resolve We talked.")
    town.says("mft", 9, "/until indefinite\nUntil we know.")
    town.says("mft", 10, "/until indefinite\nUntil we know.")
    town.says("mft", 11, "/until indefinite\nUntil we know.")
    _runs(town)
    town.store.move_clock(advance=7 * DAY + HOUR)
    _runs(town, sweeps=True)
    town.says("miabot", 10, "/appeal She wrote to me.")
    town.says("thclpr", 2, "/estimate 3 days")
    town.says("mft", 2, "/suspend More insults\nLou Fay, lou@example.org")
    _runs(town)
    town.says("thclpr", 12, "/until indefinite\nUntil we know.")
    town.opens("noor", "Incident", town.written("incident", BY_FORM))
    _runs(town, sweeps=True)
    return town.keep()


def _runs(town: Town, *, sweeps: bool = False) -> None:
    run = town.run(sweep if sweeps else handle)
    assert run is not None
    assert run.complete, run


def unsettled(town: Town, *, everything: bool) -> Snapshot:
    """Let something be asked for, or fall due, and letters arrive; return what stands there then.

    `everything`: on every issue. Else on as many as it takes to have each kind of call.
    """
    town.says("thclpr", 4, "/resolve We talked.\nTo parties: Be kind.")
    town.says("mft", 8, "/suspend More insults\nMax Poe, max@example.org")
    town.says("thclpr", 10, "/overturn It was somebody else.")
    town.layer.arm()
    with town.desk() as at:  # as two runs at once may leave it
        comments = at.tracker.read(TWICE).comments()
        at.tracker.comment(TWICE, next(one.body for one in comments if is_card(one.body)))
    letters = [town.letter("token", 11, sender="jo@example.org"), town.letter("stranger"), town.letter("bounce", automatic=True)]
    if everything:
        letters += [town.letter("record", sender="lou@example.org"), town.letter("torn", unreadable=True)]
        town.says("mft", 1, "/answer 3 Three links.")
        town.says("miabot", 2, "/estimate 5 days")
        town.labels("thclpr", 3, "state: triaged")
        town.says("mft", 5, "/told Kit Lund on a call")
        town.presses("mft", 6)
        town.presses("mft", 7)
        town.labels("lena", 8, "state: closed")
        town.labels("miabot", 9, "state: lifted")
        town.labels("mft", 13, "estimate: 1 day")
        town.opens("noor", "Incident", town.written("incident", BY_FORM))
        town.store.move_clock(advance=DAY)
    town.letters = tuple(letters)
    return town.keep()
