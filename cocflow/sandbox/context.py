"""What every REST route needs: who asks, what they may do, the JSON body, pages and answers."""

from __future__ import annotations

import itertools
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from flask import Response, g, request

from cocflow.sandbox.access import Access, Identity, open_repository
from cocflow.sandbox.issues import Transaction
from cocflow.sandbox.refusals import Refusal, not_found
from cocflow.sandbox.store import Store

PAGE, LARGEST_PAGE = 30, 100
CREATED = 201
SERVED = "cocflow.sandbox.served"
"""Where a request carries what it is for."""


class Served:
    """What one application serves and keeps; the routes are shared by all of a process."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.numbers = itertools.count(1)
        """Of the requests."""
        self.loose: dict[str, dict[str, Any]] = {}
        """The trees and commits of git that were made, by sha."""


def served() -> Served:
    """Return what this request is for."""
    found: Served = request.environ[SERVED]
    return found


def store() -> Store:
    """Return the store that this request is for."""
    return served().store


def base() -> str:
    """Return the address that this request reached the API under."""
    return request.host_url.rstrip("/") + request.script_root


def me() -> Identity:
    """Return whose token the request carries."""
    identity: Identity = g.identity
    return identity


def wants_new_ids() -> bool:
    """Whether the request asks for every node id in the new form."""
    return request.headers.get("X-Github-Next-Global-ID") == "1"


def access(owner: str, name: str) -> Access:
    """Return what the request may do in a repository; permissions never lag. A former name sends on."""
    with store().read() as db:
        found = open_repository(db, me(), owner, name)
    g.repository_id = found.repository["id"]
    if found.repository["name"].casefold() != name.casefold():
        # A read is sent on for good, a write is to be repeated as it was.
        status = 301 if request.method in ("GET", "HEAD") else 307
        place = _by_number(request.full_path.rstrip("?"))
        raise Refusal(status, "Moved Permanently", headers={"Location": place})
    return found


def _by_number(path: str) -> str:
    """Return a path under a repository's number, which stays when its name changes."""
    number = g.get("repository_id")
    return path if number is None else re.sub(r"^/repos/[^/]+/[^/?]+", f"/repositories/{number}", path)


def transaction(owner: str, name: str) -> Transaction:
    """Open the operations on a repository's issues for one transaction."""
    return Transaction(store(), access(owner, name))


@contextmanager
def reading(*, listing: bool = False) -> Iterator[sqlite3.Connection]:
    """Read from the database; listings may lag."""
    with store().read(listing=listing) as db:
        yield db


def find_account(db: sqlite3.Connection, login: str) -> sqlite3.Row:
    """Return an account by its login; 404 if there is none."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM account WHERE login = ?", (login,)).fetchone()
    if row is None:
        raise not_found()
    return row


def sent() -> dict[str, Any]:
    """Return the JSON object that was sent; 400 if it isn't one."""
    raw = request.get_data()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if not isinstance(body, dict):
        raise Refusal(400, "Body should be a JSON object")
    return body


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    response = Response(msgspec.json.encode(body), status, content_type="application/json; charset=utf-8")
    if status == CREATED and isinstance(body, dict) and "url" in body:
        response.headers["Location"] = body["url"]
    response.headers.update(headers or {})
    return response


def nothing() -> Response:
    """Return 204."""
    return Response(status=204)


@dataclass(frozen=True)
class Page:
    """The page of a list that was asked for."""

    number: int
    size: int

    @property
    def sql(self) -> str:
        """Return the limits of the query."""
        return f" LIMIT {self.size} OFFSET {(self.number - 1) * self.size}"

    def link(self, total: int) -> dict[str, str]:
        """Return the ``Link`` header; none if everything is on one page."""
        last = max(1, -(-total // self.size))
        relations = {"prev": self.number - 1, "next": self.number + 1, "last": last, "first": 1}
        if self.number <= 1:
            del relations["prev"], relations["first"]
        if self.number >= last:
            del relations["next"], relations["last"]
        links = [f'<{self._address(number)}>; rel="{relation}"' for relation, number in relations.items()]
        return {"Link": ", ".join(links)} if links else {}

    def _address(self, number: int) -> str:
        query = request.args.to_dict() | {"page": str(number)}
        return f"{base()}{_by_number(request.path)}?{urlencode(query)}"


def page() -> Page:
    """Return the page asked for: at most 100 entries, 30 unless told."""
    size = request.args.get("per_page", PAGE, type=int)
    return Page(max(1, request.args.get("page", 1, type=int)), min(max(1, size), LARGEST_PAGE))


def listed(bodies: list[Any]) -> Response:
    """Return the asked page of a list that is small enough to be made whole."""
    asked = page()
    start = (asked.number - 1) * asked.size
    return answer(bodies[start : start + asked.size], headers=asked.link(len(bodies)))
