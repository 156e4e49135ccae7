"""When the clock alone makes something due.

Owns the arithmetic of timers: due means `now >= due`, never "today", so a late run does what an
early one would have done. Reminders that were missed coalesce into the newest of them. A reminder that
comes in steps comes ever more seldom, and to ever more people; where somebody may be in danger, to everyone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.owner import owner, sees_to_it, turn
from cocflow.core.acts.report import in_danger
from cocflow.core.case.act import Ask
from cocflow.core.case.case import Case, once
from cocflow.core.case.ids import Occurrence
from cocflow.core.people.roster import Administrator
from cocflow.core.process import Step, Timer

_ASK = Ask(at=datetime.min.replace(tzinfo=UTC), roles=frozenset({"cocflow"}))
"""What timers ask their guards, which look at the case and not at who asks."""

_EVERY = (Step(after=0, again=1),)
"""The steps of a timer that has none: every time."""

_ONCE = (Step(after=0),)


class Due(msgspec.Struct, frozen=True):
    """One occurrence of a timer, at its due instant."""

    timer: Timer
    at: datetime

    @property
    def id(self) -> str:
        """What a receipt says it answers."""
        return str(Occurrence.at(self.timer.name, self.at))


class Reached(msgspec.Struct, frozen=True):
    """A step of a reminder that was reached, and when."""

    at: datetime
    step: Step


@once
def first_due(case: Case, timer: Timer) -> datetime | None:
    """Return when a timer first falls due in its present run, None if it doesn't run."""
    entered = case.progress.since_in(timer.in_)
    if entered is None or ACTS.refusal(case, timer.guards, _ASK) is not None:
        return None
    if timer.at is not None:
        at, shift = ACTS.instants[timer.at].of(case), _shift(case, timer)
        if at is None or shift is None or _is_moot(case, timer, at):
            return None
        return max(at + shift, entered)
    span = _span(case, timer.after)
    return None if span is None else entered + span


def _is_moot(case: Case, timer: Timer, at: datetime) -> bool:
    """Whether a reminder of what is to come would come too late: it has come."""
    return timer.before is not None and not timer.in_order and at <= case.issue.now


def _shift(case: Case, timer: Timer) -> timedelta | None:
    """Return how far from its instant a timer is due; None where the community says never."""
    before, after = (_span(case, name) if name else timedelta() for name in (timer.before, timer.after))
    return None if before is None or after is None else after - before


def _span(case: Case, figure: str | None) -> timedelta | None:
    return None if figure is None else case.waiting_period(figure)


def steps(timer: Timer, every: timedelta | None) -> tuple[Step, ...]:
    """Return in which steps a timer comes; `every`: None where it comes once."""
    return _ONCE if every is None else timer.patience or _EVERY


def passed(
    timer: Timer, first: datetime, every: timedelta | None, upto: datetime, *, urgent: bool = False
) -> Reached | None:
    """Return the newest step that a timer has reached at an instant; None before it is first due.

    `urgent`: somebody may be in danger, so that each step tells everyone.
    """
    found = [
        Reached(first + _span_of(every, step.after + (step.again or 0) * times), step)
        for step, since in _since(timer, first, every)
        if since <= upto
        for times in [(upto - since) // _span_of(every, step.again) if step.again else 0]
    ]
    newest = max(found, key=lambda one: one.at, default=None)
    if newest is None or not urgent:
        return newest
    return Reached(newest.at, msgspec.structs.replace(newest.step, tells="everyone"))


def comes(timer: Timer, first: datetime, every: timedelta | None, after: datetime | None) -> datetime | None:
    """Return when a timer comes next after an instant (None: from its beginning); None if it doesn't."""
    if after is None or after < first:
        return first
    found: list[datetime] = []
    for step, since in _since(timer, first, every):
        if since > after:
            found.append(since)
        elif step.again:
            again = _span_of(every, step.again)
            found.append(since + again * ((after - since) // again + 1))
    return min(found, default=None)


def _since(timer: Timer, first: datetime, every: timedelta | None) -> Iterator[tuple[Step, datetime]]:
    return ((step, first + _span_of(every, step.after)) for step in steps(timer, every))


def _span_of(every: timedelta | None, times: int) -> timedelta:
    return (every or timedelta()) * times


def next_due(case: Case, timer: Timer) -> Due | None:
    """Return the earliest occurrence of a timer that isn't done, due already or not."""
    first = first_due(case, timer)
    return _next(case, timer, first) if first is not None else None


def _next(case: Case, timer: Timer, first: datetime) -> Due | None:
    at = comes(timer, first, _span(case, timer.every), case.progress.reminded.get(timer.name))
    return Due(timer, at) if at is not None else None


def newest_due(case: Case, timer: Timer, now: datetime) -> Due | None:
    """Return the newest occurrence of a timer that is due now and not done; earlier ones with it."""
    first = first_due(case, timer)
    due = _next(case, timer, first) if first is not None else None
    if due is None or first is None or due.at > now:
        return None
    reached = passed(timer, first, _span(case, timer.every), now)
    return Due(timer, reached.at) if reached is not None else due


def is_told_elsewhere(case: Case, timer: Timer) -> bool:
    """Whether a reminder stands in the digest, which every administrator reads, and not on the case."""
    return bool(timer.digest) and case.eligible == case.community.administrators


def earliest(case: Case) -> datetime | None:
    """Return when cocflow must look at the case again by itself, None if never.

    Of what is told elsewhere, once it is first due: the card says that it is late.
    """
    dues: list[datetime] = []
    for timer in case.process.timers:
        if not is_told_elsewhere(case, timer):
            due = next_due(case, timer)
            dues += [due.at] if due is not None else []
        elif (first := first_due(case, timer)) is not None and first > case.issue.now:
            dues.append(first)
    return min(dues, default=None)


def waits(case: Case) -> dict[str, datetime]:
    """Return what the case waits for, or will, that somebody is to be reminded of: since when, by timer."""
    found = ((one.name, first_due(case, one)) for one in case.process.timers if one.digest)
    return {name: first for name, first in found if first is not None}


def step_of(case: Case, timer: Timer, at: datetime) -> Step | None:
    """Return the step that a reminder has reached at an instant; None where it doesn't come in steps."""
    first = first_due(case, timer) if timer.patience else None
    if first is None:
        return None
    reached = passed(timer, first, _span(case, timer.every), at, urgent=in_danger(case))
    return reached.step if reached is not None else None


def is_late(case: Case, at: datetime) -> bool:
    """Whether something has waited so long that others than whoever has the case are told."""
    found = (step_of(case, timer, at) for timer in case.process.timers)
    return any(step is not None and step.tells != "owner" for step in found)


def told(case: Case, step: Step | None) -> tuple[Administrator, ...]:
    """Return the administrators whom a step tells, or whom anything else on the case does (None).

    Where somebody may be in danger, everyone, until the reporter has an estimate. Where whoever has it can't
    make what comes next, those who can.
    """
    alarmed = in_danger(case) and case.is_("awaits_estimate")
    if alarmed or (step is not None and step.tells == "everyone"):
        return case.eligible
    has, sees = owner(case), sees_to_it(case)
    if has is None or sees != (has,):
        return sees
    following = tuple(one for one in turn(case) if one != has)[:1]
    return (has, *following) if step is not None and step.tells == "next" else (has,)
