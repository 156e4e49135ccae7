"""What happened in a case, as far as a year's report counts it: in which month, what, and how.

Owns the one account by which a case is counted, whether it can still be read or was erased. Each thing stands
under the month in which it was certain, by the receipts alone, so that what happens later changes nothing of
an earlier month; nor do other outcomes or another time zone of the community's. Refuses to hold anything of
anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cocflow.core.acts.appeal import AppealDecided
from cocflow.core.acts.dismiss import DISMISSAL
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.resolve import Resolved
from cocflow.core.case.case import Case
from cocflow.core.case.decided import Outcomes
from cocflow.core.case.progress import Moved, Progress, Record
from cocflow.core.case.records import Coarse, Happened, What
from cocflow.core.engine.reading import stepped
from cocflow.core.process import Process

_WITHIN: tuple[tuple[timedelta, Coarse], ...] = (
    (timedelta(days=1), "a day"),
    (timedelta(days=3), "3 days"),
    (timedelta(days=7), "a week"),
    (timedelta(days=31), "a month"),
    (timedelta(days=92), "3 months"),
)

At = tuple[datetime, What, str]


def happened(case: Case, before: Sequence[Case] = ()) -> tuple[Happened, ...]:
    """Return what a year's report counts of a case, in the order in which it happened.

    `before`: the case as it stands on the issues from which it goes on here, the first one first.
    """
    found: list[At] = []
    records = tuple(entry.record for one in (*before, case) for entry in one.ledger.counted)
    if case.is_incident:
        steps = tuple(_outcomes(case.process, records))
        found = [(received_at(case), "received", _channel(case)), *steps, *_endings(case)]
        found += [*_estimates(case, records), *_waits(case, records)]
    found += _appeals(case.process, records)
    return tuple(Happened(_month(case, at, records), what, how) for at, what, how in sorted(found, key=_when))


def month(case: Case, at: datetime) -> str:
    """Return the month of an instant where the community was then, as in `2026-11`."""
    return _month(case, at, [entry.record for entry in case.ledger.counted])


def _month(case: Case, at: datetime, records: Sequence[Record]) -> str:
    """Return the month by the zone that was named last by then, else first; by today's where none was."""
    zones = [one for one in records if one.zone]
    named = [one.zone for one in zones if one.at <= at] or [one.zone for one in zones[:1]]
    return f"{at.astimezone(ZoneInfo(named[-1]) if named else case.community.zone):%Y-%m}"


def received_at(case: Case) -> datetime:
    """Return since when a case has been there."""
    return case.progress.stays[0].since if case.progress.stays else case.issue.opened_at


def _when(one: At) -> datetime:
    return one[0]


def _channel(case: Case) -> str:
    if case.arrival is None:
        return "github"
    return "room" if case.arrival.room else "mail"


def _outcomes(process: Process, records: Sequence[Record]) -> Iterator[At]:
    """Give the gravest outcome each time that the outcomes are others, be it none."""
    progress, before = Progress(), Outcomes()
    for record in records:
        progress = stepped(progress, record)
        now = progress[Outcomes]
        if now != before and now.since is not None:
            gravest = process.outcomes.gravest(one.outcome for one in now.decided)
            yield now.since, "outcome", now.kind or (gravest.kind if gravest is not None else "")
        before = now


def _endings(case: Case) -> Iterator[At]:
    """Give each end, and each time that the case was taken up again."""
    ended = False
    for stay in case.progress.stays:
        is_end = _is_final(case.process, stay.state)
        if is_end:
            yield stay.since, "finished", "undecided" if stay.state in _undecided(case.process) else "decided"
        elif ended:
            yield stay.since, "reopened", ""
        ended = is_end


def _undecided(process: Process) -> frozenset[str]:
    return process.states_that(DISMISSAL) | {*process.are("taken_back")}


def _is_final(process: Process, name: str) -> bool:
    state = process.state(name)
    return state is not None and state.final


def _estimates(case: Case, records: Sequence[Record]) -> Iterator[At]:
    """Give for each time that the reporter was told to expect something, whether it was kept.

    It is where a new one came by then, or a decision, or the end. What isn't certain yet isn't given.
    """
    given: list[tuple[datetime, datetime]] = []
    settled: list[datetime] = []
    for record in records:
        for change in record.changes:
            if isinstance(change, Estimated):
                given.append((record.at, change.resolve))
            if isinstance(change, Estimated | Resolved) or (
                isinstance(change, Moved) and _is_final(case.process, change.to)
            ):
                settled.append(record.at)
    for at, due in given:
        following = next((one for one in settled if one > at), None)
        if following is not None and following <= due:
            yield following, "estimate", "kept"
        elif due <= case.issue.now:
            yield due, "estimate", "missed"


def _waits(case: Case, records: Sequence[Record]) -> Iterator[At]:
    """Give how long the reporter waited for the first estimate, and for the first decision."""
    kinds: tuple[tuple[What, type[Estimated] | type[Resolved]], ...] = (
        ("to_estimate", Estimated),
        ("to_decision", Resolved),
    )
    for what, kind in kinds:
        changed = (one.at for one in records if any(isinstance(change, kind) for change in one.changes))
        if (at := next(changed, None)) is not None:
            yield at, what, _within(at - received_at(case))


def _within(span: timedelta) -> Coarse:
    return next((word for longest, word in _WITHIN if span <= longest), "longer")


def _appeals(process: Process, records: Sequence[Record]) -> Iterator[At]:
    """Give what became of appeals: whether what was decided was kept, or changed.

    An incident's receipt says which; of a suspension it is kept where the account stays suspended.
    """
    for record in records:
        to = next((one.to for one in record.changes if isinstance(one, Moved)), None)
        for change in record.changes:
            if isinstance(change, AppealDecided):
                stays = to in process.are("account_suspended")
                changed = not stays if change.changed is None else change.changed
                yield record.at, "appeal", "changed" if changed else "kept"
