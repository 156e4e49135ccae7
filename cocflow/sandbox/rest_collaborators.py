"""REST routes of who may do what in a repository: collaborators, invitations, teams."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import LEVELS, WRITE, Access, level_of, readers, repository_by_id, user_level
from cocflow.sandbox.clock import iso
from cocflow.sandbox.context import (
    access,
    answer,
    base,
    find_account,
    listed,
    me,
    nothing,
    reading,
    sent,
    store,
)
from cocflow.sandbox.ids import node_id
from cocflow.sandbox.refusals import forbidden, invalid, not_for_integrations, not_found

routes = Blueprint("collaborators", __name__)
ROOT = "/repos/<owner>/<repo>"
DAY = 24 * 3600
INVITATION_LIVES = 7 * DAY
"""The seconds for which an invitation can be accepted."""
INVITATIONS = 50
"""How many invitations a repository sends within 24 hours."""


@routes.get(f"{ROOT}/collaborators")
def list_collaborators(owner: str, repo: str) -> Response:
    """List everybody with access that was granted, with their role; it takes push access to see them."""
    found = access(owner, repo)
    _require_push(found, "Must have push access to view repository collaborators.")
    affiliation = request.args.get("affiliation", "all").upper()
    if affiliation not in ("ALL", "DIRECT", "OUTSIDE"):
        raise invalid("Collaborator", "affiliation", "invalid")
    with reading(listing=True) as db:
        people = readers(db, found.repository, affiliation)
        return listed([_collaborator(row, level) for row, level in people])


def _require_push(found: Access, message: str) -> None:
    # A job's token may read this: it needs no more than the metadata that every token has.
    if not found.identity.is_integration and found.level < WRITE:
        raise forbidden(message)


def _collaborator(row: sqlite3.Row, level: int) -> dict[str, Any]:
    more = {"permissions": render.permissions(level), "role_name": render.role_name(level)}
    return render.account(base(), row) | more


@routes.get(f"{ROOT}/collaborators/<login>")
def is_collaborator(owner: str, repo: str, login: str) -> Response:
    """Tell with 204 or 404 whether somebody has access that was granted."""
    found = access(owner, repo)
    _require_push(found, "Must have push access to view repository collaborators.")
    with reading() as db:
        person = find_account(db, login)["id"]
        if all(row["id"] != person for row, _ in readers(db, found.repository, "ALL")):
            raise not_found()
        return nothing()


@routes.get(f"{ROOT}/collaborators/<login>/permission")
def get_permission(owner: str, repo: str, login: str) -> Response:
    """Tell somebody's permission: ``permission`` in the old words, ``role_name`` in full."""
    found = access(owner, repo)
    if login.casefold() != me().login.casefold():
        _require_push(found, "Must have push access to view collaborator permission.")
    with reading() as db:
        row = find_account(db, login)
        level = user_level(db, row["id"], found.repository)
        return answer(
            {
                "permission": render.legacy_permission(level),
                "role_name": LEVELS[level],
                "user": _collaborator(row, level),
            }
        )


@routes.put(f"{ROOT}/collaborators/<login>")
def add_collaborator(owner: str, repo: str, login: str) -> Response:
    """Give somebody a permission: at once (204) or, whoever isn't inside yet, by an invitation (201)."""
    found = access(owner, repo)
    found.require_administration()
    permission = _permission(sent().get("permission", "push"))
    with store().write() as (db, at):
        person = find_account(db, login)
        if person["kind"] != "User":
            raise not_found()
        if person["id"] == found.repository["owner_id"]:
            raise invalid("Repository", "owner", "custom", "Repository owner cannot be a collaborator")
        if _is_inside(db, found, person["id"]):
            store().set_permission(render.full_name(found.repository), person["login"], permission)
            return nothing()
        return answer(_invitation(db, _invite(db, at, found, person["id"], permission)), 201)


def _permission(value: Any) -> str:
    try:
        level = level_of(str(value))
    except ValueError:
        level = 0
    if not level:
        raise invalid("Collaborator", "permission", "invalid")
    return LEVELS[level]


def _is_inside(db: sqlite3.Connection, found: Access, person: int) -> bool:
    """Whether somebody needs no invitation: they collaborate, or are a member of the organization."""
    return (
        db.execute(
            "SELECT 1 FROM collaborator WHERE repository_id = ? AND account_id = ?"
            " UNION SELECT 1 FROM membership WHERE org_id = ? AND user_id = ?",
            (found.repository["id"], person, found.repository["owner_id"], person),
        ).fetchone()
        is not None
    )


def _invite(db: sqlite3.Connection, at: int, found: Access, person: int, permission: str) -> sqlite3.Row:
    """Invite somebody; an invitation that is there, run out or not, only changes its permission."""
    here = found.repository["id"]
    known = "SELECT * FROM invitation WHERE repository_id = ? AND invitee_id = ?"
    if db.execute(known, (here, person)).fetchone() is None:
        sent_today = "SELECT count(*) FROM invited WHERE repository_id = ? AND at > ?"
        if db.execute(sent_today, (here, at - DAY)).fetchone()[0] >= INVITATIONS:
            raise invalid("Repository", "invitations", "custom", "Too many invitations in the last 24 hours")
        columns = "repository_id, invitee_id, inviter_id, permission, created_at"
        row = (here, person, me().account_id, permission, at)
        db.execute(f"INSERT INTO invitation ({columns}) VALUES (?, ?, ?, ?, ?)", row)
        db.execute("INSERT INTO invited VALUES (?, ?)", (here, at))
    change = "UPDATE invitation SET permission = ? WHERE repository_id = ? AND invitee_id = ?"
    db.execute(change, (permission, here, person))
    row_now: sqlite3.Row = db.execute(known, (here, person)).fetchone()
    return row_now


def _invitation(db: sqlite3.Connection, row: sqlite3.Row) -> dict[str, Any]:
    people = render.accounts(db, base(), [row["invitee_id"], row["inviter_id"]])
    repository = repository_by_id(db, row["repository_id"])
    return {
        "id": row["id"],
        "node_id": node_id("RepositoryInvitation", row["id"]),
        "repository": render.repository(db, base(), repository),
        "invitee": people[row["invitee_id"]],
        "inviter": people[row["inviter_id"]],
        "permissions": row["permission"],
        "created_at": iso(row["created_at"]),
        "expired": _is_expired(row),
        "url": f"{base()}/user/repository_invitations/{row['id']}",
        "html_url": f"{render.site(base())}/{render.full_name(repository)}/invitations",
    }


def _is_expired(row: sqlite3.Row) -> bool:
    return bool(store().clock.now() >= row["created_at"] + INVITATION_LIVES)


@routes.get(f"{ROOT}/invitations")
def list_invitations(owner: str, repo: str) -> Response:
    """List the invitations that nobody has accepted, those that have run out among them."""
    found = access(owner, repo)
    found.require_administration(reading=True)
    with reading(listing=True) as db:
        query = "SELECT * FROM invitation WHERE repository_id = ? ORDER BY id"
        rows = db.execute(query, (found.repository["id"],)).fetchall()
        return listed([_invitation(db, row) for row in rows])


@routes.patch(f"{ROOT}/invitations/<int:number>")
def change_invitation(owner: str, repo: str, number: int) -> Response:
    """Change what an invitation would give: {permissions}."""
    found = access(owner, repo)
    found.require_administration()
    permission = _permission(sent().get("permissions"))
    with store().write() as (db, _):
        row = _of_repository(db, found, number)
        db.execute("UPDATE invitation SET permission = ? WHERE id = ?", (permission, row["id"]))
        return answer(_invitation(db, _of_repository(db, found, number)))


@routes.delete(f"{ROOT}/invitations/<int:number>")
def delete_invitation(owner: str, repo: str, number: int) -> Response:
    """Take an invitation back."""
    found = access(owner, repo)
    found.require_administration()
    with store().write() as (db, _):
        db.execute("DELETE FROM invitation WHERE id = ?", (_of_repository(db, found, number)["id"],))
        return nothing()


def _of_repository(db: sqlite3.Connection, found: Access, number: int) -> sqlite3.Row:
    query = "SELECT * FROM invitation WHERE id = ? AND repository_id = ?"
    row: sqlite3.Row | None = db.execute(query, (number, found.repository["id"])).fetchone()
    if row is None:
        raise not_found()
    return row


@routes.get("/user/repository_invitations")
def list_my_invitations() -> Response:
    """List what somebody is invited to."""
    if me().is_integration:
        raise not_for_integrations()
    with reading(listing=True) as db:
        query = "SELECT * FROM invitation WHERE invitee_id = ? ORDER BY id"
        rows = db.execute(query, (me().account_id,)).fetchall()
        return listed([_invitation(db, row) for row in rows])


@routes.patch("/user/repository_invitations/<int:number>")
def accept(number: int) -> Response:
    """Accept an invitation; where the organization demands 2FA, whoever lacks it is refused."""
    with store().write() as (db, _):
        row = _mine(db, number)
        if _is_expired(row):
            raise not_found()
        repository = repository_by_id(db, row["repository_id"])
        if _lacks_two_factor(db, repository):
            raise forbidden("You must enable two-factor authentication to accept this invitation.")
        store().set_permission(render.full_name(repository), me().login, row["permission"])
        db.execute("DELETE FROM invitation WHERE id = ?", (number,))
        return nothing()


@routes.delete("/user/repository_invitations/<int:number>")
def decline(number: int) -> Response:
    """Decline an invitation."""
    with store().write() as (db, _):
        db.execute("DELETE FROM invitation WHERE id = ?", (_mine(db, number)["id"],))
        return nothing()


def _mine(db: sqlite3.Connection, number: int) -> sqlite3.Row:
    if me().is_integration:
        raise not_for_integrations()
    query = "SELECT * FROM invitation WHERE id = ? AND invitee_id = ?"
    row: sqlite3.Row | None = db.execute(query, (number, me().account_id)).fetchone()
    if row is None:
        raise not_found()
    return row


def _lacks_two_factor(db: sqlite3.Connection, repository: sqlite3.Row) -> bool:
    if repository["owner_kind"] != "Organization":
        return False
    query = "SELECT id, two_factor FROM account WHERE id IN (?, ?)"
    rows = db.execute(query, (repository["owner_id"], me().account_id))
    has = {row["id"]: bool(row["two_factor"]) for row in rows}
    return has[repository["owner_id"]] and not has[me().account_id]


@routes.delete(f"{ROOT}/collaborators/<login>")
def remove_collaborator(owner: str, repo: str, login: str) -> Response:
    """Take somebody's permission away; people may leave by themselves."""
    found = access(owner, repo)
    if login.casefold() != me().login.casefold():
        found.require_administration()
    with store().write() as (db, _):
        name = render.full_name(found.repository)
        store().set_permission(name, find_account(db, login)["login"], "none")
    return nothing()


@routes.get(f"{ROOT}/teams")
def list_teams(owner: str, repo: str) -> Response:
    """List the teams with access; a job's token can't see them, an App's may."""
    found = access(owner, repo)
    found.require_administration(reading=True)
    with reading(listing=True) as db:
        rows = db.execute(
            "SELECT t.*, r.permission FROM team_repository r JOIN team t ON t.id = r.team_id"
            " WHERE r.repository_id = ? ORDER BY t.id",
            (found.repository["id"],),
        )
        return listed([render.team(base(), found.repository, row) for row in rows])
