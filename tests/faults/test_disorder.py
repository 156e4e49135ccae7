"""Runs that come late, twice, in another order or not at all: what is decided is the same."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from cocflow.core.case.progress import Record
from cocflow.core.engine.reading import read_ledger
from cocflow.run.sweep import handle, sweep
from tests.faults.count import tried
from tests.faults.history import HOUR, Moment, event_of
from tests.faults.world import Job, World

pytestmark = pytest.mark.usefixtures("nearby")

BEGINNING = 1_767_603_600
"""2026-01-05T09:00:00Z, when the report was filed."""
Deed = Callable[[World], None]
DEEDS: tuple[Deed, ...] = (
    lambda world: world.says("mft", 1, "Has anybody talked to them?"),
    lambda world: world.labels("thclpr", 1, "state: closed"),
    lambda world: world.says("mft", 1, "/estimate 3 days triage tomorrow"),
    lambda world: world.says("lena", 1, "/resolve Nothing to see here."),
    lambda world: world.says("miabot", 1, "/party Sam Okafor sam@example.org"),
    lambda world: world.says("miabot", 1, "/party Kit Lund"),
    lambda world: world.labels("thclpr", 1, "state: triaged"),
    lambda world: world.says("mft", 1, "/resolve"),
    lambda world: world.says("mft", 1, "/resolve We talked with everyone."),
    lambda world: world.says("noor", 1, "/help"),
    lambda world: world.says("mft", 1, "/told Kit Lund on a call"),
    lambda world: world.says("noor", 1, "Thank you."),
)
SCHEDULES: dict[str, Callable[[int], tuple[Job, ...]]] = {
    "each event's run": lambda deed: (handle,),
    "each run twice, and a sweep": lambda deed: (event_of(1), event_of(1), sweep),
    "a sweep before the event's run": lambda deed: (sweep, event_of(1)),
    "every other run lost": lambda deed: (event_of(1),) if deed % 2 else (),
    "three of four runs lost": lambda deed: (handle,) if deed % 4 == 3 else (),
    "no run but one late sweep": lambda deed: (),
}


def _played(world: World, jobs: Callable[[int], tuple[Job, ...]]) -> tuple[list[str], set[str], set[str]]:
    """Play the deeds, one an hour; return what was decided, the labels, and who was told what."""
    hours = iter(range(1, 100))
    for number, deed in enumerate(DEEDS):
        world.store.move_clock(to=BEGINNING + HOUR * next(hours))
        deed(world)
        for job in jobs(number):
            run = world.run(job)
            assert run is not None
            assert run.complete
    world.store.move_clock(to=BEGINNING + HOUR * next(hours))
    world.run(sweep)
    assert world.unsound() == []
    with world.desk() as desk:
        issue = desk.tracker.read(1)
    people = [fact.id for fact in issue.facts if not issue.is_mine(fact)]
    decided = [_decision(entry.record, people) for entry in read_ledger(issue).counted]
    return decided, set(issue.labels), {message.id for message in world.postbox.delivered}


def _decision(record: Record, people: list[str]) -> str:
    """Return a record as text, with what people did by its place, and without what depends on receipts."""
    text = msgspec.json.encode(msgspec.structs.replace(record, prev=None, reached={})).decode()
    for place, id_ in enumerate(people):
        text = text.replace(f'"{id_}"', f"fact {place}")
    return text


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_when_runs_happen_decides_nothing(
    world: World, moments: dict[str, Moment], schedule: str, record_property: Callable[[str, object], None]
) -> None:
    """The same deeds get the same receipts, labels and notices, whichever runs there were."""
    played = []
    for jobs in (SCHEDULES["each event's run"], SCHEDULES[schedule]):
        world.restore(moments["filed"].snapshot)
        played.append(_played(world, jobs))
    tried(record_property, "schedules", 1)
    assert played[1] == played[0]
    assert len(played[0][0]) > len(DEEDS) - 2
