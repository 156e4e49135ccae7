"""Corrections: words that stand in place of those that somebody was told, sent to whoever got them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cocflow.core.acts.appeal import AppealDecided, Overturn, another_decides
from cocflow.core.acts.consent import consent, may_tell_community
from cocflow.core.acts.lift import Lifted
from cocflow.core.acts.resolve import Resolution
from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.addressed import Addressed, Part, parse_parts, told, unaddressed
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Usage
from cocflow.core.case.heads import stated
from cocflow.core.case.progress import Change, Progress, Record
from cocflow.core.case.records import Words
from cocflow.core.text.typed import has_words
from cocflow.errors import UserMistake

NOTHING = "Nobody got words that this could correct."


class Correct(Addressed, frozen=True):
    """Say this in place of what was told, or of what was posted."""

    of_post: bool = False


class Corrected(Change, frozen=True, kw_only=True, tag="corrected"):
    """The words of a comment stand in place of `old`, and go to those who got these (keys)."""

    words: Words
    old: Words
    to: tuple[str, ...]

    def apply(self, progress: Progress, record: Record) -> None:
        """Let them stand there; nobody is told the old ones any more."""
        known = progress[Resolution]
        if known.words == self.old:
            progress.keep(msgspec.structs.replace(known, words=self.words, before=known.ever))
        decided = progress.newest(AppealDecided)
        if decided is not None and decided.words == self.old:
            progress.keep(msgspec.structs.replace(decided, words=self.words))
        lifted = progress.newest(Lifted)
        if lifted is not None and lifted.words == self.old:
            progress.keep(Lifted(words=self.words))
        progress.told.update(one.id for one in progress.owed() if one.words == self.old)

    def words_told(self, before: Progress) -> Words | None:
        """These are the words."""
        return self.words

    def told_only(self) -> tuple[str, ...] | None:
        """Whoever didn't get the old words needs no correction."""
        return self.to


STAYS = (
    "A correction is of words, and says nothing new of how it ended: head somebody's words with `To <name>:`."
    " To decide otherwise, reopen it and resolve it anew."
)


def parse(line: str, rest: str) -> Correct:
    """Read the words, in parts as a resolution's; after `post` a text as it would be posted."""
    if line.casefold() == "post":
        if not has_words(rest):
            raise UserMistake("The text is missing; write it below the command, as it would be posted.")
        return Correct((Part("", rest),), of_post=True)
    return Correct(parse_parts(f"{line}\n{rest}"))


def wrong(case: Case, command: Correct) -> Words | None:
    """Return the words that a correction is about, None if there are none."""
    if command.of_post:
        return next(_posted(case), None)
    if not case.is_suspension:
        return case.progress[Resolution].words
    newest = case.progress.newest(Lifted) or case.progress.newest(AppealDecided)
    return newest.words if newest is not None else None


def _posted(case: Case) -> Iterator[Words]:
    """Give the words that were posted, the newest first."""
    for one in reversed(case.progress.notices.values()):
        if one.to == "community" and one.words is not None:
            yield one.words


def corrected(case: Case, command: Correct) -> tuple[str, ...]:
    """Return who gets a correction (keys): whoever got the wrong words, or is still to be told them.

    A reporter who reads the issue got whatever anybody did.
    For whom there are no words, or who may not have any under the reporter's consent, got none.
    """
    old = wrong(case, command)
    if old is None:
        return ()
    got = (one.to for one in case.progress.notices.values() if one.words == old)
    reads = (one.key for one in case.people_who("reporter") if one.here)
    keys = tuple(key for key in dict.fromkeys((*reads, *got)) if case.person(key) is not None)
    if command.of_post:
        return keys
    about = case.incident if case.is_suspension else case
    silent = about is None or consent(about).level == "none"
    meant = keys if case.is_suspension else told(case, command, keys)
    return tuple(key for key in meant if key == "reporter" or not silent)


def correctable(case: Case, ask: Ask) -> str | None:
    """Refuse a correction of what nobody got, or whose parts nobody would get."""
    command = ask.command
    if not isinstance(command, Correct):
        return "Say what is right."
    old = wrong(case, command)
    if old is None or isinstance(case.command(old), Overturn):
        return NOTHING
    if case.is_suspension and any(part.head for part in command.parts):
        return "There is one reader here, so write it without heads."
    if command.of_post and not may_tell_community(case):
        return "The reporter hasn't agreed to the community being told, and it wasn't in a public channel."
    if not command.of_post and not case.is_suspension and (wrong_ := unaddressed(case, command)) is not None:
        return str(wrong_)
    if not command.of_post and stated(case, command).heads:
        return STAYS
    decided = case.progress.newest(AppealDecided)
    mine = decided is not None and decided.words == old and case.is_suspension
    if mine and (why := another_decides(case, ask)) is not None:
        return why
    return None if corrected(case, command) else NOTHING


def _line(case: Case, ask: Ask) -> str | None:
    """Return the command as it is written where there is one reader, or a head as it may be meant."""
    command = ask.command
    if not isinstance(command, Correct) or command.of_post:
        return None
    if case.is_suspension:
        return "/correct <words>" if any(part.head for part in command.parts) else None
    if (misaddressed := unaddressed(case, command)) is not None:
        return misaddressed.copy or None
    stating = (one.person for one in stated(case, command).heads)
    return next((f"To {one.called}:" for one in stating if one is not None), None)


def _was_told(case: Case) -> bool:
    """Whether anybody was told anything that a correction may be about."""
    return any(wrong(case, Correct((), of_post=of_post)) is not None for of_post in (False, True))


def corrects_post(case: Case, ask: Ask) -> str | None:
    """Refuse what corrects something else than a post."""
    of_post = isinstance(ask.command, Correct) and ask.command.of_post
    return None if of_post else "To correct a post, write `/correct post`."


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    command = ask.command
    old = wrong(case, command) if isinstance(command, Correct) else None
    if not isinstance(command, Correct) or old is None:
        return ()
    return (Corrected(words=ask.words, old=old, to=corrected(case, command)),)


ACT = Act(
    name="correct",
    serves=("incident", "suspension"),
    commands=(
        Command(
            name="correct",
            usage=Usage(
                "/correct [post]\n<words>\n[To reporter, parties or <name>:]\n[<words>]",
                "/correct\nThe day is Tuesday, not Thursday. Everything else stands as we wrote.",
                "Draft a correction to those who got words: of the resolution, of the answer to an appeal, or"
                " of a post.",
            ),
            parse=parse,
            slashes="no command",
            instead=("correction",),
        ),
    ),
    changes=(Corrected,),
    guards=(
        Guard(
            "correctable",
            "Somebody got the words that are corrected, and each part is for one of them.",
            correctable,
            commands=("correct",),
            offers=_was_told,
            copies=_line,
        ),
        Guard(
            "corrects_post",
            "It is a post that is corrected.",
            corrects_post,
            commands=("correct",),
            offers=lambda case: next(_posted(case), None) is not None,
            form="/correct post",
        ),
    ),
    records=(
        Recorder(
            "correction",
            "which words stand in place of which, and who got those",
            _recorded,
            commands=("correct",),
            guards=("correctable",),
            holds_words=True,
        ),
    ),
)
