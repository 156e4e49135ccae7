"""The log of what would start a workflow, and the other control routes.

No module's twin: the control routes and the log behind them, over HTTP.
"""

from __future__ import annotations

import pytest

from tests.sandbox.world import REPO, World


def test_logs_each_event_with_a_webhooks_payload(world: World) -> None:
    """Opening, labelling, commenting, editing and closing are logged in order, with what happened then."""
    number = world.issue("admin", labels=["bug"])
    comment = world.ok("read", "POST", f"/issues/{number}/comments", {"body": "/help"})["id"]
    world.ok("read", "PATCH", f"/issues/comments/{comment}", {"body": "/help me"})
    world.ok("admin", "PATCH", f"/issues/{number}", {"title": "Incident", "state": "closed"})
    world.ok("admin", "DELETE", f"/issues/comments/{comment}")
    events = world.control("GET", "events")
    assert [(one["event"], one["action"]) for one in events] == [
        ("issues", "opened"),
        ("issues", "labeled"),
        ("issue_comment", "created"),
        ("issue_comment", "edited"),
        ("issues", "edited"),
        ("issues", "closed"),
        ("issue_comment", "deleted"),
    ]
    opened, labeled, created, edited, renamed, closed, _ = (one["payload"] for one in events)
    assert opened["issue"]["state"] == "open"
    assert labeled["label"]["name"] == "bug"
    assert (created["comment"]["body"], created["sender"]["login"]) == ("/help", "read")
    assert edited["changes"] == {"body": {"from": "/help"}}
    assert renamed["changes"] == {"title": {"from": "New incident"}}
    assert closed["issue"]["state"] == "closed"
    assert closed["repository"]["visibility"] == "private"
    assert closed["repository"]["private"] is True
    assert closed["issue"]["url"] == f"{world.sandbox.url}/repos/{REPO}/issues/{number}"


def test_what_a_job_causes_starts_no_run(world: World) -> None:
    """Events by a job's token are logged as starting no run; a person's do start one."""
    world.issue("read")
    world.issue("job")
    assert [one["starts_run"] for one in world.control("GET", "events")] == [True, False]
    assert [one["token_kind"] for one in world.control("GET", "events")] == ["user", "job"]


def test_a_dispatch_by_a_job_does_start_a_run(world: World) -> None:
    """workflow_dispatch is the exception: a job with actions: write can start a run with it."""
    world.sandbox.store.put_file(REPO, ".github/workflows/sweep.yml", "on:\n  workflow_dispatch:\n")
    token = world.control("POST", "tokens", {"repository": REPO, "permissions": {"actions": "write"}})
    world.tokens["dispatcher"] = token["token"]
    path = "/actions/workflows/sweep.yml/dispatches"
    sent = {"ref": "main", "inputs": {"dry": "true"}}
    assert world.call("dispatcher", "POST", path, sent).status_code == 204
    event = world.control("GET", "events")[0]
    assert (event["event"], event["starts_run"], event["payload"]["inputs"]) == (
        "workflow_dispatch",
        True,
        {"dry": "true"},
    )


@pytest.mark.parametrize(
    ("workflow", "content", "ref", "status"),
    [
        ("none.yml", "on: workflow_dispatch", "main", 404),
        ("sweep.yml", "on: schedule", "main", 422),
        ("sweep.yml", "on: workflow_dispatch", "other", 422),
    ],
)
def test_refuses_dispatches_that_github_refuses(
    world: World, workflow: str, content: str, ref: str, status: int
) -> None:
    """An unknown workflow, one without the trigger, and an unknown ref are refused, and nothing is logged."""
    world.sandbox.store.put_file(REPO, ".github/workflows/sweep.yml", content)
    path = f"/actions/workflows/{workflow}/dispatches"
    assert world.call("admin", "POST", path, {"ref": ref}).status_code == status
    assert world.control("GET", "events") == []


def test_events_are_asked_for_from_a_place_on(world: World) -> None:
    """?after= leaves out what was seen before."""
    world.issue()
    seen = world.control("GET", "events")[-1]["seq"]
    world.issue()
    newer = world.control("GET", f"events?after={seen}")
    assert [one["payload"]["issue"]["number"] for one in newer] == [2]


def test_a_schedule_can_be_logged(world: World) -> None:
    """The control route logs a schedule event that starts a run."""
    world.control("POST", "schedule", {"repository": REPO, "cron": "17 */4 * * *"})
    event = world.control("GET", "events")[0]
    assert (event["event"], event["starts_run"]) == ("schedule", True)
    assert event["payload"]["schedule"] == "17 */4 * * *"


def test_everything_can_be_set_up_over_http(world: World) -> None:
    """Users, organizations, repositories, permissions, teams, tokens and runs are made by control routes."""
    world.control("POST", "users", {"login": "beta", "kind": "Organization", "base_permission": "none"})
    world.control("POST", "users", {"login": "mft", "org": "beta", "role": "admin"})
    world.control("POST", "users", {"login": "helper", "kind": "Bot"})
    world.control("POST", "repos", {"full_name": "beta/cases", "labels": False})
    world.control(
        "POST", "collaborators", {"repository": "beta/cases", "login": "read", "permission": "pull"}
    )
    world.control("POST", "teams", {"org": "beta", "slug": "council", "repositories": {"beta/cases": "push"}})
    world.control(
        "POST", "runs", {"repository": "beta/cases", "workflow": "sweep.yml", "conclusion": "failure"}
    )
    world.tokens["mft"] = world.control("POST", "tokens", {"login": "mft"})["token"]
    assert world.ok("mft", "GET", "//repos/beta/cases")["permissions"]["admin"] is True
    assert world.ok("mft", "GET", "//repos/beta/cases/labels") == []
    assert [one["login"] for one in world.ok("mft", "GET", "//orgs/beta/members?role=admin")] == ["mft"]
    assert world.ok("read", "GET", "//orgs/beta/members") == []
    assert world.ok("read", "GET", "//repos/beta/cases/collaborators/read/permission")["permission"] == "read"
    run = world.ok("mft", "GET", "//repos/beta/cases/actions/runs")["workflow_runs"][0]
    assert (run["path"], run["conclusion"]) == (".github/workflows/sweep.yml", "failure")
    assert world.ok("mft", "GET", "//users/helper[bot]")["type"] == "Bot"


def test_runs_are_listed_by_workflow_newest_first(world: World) -> None:
    """A workflow's runs are found by its file's name, newest first, also by event."""
    store = world.sandbox.store
    store.put_file(REPO, ".github/workflows/sweep.yml", "name: Sweep\non: schedule")
    old = store.record_run(REPO, "sweep.yml", created_at=1_700_000_000)
    new = store.record_run(REPO, "sweep.yml", "workflow_dispatch")
    store.record_run(REPO, "incident.yml", "issues")
    path = "/actions/workflows/sweep.yml/runs"
    assert [one["id"] for one in world.ok("read", "GET", path)["workflow_runs"]] == [new, old]
    assert world.ok("read", "GET", f"{path}?event=schedule")["total_count"] == 1
    assert world.ok("read", "GET", "/actions/runs")["total_count"] == 3
    assert world.ok("read", "GET", "/actions/workflows")["workflows"][0]["name"] == "Sweep"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("collaborators", {"repository": REPO, "login": "read", "permission": "emperor"}, 422),
        ("collaborators", {"repository": "acme/none", "login": "read", "permission": "read"}, 404),
        ("tokens", {"login": "nobody"}, 404),
        ("users", {}, 422),
        ("lag", {"writes": -1}, 422),
        ("repos", {"full_name": REPO}, 422),
        ("repos", {"full_name": "acme/new", "visibility": "secret"}, 422),
    ],
)
def test_control_routes_refuse_nonsense(world: World, path: str, body: object, status: int) -> None:
    """A control request for something that can't be is refused and changes nothing."""
    refused = world.session.post(f"{world.sandbox.url}/_sandbox/{path}", json=body, timeout=5)
    assert refused.status_code == status
    assert world.call("admin", "GET", "//repos/acme/new").status_code == 404
    assert world.ok("read", "GET", "")["permissions"]["triage"] is False


def test_events_are_told_in_process_as_over_http(world: World) -> None:
    """Sandbox.events returns what the control route returns."""
    world.issue(labels=["bug"])
    assert world.sandbox.events() == world.control("GET", "events")
    assert len(world.sandbox.events(after=1)) == 1
