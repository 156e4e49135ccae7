"""How a broken case goes on: an administrator's `/recover` writes a checkpoint."""

from __future__ import annotations

import msgspec

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.recover import Recover
from cocflow.core.acts.say import altered
from cocflow.core.case.accounts import same_account
from cocflow.core.case.case import Case
from cocflow.core.case.child import to_incident
from cocflow.core.case.facts import Actor, Commented
from cocflow.core.case.grammar import read_command
from cocflow.core.case.progress import Record, checkpoint
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.moving import moved
from cocflow.core.engine.reading import replay
from cocflow.core.engine.requests import is_request
from cocflow.errors import UserMistake


def recovery(case: Case) -> Decision | None:
    """Return the checkpoint that an administrator's `/recover` asks for in a broken case, if any.

    It believes the receipts that are right by themselves. What was asked before the newest of them
    counts as answered; what was asked since is decided afterwards. A suspension that was moved here has
    another number, which its incident notes. Whoever altered what cocflow wrote leaves that to another
    administrator, if there is one: what is gone may have taken their say away. Where the receipts can't be
    verified for want of a key, none is believed, and nothing begins anew.
    """
    if case.ledger.unverified:
        return None
    asked = asked_for(case)
    return None if asked is None else _checkpoint(*asked)


def asked_for(case: Case) -> tuple[Case, Commented] | None:
    """Return the newest `/recover` that isn't answered yet, with the case as its sound receipts tell it."""
    believed = msgspec.structs.replace(case, progress=replay(case.ledger.sound))
    for fact in reversed(case.issue.comments()):
        if fact.id in believed.progress.answered or not _is_recovery(believed, fact):
            continue
        return believed, fact
    return None


def _is_recovery(case: Case, fact: Commented) -> bool:
    if not is_request(case, fact) or fact.edited_by_another:
        return False
    if "administrator" not in case.roles(fact.by) or _altered(case, fact.by):
        return False
    try:
        return isinstance(read_command(fact.body, GRAMMAR), Recover)
    except UserMistake:
        return False


def _altered(case: Case, actor: Actor | None) -> bool:
    """Whether an account is one that altered what cocflow wrote, where another administrator has a say."""
    if actor is None or not case.others(actor.id):
        return False
    return any(one.by is not None and same_account(one.by.id, actor.id) for one in case.ledger.faults)


def _checkpoint(case: Case, fact: Commented) -> Decision:
    upto = max((entry.record.at for entry in case.ledger.sound), default=case.issue.opened_at)
    progress = case.progress
    at_once = {one.id for one in case.issue.facts if one.at >= upto and one.id in progress.answered}
    snapshot = checkpoint(progress, at_once, upto)
    if case.ledger.moved_from:
        snapshot = moved(case, snapshot, upto)
    n = case.ledger.highest + 1
    record = Record(
        n=n,
        prev=None,
        of=fact.id,
        at=max(fact.at, upto),
        process=case.process.id,
        move="recover",
        by=fact.by.id if fact.by else None,
        reached=dict(case.marks),
        typed=True,
        owed=(to_incident(n),) if not case.is_incident and case.ledger.moved_from else (),
        snapshot=snapshot,
        changes=altered(case, (one.by for one in case.ledger.faults if one.by is not None), fact.by),
    )
    return Decision(record=record, says=("administrators/recovered",), asker=fact.by)
