"""The timeline: one ordered list, and cursors that hold while it grows and shrinks.

No module's twin: what GitHub calls the timeline, by GraphQL and by REST.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.world import World

QUERY = """
query($number: Int!, $first: Int, $last: Int, $after: String, $before: String, $since: DateTime,
      $types: [IssueTimelineItemsItemType!]) {
  repository(owner: "acme", name: "incidents") { issue(number: $number) {
    timelineItems(first: $first, last: $last, after: $after, before: $before, since: $since,
                  itemTypes: $types) {
      totalCount filteredCount pageCount
      pageInfo { startCursor endCursor hasNextPage hasPreviousPage }
      edges { cursor }
      nodes {
        __typename
        ... on Node { id }
        ... on IssueComment { body createdAt }
        ... on LabeledEvent { createdAt label { name } actor { login } }
        ... on UnlabeledEvent { createdAt label { name } }
        ... on ClosedEvent { createdAt stateReason }
        ... on ReopenedEvent { createdAt }
        ... on RenamedTitleEvent { previousTitle currentTitle }
        ... on CommentDeletedEvent { deletedCommentAuthor { login } actor { login } }
        ... on SubIssueAddedEvent { subIssue { number } }
        ... on ParentIssueAddedEvent { parent { number } }
      }
    }
  } }
}
"""


def items(world: World, number: int, **variables: Any) -> Any:
    """Return the timelineItems connection of an issue."""
    if not {"first", "last"} & set(variables):
        variables["first"] = 100
    answer = world.graphql("read", QUERY, number=number, **variables)
    assert "errors" not in answer, answer
    return answer["data"]["repository"]["issue"]["timelineItems"]


def comment(world: World, number: int, body: str) -> int:
    """Comment on an issue and return the comment's database id."""
    made: int = world.ok("write", "POST", f"/issues/{number}/comments", {"body": body})["id"]
    return made


def kinds(connection: Any) -> list[str]:
    """Return the types of a connection's nodes."""
    return [node["__typename"] for node in connection["nodes"]]


def test_tells_everything_in_the_order_it_happened(world: World) -> None:
    """Comments and all kinds of events are one list in order, with their particulars."""
    number, child = world.issue(), world.issue()
    written = comment(world, number, "hello")
    world.ok("triage", "POST", f"/issues/{number}/labels", ["bug"])
    world.ok("triage", "DELETE", f"/issues/{number}/labels/bug")
    world.ok("admin", "PATCH", f"/issues/{number}", {"title": "Renamed"})
    world.ok("admin", "PATCH", f"/issues/{number}", {"state": "closed", "state_reason": "not_planned"})
    world.ok("admin", "PATCH", f"/issues/{number}", {"state": "open"})
    world.ok("admin", "DELETE", f"/issues/comments/{written}")
    identity = world.ok("admin", "GET", f"/issues/{child}")["id"]
    world.ok("admin", "POST", f"/issues/{number}/sub_issues", {"sub_issue_id": identity})
    shown = items(world, number)
    assert kinds(shown) == [
        "LabeledEvent",
        "UnlabeledEvent",
        "RenamedTitleEvent",
        "ClosedEvent",
        "ReopenedEvent",
        "CommentDeletedEvent",
        "SubIssueAddedEvent",
    ]
    assert shown["nodes"][3]["stateReason"] == "NOT_PLANNED"
    assert shown["nodes"][5]["deletedCommentAuthor"] == {"login": "write"}
    assert shown["nodes"][5]["actor"] == {"login": "admin"}
    assert shown["nodes"][6]["subIssue"] == {"number": child}
    assert items(world, child)["nodes"][0]["parent"] == {"number": number}


def test_a_cursor_yields_just_what_is_newer(world: World) -> None:
    """After more was written, the old end cursor yields the new items alone."""
    number = world.issue(labels=["bug"])
    comment(world, number, "one")
    end = items(world, number)["pageInfo"]["endCursor"]
    assert items(world, number, after=end)["nodes"] == []
    comment(world, number, "two")
    newer = items(world, number, after=end)
    assert [node["body"] for node in newer["nodes"]] == ["two"]
    assert (newer["totalCount"], newer["filteredCount"], newer["pageCount"]) == (3, 1, 1)


def test_cursors_survive_the_deletion_of_what_they_point_at(world: World) -> None:
    """The cursor of a deleted comment still separates older from newer."""
    number = world.issue()
    comment(world, number, "one")
    doomed = comment(world, number, "two")
    cursor = items(world, number)["pageInfo"]["endCursor"]
    comment(world, number, "three")
    world.ok("admin", "DELETE", f"/issues/comments/{doomed}")
    assert kinds(items(world, number, after=cursor)) == ["IssueComment", "CommentDeletedEvent"]
    assert [node["body"] for node in items(world, number, before=cursor)["nodes"]] == ["one"]


def test_pages_forwards_and_backwards_meet(world: World) -> None:
    """Paging by first/after and by last/before gives the same whole list, with right page infos."""
    number = world.issue()
    for place in range(7):
        comment(world, number, str(place))
    forwards: list[str] = []
    page = items(world, number, first=3)
    while True:
        forwards += [node["body"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            break
        page = items(world, number, first=3, after=page["pageInfo"]["endCursor"])
    backwards: list[str] = []
    page = items(world, number, last=3)
    while True:
        backwards = [node["body"] for node in page["nodes"]] + backwards
        if not page["pageInfo"]["hasPreviousPage"]:
            break
        page = items(world, number, last=3, before=page["pageInfo"]["startCursor"])
    assert forwards == backwards == [str(place) for place in range(7)]


def test_ties_of_time_keep_their_order(world: World) -> None:
    """Items of one and the same second are shown in the order in which they were written, always."""
    number = world.issue()
    world.control("POST", "clock", {"tick": 0})
    bodies = [f"same second {place}" for place in range(20)]
    for body in bodies:
        comment(world, number, body)
    nodes = items(world, number)["nodes"]
    assert [node["body"] for node in nodes] == bodies
    assert len({node["createdAt"] for node in nodes}) == 1


def test_filters_by_type_and_time(world: World) -> None:
    """itemTypes and since narrow the list and its total."""
    number = world.issue(labels=["bug"])
    comment(world, number, "one")
    moment = world.control("GET", "clock")["now"]
    comment(world, number, "two")
    shown = items(world, number, types=["ISSUE_COMMENT"])
    assert (kinds(shown), shown["totalCount"]) == (["IssueComment", "IssueComment"], 2)
    assert [node["body"] for node in items(world, number, since=moment)["nodes"]] == ["two"]


def test_every_item_is_found_by_its_node_id(world: World) -> None:
    """node(id:) returns each timeline item, and hides it from those who may not see it."""
    number = world.issue(labels=["bug"])
    comment(world, number, "one")
    for node in items(world, number)["nodes"]:
        query = "query($id: ID!) {node(id: $id) {__typename id}}"
        found = world.graphql("read", query, id=node["id"])["data"]["node"]
        assert found == {"__typename": node["__typename"], "id": node["id"]}
        hidden = world.graphql("outsider", query, id=node["id"])
        assert (hidden["data"]["node"], hidden["errors"][0]["type"]) == (None, "NOT_FOUND")


def test_rest_tells_the_same_story(world: World) -> None:
    """REST's timeline and GraphQL's are the same items in the same order."""
    number = world.issue(labels=["bug"])
    comment(world, number, "one")
    world.ok("admin", "PATCH", f"/issues/{number}", {"state": "closed"})
    rest = [one["node_id"] for one in world.ok("read", "GET", f"/issues/{number}/timeline")]
    assert rest == [node["id"] for node in items(world, number)["nodes"]]
