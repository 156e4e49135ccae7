"""Dismissal: what is no incident here ends without a resolution, and a duplicate goes to the other report.

Owns what may be dismissed, by whom, and what two reports know of each other. Nothing is dismissed in one's
own cause: it takes a say in both cases, and whoever is kept out of the one isn't let into it by the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import msgspec

from cocflow.core.acts.continuation import numbers
from cocflow.core.acts.party import MOST_PARTIES, Parties, parties
from cocflow.core.acts.say import Clear, asked_about, meant, takers
from cocflow.core.case import index
from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.case import OUTSIDE, Case
from cocflow.core.case.corrected import corrections
from cocflow.core.case.facts import Commented, Fact
from cocflow.core.case.grammar import Command, Said, Usage, command_word, read_command
from cocflow.core.case.ids import NoticeId
from cocflow.core.case.progress import Change, Moved, Part, Progress, Record
from cocflow.core.case.records import JOINING, MAIL, Number, Owed, Words
from cocflow.core.case.say import SayLost
from cocflow.core.people.roster import Administrator
from cocflow.core.text.typed import has_words
from cocflow.errors import UserMistake

Why: TypeAlias = Literal["spam", "duplicate", "not ours"]
"""Why something is no incident here."""

DISMISSAL = "dismissal"
"""What a move records by which a case is dismissed."""

SETTLE = frozenset({"confirm", "clear"})
"""The commands by which somebody has their say again: whoever is cleared, and whoever took another's."""

_READING = SETTLE | {"dismiss"}
"""The commands for which other reports are read."""

USAGE = Usage(
    "/dismiss <spam, duplicate of #number, or not ours>\n[<words>]",
    "/dismiss duplicate of #12",
    "End what is no incident here. Words to `not ours` are drafted, and go to the reporter.",
)


class Dismiss(Said, frozen=True):
    """Dismiss it. `number`: of which report it is a duplicate, `where`: in which repository, as typed.

    `words` are for the reporter where it isn't ours to handle, else a note.
    """

    why: Why
    number: int = 0
    where: str = ""
    words: str = ""


class Dismissed(Change, frozen=True, kw_only=True, tag="dismissed"):
    """It is no incident here. `of` is the number of the report of which it is a duplicate, 0 for none.

    `words`: what the reporter is told of it, None where templates say it all; `tells`: who is told (keys).
    """

    why: Why
    of: Number = 0
    words: Words | None = None
    tells: tuple[str, ...] = ()

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep why, and every report that has to know of it."""
        others = (*progress[Dismissal].others, *((self.of,) if self.of else ()))
        progress.keep(
            Dismissal(why=self.why, of=self.of, words=self.words, others=tuple(dict.fromkeys(others)))
        )

    def words_told(self, before: Progress) -> Words | None:
        """These are the words, if there are any."""
        return self.words

    def told_only(self) -> tuple[str, ...] | None:
        """Nobody is told of spam; a party only who knew of the incident."""
        return self.tells


class Dismissal(Part, frozen=True, kw_only=True, tag="dismissal"):
    """The newest dismissal; `others`: the numbers of all reports of which it ever was a duplicate."""

    why: Why | None = None
    of: Number = 0
    words: Words | None = None
    others: tuple[Number, ...] = ()


_WHY = re.compile(r"(spam|not[ \t_-]{0,3}ours?|duplicate|dup)(?!\w)", re.IGNORECASE | re.ASCII)
_ADDRESS = r"(?:https?://)?(?P<url>[\w.:-]{1,100}/[\w.-]{1,100}/[\w.-]{1,100}/issues)/"
_NUMBER = re.compile(
    rf"[ \t]{{0,9}}(?:of[ \t]{{1,9}})?<?(?:{_ADDRESS}|(?P<repository>[\w.-]{{1,100}}/[\w.-]{{1,100}})?#)?"
    r"(?P<number>[0-9]{1,9})(?!\w)(?:#issuecomment-[0-9]{1,20})?>?",
    re.IGNORECASE | re.ASCII,
)
_ANOTHER = re.compile(r"(?:and|or|&|,|\+|\s){0,6}#[0-9]", re.IGNORECASE)


def parse(line: str, rest: str) -> Dismiss:
    """Read why, of which report it is a duplicate, and words."""
    found = _WHY.match(line)
    if found is None:
        raise UserMistake("Say why: `spam`, `duplicate of #12` or `not ours`.")
    after = line[found.end() :]
    if not found[1].lower().startswith("dup"):
        why: Why = "spam" if found[1].lower() == "spam" else "not ours"
        return Dismiss(why, words=_words(after, rest))
    other = _NUMBER.match(after)
    if other is None or not int(other["number"]):
        raise UserMistake("Say of which report, by its number: `/dismiss duplicate of #12`.")
    after = after[other.end() :]
    if _ANOTHER.match(after):
        raise UserMistake("It can be handled with one other report only. Name that one.")
    where = (other["url"] or other["repository"] or "").casefold()
    return Dismiss("duplicate", int(other["number"]), where, _words(after, rest))


def _words(line: str, rest: str) -> str:
    first = line.lstrip(" \t:;,.!-\u2013\u2014")
    words = f"{first}\n{rest}".strip()
    return words if has_words(words) else ""


# --- how it stands ---------------------------------------------------------------------------------


def is_dismissed(case: Case) -> bool:
    """Whether the case is dismissed."""
    return case.progress.state in case.process.states_that(DISMISSAL)


def is_withdrawn(case: Case) -> bool:
    """Whether the reporter has taken the report back."""
    return case.is_("taken_back")


def dismissed_as(case: Case) -> Why | None:
    """Return why the case is dismissed; None where it isn't."""
    return case.progress[Dismissal].why if is_dismissed(case) else None


def duplicate_of(case: Case) -> int | None:
    """Return the number of the report with which this one is handled; None where it is handled by itself."""
    return case.progress[Dismissal].of or None if is_dismissed(case) else None


def words_told(case: Case, words: Words | None) -> str:
    """Return what the reporter is told in words of a dismissal; "" where there are none."""
    command = case.command(words)
    return command.words if isinstance(command, Dismiss) else ""


# --- what two reports know of each other -----------------------------------------------------------


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A report that is, or was, handled with this one.

    `key` is its reporter's here, `added`: as a party that they became by it; `here`: it is so still. `seen`:
    what was exchanged about it, each by its `Joining.exchange`.
    """

    key: str = ""
    added: bool = False
    here: bool = True
    seen: tuple[str, ...] = ()


class Reports(Part, frozen=True, kw_only=True, tag="reports"):
    """The reports that are, or were, handled with this one, by the numbers under which they were filed."""

    all: dict[int, Report] = msgspec.field(default_factory=dict)


class Joined(Change, frozen=True, kw_only=True, tag="joined"):
    """The report of that number is handled here from now on, or (`leaves`) by itself again."""

    number: Number
    exchange: str
    key: str = ""
    added: bool = False
    leaves: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep it."""
        all_ = progress[Reports].all
        known = all_.get(self.number, Report())
        seen = (*known.seen, self.exchange)
        new = Report(key=self.key, added=self.added, here=not self.leaves, seen=seen)
        progress.keep(Reports(all={**all_, self.number: new}))


def reporter_there(other: Case, case: Case) -> str:
    """Return the key that the reporter of a case has in the one with which it is handled; "" for none."""
    return other.progress[Reports].all.get(filed_as(case), Report()).key


def handled_here(case: Case) -> tuple[int, ...]:
    """Return the numbers of the reports that are handled with this one."""
    return tuple(number for number, one in case.progress[Reports].all.items() if one.here)


def filed_as(case: Case) -> int:
    """Return the number under which a report was filed."""
    return numbers(case)[0]


def to_read(case: Case) -> tuple[int, ...]:
    """Return the numbers of the issues that have to be read to decide this case.

    That is what an unanswered comment names, what is handled with it where somebody may be cleared, and
    whatever still has to know of a dismissal.
    """
    if not case.is_incident:
        return ()
    commands = list(_commands_open(case))
    asked = [_number_in(one.body) for one, word in commands if word == COMMAND.name]
    letters = (one for one in index.own(case.issue, MAIL) if one.id not in case.progress.answered)
    settles = any(word in SETTLE for _, word in commands)
    if settles or any((filed := case.mail(one)) and filed.person == OUTSIDE for one in letters):
        asked += handled_here(case)
    others = case.progress[Dismissal].others if owed(case) is not None else ()
    found = dict.fromkeys((*asked, *others, duplicate_of(case) or 0))
    return tuple(number for number in found if number and number not in numbers(case))


def _commands_open(case: Case) -> Iterator[tuple[Commented, str]]:
    """Give administrators' unanswered commands for which other reports are read, with their words."""
    (facts, surely), answered = index.asking(case.issue), case.progress.answered
    open_ = [one for one in (*facts, *corrections(case)) if one.id not in answered]
    for one in [one for one in open_ if one.id not in surely or surely[one.id] in _READING]:
        word = command_word(one.body, case.subjects.grammar) if isinstance(one, Commented) else ""
        if isinstance(one, Commented) and word in _READING and "administrator" in case.roles(one.by):
            yield one, word


def _number_in(body: str) -> int:
    try:
        said = read_command(body, {"dismiss": COMMAND})
    except UserMistake:
        return 0
    return said.number if isinstance(said, Dismiss) else 0


def owed(case: Case) -> Owed | None:
    """Return what this case owes other reports: that they know whether it is handled with them."""
    return next((one for one in case.progress.owed() if one.to == OTHER), None)


def knows(other: Case, case: Case) -> bool:
    """Whether a report knows whether another one is handled with it."""
    known = other.progress[Reports].all.get(filed_as(case))
    return (known is not None and known.here) is (duplicate_of(case) in numbers(other))


def is_news(case: Case, fact: Fact) -> bool:
    """Whether cocflow says there, of another report, what isn't known here yet."""
    joining = case.joining(fact)
    if joining is None:
        return False
    known = case.progress[Reports].all.get(joining.number, Report())
    return joining.exchange not in known.seen


def repeated(case: Case) -> tuple[Commented, ...]:
    """Return what was said here once more of another report, by two runs at once, and says nothing new."""
    held = {one.words.fact for one in case.progress[Parties].members.values()}
    first: set[str] = set()
    found: list[Commented] = []
    for comment in index.own(case.issue, JOINING):
        joining = case.joining(comment)
        if joining is None or is_news(case, comment):
            continue
        if joining.exchange in first and comment.id not in held:
            found.append(comment)
        first.add(joining.exchange)
    return tuple(found)


def takes_no_more(other: Case | None) -> bool:
    """Whether nothing is handled with a report: it is gone, or has ended without a resolution."""
    return other is None or is_dismissed(other) or is_withdrawn(other)


def released(case: Case) -> tuple[int, ...]:
    """Return the reports to which nobody sees, as what they were handled with has ended unresolved."""
    return handled_here(case) if takes_no_more(case) else ()


# --- guards ----------------------------------------------------------------------------------------


def dismissable(case: Case, ask: Ask) -> str | None:
    """Refuse to dismiss in one's own cause, or what others are handled with; and what is no duplicate."""
    if not isinstance(ask.command, Dismiss):
        return "Say why."
    asker = case.administrator(case.actor(ask.asker or ""))
    if asker is not None and asker in asked_about(case):
        return "The report may mean you, so somebody without a part in it does that, or says how it is."
    if here := handled_here(case):
        return (
            f"{_listed(here)} handled with this one, so Reopen {'that' if len(here) == 1 else 'those'} first."
        )
    return _no_duplicate(case, ask, ask.command) if ask.command.why == "duplicate" else None


def _listed(issues: Iterable[int]) -> str:
    *others, last = [f"#{one}" for one in issues]
    return f"{', '.join(others)} and {last} are" if others else f"{last} is"


def _no_duplicate(case: Case, ask: Ask, command: Dismiss) -> str | None:
    """Return why a case can't be handled with the one that a command names; None if it can."""
    name, other = f"#{command.number}", case.beside.get(command.number)
    if not _is_of(case, command.where):
        return "That report lies in another repository. It can be handled with one of this repository only."
    if command.number in numbers(case):
        return "That is this very report. Name the other one."
    if other is None:
        return f"{name} is no report of this repository."
    if case.issue.number in numbers(other) or set(numbers(case)) & set(numbers(other)):
        return "That is this very report. Name the other one."
    if is_dismissed(other):
        into = duplicate_of(other)
        return f"{name} is dismissed itself." + (
            f" It is handled with #{into}: name that one." if into else ""
        )
    if is_withdrawn(other):
        return f"{name} is withdrawn, so nothing would come of this one. Reopen that one first."
    if other.progress.state is None or other.ledger.broken:
        return f"I can't decide anything in {name} now. See there why, or say it again later."
    if len(parties(other)) >= MOST_PARTIES:
        return f"{name} holds as many parties as one incident can."
    return _in_own_cause(case, ask, other)


def _is_of(case: Case, where: str) -> bool:
    """Whether a repository, or the address of its issues, is this one's; "" is."""
    url = case.issue.url.casefold().partition("://")[2].rpartition("/")[0]
    return where in ("", url, "/".join(url.split("/")[1:3]))


def _in_own_cause(case: Case, ask: Ask, other: Case) -> str | None:
    """Refuse whoever has no say there, and what would let somebody decide who is kept out here."""
    number = other.issue.number
    mine = case.administrator(case.actor(ask.asker or ""))
    if mine is None or not _has_say(other, mine):
        return f"You decide nothing in #{number}, so somebody who does says that."
    roster = case.community.administrators
    let_in = [one.shown() for one in roster if _has_say(other, one) and not _has_say(case, one)]
    if not let_in:
        return None
    return (
        f"This concerns {' and '.join(let_in)}, or may, who would decide in #{number}. Handle it by itself,"
        " say here how it is (`/clear`), or have them `/recuse` there first."
    )


def kept_out_of_none(case: Case, ask: Ask) -> str | None:
    """Refuse to let somebody in who is kept out of a report that is handled with this one, or may be."""
    if not isinstance(ask.command, Clear):
        return None
    number = next((found for one in meant(case, ask) if (found := _kept_out_by(case, one))), None)
    if number is None:
        return None
    return (
        f"It may concern them in #{number} as well, which is handled with this one. `/clear` it there first,"
        " or `/confirm` it here."
    )


def _kept_out_by(case: Case, administrator: Administrator) -> int | None:
    """Return the number of a report that is handled with this one and keeps an administrator out, or may."""
    theirs = ((number, case.beside.get(number)) for number in handled_here(case))
    return next(
        (number for number, one in theirs if one is not None and not _has_say(one, administrator)), None
    )


def _has_say(case: Case, administrator: Administrator) -> bool:
    """Whether an administrator decides in a case, and nobody has to say whether it concerns them."""
    return case.say_of(administrator) == "whole" and administrator not in asked_about(case)


def tells_words(case: Case, ask: Ask) -> str | None:
    """Refuse where there are no words for the reporter."""
    said = isinstance(ask.command, Dismiss) and ask.command.why == "not ours" and ask.command.words
    return None if said else "There are no words for the reporter in it."


def tells_no_words(case: Case, ask: Ask) -> str | None:
    """Refuse where there are words for the reporter: those are drafted."""
    return None if tells_words(case, ask) else "Words for the reporter are drafted."


def handled_nowhere(case: Case, ask: Ask) -> str | None:
    """Refuse where the case isn't handled with another, or that one goes on, or isn't known."""
    of = duplicate_of(case)
    lost = of is not None and of in case.beside and takes_no_more(case.beside[of])
    return None if lost else "It is handled."


# --- records ---------------------------------------------------------------------------------------


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    command = ask.command
    if not isinstance(command, Dismiss):
        return ()
    owed_, known = {one.to for one in case.progress.owed()}, case.progress.told_to
    tells = tuple(one.key for one in case.people_who("party") if one.key in owed_ or known(one.key))
    if command.why != "spam":
        tells = (*(one.key for one in case.people_who("reporter")), *tells)
    words = ask.words if tells_words(case, ask) is None else None
    return (Dismissed(why=command.why, of=command.number, words=words, tells=tells),)


def _still_out(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Return what keeps out whoever would have their say again, having taken the say that is settled."""
    found = dict.fromkeys(one for who in meant(case, ask) for one in takers(case, who))
    marks = case.community.marks_of
    return tuple(
        SayLost(handles=tuple(sorted(marks(one))), source=f"#{number}", how="recognised")
        for one in found
        if (number := _kept_out_by(case, one)) is not None
    )


OTHER = "other"
"""To whom it is owed that another report knows of a dismissal."""


def _owes(case: Case, number: int, changes: tuple[Change, ...]) -> tuple[Owed, ...]:
    """Owe the other report to know that this one is handled with it, or isn't any more."""
    begins = any(isinstance(one, Dismissed) and one.of for one in changes)
    ends = duplicate_of(case) is not None and any(isinstance(one, Moved) for one in changes)
    if not begins and not ends:
        return ()
    return (Owed(id=str(NoticeId(number, "joined")), notice="joined", to=OTHER),)


_SAID: dict[Why, str] = {
    "spam": "Dismissed as spam.",
    "not ours": "Dismissed: not ours to handle.",
}


def _notes(case: Case) -> tuple[str, ...]:
    """Say why it is dismissed, and what is handled with it."""
    lines: list[str] = []
    why, of, here = dismissed_as(case), duplicate_of(case), handled_here(case)
    if why is not None:
        lines.append(f"Dismissed: it is handled with #{of}." if of else _SAID.get(why, "Dismissed."))
    if here:
        lines.append(f"{_listed(here)} handled with this one.")
    return tuple(lines)


def _names_why(line: str) -> bool:
    try:
        return not parse(line, "").words
    except UserMistake:
        return False


COMMAND = Command(
    name="dismiss",
    usage=USAGE,
    parse=parse,
    slashes="no command",
    instead=("spam", "reject", "invalid", "duplicate", "dup", "wontfix", "ignore", "not", "close", "closed"),
    is_whole=_names_why,
)

ACT = Act(
    name="dismiss",
    serves=("incident",),
    commands=(COMMAND,),
    changes=(Dismissed, Joined),
    parts=(Dismissal, Reports),
    guards=(
        Guard(
            "dismissable",
            "The report can't mean whoever asks, no other one is handled with it, and the one that it repeats"
            " goes on.",
            dismissable,
            commands=("dismiss",),
        ),
        Guard("tells_words", "There are words for the reporter.", tells_words, commands=("dismiss",)),
        Guard(
            "tells_no_words", "There are no words for the reporter.", tells_no_words, commands=("dismiss",)
        ),
        Guard(
            "kept_out_of_none",
            "Whoever is cleared is kept out of no report that is handled with this one.",
            kept_out_of_none,
            commands=("clear",),
        ),
        Guard(
            "handled_nowhere",
            "The report with which it was handled is gone, or has ended without a resolution.",
            handled_nowhere,
        ),
    ),
    records=(
        Recorder(
            DISMISSAL,
            "why it is no incident here, and of which report it is a duplicate",
            _recorded,
            commands=("dismiss",),
            guards=("dismissable",),
            holds_words=True,
        ),
        Recorder(
            "still_out",
            "who has no say again yet, as a report that is handled with this one may concern them",
            _still_out,
            commands=("confirm", "clear"),
            guards=("say_is_open",),
            by_letter=True,
        ),
    ),
    owes=_owes,
    notes=_notes,
)
