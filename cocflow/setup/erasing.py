"""Erasing: what of the incidents whose time is over an owner erases, and what is kept after all, and why.

Owns the last look before an incident goes. It goes whole: what is below first, the incident itself last, so
that whoever is interrupted finds the rest by its stub. Refuses what has no stub, what is held or open again
before any of it went, and whatever else than that stub says belongs to it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import chain

import msgspec

from cocflow.core.acts.guest import room_name
from cocflow.core.acts.hold import held_until
from cocflow.core.case.case import Case
from cocflow.core.case.records import Stub
from cocflow.core.engine.requests import open_requests
from cocflow.core.process import BOOK_LABEL
from cocflow.core.text.numbers import read_compact
from cocflow.core.text.when import format_when
from cocflow.errors import AdapterError
from cocflow.run.book import Pages
from cocflow.run.desk import Desk
from cocflow.run.overview import look, read_case
from cocflow.run.retention import unit_of


class Going(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that goes: its issues' numbers and node ids, in the order in which they do.

    `begun`: a part of it went before. `room`: the room in which it was filed and that stays, "" for none.
    """

    stub: Stub
    issues: tuple[tuple[int, str], ...]
    begun: bool = False
    room: str = ""


class Staying(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that is kept after all, and why: a sentence."""

    stub: Stub
    why: str


def stubs_of(desk: Desk) -> tuple[Stub, ...]:
    """Return the stubs of what isn't erased yet, as the book has them. By whatever token."""
    for number in desk.tracker.labelled(BOOK_LABEL, anybodys=True):
        pages = look(desk, number)
        if isinstance(pages, Pages):
            return tuple(one for one in pages.stubs if not one.erased)
    return ()


def judged(desk: Desk, stub: Stub, rooms: Collection[str]) -> Going | Staying | None:
    """Return whether an incident goes now; None where nothing of it is there any more.

    `rooms`: the names of the rooms that are there. One read for each of its issues, and some more.
    """
    numbers = read_compact(stub.numbers)
    cases = {number: case for number in sorted(numbers) if (case := _case(desk, number)) is not None}
    if not cases:
        return None
    begun = cases.keys() != numbers
    reasons = chain(_elsewhere(cases, rooms), () if begun else _kept(desk, cases))
    if why := next(reasons, None):
        return Staying(stub=stub, why=why)
    order = tuple(sorted(cases, key=lambda number: (number == stub.first, -number)))
    if not begun:
        root = desk.now_at(cases[stub.first])
        unit = unit_of(desk, root, _alive(desk))
        over = unit.until is not None and unit.until <= root.issue.now
        if not over or frozenset(unit.numbers) != numbers:
            return Staying(stub=stub, why="Something has changed since; the next sweep looks at it again.")
        order = unit.numbers
    return Going(
        stub=stub,
        issues=tuple((number, cases[number].issue.id) for number in order),
        begun=begun,
        room=_filed_in(cases[stub.first], rooms) if stub.first in cases else "",
    )


def _case(desk: Desk, number: int) -> Case | None:
    try:
        return read_case(desk, number)
    except AdapterError as error:
        if error.status not in (404, 410):
            raise
        return None


def _alive(desk: Desk) -> Callable[[int], Case]:
    return lambda number: desk.now_at(read_case(desk, number))


def _elsewhere(cases: dict[int, Case], rooms: Collection[str]) -> Iterator[str]:
    """Give what of an incident has to be erased elsewhere first."""
    for number, case in cases.items():
        if case.issue.number != number:
            yield f"#{number} was moved to another repository. Erase it there."
        if case.is_room and (name := room_name(case)) in rooms:
            yield f"Its room is there still. First: cocflow rooms erase {name}"


def _kept(desk: Desk, cases: dict[int, Case]) -> Iterator[str]:
    """Give why an incident is kept. That saves what is whole; what was begun is finished."""
    for number, case in cases.items():
        if case.issue.is_open:
            yield f"#{number} is open again."
        if (until := held_until(case)) is not None:
            yield f"#{number} is held until {format_when(until, desk.community.zone)}."
        if not case.ledger.broken and open_requests(case):
            yield f"Something that was asked on #{number} isn't answered yet; the next sweep does that."


def _filed_in(case: Case, rooms: Collection[str]) -> str:
    """Return the room in which a report was filed, and that is there still; "" for none."""
    name = case.arrival.room if case.is_incident and case.arrival is not None else ""
    return name if name in rooms else ""


def may_not_go(desk: Desk, going: Collection[Going]) -> frozenset[int]:
    """Return the numbers of the issues that whoever asks may not erase. One read for each hundred."""
    numbers = {id_: number for one in going for number, id_ in one.issues}
    return frozenset(numbers[id_] for id_ in desk.tracker.not_erasable(tuple(numbers)))


def erase(desk: Desk, going: Going) -> None:
    """Erase an incident, the incident itself last. Interrupted, it is finished by doing it again."""
    for _, id_ in going.issues:
        desk.tracker.erase(id_)
