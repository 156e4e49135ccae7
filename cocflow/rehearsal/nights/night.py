"""What a night is made of: who one is at its start, what has happened before, and steps to try.

Owns the shapes only. What people do before it begins is written in the deeds of the demo's stories.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from cocflow.demo.script import AddLabel, File, Mail, Wait, Write
from cocflow.rehearsal.nights.facts import Facts

Deed: TypeAlias = File | Write | AddLabel | Mail | Wait
"""What may have happened before: a report in the room, words or a label on the newest one, a mail, time."""

Check: TypeAlias = Callable[[Facts], str]
"""What is still missing, in a sentence; "" once it has been reached."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to try: as whom (a persona's slug), what, and what a committee would look at there."""

    title: str
    who: str
    says: str
    look: str
    missing: Check


class Night(msgspec.Struct, frozen=True, kw_only=True):
    """A story to play. `who`: whom one is at first; `before`: who did what until then, "" being the clock."""

    slug: str
    title: str
    about: str
    who: str
    steps: tuple[Step, ...]
    before: tuple[tuple[str, Deed], ...] = ()
