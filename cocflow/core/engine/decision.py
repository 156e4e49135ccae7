"""A decision: a receipt to be posted, what it owes, and which texts it says.

Owns who is owed what by a record, and which of it the issue itself tells. Refuses to decide anything.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.outcome import told_as
from cocflow.core.acts.say import lost
from cocflow.core.case.act import Ask
from cocflow.core.case.case import SENDER, Case
from cocflow.core.case.facts import Actor
from cocflow.core.case.ids import NoticeId
from cocflow.core.case.progress import Change, Moved, Record
from cocflow.core.case.records import Owed, Words
from cocflow.core.engine.owning import owned
from cocflow.core.process import BACK, FOLDERS, Move, Role

PING = "channel/ping"
"""What the administrators' channel is told: where to look, and nothing of what happened."""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt to be posted: its record, and which templates make its text.

    `says` names the templates; `reason` is why a request is refused, `copy` a command that the
    refused person could send instead, `hint` the one thing to do with it, `put_back` what is undone (a
    label, or a button pressed), `asker` who asked. `shows`: the letters of a draft, which the receipt shows
    as they would be read once `would` counts, the record by which they would go out; `voids`: another draft
    is none any more. `unanswered`: what stands unanswered on the issue that this one goes on from, and `more`
    counts what isn't named.
    """

    record: Record
    says: tuple[str, ...]
    reason: str | None = None
    copy: str | None = None
    hint: str | None = None
    put_back: str | None = None
    asker: Actor | None = None
    shows: tuple[Owed, ...] = ()
    would: Record | None = None
    voids: bool = False
    unanswered: tuple[str, ...] = ()
    more: int = 0


def new_record(
    case: Case,
    of: str,
    at: datetime,
    *,
    move: str | None = None,
    by: str | None = None,
    refused: bool = False,
    sole: bool = False,
    changes: tuple[Change, ...] = (),
) -> Record:
    """Return the record of the next receipt of a case."""
    last, zone = case.ledger.last, case.community.zone.key
    return Record(
        n=last.record.n + 1 if last else 1,
        prev=last.id if last else None,
        of=of,
        at=max(at, last.record.at) if last else at,
        process=case.process.id,
        move=move,
        by=by,
        refused=refused,
        sole=sole,
        changes=changes,
        reached=dict(case.marks),
        typed=not any(entry.record.typed for entry in case.ledger.counted),
        zone="" if zone == case.ledger.zone else zone,
    )


def done(
    case: Case,
    of: str,
    at: datetime,
    move: Move | None,
    changes: tuple[Change, ...],
    notices: tuple[str, ...],
    *,
    asker: Actor | None = None,
    roles: frozenset[Role] = frozenset(),
    shows: tuple[Owed, ...] = (),
    cause: Actor | None = None,
) -> Decision:
    """Return the decision by which something happens: what it changes, and to whom it owes what.

    `cause`: who brought it about, where that isn't whoever asked. What it changes may mean an
    administrator, who then has no say any more: by whatever road it came, that stands in the same receipt.
    """
    record = new_record(
        case,
        of,
        at,
        move=move.name if move else None,
        by=asker.id if asker else None,
        sole=bool("administrator" in roles and case.is_sole(asker)),
        changes=changes,
    )
    after = case.after(record)
    keeps_out = lost(case, after, changes, move.records if move is not None else (), cause or asker)
    if keeps_out:
        changes = (*changes, *keeps_out)
        record = msgspec.structs.replace(record, changes=changes)
        after = case.after(record)
    if taken := owned(case, after, changes, move, asker, record.at):
        changes = (*changes, *taken)
        record = msgspec.structs.replace(record, changes=changes)
        after = case.after(record)
    owed = (*owed_by(case, record, after, notices), *ACTS.owes(case, record.n, changes))
    says = [notice for notice in notices if _is_said_here(notice, after) and _is_told(notice, after, record)]
    reply = f"{folder_of(roles)}/{move.reply}" if move is not None and move.reply is not None else None
    if reply is not None and (asker is not None or shows) and reply not in says:
        says.append(reply)
    return Decision(
        record=msgspec.structs.replace(record, owed=owed), says=tuple(says), asker=asker, shows=shows
    )


def with_reply(
    case: Case, answer: Decision, reply: str | None, key: str, reason: str | None = None
) -> Decision:
    """Add to the answer to a letter that its writer (a key) is told it, as they wrote one: by their own road.

    Who reads the issue is told by the receipt. Nobody is told twice what a notice tells them anyway.
    """
    person = case.after(answer.record).person(key)
    folder = FOLDERS.get(person.role) if person is not None and person.role is not None else None
    if reply is None or folder is None or person is None:
        return answer
    notice, record = f"{folder}/{reply}", answer.record
    if any((one.notice, one.to) == (notice, key) for one in record.owed):
        return answer
    id_ = str(NoticeId(record.n, notice, key))
    owed = Owed(id=id_, notice=notice, to=key, by_receipt=person.here, reason=reason or "")
    record = msgspec.structs.replace(record, owed=(*record.owed, owed))
    says = (*answer.says, notice) if person.here and notice not in answer.says else answer.says
    return msgspec.structs.replace(answer, record=record, says=says)


def changes_of(case: Case, move: Move, ask: Ask) -> tuple[Change, ...]:
    """Return what a granted request changes: what the move records, and the state."""
    to = case.progress.before(move.from_) if move.to == BACK else move.to
    moved = (Moved(to=to),) if to is not None and to != case.progress.state else ()
    return (*ACTS.changes(case, move.records, ask), *moved)


def owed_by(case: Case, record: Record, after: Case, notices: tuple[str, ...]) -> tuple[Owed, ...]:
    """Return what is owed to people by a record; what administrators read is the receipt itself."""
    owed: list[Owed] = []
    for notice in notices:
        folder = notice.partition("/")[0]
        ping = folder == "administrators"
        owed.extend(
            Owed(
                id=str(NoticeId(record.n, told, to)),
                notice=PING if ping else told,
                to=to,
                words=None if ping else _words_told(case, record),
                by_receipt=not ping and _is_said_here(notice, after),
            )
            for to in _recipients(after, folder, record)
            if (told := told_as(after, notice, to)) is not None
        )
    return tuple(owed)


def folder_of(roles: frozenset[Role]) -> str:
    """Return the folder of templates that answers somebody with these roles."""
    return next((folder for role, folder in FOLDERS.items() if role in roles), "community")


def _is_said_here(notice: str, after: Case) -> bool:
    """Whether the issue itself is the notice's channel: then the receipt is the notice."""
    folder = notice.partition("/")[0]
    role = next((role for role, name in FOLDERS.items() if name == folder), None)
    here = role in ("reporter", "filer") and any(one.here for one in after.people_who(role))
    return folder == "administrators" or here


def _is_told(notice: str, after: Case, record: Record) -> bool:
    """Whether there is anybody whom a notice is for; administrators read it here, whoever they are."""
    folder = notice.partition("/")[0]
    return folder == "administrators" or bool(_recipients(after, folder, record))


def _recipients(after: Case, folder: str, record: Record) -> list[str]:
    if folder == "administrators":
        return ["channel"] if _pings(after) else []
    if folder == "outside" and not after.community.outside_contact:
        return []
    if folder == SENDER and (after.arrival is None or not after.arrival.answered):
        return []
    role = next((role for role, name in FOLDERS.items() if name == folder), None)
    if role is None:
        return [folder]
    only = [one for one in (change.told_only() for change in record.changes) if one is not None]
    among = {key for keys in only for key in keys}
    return [one.key for one in after.people_who(role) if not only or one.key in among]


def _pings(case: Case) -> bool:
    """Whether the administrators' channel is told that something happened: not where one is concerned."""
    community = case.community
    return bool(community.administrators_slack_channel) and case.eligible == community.administrators


def _words_told(case: Case, record: Record) -> Words | None:
    """Return the words that a record's notices tell; None where templates say it all.

    What a draft's move records knows its words better than that the draft went out, which comes first.
    """
    told = (change.words_told(case.progress) for change in reversed(record.changes))
    return next((words for words in told if words is not None), None)
