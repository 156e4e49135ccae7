"""How many must agree to a decision, and who has: what its outcomes ask for, among those with a say.

Never fewer than two while two have a say, be they away or not, where an outcome asks for more than one; and
never more than there are, so that a decision can't be locked by who is kept out. Silence is no voice.
"""

from __future__ import annotations

from cocflow.core.case.addressed import Addressed
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft
from cocflow.core.case.heads import RECORD, stated
from cocflow.core.case.records import Words
from cocflow.core.outcomes import Outcome
from cocflow.core.process import Move


def voices_needed(outcome: Outcome, eligible: int) -> int:
    """Return how many of so many with a say must agree to an outcome; 1 where there is none of them."""
    asked = max(2, -(-2 * eligible // 3)) if outcome.voices == "two_thirds" else outcome.voices
    return max(1, min(asked, eligible))


def outcomes_of(case: Case, move: Move | None, words: Words) -> tuple[Outcome, ...]:
    """Return the outcomes that the words of a move state; none where it keeps none, or they have changed."""
    command = case.command(words)
    if move is None or RECORD not in move.records or not isinstance(command, Addressed):
        return ()
    known = (case.process.outcomes.get(head.outcome) for head in stated(case, command).heads)
    return tuple(one for one in known if one is not None)


def decided_about(case: Case, words: Words) -> tuple[str, ...]:
    """Return the keys of those of whom words decide something, in their order."""
    command = case.command(words)
    heads = stated(case, command).heads if isinstance(command, Addressed) else ()
    return tuple(head.person.key for head in heads if head.person is not None and head.outcome)


def asked_for(case: Case, move: Move | None, words: Words) -> int:
    """Return how many voices the words of a move take, of those who have a say now."""
    needs = (voices_needed(one, len(case.eligible)) for one in outcomes_of(case, move, words))
    return max(needs, default=1)


def agreeing(case: Case, draft: Draft) -> tuple[str, ...]:
    """Return who agrees to a draft (node ids), its author first: who has a say still, each of them once.

    Its author does by drafting it; whoever else approved the letters as they stand. Who objects doesn't.
    """
    found: dict[str, str] = {}
    for one in (draft.by, *(approval.by for approval in draft.approvals if approval.basis == draft.basis)):
        administrator = case.administrator_of(one) if one else None
        if administrator is not None and administrator in case.eligible and not draft.objects(one):
            found.setdefault(administrator.login, one)
    return tuple(found.values())
