"""The sandbox's own time: it can stand still, be set and be moved; every ``Date`` comes from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache


def parse_instant(text: str) -> int:
    """Return the epoch seconds of an ISO 8601 instant; without a zone it is UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


@lru_cache(maxsize=10_000)
def iso(instant: int) -> str:
    """Write epoch seconds as GitHub does: whole seconds, ``Z``."""
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Clock:
    """Either the real time plus an offset, or (frozen) an instant that only writes and requests move.

    In frozen mode every write takes place *at* now, and then moves the clock by ``tick`` seconds,
    so that facts have distinct, ordered times without anybody waiting.
    """

    def __init__(
        self,
        start: str | int | None = None,
        *,
        frozen: bool = False,
        tick: int = 1,
        real: Callable[[], float] = time.time,
    ) -> None:
        self._real = real
        self._frozen = frozen
        self.tick = tick
        begin = int(real()) if start is None else start if isinstance(start, int) else parse_instant(start)
        self._base = begin if frozen else begin - int(real())

    @property
    def frozen(self) -> bool:
        """Whether time stands still between writes."""
        return self._frozen

    @property
    def offset(self) -> int:
        """How far the present is ahead of the machine's clock."""
        return self.now() - int(self._real())

    def now(self) -> int:
        """Return the present instant in epoch seconds."""
        return self._base if self._frozen else int(self._real()) + self._base

    def machine_now(self) -> int:
        """Return the machine's own instant, by which clients sign."""
        return int(self._real())

    def advance(self, seconds: int) -> None:
        """Move forward (a negative number moves back, which GitHub never does but tests may want)."""
        self._base += seconds

    def set(self, instant: str | int) -> None:
        """Make ``instant`` the present."""
        target = instant if isinstance(instant, int) else parse_instant(instant)
        self._base += target - self.now()

    def freeze(self, frozen: bool = True) -> None:
        """Stop at the present instant, or let time run on from it."""
        present = self.now()
        self._frozen = frozen
        self._base = present if frozen else present - int(self._real())

    def after_write(self) -> None:
        """Move on by one tick, in frozen mode."""
        if self._frozen:
            self._base += self.tick

    def http_date(self) -> str:
        """Return now as a ``Date`` header."""
        return formatdate(self.now(), usegmt=True)

    def as_dict(self) -> dict[str, object]:
        """Describe the clock, for ``GET /_sandbox/clock`` and for storing it."""
        return {"now": iso(self.now()), "frozen": self._frozen, "tick": self.tick}
