"""From one read of an issue to its case: receipts decoded, sorted and replayed.

Owns which process governs an issue, and what a receipt must be to be read at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.guest import RoomBegan
from cocflow.core.acts.suspension import OF_INCIDENT, SuspensionBegan
from cocflow.core.acts.told import Returned
from cocflow.core.case.case import Case, Definition, marker_of
from cocflow.core.case.facts import Issue, Tail, extended
from cocflow.core.case.growing import grows
from cocflow.core.case.ledger import Ledger, Receipt, sorted_out
from cocflow.core.case.ledger import went_on as ledger_went_on
from cocflow.core.case.progress import LONG_AGO, Origin, Progress, Record, restored
from cocflow.core.case.records import CONTINUATION, is_plausible, read_record, unpacked
from cocflow.core.case.seal import Seal
from cocflow.core.engine.legacy import upgraded
from cocflow.core.forms.reading import read as report_in
from cocflow.core.people.roster import Community
from cocflow.core.process import CHILDREN, INCIDENT, KINDS, SUSPENSION, Kind

_DECODER: msgspec.json.Decoder[Record] = msgspec.json.Decoder(ACTS.record_type)


@lru_cache(maxsize=512)  # an issue is read again when what it belongs to has changed
def read_receipt(body: str) -> Record | None:
    """Return the record of a receipt; None where the text is none, or is unreadable."""
    written = read_record(body, _DECODER.decode)
    record = unpacked(written) if written is not None else None
    if record is None:
        return None
    record = upgraded(record)
    return record if record.snapshot is None or _is_snapshot(record) else None


def _is_snapshot(record: Record) -> bool:
    """Whether a checkpoint can be restored from what the record holds, which may be anybody's."""
    try:
        progress = restored(record.snapshot or {}, ACTS.kinds)
    except (msgspec.ValidationError, TypeError, ValueError, AttributeError):
        return False
    bare = {name: getattr(progress, name) for name in progress.__struct_fields__ if name != "answered_upto"}
    return is_plausible(bare) and (progress.answered_upto == LONG_AGO or is_plausible(progress.answered_upto))


def read_ledger(issue: Issue, seal: Seal | None = None) -> Ledger:
    """Sort the comments of one read into receipts and card, in comment order."""
    return sorted_out(issue, read_receipt, seal)


def replay(entries: Iterable[Receipt]) -> Progress:
    """Return what these receipts, in order, have made of the case. Linear in the receipts."""
    progress = Progress()
    for entry in entries:
        progress = stepped(progress, entry.record)
    return progress


def stepped(progress: Progress, record: Record) -> Progress:
    """Return the progress after one more receipt: the same, grown; or what its checkpoint holds."""
    if record.snapshot is not None:
        progress = restored(record.snapshot, ACTS.kinds)
    progress.apply(record)
    return progress


class Read(msgspec.Struct, frozen=True):
    """One read of an issue, with its receipts parsed: once, however much is asked of them."""

    issue: Issue
    ledger: Ledger
    seal: Seal | None = None

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Read({self.issue.number})"


def parsed(issue: Issue, seal: Seal | None = None) -> Read:
    """Parse the receipts of a read of an issue."""
    return Read(issue, read_ledger(issue, seal), seal)


def went_on(read: Read, tail: Tail) -> Read:
    """Return a read as it is with what came after it: only that is parsed, where it changes nothing before.

    A card of before that was edited meanwhile isn't in a tail.
    """
    issue = extended(read.issue, tail)
    news = issue.facts[len(read.issue.facts) :]
    ledger = ledger_went_on(read.ledger, issue, news, read_receipt, read.seal)
    return Read(issue, ledger if ledger is not None else read_ledger(issue, read.seal), read.seal)


@grows(Progress)
def _replayed(ledger: Ledger, known: Progress, news: tuple[Receipt, ...]) -> Progress:
    """Return what the receipts that count have made of a case; whoever changes it copies it first."""
    progress = known.copy()
    for entry in news:
        progress = stepped(progress, entry.record)
    return progress


def open_case(
    read: Read,
    definition: Definition,
    community: Community,
    delivered: Iterable[str] = (),
    incident: Case | None = None,
) -> Case:
    """Return the case that one read of an issue shows.

    `delivered`: notices that this run has delivered, besides those that the card marks. `incident`:
    the incident of a suspension. Where the outside contact is in the case, it has none: nobody is sent to
    whom it concerns, and they aren't asked.
    """
    ledger = read.ledger
    progress = _replayed(ledger).copy()
    card, now = ledger.card_record, read.issue.now
    known = dict.fromkeys(delivered, now)
    if card is not None:
        known |= {id_: progress.owed_since.get(id_, now) for id_ in card.told} | card.reached
    new = known.keys() - progress.told - set(progress[Returned].notices)
    marks = {id_: known[id_] for id_ in sorted(new)}
    progress.tell(marks)
    case = Case(
        issue=read.issue,
        ledger=ledger,
        progress=progress,
        definition=definition,
        subjects=ACTS,
        community=community,
        marks=marks,
        incident=incident,
        seal=read.seal,
    )
    if not _concerns_outside(case):
        return case
    return msgspec.structs.replace(case, community=msgspec.structs.replace(community, outside_contact=""))


def _concerns_outside(case: Case) -> bool:
    """Whether the outside contact is somebody in the case, by their address."""
    mail = case.community.outside_contact_mail.casefold()
    people = (one for above in (case, case.incident) if above is not None for one in above.people)
    return mail != "" and any(one.mail.casefold() == mail for one in people)


def governed_by(read: Read, community: Community) -> str:
    """Return the name of the process that governs an issue: its receipts say, else how it was opened.

    Every issue is an incident, but for those that the bot opened as suspensions or rooms, and those that an
    administrator opened with the form of either. Anybody with triage can put a label on, so the label alone
    makes none.
    """
    last = read.ledger.last
    return last.record.process.partition("/")[0] if last is not None else _begins_as(read, community)


def _begins_as(read: Read, community: Community) -> Kind:
    issue, author = read.issue, read.issue.author
    if author is None:
        return INCIDENT
    if issue.is_me(author):
        marker = marker_of(issue, read.seal)
        known = next((kind for kind in KINDS if marker is not None and kind == marker.process), None)
        suspends = marker is not None and marker.key != CONTINUATION and not marker.process
        return SUSPENSION if suspends else known or INCIDENT
    on_roster = community.administrator(author.login, author.number) is not None
    labelled = (kind for kind in CHILDREN if kind in issue.labels)
    return next(labelled, INCIDENT) if on_roster else INCIDENT


def _was_moved(read: Read) -> bool:
    snapshots = (entry.record.snapshot or {} for entry in read.ledger.counted[:1])
    return bool(read.ledger.moved_from) or any(Origin.tag() in one.get("kept", {}) for one in snapshots)


def incident_number(read: Read, definition: Definition) -> int | None:
    """Return the number of the case that a suspension or a room belongs to, None if it names none."""
    if _was_moved(read):
        return read.issue.parent  # the numbers of where it came from mean other issues here
    first = replay(read.ledger.counted[:1])
    mine = first.newest(SuspensionBegan) or first.newest(RoomBegan)
    if mine is not None and mine.incident:
        return mine.incident
    marker = marker_of(read.issue, read.seal)
    if marker is not None:
        return marker.number if marker.key != CONTINUATION else None
    said = report_in(definition.form, read.issue.body).answers.text(OF_INCIDENT).strip().removeprefix("#")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else read.issue.parent
