"""Reports that are handled with another: the other one is read, and told of it, exactly once.

Owns what runs between the two. What is said there is a comment of cocflow's, filed unless it stands there
unanswered already, and decided there as a request; so a run that dies in between neither loses nor doubles
it. Draining the other issue is the business of whoever calls: it is passed in.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cocflow.core.acts.continuation import goes_on
from cocflow.core.acts.dismiss import Dismissal, duplicate_of, knows, owed, takes_no_more, to_read
from cocflow.core.acts.party import introduction
from cocflow.core.acts.report import read_by, reporter
from cocflow.core.case.capacity import OWN
from cocflow.core.case.case import Case
from cocflow.core.case.ids import NoticeId
from cocflow.core.case.records import Joining, joining_line
from cocflow.core.engine.joining import news
from cocflow.core.engine.requests import open_requests
from cocflow.errors import AdapterError, DefinitionError
from cocflow.messages import fenced
from cocflow.run.board import read_board
from cocflow.run.book import read_book
from cocflow.run.card import show
from cocflow.run.desk import Desk

GONE = (404, 410)
"""What GitHub answers where there is no such issue, or none any more."""


def with_others(desk: Desk, case: Case) -> Case:
    """Return a case with the other incidents that it can't be decided without; a read or two for each."""
    wanted = to_read(case)
    if not wanted:
        return case
    return msgspec.structs.replace(case, beside={number: _incident(desk, number) for number in wanted})


def _incident(desk: Desk, number: int) -> Case | None:
    """Return the incident of that number where it is alive now; None if there is no such incident."""
    try:
        read = desk.read(number)
        other = desk.open(read)
    except AdapterError as error:
        if error.status not in GONE:
            raise
        return None
    except DefinitionError:
        return None
    if read_board(read.issue, desk) is not None or read_book(read.issue, desk) is not None:
        return None
    return desk.now_at(other) if other.is_incident else None


def tell_others(desk: Desk, case: Case, drained: Callable[[int], bool]) -> set[str]:
    """Have every other report know whether this one is handled with it; return the mark of what they know.

    `drained` drains an issue of a number, and returns whether that went on and it knows of this case.
    """
    notice = owed(case)
    if notice is None:
        return set()
    for number in case.progress[Dismissal].others:
        other = case.beside.get(number)
        if other is None:
            continue
        if duplicate_of(case) == number and takes_no_more(other):
            return set()  # it is taken up by itself first
        if not knows(other, case) and not _said(desk, case, other, NoticeId.read(notice.id).receipt):
            return set()
        if not drained(other.issue.number):  # also where it knows: whoever told it may have died there
            return set()
    lost = duplicate_of(case) is not None and case.beside.get(duplicate_of(case) or 0) is None
    return set() if lost else {notice.id}


def due_now(desk: Desk, number: int) -> bool:
    """Have a report's card say that it is due, as the other one has ended; return whether it is there.

    Once the other one knows that it isn't handled there, nothing else would say so.
    """
    try:
        case = desk.open(desk.read(number))
    except AdapterError as error:
        if error.status not in GONE:
            raise
        return False
    card = case.ledger.card_record
    if card is not None and duplicate_of(case) is not None and not goes_on(case):
        desk.tracker.write(case.issue, show(desk, case, card.tries, card.edited, unfinished=True))
    return True


def _said(desk: Desk, case: Case, other: Case, receipt: int) -> bool:
    """Say it there, unless it stands there unanswered; return whether there was room for it."""
    joining = news(case, other, receipt)
    waiting = (other.joining(fact) for fact in open_requests(other))
    if any(one is not None and one.exchange == joining.exchange for one in waiting):
        return True
    if other.issue.space <= OWN:
        return False
    line = joining_line(joining, desk.seal, other.issue.id)
    desk.tracker.comment(other.issue.number, f"{_told(case, other, joining)}\n\n{line}")
    return True


def _told(case: Case, other: Case, joining: Joining) -> str:
    """Return what is said there; who filed it only where nobody reads it who isn't on the roster."""
    if joining.leaves:
        return f"**#{joining.number}** is handled by itself again."
    says = f"**#{joining.number}** is about the same, and is handled with this from now on."
    if read_by(other) is not None:
        return says
    return f"{says} Who filed it:\n\n{fenced(introduction(reporter(case)))}"
