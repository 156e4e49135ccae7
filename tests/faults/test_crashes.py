"""A crash at every call: whatever goes wrong with the k-th one, the next run makes it good.

Every step of both histories is run again and again: once for each call that it makes and for each
thing that may go wrong there, and then once more without. What GitHub shows in the end must be what it
shows when nothing goes wrong.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import msgspec
import pytest

from cocflow.ports import Message
from tests.faults.count import tried
from tests.faults.history import STORY_STEPS, SUSPENSION_STEPS, Moment
from tests.faults.layer import LASTING, ONCE, SILENCE, Call, Plan
from tests.faults.world import Job, World

STEPS = [*STORY_STEPS, *SUSPENSION_STEPS]
DEATH = "died after"
"""Dying before a call is dying after the one before it."""
AFTER_THE_DEED = ("hung up after the deed", "502 after the deed", "cut body")
EVERYTHING = os.environ.get("COCFLOW_FAULTS") == "all"
"""Every fault at every call. Without it, a call gets those that may come after its deed, and one other."""
HEALING_RUNS = 3
RETRY = 20 * 60
"""Seconds after which a notice that failed is tried again."""


class Reference(msgspec.Struct):
    """What a moment comes to when nothing goes wrong."""

    calls: tuple[Call, ...]
    seen: object
    told: dict[str, Message]


def reference(world: World, moment: Moment) -> Reference:
    """Run a moment without faults; running it again changes nothing."""
    world.restore(moment.snapshot)
    run = world.run(moment.job)
    assert run is not None
    assert run.complete
    found = Reference(tuple(world.layer.calls), world.seen(), _told(world))
    assert world.run(moment.job) is not None
    assert not [call.what for call in world.layer.calls if call.writes]
    assert world.seen() == found.seen
    return found


def _told(world: World) -> dict[str, Message]:
    return {message.id: message for message in world.postbox.delivered}


def plans(calls: tuple[Call, ...], turn: int) -> Iterator[Plan]:
    """Return what is to go wrong: at each call its end, an outage, and what is of interest there.

    What is to be deleted was never made just now, so no 404 is wrong there.
    """
    for number, call in enumerate(calls, 1):
        yield Plan(number, DEATH)
        if call.what.startswith("deliver"):
            yield from (Plan(number, wrong) for wrong in ("hung up", "hung up after the deed"))
            continue
        yield from (Plan(number, wrong) for wrong in LASTING)
        possible = [wrong for wrong in ONCE if wrong != "404" or not call.what.startswith("DELETE")]
        if EVERYTHING:
            yield from (Plan(number, wrong) for wrong in possible)
            continue
        after = AFTER_THE_DEED if call.writes else ()
        others = [wrong for wrong in possible if wrong not in after]
        yield from (Plan(number, wrong) for wrong in (*after, others[(turn + number) % len(others)]))


def heal(world: World, job: Job) -> None:
    """Run without faults until nothing is left to do; a few times at most."""
    for _ in range(HEALING_RUNS):
        run = world.run(job)
        if run is not None and run.complete:
            return
        world.store.move_clock(advance=RETRY)
    raise AssertionError("the runs after the fault leave something undone")


def differences(world: World, expected: Reference) -> list[str]:
    """Return what isn't as it is when nothing goes wrong."""
    wrong = [] if world.seen() == expected.seen else ["GitHub shows something else"]
    if _told(world) != expected.told:
        wrong.append("something else was told, or somebody wasn't")
    if again := world.marked_twice():
        wrong.append(f"told again though marked: {again}")
    return wrong


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_every_call_changes_nothing(
    world: World, moments: dict[str, Moment], step: str, record_property: Callable[[str, object], None]
) -> None:
    """After any fault at any call of a step, one more run leaves GitHub as if there had been none."""
    moment = moments[step]
    expected = reference(world, moment)
    found: list[tuple[str, Plan, list[str]]] = []
    count = 0
    for plan in plans(expected.calls, STEPS.index(step)):
        world.restore(moment.snapshot)
        world.run(moment.job, plan)
        assert world.layer.struck is not None, plan
        heal(world, moment.job)
        count += 1
        if wrong := differences(world, expected):
            found.append((expected.calls[plan.at - 1].what, plan, wrong))
    tried(record_property, "crash points", count)
    assert found == []
