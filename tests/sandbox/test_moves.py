"""What happens to an issue as a whole: locks, transfers, families across repositories, vanished accounts.

No module's twin: it goes by what GitHub documents, over HTTP, as all tests of the sandbox do.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.test_timeline import items, kinds
from tests.sandbox.world import REPO, World

OTHER = "acme/elsewhere"
LOCKED = "Unable to create comment because issue is locked."


def test_a_locked_issue_takes_comments_of_those_who_push_only(world: World) -> None:
    """Everybody else is refused in GitHub's words, a job with issues: write too, until it is unlocked."""
    number = world.issue("read")
    world.ok("write", "PUT", f"/issues/{number}/lock", {"lock_reason": "too heated"})
    shown = world.ok("read", "GET", f"/issues/{number}")
    assert (shown["locked"], shown["active_lock_reason"]) == (True, "too heated")
    for who in ("read", "triage", "job"):
        refused = world.call(who, "POST", f"/issues/{number}/comments", {"body": "hello"})
        assert (refused.status_code, refused.json()["message"]) == (403, LOCKED)
    world.ok("write", "POST", f"/issues/{number}/comments", {"body": "hello"})
    world.ok("job", "POST", f"/issues/{number}/labels", ["bug"])
    world.ok("job", "PATCH", f"/issues/{number}", {"state": "closed"})
    world.ok("job", "DELETE", f"/issues/{number}/lock")
    world.ok("read", "POST", f"/issues/{number}/comments", {"body": "hello"})
    assert kinds(items(world, number)) == [
        "LockedEvent",
        "IssueComment",
        "LabeledEvent",
        "ClosedEvent",
        "UnlockedEvent",
        "IssueComment",
    ]
    logged = [action for event, action, _ in world.events() if event == "issues"]
    assert ("locked" in logged, "unlocked" in logged) == (True, True)


def test_an_issue_is_assigned_to_whoever_may_read_it(world: World) -> None:
    """Whoever else is named is left out without a word, as whoever is on it, or off it, already."""
    number = world.issue("read")
    path = f"/issues/{number}/assignees"
    assert world.call("read", "POST", path, {"assignees": ["write"]}).status_code == 403
    assert "write" in [one["login"] for one in world.ok("triage", "GET", "/assignees")]
    for logins in (["write", "nobody"], ["write"]):
        shown = world.ok("job", "POST", path, {"assignees": logins})
        assert [one["login"] for one in shown["assignees"]] == [shown["assignee"]["login"]] == ["write"]
    for _ in range(2):
        assert world.ok("triage", "DELETE", path, {"assignees": ["write"]})["assignees"] == []
    events = world.ok("read", "GET", f"/issues/{number}/timeline")
    assert [(one["event"], one["assignee"]["login"]) for one in events] == [
        ("assigned", "write"),
        ("unassigned", "write"),
    ]
    assert kinds(items(world, number)) == ["AssignedEvent", "UnassignedEvent"]
    logged = [action for event, action, _ in world.events() if event == "issues"]
    assert logged[1:] == ["assigned", "unassigned"]


def test_an_unknown_reason_to_lock_is_refused(world: World) -> None:
    """Only GitHub's four reasons are taken."""
    number = world.issue()
    refused = world.call("write", "PUT", f"/issues/{number}/lock", {"lock_reason": "boring"})
    assert refused.status_code == 422


def test_a_deleted_label_leaves_events_without_it(world: World) -> None:
    """Each issue tells that a label came off, in an event of which nothing says which it was."""
    number = world.issue(labels=["bug"])
    world.ok("admin", "DELETE", "/labels/bug")
    assert world.ok("read", "GET", f"/issues/{number}")["labels"] == []
    shown = items(world, number)["nodes"]
    assert [(one["__typename"], one["label"]) for one in shown] == [
        ("LabeledEvent", None),
        ("UnlabeledEvent", None),
    ]
    last = world.control("GET", "events")[-1]
    assert (last["event"], last["action"], last["starts_run"]) == ("issues", "unlabeled", True)
    assert "label" not in last["payload"]


def test_a_renamed_label_is_renamed_wherever_it_is(world: World) -> None:
    """Issues and their events show the new name, in any case of letters."""
    number = world.issue(labels=["bug"])
    world.ok("admin", "PATCH", "/labels/bug", {"new_name": "Bug"})
    world.ok("admin", "PATCH", "/labels/BUG", {"new_name": "defect"})
    assert [one["name"] for one in world.ok("read", "GET", f"/issues/{number}")["labels"]] == ["defect"]
    assert items(world, number)["nodes"][0]["label"] == {"name": "defect"}


TRANSFER = """mutation($issue: ID!, $to: ID!) {
  transferIssue(input: {issueId: $issue, repositoryId: $to}) {issue {number id}}
}"""


PIN = "mutation Pin($issue: ID!) {pinIssue(input: {issueId: $issue}) {issue {number isPinned}}}"


def test_three_issues_are_pinned_at_most(world: World) -> None:
    """Who may push pins, and so may a job; a fourth is refused, and one may be pinned again."""
    nodes = [world.ok("read", "GET", f"/issues/{world.issue()}")["node_id"] for _ in range(4)]
    for node in (*nodes[:3], nodes[0]):
        assert world.graphql("job", PIN, issue=node)["data"]["pinIssue"]["issue"]["isPinned"]
    assert world.graphql("write", PIN, issue=nodes[3])["errors"]
    assert world.graphql("triage", PIN, issue=nodes[0])["errors"]


def transferred(world: World, number: int, who: str = "write") -> Any:
    """Transfer an issue to the other repository, and return the whole answer."""
    store = world.sandbox.store
    store.add_repo(OTHER)
    store.set_permission(OTHER, "write", "write")
    here = world.ok("write", "GET", f"/issues/{number}")["node_id"]
    there = world.ok("write", "GET", f"//repos/{OTHER}")["node_id"]
    return world.graphql(who, TRANSFER, issue=here, to=there)


def test_a_transferred_issue_has_new_ids(world: World) -> None:
    """It goes on elsewhere with its words, comments and history; its own id and its comments' are new."""
    number = world.issue("read", labels=["bug"])
    made = world.ok("read", "POST", f"/issues/{number}/comments", {"body": "hello"})
    before = world.ok("read", "GET", f"/issues/{number}")
    after = transferred(world, number)["data"]["transferIssue"]["issue"]
    assert after["id"] != before["node_id"]
    shown = world.ok("write", "GET", f"//repos/{OTHER}/issues/{after['number']}")
    assert (shown["title"], shown["body"], shown["comments"]) == (before["title"], before["body"], 1)
    [comment] = world.ok("write", "GET", f"//repos/{OTHER}/issues/{after['number']}/comments")
    assert (comment["body"], comment["created_at"]) == ("hello", made["created_at"])
    assert comment["node_id"] != made["node_id"]
    assert comment["id"] != made["id"]


def test_a_transferred_issue_is_gone_from_where_it_was(world: World) -> None:
    """Whoever may see where it went is sent there by REST; to everybody else, and GraphQL, it is missing."""
    number = world.issue("read")
    transferred(world, number)
    url = f"{world.sandbox.url}/repos/{REPO}/issues/{number}"
    for who, status in (("write", 301), ("job", 404), ("read", 404)):
        headers = {"Authorization": f"Bearer {world.tokens[who]}"}
        found = world.session.get(url, headers=headers, allow_redirects=False, timeout=10)
        assert found.status_code == status
    assert world.ok("write", "GET", f"/issues/{number}")["repository_url"].endswith(OTHER)
    query = f'{{repository(owner: "acme", name: "incidents") {{issue(number: {number}) {{id}}}}}}'
    assert world.graphql("job", query)["errors"][0]["type"] == "NOT_FOUND"
    assert world.ok("read", "GET", "/issues") == []


@pytest.mark.parametrize("who", ["read", "triage", "job"])
def test_a_transfer_takes_push_in_both(world: World, who: str) -> None:
    """Nobody else may, and nothing moves."""
    number = world.issue("read")
    assert "errors" in transferred(world, number, who)
    assert world.ok("read", "GET", f"/issues/{number}")["number"] == number


def test_a_parent_may_be_in_another_repository(world: World) -> None:
    """Who may triage both links across; a job, which sees its own only, sees no parent, and no child."""
    store = world.sandbox.store
    store.add_repo(OTHER)
    store.set_permission(OTHER, "triage", "triage")
    parent = world.ok("triage", "POST", f"//repos/{OTHER}/issues", {"title": "Parent"})
    child = world.ok("read", "GET", f"/issues/{world.issue('read')}")
    path = f"//repos/{OTHER}/issues/{parent['number']}/sub_issues"
    assert world.call("read", "POST", path, {"sub_issue_id": child["id"]}).status_code == 404
    world.ok("triage", "POST", path, {"sub_issue_id": child["id"]})
    query = f"""{{repository(owner: "acme", name: "incidents") {{issue(number: {child["number"]}) {{
      parent {{number repository {{nameWithOwner}}}}}}}}}}"""
    seen = world.graphql("triage", query)["data"]["repository"]["issue"]["parent"]
    assert seen == {"number": parent["number"], "repository": {"nameWithOwner": OTHER}}
    hidden = world.graphql("job", query)
    assert (hidden["data"]["repository"]["issue"]["parent"], "errors" in hidden) == (None, False)
    shown = world.ok("triage", "GET", f"/issues/{child['number']}")["parent_issue_url"]
    assert shown.endswith(f"/repos/{OTHER}/issues/{parent['number']}")
    assert [one["number"] for one in world.ok("triage", "GET", path)] == [child["number"]]


def test_a_hidden_comment_is_read_in_full(world: World) -> None:
    """Hiding takes triage, changes no word, and is no edit."""
    number = world.issue()
    made = world.ok("job", "POST", f"/issues/{number}/comments", {"body": "hello"})
    mutation = """mutation($id: ID!) {minimizeComment(input: {subjectId: $id, classifier: OFF_TOPIC}) {
      minimizedComment {isMinimized minimizedReason ... on IssueComment {body lastEditedAt}}}}"""
    assert "errors" in world.graphql("read", mutation, id=made["node_id"])
    hidden = world.graphql("triage", mutation, id=made["node_id"])["data"]["minimizeComment"]
    assert hidden["minimizedComment"] == {
        "isMinimized": True,
        "minimizedReason": "off-topic",
        "body": "hello",
        "lastEditedAt": None,
    }


def test_a_deleted_account_leaves_its_words(world: World) -> None:
    """What it wrote stays, by nobody; its token opens nothing any more."""
    number = world.issue("read")
    world.ok("read", "POST", f"/issues/{number}/comments", {"body": "hello"})
    world.sandbox.store.delete_user("read")
    query = f"""{{repository(owner: "acme", name: "incidents") {{issue(number: {number}) {{
      author {{login}} comments(first: 1) {{nodes {{body author {{login}}}}}}}}}}}}"""
    shown = world.graphql("admin", query)["data"]["repository"]["issue"]
    assert shown == {"author": None, "comments": {"nodes": [{"body": "hello", "author": None}]}}
    assert world.call("read", "GET", "/issues").status_code == 401


def test_a_renamed_account_keeps_its_id(world: World) -> None:
    """Its old login may be taken by anybody."""
    before = world.ok("read", "GET", "//user")["node_id"]
    world.sandbox.store.rename_user("read", "renamed")
    assert world.ok("read", "GET", "//user")["login"] == "renamed"
    assert world.ok("read", "GET", "//user")["node_id"] == before
    world.sandbox.store.add_user("read")
    assert world.ok("admin", "GET", "//users/read")["node_id"] != before


def test_a_renamed_repository_is_found_by_its_former_name(world: World) -> None:
    """GraphQL follows, REST sends on, and its name may be taken anew."""
    world.issue()
    world.ok("admin", "PATCH", "", {"name": "renamed"})
    assert world.graphql("job", '{repository(owner: "acme", name: "incidents") {name}}')["data"] == {
        "repository": {"name": "renamed"}
    }
    assert len(world.ok("job", "GET", "/issues?state=all")) == 1
    store = world.sandbox.store
    store.add_repo(REPO)
    store.set_permission(REPO, "admin", "admin")
    assert world.ok("admin", "GET", "/issues") == []


def test_a_private_branch_is_not_protected_for_nothing(world: World) -> None:
    """GitHub's free plan protects branches of public repositories only."""
    refused = world.call("admin", "PUT", "/branches/main/protection", {})
    assert (refused.status_code, "Upgrade" in refused.json()["message"]) == (403, True)


@pytest.mark.parametrize("bot", ["[bot]", "%5Bbot%5D"])
def test_a_login_in_brackets_is_a_bots(world: World, bot: str) -> None:
    """However the account came to be, and however its address is written."""
    world.sandbox.store.set_permission(REPO, "some-app[bot]", "write")
    assert world.ok("admin", "GET", f"//users/some-app{bot}")["type"] == "Bot"


def test_another_app_has_a_bot_of_its_own(world: World) -> None:
    """Its token writes by another account, whose id has the new form from the start."""
    number = world.issue()
    world.tokens["app"] = world.sandbox.store.job_token(REPO, app="another-app")
    ours = world.ok("job", "POST", f"/issues/{number}/comments", {"body": "hello"})["user"]
    theirs = world.ok("app", "POST", f"/issues/{number}/comments", {"body": "hello"})["user"]
    assert (theirs["login"], theirs["type"]) == ("another-app[bot]", "Bot")
    assert theirs["id"] != ours["id"]
