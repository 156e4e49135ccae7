"""The board: the one issue that says what cocflow couldn't do, and what to do about it.

Owns that issue, which the first sweep opens. Its card is edited in place and holds no content; what is new
mentions the administrators once, in a comment, and what is mended leaves the card. It also counts the open
cases by their numbers, so that one that vanishes is missed. The board is known by its card, which only
cocflow's own account writes, and not by its label. No process runs on it. Losing or forging it loses nothing:
it is made again from what a run finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from cocflow.core.case.facts import Commented, Issue, Listed, sha256
from cocflow.core.case.ledger import believed_card
from cocflow.core.case.records import (
    WITHOUT_RECORD,
    Away,
    Board,
    Card,
    Leaving,
    Line,
    card_line,
    is_card,
    is_vouched,
    read_card,
)
from cocflow.core.people.roster import Community
from cocflow.core.process import BOARD_LABEL
from cocflow.core.text.numbers import compact, read_compact
from cocflow.core.views.board import BoardView, board
from cocflow.errors import AdapterError
from cocflow.ports import AddComment, AddLabels, DeleteComment, EditComment, SetOpen, Write, fits
from cocflow.run.away import answer
from cocflow.run.desk import Desk
from cocflow.run.digest import Digest, due
from cocflow.run.digest import write as write_digest
from cocflow.run.trouble import Trouble, ending, vanished

_UNBORN = "board"
"""What stands for the board's node id, before there is one, in what signs its body."""

HOUR = timedelta(hours=1)

MOST = 50
"""How many troubles the board tells at most: the rest comes up as these are mended."""

LOOKS = 10
"""How many of the numbers that a listing lacks a sweep looks up: the next one looks at more."""

GONE = "/gone"
"""What an administrator writes on the board, with a number, when a case is gone for good."""

TITLE = "What needs attention"
BODY = (
    "cocflow writes here what it couldn't do, since when, and what to do about it, and when it last looked"
    " through everything. Of an incident it says the number, and nothing else. Please leave it open, and pin"
    " it if it isn't pinned."
)


class Found(msgspec.Struct, frozen=True):
    """The board as a listing shows it, and what was seen there of people (see `Card`)."""

    number: int
    record: Board
    is_open: bool
    seen: str | None = None


class Census(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of the cases that a sweep has seen: those that are open, and those to be missed no more."""

    open: frozenset[int] = frozenset()
    over: frozenset[int] = frozenset()


def board_in(listed: Listed) -> Board | None:
    """Return what the card of a listed issue says as a board; None where it is a case."""
    card = read_card(listed.card) if listed.card is not None else None
    return card.board if card is not None else None


def is_case(listed: Listed) -> bool:
    """Whether a listed issue is a case, as far as its card tells."""
    card = read_card(listed.card) if listed.card is not None else None
    return card is None or card.of_case


def found_among(issues: Iterable[Listed]) -> Found | None:
    """Return the board among listed issues, None if it isn't there. Of two, the older."""
    boards = [
        Found(one.number, record, one.is_open, _seen(one))
        for one in issues
        if (record := board_in(one)) is not None
    ]
    return min(boards, key=lambda one: one.number, default=None)


def _seen(listed: Listed) -> str | None:
    card = read_card(listed.card) if listed.card is not None else None
    return card.seen if card is not None else None


def looked_up(desk: Desk) -> Found | None:
    """Return the board where no listing shows it, as one that was closed long ago; None if there is none.

    One read, and one for each issue that may be it.
    """
    for number in desk.tracker.labelled(BOARD_LABEL):
        issue = desk.tracker.read(number)
        if (record := read_board(issue, desk)) is not None:
            return Found(number, record, issue.is_open)
    return None


def read_board(issue: Issue, desk: Desk) -> Board | None:
    """Return what the board says, None for a case: cocflow opens the board, and writes there first."""
    if issue.author is None or not issue.is_me(issue.author):
        return None
    first = _first(issue)
    if first is not None and (card := believed_card(issue, first, desk.seal)):
        return card.board
    # A run may have died before it wrote the card, or somebody edited it; no edit makes a board of a case.
    own = issue.body_edited_at is None and is_vouched(issue.body, desk.seal, _UNBORN)
    card = read_card(issue.body) if own else None
    return card.board if card is not None else None


def _first(issue: Issue) -> Commented | None:
    """Return the card of the board: cocflow's first comment there."""
    return next((one for one in issue.comments() if issue.is_mine(one)), None)


def key_of(trouble: Trouble) -> str:
    """Return by what a trouble is known from one run to the next: a digest of its kind and subject."""
    return sha256(f"{trouble.kind} {trouble.subject}")[:16]


# --- the cases that are missed --------------------------------------------------------------------------


def missed(
    desk: Desk, found: Found | None, open_: frozenset[int], closed: frozenset[int]
) -> tuple[Census, tuple[Trouble, ...]]:
    """Return what is known of the cases now, and a trouble for each that vanished while it was open.

    `open_` and `closed`: what a sweep has listed. What it lacks of the numbers on the board is looked up, a
    few at a time. It is told until it is found again, or an administrator says that it is gone for good.
    """
    known = found.record if found is not None else Board()
    told = known.troubles.keys()
    absent = sorted(read_compact(known.cases) - open_ - closed, key=lambda one: (_key(one) in told, one))
    over, gone = set(closed), []
    for place, number in enumerate(absent):
        seen = _looked_at(desk, number) if place < LOOKS else None
        if seen == "closed":
            over.add(number)
        elif seen == "gone" or (seen is None and _key(number) in told):
            gone.append(number)
    if found is not None and any(_key(number) in told for number in gone):
        over |= _acknowledged(desk, found) & set(gone)
    census = Census(open=open_, over=frozenset(over))
    return census, tuple(vanished(number) for number in gone if number not in over)


def _key(number: int) -> str:
    return key_of(vanished(number))


def _looked_at(desk: Desk, number: int) -> str | None:
    """Return whether a case is open, closed or gone; None where that can't be told now."""
    try:
        issue = desk.tracker.read(number)
    except AdapterError as error:
        if ending(error):
            raise
        return "gone" if error.status in (404, 410) else None
    if issue.number != number:  # it has another one where it was moved to
        return "gone"
    return "open" if issue.is_open else "closed"


def _acknowledged(desk: Desk, found: Found) -> set[int]:
    """Return the numbers of which an administrator has said that they are gone, since they were told."""
    said = said_gone(desk.tracker.read(found.number), desk.community)
    lines = {number: found.record.troubles.get(_key(number)) for number in said}
    return {number for number, line in lines.items() if line is not None and line.since <= said[number]}


def said_gone(issue: Issue, community: Community) -> dict[int, datetime]:
    """Return the numbers of which an administrator has said on the board that they are gone, and when."""
    said: dict[int, datetime] = {}
    for comment in issue.comments():
        command, *words = comment.body.partition("\n")[0].split() or [""]
        by = None if comment.edited_by_another else comment.by
        if command == GONE and by is not None and community.administrator(by.login, by.number) is not None:
            numbers = (word.lstrip("#") for word in words)
            said |= {int(one): comment.at for one in numbers if re.fullmatch("[0-9]{1,9}", one)}
    return said


# --- writing it -------------------------------------------------------------------------------------------


def write(
    desk: Desk,
    found: Found | None,
    troubles: Iterable[Trouble],
    now: datetime,
    census: Census | None = None,
    leaving: tuple[Leaving, ...] = (),
) -> bool:
    """Have the board say what is in trouble, or that nothing is; where there is no board, open it.

    `census`: the run looked at everything, so what it didn't find is mended, and a board that it didn't find
    isn't there. `leaving`: what can be erased soon. Any other run leaves what stands there, and opens none:
    what lasts, the next sweep finds too. Returns False, and writes nothing, where `found` is no board:
    somebody has forged the card of a case.
    """
    by_key = {key_of(one): one for one in troubles}
    if found is None and census is None:
        return True
    known = found.record if found is not None else Board()
    told = due(desk, known, now, leaving) if census is not None else None
    heard = found is None or desk.rota.heard in (None, found.seen)
    if found is not None and told is None and heard and _is_current(found, by_key, now, census):
        return True
    number = found.number if found is not None else _open(desk)
    issue = desk.tracker.read(number)
    if found is None or not found.is_open:
        _pin(desk, issue)
    record = read_board(issue, desk)
    if record is None:
        return False
    told = (
        due(desk, record, now, leaving) if census is not None else None
    )  # a listing may show less, or older
    if told is not None and _first(issue) is None:  # the digest stands below the card
        _update(desk, issue, record, by_key, now, census, None)
        issue = desk.tracker.read(number)
        if (record := read_board(issue, desk)) is None or _first(issue) is None:
            return True  # the read lags, and the next sweep finds the card
    _update(desk, issue, record, by_key, now, census, told)
    return True


def _open(desk: Desk) -> int:
    line = card_line(Card(n=0, last="", board=Board()), desk.seal, _UNBORN)
    return desk.tracker.open_issue(TITLE, f"{BODY}\n\n{line}", [BOARD_LABEL])


def _pin(desk: Desk, issue: Issue) -> None:
    """Pin the board, if that can be: whether a job's token may isn't documented, and three are the most."""
    try:
        desk.tracker.pin(issue)
    except AdapterError as error:
        if ending(error) == "limit":
            raise


def close_further(desk: Desk, number: int, others: Iterable[int]) -> None:
    """Close the boards that two runs at once have opened besides the one that counts."""
    issues = {one: desk.tracker.read(one) for one in {number, *others}}
    boards = {one for one, issue in issues.items() if read_board(issue, desk) is not None}
    for other in others:
        if other != number and boards >= {number, other}:
            desk.tracker.write(issues[other], [SetOpen(open_=False)])


def _is_current(found: Found, by_key: dict[str, Trouble], now: datetime, census: Census | None) -> bool:
    """Whether the board says all of it already. Times and numbers are written once an hour at most."""
    known = found.record
    if census is None:
        return by_key.keys() <= known.troubles.keys()
    lately = known.swept is not None and now - known.swept < HOUR
    same = known.troubles.keys() <= by_key.keys() and len(by_key) == len(known.troubles) + known.more
    return lately and same and found.is_open


def _update(
    desk: Desk,
    issue: Issue,
    known: Board,
    by_key: dict[str, Trouble],
    now: datetime,
    census: Census | None,
    told: Digest | None,
) -> None:
    before = known.troubles
    lines = {
        key: Line(one.says, one.costs, one.remedy, before[key].since if key in before else now)
        for key, one in by_key.items()
    }
    lines = lines if census is not None else before | lines
    record = msgspec.structs.replace(
        known,
        troubles=dict(
            sorted(lines.items(), key=lambda one: (one[0] not in before, one[1].since, one[1].says))
        ),
        away=_away(desk, issue),
    )
    if census is not None:
        cases = (read_compact(known.cases) | census.open) - (census.over - census.open)
        record = msgspec.structs.replace(
            record,
            swept=now,
            mailed=now if desk.mailbox is not None else known.mailed,
            more=0,
            cases=compact(cases),
        )
    if told is not None:
        record = write_digest(desk, issue, record, told, now)
    record, body = _fitting(desk, issue, record, before)
    writes = _put(issue, body)
    if not issue.is_open:
        writes.append(SetOpen(open_=True))
    if BOARD_LABEL not in issue.labels:
        writes.append(AddLabels((BOARD_LABEL,)))
    view = _view(desk.community, record, before)
    if view.new:
        news = desk.templates.render("board/news", view)
        writes.append(AddComment(f"{news}\n\n{WITHOUT_RECORD}"))
    desk.tracker.write(issue, writes)


def _away(desk: Desk, issue: Issue) -> tuple[Away, ...]:
    """Return who is away, with what was said on the board since this run answered it."""
    if desk.rota.heard != issue.newest_by_person():
        answer(desk, issue)
    return desk.rota.away


def _fitting(desk: Desk, issue: Issue, record: Board, before: dict[str, Line]) -> tuple[Board, str]:
    """Return the record with as many troubles as fit into one comment, and the text of the card.

    Those that were told before come first, so that what has no room is told when it has.
    """
    every = list(record.troubles.items())
    for count in (MOST, MOST // 2, MOST // 5, 0):
        kept = dict(every[:count])
        more = record.more + len(every) - len(kept)
        fitting = msgspec.structs.replace(record, troubles=kept, more=more)
        text = desk.templates.render("board/card", _view(desk.community, fitting, before))
        card = Card(n=0, last="", board=fitting, seen=issue.newest_by_person())
        body = f"{text}\n\n{card_line(card, desk.seal, issue.id)}"
        if fits(body):
            break
    return fitting, body


def _put(issue: Issue, body: str) -> list[Write]:
    """Return what writes the card: cocflow's first comment there. Of two of runs at once, one stays."""
    first = _first(issue)
    writes: list[Write] = []
    if first is None:
        writes.append(AddComment(body))
    elif first.body != body:
        writes.append(EditComment(first.id, body))
    spares = (one for one in issue.comments() if issue.is_mine(one) and is_card(one.body))
    return writes + [DeleteComment(one.id) for one in spares if one is not first]


def _view(community: Community, record: Board, before: dict[str, Line]) -> BoardView:
    return board(
        community,
        lines=tuple(sorted(record.troubles.values(), key=lambda one: (one.since, one.says))),
        new=tuple(line for key, line in record.troubles.items() if key not in before),
        more=record.more,
        mentions=tuple(one.login for one in community.administrators),
        swept=record.swept,
        mailed=record.mailed,
    )
