"""Which issues: list first, pick what may have something to do, and enforce each.

Owns the rule *Pick*, and what a failure costs. An event is only a hint that something happened
somewhere, so every run lists; an issue is left out only if its card proves that nothing is due and
nothing is new. What has waited longest comes first, in turn by the person on whose account it waits, and
a run whose budget is spent leaves the rest to the next one. An issue, the mailbox and a channel each fail
for themselves; only a refused listing, or a credential refused twice running, ends a run, and a rate
limit its writes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import TypeVar

import msgspec

from cocflow.core.case.capacity import NEAR, left
from cocflow.core.case.facts import LISTED_LABELS, Listed, Page
from cocflow.core.case.records import Board, Card, Leaving, read_card
from cocflow.core.process import INCIDENT, STATE_PREFIX
from cocflow.core.views.guest import anybody_in_a_room
from cocflow.errors import AdapterError
from cocflow.ports import LATEST, Mailbox
from cocflow.run import board, retention, trouble
from cocflow.run.access import awaited
from cocflow.run.board import HOUR, Found, board_in, found_among, is_case
from cocflow.run.budget import POINTS, SECONDS, WRITES, Budget, Spent, standing
from cocflow.run.channels import Channels
from cocflow.run.desk import MAIL, Desk
from cocflow.run.issue import Failure, Outcome, attempted, enforce
from cocflow.run.letters import Collected, collect
from cocflow.run.rooms import NAME, RoomRoad, Says, ToRooms, commands_of
from cocflow.run.rota import Turns
from cocflow.run.trouble import Trouble, ending, in_a_room, of_room, put_out_of
from cocflow.run.turn import Queued, issues_in_turn

ROADS = 10.0
"""The seconds that all of them together may take in a run for an event."""

Clock = Callable[[], float]
_Asked = TypeVar("_Asked")


class Run(msgspec.Struct, kw_only=True):
    """What a run did: what became of the letters, how many issues it listed, and of those it picked.

    `left` counts the picked ones that were left to a later run, since what `spent` names was spent, or
    GitHub asked for a pause; `labels` names the repository's labels that the listing showed. `pausing`
    counts the notices of others that didn't get through, and whose time to be tried again hasn't come;
    `unreadable` the listed issues that can't be understood. `returned`: the listed issues with a notice that
    came back. `filling`: those that have hardly any room left.
    `troubles`: all that failed or needs somebody, each once, for whoever has to know; `board` is where they
    stand, one of `boards`, which is no case and isn't counted; `open` and `closed` are the numbers of the
    cases that were listed, `now` GitHub's time of the newest listing. `whole`: it looked at everything, as a
    sweep does. `refused`: GitHub refused who we are at the issue that was taken up last.
    `leaving`: what can be erased soon.
    """

    listed: int = 0
    letters: Collected = msgspec.field(default_factory=Collected)
    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    failures: list[Failure] = msgspec.field(default_factory=list)
    left: int = 0
    spent: Spent | None = None
    labels: frozenset[str] = frozenset()
    pausing: int = 0
    unreadable: int = 0
    filling: list[Trouble] = msgspec.field(default_factory=list)
    returned: frozenset[int] = frozenset()
    troubles: tuple[Trouble, ...] = ()
    board: Found | None = None
    boards: frozenset[int] = frozenset()
    open: frozenset[int] = frozenset()
    closed: frozenset[int] = frozenset()
    now: datetime | None = None
    whole: bool = False
    refused: bool = False
    leaving: tuple[Leaving, ...] = ()

    def __repr__(self) -> str:
        """Show what became of issues and letters: people name labels."""
        return f"Run({self.letters}, {self.outcomes}, {self.failures}, {self.troubles}, {self.board})"

    @property
    def complete(self) -> bool:
        """Whether all that was taken up is done. What the budget left waits by plan, so it is no failure."""
        enforced = all(outcome.complete for outcome in self.outcomes)
        undone = self.failures or self.pausing or any(one.undone for one in self.troubles)
        return enforced and not undone and self.letters.complete


def is_picked(listed: Listed, now: datetime, states: frozenset[str]) -> bool:
    """Whether a run has to look at an issue: it is due, something is new, or anything is doubtful.

    `states`: the labels of all states. One that is deleted or renamed for the whole repository leaves no
    trace on the issue but that it shows no state.
    """
    card = read_card(listed.card) if listed.card is not None else None
    if card is None or (card.due is not None and card.due <= now):
        return True
    if card.book is not None:
        return False
    if card.board is not None:
        said = next((item.id for item in reversed(listed.tail) if not item.ours), None)
        return said not in (None, card.seen)
    if listed.is_open and (listed.locked or not _shows_a_state(listed, states)):
        return True
    if not _shows_the_case(listed, card):
        return True
    if listed.edited_at is not None and (card.edits is None or card.edits < listed.edited_at):
        return True
    return listed.body_edited_at != card.edited or not _nothing_new(listed, card)


def _shows_the_case(listed: Listed, card: Card) -> bool:
    """Whether an issue is as its card says that it should be, as far as is known.

    It isn't where a run died before it had found out that GitHub made only some of what it wrote.
    """
    if card.is_open is not None and card.is_open is not listed.is_open:
        return False
    if card.labels is None or listed.labels is None or len(listed.labels) >= LISTED_LABELS:
        return True
    return {one.casefold() for one in listed.labels}.issuperset(card.labels)


def _shows_a_state(listed: Listed, states: frozenset[str]) -> bool:
    """Whether an issue has the label of one state, as far as is known: those listed may not be all."""
    if listed.labels is None or len(listed.labels) >= LISTED_LABELS:
        return True
    shown = [one for one in listed.labels if one.startswith(STATE_PREFIX)]
    return len(shown) == 1 and shown[0] in states


def _nothing_new(listed: Listed, card: Card) -> bool:
    """Whether the newest items prove that no person did anything since the card was written.

    Walking back, the bot's own items say nothing, the first one by a person must be the one that
    was seen, and the newest receipt ends the walk: whatever stands before it was read with it.
    """
    for item in reversed(listed.tail):
        if item.id == card.last:
            return True
        if not item.ours:
            return item.id == card.seen
    return listed.whole and card.seen is None


def picked(page: Page, states: frozenset[str]) -> list[Queued]:
    """Return the issues of a page that a run has to look at."""
    found = (one for one in page.issues if is_picked(one, page.now, states))
    return [_queued(one, page.now) for one in found]


def _queued(listed: Listed, now: datetime) -> Queued:
    """Return an issue as it waits. Reading it costs a point for each hundred items; most are comments."""
    card = read_card(listed.card) if listed.card is not None else None
    is_due = card is not None and card.due is not None and card.due <= now
    since = card.due if card is not None and card.due is not None and is_due else listed.updated_at
    who = _newly(listed, card) if card is not None and not is_due else []
    return Queued(since, listed.number, tuple(who or [listed.by]), 1 + listed.comments // 100)


def _newly(listed: Listed, card: Card) -> list[str]:
    """Return who did something since the card was written, as far as the newest items show."""
    found: list[str] = []
    for item in reversed(listed.tail):
        if item.id in (card.last, card.seen):
            break
        found += [] if item.ours else [item.by]
    return found


def pausing(page: Page, states: frozenset[str]) -> int:
    """Count the notices of a page's other issues that wait to be tried again: nobody has got them yet."""
    others = (one for one in page.issues if one.card and not is_picked(one, page.now, states))
    cards = (read_card(one.card) for one in others if one.card)
    return sum(one.again is not None for card in cards if card for one in card.tries.values())


def filling(page: Page) -> list[Trouble]:
    """Return which of a page's open issues have hardly any room left, as far as a case goes on there."""
    found: list[Trouble] = []
    for one in page.issues:
        card = read_card(one.card) if one.card is not None else None
        if one.is_open and left(one.comments) <= NEAR and (card is None or card.of_case):
            found.append(trouble.filling(one.number, left(one.comments), card.filler if card else ""))
    return found


def returned(page: Page) -> frozenset[int]:
    """Return the issues of a page with a notice that came back: somebody is to tell it by hand."""
    cards = ((one.number, read_card(one.card)) for one in page.issues if one.card)
    stuck = (number for number, card in cards if card and any(t.again is None for t in card.tries.values()))
    return frozenset(stuck)


def handle(
    desk: Desk,
    writes: int = WRITES,
    clock: Clock = standing,
    seconds: float = SECONDS,
    points: int = POINTS,
    *,
    hinted: int | None = None,
) -> Run:
    """Deal with what an event tells of, then with whatever else happened lately.

    That is one page of the most recently updated issues; all if it is crowded. `clock`: any clock that goes
    on evenly, in seconds; by it `seconds` are measured. `hinted`: the issue of which the event tells, which
    gets its share first; where that fails, it is listed with all the others, and tried again in its turn.
    Where the board shows that the schedule has been suppressed, this run does a sweep's work.
    """
    desk, budget = _begun(desk), Budget(desk.tracker, writes, clock, seconds, points)
    run = Run()
    desk = _heard(desk, run, lambda: budget.half(ROADS))
    first = _first(desk, run, hinted, budget)
    if run.spent == "limit":
        return _shown(desk, _told(desk, run))
    page = desk.latest()
    run.board = _of_board(run, partial(_board_of, desk, page))
    if (last := _overdue(desk, run.board, page.now)) is not None:
        return swept(desk, run, budget, last)
    if _is_crowded(page) and budget.affords(_listing_costs(page)):
        waiting = _everything(desk, run)
    else:
        waiting = _on(page, desk, run)
    if hinted is not None:
        again = isinstance(first, Failure)
        waiting = [one for one in waiting if again or one.number != hinted]
        waiting += [Queued(page.now, hinted)] if _goes_on(desk, first, page.now) else []
    _work(desk, run, waiting, budget)
    if hinted is not None and hinted not in run.open | run.closed:
        run.failures = [one for one in run.failures if not _is_gone(one, hinted)]
    _work(desk, run, _of_those_gone(desk, run, page.now), budget)
    return _shown(desk, _told(desk, run))


def _first(desk: Desk, run: Run, hinted: int | None, budget: Budget) -> Outcome | Failure | None:
    """Enforce the issue of which an event tells, once, before anything is listed."""
    desk.rota.asks = desk.latest
    if hinted is None or run.spent or budget.spent():
        return None
    became = _take_up(desk, run, hinted)
    if became is None:
        run.spent, run.left = "limit", run.left + 1
    return became


def _goes_on(desk: Desk, first: Outcome | Failure | None, now: datetime) -> bool:
    """Whether the issue of which an event told is looked at once more, now that all is listed.

    It had its share, or whoever has it is away, which only the listing tells; or there was no time for it.
    """
    if isinstance(first, Outcome):
        return first.left or first.number in desk.rota.of_those_gone(now, desk.community)
    return first is None


def _is_gone(failure: Failure, number: int) -> bool:
    """Whether an issue isn't there any more: if it was an open case, the next sweep misses it."""
    error = failure.error
    gone = isinstance(error, AdapterError) and error.status in (404, 410)
    return gone and failure.number == number


def _is_crowded(page: Page) -> bool:
    """Whether so much was done lately that what no run has seen yet may stand behind the latest page.

    What was updated an hour ago has been listed by a run since: none lasts as long.
    """
    oldest = min((one.updated_at for one in page.issues), default=page.now)
    return len(page.issues) >= LATEST and page.now - oldest < HOUR


def _listing_costs(page: Page) -> int:
    """Return the points that listing everything costs at most, as far as the latest page can tell."""
    return 6 + 3 * (max((one.number for one in page.issues), default=0) // LATEST)


def sweep(
    desk: Desk,
    writes: int = WRITES,
    clock: Clock = standing,
    seconds: float = SECONDS,
    points: int = POINTS,
) -> Run:
    """Deal with everything: all open issues, and the closed ones for as long as any needs it.

    No issue is worked on before all is listed, so that the longest wait can come first. What people wrote
    elsewhere comes before, with half of the budget at most; a road's failure is no issue's.
    """
    desk, budget = _begun(desk, thorough=True), Budget(desk.tracker, writes, clock, seconds, points)
    run = Run()
    desk = _heard(desk, run, budget.half)
    return swept(desk, run, budget)


def swept(desk: Desk, run: Run, budget: Budget, overdue_since: datetime | None = None) -> Run:
    """Do a sweep's work once the roads have been read.

    `overdue_since`: when the last sweep was, if it is an event that this one comes from.
    """
    run.whole, run.board = True, None
    _work(desk, run, _everything(desk, run), budget)
    if run.now is not None:
        _work(desk, run, _of_those_gone(desk, run, run.now), budget)
        _keep_book(desk, run, run.now, budget)
    if budget.spent() != "seconds":
        desk.notifier.try_out()
    _told(desk, run)
    if run.spent != "limit":
        run.troubles = (*run.troubles, *_of_roster(desk))
    if overdue_since is not None:
        run.troubles = (*run.troubles, trouble.suppressed())
    return _shown(desk, run)


def _keep_book(desk: Desk, run: Run, now: datetime, budget: Budget) -> None:
    """Look after what is to be erased. That it can't be is one more trouble of the run, and nothing else."""
    if run.spent is not None or budget.spent():
        return
    try:
        run.leaving = retention.look_through(desk, now, budget.spent)
    except Exception as error:  # noqa: BLE001 - it costs what is to be erased a day, and no issue
        run.troubles = (*run.troubles, trouble.of_book(trouble.tellable(error)))


def _of_roster(desk: Desk) -> list[Trouble]:
    """Return of whom another account has the login than is pinned. One read for each who is pinned.

    A login that nobody has now is nobody else's: the doctor tells.
    """
    found: list[Trouble] = []
    try:
        for place, one in enumerate(desk.community.administrators, 1):
            now = desk.tracker.account(one.login) if one.account is not None else None
            if now is not None and now != one.account:
                found.append(trouble.of_roster(place))
    except Exception as error:  # noqa: BLE001 - whoever is shown wrongly, everybody else was answered
        found.append(trouble.of_accounts(trouble.tellable(error)))
    return found


def _board_of(desk: Desk, page: Page) -> Found | None:
    """Return the board as an event finds it: a page without it may be all that happened since a sweep."""
    found = found_among(page.issues)
    return board.looked_up(desk) if found is None and len(page.issues) >= LATEST else found


def _overdue(desk: Desk, found: Found | None, now: datetime) -> datetime | None:
    """Return when the last sweep was, where the next one should have come long ago; None if it isn't late.

    GitHub is often late by less than an interval, and the board's time by up to `HOUR`.
    """
    last = found.record.swept if found is not None else None
    return last if last is not None and now - last > 2 * desk.sweeps_every + HOUR else None


def mail(
    desk: Desk,
    writes: int = WRITES,
    clock: Clock = standing,
    seconds: float = SECONDS,
    points: int = POINTS,
) -> Run:
    """Deal with what people wrote elsewhere alone."""
    desk, run = _begun(desk), Run()
    desk = _heard(desk, run, lambda: Budget(desk.tracker, writes, clock, seconds, points))
    return _told(desk, run)


def _begun(desk: Desk, *, thorough: bool = False) -> Desk:
    """Return the desk as a run begins with it: no channel has failed yet, and no room is known."""
    channels = Channels.begun(desk.notifier)
    if desk.rooms is None:
        return msgspec.structs.replace(desk, notifier=channels, rota=Turns())
    parts, view = partial(commands_of, desk.definitions[INCIDENT]), anybody_in_a_room(desk.community)

    def says(what: Says) -> str:
        return desk.templates.render(f"guest/{what}", view)

    road = RoomRoad(desk.rooms, desk.repository, parts, says, desk.seal, thorough=thorough)
    if NAME in desk.community.channels:
        channels = channels.with_(NAME, ToRooms(road), desk.community.channels)
    return msgspec.structs.replace(desk, notifier=channels, road=road, rota=Turns())


def _heard(desk: Desk, run: Run, share: Callable[[], Budget]) -> Desk:
    """Deal with what people wrote elsewhere, in rooms first; return the desk that knows what wasn't heard.

    A road that can't be read stops neither the other one nor any issue. `share`: what all may spend.
    """
    both: tuple[tuple[str, Mailbox | None], ...] = ((NAME, desk.road), (MAIL, desk.mailbox))
    roads = [(name, road) for name, road in both if road is not None]
    if not roads:
        return desk
    budget, unheard = share(), set[str]()
    for name, road in roads:
        if run.spent == "limit":
            break
        with closing(road):
            letters = collect(desk, road, budget)
        if not letters.read:
            unheard.add(name)
        run.letters = run.letters.with_(letters)
        if letters.spent == "limit":
            run.spent = "limit"
    if desk.road is not None:
        unheard |= desk.road.behind()
        run.letters.troubles += [of_room(name, error) for name, error in desk.road.unheard.items()]
        run.letters.troubles += [in_a_room(name) for name in desk.road.with_others_words()]
    if desk.rooms is not None and desk.rooms.lists(desk.repository):
        run.letters.troubles.append(trouble.opened_by_rooms())
    return msgspec.structs.replace(desk, unheard=frozenset(unheard))


def _told(desk: Desk, run: Run) -> Run:
    """Return the run with a list of what failed, each thing once."""
    outcomes = [*run.letters.outcomes, *run.outcomes]
    failures = [*run.failures, *(one for outcome in outcomes for one in outcome.failures)]
    found = [*run.troubles, *(trouble.of_issue(one.number, one.error) for one in failures)]
    found += [trouble.stopped(one.number) for one in outcomes if one.broken]
    found += [trouble.unread(one.number, one.unread) for one in outcomes if one.unread]
    found += [trouble.untold(one.number, one.undelivered) for one in outcomes if one.undelivered]
    found += run.filling
    found += [trouble.shut_out(name) for name in sorted(desk.road.shut_out)] if desk.road else []
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
    if desk.road is not None:
        found += [put_out_of(name) for name in sorted(desk.road.strangers)]
    run.troubles = tuple({(one.kind, one.subject): one for one in reversed(found)}.values())[::-1]
    return run


TOLD_ELSEWHERE = ("notice", "limit")
"""What is said on the issues that it concerns, or passes by itself."""


def _shown(desk: Desk, run: Run) -> Run:
    """Have the board say what failed."""
    if run.board is None:  # its card may not have been written yet
        opened = (one.number for one in run.outcomes if one.board)
        run.board = next((Found(number, Board(), True) for number in opened), None)
    if run.now is None or run.spent == "limit":
        return run
    _of_board(run, partial(_written, desk, run, run.now))
    return run


def _of_board(run: Run, asked: Callable[[], _Asked]) -> _Asked | None:
    """Do something with the board. That it can't be done is one more trouble of the run, and nothing else."""
    try:
        return asked()
    except Exception as error:  # noqa: BLE001 - it costs the board, and no issue
        run.troubles = (*run.troubles, trouble.of_board(trouble.tellable(error)))
        return None


def _written(desk: Desk, run: Run, now: datetime) -> None:
    census = None
    if run.whole:
        run.board = run.board or board.looked_up(desk)
        census, gone = board.missed(desk, run.board, run.open, run.closed)
        run.troubles = (*run.troubles, *gone)
    lasting = [one for one in run.troubles if one.kind not in TOLD_ELSEWHERE]
    came_back = run.returned - {one.number for one in run.outcomes}
    came_back |= {one.number for one in run.outcomes if one.returned}
    lasting += [trouble.returned(number) for number in sorted(came_back)]
    if board.write(desk, run.board, lasting, now, census, run.leaving):
        if run.board is not None and len(run.boards) > 1:
            board.close_further(desk, run.board.number, run.boards)
    elif run.board is not None:
        _take_up(desk, run, run.board.number)
        board.write(desk, board.looked_up(desk) if run.whole else None, lasting, now, census, run.leaving)


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
        found |= {one.number: one for one in _on(page, desk, run)}
        more_closed = any(one.number in found for one in page.issues if not one.is_open)
        open_, closed = page.next_open, page.next_closed if more_closed else None
    return list(found.values())


def _on(page: Page, desk: Desk, run: Run) -> list[Queued]:
    """Return what is picked of a page, and keep what else it tells."""
    cases = [one for one in page.issues if is_case(one)]
    run.listed += len(cases)
    run.open |= {one.number for one in cases if one.is_open}
    run.closed |= {one.number for one in cases if not one.is_open}
    run.boards |= {one.number for one in page.issues if board_in(one) is not None and one.is_open}
    run.labels |= page.labels
    run.pausing += pausing(page, desk.state_labels())
    run.unreadable += page.unreadable
    run.returned |= returned(page)
    run.filling += filling(page)
    run.board, run.now = run.board or found_among(page.issues), page.now
    found = picked(page, desk.state_labels())
    if run.whole:
        known = {one.number for one in found}
        found += [_queued(one, page.now) for one in awaited(desk, page) if one.number not in known]
    return found


def _of_those_gone(desk: Desk, run: Run, now: datetime) -> list[Queued]:
    """Return the cases of those away or gone that this run hasn't looked at: somebody else gets them."""
    done = {one.number for one in run.outcomes} | {one.number for one in run.failures}
    return [
        Queued(now, number) for number in desk.rota.of_those_gone(now, desk.community) if number not in done
    ]


def _work(desk: Desk, run: Run, waiting: list[Queued], budget: Budget) -> None:
    """Enforce what waits, in turn, until the budget is spent or GitHub asks for a pause.

    What goes wrong with one issue is that issue's failure, and the others go on. One that had its share
    goes on when all others have had theirs; one that is too dear to read just now is left.
    """
    queue, dear = deque(issues_in_turn(waiting)), 0
    while queue:
        spent: Spent | None = run.spent or budget.spent()
        if spent is None and not budget.affords(queue[0].points):
            queue.popleft()
            dear += 1
            continue
        became = _take_up(desk, run, queue[0].number) if spent is None else None
        if became is None:
            run.spent, run.left = spent or "limit", run.left + len(queue) + dear
            return
        one = queue.popleft()
        if isinstance(became, Outcome) and became.left:
            queue.append(one)
    if dear:
        run.spent, run.left = "points", run.left + dear


def _take_up(desk: Desk, run: Run, number: int) -> Outcome | Failure | None:
    """Enforce an issue; return what became of it, None where GitHub asks for a pause.

    Who we are may be refused for that thing alone, though GitHub's words say otherwise; twice running, it is
    for all, and AdapterError.
    """
    try:
        became = attempted(number, partial(enforce, desk, number))
    except AdapterError as error:
        if ending(error) == "limit":
            return None
        if run.refused:
            raise
        became = Failure(number, error)
    run.refused = isinstance(became, Failure) and ending(became.error) == "credential"
    run.failures = [one for one in run.failures if one.number != number]
    if isinstance(became, Failure):
        run.failures.append(became)
        return became
    before = next((one for one in run.outcomes if one.number == number), None)
    if before is None:
        run.outcomes.append(became)
    else:
        run.outcomes[run.outcomes.index(before)] = became.after(before)
    return became
