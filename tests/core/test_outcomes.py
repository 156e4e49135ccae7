"""Outcomes as data: in the order of gravity, found by name, and how long a note of one is kept."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.outcomes import Outcomes, kept, months_after
from tests.core.play import definition

SHIPPED = definition().process.outcomes


def test_they_come_in_the_order_of_gravity() -> None:
    """From what is none of the community's business to a suspension without an end."""
    names = [one.name for one in SHIPPED]
    assert names[:2] == ["not ours", "no violation"]
    assert names[-3:] == ["limits", "suspension", "ban"]


def test_the_gravest_of_some_is_found_whatever_their_order() -> None:
    """An incident counts by its gravest; what isn't known any more counts for nothing."""
    found = SHIPPED.gravest(["ban", "talk", "gone"])
    assert found is not None
    assert found.name == "ban"
    assert SHIPPED.gravest(["gone"]) is None
    assert not Outcomes()


def test_an_outcome_is_found_by_its_name_only() -> None:
    """What there isn't is nobody's outcome."""
    assert SHIPPED["warning"].counts == 12
    assert SHIPPED.get("timeout") is None
    with pytest.raises(KeyError):
        SHIPPED["timeout"]


def test_a_note_is_kept_as_committees_do() -> None:
    """The figures that Django published: 14 and 26 months; and a month where nothing was."""
    assert kept(SHIPPED["no violation"]) == (1, "closed")
    assert kept(SHIPPED["warning"]) == (14, "closed")
    assert kept(SHIPPED["suspension"]) == (26, "end")


@given(st.datetimes(datetime(1970, 1, 1), datetime(2500, 1, 1)), st.integers(1, 120))  # noqa: DTZ001
def test_months_later_is_the_same_day_or_the_last_of_its_month(naive: datetime, months: int) -> None:
    """A month is a month, however long; the time of day stays."""
    at = naive.replace(tzinfo=UTC)
    later = months_after(at, months)
    assert (later.year * 12 + later.month) - (at.year * 12 + at.month) == months
    assert later.time() == at.time()
    assert later.day == at.day or (later.day < at.day and later.day >= 28)
