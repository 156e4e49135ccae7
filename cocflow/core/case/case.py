"""One case: a read of its issue, what its receipts have made of it, and the people in it.

Owns who has which role, whatever the subject that puts people into a case. Everything is derived, nothing
stored: words stay in the comments that hold them (`Words`) and are read there. What the subjects add
(commands, people, digests of people) comes by `Subjects`; no subject is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, get_args

import msgspec

from cocflow.core.case import index
from cocflow.core.case.accounts import account_number, other_account, same_account
from cocflow.core.case.decided import Decided, Outcomes
from cocflow.core.case.facts import Access, Actor, BodyEdited, Commented, Fact, Issue, sha256
from cocflow.core.case.grammar import Grammar, Said, read_command, read_letter
from cocflow.core.case.ledger import Ledger
from cocflow.core.case.progress import Origin, Progress, Record
from cocflow.core.case.records import (
    MAIL,
    Arrival,
    Filed,
    Joining,
    Marker,
    Words,
    is_vouched,
    read_arrival,
    read_joining,
    read_mail,
    read_marker,
)
from cocflow.core.case.say import Out, Outs, Say
from cocflow.core.case.seal import Seal
from cocflow.core.forms.form import Form, Report
from cocflow.core.forms.reading import read
from cocflow.core.people.naming import Sureness
from cocflow.core.people.person import Person, digest
from cocflow.core.people.roster import Administrator, Community
from cocflow.core.people.rota import Rota
from cocflow.core.process import (
    INCIDENT,
    ROOM,
    SUSPENSION,
    ChoiceName,
    FigureProperty,
    Process,
    Role,
    State,
    StateProperty,
)
from cocflow.core.text.codename import code_name
from cocflow.errors import UserMistake

P = ParamSpec("P")
T = TypeVar("T")

OUTSIDE = "outside"
"""The key of the outside contact, by which the community is helped where nobody else may decide."""

SENDER = "sender"
"""The key of whoever a mail says wrote it, as long as nobody knows more of them."""


class Definition(msgspec.Struct, frozen=True):
    """A process, and the form by which its issues are opened."""

    process: Process
    form: Form


class Subjects(Protocol):
    """What the subjects of a process add to a case."""

    @property
    def grammar(self) -> Grammar:
        """The commands, of every process."""

    def people(self, case: Case) -> Iterable[Person]:
        """Give the people whom the subjects put into a case."""

    def recorded(self, case: Case) -> Iterable[tuple[str, str]]:
        """Give the keys of people of the case, with the digests of ways to name them that receipts hold."""

    def let(self, case: Case, guards: Iterable[str]) -> tuple[Administrator, ...]:
        """Return the administrators with a say whom these guards let pass, by who they are."""

    def name_of(self, case: Case) -> str:
        """Return what picks the case's code name."""


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything a decision may look at. `definition` and `subjects` are given, the rest is read.

    `marks`: deliveries that no receipt has absorbed yet, and when they were; the next one will. `incident`
    is the incident of a suspension, and the case (an incident, or a suspension) that a room serves; None for
    incidents, and for what is linked to none. `seal` signs what is written about it, if the community has a
    key. `wording` is a digest of the texts that letters put around words. `beside`: the other incidents that
    it can't be decided without, by the numbers by which it knows them; None where there is none. `access`:
    who gets into the room of which this is the case, None for other cases, and where that isn't known now.
    `rota`: whose turn it is, and who is away.
    """

    issue: Issue
    ledger: Ledger
    progress: Progress
    definition: Definition
    subjects: Subjects
    community: Community
    marks: Mapping[str, datetime] = msgspec.field(default_factory=dict)
    incident: Case | None = None
    seal: Seal | None = None
    wording: str = ""
    beside: Mapping[int, Case | None] = msgspec.field(default_factory=dict)
    access: Access | None = None
    rota: Rota = Rota()

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Case({self.issue.number})"

    # --- the process that governs it ---

    @property
    def process(self) -> Process:
        """The process that governs the case."""
        return self.definition.process

    @property
    def state(self) -> State | None:
        """The present state; None before the first receipt, and where the process lacks it."""
        return self.process.state(self.progress.state)

    @property
    def ids(self) -> tuple[str, ...]:
        """The node ids that the issue has had, oldest first, its own last: a transfer gives it another."""
        former = (*self.progress[Origin].issues, *self.ledger.moved_from)
        return tuple(dict.fromkeys((*(one for one in former if one != self.issue.id), self.issue.id)))

    def is_(self, property_: StateProperty) -> bool:
        """Whether the present state has a property."""
        return self.state is not None and property_ in self.state.is_

    @property
    def is_incident(self) -> bool:
        """Whether this is an incident, with a report."""
        return self.process.name == INCIDENT

    @property
    def is_suspension(self) -> bool:
        """Whether this is a suspension."""
        return self.process.name == SUSPENSION

    @property
    def is_room(self) -> bool:
        """Whether this is a room of somebody's own."""
        return self.process.name == ROOM

    @property
    def outcomes(self) -> tuple[Decided, ...]:
        """How it ended for whom, by the present resolution; () where that isn't stated."""
        return self.progress[Outcomes].decided

    def waiting_period(self, name: str) -> timedelta | None:
        """Return a waiting period: the community's, else the definition's default; None means never."""
        periods = self.community.waiting_periods
        return periods[name] if name in periods else self.process.figure(name).default

    def period_that(self, property_: FigureProperty) -> timedelta | None:
        """Return the waiting period with a property; None means never, or that there is no such figure."""
        figure = self.process.figure_that(property_)
        return self.waiting_period(figure.name) if figure is not None else None

    # --- words ---

    @cached_property
    def comments(self) -> Mapping[str, Commented]:
        """The comments by node id, those with words on the issues that it goes on from too."""
        here = index.comments(self.issue)
        return {one.id: one for one in self.earlier} | here if self.earlier else here

    @property
    def earlier(self) -> tuple[Commented, ...]:
        """The comments with words on the issues that it goes on from."""
        return self.issue.earlier.comments if self.issue.earlier is not None else ()

    @property
    def mails(self) -> tuple[Commented, ...]:
        """The comments that may hold a letter, on the issues that it goes on from too."""
        return (*self.earlier, *index.own(self.issue, MAIL))

    def command(self, words: Words | None) -> Said | None:
        """Return the command that these words are, None if they have changed or gone since."""
        known: dict[Words, Said | None] = self.__dict__.setdefault("_commands", {})
        if words is not None and words not in known:
            known[words] = self._read(words)
        return known[words] if words is not None else None

    def _read(self, words: Words) -> Said | None:
        comment = self.comments.get(words.fact)
        if comment is None or sha256(comment.body) != words.sha:
            return None
        if self.mail(comment) is not None:
            return read_letter(comment.body, self.subjects.grammar)[1]
        try:
            return read_command(comment.body, self.subjects.grammar)
        except UserMistake:
            return None

    def mail(self, fact: Fact) -> Filed | None:
        """Return the record of a mail that cocflow has filed; None for every other fact, forged ones too."""
        if not isinstance(fact, Commented) or not self.issue.is_mine(fact):
            return None
        return read_mail(fact.body) if self._is_vouched(fact) else None

    def joining(self, fact: Fact) -> Joining | None:
        """Return what cocflow says here of another report; None for every other fact, forged ones too."""
        if not isinstance(fact, Commented) or not self.issue.is_mine(fact):
            return None
        return read_joining(fact.body) if self._is_vouched(fact) else None

    def _is_vouched(self, comment: Commented) -> bool:
        return any(is_vouched(comment.body, self.seal, one, comment.unchanged_since) for one in self.ids)

    @cached_property
    def filed(self) -> Report:
        """What the body answers of the form: of the issue that it began on."""
        return read(self.definition.form, self.body)

    @property
    def body(self) -> str:
        """The body of the issue that it began on."""
        earlier = self.issue.earlier
        return self.issue.body if earlier is None else earlier.body

    @property
    def author(self) -> Actor | None:
        """Who opened the issue that it began on."""
        earlier = self.issue.earlier
        return self.issue.author if earlier is None else earlier.author

    @property
    def writer(self) -> Actor | None:
        """Who wrote the report as it stands: whoever edited it last, else whoever filed it."""
        edited = next(reversed(self.issue.of(BodyEdited)), None)
        return edited.by if edited is not None else self.author

    @property
    def body_is_authors(self) -> bool:
        """Whether the body stands as whoever filed it wrote it: what others make of it are not their answers.

        GitHub names the last edit only. Of an issue that it goes on from nothing is known.
        """
        edited = next(reversed(self.issue.of(BodyEdited)), None)
        if edited is None:
            return self.issue.body_edited_at is None and self.issue.earlier is None
        author = self.author
        return author is not None and edited.by is not None and same_account(edited.by.id, author.id)

    def chosen(self, name: ChoiceName) -> bool:
        """Whether the form's choice of that name was made, wherever the process says that it stands."""
        choice = self.process.choice(name)
        if choice is None:
            return False
        return self.definition.form.is_chosen(self.filed.answers, choice.field, choice.option)

    @property
    def marker(self) -> Marker | None:
        """What cocflow wrote at the top of the body of a suspension that it opened."""
        return marker_of(self.issue, self.seal)

    @cached_property
    def arrival(self) -> Arrival | None:
        """How cocflow opened it for a mail; None where it didn't."""
        issue = self.issue
        ours = issue.is_me(self.author)
        return read_arrival(self.body, self.seal, issue.body_edited_at or issue.opened_at) if ours else None

    def after(self, record: Record) -> Case:
        """Return the case as it stands once a receipt with this record counts."""
        progress = self.progress.copy()
        progress.apply(record)
        return msgspec.structs.replace(self, progress=progress)

    # --- people ---

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """Everybody in the case but for the administrators who handle it, the reporter first."""
        return tuple(self.subjects.people(self))

    def people_who(self, role: Role) -> tuple[Person, ...]:
        """Return the people with a role, in the order in which they came into the case."""
        return tuple(one for one in self.people if one.role == role)

    def person(self, key: str) -> Person | None:
        """Return the person of that key, None if there is none. Channels and the outside contact count.

        So does whoever a mail says wrote it, who is told that it came, be they the reporter or not.
        """
        community = self.community
        channels = (
            Person(key="community", name=community.rules_channel, slack=community.rules_slack_channel),
            Person(key="channel", name="", slack=community.administrators_slack_channel),
            Person(key=OUTSIDE, name="", mail=community.outside_contact_mail),
        )
        senders = (
            msgspec.structs.replace(one, key=SENDER, role=None, unasked=False)
            for one in self.people_who("reporter")
        )
        return next((one for one in (*self.people, *channels, *senders) if one.key == key), None)

    def called(self, key: str) -> str:
        """Return what administrators read for a person of that key."""
        if key == OUTSIDE:
            return "the outside contact"
        person = self.person(key)
        if person is not None:
            return person.called
        return f"the {key}" if key == "reporter" else f"party {key.removeprefix('p')}"

    @cached_property
    def eligible(self) -> tuple[Administrator, ...]:
        """The administrators who decide in this case; empty if nobody without a part in it is left."""
        return tuple(one for one in self.community.administrators if self.say_of(one) == "whole")

    @cached_property
    def _logins(self) -> Mapping[Administrator, frozenset[str]]:
        """The logins that the administrators who did something here have now: one may have renamed."""
        found: dict[Administrator, frozenset[str]] = {}
        for actor in self.issue.actors:
            if (known := self.administrator(actor)) is not None:
                found[known] = found.get(known, frozenset()) | {actor.login.casefold()}
        return found

    def administrator(self, actor: Actor | None) -> Administrator | None:
        """Return whose account of the roster that is; None for everybody else, and for bots."""
        if actor is None or actor.bot:
            return None
        return self.community.administrator(actor.login, actor.number)

    def administrator_of(self, actor_id: str) -> Administrator | None:
        """Return the administrator whose account a node id names, None if it is nobody's of the roster."""
        return self.administrator(self.actor(actor_id) or Actor(actor_id, ""))

    def others(self, actor_id: str) -> tuple[Administrator, ...]:
        """Return the administrators with a say but for one, who is given by a node id."""
        known = self.administrator_of(actor_id)
        return tuple(one for one in self.eligible if one != known)

    def say_of(self, administrator: Administrator) -> Say:
        """Return what say an administrator has. A sole one keeps it, and it is recorded."""
        known: dict[str, Say] = self.__dict__.setdefault("_says", {})
        if administrator.login not in known:
            known[administrator.login] = self._say_of(administrator)
        return known[administrator.login]

    def _say_of(self, administrator: Administrator) -> Say:
        outs = self.outs_of(administrator)
        if len(self.community.administrators) == 1:
            return "none" if any(one.how == "recused" for one in outs) else "whole"
        if self.incident is not None and (say := self.incident.say_of(administrator)) != "whole":
            return say
        if self._is_in(administrator) or any(one.keeps_out and not one.is_question for one in outs):
            return "none"
        questioned = self.progress[Outs].questioned_by(self.community.marks_of(administrator))
        return "in question" if questioned or any(one.is_question for one in outs) else "whole"

    def outs_of(self, administrator: Administrator) -> tuple[Out, ...]:
        """Return what the receipts say of what keeps an administrator out, here and in the incident."""
        above = self.incident.outs_of(administrator) if self.incident is not None else ()
        return (*above, *self.progress[Outs].of(self.community.marks_of(administrator)))

    def _is_in(self, administrator: Administrator) -> bool:
        """Whether a person of the case is this administrator, and no receipt says what became of that.

        What was said of somebody may be edited afterwards, but gives nobody their say back: so receipts
        hold digests.
        """
        known = {one.source for one in self.outs_of(administrator) if one.is_sure}
        mine = digests(administrator)
        by_name = any(
            one.source not in known and self.means(one, administrator) == "surely" for one in self.people
        )
        return by_name or any(one in mine and key not in known for key, one in self.subjects.recorded(self))

    def means(self, person: Person, administrator: Administrator) -> Sureness | None:
        """Return how surely somebody in the case is an administrator: read widely, by all that is known."""
        number = account_number(person.account)
        if number is not None and number == administrator.account:
            return "surely"
        if person.here:
            return "surely" if person.login.casefold() == administrator.login.casefold() else None
        if person.login and person.login.casefold() in self._logins.get(administrator, frozenset()):
            return "surely"
        return administrator.meant_by(" ".join((person.name, person.login, person.mail, person.slack)))

    def is_insider(self, person: Person) -> Sureness | None:
        """Return how surely somebody is an administrator or the reporter: nobody acts on them alone."""
        said = " ".join((person.name, person.login, person.mail, person.slack))
        found = {self.means(person, one) for one in self.community.administrators}
        found |= {one.meant_by(said) for one in self.people_who("reporter")}
        return next((one for one in get_args(Sureness) if one in found), None)

    def concerns(self, administrator: Administrator) -> bool:
        """Whether something keeps an administrator out of the case, or would if they weren't the only one."""
        above = self.incident is not None and self.incident.concerns(administrator)
        return above or self._is_in(administrator) or any(o.keeps_out for o in self.outs_of(administrator))

    def is_in_question(self, actor: Actor | None) -> bool:
        """Whether an account's say as an administrator is in question: it decides nothing here."""
        administrator = self.administrator(actor)
        return administrator is not None and self.say_of(administrator) == "in question"

    def roles(self, actor: Actor | None) -> frozenset[Role]:
        """Return the roles in which an account may ask for something; none for strangers and bots."""
        if actor is None or actor.bot:
            return frozenset()
        known: dict[Actor, frozenset[Role]] = self.__dict__.setdefault("_roles", {})
        if actor not in known:
            known[actor] = self._roles_of(actor)
        return known[actor]

    def _roles_of(self, actor: Actor) -> frozenset[Role]:
        found: set[Role] = {one.role for one in self.people if one.role and self.is_account_of(one, actor)}
        administrator = self.administrator(actor)
        if administrator is not None and self.say_of(administrator) != "none":
            found.add("administrator")
        return frozenset(found)

    def is_account_of(self, person: Person, actor: Actor) -> bool:
        """Whether an account is surely a person's own. By a name alone it is nobody's.

        Who had the role by an act of an account has it by that account only. An administrator's addresses
        are those of the roster.
        """
        if person.here or person.account:
            return same_account(person.account, actor.id)
        known = self.administrator(actor)
        mail, slack = (known.mail, known.slack) if known is not None else ("", "")
        return person.is_surely(login=actor.login, mail=mail, slack=slack)

    def actor(self, actor_id: str) -> Actor | None:
        """Return the account of that node id, None if it did nothing here."""
        actors: list[Actor] = []
        for case in (self, self.incident):
            if case is not None:
                actors += (*case.issue.actors, *(one.by for one in case.earlier if one.by is not None))
        return next((one for one in actors if same_account(one.id, actor_id)), None)

    def is_another(self, actor_id: str, than: str) -> bool:
        """Whether two ids surely name two accounts: by their numbers, else by what GitHub calls them now.

        Whoever can't be told from the other may be the same.
        """
        if same_account(actor_id, than):
            return False
        logins = [one.login.casefold() for one in map(self.actor, (actor_id, than)) if one is not None]
        if len(logins) == 2:
            return logins[0] != logins[1]
        return other_account(actor_id, than)

    def is_sole(self, actor: Actor | None) -> bool:
        """Whether this is the only administrator, acting in a case that concerns them."""
        administrator = self.administrator(actor)
        return (
            administrator is not None
            and len(self.community.administrators) == 1
            and self.concerns(administrator)
        )

    @property
    def code_name(self) -> str:
        """What the case is called where nothing of it may be said."""
        return code_name(self.subjects.name_of(self))


@lru_cache(maxsize=256)
def digests(administrator: Administrator) -> frozenset[str]:
    """Return the digests of every way to name an administrator, shared ones too."""
    return frozenset(map(digest, administrator.handles()))


def marker_of(issue: Issue, seal: Seal | None) -> Marker | None:
    """Return what cocflow wrote at the top of an issue's body; None where it didn't open it."""
    ours = issue.is_me(issue.author)
    return read_marker(issue.body, seal, issue.body_edited_at or issue.opened_at) if ours else None


def once(make: Callable[Concatenate[Case, P], T]) -> Callable[Concatenate[Case, P], T]:
    """Make a function of a case, and of what else it is given, that is computed once for each case."""

    def get(case: Case, /, *given: P.args, **named: P.kwargs) -> T:
        known: dict[Any, Any] = case.__dict__.setdefault("_known", {})
        asked = (make, *given, *named.items()) if given or named else make
        if asked not in known:
            known[asked] = make(case, *given, **named)
        found: T = known[asked]
        return found

    return get
