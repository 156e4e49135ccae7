"""Conversation: an administrator says something to one person of the case, or asks them.

Owns the words for one person, by when an answer is asked for, and which questions are open. An answer is
whatever the person wrote since, or what an administrator recorded in their words (`hearing`): nothing else
stores it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

import msgspec

from cocflow.core.acts.hearing import Heard, Hearing, speeches, spoken_name
from cocflow.core.case import act
from cocflow.core.case.act import Act, Guard, Instant, Recorder
from cocflow.core.case.addressed import Addressed, begins_with
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Commented
from cocflow.core.case.grammar import Command, Confidential, Said, Usage
from cocflow.core.case.heads import stated
from cocflow.core.case.letters import Wrote, letters
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Time, Words
from cocflow.core.people.person import Person
from cocflow.core.process import KINDS
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import has_words, quoted_lines, unquoted_lines
from cocflow.core.text.when import format_when, is_form, is_when, read_when, right_when
from cocflow.errors import UserMistake

_BY = re.compile(r"(?:^|(?<=[\s,;]))by[ \t]{1,8}", re.IGNORECASE)
_END = ".?!"

DEMANDED = "outcomes_heard"
"""The guard of a decision about somebody who has to be heard before it."""

SHOWN = 200
"""So much of a reason stands on the card."""


class Spoken(Said, frozen=True):
    """Words for one person, uncut: only who knows the case can tell a name's end."""

    text: str


class Say(Spoken, frozen=True):
    """Say this to somebody."""


class Ask(Spoken, frozen=True):
    """Ask somebody this."""


class Addressee(Confidential, msgspec.Struct, frozen=True):
    """Whom words are for, the words themselves, and by when an answer is asked for."""

    person: Person
    words: str
    by: datetime | None = None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The newest question to somebody: its words, since when it is one, and by when an answer was asked for.

    `reminded`: the administrators were reminded of it.
    """

    words: Words
    since: Time
    by: Time | None = None
    reminded: bool = False


class Questions(Part, frozen=True, kw_only=True, tag="questions"):
    """The newest question to each, by their keys."""

    asked: dict[str, Asked] = msgspec.field(default_factory=dict)


class PersonTold(Change, frozen=True, kw_only=True, tag="person_told"):
    """Somebody (a key) is told these words."""

    to: str
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Nothing follows from it."""

    def words_told(self, before: Progress) -> Words | None:
        """These are the words."""
        return self.words

    def told_only(self) -> tuple[str, ...] | None:
        """They are for nobody else."""
        return (self.to,)


class PersonAsked(PersonTold, frozen=True, kw_only=True, tag="person_asked"):
    """Somebody (a key) is asked this, by when an answer is needed."""

    by: Time | None = None

    def apply(self, progress: Progress, record: Record) -> None:
        """Wait for an answer."""
        known = progress[Questions].asked
        asked = Asked(words=self.words, since=record.at, by=self.by)
        progress.keep(Questions(asked={**known, self.to: asked}))


class QuestionsReminded(Change, frozen=True, kw_only=True, tag="questions_reminded"):
    """The administrators were reminded of the questions to these people (keys)."""

    to: tuple[str, ...]

    def apply(self, progress: Progress, record: Record) -> None:
        """Remind of each once."""
        known = progress[Questions].asked
        done = {key: msgspec.structs.replace(known[key], reminded=True) for key in self.to if key in known}
        progress.keep(Questions(asked={**known, **done}))


def parse_say(line: str, rest: str) -> Say:
    """Read a name and words."""
    return Say(_text(line, rest))


def parse_ask(line: str, rest: str) -> Ask:
    """Read a name and words, perhaps with `by <when>` at the end of the first line, or of the last."""
    return Ask(_text(line, rest))


def _text(line: str, rest: str) -> str:
    text = f"{line}\n{rest}".strip()
    if not has_words(text):
        raise UserMistake("Say to whom, and what.")
    return text


def addressed_to(case: Case, command: Spoken, said_at: datetime) -> Addressee:
    """Return for whom words are, and by when an answer is asked for.

    UserMistake where they are for nobody, or two, where there are none, or where the time has passed.
    """
    person, words = begins_with(case, command.text)
    by = None
    if isinstance(command, Ask):
        words, by = _until(case, words, said_at)
    if not has_words(words):
        raise UserMistake(f"The words for {inline(person.called)} are missing.")
    return Addressee(person, words, by)


def _until(case: Case, words: str, now: datetime) -> tuple[str, datetime | None]:
    """Cut `by <when>` off, and read when that is."""
    said, when = _cut(case, words, now)
    return said, read_when(when, now=now, zone=case.community.zone) if when else None


def _cut(case: Case, words: str, now: datetime) -> tuple[str, str]:
    """Cut `by <when>` off: where it ends the first line, else where it ends the last one; "" for no time."""
    lines = words.split("\n")
    for place in dict.fromkeys((0, len(lines) - 1)):
        line, when = _without_time(case, lines[place], now)
        if when:
            lines[place] = line
            return "\n".join(lines).strip(), when
    return words, ""


def _without_time(case: Case, line: str, now: datetime) -> tuple[str, str]:
    """Cut a line that ends with `by` and a time into what else it says, and the time; "" if it doesn't."""
    said = line.rstrip().rstrip(_END)
    found = list(_BY.finditer(said))
    if not found or line.lstrip().startswith(">"):
        return line, ""
    when = said[found[-1].end() :].strip()
    before = said[: found[-1].start()].rstrip(" \t,;")
    # Within a sentence, "by friday night" may belong to what is asked; behind its end it can't.
    is_time = is_when if not before or before[-1] in _END else is_form
    if not is_time(when, now=now, zone=case.community.zone):
        return line, ""
    end = line.rstrip()[len(said) :]
    return before + (end if before and before[-1] not in _END else ""), when


def spoken_to(case: Case, words: Words | None) -> Addressee | None:
    """Return for whom the words of a comment are, None if they have changed since, or are for nobody now."""
    command = case.command(words)
    comment = case.comments.get(words.fact) if words is not None else None
    if not isinstance(command, Spoken) or comment is None:
        return None
    try:
        return addressed_to(case, command, comment.unchanged_since)
    except UserMistake:
        return None


# --- which questions are open -------------------------------------------------------------------------


def open_questions(case: Case, but: str = "") -> dict[str, Asked]:
    """Return the questions that nobody has answered yet, by the keys of those who were asked.

    `but`: the id of a comment that is left out of account.
    """
    known = case.progress[Questions].asked
    there = {one.key for one in case.people}
    return {key: one for key, one in known.items() if key in there and not _has_answered(case, key, one, but)}


def _has_answered(case: Case, key: str, asked: Asked, but: str) -> bool:
    """Whether somebody surely wrote something since they were asked, or what they said was recorded."""
    wrote = [one.at for one in _letters_of(case, key) if one.fact.id != but]
    wrote += [one.at for one in speeches(case) if one.who.key == key and not case.issue.is_mine(one.fact)]
    recorded = case.progress[Hearing].recorded.get(key)
    return any(at > asked.since for at in (*wrote, *([recorded] if recorded is not None else [])))


def says_appeal(text: str) -> bool:
    """Whether a letter says of itself that it is an appeal; what it quotes says nothing."""
    return "appeal" in unquoted_lines(text).casefold()


def _letters_of(case: Case, key: str) -> Iterator[Wrote]:
    return (one for one in letters(case) if one.verified and one.person is not None and one.person.key == key)


def due(case: Case, asked: Asked) -> datetime | None:
    """Return when an answer is overdue: after its date, or a time that the community sets; None for never."""
    if asked.by is not None:
        return asked.by
    span = case.period_that("answer_awaited")
    return asked.since + span if span is not None else None


def overdue(case: Case, at: datetime) -> tuple[str, ...]:
    """Return the keys of those whose answer is overdue at an instant."""
    dues = ((key, due(case, one)) for key, one in open_questions(case).items())
    return tuple(key for key, when in dues if when is not None and when <= at)


def _next_due(case: Case) -> datetime | None:
    dues = (due(case, one) for one in open_questions(case).values() if not one.reminded)
    return min((one for one in dues if one is not None), default=None)


# --- what is demanded, and recorded -------------------------------------------------------------------


def for_somebody(case: Case, ask: act.Ask) -> str | None:
    """Refuse words for nobody, or for two, and a time that has passed."""
    if not isinstance(ask.command, Spoken):
        return "Say to whom, and what."
    try:
        to = addressed_to(case, ask.command, ask.said_at)
    except UserMistake as mistake:
        return str(mistake)
    return "That time has passed." if to.by is not None and to.by <= ask.at else None


def _line(case: Case, ask: act.Ask) -> str | None:
    """Return the command to fill in, with whom and by when as it may be meant."""
    if not isinstance(ask.command, Spoken):
        return None
    command = f"/{type(ask.command).__name__.lower()}"
    try:
        person, words = begins_with(case, ask.command.text)
    except UserMistake as mistake:
        return f"{command} {mistake.copy or '<name or reporter>'} <words>"
    _, when = _cut(case, words, ask.said_at) if isinstance(ask.command, Ask) else ("", "")
    zone = case.community.zone
    by = f" by {right_when(when, now=ask.at, zone=zone, otherwise='tomorrow')}" if when else ""
    return f"{command} {spoken_name(case, person.key)} <words>{by}"


def of_no_open_say(case: Case, ask: act.Ask) -> str | None:
    """Refuse words to somebody of whom it is open whether they are an administrator without a say."""
    to = addressed_to(case, ask.command, ask.said_at) if isinstance(ask.command, Spoken) else None
    roster = case.community.administrators
    opened = [one for one in roster if case.say_of(one) == "in question"]
    if to is None or all(case.means(to.person, one) is None for one in opened):
        return None
    return "It is open whether the case concerns them. Somebody without a part in that writes to them."


def no_answer(case: Case, ask: act.Ask) -> str | None:
    """Refuse to take for an appeal what answers a question, and doesn't say that it is one."""
    if "suspended" not in ask.roles or not isinstance(ask.fact, Commented):
        return None
    if not open_questions(case, but=ask.fact.id):
        return None
    if case.mail(ask.fact) is None or says_appeal(quoted_lines(ask.fact.body) or ""):
        return None
    return "It answers a question. If it is meant as an appeal, file it: `/appeal`, and the words."


def heard(case: Case, ask: act.Ask) -> str | None:
    """Refuse while a party hasn't been asked, or has time left to answer."""
    return _unheard(case, case.people_who("party"), ask, due)


def outcomes_heard(case: Case, ask: act.Ask) -> str | None:
    """Refuse while somebody hasn't been asked, or has time left to answer, where their outcome demands it."""
    return _unheard(case, demanded(case, ask), ask, may_answer_until)


def demanded(case: Case, ask: act.Ask) -> tuple[Person, ...]:
    """Return those who have to be heard before what is asked for may be decided about them."""
    heads = stated(case, ask.command).heads if isinstance(ask.command, Addressed) else ()
    found = ((one.person, case.process.outcomes.get(one.outcome)) for one in heads)
    return tuple(person for person, outcome in found if person is not None and outcome and outcome.heard)


Until: TypeAlias = Callable[[Case, Asked], datetime | None]
"""Until when whoever was asked has time to answer; None for until they do."""


def _unheard(case: Case, people: Iterable[Person], ask: act.Ask, until: Until) -> str | None:
    found = (_why_unheard(case, one, ask, until) for one in people if not _is_skipped(case, one.key))
    return next((why for why in found if why is not None), None)


def _is_skipped(case: Case, key: str) -> bool:
    """Whether it was said why somebody isn't heard, and they weren't asked after all."""
    skipped, asked = case.progress[Hearing].skipped.get(key), case.progress[Questions].asked.get(key)
    return skipped is not None and (asked is None or asked.since < skipped.at)


def _why_unheard(case: Case, one: Person, ask: act.Ask, until_: Until) -> str | None:
    asked, name = case.progress[Questions].asked.get(one.key), inline(one.called)
    skip = f"If there is a reason not to wait: `/heard {_spoken(case, one)} skipped: <why>`."
    if asked is None and one.key in case.progress[Hearing].recorded:
        return None
    if one.role != "party":
        where = "Ask on the page of the suspension, and record the answer here."
        return f"{name} hasn't been heard, and has to be. {where} {skip}"
    if asked is None:
        return f"{name} hasn't been heard, and has to be. Ask them first. {skip}"
    if any(owed.to == one.key and owed.words == asked.words for owed in case.progress.owed()):
        return f"{name} hasn't been told the question yet. Tell it by hand, and write `/told`."
    until = until_(case, asked)
    if one.key in open_questions(case) and (until is None or until > ask.at):
        last = f" until {format_when(until, case.community.zone)}" if until is not None else ""
        return f"{name} was asked, and has time to answer{last}. {skip}"
    return None


def may_answer_until(case: Case, asked: Asked) -> datetime | None:
    """Return until when somebody is waited for before it is decided about them; None for until they answer.

    That is the date by which they were asked to answer, and never less than the time that everybody has.
    """
    figure = case.process.figure_that("time_to_answer")
    if figure is None:
        return due(case, asked)
    span = case.waiting_period(figure.name)
    return max(asked.since + span, asked.by or asked.since) if span is not None else None


def _question(case: Case, people: Iterable[Person]) -> str | None:
    """Return the command that asks the first of these who has to be heard, None where they were asked."""
    known = {*case.progress[Questions].asked, *case.progress[Hearing].recorded}
    first = next((one for one in people if not _is_skipped(case, one.key) and one.key not in known), None)
    if first is None:
        return None
    name = _spoken(case, first)
    return f"/ask {name} <words>" if first.role == "party" else f"/heard {name}\n> <their words>"


def _spoken(case: Case, one: Person) -> str:
    """Return how a command names somebody: whoever is here by a suspension only, by the account's name."""
    return spoken_name(case, one.key) if one.role == "party" else one.name or one.key


def _said(case: Case, ask: act.Ask) -> tuple[Change, ...]:
    if not isinstance(ask.command, Spoken):
        return ()
    to = addressed_to(case, ask.command, ask.said_at)
    if isinstance(ask.command, Ask):
        return (PersonAsked(to=to.person.key, words=ask.words, by=to.by),)
    return (PersonTold(to=to.person.key, words=ask.words),)


def _reminded(case: Case, ask: act.Ask) -> tuple[Change, ...]:
    known = case.progress[Questions].asked
    return (QuestionsReminded(to=tuple(key for key in overdue(case, ask.at) if not known[key].reminded)),)


def _notes(case: Case) -> Iterator[str]:
    zone = case.community.zone
    for key, one in open_questions(case).items():
        name, until = inline(case.called(key)), due(case, one)
        by = f" An answer was asked for by {format_when(until, zone)}." if one.by and until else ""
        yield f"Asked, and not answered yet: {name}, on {format_when(one.since, zone)}.{by}"
    yield from not_heard(case)


def not_heard(case: Case) -> tuple[str, ...]:
    """Say who isn't heard before it is decided about them, and why; nothing once no decision is to come."""
    if not any(DEMANDED in move.guards for move in case.process.moves_from(case.progress.state)):
        return ()
    known = case.progress[Hearing].skipped
    return tuple(_not_heard(case, key, one.words) for key, one in known.items() if _is_skipped(case, key))


def _not_heard(case: Case, key: str, words: Words) -> str:
    said = case.command(words)
    skipped = said.skipped if isinstance(said, Heard) else None
    why = f" (\u201c{inline(skipped[:SHOWN])}\u201d)" if skipped else ""
    return f"Not heard before a decision: {inline(case.called(key))}{why}."


_WHOM = "for one person in the case, whom they name"

ACT = Act(
    name="conversation",
    serves=KINDS,
    commands=(
        Command(
            name="say",
            usage=Usage(
                "/say <name or reporter> <words>",
                "/say reporter We have talked with everyone, and write to you on Friday.",
                "Draft words for one person: the reporter, a party, or on their page somebody suspended.",
            ),
            parse=parse_say,
            slashes="no command",
            instead=(
                "warn",
                "warning",
                "tell",
                "message",
                "reply",
                "write",
                "contact",
                "notify",
                "mail",
                "to",
            ),
        ),
        Command(
            name="ask",
            usage=Usage(
                "/ask <name or reporter> <words> [by <when>]",
                "/ask Robin What do you remember of that evening? by friday",
                "Draft a question to one person. Until they answer, it stands on the card.",
            ),
            parse=parse_ask,
            slashes="no command",
            instead=("question",),
        ),
    ),
    changes=(PersonTold, PersonAsked, QuestionsReminded),
    parts=(Questions,),
    guards=(
        Guard(
            "for_somebody",
            f"The words are {_WHOM}, and a time by which to answer lies ahead.",
            for_somebody,
            commands=("say", "ask"),
            copies=_line,
        ),
        Guard(
            "of_no_open_say",
            "It isn't open of the person named whether the case concerns them as an administrator.",
            of_no_open_say,
            commands=("say", "ask"),
        ),
        Guard(
            "no_answer",
            "It isn't a letter that answers a question and doesn't say that it is an appeal.",
            no_answer,
            commands=("appeal",),
        ),
        Guard(
            "heard",
            "Every party has been asked, and has answered or let the time pass.",
            heard,
            copies=lambda case, ask: _question(case, case.people_who("party")),
        ),
        Guard(
            DEMANDED,
            "Whoever has to be heard before such an outcome was asked, and has answered or let the time pass;"
            " or it was said why not.",
            outcomes_heard,
            commands=("resolve",),
            copies=lambda case, ask: _question(case, demanded(case, ask)),
        ),
    ),
    records=(
        Recorder(
            "speech",
            "whom words are for, and by when an answer is asked for",
            _said,
            commands=("say", "ask"),
            guards=("for_somebody",),
            holds_words=True,
        ),
        Recorder("question_reminded", "that a question was reminded of", _reminded, by_timer=True),
    ),
    instants=(Instant("question.due", "The time by which the next open question is overdue.", _next_due),),
    notes=lambda case: tuple(_notes(case)),
)
