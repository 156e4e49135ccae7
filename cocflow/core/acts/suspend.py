"""Suspensions, as their incident knows them: who was suspended, and how each of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from cocflow.core.acts.party import (
    IS_IT,
    Parties,
    Party,
    each_of,
    introduced,
    nearly_in,
    nobody_reads,
    not_one,
    parties,
    whole,
)
from cocflow.core.acts.party import parse as parse_party
from cocflow.core.acts.resolve import Resolution, Resolve, resolution_for
from cocflow.core.case.act import Act, Ask, Guard, Needed, Recorder
from cocflow.core.case.case import Case, once
from cocflow.core.case.grammar import Command, Confidential, Said, Usage
from cocflow.core.case.heads import stated, states_outcomes
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Number, Time, Words
from cocflow.core.case.voices import voices_needed
from cocflow.core.outcomes import Outcome
from cocflow.core.people.contacts import login_in
from cocflow.core.people.person import Person, digest, named
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import fold, has_words
from cocflow.core.text.when import format_when, is_endless, is_span, looks_like_when, read_when, right_when
from cocflow.errors import UserMistake

MOST_SUSPENSIONS = 100
"""GitHub takes at most 100 sub-issues a parent, closed ones included."""
TOO_MANY = f"One incident holds at most {MOST_SUSPENSIONS} suspensions. Open a second incident for the rest."


USAGE = Usage(
    "/suspend <reason>\n<name, mail address, Slack id, @login> [until <when>]",
    "/suspend Repeated insults in the general channel\nRobin Example, robin@example.org until 2 weeks",
    "Suspend accounts, one a line. Each gets a page and a clock of its own, and is told at once.",
)


SWAPPED = "The reason stands on the line of the command, and below it whom it is about, one account a line."

_JOIN = re.compile(r"(?:(?:un)?till?|for|to|bis|[-=:\u2013\u2014]+)\s+", re.IGNORECASE)
_BEFORE_END = " ,:;(-=\u2013\u2014"
_ENDLESS = ("forever", "indefinitely", "permanently")
UNTIL_WHEN = (
    "Is the end of that line a part of the name, or until when? That stands behind `until`; a name that it is"
    " a part of, in quotes."
)


class Account(Confidential, msgspec.Struct, frozen=True):
    """One account that a `/suspend` names: how to reach the person, and until when, as typed."""

    name: str
    contact: str | None = None
    until: str | None = None
    quoted: bool = False

    def not_one(self) -> str | None:
        """Return why the name isn't taken for one person's; None if it is."""
        return None if self.quoted else not_one(whole(self.name, self.contact), where="on a line")

    def with_end(self) -> str | None:
        """Return the line as it may be meant, where the end of the name may be until when; None if not."""
        words = self.name.split()
        for cut in range(1, len(words)) if self.until is None and not self.quoted else ():
            join = _JOIN.match(end := " ".join(words[cut:]).strip("()"))
            end, name = end[join.end() :] if join else end, " ".join(words[:cut]).rstrip(_BEFORE_END)
            who = ", ".join(filter(None, (name, self.contact)))
            if looks_like_when(end):
                return f"{who} until {end.lower()}"
            if is_endless(end) and (join or end.casefold() in _ENDLESS):
                return who
        return None

    def person(self, key: str) -> Person:
        """Return the person whose account it is."""
        return named(key, self.name, self.contact or "", "suspended")


class Suspend(Said, frozen=True):
    """Suspend these accounts, for this reason."""

    reason: str
    accounts: tuple[Account, ...]


class Ending(msgspec.Struct, frozen=True, omit_defaults=True):
    """The end that a resolution decided (None: there is none), and the number of the receipt that says so."""

    until: Time | None = None
    receipt: Number = 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One suspension as its incident knows it, from the incident's own receipts.

    `state` is "" until the suspension's own receipts say more; `in_force`: the account is suspended.
    `name` is a digest of what the account is called. `said`: the words of the resolution that decided on it,
    where one did, and `whose`, the key of whom these mean. `ending`: an end that a resolution decided, until
    the suspension's own page says the same.
    """

    key: str
    since: Time | None = None
    by: str = ""
    words: Words | None = None
    line: Number = 0
    issue: str = ""
    number: Number | None = None
    state: str = ""
    until: Time | None = None
    interim: bool = False
    in_force: bool = True
    handles: tuple[str, ...] = ()
    name: str = ""
    said: Words | None = None
    whose: str = ""
    ending: Ending | None = None


class Suspensions(Part, frozen=True, kw_only=True, tag="suspensions"):
    """The suspensions of an incident by their keys, and the highest number that a key ever had."""

    standings: dict[str, Standing] = msgspec.field(default_factory=dict)
    highest: Number = 0

    def with_(self, one: Standing) -> Suspensions:
        """Return them with one as it stands now."""
        number = one.key.removeprefix("s")
        given = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        highest = max(self.highest, given, len(self.standings | {one.key: one}))
        return Suspensions(standings={**self.standings, one.key: one}, highest=highest)


class SuspensionOrdered(Change, frozen=True, kw_only=True, tag="suspension_ordered"):
    """An account is suspended since `since`. The words' `line`th account (from 0) says whose it is.

    `by` is the node id of the administrator; `until` None means interim, but for good if it is `endless`;
    `name` is a digest of the name. `said`: a resolution's words order it, and the other words are those that
    brought `whose` account (a party's) into the case.
    """

    key: str
    words: Words
    line: Number
    since: Time
    by: str
    until: Time | None = None
    name: str = ""
    endless: bool = False
    said: Words | None = None
    whose: str = ""

    def apply(self, progress: Progress, record: Record) -> None:
        """Have it stand as ordered."""
        standing = Standing(
            key=self.key,
            since=self.since,
            by=self.by,
            words=self.words,
            line=self.line,
            until=self.until,
            interim=self.until is None and not self.endless,
            name=self.name,
            said=self.said,
            whose=self.whose,
        )
        progress.keep(progress[Suspensions].with_(standing))


class EndDecided(Change, frozen=True, kw_only=True, tag="end_decided"):
    """The suspension of that key ends at `until` (None: it has no end), as a resolution's words say.

    These mean somebody (a key) by `whose`. The suspension's own page takes it over.
    """

    key: str
    said: Words
    whose: str
    until: Time | None = None

    def apply(self, progress: Progress, record: Record) -> None:
        """Have its page take it over."""
        known = progress[Suspensions].standings.get(self.key, Standing(key=self.key))
        ending = Ending(self.until, record.n)
        decided = msgspec.structs.replace(known, said=self.said, whose=self.whose, ending=ending)
        progress.keep(progress[Suspensions].with_(decided))


class SuspensionNamed(Change, frozen=True, kw_only=True, tag="suspension_named"):
    """The words' `line`th account (from 0) says anew whose account the suspension of that key is about."""

    key: str
    words: Words
    line: Number
    name: str = ""

    def apply(self, progress: Progress, record: Record) -> None:
        """Have these words say it."""
        known = progress[Suspensions].standings.get(self.key, Standing(key=self.key))
        named = msgspec.structs.replace(known, words=self.words, line=self.line, name=self.name)
        progress.keep(progress[Suspensions].with_(named))


class SuspensionNoted(Change, frozen=True, kw_only=True, tag="suspension_noted"):
    """How the suspension of that key stands, as its own receipts say.

    `handles`: digests of the ways to name the person, to know an administrator by. `in_force` is None
    only in receipts that the first version wrote, and known by the state before it is replayed.
    """

    key: str
    issue: str
    number: Number
    state: str
    until: Time | None = None
    interim: bool = False
    in_force: bool | None = None
    handles: tuple[str, ...] = ()

    def apply(self, progress: Progress, record: Record) -> None:
        """Have it stand so."""
        known = progress[Suspensions].standings.get(self.key, Standing(key=self.key))
        noted = msgspec.structs.replace(known, **self.news())
        if known.ending is not None and (self.until == known.ending.until or not self.in_force):
            noted = msgspec.structs.replace(noted, ending=known.ending if self.interim else None)
        progress.keep(progress[Suspensions].with_(noted))

    def news(self) -> dict[str, object]:
        """Return what it says, by the fields of a standing."""
        return {name: getattr(self, name) for name in self.__struct_fields__}


def parse(line: str, rest: str) -> Suspend:
    """Read a reason on the command's line, and on each further line one account.

    A line is `name, mail address, Slack id, @login`, then perhaps `until <when>`.
    """
    if not has_words(line):
        raise UserMistake("The reason is missing; it stands on the line of the command.")
    accounts = tuple(_account(text) for text in rest.split("\n") if text.strip())
    if not accounts:
        raise UserMistake("Whom does it concern? Write one account a line, below the command.")
    return Suspend(line, accounts)


def _account(text: str) -> Account:
    head, until, when = f"{text} ".rpartition(" until ")  # also where nothing follows it
    if until and not when.strip():
        raise UserMistake("After `until` comes a time.")
    party = parse_party(head if until else text, "")
    if party.remove:
        raise UserMistake("A line begins with the account's name. To lift a suspension, go to its own page.")
    return Account(party.name, party.contact, when.strip() if until else None, party.quoted)


def suspensions(case: Case) -> dict[str, Standing]:
    """Return the suspensions of an incident, by their keys."""
    return case.progress[Suspensions].standings


@once
def suspended(case: Case) -> tuple[Person, ...]:
    """Return whose accounts an incident ordered to be suspended, in that order."""
    return tuple(ordered(case, one.key, one) for one in suspensions(case).values())


def ordered(case: Case, key: str, standing: Standing) -> Person:
    """Return the person whom a line of an incident's `/suspend` names, under a key."""
    account = account_in(case, standing)
    return account.person(key) if account is not None else Person(key=key, name="", role="suspended")


def account_in(case: Case, standing: Standing) -> Account | None:
    """Return the account as its `/suspend`, or a party's naming, has it; None if those words have changed."""
    command = case.command(standing.words)
    if isinstance(command, Party):
        return Account(command.name, command.contact, quoted=command.quoted)
    member = case.progress[Parties].members.get(standing.whose)
    if member is not None and member.words == standing.words:
        person = introduced(case, standing.whose, member)
        reach = (f"@{person.login}" if person.login else "", person.mail, person.slack)
        return (
            Account(person.name, ", ".join(filter(None, reach)) or None, quoted=True) if person.name else None
        )
    known = isinstance(command, Suspend) and standing.line < len(command.accounts)
    return command.accounts[standing.line] if known and isinstance(command, Suspend) else None


def reason_in(case: Case, standing: Standing) -> str:
    """Return the reason that a `/suspend`, or a resolution, gives; "" if those words have changed since."""
    if standing.said is not None:
        return resolution_for(case, standing.said, standing.whose) or ""
    command = case.command(standing.words)
    return command.reason if isinstance(command, Suspend) else ""


def new_accounts(case: Case, command: Suspend) -> list[int]:
    """Return which lines of a `/suspend` are new: not suspended already."""
    here = (one for one in suspended(case) if suspensions(case)[one.key].in_force)
    known = {mark for one in here for mark in _marks(one)}
    new: list[int] = []
    for line, account in enumerate(command.accounts):
        marks = _marks(account.person(str(line)))
        if known.isdisjoint(marks):
            new.append(line)
            known |= marks
    return new


def lost_accounts(case: Case, command: Suspend) -> dict[int, str]:
    """Return which lines of a `/suspend` say anew whose account is suspended, and the keys of these.

    The words that had said so are gone, so they are known by digests of a name, or of an address.
    """
    found: dict[int, str] = {}
    gone = [one for one in suspensions(case).values() if one.in_force and account_in(case, one) is None]
    for line, account in enumerate(command.accounts):
        said = {digest(account.name.casefold()), *account.person("").digests()}
        known = (one.key for one in gone if one.key not in found.values() and said & {one.name, *one.handles})
        if (key := next(known, None)) is not None:
            found[line] = key
    return found


def _marks(person: Person) -> set[tuple[bool, str]]:
    """Return by what somebody is known to be the same: their whole name, and every way to name them."""
    return {(True, " ".join(person.name.casefold().split())), *((False, one) for one in person.handles())}


def accounts_new(case: Case, ask: Ask) -> str | None:
    """Refuse a suspension that suspends nobody, ends in the past, or that GitHub has no room for."""
    if not isinstance(ask.command, Suspend):
        return "Say who is suspended, and why."
    if len(ask.command.accounts) > MOST_SUSPENSIONS:
        return TOO_MANY
    for account in ask.command.accounts:
        if account.with_end() is not None:
            return UNTIL_WHEN
        if (reason := nobody_reads(account.contact) or account.not_one()) is not None:
            return reason
        if (other := _nearly(case, account)) is not None:
            return IS_IT.format(name=inline(other.name))
    if _swapped(case, ask.command) is not None:
        return SWAPPED
    lost = lost_accounts(case, ask.command)
    new = [line for line in new_accounts(case, ask.command) if line not in lost]
    if not new and not lost:
        return "Every one of these accounts is suspended in this incident already."
    if len(suspensions(case)) + len(new) > MOST_SUSPENSIONS:
        return TOO_MANY
    try:
        for line in new:
            ends(case, ask, ask.command.accounts[line].until)
    except UserMistake as mistake:
        return str(mistake)
    return None


def _nearly(case: Case, account: Account) -> Person | None:
    """Return the party whom a name may mean that is one word of theirs; a login alone means its account."""
    is_login = account.name == login_in(account.contact or "")
    return nearly_in(case, account.name) if not account.quoted and not is_login else None


def _swapped(case: Case, command: Suspend) -> str | None:
    """Return the command as it may be meant where an account stands in place of the reason; None if not."""
    try:
        one = _account(command.reason)
    except UserMistake:
        return None
    known = {fold(party.name) for party in parties(case) if party.name}
    is_named = fold(one.name) in known or one.name == login_in(one.contact or "")
    has_end = one.until is not None and (looks_like_when(one.until) or is_endless(one.until))
    has_end = has_end and all(account.until is None for account in command.accounts)
    return f"/suspend <reason>\n{command.reason}" if is_named or has_end else None


def _lines(case: Case, ask: Ask) -> str | None:
    """Return the first account's line that is refused, as it may be meant; or the whole command."""
    accounts = ask.command.accounts[:MOST_SUSPENSIONS] if isinstance(ask.command, Suspend) else ()
    now, zone = ask.at, case.community.zone
    for one in accounts:
        if (line := one.with_end()) is not None:
            return line
        if nobody_reads(one.contact) is not None:
            return one.name
        if one.not_one() is not None:
            return "\n".join(each_of(whole(one.name, one.contact))) or None
        if (other := _nearly(case, one)) is not None:
            who = ", ".join(filter(None, (other.name, one.contact)))
            return f"{who} until {one.until}" if one.until else who
    if isinstance(ask.command, Suspend) and (line := _swapped(case, ask.command)) is not None:
        return line
    for one in accounts:
        if one.until is None:
            continue
        until = (
            "" if is_endless(one.until) else right_when(one.until, now=now, zone=zone, otherwise="2 weeks")
        )
        if until != " ".join(one.until.split()):
            head = ", ".join(filter(None, (one.name, one.contact)))
            return f"{head} until {until}" if until else head
    return None


def ends(case: Case, ask: Ask, said: str | None) -> datetime | None:
    """Return the end that was said; None where none was. UserMistake if it can't be meant."""
    if said is not None and is_endless(said):
        raise UserMistake(
            "That there is no end is decided on the suspension's own page. Leave `until` away here, and write"
            " `/until indefinite` there."
        )
    return None if said is None else read_when(said, now=ask.at, zone=case.community.zone)


def of_person(case: Case, person: Person) -> Standing | None:
    """Return the suspension in force of somebody's account in this incident, None if there is none."""
    theirs = _marks(person)
    mine = (one for one in suspended(case) if one.key == person.key or not _marks(one).isdisjoint(theirs))
    return next((known for one in mine if (known := suspensions(case)[one.key]).in_force), None)


def end_decided(case: Case, ask: Ask, person: Person, said: str) -> datetime:
    """Return the end that was said of what is decided about somebody. UserMistake if it can't be meant.

    Where their account is suspended already, a span counts from then: time served is included.
    """
    zone, known, now = case.community.zone, of_person(case, person), ask.said_at
    served = known is not None and known.since is not None and is_span(said, zone=zone)
    if served and known is not None and known.since is not None:
        now = min(known.since, now)
    end = read_when(said, now=now, zone=zone)
    if end > ask.at:
        return end
    since = f": the account is suspended since {format_when(now, zone)}" if served else ""
    raise UserMistake(f"That end has passed, on {format_when(end, zone)}{since}. Name a later one.")


def takes_several(case: Case, *, endless: bool) -> Outcome | None:
    """Return the outcome that decides on a suspension with an end, or without one, if that takes several.

    None where one voice suffices: nobody else has a say, no outcome asks for more, or none is kept.
    """
    fitting = [
        one
        for one in case.process.outcomes
        if one.suspends and one.end != ("needed" if endless else "none") and states_outcomes(case)
    ]
    needs = {one.name: voices_needed(one, len(case.eligible)) for one in fitting}
    mildest = min(fitting, key=lambda one: needs[one.name], default=None)
    return mildest if mildest is not None and needs[mildest.name] > 1 else None


def undecided(case: Case) -> tuple[str, ...]:
    """Return the keys of the accounts that are suspended, and it isn't decided until when.

    What one administrator says of that is for the time being, where it takes several.
    """
    return tuple(one.key for one in suspensions(case).values() if one.in_force and _is_undecided(case, one))


def _is_undecided(case: Case, one: Standing) -> bool:
    several = one.said is None and takes_several(case, endless=one.until is None) is not None
    return one.interim or several


def no_interim_suspension(case: Case, ask: Ask) -> str | None:
    """Refuse to resolve while somebody is suspended and it isn't decided until when, nor is now."""
    decided = _settled(case, ask)
    lacking = [key for key in undecided(case) if key not in decided]
    if not lacking:
        return None
    names = ", ".join(
        inline(case.called(key)) + (f" (#{number})" if number is not None else "")
        for key in lacking
        for number in [suspensions(case)[key].number]
    )
    outcome = takes_several(case, endless=False) or takes_several(case, endless=True)
    if outcome is None:
        return (
            f"An interim suspension is in force: {names}. First set its end there"
            " (`/until <when>` or `/until indefinite`), or lift it."
        )
    head = f"{_head_name(case, lacking[0])}: {outcome.form}"
    return (
        f"An interim suspension is in force: {names}. How it goes on takes several: say it in `/resolve`, on"
        f" a line of its own, as `{head}`; or lift it."
    )


def _head_name(case: Case, key: str) -> str:
    """Return how a head means a suspended person: by name, or by the key where no words here name them."""
    person = case.person(key)
    name = person.name if person is not None else ""
    return name if name and "`" not in name and ":" not in name else key


def suspension_undecided(case: Case, ask: Ask) -> str | None:
    """Refuse where no account was suspended since the resolution, or several have agreed to that."""
    since = case.progress[Resolution].since
    known = (suspensions(case)[key] for key in undecided(case))
    late = since is not None and any(one.since is None or one.since >= since for one in known)
    return None if late else "Nobody was suspended since it was resolved."


def _settled(case: Case, ask: Ask) -> frozenset[str]:
    """Return the keys of the suspensions whose end a resolution that is asked for decides."""
    heads = stated(case, ask.command).heads if isinstance(ask.command, Resolve) else ()
    return frozenset(
        known.key
        for head in heads
        if head.person is not None and (outcome := case.process.outcomes.get(head.outcome)) is not None
        if outcome.suspends and (known := of_person(case, head.person)) is not None
    )


def decided_suspensions(
    case: Case, ask: Ask, person: Person, until: datetime | None, before: int = 0
) -> tuple[SuspensionOrdered | EndDecided, ...]:
    """Return what a resolution's head that suspends somebody changes: `until` None suspends them for good.

    Where their account is suspended already, that gets its end. `before`: how many others it orders already.
    """
    known = of_person(case, person)
    if known is not None:
        return (EndDecided(key=known.key, said=ask.words, whose=person.key, until=until),)
    member = case.progress[Parties].members.get(person.key)
    if member is None:
        return ()
    return (
        SuspensionOrdered(
            key=f"s{case.progress[Suspensions].highest + before + 1}",
            words=member.words,
            line=0,
            since=ask.at,
            by=ask.asker or "",
            until=until,
            endless=until is None,
            name=member.name,
            said=ask.words,
            whose=person.key,
        ),
    )


def unsettled(case: Case) -> list[int]:
    """Return the numbers of the suspensions whose pages have yet to take over an end that was decided."""
    waiting = (one for one in suspensions(case).values() if one.ending is not None and one.in_force)
    return [one.number for one in waiting if one.number is not None]


def suspension_in_force(case: Case, ask: Ask) -> str | None:
    """Refuse where nobody of this incident is suspended."""
    in_force = any(one.in_force for one in suspensions(case).values())
    return None if in_force else "Nobody is suspended."


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    command = ask.command
    if not isinstance(command, Suspend):
        return ()
    first = case.progress[Suspensions].highest + 1
    lost = lost_accounts(case, command)
    names = [digest(account.name.casefold()) for account in command.accounts]
    anew = (
        SuspensionNamed(key=key, words=ask.words, line=line, name=names[line]) for line, key in lost.items()
    )
    new = [line for line in new_accounts(case, command) if line not in lost]
    ordered_ = (
        SuspensionOrdered(
            key=f"s{first + index}",
            words=ask.words,
            line=line,
            since=ask.at,
            by=ask.asker or "",
            until=ends(case, ask, command.accounts[line].until),
            name=names[line],
        )
        for index, line in enumerate(new)
    )
    return (*anew, *ordered_)


def _needs(case: Case) -> Iterable[Needed]:
    for one in suspensions(case).values():
        if one.in_force and one.words is not None:
            holds = "whose account is suspended, why, and the address"
            yield Needed(words=one.words, holds=holds, again=USAGE.form)
        if one.in_force and one.said is not None:
            yield Needed(words=one.said, holds="why an account is suspended")


def _handles(case: Case) -> Iterable[tuple[str, str]]:
    return ((one.key, handle) for one in suspensions(case).values() for handle in one.handles)


ACT = Act(
    name="suspend",
    serves=("incident",),
    commands=(
        Command(
            name="suspend",
            usage=USAGE,
            parse=parse,
            slashes="refused",
            instead=("ban", "block", "mute", "kick", "timeout"),
            at_once=True,
        ),
    ),
    changes=(SuspensionOrdered, EndDecided, SuspensionNamed, SuspensionNoted),
    parts=(Suspensions,),
    guards=(
        Guard(
            "accounts_new",
            "At least one of the accounts isn't suspended in this incident yet, and there is room.",
            accounts_new,
            commands=("suspend",),
            copies=_lines,
            across="each account is then governed by the suspension process",
        ),
        Guard(
            "no_interim_suspension",
            "No account is suspended of which it isn't decided until when, by as many as it takes.",
            no_interim_suspension,
            across="the suspension process says which are",
        ),
        Guard(
            "suspension_undecided",
            "An account was suspended since the resolution, and not enough have agreed until when.",
            suspension_undecided,
            across="the suspension process says which are",
        ),
        Guard(
            "suspension_in_force",
            "An account of this incident is suspended.",
            suspension_in_force,
            across="the suspension process says which are",
        ),
    ),
    records=(
        Recorder(
            "suspension",
            "whose accounts are suspended, since when and until when",
            _recorded,
            commands=("suspend",),
            guards=("accounts_new",),
            holds_words=True,
        ),
    ),
    people=suspended,
    recorded=_handles,
    needs=_needs,
)
