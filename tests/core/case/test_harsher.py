"""Harsher outcomes: the order of the shipped vocabulary, with ends, over all pairs that there can be."""

from __future__ import annotations

from itertools import product

import pytest

from cocflow.core.case.decided import Decided
from cocflow.core.case.harsher import harsher
from tests.core.play import DAY, START, process

OUTCOMES = process().outcomes
ALL = [
    Decided("p1", one.name, until)
    for one in OUTCOMES
    for until in ((None,) if one.end == "none" else (START + DAY, START + 2 * DAY))
]


def rank(one: Decided) -> int:
    """Return the place of an outcome among the shipped ones, as they stand in the file."""
    return [each.name for each in OUTCOMES].index(one.outcome)


@pytest.mark.parametrize(("before", "after"), list(product(ALL, ALL)), ids=str)
def test_nothing_graver_and_nothing_longer_is_let_pass(before: Decided, after: Decided) -> None:
    """Whatever isn't called harsher is no graver, and doesn't end later."""
    ends_later = before.until is not None and after.until is not None and after.until > before.until
    assert harsher(OUTCOMES, before, after) is (rank(after) > rank(before) or ends_later)


@pytest.mark.parametrize("one", ALL, ids=str)
def test_nothing_is_harsher_than_itself(one: Decided) -> None:
    """The same outcome with the same end stands."""
    assert not harsher(OUTCOMES, one, one)


@pytest.mark.parametrize("one", ALL, ids=str)
def test_where_nothing_was_stated_every_measure_is_harsher(one: Decided) -> None:
    """So it is where an outcome isn't known any more; nor is one that there isn't ever let pass."""
    measure = OUTCOMES[one.outcome].measure
    assert harsher(OUTCOMES, None, one) is measure
    assert harsher(OUTCOMES, Decided("p1", "of an older file"), one) is measure
    assert harsher(OUTCOMES, one, Decided("p1", "of an older file"))


def test_an_end_that_is_taken_away_is_harsher() -> None:
    """Limits until a day are milder than limits for ever."""
    until = Decided("p1", "limits", START)
    assert harsher(OUTCOMES, until, Decided("p1", "limits"))
    assert not harsher(OUTCOMES, Decided("p1", "limits"), until)
