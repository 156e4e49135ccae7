"""Probes of labels, timelines, sub-issues and locks: rows LABEL, TIME, SUB and LOCK."""

from __future__ import annotations

import itertools
import time
from urllib.parse import quote

import pytest

from tests.contract.target import Target, row

LABELED = "... on LabeledEvent { label { name } } ... on UnlabeledEvent { label { name } }"
_names = itertools.count(1)


def fresh(target: Target, prefix: str = "probe: ") -> str:
    """Make a label that nobody has used, and return its name."""
    while True:
        name = f"{prefix}{next(_names)}"
        answer = target.rest("admin", "POST", "/labels", {"name": name, "color": "ededed"})
        if answer.status_code == 201:
            return name


def kinds(target: Target, number: int, who: str = "job") -> list[str]:
    """Return the kinds of what happened on an issue."""
    return [one["__typename"] for one in target.items(who, number, "")["nodes"]]


# --- labels -----------------------------------------------------------------------------------------------


@row("LABEL-01", "LABEL-02", "LABEL-10")
@pytest.mark.parametrize(
    "label",
    [
        {"name": "x" * 51, "color": "ededed"},
        {"name": "probe: long", "color": "ededed", "description": "x" * 101},
        {"name": "probe: colour", "color": "#ededed"},
    ],
    ids=["name", "description", "colour"],
)
def test_a_label_has_its_measures(target: Target, label: dict[str, str]) -> None:
    """A name of 50, a description of 100, a colour of six digits; anything else is refused."""
    assert target.rest("admin", "POST", "/labels", label).status_code == 422


@row("LABEL-03")
def test_a_name_is_one_in_any_case_of_letters(target: Target) -> None:
    """Another of it can't be made, and putting it on puts on the one there is."""
    name = fresh(target, "Probe: Case ")
    refused = target.rest("admin", "POST", "/labels", {"name": name.lower(), "color": "ededed"})
    assert refused.status_code == 422
    number = target.issue()["number"]
    target.ok("job", "POST", f"/issues/{number}/labels", [name.upper()])
    item = target.items("job", number, LABELED)["nodes"][0]
    assert item["label"] == {"name": name}


@row("LABEL-04")
def test_the_job_makes_a_label_by_putting_it_on(target: Target) -> None:
    """One that the repository lacks is made."""
    name = fresh(target)
    target.ok("admin", "DELETE", f"/labels/{quote(name)}")
    number = target.issue()["number"]
    shown = target.ok("job", "POST", f"/issues/{number}/labels", [name])
    assert [one["name"] for one in shown] == [name]


@row("LABEL-05")
def test_an_issue_has_a_hundred_labels_at_most(target: Target) -> None:
    """One more is refused. On this machine only: it makes as many labels."""
    if not target.is_here:
        pytest.skip("it makes a hundred labels")
    number, names = target.issue()["number"], [fresh(target) for _ in range(101)]
    target.ok("job", "POST", f"/issues/{number}/labels", names[:100])
    assert target.rest("job", "POST", f"/issues/{number}/labels", names[100:]).status_code == 422


@row("LABEL-06", "LABEL-11")
def test_taking_off_what_is_not_on_is_404(target: Target) -> None:
    """A name with a colon and a space works percent-encoded."""
    name, number = fresh(target), target.issue()["number"]
    path = f"/issues/{number}/labels/{quote(name, safe='')}"
    assert target.rest("job", "DELETE", path).status_code == 404
    target.ok("job", "POST", f"/issues/{number}/labels", [name])
    assert target.rest("job", "DELETE", path).status_code == 200


@row("LABEL-07", "LABEL-08")
def test_a_deleted_label_may_leave_events_without_it(target: Target) -> None:
    """The issue is read still; the event has its label, or none."""
    name = fresh(target)
    number = target.issue(labels=[name])["number"]
    target.ok("admin", "DELETE", f"/labels/{quote(name)}")
    assert target.ok("job", "GET", f"/issues/{number}")["labels"] == []
    items = target.items("job", number, LABELED)["nodes"]
    assert {"LabeledEvent"} <= {one["__typename"] for one in items} <= {"LabeledEvent", "UnlabeledEvent"}
    assert all(one["label"] in (None, {"name": name}) for one in items)


@row("LABEL-09", "LABEL-12")
def test_a_renamed_label_is_renamed_where_it_is_on(target: Target) -> None:
    """In case only, too; an old event shows the one name or the other."""
    name = fresh(target)
    number = target.issue(labels=[name])["number"]
    target.ok("admin", "PATCH", f"/labels/{quote(name)}", {"new_name": name.title()})
    target.ok("admin", "PATCH", f"/labels/{quote(name)}", {"new_name": f"{name} new"})
    assert [one["name"] for one in target.ok("job", "GET", f"/issues/{number}")["labels"]] == [f"{name} new"]
    item = target.items("job", number, LABELED)["nodes"][0]
    assert item["label"]["name"] in (name, name.title(), f"{name} new")


@row("LABEL-13")
def test_putting_on_what_is_on_makes_no_event(target: Target) -> None:
    """Repeating it is nothing."""
    name = fresh(target)
    number = target.issue(labels=[name])["number"]
    target.ok("job", "POST", f"/issues/{number}/labels", [name.upper()])
    assert kinds(target, number) == ["LabeledEvent"]


ASSIGNED = """... on AssignedEvent { actor { login } assignee { ... on User { login id } } }
... on UnassignedEvent { actor { login } assignee { ... on User { login } } }"""


@row("ASSIGN-01", "ASSIGN-02", "ASSIGN-03", "ASSIGN-04")
def test_a_job_assigns_and_takes_off(target: Target) -> None:
    """Each once, by an event that names whom; whoever can't be is left out, as whoever isn't on it is."""
    number, me = target.issue()["number"], target.read("admin", 1, "id")["viewer"]["login"]
    path = f"/issues/{number}/assignees"
    for logins in ([me], [me], ["no-such-account-of-this-name"]):
        shown = target.rest("job", "POST", path, {"assignees": logins})
        assert shown.status_code == 201
        assert [one["login"] for one in shown.json()["assignees"]] == [me]
    for _ in range(2):
        assert target.ok("job", "DELETE", path, {"assignees": [me]})["assignees"] == []
    first, second = target.items("job", number, ASSIGNED)["nodes"]
    assert (first["__typename"], second["__typename"]) == ("AssignedEvent", "UnassignedEvent")
    assert first["assignee"]["login"] == second["assignee"]["login"] == me
    assert first["actor"]["login"] != me


@row("LABEL-14", "ROLE-01")
def test_labels_of_somebody_without_push_are_dropped(target: Target) -> None:
    """The issue is opened all the same."""
    target.needs("read")
    assert target.issue("read", labels=[fresh(target)])["labels"] == []


@row("LABEL-15")
def test_a_listing_by_label_asks_for_any_of_them(target: Target) -> None:
    """In any case of letters."""
    one, two = fresh(target), fresh(target)
    numbers = {target.issue(labels=[name])["number"] for name in (one, two)}
    owner, _, name = target.repository.partition("/")
    query = """query($owner: String!, $name: String!, $labels: [String!]) {
      repository(owner: $owner, name: $name) { issues(first: 10, labels: $labels) { nodes { number } } } }"""
    answer = target.graphql("job", query, owner=owner, name=name, labels=[one.upper(), two])
    assert {node["number"] for node in answer["data"]["repository"]["issues"]["nodes"]} == numbers


# --- timelines --------------------------------------------------------------------------------------------


@row("TIME-01", "TIME-02", "TIME-07")
def test_a_timeline_tells_in_the_order_in_which_it_happened(target: Target) -> None:
    """Comments and events are one list; times are whole seconds."""
    number = target.issue()["number"]
    target.comment("job", number)
    target.ok("admin", "POST", f"/issues/{number}/labels", ["bug"])
    target.comment("admin", number)
    target.ok("admin", "PATCH", f"/issues/{number}", {"state": "closed", "state_reason": "duplicate"})
    target.ok("admin", "PATCH", f"/issues/{number}", {"state": "open"})
    inside = "... on IssueComment { createdAt } ... on ClosedEvent { createdAt }"
    items = target.items("job", number, inside)["nodes"]
    assert [one["__typename"] for one in items] == [
        "IssueComment",
        "LabeledEvent",
        "IssueComment",
        "ClosedEvent",
        "ReopenedEvent",
    ]
    assert all(len(one["createdAt"]) == len("2026-01-05T09:00:00Z") for one in items if "createdAt" in one)


@row("TIME-13")
def test_a_timeline_can_be_read_from_a_place(target: Target) -> None:
    """By places, several parts of it in one query, without other kinds of events; and on from each part."""
    number = target.issue()["number"]
    for _ in range(3):
        target.comment("job", number)
        target.ok("admin", "POST", f"/issues/{number}/labels", ["bug"])
    kinds = "itemTypes: [ISSUE_COMMENT]"
    all_ = [one["id"] for one in target.items("job", number, "", f"first: 100, {kinds}")["nodes"]]
    inside = "filteredCount pageInfo { endCursor } nodes { ...on Node { id } }"
    two = " ".join(
        f"p{place}: timelineItems(first: 2, skip: {place}, {kinds}) {{ {inside} }}" for place in range(2)
    )
    found = target.read("job", number, two)["issue"]
    assert [[one["id"] for one in found[f"p{place}"]["nodes"]] for place in range(2)] == [all_[:2], all_[1:]]
    assert [found[f"p{place}"]["filteredCount"] for place in range(2)] == [3, 3]
    for place, rest in ((0, all_[2:]), (1, [])):
        after = f'first: 100, after: "{found[f"p{place}"]["pageInfo"]["endCursor"]}", {kinds}'
        assert [one["id"] for one in target.items("job", number, "", after)["nodes"]] == rest


@row("TIME-03", "TIME-05")
def test_a_cursor_outlives_what_it_points_to(target: Target) -> None:
    """After a comment was deleted its cursor parts older from newer; the deletion names the author only."""
    number = target.issue()["number"]
    target.comment("job", number)
    doomed = target.comment("job", number)
    cursor = target.items("job", number, "")["pageInfo"]["endCursor"]
    target.ok("job", "DELETE", f"/issues/comments/{doomed['id']}")
    target.comment("admin", number)
    inside = "... on CommentDeletedEvent { actor { __typename } deletedCommentAuthor { __typename } }"
    newer = target.items("job", number, inside, f'first: 100, after: "{cursor}"')["nodes"]
    assert sorted(one["__typename"] for one in newer) == ["CommentDeletedEvent", "IssueComment"]
    deletion = next(one for one in newer if one["__typename"] == "CommentDeletedEvent")
    assert deletion["actor"] == deletion["deletedCommentAuthor"] == {"__typename": "Bot"}


@row("TIME-06")
def test_the_last_items_come_oldest_first(target: Target) -> None:
    """And say whether there are more before them."""
    number = target.issue()["number"]
    ids = [target.comment("job", number)["node_id"] for _ in range(3)]
    shown = target.items("job", number, "", "last: 2")
    assert [one["id"] for one in shown["nodes"]] == ids[1:]
    assert shown["pageInfo"]["hasPreviousPage"] is True
    assert target.items("job", number, "", "last: 3")["pageInfo"]["hasPreviousPage"] is False


@row("TIME-08")
def test_closing_twice_is_one_event(target: Target) -> None:
    """What is closed can't be closed again."""
    number = target.issue()["number"]
    for _ in range(2):
        target.ok("job", "PATCH", f"/issues/{number}", {"state": "closed"})
    assert kinds(target, number) == ["ClosedEvent"]


@row("TIME-10")
def test_what_was_posted_shows_soon(target: Target) -> None:
    """Within the 15 seconds that cocflow waits: asked after 0, 1, 3, 7 and 15 of them."""
    number = target.issue()["number"]
    made = target.comment("job", number)["node_id"]
    for wait in (0, 1, 2, 4, 8):
        time.sleep(0 if target.is_here else wait)
        if any(one["id"] == made for one in target.items("job", number, "")["nodes"]):
            return
    pytest.fail("it doesn't show")


@row("TIME-09")
def test_a_transferred_issue_has_another_id(target: Target) -> None:
    """So have its comments, perhaps; where it was, it is missing."""
    if not target.other:
        pytest.skip("there is no other repository")
    made = target.issue()
    target.comment("job", made["number"])
    there = target.ok("admin", "GET", f"//repos/{target.other}")["node_id"]
    mutation = """mutation($issue: ID!, $to: ID!) {
      transferIssue(input: {issueId: $issue, repositoryId: $to}) { issue { id } } }"""
    answer = target.graphql("admin", mutation, issue=made["node_id"], to=there)
    assert answer["data"]["transferIssue"]["issue"]["id"] != made["node_id"]
    owner, _, name = target.repository.partition("/")
    query = """query($owner: String!, $name: String!, $number: Int!) {
      repository(owner: $owner, name: $name) { issue(number: $number) { id } } }"""
    gone = target.graphql("job", query, owner=owner, name=name, number=made["number"])
    assert gone["errors"][0]["type"] == "NOT_FOUND"
    assert target.rest("admin", "GET", f"/issues/{made['number']}").status_code == 301


# --- sub-issues -------------------------------------------------------------------------------------------


@row("SUB-01", "SUB-03", "SUB-07", "SUB-08")
def test_the_job_links_a_child_by_its_number_in_the_database(target: Target) -> None:
    """With issues: write; again is 422; a closed child is listed still."""
    parent, child = target.issue("job"), target.issue("job")
    path = f"/issues/{parent['number']}/sub_issues"
    linked = target.rest("job", "POST", path, {"sub_issue_id": child["id"]})
    assert linked.status_code == 201
    assert "issues=write" in linked.headers["X-Accepted-GitHub-Permissions"]
    assert target.rest("job", "POST", path, {"sub_issue_id": child["id"]}).status_code == 422
    target.ok("job", "PATCH", f"/issues/{child['number']}", {"state": "closed"})
    inside = "subIssues(first: 10) { nodes { number } }"
    listed = target.read("job", parent["number"], inside)["issue"]["subIssues"]["nodes"]
    assert listed == [{"number": child["number"]}]


@row("SUB-02")
def test_nothing_else_names_a_child(target: Target) -> None:
    """Its number and its node id are refused."""
    parent, child = target.issue("job"), target.issue("job")
    for name in (child["number"], child["node_id"]):
        path = f"/issues/{parent['number']}/sub_issues"
        assert target.rest("job", "POST", path, {"sub_issue_id": name}).status_code in (404, 422)


@row("SUB-04")
def test_a_child_has_one_parent(target: Target) -> None:
    """Another is refused, unless it replaces the first."""
    first, second, child = (target.issue("job") for _ in range(3))
    target.ok("job", "POST", f"/issues/{first['number']}/sub_issues", {"sub_issue_id": child["id"]})
    path = f"/issues/{second['number']}/sub_issues"
    assert target.rest("job", "POST", path, {"sub_issue_id": child["id"]}).status_code == 422
    target.ok("job", "POST", path, {"sub_issue_id": child["id"], "replace_parent": True})
    found = target.read("job", child["number"], "parent { number }")["issue"]["parent"]
    assert found == {"number": second["number"]}


@row("SUB-06")
def test_a_parent_elsewhere_names_its_repository_or_nothing(target: Target) -> None:
    """To the job it is null, an error about the parent alone, or an issue of another repository."""
    if not target.other:
        pytest.skip("there is no other repository")
    child = target.issue("job")
    parent = target.ok("admin", "POST", f"//repos/{target.other}/issues", {"title": "A parent"})
    path = f"//repos/{target.other}/issues/{parent['number']}/sub_issues"
    target.ok("admin", "POST", path, {"sub_issue_id": child["id"]})
    found = target.read("job", child["number"], "parent { number repository { id } }")
    seen = found["issue"]["parent"]
    assert seen is None or seen["repository"]["id"] != found["id"]


@row("SUB-05")
def test_a_parent_has_a_hundred_children_at_most(target: Target) -> None:
    """The hundred and first is refused, though some are closed. On this machine only: it is many writes."""
    if not target.is_here:
        pytest.skip("it takes two hundred writes")
    parent = target.issue("job")
    path = f"/issues/{parent['number']}/sub_issues"
    for place in range(100):
        child = target.issue("job")
        target.ok("job", "POST", path, {"sub_issue_id": child["id"]})
        if place % 10 == 0:
            target.ok("job", "PATCH", f"/issues/{child['number']}", {"state": "closed"})
    last = target.issue("job")
    assert target.rest("job", "POST", path, {"sub_issue_id": last["id"]}).status_code == 422


# --- locks ------------------------------------------------------------------------------------------------


@row("LOCK-01", "LOCK-02", "LOCK-03")
def test_a_locked_issue_takes_no_comment_of_the_job(target: Target) -> None:
    """In GitHub's words; labels, edits and closing it takes, and the job may unlock it."""
    number = target.issue()["number"]
    target.ok("admin", "PUT", f"/issues/{number}/lock", {"lock_reason": "too heated"})
    assert target.read("job", number, "locked")["issue"]["locked"] is True
    refused = target.rest("job", "POST", f"/issues/{number}/comments", {"body": "hello"})
    assert refused.status_code == 403
    assert refused.json()["message"] == "Unable to create comment because issue is locked."
    target.ok("job", "POST", f"/issues/{number}/labels", ["bug"])
    target.ok("job", "PATCH", f"/issues/{number}", {"state": "closed", "title": "Renamed"})
    assert target.rest("job", "DELETE", f"/issues/{number}/lock").status_code == 204
    target.comment("job", number)
