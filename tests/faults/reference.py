"""What a moment comes to when nothing goes wrong, and what is different when something did."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from cocflow.ports import Message
from cocflow.run.board import TITLE
from tests.faults.history import Moment
from tests.faults.layer import Call
from tests.faults.world import Job, Seen, World

HEALING_RUNS = 3
TWIN = "This was opened twice."
_NUMBER = re.compile(r'(#|"number":)(\d+)')
RETRY = 20 * 60
"""Seconds after which a notice that failed is tried again."""


class Reference(msgspec.Struct):
    """A run without faults: its calls, what GitHub shows then, and who was told what."""

    calls: tuple[Call, ...]
    seen: Seen
    told: dict[str, Message]
    label_events: dict[tuple[int, str, str], int]


def reference(world: World, moment: Moment) -> Reference:
    """Run a moment without faults; running it again changes nothing."""
    world.restore(moment.snapshot, moment.letters)
    run = world.run(moment.job)
    assert run is not None
    assert run.complete
    found = Reference(tuple(world.layer.calls), world.seen(), told(world), world.label_events())
    assert world.run(moment.job) is not None
    assert not [call.what for call in world.layer.calls if call.writes]
    assert world.seen() == found.seen
    return found


def told(world: World) -> dict[str, Message]:
    """Return what was delivered, by its stable id; a repeat says the same."""
    return {message.id: message for message in world.postbox.delivered}


def heal(world: World, job: Job) -> None:
    """Run without faults until nothing is left to do; a few times at most."""
    for _ in range(HEALING_RUNS):
        run = world.run(job)
        if run is not None and run.complete:
            return
        world.store.move_clock(advance=RETRY)
    raise AssertionError("the runs after the fault leave something undone")


def differences(world: World, expected: Reference) -> list[str]:
    """Return what isn't as it is when nothing goes wrong, but for the board that says that something did."""
    wrong = [] if shows_the_same(world, expected) else ["GitHub shows something else"]
    if told(world) != expected.told:
        wrong.append("something else was told, or somebody wasn't")
    return wrong


def shows_the_same(world: World, expected: Reference) -> bool:
    """Whether GitHub shows what it shows when nothing goes wrong, but for the board."""
    seen = world.seen()
    return _without(seen, boards(seen)) == _without(expected.seen, boards(expected.seen))


def differences_but_twins(world: World, expected: Reference) -> list[str]:
    """Return what is different, but for issues that two runs made for one suspension.

    All but one of them have been closed, and say so; nobody was told anything from there.
    """
    seen = world.seen()
    twins = {number for number, issue in seen.items() if any(TWIN in card[1] for card in issue["card"])}
    left, left_there = twins | boards(seen), boards(expected.seen)
    same = _without(seen, left) == _without(expected.seen, left_there)
    wrong = [] if same else ["GitHub shows something else"]
    if any(seen[number]["state"] != "closed" or seen[number]["told"] for number in twins):
        wrong.append("a twin isn't closed, or told somebody")
    if _said(told(world)) != _said(expected.told):
        wrong.append("something else was told, or somebody wasn't")
    if _events(world.label_events(), left) != _events(expected.label_events, left_there):
        wrong.append("a label went on and off")
    return wrong


def _events(counted: Mapping[tuple[int, str, str], int], left: set[int]) -> int:
    """Return how often any label went on or off, but for some issues."""
    return sum(count for (number, _, _), count in counted.items() if number not in left)


def boards(seen: Seen) -> set[int]:
    """Return the boards: what they say, and when, is that of the runs there were."""
    return {number for number, issue in seen.items() if issue["title"] == TITLE}


def _without(seen: Seen, left: set[int]) -> list[str]:
    """Return the issues as text, without some, and numbered as if those weren't there."""
    kept = sorted(seen.keys() - left)
    numbers = {str(number): str(place) for place, number in enumerate(kept, 1)}
    texts = [repr(seen[number]) for number in kept]
    return [_NUMBER.sub(lambda found: found[1] + numbers.get(found[2], found[2]), one) for one in texts]


def _said(messages: dict[str, Message]) -> set[tuple[str, ...]]:
    """Return what was told, without the issue that it was told from."""
    return {
        (id_.partition(".")[2], one.to.mail, one.subject, one.text.replace(one.token or "\0", ""))
        for id_, one in messages.items()
    }
