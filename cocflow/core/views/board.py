"""What the board says: what cocflow couldn't do, what waits for somebody, and who is away.

It is no case, and holds nothing of any: numbers, sentences of the process, names of channels and settings,
and times.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.case.records import Leaving, Line
from cocflow.core.people.roster import Community
from cocflow.core.text.numbers import read_compact
from cocflow.core.views.base import View


class Waits(msgspec.Struct, frozen=True):
    """What a case waits for, in the process's words, since when, and whose case it is (a login, or "")."""

    number: int
    says: str
    since: datetime
    owner: str = ""


class Leaves(msgspec.Struct, frozen=True):
    """An incident whose time is over, or will be from `since` on; `others` are its other issues."""

    number: int
    others: tuple[int, ...]
    since: datetime | None


def leaves(one: Leaving) -> Leaves:
    """Return how people read of an incident that can be erased soon."""
    return Leaves(one.number, tuple(sorted(read_compact(one.numbers) - {one.number})), one.since)


class BoardView(View, frozen=True, kw_only=True):
    """For the administrators, on the board.

    `new`: what they haven't been told of yet; `more`: how much else there is, for which there is no room.
    `waiting` is what cases wait for; `erasable` can be erased now, by a command that names the `repository`,
    and what is `leaving` soon; `erased`: how much was. `asker` is away, `until` then or until they say
    otherwise, or is `back`; `reason` is why what they wrote wasn't understood.
    """

    lines: tuple[Line, ...] = ()
    new: tuple[Line, ...] = ()
    more: int = 0
    mentions: tuple[str, ...] = ()
    swept: datetime | None = None
    mailed: datetime | None = None
    waiting: tuple[Waits, ...] = ()
    asker: str = ""
    until: datetime | None = None
    back: bool = False
    reason: str = ""
    erasable: tuple[Leaves, ...] = ()
    leaving: tuple[Leaves, ...] = ()
    erased: int = 0
    repository: str = ""


def board(community: Community, **fields: object) -> BoardView:
    """Return what the administrators of a community read there."""
    return BoardView(
        community=community.name,
        code_of_conduct=community.code_of_conduct,
        rules_channel=community.rules_channel,
        outside_contact=community.outside_contact,
        **fields,  # type: ignore[arg-type]
    )
