"""The resolution: its words, for everybody or for each audience its own, and who has been told it."""

from __future__ import annotations

from datetime import datetime

from cocflow.core.acts.draft import lost_by_closing
from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.addressed import Addressed, parse_parts, unaddressed, words_for
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Usage
from cocflow.core.case.heads import stated
from cocflow.core.case.ids import NoticeId
from cocflow.core.case.progress import LONG_AGO, Change, Part, Progress, Record
from cocflow.core.case.records import Number, Time, Words
from cocflow.core.text.inert import inline

RESOLUTION = "resolution"
"""What a move keeps by which a case is resolved, by its name in the process files."""


class Resolve(Addressed, frozen=True):
    """Resolve with these words."""


class Resolution(Part, frozen=True, kw_only=True, tag="resolution"):
    """The present resolution, the number of the receipt that records it, and since when it stands.

    `told_from`: the receipt from which on people are to be told, where an earlier resolution stands in part.
    `before`: all words by which one was told until then.
    """

    words: Words | None = None
    receipt: Number = 0
    since: Time | None = None
    told_from: Number = 0
    before: tuple[Words, ...] = ()

    @property
    def ever(self) -> tuple[Words, ...]:
        """All words by which a resolution was ever told, corrections too."""
        return (*self.before, self.words) if self.words is not None else self.before


class Resolved(Change, frozen=True, kw_only=True, tag="resolved"):
    """The words of a comment hold the resolution; of an earlier one only the part `on_appeal`."""

    words: Words
    on_appeal: bool = False

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it stand in place of an earlier one; on an appeal, whoever wasn't told that is still to be."""
        known = progress[Resolution]
        from_ = (known.told_from or known.receipt) if self.on_appeal else 0
        progress.keep(
            Resolution(
                words=self.words, receipt=record.n, since=record.at, told_from=from_, before=known.ever
            )
        )

    def words_told(self, before: Progress) -> Words | None:
        """These are the words."""
        return self.words


def parse(line: str, rest: str) -> Resolve:
    """Read words with optional parts, each below its head."""
    return Resolve(parse_parts(f"{line}\n{rest}"))


def resolution_for(case: Case, words: Words | None, key: str) -> str | None:
    """Return a resolution's words for somebody (a key); None if they have changed since."""
    command = case.command(words)
    return words_for(case, stated(case, command).command, key) if isinstance(command, Addressed) else None


def resolutions_told(case: Case, key: str) -> dict[Words, datetime]:
    """Return the words of resolutions that reached somebody (a key), and when.

    Whoever reads the issue has read them all; when, isn't kept.
    """
    person, ever = case.person(key), case.progress[Resolution].ever
    reads = person is not None and person.here
    told = {one.words: case.progress.reached[one.id] for one in case.progress.told_to(key)}
    return {one: told.get(one, LONG_AGO) for one in ever if reads or one in told}


def is_decided(case: Case) -> bool:
    """Whether the case is over, or has a resolution that stands: it takes another one to change that."""
    state = case.state
    return state is not None and (state.final or state.name in case.process.states_that(RESOLUTION))


def parts_addressed(case: Case, ask: Ask) -> str | None:
    """Refuse a part that is for nobody who is told, or for one of two."""
    if not isinstance(ask.command, Addressed):
        return "Say what was decided."
    wrong = unaddressed(case, ask.command)
    return str(wrong) if wrong is not None else None


def _head(case: Case, ask: Ask) -> str | None:
    """Return the head of a part as it may be meant."""
    wrong = unaddressed(case, ask.command) if isinstance(ask.command, Addressed) else None
    return wrong.copy or None if wrong is not None else None


def still_to_tell(case: Case) -> tuple[str, ...]:
    """Return the keys of those who must be told the present resolution and haven't been."""
    resolution = case.progress[Resolution]
    since = resolution.told_from or resolution.receipt
    owed = {one.to for one in case.progress.owed() if NoticeId.read(one.id).receipt >= since}
    audiences = (*case.people_who("reporter"), *case.people_who("party"))
    return tuple(one.key for one in audiences if one.key in owed)


def everyone_told(case: Case, ask: Ask) -> str | None:
    """Refuse to close over the head of somebody who hasn't been told, or is about to be."""
    if lost_by_closing(case):
        return "Words wait to be approved, and would be lost."
    names = [inline(case.called(key)) for key in still_to_tell(case)]
    if not names:
        return None
    last = names.pop()
    listed = f"{', '.join(names)} and {last}" if names else last
    return f"{listed[0].upper()}{listed[1:]} {'have' if names else 'has'}n't been told yet."


ACT = Act(
    name="resolve",
    serves=("incident",),
    commands=(
        Command(
            name="resolve",
            usage=Usage(
                "/resolve <words>\n[To reporter, parties or <name>:]\n[<words>]",
                "/resolve We talked with everyone, and agreed on how to go on.\n"
                "To reporter: Thank you for telling us.\n"
                "To parties: Please keep to what we agreed.",
                "Draft how it was resolved. The reporter and the parties get what stands above heads, and"
                " each their part.",
            ),
            parse=parse,
            slashes="no command",
            instead=(
                "close",
                "closed",
                "done",
                "finish",
                "finished",
                "solve",
                "solved",
                "fix",
                "decide",
                "decision",
            ),
        ),
    ),
    changes=(Resolved,),
    parts=(Resolution,),
    guards=(
        Guard(
            "parts_addressed",
            "Each part of the words is for one person who is told them.",
            parts_addressed,
            commands=("resolve",),
            copies=_head,
        ),
        Guard(
            "everyone_told",
            "The reporter and every party have been told the resolution.",
            everyone_told,
            offers=lambda case: not still_to_tell(case) and not lost_by_closing(case),
        ),
    ),
    records=(
        Recorder(
            RESOLUTION,
            "where the words of the resolution stand",
            lambda case, ask: (Resolved(words=ask.words, on_appeal=case.is_("appeal_filed")),),
            commands=("resolve",),
            holds_words=True,
        ),
    ),
)
