"""A client that nobody here wrote: githubkit's models, made from GitHub's own API description.

No module's twin: every answer of every route.
"""

from __future__ import annotations

from typing import Any

import pytest
from githubkit_schemas.latest import models
from pydantic import BaseModel, TypeAdapter

from tests.sandbox.world import REPO, World

SWEEP = ".github/workflows/sweep.yml"


@pytest.fixture
def lived_in(world: World) -> World:
    """Fill the sandbox with one of everything."""
    store = world.sandbox.store
    store.add_org("acme", members={"admin": "admin"})
    store.add_repo("acme/template")
    store.add_team("acme", "council", ("maintain",), {REPO: "push"})
    store.put_file(REPO, SWEEP, "name: Sweep\non: [schedule, workflow_dispatch]\n")
    store.record_run(REPO, "sweep.yml")
    parent = world.issue("read", labels=["bug"])
    child = world.ok("admin", "POST", "/issues", {"title": "Suspension", "labels": ["bug"]})
    world.ok("admin", "POST", f"/issues/{parent}/sub_issues", {"sub_issue_id": child["id"]})
    world.ok("job", "POST", f"/issues/{parent}/comments", {"body": "hello"})
    world.ok("admin", "POST", f"/issues/{parent}/labels", ["state: reported"])
    world.ok("admin", "DELETE", f"/issues/{parent}/labels/state: reported")
    store.put_file("acme/template", "README.md", "hello")
    app = store.apps.register("Rooms", "acme", {"administration": "write", "contents": "read"})
    world.tokens["app"] = store.apps.token(store.apps.install(app.id, ["acme/template"]))
    world.ok("admin", "PATCH", "//repos/acme/template", {"is_template": True})
    world.ok("app", "POST", "//repos/acme/template/generate", {"owner": "acme", "name": "room"})
    world.ok("admin", "PUT", "/collaborators/outsider", {"permission": "triage"})
    changes = {"title": "Incident", "state": "closed", "body": "edited"}
    world.ok("admin", "PATCH", f"/issues/{parent}", changes)
    return world


SINGLE: list[tuple[str, type[BaseModel]]] = [
    ("", models.FullRepository),
    ("//repos/acme/room", models.FullRepository),
    ("//user", models.PrivateUser),
    ("//orgs/acme", models.OrganizationFull),
    ("//orgs/acme/installations", models.OrgsOrgInstallationsGetResponse200),
    ("//users/read", models.PublicUser),
    ("//rate_limit", models.RateLimitOverview),
    ("/issues/1", models.Issue),
    ("/issues/2", models.Issue),
    ("/issues/2/parent", models.Issue),
    ("/labels/bug", models.Label),
    ("/collaborators/read/permission", models.RepositoryCollaboratorPermission),
    (f"/contents/{SWEEP}", models.ContentFile),
    ("/actions/permissions", models.ActionsRepositoryPermissions),
    ("/actions/permissions/workflow", models.ActionsGetDefaultWorkflowPermissions),
    ("/actions/workflows/sweep.yml", models.Workflow),
]


@pytest.mark.parametrize(("path", "model"), SINGLE, ids=[path for path, _ in SINGLE])
def test_single_answers_validate(lived_in: World, path: str, model: type[BaseModel]) -> None:
    """Each single thing has every field that GitHub's description requires, of its type."""
    model.model_validate(lived_in.ok("admin", "GET", path))


LISTS: list[tuple[str, type[BaseModel]]] = [
    ("/issues?state=all", models.Issue),
    ("/issues/1/sub_issues", models.Issue),
    ("/issues/1/comments", models.IssueComment),
    ("/issues/comments", models.IssueComment),
    ("/labels", models.Label),
    ("/issues/2/labels", models.Label),
    ("/issues/1/events", models.IssueEvent),
    ("/collaborators", models.Collaborator),
    ("//orgs/acme/members", models.SimpleUser),
    ("/teams", models.Team),
    ("/invitations", models.RepositoryInvitation),
    ("/contents/.github/workflows", models.ContentDirectoryItems),
]


@pytest.mark.parametrize(("path", "model"), LISTS, ids=[path for path, _ in LISTS])
def test_lists_validate(lived_in: World, path: str, model: type[BaseModel]) -> None:
    """Each list holds something, and every entry validates."""
    entries = lived_in.ok("admin", "GET", path)
    assert entries
    for entry in entries:
        model.model_validate(entry)


def test_timeline_entries_validate(lived_in: World) -> None:
    """Each kind of timeline entry validates as its own kind."""
    kinds: dict[str, Any] = {
        "labeled": models.LabeledIssueEvent,
        "unlabeled": models.UnlabeledIssueEvent,
        "renamed": models.RenamedIssueEvent,
        "commented": models.TimelineCommentEvent,
        "closed": models.StateChangeIssueEvent,
        "sub_issue_added": models.StateChangeIssueEvent,
    }
    entries = lived_in.ok("admin", "GET", "/issues/1/timeline")
    assert set(kinds) == {entry["event"] for entry in entries}
    for entry in entries:
        kinds[entry["event"]].model_validate(entry)


def test_runs_and_workflows_validate(lived_in: World) -> None:
    """Workflow runs validate, in the list of all and in the list of one workflow."""
    for path in ("/actions/runs", "/actions/workflows/sweep.yml/runs"):
        runs = lived_in.ok("admin", "GET", path)["workflow_runs"]
        assert TypeAdapter(list[models.WorkflowRun]).validate_python(runs)[0].conclusion == "success"


def test_what_writes_answer_validates(lived_in: World) -> None:
    """Creating a repository, a label, a comment, a file and deleting a file answer with valid things."""
    world = lived_in
    made = world.ok("admin", "POST", "//orgs/acme/repos", {"name": "cases", "private": True})
    assert models.FullRepository.model_validate(made).private
    own = world.ok("read", "POST", "//user/repos", {"name": "own", "auto_init": True})
    assert models.FullRepository.model_validate(own).full_name == "read/own"
    models.Label.model_validate(world.ok("admin", "POST", "/labels", {"name": "new", "color": "ffffff"}))
    comment = world.ok("admin", "POST", "/issues/2/comments", {"body": "x"})
    models.IssueComment.model_validate(comment)
    body = {"message": "m", "content": "aGk="}
    commit = models.FileCommit.model_validate(world.ok("admin", "PUT", "/contents/a/b.txt", body))
    assert commit.content
    shown = world.ok("admin", "GET", "/contents/a/b.txt")
    gone = world.ok("admin", "DELETE", "/contents/a/b.txt", {"message": "m", "sha": shown["sha"]})
    models.FileCommit.model_validate(gone)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": "m", "content": "aGk="}, 422),
        ({"message": "m", "content": "aGk=", "sha": "0" * 40}, 409),
        ({"content": "aGk=", "sha": "right"}, 422),
        ({"message": "m", "sha": "right"}, 422),
    ],
)
def test_files_change_only_for_those_who_know_the_newest(
    lived_in: World, body: dict[str, str], status: int
) -> None:
    """Without the sha, with a stale one, without a message or content, a file stays as it is."""
    before = lived_in.ok("admin", "GET", f"/contents/{SWEEP}")
    sent = body | ({"sha": before["sha"]} if body.get("sha") == "right" else {})
    assert lived_in.call("admin", "PUT", f"/contents/{SWEEP}", sent).status_code == status
    assert lived_in.ok("admin", "GET", f"/contents/{SWEEP}")["sha"] == before["sha"]
