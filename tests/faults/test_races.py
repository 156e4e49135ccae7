"""Races: runs at once, on reads that lag, and people who do things meanwhile."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from tests.faults.count import tried
from tests.faults.history import STORY_STEPS, SUSPENSION_STEPS, Moment
from tests.faults.layer import Call
from tests.faults.reference import Reference, differences, heal, reference
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
    wrong = differences(world, expected)
    if world.label_events() != expected.label_events:
        wrong.append("a label went on and off")
    return wrong


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
    """Two runs that see GitHub as it was some writes ago leave nothing that one run on time can't mend."""
    moment = moments[step]
    expected = reference(world, moment)
    world.restore(moment.snapshot)
    world.store.set_lag(writes=writes)
    assert world.race([moment.job] * 2, []) == []
    world.store.set_lag()
    heal(world, moment.job)
    tried(record_property, "races", 1)
    assert differences(world, expected) == []
