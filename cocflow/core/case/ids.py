"""Names that receipts give to things which GitHub has no id for: each with one maker and one parser.

A receipt's `of` is a fact's node id, or one of these. No node id looks like one of them.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.process import CHILDREN, Kind


class Occurrence(msgspec.Struct, frozen=True):
    """One occurrence of a timer: `timer:<name>@<due instant>`."""

    timer: str
    due: str

    def __str__(self) -> str:
        return f"timer:{self.timer}@{self.due}"

    @classmethod
    def at(cls, timer: str, due: datetime) -> Occurrence:
        """Return the occurrence of a timer at an instant."""
        return cls(timer, due.isoformat())


class ByItself(msgspec.Struct, frozen=True):
    """A move that cocflow makes by itself after a receipt: `auto:<move>@<number of the receipt>`."""

    move: str
    after: int

    def __str__(self) -> str:
        return f"auto:{self.move}@{self.after}"


class OfChild(msgspec.Struct, frozen=True):
    """A receipt of a suspension or a room that the case above it notes: `<kind>:<node id>#<its number>`."""

    kind: Kind
    issue: str
    receipt: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.issue}#{self.receipt}"


class Edit(msgspec.Struct, frozen=True):
    """An edit of words that the case needs: `edit:<node id>@<instant>`; `gone` where they were deleted."""

    words: str
    at: str

    def __str__(self) -> str:
        return f"edit:{self.words}@{self.at}"


Own = Occurrence | ByItself | OfChild | Edit


def read_own(of: str) -> Own | None:
    """Return what a receipt answers, if it is one of these; None for anything else, as a node id."""
    kind, _, rest = of.partition(":")
    if kind == "timer":
        timer, _, due = rest.partition("@")
        return Occurrence(timer, due)
    if kind == "edit":
        words, _, at = rest.rpartition("@")
        return Edit(words, at)
    child = next((one for one in CHILDREN if one == kind), None)
    name, _, number = rest.rpartition("@" if child is None else "#")
    count = _number(number)
    if count is None or not name:
        return None
    if child is not None:
        return OfChild(child, name, count)
    return ByItself(name, count) if kind == "auto" else None


class NoticeId(msgspec.Struct, frozen=True):
    """A notice that a receipt owes: `<number of the receipt>.<template>.<to>`, the last for one addressee."""

    receipt: int
    notice: str
    to: str = ""

    def __str__(self) -> str:
        return f"{self.receipt}.{self.notice}.{self.to}" if self.to else f"{self.receipt}.{self.notice}"

    @classmethod
    def read(cls, text: str) -> NoticeId:
        """Return the id that a text is; receipt 0 for one that isn't ours."""
        number, _, rest = text.partition(".")
        notice, _, to = rest.partition(".")
        return cls(_number(number) or 0, notice, to)


def child_id(above: str, key: str) -> str:
    """Return what names a suspension or a room before its issue exists; nothing takes it apart again."""
    return f"{above}/{key}"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
