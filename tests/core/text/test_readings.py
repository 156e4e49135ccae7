"""What a typed time can mean: each way to write one, and each that can be read in several ways."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.text.readings import LONGEST, VOCABULARY, bare, readings

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 13, 0, 30, tzinfo=UTC)
"""A Wednesday, 14:00 in Berlin."""


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("in 3 days", ["3 days"]),
        ("Three days' time", ["3 days"]),
        ("36 hrs", ["36 hours"]),
        ("30 min", ["2026-11-25 14:31"]),
        ("a month", ["2026-12-25 14:00"]),
        ("1 year", ["2027-11-25 14:00"]),
        ("3m", ["2026-11-25 14:04", "2027-02-25 14:00"]),
        ("today", ["2026-11-25"]),
        ("end of day", ["2026-11-25"]),
        ("tonight", ["2026-11-25 23:59"]),
        ("this afternoon", ["2026-11-25 18:00"]),
        ("tomorrow morning", ["2026-11-26 12:00"]),
        ("the day after tomorrow", ["2026-11-27"]),
        ("on fri", ["2026-11-27"]),
        ("this wednesday", ["2026-11-25"]),
        ("next wednesday", ["2026-12-02"]),
        ("next friday", ["2026-11-27", "2026-12-04"]),
        ("friday next week", ["2026-12-04"]),
        ("next week", ["2026-12-04", "2026-12-02"]),
        ("weekend", ["2026-11-28", "2026-11-29"]),
        ("end of the month", ["2026-11-30"]),
        ("9.1.2026", ["2026-01-09"]),
        ("9.1.", ["2027-01-09"]),
        ("29.2.", []),
        ("31.2.2027", []),
        ("2026/12/1", ["2026-12-01"]),
        ("1/9/2027", ["2027-09-01", "2027-01-09"]),
        ("13/1/2027", ["2027-01-13"]),
        ("9.12", ["2026-12-09", "2026-11-26 09:12"]),
        ("9th of January", ["2027-01-09"]),
        ("Jan 9, 2028", ["2028-01-09"]),
        ("friday, 27 november", ["2026-11-27"]),
        ("friday 28.11.2026", ["2026-11-28", "2026-11-27"]),
        ("5 pm", ["2026-11-25"]),
        ("1:30 p.m.", ["2026-11-26 13:30"]),
        ("12 am", ["2026-11-26 00:00"]),
        ("13 pm", []),
        ("at 5", ["2026-11-26 05:00", "2026-11-25"]),
        ("at 18", ["2026-11-25 18:00"]),
        ("9.30", ["2026-11-26 09:30"]),
        ("5 pm on friday", ["2026-11-27"]),
        ("friday at noon", ["2026-11-27 12:00"]),
        ("friday midnight", ["2026-11-27 00:00", "2026-11-27 23:59"]),
        ("2026-11-30 18:00 CET", ["2026-11-30 18:00"]),
        ("2026-11-30 18:00 UTC", ["2026-11-30 19:00"]),
        ("soon", []),
        ("3", []),
        ("3 working days", []),
        ("999999999 days", []),
        ("", []),
        ("x" * (LONGEST + 1), []),
    ],
)
def test_each_way_to_write_a_time_has_its_readings(text: str, forms: list[str]) -> None:
    """A time that people write is put into the strict forms, one for each thing that it can mean."""
    assert sorted(readings(text, NOW, BERLIN)) == sorted(forms)


@pytest.mark.parametrize("around", ["{}", "\u201c{}\u201d", "by {}.", "  {} ", "\u00a0{}!", "in {}"])
def test_what_stands_around_a_time_is_none_of_it(around: str) -> None:
    """Quotes, a full stop, white space of any kind and a preposition are taken off."""
    assert bare(around.format("3 days")) == "3 days"


@given(
    st.lists(st.sampled_from((*VOCABULARY, "9", "31.12.", "1/2", "5:30", "pm", "at", "in", ",")), max_size=5),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_any_words_of_a_time_have_few_readings_or_none(words: list[str], now: datetime) -> None:
    """However the words of a time are thrown together, they are read, or aren't, and never fail."""
    assert len(readings(" ".join(words), now, BERLIN)) <= 8
