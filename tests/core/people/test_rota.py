"""The rota: in the order of the roster, after whoever had the newest incident, those away last."""

from __future__ import annotations

import pytest

from cocflow.core.people.rota import in_turn
from tests.core.play import ROSTER, community

MFT, MIABOT, THCLPR = (community().marks_of(one) for one in ROSTER)
NOBODY: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("after", "away", "turn"),
    [
        (NOBODY, NOBODY, "mft miabot thclpr"),
        (MFT, NOBODY, "miabot thclpr mft"),
        (THCLPR, NOBODY, "mft miabot thclpr"),
        (MFT, MIABOT, "thclpr mft miabot"),
        (frozenset({"somebody else"}), NOBODY, "mft miabot thclpr"),
        (MFT, MFT | MIABOT | THCLPR, "miabot thclpr mft"),
    ],
)
def test_the_next_in_turn_comes_after_the_last(
    after: frozenset[str], away: frozenset[str], turn: str
) -> None:
    """Everybody comes once; whoever is away comes last, and where all are, nothing is lost."""
    assert [one.login for one in in_turn(community(), ROSTER, after, away)] == turn.split()


def test_only_those_asked_about_are_in_turn() -> None:
    """Whoever has no say isn't in it, though the turn goes on after them."""
    assert [one.login for one in in_turn(community(), ROSTER[:2], MIABOT, NOBODY)] == ["mft", "miabot"]
