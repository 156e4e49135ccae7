"""Commands that their authors edited, after they were answered.

Owns which edits ask for something: what was refused may be corrected, and whoever edits what was done has to
be told that it stands. Refuses all others: an edit by somebody else is nobody's command.
"""

from __future__ import annotations

from cocflow.core.case.case import Case
from cocflow.core.case.facts import Corrected, Fact, sha256
from cocflow.core.case.growing import grows
from cocflow.core.case.ledger import Ledger, Receipt
from cocflow.core.case.progress import Record


def corrections(case: Case) -> list[Corrected]:
    """Return their authors' edits of commands that were answered: each asks for what stands there now.

    The newest receipt about a comment says what was read there. Receipts of earlier versions don't, and what
    they refused stays so.
    """
    found: list[Corrected] = []
    for fact in [one for one in case.issue.comments() if one.edited_at is not None]:
        record = newest_about(case).get(fact.id)
        if record is None or fact.edited_by_another:
            continue
        if record.read not in ("", sha256(fact.body)):
            found.append(Corrected.of(fact))
    return found


def was_done(case: Case, fact: Fact) -> bool:
    """Whether a fact is the edit of a command that was granted, as it stood once."""
    return isinstance(fact, Corrected) and fact.comment in _done(case.ledger)


def newest_about(case: Case) -> dict[str, Record]:
    """Return the newest counted record about each comment, by its node id, its corrections counted in."""
    return _newest_about(case.ledger)


@grows(frozenset[str])
def _done(ledger: Ledger, known: frozenset[str], news: tuple[Receipt, ...]) -> frozenset[str]:
    granted = (one.record for one in news if one.record.read and not one.record.refused)
    return known | {Corrected.comment_of(one.of) for one in granted}


@grows(dict[str, Record])
def _newest_about(ledger: Ledger, known: dict[str, Record], news: tuple[Receipt, ...]) -> dict[str, Record]:
    return {**known, **{Corrected.comment_of(one.record.of): one.record for one in news}}
