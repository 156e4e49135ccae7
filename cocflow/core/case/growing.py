"""Readings of what only grows, such as the facts of an issue: each entry is read once in a run.

Owns that what is known of a row is kept while the row grows, so that a run of hundreds of receipts reads each
of them, and each command, once. A reading depends on the row alone, never on what was decided: its value is
made anew where there is more, and never changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

V = TypeVar("V")


class Growing(Protocol):
    """Something with a row that only grows, as a struct with a `__dict__`."""

    @property
    def row(self) -> tuple[Any, ...]:
        """What is in it so far."""


S = TypeVar("S", bound=Growing)


def grows(empty: Callable[[], V]) -> Callable[[Callable[[S, V, tuple[Any, ...]], V]], Callable[[S], V]]:
    """Make a reading of a row from a function that adds to what is known what the row's further entries say.

    `empty` makes the reading of none.
    """

    def reading(add: Callable[[S, V, tuple[Any, ...]], V]) -> Callable[[S], V]:
        def get(one: S) -> V:
            known: dict[Any, tuple[int, V]] = one.__dict__.setdefault("_readings", {})
            count, value = known.get(add) or (0, empty())
            if count < len(one.row):
                value = add(one, value, one.row[count:])
                known[add] = len(one.row), value
            return value

        return get

    return reading


def grown(after: S, before: S) -> S:
    """Have what has grown know all that was read of it before; return it."""
    after.__dict__["_readings"] = dict(before.__dict__.get("_readings", {}))
    return after
