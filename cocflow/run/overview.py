"""What is open and what is late: the incidents at a glance, and the history of one from its receipts.

Owns the rows of `cocflow status`. It only reads, and a person's own token serves: whose account the
receipts are is seen from the receipts. No row holds a word of a report.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.continuation import WentOn
from cocflow.core.acts.suspend import suspensions
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Drafted
from cocflow.core.case.facts import Actor, CommentDeleted, Issue, Listed
from cocflow.core.case.ids import ByItself, Occurrence, read_own
from cocflow.core.case.ledger import Receipt
from cocflow.core.case.progress import Moved
from cocflow.core.case.records import Board
from cocflow.core.case.records import Line as Trouble
from cocflow.core.engine import timers
from cocflow.core.engine.reading import Read
from cocflow.core.process import INCIDENT, ROOM
from cocflow.run.board import read_board
from cocflow.run.book import Pages, read_book
from cocflow.run.desk import Desk

JOB_LOGIN = "github-actions"
"""As whom the jobs write, in GraphQL's spelling."""

REPORTED = "Reported"
"""What a case's first receipt says."""

NOBODY = ""
"""The node id of no account: where no job has done anything yet, nothing is a job's."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One open incident. `deadline` is the next one, or the first that has passed (`late`).

    `suspended` counts the accounts that are suspended now, `owed` the notices that haven't arrived.
    `state` is "" where the case hasn't begun; `broken`: its receipts can't be believed. `notes`: what the
    subjects of the process have to say of it, as on the card.
    """

    number: int
    code_name: str
    state: str
    since: datetime | None
    deadline: datetime | None
    late: bool
    suspended: int
    owed: int
    broken: bool
    notes: tuple[str, ...] = ()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One receipt of a case: when, what happened, by whom, and who was to be told."""

    number: int
    at: datetime
    what: str
    by: str
    state: str
    told: tuple[str, ...]


def written_by_jobs(issue: Issue) -> Issue:
    """Return the read as a job itself would see it: `me` is the job's account.

    A read says who asks, which for a person's token isn't whose receipts they are. Nobody but a job
    can be `github-actions`, so nobody else's comment is taken for a receipt, whoever asks.
    """
    for fact in issue.facts:
        named = (fact.by, fact.author) if isinstance(fact, CommentDeleted) else (fact.by,)
        for one in named:
            if one is not None and one.bot and one.login == JOB_LOGIN:
                return msgspec.structs.replace(issue, me=one.id)
    return msgspec.structs.replace(issue, me=NOBODY)


def look(desk: Desk, number: int) -> Case | Board | Pages:
    """Read an issue, by whatever token; return its case, or the board, or the book of what was erased.

    One read more for a suspension.
    """
    read = desk.parsed(written_by_jobs(desk.tracker.read(number)))
    board = read_board(read.issue, desk)
    return board or read_book(read.issue, desk) or _case(desk, read)


def read_case(desk: Desk, number: int) -> Case:
    """Read an issue and return its case, by whatever token. One read more for a suspension."""
    return _case(desk, desk.parsed(written_by_jobs(desk.tracker.read(number))))


def _case(desk: Desk, read: Read) -> Case:
    incident = desk.incident_of(read)
    if incident is None:
        return desk.open(read)
    return desk.open(read, incident=desk.open(desk.parsed(written_by_jobs(incident.issue))))


def open_issues(desk: Desk) -> tuple[Listed, ...]:
    """Return the open incidents and suspensions, oldest first."""
    found: list[Listed] = []
    cursor: str | None = ""
    while cursor is not None:
        page = desk.tracker.listing(open_=cursor, closed=None)
        found += page.issues
        cursor = page.next_open
    return tuple(found)


class Glance(msgspec.Struct, frozen=True):
    """What is to be seen at a glance: a row for each open incident, and what the board says is in trouble.

    `ended` counts the incidents that have ended, by the state in which they did, `rooms` those that are used.
    """

    rows: tuple[Row, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    ended: dict[str, int] = msgspec.field(default_factory=dict)
    rooms: dict[str, int] = msgspec.field(default_factory=dict)


def glance(desk: Desk) -> Glance:
    """Return what is open, oldest first, what is in trouble, and how many have ended.

    Besides the listings one read an incident.
    """
    open_ = open_issues(desk)
    numbers = (one.number for one in open_ if one.is_incident is not False)
    seen = [look(desk, number) for number in numbers]
    troubles = [line for one in seen if isinstance(one, Board) for line in one.troubles.values()]
    rows = (row(one) for one in seen if isinstance(one, Case) and one.is_incident)
    return Glance(tuple(rows), tuple(troubles), _ended(desk), _rooms(desk, open_))


def _rooms(desk: Desk, issues: tuple[Listed, ...]) -> dict[str, int]:
    """Return how many rooms are used, by the state that the label of their issue shows."""
    labels = [one.labels for one in issues if ROOM in (one.labels or ())]
    counts = {
        state.name: sum(state.label in one for one in labels if one)
        for state in (desk.definitions[ROOM].process.states if labels else ())
    }
    return {name: count for name, count in counts.items() if count}


def _ended(desk: Desk) -> dict[str, int]:
    """Return how many incidents have ended, by the state that their label shows."""
    states = [state for state in desk.definitions[INCIDENT].process.states if state.final]
    counts = dict.fromkeys((state.name for state in states), 0)
    cursor: str | None = ""
    while cursor is not None:
        page = desk.tracker.listing(open_=None, closed=cursor)
        for one in (one for one in page.issues if one.is_incident is not False):
            for state in states:
                counts[state.name] += state.label in (one.labels or ())
        cursor = page.next_closed
    return {name: count for name, count in counts.items() if count}


def overview(desk: Desk) -> tuple[Row, ...]:
    """Return a row for each open incident, oldest first."""
    return glance(desk).rows


def by_deadline(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows by what is due first; what stopped comes before all, what waits for nothing last."""
    return tuple(
        sorted(
            rows, key=lambda one: (not one.broken, one.deadline is None, one.deadline or _EVER, one.number)
        )
    )


def due_by(rows: Iterable[Row], now: datetime, within: timedelta = timedelta(days=1)) -> tuple[Row, ...]:
    """Return those that stopped, are late, or fall due within so long."""
    return tuple(
        one for one in rows if one.broken or (one.deadline is not None and one.deadline <= now + within)
    )


_EVER = datetime.max.replace(tzinfo=UTC)


def row(case: Case) -> Row:
    """Return the row of a case."""
    deadline = next_deadline(case)
    return Row(
        number=case.issue.number,
        code_name=case.code_name,
        state=case.progress.state or "",
        since=case.progress.since if case.progress.stays else None,
        deadline=deadline,
        late=deadline is not None and deadline <= case.issue.now,
        suspended=sum(one.in_force for one in suspensions(case).values()),
        owed=len(case.progress.owed()),
        broken=bool(case.ledger.broken),
        notes=ACTS.notes(case),
    )


def next_deadline(case: Case) -> datetime | None:
    """Return the earliest deadline of the present state, passed or not; None if there is none.

    A timer's first occurrence is the deadline; what follows it are reminders that it has passed.
    """
    first = (timers.first_due(case, timer) for timer in case.process.timers)
    return min((due for due in first if due is not None), default=None)


def history(case: Case) -> tuple[Line, ...]:
    """Return the case's receipts as people read them, oldest first."""
    actors = {fact.by.id: fact.by for fact in case.issue.facts if fact.by is not None}
    lines: list[Line] = []
    state = ""
    for entry in case.ledger.counted:
        state = _state_after(entry, state)
        lines.append(_line(case, entry, actors, state))
    return tuple(lines)


def _state_after(entry: Receipt, before: str) -> str:
    moved = [change.to for change in entry.record.changes if isinstance(change, Moved)]
    return moved[-1] if moved else before


def _line(case: Case, entry: Receipt, actors: dict[str, Actor], state: str) -> Line:
    record = entry.record
    return Line(
        number=record.n,
        at=record.at,
        what=_what(case, entry),
        by=_by(case, entry, actors.get(record.by or "")) if record.by else _by_itself(record.of),
        state=state,
        told=tuple(dict.fromkeys(case.called(one.to) for one in record.owed)),
    )


def _what(case: Case, entry: Receipt) -> str:
    record = entry.record
    if record.refused:
        return "Something was asked for and refused"
    if any(isinstance(change, WentOn) for change in record.changes):
        return "Gone on in this issue"
    if record.snapshot is not None:
        return "Gone on after a broken receipt"
    means = {move.name: move.means for move in case.process.moves}
    means |= {timer.name: timer.means for timer in case.process.timers}
    own = read_own(record.of)
    name = own.timer if isinstance(own, Occurrence) else record.move
    if name in means:
        drafted = any(isinstance(change, Drafted) for change in record.changes)
        return f"{means[name]} (drafted)" if drafted else means[name]
    return REPORTED if record.n == 1 else "Answered"


def _by_itself(of: str) -> str:
    return "cocflow" if isinstance(read_own(of), ByItself) else "the clock"


def _by(case: Case, entry: Receipt, actor: Actor | None) -> str:
    """Say who asked: an administrator by name, anybody else by their part in the case.

    What reached cocflow in a room or by mail it files itself, and the reporter it is that reported it.
    """
    administrator = case.administrator(actor)
    if administrator is not None:
        return administrator.shown()
    if actor is not None and "reporter" in case.roles(actor):
        return "the reporter"
    if actor is not None and actor.id == case.issue.me:
        return "the reporter" if case.is_incident and _what(case, entry) == REPORTED else "cocflow"
    return "somebody else"
