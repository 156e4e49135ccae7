"""The resolution: its words, for everybody or for each audience its own, and who has been told it."""

from __future__ import annotations

import re
from typing import Literal

from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.ids import NoticeId
from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Number, Words
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import INVISIBLE, has_words
from cocflow.errors import UserMistake


class Resolve(Said, frozen=True):
    """Resolve with these words; `words` are for both audiences, where an audience's own are absent."""

    words: str
    to_reporter: str | None = None
    to_parties: str | None = None


class Resolution(Part, frozen=True, kw_only=True, tag="resolution"):
    """The present resolution, and the number of the receipt that records it."""

    words: Words | None = None
    receipt: Number = 0


class Resolved(Change, frozen=True, kw_only=True, tag="resolved"):
    """The words of a comment hold the resolution."""

    words: Words

    def apply(self, progress: Progress, record: Record) -> None:
        """Let it stand in place of an earlier one."""
        progress.keep(Resolution(words=self.words, receipt=record.n))

    def words_told(self, before: Progress) -> Words | None:
        """These are the words."""
        return self.words


# Only plain letters head a part: ſ is an s to IGNORECASE, and the words under it would belong to nobody.
_PART = re.compile(r"\s{0,8}to\s{1,8}(reporter|parties)\s{0,8}:(.*)", re.IGNORECASE | re.ASCII)
_NEARLY_PART = re.compile(
    r"[\s>#*_-]{0,16}(?:to|for)\s{1,8}(?:the\s{1,8}|all\s{1,8})?(?:reporters?|party|parties)\b"
    r"(?:[^:\uff1a]{0,40}[:\uff1a]|[\s*_]{0,8}(?:[\u2013\u2014-]|$))",
    re.IGNORECASE,
)


def parse(line: str, rest: str) -> Resolve:
    """Read words with optional parts, each headed `To reporter:` or `To parties:` at a line's start."""
    parts: dict[str, list[str]] = {"": []}
    part = ""
    for text in f"{line}\n{rest}".split("\n"):
        heading = _PART.match(text)
        if heading is None:
            _refuse_nearly_part(text)
            parts[part].append(text)
            continue
        part = heading[1].lower()
        if part in parts:
            raise UserMistake(f"`To {part}:` is there twice, so I can't tell which words are meant.")
        parts[part] = [heading[2]]
    words = {name: "\n".join(lines).strip() for name, lines in parts.items()}
    for name, text in words.items():
        if not has_words(text) and (name or len(words) == 1):
            raise UserMistake(
                f"The words after `To {name}:` are missing." if name else "The words are missing."
            )
    return Resolve(words[""], words.get("reporter"), words.get("parties"))


def _refuse_nearly_part(text: str) -> None:
    """Refuse what looks like a part's heading but isn't: its words would go to everyone."""
    start = "".join(letter for letter in text[:120] if letter not in INVISIBLE)
    if _NEARLY_PART.match(start):
        raise UserMistake(
            "One line looks like the start of a part. A part starts with exactly `To reporter:` or "
            "`To parties:`, and I would rather ask than tell someone what isn't meant for them."
        )


def resolution_for(case: Case, words: Words | None, part: Literal["to_reporter", "to_parties"]) -> str | None:
    """Return a resolution's words for an audience; None if they have changed since."""
    command = case.command(words)
    if not isinstance(command, Resolve):
        return None
    own = command.to_reporter if part == "to_reporter" else command.to_parties
    return own if own is not None else command.words


def still_to_tell(case: Case) -> tuple[str, ...]:
    """Return the keys of those who must be told the present resolution and haven't been."""
    since = case.progress[Resolution].receipt
    owed = {one.to for one in case.progress.owed() if NoticeId.read(one.id).receipt >= since}
    audiences = (*case.people_who("reporter"), *case.people_who("party"))
    return tuple(one.key for one in audiences if one.key in owed)


def everyone_told(case: Case, ask: Ask) -> str | None:
    """Refuse to close over the head of somebody who hasn't been told."""
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
                "/resolve <words>\n[To reporter: <words>]\n[To parties: <words>]",
                "/resolve We talked with everyone, and agreed on how to go on.\n"
                "To reporter: Thank you for telling us.\n"
                "To parties: Please keep to what we agreed.",
                "Say how it was resolved. The reporter and the parties are told; a part is for them alone.",
            ),
            parse=parse,
            slashes="no command",
        ),
    ),
    changes=(Resolved,),
    parts=(Resolution,),
    guards=(
        Guard("everyone_told", "The reporter and every party have been told the resolution.", everyone_told),
    ),
    records=(
        Recorder(
            "resolution",
            "where the words of the resolution stand",
            lambda case, ask: (Resolved(words=ask.words),),
            commands=("resolve",),
            holds_words=True,
        ),
    ),
)
