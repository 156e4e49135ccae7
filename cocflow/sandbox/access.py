"""Who may do what: tokens, levels of permission, and GitHub's way of saying no to each.

Everything about permissions is here; the operations only ask.
"""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from cocflow.sandbox.refusals import Refusal, forbidden, not_for_integrations, not_found

NONE, READ, TRIAGE, WRITE, MAINTAIN, ADMIN = range(6)
LEVELS = ("none", "read", "triage", "write", "maintain", "admin")
# REST writes pull and push where everything else says read and write.
ALIASES = {"pull": "read", "push": "write"}

JOB_BOT = "github-actions[bot]"
JOB_PERMISSIONS = {"issues": "write", "contents": "read"}


def level_of(name: str) -> int:
    """Return the rank of a permission by either of its names; ValueError if there is none such."""
    return LEVELS.index(ALIASES.get(name, name))


@dataclass(frozen=True)
class Identity:
    """Whose token a request carries, and what kind of token it is."""

    account_id: int
    login: str
    kind: str  # of token: user or job
    repository_id: int | None = None
    permissions: dict[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()

    @property
    def is_job(self) -> bool:
        """Whether this is the token of an Actions job: bound to one repository, and the cause of no run."""
        return self.kind == "job"


def identify(db: sqlite3.Connection, authorization: str | None) -> Identity:
    """Return who sends a request; 401 without a token or with one we never gave out."""
    if not authorization:
        raise Refusal(401, "Requires authentication")
    secret = authorization.partition(" ")[2].strip()
    row = db.execute(
        "SELECT t.*, a.login FROM token t JOIN account a ON a.id = t.account_id WHERE secret = ?", (secret,)
    ).fetchone()
    if row is None:
        raise Refusal(401, "Bad credentials")
    return Identity(
        row["account_id"],
        row["login"],
        row["kind"],
        row["repository_id"],
        json.loads(row["permissions"]),
        tuple(json.loads(row["scopes"])),
    )


def user_level(db: sqlite3.Connection, account_id: int, repository: sqlite3.Row) -> int:
    """Return the highest of what ownership, organization, teams, collaboration and visibility give."""
    if repository["owner_id"] == account_id:
        return ADMIN
    levels = [READ if repository["visibility"] == "public" else NONE]
    member = db.execute(
        "SELECT m.role, a.base_permission FROM membership m JOIN account a ON a.id = m.org_id"
        " WHERE m.org_id = ? AND m.user_id = ?",
        (repository["owner_id"], account_id),
    ).fetchone()
    if member is not None:
        internal = READ if repository["visibility"] == "internal" else NONE
        base = ADMIN if member["role"] == "admin" else level_of(member["base_permission"])
        levels += [internal, base]
    granted = db.execute(
        "SELECT permission FROM collaborator WHERE repository_id = :repository AND account_id = :account"
        " UNION ALL SELECT r.permission FROM team_repository r JOIN team_member m ON m.team_id = r.team_id"
        " WHERE r.repository_id = :repository AND m.account_id = :account",
        {"repository": repository["id"], "account": account_id},
    )
    return max(levels + [level_of(row["permission"]) for row in granted])


@dataclass(frozen=True)
class Access:
    """What one identity may do in one repository."""

    identity: Identity
    repository: sqlite3.Row
    level: int

    def may(self, needed: int, resource: str = "issues") -> bool:
        """Tell whether the identity has at least this level on this kind of resource."""
        if not self.identity.is_job:
            return self.level >= needed
        granted = self.identity.permissions.get(resource, "none")
        own = self.repository["id"] == self.identity.repository_id
        reached = {"read": READ, "write": WRITE}.get(granted, NONE) if own else NONE
        return max(reached, READ if self.repository["visibility"] == "public" else NONE) >= needed

    def require(self, needed: int, resource: str = "issues", message: str | None = None) -> None:
        """Refuse with 403, in the words that GitHub has for people or for jobs."""
        if self.may(needed, resource):
            return
        if self.identity.is_job:
            raise not_for_integrations()
        raise forbidden(message) if message else forbidden()

    def require_voice(self) -> None:
        """Refuse who may not open issues or comment: people need read, a job's token issues: write."""
        self.require(WRITE if self.identity.is_job else READ)

    def require_person(self) -> None:
        """Refuse what no job's token may ever do."""
        if self.identity.is_job:
            raise not_for_integrations()


def require_workflow_scope(access: Access) -> None:
    """Refuse a person's token without the scope `workflow`; to it, workflows can't be found for writing."""
    if not access.identity.is_job and "workflow" not in access.identity.scopes:
        raise not_found()


def find_repository(db: sqlite3.Connection, owner: str, name: str) -> sqlite3.Row | None:
    """Return a repository by its full name, in any case of letters."""
    row: sqlite3.Row | None = db.execute(
        "SELECT r.*, a.login AS owner_login, a.kind AS owner_kind FROM repository r"
        " JOIN account a ON a.id = r.owner_id WHERE a.login = ? AND r.name = ?",
        (owner, name),
    ).fetchone()
    return row


def repository_by_id(db: sqlite3.Connection, repository_id: int) -> sqlite3.Row:
    """Return a repository that exists."""
    row: sqlite3.Row = db.execute(
        "SELECT r.*, a.login AS owner_login, a.kind AS owner_kind FROM repository r"
        " JOIN account a ON a.id = r.owner_id WHERE r.id = ?",
        (repository_id,),
    ).fetchone()
    return row


def access_to(db: sqlite3.Connection, identity: Identity, repository: sqlite3.Row | None) -> Access:
    """Return what may be done in a repository; 404 if it is missing or may not be seen."""
    if repository is None:
        raise not_found()
    if identity.is_job:
        level = READ if repository["id"] == identity.repository_id else NONE
        level = max(level, READ if repository["visibility"] == "public" else NONE)
    else:
        level = user_level(db, identity.account_id, repository)
    if level == NONE:
        raise not_found()
    return Access(identity, repository, level)


def open_repository(db: sqlite3.Connection, identity: Identity, owner: str, name: str) -> Access:
    """Find a repository by name and return what may be done in it; 404 as ``access_to``."""
    return access_to(db, identity, find_repository(db, owner, name))


def association(db: sqlite3.Connection, account_id: int | None, repository: sqlite3.Row) -> str:
    """Return ``author_association``, which misses private members, as GitHub's does."""
    if account_id is None:
        return "NONE"
    if repository["owner_id"] == account_id:
        return "OWNER"
    parameters = (repository["owner_id"], account_id)
    member = "SELECT 1 FROM membership WHERE org_id = ? AND user_id = ? AND public = 1"
    if db.execute(member, parameters).fetchone():
        return "MEMBER"
    collaborator = "SELECT 1 FROM collaborator WHERE repository_id = ? AND account_id = ?"
    if db.execute(collaborator, (repository["id"], account_id)).fetchone():
        return "COLLABORATOR"
    return "NONE"


def readers(db: sqlite3.Connection, repository: sqlite3.Row, affiliation: str) -> list[tuple[Any, int]]:
    """List people with access granted to them (not by visibility), with their level.

    ``affiliation``: ALL, DIRECT (collaborators) or OUTSIDE (collaborators who aren't members).
    """
    direct = "SELECT account_id FROM collaborator WHERE repository_id = :repository"
    sources = {
        "DIRECT": direct,
        "OUTSIDE": f"{direct} EXCEPT SELECT user_id FROM membership WHERE org_id = :owner",
        "ALL": f"{direct} UNION SELECT user_id FROM membership WHERE org_id = :owner"
        " UNION SELECT m.account_id FROM team_repository r JOIN team_member m ON m.team_id = r.team_id"
        " WHERE r.repository_id = :repository"
        " UNION SELECT id FROM account WHERE id = :owner AND kind = 'User'",
    }
    accounts = db.execute(
        f"SELECT * FROM account WHERE id IN ({sources[affiliation]}) ORDER BY id",
        {"repository": repository["id"], "owner": repository["owner_id"]},
    ).fetchall()
    people = [(account, user_level(db, account["id"], repository)) for account in accounts]
    return [(account, level) for account, level in people if level > NONE]
