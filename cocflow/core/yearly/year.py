"""A year as it is published: what was received, how it ended, appeals, estimates, and how long it took.

Owns what is counted, from what happened in each case (`Happened`), and the groupings of each table. A thing
is counted in the month in which it happened, as it was known at the end of the year: what happens later
changes no year that is over. A year that isn't over has totals only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

import msgspec

from cocflow.core.case.records import Coarse, Happened, Stub, What
from cocflow.core.outcomes import Outcomes, Table, kind_of
from cocflow.core.yearly.coarsening import LEAST, Group, Grouping, Row, coarsened

History = Sequence[Happened]
"""What happened in one case, in order."""

HALF_FROM, NINETIETH_FROM = LEAST, 10
"""From how many cases on it is said how long half of them took, and nine of ten."""

UNDECIDED, UNSTATED = "undecided", ""

_TABLES: tuple[Table, ...] = get_args(Table)
_MILD = tuple(kind_of(one, measure=False) for one in _TABLES)
_MEASURES = tuple(kind_of(one, measure=True) for one in _TABLES)
_UNSTATED = Group("no outcome stated", (UNSTATED,))

ENDINGS: tuple[Grouping, ...] = (
    (
        Group("ended without a decision", (UNDECIDED,)),
        *(Group(one, (kind_of(one, measure=False), kind_of(one, measure=True))) for one in _TABLES),
        _UNSTATED,
    ),
    (Group("no measure", (UNDECIDED, *_MILD)), Group("a measure", _MEASURES), _UNSTATED),
)
CHANNELS: tuple[Grouping, ...] = (
    (Group("on GitHub", ("github",)), Group("in a room", ("room",)), Group("by mail", ("mail",))),
    (Group("on GitHub or in a room", ("github", "room")), Group("by mail", ("mail",))),
)
APPEALS: tuple[Grouping, ...] = ((Group("changed", ("changed",)), Group("kept", ("kept",))),)
ESTIMATES: tuple[Grouping, ...] = ((Group("kept", ("kept",)), Group("missed", ("missed",))),)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """One table, as it is published. `total` None: fewer than 5, and it isn't said how many.

    `left_out`: there is more than its total, and it can't be said.
    """

    title: str
    total: int | None
    rows: tuple[Row, ...] = ()
    left_out: bool = False

    @property
    def said(self) -> str:
        """The total, in words where it isn't told."""
        return f"fewer than {LEAST}" if self.total is None else str(self.total)


class Waited(msgspec.Struct, frozen=True, kw_only=True):
    """How long it took half of them, and nine of ten; "" where they are too few. `none`: there were none."""

    title: str
    none: bool = False
    half: str = ""
    most: str = ""


class Year(msgspec.Struct, frozen=True, kw_only=True):
    """A year as it is published. `over`: it is, else these are totals so far."""

    year: int
    over: bool
    tables: tuple[Counted, ...]
    waits: tuple[Waited, ...] = ()


def histories(stub: Stub) -> tuple[History, ...]:
    """Return what happened in each case of a unit that was erased."""
    found: dict[int, list[Happened]] = {}
    for one in stub.happened:
        found.setdefault(one.of, []).append(one)
    return tuple(map(tuple, found.values()))


def year_of(
    year: int, now: str, outcomes: Outcomes, all_: Iterable[History], *, totals_from_5: bool = False
) -> Year:
    """Return a year as it is published, from everything that ever happened.

    `outcomes`: by these is counted what older stubs name. `now`: the present month, as in `2026-11`.
    `totals_from_5`: no total from 1 to 4 is told either.
    """
    told = _Counting(year, [one for one in all_ if one], outcomes)
    over = now > told.last
    flow = (
        _counted("Received", told.each("received"), CHANNELS, over),
        _counted("Finished", told.finished(), ENDINGS, over),
    )
    open_ = Counted(title="Open at the end" if over else "Open now", total=told.open())
    others = (
        _counted("Appeals decided", told.each("appeal"), APPEALS, over),
        _counted("Estimates that came due", told.each("estimate"), ESTIMATES, over),
    )
    tables: tuple[Counted, ...] = (*flow, open_, *others)
    waits = (
        _waited("From the report to the first estimate", told.each("to_estimate")),
        _waited("From the report to the decision", told.each("to_decision")),
    )
    if totals_from_5:
        hidden = any(map(_is_small, flow))  # by what is open that could be worked out
        tables = tuple(map(_from_5, (*flow, *(() if hidden else (open_,)), *others)))
    return Year(year=year, over=over, tables=tables, waits=waits if over else ())


class _Counting:
    """What is counted of one year."""

    def __init__(self, year: int, all_: Iterable[History], outcomes: Outcomes) -> None:
        self._year, self.last = f"{year}-", f"{year}-12"
        self._all = [[one for one in history if one.month <= self.last] for history in all_]
        self._kinds = {one.name: one.kind for one in outcomes}

    def each(self, what: What) -> Counter[str]:
        """Count by how it happened what did in the year."""
        return Counter(one.how for history in self._all for one in history if self._is(one, what))

    def finished(self) -> Counter[str]:
        """Count by the outcome what was finished in the year and still is at its end."""
        found = ((history, _standing(history)) for history in self._all)
        return Counter(
            self._outcome(history, end) for history, end in found if end and self._is(end, "finished")
        )

    def open(self) -> int:
        """Count what had been received, and wasn't finished, at the end."""
        waiting = (
            history
            for history in self._all
            if any(one.what == "received" for one in history)
            and ((end := _standing(history)) is None or end.what != "finished")
        )
        return sum(1 for _ in waiting)

    def _is(self, one: Happened, what: What) -> bool:
        return one.what == what and one.month.startswith(self._year)

    def _outcome(self, history: History, end: Happened) -> str:
        if end.how == UNDECIDED:
            return UNDECIDED
        stated = next((one.how for one in reversed(history) if one.what == "outcome"), UNSTATED)
        kind = self._kinds.get(stated, stated)
        return kind if kind in (*_MILD, *_MEASURES) else UNSTATED


def _standing(history: History) -> Happened | None:
    """Return the last end or beginning anew, None where there was neither."""
    return next((one for one in reversed(history) if one.what in ("finished", "reopened")), None)


def _counted(title: str, counts: Mapping[str, int], groupings: Sequence[Grouping], over: bool) -> Counted:
    total = sum(counts.values())
    rows = coarsened(groupings, counts) if over else ()
    return Counted(title=title, total=total, rows=rows, left_out=over and total > 0 and not rows)


def _from_5(table: Counted) -> Counted:
    return msgspec.structs.replace(table, total=None) if _is_small(table) else table


def _is_small(table: Counted) -> bool:
    return table.total is not None and 0 < table.total < LEAST


def _waited(title: str, counts: Mapping[str, int]) -> Waited:
    """Say within how long half and nine of ten were there, in the words of `Coarse`."""
    words: tuple[str, ...] = get_args(Coarse)
    number = sum(counts.values())
    return Waited(
        title=title,
        none=number == 0,
        half=_share(words, counts, number, 50) if number >= HALF_FROM else "",
        most=_share(words, counts, number, 90) if number >= NINETIETH_FROM else "",
    )


def _share(words: Sequence[str], counts: Mapping[str, int], number: int, percent: int) -> str:
    """Return the shortest span within which so many of a hundred were."""
    seen = 0
    for word in words[:-1]:
        seen += counts.get(word, 0)
        if seen * 100 >= number * percent:
            return f"within {word}"
    return f"more than {words[-2]}"
