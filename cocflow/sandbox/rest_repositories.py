"""REST routes of repositories, accounts and rate limits."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import json
import sqlite3
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import (
    ADMIN,
    NONE,
    READ,
    find_repository,
    repository_by_id,
    user_level,
)
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
from cocflow.sandbox.refusals import Refusal, forbidden, invalid, not_for_integrations, not_found
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


# accounts


@routes.get("/user")
def get_me() -> Response:
    """Show whose token it is; a job's token is refused, as GitHub does."""
    if me().is_integration:
        raise not_for_integrations()
    with reading() as db:
        return answer(render.full_account(base(), find_account(db, me().login), private=True))


@routes.get("/users/<login>")
def get_user(login: str) -> Response:
    """Show an account."""
    with reading() as db:
        return answer(render.full_account(base(), find_account(db, login)))


# repositories


@routes.get("/user/repos")
def my_repositories() -> Response:
    """List the repositories that one has been given access to and the token reaches, the oldest first."""
    if me().is_integration:
        raise not_for_integrations()
    wanted = request.args.get("visibility", "all")
    with reading() as db:
        found = []
        for row in db.execute("SELECT id FROM repository ORDER BY id").fetchall():
            repository = repository_by_id(db, row["id"])
            level = user_level(db, me().account_id, repository)
            if repository["visibility"] != "public" and level == NONE:
                continue
            if me().kind == "fine" and repository["id"] not in me().repositories:
                continue
            if wanted in ("all", repository["visibility"]):
                found.append(render.repository(db, base(), repository, level))
        return listed(found)


@routes.put(f"{ROOT}/topics")
def put_topics(owner: str, repo: str) -> Response:
    """Say what a repository is about."""
    found = access(owner, repo)
    found.require(ADMIN, "administration")
    names = sent().get("names")
    if not isinstance(names, list) or not all(isinstance(one, str) for one in names):
        raise invalid("Repository", "names", "invalid")
    with store().write() as (db, _):
        query = "UPDATE repository SET topics = ? WHERE id = ?"
        db.execute(query, (json.dumps([one.lower() for one in names]), found.repository["id"]))
    return answer({"names": names})


@routes.get(f"{ROOT}/topics")
def get_topics(owner: str, repo: str) -> Response:
    """Show what a repository is about."""
    return answer({"names": json.loads(access(owner, repo).repository["topics"])})


@routes.get(ROOT)
def get_repository(owner: str, repo: str) -> Response:
    """Show a repository, and what one may do in it."""
    found = access(owner, repo)
    with reading() as db:
        return answer(render.repository(db, base(), found.repository, found.level))


@routes.post("/user/repos")
def create_own_repository() -> Response:
    """Create a repository of one's own."""
    if me().is_integration:
        raise not_for_integrations()
    return _create(me().login)


@routes.post("/orgs/<org>/repos")
def create_repository(org: str) -> Response:
    """Create a repository of an organization that one is a member of, or that the App is installed in."""
    _require_home(org)
    return _create(org)


def _require_home(owner: str) -> None:
    """Refuse who may not create a repository there; an App needs administration: write."""
    with reading() as db:
        here, home = me(), find_account(db, owner)["id"]
        if here.is_integration:
            query = "SELECT 1 FROM installation WHERE id = ? AND org_id = ?"
            installed = db.execute(query, (here.bound_to, home)).fetchone() and not here.is_job
            if not installed or here.permissions.get("administration") != "write":
                raise not_for_integrations()
            return
        query = "SELECT 1 FROM membership WHERE org_id = ? AND user_id = ?"
        if home != here.account_id and not db.execute(query, (home, here.account_id)).fetchone():
            raise forbidden("You need admin access to the organization before adding a repository to it.")


def _create(owner: str) -> Response:
    body = sent()
    name = _name(body.get("name"))
    with store().write() as (db, _):
        made = _make(db, f"{owner}/{name}", _visibility(body) or "public", body)
        if body.get("auto_init"):
            store().put_file(f"{owner}/{name}", "README.md", f"# {name}\n")
        return answer(render.repository(db, base(), made, ADMIN), 201)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.strip():
        raise invalid("Repository", "name", "missing_field")
    return name


def _make(db: sqlite3.Connection, full_name: str, visibility: str, body: dict[str, Any]) -> sqlite3.Row:
    """Make a repository: its maker administers it, or it joins the maker's installation."""
    made = store().add_repo(full_name, visibility=visibility, description=body.get("description"))
    if me().is_integration:
        db.execute("INSERT INTO installation_repository VALUES (?, ?)", (me().bound_to, made["id"]))
    elif me().account_id != made["owner_id"]:
        store().set_permission(full_name, me().login, "admin")
    _switch(db, made, {name: body[name] for name in body if name in SWITCHES})
    return store().repository(full_name)


@routes.post(f"{ROOT}/generate")
def generate(owner: str, repo: str) -> Response:
    """Make a repository of a template's files: {name, owner?, description?, private?}.

    It has none of the template's labels, settings, secrets and collaborators. A bot needs contents: read
    there, and administration: write.
    """
    template, body = access(owner, repo), sent()
    if not template.may(READ, "contents"):
        raise Refusal(422, "Could not clone: template repository not found.")
    home, name = str(body.get("owner") or me().login), _name(body.get("name"))
    _require_home(home)
    if not template.repository["is_template"]:
        raise not_found()
    with store().write() as (db, _):
        known = find_repository(db, home, name)
        if known is not None and known["name"].casefold() == name.casefold():
            raise Refusal(422, "Could not clone: Name already exists on this account")
        given = {"description": body.get("description")}
        made = _make(db, f"{home}/{name}", "private" if body.get("private") else "public", given)
        db.execute(
            "INSERT INTO file SELECT ?, path, content, sha FROM file WHERE repository_id = ?",
            (made["id"], template.repository["id"]),
        )
        query = "UPDATE repository SET template_id = ? WHERE id = ?"
        db.execute(query, (template.repository["id"], made["id"]))
        shown = render.repository(db, base(), repository_by_id(db, made["id"]), ADMIN)
        return answer(shown, 201)


@routes.delete(ROOT)
def delete_repository(owner: str, repo: str) -> Response:
    """Delete a repository with all that is in it; a person's token needs the scope `delete_repo` as well."""
    found = access(owner, repo)
    found.require_administration()
    if not found.identity.is_integration and "delete_repo" not in found.identity.scopes:
        raise forbidden()
    with store().write():
        store().delete_repo(render.full_name(found.repository))
    return nothing()


@routes.patch(ROOT)
def change_repository(owner: str, repo: str) -> Response:
    """Change visibility and switches; only administrators may."""
    found = access(owner, repo)
    found.require_administration()
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
    found.require_administration()
    if found.repository["visibility"] == "private":
        raise forbidden("Upgrade to GitHub Pro or make this repository public to enable this feature.")
    raise not_found()


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
