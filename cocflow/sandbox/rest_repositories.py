"""REST routes of repositories, accounts, collaborators, contents and Actions."""

from __future__ import annotations

from flask import Blueprint, Response

from cocflow.sandbox import render
from cocflow.sandbox.context import access, answer, base, me, reading
from cocflow.sandbox.refusals import not_for_integrations

routes = Blueprint("repositories", __name__)
ROOT = "/repos/<owner>/<repo>"


@routes.get("/user")
def get_me() -> Response:
    """Show whose token it is; a job's token is refused, as GitHub does."""
    if me().is_job:
        raise not_for_integrations()
    with reading() as db:
        row = db.execute("SELECT * FROM account WHERE id = ?", (me().account_id,)).fetchone()
        return answer(render.full_account(base(), row, private=True))


@routes.get(ROOT)
def get_repository(owner: str, repo: str) -> Response:
    """Show a repository, and what one may do in it."""
    found = access(owner, repo)
    with reading() as db:
        return answer(render.repository(db, base(), found.repository, found.level))
