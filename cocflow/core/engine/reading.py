"""From one read of an issue to its case: receipts decoded, sorted and replayed.

Owns which process governs an issue, and what a receipt must be to be read at all.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.suspension import OF_INCIDENT, SuspensionBegan
from cocflow.core.case.case import Case, Definition, marker_of
from cocflow.core.case.facts import Issue
from cocflow.core.case.ledger import Ledger, Receipt, sorted_out
from cocflow.core.case.progress import LONG_AGO, Progress, Record, restored
from cocflow.core.case.records import is_plausible, read_record
from cocflow.core.case.seal import Seal
from cocflow.core.engine.legacy import upgraded
from cocflow.core.forms.reading import read
from cocflow.core.people.roster import Community
from cocflow.core.process import INCIDENT, SUSPENSION, Kind

_DECODER: msgspec.json.Decoder[Record] = msgspec.json.Decoder(ACTS.record_type)


def read_receipt(body: str) -> Record | None:
    """Return the record of a receipt; None where the text is none, or is unreadable."""
    record = read_record(body, _DECODER.decode)
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


def open_case(
    issue: Issue,
    definition: Definition,
    community: Community,
    delivered: Iterable[str] = (),
    incident: Case | None = None,
    seal: Seal | None = None,
    ledger: Ledger | None = None,
) -> Case:
    """Return the case that one read of an issue shows.

    `delivered`: notices that this run has delivered, besides those that the card marks. `incident`:
    the incident of a suspension. `ledger`: that of this very read, where it is known already.
    """
    ledger = ledger or read_ledger(issue, seal)
    progress = replay(ledger.counted)
    marked = {*delivered, *(ledger.card_record.told if ledger.card_record else ())}
    marks = tuple(sorted(marked - progress.told))
    progress.told.update(marks)
    return Case(
        issue=issue,
        ledger=ledger,
        progress=progress,
        definition=definition,
        subjects=ACTS,
        community=community,
        marks=marks,
        incident=incident,
        seal=seal,
    )


def governed_by(
    issue: Issue, community: Community, seal: Seal | None = None, ledger: Ledger | None = None
) -> str:
    """Return the name of the process that governs an issue: its receipts say, else how it was opened.

    Every issue is an incident, but for those that the bot opened as suspensions, and those that an
    administrator opened with the suspension form. Anybody with triage can put a label on, so the
    label alone makes no suspension.
    """
    last = (ledger or read_ledger(issue, seal)).last
    if last is not None:
        return last.record.process.partition("/")[0]
    return _begins_as(issue, community, seal)


def _begins_as(issue: Issue, community: Community, seal: Seal | None) -> Kind:
    author = issue.author
    if author is None:
        return INCIDENT
    if author.id == issue.me:
        return SUSPENSION if marker_of(issue, seal) is not None else INCIDENT
    on_roster = community.administrator(author.login) is not None
    return SUSPENSION if on_roster and SUSPENSION in issue.labels else INCIDENT


def incident_number(issue: Issue, definition: Definition, seal: Seal | None = None) -> int | None:
    """Return the number of the incident that a suspension belongs to, None if it names none."""
    ledger = read_ledger(issue, seal)
    for entry in ledger.counted[:1]:
        for change in entry.record.changes:
            if isinstance(change, SuspensionBegan) and change.incident:
                return change.incident
    marker = marker_of(issue, seal)
    if marker is not None:
        return marker.number
    said = read(definition.form, issue.body).answers.text(OF_INCIDENT).strip().removeprefix("#")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else issue.parent
