"""Apps: how one is registered and installed, its key, and the JWT that it is known by.

What their tokens may do is decided in ``access.py``.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cocflow.sandbox.access import Identity
from cocflow.sandbox.refusals import Refusal, invalid, not_found

if TYPE_CHECKING:
    from jwt.types import Options

    from cocflow.sandbox.store import Store

LONGEST = 600
"""The seconds that a JWT may live, and that its issue may lie from its end."""
LEEWAY = 60
"""How many seconds a JWT may have been issued in the future, for clocks that are fast."""
TOKEN_LIVES = 3600
"""The seconds for which an installation's token is good."""
MANIFEST_LIVES = 3600
"""The seconds for which the code of a manifest can be exchanged."""
_SIGNATURE_ONLY: Options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
HIERARCHY = ("read", "write", "admin")


@dataclass(frozen=True)
class Registered:
    """An App as it was registered; `pem` is its private key, which nobody can read again."""

    id: int
    slug: str
    client_id: str
    pem: str

    def __repr__(self) -> str:
        """Show the slug only."""
        return f"Registered({self.slug})"


class Issued(NamedTuple):
    """An installation's token, when it ends, and what it may do."""

    secret: str
    expires_at: int
    permissions: dict[str, str]


class Apps:
    """The Apps of a store; like all seeding this obeys no permission and takes no time."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = count()

    def register(self, name: str, organization: str, permissions: Mapping[str, str]) -> Registered:
        """Register an App of an organization, which may read metadata always; 422 if its name is taken."""
        slug = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")
        private, public = _key(next(self._keys))
        with self._store.write(tick=False) as (db, at):
            if db.execute("SELECT 1 FROM app WHERE slug = ?", (slug,)).fetchone():
                raise invalid("Integration", "name", "custom", "Name is already in use")
            owner, bot = self._store.account_id(organization), self._store.add_bot(slug)
            granted = json.dumps({"metadata": "read", **permissions})
            client = f"Iv23li{secrets.token_hex(7)}"
            columns = "owner_id, bot_id, slug, name, client_id, permissions, public_key, created_at"
            row = (owner, bot, slug, name, client, granted, public, at)
            query = f"INSERT INTO app ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
            made = db.execute(query, row).lastrowid
        return Registered(int(made or 0), slug, client, private)

    def new_key(self, app_id: int) -> str:
        """Replace the key of an App, and return the new one."""
        private, public = _key(next(self._keys))
        self._set_key(app_id, public)
        return private

    def revoke_key(self, app_id: int) -> None:
        """Take the key of an App away: nothing that is signed with it is believed any more."""
        self._set_key(app_id, None)

    def _set_key(self, app_id: int, public: str | None) -> None:
        with self._store.write(tick=False) as (db, _):
            db.execute("UPDATE app SET public_key = ? WHERE id = ?", (public, app_id))

    def install(self, app_id: int, repositories: Iterable[str], organization: str | None = None) -> int:
        """Install an App in its organization, or another, on these repositories; return the installation.

        Where it is installed already, it has these repositories from now on.
        """
        with self._store.write(tick=False) as (db, at):
            app = find_app(db, app_id)
            org = app["owner_id"] if organization is None else self._store.account_id(organization)
            db.execute(
                "INSERT INTO installation (app_id, org_id, created_at, updated_at) VALUES (?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET updated_at = excluded.updated_at",
                (app_id, org, at, at),
            )
            query = "SELECT id FROM installation WHERE app_id = ? AND org_id = ?"
            made = int(db.execute(query, (app_id, org)).fetchone()["id"])
            db.execute("DELETE FROM installation_repository WHERE installation_id = ?", (made,))
            for name in repositories:
                row = (made, self._store.repository(name)["id"])
                db.execute("INSERT INTO installation_repository VALUES (?, ?)", row)
            return made

    def uninstall(self, installation_id: int) -> None:
        """Take an App out of an organization, with its tokens."""
        with self._store.write(tick=False) as (db, _):
            for table in ("token", "installation_repository"):
                db.execute(f"DELETE FROM {table} WHERE installation_id = ?", (installation_id,))  # noqa: S608
            db.execute("DELETE FROM installation WHERE id = ?", (installation_id,))

    def suspend(self, installation_id: int, *, suspended: bool = True) -> None:
        """Suspend an installation, or let it go on."""
        with self._store.write(tick=False) as (db, at):
            query = "UPDATE installation SET suspended_at = ? WHERE id = ?"
            db.execute(query, (at if suspended else None, installation_id))

    def token(self, installation_id: int, permissions: Mapping[str, str] | None = None) -> str:
        """Give out a token of an installation, for all its repositories; None: all its permissions."""
        with self._store.write(tick=False) as (db, at):
            return give_token(db, at, installation_id, permissions, None).secret

    def offer(self, organization: str, manifest: Mapping[str, Any]) -> str:
        """Have an owner agree to a manifest in the browser; return the code that they are sent back with."""
        code = secrets.token_hex(20)
        with self._store.write(tick=False) as (db, at):
            row = (code, self._store.account_id(organization), json.dumps(dict(manifest)), at)
            db.execute("INSERT INTO manifest VALUES (?, ?, ?, ?)", row)
        return code

    def convert(self, code: str) -> Registered:
        """Make an App of the manifest of this code, once and within an hour; 404 otherwise."""
        with self._store.write(tick=False) as (db, at):
            query = (
                "DELETE FROM manifest WHERE code = ? AND created_at > ? RETURNING manifest,"
                " (SELECT login FROM account WHERE id = owner_id) AS login"
            )
            found = db.execute(query, (code, at - MANIFEST_LIVES)).fetchall()
            if not found:
                raise not_found()
            manifest = json.loads(found[0]["manifest"])
            granted = manifest.get("default_permissions", {})
            return self.register(str(manifest["name"]), found[0]["login"], granted)

    def identify(self, signed: str) -> Identity:
        """Return whose JWT this is; 401 if it isn't to be believed, in GitHub's words.

        Whoever signs goes by the clock of this machine, so it is read by that one, too.
        """
        claims = _unverified(signed)
        with self._store.read() as db:
            app = _issuer(db, claims.get("iss"))
            if app["public_key"] is None:
                raise _undecodable()
            try:
                jwt.decode(signed, app["public_key"], ["RS256"], options=_SIGNATURE_ONLY)
            except jwt.PyJWTError:
                raise _undecodable() from None
            _check_times(claims, self._store.clock.machine_now())
            login = db.execute("SELECT login FROM account WHERE id = ?", (app["bot_id"],)).fetchone()["login"]
        return Identity(app["bot_id"], login, "app", bound_to=app["id"])


def find_app(db: sqlite3.Connection, app_id: int | None) -> sqlite3.Row:
    """Return an App; 404 if there is none of that number."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM app WHERE id = ?", (app_id,)).fetchone()
    if row is None:
        raise not_found()
    return row


def narrowed(granted: Mapping[str, str], wanted: Mapping[str, str] | None) -> dict[str, str]:
    """Return the permissions of a token: those asked for, or all; 422 if one wasn't granted.

    To ask for {} is to ask for all, as PyGithub does.
    """
    if not wanted:
        return dict(granted)
    for name, level in wanted.items():
        if (
            level not in HIERARCHY
            or HIERARCHY.index(level) > HIERARCHY.index(granted.get(name, "read"))
            or (name not in granted)
        ):
            raise Refusal(422, "The permissions requested are not granted to this installation.")
    return {"metadata": "read", **wanted}


def bots_secret(app_id: int) -> str:
    """Return a new bot's token in its form since 2026: the App's number and a JWT, some 520 characters."""
    parts = (secrets.token_urlsafe(48), secrets.token_urlsafe(200), secrets.token_urlsafe(132))
    return f"ghs_{app_id}_{'.'.join(part.replace('_', '-') for part in parts)}"


def give_token(
    db: sqlite3.Connection,
    at: int,
    installation_id: int,
    permissions: Mapping[str, str] | None,
    repositories: Collection[int] | None,
) -> Issued:
    """Give out an installation's token; None: all its permissions; all its repositories, later ones too."""
    app = db.execute(
        "SELECT a.* FROM installation i JOIN app a ON a.id = i.app_id WHERE i.id = ?", (installation_id,)
    ).fetchone()
    granted = narrowed(json.loads(app["permissions"]), permissions)
    made = Issued(bots_secret(app["id"]), at + TOKEN_LIVES, granted)
    chosen = None if repositories is None else json.dumps(sorted(repositories))
    columns = "secret, account_id, kind, permissions, scopes, installation_id, repositories, expires_at"
    row = (made.secret, app["bot_id"], "installation", json.dumps(granted), "[]", installation_id)
    query = f"INSERT INTO token ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
    db.execute(query, (*row, chosen, made.expires_at))
    return made


@cache
def _key(number: int) -> tuple[str, str]:
    """Make the key that a store gives out as that one; the same in each store, as making one takes long."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


def _undecodable() -> Refusal:
    return Refusal(401, "A JSON web token could not be decoded")


def _unverified(signed: str) -> dict[str, Any]:
    try:
        if jwt.get_unverified_header(signed).get("alg") != "RS256":
            raise _undecodable()
        claims: dict[str, Any] = jwt.decode(signed, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise _undecodable() from None
    return claims


def _issuer(db: sqlite3.Connection, issuer: Any) -> sqlite3.Row:
    """Return the App that a JWT names by its number or by its client id."""
    query = "SELECT * FROM app WHERE ? IN (CAST(id AS TEXT), client_id)"
    row: sqlite3.Row | None = db.execute(query, (str(issuer),)).fetchone()
    if row is None:
        raise Refusal(404, "Integration not found")
    return row


def _check_times(claims: Mapping[str, Any], now: int) -> None:
    issued, ends = claims.get("iat"), claims.get("exp")
    if not isinstance(ends, int | float) or ends <= now:
        message = (
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which"
            " the assertion expires"
        )
        raise Refusal(401, message)
    if ends > now + LONGEST:
        raise Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
    if not isinstance(issued, int | float) or issued > now + LEEWAY:
        message = (
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
        )
        raise Refusal(401, message)
