"""Hearing people: what somebody in a case wrote is there until an administrator has answered or heard it.

Owns what counts as words, by whatever channel they come, and who is unanswered: derived from what was written
and what people were told since. What the reporter says while words wait that use their report holds these up
besides, and is recorded, so that no deletion takes it back. An administrator with a say who has read it lets
things go on, and covers all that was said up to then. Nothing that ends a suspension waits for the reporter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec

from cocflow.core.acts.consent import Consent, waiting
from cocflow.core.acts.draft import drafted_move
from cocflow.core.acts.help import Help
from cocflow.core.acts.report import ReportMailed, read_by
from cocflow.core.case import index
from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.addressed import begins_with, named
from cocflow.core.case.case import Case, once
from cocflow.core.case.corrected import newest_about
from cocflow.core.case.draft import Draft
from cocflow.core.case.facts import Actor, BodyEdited, Commented, Fact
from cocflow.core.case.grammar import Command, Said, Usage, is_command, read_command, talk_in
from cocflow.core.case.letters import letters
from cocflow.core.case.progress import LONG_AGO, Change, Part, Progress, Record
from cocflow.core.case.records import LetterKind, Time, Words
from cocflow.core.people.person import Person
from cocflow.core.process import KINDS, Move
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import has_words, quoted_lines, unquoted_lines
from cocflow.core.text.when import format_when
from cocflow.errors import UserMistake

NOTHING_SAID: frozenset[LetterKind] = frozenset({"reaction", "receipt"})
"""Kinds of mail in which nobody can have said anything; whatever else can't be read here may be a no."""

_SKIPPED = re.compile(r"(\S.{0,200}?)[ \t,:]{1,8}skipped\b[ \t]{0,8}[:,\u2013\u2014-]?(.*)", re.IGNORECASE)

HEARD = "heard"
"""What a move records by which somebody says that they have read what the reporter said."""

NOTHING_WAITS = (
    "They have written nothing that waits for an answer. If they told you something, write it below, behind"
    " `>`."
)

SKIPS_NONE = "Only somebody about whom it is decided is heard before that, or skipped."

UNHEARD = "The reporter has said something since. Read it, and then put on the label `{label}`."


class Heard(Said, frozen=True):
    """Somebody was heard: only a case can tell whom `who` means. `quote` holds the lines behind `>`.

    `skipped`: why they aren't heard before it is decided about them; None where they were.
    """

    who: str
    quote: str | None = None
    skipped: str | None = None


class Skipped(msgspec.Struct, frozen=True):
    """Where it stands why somebody isn't heard before a decision, and since when."""

    words: Words
    at: Time


class Hearing(Part, frozen=True, kw_only=True, tag="hearing"):
    """Since when the reporter has been waiting to be heard, and up to when they were; None: never.

    `others`: up to when anybody else was heard, by their keys. `recorded`: when what somebody said was last
    recorded in their words. `skipped`: who isn't heard before it is decided about them.
    """

    spoke: Time | None = None
    heard: Time | None = None
    others: dict[str, Time] = msgspec.field(default_factory=dict)
    recorded: dict[str, Time] = msgspec.field(default_factory=dict)
    skipped: dict[str, Skipped] = msgspec.field(default_factory=dict)


class ReporterSpoke(Change, frozen=True, kw_only=True, tag="reporter_spoke"):
    """The reporter said something while words waited."""

    at: Time

    def apply(self, progress: Progress, record: Record) -> None:
        """Have them wait to be heard."""
        progress.keep(msgspec.structs.replace(progress[Hearing], spoke=self.at))


class ReporterHeard(Change, frozen=True, kw_only=True, tag="reporter_heard"):
    """Somebody with a say has read all that the reporter said up to then."""

    at: Time

    def apply(self, progress: Progress, record: Record) -> None:
        """Go on."""
        progress.keep(msgspec.structs.replace(progress[Hearing], spoke=None, heard=self.at))


class PersonHeard(Change, frozen=True, kw_only=True, tag="person_heard"):
    """Somebody else (a key) needs no answer to what they wrote up to then."""

    who: str
    at: Time

    def apply(self, progress: Progress, record: Record) -> None:
        """Let them wait for nothing."""
        known = progress[Hearing]
        progress.keep(msgspec.structs.replace(known, others={**known.others, self.who: self.at}))


class PersonQuoted(Change, frozen=True, kw_only=True, tag="person_quoted"):
    """The words of a comment hold what somebody (a key) said, by whatever road."""

    who: str
    at: Time
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Know when that was."""
        known = progress[Hearing]
        progress.keep(msgspec.structs.replace(known, recorded={**known.recorded, self.who: self.at}))


class HearingSkipped(Change, frozen=True, kw_only=True, tag="hearing_skipped"):
    """The words of a comment say why somebody (a key) isn't heard before it is decided about them."""

    who: str
    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Have no decision wait for them, until they are asked after all."""
        known = progress[Hearing]
        skipped = {**known.skipped, self.who: Skipped(self.words, record.at)}
        progress.keep(msgspec.structs.replace(known, skipped=skipped))


def heard_by(change: Change) -> str:
    """Return the key of whom a change says that they were heard, or aren't; "" for any other change."""
    match change:
        case PersonHeard(who=who) | PersonQuoted(who=who) | HearingSkipped(who=who):
            return who
        case ReporterHeard():
            return "reporter"
        case _:
            return ""


def parse(line: str, rest: str) -> Heard:
    """Read a name, and below it what was said, behind `>`; or `skipped:`, and why."""
    if not has_words(line):
        raise UserMistake("Say who was heard.")
    skipped = _SKIPPED.fullmatch(line)
    if skipped is None:
        return Heard(line, quoted_lines(rest))
    why = f"{skipped[2]}\n{unquoted_lines(rest)}".strip()
    if not has_words(why):
        raise UserMistake("Say why nobody hears them first.")
    return Heard(skipped[1], skipped=why)


def hearing_move(case: Case) -> Move | None:
    """Return the move by which somebody says that they heard; a process without one holds nothing up."""
    return next((move for move in case.process.moves if HEARD in move.records), None)


def label(case: Case) -> str:
    """Return the label that says so of the reporter."""
    move = hearing_move(case)
    return next((name for name, _ in move.quick_labels), "") if move is not None else ""


# --- what anybody wrote, and nobody has answered -----------------------------------------------


class Speech(msgspec.Struct, frozen=True):
    """What somebody wrote that asks the process for nothing: whose it is, and whether it surely is theirs.

    `at`: since when it can be read here.
    """

    who: Person
    fact: Commented
    at: datetime
    surely: bool = True

    def __repr__(self) -> str:
        """Show the comment's id only."""
        return f"Speech({self.fact.id})"


@once
def speeches(case: Case) -> tuple[Speech, ...]:
    """Return all that people in the case wrote here that asks the process for nothing, as it came in."""
    return tuple(sorted(_speeches(case), key=lambda one: one.at))


def _speeches(case: Case) -> Iterator[Speech]:
    about = newest_about(case)
    elsewhere = {one.id for one in case.earlier}
    report = case.arrival.mail if case.arrival is not None else ""  # which is there to be worked on
    for one in letters(case):
        if one.filed.mail == report:
            continue
        if one.fact.id in elsewhere or _is_granted(about.get(one.fact.id)):
            continue
        if one.person is not None and one.person.role is not None:
            yield Speech(one.person, one.fact, one.fact.at, one.filed.verified)
    people = [*case.people_who("reporter"), *case.people_who("filer")]
    theirs = {one.id for one in case.issue.actors if not case.issue.is_me(one) and _is_reporter(case, one)}
    for fact in [one for one in case.issue.comments() if one.by is not None and one.by.id in theirs]:
        if is_by_reporter(case, fact) and _is_open(case, fact, about.get(fact.id)):
            roles = case.roles(fact.by)
            yield Speech(next(one for one in people if one.role in roles), fact, _said_at(fact))


def _is_granted(record: Record | None) -> bool:
    """Whether a receipt did what it answers, or answers the report: what waits for that is an estimate."""
    if record is None:
        return False
    is_report = any(isinstance(one, ReportMailed) for one in record.changes)
    return is_report or (record.move is not None and not record.refused)


def _is_open(case: Case, fact: Commented, about: Record | None) -> bool:
    """Whether a comment, with the newest record about it, says something that isn't dealt with."""
    grammar = case.subjects.grammar
    if not is_command(fact.body, grammar):
        return has_words(fact.body)
    if has_words(talk_in(fact.body, grammar)):
        return True
    try:
        command = read_command(fact.body, grammar)
    except UserMistake:
        return True
    return not _is_bare(command) and (
        (about is not None and about.refused) or isinstance(command, Consent | Help)
    )


@once
def unanswered(case: Case) -> dict[str, tuple[Speech, ...]]:
    """Return by people's keys what they wrote since they were last told something by an administrator."""
    if hearing_move(case) is None:
        return {}
    found: dict[str, list[Speech]] = {}
    answered = {key: _answered_upto(case, key) for key in {one.who.key for one in speeches(case)}}
    for one in speeches(case):
        upto = answered[one.who.key]
        if one.at > upto or (one.at == upto and one.fact.id not in case.progress.answered):
            found.setdefault(one.who.key, []).append(one)
    return {key: tuple(spoken_) for key, spoken_ in found.items()}


def _answered_upto(case: Case, key: str) -> datetime:
    """Return when somebody was last told something that a person decided, or was heard."""
    moved = (entry.record for entry in case.ledger.counted if entry.record.move is not None)
    told = [record.at for record in moved if any(one.to == key for one in record.owed)]
    known = case.progress[Hearing]
    heard = known.heard if key == "reporter" else known.others.get(key)
    person = case.person(key)
    here = [
        fact.at for fact in case.issue.comments() if person is not None and person.here and _tells(case, fact)
    ]
    return max([*told, *here, heard or LONG_AGO])


def _tells(case: Case, fact: Commented) -> bool:
    """Whether a comment is an administrator's own words on the issue, which whoever reads it there reads."""
    return "administrator" in case.roles(fact.by) and has_words(talk_in(fact.body, case.subjects.grammar))


def is_first(case: Case, fact: Fact, since: datetime = LONG_AGO) -> bool:
    """Whether somebody begins to wait for an answer by this, of all that they said after an instant."""
    firsts = (next((one for one in waits if one.at > since), None) for waits in unanswered(case).values())
    return any(one is not None and one.fact.id == fact.id for one in firsts)


def speech(case: Case, fact: Fact) -> Speech | None:
    """Return what somebody wrote by a fact, None if it is nobody's words."""
    return next((one for one in speeches(case) if one.fact.id == fact.id), None)


# --- what holds things up ------------------------------------------------------------------------


@once
def held_since(case: Case) -> datetime | None:
    """Return since when something waits that the reporter's words hold up; None if nothing does.

    It is when words were written that wait to be approved, or when a consent was recorded in their words.
    """
    if not case.is_incident or hearing_move(case) is None:
        return None
    draft, move, waits = case.progress.newest(Draft), drafted_move(case), waiting(case)
    words = case.comments.get(draft.words.fact) if draft is not None else None
    here = move is not None and case.progress.state in move.from_
    since = (words.at if words is not None and here else None, waits.since if waits is not None else None)
    return min((one for one in since if one is not None), default=None)


def spoken(case: Case, fact: Fact) -> datetime | None:
    """Return when the reporter said something, by a fact, that holds things up; None if it doesn't.

    Words of the second of what waits, or of the hearing, weren't heard yet, unless a receipt shows that
    they were there.
    """
    since, heard = held_since(case), case.progress[Hearing].heard
    at = _said_at(fact)
    if since is None or at < since or (heard is not None and at < heard):
        return None
    if at == heard and fact.id in case.progress.answered:
        return None
    return at if _is_theirs(case, fact) else None


def unheard(case: Case, upto: datetime | None = None) -> bool:
    """Whether the reporter has said something that nobody has heard, answered by a receipt or not yet."""
    if awaits_hearing(case) or held_since(case) is None:
        return awaits_hearing(case)
    said = (spoken(case, fact) for fact in index.asking(case.issue).facts)
    return any(at is not None and (upto is None or at <= upto) for at in said)


def awaits_hearing(case: Case) -> bool:
    """Whether a receipt says that the reporter has yet to be heard."""
    return case.progress[Hearing].spoke is not None and hearing_move(case) is not None


def why_unheard(case: Case) -> str:
    """Return what is to be done before anything goes out."""
    return UNHEARD.format(label=label(case))


def _said_at(fact: Fact) -> datetime:
    return max(fact.at, fact.edited_at or fact.at) if isinstance(fact, Commented) else fact.at


def _is_theirs(case: Case, fact: Fact) -> bool:
    """Whether a fact is the reporter's, or of whoever files for them, and says something."""
    filed = case.mail(fact)
    if filed is not None:
        theirs = filed.person == "reporter" and filed.part == filed.parts
        said = not filed.automatic and not filed.button and filed.kind not in NOTHING_SAID
        return theirs and said
    if case.issue.is_mine(fact) or not isinstance(fact, Commented | BodyEdited):
        return False
    return is_by_reporter(case, fact) and not (isinstance(fact, Commented) and _says_no_more(case, fact))


def is_by_reporter(case: Case, fact: Fact) -> bool:
    """Whether a fact is of the reporter's account, or of whoever files for them."""
    return _is_reporter(case, fact.by)


def _is_reporter(case: Case, actor: Actor | None) -> bool:
    roles = case.roles(actor)
    return not roles.isdisjoint({"reporter", "filer"}) and "administrator" not in roles


def _says_no_more(case: Case, comment: Commented) -> bool:
    """Whether a comment is a command and nothing else, of which cocflow itself draws all consequences.

    What somebody else has made of it isn't what the reporter said.
    """
    if comment.edited_by_another or has_words(talk_in(comment.body, case.subjects.grammar)):
        return False
    try:
        return _is_bare(read_command(comment.body, case.subjects.grammar))
    except UserMistake:
        return False


def _is_bare(command: Said) -> bool:
    match command:
        case Consent():
            plain = command.quote is None and command.words == ""
            return plain and (command.level is not None or command.yes)
        case Help():
            return command.note == ""
        case _:
            return False


def reporter_heard(case: Case, ask: Ask) -> str | None:
    """Refuse while the reporter has said something that nobody has heard."""
    return why_unheard(case) if unheard(case) else None


def whom(case: Case, ask: Ask) -> Person | None:
    """Return of whom somebody says that they were heard; None for the label of earlier versions."""
    if not isinstance(ask.command, Heard):
        return None
    by_account = (one for one in case.people_who("suspended") if not named(case, one.name))
    return begins_with(case, ask.command.who, besides=(*case.people_who("filer"), *by_account))[0]


def reporter_unheard(case: Case, ask: Ask) -> str | None:
    """Refuse where there was nothing to hear by then, nor anything that was said to somebody is recorded."""
    try:
        person = whom(case, ask)
    except UserMistake as mistake:
        return str(mistake)
    if person is not None and isinstance(ask.command, Heard) and ask.command.skipped is not None:
        return _skips(case, person)
    waits = {key for key, some in unanswered(case).items() if any(one.at <= ask.said_at for one in some)}
    holds = unheard(case, ask.said_at) and (person is None or person.key == "reporter")
    if holds or (waits if person is None else person.key in waits):
        return None
    if isinstance(ask.command, Heard) and ask.command.quote:
        return None
    return "Nobody has written anything that waits." if person is None else NOTHING_WAITS


def _skips(case: Case, person: Person) -> str | None:
    """Refuse to say why somebody isn't heard, where nothing waits for that: it is decided somewhere else."""
    if not case.is_suspension:
        return None if person.role in ("party", "suspended") else SKIPS_NONE
    where = f" (#{case.incident.issue.number})" if case.incident is not None else ""
    return f"Nobody is waited for on this page. It is decided on the incident{where}: say it there."


def _words(case: Case, ask: Ask) -> str | None:
    """Return the command with room for what somebody said who has written nothing that waits."""
    try:
        person = whom(case, ask)
    except UserMistake as mistake:
        return f"/heard {mistake.copy}" if mistake.copy else None
    skips = isinstance(ask.command, Heard) and ask.command.skipped is not None
    return f"/heard {spoken_name(case, person.key)}\n> <their words>" if person and not skips else None


def _heard(case: Case, ask: Ask) -> tuple[Change, ...]:
    person = whom(case, ask)
    if person is not None and isinstance(ask.command, Heard) and ask.command.skipped is not None:
        return (HearingSkipped(who=person.key, words=ask.words),)
    key = person.key if person is not None else "reporter"
    heard = ReporterHeard(at=ask.at) if key == "reporter" else PersonHeard(who=key, at=ask.at)
    if person is None or not isinstance(ask.command, Heard) or not ask.command.quote:
        return (heard,)
    return (heard, PersonQuoted(who=person.key, at=ask.at, words=ask.words))


def _notes(case: Case) -> tuple[str, ...]:
    held = unheard(case)
    lines = [f"{why_unheard(case)} Until then nothing goes out."] if held else []
    hidden: list[datetime] = []
    for key, spoken_ in unanswered(case).items():
        if is_withheld(case, spoken_[0].who):
            hidden.append(spoken_[0].at)
        elif not (held and key == "reporter"):
            lines.append(_waits(case, key, spoken_))
    if hidden:
        when = format_when(min(hidden), case.community.zone)
        lines.append(f"A mail has had no answer since {when}. If it needs none: `/heard <name>`.")
    return tuple(lines)


def is_withheld(case: Case, writer: Person) -> bool:
    """Whether it isn't said here who wrote: whoever filed the report reads this page, and it isn't they."""
    return read_by(case) is not None and not writer.here


def _waits(case: Case, key: str, spoken_: tuple[Speech, ...]) -> str:
    """Say on the card who waits for an answer."""
    name = inline(case.called(key))
    surely = "" if any(one.surely for one in spoken_) else " (it isn't sure that it was them)"
    when = format_when(spoken_[0].at, case.community.zone)
    quick = label(case) if key == "reporter" else ""
    heard = f"the label `{quick}`" if quick else f"`/heard {spoken_name(case, key)}`"
    return (
        f"{name[0].upper()}{name[1:]} has written{surely}, and has had no answer since {when}. If it needs"
        f" none: {heard}."
    )


def spoken_name(case: Case, key: str) -> str:
    """Return how a command names somebody: one way that means nobody else."""
    person = case.person(key)
    name = person.name if person is not None and person.role != "reporter" else ""
    return name if name and "`" not in name and len(named(case, name)) == 1 else key


ACT = Act(
    name="hearing",
    serves=KINDS,
    commands=(
        Command(
            name="heard",
            usage=Usage(
                "/heard <name or reporter> [skipped: <why>]\n[> their words]",
                "/heard Robin\n> I didn't know that. I am sorry.",
                "Say that what somebody wrote needs no answer, or record what they told you; or why they"
                " aren't heard before it is decided about them.",
            ),
            parse=parse,
            slashes="no command",
            instead=("read", "noted"),
        ),
    ),
    changes=(ReporterSpoke, ReporterHeard, PersonHeard, PersonQuoted, HearingSkipped),
    parts=(Hearing,),
    guards=(
        Guard(
            "reporter_heard",
            "Whatever the reporter has said since words have waited was heard.",
            reporter_heard,
        ),
        Guard(
            "reporter_unheard",
            "Somebody has written something that nobody has answered or heard, or their words are quoted;"
            " or it is said why they aren't heard.",
            reporter_unheard,
            offers=lambda case: unheard(case) or bool(unanswered(case)),
            copies=_words,
        ),
    ),
    records=(
        Recorder(
            HEARD,
            "who was heard, and where their words stand",
            _heard,
            commands=("heard",),
            guards=("reporter_unheard",),
            by_label=True,
        ),
    ),
    notes=_notes,
)
