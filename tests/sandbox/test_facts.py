"""GitHub's own documents against the sandbox: every route is asked, and every answer is as they say.

No module's twin: what tests/sandbox/facts/ holds of the documents, and how it was taken from them.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests
from graphql import GraphQLInputObjectType, validate_schema
from nacl.public import PublicKey, SealedBox

from cocflow.sandbox import Clock, Sandbox
from cocflow.sandbox import graphql as endpoint
from cocflow.sandbox.server import answered
from tests.cli.premises import Town, now
from tests.sandbox.facts.reading import event_misfits, facts, findings, members, route_of
from tests.sandbox.listening import Exchange, listen
from tests.sandbox.world import REPO, ROLES, START, World

SWEEP = ".github/workflows/sweep.yml"
LACKING = {"POST /graphql", "POST /organizations/{org}/settings/apps/new"}
"""What the document of REST doesn't describe: GraphQL, and a page."""
NEWER = {
    *("IssueCreationPolicy", "Repository.issueCreationPolicy"),
    *("AssigneeConnection", "AssigneeEdge", "Issue.assignedActors", "PullRequest.assignedActors"),
    *("IssueType", "IssueTypeColor", "Issue.issueType", "Issue.blockedBy", "Issue.blocking"),
    *(f"ReplaceActorsForAssignable{one}" for one in ("Input", "Payload")),
    "Mutation.replaceActorsForAssignable",
}
"""What GitHub answers to gh and on its pages, and the newest published copy of its schema lacks."""


@pytest.fixture(scope="module")
def said() -> list[Exchange]:
    """Ask a sandbox everything that it answers, at least once each with success."""
    with Sandbox(clock=Clock(START, frozen=True)) as sandbox, requests.Session() as session:
        world = World(sandbox, session, _people(sandbox))
        heard = listen(sandbox)
        _walk(world)
        return heard


def _people(sandbox: Sandbox) -> dict[str, str]:
    store = sandbox.store
    store.add_org("acme", members={"admin": "admin", "member": "member"})
    for name in (REPO, "acme/template", "acme/other"):
        store.add_repo(name)
    tokens = {"job": store.job_token(REPO, {"issues": "write", "contents": "write"})}
    for role in (*ROLES, "outsider"):
        store.add_user(role)
        scopes = ("admin:org", "delete_repo", "read:org", "repo", "workflow")
        tokens[role] = store.add_token(role, scopes)
        store.set_permission(REPO, role, "none" if role == "outsider" else role)
    store.add_team("acme", "council", ("maintain",), {REPO: "push"})
    store.put_file(REPO, SWEEP, "name: Sweep\non: [schedule, workflow_dispatch]\n")
    store.put_file(REPO, "README.md", "# Incidents\n")
    store.put_file("acme/template", "README.md", "# Room\n")
    app = store.apps.register("Rooms", "acme", {"administration": "write", "contents": "read"})
    tokens["installation"] = store.apps.token(store.apps.install(app.id, ["acme/template"]))
    instant = store.clock.machine_now()
    claims = {"iss": app.client_id, "iat": instant - 60, "exp": instant + 300}
    tokens["app"] = jwt.encode(claims, app.pem, algorithm="RS256")
    tokens["code"] = store.apps.offer("acme", {"name": "Other", "default_permissions": {"issues": "write"}})
    return tokens


def _walk(world: World) -> None:
    _issues(world)
    _repositories(world)
    _people_of(world)
    _actions(world)
    _files(world)
    _apps(world)


def _all(world: World, who: str, *asked: tuple[Any, ...]) -> None:
    for method, path, *body in asked:
        world.ok(who, method, path, *body)


def _issues(world: World) -> None:
    one = world.issue("read", labels=["bug"])
    two = world.ok("admin", "POST", "/issues", {"title": "Suspension", "labels": ["bug"]})
    comment = world.ok("job", "POST", f"/issues/{one}/comments", {"body": "hello"})["id"]
    child = {"sub_issue_id": two["id"]}
    _all(
        world,
        "admin",
        ("POST", f"/issues/{one}/sub_issues", child),
        ("GET", f"/issues/{one}/sub_issues"),
        ("GET", f"/issues/{two['number']}/parent"),
        ("POST", f"/issues/{one}/labels", ["state: reported"]),
        ("PUT", f"/issues/{one}/labels", ["state: reported", "bug"]),
        ("GET", f"/issues/{one}/labels"),
        ("DELETE", f"/issues/{one}/labels/state: reported"),
        ("POST", f"/issues/{one}/assignees", {"assignees": ["read"]}),
        ("DELETE", f"/issues/{one}/assignees", {"assignees": ["read"]}),
        ("PUT", f"/issues/{one}/lock", {"lock_reason": "resolved"}),
        ("DELETE", f"/issues/{one}/lock"),
        ("PATCH", f"/issues/{one}", {"title": "Incident", "body": "edited", "state": "closed"}),
        ("PATCH", f"/issues/{one}", {"state": "open"}),
        ("GET", "/issues?state=all&per_page=1&sort=updated&direction=asc&labels=bug&creator=read"),
        ("GET", f"/issues/{one}"),
        ("GET", f"/issues/{one}/comments?since=2026-01-01T00:00:00Z"),
        ("GET", "/issues/comments?sort=updated&direction=desc"),
        ("GET", f"/issues/comments/{comment}"),
        ("PATCH", f"/issues/comments/{comment}", {"body": "hello again"}),
        ("GET", f"/issues/{one}/timeline"),
        ("GET", f"/issues/{one}/events"),
        ("GET", "//search/issues?q=incident&sort=created&order=asc"),
        ("GET", "//search/repositories?q=user:acme"),
        ("DELETE", f"/issues/comments/{comment}"),
        ("GET", f"/issues/{one}/timeline"),
        ("DELETE", f"/issues/{one}/sub_issue", child),
        ("DELETE", f"/issues/{one}/labels"),
        ("GET", "/labels"),
        ("POST", "/labels", {"name": "new", "color": "ffffff", "description": "d"}),
        ("GET", "/labels/new"),
        ("PATCH", "/labels/new", {"new_name": "newer", "color": "000000"}),
        ("DELETE", "/labels/newer"),
    )


def _repositories(world: World) -> None:
    _all(
        world,
        "admin",
        ("GET", "//"),
        ("GET", "//user"),
        ("GET", "//users/read"),
        ("GET", "//rate_limit"),
        ("GET", ""),
        ("POST", "//orgs/acme/repos", {"name": "gone", "private": True}),
        ("POST", "//user/repos", {"name": "own", "auto_init": True}),
        ("PUT", "//repos/acme/template/topics", {"names": ["rooms"]}),
        ("GET", "//repos/acme/template/topics"),
        ("GET", "//user/repos"),
        ("GET", "/assignees"),
        ("PATCH", "//repos/acme/template", {"is_template": True, "has_wiki": False, "private": True}),
        ("POST", "//repos/acme/template/generate", {"owner": "acme", "name": "room", "private": True}),
        ("GET", "//repos/acme/room"),
        ("DELETE", "//repos/acme/gone"),
        ("GET", "//orgs/acme"),
        ("GET", "//orgs/acme/members?role=all"),
        ("GET", "//orgs/acme/teams/council/members"),
        ("GET", "//orgs/acme/installations"),
        ("GET", "//orgs/acme/repos"),
        ("PUT", "//orgs/acme/actions/permissions", {"enabled_repositories": "selected"}),
        ("GET", "//orgs/acme/actions/permissions"),
    )
    ids = [one["id"] for one in world.ok("admin", "GET", "//orgs/acme/repos")]
    selected = "//orgs/acme/actions/permissions/repositories"
    _all(
        world,
        "admin",
        ("PUT", selected, {"selected_repository_ids": ids}),
        ("PUT", f"{selected}/{ids[0]}"),
        ("PUT", "//orgs/acme/actions/permissions", {"enabled_repositories": "all"}),
    )
    # What there is to protect isn't: it takes a plan that is paid for, or a rule.
    assert world.call("admin", "GET", "/branches/main/protection").status_code == 403
    assert world.call("admin", "PUT", "/branches/main/protection", PROTECTION).status_code == 403


PROTECTION = {
    "required_status_checks": None,
    "enforce_admins": True,
    "required_pull_request_reviews": None,
    "restrictions": None,
}


def _people_of(world: World) -> None:
    _all(
        world,
        "admin",
        ("GET", "/collaborators?affiliation=direct"),
        ("GET", "/collaborators/read"),
        ("GET", "/collaborators/read/permission"),
        ("PUT", "/collaborators/outsider", {"permission": "triage"}),
        ("PUT", "/collaborators/read", {"permission": "triage"}),
        ("GET", "/teams"),
    )
    invitation = world.ok("admin", "GET", "/invitations")[0]["id"]
    world.ok("admin", "PATCH", f"/invitations/{invitation}", {"permissions": "read"})
    world.accept("outsider")
    world.ok("admin", "DELETE", "/collaborators/outsider")
    for decline in (True, False):
        world.ok("admin", "PUT", "/collaborators/outsider", {"permission": "pull"})
        found = world.ok("admin", "GET", "/invitations")[0]["id"]
        path = f"//user/repository_invitations/{found}" if decline else f"/invitations/{found}"
        world.ok("outsider" if decline else "admin", "DELETE", path)


def _actions(world: World) -> None:
    run = world.sandbox.store.record_run(REPO, "sweep.yml")
    world.sandbox.store.add_secret(REPO, "SHARED", "hush", of_organization=True)
    key = world.ok("admin", "GET", "/actions/secrets/public-key")
    sealed = SealedBox(PublicKey(b64decode(key["key"]))).encrypt(b"hush")
    secret = {"key_id": key["key_id"], "encrypted_value": b64encode(sealed).decode()}
    _all(
        world,
        "admin",
        ("PUT", "/actions/secrets/SMTP", secret),
        ("GET", "/actions/secrets"),
        ("GET", "/actions/organization-secrets"),
        ("GET", "/actions/permissions"),
        ("PUT", "/actions/permissions", {"enabled": True, "allowed_actions": "selected"}),
        ("PUT", "/actions/permissions/selected-actions", {"github_owned_allowed": True}),
        ("GET", "/actions/permissions/selected-actions"),
        ("PUT", "/actions/permissions/workflow", {"default_workflow_permissions": "read"}),
        ("GET", "/actions/permissions/workflow"),
        ("GET", "/actions/workflows"),
        ("GET", "/actions/workflows/sweep.yml"),
        ("GET", "/actions/workflows/sweep.yml/runs?event=schedule"),
        ("GET", "/actions/runs?status=success"),
        ("GET", f"/actions/runs/{run}"),
        ("GET", f"/actions/runs/{run}/jobs"),
        ("GET", f"/actions/runs/{run}/artifacts"),
        ("GET", f"/check-runs/{run}/annotations"),
        ("POST", "/actions/workflows/sweep.yml/dispatches", {"ref": "main", "inputs": {"issue": "1"}}),
    )


def _files(world: World) -> None:
    made = world.ok("admin", "PUT", "/contents/a/b.txt", {"message": "m", "content": "aGk="})
    head = world.ok("admin", "GET", "/git/ref/heads/main")["object"]["sha"]
    _all(
        world,
        "admin",
        ("GET", "/readme"),
        ("GET", "/contents"),
        ("GET", "/contents/a"),
        ("GET", "/contents/a/b.txt"),
        ("GET", f"/git/trees/{head}?recursive=1"),
        ("GET", f"/git/commits/{head}"),
    )
    blob = world.ok("admin", "POST", "/git/blobs", {"content": "aGk=", "encoding": "base64"})["sha"]
    entry = {"path": "c.txt", "mode": "100644", "type": "blob", "sha": blob}
    tree = world.ok("admin", "POST", "/git/trees", {"base_tree": head, "tree": [entry]})["sha"]
    commit = {"message": "m", "tree": tree, "parents": [head]}
    new = world.ok("admin", "POST", "/git/commits", commit)["sha"]
    world.ok("admin", "PATCH", "/git/refs/heads/main", {"sha": new})
    world.ok("admin", "GET", f"/git/blobs/{blob}")
    gone = {"message": "m", "sha": made["content"]["sha"]}
    world.ok("admin", "DELETE", "/contents/a/b.txt", gone)


def _apps(world: World) -> None:
    installation = world.ok("app", "GET", "//app/installations")[0]["id"]
    _all(
        world,
        "app",
        ("GET", "//app"),
        ("GET", f"//app/installations/{installation}"),
        ("GET", "//orgs/acme/installation"),
        ("GET", "//repos/acme/template/installation"),
        ("POST", f"//app/installations/{installation}/access_tokens", {"permissions": {"contents": "read"}}),
        ("POST", f"//app/installations/{installation}/access_tokens", {"repositories": ["template"]}),
    )
    world.ok("installation", "GET", "//installation/repositories")
    world.ok("installation", "DELETE", "//installation/token")
    url = f"//app-manifests/{world.tokens['code']}/conversions"
    assert world.call(None, "POST", url).status_code == 201


def test_every_answer_is_as_githubs_document_says(said: list[Exchange]) -> None:
    """Statuses, parameters and bodies of everything that is answered fit the description of GitHub's REST."""
    assert findings(said) == []


def test_every_event_is_of_its_kind(said: list[Exchange]) -> None:
    """Each entry of a timeline has what GitHub's description of its kind has."""
    shown = [one for one in said if one.path.endswith(("/timeline", "/events"))]
    events = [event for one in shown for event in one.got]
    assert {"sub_issue_added", "labeled", "locked", "assigned", "commented"} <= {e["event"] for e in events}
    assert [what for event in events for what in event_misfits(event)] == []


def test_every_route_was_asked_with_success(said: list[Exchange]) -> None:
    """No route escapes the comparison: each that is answered was asked, and gave what was asked."""
    asked = {route_of(one.method, one.path) for one in said if one.status < 300}
    protected = {
        f"{method} /repos/{{owner}}/{{repo}}/branches/{{branch}}/protection" for method in ("GET", "PUT")
    }
    assert set(facts("rest")["routes"]) - asked <= protected


def test_the_facts_are_of_what_is_answered() -> None:
    """A new route needs new facts; what the document lacks is known by name."""
    without = {f"{method} {path}" for method, path in answered() if route_of(method, path) is None}
    assert without == LACKING


def test_cocflows_own_requests_are_as_githubs_document_says(tmp_path: Path) -> None:
    """What commands and jobs ask has the paths, methods, parameters and bodies that GitHub documents."""
    with Sandbox(clock=Clock(now(), frozen=True)) as sandbox:
        sandbox.store.add_org("acme", members={"riya": "admin"}, base_permission="none")
        sandbox.store.add_user("tom")
        town = Town(sandbox, sandbox.store.add_token("riya"), tmp_path)
        said = listen(sandbox)
        town.init()
        town.file()
        town.handle()
        town.sweep()
    assert len({route_of(one.method, one.path) for one in said}) > 15
    assert findings(said) == []


@pytest.mark.parametrize(
    "wrong",
    [
        Exchange("GET", "/repos/acme/incidents/issue", (), None, 200, []),
        Exchange("GET", "/repos/acme/incidents/issues", ("states",), None, 200, []),
        Exchange("GET", "/repos/acme/incidents/issues", (), None, 200, [{"number": 1}]),
        Exchange("POST", "/repos/acme/incidents/issues", (), {"body": "text"}, 422, None),
        Exchange("PUT", "/repos/acme/incidents/issues/1/lock", (), None, 200, {}),
    ],
)
def test_a_wrong_word_would_be_noticed(wrong: Exchange) -> None:
    """The check bites: a path, a parameter, an answer, a body and a status that GitHub doesn't know."""
    assert findings([wrong])


def test_the_schema_is_a_part_of_githubs() -> None:
    """Every type, interface, field, argument, default and enum value of ours is GitHub's, to the letter."""
    assert validate_schema(endpoint.SCHEMA) == []
    ours = {name: kind for name, kind in endpoint.SCHEMA.type_map.items() if not name.startswith("__")}
    assert len(ours) > 100
    other = [
        f"{name}: {one}"
        for name in ours.keys() - NEWER
        for one in members(ours[name])
        if one not in facts("graphql").get(name, ()) and f"{name}.{_field(one)}" not in NEWER
    ]
    assert other == []


def test_what_is_newer_than_the_published_schema_is_not_in_it_yet() -> None:
    """An exception goes as soon as the published schema has caught up."""
    published = facts("graphql")
    known = {f"{name}.{_field(one)}" for name, some in published.items() for one in some} | set(published)
    assert known & NEWER == set()


def test_inputs_demand_no_less_than_githubs() -> None:
    """An input field that GitHub requires is in our schema too, so that it is required here."""
    inputs = {n: k for n, k in endpoint.SCHEMA.type_map.items() if isinstance(k, GraphQLInputObjectType)}
    for name in inputs.keys() - NEWER:
        needed = {_field(one) for one in facts("graphql")[name] if one.endswith("!")}
        assert needed <= set(inputs[name].fields), name


def _field(member: str) -> str:
    return member.partition(":")[0].partition("(")[0]
