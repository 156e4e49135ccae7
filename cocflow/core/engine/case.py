"""One case: a read of its issue, what its receipts have made of it, and the people in it.

Owns who is who: which account is the reporter, an administrator with a say, a party. Everything
is derived, nothing stored: words stay in the comments that hold them (`Words`) and are read there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property

import msgspec

from cocflow.core.acts.commands import GRAMMAR, Account, Answer, Command, Party, Suspend, read_command
from cocflow.core.engine.facts import Actor, Commented, Fact, Issue, sha256
from cocflow.core.engine.ledger import Ledger, read_ledger
from cocflow.core.engine.progress import Progress, replay
from cocflow.core.engine.records import (
    Filed,
    Marker,
    Record,
    SuspensionBegan,
    Words,
    is_vouched,
    read_mail,
    read_marker,
)
from cocflow.core.engine.seal import Seal
from cocflow.core.forms.form import Form, Report
from cocflow.core.forms.numbered import merge, numbered_answers
from cocflow.core.forms.reading import read
from cocflow.core.people.roster import Administrator, Community
from cocflow.core.process import Process, Role
from cocflow.core.text.codename import code_name
from cocflow.errors import UserMistake

SUSPENSION = "suspension"
"""The name of the process that governs suspensions."""

FOR_ANOTHER = "I file for someone else"
"""The answer of an administrator who files what a reporter told them."""

_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_SLACK = re.compile(r"\b[UW][A-Z0-9]{6,20}\b")


INCIDENT = "incident"
"""The name of the process that governs incidents, and the id of the field that names one."""

ACCOUNT, REACH, REASON, UNTIL = "account", "reach", "reason", "until"
"""The ids of the suspension form's other fields."""


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a case. `key` is what records call them: `reporter`, or `p1`, `p2`, … for parties.

    `name` is "" where the words that gave it have changed since. `suspended`: it is their account.
    """

    key: str
    name: str
    login: str = ""
    mail: str = ""
    slack: str = ""
    suspended: bool = False

    def __repr__(self) -> str:
        """Show the key only."""
        return f"Person({self.key})"

    def handles(self) -> frozenset[str]:
        """Return every way this person may be named in the roster, casefolded."""
        one_word = self.name if len(self.name.split()) == 1 else ""
        texts = (one_word, self.login, self.mail, self.slack)
        return frozenset(text.casefold().removeprefix("@") for text in texts if text)


class Definition(msgspec.Struct, frozen=True):
    """A process, and the form by which its issues are opened."""

    process: Process
    form: Form


class Case(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything a decision may look at. `process` and `form` are definitions, the rest is read.

    `marks`: deliveries that no receipt has absorbed yet; the next one will. `incident` is the
    incident of a suspension, None for incidents, and for a suspension that is linked to none. `seal`
    signs what is written about it, if the community has a key.
    """

    issue: Issue
    ledger: Ledger
    progress: Progress
    process: Process
    form: Form
    community: Community
    marks: tuple[str, ...] = ()
    incident: Case | None = None
    seal: Seal | None = None

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Case({self.issue.number})"

    @cached_property
    def comments(self) -> Mapping[str, Commented]:
        """The comments by node id."""
        return {comment.id: comment for comment in self.issue.comments()}

    def mail(self, fact: Fact) -> Filed | None:
        """Return the record of a mail that cocflow has filed; None for every other fact, forged ones too."""
        if not isinstance(fact, Commented) or not self.issue.is_mine(fact):
            return None
        vouched = is_vouched(fact.body, self.seal, self.issue.id, fact.unchanged_since)
        return read_mail(fact.body) if vouched else None

    @property
    def marker(self) -> Marker | None:
        """What cocflow wrote at the top of the body of a suspension that it opened."""
        return _marker(self.issue, self.seal)

    def after(self, record: Record) -> Case:
        """Return the case as it stands once a receipt with this record counts."""
        progress = self.progress.copy()
        progress.apply(record)
        return msgspec.structs.replace(self, progress=progress)

    def command(self, words: Words) -> Command | None:
        """Return the command that these words are, None if they have changed or gone since."""
        comment = self.comments.get(words.fact)
        if comment is None or sha256(comment.body) != words.sha:
            return None
        try:
            return read_command(comment.body, GRAMMAR)
        except UserMistake:
            return None

    @cached_property
    def report(self) -> Report:
        """The answers: those of the body, and above them those given later by `/answer`."""
        report = read(self.form, self.issue.body)
        later: dict[int, str] = {}
        for number, words in self.progress.answers.items():
            command = self.command(words)
            given = answers_of(command) if isinstance(command, Answer) else {}
            if number in given:
                later[number] = given[number]
        return merge(report, later) if later else report

    @cached_property
    def reporter(self) -> Person:
        """The reporter: the author, or the person for whom an administrator filed."""
        author = self.issue.author
        if self.progress.reporter is None or self.progress.reporter.is_author:
            login = author.login if author else ""
            return Person(key="reporter", name=login, login=login)
        said = self.report.answers.text("reporter")
        if sha256(said) != self.progress.reporter.said:
            return Person(key="reporter", name="")
        return filed_for(said)

    @cached_property
    def parties(self) -> tuple[Person, ...]:
        """Who else it concerns, in the order in which they were added."""
        return tuple(self._party(key, words) for key, words in self.progress.parties.items())

    def _party(self, key: str, words: Words) -> Person:
        command = self.command(words)
        if not isinstance(command, Party):
            return Person(key=key, name="")
        return party_person(key, command)

    @cached_property
    def suspended(self) -> tuple[Person, ...]:
        """Whose accounts are suspended: in a suspension one, in an incident those it ordered itself."""
        if self.is_suspension:
            return (self._suspended(),)
        return tuple(
            self._ordered(standing.key, standing.words, standing.line)
            for standing in self.progress.suspensions.values()
        )

    @property
    def code_name(self) -> str:
        """What the case is called where nothing of it may be said."""
        began = self.progress.began
        return code_name(
            suspension_id(self.incident.issue.id, began.key) if self.incident and began else self.issue.id
        )

    @property
    def is_suspension(self) -> bool:
        """Whether this is a suspension, and not an incident."""
        return self.process.name == SUSPENSION

    def _suspended(self) -> Person:
        """Return whose account it is: whom the incident's `/suspend` named, else whom the form names.

        The form's body stays editable, so it is believed only while it says what it said at first.
        """
        began = self.progress.began
        standing = self.incident.progress.suspensions.get(began.key) if self.incident and began else None
        if standing is not None and standing.words is not None and self.incident is not None:
            person = self.incident._ordered("suspended", standing.words, standing.line)
            return msgspec.structs.replace(person, key="suspended")
        if began is not None and account_digest(self.report) != began.account:
            return Person(key="suspended", name="", suspended=True)
        said = self.report.answers
        reach = said.text(REACH)
        mail, slack = _MAIL.search(reach), _SLACK.search(reach)
        return Person(
            key="suspended",
            name=" ".join(said.text(ACCOUNT).split())[:100],
            mail=mail[0] if mail else "",
            slack=slack[0] if slack else "",
            suspended=True,
        )

    def _ordered(self, key: str, words: Words | None, line: int) -> Person:
        command = self.command(words) if words is not None else None
        if not isinstance(command, Suspend) or line >= len(command.accounts):
            return Person(key=key, name="", suspended=True)
        return account_person(key, command.accounts[line])

    def person(self, key: str) -> Person | None:
        """Return the person of that key, None if there is none (any more)."""
        channel = self.community.rules_channel
        community = Person(key="community", name=channel, slack=self.community.rules_slack_channel)
        ours = Person(key="channel", name="", slack=self.community.administrators_slack_channel)
        people = (self.reporter, *self.parties, *self.suspended, community, ours)
        return next((one for one in people if one.key == key), None)

    def is_reporter(self, actor: Actor) -> bool:
        """Whether the account is the reporter's own."""
        author = self.issue.author
        return (
            self.progress.reporter is not None
            and self.progress.reporter.is_author
            and author is not None
            and author.id == actor.id
        )

    @cached_property
    def eligible(self) -> tuple[Administrator, ...]:
        """The administrators who have a say in this case; empty if every one is in it themselves.

        A sole administrator keeps their say; that they are in the case is recorded.
        """
        roster = self.community.administrators
        if len(roster) == 1:
            return roster
        return tuple(one for one in roster if not self.concerns(one))

    def concerns(self, administrator: Administrator) -> bool:
        """Whether this administrator is a reporter, party or suspended person of the case."""
        if self.incident is not None and self.incident.concerns(administrator):
            return True
        people = self.suspended if self.is_suspension else (self.reporter, *self.parties, *self.suspended)
        handles = administrator.handles()
        if any(handles & person.handles() for person in people):
            return True
        # What was said of somebody may be edited afterwards, but gives nobody their say back.
        recorded = [one.handles for one in self.progress.suspensions.values()]
        recorded += self.progress.party_handles.values()
        recorded += [self.progress.reporter.handles] if self.progress.reporter else []
        named = {sha256(handle) for handle in handles}
        return any(named.intersection(one) for one in recorded)

    def roles(self, actor: Actor | None) -> frozenset[Role]:
        """Return the roles in which an account may ask for something; none for strangers and bots."""
        if actor is None or actor.bot:
            return frozenset()
        found: set[Role] = set()
        administrator = self.community.administrator(actor.login)
        if administrator is not None and administrator in self.eligible:
            found.add("administrator")
        handles = administrator.handles() if administrator else frozenset({actor.login.casefold()})
        if any(handles & person.handles() for person in self.suspended):
            found.add("suspended")
        if self.is_suspension:
            return frozenset(found)
        if self.is_reporter(actor) or (administrator and handles & self.reporter.handles()):
            found.add("reporter")
        if any(handles & person.handles() for person in self.parties):
            found.add("party")
        return frozenset(found)

    def login_of(self, actor_id: str) -> str:
        """Return the casefolded login of an account that did something here, "" if it did nothing."""
        facts = (*self.issue.facts, *(self.incident.issue.facts if self.incident else ()))
        found = next((fact.by for fact in facts if fact.by is not None and fact.by.id == actor_id), None)
        return found.login.casefold() if found is not None else ""

    def is_sole(self, actor: Actor | None) -> bool:
        """Whether this is the only administrator, acting in a case that concerns them."""
        administrator = self.community.administrator(actor.login) if actor else None
        return (
            administrator is not None
            and len(self.community.administrators) == 1
            and self.concerns(administrator)
        )


def open_case(
    issue: Issue,
    definition: Definition,
    community: Community,
    delivered: Iterable[str] = (),
    incident: Case | None = None,
    seal: Seal | None = None,
    ledger: Ledger | None = None,
) -> Case:
    """Return the case that one read of an issue shows.

    `delivered`: notices that this run has delivered, besides those that the card marks. `incident`:
    the incident of a suspension. `ledger`: that of this very read, where it is known already.
    """
    ledger = ledger or read_ledger(issue, seal)
    progress = replay(ledger.counted)
    marked = {*delivered, *(ledger.card_record.told if ledger.card_record else ())}
    marks = tuple(sorted(marked - progress.told))
    progress.told.update(marks)
    return Case(
        issue=issue,
        ledger=ledger,
        progress=progress,
        process=definition.process,
        form=definition.form,
        community=community,
        marks=marks,
        incident=incident,
        seal=seal,
    )


def _marker(issue: Issue, seal: Seal | None) -> Marker | None:
    author = issue.author
    ours = author is not None and author.id == issue.me
    return read_marker(issue.body, seal, issue.body_edited_at or issue.opened_at) if ours else None


def governed_by(
    issue: Issue, community: Community, seal: Seal | None = None, ledger: Ledger | None = None
) -> str:
    """Return the name of the process that governs an issue: its receipts say, else how it was opened.

    Every issue is an incident, but for those that the bot opened as suspensions, and those that an
    administrator opened with the suspension form. Anybody with triage can put a label on, so the
    label alone makes no suspension.
    """
    last = (ledger or read_ledger(issue, seal)).last
    if last is not None:
        return last.record.process.partition("/")[0]
    author = issue.author
    if author is None:
        return INCIDENT
    if author.id == issue.me:
        return SUSPENSION if _marker(issue, seal) is not None else INCIDENT
    on_roster = community.administrator(author.login) is not None
    return SUSPENSION if on_roster and SUSPENSION in issue.labels else INCIDENT


def incident_number(issue: Issue, definition: Definition, seal: Seal | None = None) -> int | None:
    """Return the number of the incident that a suspension belongs to, None if it names none."""
    ledger = read_ledger(issue, seal)
    for entry in ledger.counted[:1]:
        for change in entry.record.changes:
            if isinstance(change, SuspensionBegan) and change.incident:
                return change.incident
    marker = _marker(issue, seal)
    if marker is not None:
        return marker.number
    said = read(definition.form, issue.body).answers.text(INCIDENT).strip().removeprefix("#")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else issue.parent


def suspension_id(incident_id: str, key: str) -> str:
    """Return what names a suspension before its issue exists."""
    return f"{incident_id}/{key}"


def account_digest(report: Report) -> str:
    """Return the digest of the answers that say whose account is suspended."""
    return sha256(f"{report.answers.text(ACCOUNT)}\n{report.answers.text(REACH)}")


def account_person(key: str, account: Account) -> Person:
    """Return the person whom a line of a `/suspend` names."""
    person = party_person(key, Party(account.name, account.contact))
    return msgspec.structs.replace(person, suspended=True)


def party_person(key: str, command: Party) -> Person:
    """Return the person whom a `/party` names."""
    contact = command.contact or ""
    mail, slack = _MAIL.search(contact), _SLACK.search(contact)
    return Person(
        key=key,
        name=command.name,
        mail=mail[0] if mail else "",
        slack=slack[0] if slack else "",
    )


def filed_for(said: str) -> Person:
    """Return the reporter whom the form of somebody else names."""
    mail, slack = _MAIL.search(said), _SLACK.search(said)
    return Person(
        key="reporter",
        name=_without_contact(said),
        mail=mail[0] if mail else "",
        slack=slack[0] if slack else "",
    )


def digests(person: Person) -> tuple[str, ...]:
    """Return the digests of every way to name a person, as receipts hold them."""
    return tuple(sorted(sha256(handle) for handle in person.handles()))


def answers_of(command: Answer) -> dict[int, str]:
    """Return the answers that an `/answer` gives, by the question's number."""
    if command.number is not None:
        return {command.number: command.text}
    return numbered_answers(command.text)


def _without_contact(said: str) -> str:
    """Return the name in "Riya Sen, riya@example.org": the first line without its addresses."""
    first = said.strip().partition("\n")[0][:200]
    return _SLACK.sub("", _MAIL.sub("", first)).strip(" \t,;:()<>-").removeprefix("@")
