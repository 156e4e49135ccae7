"""The sandbox's state, and the seeding API that tests and demos set it up with."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path

from cocflow.sandbox.access import (
    JOB_BOT,
    JOB_PERMISSIONS,
    LEVELS,
    Access,
    Identity,
    find_repository,
    level_of,
    repository_by_id,
    user_level,
)
from cocflow.sandbox.apps import Apps, bots_secret
from cocflow.sandbox.clock import Clock
from cocflow.sandbox.database import Database
from cocflow.sandbox.eventlog import EventLog
from cocflow.sandbox.ids import blob_sha
from cocflow.sandbox.limits import Limits, RequestCount
from cocflow.sandbox.refusals import Refusal, invalid, not_found

DEFAULT_LABELS = (
    ("bug", "d73a4a", "Something isn't working"),
    ("documentation", "0075ca", "Improvements or additions to documentation"),
    ("duplicate", "cfd3d7", "This issue or pull request already exists"),
    ("enhancement", "a2eeef", "New feature or request"),
    ("good first issue", "7057ff", "Good for newcomers"),
    ("help wanted", "008672", "Extra attention is needed"),
    ("invalid", "e4e669", "This doesn't seem right"),
    ("question", "d876e3", "Further information is requested"),
    ("wontfix", "ffffff", "This will not be worked on"),
)
SCOPES = ("read:org", "repo", "workflow")
"""What a person's token may be used for; each is left out of it at will, or admin:org, delete_repo added."""
_BY_ACCOUNTS = (
    *(("issue", column) for column in ("author_id", "editor_id", "closed_by")),
    *(("comment", column) for column in ("author_id", "editor_id")),
    *(("timeline", column) for column in ("actor_id", "other_account_id")),
    ("edit", "editor_id"),
    ("invitation", "inviter_id"),
)
_OF_ACCOUNTS = (
    ("token", "account_id"),
    ("collaborator", "account_id"),
    ("invitation", "invitee_id"),
    ("membership", "user_id"),
    ("team_member", "account_id"),
)
ACTIONS = 15368
"""The number of the App whose tokens jobs are given."""
VISIBILITIES = ("public", "private", "internal")


_IN_REPOSITORIES = (
    *("issue", "label", "moved", "renamed", "secret", "collaborator", "invitation", "invited", "file"),
    *("team_repository", "workflow_run", "installation_repository", "token"),
)


class Store:
    """A database, its clock, its limits and counters; seeding needs no token and obeys no permission."""

    def __init__(self, path: str | Path | None = None, *, clock: Clock | None = None) -> None:
        self.database = Database(path, clock)
        self.limits = Limits(self.clock)
        self.requests = RequestCount()
        self.write = self.database.write
        self._seed = partial(self.database.write, tick=False)
        self.read = self.database.read
        self.apps = Apps(self)

    @property
    def clock(self) -> Clock:
        """The clock that every fact and every answer is dated by."""
        return self.database.clock

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    # accounts

    def add_user(
        self, login: str, name: str | None = None, *, kind: str = "User", legacy: bool = False
    ) -> int:
        """Create an account (``User``, ``Bot``, ``Organization`` or ``Mannequin``) unless it is there.

        ``legacy``: it is from before 2021, so its node id has the old form. A login that ends in ``[bot]``
        is a bot's, and the jobs' bot is that old.
        """
        if login.endswith("[bot]"):
            kind, legacy = "Bot", legacy or login == JOB_BOT
        with self._seed() as (db, at):
            columns = "login, kind, name, legacy, created_at"
            row = (login, kind, name, legacy, at)
            db.execute(f"INSERT OR IGNORE INTO account ({columns}) VALUES (?, ?, ?, ?, ?)", row)
            return int(db.execute("SELECT id FROM account WHERE login = ?", (login,)).fetchone()["id"])

    def add_bot(self, login: str) -> int:
        """Create a bot; its login in REST ends in ``[bot]``, which GraphQL leaves out."""
        return self.add_user(login if login.endswith("[bot]") else f"{login}[bot]")

    def add_org(
        self,
        login: str,
        *,
        members: Mapping[str, str] | None = None,
        base_permission: str = "read",
        two_factor: bool = False,
        forks_private: bool = False,
        deletes_issues: bool = False,
        actions: str = "all",
    ) -> int:
        """Create an organization, or set one anew, with members by login (role ``admin`` or ``member``).

        ``base_permission`` is what members have on every repository; GitHub's default is read.
        ``two_factor``: it demands that from everybody; ``forks_private``: members may fork what is private.
        ``deletes_issues``: whoever administers a repository may delete its issues; else owners alone may.
        ``actions``: in which repositories Actions may be on: all, none, or those that are ``selected``.
        """
        with self._seed() as (db, _):
            org = self.add_user(login, kind="Organization")
            columns = (
                "base_permission = ?, two_factor = ?, forks_private = ?, deletes_issues = ?, actions = ?"
            )
            row = (base_permission, two_factor, forks_private, deletes_issues, actions, org)
            db.execute(f"UPDATE account SET {columns} WHERE id = ?", row)
            for member, role in (members or {}).items():
                self.add_member(login, member, role)
        return org

    def set_two_factor(self, login: str, has_it: bool) -> None:
        """Say whether somebody has two-factor authentication; everybody has until told otherwise."""
        with self._seed() as (db, _):
            db.execute("UPDATE account SET two_factor = ? WHERE id = ?", (has_it, self.account_id(login)))

    def add_member(self, org: str, login: str, role: str = "member", *, public: bool = False) -> None:
        """Make somebody a member (``member``) or an owner (``admin``) of an organization."""
        with self._seed() as (db, _):
            row = (self.account_id(org), self.add_user(login), role, public)
            db.execute("INSERT OR REPLACE INTO membership VALUES (?, ?, ?, ?)", row)

    def add_team(
        self,
        org: str,
        slug: str,
        members: tuple[str, ...] = (),
        repositories: Mapping[str, str] | None = None,
    ) -> None:
        """Create a team with members and with a permission on each of the named repositories."""
        with self._seed() as (db, _):
            values = (self.account_id(org), slug, slug.replace("-", " ").capitalize())
            team = db.execute("INSERT INTO team (org_id, slug, name) VALUES (?, ?, ?)", values).lastrowid
            for login in members:
                db.execute("INSERT INTO team_member VALUES (?, ?)", (team, self.add_user(login)))
            for name, permission in (repositories or {}).items():
                row = (team, self.repository(name)["id"], LEVELS[level_of(permission)])
                db.execute("INSERT INTO team_repository VALUES (?, ?, ?)", row)

    def account_id(self, login: str) -> int:
        """Return the id of an account; 404 if there is none of that login."""
        with self.read() as db:
            row = db.execute("SELECT id FROM account WHERE login = ?", (login,)).fetchone()
        if row is None:
            raise not_found()
        return int(row["id"])

    # tokens

    def delete_user(self, login: str) -> None:
        """Delete an account: what it wrote and did stays, by nobody."""
        account = self.account_id(login)
        with self._seed() as (db, _):
            for table, column in _BY_ACCOUNTS:
                db.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} = ?", (account,))
            for table, column in _OF_ACCOUNTS:
                db.execute(f"DELETE FROM {table} WHERE {column} = ?", (account,))
            db.execute("DELETE FROM account WHERE id = ?", (account,))

    def rename_user(self, login: str, new: str) -> None:
        """Rename an account; its id stays, and anybody may take the old login."""
        with self._seed() as (db, _):
            db.execute("UPDATE account SET login = ? WHERE id = ?", (new, self.account_id(login)))

    def add_token(self, login: str, scopes: tuple[str, ...] = SCOPES) -> str:
        """Give a user a token that may do all that the user may, but write workflows without that scope."""
        return self._token(f"ghp_{secrets.token_hex(18)}", self.account_id(login), "user", None, {}, scopes)

    def add_fine_token(self, login: str, repositories: Iterable[str], days: int = 7) -> str:
        """Give a user a fine-grained token: for so many days, with every permission in these repositories."""
        with self._seed() as (db, at):
            chosen = json.dumps(sorted(self.repository(one)["id"] for one in repositories))
            secret = self._token(
                f"github_pat_{secrets.token_hex(18)}", self.account_id(login), "fine", None, {}, SCOPES
            )
            query = "UPDATE token SET repositories = ?, expires_at = ? WHERE secret = ?"
            db.execute(query, (chosen, at + days * 86_400, secret))
        return secret

    def job_token(
        self, full_name: str, permissions: Mapping[str, str] | None = None, *, app: str = JOB_BOT
    ) -> str:
        """Give out a GITHUB_TOKEN, bound to one repository; by default issues: write, contents: read.

        ``app``: another App's bot, whose installation has the same permissions.
        """
        with self._seed():
            bot = self.add_bot(app)
            repository = self.repository(full_name)["id"]
            granted = JOB_PERMISSIONS if permissions is None else dict(permissions)
            return self._token(bots_secret(ACTIONS), bot, "job", repository, granted)

    def _token(
        self,
        secret: str,
        account_id: int,
        kind: str,
        repository_id: int | None,
        granted: Mapping[str, str],
        scopes: tuple[str, ...] = (),
    ) -> str:
        with self._seed() as (db, _):
            row = (secret, account_id, kind, repository_id, json.dumps(dict(granted)), json.dumps(scopes))
            columns = "secret, account_id, kind, repository_id, permissions, scopes"
            db.execute(f"INSERT INTO token ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)
        return secret

    def revoke_token(self, secret: str) -> None:
        """Take a token back."""
        with self._seed() as (db, _):
            db.execute("DELETE FROM token WHERE secret = ?", (secret,))

    # repositories

    def repository(self, full_name: str) -> sqlite3.Row:
        """Return a repository; 404 if there is none of that name."""
        owner, _, name = full_name.partition("/")
        with self.read() as db:
            row = find_repository(db, owner, name)
        if row is None:
            raise not_found()
        return row

    def add_repo(
        self,
        full_name: str,
        *,
        visibility: str = "private",
        description: str | None = None,
        labels: bool = True,
    ) -> sqlite3.Row:
        """Create a repository, and its owner as an organization if there is no such account.

        It starts with GitHub's nine default labels unless ``labels`` is False.
        """
        owner, _, name = full_name.partition("/")
        if visibility not in VISIBILITIES:
            raise invalid("Repository", "visibility", "invalid")
        with self._seed() as (db, at):
            account = db.execute("SELECT id FROM account WHERE login = ?", (owner,)).fetchone()
            owner_id = account["id"] if account else self.add_org(owner)
            known = find_repository(db, owner, name)
            if known is not None and known["name"].casefold() == name.casefold():
                taken = "name already exists on this account"
                raise invalid("Repository", "name", "custom", taken)
            db.execute("DELETE FROM renamed WHERE owner_id = ? AND name = ?", (owner_id, name))
            columns = "owner_id, name, visibility, description, created_at, updated_at, pushed_at"
            row = (owner_id, name, visibility, description, at, at, at)
            made = db.execute(
                f"INSERT INTO repository ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            ).lastrowid
            for label in DEFAULT_LABELS if labels else ():
                db.execute(
                    "INSERT INTO label (repository_id, name, color, description, created_at, updated_at)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    (made, *label, at, at),
                )
            return repository_by_id(db, int(made or 0))

    def set_permission(self, full_name: str, login: str, permission: str) -> None:
        """Make somebody a collaborator (read, triage, write, maintain, admin), or with ``none`` not one.

        A person's own repository knows no such degrees: every collaborator of it can push.
        """
        with self._seed() as (db, _):
            repository = self.repository(full_name)
            row = (repository["id"], self.add_user(login))
            personal = repository["owner_kind"] != "Organization" and permission != "none"
            permission = "write" if personal else permission
            db.execute("DELETE FROM collaborator WHERE repository_id = ? AND account_id = ?", row)
            if permission != "none":
                level = LEVELS[level_of(permission)]
                db.execute("INSERT INTO collaborator VALUES (?, ?, ?)", (*row, level))

    def delete_repo(self, full_name: str) -> None:
        """Delete a repository, and all that is in it."""
        with self._seed() as (db, _):
            here = (self.repository(full_name)["id"],)
            issues = "SELECT id FROM issue WHERE repository_id = ?"
            comments = f"SELECT id FROM comment WHERE issue_id IN ({issues})"
            db.execute(f"UPDATE issue SET parent_id = NULL WHERE parent_id IN ({issues})", here)
            db.execute(f"DELETE FROM edit WHERE subject = 'comment' AND subject_id IN ({comments})", here)
            db.execute(f"DELETE FROM edit WHERE subject = 'issue' AND subject_id IN ({issues})", here)
            for table in ("timeline", "comment", "issue_label"):
                db.execute(f"DELETE FROM {table} WHERE issue_id IN ({issues})", here)
            for table in _IN_REPOSITORIES:
                db.execute(f"DELETE FROM {table} WHERE repository_id = ?", here)
            db.execute("DELETE FROM repository WHERE id = ?", here)

    def put_file(self, full_name: str, path: str, content: bytes | str) -> None:
        """Write a file of the default branch."""
        data = content.encode() if isinstance(content, str) else content
        with self._seed() as (db, _):
            row = (self.repository(full_name)["id"], path, data, blob_sha(data))
            db.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", row)

    def access(self, full_name: str, login: str) -> Access:
        """Return what somebody may do in a repository, for calling operations without HTTP."""
        repository = self.repository(full_name)
        account = self.account_id(login)
        with self.read() as db:
            level = user_level(db, account, repository)
        return Access(Identity(account, login, "user"), repository, level)

    # what the outside world does

    def record_run(
        self,
        full_name: str,
        workflow: str,
        event: str = "schedule",
        *,
        status: str = "completed",
        conclusion: str | None = "success",
        created_at: int | None = None,
        branch: str = "main",
        by: str = JOB_BOT,
    ) -> int:
        """Record a run of a workflow file, as Actions would have made it; returns its id."""
        with self._seed() as (db, at):
            values = (self.repository(full_name)["id"], workflow, event, status, conclusion, branch)
            columns = "repository_id, workflow, event, status, conclusion, branch, actor_id, created_at"
            actor = self.add_bot(JOB_BOT) if by == JOB_BOT else self.account_id(by)
            stamp = at if created_at is None else created_at
            cursor = db.execute(
                f"INSERT INTO workflow_run ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, actor, stamp),
            )
            return int(cursor.lastrowid or 0)

    def add_secret(
        self, full_name: str, name: str, value: str = "", *, of_organization: bool = False
    ) -> None:
        """Set a secret of a repository, or one of its organization's that it is given, anew."""
        with self._seed() as (db, at):
            values = (self.repository(full_name)["id"], name, of_organization, at, at, value)
            db.execute(
                "INSERT INTO secret VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET updated_at = excluded.updated_at, value = excluded.value",
                values,
            )

    def secret(self, full_name: str, name: str) -> str:
        """Return what a job is given as that secret, "" where there is none."""
        with self.read() as db:
            query = "SELECT value FROM secret WHERE repository_id = ? AND name = ?"
            row = db.execute(query, (self.repository(full_name)["id"], name)).fetchone()
        return "" if row is None else str(row["value"])

    def remove_secret(self, full_name: str, name: str) -> None:
        """Take a secret of a repository away."""
        with self._seed() as (db, _):
            query = "DELETE FROM secret WHERE repository_id = ? AND name = ?"
            db.execute(query, (self.repository(full_name)["id"], name))

    def restrict_filing(self, full_name: str, policy: str = "COLLABORATORS_ONLY") -> None:
        """Set who may open issues: ``ALL``, or ``COLLABORATORS_ONLY``, which means who can write."""
        with self._seed() as (db, _):
            query = "UPDATE repository SET issue_creation = ? WHERE id = ?"
            db.execute(query, (policy, self.repository(full_name)["id"]))

    def record_schedule(self, full_name: str, cron: str = "17 */4 * * *") -> None:
        """Log that a schedule fell due."""
        with self._seed() as (db, at):
            identity = Identity(self.add_bot(JOB_BOT), JOB_BOT, "schedule")
            EventLog(db, at, Access(identity, self.repository(full_name), 0)).schedule(cron)

    def set_lag(self, *, writes: int = 0, seconds: int = 0) -> None:
        """Let lists and GraphQL reads show the state of so many writes or seconds ago."""
        if writes < 0 or seconds < 0:
            raise Refusal(422, "A lag is a number of writes or of seconds, at least 0")
        self.database.set_lag(writes=writes, seconds=seconds)

    def move_clock(
        self,
        *,
        advance: int = 0,
        to: str | int | None = None,
        frozen: bool | None = None,
        tick: int | None = None,
    ) -> None:
        """Set or advance the clock, stop it or let it run, and set what a write costs."""
        with self.database.lock:
            if frozen is not None:
                self.clock.freeze(frozen)
            if to is not None:
                self.clock.set(to)
            self.clock.advance(advance)
            self.clock.tick = self.clock.tick if tick is None else tick
            self.database.save_clock()
