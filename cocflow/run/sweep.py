"""Which issues: list first, pick what may have something to do, and enforce each.

Owns the rule *Pick*. An event is only a hint that something happened somewhere, so every run
lists; an issue is left out only if its card proves that nothing is due and nothing is new. What has
waited longest comes first, and a run whose budget of writes is spent leaves the rest to the next one.
"""

from __future__ import annotations

from contextlib import closing
from datetime import datetime

import msgspec

from cocflow.core.case.facts import Listed, Page
from cocflow.core.case.records import read_card
from cocflow.errors import AdapterError, CocflowError
from cocflow.run.desk import Desk
from cocflow.run.issue import Outcome, enforce
from cocflow.run.letters import Collected, collect

WRITES_AN_HOUR = 500
"""What GitHub takes from an automation in an hour; the 80 a minute are kept by the adapter's pauses."""

BUDGET = WRITES_AN_HOUR * 4 // 5
"""The writes after which a run takes up no further issue: what people ask within the hour has room still."""


class Failure(msgspec.Struct, frozen=True):
    """An issue that could not be dealt with, and the error, which holds nobody's words."""

    number: int
    error: CocflowError


class Run(msgspec.Struct, kw_only=True):
    """What a run did: what became of the letters, how many issues it listed, and of those it picked.

    `left` counts the picked ones that were left to a later run, since the budget of writes was spent;
    `labels` names the repository's labels that the listing showed. `pausing`
    counts the notices of others that didn't get through, and whose time to be tried again hasn't come.
    """

    listed: int = 0
    post: Collected = msgspec.field(default_factory=Collected)
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    failures: list[Failure] = msgspec.field(default_factory=list)
    left: int = 0
    labels: frozenset[str] = frozenset()
    pausing: int = 0

    @property
    def complete(self) -> bool:
        """Whether all that was taken up is done. What the budget left waits by plan, so it is no failure."""
        enforced = all(outcome.complete for outcome in self.outcomes)
        return enforced and not self.failures and not self.pausing and self.post.complete


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


class Queued(msgspec.Struct, frozen=True, order=True):
    """A picked issue, and since when something waits there. The longest wait is the least."""

    since: datetime
    number: int


def picked(page: Page) -> list[Queued]:
    """Return the issues of a page that a run has to look at."""
    return [Queued(_since(one, page.now), one.number) for one in page.issues if is_picked(one, page.now)]


def pausing(page: Page) -> int:
    """Count the notices of a page's other issues that wait to be tried again: nobody has got them yet."""
    cards = (read_card(one.card) for one in page.issues if one.card and not is_picked(one, page.now))
    return sum(one.again is not None for card in cards if card for one in card.tries.values())


def _since(listed: Listed, now: datetime) -> datetime:
    """Return since when an issue waits: it fell due then, or something was done to it then."""
    card = read_card(listed.card) if listed.card is not None else None
    due = card.due if card is not None else None
    return due if due is not None and due <= now else listed.updated_at


def handle(desk: Desk, budget: int = BUDGET) -> Run:
    """Deal with whatever happened lately: one page of the most recently updated issues."""
    until = desk.tracker.written + budget
    page = desk.believed(desk.tracker.latest())
    run = Run(listed=len(page.issues), pausing=pausing(page))
    _work(desk, run, picked(page), until)
    return run


def sweep(desk: Desk, budget: int = BUDGET) -> Run:
    """Deal with everything: all open issues, and the closed ones for as long as any needs it.

    Nothing is written before all is listed, so that the longest wait can come first.
    """
    until = desk.tracker.written + budget
    run = Run()
    if desk.mailbox is not None:
        with closing(desk.mailbox):
            run.post = collect(desk, desk.mailbox)
    _work(desk, run, _everything(desk, run), until)
    return run


def _everything(desk: Desk, run: Run) -> list[Queued]:
    """List all that a sweep lists, and return what is picked of it.

    Closed issues come newest update first, so a page of which none needs anything ends them. The
    first page of both comes with one read: nothing to do costs one read for 100 open issues.
    """
    found: dict[int, Queued] = {}
    open_: str | None = ""
    closed: str | None = ""
    while open_ is not None or closed is not None:
        page = desk.believed(desk.tracker.listing(open_=open_, closed=closed))
        run.listed += len(page.issues)
        run.labels |= page.labels
        run.pausing += pausing(page)
        found |= {one.number: one for one in picked(page)}
        more_closed = any(one.number in found for one in page.issues if not one.is_open)
        open_, closed = page.next_open, page.next_closed if more_closed else None
    return list(found.values())


def _work(desk: Desk, run: Run, waiting: list[Queued], until: int) -> None:
    """Enforce what waits, longest wait first, until so many writes are done.

    One failing issue doesn't stop the others, but where each would fail alike, the run ends.
    """
    ordered = sorted(waiting)
    for done, one in enumerate(ordered):
        if desk.tracker.written >= until:
            run.left = len(ordered) - done
            return
        try:
            run.outcomes.append(enforce(desk, one.number))
        except CocflowError as error:
            run.failures.append(Failure(one.number, error))
            if isinstance(error, AdapterError) and error.status in (401, 403, 429):
                raise
