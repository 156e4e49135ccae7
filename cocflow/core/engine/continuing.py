"""How a case goes on in another issue: the first receipt there holds all that it is.

Owns that checkpoint, and what of the issue before it stood unanswered. It decides nothing of that: whoever
asked is told to ask again, so that what a reader wrote by the hundred isn't answered by the hundred.
"""

from __future__ import annotations

from collections.abc import Iterator

from cocflow.core.acts import ACTS
from cocflow.core.acts.continuation import WentOn, numbers, origin
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Assigned, BodyEdited, Closed, Commented, Fact, Labeled
from cocflow.core.case.progress import Record, checkpoint
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.requests import leads_on, open_requests

MOST_LISTED = 20
"""The unanswered requests that are named one by one, the newest ones; the others are counted."""


def taken_over(before: Case, here: Case) -> Decision:
    """Return the checkpoint by which an issue takes over the case of the one before it.

    It goes on counting receipts, so that no notice is taken for an older one.
    """
    last, opened = before.ledger.last, here.issue.opened_at
    older = origin(before)
    issues = (*(older.issues if older is not None else ()), before.issue.id)
    changes = (WentOn(numbers=numbers(before), issues=issues),)
    number = before.ledger.highest + 1
    record = Record(
        n=number,
        prev=None,
        of=here.issue.id,
        at=max(opened, last.record.at) if last else opened,
        process=before.process.id,
        changes=changes,
        owed=ACTS.owes(before, number, changes),
        snapshot=checkpoint(before.progress, {here.issue.id}, opened),
    )
    left = tuple(_waiting(before))
    says = ("reporter/taken_over", "administrators/taken_over")
    here_too = any(one.here for one in before.people_who("reporter"))
    return Decision(
        record=record,
        says=says if here_too else says[1:],
        unanswered=left[-MOST_LISTED:],
        more=max(0, len(left) - MOST_LISTED),
    )


def _waiting(case: Case) -> Iterator[str]:
    """Give what stands unanswered of those who have a part in the case: who asked, and for what."""
    for fact in open_requests(case):
        mail = case.mail(fact) is not None
        if (mail or case.roles(fact.by)) and not leads_on(case, fact):
            who = "A mail" if mail or fact.by is None else f"@{fact.by.login}"
            yield f"{who}: {_asked(case, fact)}"


def _asked(case: Case, fact: Fact) -> str:
    match fact:
        case Commented(database_id=number):
            return f"{case.issue.url}#issuecomment-{number}"
        case Labeled(label=label):
            return f"the label `{case.process.spelt(label)}`"
        case BodyEdited():
            return "an edit of the report"
        case Closed():
            return "closed it"
        case Assigned():
            return "assigned it"
        case _:
            return "opened it again"
