"""How the tests of the subjects ask: a comment that is read, and a guard in a case as it stands."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.case.act import Ask
from cocflow.core.case.grammar import command_word, read_command
from cocflow.core.engine.decision import Decision
from cocflow.core.process import Role
from cocflow.errors import UserMistake
from tests.core.play import Play

ADMINISTRATOR: frozenset[Role] = frozenset({"administrator"})
REPORTER: frozenset[Role] = frozenset({"reporter"})

PIECES = [
    *(f"/{name}" for name in GRAMMAR),
    *("\n", "\n", " ", "/", ",", ">", "-", "@", ":", "<", "1.", "2", "triage", "To reporter:", "to parties:"),
    *("Riya", "a@b", "U012AB3CD", "\u200b", "\x85", "\u2028", "**", "```"),
]
"""What commands are made of, and what upsets their readers."""


def assert_refused(body: str, answer: str) -> None:
    """Assert that a comment can't be read, and that the reply says why and what would do."""
    with pytest.raises(UserMistake) as refused:
        read_command(body, GRAMMAR)
    assert answer in str(refused.value)
    if command_word(body, GRAMMAR) in GRAMMAR:
        assert refused.value.copy.startswith("/")
        assert refused.value.hint


def asked(
    play: Play, guard: str, said: str | None = None, roles: frozenset[Role] = ADMINISTRATOR
) -> str | None:
    """Return why a guard refuses what was said, None if it lets it pass."""
    command = read_command(said, GRAMMAR) if said else None
    return ACTS.guards[guard].check(play.case(), Ask(at=play.now, roles=roles, command=command))


def notices(decisions: Iterable[Decision]) -> list[str]:
    """Return the templates that decisions say, in order; in a play everybody stays untold."""
    said = [name for decision in decisions for name in decision.says]
    return [name for name in said if name != "administrators/untold"]
