"""A small kit to play a history through the pure engine: people, communities, issues, cases.

Everything that the tests need to build (an issue, a definition, a community, a case) is built here
and nowhere else. Nothing but `cocflow.core` runs in a play; receipts are posted as bare records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import Any, ParamSpec, Self
from zoneinfo import ZoneInfo

import msgspec

from cocflow.core.acts.guest import LOGIN
from cocflow.core.acts.say import INVOLVED
from cocflow.core.acts.suspension import ACCOUNT, REACH, REASON
from cocflow.core.case.case import Case, Definition
from cocflow.core.case.facts import (
    Access,
    Actor,
    Assigned,
    BodyEdited,
    Closed,
    CommentDeleted,
    Commented,
    Fact,
    Issue,
    Labeled,
    Opened,
    Reopened,
    Unlabeled,
)
from cocflow.core.case.progress import Record
from cocflow.core.case.records import Filed, Marker, mail_line, marker_line, receipt_line
from cocflow.core.engine.decide import decide
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.reading import open_case, parsed, read_receipt
from cocflow.core.engine.recovery import recovery
from cocflow.core.forms.form import QUESTIONS, Answers
from cocflow.core.forms.writing import write
from cocflow.core.people.roster import Administrator, Community, RoomsSettings
from cocflow.core.process import ROOM, Process
from cocflow.process.loading import load_form, load_process
from cocflow.process.outcomes import FILE as OUTCOMES
from cocflow.process.outcomes import load_outcomes, with_outcomes
from cocflow.setup import shipped
from cocflow.setup.install import choice

APPROVE = "approve"
"""The label that sends a draft as it was shown."""

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

BOT = Actor("BOT_cocflow", "github-actions", bot=True)
APP = Actor("BOT_rooms", "cocflow-rooms", bot=True)
OTHER_BOT = Actor("BOT_other", "dependabot", bot=True)
MFT = Actor("U_mft", "mft")
MIABOT = Actor("U_miabot", "miabot")
THCLPR = Actor("U_thclpr", "thclpr")
RIYA = Actor("U_riya", "riya")
STRANGER = Actor("U_stranger", "stranger")
DANGER = ("Somebody may be in danger",)
"""What the box of the form says."""

PEOPLE = (MFT, MIABOT, THCLPR, RIYA, STRANGER)

ROSTER = (
    Administrator(login="mft", name="Mika", mail="mika@example.org", slack="U0MIKA001"),
    Administrator(login="miabot", name="Mia"),
    Administrator(login="thclpr"),
)


@cache
def definition() -> Definition:
    """Return the shipped incident process with its form."""
    outcomes = load_outcomes(shipped.workflows() / OUTCOMES, [shipped.templates()])
    process = load_process(shipped.workflows() / "incident.yml", shipped.templates())
    process = with_outcomes(process, outcomes)
    form = load_form(shipped.issue_forms() / "incident.yml", QUESTIONS)
    offered = tuple(map(choice, ROSTER))
    fields = (
        msgspec.structs.replace(one, options=offered) if one.id == INVOLVED else one for one in form.fields
    )
    return Definition(process, msgspec.structs.replace(form, fields=tuple(fields)))


@cache
def suspension_definition() -> Definition:
    """Return the shipped suspension process with its form."""
    process = load_process(shipped.workflows() / "suspension.yml", shipped.templates())
    form = load_form(shipped.issue_forms() / "suspension.yml", (ACCOUNT, REASON, REACH))
    return Definition(process, form)


@cache
def room_definition() -> Definition:
    """Return the shipped room process with its form."""
    process = load_process(shipped.workflows() / "room.yml", shipped.templates())
    return Definition(process, load_form(shipped.issue_forms() / "room.yml", (LOGIN,)))


def definitions() -> dict[str, Definition]:
    """Return every shipped process with its form, by its name."""
    return {
        "incident": definition(),
        "suspension": suspension_definition(),
        "room": room_definition(),
    }


def process() -> Process:
    """Return the shipped incident process."""
    return definition().process


def community(*administrators: Administrator, **changes: Any) -> Community:
    """Return the community of the tests, with these administrators instead of its own, if any."""
    fields: dict[str, Any] = {
        "name": "Enginexp",
        "code_of_conduct": "https://example.org/code-of-conduct",
        "zone": ZoneInfo("UTC"),
        "administrators": administrators or ROSTER,
        "outside_contact": "council@example.org",
    }
    return Community(**(fields | changes))


FOR_ANOTHER = "I file for someone else"
"""The choice of the shipped form by which an administrator files for a reporter."""

FULL = {
    "learned": "It happened to me",
    "nature": "It was said in a meeting.",
    "who": "Somebody from the team.",
    "material": "There is a recording.",
    "privacy": "None",
}


def body(**answers: str | tuple[str, ...] | None) -> str:
    """Return a filed form: complete, but for the answers given here; None leaves one out."""
    return _filed(tuple((name, value) for name, value in (FULL | answers).items() if value is not None))


@lru_cache(maxsize=256)
def _filed(given: tuple[tuple[str, str | tuple[str, ...]], ...]) -> str:
    """Write the form; each read of an issue of the tests asks for the same few."""
    return write(definition().form, Answers(dict(given)))


SUSPENDED = {"account": "Sam Poe", "reason": "Insults.", "reach": "sam@example.org"}


def suspension_body(**answers: str | None) -> str:
    """Return a filed suspension form: complete, but for the answers given here; None leaves one out."""
    given = {name: value for name, value in (SUSPENDED | answers).items() if value is not None}
    return write(suspension_definition().form, Answers(given))


def issue(facts: Iterable[Fact], *, now: datetime, **fields: Any) -> Issue:
    """Return one read of an issue whose first fact is its opening. The only place that makes one."""
    facts = tuple(facts)
    opened = facts[0]
    edits = [fact.at for fact in facts if isinstance(fact, BodyEdited)]
    defaults: dict[str, Any] = {
        "id": opened.id,
        "number": 1,
        "title": "Incident",
        "body": body(),
        "author": opened.by,
        "opened_at": opened.at,
        "is_open": True,
        "labels": frozenset(),
        "me": BOT.id,
        "body_edited_at": edits[-1] if edits else None,
        "url": "https://github.example/acme/incidents/issues/1",
    }
    return Issue(facts=facts, now=now, **(defaults | fields))


def case_of(
    read: Issue,
    *,
    definition_: Definition | None = None,
    community_: Community | None = None,
    delivered: Iterable[str] = (),
    incident: Case | None = None,
) -> Case:
    """Return the case that a read shows. The only place that opens one."""
    given = definition_ or definition()
    return open_case(parsed(read), given, community_ or community(), delivered, incident)


def moment(at: datetime | float) -> datetime:
    """Return an instant, from hours after the start."""
    return at if isinstance(at, datetime) else START + timedelta(hours=at)


P = ParamSpec("P")


class Play:
    """One issue's history as it grows, and the engine's answers to it. `incident`: that of a suspension."""

    def __init__(
        self,
        by: Actor = RIYA,
        text: str | None = None,
        *,
        community_: Community | None = None,
        definition_: Definition | None = None,
        incident: Play | None = None,
        number: int = 1,
        start: datetime = START,
    ) -> None:
        self.body = body() if text is None else text
        self.community = community_ or community()
        self.definition = definition_ or definition()
        self.delivered: set[str] = set()
        self.now = start
        self.incident = incident
        self.access: Access | None = None
        self.number = number
        self._made = number * 1000 - 1000
        self.facts: list[Fact] = [Opened(id=f"I_{number}", at=start, by=by)]

    def copy(self) -> Self:
        """Return the same history, which goes on by itself."""
        made = copy(self)
        made.facts, made.delivered = list(self.facts), set(self.delivered)
        made.incident = self.incident.copy() if self.incident is not None else None
        return made

    # --- what happens ---

    def _next(self, prefix: str, at: datetime | float | None) -> tuple[str, datetime]:
        self._made += 1
        self.now = self.now if at is None else max(self.now, moment(at))
        return f"{prefix}_{self._made}", self.now

    def add(self, fact: Fact) -> Fact:
        """Let something happen."""
        self.facts.append(fact)
        self.now = max(self.now, fact.at)
        return fact

    def says(self, by: Actor | None, text: str, at: datetime | float | None = None, **fields: Any) -> str:
        """Let somebody comment; return the comment's id."""
        id_, when = self._next("IC", at)
        self.add(Commented(id=id_, at=when, by=by, body=text, database_id=self._made, **fields))
        return id_

    def sends(self, by: Actor, text: str, at: datetime | float | None = None) -> str:
        """Let somebody draft words, read what is shown, and send them; return the comment's id.

        The label waits for the next run.
        """
        id_ = self.says(by, text, at)
        self.run()
        self.labels(by, APPROVE, at)
        return id_

    def labels(self, by: Actor | None, label: str, at: datetime | float | None = None) -> str:
        """Let somebody put a label on; return the fact's id."""
        id_, when = self._next("LE", at)
        self.add(Labeled(id=id_, at=when, by=by, label=label))
        return id_

    def unlabels(self, by: Actor | None, label: str, at: datetime | float | None = None) -> str:
        """Let somebody take a label off."""
        id_, when = self._next("UE", at)
        self.add(Unlabeled(id=id_, at=when, by=by, label=label))
        return id_

    def assigns(self, by: Actor | None, assignee: Actor | None, at: datetime | float | None = None) -> str:
        """Let somebody assign the issue; return the fact's id."""
        id_, when = self._next("AE", at)
        self.add(Assigned(id=id_, at=when, by=by, assignee=assignee))
        return id_

    def closes(self, by: Actor | None, at: datetime | float | None = None) -> str:
        """Let somebody close the issue."""
        id_, when = self._next("CE", at)
        self.add(Closed(id=id_, at=when, by=by))
        return id_

    def reopens(self, by: Actor | None, at: datetime | float | None = None) -> str:
        """Let somebody reopen the issue."""
        id_, when = self._next("RE", at)
        self.add(Reopened(id=id_, at=when, by=by))
        return id_

    def deletes(self, by: Actor | None, id_: str, at: datetime | float | None = None) -> None:
        """Let somebody delete a comment."""
        author = next((fact.by for fact in self.facts if fact.id == id_), None)
        self.facts = [fact for fact in self.facts if fact.id != id_]
        deleted, when = self._next("DE", at)
        self.add(CommentDeleted(id=deleted, at=when, by=by, author=author))

    def edits_body(self, by: Actor | None, text: str, at: datetime | float | None = None) -> str:
        """Let somebody edit the report; only the last edit is a fact."""
        made, when = self._next("BE", at)
        id_ = BodyEdited.id_of(self.facts[0].id, made)
        self.body = text
        self.facts = [fact for fact in self.facts if not isinstance(fact, BodyEdited)]
        self.add(BodyEdited(id=id_, at=when, by=by))
        return id_

    def edits(self, id_: str, by: Actor | None, text: str) -> None:
        """Let somebody edit a comment."""
        at = self.facts.index(next(fact for fact in self.facts if fact.id == id_))
        comment = self.facts[at]
        assert isinstance(comment, Commented)
        self.facts[at] = msgspec.structs.replace(comment, body=text, edited_at=self.now, edited_by=by)

    def mails(self, text: str, at: datetime | float | None = None, **fields: Any) -> str:
        """Let cocflow file a mail on the issue, received now; return the comment's id."""
        id_ = f"{self._made + 1}"
        received = self.now if at is None else moment(at)
        given: dict[str, Any] = {"mail": f"mail {id_}", "received": received, "verified": True} | fields
        filed = Filed(**given)
        return self.says(BOT, f"A mail.\n\n> {text}\n\n{mail_line(filed)}", at)

    # --- what the engine makes of it ---

    def read(self, now: datetime | float | None = None) -> Issue:
        """Return a read of the issue at an instant, with everything that has happened until then."""
        at = self.now if now is None else moment(now)
        facts = [self.facts[0], *(fact for fact in self.facts[1:] if fact.at <= at)]
        return issue(facts, now=at, body=self.body, number=self.number)

    def case(self, now: datetime | float | None = None) -> Case:
        """Return the case at an instant."""
        case = case_of(
            self.read(now),
            definition_=self.definition,
            community_=self.community,
            delivered=self.delivered,
            incident=self.incident.case() if self.incident else None,
        )
        return msgspec.structs.replace(case, access=self.access)

    def post(self, record: Record, text: str = "Answered.") -> str:
        """Let cocflow post a receipt with this record; return its id."""
        return self.says(BOT, f"{text}\n\n{receipt_line(record)}")

    def run(self, now: datetime | float | None = None) -> list[Decision]:
        """Let cocflow run, and return what it decided; the case then stands as each receipt foresaw."""
        if now is not None:
            self.now = max(self.now, moment(now))
        made: list[Decision] = []
        case = self.case()
        while True:
            broken = bool(case.ledger.broken)
            decision = recovery(case) if broken else decide(case)
            if decision is None:
                return made
            made.append(decision)
            self.post(decision.record)
            foreseen, case = case.after(decision.record), self.case()
            assert broken or case.progress == foreseen.progress
            assert len(made) < 300, "the engine goes round in circles"

    def records(self) -> list[Record]:
        """Return the records of all receipts, in the order of their comments."""
        found = [read_receipt(fact.body) for fact in self.facts if isinstance(fact, Commented)]
        return [record for record in found if record is not None]

    def receipt_ids(self) -> list[str]:
        """Return the ids of the comments that are receipts."""
        return [
            fact.id
            for fact in self.facts
            if isinstance(fact, Commented) and read_receipt(fact.body) is not None
        ]

    def answer(self, id_: str) -> Record:
        """Return the one receipt that answers a fact."""
        (record,) = [record for record in self.records() if record.of == id_]
        return record

    def refusal(self) -> tuple[str, str | None, tuple[str, ...]]:
        """Run, and return the reason, the command to copy, and the templates of the one refusal."""
        (decision,) = self.run()
        assert decision.record.refused
        assert decision.record.changes == ()
        assert decision.record.owed == ()
        return decision.reason or "", decision.copy, decision.says

    @property
    def state(self) -> str | None:
        """The state that the receipts say the case is in."""
        return self.case().progress.state


def played_once(played: Callable[P, Play]) -> Callable[P, Play]:
    """Have what is said in plain words played once: whoever asks for it goes on from a copy."""
    kept: Any = lru_cache(maxsize=256)(played)

    def get(*given: P.args, **fields: P.kwargs) -> Play:
        plain = all(isinstance(one, str | tuple | type | Actor) for one in (*given, *fields.values()))
        found: Play = (kept if plain else played)(*given, **fields)
        return found.copy()

    return get


@played_once
def played_to(state: str, *, parties: Iterable[str] = (), kind: type[Play] = Play, **fields: Any) -> Play:
    """Return a play that has come to a state, with everything answered, at hour 5.

    In `resolved` a party, Robin Example, still has to be told; `parties` are in the case from the start.
    """
    given = {"text": body(nature=None) if state == "incomplete" else None} | fields
    play = kind(**given)
    for name in parties:
        play.says(MFT, f"/party {name}")
    play.run()
    if any(play.case().say_of(one) == "in question" for one in play.community.administrators):
        play.says(MIABOT, "/confirm")
        play.run()
    if state in ("acknowledged", "triaged", "resolved", "appealed", "closed"):
        play.says(MFT, "/estimate 3 days", 1)
        play.run()
    if state in ("triaged", "resolved", "appealed", "closed"):
        play.labels(MFT, "state: triaged", 2)
        play.run()
    if state == "resolved":
        play.says(MFT, "/party Robin Example", 3)
        play.run()
    if state in ("resolved", "appealed", "closed"):
        play.sends(MFT, "/resolve We talked.", 4)
        play.run()
    if state == "closed":
        for name in parties:
            play.says(MFT, f"/told {name} by phone", 4)
    if state == "appealed":
        play.says(RIYA, "/appeal It goes on.", 4)
    if state == "withdrawn":
        play.says(RIYA, "/withdraw", 4)
    if state == "dismissed":
        play.says(MFT, "/dismiss spam", 4)
    play.run()
    assert play.state == state
    play.now = moment(5)
    return play


def suspended_by(by: Actor = MFT, kind: type[Play] = Play, **fields: Any) -> Play:
    """Return a play of a suspension that an administrator opens with the form; not yet answered."""
    given: dict[str, Any] = {"definition_": suspension_definition(), "text": suspension_body()} | fields
    return kind(by, **given)


def suspended_in(incident: Play, key: str, number: int, *, opened: datetime) -> Play:
    """Return a play of the suspension that an incident's `/suspend` ordered, as cocflow opens it."""
    marker = Marker(incident=incident.facts[0].id, number=incident.number, key=key)
    text = f"{marker_line(marker)}\n\n{suspension_body()}"
    return Play(
        BOT,
        text,
        definition_=suspension_definition(),
        community_=incident.community,
        incident=incident,
        number=number,
        start=opened,
    )


def with_rooms() -> Community:
    """Return a community that has rooms."""
    return community(rooms=RoomsSettings(organization="harbor-rooms", app=7, template="template"))


def room_for(login: str, by: Actor = MFT, **fields: Any) -> Play:
    """Return a play of a room that somebody opens with the form; not yet answered."""
    definition_ = room_definition()
    text = write(definition_.form, Answers({LOGIN: login}))
    return Play(by, text, **({"definition_": definition_, "community_": with_rooms()} | fields))


def room_in(above: Play, key: str, login: str, number: int) -> Play:
    """Return a play of the room that a `/room` ordered, as cocflow opens it."""
    marker = Marker(incident=above.facts[0].id, number=above.number, key=key, process=ROOM)
    text = f"{marker_line(marker)}\n\n{write(room_definition().form, Answers({LOGIN: login}))}"
    return Play(
        BOT,
        text,
        definition_=room_definition(),
        community_=above.community,
        incident=above,
        number=number,
        start=above.now,
    )


DECIDED = {"upheld": "uphold", "overturned": "overturn"}


@played_once
def suspension_played_to(state: str, **fields: Any) -> Play:
    """Return a play of a suspension by MFT that has come to a state, at hour 200; `ended` by its end."""
    if state in ("proposed", "dropped"):
        fields = {"text": suspension_body(account="thclpr")} | fields
    play = suspended_by(**fields)
    play.run()
    if state == "dropped":
        play.labels(MIABOT, "state: dropped", 2)
    if state == "ended":
        play.says(MFT, "/until 24h\nThat is enough.", 1)
        play.run(30)
    if state in ("appealable", "appealed", "upheld", "overturned"):
        play.run(7 * 24)
    if state in ("appealed", "upheld", "overturned"):
        play.says(MIABOT, "/appeal I was not there.", 170)
        play.run()
    if state in ("upheld", "overturned"):
        play.sends(MIABOT, f"/{DECIDED[state]} We looked again.", 171)
    if state == "lifted":
        play.labels(MIABOT, "state: lifted", 2)
    play.run(160 if state == "active" else 200)
    assert play.state == state
    return play
