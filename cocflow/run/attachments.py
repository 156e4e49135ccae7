"""Attachments: what came with the letters of a case, from the mailbox in which they were left.

Owns which letter of an issue is which mail. They never lie on the issue: whoever wants them has the mailbox's
own password. Refuses to open one, and to write it anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import msgspec

from cocflow.core.case.case import Case
from cocflow.core.case.records import Filed
from cocflow.ports import Attached, Letter, Mailbox
from cocflow.run.intake import as_filed, digest_of


class CameWith(msgspec.Struct, frozen=True):
    """What came with a letter that was received then; None where the mailbox doesn't have it (any more)."""

    received: datetime
    files: tuple[Attached, ...] | None


def attachments(case: Case, mailbox: Mailbox) -> Iterator[CameWith]:
    """Give what came with each letter of a case, in the order in which they stand there."""
    for filed in _letters(case):
        yield CameWith(filed.received, mailbox.attached(filed.received, partial(_is, case, filed)))


def _is(case: Case, filed: Filed, letter: Letter) -> bool:
    return digest_of(as_filed(case.community, letter)) == filed.mail


def _letters(case: Case) -> tuple[Filed, ...]:
    found = (case.mail(comment) for comment in case.comments.values())
    return tuple({one.mail: one for one in found if one is not None}.values())
