"""Outcomes as data: what `workflows/outcomes.yml` says, checked and frozen.

Owns the shape of the vocabulary in which a resolution says how an incident ended for somebody, and its order
of gravity. No outcome is known to the program by its name. Refuses to read files (`process/` does).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

Table: TypeAlias = Literal["no violation", "talk", "warning", "suspension", "ban"]
"""The row of the yearly report in which an outcome is counted."""

Ending: TypeAlias = Literal["none", "needed", "optional"]
"""Whether an outcome is said with an end, as in `limits until 30 days`."""

From: TypeAlias = Literal["closed", "end"]
"""From when a note is kept: from the incident's closing, or from the outcome's own end."""

OUTCOME_PREFIX = "outcome: "
"""How the label of an outcome begins."""

FOR_ALL = "resolution"
"""The letter to somebody for whom no outcome is stated."""


class Keep(msgspec.Struct, frozen=True):
    """How long a note of an outcome is kept: so many months, from when."""

    months: int
    since: From


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an incident may end for somebody.

    `end`: whether it is said with an end. `counts`: for how many months it counts if it happens again.
    `voices`: how many must agree. `heard`: the person must have been asked before. `suspends`: it suspends
    their account; without an end it is for good. `measure`: a measure was taken. `table`: the row in which it
    is counted. `letter`: the template, in `templates/party/`, that tells it; `asked_only`: only to somebody
    who was asked.
    """

    name: str
    means: str
    table: Table
    keep: Keep
    end: Ending = "none"
    counts: int | None = None
    voices: int | Literal["two_thirds"] = 1
    heard: bool = False
    suspends: bool = False
    measure: bool = False
    letter: str = FOR_ALL
    asked_only: bool = False

    @property
    def label(self) -> str:
        """The quick label that states it."""
        return f"{OUTCOME_PREFIX}{self.name}"

    @property
    def kind(self) -> str:
        """As what a year's report counts it, from then on when it was decided."""
        return kind_of(self.table, measure=self.measure)

    @property
    def form(self) -> str:
        """How it is written after a name and a colon, with what has to be filled in."""
        return f"{self.name} until <when>" if self.end == "needed" else self.name


class Outcomes(msgspec.Struct, frozen=True):
    """The vocabulary, from mildest to gravest; empty where there is none."""

    version: str = ""
    all: tuple[Outcome, ...] = ()

    def __iter__(self) -> Iterator[Outcome]:
        return iter(self.all)

    def __bool__(self) -> bool:
        return bool(self.all)

    def __getitem__(self, name: str) -> Outcome:
        """Return the outcome of that name; KeyError if there is none (any more)."""
        found = self.get(name)
        if found is None:
            raise KeyError(name)
        return found

    def get(self, name: str) -> Outcome | None:
        """Return the outcome of that name, None if there is none (any more)."""
        return next((one for one in self.all if one.name == name), None)

    def gravest(self, names: Iterable[str]) -> Outcome | None:
        """Return the gravest of these outcomes, None where none of them is known."""
        said = frozenset(names)
        return next((one for one in reversed(self.all) if one.name in said), None)


def kind_of(table: Table, *, measure: bool) -> str:
    """Return as what an outcome of that row is counted. No outcome has such a name."""
    return f"{table}: {'a' if measure else 'no'} measure"


def kept(outcome: Outcome) -> tuple[int, From]:
    """Return for how many months a note of an outcome is kept, and from when."""
    return outcome.keep.months, outcome.keep.since


def months_after(at: datetime, months: int) -> datetime:
    """Return the same day and time so many months later, or the last day of that month."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))
