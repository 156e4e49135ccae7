"""Rows: what was measured, beside what; and the table of them, for a terminal and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from rich import box
from rich.table import Table

HEADINGS = ("", "measured", "reference", "ratio", "budget", "holds")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One figure beside its reference. `limit` is the budget: how many times the reference is allowed.

    A row without `limit` only informs. `skipped` says why a row could not be measured here.
    """

    group: str
    name: str
    measured: float = 0.0
    reference: float = 0.0
    unit: str = ""
    beside: str = ""
    limit: float | None = None
    skipped: str = ""

    @property
    def ratio(self) -> float:
        """The measured figure by its reference; nothing by nothing is 1."""
        if self.reference:
            return self.measured / self.reference
        return 1.0 if not self.measured else float("inf")

    @property
    def holds(self) -> bool:
        """Whether the budget holds; a row without one, or a skipped one, is held against nobody."""
        if self.skipped or self.limit is None:
            return True
        return self.measured <= self.limit * self.reference

    def cells(self) -> tuple[str, ...]:
        """Return the row as text, under `HEADINGS`."""
        if self.skipped:
            return (self.name, "skipped", self.skipped, "", "", "")
        return (
            self.name,
            f"{_figure(self.measured)} {self.unit}".strip(),
            f"{_figure(self.reference)} {self.unit} {self.beside}".replace("  ", " ").strip(),
            f"{self.ratio:.2f}" if self.ratio >= 0.01 else f"{self.ratio:.1g}",
            "" if self.limit is None else f"≤ {self.limit:g} ×",
            "" if self.limit is None else "yes" if self.holds else "NO",
        )


def _figure(number: float) -> str:
    """Return a number with the digits that say something."""
    if number == int(number):
        return f"{int(number):,}"
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"


def groups(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the rows by group, in order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.group, []).append(row)
    return found


def as_table(rows: Iterable[Row]) -> Table:
    """Return the rows as one table for a terminal."""
    table = Table(*HEADINGS, box=box.SIMPLE_HEAD, title="What cocflow costs")
    for group, members in groups(rows).items():
        table.add_section()
        table.add_row(f"[bold]{group}[/bold]")
        for row in members:
            style = "" if row.holds else "bold red"
            table.add_row(*row.cells(), style=style)
    return table


def as_markdown(rows: Iterable[Row], before: str = "") -> str:
    """Return the rows as Markdown, one table a group; `before`: the page that this takes the place of.

    A group of which nothing could be measured here is kept as it was seen last.
    """
    parts: list[str] = []
    for group, members in groups(rows).items():
        heading = f"## {group}"
        seen = re.search(rf"^{re.escape(heading)}\n.*?(?=\n+## |\s*\Z)", before, re.MULTILINE | re.DOTALL)
        if seen and all(row.skipped for row in members):
            parts.append(seen[0])
            continue
        lines = [heading, "", _line(HEADINGS), _line("-" * len(HEADINGS))]
        parts.append("\n".join([*lines, *(_line(row.cells()) for row in members)]))
    return "\n\n".join(parts)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
