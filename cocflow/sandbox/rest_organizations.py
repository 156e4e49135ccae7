"""REST routes of organizations: their settings, members, teams, repositories and installed Apps."""

from __future__ import annotations

import sqlite3
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import READ, repository_by_id, user_level
from cocflow.sandbox.context import answer, base, find_account, listed, me, nothing, reading, sent, store
from cocflow.sandbox.refusals import Refusal, forbidden, invalid, not_found

routes = Blueprint("organizations", __name__)
MAKES = (
    *("private_repositories", "public_repositories"),
    *("pages", "private_pages", "public_pages"),
)
"""What members may make unless an owner decides otherwise."""
COUNTED = ("collaborators", "disk_usage", "owned_private_repos", "private_gists", "total_private_repos")


def _organization(db: sqlite3.Connection, org: str) -> sqlite3.Row:
    row = find_account(db, org)
    if row["kind"] != "Organization":
        raise not_found()
    return row


def _role(db: sqlite3.Connection, org: sqlite3.Row) -> str | None:
    """Return the role that whoever asks has in an organization: admin, member, or None."""
    query = "SELECT role FROM membership WHERE org_id = ? AND user_id = ?"
    row = db.execute(query, (org["id"], me().account_id)).fetchone()
    return None if row is None else str(row["role"])


@routes.get("/orgs/<org>")
def get_organization(org: str) -> Response:
    """Show an organization; what its members may do, and whether it demands 2FA, its owners only see.

    Their token needs the scope `admin:org` for it.
    """
    with reading() as db:
        row = _organization(db, org)
        url = f"{base()}/orgs/{row['login']}"
        links = {
            f"{name}_url": f"{url}/{name}{rest}"
            for name, rest in (
                ("members", "{/member}"),
                ("public_members", "{/member}"),
                ("issues", ""),
                ("hooks", ""),
            )
        }
        # Of what nobody filled in an organization shows nothing, where a person shows null.
        filled = {name: one for name, one in render.full_account(base(), row).items() if one is not None}
        body = filled | links | {"url": url, "is_verified": False}
        body |= {"description": None, "archived_at": None}
        body |= dict.fromkeys(("has_organization_projects", "has_repository_projects"), True)
        return answer(body | (_settings(row) if _owns(db, row) else {}))


def _owns(db: sqlite3.Connection, org: sqlite3.Row) -> bool:
    return _role(db, org) == "admin" and "admin:org" in me().scopes


def _settings(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "default_repository_permission": row["base_permission"],
        "members_can_fork_private_repositories": bool(row["forks_private"]),
        "two_factor_requirement_enabled": bool(row["two_factor"]),
        "members_can_create_repositories": True,
        "members_allowed_repository_creation_type": "all",
        "members_can_create_internal_repositories": False,
        **dict.fromkeys((f"members_can_create_{one}" for one in MAKES), True),
        **dict.fromkeys(COUNTED, 0),
        "billing_email": None,
        "web_commit_signoff_required": False,
        "plan": {"name": "free", "space": 976562499, "private_repos": 10000, "filled_seats": 1, "seats": 0},
    }


@routes.get("/orgs/<org>/members")
def list_members(org: str) -> Response:
    """List members; someone from outside (a bot, too) sees the public ones only. role: all, admin, member."""
    with reading(listing=True) as db:
        owner = _organization(db, org)
        rows = db.execute(
            "SELECT a.*, m.role AS member_role, m.public FROM membership m JOIN account a ON a.id = m.user_id"
            " WHERE m.org_id = ? ORDER BY a.id",
            (owner["id"],),
        ).fetchall()
        inside = _role(db, owner) is not None or me().permissions.get("members") is not None
        role = request.args.get("role", "all")
        shown = [row for row in rows if (inside or row["public"]) and role in ("all", row["member_role"])]
        return listed([render.account(base(), row) for row in shown])


@routes.get("/orgs/<org>/teams/<slug>/members")
def list_team_members(org: str, slug: str) -> Response:
    """List a team's members; only members of the organization see it."""
    with reading(listing=True) as db:
        owner = _organization(db, org)
        query = "SELECT id FROM team WHERE org_id = ? AND slug = ?"
        team = db.execute(query, (owner["id"], slug)).fetchone()
        if team is None or _role(db, owner) is None:
            raise not_found()
        rows = db.execute(
            "SELECT a.* FROM team_member m JOIN account a ON a.id = m.account_id"
            " WHERE m.team_id = ? ORDER BY a.id",
            (team["id"],),
        )
        return listed([render.account(base(), row) for row in rows])


@routes.get("/orgs/<org>/installations")
def list_installations(org: str) -> Response:
    """List the Apps that are installed in an organization; only its owners see them."""
    with reading(listing=True) as db:
        owner = _organization(db, org)
        if _role(db, owner) != "admin":
            raise forbidden("You must be an organization owner to list its installations.")
        rows = db.execute(
            "SELECT * FROM installation WHERE org_id = ? ORDER BY id", (owner["id"],)
        ).fetchall()
        bodies = [render.installation(db, base(), row) for row in rows]
        return answer({"total_count": len(bodies), "installations": bodies})


@routes.get("/orgs/<org>/repos")
def list_repositories(org: str) -> Response:
    """List those of an organization's repositories that one can read."""
    with reading(listing=True) as db:
        query = "SELECT id FROM repository WHERE owner_id = ? ORDER BY id"
        rows = [repository_by_id(db, one["id"]) for one in db.execute(query, (_organization(db, org)["id"],))]
        levels = [(row, user_level(db, me().account_id, row)) for row in rows]
        return listed([render.repository(db, base(), row, level) for row, level in levels if level >= READ])


# in which repositories Actions are

ACTIONS = "/orgs/<org>/actions/permissions"


def _owned(db: sqlite3.Connection, org: str) -> sqlite3.Row:
    """Return an organization; its owners only may see and set where Actions are, with `admin:org`."""
    row = _organization(db, org)
    if not _owns(db, row):
        raise forbidden("You must be an org admin or have the scope admin:org.")
    return row


def _selecting(db: sqlite3.Connection, org: str) -> sqlite3.Row:
    row = _owned(db, org)
    if row["actions"] != "selected":
        raise Refusal(409, "The organization doesn't select its repositories.")
    return row


@routes.get(ACTIONS)
def get_actions(org: str) -> Response:
    """Tell in which repositories Actions are, and which."""
    with reading() as db:
        row = _owned(db, org)
    body = {"enabled_repositories": row["actions"], "allowed_actions": "all", "sha_pinning_required": False}
    if row["actions"] == "selected":
        body["selected_repositories_url"] = f"{base()}/orgs/{row['login']}/actions/permissions/repositories"
    return answer(body)


@routes.put(ACTIONS)
def set_actions(org: str) -> Response:
    """Set in which repositories Actions are: {enabled_repositories: all|none|selected}.

    Which of them may run isn't known here.
    """
    wanted = sent().get("enabled_repositories")
    if wanted not in ("all", "none", "selected"):
        raise invalid("Actions", "enabled_repositories", "invalid")
    with store().write() as (db, _):
        db.execute("UPDATE account SET actions = ? WHERE id = ?", (wanted, _owned(db, org)["id"]))
    return nothing()


@routes.put(f"{ACTIONS}/repositories")
def select_repositories(org: str) -> Response:
    """Set which repositories are selected: {selected_repository_ids}, and no others."""
    wanted = set(sent().get("selected_repository_ids", ()))
    with store().write() as (db, _):
        owner = _selecting(db, org)["id"]
        rows = db.execute("SELECT id FROM repository WHERE owner_id = ?", (owner,)).fetchall()
        known = [(row["id"] in wanted, row["id"]) for row in rows]
        db.executemany("UPDATE repository SET actions_selected = ? WHERE id = ?", known)
    return nothing()


@routes.put(f"{ACTIONS}/repositories/<int:number>")
def select_repository(org: str, number: int) -> Response:
    """Select one more repository, by its id."""
    with store().write() as (db, _):
        query = "UPDATE repository SET actions_selected = 1 WHERE id = ? AND owner_id = ?"
        if not db.execute(query, (number, _selecting(db, org)["id"])).rowcount:
            raise not_found()
    return nothing()
