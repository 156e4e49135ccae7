"""Races: runs at once, on reads that lag, and people who do things meanwhile."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from tests.faults.count import EVERYTHING, tried
from tests.faults.history import (
    DUPLICATE_STEPS,
    MAIL_STEPS,
    STORY_STEPS,
    SUSPENSION_STEPS,
    UNLIKE_THE_STORY,
    Moment,
)
from tests.faults.layer import Call
from tests.faults.reference import Reference, differences_but_twins, heal, reference
from tests.faults.world import World

pytestmark = [pytest.mark.matrix, pytest.mark.usefixtures("nearby")]

STEPS = [
    *(step for step in STORY_STEPS if step not in MAIL_STEPS),
    *(SUSPENSION_STEPS if EVERYTHING else UNLIKE_THE_STORY),
    *DUPLICATE_STEPS[2:],
]
"""Of the jobs, which share a concurrency group, two never read the mailbox at once."""
Record = Callable[[str, object], None]


def orders(calls: tuple[Call, ...], step: str) -> Iterator[tuple[int, list[int]]]:
    """Return how many runs there are, and the order of their calls.

    One run stops before some of its writes (or before every call), and another does everything in
    between; two go in step; and four go in an order that was drawn, always the same.
    """
    turn = STEPS.index(step)
    for number, call in enumerate(calls):
        if EVERYTHING or (call.writes and (turn + number) % 3 == 0):
            yield 2, [0] * number + [1] * (2 * len(calls))
    yield 2, []
    drawn = random.Random(step)  # noqa: S311 - no secret
    for _ in range(20 if EVERYTHING else 1):
        yield 4, [drawn.randrange(4) for _ in range(4 * len(calls))]


def wrong_after(world: World, moment: Moment, expected: Reference) -> list[str]:
    """Return what one run more leaves different from one run alone."""
    heal(world, moment.job)
    return differences_but_twins(world, expected)


@pytest.mark.parametrize("step", STEPS)
def test_runs_at_once_are_like_one(
    world: World, moments: dict[str, Moment], step: str, record_property: Record
) -> None:
    """Two and four runs at once leave what one leaves, and no label goes on and off."""
    moment = moments[step]
    expected = reference(world, moment)
    found: list[tuple[int, list[int], list[str]]] = []
    count = 0
    for runs, order in orders(expected.calls, step):
        world.restore(moment.snapshot, moment.letters)
        assert world.race([moment.job] * runs, order) == []
        count += 1
        if wrong := wrong_after(world, moment, expected):
            found.append((runs, order, wrong))
    tried(record_property, "races", count)
    assert found == []


@pytest.mark.parametrize("step", STEPS if EVERYTHING else STEPS[::3])
def test_runs_on_lagging_reads_are_healed(
    world: World, moments: dict[str, Moment], step: str, record_property: Record
) -> None:
    """Two runs that see GitHub as it was some writes ago leave nothing that a run that looks can't mend."""
    moment = moments[step]
    expected = reference(world, moment)
    for writes in (1, 2, 3, 5) if EVERYTHING else (1 + STEPS.index(step) % 3,):
        world.restore(moment.snapshot, moment.letters)
        world.store.set_lag(writes=writes)
        assert world.race([moment.job] * 2, []) == []
        world.store.set_lag()
        heal(world, moment.job)
        world.look_at_all()
        tried(record_property, "races", 1)
        assert wrong_after(world, moment, expected) == []


# --- people meanwhile --------------------------------------------------------------------------------

WORDS = "Can we talk about this one?"


class Meanwhile(msgspec.Struct, frozen=True):
    """What somebody does while a run is under way, and whether it stands in the end."""

    does: Callable[[World, int], None]
    stands: Callable[[dict[str, Any]], bool]


def _commented(words: str) -> Callable[[dict[str, Any]], bool]:
    return lambda issue: ("mft", words, False) in issue["comments"]


_BODY = re.compile(r"PATCH .*/issues/\d+")
MEANWHILE = {
    "a label": Meanwhile(
        lambda world, number: world.labels("mft", number, "to discuss"),
        lambda issue: "to discuss" in issue["labels"],
    ),
    "talk": Meanwhile(lambda world, number: world.says("mft", number, WORDS), _commented(WORDS)),
    "a command": Meanwhile(lambda world, number: world.says("mft", number, "/help"), _commented("/help")),
    "a button": Meanwhile(lambda world, number: world.presses("mft", number), lambda issue: True),
    "an edit": Meanwhile(
        lambda world, number: world.writes_below("mft", number, WORDS), lambda issue: WORDS in issue["body"]
    ),
}
"""That a button's request is answered is seen from the ledger."""


@pytest.mark.parametrize("step", STEPS if EVERYTHING else STEPS[1::2])
def test_what_people_do_meanwhile_is_never_lost(
    world: World, moments: dict[str, Moment], step: str, record_property: Record
) -> None:
    """Done just before any call of a run, it stands afterwards, and is answered if it asks for something."""
    moment = moments[step]
    calls = reference(world, moment).calls
    world.restore(moment.snapshot, moment.letters)
    number = max(world.seen())
    lost: list[tuple[int, str, list[str]]] = []
    for at, what in (chosen := acts(calls, STEPS.index(step))):
        meanwhile = MEANWHILE[what]
        world.restore(moment.snapshot, moment.letters)

        def before(place: int, call: Call, at: int = at, does: Meanwhile = meanwhile) -> None:
            if place == at:
                does.does(world, number)

        world.run(moment.job, before=before)
        heal(world, moment.job)
        wrong = world.unsound()
        if not meanwhile.stands(world.seen()[number]):
            wrong.append("it is gone")
        if wrong:
            lost.append((at, what, wrong))
    tried(record_property, "races", len(chosen))
    assert lost == []


def acts(calls: tuple[Call, ...], turn: int) -> list[tuple[int, str]]:
    """Return before which calls somebody does what: at each something, in turns; or everything at each.

    GitHub writes a body whole and on no condition, so an edit in the instant between the last look at it
    and the write is lost; that one isn't tried.
    """
    names = list(MEANWHILE)
    places = range(1, len(calls) + 1) if EVERYTHING else range(2, len(calls) + 1, 3)
    return [
        (at, name)
        for at in places
        for place, name in enumerate(names)
        if EVERYTHING or place == (turn + at) % len(names)
        if not (name == "an edit" and _BODY.fullmatch(calls[at - 1].what))
    ]
