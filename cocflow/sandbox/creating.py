"""Making repositories, empty or of a template's files: who may, and what there is then."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import sqlite3
from typing import Any

from cocflow.sandbox.access import READ, Access, find_repository, repository_by_id
from cocflow.sandbox.context import find_account, me, reading, store
from cocflow.sandbox.refusals import Refusal, forbidden, invalid, not_for_integrations, not_found

SWITCHES = (
    "has_issues",
    "has_wiki",
    "has_projects",
    "has_discussions",
    "allow_forking",
    "is_template",
)


def require_home(owner: str) -> None:
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


def name_of(name: Any) -> str:
    """Return a repository's name as it was sent; 422 if it is none."""
    if not isinstance(name, str) or not name.strip():
        raise invalid("Repository", "name", "missing_field")
    return name


def make(db: sqlite3.Connection, owner: str, name: Any, visibility: str, body: dict[str, Any]) -> sqlite3.Row:
    """Make a repository: its maker administers it, or it joins the maker's installation."""
    full_name = f"{owner}/{name_of(name)}"
    made = store().add_repo(full_name, visibility=visibility, description=body.get("description"))
    if me().is_integration:
        db.execute("INSERT INTO installation_repository VALUES (?, ?)", (me().bound_to, made["id"]))
    elif me().account_id != made["owner_id"]:
        store().set_permission(full_name, me().login, "admin")
    switch(db, made, {name: body[name] for name in body if name in SWITCHES})
    return store().repository(full_name)


def generate(
    db: sqlite3.Connection, template: Access, owner: str, name: str, visibility: str, body: dict[str, Any]
) -> sqlite3.Row:
    """Make a repository of a template's files; it has none of its labels, settings and people.

    A bot needs contents: read there, and administration: write.
    """
    if not template.may(READ, "contents"):
        raise Refusal(422, "Could not clone: template repository not found.")
    require_home(owner)
    if not template.repository["is_template"]:
        raise not_found()
    known = find_repository(db, owner, name)
    if known is not None and known["name"].casefold() == name.casefold():
        raise Refusal(422, "Could not clone: Name already exists on this account")
    made = make(db, owner, name, visibility, body)
    db.execute(
        "INSERT INTO file SELECT ?, path, content, sha FROM file WHERE repository_id = ?",
        (made["id"], template.repository["id"]),
    )
    query = "UPDATE repository SET template_id = ? WHERE id = ?"
    db.execute(query, (template.repository["id"], made["id"]))
    return repository_by_id(db, made["id"])


def switch(db: sqlite3.Connection, repository: sqlite3.Row, body: dict[str, Any]) -> None:
    """Set a repository's switches and its description to what was sent."""
    for name in (*SWITCHES, "description"):
        if name in body:
            value = body[name] if name == "description" else bool(body[name])
            query = f"UPDATE repository SET {name} = ? WHERE id = ?"
            db.execute(query, (value, repository["id"]))
