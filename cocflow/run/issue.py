"""One issue: read, decide, perform, until nothing is left to do.

Owns rule 6 of the ledger, the order of effects: receipt (its notices are now owed), check that it
counts, deliver, labels, card. What isn't done when a run dies is done by the next one, since every
step asks what is true and not what was tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from cocflow.core.acts.commands import Suspend
from cocflow.core.acts.guards import NOT_PEOPLE, may_tell_community, owed_to_people, shown, stays_open
from cocflow.core.engine import timers
from cocflow.core.engine.case import (
    ACCOUNT,
    INCIDENT,
    REACH,
    REASON,
    SUSPENSION,
    UNTIL,
    Case,
    Person,
    suspension_id,
)
from cocflow.core.engine.decide import (
    STATE_PREFIX,
    Decision,
    TwiceMadeError,
    consent_waits,
    decide,
    noted,
    recovery,
)
from cocflow.core.engine.facts import Issue, extended, sha256
from cocflow.core.engine.ledger import Ledger, read_ledger
from cocflow.core.engine.progress import Standing
from cocflow.core.engine.records import (
    Card,
    Halt,
    Marker,
    Owed,
    Try,
    card_line,
    halt_line,
    is_vouched,
    marker_line,
    read_halt,
    read_marker,
    receipt_line,
)
from cocflow.core.forms.form import Answers, write
from cocflow.core.process import State
from cocflow.core.text.codename import code_name, title
from cocflow.core.views.audience import reply_token, view
from cocflow.errors import AdapterError, DefinitionError
from cocflow.messages import coded, fenced, inline
from cocflow.ports import Message, RefusedError
from cocflow.run.desk import Desk

UNDELIVERED = "notice: undelivered"
"""The label of a case in which somebody couldn't be reached for a day, or for good."""

LATE = timedelta(hours=12)
"""How long after its due time a run counts as late: three of the sweeps that come by default."""

TOO_LONG = "(This is too long to repeat here. The words stand in the comment that asked for it.)"

LONGEST_TEXT = 60_000
"""Characters of text in a comment, below GitHub's 65,536 so that the record always fits."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one issue: how many receipts were written, and what could not be done.

    `undelivered` counts notices whose channel failed; `broken` means that the case has stopped.
    """

    number: int
    receipts: int = 0
    undelivered: int = 0
    broken: bool = False

    def with_(self, other: Outcome) -> Outcome:
        """Return both outcomes as one, under this one's number."""
        return Outcome(
            number=self.number,
            receipts=self.receipts + other.receipts,
            undelivered=self.undelivered + other.undelivered,
            broken=self.broken or other.broken,
        )

    @property
    def complete(self) -> bool:
        """Whether everything that was to be done is done."""
        return not self.broken and self.undelivered == 0


def enforce(desk: Desk, number: int) -> Outcome:
    """Answer every unanswered request and every due timer of one issue, and of what it opens.

    Raises AdapterError where GitHub doesn't answer, DefinitionError where the process lacks the
    state that the case is in; both leave a case that the next run takes up.
    """
    issue = desk.tracker.read(number)
    outcome, case = _drain(desk, issue, desk.incident_of(issue))
    if outcome.broken:
        return outcome
    for child in _open_suspensions(desk, case):
        outcome = outcome.with_(enforce(desk, child))
    return outcome


def _drain(
    desk: Desk, issue: Issue, incident: Case | None = None, about: Case | None = None
) -> tuple[Outcome, Case]:
    """Decide and perform until nothing is left to do. `about`: a suspension that the incident is to note."""
    delivered: set[str] = set()
    ledger = read_ledger(issue, desk.seal)
    tries = dict(ledger.card_record.tries) if ledger.card_record is not None else {}
    receipts = 0
    while True:
        case = desk.open(issue, delivered, incident, ledger)
        try:
            sent = _hand_out(desk, case, tries)
        except TwiceMadeError as twice:
            return _give_up(desk, case, twice), case
        if sent:
            delivered |= sent
            continue
        decision = _next(case, about)
        if decision is None:
            break
        issue, ledger, counts = _post(desk, case, decision)
        receipts += counts
    if case.ledger.broken:
        _halt(desk, case)
        return Outcome(number=issue.number, receipts=receipts, broken=True), case
    if case.progress.state is None:
        return Outcome(number=issue.number), case
    owed = (one for one in case.progress.owed() if not _words_changed(case, one))
    tries = {one.id: tries[one.id] for one in owed if one.id in tries}
    edited = _project(desk, case, tries)
    _tidy(desk, case)
    _show(desk, case, tries, edited)
    undelivered = sum(one.again is not None for one in tries.values())
    return Outcome(number=issue.number, receipts=receipts, undelivered=undelivered), case


def _next(case: Case, about: Case | None) -> Decision | None:
    if case.ledger.broken:
        return recovery(case)
    state = case.progress.state
    if state is not None and case.process.state(state) is None:
        raise DefinitionError(
            f"Issue {case.issue.number} is in a state that the process lacks.",
            hint="put the state back into the definition",
        )
    if about is not None and state is not None and (decision := noted(case, about)) is not None:
        return decision
    return decide(case)


def _unfinished(case: Case) -> bool:
    """Whether the case has to be looked at again at once: its incident or a suspension doesn't know."""
    if any(one.number is None for one in case.progress.suspensions.values()):
        return True
    if case.incident is None:
        return False
    owed = case.progress.owed()
    return any(one.to == "incident" for one in owed) or (bool(owed) and consent_waits(case.incident))


# --- suspensions ---------------------------------------------------------------------------------


def _open_suspensions(desk: Desk, case: Case) -> list[int]:
    """Open the issue of every ordered suspension that has none; return their numbers.

    The receipt on the incident comes first, so a run that died in between is taken up here: what
    it opened is known by its marker.
    """
    ordered = [one for one in case.progress.suspensions.values() if one.number is None]
    if case.is_suspension or not ordered:
        return []
    known = desk.tracker.children(case.issue.number)
    numbers: list[int] = []
    for standing in ordered:
        child = known.get((case.issue.number, standing.key))
        if child is not None and not child.linked:
            desk.tracker.link(case.issue.number, child.database_id)
        numbers.append(_open_suspension(desk, case, standing) if child is None else child.number)
    return numbers


def _open_suspension(desk: Desk, case: Case, standing: Standing) -> int:
    command = case.command(standing.words) if standing.words is not None else None
    if not isinstance(command, Suspend):
        raise DefinitionError(
            f"The `/suspend` of incident {case.issue.number} has changed since it was answered.",
            hint="open the suspension with the suspension form",
        )
    account = command.accounts[standing.line]
    answers = {
        ACCOUNT: account.name,
        REASON: command.reason,
        UNTIL: account.until,
        REACH: account.contact,
        INCIDENT: str(case.issue.number),
    }
    form = desk.definitions[SUSPENSION].form
    marker = Marker(incident=case.issue.id, number=case.issue.number, key=standing.key)
    said = write(form, Answers({name: text for name, text in answers.items() if text}))
    todo = _checklist(_ON_SUSPENSION, "When the account is suspended", desk.community.on_suspension)
    body = "\n\n".join(part for part in (marker_line(marker, desk.seal), todo, said) if part)
    name = title(SUSPENSION, code_name(suspension_id(case.issue.id, standing.key)))
    return desk.tracker.open_child(case.issue.number, name, body, [SUSPENSION])


def _note(desk: Desk, case: Case) -> set[str]:
    """Have the incident note how its suspension stands; return the marks of what it noted."""
    owed = {notice.id for notice in case.progress.owed() if notice.to == "incident"}
    if not owed or case.incident is None:
        return set()
    outcome, _ = _drain(desk, desk.tracker.read(case.incident.issue.number), about=case)
    return set() if outcome.broken else owed


def _give_up(desk: Desk, case: Case, twice: TwiceMadeError) -> Outcome:
    """Close an issue that repeats a suspension (two runs may both have opened one); nobody is told."""
    last = case.ledger.last
    card = Card(n=last.record.n, last=last.id, seen=case.issue.newest_by_person()) if last else None
    if card is not None and case.ledger.card is None:
        text = f"This was opened twice. The suspension is #{twice.first}; nothing happens here."
        desk.tracker.comment(case.issue.number, f"{text}\n\n{card_line(card, desk.seal, case.issue.id)}")
    desk.tracker.edit_issue(case.issue.number, open_=False)
    return Outcome(number=case.issue.number)


_ON_SUSPENSION = "<!-- cocflow: on suspension -->"
_ON_RETURN = "<!-- cocflow: on return -->"


def _checklist(mark: str, heading: str, tasks: tuple[str, ...]) -> str:
    """Return what administrators do by hand, to be ticked off; "" if the community lists nothing."""
    return "\n".join((mark, f"**{heading}:**", "", *(f"- [ ] {task}" for task in tasks))) if tasks else ""


def _body(case: Case, said: str) -> str | None:
    """Return a suspension's body with the checklists that it lacks, None if it lacks none."""
    state, community = case.process.state(case.progress.state or ""), case.community
    over = case.progress.returned or bool(state and state.final)
    lists = [_checklist(_ON_SUSPENSION, "When the account is suspended", community.on_suspension)]
    if over:
        lists.append(_checklist(_ON_RETURN, "When the account comes back", community.on_return))
    missing = [one for one in lists if one and one.partition("\n")[0] not in said]
    if not case.is_suspension or not missing:
        return None
    first, _, rest = said.partition("\n")
    if read_marker(said) is None:
        return "\n\n".join((*missing, said))
    return "\n\n".join((first, *missing, rest.strip("\n")))


# --- receipts ----------------------------------------------------------------------------------


def _post(desk: Desk, case: Case, decision: Decision) -> tuple[Issue, Ledger, bool]:
    """Post a receipt and read the tail; return the issue and its ledger then, and whether it counts."""
    line = receipt_line(decision.record, desk.seal, case.issue.id)
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
    ledger = read_ledger(issue, desk.seal)
    news = issue.comments()[len(case.issue.comments()) :]
    same = {one.id for one in news if issue.is_mine(one) and one.body.endswith(line)}
    ours = same if expecting is None else {expecting}
    counts = any(entry.id in ours for entry in ledger.counted)
    lost = {entry.id: entry.database_id for entry in ledger.void if entry.id in ours}
    if not lost:
        return issue, ledger, counts
    for database_id in lost.values():
        desk.tracker.delete_comment(database_id)
    left = tuple(fact for fact in issue.facts if fact.id not in lost)
    issue = msgspec.structs.replace(issue, facts=left)
    return issue, read_ledger(issue, desk.seal), counts


def _text(desk: Desk, case: Case, decision: Decision) -> str:
    """Return what a receipt says: the notices whose channel is the issue, then what to tell by hand."""
    after = case.after(decision.record)
    outside = [one for one in decision.record.owed if one.to not in NOT_PEOPLE and not one.by_receipt]
    by_hand = [one for one in outside if not _reachable(desk, after, one)]
    names = {
        "sent": tuple(shown(after, one.to) for one in outside if one not in by_hand),
        "by_hand": tuple(shown(after, one.to) for one in by_hand),
    }
    parts = [_said(desk, after, decision, name, names) for name in decision.says]
    return _fitting([*parts, *(_by_hand(desk, after, one) for one in by_hand), *_anew(desk, case, after)])


def _anew(desk: Desk, case: Case, after: Case) -> list[str]:
    """Return the texts to be told by hand that a new consent has made others than they were."""
    if after.progress.consent == case.progress.consent or case.progress.state is None:
        return []
    waiting = [one for one in owed_to_people(case) if one in owed_to_people(after)]
    by_hand = [one for one in waiting if not _reachable(desk, after, one)]
    changed = [one for one in by_hand if _rendered(desk, case, one) != _rendered(desk, after, one)]
    if not changed:
        return []
    return [
        "**What waits to be told by hand is another text now.** Use this, and nothing from above.",
        *(_by_hand(desk, after, one) for one in changed),
    ]


def _rendered(desk: Desk, case: Case, owed: Owed) -> str:
    """Return what a notice says to whom it is owed, under the present consent."""
    return desk.templates.render(owed.notice, view(owed.notice.partition("/")[0], case, owed=owed))


def _said(
    desk: Desk, after: Case, decision: Decision, name: str, names: Mapping[str, tuple[str, ...]]
) -> str:
    """Return what one template says; administrators also read who is told how."""
    folder = name.partition("/")[0]
    what = view(folder, after, decision)
    if folder == "administrators":
        what = msgspec.structs.replace(what, **names)
    return desk.templates.render(name, what)


def _fitting(parts: Iterable[str]) -> str:
    """Return the parts as one text that fits into a comment; what doesn't fit is left out whole."""
    fitting: list[str] = []
    room = LONGEST_TEXT
    for part in (part for part in parts if part):
        said = part if len(part) <= room else TOO_LONG
        fitting.append(said)
        room -= len(said)
    return "\n\n---\n\n".join(fitting)


def _by_hand(desk: Desk, case: Case, owed: Owed) -> str:
    """Return a notice that no channel reaches, ready to copy and to be told by an administrator."""
    name = shown(case, owed.to)
    text = _rendered(desk, case, owed)
    person = case.person(owed.to)
    who = owed.to if owed.to in ("reporter", "suspended", "community") else person.name if person else name
    subject = desk.templates.subject(owed.notice)
    return (
        f"**To be told by hand: {inline(name)}.** Copy this to them (subject: *{subject}*), then write"
        f" {coded(f'/told {who or name} how')}:\n\n{fenced(text)}"
    )


def _reachable(desk: Desk, case: Case, owed: Owed) -> bool:
    person = case.person(owed.to)
    return person is not None and desk.notifier.reaches(person)


# --- notices -----------------------------------------------------------------------------------


def _hand_out(desk: Desk, case: Case, tries: dict[str, Try]) -> set[str]:
    """Have everyone told what a sound case owes, before more is decided; return the ids of what went out.

    So what follows from the telling is decided alike by a run that died, one that lost a race, and
    one that did neither.
    """
    if case.ledger.broken:
        return set()
    return _note(desk, case) | _deliver(desk, case, tries)


def _deliver(desk: Desk, case: Case, tries: dict[str, Try]) -> set[str]:
    """Deliver what is owed and due; return what went out, and keep in `tries` what didn't.

    Nothing goes out over a word about consent that isn't answered yet: it may take back what is told.
    """
    sent: set[str] = set()
    if consent_waits(case) or (case.incident is not None and consent_waits(case.incident)):
        return sent
    now = case.issue.now
    for owed in case.progress.owed():
        person, before = case.person(owed.to), tries.get(owed.id)
        if person is None or not desk.notifier.reaches(person) or _words_changed(case, owed):
            continue
        if before is not None and (before.again is None or before.again > now):
            continue
        try:
            desk.notifier.deliver(_message(desk, case, owed, person))
        except RefusedError:
            tries[owed.id] = Try(1, now)
        except AdapterError:
            tries[owed.id] = _later(before, now)
        else:
            sent.add(owed.id)
            tries.pop(owed.id, None)
    return sent


def _later(before: Try | None, now: datetime) -> Try:
    """Return when to try again: after a pause that doubles each time, from a quarter hour to half a day."""
    count = before.count + 1 if before is not None else 1
    pause = min(timedelta(minutes=15) * 2 ** min(count - 1, 10), timedelta(hours=12))
    return Try(count, before.since if before is not None else now, now + pause)


def _is_stuck(one: Try, now: datetime) -> bool:
    """Whether administrators have to know: it was refused for good, or failed for a day."""
    return one.again is None or now - one.since >= timedelta(days=1)


def _words_changed(case: Case, owed: Owed) -> bool:
    """Whether the words aren't those that were decided, or may not be told any more: then nobody is."""
    post = owed.to == "community" and owed.words is not None and not case.is_suspension
    if post and not may_tell_community(case):
        return True
    return owed.words is not None and case.command(owed.words) is None


def _message(desk: Desk, case: Case, owed: Owed, person: Person) -> Message:
    what = view(owed.notice.partition("/")[0], case, owed=owed)
    name = getattr(what, "code_name", "")
    subject = desk.templates.subject(owed.notice)
    return Message(
        id=f"{case.issue.id}.{owed.id}",
        to=person,
        subject=f"{subject} ({name})" if name else subject,
        text=desk.templates.render(owed.notice, what),
        thread=case.issue.id,
        token=reply_token(case.issue.number, case.issue.id) if owed.to != "community" else "",
    )


# --- the projection ------------------------------------------------------------------------------


def _project(desk: Desk, case: Case, tries: Mapping[str, Try]) -> datetime | None:
    """Make labels, title and the issue's openness those of the case; other people's labels stay.

    Returns when the body was last edited, as far as this run knows.
    """
    issue, state = case.issue, case.process.state(case.progress.state or "")
    if state is None:
        return issue.body_edited_at
    wanted = _wanted_labels(case, state, tries)
    ours = {label for label in issue.labels if _is_ours(case, label)}
    if missing := [label for label in wanted if label not in issue.labels]:
        desk.tracker.add_labels(issue.number, missing)
    for label in sorted(ours.difference(wanted)):
        desk.tracker.remove_label(issue.number, label)
    neutral = title(case.process.name, case.code_name)
    new_title = neutral if issue.title != neutral else None
    stays = stays_open(case)
    open_ = stays if issue.is_open != stays else None
    body = None
    if _body(case, issue.body) is not None:
        # People tick the lists off meanwhile: what is written is what stands there at the last moment.
        body = _body(case, desk.tracker.tail(issue).body)
    if new_title is not None or open_ is not None or body is not None:
        desk.tracker.edit_issue(issue.number, title=new_title, body=body, open_=open_)
    if body is None:
        return issue.body_edited_at
    edit = desk.tracker.tail(issue).body_edit
    mine = edit is not None and edit.by is not None and edit.by.id == issue.me
    return edit.at if edit is not None and mine else issue.body_edited_at


def _wanted_labels(case: Case, state: State, tries: Mapping[str, Try]) -> list[str]:
    """Return the labels that show how the case stands; the state's first."""
    consent = case.progress.consent
    marks = {
        "consent: " + consent.level: True,
        "consent: by name": consent.named,
        UNDELIVERED: any(_is_stuck(one, case.issue.now) for one in tries.values()),
    }
    known = {mark.name for mark in case.process.marks}
    kind = [SUSPENSION] if case.is_suspension else []
    return [state.label, *kind, *(name for name, shown in marks.items() if shown and name in known)]


def _is_ours(case: Case, label: str) -> bool:
    """Whether a label is cocflow's to put on and take off: everybody else's stay."""
    marks = {mark.name for mark in case.process.marks}
    kinds = marks | case.process.quick_labels().keys() | {SUSPENSION}
    return label.startswith(STATE_PREFIX) or label in kinds


def _tidy(desk: Desk, case: Case) -> None:
    """Delete receipts that lost a race, newest first, and cards beyond the first."""
    for entry in reversed(case.ledger.void):
        desk.tracker.delete_comment(entry.database_id)
    for card in case.ledger.spare_cards:
        desk.tracker.delete_comment(card.database_id)


def _show(desk: Desk, case: Case, tries: Mapping[str, Try], edited: datetime | None) -> None:
    """Write the card, if it isn't as it should be already. `edited`: when the body was."""
    last = case.ledger.last
    if last is None:
        return
    dues = [timers.earliest(case), *(one.again for one in tries.values())]
    if _unfinished(case):
        dues.append(case.issue.now)
    late = _late(case)
    card = Card(
        n=last.record.n,
        last=last.id,
        late=late,
        due=min((due for due in dues if due is not None), default=None),
        seen=case.issue.newest_by_person(),
        edited=edited,
        told=case.marks,
        tries=dict(tries),
    )
    shown_view = msgspec.structs.replace(view("administrators", case), late=late)
    text = desk.templates.render("administrators/card", shown_view)
    refused = [one for one in case.progress.owed() if one.id in tries and tries[one.id].again is None]
    parts = [text, *(_by_hand(desk, case, one) for one in refused)]
    body = f"{_fitting(parts)}\n\n{card_line(card, desk.seal, case.issue.id)}"
    if case.ledger.card is None:
        desk.tracker.comment(case.issue.number, body)
    elif case.ledger.card.body != body:
        desk.tracker.edit_comment(case.ledger.card.database_id, body)


def _late(case: Case) -> datetime | None:
    """Return since when a run had been due, if it came late; until the next receipt it stays on the card."""
    card, last = case.ledger.card_record, case.ledger.last
    if card is None or last is None:
        return None
    if card.n == last.record.n:
        return card.late
    return card.due if card.due is not None and case.issue.now - card.due >= LATE else None


def _halt(desk: Desk, case: Case) -> None:
    """Say once, on the issue, that the case has stopped, and why."""
    reason = " ".join(case.ledger.broken)
    # The same may happen again after a `/recover`; then the numbers have gone on.
    why = sha256(f"{case.ledger.highest} {reason}")
    for comment in case.issue.comments():
        ours = case.issue.is_mine(comment) and is_vouched(comment.body, desk.seal, case.issue.id)
        halt = read_halt(comment.body) if ours else None
        if halt is not None and halt.why == why:
            return
    shown_view = msgspec.structs.replace(view("administrators", case), reason=reason)
    text = desk.templates.render("administrators/broken", shown_view)
    desk.tracker.comment(case.issue.number, f"{text}\n\n{halt_line(Halt(why=why), desk.seal, case.issue.id)}")
