"""A repository with everything in it: an incident in every state, suspensions, three channels, five letters.

Owns how it comes about, and what a run meets there. Each case of the matrix begins with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
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
from tests.faults.history import DAY, HOUR, desk
from tests.faults.straight import straight
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


def _reaches(channel: str, person: Person) -> bool:
    first = {"slack": "U", "rules": "C"}.get(channel)
    return bool(person.mail) if first is None else person.slack.startswith(first)


class Town(World):
    """A world whose runs have three channels and a mailbox."""

    def __init__(self, checkout: Path) -> None:
        super().__init__(desk(checkout), REPOSITORY, checkout)
        self.letters: tuple[Letter, ...] = ()
        self.postboxes = {
            name: Postbox(self.layer, lambda person, name=name: _reaches(name, person), name)  # type: ignore[misc]
            for name in CHANNELS
        }

    def begin(self, waiting: Waiting) -> None:
        """Make everything as it was before a sweep."""
        self.letters = waiting.letters
        self.restore(waiting.snapshot)

    def restore(self, snapshot: Snapshot, letters: Iterable[Letter] | None = None) -> None:
        """See `World.restore`; there is always a mailbox."""
        super().restore(snapshot, self.letters if letters is None else letters)
        for one in self.postboxes.values():
            one.delivered.clear()

    @contextmanager
    def desk(self, timeout: int = 30, token: str | None = None) -> Iterator[Desk]:
        """See `World.desk`."""
        with straight(self.layer), super().desk(timeout, token) as made:
            notifier = Channels(list(self.postboxes.items()))
            yield msgspec.structs.replace(made, notifier=notifier)

    def told(self) -> dict[str, Message]:
        """Return what was delivered on any channel, by its stable id."""
        return {one.id: one for box in self.postboxes.values() for one in box.delivered}

    def number(self, id_: str) -> int:
        """Return the number of an issue by its node id."""
        with self.store.read() as db:
            rows = list(db.execute("SELECT id, number, repository_id FROM issue"))
        return next(
            int(one["number"]) for one in rows if node_id("Issue", one["id"], one["repository_id"]) == id_
        )

    def letter(self, key: str, about: int | None = None, **fields: Any) -> Letter:
        """Return a letter that comes now; `about` an issue, whose token it bears."""
        with self.store.read() as db:
            row = db.execute("SELECT * FROM issue WHERE number = ?", (about or 1,)).fetchone()
        whose = "suspended" if (about or 1) != 1 else "reporter"
        token = reply_token(row["number"], node_id("Issue", row["id"], row["repository_id"]), whose, None)
        plain: dict[str, Any] = {"sender": f"{key}@example.net", "verified": True, "subject": "My account"}
        return Letter(
            key=key,
            message_id=f"<{key}@example.net>",
            text="Please look again.",
            received=datetime.fromtimestamp(self.store.clock.now(), UTC),
            tokens=() if about is None else (token,),
            **(plain | fields),
        )


# --- how it comes about ----------------------------------------------------------------------------------


def plant(town: Town) -> Snapshot:
    """Let two weeks go by in an empty world, and return what stands there when a sweep is to come."""
    town.found(PEOPLE)
    town.box.before = town._asked
    for number in range(1, 9):
        answers = FOR_ANOTHER if number in (1, 5) else BY_FORM
        who = "mft" if answers is FOR_ANOTHER else "noor"
        body = town.written(
            "incident", {key: text for key, text in answers.items() if (number, key) != (1, "material")}
        )
        assert town.opens(who, "Incident", body) == number
    _runs(town)
    town.says(
        "mft",
        8,
        "/suspend Insults\nAlex Doe, alex@example.org\nKim Vale, kim@example.org\nJo Ray, jo@example.org",
    )
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
    for number in (5, 6):
        town.labels("thclpr", number, "approve")
    town.says("thclpr", 4, "/resolve We talked.\nTo parties: Be kind.")
    _runs(town)
    town.store.move_clock(advance=7 * DAY + HOUR)
    _runs(town, sweeps=True)
    town.says("miabot", 10, "/appeal She wrote to me.")
    town.says("thclpr", 2, "/estimate 3 days")
    town.says("mft", 2, "/suspend More insults\nLou Fay, lou@example.org")
    _runs(town)
    town.says("thclpr", 12, "/until indefinite\nUntil we know.")
    town.says("thclpr", 10, "/overturn It was somebody else.")
    town.opens("noor", "Incident", town.written("incident", BY_FORM))
    _runs(town, sweeps=True)
    return town.keep()


def _runs(town: Town, *, sweeps: bool = False) -> None:
    run = town.run(sweep if sweeps else handle)
    assert run is not None
    assert run.complete, run


def _resolve(town: Town) -> None:
    town.labels("thclpr", 4, "approve")


def _suspend(town: Town) -> None:
    town.says("mft", 8, "/suspend More insults\nMax Poe, max@example.org")


def _overturn(town: Town) -> None:
    town.labels("thclpr", 10, "approve")


def _make_a_second_card(town: Town) -> None:
    """Leave what two runs at once may leave."""
    town.layer.arm()
    with town.desk() as at:
        comments = at.tracker.read(13).comments()
        at.tracker.comment(13, next(one.body for one in comments if is_card(one.body)))


def _write_letters(town: Town) -> None:
    bounce = town.letter("bounce", automatic=True)
    town.letters += (town.letter("token", 11, sender="jo@example.org"), town.letter("stranger"), bounce)


def _all_else(town: Town) -> None:
    town.letters += (town.letter("record", sender="lou@example.org"), town.letter("torn", unreadable=True))
    town.says("mft", 1, "/answer 3 Three links.")
    town.says("miabot", 2, "/estimate 5 days")
    town.says("mft", 5, "/told Kit Lund on a call")
    town.presses("mft", 6)
    town.presses("mft", 7)
    town.labels("lena", 8, "state: closed")
    town.labels("miabot", 9, "state: lifted")
    town.labels("mft", 13, "estimate: 1 day")
    town.opens("noor", "Incident", town.written("incident", BY_FORM))
    town.store.move_clock(advance=DAY)


Deed = Callable[[Town], None]
FEW: dict[str, Deed] = {
    "a resolution": _resolve,
    "a suspension": _suspend,
    "a successful appeal": _overturn,
    "a second card": _make_a_second_card,
    "letters": _write_letters,
}
"""What may happen there, each with few calls of its own, and all kinds of calls together."""


class Waiting(msgspec.Struct, frozen=True):
    """What stands in a town before a sweep, and which letters lie in its mailbox."""

    snapshot: Snapshot
    letters: tuple[Letter, ...]


def unsettled(town: Town, planted: Snapshot, *deeds: Deed) -> Waiting:
    """Let things be done in the town as it was planted, and somebody else ask for something as well."""
    town.letters = ()
    town.restore(planted)
    town.labels("thclpr", 3, "state: triaged")
    for deed in deeds:
        deed(town)
    return Waiting(town.keep(), town.letters)


def everything(town: Town, planted: Snapshot) -> Waiting:
    """Let something be asked for, or fall due, on every issue."""
    return unsettled(town, planted, *FEW.values(), _all_else)
