"""A crash at every call: whatever goes wrong with the k-th one, the next run makes it good.

Every step of the histories is run again and again: once for each call that it makes and for each
thing that may go wrong there, and then once more without. What GitHub shows in the end must be what it
shows when nothing goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.faults.count import EVERYTHING, tried
from tests.faults.history import DUPLICATE_STEPS, STORY_STEPS, SUSPENSION_STEPS, UNLIKE_THE_STORY, Moment
from tests.faults.layer import LASTING, ONCE, Call, Plan
from tests.faults.reference import differences, heal, reference
from tests.faults.straight import straight
from tests.faults.world import World

pytestmark = pytest.mark.matrix

STEPS = [*STORY_STEPS, *(SUSPENSION_STEPS if EVERYTHING else UNLIKE_THE_STORY), *DUPLICATE_STEPS[2:]]
LATER = ("a report by mail",)
"""Where what is opened later says other times: there the run dies, and nothing else goes wrong."""
DEATH = "died after"
"""Dying before a call is dying after the one before it."""


def plans(calls: tuple[Call, ...], turn: int) -> Iterator[Plan]:
    """Return what is to go wrong: at each call the run dies, and at each write something else as well.

    What is to be deleted was never made just now, so no 404 is wrong there. Behind what only reads, all is as
    it was behind the call before it, so in the gate nothing dies there but behind the first one.
    """
    for number, call in enumerate(calls, 1):
        if EVERYTHING or number == 1 or call.writes or call.what.startswith(("deliver", "mailbox")):
            yield Plan(number, DEATH)
        if call.what.startswith("deliver"):
            yield from (Plan(number, wrong) for wrong in ("hung up", "hung up after the deed"))
            continue
        if call.what.startswith(
            "mailbox"
        ):  # what else may go wrong there: test_channels_cut, test_channels_odd
            continue
        missing = call.what.startswith("DELETE")
        possible = [wrong for wrong in (*ONCE, *LASTING) if wrong != "404" or not missing]
        if EVERYTHING:
            yield from (Plan(number, wrong) for wrong in possible)
        elif call.writes or (turn + number) % 3 == 0:
            yield Plan(number, possible[(turn + number) % len(possible)])


@pytest.mark.parametrize(
    "steps", [STORY_STEPS, SUSPENSION_STEPS, DUPLICATE_STEPS], ids=["story", "suspensions", "duplicates"]
)
def test_a_whole_history_tells_nobody_twice(
    world: World, moments: dict[str, Moment], steps: list[str]
) -> None:
    """Where nothing goes wrong, each notice goes out once, in one step."""
    ids: list[str] = []
    for step in steps:
        reference(world, moments[step])
        ids += [message.id for message in world.postbox.delivered]
    assert ids
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("step", STEPS)
def test_a_crash_at_every_call_changes_nothing(
    world: World, moments: dict[str, Moment], step: str, record_property: Callable[[str, object], None]
) -> None:
    """After any fault at any call of a step, one more run leaves GitHub as if there had been none."""
    moment = moments[step]
    with straight(world.layer):
        expected = reference(world, moment)
    found: list[tuple[str, Plan, list[str]]] = []
    count = 0
    for plan in plans(expected.calls, STEPS.index(step)):
        if step in LATER and plan.wrong != DEATH:
            continue
        world.restore(moment.snapshot, moment.letters)
        world.run(moment.job, plan)
        assert world.layer.struck is not None, plan
        with straight(world.layer):  # what dies does so over sockets; what comes after it only goes on
            heal(world, moment.job)
        count += 1
        if wrong := differences(world, expected):
            found.append((expected.calls[plan.at - 1].what, plan, wrong))
    tried(record_property, "crash points", count)
    assert found == []
