"""Who may do what: tokens, levels of permission, and GitHub's way of saying no to each.

Everything about permissions is here; the operations only ask.
"""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from cocflow.sandbox.refusals import Refusal, forbidden, not_for_integrations, not_found, suspended

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
    kind: str  # of token: user, fine (a fine-grained one), job, installation (of an App), or app: its own JWT
    bound_to: int | None = None
    """The repository of a job's token, the installation of its token, the App of its JWT."""
    repositories: frozenset[int] = frozenset()
    """Those that a job's, an installation's or a fine-grained token reaches."""
    permissions: dict[str, str] = field(default_factory=dict)
    scopes: tuple[str, ...] = ()
    expires_at: int | None = None

    @property
    def is_job(self) -> bool:
        """Whether this is the token of an Actions job, the cause of no run."""
        return self.kind == "job"

    @property
    def is_integration(self) -> bool:
        """Whether this is a bot's token: bound to repositories, and limited by its permissions."""
        return self.kind in ("job", "installation")


def identify(db: sqlite3.Connection, authorization: str | None, now: int) -> Identity:
    """Return who sends a request; 401 without a token, with one we never gave out, or that has expired."""
    if not authorization:
        raise Refusal(401, "Requires authentication")
    secret = authorization.partition(" ")[2].strip()
    row = db.execute(
        "SELECT t.*, a.login FROM token t JOIN account a ON a.id = t.account_id WHERE secret = ?", (secret,)
    ).fetchone()
    if row is None or (row["expires_at"] is not None and row["expires_at"] <= now):
        raise Refusal(401, "Bad credentials")
    return Identity(
        row["account_id"],
        row["login"],
        row["kind"],
        row["installation_id"] or row["repository_id"],
        _reached(db, row),
        json.loads(row["permissions"]),
        tuple(json.loads(row["scopes"])),
        row["expires_at"],
    )


def _reached(db: sqlite3.Connection, token: sqlite3.Row) -> frozenset[int]:
    """Return the repositories that a token is bound to; an installation's may have grown or shrunk."""
    if token["kind"] == "fine":
        return frozenset(json.loads(token["repositories"]))
    if token["installation_id"] is None:
        return frozenset({token["repository_id"]})
    found = db.execute("SELECT * FROM installation WHERE id = ?", (token["installation_id"],)).fetchone()
    if found["suspended_at"] is not None:
        raise suspended()
    query = "SELECT repository_id FROM installation_repository WHERE installation_id = ?"
    installed = {row["repository_id"] for row in db.execute(query, (token["installation_id"],))}
    narrowed = installed if token["repositories"] is None else set(json.loads(token["repositories"]))
    return frozenset(installed & narrowed)


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
        if not self.identity.is_integration:
            return self.level >= needed
        granted = self.identity.permissions.get(resource, "none")
        own = self.repository["id"] in self.identity.repositories
        reached = {"read": READ, "write": WRITE}.get(granted, NONE) if own else NONE
        return max(reached, READ if self.repository["visibility"] == "public" else NONE) >= needed

    def require(self, needed: int, resource: str = "issues", message: str | None = None) -> None:
        """Refuse with 403, in the words that GitHub has for people or for bots."""
        if self.may(needed, resource):
            return
        if self.identity.is_integration:
            raise not_for_integrations()
        raise forbidden(message) if message else forbidden()

    def require_voice(self) -> None:
        """Refuse who may not open issues or comment: people need read, a bot's token issues: write."""
        self.require(WRITE if self.identity.is_integration else READ)

    def require_administration(self, *, reading: bool = False) -> None:
        """Refuse who may not administer: people need admin, a bot's token administration: write or read."""
        bots = READ if reading else WRITE
        self.require(bots if self.identity.is_integration else ADMIN, "administration")

    def require_person(self) -> None:
        """Refuse what no bot's token may ever do."""
        if self.identity.is_integration:
            raise not_for_integrations()


def require_workflow_scope(access: Access) -> None:
    """Refuse a person's token without the scope `workflow`; to it, workflows can't be found for writing."""
    if not access.identity.is_integration and "workflow" not in access.identity.scopes:
        raise not_found()


_REPOSITORY = (
    "SELECT r.*, a.login AS owner_login, a.kind AS owner_kind, a.deletes_issues, a.actions = 'all'"
    " OR a.actions = 'selected' AND r.actions_selected AS actions_allowed"
    " FROM repository r JOIN account a ON a.id = r.owner_id"
)


def find_repository(db: sqlite3.Connection, owner: str, name: str) -> sqlite3.Row | None:
    """Return a repository by its full name, or by one that it had, in any case of letters."""
    row: sqlite3.Row | None = db.execute(
        f"{_REPOSITORY} WHERE a.login = ? AND r.name = ?", (owner, name)
    ).fetchone()
    if row is not None:
        return row
    former = "SELECT m.repository_id FROM renamed m JOIN account a ON a.id = m.owner_id"
    known = db.execute(f"{former} WHERE a.login = ? AND m.name = ?", (owner, name)).fetchone()
    return None if known is None else repository_by_id(db, known["repository_id"])


def repository_by_id(db: sqlite3.Connection, repository_id: int) -> sqlite3.Row:
    """Return a repository that exists."""
    row: sqlite3.Row = db.execute(f"{_REPOSITORY} WHERE r.id = ?", (repository_id,)).fetchone()
    return row


def actions_run(repository: sqlite3.Row) -> bool:
    """Tell whether Actions are on in a repository, by its own switch and by its organization's."""
    return bool(repository["actions_enabled"] and repository["actions_allowed"])


def may_delete_issues(db: sqlite3.Connection, access: Access) -> bool:
    """Tell whether somebody may delete issues: an owner, or an administrator where the organization lets it.

    No bot's token may. github/docs, allowing-people-to-delete-issues-in-your-organization.md.
    """
    repository = access.repository
    if access.identity.is_integration or access.level < ADMIN:
        return False
    owns = "SELECT 1 FROM membership WHERE org_id = ? AND user_id = ? AND role = 'admin'"
    owner = db.execute(owns, (repository["owner_id"], access.identity.account_id)).fetchone()
    return bool(repository["owner_kind"] == "User" or repository["deletes_issues"] or owner)


def access_to(db: sqlite3.Connection, identity: Identity, repository: sqlite3.Row | None) -> Access:
    """Return what may be done in a repository; 404 if it is missing or may not be seen."""
    if repository is None:
        raise not_found()
    if identity.is_integration:
        level = READ if repository["id"] in identity.repositories else NONE
        level = max(level, READ if repository["visibility"] == "public" else NONE)
    else:
        level = user_level(db, identity.account_id, repository)
        if identity.kind == "fine" and repository["id"] not in identity.repositories:
            level = min(level, READ if repository["visibility"] == "public" else NONE)
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
