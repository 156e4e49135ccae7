"""REST routes of repositories, accounts and rate limits."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from flask import Blueprint, Response, request

from cocflow.sandbox import creating, render
from cocflow.sandbox.access import ADMIN, NONE, repository_by_id, user_level
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
from cocflow.sandbox.refusals import forbidden, invalid, not_for_integrations, not_found
from cocflow.sandbox.store import VISIBILITIES

routes = Blueprint("repositories", __name__)
ROOT = "/repos/<owner>/<repo>"
PLACES = {
    "current_user_url": "/user",
    "authorizations_url": "/authorizations",
    "code_search_url": "/search/code?q={query}{&page,per_page,sort,order}",
    "commit_search_url": "/search/commits?q={query}{&page,per_page,sort,order}",
    "emails_url": "/user/emails",
    "emojis_url": "/emojis",
    "events_url": "/events",
    "feeds_url": "/feeds",
    "followers_url": "/user/followers",
    "following_url": "/user/following{/target}",
    "gists_url": "/gists{/gist_id}",
    "hub_url": "/hub",
    "issue_search_url": "/search/issues?q={query}{&page,per_page,sort,order}",
    "issues_url": "/issues",
    "keys_url": "/user/keys",
    "label_search_url": "/search/labels?q={query}&repository_id={repository_id}{&page,per_page}",
    "notifications_url": "/notifications",
    "organization_url": "/orgs/{org}",
    "organization_repositories_url": "/orgs/{org}/repos{?type,page,per_page,sort}",
    "organization_teams_url": "/orgs/{org}/teams",
    "public_gists_url": "/gists/public",
    "rate_limit_url": "/rate_limit",
    "repository_url": "/repos/{owner}/{repo}",
    "repository_search_url": "/search/repositories?q={query}{&page,per_page,sort,order}",
    "current_user_repositories_url": "/user/repos{?type,page,per_page,sort}",
    "starred_url": "/user/starred{/owner}{/repo}",
    "starred_gists_url": "/gists/starred",
    "topic_search_url": "/search/topics?q={query}{&page,per_page}",
    "user_url": "/users/{user}",
    "user_organizations_url": "/user/orgs",
    "user_repositories_url": "/users/{user}/repos{?type,page,per_page,sort}",
    "user_search_url": "/search/users?q={query}{&page,per_page,sort,order}",
}
"""What GitHub's root names."""


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
    creating.require_home(org)
    return _create(org)


def _create(owner: str) -> Response:
    body = sent()
    name = creating.name_of(body.get("name"))
    with store().write() as (db, _):
        made = creating.make(db, owner, name, _visibility(body) or "public", body)
        if body.get("auto_init"):
            store().put_file(f"{owner}/{name}", "README.md", f"# {name}\n")
        return answer(render.repository(db, base(), made, ADMIN), 201)


@routes.post(f"{ROOT}/generate")
def generate(owner: str, repo: str) -> Response:
    """Make a repository of a template's files: {name, owner?, description?, private?}.

    It has none of the template's labels, settings, secrets and collaborators. A bot needs contents: read
    there, and administration: write.
    """
    template, body = access(owner, repo), sent()
    home, name = str(body.get("owner") or me().login), creating.name_of(body.get("name"))
    with store().write() as (db, _):
        given = {"description": body.get("description")}
        visibility = "private" if body.get("private") else "public"
        made = creating.generate(db, template, home, name, visibility, given)
        return answer(render.repository(db, base(), made, ADMIN), 201)


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
        creating.switch(db, found.repository, body)
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
    search = limits.budget(me(), "search").as_dict()
    resources = {"core": core, "graphql": limits.budget(me(), "graphql").as_dict(), "search": search}
    return answer({"resources": resources, "rate": core})


@routes.get("/")
def root() -> Response:
    """Tell where things are."""
    pages = f"{render.site(base())}/settings/connections/applications{{/client_id}}"
    links = {name: base() + path for name, path in PLACES.items()}
    return answer(links | {"current_user_authorizations_html_url": pages})
