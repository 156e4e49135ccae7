"""REST routes of repositories, accounts, organizations, collaborators and rate limits."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import (
    ADMIN,
    LEVELS,
    WRITE,
    Access,
    level_of,
    readers,
    repository_by_id,
    user_level,
)
from cocflow.sandbox.clock import iso
from cocflow.sandbox.context import access, answer, base, listed, me, nothing, reading, sent, store
from cocflow.sandbox.refusals import forbidden, invalid, not_for_integrations, not_found
from cocflow.sandbox.store import VISIBILITIES

routes = Blueprint("repositories", __name__)
ROOT = "/repos/<owner>/<repo>"
SWITCHES = (
    "has_issues",
    "has_wiki",
    "has_projects",
    "has_discussions",
    "allow_forking",
    "is_template",
)


def _account(db: sqlite3.Connection, login: str) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute("SELECT * FROM account WHERE login = ?", (login,)).fetchone()
    if row is None:
        raise not_found()
    return row


# accounts


@routes.get("/user")
def get_me() -> Response:
    """Show whose token it is; a job's token is refused, as GitHub does."""
    if me().is_job:
        raise not_for_integrations()
    with reading() as db:
        return answer(render.full_account(base(), _account(db, me().login), private=True))


@routes.get("/users/<login>")
def get_user(login: str) -> Response:
    """Show an account."""
    with reading() as db:
        return answer(render.full_account(base(), _account(db, login)))


@routes.get("/orgs/<org>")
def get_organization(org: str) -> Response:
    """Show an organization."""
    with reading() as db:
        row = _account(db, org)
        if row["kind"] != "Organization":
            raise not_found()
        url = f"{base()}/orgs/{row['login']}"
        links = {
            f"{name}_url": f"{url}/{name}{rest}"
            for name, rest in (("members", "{/member}"), ("public_members", "{/member}"), ("issues", ""))
        }
        body = render.full_account(base(), row) | links | {"url": url, "description": ""}
        return answer(body | {"default_repository_permission": row["base_permission"]})


@routes.get("/orgs/<org>/members")
def list_members(org: str) -> Response:
    """List members; someone from outside (a job's bot, too) sees the public ones only."""
    with reading(listing=True) as db:
        owner = _account(db, org)["id"]
        rows = db.execute(
            "SELECT a.*, m.role AS member_role, m.public FROM membership m JOIN account a ON a.id = m.user_id"
            " WHERE m.org_id = ? ORDER BY a.id",
            (owner,),
        ).fetchall()
        inside = any(row["id"] == me().account_id for row in rows)
        role = request.args.get("role", "all")
        shown = [row for row in rows if (inside or row["public"]) and role in ("all", row["member_role"])]
        return listed([render.account(base(), row) for row in shown])


# repositories


@routes.get(ROOT)
def get_repository(owner: str, repo: str) -> Response:
    """Show a repository, and what one may do in it."""
    found = access(owner, repo)
    with reading() as db:
        return answer(render.repository(db, base(), found.repository, found.level))


@routes.post("/user/repos")
def create_own_repository() -> Response:
    """Create a repository of one's own."""
    if me().is_job:
        raise not_for_integrations()
    return _create(me().login)


@routes.post("/orgs/<org>/repos")
def create_repository(org: str) -> Response:
    """Create a repository of an organization that one is a member of."""
    if me().is_job:
        raise not_for_integrations()
    with reading() as db:
        owner = _account(db, org)["id"]
        query = "SELECT 1 FROM membership WHERE org_id = ? AND user_id = ?"
        if not db.execute(query, (owner, me().account_id)).fetchone():
            raise forbidden("You need admin access to the organization before adding a repository to it.")
    return _create(org)


def _create(owner: str) -> Response:
    body = sent()
    name = body.get("name")
    if not isinstance(name, str) or not name.strip():
        raise invalid("Repository", "name", "missing_field")
    full_name = f"{owner}/{name}"
    with store().write() as (db, _):
        store().add_repo(
            full_name, visibility=_visibility(body) or "public", description=body.get("description")
        )
        if me().login != owner:
            store().set_permission(full_name, me().login, "admin")
        if body.get("auto_init"):
            store().put_file(full_name, "README.md", f"# {name}\n")
        _switch(db, store().repository(full_name), body)
        made = store().repository(full_name)
        return answer(render.repository(db, base(), made, ADMIN), 201)


@routes.patch(ROOT)
def change_repository(owner: str, repo: str) -> Response:
    """Change visibility and switches; only administrators may."""
    found = access(owner, repo)
    found.require(ADMIN, "administration")
    body = sent()
    with store().write() as (db, at):
        wanted = _visibility(body)
        if wanted == "internal" and found.repository["owner_kind"] != "Organization":
            raise invalid("Repository", "visibility", "invalid")
        if wanted is not None:
            db.execute("UPDATE repository SET visibility = ? WHERE id = ?", (wanted, found.repository["id"]))
        _switch(db, found.repository, body)
        _rename(db, found.repository, body.get("name"))
        db.execute("UPDATE repository SET updated_at = ? WHERE id = ?", (at, found.repository["id"]))
        changed = repository_by_id(db, found.repository["id"])
        return answer(render.repository(db, base(), changed, found.level))


def _rename(db: sqlite3.Connection, row: sqlite3.Row, name: Any) -> None:
    """Give a repository another name; its former ones lead to it."""
    if name is None or name == row["name"]:
        return
    if not isinstance(name, str) or not name.strip():
        raise invalid("Repository", "name", "missing_field")
    taken = "SELECT 1 FROM repository WHERE owner_id = ? AND name = ? AND id != ?"
    if db.execute(taken, (row["owner_id"], name, row["id"])).fetchone():
        raise invalid("Repository", "name", "custom", "name already exists on this account")
    former = (row["owner_id"], row["name"], row["id"])
    db.execute("INSERT OR REPLACE INTO renamed VALUES (?, ?, ?)", former)
    db.execute("DELETE FROM renamed WHERE owner_id = ? AND name = ?", (row["owner_id"], name))
    db.execute("UPDATE repository SET name = ? WHERE id = ?", (name, row["id"]))


def _visibility(body: dict[str, Any]) -> str | None:
    if body.get("visibility") is not None:
        if body["visibility"] not in VISIBILITIES:
            raise invalid("Repository", "visibility", "invalid")
        return str(body["visibility"])
    if body.get("private") is not None:
        return "private" if body["private"] else "public"
    return None


def _switch(db: sqlite3.Connection, repository: sqlite3.Row, body: dict[str, Any]) -> None:
    for name in (*SWITCHES, "description"):
        if name in body:
            value = body[name] if name == "description" else bool(body[name])
            query = f"UPDATE repository SET {name} = ? WHERE id = ?"
            db.execute(query, (value, repository["id"]))


@routes.route(f"{ROOT}/branches/main/protection", methods=["GET", "PUT"])
def protection(owner: str, repo: str) -> Response:
    """Refuse to protect a private repository's branch, which GitHub's free plan doesn't."""
    found = access(owner, repo)
    found.require(ADMIN, "administration")
    if found.repository["visibility"] == "private":
        raise forbidden("Upgrade to GitHub Pro or make this repository public to enable this feature.")
    raise not_found()


# who may do what


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
    if not found.identity.is_job and found.level < WRITE:
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
        person = _account(db, login)["id"]
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
        row = _account(db, login)
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
    """Give somebody a permission; unlike on GitHub nobody has to accept an invitation first."""
    found = access(owner, repo)
    found.require(ADMIN, "administration")
    permission = str(sent().get("permission", "push"))
    try:
        level_of(permission)
    except ValueError:
        raise invalid("Collaborator", "permission", "invalid") from None
    with store().write() as (db, _):
        store().set_permission(f"{owner}/{repo}", _account(db, login)["login"], permission)
    return nothing()


@routes.delete(f"{ROOT}/collaborators/<login>")
def remove_collaborator(owner: str, repo: str, login: str) -> Response:
    """Take somebody's permission away; people may leave by themselves."""
    found = access(owner, repo)
    if login.casefold() != me().login.casefold():
        found.require(ADMIN, "administration")
    with store().write() as (db, _):
        store().set_permission(f"{owner}/{repo}", _account(db, login)["login"], "none")
    return nothing()


@routes.get(f"{ROOT}/teams")
def list_teams(owner: str, repo: str) -> Response:
    """List the teams with access; a job's token can't see them."""
    found = access(owner, repo)
    if found.identity.is_job:
        raise not_for_integrations()
    found.require(ADMIN)
    with reading(listing=True) as db:
        rows = db.execute(
            "SELECT t.*, r.permission FROM team_repository r JOIN team t ON t.id = r.team_id"
            " WHERE r.repository_id = ? ORDER BY t.id",
            (found.repository["id"],),
        )
        return listed([render.team(base(), found.repository, row) for row in rows])


@routes.get("/orgs/<org>/teams/<slug>/members")
def list_team_members(org: str, slug: str) -> Response:
    """List a team's members; only members of the organization see it."""
    with reading(listing=True) as db:
        owner = _account(db, org)["id"]
        inside = "SELECT 1 FROM membership WHERE org_id = ? AND user_id = ?"
        team = db.execute("SELECT id FROM team WHERE org_id = ? AND slug = ?", (owner, slug)).fetchone()
        if team is None or not db.execute(inside, (owner, me().account_id)).fetchone():
            raise not_found()
        rows = db.execute(
            "SELECT a.* FROM team_member m JOIN account a ON a.id = m.account_id"
            " WHERE m.team_id = ? ORDER BY a.id",
            (team["id"],),
        )
        return listed([render.account(base(), row) for row in rows])


# limits


@routes.get("/rate_limit")
def rate_limit() -> Response:
    """Show the budgets; asking costs nothing."""
    limits = store().limits
    core = limits.budget(me(), "core").as_dict()
    search = {"limit": 30, "used": 0, "remaining": 30, "reset": core["reset"]}
    resources = {"core": core, "graphql": limits.budget(me(), "graphql").as_dict(), "search": search}
    return answer({"resources": resources, "rate": core})


@routes.get("/")
def root() -> Response:
    """Tell where things are, as far as a client may ask."""
    return answer(
        {
            "current_user_url": f"{base()}/user",
            "repository_url": f"{base()}/repos/{{owner}}/{{repo}}",
            "rate_limit_url": f"{base()}/rate_limit",
            "now": iso(store().clock.now()),
        }
    )
