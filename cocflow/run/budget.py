"""What a run may spend: writes, GitHub's points, and seconds.

Owns the figures. A run takes up nothing more once any is spent; what is begun is done. What reads and
writes have cost, the tracker says. The clock is the caller's and only measures how long something takes:
what time it is, GitHub says.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from cocflow.ports import Tracker

WRITES_AN_HOUR = 500
"""What GitHub takes from an automation in an hour; the 80 a minute are kept by the adapter's pauses."""

WRITES = WRITES_AN_HOUR * 4 // 5
"""The writes after which a run takes up nothing more: what people ask within the hour has room still."""

POINTS_AN_HOUR = 1_000
"""What GitHub lets the jobs of a repository read in an hour, in its points."""

POINTS = POINTS_AN_HOUR * 4 // 5
"""The points after which a run takes up nothing more."""

AT_ONCE = 10
"""One thing may cost such a part of the points that are left: a tenth. So no issue uses up the others'."""

SECONDS = 6 * 60.0
"""The seconds after which a run takes up nothing more: a job for an event is ended after ten minutes."""

Spendable = Literal["writes", "points", "seconds"]

Spent = Spendable | Literal["limit"]
"""Why a run takes up nothing more: something of its budget is spent, or GitHub asks for a pause."""


def standing() -> float:
    """Return the time of a clock that stands still: for callers to whom time doesn't matter."""
    return 0.0


class Budget:
    """What is left of a run's writes, points and seconds.

    `spare`: the points of the hour that stay for others; an hour has other runs too.
    """

    def __init__(
        self,
        tracker: Tracker,
        writes: float = WRITES,
        clock: Callable[[], float] = standing,
        seconds: float = SECONDS,
        points: float = POINTS,
        spare: int = 0,
    ) -> None:
        self._tracker, self._clock, self._spare = tracker, clock, spare
        self._writes_end = tracker.written + writes
        self._points_end = tracker.points + points
        self._seconds_end = clock() + seconds

    def half(self, seconds: float = SECONDS) -> Budget:
        """Return a budget of half of what is left, for a part of a run that can't use up the other's then.

        It takes so many seconds at most.
        """
        half = {what: max(0.0, left) / 2 for what, left in self._left().items()}
        within, spare = min(half["seconds"], seconds), POINTS_AN_HOUR - POINTS
        return Budget(self._tracker, half["writes"], self._clock, within, half["points"], spare)

    def spent(self) -> Spent | None:
        """Return what is spent, None while there is something left of each.

        Where nothing is left of the hour, that is GitHub's limit, before it has to say so.
        """
        of_the_hour = self._tracker.points_left
        if of_the_hour is not None and of_the_hour < AT_ONCE:
            return "limit"
        return next((what for what, left in self._left().items() if left <= 0), None)

    def affords(self, points: int) -> bool:
        """Whether something that costs so many points leaves enough for whatever else waits."""
        return points * AT_ONCE <= self._points_left()

    def _left(self) -> dict[Spendable, float]:
        return {
            "writes": self._writes_end - self._tracker.written,
            "points": self._points_left(),
            "seconds": self._seconds_end - self._clock(),
        }

    def _points_left(self) -> float:
        left, of_the_hour = self._points_end - self._tracker.points, self._tracker.points_left
        return left if of_the_hour is None else min(left, of_the_hour - self._spare)
