"""Which issues: list first, pick what may have something to do, and enforce each.

Owns the rule *Pick*, and what a failure costs. An event is only a hint that something happened
somewhere, so every run lists; an issue is left out only if its card proves that nothing is due and
nothing is new. What has waited longest comes first, and a run whose budget is spent leaves the rest to
the next one. An issue, the mailbox and a channel each fail for themselves; only a refused listing or
credential ends a run, and a rate limit its writes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Literal

import msgspec

from cocflow.core.case.facts import LISTED_LABELS, Listed, Page
from cocflow.core.case.records import Board, read_card
from cocflow.core.process import STATE_PREFIX
from cocflow.errors import AdapterError, CocflowError
from cocflow.ports import Mailbox
from cocflow.run import board, trouble
from cocflow.run.board import HOUR, Found, board_in, found_among
from cocflow.run.budget import SECONDS, WRITES, Budget, standing
from cocflow.run.channels import Channels
from cocflow.run.desk import Desk
from cocflow.run.issue import Failure, Outcome, attempted, enforce
from cocflow.run.letters import Collected, collect
from cocflow.run.trouble import Trouble, ending

Clock = Callable[[], float]

LISTED = 100
"""How many issues a page shows at most."""


class Run(msgspec.Struct, kw_only=True):
    """What a run did: what became of the letters, how many issues it listed, and of those it picked.

    `left` counts the picked ones that were left to a later run, since what `spent` names was spent, or
    GitHub asked for a pause; `labels` names the repository's labels that the listing showed. `pausing`
    counts the notices of others that didn't get through, and whose time to be tried again hasn't come;
    `unreadable` the listed issues that can't be understood.
    `troubles`: all that failed, each once, for whoever has to know; `board` is where they stand, one of
    `boards`, which is no case and isn't counted; `open` and `closed` are the numbers of the cases that were
    listed, `now` GitHub's time of the newest listing. `whole`: it looked at everything, as a sweep does.
    """

    listed: int = 0
    letters: Collected = msgspec.field(default_factory=Collected)
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    failures: list[Failure] = msgspec.field(default_factory=list)
    left: int = 0
    spent: Literal["writes", "seconds", "limit"] | None = None
    labels: frozenset[str] = frozenset()
    pausing: int = 0
    unreadable: int = 0
    troubles: tuple[Trouble, ...] = ()
    board: Found | None = None
    boards: frozenset[int] = frozenset()
    open: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    now: datetime | None = None
    whole: bool = False

    @property
    def complete(self) -> bool:
        """Whether all that was taken up is done. What the budget left waits by plan, so it is no failure."""
        enforced = all(outcome.complete for outcome in self.outcomes)
        undone = self.failures or self.pausing or self.troubles
        return enforced and not undone and self.letters.complete


def is_picked(listed: Listed, now: datetime, states: frozenset[str]) -> bool:
    """Whether a run has to look at an issue: it is due, something is new, or anything is doubtful.

    `states`: the labels of all states. One that is deleted or renamed for the whole repository leaves no
    trace on the issue but that it shows no state.
    """
    card = read_card(listed.card) if listed.card is not None else None
    if card is None or (card.due is not None and card.due <= now):
        return True
    if card.board is not None:
        return False
    if listed.is_open and not _shows_a_state(listed, states):
        return True
    return listed.body_edited_at != card.edited or not _nothing_new(listed, card.last, card.seen)


def _shows_a_state(listed: Listed, states: frozenset[str]) -> bool:
    """Whether an issue has the label of one state, as far as is known: those listed may not be all."""
    if listed.labels is None or len(listed.labels) >= LISTED_LABELS:
        return True
    shown = [one for one in listed.labels if one.startswith(STATE_PREFIX)]
    return len(shown) == 1 and shown[0] in states


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


def picked(page: Page, states: frozenset[str]) -> list[Queued]:
    """Return the issues of a page that a run has to look at."""
    found = (one for one in page.issues if is_picked(one, page.now, states))
    return [Queued(_since(one, page.now), one.number) for one in found]


def pausing(page: Page, states: frozenset[str]) -> int:
    """Count the notices of a page's other issues that wait to be tried again: nobody has got them yet."""
    others = (one for one in page.issues if one.card and not is_picked(one, page.now, states))
    cards = (read_card(one.card) for one in others if one.card)
    return sum(one.again is not None for card in cards if card for one in card.tries.values())


def _since(listed: Listed, now: datetime) -> datetime:
    """Return since when an issue waits: it fell due then, or something was done to it then."""
    card = read_card(listed.card) if listed.card is not None else None
    due = card.due if card is not None else None
    return due if due is not None and due <= now else listed.updated_at


def handle(desk: Desk, writes: int = WRITES, clock: Clock = standing, seconds: float = SECONDS) -> Run:
    """Deal with whatever happened lately: one page of the most recently updated issues.

    `clock`: any clock that goes on evenly, in seconds; by it `seconds` are measured. Where the board shows
    that the schedule has been suppressed, this run does a sweep's work.
    """
    desk, budget = _begun(desk), Budget(desk.tracker, writes, clock, seconds)
    page = desk.believed(desk.tracker.latest())
    found = _board_of(desk, page)
    if (last := _overdue(desk, found, page.now)) is not None:
        return sweep(desk, writes, clock, seconds, last)
    run = Run(board=found)
    _list(desk, run, page)
    _work(desk, run, picked(page, desk.state_labels()), budget)
    return _shown(desk, _told(desk, run))


def sweep(
    desk: Desk,
    writes: int = WRITES,
    clock: Clock = standing,
    seconds: float = SECONDS,
    overdue_since: datetime | None = None,
) -> Run:
    """Deal with everything: all open issues, and the closed ones for as long as any needs it.

    No issue is worked on before all is listed, so that the longest wait can come first. Letters come
    before, with half of the budget at most; the mailbox's failure is no issue's. `overdue_since`: when the
    last sweep was, if it is an event that this one comes from.
    """
    desk, budget = _begun(desk), Budget(desk.tracker, writes, clock, seconds)
    run = Run(whole=True)
    if desk.mailbox is not None:
        _read_mail(desk, desk.mailbox, run, budget.half())
    _work(desk, run, _everything(desk, run), budget)
    _told(desk, run)
    if overdue_since is not None:
        run.troubles = (*run.troubles, trouble.suppressed())
    return _shown(desk, run)


def _board_of(desk: Desk, page: Page) -> Found | None:
    """Return the board as an event finds it: a page without it may be all that happened since a sweep."""
    found = found_among(page.issues)
    return board.looked_up(desk) if found is None and len(page.issues) >= LISTED else found


def _overdue(desk: Desk, found: Found | None, now: datetime) -> datetime | None:
    """Return when the last sweep was, where the next one should have come long ago; None if it isn't late.

    GitHub is often late by less than an interval, and the board's time by up to `HOUR`.
    """
    last = found.record.swept if found is not None else None
    return last if last is not None and now - last > 2 * desk.sweeps_every + HOUR else None


def mail(desk: Desk, writes: int = WRITES, clock: Clock = standing, seconds: float = SECONDS) -> Run:
    """Deal with the letters alone."""
    desk, run = _begun(desk), Run()
    if desk.mailbox is not None:
        _read_mail(desk, desk.mailbox, run, Budget(desk.tracker, writes, clock, seconds))
    return _told(desk, run)


def _begun(desk: Desk) -> Desk:
    """Return the desk as a run begins with it: no channel has failed yet."""
    return msgspec.structs.replace(desk, notifier=Channels.begun(desk.notifier))


def _read_mail(desk: Desk, mailbox: Mailbox, run: Run, budget: Budget) -> None:
    with closing(mailbox):
        run.letters = collect(desk, mailbox, budget)
    if run.letters.spent == "limit":
        run.spent = "limit"


def _told(desk: Desk, run: Run) -> Run:
    """Return the run with a list of what failed, each thing once."""
    outcomes = [*run.letters.outcomes, *run.outcomes]
    failures = [*run.failures, *(one for outcome in outcomes for one in outcome.failures)]
    found = [trouble.of_issue(one.number, one.error) for one in failures]
    found += [trouble.stopped(one.number) for one in outcomes if one.broken]
    found += [trouble.untold(one.number, one.undelivered) for one in outcomes if one.undelivered]
    if run.pausing:
        found.append(trouble.pausing(run.pausing))
    if run.unreadable:
        found.append(trouble.unreadable(run.unreadable))
    if isinstance(desk.notifier, Channels):
        found += [trouble.of_channel(name, error) for name, error in desk.notifier.failed.items()]
        found += [trouble.of_notices(name, kind) for name, kind in desk.notifier.faulty.items()]
    if run.spent == "limit":
        found.append(trouble.limited(run.left))
    found += run.letters.troubles
    run.troubles = tuple({(one.kind, one.subject): one for one in reversed(found)}.values())[::-1]
    return run


TOLD_ELSEWHERE = ("notice", "limit")
"""What is said on the issues that it concerns, or passes by itself."""


def _shown(desk: Desk, run: Run) -> Run:
    """Have the board say what failed. That it can't be written is one more trouble, and nothing else."""
    if run.board is None:  # its card may not have been written yet
        opened = (one.number for one in run.outcomes if one.board)
        run.board = next((Found(number, Board(), True) for number in opened), None)
    if run.now is None or run.spent == "limit":
        return run
    try:
        _written(desk, run, run.now)
    except CocflowError as error:
        run.troubles = (*run.troubles, trouble.of_board(error))
    return run


def _written(desk: Desk, run: Run, now: datetime) -> None:
    census = None
    if run.whole:
        run.board = run.board or board.looked_up(desk)
        census, gone = board.missed(desk, run.board, run.open, run.closed)
        run.troubles = (*run.troubles, *gone)
    lasting = [one for one in run.troubles if one.kind not in TOLD_ELSEWHERE]
    if board.write(desk, run.board, lasting, now, census):
        if run.board is not None and len(run.boards) > 1:
            board.close_further(desk, run.board.number, run.boards)
    elif run.board is not None:
        _take_up(desk, run, run.board.number)
        board.write(desk, board.looked_up(desk) if run.whole else None, lasting, now, census)


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
        _list(desk, run, page)
        run.board = run.board or found_among(page.issues)
        found |= {one.number: one for one in picked(page, desk.state_labels())}
        more_closed = any(one.number in found for one in page.issues if not one.is_open)
        open_, closed = page.next_open, page.next_closed if more_closed else None
    return list(found.values())


def _list(desk: Desk, run: Run, page: Page) -> None:
    """Count what a page shows."""
    cases = [one for one in page.issues if board_in(one) is None]
    run.listed += len(cases)
    run.open |= {one.number for one in cases if one.is_open}
    run.closed |= {one.number for one in cases if not one.is_open}
    run.boards |= {one.number for one in page.issues if board_in(one) is not None and one.is_open}
    run.labels |= page.labels
    run.pausing += pausing(page, desk.state_labels())
    run.unreadable += page.unreadable
    run.now = page.now


def _work(desk: Desk, run: Run, waiting: list[Queued], budget: Budget) -> None:
    """Enforce what waits, longest wait first, until the budget is spent or GitHub asks for a pause.

    What goes wrong with one issue is that issue's failure, and the others go on. One that had its share
    goes on when all others have had theirs.
    """
    queue = deque(one.number for one in sorted(waiting))
    while queue:
        spent: Literal["writes", "seconds", "limit"] | None = run.spent or budget.spent()
        became = _take_up(desk, run, queue[0]) if spent is None else None
        if became is None:
            run.spent, run.left = spent or "limit", len(queue)
            return
        number = queue.popleft()
        if isinstance(became, Outcome) and became.left:
            queue.append(number)


def _take_up(desk: Desk, run: Run, number: int) -> Outcome | Failure | None:
    """Enforce an issue; return what became of it, None where GitHub asks for a pause."""
    try:
        became = attempted(number, partial(enforce, desk, number))
    except AdapterError as error:
        if ending(error) != "limit":
            raise
        return None
    if isinstance(became, Failure):
        run.failures.append(became)
        return became
    before = next((one for one in run.outcomes if one.number == number), None)
    if before is None:
        run.outcomes.append(became)
    else:
        run.outcomes[run.outcomes.index(before)] = became.after(before)
    return became
