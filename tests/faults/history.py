"""Histories to break: the demo's story as far as the first vault keeps it, and others, cut into moments.

A moment is GitHub as it was just before the runs of one step, and the job that answers it. Each
history is played once, without faults, by the real engine.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from cocflow import bootstrap
from cocflow.demo import REPOSITORY, STORY, Stage, play
from cocflow.demo.script import AddLabel, Chapter, Expect, File, Heard, Mail, Press, Step, Write
from cocflow.demo.story import CONFIGURATION
from cocflow.ports import Letter
from cocflow.run.desk import Desk
from cocflow.run.sweep import handle, sweep
from cocflow.sandbox.database import connect
from tests.faults.world import Job, Snapshot, World

HOUR, DAY = 3600, 86_400


class Moment(msgspec.Struct, frozen=True):
    """GitHub just before a run, the job that is to answer, and what lies in the mailbox, if anything does."""

    name: str
    snapshot: Snapshot
    job: Job
    letters: tuple[Letter, ...] | None = None


def desk(folder: Path) -> Desk:
    """Return the desk of the story's community, in a folder that becomes its checkout."""
    file = folder / bootstrap.CONFIGURATION
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(CONFIGURATION, encoding="utf-8")
    return bootstrap.desk(folder, REPOSITORY, "none", outbox=folder / "outbox")


# --- the demo's story ------------------------------------------------------------------------------

WITHDRAWN_BY_NOOR = Chapter(
    title="A reporter files, and withdraws after peer resolution",
    steps=(
        Step(
            shows="filed by its reporter",
            who="noor",
            did="files a report; nothing may be shared",
            deed=File(
                {
                    "learned": "It happened to me",
                    "nature": "My question was answered with an insult.",
                    "who": "Robin, in a direct message.",
                    "material": "A screenshot, which I can show to one of you.",
                    "privacy": "Please do not write to Robin yet.",
                    "tried": ("Those involved tried to resolve it peacefully",),
                    "share": "Nothing until you have asked me",
                }
            ),
            expect=Expect(state="reported", told=(Heard("noor", "on the incident", "reporter/arrived"),)),
        ),
        Step(
            shows="estimate by a quick label",
            who="mft",
            did="is on the phone, and gives a date with a label",
            deed=AddLabel("estimate: 1 day"),
            expect=Expect(
                state="acknowledged", told=(Heard("noor", "on the incident", "reporter/estimate"),)
            ),
        ),
        Step(
            shows="peer resolution",
            who="noor",
            did="tells the administrators how it went on",
            deed=Write("Robin has apologised, and meant it. We are fine again."),
            expect=Expect(state="acknowledged", receipts=0),
        ),
        Step(
            shows="withdrawn by its reporter",
            who="noor",
            did="takes the report back with a button",
            deed=Press("Close"),
            expect=Expect(state="withdrawn", is_open=False),
        ),
    ),
)

KEPT = [chapter for chapter in STORY if chapter.vault == 1]
TOLD = (KEPT[0], WITHDRAWN_BY_NOOR, *KEPT[1:])
STORY_STEPS = [step.shows for chapter in TOLD for step in chapter.steps]
MAIL_STEPS = [step.shows for chapter in TOLD for step in chapter.steps if isinstance(step.deed, Mail)]


def event_of(number: int | None) -> Job:
    """Return the job that an event on an issue starts."""
    return partial(handle, hinted=number)


class Recorded(Stage):
    """A stage that keeps what GitHub held before each step's runs, and which job they were."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "github.db"
        self._last = 0
        self.kept: list[tuple[Snapshot, Job, tuple[Letter, ...] | None]] = []
        super().__init__(folder, keep=True)
        community = msgspec.structs.replace(self._desk.community, rooms=None)  # as in the world to break
        self._place.desks[REPOSITORY] = msgspec.structs.replace(self._desk, community=community, rooms=None)

    def run(self) -> bool:
        """Keep, and run.

        Each moment begins with a minute: what is done again some seconds later is said to be as late.
        """
        self._place.advance(60 - datetime.fromisoformat(self.now()).second)
        self.kept.append((self._copy(), self._job(), self._letters()))
        return super().run()

    def _copy(self) -> Snapshot:
        copy = connect(":memory:")
        with closing(sqlite3.connect(self._file)) as db:
            db.backup(copy)
        return copy

    def _letters(self) -> tuple[Letter, ...] | None:
        box = self._desk.mailbox
        assert box is not None
        found = (box.letter(one) for one in box.waiting(lambda: datetime.min.replace(tzinfo=UTC)))
        return tuple(one for one in found if one is not None) or None

    def _job(self) -> Job:
        """Return the job of the events since the last step: a schedule starts the sweep."""
        with closing(sqlite3.connect(f"{self._file}-log")) as log:
            query = "SELECT seq, event, repository, payload FROM event WHERE seq > ? ORDER BY seq"
            events = list(log.execute(query, (self._last,)))
        self._last = max((seq for seq, *_ in events), default=self._last)
        if any(event == "schedule" for _, event, *_ in events):
            return sweep
        told = (json.loads(one).get("issue") or {} for *_, where, one in events if where == REPOSITORY)
        return event_of(next((one["number"] for one in told if one), None))


def story(folder: Path) -> list[Moment]:
    """Play what the first vault keeps of the demo's story, and return its moments."""
    stage = Recorded(folder)
    with stage:
        names = [played.shows for played in play(stage, TOLD)]
        assert names == STORY_STEPS
        return [Moment(name, *kept) for name, kept in zip(names, stage.kept, strict=True)]


# --- a history of suspensions ----------------------------------------------------------------------

INCIDENT, ALEX, KIM = 1, 2, 3
"""The numbers of the incident, and of the suspensions."""

Deed = Callable[[World], None]


def _says(login: str, number: int, text: str) -> Deed:
    return lambda world: world.says(login, number, text)


def _labels(login: str, number: int, label: str) -> Deed:
    return lambda world: world.labels(login, number, label)


def _waits(days: int, hours: int) -> Deed:
    return lambda world: world.store.move_clock(advance=days * DAY + hours * HOUR)


def _files(world: World) -> None:
    answers = {
        "learned": "It happened to me",
        "nature": "Two people insulted me, again and again.",
        "who": "Robin and Alex.",
        "material": "A screenshot.",
        "privacy": "Please do not name me.",
        "share": "Nothing until you have asked me",
    }
    world.opens("noor", "Incident", world.written("incident", answers))


def _opens_by_form(world: World) -> None:
    answers = {
        "account": "Kim Vale",
        "reason": "Spam from a stolen account.",
        "reach": "kim@example.org",
        "incident": str(INCIDENT),
    }
    world.opens("mft", "Suspension", world.written("suspension", answers), ("suspension",))


SUSPENSIONS: tuple[tuple[str, Deed, Job], ...] = (
    ("filed", _files, handle),
    (
        "suspended from an incident",
        _says("mft", INCIDENT, "/suspend Insults\nAlex Doe, U0ALEX001"),
        event_of(INCIDENT),
    ),
    ("lifted by label", _labels("thclpr", ALEX, "state: lifted"), event_of(ALEX)),
    ("suspended by form", _opens_by_form, handle),
    ("estimated", _says("mft", INCIDENT, "/estimate 3 days"), event_of(INCIDENT)),
    (
        "resolution waits for the interim end",
        _says("mft", INCIDENT, "/resolve We talked."),
        event_of(INCIDENT),
    ),
    ("end set", _says("mft", KIM, "/until 14 days\nThat is enough."), event_of(KIM)),
    ("not heard", _says("mft", INCIDENT, "/heard d3 skipped: A stolen account."), event_of(INCIDENT)),
    (
        "drafted",
        _says("mft", INCIDENT, "/resolve We talked.\nd3: suspension until 14 days\nEnough."),
        event_of(INCIDENT),
    ),
    ("resolved", _labels("thclpr", INCIDENT, "approve"), event_of(INCIDENT)),
    ("appeals open", _waits(7, hours=1), sweep),
    ("suspensions end", _waits(7, hours=0), sweep),
)
SUSPENSION_STEPS = [name for name, _, _ in SUSPENSIONS]
UNLIKE_THE_STORY = ("suspended from an incident", "lifted by label", "suspended by form", "suspensions end")
"""The steps that aren't much like one of the demo's."""


# --- a history of duplicates -------------------------------------------------------------------------

FIRST, SECOND = 1, 2
"""The numbers of two reports of the same."""


def _files_for_another(world: World) -> None:
    answers = {
        "learned": "I file for someone else",
        "reporter": "Ira Low, ira@example.org",
        "nature": "Two people insulted somebody.",
        "who": "Robin and Alex.",
        "material": "A screenshot.",
        "privacy": "Nothing.",
    }
    world.opens("mft", "Incident", world.written("incident", answers))


def _reopens(number: int) -> Deed:
    return lambda world: world.presses("mft", number)


DUPLICATES: tuple[tuple[str, Deed, Job], ...] = (
    ("reported", _files, handle),
    ("reported again", _files_for_another, handle),
    ("handled with another", _says("thclpr", SECOND, f"/dismiss duplicate of #{FIRST}"), event_of(SECOND)),
    ("taken up again", _reopens(SECOND), event_of(SECOND)),
    ("handled with another again", _says("mft", SECOND, f"/dismiss duplicate of #{FIRST}"), sweep),
    ("the other withdrawn", _says("noor", FIRST, "/withdraw"), event_of(FIRST)),
    ("no report of ours", _says("mft", SECOND, "/dismiss not ours"), event_of(SECOND)),
)
DUPLICATE_STEPS = [name for name, _, _ in DUPLICATES]


def suspensions(world: World) -> Iterator[Moment]:
    """Play the history of suspensions in a world without issues, and yield its moments."""
    return _played(world, SUSPENSIONS)


def duplicates(world: World) -> Iterator[Moment]:
    """Play the history of duplicates in a world without issues, and yield its moments."""
    return _played(world, DUPLICATES)


def _played(world: World, steps: tuple[tuple[str, Deed, Job], ...]) -> Iterator[Moment]:
    for name, deed, job in steps:
        deed(world)
        yield Moment(name, world.keep(), job)
        run = world.run(job)
        assert run is not None, name
        assert run.complete, (name, run)
