"""A year in numbers: what every case and every stub tells of it.

Owns what is read for it: each issue once, and the book of what was erased. It only reads, and a person's own
token serves. Refuses to leave out a case: a report that changes afterwards tells more than it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

import msgspec

from cocflow.core.acts.continuation import goes_on, numbers
from cocflow.core.case.case import Case
from cocflow.core.case.records import Stub
from cocflow.core.engine.happening import happened
from cocflow.core.people.vaults import is_beside
from cocflow.core.process import INCIDENT
from cocflow.core.text.numbers import read_compact
from cocflow.core.yearly.year import History, Year, histories, year_of
from cocflow.errors import CocflowError
from cocflow.run.book import Pages
from cocflow.run.desk import Desk
from cocflow.run.listing import whole
from cocflow.run.overview import look


class UncountedError(CocflowError):
    """Something can't be counted, so nothing is reported."""


def year(desk: Desk, which: int) -> Year:
    """Return a year as it is published. One read an issue, two for a suspension, besides the listing.

    A vault has its own: what lies in another of the community's isn't counted, as by the difference those
    there would learn of it. Beside the first one, where reports about those lie, no number from 1 to 4 is
    told at all. UncountedError where a case can't be believed, or the year hasn't begun.
    """
    there = _there(desk)
    zone = desk.community.zone
    if there.now.astimezone(zone).year < which:
        raise UncountedError(f"{which} hasn't begun.")
    return year_of(
        which,
        f"{there.now.astimezone(zone):%Y-%m}",
        desk.definitions[INCIDENT].process.outcomes,
        _all(desk, there.numbers),
        totals_from_5=bool(desk.community.report) or is_beside(desk.community.vaults, desk.repository),
    )


class _There(msgspec.Struct, frozen=True):
    """The numbers of all issues that are there, by GitHub's clock."""

    numbers: frozenset[int]
    now: datetime


def _there(desk: Desk) -> _There:
    pages = tuple(whole(desk.tracker))
    if any(page.unreadable for page in pages):
        raise UncountedError("GitHub left issues out of its list, so nothing is counted; try again later.")
    return _There(frozenset(one.number for page in pages for one in page.issues), pages[-1].now)


def _all(desk: Desk, there: frozenset[int]) -> Iterator[History]:
    """Give what happened in each case: by its receipts where all of it can be read, else by its stub."""
    cases: dict[int, History] = {}
    before: dict[int, Case] = {}
    stubs: tuple[Stub, ...] = ()
    for number in sorted(there):
        found = look(desk, number)
        if isinstance(found, Pages):
            stubs = found.stubs
        elif isinstance(found, Case) and goes_on(found):
            before[number] = found
        elif isinstance(found, Case):
            cases[number] = _believed(found, before)
    for stub in stubs:
        numbers = read_compact(stub.numbers)
        if not numbers <= there:
            yield from histories(stub)
            for number in numbers & cases.keys():
                del cases[number]
    yield from cases.values()


def _believed(case: Case, before: Mapping[int, Case]) -> History:
    """Return what happened in a case. What it goes on from has a lower number, and was read before."""
    if case.ledger.broken:
        raise UncountedError(
            f"The receipts of #{case.issue.number} can't be believed, so nothing is reported: its card says"
            " what to do."
        )
    return happened(case, [before[number] for number in numbers(case) if number in before])
