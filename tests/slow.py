"""Which tests are slow, and who runs them when: those that start a server or a process, or that say so.

What a test's module uses decides it, so a new test needs no mark and no figure is kept by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby, islice
from types import ModuleType
from typing import TypeVar

import pytest

T = TypeVar("T")

HEAVY = (
    *("benchmarks", "cocflow.demo", "cocflow.rehearsal.house", "cocflow.rehearsal.serving"),
    *("cocflow.sandbox", "playwright", "subprocess", "tests.servers"),
)
"""What serves, listens, starts processes or measures."""
OURS = ("tests.",)
"""What is looked into, to see what it uses in its turn."""


def mark(items: list[pytest.Item]) -> None:
    """Mark the slow ones."""
    for item in items:
        names = (item.module.__name__, f"{item.module.__package__}.conftest")  # type: ignore[attr-defined]
        if any(is_slow(name) for name in names):
            item.add_marker(pytest.mark.slow)


def dealt(slow: list[T], quick: list[T], workers: int, place: Callable[[T], object]) -> list[T]:
    """Return an order in which each of so many workers begins with slow tests and ends with quick ones.

    Each is given as many tests as another, in one piece, and whoever is done takes from another's end. The
    slow ones of a place stay together, so that what they share is set up by one of them.
    """
    places = [list(group) for _, group in groupby(slow, key=place)]
    order, left, count = list[T](), iter(quick), len(slow) + len(quick)
    for worker in range(workers):
        hand = [one for tests in places[worker::workers] for one in tests]
        share = (count - len(order)) // (workers - worker)
        order += [*hand, *islice(left, max(0, share - len(hand)))]
    return [*order, *left]


@cache
def is_slow(name: str) -> bool:
    """Whether a module uses anything heavy, itself or by what it uses of ours."""
    seen, waiting = set[str](), [name]
    while waiting:
        if (one := waiting.pop()) in seen:
            continue
        seen.add(one)
        if one.startswith(HEAVY):
            return True
        if one.startswith(OURS) and one in sys.modules:
            waiting += _used(sys.modules[one])
    return False


def _used(module: ModuleType) -> Iterator[str]:
    """Return the names of the modules that a module's names come from."""
    for value in vars(module).values():
        found = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(found, str):
            yield found
