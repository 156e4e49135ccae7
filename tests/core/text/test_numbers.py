"""Many numbers in few characters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.text.numbers import MOST, compact, read_compact


@given(st.frozensets(st.integers(1, 10_000)))
def test_what_is_written_is_read_again(numbers: frozenset[int]) -> None:
    """Whatever the numbers are, and in whatever order they come."""
    assert read_compact(compact(numbers)) == numbers


def test_a_run_of_numbers_is_one_word() -> None:
    """Each by its distance from the one before, and its length."""
    assert compact([8, 3, 4]) == "3.2 4"
    assert compact(range(1, 10_001)) == "1.10000"
    assert compact([]) == ""


@pytest.mark.parametrize("apart", [2, 50, 900])
def test_ten_thousand_numbers_are_few_characters(apart: int) -> None:
    """Even if each second one is missing, or most of them are."""
    assert len(compact(range(1, 10_000 * apart, apart))) <= 40_000


@pytest.mark.parametrize(
    "text", ["x", "1.x", "1.", "-1", "0", "1.0", "1,2", "٣", f"1.{MOST + 1}", "9" * 5000, "1.99999999999"]
)
def test_what_is_no_such_text_is_no_number(text: str) -> None:
    """Anybody may have written it."""
    assert read_compact(text) == frozenset()
