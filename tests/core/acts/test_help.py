"""Help: whoever asks for it gets it, whatever else they typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from cocflow.core.acts.help import Help
from cocflow.core.case.case import Definition
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.people.roster import Administrator
from cocflow.core.views import view
from cocflow.core.views.base import Occasion, View
from cocflow.core.views.samples import counted, full, least
from tests.core.play import (
    FOR_ANOTHER,
    MFT,
    RIYA,
    ROSTER,
    STRANGER,
    Play,
    body,
    community,
    definition,
    played_to,
    suspension_body,
    suspension_definition,
    suspension_played_to,
)
from tests.fakes import templates

ACCEPTED: list[tuple[str, Said]] = [
    ("/help", Help()),
    ("/help me\nplease", Help("me\nplease")),
]

REFUSED = [
    ("/help\n/help", "One command a comment"),
]

SAM = Actor("U_sam", "sam")
PARTIES = ("Kim @stranger", "Ann Lee ann@example.org")
ROSTERS = {"one administrator": ROSTER[:1], "several administrators": ROSTER}
STATES = [
    *(("incident", one.name) for one in definition().process.states),
    *(("suspension", one.name) for one in suspension_definition().process.states),
]
SEVERAL_VOICES = ("proposed", "dropped")
"""States of a suspension to which it comes only where there are several administrators."""

ONE = r"reporter|party|person|account|administrator|suspension|report|appeal|case"
BLUNDERS = {
    "a verb in the other number": rf"(?i:\b(the|this|your) ({ONE}) (have|are|were|do|wait|need)\b)"
    r"|(?i:\b(parties|accounts|administrators|suspensions|reports|they|you|we) (has|is|was|does|waits)\b)",
    "a word twice": r"\b([a-z]+) \1\b",
    "a gap": r"  | [.,;:](?: |$)|\.\.|,[.,]|\(\)|\[\]|``|\*\*\*\*|: *(?:\n|$)(?!\n*-)",
    "nothing where something stands": r"\bNone\b|\{\{|\}\}|\bundefined\b",
    "a placeholder among the words": r"<[a-z]",
    "a sentence that begins small": r"(?:^|\. |\n)[a-z]",
}
NEVER_TO_THEM = r"\b(issue|label|workflow|transition|sweep)s?\b"


def blunders(name: str, text: str) -> list[str]:
    """Return what is wrong with the words of a help; commands and addresses are none of them."""
    words = re.sub(r"`[^`\n]*`|https?://\S+|\S+@\S+", "X", text)
    found = [what for what, signs in BLUNDERS.items() if re.search(signs, words)]
    reader = name.partition("/")[0]
    if reader == "administrators":
        return found
    if re.search(rf"\b(the|a) {reader}( person)?\b", words, re.IGNORECASE):
        found.append("the reader in the third person")
    if not re.search(r"\b[Yy]ou(r|rs)?\b", words):
        found.append("nobody is spoken to")
    return [*found, *re.findall(NEVER_TO_THEM, words, re.IGNORECASE)]


def helped(play: Play, asker: Actor | None) -> Iterator[tuple[str, str]]:
    """Have somebody ask for help in a comment, or the reporter by a letter; give each template's text."""
    id_ = play.says(asker, "/help") if asker is not None else play.mails("/help", person="reporter")
    for decision in (one for one in play.run() if one.record.of == id_):
        owed = ((one.notice, one) for one in decision.record.owed)
        for name, one in (*((said, None) for said in decision.says), *owed):
            if name.endswith("/help"):
                shown = view(name.partition("/")[0], play.case(), Occasion(decision=decision, owed=one))
                yield name, templates().render(name, shown)


def asked_in(
    kind: str, state: str, roster: tuple[Administrator, ...], many: int
) -> Iterator[tuple[str, str]]:
    """Have everybody ask for help who can where a case has come to a state, with so many parties."""
    here = community(*roster)
    if kind == "suspension":
        of_sam = {} if state in SEVERAL_VOICES else {"text": suspension_body(reach="@sam")}
        for asker in (MFT, SAM):
            yield from helped(suspension_played_to(state, community_=here, **of_sam), asker)
        return
    to = partial(played_to, state, parties=PARTIES[:many], community_=here)
    for asker in (MFT, RIYA, STRANGER)[: 3 if many else 2]:
        yield from helped(to(), asker)
    if state not in ("incomplete", "withdrawn", "closed", "appealed"):  # which the reporter brings about here
        filed = body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org")
        yield from helped(to(by=MFT, text=filed), None)


TAKES_SEVERAL = (*SEVERAL_VOICES, "appealed", "upheld", "overturned", "lifted")
"""The states that a single administrator can't bring about."""


@pytest.mark.parametrize(
    ("kind", "state", "roster"),
    [
        pytest.param(kind, state, roster, id=f"{kind}-{state}-{name}")
        for kind, state in STATES
        for name, roster in ROSTERS.items()
        if len(roster) > 1 or state not in TAKES_SEVERAL
    ],
)
def test_help_is_right_in_every_state_for_everybody_in_both_numbers(
    kind: str, state: str, roster: tuple[Administrator, ...]
) -> None:
    """Its verbs agree, no word is doubled or missing, nothing is unfilled, and its reader is spoken to."""
    found: set[str] = set()
    for many in (0, 1, 2) if kind == "incident" else (0,):
        for name, text in asked_in(kind, state, roster, many):
            found.add(name)
            assert not blunders(name, text), text
            assert "can't be verified: write" not in text
    assert "administrators/help" in found
    assert found >= ({"reporter/help", "party/help"} if kind == "incident" else set())


@pytest.mark.parametrize("audience", ["reporter", "filer", "party", "suspended", "guest", "administrators"])
@pytest.mark.parametrize(
    "example", [full, least, partial(counted, number=1), partial(counted, number=2)], ids=range(4)
)
def test_help_speaks_to_whoever_asks(audience: str, example: Callable[[str], View]) -> None:
    """In the second person, and never of them as of somebody else, whatever there is to say."""
    assert not blunders(
        f"{audience}/help", text := templates().render(f"{audience}/help", example(audience))
    ), text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("You can write. The reporter have answered.", "a verb in the other number"),
        ("You may appeal from : write.", "a gap"),
        ("You: **** goes on.", "a gap"),
        ("You wait for None.", "nothing where something stands"),
        ("You wait for <name>.", "a placeholder among the words"),
        ("You were told that that is so.", "a word twice"),
        ("You wait. it goes on.", "a sentence that begins small"),
        ("The reporter may write to you.", "the reader in the third person"),
        ("Nothing is done.", "nobody is spoken to"),
    ],
)
def test_what_is_wrong_is_found(text: str, what: str) -> None:
    """Each of the rules finds what it is there for."""
    assert what in blunders("reporter/help", text)


@pytest.mark.parametrize("one", [definition(), suspension_definition()], ids=lambda one: one.process.name)
def test_what_somebody_may_do_is_said_to_them(one: Definition) -> None:
    """What a move means, as `/help` says it to whoever may make it, doesn't speak of them."""
    for move in (move for move in one.process.moves if "reporter" in move.by and move.command is not None):
        assert "the reporter" not in move.means, move.name
