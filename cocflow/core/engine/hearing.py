"""What people write that asks for nothing: it is put before the administrators, however it was said.

Owns the receipt of it: once for each who begins to wait for an answer, and for whatever of the reporter's
holds up what waits. What counts as that is the subject's (`core/acts/hearing.py`).
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.acts.hearing import (
    ReporterSpoke,
    awaits_hearing,
    held_since,
    is_by_reporter,
    is_first,
    spoken,
    unanswered,
)
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Fact
from cocflow.core.engine.decision import Decision, new_record, owed_by
from cocflow.core.engine.requests import objects

SPOKE = "administrators/reporter_spoke"
WAITS = "reporter/you_are_heard"
WROTE = "administrators/wrote"
PASSED_ON = "reporter/passed_on"


def talk(case: Case, fact: Fact) -> Decision:
    """Return the answer to words of the reporter's that ask for nothing, and hold up what waits or object."""
    by = fact.by.id if fact.by is not None else None
    answer = Decision(record=new_record(case, fact.id, fact.at, by=by), says=(), asker=fact.by)
    if objects(case, fact):
        here = any(one.here for one in case.people_who("reporter"))
        answer = _with(case, answer, (PASSED_ON, WROTE) if here else (WROTE,), WROTE)
    return with_speech(case, fact, answer)


def letter(case: Case, fact: Fact, at: datetime, reason: str | None) -> Decision:
    """Return the answer to a letter of somebody in the case that asks for nothing that it could get.

    Of who waits for an answer already, the administrators are mentioned no further time.
    """
    answer = Decision(record=new_record(case, fact.id, at), says=(), reason=reason)
    return _with(case, answer, (WROTE,), WROTE if is_first(case, fact) else None)


def in_vain(case: Case, fact: Fact, decision: Decision) -> Decision:
    """Add to a refusal of what the reporter asked for too late that the administrators are to read it.

    Once for each time that they begin to wait for an answer: what they want may be urgent, and isn't done.
    """
    since = case.progress.since_in(case.process.are("objection_open"))
    vain = decision.record.refused and decision.copy is None  # what can be put right, isn't
    if since is None or not vain or not is_by_reporter(case, fact):
        return decision
    if any(one.at > since for one in unanswered(case).get("reporter", ())):
        return decision
    return _with(case, decision, (WROTE,), WROTE)


def with_speech(case: Case, fact: Fact, decision: Decision) -> Decision:
    """Add to an answer that the reporter spoke, unless that is known, or nothing waits after it."""
    at = spoken(case, fact)
    record = decision.record
    if at is None or awaits_hearing(case) or held_since(case.after(record)) is None:
        return decision
    spoke = msgspec.structs.replace(record, changes=(*record.changes, ReporterSpoke(at=at)))
    here = any(one.here for one in case.after(spoke).people_who("reporter")) and case.mail(fact) is None
    says = (*((WAITS,) if here and not record.refused else ()), SPOKE)
    others = tuple(one for one in decision.says if one not in (WROTE, PASSED_ON))
    answer = msgspec.structs.replace(decision, record=spoke, says=others)
    return _with(case, answer, says, SPOKE if WROTE not in decision.says or not record.owed else None)


def _with(case: Case, decision: Decision, says: tuple[str, ...], ping: str | None) -> Decision:
    """Add texts to an answer, and that the administrators' channel is told of one of them."""
    record = decision.record
    owed = owed_by(case, record, case.after(record), (ping,)) if ping is not None else ()
    record = msgspec.structs.replace(record, owed=(*record.owed, *owed))
    return msgspec.structs.replace(decision, record=record, says=(*decision.says, *says))
