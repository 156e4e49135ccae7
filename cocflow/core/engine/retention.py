"""How long a case is kept once it is over, and what is left of it then.

Owns the clocks, and what a stub counts. A unit is an incident with everything below it and beside it that
can't be read without it: its suspensions, their rooms, the reports that are handled with it. It goes whole or
not at all, and the latest of its clocks counts. Refuses to know an outcome by its name: how long is kept, and
from when, each outcome says itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import msgspec

from cocflow.core.acts.appeal import DECISION, last_appeal_until
from cocflow.core.acts.continuation import goes_on, numbers
from cocflow.core.acts.dismiss import dismissed_as, duplicate_of, handled_here, is_withdrawn
from cocflow.core.acts.hold import Held, held_until
from cocflow.core.acts.resolve import Resolution
from cocflow.core.acts.room import rooms
from cocflow.core.acts.suspend import suspensions
from cocflow.core.acts.suspension import began_at
from cocflow.core.case.case import Case
from cocflow.core.case.facts import sha256
from cocflow.core.case.progress import Record, Reminded
from cocflow.core.case.records import Stub
from cocflow.core.engine.happening import happened, month, received_at
from cocflow.core.engine.openness import stays_open
from cocflow.core.outcomes import Keep, Outcomes, months_after
from cocflow.core.text.numbers import compact

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


def goes_with(parent: Case, case: Case) -> bool:
    """Whether a case that was read by a number of `below` is the one that goes with it.

    Where a case was moved to another repository, such a number may be that of something else there.
    """
    accounts = ((one.number, one.issue) for one in suspensions(parent).values())
    housed = ((one.number, one.issue) for one in rooms(parent).values())
    known = {id_ or case.issue.id for number, id_ in (*accounts, *housed) if number == case.issue.number}
    return not known.isdisjoint(case.ids) or duplicate_of(case) in numbers(parent)


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
    besides = (end for case in unit for end in (held_until(case), last_appeal_until(case)))
    return max(one for one in (*clocks, *besides) if one is not None)


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
    """Whether a suspension was undone on appeal: it was decided, and the account isn't suspended."""
    decided = case.is_suspension and case.progress.state in case.process.states_that(DECISION)
    return decided and not case.is_("account_suspended")


# --- what is left ----------------------------------------------------------------------------------------


def stub_of(
    root: Case, others: Sequence[Case], kept: datetime, before: Mapping[int, Sequence[Case]] | None = None
) -> Stub:
    """Return what is left of a unit that is over, and kept until then: counts, and months.

    `before`: of what goes on in an issue of that number, what stands on the issues before it.
    """
    unit = (root, *others)
    over = max((at for one in unit if (at := ended(one)) is not None), default=kept)
    return Stub(
        first=numbers(root)[0],
        numbers=compact(all_numbers(unit)),
        received=month(root, received_at(root)),
        finished=month(root, over),
        kept=month(root, kept),
        happened=tuple(
            msgspec.structs.replace(one, of=of)
            for of, case in enumerate(unit)
            for one in happened(case, (before or {}).get(case.issue.number, ()))
        ),
    )
