"""Search: GitHub's words, qualifiers, AND, OR, NOT and brackets, over what one may see.

A word is found in any place of a text, and what GitHub ranks is ordered by age: newest first.
"""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cocflow.sandbox.access import READ, Identity, access_to, repository_by_id
from cocflow.sandbox.clock import parse_instant
from cocflow.sandbox.refusals import Refusal, invalid

DAY = 24 * 3600
TOKEN = re.compile(r'\(|\)|-?[a-z-]+:(?:"[^"]*"|[^\s()]+)|"[^"]*"|[^\s()]+', re.IGNORECASE)
Condition = tuple[str, tuple[Any, ...]]
"""SQL about an issue `i` (or none) of a repository `r` of an account `a`, and its values."""

NOBODY = "(SELECT id FROM account WHERE login = ?)"
ASSIGNED = f"SELECT issue_id FROM issue_assignee WHERE account_id = {NOBODY}"
MENTIONING = (
    "SELECT id FROM issue WHERE instr(lower(coalesce(body, '')), '@' || lower(?))"
    " UNION SELECT issue_id FROM comment WHERE instr(lower(body), '@' || lower(?))"
)
COMMENTED = f"SELECT issue_id FROM comment WHERE author_id = {NOBODY}"
LABELLED = "SELECT il.issue_id FROM issue_label il JOIN label l ON l.id = il.label_id WHERE l.name = ?"
PLACES = {
    "title": "instr(lower(i.title), lower(?))",
    "body": "instr(lower(coalesce(i.body, '')), lower(?))",
    "comments": "i.id IN (SELECT issue_id FROM comment WHERE instr(lower(body), lower(?)))",
}
IS: dict[str, str] = {
    "issue": "TRUE",
    "pr": "FALSE",
    "pull-request": "FALSE",
    "open": "i.state = 'open'",
    "closed": "i.state = 'closed'",
    "locked": "i.locked",
    "unlocked": "NOT i.locked",
    "public": "r.visibility = 'public'",
    "private": "r.visibility = 'private'",
    "internal": "r.visibility = 'internal'",
}
SAME = {"type": "is", "state": "is", "visibility": "is", "org": "user", "owner": "user"}
"""Qualifiers that ask what another one asks."""
SORTS = {"created": "created_at", "updated": "updated_at", "comments": "comment_count", "closed": "closed_at"}


@dataclass
class Reading:
    """A query that is being read: what is left of it, and what holds for the whole of it."""

    identity: Identity
    kind: str
    tokens: list[str]
    places: tuple[str, ...] = ()
    homes: list[Condition] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    """The repositories that were named."""
    order: tuple[str, str] = ("created", "desc")

    def expression(self) -> Condition:
        """Read up to a closing bracket or the end: OR binds less than AND, which may be left out."""
        found = [self._all_of()]
        while self.tokens and self.tokens[0] == "OR":
            self.tokens.pop(0)
            found.append(self._all_of())
        return _joined(" OR ", found)

    def _all_of(self) -> Condition:
        found: list[Condition] = []
        while self.tokens and self.tokens[0] not in (")", "OR"):
            if self.tokens[0] == "AND":
                self.tokens.pop(0)
            elif (one := self._one()) is not None:
                found.append(one)
        return _joined(" AND ", found)

    def _one(self) -> Condition | None:
        word = self.tokens.pop(0)
        if word == "NOT" and self.tokens:
            return _negated(self._one())
        if word == "(":
            inner = self.expression()
            if self.tokens:
                self.tokens.pop(0)
            return inner
        name, colon, value = word.removeprefix("-").partition(":")
        known = SAME.get(name.lower(), name.lower())
        if not colon or known not in QUALIFIERS:
            return self._words(word.strip('"'))
        found = QUALIFIERS[known](self, value.strip('"'))
        return _negated(found) if word.startswith("-") else found

    def _words(self, text: str) -> Condition:
        if self.kind == "REPOSITORY":
            return "instr(lower(r.name || ' ' || coalesce(r.description, '')), lower(?))", (text,)
        places = self.places or tuple(PLACES)
        return _joined(" OR ", [(PLACES[place], (text,)) for place in places])

    def login(self, value: str) -> str:
        """Return the login that a qualifier names; @me is one's own."""
        return self.identity.login if value == "@me" else value

    # qualifiers

    def repo(self, value: str) -> None:
        """Look in this repository, and in others that are named so."""
        self.named.append(value)
        self.homes.append(("lower(a.login || '/' || r.name) = lower(?)", (value,)))

    def user(self, value: str) -> None:
        """Look in the repositories of this account, and in others that are named."""
        self.homes.append(("a.login = ?", (self.login(value),)))

    def where(self, value: str) -> None:
        """Look for words in these places only."""
        self.places = tuple(one for one in value.lower().split(",") if one in PLACES)

    def sort(self, value: str) -> None:
        """Order what is found: created, updated, comments, each -asc or -desc."""
        by, _, direction = value.partition("-")
        self.order = (by if by in SORTS else "created", "asc" if direction == "asc" else "desc")

    def involving(self, value: str) -> Condition:
        """Find what somebody wrote, was assigned, commented on or was mentioned in."""
        login = self.login(value)
        return _joined(
            " OR ",
            [
                (f"i.author_id = {NOBODY}", (login,)),
                (f"i.id IN ({ASSIGNED})", (login,)),
                (f"i.id IN ({COMMENTED})", (login,)),
                (f"i.id IN ({MENTIONING})", (login, login)),
            ],
        )


def _joined(word: str, conditions: list[Condition]) -> Condition:
    if not conditions:
        return "TRUE", ()
    sql = word.join(f"({one})" for one, _ in conditions)
    return sql, tuple(value for _, values in conditions for value in values)


def _negated(condition: Condition | None) -> Condition | None:
    return None if condition is None else (f"NOT ({condition[0]})", condition[1])


def _label(_: Reading, value: str) -> Condition:
    names = [one.strip('"') for one in value.split(",")]
    return _joined(" OR ", [(f"i.id IN ({LABELLED})", (name,)) for name in names])


def _is(_: Reading, value: str) -> Condition:
    return IS.get(value.lower(), "FALSE"), ()


def _none(_: Reading, value: str) -> Condition:
    tables = {"label": "issue_label", "assignee": "issue_assignee"}
    table = tables.get(value.lower())
    return (f"i.id NOT IN (SELECT issue_id FROM {table})" if table else "TRUE"), ()


def _when(column: str) -> Callable[[Reading, str], Condition]:
    def condition(_: Reading, value: str) -> Condition:
        sign, text = re.fullmatch(r"(>=|<=|>|<|)(.*)", value, re.DOTALL).groups()  # type: ignore[union-attr]
        first, dots, last = text.partition("..")
        try:
            if dots:
                return f"i.{column} BETWEEN ? AND ?", (_instant(first, 0), _instant(last, 1))
            if sign:
                return f"i.{column} {sign} ?", (_instant(text, int(sign in ("<=", ">"))),)
            return f"i.{column} BETWEEN ? AND ?", (_instant(text, 0), _instant(text, 1))
        except ValueError:
            raise invalid("Search", "q", "invalid") from None

    return condition


def _instant(text: str, end: int) -> int:
    """Return an instant, or the first or the last second of a day."""
    day = re.fullmatch(r"\d{4}-\d\d-\d\d", text)
    return parse_instant(text) + (DAY - 1 if day and end else 0)


QUALIFIERS: dict[str, Callable[[Reading, str], Condition | None]] = {
    "repo": Reading.repo,
    "user": Reading.user,
    "sort": Reading.sort,
    "is": _is,
    "no": _none,
    "label": _label,
    "author": lambda asked, value: (f"i.author_id = {NOBODY}", (asked.login(value),)),
    "assignee": lambda asked, value: (f"i.id IN ({ASSIGNED})", (asked.login(value),)),
    "commenter": lambda asked, value: (f"i.id IN ({COMMENTED})", (asked.login(value),)),
    "mentions": lambda asked, value: (f"i.id IN ({MENTIONING})", (asked.login(value),) * 2),
    "involves": Reading.involving,
    "created": _when("created_at"),
    "updated": _when("updated_at"),
    "closed": _when("closed_at"),
    "archived": lambda _, value: (str(value.lower() != "true"), ()),  # there are none here
    "fork": lambda _, value: (str(value.lower() != "only"), ()),
}


def ids(
    db: sqlite3.Connection, identity: Identity, query: str, kind: str, sort: str | None = None
) -> list[int]:
    """Return the ids of what is found (kind: ISSUE or REPOSITORY), in order; 422 for what can't be."""
    # Where to look counts for every word, before it and after it.
    words = TOKEN.findall(query)
    asked = Reading(identity, kind, [one for one in words if not one.lower().startswith("in:")])
    asked.where(",".join(one[3:] for one in words if one.lower().startswith("in:")))
    if sort is not None:
        asked.sort(sort)
    condition = asked.expression()
    seen = _seen(db, identity, kind)
    _require_known(db, asked.named, seen)
    where, values = _joined(" AND ", [condition, _joined(" OR ", asked.homes)])
    table = "issue i JOIN repository r ON r.id = i.repository_id" if kind == "ISSUE" else "repository r"
    column, direction = SORTS[asked.order[0]], asked.order[1]
    what = "i" if kind == "ISSUE" else "r"
    if kind == "REPOSITORY" and asked.order[0] not in ("created", "updated"):
        column = "created_at"
    order = f"{what}.{column} {direction}, {what}.id {direction}"
    rows = db.execute(
        f"SELECT {what}.id FROM {table} JOIN account a ON a.id = r.owner_id WHERE {where}"
        f" AND r.id IN ({', '.join(map(str, seen))}) ORDER BY {order}",
        values,
    )
    return [row["id"] for row in rows]


def _seen(db: sqlite3.Connection, identity: Identity, kind: str) -> list[int]:
    """Return the repositories that may be seen, and whose issues may be where issues are asked for."""
    found = []
    for row in db.execute("SELECT id FROM repository").fetchall():
        try:
            access = access_to(db, identity, repository_by_id(db, row["id"]))
        except Refusal:
            continue
        if kind == "REPOSITORY" or access.may(READ):
            found.append(row["id"])
    return found


def _require_known(db: sqlite3.Connection, named: list[str], seen: list[int]) -> None:
    if not named:
        return
    rows = [repository_by_id(db, one) for one in seen]
    known = {f"{row['owner_login']}/{row['name']}".casefold() for row in rows}
    if not known & {name.casefold() for name in named}:
        message = (
            "The listed users and repositories cannot be searched either because the resources do not exist"
            " or you do not have permission to view them."
        )
        raise invalid("Search", "q", "invalid", message)
