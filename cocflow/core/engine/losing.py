"""Words that the case needs and that were changed or deleted: whoever can say them again is told, once.

Owns when that is said. Nothing of what the words were is known any more, so it is said by what they held. It
moves nothing: words put back as they were are read again, without a word.
"""

from __future__ import annotations

from datetime import datetime

from cocflow.core.acts import ACTS
from cocflow.core.case.act import Needed
from cocflow.core.case.case import Case
from cocflow.core.case.facts import CommentDeleted, sha256
from cocflow.core.case.ids import Edit
from cocflow.core.engine.decision import Decision, new_record

GONE = "gone"


def lost_words(case: Case) -> Decision | None:
    """Return the answer to an edit or a deletion of words that the case needs; None if none is unanswered."""
    needed: dict[str, list[Needed]] = {}
    for one in ACTS.needs(case):
        if one.words.fact:
            needed.setdefault(one.words.fact, []).append(one)
    for fact, all_ in needed.items():
        lost = [one for one in all_ if not _stands(case, one)]
        if lost and str(_edit(case, fact)) not in case.progress.answered:
            return _told(case, fact, lost)
    return None


def _stands(case: Case, one: Needed) -> bool:
    """Whether the words are there as they were written."""
    comment = case.comments.get(one.words.fact)
    text = one.text if one.text is not None or comment is None else comment.body
    return text is not None and sha256(text) == one.words.sha


def _edited(case: Case, fact: str) -> datetime | None:
    comment = case.comments.get(fact)
    return case.issue.body_edited_at if fact == case.issue.id else comment.edited_at if comment else None


def _edit(case: Case, fact: str) -> Edit:
    at = _edited(case, fact)
    return Edit(fact, at.isoformat() if at is not None else GONE)


def _told(case: Case, fact: str, lost: list[Needed]) -> Decision:
    comment, edit = case.comments.get(fact), _edit(case, fact)
    deletions = (one.at for one in case.issue.facts if isinstance(one, CommentDeleted))
    at = _edited(case, fact) or max(deletions, default=case.issue.opened_at)
    roles = case.roles(comment.by) if comment is not None else frozenset()
    theirs = "reporter" in roles and "administrator" not in roles
    holds = " and ".join(dict.fromkeys(one.holds for one in lost))
    happened = "deleted" if edit.at == GONE else "edited"
    return Decision(
        record=new_record(case, str(edit), at),
        says=("reporter/words_lost" if theirs else "administrators/words_lost",),
        reason=f"{holds[0].upper()}{holds[1:]} can't be read any more: what said it was {happened}.",
        copy="\n\n".join(dict.fromkeys(one.again for one in lost if one.again)) or None,
        asker=comment.by if comment is not None else None,
    )
