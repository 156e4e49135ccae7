"""Which issues: list first, pick what may have something to do, and enforce each.

Owns rule 7 of the ledger. An event is only a hint that something happened somewhere, so every run
lists; an issue is left out only if its card proves that nothing is due and nothing is new.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.facts import Listed, Page
from cocflow.core.records import read_card
from cocflow.enforce import Desk, Outcome, enforce
from cocflow.errors import AdapterError, CocflowError
from cocflow.mail import Post, collect


class Failure(msgspec.Struct, frozen=True):
    """An issue that could not be dealt with, and the error, which holds nobody's words."""

    number: int
    error: CocflowError


class Run(msgspec.Struct, kw_only=True):
    """What a run did: what became of the letters, how many issues it listed, and of those it picked."""

    listed: int = 0
    post: Post = msgspec.field(default_factory=Post)
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    failures: list[Failure] = msgspec.field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether nothing is left for the next run."""
        return not self.failures and self.post.complete and all(outcome.complete for outcome in self.outcomes)


def is_picked(listed: Listed, now: datetime) -> bool:
    """Whether a run has to look at an issue: it is due, something is new, or anything is doubtful."""
    card = read_card(listed.card) if listed.card is not None else None
    if card is None or (card.due is not None and card.due <= now):
        return True
    return listed.body_edited_at != card.edited or not _nothing_new(listed, card.last, card.seen)


def _nothing_new(listed: Listed, last: str, seen: str | None) -> bool:
    """Whether the newest items prove that no person did anything since the card was written.

    Walking back, the bot's own items say nothing, the first one by a person must be the one that
    was seen, and the newest receipt ends the walk: whatever stands before it was read with it.
    """
    for item, by_bot in reversed(listed.tail):
        if item == last:
            return True
        if not by_bot:
            return item == seen
    return listed.whole and seen is None


def handle(desk: Desk) -> Run:
    """Deal with whatever happened lately: one page of the most recently updated issues."""
    run = Run()
    _work(desk, run, desk.tracker.latest())
    return run


def sweep(desk: Desk) -> Run:
    """Deal with everything: all open issues, and the closed ones for as long as any needs it.

    Closed issues come newest update first, so a page of which none needs anything ends them. The
    first page of both comes with one read: nothing to do costs one read for 100 open issues.
    """
    run = Run()
    if desk.mailbox is not None:
        run.post = collect(desk, desk.mailbox)
    open_: str | None = ""
    closed: str | None = ""
    while open_ is not None or closed is not None:
        page = desk.tracker.listing(open_=open_, closed=closed)
        picked = _work(desk, run, page)
        open_ = page.next_open
        closed = page.next_closed if any(not listed.is_open for listed in picked) else None
    return run


def _work(desk: Desk, run: Run, page: Page) -> list[Listed]:
    """Enforce what is to be picked of a page, and return it; one failing issue doesn't stop the others."""
    picked = [listed for listed in page.issues if is_picked(listed, page.now)]
    run.listed += len(page.issues)
    for listed in picked:
        try:
            run.outcomes.append(enforce(desk, listed.number))
        except CocflowError as error:
            run.failures.append(Failure(listed.number, error))
            if isinstance(error, AdapterError) and error.status in (401, 403, 429):
                raise
    return picked
