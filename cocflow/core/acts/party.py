"""Parties: who else an incident concerns, and is told its resolution."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cocflow.core.acts.resolve import Resolution
from cocflow.core.acts.room import housed
from cocflow.core.case.act import Act, Ask, Guard, Needed, Recorder
from cocflow.core.case.case import Case, once
from cocflow.core.case.facts import sha256
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Number, Words
from cocflow.core.people.contacts import contact, login_in, mail_in, not_addresses, slack_in
from cocflow.core.people.person import Person, digest, named
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import INVISIBLE, apart, fold, has_words
from cocflow.errors import UserMistake

LONGEST_NAME = 100
LONGEST_CONTACT = 300

MOST_PARTIES = 100
"""As many as one incident may suspend: whoever has to be told stands in one receipt."""

NO_NAME = "That is no name."
IS_IT = "Is that {name}, who is in this incident? Write the whole name; in quotes, if it is somebody else."
HAS_IT = (
    "In this incident that is how {name} is reached. Two people who share it read each other's letters: write"
    " the name alone, and tell them yourself. If it is one person, put the name in quotes."
)
ALREADY = "That party is already in this incident."
ANOTHER_ADDRESS = (
    f"{ALREADY} For another address, take them off first, and then name them anew. Somebody else who is"
    " called the same needs a name that tells them apart."
)

_QUOTED = re.compile(
    r'["\u201c\u201d\u201e\u00ab\u00bb]([^"\u201c\u201d\u201e\u00ab\u00bb]+)["\u201c\u201d\u00ab\u00bb]'
)
_FURTHER = re.compile(r"(?:and|und|et|plus|also)(?:\s+|$)", re.IGNORECASE)
_OFF = re.compile(r"(?:remove|delete|drop|without|not|no|take off)\s+(.+)", re.IGNORECASE)
_LETTER = re.compile(r"\w")
_PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{5,}")

USAGE = Usage(
    "/party [-]<name> [mail address, Slack id or @login]",
    "/party Robin Example robin@example.org @robin",
    "Name someone else it concerns, who is then told the resolution. `-` takes the name off.",
)


class Party(Said, frozen=True):
    """Name who else it concerns, or take the name off again."""

    name: str
    contact: str | None = None
    """Mail addresses, Slack ids and `@login`s, joined by `, `."""
    remove: bool = False
    note: str = ""
    quoted: bool = False
    """The name stood in quotes, so that it is one, whatever is in it."""

    def person(self, key: str) -> Person:
        """Return the person whom this names."""
        return named(key, self.name, self.contact or "", "party")


class Member(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A party: the words that name them, and digests of the name and of the ways to name them.

    `report` is the number of the report that they filed, where it is handled with this one; `account` and
    `unasked` are as in `Person`.
    """

    words: Words
    handles: tuple[str, ...] = ()
    name: str = ""
    report: Number = 0
    account: str = ""
    unasked: bool = False


class Parties(Part, frozen=True, kw_only=True, tag="parties"):
    """The parties by their keys, in the order in which they came, and how many there have ever been."""

    members: dict[str, Member] = msgspec.field(default_factory=dict)
    ever: Number = 0


class PartyAdded(Change, frozen=True, kw_only=True, omit_defaults=True, tag="party"):
    """The words of a comment name a party, known in this case by `key`: a further one, or one anew.

    `handles`: digests of the ways to name the person, and `name` of the name, which hold even if the words
    change. What else there is is as in `Member`.
    """

    key: str
    words: Words
    handles: tuple[str, ...] = ()
    name: str = ""
    report: Number = 0
    account: str = ""
    unasked: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Add the party; no later one gets a key that was ever given (receipts may be lost)."""
        known = progress[Parties]
        number = self.key.removeprefix("p")
        given = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
        member = Member(
            words=self.words,
            handles=self.handles,
            name=self.name,
            report=self.report,
            account=self.account,
            unasked=self.unasked,
        )
        members = {**known.members, self.key: member}
        ever = known.ever + (self.key not in known.members)
        progress.keep(Parties(members=members, ever=max(ever, given)))

    def words_told(self, before: Progress) -> Words | None:
        """A party that comes late is told the resolution that there is."""
        return before[Resolution].words

    def told_only(self) -> tuple[str, ...] | None:
        """Nobody else learns anything new."""
        return (self.key,)


class PartyRemoved(Change, frozen=True, kw_only=True, tag="party_removed"):
    """That party is none; nothing is owed to it any more."""

    key: str

    def apply(self, progress: Progress, record: Record) -> None:
        """Take the party off."""
        known = progress[Parties]
        left = {key: one for key, one in known.members.items() if key != self.key}
        progress.keep(Parties(members=left, ever=known.ever))
        progress.settle(self.key)

    def told_only(self) -> tuple[str, ...] | None:
        """Nobody learns of it."""
        return ()


def parse(line: str, rest: str) -> Party:
    """Read `<name> [contact]`, or `-<name>`; a minus that a phone made into a dash counts.

    Who is named by an `@login` alone is called by it.
    """
    remove = line.startswith(("-", "\u2013", "\u2014", "\u2212"))
    tokens = (line[1:] if remove else line).replace(",", " , ").split()
    end = len(tokens)
    while end and (tokens[end - 1] == "," or _contact(tokens[end - 1])):
        end -= 1
    reach = ", ".join(filter(None, map(_contact, tokens[end:])))
    name = " ".join(tokens[:end]).replace(" ,", ",").strip(" ,") or login_in(reach)
    quoted = _QUOTED.fullmatch(name)
    name = quoted[1].strip() if quoted is not None else name
    _refuse_name(name)
    if len(reach) > LONGEST_CONTACT:
        raise UserMistake(f"How to reach someone has to fit into {LONGEST_CONTACT} characters.")
    return Party(name, reach or None, remove, rest, quoted is not None)


def not_one(name: str, where: str = "in a comment") -> str | None:
    """Return why a name isn't taken for one person's; None if it is. Older versions took any for one."""
    if _PHONE.search(name):
        return (
            "There is a phone number in it, and I can't call. Write the name alone, and tell them yourself."
        )
    if len(apart(name)) > 1:
        return (
            f"Is that one person, or two? Name each {where} of its own, or put the name in quotes if it is"
            " one."
        )
    if _FURTHER.match(name) or name.endswith(":"):
        return "That isn't the name alone."
    if name.endswith(("!", "?")) or not _LETTER.search(name):
        return NO_NAME
    return None


def _contact(token: str) -> str | None:
    found = contact(token)
    return found if found is not None and INVISIBLE.isdisjoint(found) else None


def _refuse_name(name: str) -> None:
    """Refuse what can't stand for a person: nothing, too much, what can't be seen, another's role."""
    if not has_words(name):
        raise UserMistake("A name is missing.")
    if len(name) > LONGEST_NAME:
        raise UserMistake(f"That name is longer than {LONGEST_NAME} characters.")
    if not INVISIBLE.isdisjoint(name) or any(ord(letter) < 32 for letter in name):
        raise UserMistake("There is a character in the name that can't be seen. Please type it anew.")
    if not_addresses(name):
        raise UserMistake(
            "I can't read that mail address whole, and a part of it would be somebody else's. Write it bare."
        )
    if "@" in name:
        raise UserMistake("First comes the name; a mail address, a Slack id or an `@login` comes last.")
    if fold(name) == "reporter":
        raise UserMistake("`reporter` always means who reported it, so nobody else can have that name.")


@once
def parties(case: Case) -> tuple[Person, ...]:
    """Return who else it concerns, in the order in which they were added."""
    found: list[Person] = []
    for key, member in case.progress[Parties].members.items():
        person, names = _person(case, key, member), {fold(one.name) for one in found if one.name}
        if member.report and fold(person.name) in names:
            person = msgspec.structs.replace(person, name=f"{person.name} (#{member.report})")
        found.append(housed(case, person))
    return tuple(found)


def _person(case: Case, key: str, member: Member) -> Person:
    if member.report:
        return introduced(case, key, member)
    command = case.command(member.words)
    return command.person(key) if isinstance(command, Party) else Person(key=key, name="", role="party")


def introduced(case: Case, key: str, member: Member) -> Person:
    """Return the reporter of another report, as the comment that brings it here introduces them."""
    comment = case.comments.get(member.words.fact)
    if comment is None or sha256(comment.body) != member.words.sha:
        return Person(key=key, name="", role="party")
    lines = comment.body.split("\n")
    start = next((place for place, line in enumerate(lines) if line and set(line) == {"`"}), len(lines))
    name, reach = (*lines[start + 1 : start + 3], "", "")[:2]
    if not has_words(name) or fold(name) == "reporter":
        name = f"the reporter of #{member.report}"
    return Person(
        key=key,
        name=name,
        role="party",
        login=login_in(reach),  # never by the name: that is what somebody calls themselves
        mail=mail_in(reach),
        slack=slack_in(reach),
        account=member.account,
        unasked=member.unasked,
    )


def introduction(person: Person) -> str:
    """Return how somebody is called and reached, in two lines, to be introduced to another case."""
    name = " ".join("".join(one for one in person.name if one not in INVISIBLE).split())[:LONGEST_NAME]
    reach = (f"@{person.login}" if person.login else "", person.mail, person.slack)
    return f"{name}\n{', '.join(filter(None, reach))}"


def next_key(case: Case) -> str:
    """Return the key of a further party."""
    return f"p{case.progress[Parties].ever + 1}"


def same_party(case: Case, command: Party) -> str | None:
    """Return the key of the party that a `/party` names, None if it is new."""
    asked = command.name.casefold()
    known = ((person.key, person.name or (command.remove and person.called)) for person in parties(case))
    return next((key for key, name in known if name and name.casefold() == asked), None)


def lost_party(case: Case, command: Party) -> str | None:
    """Return the key of the party whom a `/party` names anew, since the words that named them are gone."""
    members = case.progress[Parties].members
    said = _digests(command)
    lost = (person.key for person in parties(case) if not person.name)
    return next((key for key in lost if said & {members[key].name, *members[key].handles} - {""}), None)


def _digests(command: Party) -> frozenset[str]:
    return frozenset({digest(command.name.casefold()), *command.person("").digests()})


def nobody_reads(reach: str | None) -> str | None:
    """Refuse an address that nobody reads; what an older version took for one is still read as it was."""
    if not not_addresses(reach or ""):
        return None
    return (
        "GitHub's own address for commits (users.noreply.github.com) reaches nobody. Write another one, or"
        " only the name: then you tell them yourself."
    )


def party_known(case: Case, ask: Ask) -> str | None:
    """Refuse a party twice, and the removal of one that there isn't."""
    if not isinstance(ask.command, Party):
        return "A party has a name."
    if ask.command.remove:
        there = same_party(case, ask.command)
        return None if there is not None else "There is no party of that name in this incident."
    if (there := same_party(case, ask.command)) is not None:
        return ANOTHER_ADDRESS if _is_reached_otherwise(case, there, ask.command) else ALREADY
    if (reason := nobody_reads(ask.command.contact)) is not None:
        return reason
    if not ask.command.quoted and (reason := not_one(_whole(ask.command))) is not None:
        return reason
    if _taken_off(case, ask.command) is not None:
        return "To take somebody off, put a minus before the name."
    if not ask.command.quoted and (other := nearly_in(case, ask.command.name)) is not None:
        return IS_IT.format(name=inline(other.name))
    if not ask.command.quoted and (other := _reached_so(case, ask.command)) is not None:
        return HAS_IT.format(name=inline(other.called))
    if len(parties(case)) >= MOST_PARTIES and lost_party(case, ask.command) is None:
        return f"One incident holds at most {MOST_PARTIES} parties. Open a second incident for the rest."
    return None


def _line(case: Case, ask: Ask) -> str | None:
    """Return the line with what can be read of it: the name alone, the first of two, or who there is."""
    if not isinstance(ask.command, Party):
        return None
    name = ask.command.name
    if ask.command.remove:
        known = [one.name for one in parties(case) if one.name]
        there = [one for one in known if fold(name) in fold(one).split()] or known
        return f"/party -{there[0]}" if len(there) == 1 else None
    if "`" in name:
        return None
    if (same := same_party(case, ask.command)) is not None:
        return f"/party -{name}" if _is_reached_otherwise(case, same, ask.command) else None
    if nobody_reads(ask.command.contact) is not None:
        return f"/party {name}"
    if not_one(_whole(ask.command)) is not None:
        return next((f"/party {one}" for one in each_of(_whole(ask.command))), None)
    if (off := _taken_off(case, ask.command)) is not None:
        return f"/party -{off.name}"
    reach = f" {ask.command.contact}" if ask.command.contact else ""
    if nearly_in(case, name) is None and _reached_so(case, ask.command) is not None:
        return f"/party {name}"
    return f'/party "{name}"{reach}' if nearly_in(case, name) is not None else None


def _whole(command: Party) -> str:
    return whole(command.name, command.contact)


def _taken_off(case: Case, command: Party) -> Person | None:
    """Return the party whom somebody means to take off in words; None where that isn't what is said."""
    said = _OFF.fullmatch(command.name) if not command.quoted else None
    return next((one for one in parties(case) if said and fold(one.name) == fold(said[1])), None)


def _is_reached_otherwise(case: Case, key: str, command: Party) -> bool:
    """Whether a `/party` that names a party again says another way to reach them."""
    known = next((one.digests() for one in parties(case) if one.key == key), ())
    return not set(command.person("").digests()) <= set(known)


def _reached_so(case: Case, command: Party) -> Person | None:
    """Return somebody else in the case who is reached as this party would be, None if nobody is.

    Whoever shares an address reads the letters of both, and nobody can tell who of them answered.
    """
    said = frozenset(command.person("").digests())
    others = (one for one in case.people if fold(one.name) != fold(command.name))
    return next((one for one in others if said & set(one.digests())), None)


def whole(name: str, contact_: str | None) -> str:
    """Return the name; where several accounts stand for it and no name does, all of them."""
    reach = contact_ or ""
    nameless = name == login_in(reach)
    return reach if nameless and reach.count("@") > 1 and ", " in reach else name


def nearly_in(case: Case, name: str) -> Person | None:
    """Return the party who may be meant by one word of their name, None if nobody is, or is called so."""
    said, known = fold(name).strip(" ."), parties(case)
    others = [one for one in known if said in (fold(one.name), *fold(one.name).split())]
    return others[0] if others and not any(fold(one.name) == fold(name) for one in known) else None


def each_of(name: str) -> list[str]:
    """Return the names of which a name that isn't one person's may be made, without what is no name."""
    if not_one(name) == NO_NAME:
        return []
    begins = _FURTHER.match(name)
    names = [
        " ".join(_PHONE.sub(" ", one).split()).strip(" :")
        for one in apart(name[begins.end() if begins else 0 :])
    ]
    return [one for one in names if has_words(one)]


def party_leaves(case: Case, ask: Ask) -> str | None:
    """Refuse to add somebody where only the taking off is meant, which nobody has to approve."""
    leaves = isinstance(ask.command, Party) and ask.command.remove
    return None if leaves else "Nobody is taken off here."


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    command = ask.command
    if not isinstance(command, Party):
        return ()
    if command.remove:
        return (PartyRemoved(key=same_party(case, command) or ""),)
    key = lost_party(case, command) or next_key(case)
    handles, name = command.person(key).digests(), digest(command.name.casefold())
    return (PartyAdded(key=key, words=ask.words, handles=handles, name=name),)


def _needs(case: Case) -> Iterable[Needed]:
    for key, one in case.progress[Parties].members.items():
        number = key.removeprefix("p")
        yield Needed(words=one.words, holds=f"the name and the address of party {number}", again=USAGE.form)


def _handles(case: Case) -> Iterable[tuple[str, str]]:
    return ((key, handle) for key, one in case.progress[Parties].members.items() for handle in one.handles)


ACT = Act(
    name="party",
    serves=("incident",),
    commands=(
        Command(
            name="party",
            usage=USAGE,
            parse=parse,
            slashes="refused",
            instead=("parties", "add", "involve", "concerns", "accused"),
        ),
    ),
    changes=(PartyAdded, PartyRemoved),
    parts=(Parties,),
    guards=(
        Guard(
            "party_known",
            "The party to be added is new to the case, or the one to be removed is in it.",
            party_known,
            commands=("party",),
            copies=_line,
        ),
        Guard(
            "party_leaves",
            "A party is taken off, not added.",
            party_leaves,
            commands=("party",),
            form="/party -<name>",
        ),
    ),
    records=(
        Recorder(
            "party",
            "who came into the case, or left it",
            _recorded,
            commands=("party",),
            guards=("party_known",),
            holds_words=True,
        ),
    ),
    people=parties,
    recorded=_handles,
    needs=_needs,
)
