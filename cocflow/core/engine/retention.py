"""How long a case is kept once it is over, and what is left of it then.

Owns the clocks, and what a stub counts. A unit is an incident with everything below it and beside it that
can't be read without it: its suspensions, their rooms, the reports that are handled with it. It goes whole or
not at all, and the latest of its clocks counts. Refuses to know an outcome by its name: how long is kept, and
from when, each outcome says itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from cocflow.core.acts.continuation import goes_on, numbers
from cocflow.core.acts.dismiss import dismissed_as, duplicate_of, handled_here, is_withdrawn
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.hold import Held, held_until
from cocflow.core.acts.resolve import Resolution, Resolved
from cocflow.core.acts.room import rooms
from cocflow.core.acts.suspend import suspensions
from cocflow.core.acts.suspension import began_at
from cocflow.core.case.case import Case
from cocflow.core.case.facts import sha256
from cocflow.core.case.progress import Moved, Record, Reminded
from cocflow.core.case.records import Coarse, Heard, Stub
from cocflow.core.engine.openness import stays_open
from cocflow.core.outcomes import Keep, Outcomes, months_after
from cocflow.core.text.numbers import compact

NOTICE = timedelta(days=14)
"""How long before it can be erased it is said."""

_WITHIN: tuple[tuple[timedelta, Coarse], ...] = (
    (timedelta(days=1), "a day"),
    (timedelta(days=3), "3 days"),
    (timedelta(days=7), "a week"),
    (timedelta(days=31), "a month"),
    (timedelta(days=92), "3 months"),
)

_NO_CHANGE = (Held, Reminded)
"""What changes nothing of what was decided or said."""


# --- what belongs together -------------------------------------------------------------------------------


def is_root(case: Case) -> bool:
    """Whether a case stands for itself: nothing above it or beside it has it, and it goes on nowhere else."""
    return case.incident is None and duplicate_of(case) is None and not goes_on(case)


def below(case: Case) -> tuple[int, ...]:
    """Return the numbers of the issues that go with a case: suspensions, rooms, and reports handled with it.

    A room that nobody of the case has goes its own way as long as it is used.
    """
    accounts = (one.number for one in suspensions(case).values())
    housed = (one.number for one in rooms(case).values() if one.who or one.over)
    found = dict.fromkeys((*housed, *accounts, *handled_here(case)))
    return tuple(number for number in found if number)


def all_numbers(cases: Iterable[Case]) -> tuple[int, ...]:
    """Return the numbers of all issues of a unit in the order in which they go: what is below first."""
    root, *rest = cases
    found = (number for case in (*reversed(rest), root) for number in reversed(numbers(case)))
    return tuple(dict.fromkeys(found))


# --- the clocks ------------------------------------------------------------------------------------------


def policy(outcomes: Outcomes) -> str:
    """Return a digest of how long what is kept."""
    return sha256(repr([(one.name, one.keep, one.suspends) for one in outcomes]))[:16]


def ended(case: Case) -> datetime | None:
    """Return when the last thing was decided, said or done in a case that is over; None where it isn't.

    Whatever happens afterwards begins the time anew: an appeal that is decided, a letter, a `/told`.
    """
    state = case.state
    over = state is not None and state.final and not stays_open(case) and not case.issue.is_open
    if not over or case.ledger.broken:
        return None
    done = (entry.record.at for entry in case.ledger.counted if _is_act(entry.record))
    return max((case.progress.since, *done))


def _is_act(record: Record) -> bool:
    changed = any(not isinstance(change, _NO_CHANGE) for change in record.changes)
    return not record.refused and (changed or record.snapshot is not None)


def kept_until(
    outcomes: Outcomes, root: Case, others: Sequence[Case] = (), *, at_least: bool = False
) -> datetime | None:
    """Return until when a unit is kept; None as long as any of it isn't over, or has no end.

    `others`: all that goes with its root. `at_least`: these aren't known yet, so it may be kept longer.
    """
    unit = (root, *others)
    over = [ended(case) for case in unit]
    if not outcomes or None in over:
        return None
    decided_below = at_least or any(one.is_suspension for one in unit)
    clocks: list[datetime | None] = []
    for case, at in zip(unit, over, strict=True):
        if at is not None:
            clocks += _clocks(outcomes, case, at, alone=case is root, decided_below=decided_below)
    if None in clocks:
        return None
    held = (held_until(case) for case in unit)
    return max(one for one in (*clocks, *held) if one is not None)


def _clocks(
    outcomes: Outcomes, case: Case, over: datetime, *, alone: bool, decided_below: bool
) -> Iterator[datetime | None]:
    """Give until when each thing that was decided in a case is kept; None for what has no end.

    What orders a suspension is kept as long as that one, which has the end as it truly came.
    """
    if case.is_suspension:
        yield months_after(over, _of_suspension(outcomes, case).months)
        return
    stated = [(one, outcomes.get(one.outcome)) for one in case.outcomes] if case.is_incident else []
    if not stated:
        yield months_after(over, _unstated(outcomes, case, alone=alone).months)
    for decided, outcome in stated:
        keep = outcome.keep if outcome is not None else _longest(outcomes)
        if keep.since == "closed":
            yield months_after(over, keep.months)
        elif outcome is not None and outcome.suspends and decided_below:
            yield over
        else:
            yield months_after(max(over, decided.until), keep.months) if decided.until is not None else None


def _longest(outcomes: Outcomes) -> Keep:
    """Return how long is kept what states no outcome: as the longest of those without an end of their own."""
    keeps = [one.keep for one in outcomes if one.keep.since == "closed"] or [one.keep for one in outcomes]
    return max(keeps, key=lambda one: one.months)


def _unstated(outcomes: Outcomes, case: Case, *, alone: bool) -> Keep:
    """Return how long a case without a stated outcome is kept.

    As the mildest where nothing was decided; a room by itself as what was resolved: reports may stand on it.
    """
    decided = case.progress[Resolution].words is not None if case.is_incident else alone
    mildest = next(iter(outcomes)).keep
    return _longest(outcomes) if decided and not (is_withdrawn(case) or dismissed_as(case)) else mildest


def _of_suspension(outcomes: Outcomes, case: Case) -> Keep:
    """Return how long a suspension is kept: as the mildest where nobody was ever suspended.

    Where it was overturned, as what was resolved without an outcome.
    """
    if began_at(case) is None:
        return next(iter(outcomes)).keep
    if is_overturned(case):
        return _longest(outcomes)
    suspending = [one.keep for one in outcomes if one.suspends]
    return min(suspending, key=lambda one: one.months) if suspending else _longest(outcomes)


def is_overturned(case: Case) -> bool:
    """Whether a suspension was undone on appeal."""
    return case.progress.state in {
        one.to for one in case.process.moves if one.to and one.command == "overturn"
    }


# --- what is left ----------------------------------------------------------------------------------------


def stub_of(outcomes: Outcomes, root: Case, others: Sequence[Case], kept: datetime) -> Stub:
    """Return what is left of a unit that is over, and kept until then: counts, and months."""
    stated = [one.outcome for case in (root, *others) if case.is_incident for one in case.outcomes]
    gravest = outcomes.gravest(stated)
    promised = list(_promises(root))
    over = max((at for one in (root, *others) if (at := ended(one)) is not None), default=kept)
    received = _received(root)
    return Stub(
        first=numbers(root)[0],
        numbers=compact(all_numbers((root, *others))),
        received=_month(root, received),
        finished=_month(root, over),
        kept=_month(root, kept),
        channel=_channel(root),
        ended=_ended_as(root),
        outcome=gravest.name if gravest is not None else "",
        outcomes=tuple(sorted(stated)),
        appeals=tuple(heard for one in (root, *others) for heard in _appeals(one)),
        estimates_kept=promised.count(True),
        estimates_missed=promised.count(False),
        to_estimate=_within(received, _first(root, Estimated)),
        to_decision=_within(received, _first(root, Resolved)),
    )


def _month(case: Case, at: datetime) -> str:
    return f"{at.astimezone(case.community.zone):%Y-%m}"


def _received(case: Case) -> datetime:
    return case.progress.stays[0].since if case.progress.stays else case.issue.opened_at


def _channel(case: Case) -> str:
    if not case.is_incident:
        return case.process.name
    if case.arrival is None:
        return "github"
    return "room" if case.arrival.room else "mail"


def _ended_as(case: Case) -> str:
    """Return how a case ended, in the words of the process: its state, and why it was dismissed."""
    why = dismissed_as(case)
    return f"{case.progress.state}: {why}" if why is not None else case.progress.state or ""


def _first(case: Case, kind: type[Estimated] | type[Resolved]) -> datetime | None:
    records = (entry.record for entry in case.ledger.counted)
    return next((one.at for one in records if any(isinstance(change, kind) for change in one.changes)), None)


def _promises(case: Case) -> Iterator[bool]:
    """Give for each time that the reporter was told to expect something, whether it was kept.

    It is where a new one came by then, or the case had left for where nobody is waited for.
    """
    given: list[tuple[datetime, datetime]] = []
    settled: list[datetime] = []
    for entry in case.ledger.counted:
        for change in entry.record.changes:
            if isinstance(change, Estimated):
                given.append((entry.record.at, change.resolve))
            if isinstance(change, Estimated | Resolved) or _is_final(case, change):
                settled.append(entry.record.at)
    for at, due in given:
        following = next((one for one in settled if one > at), None)
        if following is not None:
            yield following <= due


def _is_final(case: Case, change: object) -> bool:
    state = case.process.state(change.to) if isinstance(change, Moved) else None
    return state is not None and state.final


def _appeals(case: Case) -> Iterator[Heard]:
    """Give what became of the appeals of a suspension: by which command each was decided."""
    decides: dict[str, Heard] = {"overturn": "changed", "uphold": "kept"}
    moves = {move.name: decides[move.command or ""] for move in case.process.moves if move.command in decides}
    for entry in case.ledger.counted:
        if entry.record.move in moves and not entry.record.refused:
            yield moves[entry.record.move]


def _within(since: datetime, at: datetime | None) -> Coarse | None:
    """Return how long something took, coarsely; None where it never came."""
    if at is None:
        return None
    return next((word for span, word in _WITHIN if at - since <= span), "longer")
