"""Who has a case: one administrator, whom GitHub shows as the assignee, and who is reminded first.

Owns who has it, and who comes next. Whoever has no say in the case can't have it, whoever says so; a
suspension is had by whoever has its incident.
"""

from __future__ import annotations

from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Assigned
from cocflow.core.case.progress import Change
from cocflow.core.people.roster import Administrator
from cocflow.core.people.rota import in_turn


class Owned(Change, frozen=True, kw_only=True, tag="owned"):
    """Whoever is known by these digests has the case now."""

    marks: tuple[str, ...]


def owned_by(case: Case, administrator: Administrator) -> Owned:
    """Return the change by which somebody has the case."""
    return Owned(marks=tuple(sorted(case.community.marks_of(administrator))))


def has_owners(case: Case) -> bool:
    """Whether the process lets an incident be somebody's."""
    return any(move.assign for move in case.process.moves)


def had_by(case: Case) -> frozenset[str]:
    """Return the digests of who had the case last, be it theirs still or not; none where nobody did."""
    kept = case.progress.newest(Owned)
    if kept is None and case.incident is not None:
        return had_by(case.incident)
    return frozenset(kept.marks) if kept is not None else frozenset()


def owner(case: Case) -> Administrator | None:
    """Return who has the case; None where nobody does, or whoever did has no say any more."""
    marks = had_by(case)
    return next((one for one in case.eligible if case.community.marks_of(one) & marks), None)


def is_away(case: Case, administrator: Administrator) -> bool:
    """Whether an administrator has said that they are away."""
    return not case.community.marks_of(administrator).isdisjoint(case.rota.away)


def turn(case: Case) -> tuple[Administrator, ...]:
    """Return who may have the case, as their turn comes: after whoever has it, or had the newest incident."""
    after = had_by(case) or case.rota.last
    return in_turn(case.community, case.eligible, after, case.rota.away)


def who_goes_on(case: Case) -> tuple[Administrator, ...]:
    """Return who may make what comes next, where the process lets only some; () where it says of nobody."""
    moves = (one for one in case.process.moves_from(case.progress.state) if "administrator" in one.by)
    let = [case.subjects.let(case, one.guards) for one in moves if one.to is not None]
    some = [one for one in let if one != case.eligible]
    return tuple(one for one in case.eligible if any(one in those for those in some))


def sees_to_it(case: Case) -> tuple[Administrator, ...]:
    """Return whoever has the case, where they can make what comes next; else those who can, or everyone."""
    has, let = owner(case), who_goes_on(case)
    return (has,) if has is not None and (not let or has in let) else let or case.eligible


def owner_gone(case: Case, ask: Ask) -> str | None:
    """Refuse while whoever has the case can see to it, or nobody else can."""
    has, others = owner(case), turn(case)
    if not had_by(case) or not others:
        return "Nobody is to be relieved."
    if has is None or (is_away(case, has) and not is_away(case, others[0])):
        return None
    return "Whoever has it can see to it."


def assigned_has_say(case: Case, ask: Ask) -> str | None:
    """Refuse to give a case to whoever has no say in it."""
    return None if _assigned(case, ask) is not None else "Whoever has no say in this case can't have it."


def _assigned(case: Case, ask: Ask) -> Administrator | None:
    assignee = ask.fact.assignee if isinstance(ask.fact, Assigned) else None
    known = case.administrator(assignee)
    return known if known in case.eligible else None


def _record(case: Case, ask: Ask) -> tuple[Change, ...]:
    to = _assigned(case, ask) if isinstance(ask.fact, Assigned) else turn(case)[0]
    return (owned_by(case, to),) if to is not None else ()


ACT = Act(
    name="owner",
    serves=("incident",),
    changes=(Owned,),
    guards=(
        Guard(
            "assigned_has_say", "Whoever it is given to has a say in the case.", assigned_has_say, asked=True
        ),
        Guard(
            "owner_gone",
            "Whoever has the case is away, or has no say in it any more, and somebody else can take it.",
            owner_gone,
        ),
    ),
    records=(Recorder("owner", "who has the case now", _record, by_assignment=True, by_itself=True),),
)
