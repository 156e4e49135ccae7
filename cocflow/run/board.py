"""The board: the one issue that says what cocflow couldn't do, and what to do about it.

Owns that issue. Its card is edited in place and holds no content; what is new mentions the administrators
once, in a comment, and what is mended leaves the card. The board is known by its card, which only cocflow's
own account writes, and not by its label. No process runs on it. Losing or forging it loses nothing: it is
made again from what a run finds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from cocflow.core.case.facts import Issue, Listed, sha256
from cocflow.core.case.records import WITHOUT_RECORD, Board, Card, Line, card_line, is_vouched, read_card
from cocflow.core.people.roster import Community
from cocflow.core.views.board import BoardView
from cocflow.run.desk import Desk
from cocflow.run.trouble import Trouble

LABEL = "cocflow: board"
"""The label by which people find the board. Nothing depends on it."""

_UNBORN = "board"
"""What stands for the board's node id, before there is one, in what signs its body."""

HOUR = timedelta(hours=1)

TITLE = "What needs attention"
BODY = (
    "cocflow writes here what it couldn't do, since when, and what to do about it. Of an incident it says"
    " the number, and nothing else. Please leave it open, and pin it."
)


class Found(msgspec.Struct, frozen=True):
    """The board as a listing shows it."""

    number: int
    record: Board
    is_open: bool


def board_in(listed: Listed) -> Board | None:
    """Return what the card of a listed issue says as a board; None where it is a case."""
    card = read_card(listed.card) if listed.card is not None else None
    return card.board if card is not None else None


def found_among(issues: Iterable[Listed]) -> Found | None:
    """Return the board among listed issues, None if it isn't there. Of two, the older."""
    boards = [Found(one.number, board, one.is_open) for one in issues if (board := board_in(one)) is not None]
    return min(boards, key=lambda one: one.number, default=None)


def read_board(issue: Issue, desk: Desk) -> Board | None:
    """Return what the board says, None for a case: cocflow opens the board, and writes there first."""
    author, first = issue.author, next(iter(issue.comments()), None)
    if author is None or not issue.is_me(author):
        return None
    if first is not None and issue.is_mine(first) and is_vouched(first.body, desk.seal, issue.id):
        card = read_card(first.body)
    else:  # a run may have died before it wrote the card; nobody's edit makes a board of a case
        own = issue.body_edited_at is None and is_vouched(issue.body, desk.seal, _UNBORN)
        card = read_card(issue.body) if own else None
    return card.board if card is not None else None


def key_of(trouble: Trouble) -> str:
    """Return by what a trouble is known from one run to the next: a digest of its kind and subject."""
    return sha256(f"{trouble.kind} {trouble.subject}")[:16]


def write(
    desk: Desk, found: Found | None, troubles: Iterable[Trouble], now: datetime, *, whole: bool
) -> bool:
    """Have the board say what is in trouble. Where there is none and nothing to say, none is made.

    `whole`: the run looked at everything, so what it didn't find is mended, and a board that it didn't find
    isn't there. Any other leaves what stands there, and makes none: what lasts, the next sweep finds too.
    Returns False, and writes nothing, where `found` is no board: somebody has forged the card of a case.
    """
    by_key = {key_of(one): one for one in troubles}
    if found is None:
        if not by_key or not whole:
            return True
        line = card_line(Card(n=0, last="", board=Board()), desk.seal, _UNBORN)
        found = Found(desk.tracker.open_issue(TITLE, f"{BODY}\n\n{line}", [LABEL]), Board(), True)
        issue = desk.tracker.read(found.number)
    elif _is_current(found.record, by_key, now, whole=whole):
        return True
    else:
        issue = desk.tracker.read(found.number)
        if read_board(issue, desk) is None:
            return False
    _update(desk, issue, found.record, by_key, now, whole=whole)
    return True


def _is_current(known: Board, by_key: dict[str, Trouble], now: datetime, *, whole: bool) -> bool:
    """Whether the board says all of it already. When the last sweep was is written once an hour at most."""
    if not whole:
        return by_key.keys() <= known.troubles.keys()
    lately = known.swept is not None and now - known.swept < HOUR
    return lately and by_key.keys() == known.troubles.keys()


def _update(
    desk: Desk, issue: Issue, known: Board, by_key: dict[str, Trouble], now: datetime, *, whole: bool
) -> None:
    before = known.troubles
    lines = {
        key: Line(one.says, one.costs, one.remedy, before[key].since if key in before else now)
        for key, one in by_key.items()
    }
    record = Board(
        troubles=lines if whole else before | lines,
        swept=now if whole else known.swept,
        mailed=now if whole and desk.mailbox is not None else known.mailed,
    )
    view = _view(desk.community, record, [line for key, line in lines.items() if key not in before])
    card = card_line(Card(n=0, last="", board=record), desk.seal, issue.id)
    _put(desk, issue, f"{desk.templates.render('board/card', view)}\n\n{card}")
    if not issue.is_open:
        desk.tracker.edit_issue(issue.number, open_=True)
    if LABEL not in issue.labels:
        desk.tracker.add_labels(issue.number, [LABEL])
    if view.new:
        news = desk.templates.render("board/news", view)
        desk.tracker.comment(issue.number, f"{news}\n\n{WITHOUT_RECORD}")


def _put(desk: Desk, issue: Issue, body: str) -> None:
    """Write the card: the first comment of the board, made where there is none."""
    first = next((one for one in issue.comments() if issue.is_mine(one)), None)
    if first is None:
        desk.tracker.comment(issue.number, body)
    elif first.body != body:
        desk.tracker.edit_comment(first.database_id, body)


def _view(community: Community, record: Board, new: list[Line]) -> BoardView:
    return BoardView(
        community=community.name,
        code_of_conduct=community.code_of_conduct,
        rules_channel=community.rules_channel,
        outside_contact=community.outside_contact,
        lines=tuple(sorted(record.troubles.values(), key=lambda one: (one.since, one.says))),
        new=tuple(new),
        mentions=tuple(one.login for one in community.administrators),
        swept=record.swept,
        mailed=record.mailed,
    )
