"""Consent: what the reporter lets be shared of a report, by the form, by a command, or by an edit."""

from __future__ import annotations

from typing import Literal, get_args

from cocflow.core.case.accounts import same_account
from cocflow.core.case.act import Act, Ask, Begun, Guard, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft, DraftDropped
from cocflow.core.case.facts import BodyEdited, Fact
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change
from cocflow.core.process import ChoiceName
from cocflow.core.text.typed import quoted_lines
from cocflow.errors import UserMistake

Level = Literal["none", "parties", "community"]


class Consent(Said, frozen=True):
    """Let this much be shared, by name or not; or answer what is to be sent.

    With `level` it is the reporter's consent. Without, `yes` is an answer to the present draft, by
    `name` (None: by whoever writes). `quote` holds the lines behind `>`.
    """

    level: Level | None = None
    named: bool = False
    name: str | None = None
    yes: bool = False
    words: str = ""
    quote: str | None = None


class ConsentGiven(Change, frozen=True, kw_only=True, tag="consent"):
    """What the reporter lets be shared: `none`, `parties` or `community`; and whether by name."""

    level: str
    named: bool = False


NOTHING = ConsentGiven(level="none")

CHOICES: dict[ChoiceName, ConsentGiven] = {
    "consent_parties": ConsentGiven(level="parties"),
    "consent_parties_by_name": ConsentGiven(level="parties", named=True),
    "consent_community": ConsentGiven(level="community"),
    "consent_community_by_name": ConsentGiven(level="community", named=True),
}
"""What each choice of the form allows. Any other, or none, shares nothing."""


def parse(line: str, rest: str) -> Consent:
    """Read `none`, `parties` or `community`, perhaps `by name`; or `[name] yes` or `no`, and words."""
    said = quoted_lines(rest)
    tokens = line.split()
    levels: tuple[Level, ...] = get_args(Level)
    if tokens and (level := next((one for one in levels if tokens[0].lower() == one), None)):
        how = " ".join(tokens[1:]).lower()
        if how not in ("", "by name"):
            raise UserMistake("After the level comes `by name`, or nothing. Quote words below, behind `>`.")
        return Consent(level=level, named=how == "by name", quote=said)
    for index, token in enumerate(tokens):
        if (answer := token.lower().strip(".,:;")) in ("yes", "no"):
            words = "\n".join(part for part in (" ".join(tokens[index + 1 :]), rest) if part)
            name = " ".join(tokens[:index]).removeprefix("@").strip(" ,:") or None
            return Consent(name=name, yes=answer == "yes", words=words, quote=said)
    raise UserMistake("Say what may be shared, or answer `yes` or `no` to what is to be sent.")


def consent(case: Case) -> ConsentGiven:
    """Return what may be shared of an incident's report."""
    return case.progress.newest(ConsentGiven) or NOTHING


def by_form(case: Case) -> ConsentGiven:
    """Return what the form, as it stands, allows: nothing where that was chosen, whatever else was."""
    if case.chosen("consent_none"):
        return NOTHING
    return next((given for name, given in CHOICES.items() if case.chosen(name)), NOTHING)


def is_public(case: Case) -> bool:
    """Whether the report says that it happened in a public channel."""
    return case.chosen("in_public")


def may_tell_community(case: Case) -> bool:
    """Whether anything of the incident may be posted at all: by consent, or as it was public."""
    return is_public(case) or consent(case).level == "community"


def consent_level(case: Case, ask: Ask) -> str | None:
    """Refuse an answer about a draft: another move takes it."""
    level = isinstance(ask.command, Consent) and ask.command.level is not None
    return None if level else "Say what may be shared: `none`, `parties` or `community`."


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Keep what is allowed. Of an edited form, only whoever filed it may change that."""
    if isinstance(ask.command, Consent) and ask.command.level is not None:
        return _given(case, ConsentGiven(level=ask.command.level, named=ask.command.named))
    author = case.author
    if not isinstance(ask.fact, BodyEdited) or author is None or not same_account(ask.asker or "", author.id):
        return ()
    new = by_form(case)
    return _given(case, new) if new != consent(case) else ()


def _given(case: Case, given: ConsentGiven) -> tuple[Change, ...]:
    """Return what a new consent changes: one that leaves the community out stops what it was to be told."""
    waits = _draft_is_public(case) or any(one.to == "community" for one in case.progress.owed())
    if waits and given.level != "community" and not is_public(case):
        return (given, DraftDropped(sent=False))
    return (given,)


def _draft_is_public(case: Case) -> bool:
    """Whether there is a draft that would go to the community; one before 1.1 names no move."""
    draft = case.progress.newest(Draft)
    moves = [move for move in case.process.moves if draft is not None and draft.move in ("", move.name)]
    notices = [notice for move in moves if move.drafted is not None for notice in move.notices]
    return any(notice.startswith("community/") for notice in notices)


def _begins(case: Case, fact: Fact) -> Begun:
    given = by_form(case)
    return Begun((given,) if given != NOTHING else ())


ACT = Act(
    name="consent",
    serves=("incident",),
    commands=(
        Command(
            name="consent",
            usage=Usage(
                "/consent <none, parties or community> [by name]\n/consent [name] <yes or no> [words]",
                "/consent parties\n> You may tell those concerned, without my name.",
                "Say what may be shared of a report, or answer about a text that is to be sent.",
            ),
            parse=parse,
            slashes="no command",
            holds=True,
        ),
    ),
    changes=(ConsentGiven,),
    guards=(
        Guard("consent_level", "The request names what may be shared.", consent_level, commands=("consent",)),
    ),
    records=(
        Recorder(
            "consent", "what the reporter lets be shared", _recorded, commands=("consent",), by_edit=True
        ),
    ),
    begins=_begins,
    basis=lambda case: f"{consent(case).level} {consent(case).named}",
)
