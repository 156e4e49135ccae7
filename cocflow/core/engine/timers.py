"""When the clock alone makes something due.

Owns the arithmetic of timers: due means `now >= due`, never "today", so a late run does what an
early one would have done. Reminders that were missed coalesce into the newest of them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.case.act import Ask
from cocflow.core.case.case import Case
from cocflow.core.case.ids import Occurrence
from cocflow.core.process import Timer

_ASK = Ask(at=datetime.min.replace(tzinfo=UTC), roles=frozenset({"cocflow"}))
"""What timers ask their guards, which look at the case and not at who asks."""


class Due(msgspec.Struct, frozen=True):
    """One occurrence of a timer, at its due instant."""

    timer: Timer
    at: datetime

    @property
    def id(self) -> str:
        """What a receipt says it answers."""
        return str(Occurrence.at(self.timer.name, self.at))


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


def next_due(case: Case, timer: Timer) -> Due | None:
    """Return the earliest occurrence of a timer that isn't done, due already or not."""
    first = first_due(case, timer)
    if first is None:
        return None
    done = case.progress.reminded.get(timer.name)
    if done is None or done < first:
        return Due(timer, first)
    span = _span(case, timer.every)
    if span is None:
        return None
    return Due(timer, first + span * ((done - first) // span + 1))


def newest_due(case: Case, timer: Timer, now: datetime) -> Due | None:
    """Return the newest occurrence of a timer that is due now and not done; earlier ones with it."""
    due = next_due(case, timer)
    if due is None or due.at > now:
        return None
    span = _span(case, timer.every)
    return due if span is None else Due(timer, due.at + span * ((now - due.at) // span))


def earliest(case: Case) -> datetime | None:
    """Return when cocflow must look at the case again by itself, None if never."""
    dues = [due.at for timer in case.process.timers if (due := next_due(case, timer)) is not None]
    return min(dues, default=None)
