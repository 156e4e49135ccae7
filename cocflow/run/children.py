"""Issues below a case, suspensions and rooms: opened once, noted above, given up if they repeat another.

Owns what runs between a case and its sub-issues, for the rule *Suspensions*. What stands in one is its own
kind's business (`cocflow/run/suspensions.py`, `cocflow/run/room_issues.py`); draining the case above is the
business of whoever calls: it is passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from cocflow.core.acts.continuation import numbers
from cocflow.core.acts.room import rooms
from cocflow.core.acts.suspend import suspensions, unsettled
from cocflow.core.case.case import Case
from cocflow.core.case.child import TwiceMadeError
from cocflow.core.case.ids import child_id
from cocflow.core.case.records import Card, Marker, card_line, marker_line
from cocflow.core.process import ROOM, SUSPENSION, Kind
from cocflow.core.text.codename import code_name, title
from cocflow.ports import AddComment, SetOpen, Write
from cocflow.run.desk import Desk
from cocflow.run.room_issues import outlasting, room_body
from cocflow.run.suspensions import suspension_body

AT_ONCE = 10
"""The sub-issues that are opened at a time: each costs some ten writes, and others wait."""


Opener: TypeAlias = tuple[str, Kind, Callable[[], str]]
"""Something ordered that no issue is known of: its key, its kind, and what makes the issue's body."""


def unopened(desk: Desk, case: Case) -> list[Opener]:
    """Return what a case has ordered that no issue is known of, suspensions first: they don't wait."""
    accounts = (one for one in suspensions(case).values() if one.number is None)
    guests = (one for one in rooms(case).values() if one.number is None)
    return [
        *((one.key, SUSPENSION, partial(suspension_body, desk, case, one)) for one in accounts),
        *((one.key, ROOM, partial(room_body, desk, case, one)) for one in guests),
    ]


def is_unfinished(case: Case) -> bool:
    """Whether something that a case ordered has no issue yet, or doesn't know that the case is over."""
    numbers = (one.number for all_ in (suspensions(case), rooms(case)) for one in all_.values())
    return None in numbers or bool(outlasting(case) or unsettled(case))


def open_children(desk: Desk, case: Case) -> list[int]:
    """Open the issues of some of what is ordered and has none; return their numbers.

    The receipt on the case comes first, so a run that died in between is taken up here: what it opened is
    known by its marker.
    """
    ordered = unopened(desk, case)[:AT_ONCE]
    known = desk.tracker.children(case.issue.number) if ordered else {}
    opened: list[int] = []
    for key, kind, body in ordered:
        ever = (known.get((number, key)) for number in numbers(case))
        child = next((one for one in ever if one is not None), None)
        if child is not None and not child.linked:
            desk.tracker.link(case.issue.number, child.database_id)
        opened.append(_open(desk, case, key, kind, body()) if child is None else child.number)
    return opened


def _open(desk: Desk, case: Case, key: str, kind: Kind, said: str) -> int:
    process = "" if kind == SUSPENSION else kind
    marker = Marker(incident=case.issue.id, number=case.issue.number, key=key, process=process)
    name = title(kind, code_name(child_id(case.subjects.name_of(case), key)))
    body = f"{marker_line(marker, desk.seal)}\n\n{said}"
    return desk.tracker.open_child(case.issue.number, name, body, [kind])


def note(case: Case, drained: Callable[[int], bool]) -> set[str]:
    """Have the case above note how this one stands; return the marks of what it noted.

    `drained` drains the case of a number about this one, and returns whether that went on.
    """
    owed = {notice.id for notice in case.progress.owed() if notice.to == "incident"}
    if not owed or case.incident is None:
        return set()
    return owed if drained(case.incident.issue.number) else set()


def give_up(desk: Desk, case: Case, twice: TwiceMadeError) -> None:
    """Close an issue that repeats another (two runs may both have opened one); nobody is told."""
    last = case.ledger.last
    card = Card(n=last.record.n, last=last.id, seen=case.issue.newest_by_person()) if last else None
    writes: list[Write] = [SetOpen(open_=False)]
    if card is not None and case.ledger.card is None:
        text = f"This was opened twice. The {case.process.name} is #{twice.first}; nothing happens here."
        writes.insert(0, AddComment(f"{text}\n\n{card_line(card, desk.seal, case.issue.id)}"))
    desk.tracker.write(case.issue, writes)
