"""REST routes of Actions: its settings, workflows, their runs, and dispatch."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import base64
import json
import re
import sqlite3
import zlib
from typing import Any

from flask import Blueprint, Response, request
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from cocflow.sandbox import render
from cocflow.sandbox.access import READ, WRITE, Access, actions_run
from cocflow.sandbox.clock import iso
from cocflow.sandbox.context import access, answer, base, nothing, page, reading, sent, store
from cocflow.sandbox.eventlog import EventLog
from cocflow.sandbox.ids import node_id
from cocflow.sandbox.refusals import Refusal, invalid, not_found

routes = Blueprint("actions", __name__)
ROOT = "/repos/<owner>/<repo>/actions"
FOLDER = ".github/workflows/"
SEALING = PrivateKey(b"\x01" * 32)
"""What secrets are sealed for; the same for all, since nothing here is anybody's."""
KEY_ID = "568250167242549743"
NAME = re.compile(rb"^name:\s*(.+?)\s*$", re.MULTILINE)


def _settings(owner: str, repo: str) -> Access:
    found = access(owner, repo)
    found.require_administration(reading=request.method == "GET")
    return found


@routes.get(f"{ROOT}/permissions")
def get_permissions(owner: str, repo: str) -> Response:
    """Tell whether Actions may run, and which."""
    row = _settings(owner, repo).repository
    enabled = actions_run(row)
    body: dict[str, Any] = {"enabled": enabled, "sha_pinning_required": False}
    return answer(body | ({"allowed_actions": row["allowed_actions"]} if enabled else {}))


@routes.put(f"{ROOT}/permissions")
def set_permissions(owner: str, repo: str) -> Response:
    """Turn Actions on or off: {enabled, allowed_actions?: all|local_only|selected}.

    409 where they are off by the organization, which alone decides then.
    """
    found, body = _settings(owner, repo), sent()
    if not found.repository["actions_allowed"]:
        raise Refusal(409, "Actions are disabled by the organization.")
    if not isinstance(body.get("enabled"), bool):
        raise invalid("Actions", "enabled", "missing_field")
    allowed = body.get("allowed_actions", found.repository["allowed_actions"])
    if allowed not in ("all", "local_only", "selected"):
        raise invalid("Actions", "allowed_actions", "invalid")
    with store().write() as (db, _):
        values = (body["enabled"], allowed, found.repository["id"])
        db.execute("UPDATE repository SET actions_enabled = ?, allowed_actions = ? WHERE id = ?", values)
    return nothing()


@routes.get(f"{ROOT}/permissions/selected-actions")
def get_selected(owner: str, repo: str) -> Response:
    """Tell which actions may run, where only selected ones may."""
    row = _selecting(owner, repo).repository
    return answer(
        {
            "github_owned_allowed": bool(row["githubs_own_allowed"]),
            "verified_allowed": False,
            "patterns_allowed": json.loads(row["patterns_allowed"]),
        }
    )


@routes.put(f"{ROOT}/permissions/selected-actions")
def set_selected(owner: str, repo: str) -> Response:
    """Set which actions may run: {github_owned_allowed?, patterns_allowed?}."""
    found, body = _selecting(owner, repo), sent()
    own, patterns = bool(body.get("github_owned_allowed")), json.dumps(body.get("patterns_allowed", []))
    with store().write() as (db, _):
        query = "UPDATE repository SET githubs_own_allowed = ?, patterns_allowed = ? WHERE id = ?"
        db.execute(query, (own, patterns, found.repository["id"]))
    return nothing()


def _selecting(owner: str, repo: str) -> Access:
    found = _settings(owner, repo)
    if found.repository["allowed_actions"] != "selected":
        raise Refusal(409, "The repository doesn't select its actions.")
    return found


@routes.get(f"{ROOT}/secrets", defaults={"of_organization": 0})
@routes.get(f"{ROOT}/organization-secrets", defaults={"of_organization": 1})
def list_secrets(owner: str, repo: str, of_organization: int) -> Response:
    """List the names of secrets, and when each was set; what they hold nobody can read."""
    found, asked = access(owner, repo), page()
    found.require(WRITE, "secrets")
    where, values = "repository_id = ? AND of_organization = ?", (found.repository["id"], of_organization)
    with reading(listing=True) as db:
        total = db.execute(f"SELECT count(*) FROM secret WHERE {where}", values).fetchone()[0]
        rows = db.execute(f"SELECT * FROM secret WHERE {where} ORDER BY name{asked.sql}", values).fetchall()
    secrets = [
        {"name": row["name"], "created_at": iso(row["created_at"]), "updated_at": iso(row["updated_at"])}
        for row in rows
    ]
    return answer({"total_count": total, "secrets": secrets}, headers=asked.link(total))


@routes.get(f"{ROOT}/secrets/public-key")
def get_public_key(owner: str, repo: str) -> Response:
    """Show the key to seal a secret with."""
    access(owner, repo).require(WRITE, "secrets")
    return answer({"key_id": KEY_ID, "key": base64.b64encode(bytes(SEALING.public_key)).decode()})


@routes.put(f"{ROOT}/secrets/<name>")
def put_secret(owner: str, repo: str, name: str) -> Response:
    """Set a secret, which has to be sealed with the public key: {key_id, encrypted_value}."""
    found, body = access(owner, repo), sent()
    found.require(WRITE, "secrets")
    if body.get("key_id") != KEY_ID:
        raise Refusal(422, "The key_id is not the repository's current one.")
    try:
        value = SealedBox(SEALING).decrypt(base64.b64decode(body.get("encrypted_value") or "")).decode()
    except (CryptoError, ValueError):
        raise Refusal(422, "Bad request - encrypted_value is not sealed with the public key.") from None
    full_name = render.full_name(found.repository)
    with reading() as db:
        query = "SELECT 1 FROM secret WHERE repository_id = ? AND name = ? AND NOT of_organization"
        there = db.execute(query, (found.repository["id"], name)).fetchone() is not None
    store().add_secret(full_name, name, value)
    return nothing() if there else answer({}, 201)


@routes.get(f"{ROOT}/permissions/workflow")
def get_workflow_permissions(owner: str, repo: str) -> Response:
    """Tell what a job's token may do when a workflow doesn't say."""
    row = _settings(owner, repo).repository
    return answer(
        {
            "default_workflow_permissions": row["workflow_permissions"],
            "can_approve_pull_request_reviews": bool(row["can_approve"]),
        }
    )


@routes.put(f"{ROOT}/permissions/workflow")
def set_workflow_permissions(owner: str, repo: str) -> Response:
    """Set what a job's token may do when a workflow doesn't say: read or write."""
    found, body = _settings(owner, repo), sent()
    row = found.repository
    default = body.get("default_workflow_permissions", row["workflow_permissions"])
    if default not in ("read", "write"):
        raise invalid("Actions", "default_workflow_permissions", "invalid")
    approve = bool(body.get("can_approve_pull_request_reviews", row["can_approve"]))
    with store().write() as (db, _):
        query = "UPDATE repository SET workflow_permissions = ?, can_approve = ? WHERE id = ?"
        db.execute(query, (default, approve, row["id"]))
    return nothing()


# workflows and runs


def _workflow_files(db: sqlite3.Connection, found: Access) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT path, content FROM file WHERE repository_id = ? AND path GLOB ? ORDER BY path",
        (found.repository["id"], f"{FOLDER}*.y*ml"),
    ).fetchall()


def _workflow_id(path: str) -> int:
    return zlib.crc32(path.encode()) & 0x7FFFFFFF


def _workflow(found: Access, row: sqlite3.Row) -> dict[str, Any]:
    number, root = _workflow_id(row["path"]), render.api_url(base(), found.repository)
    page_url = f"{render.site(base())}/{render.full_name(found.repository)}"
    name = NAME.search(row["content"])
    stamp = iso(found.repository["pushed_at"])
    return {
        "id": number,
        "node_id": node_id("Workflow", number, found.repository["id"]),
        "name": name.group(1).decode().strip("\"'") if name else row["path"],
        "path": row["path"],
        "state": "active",
        "created_at": stamp,
        "updated_at": stamp,
        "url": f"{root}/actions/workflows/{number}",
        "html_url": f"{page_url}/blob/main/{row['path']}",
        "badge_url": f"{page_url}/workflows/{row['path'].rpartition('/')[2]}/badge.svg",
    }


def _find_workflow(db: sqlite3.Connection, found: Access, name: str) -> sqlite3.Row:
    for row in _workflow_files(db, found):
        if name in (row["path"].removeprefix(FOLDER), str(_workflow_id(row["path"]))):
            return row
    raise not_found()


@routes.get(f"{ROOT}/workflows")
def list_workflows(owner: str, repo: str) -> Response:
    """List the workflow files."""
    found = access(owner, repo)
    found.require(READ, "actions")
    with reading(listing=True) as db:
        workflows = [_workflow(found, row) for row in _workflow_files(db, found)]
        return answer({"total_count": len(workflows), "workflows": workflows})


@routes.get(f"{ROOT}/workflows/<name>")
def get_workflow(owner: str, repo: str, name: str) -> Response:
    """Show a workflow by its file's name or its id."""
    found = access(owner, repo)
    found.require(READ, "actions")
    with reading() as db:
        return answer(_workflow(found, _find_workflow(db, found, name)))


@routes.get(f"{ROOT}/runs")
def list_runs(owner: str, repo: str) -> Response:
    """List the runs of all workflows, newest first."""
    found = access(owner, repo)
    found.require(READ, "actions")
    with reading(listing=True) as db:
        return _runs(db, found, None)


@routes.get(f"{ROOT}/workflows/<name>/runs")
def list_workflow_runs(owner: str, repo: str, name: str) -> Response:
    """List the runs of one workflow, newest first."""
    found = access(owner, repo)
    found.require(READ, "actions")
    with reading(listing=True) as db:
        return _runs(db, found, _find_workflow(db, found, name)["path"].removeprefix(FOLDER))


def _runs(db: sqlite3.Connection, found: Access, workflow: str | None) -> Response:
    where, values = "repository_id = ?", [found.repository["id"]]
    status = request.args.get("status")
    for condition, value in (
        ("workflow = ?", workflow),
        ("event = ?", request.args.get("event")),
        ("? IN (status, conclusion)", status),
    ):
        if value is not None:
            where, values = f"{where} AND {condition}", [*values, value]
    asked = page()
    total = db.execute(f"SELECT count(*) FROM workflow_run WHERE {where}", values).fetchone()[0]
    order = f"ORDER BY created_at DESC, id DESC{asked.sql}"
    rows = db.execute(f"SELECT * FROM workflow_run WHERE {where} {order}", values).fetchall()
    runs = [_run(db, found, row) for row in rows]
    return answer({"total_count": total, "workflow_runs": runs}, headers=asked.link(total))


def _find_run(db: sqlite3.Connection, found: Access, number: int) -> sqlite3.Row:
    query = "SELECT * FROM workflow_run WHERE id = ? AND repository_id = ?"
    row: sqlite3.Row | None = db.execute(query, (number, found.repository["id"])).fetchone()
    if row is None:
        raise not_found()
    return row


@routes.get(f"{ROOT}/runs/<int:number>")
def get_run(owner: str, repo: str, number: int) -> Response:
    """Show a run."""
    found = access(owner, repo)
    found.require(READ, "actions")
    with reading() as db:
        return answer(_run(db, found, _find_run(db, found, number)))


@routes.get(f"{ROOT}/runs/<int:number>/jobs")
def list_jobs(owner: str, repo: str, number: int) -> Response:
    """List the jobs of a run: there is one, named as the workflow's file, and it went as the run did."""
    found = access(owner, repo)
    found.require(READ, "actions")
    with reading() as db:
        return answer({"total_count": 1, "jobs": [_job(found, _find_run(db, found, number))]})


@routes.get(f"{ROOT}/runs/<int:number>/artifacts")
def list_artifacts(owner: str, repo: str, number: int) -> Response:
    """List what a run has kept: nothing."""
    found = access(owner, repo)
    found.require(READ, "actions")
    with reading() as db:
        _find_run(db, found, number)
        return answer({"total_count": 0, "artifacts": []})


@routes.get("/repos/<owner>/<repo>/check-runs/<int:number>/annotations")
def list_annotations(owner: str, repo: str, number: int) -> Response:
    """List what was noted on a job: nothing."""
    found = access(owner, repo)
    found.require(READ, "checks")
    with reading() as db:
        _find_run(db, found, number)
        return answer([])


def _job(found: Access, row: sqlite3.Row) -> dict[str, Any]:
    root = render.api_url(base(), found.repository)
    page_url = f"{render.site(base())}/{render.full_name(found.repository)}/actions/runs/{row['id']}"
    stamp, is_over = iso(row["created_at"]), row["status"] == "completed"
    return {
        "id": row["id"],
        "run_id": row["id"],
        "run_url": f"{root}/actions/runs/{row['id']}",
        "run_attempt": 1,
        "node_id": node_id("CheckRun", row["id"], found.repository["id"]),
        "workflow_name": row["workflow"],
        "name": row["workflow"].rpartition(".")[0],
        "head_branch": row["branch"],
        "head_sha": "0" * 40,
        "url": f"{root}/actions/jobs/{row['id']}",
        "html_url": f"{page_url}/job/{row['id']}",
        "check_run_url": f"{root}/check-runs/{row['id']}",
        "status": row["status"],
        "conclusion": row["conclusion"],
        "created_at": stamp,
        "started_at": stamp,
        "completed_at": stamp if is_over else None,
        "steps": [],
        "labels": ["ubuntu-latest"],
        "runner_id": None,
        "runner_name": None,
        "runner_group_id": None,
        "runner_group_name": None,
    }


def _run(db: sqlite3.Connection, found: Access, row: sqlite3.Row) -> dict[str, Any]:
    root, path = render.api_url(base(), found.repository), FOLDER + row["workflow"]
    url, number = f"{root}/actions/runs/{row['id']}", _workflow_id(path)
    repository = render.repository(db, base(), found.repository)
    actor = render.accounts(db, base(), [row["actor_id"]])[row["actor_id"]]
    links = {name: f"{url}/{name.removesuffix('_url')}" for name in ("jobs_url", "logs_url", "artifacts_url")}
    stamp = iso(row["created_at"])
    return links | {
        "id": row["id"],
        "node_id": node_id("WorkflowRun", row["id"], found.repository["id"]),
        "name": row["workflow"],
        "display_title": row["workflow"],
        "head_branch": row["branch"],
        "head_sha": "0" * 40,
        "head_commit": None,
        "path": path,
        "run_number": row["id"] % 1_000_000,
        "run_attempt": 1,
        "event": row["event"],
        "status": row["status"],
        "conclusion": row["conclusion"],
        "workflow_id": number,
        "workflow_url": f"{root}/actions/workflows/{number}",
        "url": url,
        "html_url": f"{render.site(base())}/{render.full_name(found.repository)}/actions/runs/{row['id']}",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "check_suite_url": f"{root}/check-suites/{row['id']}",
        "pull_requests": [],
        "created_at": stamp,
        "updated_at": stamp,
        "run_started_at": stamp,
        "actor": actor,
        "triggering_actor": actor,
        "repository": repository,
        "head_repository": repository,
    }


@routes.post(f"{ROOT}/workflows/<name>/dispatches")
def dispatch(owner: str, repo: str, name: str) -> Response:
    """Ask for a run; this event starts one even if a job's token caused it."""
    found, body = access(owner, repo), sent()
    found.require(WRITE, "actions")
    if body.get("ref") not in ("main", "refs/heads/main"):
        raise Refusal(422, f"No ref found for: {body.get('ref')}")
    with store().write() as (db, at):
        workflow = _find_workflow(db, found, name)
        if b"workflow_dispatch" not in workflow["content"]:
            raise Refusal(422, "Workflow does not have 'workflow_dispatch' trigger")
        file = workflow["path"].removeprefix(FOLDER)
        EventLog(db, at, found).dispatch(file, body["ref"], body.get("inputs") or {})
    return nothing()
