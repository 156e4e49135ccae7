"""The picture: every number of the tables, none besides, and each bar says its own."""

from __future__ import annotations

from cocflow.core.yearly.coarsening import Row
from cocflow.core.yearly.picture import picture
from cocflow.core.yearly.year import Counted, Year

YEAR = Year(
    year=2026,
    over=True,
    tables=(
        Counted(title="Finished", total=31, rows=(Row("no measure", 19), Row("a measure", 12))),
        Counted(title="Appeals decided", total=None),
        Counted(title="Estimates that came due", total=0),
    ),
)


def test_each_number_has_a_bar_that_says_it() -> None:
    """Also what isn't told: it has no length, and the words instead of a number."""
    values = picture(YEAR, "Bars.")["data"]["values"]
    assert [(one["count"], one["label"], one["says"]) for one in values] == [
        (31, "31", "Finished: 31"),
        (19, "19", "Finished, no measure: 19"),
        (12, "12", "Finished, a measure: 12"),
        (0, "fewer than 5", "Appeals decided: fewer than 5"),
        (0, "0", "Estimates that came due: 0"),
    ]


def test_nothing_is_fetched_and_the_text_is_there() -> None:
    """It holds its data itself, and what it says to those who can't see it."""
    described = picture(YEAR, "Bars.")
    assert described["description"] == "Bars."
    assert set(described["data"]) == {"values"}
