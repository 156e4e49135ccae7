"""Coarsening: the finest rows that tell nothing of anybody; whoever knows the rule learns no more by it."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.yearly.coarsening import LEAST, Group, Row, coarsened, may_be_published
from cocflow.core.yearly.year import ENDINGS, UNDECIDED, UNSTATED
from tests.core.play import definition
from tests.core.yearly.attacker import (
    GROUPINGS,
    HALVED,
    KINDS,
    attacked,
    halved,
    halves,
    hidden,
    published,
    tables,
    tables_of_halves,
    totals_of_halves,
)

MOST = 11
"""How many a table of the tests counts at most; `make bench` goes on to 14."""


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        ((5, 6, 0, 7, 0), (5, 6, 0, 7, 0)),
        ((4, 6, 0, 7, 0), (10, 7)),
        ((1, 4, 2, 2, 1), (5, 5)),
        ((4, 0, 6, 0, 0), ()),
        ((9, 0, 0, 0, 0), ()),
        ((1, 8, 0, 0, 0), ()),
        ((0, 0, 0, 0, 0), ()),
    ],
)
def test_the_finest_grouping_without_small_numbers_is_published(
    cells: tuple[int, ...], rows: tuple[int, ...]
) -> None:
    """0 and 5 may stand, 1 to 4 may not, nor a row with everybody; else the total stands alone."""
    found = coarsened(GROUPINGS, dict(zip(KINDS, cells, strict=True)))
    assert tuple(row.count for row in found) == rows


def test_whoever_knows_the_rule_learns_nothing_by_it() -> None:
    """Of every table of 5 rows; to leave out single numbers tells of some of them."""
    found = attacked(tables(len(KINDS), MOST), published)
    assert (found.tables, found.disclosed) == (comb(MOST + len(KINDS), MOST), 0)
    assert attacked(tables(len(KINDS), MOST), hidden).disclosed > 0


def test_half_years_tell_nothing_beside_their_year() -> None:
    """By their totals, that is; divided as the year is, they would."""
    found = attacked(halves(3, MOST), totals_of_halves, HALVED, halved)
    assert (found.tables, found.disclosed) == (comb(MOST + 2 * 3, MOST), 0)
    assert attacked(halves(3, MOST), tables_of_halves, HALVED, halved).disclosed > 0


def test_nor_do_the_rows_of_how_incidents_ended() -> None:
    """The same of the table with the outcomes that are shipped, which has two rows more."""
    there = {UNDECIDED, UNSTATED, *(one.kind for one in definition().process.outcomes)}
    groupings = [
        tuple(Group(one.name, tuple(kind for kind in one.kinds if kind in there)) for one in grouping)
        for grouping in ENDINGS
    ]
    found = attacked(tables(len(groupings[0]), MOST), lambda cells: published(cells, groupings), groupings)
    assert (found.tables, found.disclosed) == (comb(MOST + len(groupings[0]), MOST), 0)


@given(st.lists(st.integers(0, 30), min_size=5, max_size=5))
def test_what_is_published_adds_up(cells: list[int]) -> None:
    """Every row may stand, together they count everything, and no finer grouping could be published."""
    counts = dict(zip(KINDS, cells, strict=True))
    found = coarsened(GROUPINGS, counts)
    if found:
        assert sum(row.count for row in found) == sum(cells)
        assert all(row.count == 0 or LEAST <= row.count < sum(cells) for row in found)
    assert (len(found) == len(KINDS)) is may_be_published(cells)


def test_a_kind_that_was_never_counted_is_zero() -> None:
    """Zero is stated."""
    assert coarsened(GROUPINGS, {"talk": 5, "ban": 6})[0] == Row("no violation", 0)
