"""REST routes of issues, comments, labels, timelines and sub-issues."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import READ, Access, access_to, readers, repository_by_id
from cocflow.sandbox.clock import parse_instant
from cocflow.sandbox.context import (
    access,
    answer,
    base,
    listed,
    me,
    nothing,
    page,
    reading,
    sent,
    transaction,
)
from cocflow.sandbox.issues import find_comment, find_issue, find_label
from cocflow.sandbox.refusals import Refusal, invalid, not_found

routes = Blueprint("issues", __name__)
ROOT = "/repos/<owner>/<repo>"
ISSUE = f"{ROOT}/issues/<int:number>"
SORTS = {"created": "created_at", "updated": "updated_at", "comments": "comment_count"}


def _readable(owner: str, repo: str) -> Access:
    found = access(owner, repo)
    found.require(READ)
    return found


def _issue(db: sqlite3.Connection, found: Access, number: int) -> dict[str, Any]:
    return render.issues(db, base(), found.repository, [find_issue(db, found, number)])[0]


def _anywhere(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any] | None:
    """Return an issue of whichever repository; None if that may not be seen."""
    try:
        found = access_to(db, me(), repository_by_id(db, row["repository_id"]))
    except Refusal:
        return None
    return render.issues(db, base(), found.repository, [row])[0]


def _comment(db: sqlite3.Connection, found: Access, comment_id: int) -> dict[str, Any]:
    return render.comments(db, base(), found.repository, [find_comment(db, found, comment_id)])[0]


def _names(value: Any) -> list[str]:
    # GitHub takes names, or objects with a name, in an array or under "labels".
    listed_names = value.get("labels", []) if isinstance(value, dict) else value
    if not isinstance(listed_names, list):
        raise invalid("Label", "labels", "invalid")
    return [str(one["name"] if isinstance(one, dict) else one) for one in listed_names]


def _since() -> int | None:
    since = request.args.get("since")
    try:
        return None if since is None else parse_instant(since)
    except ValueError:
        raise invalid("Issue", "since", "invalid") from None


def _filters(repository_id: int) -> tuple[str, list[Any]]:
    where, values = ["repository_id = ?"], [repository_id]
    arguments: list[Any] = [*values]
    state = request.args.get("state", "open")
    if state not in ("open", "closed", "all"):
        raise invalid("Issue", "state", "invalid")
    if state != "all":
        where.append("state = ?")
        arguments.append(state)
    since = _since()
    if since is not None:
        where.append("updated_at >= ?")
        arguments.append(since)
    if request.args.get("creator"):
        where.append("author_id = (SELECT id FROM account WHERE login = ?)")
        arguments.append(request.args["creator"])
    for name in filter(None, request.args.get("labels", "").split(",")):
        where.append(
            "id IN (SELECT issue_id FROM issue_label il JOIN label l ON l.id = il.label_id"
            " WHERE l.repository_id = ? AND l.name = ?)"
        )
        arguments += [repository_id, name]
    return " AND ".join(where), arguments


@routes.get(f"{ROOT}/issues")
def list_issues(owner: str, repo: str) -> Response:
    """List issues, newest first unless told otherwise."""
    found = _readable(owner, repo)
    where, values = _filters(found.repository["id"])
    column = SORTS.get(request.args.get("sort", "created"), "created_at")
    direction = "ASC" if request.args.get("direction") == "asc" else "DESC"
    asked = page()
    order = f" ORDER BY {column} {direction}, id {direction}{asked.sql}"
    with reading(listing=True) as db:
        total = db.execute(f"SELECT count(*) FROM issue WHERE {where}", values).fetchone()[0]
        rows = db.execute(f"SELECT * FROM issue WHERE {where}{order}", values).fetchall()
        return answer(render.issues(db, base(), found.repository, rows), headers=asked.link(total))


@routes.post(f"{ROOT}/issues")
def open_issue(owner: str, repo: str) -> Response:
    """Open an issue."""
    with transaction(owner, repo) as at:
        body = sent()
        issue = at.open_issue(body.get("title"), body.get("body"), _names(body.get("labels") or []))
        return answer(_issue(at.db, at.access, issue["number"]), 201)


@routes.get(ISSUE)
def get_issue(owner: str, repo: str, number: int) -> Response:
    """Show one issue; this never lags."""
    found = _readable(owner, repo)
    with reading() as db:
        return answer(_issue(db, found, number))


@routes.patch(ISSUE)
def change_issue(owner: str, repo: str, number: int) -> Response:
    """Edit, close, reopen or label an issue."""
    changes = sent()
    if changes.get("labels") is not None:
        changes["labels"] = _names(changes["labels"])
    with transaction(owner, repo) as at:
        at.change_issue(number, changes)
        return answer(_issue(at.db, at.access, number))


@routes.get(f"{ISSUE}/labels")
def list_issue_labels(owner: str, repo: str, number: int) -> Response:
    """List the labels on an issue."""
    found = _readable(owner, repo)
    with reading(listing=True) as db:
        return listed(_issue(db, found, number)["labels"])


@routes.route(f"{ISSUE}/labels", methods=["POST", "PUT", "DELETE"])
def change_issue_labels(owner: str, repo: str, number: int) -> Response:
    """Add to, set, or clear the labels on an issue."""
    names = [] if request.method == "DELETE" else _names(_array_or_object())
    with transaction(owner, repo) as at:
        if request.method == "POST":
            at.add_labels(number, names)
        else:
            at.set_labels(number, names)
        if request.method == "DELETE":
            return nothing()
        return answer(_issue(at.db, at.access, number)["labels"])


def _array_or_object() -> Any:
    body = request.get_json(force=True, silent=True)
    return [] if body is None else body


@routes.delete(f"{ISSUE}/labels/<path:name>")
def remove_issue_label(owner: str, repo: str, number: int, name: str) -> Response:
    """Take one label off; answers with those that are left."""
    with transaction(owner, repo) as at:
        at.remove_label(number, name)
        return answer(_issue(at.db, at.access, number)["labels"])


@routes.get(f"{ROOT}/assignees")
def list_assignees(owner: str, repo: str) -> Response:
    """List to whom an issue can be assigned: everybody who may read it."""
    found = _readable(owner, repo)
    with reading(listing=True) as db:
        people = readers(db, found.repository, "ALL")
        return listed([render.account(base(), row) for row, _ in people])


@routes.route(f"{ISSUE}/assignees", methods=["POST", "DELETE"])
def change_assignees(owner: str, repo: str, number: int) -> Response:
    """Assign an issue to people, or take them off."""
    logins = [str(one) for one in sent().get("assignees") or ()]
    with transaction(owner, repo) as at:
        if request.method == "POST":
            at.assign(number, logins)
            return answer(_issue(at.db, at.access, number), 201)
        at.unassign(number, logins)
        return answer(_issue(at.db, at.access, number))


@routes.get(f"{ISSUE}/comments")
def list_comments(owner: str, repo: str, number: int) -> Response:
    """List an issue's comments, oldest first."""
    found = _readable(owner, repo)
    with reading(listing=True) as db:
        issue = find_issue(db, found, number)
        return _comments(db, found, "i.id = ?", [issue["id"]], "c.id")


@routes.get(f"{ROOT}/issues/comments")
def list_all_comments(owner: str, repo: str) -> Response:
    """List the comments of all issues of a repository."""
    found = _readable(owner, repo)
    direction = "DESC" if request.args.get("direction") == "desc" else "ASC"
    column = "updated_at" if request.args.get("sort") == "updated" else "created_at"
    with reading(listing=True) as db:
        repository = found.repository["id"]
        return _comments(
            db, found, "i.repository_id = ?", [repository], f"c.{column} {direction}, c.id {direction}"
        )


def _comments(db: sqlite3.Connection, found: Access, where: str, values: list[Any], order: str) -> Response:
    since = _since()
    if since is not None:
        where, values = f"{where} AND c.updated_at >= ?", [*values, since]
    tables = f"FROM comment c JOIN issue i ON i.id = c.issue_id WHERE {where}"
    asked = page()
    total = db.execute(f"SELECT count(*) {tables}", values).fetchone()[0]
    query = f"SELECT c.*, i.number {tables} ORDER BY {order}{asked.sql}"
    rows = db.execute(query, values).fetchall()
    return answer(render.comments(db, base(), found.repository, rows), headers=asked.link(total))


@routes.post(f"{ISSUE}/comments")
def add_comment(owner: str, repo: str, number: int) -> Response:
    """Comment on an issue."""
    with transaction(owner, repo) as at:
        comment = at.add_comment(number, sent().get("body"))
        return answer(_comment(at.db, at.access, comment["id"]), 201)


COMMENT = f"{ROOT}/issues/comments/<int:comment_id>"


@routes.get(COMMENT)
def get_comment(owner: str, repo: str, comment_id: int) -> Response:
    """Show one comment; this never lags."""
    found = _readable(owner, repo)
    with reading() as db:
        return answer(_comment(db, found, comment_id))


@routes.patch(COMMENT)
def change_comment(owner: str, repo: str, comment_id: int) -> Response:
    """Edit a comment."""
    with transaction(owner, repo) as at:
        at.change_comment(comment_id, sent().get("body"))
        return answer(_comment(at.db, at.access, comment_id))


@routes.delete(COMMENT)
def delete_comment(owner: str, repo: str, comment_id: int) -> Response:
    """Delete a comment."""
    with transaction(owner, repo) as at:
        at.delete_comment(comment_id)
        return nothing()


@routes.get(f"{ISSUE}/events")
def list_events(owner: str, repo: str, number: int) -> Response:
    """List what happened to an issue, comments left out."""
    return _timeline(owner, repo, number, " AND kind != 'IssueComment'")


@routes.get(f"{ISSUE}/timeline")
def list_timeline(owner: str, repo: str, number: int) -> Response:
    """List what happened to an issue, comments included."""
    return _timeline(owner, repo, number, "")


def _timeline(owner: str, repo: str, number: int, condition: str) -> Response:
    found, asked = _readable(owner, repo), page()
    with reading(listing=True) as db:
        issue = find_issue(db, found, number)
        tables = f"FROM timeline WHERE issue_id = ?{condition}"
        total = db.execute(f"SELECT count(*) {tables}", (issue["id"],)).fetchone()[0]
        rows = db.execute(f"SELECT * {tables} ORDER BY id{asked.sql}", (issue["id"],)).fetchall()
        bodies = render.timeline(db, base(), found.repository, number, rows)
        return answer(bodies, headers=asked.link(total))


# locks


@routes.put(f"{ISSUE}/lock")
def lock_issue(owner: str, repo: str, number: int) -> Response:
    """Lock a conversation: {lock_reason?}."""
    with transaction(owner, repo) as at:
        at.lock(number, sent().get("lock_reason"))
        return nothing()


@routes.delete(f"{ISSUE}/lock")
def unlock_issue(owner: str, repo: str, number: int) -> Response:
    """Unlock a conversation."""
    with transaction(owner, repo) as at:
        at.unlock(number)
        return nothing()


# sub-issues


@routes.get(f"{ISSUE}/sub_issues")
def list_sub_issues(owner: str, repo: str, number: int) -> Response:
    """List an issue's sub-issues in their order."""
    found = _readable(owner, repo)
    with reading(listing=True) as db:
        issue = find_issue(db, found, number)
        query = "SELECT * FROM issue WHERE parent_id = ? ORDER BY parent_position"
        rows = db.execute(query, (issue["id"],)).fetchall()
        return listed([shown for row in rows if (shown := _anywhere(db, row)) is not None])


@routes.post(f"{ISSUE}/sub_issues")
def add_sub_issue(owner: str, repo: str, number: int) -> Response:
    """Put an issue, named by its database id, under this one."""
    body = sent()
    with transaction(owner, repo) as at:
        child = at.add_sub_issue(number, body.get("sub_issue_id"), replace=body.get("replace_parent") is True)
        return answer(_anywhere(at.db, child), 201)


@routes.delete(f"{ISSUE}/sub_issue")
def remove_sub_issue(owner: str, repo: str, number: int) -> Response:
    """Take an issue from under this one."""
    with transaction(owner, repo) as at:
        child = at.remove_sub_issue(number, sent().get("sub_issue_id"))
        shown = _anywhere(at.db, child) or {}
        return answer(shown, headers={"Location": shown["url"]} if shown else None)


@routes.get(f"{ISSUE}/parent")
def get_parent(owner: str, repo: str, number: int) -> Response:
    """Show the issue that this one is under."""
    found = _readable(owner, repo)
    with reading() as db:
        parent = find_issue(db, found, number)["parent_id"]
        row = db.execute("SELECT * FROM issue WHERE id = ?", (parent,)).fetchone()
        shown = None if row is None else _anywhere(db, row)
        if shown is None:
            raise not_found()
        return answer(shown)


# labels of the repository


@routes.get(f"{ROOT}/labels")
def list_labels(owner: str, repo: str) -> Response:
    """List a repository's labels by name."""
    found = _readable(owner, repo)
    with reading(listing=True) as db:
        query = "SELECT * FROM label WHERE repository_id = ? ORDER BY name"
        rows = db.execute(query, (found.repository["id"],))
        return listed([render.label(base(), found.repository, row) for row in rows])


@routes.post(f"{ROOT}/labels")
def create_label(owner: str, repo: str) -> Response:
    """Make a label."""
    body = sent()
    with transaction(owner, repo) as at:
        made = at.create_label(body.get("name"), body.get("color"), body.get("description"))
        return answer(render.label(base(), at.access.repository, made), 201)


@routes.get(f"{ROOT}/labels/<path:name>")
def get_label(owner: str, repo: str, name: str) -> Response:
    """Show a label."""
    found = _readable(owner, repo)
    with reading() as db:
        return answer(render.label(base(), found.repository, find_label(db, found, name)))


@routes.patch(f"{ROOT}/labels/<path:name>")
def change_label(owner: str, repo: str, name: str) -> Response:
    """Rename, recolour or describe a label."""
    with transaction(owner, repo) as at:
        changed = at.change_label(name, sent())
        return answer(render.label(base(), at.access.repository, changed))


@routes.delete(f"{ROOT}/labels/<path:name>")
def delete_label(owner: str, repo: str, name: str) -> Response:
    """Delete a label."""
    with transaction(owner, repo) as at:
        at.delete_label(name)
        return nothing()
