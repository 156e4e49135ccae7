"""A case whose issue was moved to another repository: everything on it has another node id there.

Owns how a checkpoint is put into the ids of the present issue. Words are found again by their digest, among
the comments of whoever wrote them; those that aren't there any more stay lost. It decides nothing: an
administrator lets the case go on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cocflow.core.acts.continuation import WentOn
from cocflow.core.case.accounts import same_account
from cocflow.core.case.case import Case
from cocflow.core.case.facts import sha256
from cocflow.core.case.progress import Origin
from cocflow.core.engine.requests import when


def moved(case: Case, snapshot: dict[str, Any], upto: datetime) -> dict[str, Any]:
    """Return a checkpoint of a case that was moved here, with the ids that everything has here.

    What stood before the newest receipt, and had happened by then, counts as answered.
    """
    kept = {**_found(case, snapshot["kept"]), Origin.tag(): {"is": Origin.tag(), "issues": list(case.ids)}}
    went_on = kept.get(WentOn.tag())
    if went_on is not None:  # what it goes on from lies elsewhere, and here others have those numbers
        kept[WentOn.tag()] = {**went_on, "numbers": []}
    answered = {*map(str, snapshot["answered"]), *_answered(case, upto)}
    return {
        **snapshot,
        "notices": _found(case, snapshot["notices"]),
        "kept": kept,
        "answered": sorted(answered),
    }


def _answered(case: Case, upto: datetime) -> set[str]:
    """Return the facts at or after an instant that had been answered where the case came from."""
    receipts = {entry.id for entry in case.ledger.sound}
    last = max((place for place, fact in enumerate(case.issue.facts) if fact.id in receipts), default=0)
    before = {one.id for one in case.issue.facts[:last] if one.at >= upto and when(case, one) <= upto}
    former = {one.replace(id_, case.issue.id, 1) for one in case.progress.answered for id_ in case.ids}
    return before | {one.id for one in case.issue.facts if one.at >= upto and one.id in former}


def _found(case: Case, value: Any) -> Any:
    """Return a value of a checkpoint in which words name the comments that hold them here."""
    if isinstance(value, dict):
        if value.keys() == {"fact", "sha"}:
            return {**value, "fact": _where(case, value["fact"], value["sha"])}
        return {key: _found(case, one) for key, one in value.items()}
    return [_found(case, one) for one in value] if isinstance(value, list | tuple) else value


def _where(case: Case, fact: str, sha: str) -> str:
    """Return the id of the comment that holds these words here; the old one where none does."""
    if fact in case.comments:
        return fact
    by = next((one.record.by for one in case.ledger.sound if one.record.of == fact), None)
    for comment in case.issue.comments():
        theirs = by is None or (comment.by is not None and same_account(by, comment.by.id))
        if theirs and sha256(comment.body) == sha:
            return comment.id
    return fact
