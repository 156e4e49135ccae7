"""A case that goes on in another issue: opened once, linked both ways, and the one before it laid to rest.

Owns what runs between the two issues. The order is: what the one before records, where it has room; the
other issue, known by its marker if a run dies; the checkpoint there, which every run posts that finds none;
and then, as often as anything happens there, the rest of the one before. An issue that is full takes no
comment, so nothing here needs one.
"""

from __future__ import annotations

import msgspec

from cocflow.core.acts.continuation import goes_on
from cocflow.core.case.case import Case, marker_of
from cocflow.core.case.facts import Earlier
from cocflow.core.case.records import CONTINUATION, WITHOUT_RECORD, Card, Marker, card_line, marker_line
from cocflow.core.engine.continuing import taken_over
from cocflow.core.engine.reading import Read
from cocflow.core.engine.requests import open_requests
from cocflow.core.text.codename import title
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.errors import CocflowError
from cocflow.ports import AddComment, EditComment, RemoveLabels, SetOpen, Write
from cocflow.run.desk import Desk
from cocflow.run.projection import ours
from cocflow.run.receipts import post

_POINTS = "This goes on in #"


class NoOriginError(CocflowError):
    """An issue was opened to go on from another, whose case can't be read: it must not begin anew."""

    def __init__(self, number: int, before: int) -> None:
        super().__init__(f"Issue {number} goes on from {before}, and the case there can't be read.")


def continuing(desk: Desk, case: Case) -> int | None:
    """Return in which issue a case goes on, opened if need be; None where it goes on here."""
    there = desk.continuation(case)
    return _open(desk, case) if there is None and goes_on(case) else there


def _open(desk: Desk, case: Case) -> int:
    process = case.process.name
    marker = Marker(incident=case.issue.id, number=case.issue.number, key=CONTINUATION, process=process)
    said = f"This goes on from #{case.issue.number}. What was reported stands there."
    body = f"{marker_line(marker, desk.seal)}\n\n{said}"
    return desk.tracker.open_child(case.issue.number, title(process, case.code_name), body, [])


def begun(desk: Desk, read: Read) -> Read:
    """Have an issue that was opened to go on from another take its case over, if it hasn't yet.

    Raises NoOriginError where the case isn't to be had.
    """
    marker, ledger = marker_of(read.issue, desk.seal), read.ledger
    if marker is None or marker.key != CONTINUATION or ledger.counted or ledger.broken:
        return read
    origin = desk.read(marker.number)
    before = desk.open(origin, incident=desk.incident_of(origin))
    if before.issue.id != marker.incident or before.ledger.broken or before.progress.state is None:
        raise NoOriginError(read.issue.number, marker.number)
    comments = tuple(before.comments.values())
    earlier = Earlier(body=before.body, author=before.author, comments=comments)
    here = msgspec.structs.replace(
        desk.open(read, incident=before.incident),
        issue=msgspec.structs.replace(read.issue, earlier=earlier),
        progress=before.progress.copy(),
    )
    return post(desk, here, taken_over(before, here))[0]


def rest(desk: Desk, case: Case, there: int) -> None:
    """Lay an issue to rest that goes on in another: its card points there, and its suspensions go there."""
    issue, card = case.issue, case.ledger.card_record
    if card is None or card.goes_on != there:
        for child in desk.tracker.children(issue.number).values():
            if child.number == there and not child.linked:
                desk.tracker.link(issue.number, child.database_id)
            elif child.number != there and child.linked:
                desk.tracker.link(there, child.database_id)
    labels = tuple(sorted(label for label in issue.labels if ours(case, label)))
    writes: list[Write] = [RemoveLabels(labels)] if labels else []
    if issue.space and _is_asked(case):
        writes.append(AddComment(_pointer(there)))
    if issue.is_open:
        writes.append(SetOpen(open_=False))
    desk.tracker.write(issue, writes)
    desk.tracker.write(issue, _card(desk, case, there))


def _card(desk: Desk, case: Case, there: int) -> list[Write]:
    """Return what writes the card of an issue that is at rest, once it is."""
    last, old = case.ledger.last, case.ledger.card
    if last is None:
        return []
    card = Card(
        n=last.record.n,
        last=last.id,
        seen=case.issue.newest_by_person(),
        edited=case.issue.body_edited_at,
        reached=dict(case.marks),
        goes_on=there,
    )
    text = desk.templates.render(
        "administrators/gone_on", view("administrators", case, Occasion(goes_on=there))
    )
    body = f"{text}\n\n{card_line(card, desk.seal, case.issue.id)}"
    if old is not None and old.body != body:
        return [EditComment(old.id, body)]
    return [AddComment(body)] if old is None and case.issue.space else []


def _pointer(there: int) -> str:
    return (
        f"{_POINTS}{there}, and nothing is answered here any more. Please write it there.\n\n{WITHOUT_RECORD}"
    )


def _is_asked(case: Case) -> bool:
    """Whether somebody has asked for something here since it went on elsewhere, and since we said so."""
    last, asked = case.ledger.last, {fact.id for fact in open_requests(case)}
    for fact in reversed(case.issue.comments()):
        if fact.id in asked:
            return True
        if case.issue.is_mine(fact) and (fact.body.startswith(_POINTS) or (last and fact.id == last.id)):
            return False
    return False
