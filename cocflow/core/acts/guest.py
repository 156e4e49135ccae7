"""A room on its own page: whose it is, what its repository is called, and how it begins and goes on.

The login is believed only while it stands where it was said at first: whoever is let in reads all that is
told there.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cocflow.core.acts.continuation import WentOn, origin
from cocflow.core.acts.room import (
    NO_ROOMS,
    RoomNoted,
    RoomStanding,
    is_on_roster,
    order_in,
    read_login,
    rooms,
)
from cocflow.core.case.act import Act, Ask, Begun, Guard, Note, Recorder
from cocflow.core.case.case import Case, once
from cocflow.core.case.child import TwiceMadeError, to_incident
from cocflow.core.case.facts import Access, Fact
from cocflow.core.case.ids import OfChild, child_id
from cocflow.core.case.progress import Change, Moved
from cocflow.core.case.records import Number, Owed
from cocflow.core.people.person import Person, digest
from cocflow.core.process import ROOM
from cocflow.core.text.codename import room_name as called
from cocflow.core.text.inert import inline
from cocflow.errors import UserMistake

LOGIN = "login"
"""The id of the form's one field: whose room it is."""

NO_LOGIN = (
    "What was written there is no login of GitHub, or has changed since I first read it. So nobody is let in:"
    " open another room."
)

GUEST = "guest"
"""The key of the one person on a room's page."""

INVITED = "guest/invited"
"""The notice by which a room is made, and its guest let in."""


class RoomBegan(Change, frozen=True, kw_only=True, tag="room_began"):
    """A room's own beginning: what it is called, by whom, of which case, under which key, whose it is there.

    `login` is the digest of the login.
    """

    name: str
    login: str
    by: str = ""
    incident: Number = 0
    key: str = ""
    who: str = ""


class GuestCame(Change, frozen=True, kw_only=True, tag="guest_came"):
    """The guest has come in, with this account (its node id): they stay who they are under another name."""

    account: str


def began(case: Case) -> RoomBegan | None:
    """Return how the room began; None before that is recorded."""
    return case.progress.newest(RoomBegan)


def room_name(case: Case) -> str:
    """Return the name of the repository of a room: by its issue alone, from the first moment."""
    mine = began(case)
    return mine.name if mine is not None else called(case.subjects.name_of(case))


def ordered_room(case: Case) -> RoomStanding | None:
    """Return the room as the case that ordered it knows it, None where none did."""
    mine, marker = began(case), case.marker
    key = mine.key if mine is not None else (marker.key if marker is not None else "")
    return rooms(case.incident).get(key) if case.incident is not None else None


@once
def guest(case: Case) -> Person:
    """Return whose room it is: whom the `/room` named, else whom the form names, as it said at first."""
    login, mine = _login(case), began(case)
    if mine is not None and digest(login.casefold()) != mine.login:
        login = ""
    came = case.progress.newest(GuestCame)
    account = came.account if came is not None and login else ""
    return Person(key=GUEST, name="", role="guest", login=login, account=account, room=room_name(case))


def _login(case: Case) -> str:
    known = ordered_room(case)
    if case.incident is not None and known is not None:
        command = order_in(case.incident, known)
        return command.login if command is not None else ""
    if began(case) is None and not case.body_is_authors:
        return ""  # somebody else has written there whom to let in
    try:
        return read_login(case.filed.answers.text(LOGIN))
    except UserMistake:
        return ""


def _people(case: Case) -> tuple[Person, ...]:
    return (guest(case),)


def guest_can_come(case: Case, ask: Ask) -> str | None:
    """Refuse where no room can be made for whoever is named."""
    return why_none(case)


def why_none(case: Case) -> str | None:
    """Return why no room can be made for whoever is named, None if one can."""
    login = guest(case).login
    if case.community.rooms is None:
        return NO_ROOMS
    if not login:
        return NO_LOGIN
    if is_on_roster(case, login):
        return f"{inline(login)} handles reports here, and reads this repository."
    return None


def guest_inside(case: Case, ask: Ask) -> str | None:
    """Refuse while it isn't known that the guest is in the room."""
    return None if _is(case, lambda access, login: login in access.inside) else "The guest isn't in the room."


def guest_outside(case: Case, ask: Ask) -> str | None:
    """Refuse unless it is known that the guest isn't in the room, nor on their way."""
    out = _is(case, lambda access, login: access.exists and login not in access.inside | access.invited)
    return None if out else "The guest isn't known to have left the room."


def room_gone(case: Case, ask: Ask) -> str | None:
    """Refuse unless the room was there, and isn't any more."""
    made = not any(one.to == GUEST for one in case.progress.owed())
    return None if made and _is(case, lambda access, login: not access.exists) else "The room is there."


def _is(case: Case, so: Callable[[Access, str], bool]) -> bool:
    """Whether that is so of the room, as far as it is known now, and of its guest."""
    access = case.access
    login = login_now(case, access) if access is not None else ""
    if access is None or not login:
        return False
    folded = {name: frozenset(map(str.casefold, getattr(access, name))) for name in ("inside", "invited")}
    return so(msgspec.structs.replace(access, **folded), login.casefold())


def login_now(case: Case, access: Access) -> str:
    """Return the login of the guest among those who get in: by their account, once that is known."""
    mine = guest(case)
    return (mine.account and access.login_of(mine.account)) or mine.login


def _came_in(case: Case, ask: Ask) -> tuple[Change, ...]:
    access, mine = case.access, guest(case)
    known = access.accounts.items() if access is not None else ()
    account = next((one for login, one in known if login.casefold() == mine.login.casefold()), "")
    return (GuestCame(account=account),) if account and not mine.account else ()


def served_is_over(case: Case, ask: Ask) -> str | None:
    """Refuse while the case that the room serves goes on, and where it serves none."""
    mine, served = began(case), case.incident
    final = served is not None and served.state is not None and served.state.final
    return None if final and mine is not None and mine.who else "What the room is for goes on."


def _begins(case: Case, fact: Fact) -> Begun:
    known = ordered_room(case)
    change = RoomBegan(
        name=called(case.subjects.name_of(case)),
        login=digest(_login(case).casefold()),
        by=known.by if known is not None else (fact.by.id if fact.by is not None else ""),
        incident=case.incident.issue.number if case.incident is not None else 0,
        key=known.key if known is not None else "",
        who=known.who if known is not None else "",
    )
    return Begun((change,))


def _noting(above: Case, room: Case) -> Note | None:
    """Return what a case has yet to note of a room that it ordered; None if it knows all."""
    mine, last, state = began(room), room.ledger.last, room.state
    known = rooms(above).get(mine.key) if mine is not None else None
    if mine is None or last is None or state is None or known is None:
        return None
    before = origin(room)
    mine_too = ("", *room.ids, *(before.issues if before is not None else ()))
    if known.issue not in mine_too:
        raise TwiceMadeError(room.issue.number, known.number or 0)
    of = OfChild(ROOM, room.issue.id, last.record.n)
    change = RoomNoted(
        key=mine.key,
        issue=room.issue.id,
        number=room.issue.number,
        state=state.name,
        name=mine.name,
        inside="guest_inside" in state.is_,
        final=state.final,
    )
    says = all(getattr(known, name) == value for name, value in change.news().items())
    if says or str(of) in above.progress.answered:
        return None
    return Note(of, last.record.at, change, "administrators/room_noted", mine.by)


def _owes(case: Case, number: int, changes: tuple[Change, ...]) -> tuple[Owed, ...]:
    """Owe the case that ordered it a receipt of its own: labels of a room's page can be forged."""
    mine = began(case)
    ordered = mine is None or mine.key
    news = any(isinstance(one, Moved | RoomBegan | WentOn) for one in changes)
    return (to_incident(number),) if ordered and news and case.incident is not None else ()


def _names(case: Case) -> str | None:
    known = ordered_room(case)
    if case.incident is None or known is None:
        return None
    return child_id(case.incident.subjects.name_of(case.incident), known.key)


def _notes(case: Case) -> tuple[str, ...]:
    """Say on the card whom the room is for, and where it is; or why there is none."""
    if (reason := why_none(case)) is not None:
        return (reason,)
    mine, settings = guest(case), case.community.rooms
    return (f"For `{mine.login}`, in `{settings.organization if settings else ''}/{mine.room}`.",)


ACT = Act(
    name="guest",
    serves=("room",),
    changes=(RoomBegan, GuestCame),
    guards=(
        Guard("guest_can_come", "A room can be made for whoever is named.", guest_can_come),
        Guard("guest_inside", "The guest is in the room.", guest_inside),
        Guard("guest_outside", "The guest isn't in the room, nor on their way.", guest_outside),
        Guard("room_gone", "The room was there, and isn't any more.", room_gone),
        Guard(
            "served_is_over",
            "The case for which somebody has the room is over.",
            served_is_over,
            across="the incident, or the suspension, says whether it is over",
        ),
    ),
    records=(Recorder("guest_account", "which account the guest has", _came_in, by_itself=True),),
    begins=_begins,
    people=_people,
    owes=_owes,
    names=_names,
    noting=_noting,
    notes=_notes,
)
