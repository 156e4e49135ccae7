"""What a story is written in: chapters, their steps, and what must come of each step.

Owns the shapes only. A chapter is one incident; a step is one thing that one person does.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

import msgspec

How: TypeAlias = Literal[
    "by mail",
    "in the room",
    "by invitation",
    "in the channel",
    "on the incident",
    "by mention",
    "by hand",
    "to be told by hand",
]
"""How a notice reached somebody; the last one says that it is still owed."""


class File(msgspec.Struct, frozen=True, tag_field="do", tag="file"):
    """Open an incident with these answers to the form, by the ids of its questions."""

    answers: Mapping[str, str | tuple[str, ...]]


class OpenRoom(msgspec.Struct, frozen=True, tag_field="do", tag="open room"):
    """Fill in the form "Open a room", for a login."""

    login: str


class Accept(msgspec.Struct, frozen=True, tag_field="do", tag="accept"):
    """Accept the invitation into a room."""


class Look(msgspec.Struct, frozen=True, tag_field="do", tag="look"):
    """Do nothing: the step is there for what people see."""


class Write(msgspec.Struct, frozen=True, tag_field="do", tag="write"):
    """Write a comment: ordinary talk, or a command."""

    text: str


class AddLabel(msgspec.Struct, frozen=True, tag_field="do", tag="add label"):
    """Put a label on the incident."""

    label: str


class Press(msgspec.Struct, frozen=True, tag_field="do", tag="press"):
    """Press a button of the incident."""

    button: Literal["Close", "Reopen"]


class Mail(msgspec.Struct, frozen=True, tag_field="do", tag="mail"):
    """Answer the newest mail that one got, or write to the address for reports; then a sweep is started."""

    sender: str
    text: str
    reports: bool = False


class Wait(msgspec.Struct, frozen=True, tag_field="do", tag="wait"):
    """Let hours pass; then the schedule starts a sweep."""

    hours: int


Act: TypeAlias = File | OpenRoom | Write | AddLabel | Press
"""What is done in a repository."""

Deed: TypeAlias = Act | Accept | Look | Mail | Wait


class Heard(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody who was told: a login, a mail address or a name; how; and which notice.

    What is only a mention of somebody in an answer names no notice. `subject` and `words` are those
    of a mail, or of what stands in a room; a story doesn't foretell them.
    """

    to: str
    how: How
    notice: str = ""
    subject: str = ""
    words: str = ""

    def __str__(self) -> str:
        """Return all that a story foretells of it."""
        return f"{self.to} {self.how}{f' ({self.notice})' if self.notice else ''}"


class Sees(msgspec.Struct, frozen=True):
    """All that somebody can read: the repositories, each with the numbers of its issues.

    The name of a repository may end in `*`, for a part that isn't foretold. `role`: who they are.
    """

    who: str
    role: str
    repositories: Mapping[str, tuple[int, ...]] = {}


class Expect(msgspec.Struct, frozen=True, kw_only=True):
    """What must have come of a step: nothing less, and nothing more.

    `state` is that of the only label of a state that stands then. `receipts` counts cocflow's
    answers, `refused` those of them that refuse. `sees`: what people can read then, each with their own
    token, and nothing more.
    """

    state: str
    is_open: bool = True
    receipts: int = 1
    refused: int = 0
    told: tuple[Heard, ...] = ()
    sees: tuple[Sees, ...] = ()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody does. `shows` names what it is in the story for.

    `on`: which of the incident's suspensions it is done to, the first one opened being 1; 0 is the
    incident itself. What is expected is expected there. `in_room`: it is done in the room of whoever does
    it, which starts no run; the next sweep finds it.
    """

    shows: str
    who: str
    did: str
    deed: Deed
    expect: Expect
    on: int = 0
    in_room: bool = False


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """One incident, from its filing, or the room or mail in which it is reported, which is the first step.

    `vault`: in which of the community's vaults it is kept, in their order, the first one being 1.
    """

    title: str
    steps: tuple[Step, ...]
    vault: int = 1
