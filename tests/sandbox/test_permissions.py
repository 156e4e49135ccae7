"""Who may do what, role by role.

No module's twin: every route, by every role.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import REPO, ROLES, World

EVERYBODY = (*ROLES, "job", "outsider")

# For each request: who succeeds. Everybody else is refused with 403; the outsider always with 404.
TABLE: list[tuple[str, str, Any, str]] = [
    ("GET", "", None, "read triage write maintain admin job"),
    ("GET", "/issues", None, "read triage write maintain admin job"),
    ("GET", "/issues/1", None, "read triage write maintain admin job"),
    ("POST", "/issues", {"title": "another"}, "read triage write maintain admin job"),
    ("POST", "/issues/1/comments", {"body": "hello"}, "read triage write maintain admin job"),
    ("PATCH", "/issues/1", {"body": "changed"}, "triage write maintain admin job"),
    ("PATCH", "/issues/1", {"title": "changed"}, "triage write maintain admin job"),
    ("PATCH", "/issues/1", {"state": "closed"}, "triage write maintain admin job"),
    ("POST", "/issues/1/labels", {"labels": ["bug"]}, "triage write maintain admin job"),
    ("PUT", "/issues/1/labels", {"labels": ["bug"]}, "triage write maintain admin job"),
    ("DELETE", "/issues/1/labels/question", None, "triage write maintain admin job"),
    ("POST", "/labels", {"name": "new", "color": "ffffff"}, "write maintain admin job"),
    ("PATCH", "/labels/bug", {"color": "ffffff"}, "write maintain admin job"),
    ("DELETE", "/labels/bug", None, "write maintain admin job"),
    ("PATCH", "/issues/comments/{comment}", {"body": "changed"}, "write maintain admin job"),
    ("DELETE", "/issues/comments/{comment}", None, "write maintain admin job"),
    ("PUT", "/issues/1/lock", {"lock_reason": "too heated"}, "write maintain admin job"),
    ("DELETE", "/issues/1/lock", None, "write maintain admin job"),
    ("POST", "/issues/1/sub_issues", {"sub_issue_id": "{child}"}, "triage write maintain admin job"),
    ("GET", "/collaborators", None, "write maintain admin job"),
    ("PUT", "/collaborators/outsider", {"permission": "pull"}, "admin"),
    ("PATCH", "", {"has_wiki": False}, "admin"),
    ("GET", "/teams", None, "admin"),
    ("GET", "/contents/README.md", None, "read triage write maintain admin job"),
    ("PUT", "/contents/new.txt", {"message": "m", "content": "aGk="}, "write maintain admin"),
    ("GET", "/actions/permissions", None, "admin"),
    ("GET", "/actions/runs", None, "read triage write maintain admin"),
    ("POST", "/actions/workflows/sweep.yml/dispatches", {"ref": "main"}, "write maintain admin"),
]


@pytest.mark.parametrize("row", TABLE, ids=[f"{row[0]} {row[1]} {row[2] or ''}"[:60] for row in TABLE])
def test_allows_what_the_role_may_and_refuses_the_rest(world: World, row: tuple[str, str, Any, str]) -> None:
    """Each role and the job's token are allowed or refused as on GitHub, and an outsider sees nothing."""
    method, path, body, allowed = row
    store = world.sandbox.store
    store.put_file(REPO, "README.md", "hello")
    store.put_file(REPO, ".github/workflows/sweep.yml", "on: workflow_dispatch")
    for who in EVERYBODY:
        # A repository for each, so that nobody's success changes what the next one meets.
        number = world.issue(labels=["question"])
        comment = world.ok("admin", "POST", f"/issues/{number}/comments", {"body": "theirs"})["id"]
        child = world.ok("admin", "POST", "/issues", {"title": "child"})["id"]
        at = path.replace("/issues/1", f"/issues/{number}").replace("{comment}", str(comment))
        sent = {"sub_issue_id": child} if body and "sub_issue_id" in body else body
        if who == "outsider" and "/outsider" in path:
            store.set_permission(REPO, "outsider", "none")
        status = world.call(who, method, at, sent).status_code
        if who in allowed.split():
            assert status < 300, (who, status)
            _restore(world)
        else:
            assert status == (404 if who == "outsider" else 403), (who, status)


def _restore(world: World) -> None:
    for name in ("new", "bug"):
        world.call("admin", "DELETE", f"/labels/{name}")
    world.call("admin", "POST", "/labels", {"name": "bug", "color": "d73a4a"})
    shown = world.call("admin", "GET", "/contents/new.txt")
    if shown.ok:
        body = {"message": "m", "sha": shown.json()["sha"]}
        world.ok("admin", "DELETE", "/contents/new.txt", body)


def test_without_a_token_or_with_an_unknown_one_nobody_gets_in(world: World) -> None:
    """A request without a token, or with one that was never given out, is answered with 401."""
    assert world.call(None, "GET", "/issues").status_code == 401
    world.tokens["forger"] = "ghp_forged"
    refused = world.call("forger", "GET", "/issues")
    assert (refused.status_code, refused.json()["message"]) == (401, "Bad credentials")


def test_readers_govern_their_own_issues_only(world: World) -> None:
    """A reader edits, closes and reopens an own issue, and edits and deletes an own comment."""
    mine = world.issue("read", labels=["bug"])
    assert world.ok("read", "GET", f"/issues/{mine}")["labels"] == []
    world.ok("read", "PATCH", f"/issues/{mine}", {"body": "more", "labels": ["bug"]})
    assert world.ok("read", "GET", f"/issues/{mine}")["labels"] == []
    world.ok("read", "PATCH", f"/issues/{mine}", {"state": "closed"})
    world.ok("read", "PATCH", f"/issues/{mine}", {"state": "open"})
    comment = world.ok("read", "POST", f"/issues/{mine}/comments", {"body": "mine"})["id"]
    world.ok("read", "PATCH", f"/issues/comments/{comment}", {"body": "still mine"})
    assert world.call("read", "DELETE", f"/issues/comments/{comment}").status_code == 204


def test_readers_cannot_reopen_what_others_closed(world: World) -> None:
    """An author without a role can't take back an administrator's closing."""
    mine = world.issue("read")
    world.ok("admin", "PATCH", f"/issues/{mine}", {"state": "closed"})
    assert world.call("read", "PATCH", f"/issues/{mine}", {"state": "open"}).status_code == 403
    assert world.ok("read", "GET", f"/issues/{mine}")["state"] == "closed"


def test_a_refused_change_leaves_everything_as_it_was(world: World) -> None:
    """A PATCH of which one part is forbidden changes nothing, and no event is logged."""
    number = world.issue("read")
    world.ok("admin", "PATCH", f"/issues/{number}", {"state": "closed"})
    before = world.ok("admin", "GET", f"/issues/{number}"), world.events()
    refused = world.call("read", "PATCH", f"/issues/{number}", {"state": "open", "body": "x"})
    assert refused.status_code == 403
    assert (world.ok("admin", "GET", f"/issues/{number}"), world.events()) == before


def test_visibility_decides_who_reads(world: World) -> None:
    """Anybody reads a public repository, members an internal one, and nobody else a private one."""
    store = world.sandbox.store
    store.add_member("acme", "outsider")
    store.add_org("acme", base_permission="none")
    seen = {}
    for visibility in ("private", "internal", "public"):
        world.ok("admin", "PATCH", "", {"visibility": visibility})
        seen[visibility] = world.call("outsider", "GET", "").status_code
    assert seen == {"private": 404, "internal": 200, "public": 200}
    assert world.ok("outsider", "GET", "")["permissions"]["push"] is False


def test_members_teams_and_owners_have_access_without_being_collaborators(world: World) -> None:
    """An organization's base permission, its owners and its teams all open a repository."""
    store = world.sandbox.store
    for login in ("owner", "member", "teammate"):
        store.add_user(login)
    store.add_org("acme", members={"owner": "admin", "member": "member"}, base_permission="read")
    store.add_team("acme", "council", ("teammate",), {REPO: "maintain"})
    roles = {one["login"]: one["role_name"] for one in world.ok("admin", "GET", "/collaborators")}
    expected = {role: role for role in ROLES}
    assert roles == expected | {"owner": "admin", "member": "read", "teammate": "maintain"}
    assert [one["slug"] for one in world.ok("admin", "GET", "/teams")] == ["council"]


def test_a_job_token_is_bound_to_its_repository(world: World) -> None:
    """A job's token can't ask who it is by REST, can't see another private repository, and writes its own."""
    world.sandbox.store.add_repo("acme/other")
    assert world.call("job", "GET", "//user").status_code == 403
    assert world.call("job", "GET", "//repos/acme/other").status_code == 404
    made = world.ok("job", "POST", "/issues", {"title": "by the job"})
    assert made["user"]["login"] == "github-actions[bot]"
    assert made["user"]["type"] == "Bot"


def test_a_job_token_may_only_what_its_job_asked_for(world: World) -> None:
    """A token with issues: read can read issues but neither write them nor read files."""
    token = world.control("POST", "tokens", {"repository": REPO, "permissions": {"issues": "read"}})
    world.tokens["weak"] = token["token"]
    number = world.issue()
    assert world.call("weak", "GET", f"/issues/{number}").status_code == 200
    refused = world.call("weak", "POST", f"/issues/{number}/comments", {"body": "x"})
    assert (refused.status_code, refused.json()["message"]) == (403, "Resource not accessible by integration")
    assert world.call("weak", "GET", "/contents/README.md").status_code == 403


def test_a_persons_own_repository_knows_collaborators_who_push_only(world: World) -> None:
    """There is no Read and no Triage in it: whoever is let in can write."""
    world.sandbox.store.add_repo("read/own", visibility="private")
    world.ok("read", "PUT", "//repos/read/own/collaborators/outsider", {"permission": "pull"})
    world.accept("outsider")
    shown = world.ok("read", "GET", "//repos/read/own/collaborators/outsider/permission")
    assert (shown["role_name"], shown["user"]["permissions"]["push"]) == ("write", True)


def test_writing_a_workflow_takes_the_scope_for_it(world: World) -> None:
    """A token without the scope `workflow` writes other files, and finds no workflow to write."""
    made = world.control("POST", "tokens", {"login": "admin", "scopes": ["repo"]})
    world.tokens["narrow"] = made["token"]
    body = {"message": "m", "content": "aGk="}
    assert world.call("narrow", "PUT", "/contents/a.txt", body).headers["X-OAuth-Scopes"] == "repo"
    assert world.call("narrow", "PUT", "/contents/.github/workflows/a.yml", body).status_code == 404
    tree = {"tree": [{"path": ".github/workflows/a.yml", "mode": "100644", "type": "blob", "content": "on:"}]}
    assert world.call("narrow", "POST", "/git/trees", tree).status_code == 404
    assert world.call("admin", "POST", "/git/trees", tree).status_code == 201


def test_a_jobs_token_is_long(world: World) -> None:
    """Installation tokens hold a JWT, and are some 520 characters."""
    assert world.tokens["job"].startswith("ghs_")
    assert 500 < len(world.tokens["job"]) < 560


def test_a_fine_grained_token_reaches_what_it_was_made_for(world: World) -> None:
    """There it may what its owner may, elsewhere nothing; it has no scopes, and tells when it ends."""
    store = world.sandbox.store
    store.add_repo("admin/other", visibility="private")
    world.tokens["fine"] = store.add_fine_token("admin", [REPO])
    shown = world.call("fine", "GET", "")
    assert shown.json()["permissions"]["admin"] is True
    assert "X-OAuth-Scopes" not in shown.headers
    assert shown.headers["GitHub-Authentication-Token-Expiration"].endswith(" UTC")
    assert world.call("fine", "GET", "//repos/admin/other").status_code == 404
    mine = "//user/repos?visibility=private"
    names = {who: {one["full_name"] for one in world.ok(who, "GET", mine)} for who in ("admin", "fine")}
    assert names["fine"] == {REPO}
    assert names["admin"] >= {REPO, "admin/other"}


def test_only_an_administrator_says_what_a_repository_is_about(world: World) -> None:
    """Its topics are shown with it."""
    assert world.call("write", "PUT", "/topics", {"names": ["one"]}).status_code == 403
    world.ok("admin", "PUT", "/topics", {"names": ["One"]})
    assert world.ok("read", "GET", "/topics") == {"names": ["one"]}
    assert world.ok("read", "GET", "")["topics"] == ["one"]
