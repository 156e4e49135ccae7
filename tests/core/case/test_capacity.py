"""The room of an issue: what is left of the comments that GitHub takes."""

from __future__ import annotations

from cocflow.core.case.capacity import LAST, MOST, NEAR, OWN, left


def test_what_is_left_is_never_less_than_nothing() -> None:
    """An issue that is full, or was filled beyond, takes no comment."""
    assert [left(count) for count in (0, MOST - 1, MOST, MOST + 7)] == [MOST, 1, 0, 0]


def test_administrators_learn_of_it_long_before_anybody_is_left_unanswered() -> None:
    """Each step leaves room for the next."""
    assert MOST > NEAR > 4 * OWN
    assert OWN > 4 * LAST > 0
