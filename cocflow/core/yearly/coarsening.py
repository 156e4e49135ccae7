"""Small numbers, by coarsening: the finest grouping of a table that tells nothing of anybody.

Owns the rule. A number from 1 to 4 is a few people who know each other; of a row that holds everybody each
one's place is known. To leave out single numbers doesn't help, as the rest and the total tell them. So a
table has groupings, as data, from finest to coarsest, and the finest is published in which every number is 0
or at least 5 and no row holds everybody; if there is none, the total alone. Whoever knows this rule learns
neither by it. Only one grouping of a table is ever published: no part of the year has one besides, and no two
tables count the same by two things.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

LEAST = 5
"""The smallest number, but for 0, that may stand in a row."""


class Group(msgspec.Struct, frozen=True):
    """A row of a grouping: its name, and the kinds that it counts."""

    name: str
    kinds: tuple[str, ...]


class Row(msgspec.Struct, frozen=True):
    """A row of a table, as it is published."""

    name: str
    count: int


Grouping = tuple[Group, ...]
"""Rows that together count everything, each thing once."""


def coarsened(groupings: Iterable[Grouping], counts: Mapping[str, int]) -> tuple[Row, ...]:
    """Return the rows of the finest grouping that may be published; none where only the total may be."""
    tables = (
        tuple(Row(one.name, sum(counts.get(kind, 0) for kind in one.kinds)) for one in grouping)
        for grouping in groupings
    )
    return next((rows for rows in tables if may_be_published([row.count for row in rows])), ())


def may_be_published(cells: Iterable[int]) -> bool:
    """Whether every number is 0 or at least 5, and no row holds everybody. Of nothing there are no rows."""
    found = tuple(cells)
    return max(found, default=0) < sum(found) and all(one == 0 or one >= LEAST for one in found)
