"""Retention: what is over is kept for as long as its outcome says, and can be erased then.

Owns what a sweep does for it: looking through what is closed, once a day, telling what is over soon, writing
the stub of what is over, and finding that it was erased. Off unless the community has configured it. Nothing
is deleted here: no job may. What can't be told is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

import msgspec

from cocflow.core.acts.continuation import numbers
from cocflow.core.acts.hold import held_until
from cocflow.core.case.case import Case
from cocflow.core.case.records import Book, Leaving, Stub
from cocflow.core.engine.retention import (
    all_numbers,
    below,
    goes_with,
    is_root,
    kept_until,
    policy,
    stub_of,
)
from cocflow.core.outcomes import Outcomes
from cocflow.core.process import INCIDENT, MarkProperty
from cocflow.core.text.numbers import compact, read_compact
from cocflow.errors import AdapterError, CocflowError
from cocflow.run import book
from cocflow.run.board import is_case
from cocflow.run.book import Pages
from cocflow.run.desk import Desk
from cocflow.run.issue import attempted, enforce
from cocflow.run.listing import whole
from cocflow.run.trouble import ending

EVERY = timedelta(hours=20)
"""How often everything that is closed is looked through: once a day, whenever the sweep comes."""

AT_ONCE = 50
"""How many cases a sweep reads for it, and how many incidents it finds erased: the next one goes on."""

HELD: MarkProperty = "held"
"""What the mark shows by which a listing tells what is held."""

NEVER = ""
"""The day of what goes with something else, or has no end: it is looked at again once it was opened."""

Read = Callable[[int], Case]
"""Reads a case, where it is alive; AdapterError 404 where there is none."""


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """An incident with all that goes with it, and until when it is kept (None: it has no end now).

    `missing`: the numbers of what should go with it, and isn't there.
    """

    root: Case
    others: tuple[Case, ...] = ()
    missing: tuple[int, ...] = ()
    until: datetime | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of all its issues, in the order in which they are erased."""
        return all_numbers((self.root, *self.others))


def outcomes_of(desk: Desk) -> Outcomes:
    """Return the vocabulary, by which is kept what is kept."""
    return desk.definitions[INCIDENT].process.outcomes


def notice(desk: Desk) -> timedelta:
    """Return how long before something can be erased it is said: the community's, else the process's own."""
    figure = desk.definitions[INCIDENT].process.figure_that("erasure_notice")
    span = desk.community.waiting_periods.get(figure.name, figure.default) if figure is not None else None
    return span or timedelta()


def unit_of(desk: Desk, root: Case, read: Read) -> Unit:
    """Return a root with all that goes with it. One read for each, two of a suspension."""
    found: dict[int, Case] = {}
    missing: list[int] = []
    queue = [(root, number) for number in below(root)]
    while queue:
        parent, number = queue.pop(0)
        if number in found or number in missing or number == root.issue.number:
            continue
        case = _below(read, parent, number)
        if case is None:
            missing.append(number)
            continue
        found[number] = case
        queue += ((case, one) for one in below(case))
    others = tuple(found.values())
    until = kept_until(outcomes_of(desk), root, others)
    return Unit(root=root, others=others, missing=tuple(missing), until=until)


def _below(read: Read, parent: Case, number: int) -> Case | None:
    """Return what goes with a case under a number; None where it isn't there, or is something else."""
    try:
        case = read(number)
    except AdapterError as error:
        if error.status not in (404, 410):
            raise
        return None
    return case if goes_with(parent, case) else None


def look_through(desk: Desk, now: datetime, spent: Callable[[], object]) -> tuple[Leaving, ...]:
    """Do all that a sweep does for retention; return what can be erased soon. Nothing where it is off.

    `spent`: whether the run has to stop reading; what is left, the next sweep does.
    """
    if not desk.community.retention or not outcomes_of(desk):
        return ()
    pages = book.found(desk)
    is_due = pages is None or pages.card.looked is None or now - pages.card.looked >= EVERY
    if pages is not None and not is_due and not pages.card.waits:
        return pages.card.leaving
    there = _there(desk)
    pages = pages or book.opened(desk)
    stubs = tuple(one for one in _confirmed(desk, pages.stubs, there, now) if not there.keeps(one))
    card = pages.card
    if is_due:
        stubs, card = _Day(desk, there, now, spent).looked(pages, stubs)
    waits = any(not one.erased for one in stubs)
    book.write(desk, pages, stubs, msgspec.structs.replace(card, waits=waits))
    return card.leaving


class _There(msgspec.Struct, frozen=True):
    """The numbers of all issues that are there, and of the cases among them that are closed, and held."""

    all: frozenset[int]
    closed: frozenset[int]
    held: frozenset[int]

    def keeps(self, stub: Stub) -> bool:
        """Whether somebody holds what could be erased, or has taken it up again; nobody has begun to."""
        numbers = read_compact(stub.numbers)
        is_whole = not stub.erased and numbers <= self.all
        return is_whole and (not numbers <= self.closed or not numbers.isdisjoint(self.held))


def _there(desk: Desk) -> _There:
    """List everything: one read for each hundred."""
    every: set[int] = set()
    closed: set[int] = set()
    held: set[int] = set()
    labels = {
        one.name for each in desk.definitions.values() for one in each.process.marks if one.shows == HELD
    }
    for page in map(desk.believed, whole(desk.tracker)):
        every |= {one.number for one in page.issues}
        closed |= {one.number for one in page.issues if not one.is_open and is_case(one)}
        held |= {one.number for one in page.issues if not labels.isdisjoint(one.labels or ())}
    return _There(frozenset(every), frozenset(closed), frozenset(held))


# --- what was erased -------------------------------------------------------------------------------------


def _confirmed(desk: Desk, stubs: Iterable[Stub], there: _There, now: datetime) -> tuple[Stub, ...]:
    """Return the stubs with those marked of which every issue is gone, as each was asked for by itself."""
    month = f"{now.astimezone(desk.community.zone):%Y-%m}"
    found: list[Stub] = []
    looked = 0
    for one in stubs:
        numbers = read_compact(one.numbers)
        if not one.erased and not numbers & there.all and looked < AT_ONCE:
            looked += 1
            if all(_is_gone(desk, number) for number in numbers):
                one = msgspec.structs.replace(one, erased=month)
        found.append(one)
    return tuple(found)


def _is_gone(desk: Desk, number: int) -> bool:
    """Whether there is no such issue. One that was moved elsewhere isn't gone: it can be read there."""
    try:
        desk.tracker.read(number)
    except AdapterError as error:
        if error.status not in (404, 410):
            raise
        return True
    return False


# --- what is over ----------------------------------------------------------------------------------------


class _Day:
    """One look through all that is closed."""

    def __init__(self, desk: Desk, there: _There, now: datetime, spent: Callable[[], object]) -> None:
        self._desk, self._there, self._now, self._spent = desk, there, now, spent
        self._outcomes, self._notice = outcomes_of(desk), notice(desk)
        self._reads = 0
        self._days: dict[str, set[int]] = {}
        self._leaving: list[Leaving] = []
        self._said: dict[int, datetime] = {}

    def looked(self, pages: Pages, stubs: tuple[Stub, ...]) -> tuple[tuple[Stub, ...], Book]:
        """Return the stubs as they are to be now, and the card."""
        self._said = {one.number: one.since for one in pages.card.leaving}
        same = pages.card.policy == policy(self._outcomes)
        self._days = {day: set(self._closed(text)) for day, text in pages.card.kept.items() if same}
        soon = f"{self._now + self._notice:%Y-%m-%d}"
        near = {n for day, numbers in self._days.items() if day != NEVER and day <= soon for n in numbers}
        known = {number for numbers in self._days.values() for number in numbers}
        waiting = {one.first: one for one in stubs if not one.erased}
        queue = sorted({*near, *(self._there.closed - known)})
        for number in queue:
            if self._reads >= AT_ONCE or self._spent():
                break
            self._judged(number, waiting)
            queue = [one for one in queue if one != number]
        kept = tuple(one for one in stubs if one.erased)
        card = msgspec.structs.replace(
            pages.card,
            looked=self._now if not queue else pages.card.looked,
            policy=policy(self._outcomes),
            kept={day: compact(numbers) for day, numbers in sorted(self._days.items()) if numbers},
            leaving=tuple(sorted(self._leaving, key=lambda one: (one.since, one.number))),
        )
        return (*kept, *waiting.values()), card

    def _closed(self, text: str) -> frozenset[int]:
        return read_compact(text) & self._there.closed

    def _read(self, number: int) -> Case:
        self._reads += 1
        return self._desk.now_at(_opened(self._desk, number))

    def _judged(self, number: int, waiting: dict[int, Stub]) -> None:
        """Find out until when something closed is kept; what can't be told is kept, and looked at again."""
        try:
            self._reads += 1
            root = _opened(self._desk, number)
            unit = self._unit(root)
        except CocflowError as error:
            if isinstance(error, AdapterError) and ending(error):
                raise
            self._file(number, f"{self._now + timedelta(days=1):%Y-%m-%d}")
            return
        if unit is None:
            self._file(number, NEVER)
            return
        for case in (unit.root, *unit.others):
            if held_until(case) is None and any(
                one.shows == HELD and one.name in case.issue.labels for one in case.process.marks
            ):
                attempted(case.issue.number, partial(enforce, self._desk, case.issue.number))
        self._weighed(number, unit, waiting)

    def _unit(self, root: Case) -> Unit | None:
        """Return what goes with a root, as far as that matters now; None where it is no root."""
        if not is_root(root):
            return None
        least = kept_until(self._outcomes, root, at_least=True)
        if least is None or least > self._now + self._notice:
            return Unit(root=root, until=least)
        return unit_of(self._desk, root, self._read)

    def _weighed(self, number: int, unit: Unit, waiting: dict[int, Stub]) -> None:
        first = number if not unit.numbers else unit.numbers[-1]
        begun = first in waiting and not read_compact(waiting[first].numbers) <= self._there.all
        if begun:  # somebody is erasing it, or was interrupted: then there is no way back
            self._file(number, f"{self._now:%Y-%m-%d}")
            return
        until = unit.until
        if until is None or until > self._now:
            waiting.pop(first, None)
        self._file(number, f"{until or self._now + 2 * max(self._notice, EVERY):%Y-%m-%d}")
        if until is None or until > self._now + self._notice:
            return
        since = self._now if first in waiting else max(until, self._said.get(first, self._now + self._notice))
        if since > self._now:
            self._leaving.append(Leaving(first, compact(unit.numbers), since))
        else:
            waiting[first] = stub_of(unit.root, unit.others, until, self._before(unit))

    def _before(self, unit: Unit) -> dict[int, tuple[Case, ...]]:
        """Return of each that goes on from other issues what stands on those that are there still."""
        found: dict[int, tuple[Case, ...]] = {}
        for case in (unit.root, *unit.others):
            there = [one for one in numbers(case)[:-1] if one in self._there.all]
            self._reads += len(there)
            found[case.issue.number] = tuple(_opened(self._desk, one) for one in there)
        return found

    def _file(self, number: int, day: str) -> None:
        for known in self._days.values():
            known.discard(number)
        self._days.setdefault(day, set()).add(number)


def _opened(desk: Desk, number: int) -> Case:
    read = desk.read(number)
    return desk.open(read, incident=desk.incident_of(read))
