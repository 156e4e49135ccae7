"""REST routes of git's own objects: many files changed in one commit of the one branch, main.

A tree or commit that no branch holds yet lives in memory only, as long as the sandbox runs.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from hashlib import sha1
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import READ, WRITE, Access, require_workflow_scope
from cocflow.sandbox.clock import iso
from cocflow.sandbox.context import access, answer, base, me, reading, sent, served, store
from cocflow.sandbox.ids import blob_sha, node_id
from cocflow.sandbox.refusals import Refusal, not_for_integrations, not_found

routes = Blueprint("git", __name__)
ROOT = "/repos/<owner>/<repo>/git"
WORKFLOWS = ".github/workflows/"
TOO_LARGE = 40 * 2**20
"""From how many bytes on a blob is refused, as was seen on github.com, which documents 100 MB."""


def _files(db: sqlite3.Connection, found: Access) -> dict[str, sqlite3.Row]:
    rows = db.execute(
        "SELECT path, sha, length(content) AS size FROM file WHERE repository_id = ? ORDER BY path",
        (found.repository["id"],),
    )
    return {row["path"]: row for row in rows}


def _head(db: sqlite3.Connection, found: Access) -> str:
    """Return the sha of main's newest commit, made of what it holds; 409 if there is none."""
    files = _files(db, found)
    if not files:
        raise Refusal(409, "Git Repository is empty.")
    return _sha([[path, row["sha"]] for path, row in files.items()])


def _sha(content: Any) -> str:
    return sha1(json.dumps(content).encode(), usedforsecurity=False).hexdigest()


def _url(found: Access, kind: str, name: str) -> str:
    return f"{render.api_url(base(), found.repository)}/git/{kind}/{name}"


@routes.get(f"{ROOT}/ref/heads/main")
def get_ref(owner: str, repo: str) -> Response:
    """Show where main stands."""
    found = access(owner, repo)
    found.require(READ, "contents")
    with reading() as db:
        return answer(_ref(found, _head(db, found)))


def _ref(found: Access, sha: str) -> dict[str, Any]:
    return {
        "ref": "refs/heads/main",
        "node_id": node_id("Ref", found.repository["id"]),
        "url": _url(found, "refs", "heads/main"),
        "object": {"type": "commit", "sha": sha, "url": _url(found, "commits", sha)},
    }


@routes.get(f"{ROOT}/trees/<sha>")
def get_tree(owner: str, repo: str, sha: str) -> Response:
    """List every file of main at once, whether or not `recursive` is asked for."""
    found = access(owner, repo)
    found.require(READ, "contents")
    with reading() as db:
        head = _head(db, found)
        if sha not in ("main", "HEAD", head):
            raise not_found()
        entries = [
            {
                "path": path,
                "mode": "100644",
                "type": "blob",
                "sha": row["sha"],
                "size": row["size"],
                "url": _url(found, "blobs", row["sha"]),
            }
            for path, row in _files(db, found).items()
        ]
    return answer({"sha": head, "url": _url(found, "trees", head), "tree": entries, "truncated": False})


@routes.get(f"{ROOT}/blobs/<sha>")
def get_blob(owner: str, repo: str, sha: str) -> Response:
    """Answer with what a file of main holds, in Base64, however large it is."""
    found = access(owner, repo)
    found.require(READ, "contents")
    with reading() as db:
        query = "SELECT content FROM file WHERE repository_id = ? AND sha = ?"
        row = db.execute(query, (found.repository["id"], sha)).fetchone()
    if row is None:
        raise not_found()
    shown = {"sha": sha, "node_id": node_id("Blob", found.repository["id"]), "size": len(row["content"])}
    content = base64.encodebytes(row["content"]).decode()
    return answer(shown | {"url": _url(found, "blobs", sha), "content": content, "encoding": "base64"})


@routes.post(f"{ROOT}/blobs")
def create_blob(owner: str, repo: str) -> Response:
    """Keep a file's content, sent as text or in Base64, for a tree to name."""
    found, body = _writer(owner, repo), sent()
    text = str(body["content"])
    content = base64.b64decode(text) if body.get("encoding") == "base64" else text.encode()
    if len(content) >= TOO_LARGE:
        raise Refusal(422, "The blob is too large")
    sha = blob_sha(content)
    served().loose[sha] = {"blob": content}
    return answer({"sha": sha, "url": _url(found, "blobs", sha)}, 201)


@routes.post(f"{ROOT}/trees")
def create_tree(owner: str, repo: str) -> Response:
    """Make a tree from another one and changes; a `sha` of null takes a file out."""
    found, body = _writer(owner, repo), sent()
    if found.identity.is_integration and any(one["path"].startswith(WORKFLOWS) for one in body["tree"]):
        raise not_for_integrations()
    if any(one["path"].startswith(WORKFLOWS) for one in body["tree"]):
        require_workflow_scope(found)
    sha = _sha([body.get("base_tree"), body["tree"]])
    served().loose[sha] = {"base": body.get("base_tree"), "tree": body["tree"]}
    url = _url(found, "trees", sha)
    return answer({"sha": sha, "url": url, "tree": [], "truncated": False}, 201)


@routes.get(f"{ROOT}/commits/<sha>")
def get_commit(owner: str, repo: str, sha: str) -> Response:
    """Show main's newest commit."""
    found = access(owner, repo)
    found.require(READ, "contents")
    with reading() as db:
        if sha != _head(db, found):
            raise not_found()
        at = found.repository["pushed_at"]
    return answer(_commit(found, sha, sha, "Newest", at, []))


@routes.post(f"{ROOT}/commits")
def create_commit(owner: str, repo: str) -> Response:
    """Make a commit of a tree."""
    found, body = _writer(owner, repo), sent()
    if body.get("tree") not in served().loose:
        raise Refusal(422, "Tree SHA does not exist")
    sha = _sha([body["message"], body["tree"], body["parents"]])
    served().loose[sha] = {"tree": body["tree"], "parents": body["parents"]}
    at = store().clock.now()
    return answer(_commit(found, sha, body["tree"], body["message"], at, body["parents"]), 201)


def _commit(found: Access, sha: str, tree: str, message: str, at: int, parents: list[str]) -> dict[str, Any]:
    person = {"name": me().login, "email": f"{me().login}@users.noreply.github.com", "date": iso(at)}
    return {
        "sha": sha,
        "node_id": f"C_{sha[:16]}",
        "url": _url(found, "commits", sha),
        "html_url": f"{render.site(base())}/{render.full_name(found.repository)}/commit/{sha}",
        "author": person,
        "committer": person,
        "message": message,
        "tree": {"sha": tree, "url": _url(found, "trees", tree)},
        "parents": [{"sha": one, "url": _url(found, "commits", one), "html_url": ""} for one in parents],
        "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None}
        | {"verified_at": None},
    }


@routes.patch(f"{ROOT}/refs/heads/main")
def move_ref(owner: str, repo: str) -> Response:
    """Move main to a commit that follows its newest one; then its files are the commit's."""
    found, body = _writer(owner, repo), sent()
    with store().write() as (db, at):
        commit = served().loose.get(str(body.get("sha")))
        if commit is None or "parents" not in commit:
            raise Refusal(422, "Object does not exist")
        if commit["parents"] != [_head(db, found)]:
            raise Refusal(422, "Update is not a fast forward")
        for one in served().loose[commit["tree"]]["tree"]:
            _change(db, found, one)
        db.execute("UPDATE repository SET pushed_at = ? WHERE id = ?", (at, found.repository["id"]))
        return answer(_ref(found, _head(db, found)))


def _change(db: sqlite3.Connection, found: Access, one: dict[str, Any]) -> None:
    values = (found.repository["id"], one["path"])
    db.execute("DELETE FROM file WHERE repository_id = ? AND path = ?", values)
    if one.get("content") is not None or one.get("sha") is not None:
        content = served().loose[one["sha"]]["blob"] if one.get("sha") else str(one["content"]).encode()
        db.execute("INSERT INTO file VALUES (?, ?, ?, ?)", (*values, content, blob_sha(content)))


def _writer(owner: str, repo: str) -> Access:
    found = access(owner, repo)
    found.require(WRITE, "contents")
    if request.get_data() == b"":
        raise Refusal(400, "Problems parsing JSON")
    return found
