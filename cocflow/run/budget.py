"""What a run may spend: writes, and seconds.

Owns the figures. A run takes up nothing more once either is spent; what is begun is done. The clock
is the caller's and only measures how long something takes: what time it is, GitHub says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cocflow.ports import Tracker

WRITES_AN_HOUR = 500
"""What GitHub takes from an automation in an hour; the 80 a minute are kept by the adapter's pauses."""

WRITES = WRITES_AN_HOUR * 4 // 5
"""The writes after which a run takes up nothing more: what people ask within the hour has room still."""

SECONDS = 6 * 60.0
"""The seconds after which a run takes up nothing more: a job for an event is ended after ten minutes."""


def standing() -> float:
    """Return the time of a clock that stands still: for callers to whom time doesn't matter."""
    return 0.0


class Budget:
    """What is left of a run's writes and seconds."""

    def __init__(
        self,
        tracker: Tracker,
        writes: int = WRITES,
        clock: Callable[[], float] = standing,
        seconds: float = SECONDS,
    ) -> None:
        self._tracker, self._clock = tracker, clock
        self._writes_end = tracker.written + writes
        self._seconds_end = clock() + seconds

    def half(self) -> Budget:
        """Return a budget of half of what is left, for a part of a run that can't use up the other's then."""
        writes = max(0, self._writes_end - self._tracker.written) // 2
        seconds = max(0.0, self._seconds_end - self._clock()) / 2
        return Budget(self._tracker, writes, self._clock, seconds)

    def spent(self) -> Literal["writes", "seconds"] | None:
        """Return what is spent, None while there is something left of both."""
        if self._tracker.written >= self._writes_end:
            return "writes"
        return "seconds" if self._clock() >= self._seconds_end else None
