"""The card: how the case stands, when it is due, what was seen; and the message of a case that stopped.

Owns what the listing needs to leave an issue out (the rule *Pick*), whether a run came late, and saying
once that a case has stopped and why. It refuses to write what stands there already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from cocflow.core.acts.dismiss import owed as owed_to_others
from cocflow.core.acts.dismiss import released
from cocflow.core.acts.owner import had_by, owner
from cocflow.core.acts.report import in_danger
from cocflow.core.case.capacity import LAST, NEAR
from cocflow.core.case.case import Case
from cocflow.core.case.facts import sha256
from cocflow.core.case.letters import known_by
from cocflow.core.case.records import Card, Halt, Try, card_line, halt_line, is_vouched, read_halt
from cocflow.core.engine import timers
from cocflow.core.engine.openness import stays_open
from cocflow.core.engine.recovery import asked_for
from cocflow.core.engine.requests import words_wait
from cocflow.core.process import Role
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.ports import AddComment, EditComment, Write
from cocflow.run.children import is_unfinished
from cocflow.run.desk import Desk
from cocflow.run.projection import labels_of
from cocflow.run.receipts import in_one, told_by_hand

LATE = timedelta(hours=12)
"""How long after its due time a run counts as late: three of the sweeps that come by default."""


_PARTS: Mapping[Role, str] = {
    "reporter": "its reporter",
    "filer": "whoever filed it",
    "administrator": "an administrator",
    "party": "somebody whom it concerns",
    "suspended": "the suspended person",
}


def show(
    desk: Desk, case: Case, tries: Mapping[str, Try], edited: datetime | None, *, unfinished: bool = False
) -> list[Write]:
    """Return what writes the card, if it isn't as it should be already.

    `edited`: when the body was. `unfinished`: the next run has to go on at once.
    """
    last = case.ledger.last
    if last is None:
        return []
    stands_still = case.issue.space <= LAST  # what falls due there waits until it goes on
    dues = [None if stands_still else timers.earliest(case), *(one.again for one in tries.values())]
    if case.issue.unread:
        dues.append(_since_unread(case, last.id))
    if unfinished or _unfinished(case):
        dues.append(case.issue.now)
    late = _late(case)
    card = Card(
        n=last.record.n,
        last=last.id,
        late=late,
        overruled=_overruled(case),
        due=min((due for due in dues if due is not None), default=None),
        seen=case.issue.newest_by_person(),
        edited=edited,
        edits=case.issue.newest_edit(),
        reached=dict(case.marks),
        tries=dict(tries),
        filler=filler(case),
        known=known_by(case),
        kind=case.process.name,
        waits=timers.waits(case) if case.eligible else {},  # else nobody can be reminded of it
        owner=tuple(sorted(had_by(case))) if owner(case) is not None else (),
        apart=case.eligible != case.community.administrators,
        urgent=in_danger(case),
        labels=tuple(sorted(one.casefold() for one in labels_of(case, tries))),
        is_open=stays_open(case),
    )
    desk.rota.wrote(case.issue.number, card, case.issue.now, is_open=stays_open(case))
    text = desk.templates.render("administrators/card", view("administrators", case, Occasion(late=late)))
    refused = [one for one in case.progress.owed() if one.id in tries and tries[one.id].again is None]
    parts = [text, *(told_by_hand(desk, case, one) for one in refused)]
    body = in_one(parts, card_line(card, desk.seal, case.issue.id))
    shown = case.ledger.card
    if shown is None:
        return [AddComment(body)]
    return [EditComment(shown.id, body)] if shown.body != body else []


def filler(case: Case) -> str:
    """Say who writes most where little room is left, by their part and without a name; else ""."""
    if case.issue.space > NEAR:
        return ""
    writers = Counter(
        fact.by for fact in case.issue.comments() if fact.by is not None and not case.issue.is_mine(fact)
    )
    for actor, _ in writers.most_common(1):
        if actor.bot:
            return "another program"
        roles = case.roles(actor)
        return next((says for role, says in _PARTS.items() if role in roles), "somebody without a part in it")
    return "cocflow itself"


def _unfinished(case: Case) -> bool:
    """Whether the case has to be looked at again at once: another one doesn't know of it what it has to."""
    if is_unfinished(case):
        return True
    if owed_to_others(case) is not None or released(case):
        return True
    if case.incident is None:
        return False
    owed = case.progress.owed()
    return any(one.to == "incident" for one in owed) or (bool(owed) and words_wait(case.incident))


def _since_unread(case: Case, last: str) -> datetime:
    """Return since when something that can't be read is looked for again, as the card says already, or now.

    It isn't since that happened: GitHub's schedule has kept nobody waiting for it.
    """
    before = case.ledger.card_record
    known = before.due if before is not None and before.last == last else None
    return known if known is not None and known <= case.issue.now else case.issue.now


def _late(case: Case) -> datetime | None:
    """Return since when a run had been due, if it came late; until the next receipt it stays on the card."""
    card, last = case.ledger.card_record, case.ledger.last
    if card is None or last is None:
        return None
    if card.n == last.record.n:
        return card.late
    return card.due if card.due is not None and case.issue.now - card.due >= LATE else None


def _overruled(case: Case) -> datetime | None:
    """Return when somebody else last edited the card.

    It stands on the card, for to GitHub a text that changes nothing is no edit, and the editor would stay.
    """
    card, before = case.ledger.card, case.ledger.card_record
    if card is not None and card.edited_by_another:
        return card.edited_at
    return before.overruled if before is not None else None


def halt(desk: Desk, case: Case) -> None:
    """Say once, on the issue, that the case has stopped, and why; again for a `/recover` that can't be."""
    reason = " ".join(case.ledger.broken)
    asked = asked_for(case) if case.ledger.unverified else None
    # The same may happen again after a `/recover`; then the numbers have gone on.
    why = sha256(f"{case.ledger.highest} {reason}{asked[1].id if asked is not None else ''}")
    for comment in case.issue.comments():
        ours = case.issue.is_mine(comment) and is_vouched(comment.body, desk.seal, case.issue.id)
        before = read_halt(comment.body) if ours else None
        if before is not None and before.why == why:
            return
    text = desk.templates.render(
        "administrators/broken", view("administrators", case, Occasion(stopped=reason))
    )
    desk.tracker.comment(case.issue.number, f"{text}\n\n{halt_line(Halt(why=why), desk.seal, case.issue.id)}")
