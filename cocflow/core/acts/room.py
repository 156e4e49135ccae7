"""Rooms, as the case knows them that ordered them: who has one, and how each of them stands.

A room is a repository of somebody's own, in which they read and write, and see nothing else of the vault.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cocflow.core.case.act import Act, Ask, Guard, Needed, Recorder
from cocflow.core.case.addressed import begins_with
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Number, Words
from cocflow.core.people.person import Person, digest
from cocflow.core.text.inert import inline
from cocflow.errors import UserMistake

MOST_ROOMS = 30
"""The rooms that one case orders: each is a sub-issue, of which GitHub takes 100."""

NO_ROOMS = (
    "There are no rooms here yet. They need an organization and a GitHub App of the community's own:"
    " an owner sets them up with `cocflow rooms init`."
)

USAGE = Usage(
    "/room <login> [as party <name>, reporter or suspended]",
    "/room robin as party Robin Example",
    "Open a room, where somebody reads and writes on GitHub and sees nothing else. Without `as` it is for a"
    " report of their own, and nothing of this case goes there.",
)

_LOGIN = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?:_[A-Za-z0-9]{1,16})?")
_PROFILE = re.compile(r"(?:https?://)?(?:www\.)?github\.com/", re.IGNORECASE)


class Room(Said, frozen=True):
    """Open a room for a login; `whom` says who of the case that is, "" for nobody of it."""

    login: str
    whom: str = ""


class RoomStanding(msgspec.Struct, frozen=True, kw_only=True):
    """A room as the case that ordered it knows it, from that case's own receipts.

    `who` is the key of whose it is, "" for nobody of the case. `state` is "" until its own receipts say more;
    `inside`: its guest is in it; `final`: what it was for is over. `name` is the repository's, "" until it is
    known.
    """

    key: str
    who: str = ""
    by: str = ""
    words: Words | None = None
    issue: str = ""
    number: Number | None = None
    state: str = ""
    name: str = ""
    inside: bool = False
    final: bool = False
    handles: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nobody uses it any more."""
        return self.final and not self.inside


class Rooms(Part, frozen=True, kw_only=True, tag="rooms"):
    """The rooms that a case ordered, by their keys, and the highest number that a key ever had."""

    rooms: dict[str, RoomStanding] = msgspec.field(default_factory=dict)
    highest: Number = 0

    def with_(self, one: RoomStanding) -> Rooms:
        """Return them with one as it stands now."""
        number = one.key.removeprefix("room")
        given = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        return Rooms(rooms={**self.rooms, one.key: one}, highest=max(self.highest, given))


class RoomOrdered(Change, frozen=True, kw_only=True, tag="room_ordered"):
    """The words of a comment open a room, or say anew for whom one is; `who` is the key of whose it is.

    `handles`: digests of the login.
    """

    key: str
    words: Words
    who: str = ""
    by: str = ""
    handles: tuple[str, ...] = ()

    def apply(self, progress: Progress, record: Record) -> None:
        """Have it stand as ordered."""
        known = progress[Rooms].rooms.get(self.key, RoomStanding(key=self.key))
        said = {name: getattr(self, name) for name in ("who", "by", "words", "handles")}
        progress.keep(progress[Rooms].with_(msgspec.structs.replace(known, **said)))


class RoomNoted(Change, frozen=True, kw_only=True, tag="room_noted"):
    """How the room of that key stands, as its own receipts say."""

    key: str
    issue: str
    number: Number
    state: str
    name: str
    inside: bool
    final: bool

    def apply(self, progress: Progress, record: Record) -> None:
        """Have it stand like that."""
        known = progress[Rooms].rooms.get(self.key)
        if known is not None:
            progress.keep(progress[Rooms].with_(msgspec.structs.replace(known, **self.news())))

    def news(self) -> dict[str, object]:
        """Return what is said of the room."""
        return {name: getattr(self, name) for name in ("issue", "number", "state", "name", "inside", "final")}


def parse(line: str, rest: str) -> Room:
    """Read `<login>`, and behind `as` whose room it is."""
    word, _, behind = line.partition(" ")
    if not word:
        raise UserMistake("Whose room is it? Write their GitHub login.")
    as_, _, whom = behind.strip().partition(" ")
    if behind.strip() and (as_.lower() != "as" or not whom.strip()):
        raise UserMistake("After the login comes nothing, or `as` and who of this case it is.")
    return Room(read_login(word), " ".join(whom.split()))


def read_login(text: str) -> str:
    """Return the login that a text is, `@login` and a profile's address too. UserMistake for any other."""
    said = _PROFILE.sub("", text.strip(), count=1).rstrip("/").removeprefix("@")
    if len(said) > 40 or _LOGIN.fullmatch(said) is None:
        raise UserMistake(
            f"{inline(text[:60])} is no login of GitHub, which has letters, digits and hyphens."
        )
    return said


def rooms(case: Case) -> dict[str, RoomStanding]:
    """Return the rooms that a case ordered, by their keys."""
    return case.progress[Rooms].rooms


def housed(case: Case, person: Person) -> Person:
    """Return somebody of a case with the room in which they are, if they are in one."""
    room = next((one for one in rooms(case).values() if one.who == person.key and one.inside), None)
    return msgspec.structs.replace(person, room=room.name) if room is not None else person


def order_in(case: Case, room: RoomStanding) -> Room | None:
    """Return the `/room` by which a room was ordered; None if those words have changed since."""
    command = case.command(room.words)
    return command if isinstance(command, Room) else None


def whose(case: Case, command: Room) -> Person | None:
    """Return who of a case a room is for, None for nobody of it. UserMistake where that can't be told."""
    if case.is_suspension:
        if command.whom.lower() not in ("", "suspended"):
            raise UserMistake("On this page a room is for the suspended person. Leave `as` out.")
        return case.people_who("suspended")[0]
    role, _, name = command.whom.partition(" ")
    match role.lower():
        case "":
            return None
        case "reporter" if not name:
            return case.people_who("reporter")[0]
        case "suspended":
            raise UserMistake("Write it on the page of their suspension, where all that concerns it stands.")
        case "party":
            return _party(case, command.login, name)
        case _:
            raise UserMistake(
                "Behind `as` comes `reporter`, or `party` and a name as it was given to `/party`."
            )


def _party(case: Case, login: str, name: str) -> Person:
    parties = case.people_who("party")
    if not parties:
        raise UserMistake(f"Nobody is a party yet. First name them: `/party <name> @{login}`.")
    if not name:
        theirs = [one for one in parties if one.login.casefold() == login.casefold()]
        found = theirs or list(parties)
        if len(found) != 1:
            raise UserMistake("Say which party it is, by the name that was given to `/party`.")
        return found[0]
    person, rest = begins_with(case, name)
    if person.role != "party" or rest:
        raise UserMistake("Behind `as party` comes a name as it was given to `/party`, and nothing else.")
    return person


def room_possible(case: Case, ask: Ask) -> str | None:
    """Refuse a room that can't be made, that nobody needs, or that would show somebody what isn't theirs."""
    command = ask.command
    if case.community.rooms is None:
        return NO_ROOMS
    if not isinstance(command, Room):
        return "Say whose room it is."
    try:
        person = whose(case, command)
    except UserMistake as mistake:
        return str(mistake)
    login = inline(command.login)
    if is_on_roster(case, command.login):
        return (
            f"{login} handles reports here, and reads this repository: a room would hide nothing from them."
        )
    if person is not None and person.here:
        return "They read this page already, so what they are told here needs no room."
    if person is not None and person.unasked:
        return "Nobody has asked them yet whether they want a part in this. Do that first."
    mine = digest(command.login.casefold())
    for room in (one for one in rooms(case).values() if not one.over and order_in(case, one) is not None):
        if mine in room.handles or (person is not None and person.key == room.who):
            number = f" (#{room.number})" if room.number is not None else ""
            return f"They have a room already{number}. Close that one first, if it is the wrong one."
    if person is not None and person.room:
        return "They filed it in a room of their own, and read there what they are told."
    if len(rooms(case)) >= MOST_ROOMS:
        return f"One case has at most {MOST_ROOMS} rooms."
    return None


def is_on_roster(case: Case, login: str) -> bool:
    """Whether an administrator has that login, as the roster writes it."""
    return any(one.login.casefold() == login.casefold() for one in case.community.administrators)


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    command = ask.command
    if not isinstance(command, Room):
        return ()
    person, mine = whose(case, command), digest(command.login.casefold())
    who = person.key if person is not None else ""
    gone = (one for one in rooms(case).values() if not one.over and order_in(case, one) is None)
    anew = next((one.key for one in gone if mine in one.handles and one.who == who), None)
    key = anew or f"room{case.progress[Rooms].highest + 1}"
    return (RoomOrdered(key=key, words=ask.words, who=who, by=ask.asker or "", handles=(mine,)),)


def _needs(case: Case) -> Iterable[Needed]:
    for one in rooms(case).values():
        if not one.over and one.words is not None:
            yield Needed(words=one.words, holds="whose room it is", again=USAGE.form)


def _handles(case: Case) -> Iterable[tuple[str, str]]:
    return ((one.who, handle) for one in rooms(case).values() if one.who for handle in one.handles)


def _notes(case: Case) -> tuple[str, ...]:
    """Say on the card whose room stands how."""
    lines: list[str] = []
    for one in rooms(case).values():
        if one.over:
            continue
        command = order_in(case, one)
        login = f" (`{command.login}`)" if command is not None else ""
        whom = inline(case.called(one.who)) if one.who else "somebody who may file a report there"
        number = f" #{one.number}" if one.number is not None else ""
        lines.append(f"Room{number} of {whom}{login}: {one.state or 'being opened'}.")
    return tuple(lines)


ACT = Act(
    name="room",
    serves=("incident", "suspension"),
    commands=(Command(name="room", usage=USAGE, parse=parse, slashes="refused"),),
    changes=(RoomOrdered, RoomNoted),
    parts=(Rooms,),
    guards=(
        Guard(
            "room_possible",
            "There can be rooms, and whoever is named needs one and has none.",
            room_possible,
            commands=("room",),
            offers=lambda case: case.community.rooms is not None,
            across="the room is then governed by the room process",
        ),
    ),
    records=(
        Recorder(
            "room",
            "whose room is opened",
            _recorded,
            commands=("room",),
            guards=("room_possible",),
            holds_words=True,
        ),
    ),
    recorded=_handles,
    needs=_needs,
    notes=_notes,
)
