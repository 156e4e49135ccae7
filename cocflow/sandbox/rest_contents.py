"""REST routes of files: there is one branch, main, and its newest state."""

from __future__ import annotations

import base64
import binascii
import itertools
import re
import sqlite3
from hashlib import sha1
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import READ, WRITE, Access, require_workflow_scope
from cocflow.sandbox.clock import iso
from cocflow.sandbox.context import access, answer, base, me, reading, sent, store
from cocflow.sandbox.ids import blob_sha
from cocflow.sandbox.refusals import Refusal, invalid, not_found

routes = Blueprint("contents", __name__)
ROOT = "/repos/<owner>/<repo>/contents"
BRANCHES = (None, "main", "refs/heads/main", "HEAD")
WORKFLOWS = ".github/workflows/"
_commits = itertools.count(1)


def _file(db: sqlite3.Connection, found: Access, path: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM file WHERE repository_id = ? AND path = ?", (found.repository["id"], path)
    ).fetchone()
    return row


@routes.get(ROOT, defaults={"path": ""})
@routes.get(f"{ROOT}/<path:path>")
def get_contents(owner: str, repo: str, path: str) -> Response:
    """Show a file with its content, or list a folder."""
    found = access(owner, repo)
    found.require(READ, "contents")
    if request.args.get("ref") not in BRANCHES:
        raise Refusal(404, f"No commit found for the ref {request.args['ref']}")
    path = path.strip("/")
    with reading() as db:
        row = _file(db, found, path)
        if row is not None:
            return _shown(found, row)
        entries = _folder(db, found, path)
    if not entries:
        raise Refusal(404, "This repository is empty.") if not path else not_found()
    return answer(entries)


@routes.get("/repos/<owner>/<repo>/readme")
def get_readme(owner: str, repo: str) -> Response:
    """Show the file that introduces a repository."""
    found = access(owner, repo)
    found.require(READ, "contents")
    query = "SELECT * FROM file WHERE repository_id = ? AND lower(path) LIKE 'readme%' ORDER BY path"
    with reading() as db:
        row = db.execute(query, (found.repository["id"],)).fetchone()
        if row is None:
            raise not_found()
        return _shown(found, row)


def _shown(found: Access, row: sqlite3.Row) -> Response:
    """Answer with a file as it is, where the raw media type is asked for, and else with what it is."""
    if re.search(r"application/vnd\.github\.(v3\.)?raw\b", request.headers.get("Accept", "")):
        return Response(row["content"], content_type=f"{render.RAW}; charset=utf-8")
    return answer(render.file_with_content(base(), found.repository, row))


def _folder(db: sqlite3.Connection, found: Access, path: str) -> list[dict[str, Any]]:
    prefix = f"{path}/" if path else ""
    rows = db.execute(
        "SELECT path, sha, length(content) AS size FROM file WHERE repository_id = ?"
        " AND substr(path, 1, ?) = ? ORDER BY path",
        (found.repository["id"], len(prefix), prefix),
    )
    entries: dict[str, dict[str, Any]] = {}
    for row in rows:
        name, _, below = row["path"][len(prefix) :].partition("/")
        kind = "dir" if below else "file"
        sha = blob_sha(name.encode()) if below else row["sha"]
        size = 0 if below else row["size"]
        entries.setdefault(name, render.file(base(), found.repository, prefix + name, sha, size, kind))
    return list(entries.values())


@routes.put(f"{ROOT}/<path:path>")
def put_file(owner: str, repo: str, path: str) -> Response:
    """Create a file, or update the one whose sha is sent."""
    found, body = _writer(owner, repo, path), sent()
    try:
        content = base64.b64decode(str(body["content"]), validate=False)
    except (KeyError, binascii.Error):
        raise Refusal(422, "content is not valid Base64") from None
    with store().write() as (db, at):
        before = _file(db, found, path)
        _check_sha(before, path, body.get("sha"))
        db.execute(
            "INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)",
            (found.repository["id"], path, content, blob_sha(content)),
        )
        commit = _commit(db, found, at, body)
        shown = render.file(base(), found.repository, path, blob_sha(content), len(content))
        return answer({"content": shown, "commit": commit}, 201 if before is None else 200)


@routes.delete(f"{ROOT}/<path:path>")
def delete_file(owner: str, repo: str, path: str) -> Response:
    """Delete the file whose sha is sent."""
    found, body = _writer(owner, repo, path), sent() or request.args.to_dict()
    with store().write() as (db, at):
        before = _file(db, found, path)
        if before is None:
            raise not_found()
        _check_sha(before, path, body.get("sha"))
        values = (found.repository["id"], path)
        db.execute("DELETE FROM file WHERE repository_id = ? AND path = ?", values)
        return answer({"content": None, "commit": _commit(db, found, at, body)})


def _writer(owner: str, repo: str, path: str) -> Access:
    found = access(owner, repo)
    found.require(WRITE, "contents")
    if found.identity.is_integration and path.startswith(WORKFLOWS):
        message = (
            f"refusing to allow a GitHub App to create or update workflow `{path}`"
            " without `workflows` permission"
        )
        raise Refusal(403, message)
    if path.startswith(WORKFLOWS):
        require_workflow_scope(found)
    return found


def _check_sha(before: sqlite3.Row | None, path: str, sha: Any) -> None:
    if before is None:
        if sha is not None:
            raise Refusal(409, f"{path} does not match {sha}")
        return
    if sha is None:
        raise Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
    if sha != before["sha"]:
        raise Refusal(409, f"{path} does not match {sha}")


def _commit(db: sqlite3.Connection, found: Access, at: int, body: dict[str, Any]) -> dict[str, Any]:
    message = body.get("message")
    if not isinstance(message, str) or not message:
        raise invalid("Commit", "message", "missing_field")
    db.execute("UPDATE repository SET pushed_at = ? WHERE id = ?", (at, found.repository["id"]))
    sha = sha1(b"commit %d" % next(_commits), usedforsecurity=False).hexdigest()
    url = f"{render.api_url(base(), found.repository)}/git/commits/{sha}"
    person = {"name": me().login, "email": f"{me().login}@users.noreply.github.com", "date": iso(at)}
    return {
        "sha": sha,
        "node_id": f"C_{sha[:16]}",
        "url": url,
        "html_url": f"{render.site(base())}/{render.full_name(found.repository)}/commit/{sha}",
        "author": person,
        "committer": person,
        "message": message,
        "tree": {"sha": sha, "url": url},
        "parents": [],
        "verification": {
            "verified": False,
            "reason": "unsigned",
            "signature": None,
            "payload": None,
            "verified_at": None,
        },
    }
