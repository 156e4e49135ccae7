"""Who has a case from a decision on: the next one in turn when it is opened, else whoever takes it by acting.

Owns that rule alone; whom GitHub shows as the assignee follows it.
"""

from __future__ import annotations

from datetime import datetime

from cocflow.core.acts.owner import Owned, had_by, has_owners, owned_by, owner, turn
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor
from cocflow.core.case.progress import Change
from cocflow.core.engine.timers import earliest, is_late
from cocflow.core.process import Move


def asks_whose_turn(case: Case) -> bool:
    """Whether what comes next may depend on whose turn it is, or on who is away.

    Whoever has a case and is away is relieved where somebody looks for that.
    """
    incident = case.incident or case
    if not has_owners(incident):
        return False
    free = case.progress.state is None or (bool(had_by(incident)) and owner(incident) is None)
    due = earliest(case) if not free else None
    return free or (due is not None and due <= case.issue.now)


def owned(
    before: Case,
    after: Case,
    changes: tuple[Change, ...],
    move: Move | None,
    asker: Actor | None,
    at: datetime,
) -> tuple[Owned, ...]:
    """Return who has the case from a decision on, where that changes by it and it doesn't say so itself."""
    if not has_owners(after) or any(isinstance(one, Owned) for one in changes):
        return ()
    if before.progress.state is None:
        return tuple(owned_by(after, one) for one in turn(after)[:1])
    acts = move is not None and (move.to is not None or bool(move.records))
    mine = next((one for one in after.eligible if one == after.administrator(asker)), None)
    if mine is None or not acts or owner(after) == mine:
        return ()
    free = owner(before) is None or is_late(before, at)
    return (owned_by(after, mine),) if free else ()
