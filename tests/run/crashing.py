"""Runs that die at a write, and all that a next run has to make good.

No module's twin: what a run does is begun over and over, and dies one write later each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from cocflow.errors import AdapterError
from cocflow.run.sweep import handle
from tests.fakes import READS, P, Place, copied, nothing


class CrashError(AdapterError):
    """The machine goes away."""


def crash_at(place: Place, number: int, *, after: bool) -> Callable[[], bool]:
    """Let the run die before or after the write of that number, from 0; return whether it did."""
    left = [number]

    def hook(call: str) -> None:
        if call in READS:
            return
        if left[0] == 0:
            left[0] = -1
            place.tracker.before = place.tracker.after = nothing
            raise CrashError(None, "crash")
        left[0] -= 1

    if after:
        place.tracker.after = hook
    else:
        place.tracker.before = hook
    return lambda: left[0] == -1


def event(place: Any) -> None:
    """Run as an event does."""
    handle(place.desk)


def crashed(begun: P, run: Callable[[P], None] = event, *, after: bool, writes: int) -> Iterator[P]:
    """Yield a place whose run died at its first write, then one at its second, and in the end a whole one.

    Each goes on from where `begun` stands; there are more than `writes`.
    """
    for number in count():
        place = copied(begun)
        died = crash_at(place, number, after=after)
        run(place)
        place.tracker.before = place.tracker.after = nothing
        yield place
        if not died():
            break
    assert number > writes
