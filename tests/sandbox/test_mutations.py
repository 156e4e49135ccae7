"""GraphQL's writes: by node ids, by the rules and with the events of REST."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import REPO, World

PLACE = "{issue {number title body state stateReason isPinned labels(first: 9) {nodes {name}}}}"


def mutate(world: World, who: str, name: str, shown: str, /, **given: Any) -> Any:
    """Send a mutation and return what came back, or its first error."""
    kind = name[0].upper() + name[1:]
    query = f"mutation($input: {kind}Input!) {{{name}(input: $input) {shown}}}"
    answer = world.graphql(who, query, input=given)
    return answer["errors"][0] if answer.get("errors") else answer["data"][name]


def ids(world: World, *names: str) -> list[str]:
    """Return the node ids of labels."""
    return [world.ok("read", "GET", f"/labels/{name}")["node_id"] for name in names]


def node(world: World, number: int) -> str:
    """Return an issue's node id."""
    found: str = world.ok("read", "GET", f"/issues/{number}")["node_id"]
    return found


def person(world: World, login: str) -> str:
    """Return an account's node id."""
    found: str = world.ok("read", "GET", f"//users/{login}")["node_id"]
    return found


def test_an_issue_is_opened_changed_closed_and_opened_again(world: World) -> None:
    """What is written by node ids is what REST reads, and starts the same runs."""
    given = {"title": "New", "body": "text", "labelIds": ids(world, "bug")}
    repository = world.ok("read", "GET", "")["node_id"]
    made = mutate(world, "triage", "createIssue", PLACE, repositoryId=repository, **given)["issue"]
    assert (made["title"], made["labels"]["nodes"]) == ("New", [{"name": "bug"}])
    place = node(world, made["number"])
    changed = mutate(world, "triage", "updateIssue", PLACE, id=place, title="Renamed", labelIds=[])["issue"]
    assert (changed["title"], changed["body"], changed["labels"]["nodes"]) == ("Renamed", "text", [])
    closed = mutate(world, "triage", "closeIssue", PLACE, issueId=place, stateReason="NOT_PLANNED")["issue"]
    assert (closed["state"], closed["stateReason"]) == ("CLOSED", "NOT_PLANNED")
    assert mutate(world, "triage", "reopenIssue", PLACE, issueId=place)["issue"]["state"] == "OPEN"
    actions = [action for event, action, _ in world.events() if event == "issues"]
    assert actions == ["opened", "labeled", "edited", "unlabeled", "closed", "reopened"]


def test_labels_and_people_are_put_on_and_taken_off(world: World) -> None:
    """Labels and assignees come and go by their ids, and people by their logins too."""
    number = world.issue()
    place, bug = node(world, number), ids(world, "bug")
    shown = "{labelable {labels(first: 9) {nodes {name}}}}"
    put = mutate(world, "triage", "addLabelsToLabelable", shown, labelableId=place, labelIds=bug)
    assert put["labelable"]["labels"]["nodes"] == [{"name": "bug"}]
    mutate(world, "triage", "removeLabelsFromLabelable", shown, labelableId=place, labelIds=bug)
    shown = "{assignable {assignees(first: 9) {nodes {login}}}}"
    people = [person(world, "read")]
    mutate(world, "triage", "addAssigneesToAssignable", shown, assignableId=place, assigneeIds=people)
    one = mutate(
        world, "triage", "replaceActorsForAssignable", shown, assignableId=place, actorLogins=["write"]
    )
    assert one["assignable"]["assignees"]["nodes"] == [{"login": "write"}]
    people = [person(world, "write")]
    mutate(world, "triage", "removeAssigneesFromAssignable", shown, assignableId=place, assigneeIds=people)
    issue = world.ok("read", "GET", f"/issues/{number}")
    assert (issue["labels"], issue["assignees"]) == ([], [])


def test_comments_are_written_and_changed(world: World) -> None:
    """A comment is answered with its edge, and changes by its own id."""
    place = node(world, world.issue())
    shown = "{commentEdge {node {id body}} subject {id}}"
    made = mutate(world, "read", "addComment", shown, subjectId=place, body="hello")
    assert made["subject"] == {"id": place}
    comment = made["commentEdge"]["node"]
    shown = "{issueComment {id body}}"
    changed = mutate(world, "read", "updateIssueComment", shown, id=comment["id"], body="hello again")
    assert changed["issueComment"] == {"id": comment["id"], "body": "hello again"}


def test_issues_are_pinned_and_locked(world: World) -> None:
    """A pin and a lock can be taken off again; REST's reasons with a blank are known too."""
    number = world.issue()
    place = node(world, number)
    assert mutate(world, "admin", "pinIssue", PLACE, issueId=place)["issue"]["isPinned"]
    assert not mutate(world, "admin", "unpinIssue", PLACE, issueId=place)["issue"]["isPinned"]
    shown = "{lockedRecord {locked activeLockReason}}"
    locked = mutate(world, "admin", "lockLockable", shown, lockableId=place, lockReason="TOO_HEATED")
    assert locked["lockedRecord"] == {"locked": True, "activeLockReason": "TOO_HEATED"}
    assert world.ok("read", "GET", f"/issues/{number}")["active_lock_reason"] == "too heated"
    shown = "{unlockedRecord {locked}}"
    assert not mutate(world, "admin", "unlockLockable", shown, lockableId=place)["unlockedRecord"]["locked"]


def test_repositories_are_made_empty_or_from_a_template(world: World) -> None:
    """Either way their maker administers them, and a template's files are in the new one."""
    world.sandbox.store.add_org("acme", members={"admin": "admin"})
    world.sandbox.store.put_file(REPO, "README.md", "hello")
    home, shown = person(world, "acme"), "{repository {nameWithOwner viewerPermission visibility}}"
    given = {"ownerId": home, "visibility": "PRIVATE"}
    made = mutate(world, "admin", "createRepository", shown, name="room", **given)["repository"]
    assert made == {"nameWithOwner": "acme/room", "viewerPermission": "ADMIN", "visibility": "PRIVATE"}
    template = world.ok("read", "GET", "")["node_id"]
    given["repositoryId"] = template
    refused = mutate(world, "admin", "cloneTemplateRepository", shown, name="copy", **given)
    assert refused["type"] == "NOT_FOUND"
    world.ok("admin", "PATCH", "", {"is_template": True})
    mutate(world, "admin", "cloneTemplateRepository", shown, name="copy", **given)
    assert world.ok("admin", "GET", "//repos/acme/copy/readme")["name"] == "README.md"


@pytest.mark.parametrize(
    ("who", "kind"), [("read", "FORBIDDEN"), ("outsider", "NOT_FOUND")], ids=["may not", "may not see"]
)
def test_who_may_not_over_rest_may_not_by_node_id(world: World, who: str, kind: str) -> None:
    """A refusal has its type, and changes nothing."""
    number = world.issue()
    labels = ids(world, "bug")
    shown = "{labelable {labels(first: 9) {nodes {name}}}}"
    given = {"labelableId": node(world, number), "labelIds": labels}
    assert mutate(world, who, "addLabelsToLabelable", shown, **given)["type"] == kind
    assert world.ok("read", "GET", f"/issues/{number}")["labels"] == []


def test_a_label_of_another_repository_is_none_here(world: World) -> None:
    """A label's id counts in its own repository only."""
    world.sandbox.store.add_repo("acme/other")
    world.sandbox.store.set_permission("acme/other", "admin", "admin")
    label = world.ok("admin", "GET", "//repos/acme/other/labels/bug")["node_id"]
    given = {"labelableId": node(world, world.issue()), "labelIds": [label]}
    shown = "{labelable {labels(first: 9) {nodes {name}}}}"
    assert mutate(world, "admin", "addLabelsToLabelable", shown, **given)["type"] == "NOT_FOUND"
