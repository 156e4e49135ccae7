"""Who has a case from a decision on: what the decision says itself goes before turn and act."""

from __future__ import annotations

from cocflow.core.acts.owner import owned_by
from cocflow.core.case.progress import Moved
from cocflow.core.engine.owning import owned
from tests.core.play import DAY, MFT, MIABOT, ROSTER, START, STRANGER, Play


def test_only_a_late_case_is_taken_by_acting() -> None:
    """By a move of somebody's with a say, which doesn't itself say who has it."""
    play = Play()
    play.run()
    case = play.case()
    move = next(one for one in case.process.moves if one.command == "estimate")
    late, soon = START + 3 * DAY, START + DAY
    given = owned_by(case, ROSTER[1])
    assert owned(case, case, (), move, MIABOT, late) == (given,)
    assert owned(case, case, (), move, MIABOT, soon) == ()
    assert owned(case, case, (), move, MFT, late) == ()
    assert owned(case, case, (), move, STRANGER, late) == ()
    assert owned(case, case, (), None, MIABOT, late) == ()
    assert owned(case, case, (given,), move, MIABOT, late) == ()


def test_an_opening_is_the_next_ones_in_turn() -> None:
    """Whoever opened it, and whatever else it records."""
    play = Play()
    case = play.case()
    (first,) = owned(case, case, (Moved(to="reported"),), None, STRANGER, START)
    assert first == owned_by(case, ROSTER[0])
