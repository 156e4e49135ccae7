"""Keeping rooms: what whoever owns the organization sees of each, without a word that stands in it.

Owns which issue of the vault a room belongs to. Refuses to read what anybody wrote: it lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from cocflow.core.acts.guest import GUEST
from cocflow.core.case.facts import ROOM, Listed
from cocflow.core.process import STATE_PREFIX
from cocflow.core.views.tokens import is_token_of
from cocflow.ports import Room, Rooms
from cocflow.run.desk import Desk
from cocflow.run.listing import whole


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A room: its repository's name, and what is known of it.

    `number` is the vault's issue about it, None where there is none; `state` that issue's; `runs`: it is
    open, so somebody may still be there. `inside` and `invited` are logins. `written`: when
    somebody last wrote.
    """

    name: str
    number: int | None
    state: str
    runs: bool
    inside: tuple[str, ...]
    invited: tuple[str, ...]
    written: datetime | None

    @property
    def code_name(self) -> str:
        """What people call it."""
        return self.name.removeprefix(ROOM).replace("-", " ")


def kept(desk: Desk, rooms: Rooms) -> tuple[Kept, ...]:
    """Return every room, by name. Besides the listings two reads a room."""
    issues = tuple(_issues(desk))
    return tuple(
        _kept(one, _about(one, issues), rooms) for one in sorted(rooms.listing(), key=lambda one: one.name)
    )


def _kept(room: Room, about: Listed | None, rooms: Rooms) -> Kept:
    access = rooms.access(room.name)
    labels = about.labels or () if about is not None else ()
    return Kept(
        name=room.name,
        number=about.number if about is not None else None,
        state=next((one.removeprefix(STATE_PREFIX) for one in labels if one.startswith(STATE_PREFIX)), ""),
        runs=about is not None and about.is_open,
        inside=tuple(sorted(access.inside, key=str.casefold)),
        invited=tuple(sorted(access.invited, key=str.casefold)),
        written=max((one.updated_at for one in room.issues), default=None),
    )


def _about(room: Room, issues: Iterable[Listed]) -> Listed | None:
    """Return the vault's issue about a room, whose description bears that issue's token."""
    token = room.description.rpartition(" ")[2]
    return next((one for one in issues if is_token_of(token, one.id, GUEST)), None)


def _issues(desk: Desk) -> Iterator[Listed]:
    """Return all issues of the vault."""
    return (one for page in whole(desk.tracker) for one in page.issues)
