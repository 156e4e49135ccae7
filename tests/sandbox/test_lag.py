"""Lists that lag behind writes: always a state that once was, and never for single reads.

No module's twin: how lists of every kind lag.
"""

from __future__ import annotations

from tests.sandbox.world import World

LIST = '{repository(owner: "acme", name: "incidents") {issues(first: 9) {nodes {number title}}}}'


def listed(world: World) -> tuple[list[int], list[int]]:
    """Return the issues that REST and GraphQL list."""
    rest = [one["number"] for one in world.ok("read", "GET", "/issues?direction=asc")]
    nodes = world.graphql("read", LIST)["data"]["repository"]["issues"]["nodes"]
    return rest, [node["number"] for node in nodes]


def test_lists_show_the_state_of_some_writes_ago(world: World) -> None:
    """With a lag of two writes, a list shows an issue after two more writes, and a single read at once."""
    world.control("POST", "lag", {"writes": 2})
    number = world.issue()
    assert listed(world) == ([], [])
    assert world.ok("read", "GET", f"/issues/{number}")["number"] == number
    world.ok("admin", "PATCH", f"/issues/{number}", {"title": "first change"})
    assert listed(world) == ([], [])
    world.ok("admin", "PATCH", f"/issues/{number}", {"title": "second change"})
    assert listed(world) == ([number], [number])
    shown = world.graphql("read", LIST)["data"]["repository"]["issues"]["nodes"][0]["title"]
    assert shown == "New incident"


def test_what_a_lagging_read_shows_is_a_state_that_was(world: World) -> None:
    """Labels, timeline and comments of a lagging read belong to one and the same moment."""
    world.control("POST", "lag", {"writes": 1})
    number = world.issue()
    world.ok("admin", "POST", f"/issues/{number}/labels", ["bug"])
    world.ok("admin", "POST", f"/issues/{number}/comments", {"body": "hello"})
    query = """{repository(owner: "acme", name: "incidents") {issue(number: 1) {
      labels(first: 9) {totalCount} comments(first: 9) {totalCount} timelineItems(first: 9) {totalCount}}}}"""
    issue = world.graphql("read", query)["data"]["repository"]["issue"]
    assert [part["totalCount"] for part in issue.values()] == [1, 0, 1]


def test_a_lag_in_seconds_ends_as_time_passes(world: World) -> None:
    """With a lag of a minute, a list shows an issue once the clock has moved on by one."""
    world.control("POST", "lag", {"seconds": 60})
    number = world.issue()
    assert listed(world) == ([], [])
    world.control("POST", "clock", {"advance": 60})
    assert listed(world) == ([number], [number])


def test_without_a_lag_lists_are_fresh_again(world: World) -> None:
    """Ending the lag shows everything at once."""
    world.control("POST", "lag", {"writes": 50})
    number = world.issue()
    assert listed(world) == ([], [])
    world.control("POST", "lag", {})
    assert listed(world) == ([number], [number])


def test_to_a_lagging_list_a_new_issue_is_missing_not_deleted(world: World) -> None:
    """The comments of an issue that the lagging state doesn't have yet are not found, rather than gone."""
    world.control("POST", "lag", {"writes": 2})
    number = world.issue()
    assert world.call("read", "GET", f"/issues/{number}/comments").status_code == 404
