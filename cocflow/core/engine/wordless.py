"""Mails that hold no words of their sender's: nothing is decided by them, and people look at them.

Owns what administrators read about one, and when its sender is asked for plain text: whoever is verified
once a day, anybody else once in a case. Nobody is asked because a program wrote.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from cocflow.core.case.case import Case
from cocflow.core.case.facts import Fact
from cocflow.core.case.ids import NoticeId
from cocflow.core.case.records import Filed, LetterKind, Owed
from cocflow.core.engine.decision import Decision, new_record
from cocflow.core.process import FOLDERS

SAYS = "administrators/mail_wordless"
ASKS = "plain_text"
"""The name of the notice that asks for plain text, in the folder of whoever is asked."""

EVERY = timedelta(days=1)

_IS: dict[LetterKind, str] = {
    "absence": "It looks like an automatic answer, so nothing was decided; a person may have written it.",
    "reaction": "It is a reaction, as of a thumb, and no words.",
    "receipt": "It is a receipt: a program says that a mail was shown, or deleted.",
    "calendar": "It is about an appointment in a calendar, and no answer.",
    "encrypted": "It is encrypted, and I can't read it. It lies aside in the mailbox.",
    "attachments": "It holds files and no words. It lies aside in the mailbox.",
    "empty": "It holds no words but those that a mail program added.",
}
_ASKED: frozenset[LetterKind] = frozenset({"reaction", "calendar", "encrypted", "attachments", "empty"})
_BY_HAND = "If it is an appeal, file it: `/appeal`, and the words behind it."
_MAY_SAY: frozenset[LetterKind] = frozenset({"absence", "encrypted", "attachments", "empty"})
"""Kinds in which a person may have said something all the same."""


def wordless(case: Case, fact: Fact, filed: Filed, at: datetime) -> Decision | None:
    """Return what is done about a mail without words; None if it holds words, or a program wrote them."""
    if filed.kind == "words" or filed.button or (filed.automatic and filed.kind != "receipt"):
        return None
    record = new_record(case, fact.id, at, refused=True)
    asked = _asked(case, filed, at)
    if asked is not None:
        notice, to = asked
        owed = Owed(id=str(NoticeId(record.n, notice, to)), notice=notice, to=to)
        record = msgspec.structs.replace(record, owed=(owed,))
    by_hand = (_BY_HAND,) if case.is_suspension and filed.kind in _MAY_SAY else ()
    answered = (
        "They are asked to write it as plain text."
        if asked
        else "They aren't asked to write it as plain text."
    )
    return Decision(record=record, says=(SAYS,), reason=" ".join((_IS[filed.kind], *by_hand, answered)))


def _asked(case: Case, filed: Filed, at: datetime) -> tuple[str, str] | None:
    """Return by which notice who is asked for plain text; None if nobody is, or they were already."""
    person = case.person(filed.person)
    if filed.kind not in _ASKED or person is None or person.role is None:
        return None
    if not (person.mail or person.room) or person.unasked or person.here:
        return None
    notice = f"{FOLDERS[person.role]}/{ASKS}" if person.role in ("reporter", "party", "suspended") else ""
    since, owed = case.progress.owed_since, case.progress.notices.values()
    before = [since[one.id] for one in owed if (one.notice, one.to) == (notice, person.key)]
    again = not before or (filed.verified and max(before) + EVERY <= at)
    return (notice, person.key) if notice and again else None
