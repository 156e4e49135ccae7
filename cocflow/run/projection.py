"""The projection: labels, title and openness as the case has them, and nothing on it twice.

Owns which labels are cocflow's, and the order in which they change: ours on, then ours off, never a set.
It refuses to touch anybody else's label, and to read a decision out of what it projects.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import takewhile

from cocflow.core.acts.consent import consent
from cocflow.core.acts.dismiss import repeated
from cocflow.core.acts.hold import held_until
from cocflow.core.acts.owner import had_by, has_owners, owner
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Commented, Unassigned
from cocflow.core.case.letters import filed_again
from cocflow.core.case.records import Try
from cocflow.core.engine.openness import stays_open
from cocflow.core.people.roster import Administrator
from cocflow.core.process import CHILDREN, STATE_PREFIX, MarkProperty
from cocflow.core.text.codename import title
from cocflow.ports import AddLabels, DeleteComment, RemoveLabels, Retitle, SetOpen, Write
from cocflow.run.delivery import is_stuck
from cocflow.run.desk import Desk
from cocflow.run.suspensions import with_checklists


def project(case: Case, tries: Mapping[str, Try]) -> list[Write]:
    """Return what makes labels, title and openness those of the case; other people's labels stay."""
    issue, wanted = case.issue, labels_of(case, tries)
    if not wanted:
        return []
    shown = {label for label in issue.labels if ours(case, label)}
    there = {label.casefold() for label in issue.labels}
    writes: list[Write] = []
    if missing := tuple(label for label in wanted if label.casefold() not in there):
        writes.append(AddLabels(missing))
    if over := tuple(sorted(label for label in shown if case.process.spelt(label) not in wanted)):
        writes.append(RemoveLabels(over))
    neutral = title(case.process.name, case.code_name)
    if issue.title != neutral:
        writes.append(Retitle(neutral))
    if issue.is_open != (stays := stays_open(case)):
        writes.append(SetOpen(stays))
    return writes


def tick_off(desk: Desk, case: Case) -> datetime | None:
    """Have the body's lists say what is done; return when it was last edited, as far as this run knows.

    People tick the lists off meanwhile: what is written is what stands there at the last moment.
    """
    issue = case.issue
    body = None
    if with_checklists(case, issue.body) is not None:
        body = with_checklists(case, desk.tracker.tail(issue).body)
    if body is None:
        return issue.body_edited_at
    desk.tracker.edit_body(issue.number, body)
    edit = desk.tracker.tail(issue).body_edit
    mine = edit is not None and edit.by is not None and issue.is_me(edit.by)
    return edit.at if edit is not None and mine else issue.body_edited_at


def assign(desk: Desk, case: Case) -> None:
    """Have GitHub show who has an incident, and nobody else: nobody without a say, wherever it stands.

    The old one comes off first, since an issue may take one only. Whoever GitHub lets have
    none isn't tried at each event.
    """
    if not has_owners(case):
        return
    has = owner(case) if case.state is not None and not case.state.final else None
    theirs = [one for one in case.issue.assignees if has is not None and case.administrator(one) == has]
    for one in case.issue.assignees:
        if one not in theirs and (has is not None or case.administrator(one) not in case.eligible):
            desk.tracker.unassign(case.issue.number, one.login)
    if has is not None and not theirs and not _in_vain(case, has):
        desk.tracker.assign(case.issue.number, has.login)


def _in_vain(case: Case, has: Administrator) -> bool:
    """Whether somebody was assigned before, as the card says, and nothing came that could have changed it.

    That is a word of theirs, by which they have access; their being taken off; or that the case is due.
    """
    card = case.ledger.card_record
    if card is None or card.owner != tuple(sorted(had_by(case))):
        return False
    if card.due is not None and card.due <= case.issue.now:
        return False
    news = takewhile(lambda fact: fact.id != card.seen, reversed(case.issue.facts))
    whose = (one.assignee if isinstance(one, Unassigned) else one.by for one in news)
    return all(case.administrator(one) != has for one in whose)


def labels_of(case: Case, tries: Mapping[str, Try]) -> list[str]:
    """Return the labels that show how the case stands; the state's first. None where it has no state."""
    given = consent(case)
    shown: dict[MarkProperty, bool] = {
        "consent_none": given.level == "none",
        "consent_parties": given.level == "parties",
        "consent_community": given.level == "community",
        "consent_by_name": given.named,
        "undelivered": any(is_stuck(one, case.issue.now) for one in tries.values()),
        "held": held_until(case) is not None,
    }
    kind = [] if case.is_incident else [case.process.name]
    if case.state is None:
        return []
    return [case.state.label, *kind, *(mark.name for mark in case.process.marks if shown[mark.shows])]


def ours(case: Case, label: str) -> bool:
    """Whether a label is cocflow's to put on and take off: everybody else's stay."""
    marks = {mark.name for mark in case.process.marks}
    label = case.process.spelt(label)
    kinds = marks | case.process.quick_labels().keys() | {*CHILDREN}
    return label.startswith(STATE_PREFIX) or label in kinds


def _filed_again(case: Case) -> list[Commented]:
    """Return what was filed twice and stands on this issue, unless a receipt has answered it."""
    here = {one.id for one in case.issue.comments()}
    return [one for one in filed_again(case) if one.id in here - case.progress.answered]


def tidy(case: Case) -> list[Write]:
    """Return what deletes receipts that lost a race, newest first, further cards, and repetitions."""
    spare = (*case.ledger.spare_cards, *repeated(case), *_filed_again(case))
    ids = (*(one.id for one in reversed(case.ledger.void)), *(one.id for one in spare))
    return [DeleteComment(one) for one in ids]
