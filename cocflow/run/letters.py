"""Letters to the right issue: what arrives in the mailbox is filed where it belongs.

Owns the matching: by the reply token, which every notice bears and which is one person's in one case, else
by the sender's address, where just one open case knows it. A letter is filed as comments of the bot, as that
person's own words, quoted so that nothing in it can run or ping; the last one is a request like any other,
decided by the process. It is surely theirs if it comes from their own address, and the receiving server
vouches for it. It is marked as done only after its receipt stands, so a run that dies in between neither
loses nor doubles it. What matches nothing opens an incident of its own (`cocflow/run/intake.py`).

Where several vaults read the mailbox, each deals with what it knows, and with what matches nothing if it is
the one that takes it (`core/people/vaults.py`). All else it leaves unread, for whichever it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.appeal import still_may_appeal
from cocflow.core.acts.conversation import open_questions, says_appeal
from cocflow.core.acts.dismiss import duplicate_of, knows, reporter_there
from cocflow.core.acts.hearing import NOTHING_SAID
from cocflow.core.acts.report import is_unsure, read_by
from cocflow.core.acts.suspend import suspensions
from cocflow.core.acts.suspension import SUSPENDED, standing
from cocflow.core.acts.told import sent
from cocflow.core.case.capacity import OWN
from cocflow.core.case.case import OUTSIDE, Case
from cocflow.core.case.grammar import UNSURE, bare_command, read_letter
from cocflow.core.case.letters import address_mark, may_write
from cocflow.core.case.records import Filed, mail_line
from cocflow.core.people.person import Person
from cocflow.core.people.vaults import taker, tells_outside
from cocflow.core.process import INCIDENT
from cocflow.core.text.typed import fold, unquoted_lines
from cocflow.core.text.when import format_when
from cocflow.core.views.tokens import (
    is_token_of,
    notice_id,
    notice_name,
    old_token,
    reply_token,
    token_numbers,
)
from cocflow.errors import AdapterError, CocflowError
from cocflow.messages import inline, quoted
from cocflow.ports import ChannelError, Envelope, Letter, Mailbox
from cocflow.run.board import HOUR
from cocflow.run.budget import Budget, Spent
from cocflow.run.desk import Desk
from cocflow.run.intake import (
    Senders,
    as_filed,
    digest_of,
    filed_in_a_room,
    is_for_reports_alone,
    taken_in,
    written_in,
)
from cocflow.run.issue import Outcome, enforce
from cocflow.run.outside import tell_outside
from cocflow.run.rooms import ANYBODYS, OUTSIDES, RoomRoad, Written
from cocflow.run.trouble import (
    Trouble,
    ending,
    in_a_room,
    of_letter,
    of_mailbox,
    of_rooms,
    tellable,
)
from cocflow.run.turn import Standing, letters_in_turn

LONGEST_PART = 20_000
"""Characters of a letter in one comment: quoting makes two of them five, and GitHub takes 65,536."""

WITHHELD = (
    "Whoever filed this reads this page, so neither its words nor its sender stand here: it lies in the"
    " mailbox, set aside."
)
"""What stands on a page in place of a letter that isn't for the reader of it."""

SPEAKS_OF_APPEAL = "(It speaks of an appeal.)"
"""What stands there of a letter that may be an appeal, and doesn't begin as one."""

WITHHELD_WRITTEN = (
    "Whoever filed this reads this page, so neither its words nor whose they are stand here: they stand in"
    " the room."
)
"""The same of what was written in a room."""

TOKENS = 3
"""The tokens of one letter that are tried: a mail of ours bears one."""

TOKENS_READ = 30
"""The cases that are read in a run only to find out whether a letter bears a token of theirs."""

LOOKS_BACK = timedelta(days=7)
"""How long before cocflow's own beginning a letter may have come: an older one was for somebody else."""


class Collected(msgspec.Struct, kw_only=True):
    """What became of the letters: the issues they were filed on, and those that were not done.

    `aside` counts what lies aside in the mailbox for administrators, `failures` what is tried again,
    `left` what waits for a later run, since each run reads so many and no sender may use up the others'
    share; `waiting` are those of them for whose senders the run has opened incidents enough, and `elsewhere`
    counts what is left to another vault, or until all have looked. `reads` counts what was read of GitHub
    only to find out where letters belong. `spent`: what the letters' share was spent of, if anything was.
    `troubles`: what failed. `read`: it is known what waits, and all of it was dealt with whose turn it was.
    """

    outcomes: list[Outcome] = msgspec.field(default_factory=list)
    aside: int = 0
    failures: list[CocflowError] = msgspec.field(default_factory=list)
    left: int = 0
    waiting: int = 0
    elsewhere: int = 0
    reads: int = 0
    spent: Spent | None = None
    troubles: list[Trouble] = msgspec.field(default_factory=list)
    read: bool = True

    def with_(self, other: Collected) -> Collected:
        """Return what became of the letters of two roads."""
        return Collected(
            outcomes=[*self.outcomes, *other.outcomes],
            aside=self.aside + other.aside,
            failures=[*self.failures, *other.failures],
            left=self.left + other.left,
            waiting=self.waiting + other.waiting,
            elsewhere=self.elsewhere + other.elsewhere,
            reads=self.reads + other.reads,
            spent=other.spent or self.spent,
            troubles=[*self.troubles, *other.troubles],
            read=self.read and other.read,
        )

    @property
    def complete(self) -> bool:
        """Whether all that was taken up is done."""
        return not self.failures and all(outcome.complete for outcome in self.outcomes)


class Belongs(msgspec.Struct, frozen=True, kw_only=True):
    """Where a letter belongs: the issue; whose words it holds there, by that person's key, "" for nobody's.

    `verified`: it surely comes from that person's own address.
    """

    number: int
    person: str = ""
    verified: bool = False


class Places:
    """Where letters may belong, each case read at most once until something is filed there.

    `senders`: which cases know whom.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._cases: dict[int, Case | None] = {}
        self._tokens: dict[str, tuple[Case, str] | None] = {}
        self._read = 0
        self.senders = Senders(desk)

    @property
    def reads(self) -> int:
        """How much was read so far."""
        return self._read + self.senders.reads

    def case(self, number: int) -> Case | None:
        """Return the case of an issue, None if there is no such issue."""
        if number not in self._cases:
            self._read += 1
            self._cases[number] = _case(self._desk, number)
        return self._cases[number]

    def now_at(self, case: Case) -> Case:
        """Return the case in the issue in which it goes on now."""
        there = self._desk.now_at(case)
        self._read += there is not case
        return there

    def handled_at(self, case: Case, key: str) -> tuple[Case, str]:
        """Return where what somebody (a key) writes is read, and their key there.

        A reporter's goes to the case with which theirs is handled; nobody else has come there with it.
        """
        of = duplicate_of(case) if key == "reporter" else None
        other = self.case(of) if of is not None else None
        there = self.now_at(other) if other is not None else case
        return (there, reporter_there(there, case)) if of is not None and knows(there, case) else (case, key)

    def by_token(self, token: str) -> tuple[Case, str] | None:
        """Return the case of a token as it goes on now, and whose token it is; None if it is no token.

        One of an older version is everybody's in a case: "".
        """
        if token not in self._tokens:
            self._tokens[token] = self._by_token(token)
        return self._tokens[token]

    def _by_token(self, token: str) -> tuple[Case, str] | None:
        for number in token_numbers(token, self._desk.seal):
            case = self.case(number)
            if case is None:
                continue
            id_ = case.issue.id
            keys = (one.key for one in case.people)
            told = (one.to for one in case.progress.notices.values())
            for key in dict.fromkeys((*keys, *told)):
                if is_token_of(token, id_, key):
                    return self.now_at(case), key
            if old_token(case.issue.number, id_) == token:
                return self.now_at(case), ""
        return None

    def changed(self, number: int) -> None:
        """Forget what an issue's change may change: itself, its incident, its suspensions."""
        kin = {number}
        for one, case in self._cases.items():
            incident = case.incident.issue.number if case is not None and case.incident is not None else None
            if one == number and incident is not None:
                kin.add(incident)
            if incident == number:
                kin.add(one)
        for one in kin:
            self._cases.pop(one, None)
        self._tokens = {
            token: found
            for token, found in self._tokens.items()
            if found is None or found[0].issue.number not in kin
        }

    def standing(self, envelope: Envelope) -> Standing:
        """Return what is known of who wrote a letter. Who has a room has been asked in."""
        if envelope.room:
            return "token"
        if any(self._is_known(token) for token in envelope.tokens[:TOKENS]):
            return "token"
        if self.senders.surely(address_mark(envelope.sender)):
            return "record"
        return "vouched" if envelope.verified else "other"

    def by_address(self, letter: Letter) -> Belongs | None:
        """Return where a letter belongs by its sender's address; None unless just one case knows it.

        That is an open one, or one in which they may still appeal, where the letter speaks of an appeal.
        Of a case whose reporter may be anybody who used that address, what surely comes from there is none;
        what may be anybody's, too, is rather of such a case. Nor is a report an appeal of its sender's.
        """
        places = self._of_sender(letter)
        return places[0] if len(places) == 1 else None

    def of_appeal(self, letter: Letter) -> tuple[int, ...]:
        """Return the cases in which a letter may be its sender's appeal, where it doesn't say in which."""
        places = self._of_sender(letter) if says_appeal(letter.text) else []
        return tuple(sorted(one.number for one in places)) if len(places) > 1 else ()

    def _of_sender(self, letter: Letter) -> list[Belongs]:
        sure: dict[int, Belongs] = {}
        unsure: dict[int, Belongs] = {}
        mark = address_mark(letter.sender) if letter.sender else ""
        for number in self.senders.knowing(mark) if mark else ():
            case = self.case(number)
            if case is None or not (case.issue.is_open and _runs(case) and _knows(case, letter)):
                continue
            if case.is_suspension and is_for_reports_alone(case.community, letter):
                continue
            found = _belongs(case, "", letter)
            (unsure if found.person == "reporter" and _may_be_anybodys(case) else sure)[found.number] = found
        found_open = sure if letter.verified else unsure or sure
        return self._of_appeal(letter, mark, found_open) or list(found_open.values())

    def _of_appeal(self, letter: Letter, mark: str, found: dict[int, Belongs]) -> list[Belongs]:
        """Return where a letter belongs that says that it is an appeal: where there is something to appeal.

        `found`: the open cases that know its sender. What says nothing of the kind may be a new report.
        """
        if not says_appeal(letter.text) or is_for_reports_alone(self._desk.community, letter):
            return []
        places = {
            number: one
            for number, one in found.items()
            if (case := self.case(number)) is not None
            and (case.is_suspension or _may_appeal_by(case, letter))
        }
        for number in self.senders.closed_knowing(mark) if mark else ():
            case = self.case(number)
            if case is not None and not case.issue.is_open and _knows(case, letter):
                one = _belongs(case, "", letter)
                if _may_appeal_by(case, letter):
                    places[one.number] = one
        return list(places.values())

    def have_all_looked(self, letter: Envelope) -> bool:
        """Whether a letter has been there for so long that each vault's sweep has seen it."""
        return self.senders.now - letter.received > self._desk.sweeps_every + HOUR

    def opened_for(self, number: int) -> str | None:
        """Return the digest of the letter for which an issue was opened, None if it was for none.

        What somebody else made of one before it was first read isn't that letter any more.
        """
        case = self.case(number)
        if case is None or case.arrival is None or not (case.state or case.body_is_authors):
            return None
        return case.arrival.mail

    def _is_known(self, token: str) -> bool:
        """Whether it is a token of a case, as far as that is looked for before a letter's turn has come."""
        if token not in self._tokens and len(self._tokens) >= TOKENS_READ:
            return False
        try:
            return self.by_token(token) is not None
        except AdapterError as error:
            if ending(error):
                raise
            return False
        except Exception:  # noqa: BLE001 - its own run says what is wrong with it
            return False


class NoRoomError(CocflowError):
    """A letter would take the room that an issue keeps for those who have a say: it waits."""

    def __init__(self, number: int) -> None:
        super().__init__(f"Issue {number} is nearly full, so it waits until that goes on in another issue.")


class NobodysRoomError(CocflowError):
    """A room belongs to no case: what was written there waits."""

    def __init__(self, room: str) -> None:
        super().__init__(f"the room {room} belongs to no case here")


def collect(desk: Desk, mailbox: Mailbox, budget: Budget) -> Collected:
    """File the letters whose turn it is and answer them; one failing letter doesn't stop the others.

    Nor does the mailbox stop anything but letters.
    """
    collected = Collected()
    try:
        waiting = [one for one in mailbox.waiting(lambda: beginning(desk)) if _is_meant(desk, one)]
    except Exception as error:  # noqa: BLE001 - it costs the letters, and no issue
        collected.read = False
        _failed(collected, error, of_rooms if isinstance(mailbox, RoomRoad) else of_mailbox)
        return collected
    if waiting:
        _read_through(desk, mailbox, waiting, budget, collected)
    return collected


def beginning(desk: Desk) -> datetime:
    """Return since when letters are looked at: since what the configuration says, or cocflow's own beginning.

    Whichever is earlier, so that no answer to a notice is missed. What lay in the mailbox before that is left
    alone. A few reads at most.
    """
    since, own = desk.community.letters_since, _own_beginning(desk)
    return own if since is None else min(since, own)


def _is_meant(desk: Desk, envelope: Envelope) -> bool:
    """Whether a letter is no older than the configuration says, as `init` wrote it, or answers a notice."""
    since = desk.community.letters_since
    return since is None or envelope.received >= since or bool(envelope.tokens or envelope.room)


def _own_beginning(desk: Desk) -> datetime:
    """Return when cocflow said its first word in the repository, or a week ago."""
    now: datetime | None = None
    for number in (1, 2, 3):  # the first issue may be gone
        try:
            issue = desk.tracker.read(number)
        except AdapterError as error:
            if ending(error):
                raise
            continue
        except Exception:  # noqa: BLE001, S112 - a sick issue keeps no mail back; its own run tells of it
            continue
        now = issue.now
        first = min((one.at for one in issue.comments() if issue.is_mine(one)), default=None)
        if first is not None:
            return min(first, now - LOOKS_BACK)
    return (now or desk.tracker.latest().now) - LOOKS_BACK


def _read_through(
    desk: Desk, mailbox: Mailbox, waiting: Sequence[Envelope], budget: Budget, collected: Collected
) -> None:
    places, left = Places(desk), list(waiting)
    while left:
        collected.left, passed = len(left), collected.elsewhere
        try:
            queue = letters_in_turn(left, places.standing)
        except Exception as error:  # noqa: BLE001 - it costs the letters, and no issue
            collected.read = False
            _failed(collected, error, of_letter)
            return
        for envelope in queue:
            collected.left = len(left)
            collected.spent = budget.spent()
            if collected.spent is not None or not _take_up(desk, mailbox, envelope, places, collected):
                collected.read = False
                return
            left.remove(envelope)
        collected.left = len(left) + collected.waiting
        if collected.elsewhere - passed < len(queue):
            return


def _take_up(desk: Desk, mailbox: Mailbox, envelope: Envelope, places: Places, collected: Collected) -> bool:
    """Deal with a letter; return whether others can still be dealt with."""
    try:
        _deal_with(desk, mailbox, envelope, places, collected)
    except ChannelError as error:
        _failed(collected, error, of_rooms if isinstance(mailbox, RoomRoad) else of_mailbox)
        return error.fault == "folder"
    except Exception as error:  # noqa: BLE001 - it costs this letter, or this room, and no other
        known = tellable(error)
        if isinstance(mailbox, RoomRoad) and ending(known) is None:
            mailbox.unheard[envelope.room] = known
            collected.failures.append(known)
            return True
        return _failed(collected, error, of_letter)
    finally:
        collected.reads = places.reads
    return True


def _failed(collected: Collected, error: Exception, trouble: Callable[[CocflowError], Trouble]) -> bool:
    """Keep what failed; return whether GitHub may still take others: not where it refuses us, or limits."""
    known = tellable(error)
    why = ending(known)
    if why == "limit":
        collected.spent = "limit"
    else:
        collected.failures.append(known)
        collected.troubles.append(trouble(known))
    return why is None


def _deal_with(
    desk: Desk, mailbox: Mailbox, envelope: Envelope, places: Places, collected: Collected
) -> None:
    """File one letter, have it answered, and only then mark it."""
    letter = mailbox.letter(envelope)
    if letter is None:
        return
    if isinstance(mailbox, RoomRoad) and isinstance(letter, Written):
        _deal_with_written(desk, mailbox, letter, places, collected)
        return
    found = _matching(as_filed(desk.community, letter), places)
    whose = _whose(desk, letter, places) if found is None and desk.community.vaults else "ours"
    if whose == "others":
        collected.elsewhere += 1
        return
    letter = as_filed(desk.community, letter)
    if found is None and (letter.automatic or letter.kind in NOTHING_SAID):
        mailbox.set_aside(letter)
        collected.aside += 1
        return
    if found is not None and letter.report == "other":
        mailbox.done(letter)  # it is late, or has arrived: nothing to tell
        return
    if whose == "nobodys":
        tell_outside(desk, digest_of(letter), received=letter.received)
        mailbox.set_aside(letter)
        collected.aside += 1
        return
    before = Outcome(number=0)
    if found is None:
        opened = taken_in(desk, letter, places.senders, places.opened_for, places.of_appeal(letter))
        if opened is None:
            collected.waiting += 1
            return
        before = enforce(desk, opened)  # its card comes first, which listings look for among few comments
        places.changed(opened)
        case = places.case(opened)
        found = _belongs(case, "", letter) if case is not None else Belongs(number=opened)
    number = found.number
    places.changed(number)
    in_full = _file(desk, found, letter)
    outcome = enforce(desk, number).after(before)
    collected.outcomes.append(outcome)
    if outcome.broken:
        return
    if _is_dark(letter) or not in_full:
        mailbox.set_aside(letter)
        collected.aside += 1
    else:
        mailbox.done(letter)


def _deal_with_written(
    desk: Desk, road: RoomRoad, letter: Written, places: Places, collected: Collected
) -> None:
    """File what was written in a room, if it is by whom the room is for, and have it answered."""
    found = places.by_token(letter.tokens[0])
    if found is None and not letter.opens:
        raise NobodysRoomError(letter.room)
    if not _is_the_guests(desk, road, letter, places, found):
        _not_the_guests(desk, road, letter, collected)
    elif letter.opens or found is None:
        _take_in(desk, road, letter, places, collected)
    else:
        place = _belongs(*places.handled_at(*found), msgspec.structs.replace(letter, verified=True))
        _file(desk, place, letter, places.case(place.number))
        places.changed(place.number)
        outcome = enforce(desk, place.number)
        collected.outcomes.append(outcome)
        if not outcome.broken:
            road.done(letter)


def _is_the_guests(
    desk: Desk, road: RoomRoad, letter: Written, places: Places, found: tuple[Case, str] | None
) -> bool:
    """Whether something was written by whom a room is for.

    A case knows its people by their accounts; of whom it knows none, the room's own page knows the login.
    Where neither knows the writer, a report is the guest's if they were let in, and handle reports nowhere.
    No repository is a room by saying that it is the one of a page on which it is called otherwise.
    """
    person = found[0].person(found[1]) if found is not None else None
    if found is not None and person is not None and found[0].is_account_of(person, letter.by):
        return True
    if letter.opens and person is not None and person.room != letter.room:
        return False  # what says that it is somebody's room is another repository
    if letter.opens:
        return not _handles_reports(desk, letter) and road.lets_in(letter.room, letter.login)
    page = places.by_token(letter.page) if person is not None and not person.account else None
    guest = page[0].person(page[1]) if page is not None else None
    return page is not None and guest is not None and page[0].is_account_of(guest, letter.by)


def _handles_reports(desk: Desk, letter: Written) -> bool:
    """Whether an administrator of one of the vaults wrote something."""
    rosters = (desk.community.administrators, *(one.administrators for one in desk.community.vaults))
    everybody = msgspec.structs.replace(
        desk.community, administrators=tuple(one for roster in rosters for one in roster)
    )
    return everybody.administrator(letter.login, letter.by.number) is not None


def _not_the_guests(desk: Desk, road: RoomRoad, letter: Written, collected: Collected) -> None:
    """Leave alone what somebody else wrote in a room; of an administrator, who may think otherwise, tell.

    What they wrote is kept in mind as long as it stands there.
    """
    theirs = _handles_reports(desk, letter)
    if letter.opens:
        road.leave_alone(letter, "not_yours", ANYBODYS, (letter.item,) if theirs else ())
    elif theirs and letter.item:
        road.keep_in_mind(letter)
    elif theirs:
        collected.troubles.append(in_a_room(letter.room))
    road.done(letter)


def _take_in(desk: Desk, road: RoomRoad, letter: Written, places: Places, collected: Collected) -> None:
    """Open the incident of a report in a room: the claim comes first, then the incident, then its answer.

    Where it may concern somebody of each vault, nothing is written but that the outside contact is told.
    """
    vaults = desk.community.vaults
    takes = taker(vaults, written_in(desk.definitions[INCIDENT].form, letter)) if vaults else desk.repository
    if takes != desk.repository:
        road.empty(letter)
    if takes is None and tells_outside(vaults) == desk.repository and road.is_free(letter):
        tell_outside(desk, digest_of(letter), link=letter.link)
        road.leave_alone(letter, "nobody_takes", OUTSIDES)
        road.done(letter)
    elif takes != desk.repository:
        collected.elsewhere += 1
    elif not road.claim(letter):
        collected.waiting += 1
    else:
        number = filed_in_a_room(desk, letter, places.senders, places.opened_for)
        read = desk.read(number)
        token = reply_token(number, read.issue.id, "reporter", desk.seal)
        road.belongs(letter, token, read.issue.body.partition("\n")[2])
        road.done(letter)
        places.changed(number)
        collected.outcomes.append(enforce(desk, number, read))


def _whose(desk: Desk, letter: Letter, places: Places) -> Literal["ours", "others", "nobodys"]:
    """Return whose a letter is that matches nothing here: it may match in another vault, which sees it first.

    It isn't filed where it may concern somebody who reads there, by any word of it. What says nothing, and
    what none takes, is the last vault's to put aside once all have looked.
    """
    vaults = desk.community.vaults
    if letter.tokens and not places.have_all_looked(letter):
        return "others"  # it answers a notice, so some vault knows it
    says_nothing = letter.automatic or letter.kind in NOTHING_SAID
    takes = None if says_nothing or _is_dark(letter) else taker(vaults, _said(letter))
    if takes is not None:
        return "ours" if takes == desk.repository else "others"
    if tells_outside(vaults) != desk.repository or not places.have_all_looked(letter):
        return "others"
    return "ours" if says_nothing else "nobodys"


def _is_dark(letter: Letter) -> bool:
    """Whether a letter's words can't be read here, so that they may concern anybody."""
    return letter.unreadable or letter.kind in ("encrypted", "attachments")


def _said(letter: Letter) -> str:
    """Return all that somebody wrote in a letter, and that would stand where it is filed."""
    return "\n".join((letter.subject, letter.text, *letter.attachments))


def _matching(letter: Letter, places: Places) -> Belongs | None:
    """Return where a letter belongs.

    None where nothing matches, or more than one open case: none is guessed at.
    """
    for token in letter.tokens[:TOKENS]:
        if (found := places.by_token(token)) is not None:
            where = found if letter.report else places.handled_at(*found)  # a notice comes back to its own
            return _belongs(*where, letter)
    return places.by_address(letter)


def _belongs(case: Case, key: str, letter: Letter) -> Belongs:
    """Return where in a case a letter belongs that bears the token of the person of a key; "": everybody's.

    What a suspended person writes is about their suspension, whatever notice they answer; but for the
    reporter's own, and for the answer to a question that they were asked here, which doesn't say that it is
    an appeal.
    """
    number, theirs = case.issue.number, _theirs(case, letter)
    if _is_shared(theirs):
        claims = [one.key for one in theirs if one.key == key] or [
            one.key for one in theirs if one.role == "reporter"
        ]
        return Belongs(number=number, person=next(iter(claims), ""))
    mine = next((one for one in theirs if one.key == key), theirs[0] if theirs else None)
    reports = mine is not None and mine.key == key and mine.role == "reporter"
    appeals = theirs if not (case.is_suspension or reports) else []
    appeal = next((one for one in appeals if one.suspended), None)
    suspension = suspensions(case).get(appeal.key) if appeal is not None else None
    answers = mine is not None and mine.key == key and key in open_questions(case)
    if answers and not says_appeal(letter.text):
        suspension = None
    if suspension is not None and suspension.in_force and suspension.number is not None:
        return Belongs(number=suspension.number, person=SUSPENDED, verified=letter.verified)
    if mine is not None:
        return Belongs(number=number, person=mine.key, verified=letter.verified)
    if letter.verified and _is_outside_contacts(case, letter):
        return Belongs(number=number, person=OUTSIDE, verified=True)
    return Belongs(number=number, person=key or _whosever(case))


def _may_be_anybodys(case: Case) -> bool:
    """Whether a case was opened for a mail that somebody else may have sent under its sender's address."""
    came = (case.mail(comment) for comment in case.comments.values())
    opened = case.arrival.mail if case.arrival is not None else ""
    return is_unsure(case) and not any(one.verified for one in came if one is not None and one.mail == opened)


def _whosever(case: Case) -> str:
    """Return whose a letter may be that answers a notice of an older version, from an unknown address.

    A reporter who is told everything on the issue itself has no other road.
    """
    if case.is_suspension:
        return SUSPENDED
    return next((one.key for one in case.people_who("reporter") if not one.here), "")


def _case(desk: Desk, number: int) -> Case | None:
    """Return the case of an issue, None if there is no such issue."""
    try:
        read = desk.read(number)
    except AdapterError as error:
        if error.status != 404:
            raise
        return None
    return desk.open(read, incident=desk.incident_of(read))


def _theirs(case: Case, letter: Envelope) -> list[Person]:
    """Return the people of a case from whose address on record a letter comes, or whose account wrote it."""
    if isinstance(letter, Written):  # it surely is the guest's, whatever is known of them here
        return [one for one in case.people if one.room == letter.room]
    sender = letter.sender.casefold()
    return [one for one in case.people if one.mail and one.mail.casefold() == sender]


def _is_shared(some: list[Person]) -> bool:
    """Whether people of a case who have one address are several: then it doesn't tell who wrote.

    A suspended person may be a party under another name, as accounts are called otherwise than people.
    """
    with_reporter = any(one.role == "reporter" for one in some)
    people = (one for one in some if with_reporter or not one.suspended)
    return len({fold(one.name) for one in people}) > 1


def _knows(case: Case, letter: Envelope) -> bool:
    """Whether a letter comes from the address of somebody who may know of a case."""
    known = {one.key for one in may_write(case)}
    return any(one.key in known for one in _theirs(case, letter))


def _may_appeal_by(case: Case, letter: Letter) -> bool:
    """Whether somebody from whose address a letter comes may appeal in a case, at the time of the letter."""
    return any(still_may_appeal(case, one.key, letter.received) for one in _theirs(case, letter))


def _is_outside_contacts(case: Case, letter: Envelope) -> bool:
    """Whether a letter comes from the outside contact's address, and from no administrator's."""
    known, ours = case.community.outside_contact_mail, case.community.administrators
    sender = letter.sender.casefold()
    return known != "" and sender == known.casefold() and sender not in {one.mail.casefold() for one in ours}


def _runs(case: Case) -> bool:
    return case.state is not None and not case.state.final and not _repeats(case)


def _repeats(case: Case) -> bool:
    """Whether the incident knows another issue for this suspension: two runs may have opened two."""
    known = standing(case)
    return known is not None and known.issue not in ("", *case.ids)


def _file(desk: Desk, place: Belongs, letter: Letter, case: Case | None = None) -> bool:
    """Post what isn't there yet of a letter's parts; the same letter twice is there already.

    `case`: how it stands, where that was read just now.
    Return whether its words stand there: not where they would be read by whoever filed the report, for whom
    they aren't. The outside contact knows who reads an answer.
    """
    digest = digest_of(letter)
    number, case = place.number, case or desk.open(desk.read(place.number))
    issue = case.issue
    filed_here = (case.mail(comment) for comment in issue.comments())
    there = {filed.part for filed in filed_here if filed is not None and filed.mail == digest}
    returned = _came_back(case, place.person, letter)
    in_full = read_by(case) is None or (place.person == OUTSIDE and place.verified)
    parts = list(_parts(letter.text)) if in_full else [_asked_for(place, letter)]
    if issue.space - len(parts) < OWN:
        raise NoRoomError(number)
    for part, text in enumerate(parts, start=1):
        if part in there:
            continue
        filed = Filed(
            mail=digest,
            received=letter.received,
            verified=place.verified,
            person=place.person,
            automatic=letter.automatic,
            kind=letter.kind,
            part=part,
            parts=len(parts),
            returned=returned,
            room=letter.room,
            button=letter.button,
        )
        head = _head(case, place, letter, in_full=in_full) if part == 1 else "(It goes on.)"
        desk.tracker.comment(number, f"{head}\n\n{quoted(text)}\n\n{mail_line(filed, desk.seal, issue.id)}")
    return in_full


def _asked_for(place: Belongs, letter: Letter) -> str:
    """Return the command of a letter that surely is somebody's, without their words; "" if it has none.

    Where it has none, but speaks of an appeal, that it does: its writer is told how one is made.

    Of one that may be anybody's, only a command that says where its words are: somebody has to look.
    """
    word = read_letter(quoted(letter.text), GRAMMAR)[0]
    if word == UNSURE and place.verified and says_appeal(letter.text):
        return SPEAKS_OF_APPEAL
    if word == UNSURE or not (place.verified or GRAMMAR[word].withheld):
        return ""
    return bare_command(unquoted_lines(letter.text), GRAMMAR)


def _came_back(case: Case, person: str, letter: Letter) -> tuple[str, ...]:
    """Return the notices that a report says never arrived: those it shows; if none, the newest that they got.

    Whoever forges it needs the token, which only the person has been sent.
    """
    known = sent(case)
    shown = tuple(one for one in known if notice_name(notice_id(case.issue.id, one)) in letter.about)
    if letter.about or letter.report != "failed":
        return shown
    notices = (case.progress.notices[one] for one in known)
    return tuple(one.id for one in notices if one.to == person and not one.by_receipt)[-1:]


def _head(case: Case, place: Belongs, letter: Letter, *, in_full: bool) -> str:
    """Return what stands above a letter: when it came, from whom as far as can be told, what came with it."""
    received = format_when(letter.received, case.community.zone)
    if letter.room:
        return _head_of_written(case, place, letter, received, in_full=in_full)
    if not in_full:
        return f"**A mail**, received {received}. {WITHHELD}"
    lines = [f"**A mail**, received {received}, from {_from_whom(case, place, letter)}."]
    of_ours = letter.kind == "words" and letter.tokens  # the subject of what is answered
    if not of_ours and (subject := _without_tokens(letter)):
        lines.append(f"Subject: {inline(subject)}")
    if letter.attachments:
        names = ", ".join(inline(name) for name in letter.attachments)
        lines.append(f"Attachments, which stay in the mailbox: {names}.")
    if letter.unreadable:
        lines.append("It couldn't be read, or is too long to be filed; it lies in the mailbox, set aside.")
    return "\n\n".join(lines)


def _head_of_written(case: Case, place: Belongs, letter: Letter, written: str, *, in_full: bool) -> str:
    """Return what stands above what was written in a room: when, by whom, and what came with it."""
    if not in_full:
        return f"**In a room**, written {written}. {WITHHELD_WRITTEN}"
    whose = inline(case.called(place.person))
    did = {"": "written", "close": "closed there", "reopen": "opened there again"}[letter.button]
    lines = [f"**In the room {letter.room}**, {did} {written}, by {whose}."]
    if letter.attachments:
        names = ", ".join(inline(name) for name in letter.attachments)
        lines.append(f"Attachments, which stay in the room: {names}.")
    return "\n\n".join(lines)


def _without_tokens(letter: Letter) -> str:
    """Return a letter's subject without what brings an answer back: whoever reads here needs none."""
    subject = letter.subject
    for token in letter.tokens:
        subject = re.sub(re.escape(f"[{token}]"), "", subject, flags=re.IGNORECASE)
    return " ".join(subject.split())


def _from_whom(case: Case, place: Belongs, letter: Letter) -> str:
    whose = inline(case.called(place.person)) if place.person else ""
    if place.verified:
        return f"{whose}, at the address on record"
    shared = "which more than one person here has" if _is_shared(_theirs(case, letter)) else ""
    doubt = (shared or "which isn't on record here") if letter.verified else "which can't be verified"
    unsure = f"{inline(letter.sender)}, {doubt}" if letter.sender else "nobody that it names"
    return f"{unsure}. It answers what {whose} was sent" if whose and letter.tokens else unsure


def _parts(text: str) -> Iterator[str]:
    """Cut a text into parts that fit into comments, at ends of lines where there are any."""
    while len(text) > LONGEST_PART:
        end = text.rfind("\n", LONGEST_PART // 2, LONGEST_PART)
        end = LONGEST_PART if end < 0 else end
        yield text[:end]
        text = text[end:].removeprefix("\n")
    yield text
