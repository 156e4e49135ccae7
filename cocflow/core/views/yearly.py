"""What anyone may read of a year: numbers, and nothing of anybody or of any case."""

from __future__ import annotations

from cocflow.core.people.roster import Community
from cocflow.core.views.base import View, public
from cocflow.core.yearly.coarsening import LEAST
from cocflow.core.yearly.year import Counted, Waited, Year


class YearlyView(View, frozen=True, kw_only=True):
    """For everybody.

    `complete`: the year is over, else these are totals so far. `least`: the smallest number that stands in a
    row. `left_out`: of some table more can't be said than its total. `apart`: the community has another place
    for incidents, with a report of its own.
    """

    year: int = 0
    complete: bool = True
    tables: tuple[Counted, ...] = ()
    waits: tuple[Waited, ...] = ()
    least: int = LEAST
    left_out: bool = False
    apart: bool = False


def yearly(community: Community, year: Year) -> YearlyView:
    """Return what is published of a community's year."""
    return YearlyView(
        **public(community),
        year=year.year,
        complete=year.over,
        tables=year.tables,
        waits=year.waits,
        left_out=any(one.left_out for one in year.tables),
        apart=bool(community.vaults),
    )
