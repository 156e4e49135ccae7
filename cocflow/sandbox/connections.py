"""GraphQL's lists: windows over ordered rows, with cursors that appends and removals don't disturb."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cocflow.sandbox.ids import cursor, parse_cursor
from cocflow.sandbox.refusals import Refusal

LARGEST = 100
Node = dict[str, Any]


@dataclass(frozen=True)
class Window:
    """Which part of a list was asked for."""

    field: str
    first: int | None = None
    last: int | None = None
    after: str | None = None
    before: str | None = None
    skip: int | None = None

    def check(self) -> None:
        """Refuse a list without bounds or with bounds over a hundred, as GitHub does."""
        if self.first is None and self.last is None:
            message = (
                "You must provide a `first` or `last` value to properly paginate"
                f" the `{self.field}` connection."
            )
            raise Refusal(422, message, kind="MISSING_PAGINATION_BOUNDARIES")
        for name, size in (("first", self.first), ("last", self.last)):
            if size is not None and size < 0:
                message = f"`{name}` on the `{self.field}` connection cannot be less than zero."
                raise Refusal(422, message, kind="INVALID_PAGINATION_BOUNDARIES")
            if size is not None and size > LARGEST:
                message = (
                    f"Requesting {size} records on the `{self.field}` connection exceeds the `{name}` limit"
                    f" of {LARGEST} records."
                )
                raise Refusal(422, message, kind="EXCESSIVE_PAGINATION")

    def bound(self, text: str | None, width: int) -> tuple[int, ...] | None:
        """Return the position of a cursor; one that isn't of this list is refused."""
        if text is None:
            return None
        position = parse_cursor(text)
        if position is None or len(position) != width:
            raise Refusal(
                422, f"`{text}` does not appear to be a valid cursor.", kind="INVALID_CURSOR_ARGUMENTS"
            )
        return position


@dataclass(frozen=True)
class Ordered:
    """Rows of a table under a condition, in the order of integer columns (all one way)."""

    tables: str
    where: str
    values: tuple[Any, ...]
    columns: tuple[str, ...] = ("id",)
    descending: bool = False
    select: str = "*"

    def count(self, db: sqlite3.Connection) -> int:
        """Return how many rows there are."""
        query = f"SELECT count(*) FROM {self.tables} WHERE {self.where}"
        return int(db.execute(query, self.values).fetchone()[0])

    def narrowed(self, window: Window) -> Ordered:
        """Return the rows after and before the window's cursors."""
        where, values = self.where, self.values
        for text, later in ((window.after, True), (window.before, False)):
            position = window.bound(text, len(self.columns))
            if position is not None:
                sign = ">" if later != self.descending else "<"
                marks = ", ".join("?" * len(position))
                where = f"{where} AND ({', '.join(self.columns)}) {sign} ({marks})"
                values = (*values, *position)
        return Ordered(self.tables, where, values, self.columns, self.descending, self.select)

    def rows(self, db: sqlite3.Connection, window: Window) -> tuple[list[sqlite3.Row], bool]:
        """Return the window's rows, and whether there are more beyond its open end."""
        backwards = window.first is None
        size = (window.last if backwards else window.first) or 0
        narrowed = self.narrowed(window)
        direction = "DESC" if self.descending != backwards else "ASC"
        order = ", ".join(f"{column} {direction}" for column in self.columns)
        query = (
            f"SELECT {self.select} FROM {self.tables} WHERE {narrowed.where}"
            f" ORDER BY {order} LIMIT {size + 1}"
            f" OFFSET {window.skip or 0}"
        )
        rows = db.execute(query, narrowed.values).fetchall()
        found = rows[:size]
        if backwards:
            found.reverse()
        if window.first is not None and window.last is not None:
            found = found[-window.last :] if window.last else []
        return found, len(rows) > size

    def position(self, row: sqlite3.Row) -> str:
        """Return a row's cursor."""
        return cursor(*(row[column.rpartition(".")[2]] for column in self.columns))


def page_info(window: Window, cursors: Sequence[str], more: bool) -> Node:
    """Return ``PageInfo``; at the end that wasn't looked at, GitHub only tells if a cursor says so."""
    forwards = window.first is not None
    return {
        "startCursor": cursors[0] if cursors else None,
        "endCursor": cursors[-1] if cursors else None,
        "hasNextPage": more if forwards else window.before is not None,
        "hasPreviousPage": window.after is not None if forwards else more,
    }


def from_rows(
    db: sqlite3.Connection,
    rows: Ordered,
    window: Window,
    to_nodes: Callable[[list[sqlite3.Row]], list[Node]],
) -> Node:
    """Return a connection over table rows."""
    window.check()
    found, more = rows.rows(db, window)
    nodes = to_nodes(found)
    return {
        "nodes": nodes,
        "edges": lambda _: [
            {"cursor": rows.position(row), "node": node} for row, node in zip(found, nodes, strict=True)
        ],
        "pageInfo": page_info(window, [rows.position(row) for row in (*found[:1], *found[-1:])], more),
        "totalCount": lambda _: rows.count(db),
        "filteredCount": lambda _: rows.narrowed(window).count(db),
        "pageCount": len(nodes),
    }


def from_list(nodes: Sequence[Node], window: Window, edges: Sequence[Node] | None = None) -> Node:
    """Return a connection over a short list; cursors are places in it."""
    window.check()
    after, before = window.bound(window.after, 1), window.bound(window.before, 1)
    places = list(range(after[0] + 1 if after else 0, min(before[0] if before else len(nodes), len(nodes))))
    chosen = places[: window.first] if window.first is not None else places
    if window.last is not None:
        chosen = chosen[-window.last :] if window.last else []
    more = len(places) > len(chosen)
    cursors = [cursor(place) for place in chosen]
    extra = edges or [{} for _ in nodes]
    return {
        "nodes": [nodes[place] for place in chosen],
        "edges": [
            {"cursor": at, "node": nodes[place]} | extra[place]
            for at, place in zip(cursors, chosen, strict=True)
        ],
        "pageInfo": page_info(window, cursors, more),
        "totalCount": len(nodes),
    }
