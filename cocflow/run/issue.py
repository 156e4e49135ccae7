"""One issue: read, decide, perform, until nothing is left to do.

Owns the order of effects, the rule *Perform*: receipt (its notices are now owed), check that it counts,
deliver, labels, card; each effect has a module of its own. What isn't done when a run dies is done by
the next one, since every step asks what is true and not what was tried. It refuses to decide on a case
that is broken, or whose state the process lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.continuation import goes_on
from cocflow.core.acts.dismiss import knows, released
from cocflow.core.acts.suspend import unsettled
from cocflow.core.case.case import Case
from cocflow.core.case.child import TwiceMadeError
from cocflow.core.case.records import Try
from cocflow.core.engine.decide import decide, noted
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.reading import Read
from cocflow.core.engine.recovery import recovery
from cocflow.errors import AdapterError, CocflowError, DefinitionError
from cocflow.ports import Write
from cocflow.run.access import is_made, let_in, put_out, put_strangers_out, who_is_in
from cocflow.run.away import answer
from cocflow.run.board import read_board
from cocflow.run.book import read_book
from cocflow.run.card import halt, show
from cocflow.run.children import AT_ONCE, give_up, note, open_children, unopened
from cocflow.run.continuations import begun, continuing, rest
from cocflow.run.delivery import deliver, words_changed
from cocflow.run.desk import Desk
from cocflow.run.duplicates import due_now, tell_others, with_others
from cocflow.run.locks import unlocked
from cocflow.run.projection import assign, project, tick_off, tidy
from cocflow.run.receipts import post, say_the_rest
from cocflow.run.room_issues import outlasting
from cocflow.run.suspensions import named_anew
from cocflow.run.trouble import OwnFaultError, ending

_Done = TypeVar("_Done")

RECEIPTS = 30
"""The receipts that one issue gets at a time: whoever writes there without end keeps nobody else waiting."""


class Failure(msgspec.Struct, frozen=True):
    """An issue that could not be dealt with, and the error, which holds nobody's words."""

    number: int
    error: CocflowError


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one issue: how many receipts were written, and what could not be done.

    `undelivered` counts notices whose channel failed, `returned` those that came back; `broken` means that
    the case has stopped.
    `failures`: other issues, an incident or suspensions, that could not be dealt with on this one's way.
    `left`: it had its share, and more is to be answered there. `unread` counts what GitHub shows there in a
    form that can't be understood now.
    `board`: it is no case, but the board.
    """

    number: int
    receipts: int = 0
    undelivered: int = 0
    returned: int = 0
    broken: bool = False
    board: bool = False
    failures: tuple[Failure, ...] = ()
    left: bool = False
    unread: int = 0

    def with_(self, other: Outcome) -> Outcome:
        """Return both outcomes as one, under this one's number."""
        return Outcome(
            number=self.number,
            receipts=self.receipts + other.receipts,
            undelivered=self.undelivered + other.undelivered,
            returned=self.returned,  # the other is listed for itself
            broken=self.broken or other.broken,
            failures=self.failures + other.failures,
            left=self.left or other.left,
            unread=self.unread + other.unread,
        )

    def after(self, before: Outcome) -> Outcome:
        """Return what became of the issue in a run that had dealt with it before."""
        return msgspec.structs.replace(
            self, receipts=self.receipts + before.receipts, failures=before.failures + self.failures
        )

    @property
    def complete(self) -> bool:
        """Whether everything that was to be done is done."""
        return not self.broken and self.undelivered == 0 and not self.failures and not self.unread


def attempted(number: int, enforced: Callable[[], Outcome]) -> Outcome | Failure:
    """Return what became of an issue, or its failure: whatever goes wrong there is that issue's own.

    AdapterError only where everything else would be refused alike; TwiceMadeError is an answer, no failure.
    """
    try:
        return enforced()
    except TwiceMadeError:
        raise
    except CocflowError as error:
        if ending(error):
            raise
        return Failure(number, error)
    except Exception as error:  # noqa: BLE001 - it costs this issue, and no other
        return Failure(number, OwnFaultError(error))


def enforce(desk: Desk, number: int, read: Read | None = None) -> Outcome:
    """Answer every unanswered request and every due timer of one issue, and of what it opens.

    `read`: how it stands, where that was read just now.
    Raises AdapterError where GitHub doesn't answer, DefinitionError where the process lacks the
    state that the case is in; both leave a case that the next run takes up.
    """
    read = read or desk.read(number)
    if read_board(read.issue, desk) is not None:
        answer(desk, read.issue)
        return Outcome(number=number, board=True)
    if read_book(read.issue, desk) is not None:
        return Outcome(number=number)
    read = begun(desk, unlocked(desk, read))
    incident = desk.incident_of(read)
    outcome, case, amiss = Outcome(number=number), desk.open(read, incident=incident), list[AdapterError]()
    if desk.continuation(case) is None:
        outcome, case = _drain(desk, read, incident, amiss=amiss)
    if not outcome.broken:
        outcome = _onwards(desk, read, case, outcome)
    if amiss:
        raise amiss[0]
    return outcome


def _onwards(desk: Desk, read: Read, case: Case, outcome: Outcome) -> Outcome:
    """Have what a case opens, or where it goes on, looked at; return the outcome with what became of it."""
    number = outcome.number
    if (there := continuing(desk, case)) is not None:
        rest(desk, case, there)
        return _with(outcome, there, attempted(there, partial(enforce, desk, there)))
    opened, anew = open_children(desk, case), named_anew(case, read.ledger)
    for child in dict.fromkeys((*opened, *anew, *unsettled(case), *outlasting(case))):
        became = attempted(child, partial(enforce, desk, child))
        outcome = _with(outcome, number, became)
        if isinstance(became, Failure):
            # The others are picked for themselves by the next run, so that they are noted in their order.
            return outcome
    for report in released(case):
        outcome = _with(outcome, number, attempted(report, partial(_released, desk, report)))
    return msgspec.structs.replace(outcome, left=True) if len(unopened(desk, case)) > AT_ONCE else outcome


def _released(desk: Desk, number: int) -> Outcome:
    """Have a report looked at that was handled with one that has ended without a resolution."""
    return enforce(desk, number) if due_now(desk, number) else Outcome(number=number)


def _with(outcome: Outcome, number: int, became: Outcome | Failure) -> Outcome:
    """Return an outcome with what became of an issue on this one's way."""
    if isinstance(became, Failure):
        became = Outcome(number=number, failures=(became,))
    return outcome.with_(became)


def _drain(
    desk: Desk,
    read: Read,
    incident: Case | None = None,
    about: Case | None = None,
    *,
    amiss: list[AdapterError],
) -> tuple[Outcome, Case]:
    """Decide and perform until nothing is left to do. `about`: one below it that it is to note.

    What of it can't be shown is kept as `amiss`: all is decided, and whom it concerns is told.
    """
    delivered: set[str] = set()
    card, number = read.ledger.card_record, read.issue.number
    tries = dict(card.tries) if card is not None else {}
    receipts, access, first = 0, None, True
    elsewhere: tuple[Failure, ...] = ()
    while True:
        if read.issue.may_miss_ours:  # what was answered and told may be among it
            raise AdapterError(200, "query ISSUE", kind="odd")
        case = with_others(desk, desk.open(read, delivered, incident))
        access = who_is_in(desk, case) if first else access
        case = msgspec.structs.replace(case, access=access)
        if first:
            put_strangers_out(desk, case)
            if not case.ledger.broken:
                _say_the_rest(desk, read, incident, about)
        first = False
        decision: Decision | None = None
        if goes_on(case):
            break
        put_out(desk, case)
        try:
            sent, on_the_way = _hand_out(desk, case, tries)
        except TwiceMadeError as twice:
            give_up(desk, case, twice)
            return Outcome(number=number), case
        elsewhere = on_the_way
        if sent:
            delivered |= sent
            access = None if is_made(case, sent) else access
            continue
        decision = _next(case, about)
        if decision is None or receipts >= RECEIPTS:
            break
        if not case.issue.space:
            # Going on elsewhere needs no comment here: a later run decides it again, and finds it done.
            after, decision = case.after(decision.record), None
            case = after if goes_on(after) else case
            break
        read, counts = post(desk, case, decision)
        receipts += counts
    if case.ledger.broken:
        halt(desk, case)
        return Outcome(number=number, receipts=receipts, broken=True, failures=elsewhere), case
    if case.progress.state is None or goes_on(case):
        return Outcome(number=number, receipts=receipts, failures=elsewhere), case
    owed = (one for one in case.progress.owed() if not words_changed(case, one))
    tries = {one.id: tries[one.id] for one in owed if one.id in tries}
    _aside(amiss, partial(assign, desk, case))
    edited = _aside(amiss, partial(tick_off, desk, case)) or case.issue.body_edited_at
    left = decision is not None
    is_let_in = let_in(desk, case)
    writes = [*project(case, tries), *tidy(case)]
    says = partial(show, desk, case, tries, edited)
    unfinished = left or not is_let_in or bool(amiss)
    _aside(amiss, partial(_perform, desk, case, writes, says, unfinished=unfinished))
    undelivered = sum(one.again is not None for one in tries.values())
    outcome = Outcome(
        number=number,
        receipts=receipts,
        undelivered=undelivered,
        returned=len(tries) - undelivered,
        failures=elsewhere,
        left=left,
        unread=len(case.issue.unread),
    )
    return outcome, case


def _aside(amiss: list[AdapterError], done: Callable[[], _Done]) -> _Done | None:
    """Have GitHub show a part of how a case stands; a failure is amiss, and keeps nothing else back."""
    try:
        return done()
    except AdapterError as error:
        if ending(error):
            raise
        amiss.append(error)
        return None


def _perform(
    desk: Desk, case: Case, writes: list[Write], card: Callable[..., list[Write]], *, unfinished: bool
) -> None:
    """Have GitHub show how a case stands, and its card that all that is done.

    One request, but the first card waits until all else is done. Where a part of it fails, the card that may
    have been written with it would keep the next run away: so it says that there is more to do.
    """
    shown = case.ledger.card
    last = card(unfinished=unfinished)
    try:
        desk.tracker.write(case.issue, [*writes, *last] if shown is not None else writes)
    except AdapterError:
        if writes and shown is not None:
            with suppress(AdapterError):
                desk.tracker.write(case.issue, card(unfinished=True))
        raise
    if shown is None:
        desk.tracker.write(case.issue, last)


def _hand_out(desk: Desk, case: Case, tries: dict[str, Try]) -> tuple[set[str], tuple[Failure, ...]]:
    """Have everyone told what a sound case owes, before more is decided; return the ids of what went out.

    So what follows from the telling is decided alike by a run that died, one that lost a race, and
    one that did neither. An incident that can't note its suspension, or a report that is handled with it,
    keeps nobody from being told: they owe it that still, and its failure is returned too.
    """
    if case.ledger.broken:
        return set(), ()
    failures: list[Failure] = []

    def drains(number: int, about: Case | None, is_known: Callable[[Case], bool]) -> bool:
        known: list[bool] = []

        def drain() -> Outcome:
            there, amiss = desk.read(number), list[AdapterError]()
            outcome, other = _drain(desk, there, desk.incident_of(there), about=about, amiss=amiss)
            if amiss:
                raise amiss[0]
            known.append(not outcome.broken and is_known(other))
            return outcome

        became = attempted(number, drain)
        failures.extend([became] if isinstance(became, Failure) else became.failures)
        return known == [True]

    marks = note(case, lambda number: drains(number, case, lambda above: ACTS.noting(above, case) is None))
    marks |= tell_others(desk, case, lambda number: drains(number, None, lambda other: knows(other, case)))
    return marks | deliver(desk, case, tries), tuple(failures)


def _say_the_rest(desk: Desk, read: Read, incident: Case | None, about: Case | None) -> None:
    """Have what a run left unsaid of its receipt said, by deciding it once more."""

    def decided(before: Read) -> tuple[Case, Decision | None]:
        case = with_others(desk, desk.open(before, (), incident))
        return case, _next(case, about)

    say_the_rest(desk, read, decided)


def _next(case: Case, about: Case | None) -> Decision | None:
    if case.ledger.broken:
        return recovery(case)
    state = case.progress.state
    if state is not None and case.process.state(state) is None:
        raise DefinitionError(
            f"Issue {case.issue.number} is in a state that the process lacks.",
            hint="put the state back into the definition",
        )
    if about is not None and state is not None and (decision := noted(case, about)) is not None:
        return decision
    return decide(case)
