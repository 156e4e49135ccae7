"""Refusals: why a request isn't granted, what is put back, and which command would do instead."""

from __future__ import annotations

import msgspec

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.say import in_question
from cocflow.core.acts.told import owed_to_people
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Assigned, Closed, Commented, Fact, Labeled, Reopened, sha256
from cocflow.core.engine.decision import Decision, folder_of, new_record
from cocflow.core.engine.openness import stays_open
from cocflow.core.engine.requests import Trigger
from cocflow.core.process import Move, Role
from cocflow.core.text.inert import inline

EDITED = "Somebody else edited this comment before I read it. Nothing was done; please write it again."
DONE = (
    "I had read this comment before you changed it, so the change does nothing. If you mean what it says now,"
    " send that as a new comment."
)
NEEDS_WORDS = "That needs words, so a label can't do it."
IN_OWN_WORDS = "What you would like instead, write in your own words: the administrators read it."
WITHOUT_SAY = (
    "You have no administrator's say in this case: it may concern you, or you have left it to others."
)


def refused(
    case: Case,
    fact: Fact,
    roles: frozenset[Role],
    reason: str | None,
    copy: str | None = None,
    hint: str | None = None,
) -> Decision:
    """Return the decision by which nothing happens, and whoever asked is told why.

    An administrator who has no say here, and no other part that is sure, is told so as a party is.
    """
    record = new_record(case, fact.id, fact.at, by=fact.by.id if fact.by else None, refused=True)
    if isinstance(fact, Commented) and roles:
        record = msgspec.structs.replace(record, read=sha256(fact.body))
    without_say = not roles and case.administrator(fact.by) is not None
    says = ("party/refused" if without_say else f"{folder_of(roles)}/refused",)
    if without_say:
        reason = _nobody(case) if not case.eligible else reason or WITHOUT_SAY
    return Decision(
        record=record,
        says=says,
        reason=reason,
        copy=copy,
        hint=hint,
        put_back=_put_back(case, fact),
        asker=fact.by,
    )


def why_not(case: Case, trigger: Trigger, here: list[Move], copy: str | None, roles: frozenset[Role]) -> str:
    """Say why no move fits: somebody else's, one that needs words, or not from this state."""
    if not case.eligible:
        return _nobody(case)
    if trigger.instead is not None and trigger.instead == case.progress.state:
        return f"It is {case.progress.state} already. Nothing changed."
    closing = trigger.button == "close"
    if closing and (reason := _left_undone(case, roles)) is not None:
        return reason
    if "administrator" not in roles:
        return "That isn't yours to do in this case." if here and not closing else not_now(case)
    if here and closing:
        return "Closing alone would tell nobody anything."
    if here:
        return "That isn't yours to do in this case."
    if copy is not None:
        return NEEDS_WORDS
    return f"That isn't possible while this is {case.progress.state}."


def not_now(case: Case) -> str:
    """Say to somebody without a say why they can't do something as things stand, and what they can."""
    means = case.state.means if case.state is not None and case.is_incident else ""
    return " ".join(filter(None, ("That isn't possible now.", means, IN_OWN_WORDS)))


def _nobody(case: Case) -> str:
    contact = case.community.outside_contact
    if in_question(case):
        return f"Nobody decides here before somebody without a part in it, or {contact}, says how it is."
    return f"No administrator may decide in a case that concerns all of them. Please turn to {contact}."


def command_instead(case: Case, trigger: Trigger, roles: frozenset[Role]) -> str | None:
    """Return the command, ready to fill in, that leads to where a label asked to go."""
    for move in case.process.moves_from(case.progress.state):
        leads = move.to is not None and move.to == trigger.instead
        if leads and move.command is not None and not roles.isdisjoint(move.by):
            return GRAMMAR[move.command].usage.form
    return None


def _left_undone(case: Case, roles: frozenset[Role]) -> str | None:
    """Return why a finished case can't be closed yet, None if its state isn't final.

    Who is in it, and what became of them, is only for those who have a say.
    """
    if case.state is None or not case.state.final:
        return None
    if "administrator" not in roles:
        return "It stays open for now: something in it is left to be done."
    names = {inline(case.called(notice.to)) for notice in owed_to_people(case)}
    if names:
        return f"It stays open until everybody has been told: {', '.join(sorted(names))}."
    return "It stays open while an account is suspended over it."


def _put_back(case: Case, fact: Fact) -> str | None:
    """Return what a refused request had changed on the issue, and what is undone."""
    match fact:
        case Labeled(label=label):
            label = case.process.spelt(label)
            known = {state.label for state in case.process.states} | case.process.quick_labels().keys()
            return f"I removed `{label}`." if label in known else "I removed the label."
        case Closed():
            return "I opened it again."
        case Assigned() if any(move.assign for move in case.process.moves):
            return "I undid the assignment."
        case Reopened() if case.state is not None and not stays_open(case):
            return "I closed it again."
    return None
