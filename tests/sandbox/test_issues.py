"""Issues, comments, labels and sub-issues: GitHub's limits and side effects."""

from __future__ import annotations

import pytest

from cocflow.sandbox import issues as rules
from cocflow.sandbox.issues import Transaction
from tests.sandbox.world import REPO, World

LONG = 262_144
"""Bytes, of which GitHub says that they are 65,536 characters."""


def test_ids_are_beyond_32_bits_and_numbers_count_up(world: World) -> None:
    """Issue, comment and label ids don't fit a 32-bit integer, and issue numbers have no gaps."""
    first, second = world.issue(), world.issue()
    comment = world.ok("read", "POST", f"/issues/{first}/comments", {"body": "hello"})
    label = world.ok("read", "GET", "/labels/bug")
    assert (first, second) == (1, 2)
    assert min(comment["id"], label["id"], world.ok("read", "GET", "/issues/1")["id"]) > 2**31


def test_refuses_texts_that_are_too_long_or_blank(world: World) -> None:
    """A body of 262,144 bytes is taken, one more is refused, and so is a blank title or comment."""
    number = world.issue(body="x" * LONG)
    comments = f"/issues/{number}/comments"
    world.ok("read", "POST", comments, {"body": "ü" * (LONG // 2)})
    for path, body in (
        ("/issues", {"title": "t", "body": "x" * (LONG + 1)}),
        ("/issues", {"title": "  "}),
        ("/issues", {}),
        (comments, {"body": "x" * (LONG + 1)}),
        (comments, {"body": "ü" * (LONG // 2) + "x"}),
        (comments, {"body": ""}),
    ):
        refused = world.call("admin", "POST", path, body)
        assert refused.status_code == 422
        assert refused.json()["message"] == "Validation Failed"
    long = world.call("admin", "POST", comments, {"body": "x" * (LONG + 1)}).json()["errors"][0]
    assert long["message"] == "Body is too long (maximum is 65536 characters)"


def test_takes_2500_comments_and_no_more(world: World) -> None:
    """The 2,501st comment on an issue is refused with 403 in GitHub's words."""
    number = world.issue()
    with Transaction(world.sandbox.store, world.sandbox.store.access(REPO, "admin")) as desk:
        for _ in range(rules.COMMENT_LIMIT):
            desk.add_comment(number, "again")
    refused = world.call("admin", "POST", f"/issues/{number}/comments", {"body": "one more"})
    assert refused.status_code == 403
    assert refused.json()["message"] == "Commenting is disabled on issues with more than 2500 comments"
    assert world.ok("admin", "GET", f"/issues/{number}")["comments"] == 2500


@pytest.mark.parametrize(
    "label",
    [
        {"name": "x" * 51, "color": "ffffff"},
        {"name": "", "color": "ffffff"},
        {"name": "ok", "color": "#ffffff"},
        {"name": "ok", "color": "ffffff", "description": "x" * 101},
        {"name": "BUG", "color": "ffffff"},
    ],
)
def test_refuses_labels_that_github_refuses(world: World, label: dict[str, str]) -> None:
    """Names over 50, descriptions over 100, bad colours and names that exist in another case are refused."""
    assert world.call("admin", "POST", "/labels", label).status_code == 422


def test_an_unknown_label_is_made_when_put_on(world: World) -> None:
    """Adding a label that the repository lacks makes it, in GitHub's grey."""
    number = world.issue()
    world.ok("triage", "POST", f"/issues/{number}/labels", {"labels": ["state: reported"]})
    assert world.ok("read", "GET", "/labels/state: reported")["color"] == "ededed"


def test_putting_a_label_on_twice_is_one_event(world: World) -> None:
    """A label that is already on, in any case of letters, makes no event and no change."""
    number = world.issue(labels=["bug"])
    before = world.ok("admin", "GET", f"/issues/{number}")["updated_at"]
    world.ok("admin", "POST", f"/issues/{number}/labels", ["Bug"])
    shown = world.ok("admin", "GET", f"/issues/{number}/events")
    assert [one["event"] for one in shown] == ["labeled"]
    assert world.ok("admin", "GET", f"/issues/{number}")["updated_at"] == before


def test_taking_off_a_label_that_is_not_on_is_refused(world: World) -> None:
    """Removing a label that isn't on is answered with 404."""
    number = world.issue()
    assert world.call("admin", "DELETE", f"/issues/{number}/labels/bug").status_code == 404


def test_setting_labels_tells_each_change(world: World) -> None:
    """PUT takes off what isn't named, puts on what is new, and leaves the rest alone."""
    number = world.issue(labels=["bug", "question"])
    left = world.ok("admin", "PUT", f"/issues/{number}/labels", {"labels": ["question", "wontfix"]})
    assert [one["name"] for one in left] == ["question", "wontfix"]
    happened = world.ok("admin", "GET", f"/issues/{number}/events")[2:]
    assert [(one["event"], one["label"]["name"]) for one in happened] == [
        ("unlabeled", "bug"),
        ("labeled", "wontfix"),
    ]


def test_editing_keeps_every_version_and_who_wrote_it(world: World) -> None:
    """An edit sets lastEditedAt and editor and keeps the original; the same text is no edit."""
    number = world.issue("read", body="first")
    world.ok("admin", "PATCH", f"/issues/{number}", {"body": "first"})
    world.ok("admin", "PATCH", f"/issues/{number}", {"body": "second"})
    query = """query($n: Int!) {repository(owner: "acme", name: "incidents") {issue(number: $n) {
      lastEditedAt editor {login} author {login}
      userContentEdits(first: 10) {nodes {diff editor {login}}}}}}"""
    issue = world.graphql("read", query, n=number)["data"]["repository"]["issue"]
    assert issue["editor"] == {"login": "admin"}
    assert issue["author"] == {"login": "read"}
    versions = [(one["diff"], one["editor"]["login"]) for one in issue["userContentEdits"]["nodes"]]
    assert versions == [("second", "admin"), ("first", "read")]
    assert [one for one in world.events() if one[1] == "edited"] == [("issues", "edited", True)]


def test_a_rename_is_no_edit_of_the_text(world: World) -> None:
    """A new title shows in the timeline with the old one, and leaves lastEditedAt unset."""
    number = world.issue()
    world.ok("job", "PATCH", f"/issues/{number}", {"title": "Incident 1"})
    renamed = world.ok("admin", "GET", f"/issues/{number}/timeline")[0]
    assert renamed["rename"] == {"from": "New incident", "to": "Incident 1"}
    query = """query($n: Int!) {repository(owner: "acme", name: "incidents")
      {issue(number: $n) {lastEditedAt title}}}"""
    issue = world.graphql("read", query, n=number)["data"]["repository"]["issue"]
    assert issue == {"lastEditedAt": None, "title": "Incident 1"}


def test_closing_twice_is_one_event_with_its_reason(world: World) -> None:
    """Closing a closed issue makes no event; the reason is the one given, completed by default."""
    number = world.issue()
    closed = {"state": "closed", "state_reason": "not_planned"}
    world.ok("admin", "PATCH", f"/issues/{number}", closed)
    world.ok("admin", "PATCH", f"/issues/{number}", {"state": "closed"})
    issue = world.ok("admin", "GET", f"/issues/{number}")
    assert (issue["state_reason"], issue["closed_by"]["login"]) == ("not_planned", "admin")
    world.ok("admin", "PATCH", f"/issues/{number}", {"state": "open"})
    happened = [one["event"] for one in world.ok("admin", "GET", f"/issues/{number}/events")]
    assert happened == ["closed", "reopened"]
    assert world.ok("admin", "GET", f"/issues/{number}")["closed_at"] is None


def test_an_issue_has_at_most_100_sub_issues_closed_ones_included(world: World) -> None:
    """The 101st sub-issue is refused even if the others are closed."""
    parent = world.issue()
    with Transaction(world.sandbox.store, world.sandbox.store.access(REPO, "admin")) as desk:
        for _ in range(rules.SUB_ISSUE_LIMIT):
            child = desk.open_issue("Suspension", None, [])
            desk.add_sub_issue(parent, child["id"])
            desk.change_issue(child["number"], {"state": "closed"})
        extra = desk.open_issue("Suspension", None, [])["id"]
    refused = world.call("admin", "POST", f"/issues/{parent}/sub_issues", {"sub_issue_id": extra})
    assert refused.status_code == 422
    summary = world.ok("admin", "GET", f"/issues/{parent}")["sub_issues_summary"]
    assert summary == {"total": 100, "completed": 100, "percent_completed": 100}


def test_an_issue_has_one_parent_and_is_never_its_own_ancestor(world: World) -> None:
    """A second parent is refused unless it replaces the first; so are loops and unknown ids."""
    first, second, child = world.issue(), world.issue(), world.issue()
    identity = {number: world.ok("admin", "GET", f"/issues/{number}")["id"] for number in (first, child)}
    below = {"sub_issue_id": identity[child]}
    world.ok("admin", "POST", f"/issues/{first}/sub_issues", below)
    assert world.ok("read", "GET", f"/issues/{child}/parent")["number"] == first
    again = world.call("admin", "POST", f"/issues/{second}/sub_issues", below)
    assert (again.status_code, "may only have one parent" in again.json()["message"]) == (422, True)
    loop = world.call("admin", "POST", f"/issues/{child}/sub_issues", {"sub_issue_id": identity[first]})
    assert loop.status_code == 422
    unknown = world.call("admin", "POST", f"/issues/{first}/sub_issues", {"sub_issue_id": 5})
    assert unknown.status_code == 404
    world.ok("admin", "POST", f"/issues/{second}/sub_issues", below | {"replace_parent": True})
    assert world.ok("read", "GET", f"/issues/{child}/parent")["number"] == second


def test_lists_filter_and_sort(world: World) -> None:
    """State, labels (all of them), since, sort and direction decide what a list shows."""
    one, two, three = world.issue(labels=["bug"]), world.issue(labels=["bug", "question"]), world.issue()
    world.ok("admin", "PATCH", f"/issues/{one}", {"state": "closed"})
    moment = world.control("GET", "clock")["now"]
    world.ok("admin", "POST", f"/issues/{two}/comments", {"body": "newer"})

    def shown(query: str) -> list[int]:
        return [issue["number"] for issue in world.ok("read", "GET", f"/issues?{query}")]

    assert shown("") == [three, two]
    assert shown("state=all&direction=asc") == [one, two, three]
    assert shown("state=closed") == [one]
    assert shown("labels=bug,question&state=all") == [two]
    assert shown(f"state=all&since={moment}") == [two]
    assert shown("state=all&sort=updated") == [two, one, three]


def test_links_name_the_neighbouring_pages_under_the_base(world: World) -> None:
    """A middle page links to first, previous, next and last, keeping the query."""
    for _ in range(5):
        world.issue()
    number = world.ok("read", "GET", "")["id"]
    response = world.call("read", "GET", "/issues?per_page=2&page=2&state=all")
    assert set(response.links) == {"first", "prev", "next", "last"}
    assert response.links["last"]["url"].startswith(f"{world.sandbox.url}/repositories/{number}/issues?")
    last = world.session.get(
        response.links["last"]["url"], headers={"Authorization": f"Bearer {world.tokens['read']}"}, timeout=5
    )
    assert [issue["number"] for issue in last.json()] == [1]
    assert world.call("read", "GET", "/issues?per_page=10").links == {}


def test_deleting_an_issue_is_for_administrators_and_leaves_a_gap(world: World) -> None:
    """deleteIssue refuses writers, jobs, and in an organization administrators, unless it lets them.

    viewerCanDelete says the same before; afterwards the issue is gone and its number isn't reused.
    """
    number = world.issue()
    node = world.ok("admin", "GET", f"/issues/{number}")["node_id"]
    mutation = "mutation($id: ID!) {deleteIssue(input: {issueId: $id}) {repository {name}}}"
    may = "query($id: ID!) {node(id: $id) {... on Issue {viewerCanDelete}}}"
    for who in ("write", "job", "admin"):
        assert world.graphql(who, mutation, id=node)["errors"][0]["type"] == "FORBIDDEN"
        assert world.graphql(who, may, id=node)["data"]["node"]["viewerCanDelete"] is False
    world.sandbox.store.add_org(REPO.partition("/")[0], deletes_issues=True)
    assert world.graphql("admin", may, id=node)["data"]["node"]["viewerCanDelete"] is True
    assert "errors" not in world.graphql("admin", mutation, id=node)
    assert world.call("admin", "GET", f"/issues/{number}").status_code == 410
    assert world.issue() == number + 1
