"""Races: runs at once, on reads that lag, and people who do things meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from tests.faults.count import tried
from tests.faults.history import STORY_STEPS, SUSPENSION_STEPS, Moment
from tests.faults.layer import Call
from tests.faults.reference import Reference, differences_but_twins, heal, reference
from tests.faults.world import World

STEPS = [*STORY_STEPS, *SUSPENSION_STEPS]
Record = Callable[[str, object], None]


def orders(calls: tuple[Call, ...], step: str) -> Iterator[tuple[int, list[int]]]:
    """Return how many runs there are, and the order of their calls.

    One run stops before each of its writes, and another does everything in between; two go in step; and
    four go in an order that was drawn, always the same.
    """
    for number, call in enumerate(calls):
        if call.writes:
            yield 2, [0] * number + [1] * (2 * len(calls))
    yield 2, []
    drawn = random.Random(step)  # noqa: S311 - no secret
    for _ in range(2):
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
        world.restore(moment.snapshot)
        assert world.race([moment.job] * runs, order) == []
        count += 1
        if wrong := wrong_after(world, moment, expected):
            found.append((runs, order, wrong))
    tried(record_property, "races", count)
    assert found == []


@pytest.mark.parametrize("writes", [1, 3])
@pytest.mark.parametrize("step", STEPS)
def test_runs_on_lagging_reads_are_healed(
    world: World, moments: dict[str, Moment], step: str, writes: int, record_property: Record
) -> None:
    """Two runs that see GitHub as it was some writes ago leave nothing that a run that looks can't mend."""
    moment = moments[step]
    expected = reference(world, moment)
    world.restore(moment.snapshot)
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


@pytest.mark.parametrize("what", MEANWHILE)
@pytest.mark.parametrize("step", STEPS)
def test_what_people_do_meanwhile_is_never_lost(
    world: World, moments: dict[str, Moment], step: str, what: str, record_property: Record
) -> None:
    """Done just before a write of a run, it stands afterwards, and is answered if it asks for something."""
    moment, meanwhile = moments[step], MEANWHILE[what]
    calls = reference(world, moment).calls
    world.restore(moment.snapshot)
    number = max(world.seen())
    writes = [place for place, call in enumerate(calls, 1) if call.writes]
    lost: list[tuple[int, list[str]]] = []
    for at in [*writes[:2], writes[-1]] if len(writes) > 2 else writes:
        world.restore(moment.snapshot)

        def before(place: int, call: Call, at: int = at) -> None:
            if place == at:
                meanwhile.does(world, number)

        world.run(moment.job, before=before)
        heal(world, moment.job)
        wrong = world.unsound()
        if not meanwhile.stands(world.seen()[number]):
            wrong.append("it is gone")
        if wrong:
            lost.append((at, wrong))
    tried(record_property, "races", min(3, len(writes)))
    assert lost == []
