"""Hearing the reporter: whatever they say while words wait that use their report holds these up.

Owns what counts as that, by whatever channel it comes, and the record of it, so that no deletion takes it
back. An administrator with a say who has read it lets things go on, and covers all that was said up to
then. It plays in incidents only: nothing that ends a suspension waits for the reporter.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.acts.consent import Consent, waiting
from cocflow.core.acts.draft import drafted_move
from cocflow.core.acts.help import Help
from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft
from cocflow.core.case.facts import BodyEdited, Commented, Fact
from cocflow.core.case.grammar import Said, is_command, read_command
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import LetterKind, Time
from cocflow.core.process import Move
from cocflow.errors import UserMistake

NOTHING_SAID: frozenset[LetterKind] = frozenset({"reaction", "receipt"})
"""Kinds of mail in which nobody can have said anything; whatever else can't be read here may be a no."""

HEARD = "heard"
"""What a move records by which somebody says that they have read what the reporter said."""

UNHEARD = "The reporter has said something since. Read it, and then put on the label `{label}`."


class Hearing(Part, frozen=True, kw_only=True, tag="hearing"):
    """Since when the reporter has been waiting to be heard, and up to when they were; None: never."""

    spoke: Time | None = None
    heard: Time | None = None


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
        progress.keep(Hearing(heard=self.at))


def hearing_move(case: Case) -> Move | None:
    """Return the move by which somebody says that they heard; a process without one holds nothing up."""
    return next((move for move in case.process.moves if HEARD in move.records), None)


def label(case: Case) -> str:
    """Return the label that says so."""
    move = hearing_move(case)
    return next((name for name, _ in move.quick_labels), "") if move is not None else ""


def held_since(case: Case) -> datetime | None:
    """Return since when something waits that the reporter's words hold up; None if nothing does.

    It is when words were written that wait to be approved, or when a consent was recorded in their words.
    """
    if case.is_suspension or hearing_move(case) is None:
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


def unheard(case: Case) -> bool:
    """Whether the reporter has said something that nobody has heard, answered by a receipt or not yet."""
    return awaits_hearing(case) or any(spoken(case, fact) is not None for fact in case.issue.facts)


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
        return theirs and not filed.automatic and filed.kind not in NOTHING_SAID
    if case.issue.is_mine(fact) or not isinstance(fact, Commented | BodyEdited):
        return False
    roles = case.roles(fact.by)
    if roles.isdisjoint({"reporter", "filer"}) or "administrator" in roles:
        return False
    return not (isinstance(fact, Commented) and _says_no_more(case, fact))


def _says_no_more(case: Case, comment: Commented) -> bool:
    """Whether a comment is a command and nothing else, of which cocflow itself draws all consequences.

    What somebody else has made of it isn't what the reporter said.
    """
    if comment.edited_by_another or not is_command(comment.body):
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


def reporter_unheard(case: Case, ask: Ask) -> str | None:
    """Refuse where there is nothing to hear."""
    return None if unheard(case) else "The reporter has said nothing that holds anything up."


def _heard(case: Case, ask: Ask) -> tuple[Change, ...]:
    return (ReporterHeard(at=ask.at),)


def _notes(case: Case) -> tuple[str, ...]:
    return (f"{why_unheard(case)} Until then nothing goes out.",) if unheard(case) else ()


ACT = Act(
    name="hearing",
    serves=("incident",),
    changes=(ReporterSpoke, ReporterHeard),
    parts=(Hearing,),
    guards=(
        Guard(
            "reporter_heard",
            "Whatever the reporter has said since words have waited was heard.",
            reporter_heard,
        ),
        Guard(
            "reporter_unheard",
            "The reporter has said something while words waited, and nobody has heard it.",
            reporter_unheard,
            offers=True,
        ),
    ),
    records=(
        Recorder(
            HEARD,
            "that somebody has read what the reporter said",
            _heard,
            guards=("reporter_unheard",),
            by_label=True,
        ),
    ),
    notes=_notes,
)
