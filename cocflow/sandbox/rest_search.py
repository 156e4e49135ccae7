"""REST routes of search."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render, search
from cocflow.sandbox.access import access_to, repository_by_id
from cocflow.sandbox.context import answer, base, me, page, reading
from cocflow.sandbox.refusals import invalid

routes = Blueprint("search", __name__)


@routes.get("/search/issues")
def search_issues() -> Response:
    """Search issues among those that may be seen: ?q, sort, order."""
    return _search("ISSUE", _issue)


@routes.get("/search/repositories")
def search_repositories() -> Response:
    """Search repositories among those that may be seen: ?q, sort, order."""
    return _search("REPOSITORY", _repository)


def _search(kind: str, shown: Any) -> Response:
    query, asked = request.args.get("q", "").strip(), page()
    if not query:
        raise invalid("Search", "q", "missing")
    sort = request.args.get("sort") and f"{request.args['sort']}-{request.args.get('order', 'desc')}"
    with reading(listing=True) as db:
        found = search.ids(db, me(), query, kind, sort)
        some = found[(asked.number - 1) * asked.size :][: asked.size]
        items = [shown(db, one) | {"score": 1.0} for one in some]
    body = {"total_count": len(found), "incomplete_results": False, "items": items, "search_type": "lexical"}
    return answer(body, headers=asked.link(len(found)))


def _issue(db: sqlite3.Connection, number: int) -> dict[str, Any]:
    row = db.execute("SELECT * FROM issue WHERE id = ?", (number,)).fetchone()
    return render.issues(db, base(), repository_by_id(db, row["repository_id"]), [row])[0]


def _repository(db: sqlite3.Connection, number: int) -> dict[str, Any]:
    found = access_to(db, me(), repository_by_id(db, number))
    return render.repository(db, base(), found.repository, found.level)
