"""What the community may know: nothing of a case."""

from __future__ import annotations

from tests.core.views.marked import MARK, PARTIES, known, told


def test_the_community_knows_nothing_of_a_case() -> None:
    """Who has no role learns no state, no name and no word."""
    said = known(told(PARTIES), "community")
    assert MARK not in said
    assert "resolved" not in said
    assert "riya" not in said
