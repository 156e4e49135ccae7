"""What a party may know: the decision, with consent."""

from __future__ import annotations

from cocflow.core.views.base import possible
from tests.core.play import played_to
from tests.core.views.marked import MARK, PARTIES, known, told


def test_a_party_knows_the_decision_only_with_consent() -> None:
    """Without the reporter's yes there are no words; with it, what is for all and for parties."""
    assert MARK not in known(told(), "party")
    said = known(told(PARTIES), "party")
    assert f"{MARK}6" in said
    assert f"{MARK}8" in said
    assert said.count(MARK) == 2
    assert "riya" not in said


def test_a_party_is_offered_no_move() -> None:
    """Whom a case concerns may answer about what is posted, and moves nothing."""
    case = played_to("triaged").case()
    offered = {one.means for one in possible(case, "party")}
    assert all(move.to is None for move in case.process.moves if move.means in offered)
