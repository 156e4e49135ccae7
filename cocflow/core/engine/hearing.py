"""What the reporter says while words wait: it is answered once, and recorded, however it was said.

Owns the receipt of it. What holds by it is the subject's (`core/acts/hearing.py`).
"""

from __future__ import annotations

import msgspec

from cocflow.core.acts.hearing import ReporterSpoke, awaits_hearing, held_since, spoken
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Fact
from cocflow.core.engine.decision import Decision, new_record, owed_by

SPOKE = "administrators/reporter_spoke"
WAITS = "reporter/you_are_heard"


def talk(case: Case, fact: Fact) -> Decision:
    """Return the answer to words of the reporter's that ask for nothing, and hold up what waits."""
    by = fact.by.id if fact.by is not None else None
    answer = Decision(record=new_record(case, fact.id, fact.at, by=by), says=(), asker=fact.by)
    return with_speech(case, fact, answer)


def with_speech(case: Case, fact: Fact, decision: Decision) -> Decision:
    """Add to an answer that the reporter spoke, unless that is known, or nothing waits after it."""
    at = spoken(case, fact)
    record = decision.record
    if at is None or awaits_hearing(case) or held_since(case.after(record)) is None:
        return decision
    record = msgspec.structs.replace(record, changes=(*record.changes, ReporterSpoke(at=at)))
    after = case.after(record)
    owed = (*record.owed, *owed_by(case, record, after, (SPOKE,)))
    here = any(one.here for one in after.people_who("reporter")) and case.mail(fact) is None
    says = (*decision.says, *((WAITS,) if here and not decision.record.refused else ()), SPOKE)
    return msgspec.structs.replace(decision, record=msgspec.structs.replace(record, owed=owed), says=says)
