"""The book of what was erased: an issue of its own, with a card on top and pages of stubs below it.

Owns that issue. Its pages are comments of cocflow's, each with as many stubs as fit well, so that thousands
are read with a few requests; they are signed as receipts are, and believed only as cocflow wrote them last.
The card is an index and the news for people; losing it loses nothing. No process runs here.
"""

from __future__ import annotations

import msgspec

from cocflow.core.case.facts import Commented, Issue
from cocflow.core.case.ledger import believed_card
from cocflow.core.case.records import (
    Book,
    Card,
    Stub,
    Stubs,
    card_line,
    is_card,
    is_vouched,
    read_card,
    read_stubs,
    stubs_line,
)
from cocflow.core.process import BOOK_LABEL
from cocflow.core.text.numbers import read_compact
from cocflow.core.views.board import Leaves, board, leaves
from cocflow.ports import AddComment, AddLabels, DeleteComment, EditComment, SetOpen, Write, fits
from cocflow.run.desk import Desk

A_PAGE = 50
"""How many stubs a page has at most."""

SHOWN = 50
"""How many incidents the card names at most of those that can be erased, or can be soon."""

TITLE = "What was erased"
BODY = (
    "cocflow keeps here what is left of the incidents that were erased: months and outcomes, and nothing of"
    " anybody. It needs it to tell what was erased properly from what vanished. Please leave it open, and"
    " delete nothing here."
)

_UNBORN = "book"
"""What stands for the book's node id, before there is one, in what signs its body."""


class Pages(msgspec.Struct, frozen=True, kw_only=True):
    """The book as it was read: its issue, what its card says, and its stubs by the first of their numbers."""

    issue: Issue
    card: Book
    pages: tuple[tuple[Commented, Stubs], ...] = ()

    @property
    def stubs(self) -> tuple[Stub, ...]:
        """Every stub, the oldest first. Of two of one incident, the one that says more."""
        found: dict[int, Stub] = {}
        for _, page in self.pages:
            for one in page.all:
                known = found.get(one.first)
                if known is None or not known.erased:
                    found[one.first] = one
        return tuple(found.values())

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of all issues that are accounted for."""
        return frozenset(number for one in self.stubs for number in read_compact(one.numbers))


def read_book(issue: Issue, desk: Desk) -> Pages | None:
    """Return the book, None for any other issue: cocflow opens it, and writes there first."""
    if issue.author is None or not issue.is_me(issue.author):
        return None
    mine = [one for one in issue.comments() if issue.is_mine(one) and not one.edited_by_another]
    first = next((one for one in mine if is_card(one.body)), None)
    card = believed_card(issue, first, desk.seal) if first is not None else None
    if card is None or card.book is None:
        # A run may have died before it wrote the card, or somebody edited it.
        own = issue.body_edited_at is None and is_vouched(issue.body, desk.seal, _UNBORN)
        card = read_card(issue.body) if own else None
    if card is None or card.book is None:
        return None
    pages = [
        (one, page)
        for one in mine
        if is_vouched(one.body, desk.seal, issue.id, one.unchanged_since)
        and (page := read_stubs(one.body)) is not None
    ]
    return Pages(issue=issue, card=card.book, pages=tuple(pages))


def found(desk: Desk) -> Pages | None:
    """Return the book as a job has it; None where there is none. One read, and one for each hundred pages."""
    for number in desk.tracker.labelled(BOOK_LABEL):
        if (pages := read_book(desk.tracker.read(number), desk)) is not None:
            return pages
    return None


def opened(desk: Desk) -> Pages:
    """Open the book."""
    line = card_line(Card(n=0, last="", book=Book()), desk.seal, _UNBORN)
    number = desk.tracker.open_issue(TITLE, f"{BODY}\n\n{line}", [BOOK_LABEL])
    issue = desk.tracker.read(number)
    return read_book(issue, desk) or Pages(issue=issue, card=Book())


def write(desk: Desk, pages: Pages, stubs: tuple[Stub, ...], card: Book) -> None:
    """Have the book hold these stubs, and its card say this. What stands there already isn't written again.

    A stub is written before anything says so, and stays on its page. One that isn't among these is taken
    away: its incident is kept after all.
    """
    wanted = {one.first: one for one in stubs}
    for comment, page in pages.pages:
        left = tuple(wanted.pop(one.first) for one in page.all if one.first in wanted)
        room = A_PAGE - len(left) if comment is pages.pages[-1][0] else 0
        more = tuple(wanted.values())[:room]
        if left + more != page.all:
            _edit(desk, pages.issue, comment, Stubs(all=left + more))
        for one in more:
            del wanted[one.first]
    rest = tuple(wanted.values())
    is_new = not any(pages.issue.is_mine(one) and is_card(one.body) for one in pages.issue.comments())
    if is_new:  # a listing shows only the first few comments
        _put(desk, pages, stubs, card)
    for start in range(0, len(rest), A_PAGE):
        page = Stubs(all=rest[start : start + A_PAGE])
        desk.tracker.comment(pages.issue.number, _page(desk, pages.issue, page))
    if not is_new:
        _put(desk, pages, stubs, card)


def _edit(desk: Desk, issue: Issue, comment: Commented, page: Stubs) -> None:
    if page.all:
        desk.tracker.write(issue, [EditComment(comment.id, _page(desk, issue, page))])
    else:
        desk.tracker.write(issue, [DeleteComment(comment.id)])


def _page(desk: Desk, issue: Issue, page: Stubs) -> str:
    text = "What is left of what was erased, or can be. It is for cocflow; please leave it."
    return f"{text}\n\n{stubs_line(page, desk.seal, issue.id)}"


def _put(desk: Desk, pages: Pages, stubs: tuple[Stub, ...], card: Book) -> None:
    """Write the card. Of two that runs at once have made, one stays."""
    issue = pages.issue
    cards = [one for one in issue.comments() if issue.is_mine(one) and is_card(one.body)]
    body = _card(desk, issue, stubs, card)
    writes: list[Write] = [DeleteComment(one.id) for one in cards[1:]]
    if not cards:
        writes.append(AddComment(body))
    elif cards[0].body != body:
        writes.append(EditComment(cards[0].id, body))
    if not issue.is_open:
        writes.append(SetOpen(open_=True))
    if BOOK_LABEL not in issue.labels:
        writes.append(AddLabels((BOOK_LABEL,)))
    desk.tracker.write(issue, writes)


def _card(desk: Desk, issue: Issue, stubs: tuple[Stub, ...], card: Book) -> str:
    due = tuple(one for one in stubs if not one.erased)
    for kept in (card, msgspec.structs.replace(card, kept={})):
        view = board(
            desk.community,
            erasable=tuple(Leaves(one.first, _others(one.first, one.numbers), None) for one in due[:SHOWN]),
            leaving=tuple(map(leaves, card.leaving[:SHOWN])),
            more=max(0, len(due) - SHOWN),
            erased=len(stubs) - len(due),
            repository=desk.repository,
        )
        text = desk.templates.render("board/book", view)
        body = f"{text}\n\n{card_line(Card(n=0, last='', book=kept), desk.seal, issue.id)}"
        if fits(body):
            break
    return body


def _others(first: int, numbers: str) -> tuple[int, ...]:
    return tuple(sorted(read_compact(numbers) - {first}))
