"""Growing: what is known of a row is kept while it grows, and is never another than read afresh."""

from __future__ import annotations

import msgspec

from cocflow.core.case.growing import grown, grows


class Row(msgspec.Struct, frozen=True, dict=True):
    """A row of numbers."""

    row: tuple[int, ...]


read: list[int] = []


@grows(int)
def total(one: Row, known: int, news: tuple[int, ...]) -> int:
    """Return the sum, and note what is read for it."""
    read.extend(news)
    return known + sum(news)


def test_each_entry_is_read_once() -> None:
    """However often it is asked for, and whatever comes later."""
    read.clear()
    first = Row((1, 2))
    assert [total(first), total(first)] == [3, 3]
    later = grown(Row((1, 2, 3)), first)
    assert [total(later), total(later)] == [6, 6]
    assert read == [1, 2, 3]


def test_what_has_not_grown_from_it_knows_nothing_of_it() -> None:
    """A row of its own is read by itself, and one before the growth stays as it was."""
    first = Row((1, 2))
    assert total(first) == 3
    assert total(grown(Row((1, 2, 4)), first)) == 7
    assert total(first) == 3
    assert total(Row((5,))) == 5


def test_of_nothing_there_is_the_empty_reading() -> None:
    """An empty row has what `empty` makes."""
    assert total(Row(())) == 0
