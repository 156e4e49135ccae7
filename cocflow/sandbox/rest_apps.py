"""REST routes that an App asks with a JWT, and what a person or an installation is told of Apps."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import json
import secrets
import sqlite3
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from cocflow.sandbox import render
from cocflow.sandbox.access import find_repository, repository_by_id
from cocflow.sandbox.apps import find_app, give_token
from cocflow.sandbox.clock import iso
from cocflow.sandbox.context import answer, base, listed, me, nothing, page, reading, sent, store
from cocflow.sandbox.refusals import Refusal, not_found, suspended

routes = Blueprint("apps", __name__)
"""What only a JWT may ask."""
open_routes = Blueprint("app-manifests", __name__)
"""What takes no token at all."""
installed_routes = Blueprint("installations", __name__)
"""What an installation asks of itself, and an owner of all."""


@routes.get("/app")
def get_app() -> Response:
    """Show the App whose JWT it is."""
    with reading() as db:
        return answer(render.app(db, base(), find_app(db, me().bound_to)))


@routes.get("/app/installations")
def list_installations() -> Response:
    """List the App's installations."""
    with reading() as db:
        query = "SELECT * FROM installation WHERE app_id = ? ORDER BY id"
        rows = db.execute(query, (me().bound_to,)).fetchall()
        return listed([render.installation(db, base(), row) for row in rows])


@routes.get("/app/installations/<int:number>")
def get_installation(number: int) -> Response:
    """Show an installation of the App."""
    with reading() as db:
        return answer(render.installation(db, base(), _own(db, "i.id = ?", number)))


@routes.get("/orgs/<org>/installation")
def get_organization_installation(org: str) -> Response:
    """Show where the App is installed in an organization."""
    with reading() as db:
        return answer(render.installation(db, base(), _own(db, "a.login = ?", org)))


@routes.get("/repos/<owner>/<repo>/installation")
def get_repository_installation(owner: str, repo: str) -> Response:
    """Show by which installation the App reaches a repository; 404 if by none."""
    with reading() as db:
        found = find_repository(db, owner, repo)
        inside = "i.id IN (SELECT installation_id FROM installation_repository WHERE repository_id = ?)"
        return answer(render.installation(db, base(), _own(db, inside, 0 if found is None else found["id"])))


@routes.post("/app/installations/<int:number>/access_tokens")
def make_token(number: int) -> Response:
    """Give out a token for an hour: {repositories? | repository_ids?, permissions?} narrow it."""
    body = sent()
    with store().write() as (db, at):
        row = _own(db, "i.id = ?", number)
        if row["suspended_at"] is not None:
            raise suspended()
        chosen = _chosen(db, row, body)
        token = give_token(db, at, number, body.get("permissions"), chosen)
        shown: dict[str, Any] = {"token": token.secret, "expires_at": iso(token.expires_at)}
        shown |= {"permissions": token.permissions, "repository_selection": "selected"}
        if chosen is not None:
            repositories = [repository_by_id(db, one) for one in sorted(chosen)]
            shown["repositories"] = [render.repository(db, base(), one) for one in repositories]
        return answer(shown, 201)


def _chosen(db: sqlite3.Connection, row: sqlite3.Row, body: dict[str, Any]) -> set[int] | None:
    """Return the repositories that a token is to be narrowed to, by name or number; None for all."""
    if not body.get("repositories") and not body.get("repository_ids"):
        return None
    installed = {one["name"].casefold(): one["id"] for one in _repositories(db, row["id"])}
    wanted: set[int | None] = {installed.get(str(name).casefold()) for name in body.get("repositories") or ()}
    wanted |= set(body.get("repository_ids") or ())
    found = {one for one in wanted if one in installed.values()}
    if found != wanted:
        message = (
            "There is at least one repository that does not exist or is not accessible to the parent"
            " installation."
        )
        raise Refusal(422, message)
    return {one for one in found if one is not None}


def _own(db: sqlite3.Connection, where: str, value: object) -> sqlite3.Row:
    row: sqlite3.Row | None = db.execute(
        f"SELECT i.* FROM installation i JOIN account a ON a.id = i.org_id WHERE i.app_id = ? AND {where}",
        (me().bound_to, value),
    ).fetchone()
    if row is None:
        raise not_found()
    return row


def _repositories(db: sqlite3.Connection, installation_id: int) -> list[sqlite3.Row]:
    return db.execute(
        "SELECT r.*, a.login AS owner_login, a.kind AS owner_kind FROM repository r"
        " JOIN account a ON a.id = r.owner_id JOIN installation_repository i ON i.repository_id = r.id"
        " WHERE i.installation_id = ? ORDER BY r.id",
        (installation_id,),
    ).fetchall()


@open_routes.post("/app-manifests/<code>/conversions")
def convert(code: str) -> Response:
    """Make an App of a manifest that an owner has agreed to, and hand over its key, once."""
    made = store().apps.convert(code)
    with reading() as db:
        more = {"client_secret": secrets.token_hex(20), "webhook_secret": None, "pem": made.pem}
        return answer(render.app(db, base(), find_app(db, made.id)) | more, 201)


@open_routes.post("/organizations/<org>/settings/apps/new")
def agree(org: str) -> Response:
    """Stand in for the page where an owner agrees to a manifest: it sends the browser on with a code.

    The form has a field ``manifest``; ``?state=`` comes back as it was. Anybody may agree, without a token.
    """
    try:
        manifest = json.loads(request.form.get("manifest", ""))
        place = manifest["redirect_url"]
    except (ValueError, KeyError):
        raise Refusal(422, "The manifest isn't one") from None
    query = urlencode({"code": store().apps.offer(org, manifest), "state": request.args.get("state", "")})
    return Response(status=302, headers={"Location": f"{place}?{query}"})


@installed_routes.get("/installation/repositories")
def list_installed() -> Response:
    """List the repositories that an installation's token reaches."""
    if me().kind != "installation":
        message = (
            "You must authenticate with an installation access token in order to list repositories"
            " for an installation."
        )
        raise Refusal(403, message)
    asked = page()
    with reading(listing=True) as db:
        rows = [repository_by_id(db, one) for one in sorted(me().repositories)]
        shown = rows[(asked.number - 1) * asked.size :][: asked.size]
        bodies = [render.repository(db, base(), one, 1) for one in shown]
        body = {"total_count": len(rows), "repository_selection": "selected", "repositories": bodies}
        return answer(body, headers=asked.link(len(rows)))


@installed_routes.delete("/installation/token")
def revoke_token() -> Response:
    """Take the token of this request back."""
    if me().kind != "installation":
        raise not_found()
    store().revoke_token(request.headers["Authorization"].partition(" ")[2].strip())
    return nothing()
