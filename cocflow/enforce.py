"""One issue: read, decide, perform, until nothing is left to do.

Owns rule 6 of the ledger, the order of effects: receipt (its notices are now owed), check that it
counts, deliver, labels, card. What isn't done when a run dies is done by the next one, since every
step asks what is true and not what was tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from cocflow.core import timers
from cocflow.core.audience import view
from cocflow.core.case import Case, Definition, Person, open_case
from cocflow.core.codename import code_name, title
from cocflow.core.decide import STATE_PREFIX, Decision, decide, recovery
from cocflow.core.facts import Issue, extended, sha256
from cocflow.core.guards import shown
from cocflow.core.records import (
    Card,
    Halt,
    Owed,
    card_line,
    halt_line,
    read_halt,
    receipt_line,
)
from cocflow.core.roster import Community
from cocflow.errors import AdapterError, DefinitionError
from cocflow.messages import Templates, fenced
from cocflow.ports import Message, Notifier, Tracker

LONGEST_TEXT = 60_000
"""Characters of text in a comment, below GitHub's 65,536 so that the record always fits."""


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a run works with: the ports, the definitions, the community."""

    tracker: Tracker
    notifier: Notifier
    templates: Templates
    definitions: Mapping[str, Definition]
    community: Community

    def open(self, issue: Issue, delivered: Iterable[str] = ()) -> Case:
        """Return the case that a read of an issue shows, under the process that governs it."""
        return open_case(issue, self.definitions["incident"], self.community, delivered)


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one issue: how many receipts were written, and what could not be done.

    `undelivered` counts notices whose channel failed; `broken` means that the case has stopped.
    """

    number: int
    receipts: int = 0
    undelivered: int = 0
    broken: bool = False

    @property
    def complete(self) -> bool:
        """Whether everything that was to be done is done."""
        return not self.broken and self.undelivered == 0


def enforce(desk: Desk, number: int) -> Outcome:
    """Answer every unanswered request and every due timer of one issue.

    Raises AdapterError where GitHub doesn't answer, DefinitionError where the process lacks the
    state that the case is in; both leave a case that the next run takes up.
    """
    issue = desk.tracker.read(number)
    delivered: set[str] = set()
    receipts = 0
    while True:
        case = desk.open(issue, delivered)
        decision = recovery(case) if case.ledger.broken else _next(case)
        if decision is None:
            break
        issue, counts = _post(desk, case, decision)
        receipts += counts
        if counts:
            case = desk.open(issue, delivered)
            delivered |= _deliver(desk, case)[0]
    if case.ledger.broken:
        _halt(desk, case)
        return Outcome(number=number, receipts=receipts, broken=True)
    if case.progress.state is None:
        return Outcome(number=number)
    sent, failed = _deliver(desk, case)
    case = desk.open(issue, delivered | sent)
    _project(desk, case)
    _tidy(desk, case)
    _show(desk, case, retry=failed > 0)
    return Outcome(number=number, receipts=receipts, undelivered=failed)


def _next(case: Case) -> Decision | None:
    state = case.progress.state
    if state is not None and case.process.state(state) is None:
        raise DefinitionError(
            f"Incident {case.issue.number} is in a state that the process lacks.",
            hint="put the state back into the definition, or move the case by hand with /recover",
        )
    return decide(case)


# --- receipts ----------------------------------------------------------------------------------


def _post(desk: Desk, case: Case, decision: Decision) -> tuple[Issue, bool]:
    """Post a receipt and read the tail; return the issue as it is then, and whether it counts."""
    line = receipt_line(decision.record)
    body = f"{_text(desk, case, decision)}\n\n{line}"
    expecting: str | None = None
    try:
        expecting = desk.tracker.comment(case.issue.number, body).id
    except AdapterError as error:
        if not error.uncertain:
            raise
        issue = extended(case.issue, desk.tracker.tail(case.issue))
        if not any(issue.is_mine(one) and one.body.endswith(line) for one in issue.comments()):
            raise
    else:
        issue = extended(case.issue, desk.tracker.tail(case.issue, expecting))
    ledger = desk.open(issue).ledger
    lost = [entry for entry in ledger.void if entry.record == decision.record]
    for entry in lost:
        desk.tracker.delete_comment(entry.database_id)
        issue = msgspec.structs.replace(
            issue, facts=tuple(fact for fact in issue.facts if fact.id != entry.id)
        )
    return issue, not lost


def _text(desk: Desk, case: Case, decision: Decision) -> str:
    """Return what a receipt says: the notices whose channel is the issue, then what to tell by hand."""
    after = case.after(decision.record)
    parts = [
        desk.templates.render(name, view(name.partition("/")[0], after, decision)) for name in decision.says
    ]
    parts.extend(
        _by_hand(desk, after, owed)
        for owed in decision.record.owed
        if not owed.by_receipt and not _reachable(desk, after, owed)
    )
    text = "\n\n---\n\n".join(part for part in parts if part)
    if len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT].rpartition("\n")[0] + "\n\n(The rest is too long to repeat here.)"


def _by_hand(desk: Desk, case: Case, owed: Owed) -> str:
    """Return a notice that no channel reaches, ready to copy and to be told by an administrator."""
    name = shown(case, owed.to)
    text = desk.templates.render(owed.notice, view(owed.notice.partition("/")[0], case, owed=owed))
    who = "reporter" if owed.to == "reporter" else name
    return (
        f"**To be told by hand.** Copy this to them, then write `/told {who} how`"
        f" ({desk.templates.subject(owed.notice)}):\n\n{fenced(text)}"
    )


def _reachable(desk: Desk, case: Case, owed: Owed) -> bool:
    person = _recipient(case, owed)
    return person is not None and desk.notifier.reaches(person)


def _recipient(case: Case, owed: Owed) -> Person | None:
    return case.person(owed.to)


# --- notices -----------------------------------------------------------------------------------


def _deliver(desk: Desk, case: Case) -> tuple[set[str], int]:
    """Deliver what is owed and can be; return the ids that went out, and how many failed."""
    sent: set[str] = set()
    failed = 0
    for owed in case.progress.owed():
        person = _recipient(case, owed)
        if person is None or not desk.notifier.reaches(person) or _words_changed(case, owed):
            continue
        try:
            desk.notifier.deliver(_message(desk, case, owed, person))
        except AdapterError:
            failed += 1
        else:
            sent.add(owed.id)
    return sent, failed


def _words_changed(case: Case, owed: Owed) -> bool:
    """Whether the words to be told aren't those that were decided: then nobody is told by us."""
    return owed.words is not None and case.command(owed.words) is None


def _message(desk: Desk, case: Case, owed: Owed, person: Person) -> Message:
    folder = owed.notice.partition("/")[0]
    return Message(
        id=f"{case.issue.id}.{owed.id}",
        to=person,
        subject=f"{desk.templates.subject(owed.notice)} ({code_name(case.issue.id)})",
        text=desk.templates.render(owed.notice, view(folder, case, owed=owed)),
    )


# --- the projection ------------------------------------------------------------------------------


def _project(desk: Desk, case: Case) -> None:
    """Make labels, title and the issue's openness those of the case; other people's labels stay."""
    issue, state = case.issue, case.process.state(case.progress.state or "")
    if state is None:
        return
    ours = {
        label
        for label in issue.labels
        if label.startswith(STATE_PREFIX) or label in case.process.quick_labels()
    }
    if state.label not in issue.labels:
        desk.tracker.add_labels(issue.number, [state.label])
    for label in sorted(ours - {state.label}):
        desk.tracker.remove_label(issue.number, label)
    neutral = title(case.process.name, issue.id)
    new_title = neutral if issue.title != neutral else None
    open_ = not state.final if issue.is_open == state.final else None
    if new_title is not None or open_ is not None:
        desk.tracker.edit_issue(issue.number, title=new_title, open_=open_)


def _tidy(desk: Desk, case: Case) -> None:
    """Delete receipts that lost a race, newest first, and cards beyond the first."""
    for entry in reversed(case.ledger.void):
        desk.tracker.delete_comment(entry.database_id)
    for card in case.ledger.spare_cards:
        desk.tracker.delete_comment(card.database_id)


def _show(desk: Desk, case: Case, *, retry: bool) -> None:
    """Write the card, if it isn't as it should be already."""
    last = case.ledger.last
    if last is None:
        return
    due: datetime | None = case.issue.now if retry else timers.earliest(case)
    card = Card(
        n=last.record.n,
        last=last.id,
        due=due,
        seen=case.issue.newest_by_person(),
        edited=case.issue.body_edited_at,
        told=case.marks,
    )
    text = desk.templates.render("administrators/card", view("administrators", case))
    body = f"{text}\n\n{card_line(card)}"
    if case.ledger.card is None:
        desk.tracker.comment(case.issue.number, body)
    elif case.ledger.card.body != body:
        desk.tracker.edit_comment(case.ledger.card.database_id, body)


def _halt(desk: Desk, case: Case) -> None:
    """Say once, on the issue, that the case has stopped, and why."""
    reason = " ".join(case.ledger.broken)
    why = sha256(reason)
    for comment in case.issue.comments():
        halt = read_halt(comment.body) if case.issue.is_mine(comment) else None
        if halt is not None and halt.why == why:
            return
    shown_view = msgspec.structs.replace(view("administrators", case), reason=reason)
    text = desk.templates.render("administrators/broken", shown_view)
    desk.tracker.comment(case.issue.number, f"{text}\n\n{halt_line(Halt(why=why))}")
