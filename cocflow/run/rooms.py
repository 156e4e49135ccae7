"""Rooms as a road: what guests write in theirs arrives like letters, and what they are told goes there.

Owns the claims: cocflow's first comment on each issue of a room, which says whose it is, how far it was read,
and who may read it. It is there before anything is written anywhere else, so that no report is opened twice,
be it by two vaults, two runs, or a run after one that died. What a guest wrote is unread until the claim says
otherwise, and what we tell them is known again by its mark, so nothing is lost and nothing is said twice.
Refuses to judge what a letter asks for, and who has a say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import msgspec

from cocflow.core.acts.consent import CHOICES, NOTHING
from cocflow.core.case.accounts import same_account
from cocflow.core.case.case import Definition
from cocflow.core.case.facts import (
    Access,
    Actor,
    BodyEdited,
    Closed,
    Commented,
    Fact,
    Issue,
    Listed,
    Opened,
    Reopened,
    extended,
    sha256,
)
from cocflow.core.case.records import Claim, Seen, claim_line, is_vouched, read_claim
from cocflow.core.case.seal import Seal
from cocflow.core.forms.form import Report, questions
from cocflow.core.forms.reading import read
from cocflow.core.people.person import Person
from cocflow.core.text.inert import JOINER, quiet
from cocflow.core.views.tokens import notice_name
from cocflow.errors import AdapterError, CocflowError
from cocflow.ports import (
    Attached,
    ChannelError,
    DeleteComment,
    EditComment,
    Envelope,
    Letter,
    Message,
    RefusedError,
    Room,
    Rooms,
    Stamp,
    Tracker,
    fits,
)
from cocflow.run.listing import whole
from cocflow.run.trouble import ending, tellable

NAME = "room"
"""What the road is called among the channels."""

AT_ONCE = 20
"""The letters of one room that a run takes up: whoever writes there without end keeps nobody waiting."""

BEGINS_WITHIN = timedelta(minutes=15)
"""How long a claim holds without its case: a run that took it would have ended by then."""

FIRST = 5
"""How many of an issue's first comments a listing shows."""

DESCRIPTION = "A room for one person."

Says = Literal["claim", "begun", "not_yours", "nobody_takes", "conversation"]
"""What stands in a room besides notices: in a claim, be it of what the guest filed, of what we began, of what
isn't the guest's, or of what no vault takes; and at the top of an issue that is opened for whoever has filed
none. Each is a template."""

ANYBODYS, OUTSIDES = "", "outside"
"""Whose claims are that are no vault's: what isn't the guest's, and what the outside contact is told of."""

CONVERSATION = "Conversation"

_FILES = re.compile(r"https://github\.com/(?:user-attachments/[a-z]+|[\w.-]+/[\w.-]+/files)/([\w./-]+)")


class Written(Letter, frozen=True, kw_only=True):
    """What somebody wrote in a room. `account` is the node id of whoever it was, "" where that is gone.

    `login` is theirs. `opens`: it is a report that nobody has taken yet. `link`: where it stands. `page`: the
    token of the room's own page, which knows whose room it is. `item`: the comment or issue that they wrote,
    "" for what isn't all theirs. Of a report, `beside` is what its author wrote there besides, and `altered`:
    somebody else edited it last.
    """

    account: str = ""
    login: str = ""
    opens: bool = False
    link: str = ""
    page: str = ""
    beside: str = ""
    altered: bool = False
    item: str = ""

    def __repr__(self) -> str:
        """Show the key only."""
        return f"Written({self.key})"

    @property
    def by(self) -> Actor:
        """Whose words they are."""
        return Actor(self.account, self.login)


class Spot(msgspec.Struct, kw_only=True):
    """An issue of a room, as far as this run knows it.

    `claim`: what ours says, or another vault's; `comment` is the id by which it is edited. `said` is what the
    claim says now on GitHub. `is_open`: as it was listed. `hidden`: one may stand below more comments than a
    listing shows.
    """

    room: str
    number: int
    id: str
    claim: Claim | None = None
    said: Claim | None = None
    comment: str | None = None
    issue: Issue | None = None
    hidden: bool = False
    is_open: bool = True


class RoomRoad:
    """The rooms of a community, for one run of one vault: a mailbox of what guests write, and more.

    `parts`: what a form says, as the commands that would say it, each in its place, "" where it says nothing.
    `says`: our own words there.
    `thorough`: rooms are looked through even where a listing, which shows some issues of each, shows no news.
    `unheard`: the rooms that couldn't be read, and why. `strangers`: those out of which somebody was put whom
    nobody has let in. `shut_out`: those into which somebody who may read them couldn't be let, since nobody
    has their login, or somebody else does.
    """

    def __init__(
        self,
        rooms: Rooms,
        repository: str,
        parts: Callable[[str], tuple[str, ...]],
        says: Callable[[Says], str],
        seal: Seal | None = None,
        *,
        thorough: bool = False,
    ) -> None:
        self._rooms, self._repository, self._seal = rooms, repository, seal
        self._parts, self._says, self._thorough = parts, says, thorough
        self._listed: dict[str, Room] | None = None
        self._failed: ChannelError | None = None
        self._spots: dict[tuple[str, int], Spot] = {}
        self._trackers: dict[str, Tracker] = {}
        self._news: dict[str, tuple[Spot, Written, Seen]] = {}
        self._done: set[str] = set()
        self._taken_up: dict[tuple[str, int], str] = {}
        self.unheard: dict[str, CocflowError] = {}
        self.shut_out: set[str] = set()
        self.strangers: set[str] = set()

    # --- what a listing shows -----------------------------------------------------------------------

    def rooms(self) -> dict[str, Room]:
        """Return every room by its name: one listing for the whole run, and one failure."""
        if self._failed is not None:
            raise self._failed
        if self._listed is None:
            try:
                self._listed = {room.name: room for room in self._rooms.listing()}
            except ChannelError as error:
                self._failed = error
                raise
            for room in self._listed.values():
                self._spotted(room)
        return self._listed

    def _spotted(self, room: Room) -> None:
        for one in room.issues:
            claimed = self._read_claim(one.card or "", one.id)
            spot = Spot(
                room=room.name,
                number=one.number,
                id=one.id,
                claim=claimed,
                said=claimed,
                is_open=one.is_open,
                hidden=claimed is None and one.comments >= FIRST,
            )
            self._spots.setdefault((room.name, one.number), spot)

    def _whole(self, name: str) -> Room:
        """Return a room with all of its issues: a read for each hundred where a listing doesn't show them."""
        room = self.rooms()[name]
        if room.whole:
            return room
        found: list[Listed] = []
        for page in whole(self._tracker(name)):
            if page.unreadable:
                raise AdapterError(200, "room", kind="odd")
            found += page.issues
        room = self.rooms()[name] = msgspec.structs.replace(room, issues=tuple(found), whole=True)
        self._spotted(room)
        return room

    def can_list(self) -> bool:
        """Whether the rooms could be listed in this run, or can be now."""
        try:
            self.rooms()
        except ChannelError:
            return False
        return True

    def knows(self, room: str) -> bool:
        """Whether this run knows what stands in a room."""
        return self.can_list() and room not in self.unheard

    def _read_claim(self, body: str, issue: str) -> Claim | None:
        """Return what a claim says; one of ours that nothing vouches for is as good as none."""
        found = read_claim(body)
        if found is None or found.vault != self._repository or is_vouched(body, self._seal, issue):
            return found
        return None

    def _of(self, room: str) -> list[Spot]:
        """Return the issues of a room, with every claim that there is."""
        if room in self.rooms():
            self._whole(room)
        found = [spot for (name, _), spot in self._spots.items() if name == room]
        for spot in found:
            if spot.hidden:
                self._read(spot)
        return found

    def _tracker(self, room: str) -> Tracker:
        if room not in self._trackers:
            self._trackers[room] = self._rooms.tracker(room)
        return self._trackers[room]

    def _read(self, spot: Spot) -> Issue:
        """Return an issue of a room as this run has read it, with its claim."""
        return spot.issue or self._keep(spot, self._tracker(spot.room).read(spot.number))

    def _keep(self, spot: Spot, issue: Issue) -> Issue:
        spot.issue, spot.hidden = issue, False
        found = self._claims(issue)
        if found:
            comment, spot.claim = found[0]
            spot.said, spot.comment = spot.claim, comment.id
        return issue

    def _claims(self, issue: Issue) -> list[tuple[Commented, Claim]]:
        found: list[tuple[Commented, Claim]] = []
        for one in issue.comments():
            ours = issue.is_mine(one) and not one.edited_by_another
            if ours and (claimed := self._read_claim(one.body, issue.id)) is not None:
                found.append((one, claimed))
        return found

    # --- the mailbox --------------------------------------------------------------------------------

    def waiting(self, since: Callable[[], datetime]) -> tuple[Envelope, ...]:
        """See `Mailbox.waiting`: all that is new, whenever it was written. No read where nothing is."""
        found: list[Written] = []
        for name, room in tuple(self.rooms().items()):
            of_room: list[Written] = []
            try:
                if not room.whole and (self._thorough or any(map(partial(self._is_news, name), room.issues))):
                    room = self._whole(name)
                for one in sorted(room.issues, key=lambda one: one.updated_at):
                    if len(of_room) >= AT_ONCE:
                        break
                    if self._is_news(name, one):
                        of_room += self._new_in(room, self._spots[name, one.number])
            except ChannelError:
                raise
            except Exception as error:  # it costs this room, and no other
                known = tellable(error)
                if ending(known):
                    raise
                self.unheard[name] = known
            found += sorted(of_room, key=lambda one: (one.received, one.key))[:AT_ONCE]
        return tuple(sorted(found, key=lambda one: (one.received, one.key)))

    def _is_news(self, room: str, one: Listed) -> bool:
        """Whether something in an issue may be unread, as far as a listing shows."""
        claimed = self._spots[room, one.number].claim
        if claimed is None or _is_begun(claimed):
            return True
        if claimed.vault != self._repository:
            return False
        seen = claimed.seen
        if one.body_edited_at not in (None, seen.form):
            return True
        if one.edited_at is not None and (seen.words is None or seen.words < one.edited_at):
            return True
        for item in reversed(one.tail):
            if item.id == seen.item:
                return False
            if not item.ours:
                return True
        return not one.whole

    def _new_in(self, room: Room, spot: Spot) -> list[Written]:
        """Return what is unread in an issue of a room."""
        issue = self._read(spot)
        claimed = spot.claim
        if claimed is not None and claimed.vault != self._repository and not _is_begun(claimed):
            return []
        if claimed is not None:
            there = {one.id for one in issue.comments()}
            claimed = msgspec.structs.replace(
                claimed, others=tuple(one for one in claimed.others if one in there)
            )
            spot.claim = claimed
        found = self._unread(room, spot, issue)
        if not found and claimed is not None and claimed.token:  # others did something that is no letter
            claimed = msgspec.structs.replace(claimed, seen=self._all_of(issue, claimed.seen))
            spot.claim = claimed
        return found

    def _unread(self, room: Room, spot: Spot, issue: Issue) -> list[Written]:
        claimed = spot.claim
        seen = claimed.seen if claimed is not None else Seen()
        found: list[tuple[Written, Seen]] = []
        if claimed is None or _is_begun(claimed):
            if not issue.is_me(issue.author):  # else a run that died has begun a conversation
                found.append((_report(room, issue), Seen()))
        elif issue.body_edited_at not in (None, seen.form):
            found += self._edited(room, issue, seen)
        beyond = _first_unread(issue, seen)
        for place, fact in enumerate(issue.facts):
            if (letter_ := _letter_of(room, issue, fact, place)) is None:
                continue
            edited = fact.edited_at if isinstance(fact, Commented) else None
            is_new = place >= beyond
            if is_new or (edited is not None and (seen.words is None or seen.words < edited)):
                item = Seen(item=fact.id, at=fact.at) if is_new else Seen()
                found.append((letter_, msgspec.structs.replace(item, words=edited)))
        found.sort(key=lambda one: (one[0].received, one[0].key))
        if found and not found[-1][0].opens:
            found[-1] = (found[-1][0], self._all_of(issue, seen))
        for letter, upto in found:
            self._news[letter.key] = (spot, letter, upto)
        return [letter for letter, _ in found]

    def _edited(self, room: Room, issue: Issue, seen: Seen) -> list[tuple[Written, Seen]]:
        """Return what an edit of a form changes of what it says, as letters."""
        edit = next((one for one in reversed(issue.facts) if isinstance(one, BodyEdited)), None)
        if edit is None:
            return []
        parts = enumerate(self._parts(issue.body))
        changed = [(place, part) for place, part in parts if part and _digest(part) not in seen.said]
        return [
            (
                _written(
                    room, issue, f"@{edit.at.isoformat()}.{place}", edit.by, text=part, received=edit.at
                ),
                Seen(),
            )
            for place, part in changed
        ]

    def _all_of(self, issue: Issue, seen: Seen) -> Seen:
        """Return what has been seen where all of a read has been."""
        items = [one for one in issue.facts if not isinstance(one, Opened | BodyEdited)]
        last = items[-1] if items else None
        return Seen(
            item=last.id if last is not None else seen.item,
            at=last.at if last is not None else seen.at,
            form=issue.body_edited_at,
            words=issue.newest_edit(),
            said=self._said(issue.body) if seen.said else (),
        )

    def _said(self, body: str) -> tuple[str, ...]:
        return tuple(map(_digest, self._parts(body)))

    def letter(self, envelope: Envelope) -> Letter | None:
        """See `Mailbox.letter`. None, too, where it has to wait for one before it that couldn't be filed."""
        spot, letter, _ = self._news[envelope.key]
        if self._taken_up.get((spot.room, spot.number), letter.key) != letter.key:
            return None
        self._taken_up[spot.room, spot.number] = letter.key
        if letter.opens:
            return msgspec.structs.replace(letter, tokens=(letter.page,))
        if spot.claim is None or spot.claim.token == "":
            return None
        return msgspec.structs.replace(letter, tokens=(spot.claim.token,))

    def done(self, letter: Envelope) -> None:
        """See `Mailbox.done`: the claim says so, once for all of an issue, when the road is closed."""
        spot, _, upto = self._news[letter.key]
        self._done.add(letter.key)
        self._taken_up.pop((spot.room, spot.number), None)
        if spot.claim is not None and spot.claim.token:
            spot.claim = msgspec.structs.replace(spot.claim, seen=_further(spot.claim.seen, upto))

    def set_aside(self, letter: Envelope) -> None:
        """See `Mailbox.set_aside`: it lies in the room, where administrators find it."""
        self.done(letter)

    def attached(self, received: datetime, is_it: Callable[[Letter], bool]) -> tuple[Attached, ...] | None:
        """See `Mailbox.attached`: what came with it stays in the room, which whoever may can read."""
        return None

    def stamps(self, count: int) -> tuple[Stamp, ...]:
        """See `Mailbox.stamps`: there are none."""
        return ()

    def close(self) -> None:
        """Write down how far was read, wherever that has changed; a room in which it can't be is unheard."""
        for spot in self._spots.values():
            if spot.claim is not None and spot.said is not None and spot.claim != spot.said:
                try:
                    self._write(spot)
                except ChannelError:
                    raise
                except CocflowError as error:
                    if ending(error):
                        raise
                    self.unheard[spot.room] = error

    def behind(self) -> frozenset[str]:
        """Return the rooms in which something is known to wait that hasn't been dealt with."""
        waiting = (letter.room for key, (_, letter, _) in self._news.items() if key not in self._done)
        return frozenset(waiting) | self.unheard.keys()

    # --- claims -------------------------------------------------------------------------------------

    def claim(self, letter: Written) -> bool:
        """Claim a report for this vault before anything is written elsewhere; whether this run goes on.

        Of several claims the first one holds, unless the run that made it never went on. Then nobody but the
        guest stays in the room before the report has been opened and answered.
        """
        spot = self._news[letter.key][0]
        return self._claimed(spot, Claim(vault=self._repository), "claim", letter.login)

    def is_free(self, letter: Written) -> bool:
        """Whether no claim holds on the issue of a report."""
        return self._holding(self._read(self._news[letter.key][0])) is None

    def _claimed(self, spot: Spot, claimed: Claim, says: Says, guest: str) -> bool:
        issue = self._read(spot)
        if self._holding(issue) is not None:
            return False
        stale = [comment for comment, _ in self._claims(issue)]
        tracker = self._tracker(spot.room)
        made, tail = tracker.answer(issue, self._text(spot, claimed, says))
        issue = extended(issue, tail)
        first = self._holding(issue)
        if first is None or first.id != made:
            tracker.write(issue, [DeleteComment(made)])
            return False
        tracker.write(issue, [DeleteComment(one.id) for one in stale])
        gone = {one.id for one in stale}
        facts = tuple(fact for fact in issue.facts if fact.id not in gone)
        self._keep(spot, msgspec.structs.replace(issue, facts=facts))
        if claimed.vault != ANYBODYS:
            self._empty(spot, guest)
        return True

    def _of_ours(self, spot: Spot) -> Says:
        """Return what a claim of ours says: nobody is thanked for what they didn't write."""
        return "begun" if self._is_ours(spot) else "claim"

    def _holding(self, issue: Issue) -> Commented | None:
        """Return the claim that holds: the first that isn't one of a run that never went on."""
        for comment, claimed in self._claims(issue):
            if not _is_begun(claimed) or issue.now - comment.at < BEGINS_WITHIN:
                return comment
        return None

    def empty(self, letter: Written) -> None:
        """Leave nobody but the guest in the room of a report, be it of this vault or not."""
        self._empty(self._news[letter.key][0], letter.login)

    def _empty(self, spot: Spot, guest: str) -> None:
        self._put_out(spot, self._may(spot.room, but=spot), guest)

    def _put_out(self, spot: Spot, logins: Iterable[str], guest: str, stay: Iterable[str] = ()) -> None:
        """Put out of a room whoever was let in by these logins, under whatever login they are there now.

        AdapterError where that can't be told, since the guest isn't there under theirs either.
        """
        logins, room = tuple(logins), spot.room
        if not logins:
            return
        access = self._rooms.access(room)
        there = {one.casefold(): one for one in access.inside | access.invited | access.expired}
        for login in logins:
            self._rooms.put_out(room, login)
        if all(login.casefold() in there for login in logins):
            return
        author = self._read(spot).author  # by the login that they have now
        guests = {guest.casefold()} | ({author.login.casefold()} if author and not author.bot else set())
        known = guests | {one.casefold() for one in (*logins, *stay)}
        others = [login for folded, login in there.items() if folded not in known]
        if others and guests.isdisjoint(there):
            raise AdapterError(None, "room", kind="odd")
        for login in others:
            self._rooms.put_out(room, login)

    def _text(self, spot: Spot, claimed: Claim, says: Says) -> str:
        return f"{self._says(says)}\n\n{claim_line(claimed, self._seal, spot.id)}"

    def _write(self, spot: Spot) -> None:
        """Have a claim say on GitHub what it says here."""
        if spot.comment is None:
            meant = spot.claim
            self._read(spot)
            spot.claim = meant
        if spot.claim is None or spot.comment is None:
            raise AdapterError(404, "room")  # somebody took the claim away
        if spot.claim != spot.said:
            text = self._text(spot, spot.claim, self._of_ours(spot))
            self._tracker(spot.room).write(self._read(spot), [EditComment(spot.comment, text)])
            spot.said = spot.claim

    def belongs(self, letter: Written, token: str, body: str) -> None:
        """Write into a claim to whom its words belong. `body`: the form as the case was opened with it."""
        spot, _, _ = self._news[letter.key]
        seen = Seen(said=self._said(body))
        spot.claim = Claim(vault=self._repository, token=token, seen=seen)
        self._write(spot)

    def leave_alone(self, letter: Written, says: Says, for_: str, others: tuple[str, ...] = ()) -> None:
        """Claim an issue for no vault, and say there why. `others`: see `Claim`."""
        self._claimed(self._news[letter.key][0], Claim(vault=for_, others=others), says, letter.login)

    def keep_in_mind(self, letter: Written) -> None:
        """Have the claim say that an administrator wrote something there, until it is taken away."""
        spot, _, _ = self._news[letter.key]
        if spot.claim is not None and letter.item not in spot.claim.others:
            spot.claim = msgspec.structs.replace(spot.claim, others=(*spot.claim.others, letter.item))

    def with_others_words(self) -> list[str]:
        """Return the rooms in which something stands that an administrator wrote there themself."""
        ours = ((one, one.claim) for one in self._spots.values() if one.claim is not None and one.is_open)
        mine = (ANYBODYS, self._repository)
        return sorted({one.room for one, said in ours if said.others and said.vault in mine})

    def made(self) -> frozenset[str]:
        """Return the tokens of the rooms that are there: each is that of a room's own page."""
        return frozenset(_page_of(room) for room in self.rooms().values())

    def access(self, room: str) -> Access:
        """Return who gets into a room. Two reads."""
        return self._rooms.access(room)

    def lets_in(self, room: str, login: str) -> bool:
        """Whether somebody was let into a room by name, as no keeper is. Two reads."""
        return login.casefold() in {one.casefold() for one in self.access(room).inside}

    def put_strangers_out(self, room: str, guest: str, access: Access) -> None:
        """Put out of a room whoever is neither its guest (a login) nor let in by a claim.

        Another run may have let somebody in meanwhile: it says so in a claim before, which is read again.
        """
        known = {guest.casefold(), *map(str.casefold, self._may(room))}
        unknown = {one for one in access.inside | access.invited if one.casefold() not in known}
        if not unknown:
            return
        for spot in self._of(room):
            if spot.claim == spot.said:
                self._keep(spot, self._tracker(room).read(spot.number))
        allowed = set(map(str.casefold, self._may(room)))
        for login in sorted(one for one in unknown if one.casefold() not in allowed):
            self._rooms.put_out(room, login)
            self.strangers.add(room)

    # --- who may read -------------------------------------------------------------------------------

    def _may(self, room: str, but: Spot | None = None) -> list[str]:
        """Return who may read a room: whoever every claim there lets in, but for one of them."""
        said = [
            {one.casefold(): one for one in spot.claim.may}
            for spot in self._of(room)
            if spot.claim is not None and spot.claim.vault != ANYBODYS and spot is not but
        ]
        if not said:
            return []
        return [login for folded, login in said[0].items() if all(folded in other for other in said[1:])]

    def put_out(
        self, person: Person, is_theirs: Callable[[str], bool], token: str, may: Iterable[str]
    ) -> None:
        """Put out of a person's room whoever may not read it any more on account of a case.

        `is_theirs`: whether a token is that of this case and person, in any issue that the case has had;
        `token` is the one that they have now. What another vault claimed for a case that was moved here is
        this one's from then on, with all that is unread there.
        """
        room = person.room
        allowed = {login.casefold() for login in may}
        for spot, claimed in self._claimed_by(room, is_theirs):
            lost = [login for login in claimed.may if login.casefold() not in allowed]
            kept = tuple(one for one in claimed.may if one not in lost)
            self._put_out(spot, lost, person.login, kept)
            entering = tuple(one for one in claimed.entering if one not in lost)
            spot.claim = msgspec.structs.replace(
                claimed, vault=self._repository, token=token, may=kept, entering=entering
            )
            if room not in self.unheard:  # else a later run writes it down, once it can be read
                self._write(spot)

    def let_in(self, room: str, is_theirs: Callable[[str], bool], may: Mapping[str, int | None]) -> None:
        """Let into a room whoever may read it on account of a case, and of all others there.

        `may`: their logins, and the numbers of their accounts where those are known. Whom GitHub refuses
        keeps nobody else out, and is among `shut_out`.
        """
        for spot, claimed in self._claimed_by(room, is_theirs):
            known = {login.casefold() for login in claimed.may}
            new = tuple(login for login in may if login.casefold() not in known)
            entering = (*claimed.entering, *new)
            if not entering:
                continue
            spot.claim = msgspec.structs.replace(claimed, may=(*claimed.may, *new), entering=entering)
            self._write(spot)
            allowed = self._may(room)
            for login in entering:
                try:
                    if login in allowed:
                        self._rooms.let_in(room, login, may.get(login))
                except RefusedError:
                    self.shut_out.add(room)
            spot.claim = msgspec.structs.replace(spot.claim, entering=())
            self._write(spot)

    def _claimed_by(self, room: str, is_theirs: Callable[[str], bool]) -> list[tuple[Spot, Claim]]:
        """Return the claims of a case, as this vault's, to which it may have been moved since."""
        return [
            (spot, msgspec.structs.replace(spot.claim, vault=self._repository))
            for spot in self._of(room)
            if spot.claim is not None and is_theirs(spot.claim.token)
        ]

    # --- what guests are told -----------------------------------------------------------------------

    def try_out(self) -> None:
        """See `Mailbox.try_out`: a run that has listed them needs no trial."""
        if self._listed is None:
            self._rooms.try_out()

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`: a comment in the room, where it isn't there yet.

        By an invitation the room is made, and its guest let in.

        RefusedError where the room is gone.
        """
        room = message.to.room
        if message.invites:
            self._rooms.open(room, f"{DESCRIPTION} {message.token}")
            self._rooms.let_in(room, message.to.login)
            return
        if room not in self.rooms():
            raise RefusedError(404, "room")
        if room in self.unheard:
            raise AdapterError(None, "room")  # what stands there isn't known
        body = _notice(message)
        if not fits(body):
            raise RefusedError(422, "room")
        spot = self._spot(room, message.token) or self._conversation(message.to, message.token)
        self._say(spot, body)

    def _spot(self, room: str, token: str) -> Spot | None:
        found = (one for one in self._of(room) if one.claim is not None and one.claim.token == token)
        return next(found, None)

    def _conversation(self, person: Person, token: str) -> Spot:
        """Return the issue of a conversation, opened where a run that died hasn't opened it yet."""
        room = person.room
        unclaimed = [one for one in self._of(room) if one.claim is None or _is_begun(one.claim)]
        begun = next((one for one in unclaimed if self._is_ours(one)), None)
        if begun is None and any(one.claim is not None for one in unclaimed):
            raise AdapterError(None, "room", kind="odd")  # it may be a report's that is just being opened
        if begun is None:
            number = self._tracker(room).open_issue(CONVERSATION, self._says("conversation"), [])
            begun = Spot(room=room, number=number, id="")
            begun.id = self._read(begun).id
            self._spots[room, number] = begun
        claimed = Claim(vault=self._repository)
        if not self._claimed(begun, claimed, "begun", person.login) or begun.claim is None:
            raise AdapterError(None, "room", kind="odd")
        begun.claim = msgspec.structs.replace(begun.claim, token=token)
        self._write(begun)
        return begun

    def _is_ours(self, spot: Spot) -> bool:
        issue = self._read(spot)
        return issue.is_me(issue.author)

    def _say(self, spot: Spot, body: str) -> None:
        issue, tracker = self._read(spot), self._tracker(spot.room)
        mark = body.rpartition("\n")[2]
        if _said(issue, mark):
            return
        if issue.locked:
            tracker.unlock(spot.number)
        made, tail = tracker.answer(issue, body)
        spot.issue = extended(issue, tail)
        if _said(spot.issue, mark)[:1] != [made]:
            tracker.write(issue, [DeleteComment(made)])


class ToRooms:
    """The channel to whoever has a room."""

    def __init__(self, road: RoomRoad) -> None:
        self._road = road

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return person.room != ""

    def try_out(self) -> str:
        """See `Notifier.try_out`."""
        self._road.try_out()
        return ""

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        self._road.deliver(message)


def commands_of(definition: Definition, body: str) -> tuple[str, ...]:
    """Return what a form says as the words that would say it in a letter, each part in its place.

    First what may be shared, then the four answers, then whatever else is chosen or stands there, which no
    command says.
    """
    filed, form, process = read(definition.form, body), definition.form, definition.process
    places = [(process.choice(name), allows) for name, allows in CHOICES.items()]
    shared = (
        allows
        for choice, allows in places
        if choice is not None and form.is_chosen(filed.answers, choice.field, choice.option)
    )
    shares = next(shared, NOTHING)
    asked = {one.id: one.number for one in questions(form)}
    said = [f"/consent {shares.level}{' by name' if shares.named else ''}"]
    for id_, number in sorted(asked.items(), key=lambda one: one[1]):
        text = filed.answers.text(id_)
        said.append(f"/answer {number} {text}" if text else "")
    apart = {*asked, *(choice.field for choice, _ in places if choice is not None)}
    for field in (one for one in form.fields if one.id not in apart):
        text = ", ".join(filed.answers.choices(field.id))
        said.append(f"{field.label} {text}" if text else "")
    said.append(besides(filed, body))
    return tuple(said)


def besides(filed: Report, body: str) -> str:
    """Return what a body says besides its answers: all of it, where some of those can't be told apart."""
    if filed.ambiguous:
        return body
    return "\n\n".join(part for extra in filed.extra for part in extra if part)


def _is_begun(claimed: Claim) -> bool:
    """Whether a claim is of a run that hasn't gone on yet, whichever vault's."""
    return claimed.token == "" and claimed.vault not in (ANYBODYS, OUTSIDES)


def _page_of(room: Room) -> str:
    """Return the token of a room's own page."""
    return room.description.rpartition(" ")[2]


def _written(
    room: Room,
    issue: Issue,
    key: str,
    by: Actor | None,
    *,
    message: str = "",
    text: str = "",
    received: datetime | None = None,
    **fields: object,
) -> Written:
    given: dict[str, object] = {"tokens": (), "size": 0, "subject": ""} | fields
    return Written(
        key=f"{room.name}#{issue.number}{key}",
        sender="",
        verified=False,
        received=received or issue.opened_at,
        room=room.name,
        message_id=f"{issue.id}{message or key}",
        text=text,
        automatic=by is not None and by.bot,
        attachments=tuple(dict.fromkeys(_FILES.findall(text))),
        account=by.id if by is not None else "",
        login=by.login if by is not None else "",
        link=issue.url,
        page=_page_of(room),
        **given,  # type: ignore[arg-type]
    )


def _report(room: Room, issue: Issue) -> Written:
    """Return an issue of a room as the report that it may be."""
    by = issue.author
    edit = next((one for one in reversed(issue.facts) if isinstance(one, BodyEdited)), None)
    altered = edit is not None and not _are_one(edit.by, by)
    said = (one.body for one in issue.comments() if _are_one(one.by, by))
    beside = "\n".join(said)
    return _written(
        room,
        issue,
        "",
        by,
        text=issue.body,
        opens=True,
        item=issue.id,
        subject=issue.title,
        beside=beside,
        altered=altered,
    )


def _are_one(one: Actor | None, other: Actor | None) -> bool:
    return one is not None and other is not None and same_account(one.id, other.id)


def _letter_of(room: Room, issue: Issue, fact: Fact, place: int) -> Written | None:
    """Return a fact of a room as a letter; None for what is none: our own, and what holds nobody's words."""
    if issue.is_mine(fact) or (fact.by is not None and fact.by.bot):
        return None
    key, message = f" {place:05} {fact.id}", f" {fact.id}"  # the place is another once one before is deleted
    match fact:
        case Commented():
            edit = f"@{fact.edited_at.isoformat()}" if fact.edited_at is not None else ""
            by = fact.edited_by if fact.edited_by_another else fact.by
            received, item = fact.unchanged_since, "" if fact.edited_by_another else fact.id
            return _written(
                room,
                issue,
                f"{key}{edit}",
                by,
                message=f"{message}{edit}",
                text=fact.body,
                received=received,
                item=item,
            )
        case Closed():
            return _written(room, issue, key, fact.by, message=message, received=fact.at, button="close")
        case Reopened():
            return _written(room, issue, key, fact.by, message=message, received=fact.at, button="reopen")
        case _:
            return None


def _first_unread(issue: Issue, seen: Seen) -> int:
    """Return the place of the first unread fact; where the last one that was read is gone, by time."""
    for place, fact in enumerate(issue.facts):
        if fact.id == seen.item:
            return place + 1
    for place, fact in enumerate(issue.facts):
        if seen.at is None or fact.at >= seen.at:
            return place
    return len(issue.facts)


def _further(seen: Seen, upto: Seen) -> Seen:
    """Return what has been seen once more of it has."""
    times = [one for one in (seen.words, upto.words) if one is not None]
    return Seen(
        item=upto.item or seen.item,
        at=upto.at if upto.item else seen.at,
        form=upto.form or seen.form,
        words=max(times, default=None),
        said=upto.said or seen.said,
    )


def _digest(part: str) -> str:
    """Return the digest by which a claim knows what a form says."""
    return sha256(part.replace(JOINER, ""))[:16] if part else ""


def _notice(message: Message) -> str:
    return f"{quiet(message.text)}\n\n<!-- cocflow:notice {notice_name(message.id)} -->"


def _said(issue: Issue, mark: str) -> list[str]:
    """Return our comments on an issue that bear a mark, oldest first."""
    return [one.id for one in issue.comments() if issue.is_mine(one) and one.body.endswith(mark)]
