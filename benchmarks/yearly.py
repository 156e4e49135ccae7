"""Rows about the yearly report: of how many tables somebody who knows its rule learns anything."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.table import Row
from tests.core.yearly.attacker import (
    GROUPINGS,
    HALVED,
    KINDS,
    Tried,
    attacked,
    halved,
    halves,
    hidden,
    published,
    tables,
    tables_of_halves,
    totals_of_halves,
)

GROUP = "What a yearly report discloses to whoever tries every table"
MOST = 14
"""How many incidents a table counts at most."""


def rows(most: int = MOST) -> Iterator[Row]:
    """Attack every table, and every pair of half-years, beside the ways that aren't ours."""
    coarse, left_out = (attacked(tables(len(KINDS), most), told) for told in (published, hidden))
    yield _row(f"{coarse.tables:,} tables of 5 rows", coarse, left_out, "by leaving out small numbers")
    totals, divided = (
        attacked(halves(3, most), told, HALVED, halved) for told in (totals_of_halves, tables_of_halves)
    )
    yield _row(f"{totals.tables:,} years of two halves, 3 rows", totals, divided, "by dividing halves too")
    five = attacked(halves(len(KINDS), most), partial(totals_of_halves, groupings=GROUPINGS), parts=halved)
    yield _row(f"{five.tables:,} years of two halves, 5 rows", five, Tried(1, 1), "would be one")


def _row(name: str, ours: Tried, other: Tried, beside: str) -> Row:
    return Row(
        group=GROUP, name=name, measured=ours.disclosed, reference=other.disclosed, beside=beside, limit=0
    )
