"""Who is away: what administrators say of it on the board, and the receipts of that.

Owns `/away` and `/back`. What counts is what the receipts say, in their order; the board's card is an index
of them. Nobody but an administrator of the roster says anything here, and of nobody but themself.
"""

from __future__ import annotations

from cocflow.core.case.facts import Commented, Issue
from cocflow.core.case.records import Absence, Away, absence_line, is_vouched, read_absence
from cocflow.core.people.roster import Administrator
from cocflow.core.text.when import read_when
from cocflow.core.views.board import board
from cocflow.errors import UserMistake
from cocflow.run.desk import Desk

AWAY, BACK = "/away", "/back"


def answer(desk: Desk, issue: Issue) -> None:
    """Answer what is said on the board of who is away; from then on, the run knows who is."""
    receipts = [one for comment in issue.comments() if (one := _receipt(desk, issue, comment)) is not None]
    answered = {one.of for one in receipts}
    for comment in issue.comments():
        who = _says(desk, comment)
        if who is not None and comment.id not in answered:
            absence, reason = _read(desk, comment, who, issue)
            view = board(
                desk.community,
                asker=who.shown(),
                until=absence.until,
                back=absence.back,
                reason=reason,
            )
            text = desk.templates.render("board/away", view)
            line = absence_line(absence, desk.seal, issue.id)
            desk.tracker.comment(issue.number, f"{text}\n\n{line}")
            receipts.append(absence)
    away = (one for one in _now(receipts) if one.until is None or one.until > issue.now)
    desk.rota.away, desk.rota.heard = tuple(away), issue.newest_by_person()


def _receipt(desk: Desk, issue: Issue, comment: Commented) -> Absence | None:
    """Return the record of a receipt, as cocflow wrote it; None for anything else."""
    ours = issue.is_mine(comment) and not comment.edited_by_another
    vouched = ours and is_vouched(comment.body, desk.seal, issue.id, comment.unchanged_since)
    return read_absence(comment.body) if vouched else None


def _says(desk: Desk, comment: Commented) -> Administrator | None:
    """Return which administrator says in a comment that they are away, or back."""
    word = (comment.body.partition("\n")[0].split() or [""])[0].casefold().rstrip(".!")
    by = None if comment.edited_by_another else comment.by
    if word not in (AWAY, BACK) or by is None or by.bot:
        return None
    return desk.community.administrator(by.login, by.number)


def _read(desk: Desk, comment: Commented, who: Administrator, issue: Issue) -> tuple[Absence, str]:
    """Return what somebody says of themself, and why it can't be understood, if it can't."""
    marks = tuple(sorted(desk.community.marks_of(who)))
    word, *words = comment.body.partition("\n")[0].split()
    if word.casefold().rstrip(".!") == BACK:
        return Absence(of=comment.id, marks=marks, back=True), ""
    said = " ".join(words[1:] if words[:1] in (["until"], ["for"]) else words).rstrip(".!")
    if not said:
        return Absence(of=comment.id, marks=marks), ""
    try:
        until = read_when(said, now=comment.at, zone=desk.community.zone)
    except UserMistake as mistake:
        return Absence(of=comment.id, refused=True), str(mistake)
    return Absence(of=comment.id, marks=marks, until=until), ""


def _now(receipts: list[Absence]) -> tuple[Away, ...]:
    """Return who is away by these receipts, be their time over or not."""
    found: dict[tuple[str, ...], Away] = {}
    for one in (one for one in receipts if not one.refused):
        mine = [marks for marks in found if set(marks) & set(one.marks)]
        for marks in mine:
            del found[marks]
        if not one.back:
            found[one.marks] = Away(marks=one.marks, until=one.until)
    return tuple(found.values())
