"""Somebody who knows the rule of coarsening, and tries every table there is against what is published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from cocflow.core.yearly.coarsening import LEAST, Group, Grouping, coarsened

Cells = tuple[int, ...]
"""A table's numbers, of its finest rows."""

Published = object
"""All that is told of a table, or of several."""

KINDS = ("no violation", "talk", "warning", "suspension", "ban")

GROUPINGS: tuple[Grouping, ...] = (
    tuple(Group(kind, (kind,)) for kind in KINDS),
    (Group("no measure", KINDS[:2]), Group("measure", KINDS[2:])),
)
"""The groupings of the issue, of five rows."""

HALVED: tuple[Grouping, ...] = (
    tuple(Group(kind, (kind,)) for kind in KINDS[:3]),
    (Group("no measure", KINDS[:2]), Group("measure", KINDS[2:3])),
)
"""Three of these rows: of two half-years with all five there are too many tables to try."""


class Tried(msgspec.Struct, frozen=True):
    """How many tables were tried, and of how many something was learnt."""

    tables: int
    disclosed: int


def tables(rows: int, most: int) -> Iterator[Cells]:
    """Give every table of so many rows that counts at most so many."""
    if rows == 0:
        yield ()
        return
    for first in range(most + 1):
        for rest in tables(rows - 1, most - first):
            yield (first, *rest)


def published(cells: Cells, groupings: Sequence[Grouping] = GROUPINGS) -> Published:
    """Return what is told of a table: its total, and the rows that may be."""
    return sum(cells), coarsened(groupings, counts(cells, groupings))


def counts(cells: Cells, groupings: Sequence[Grouping]) -> dict[str, int]:
    """Return a table's numbers by a kind of each finest row."""
    return dict(zip((one.kinds[0] for one in groupings[0]), cells, strict=True))


def hidden(cells: Cells, groupings: Sequence[Grouping] = GROUPINGS) -> Published:
    """Return what is told where numbers from 1 to 4 are left out, and nothing else is done."""
    return sum(cells), tuple(one if one == 0 or one >= LEAST else None for one in cells)


def sums(cells: Cells, groupings: Sequence[Grouping]) -> Iterator[tuple[int, ...]]:
    """Give the numbers of every grouping of a table."""
    found = counts(cells, groupings)
    for grouping in groupings:
        yield tuple(sum(found.get(kind, 0) for kind in one.kinds) for one in grouping)


def attacked(
    candidates: Iterable[Cells],
    told: Callable[[Cells], Published],
    groupings: Sequence[Grouping] = GROUPINGS,
    parts: Callable[[Cells], Iterable[Cells]] = lambda cells: (cells,),
) -> Tried:
    """Try every table: of which does what is told say for sure that somebody is in a row?

    That is a number from 1 to 4, of any row of any grouping, that is the same in all tables of which the same
    is told, or a finest row that in all of them holds everybody. `parts`: the tables that a candidate holds.
    """
    alike: defaultdict[Published, list[Cells]] = defaultdict(list)
    for cells in candidates:
        alike[told(cells)].append(cells)
    disclosed = sum(len(group) for group in alike.values() if _is_learnt(group, groupings, parts))
    return Tried(sum(map(len, alike.values())), disclosed)


def _is_learnt(
    group: Sequence[Cells], groupings: Sequence[Grouping], parts: Callable[[Cells], Iterable[Cells]]
) -> bool:
    """Whether all these tables share something that nobody may learn."""
    common: set[tuple[int, int, int, int]] | None = None
    for cells in group:
        found = {
            (part, level, place, number)
            for part, of in enumerate(parts(cells))
            for level, numbers in enumerate(sums(of, groupings))
            for place, number in enumerate(numbers)
            if _tells(number, sum(of), finest=level == 0)
        }
        common = found if common is None else common & found
        if not common:
            return False
    return True


def _tells(number: int, total: int, *, finest: bool) -> bool:
    """Whether nobody may learn that a row counts so many. That all had a measure the finest rows may say."""
    if number == total:
        return finest and total > 0
    return 0 < number < LEAST


def halves(rows: int, most: int) -> Iterator[Cells]:
    """Give every pair of half-years that together count at most so many, one behind the other."""
    yield from tables(2 * rows, most)


def halved(cells: Cells) -> tuple[Cells, Cells, Cells]:
    """Return two halves, and the year that they make."""
    middle = len(cells) // 2
    first, second = cells[:middle], cells[middle:]
    return first, second, tuple(map(sum, zip(first, second, strict=True)))


def totals_of_halves(cells: Cells, groupings: Sequence[Grouping] = HALVED) -> Published:
    """Return what is told by cocflow's rule: the year's table, and of each half the total alone."""
    first, second, year = halved(cells)
    return sum(first), sum(second), published(year, groupings)


def tables_of_halves(cells: Cells, groupings: Sequence[Grouping] = HALVED) -> Published:
    """Return what would be told if halves were divided, too."""
    return tuple(published(one, groupings) for one in halved(cells))
