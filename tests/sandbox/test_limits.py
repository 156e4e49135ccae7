"""Rate limits, and the count of requests that budgets are proved with."""

from __future__ import annotations

import pytest

from tests.sandbox.world import World


def test_counts_requests_by_kind_and_route(world: World) -> None:
    """Reads and writes by REST and GraphQL are counted apart; control routes don't count."""
    number = world.issue()
    world.ok("read", "GET", f"/issues/{number}")
    world.graphql("read", "{viewer {login}}")
    counts = world.control("GET", "requests")
    assert {
        kind: counts[kind] for kind in ("rest_reads", "rest_writes", "graphql_reads", "graphql_writes")
    } == {
        "rest_reads": 1,
        "rest_writes": 1,
        "graphql_reads": 1,
        "graphql_writes": 0,
    }
    assert (counts["reads"], counts["writes"], counts["points"]) == (2, 1, 1)
    assert counts["routes"]["POST /repos/<owner>/<repo>/issues"] == 1
    world.control("DELETE", "requests")
    assert world.control("GET", "requests")["reads"] == 0


def test_refuses_with_githubs_headers_when_the_limit_is_reached(world: World) -> None:
    """At no remaining requests the answer is 403 with the time of the reset, until that time."""
    world.control("POST", "limits", {"core": 1})
    assert world.call("read", "GET", "/issues").headers["X-RateLimit-Remaining"] == "0"
    refused = world.call("read", "GET", "/issues")
    assert refused.status_code == 403
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert "rate limit exceeded" in refused.json()["message"]
    reset = int(refused.headers["X-RateLimit-Reset"])
    assert world.graphql("read", "{viewer {login}}")["data"]["viewer"]["login"] == "read"
    world.sandbox.store.move_clock(to=reset)
    assert world.call("read", "GET", "/issues").status_code == 200


@pytest.mark.parametrize("status", [403, 429])
def test_refuses_the_next_requests_with_a_secondary_limit(world: World, status: int) -> None:
    """A secondary limit refuses just so many requests, before they do anything, with Retry-After."""
    world.control("POST", "limits", {"secondary": 1, "status": status, "retry_after": 7})
    refused = world.call("read", "POST", "/issues", {"title": "t"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (status, "7")
    assert world.issue() == 1


@pytest.mark.parametrize(
    ("asked", "header"),
    [(None, None), ("Mon, 05 Jan 2026 09:20:00 GMT", "Mon, 05 Jan 2026 09:20:00 GMT")],
)
def test_a_limit_may_name_no_time_or_a_date(world: World, asked: str | None, header: str | None) -> None:
    """Retry-After may be missing, or be a date."""
    world.control("POST", "limits", {"secondary": 1, "status": 429, "retry_after": asked})
    assert world.call("read", "GET", "/issues").headers.get("Retry-After") == header


def test_graphql_tells_its_limits_with_status_200(world: World) -> None:
    """The primary limit of GraphQL is an error beside no data, and nothing remains."""
    world.control("POST", "limits", {"graphql": 0})
    refused = world.call("read", "POST", "//graphql", {"query": "{viewer {login}}"})
    assert (refused.status_code, refused.headers["X-RateLimit-Remaining"]) == (200, "0")
    assert refused.json()["data"] is None
    assert refused.json()["errors"][0]["type"] == "RATE_LIMITED"


@pytest.mark.parametrize("status", [200, 502, 504])
def test_gives_up_on_a_query_that_is_too_much(world: World, status: int) -> None:
    """Over so many nodes there is no data; fewer are answered still."""
    world.control("POST", "limits", {"nodes": 50, "status": status})
    query = 'query($n: Int!) {repository(owner: "acme", name: "incidents") {issues(first: $n) {totalCount}}}'
    refused = world.call("read", "POST", "//graphql", {"query": query, "variables": {"n": 51}})
    assert refused.status_code == status
    if status == 200:
        assert refused.json()["errors"][0]["type"] == "RESOURCE_LIMITS_EXCEEDED"
    assert world.graphql("read", query, n=50)["data"]["repository"]["issues"]["totalCount"] == 0
    world.control("POST", "limits", {})
    assert "errors" not in world.graphql("read", query, n=51)


def test_jobs_have_a_smaller_limit_and_asking_is_free(world: World) -> None:
    """A job's token has 1,000 requests an hour, a person 5,000; GET /rate_limit costs nothing."""
    for who, limit in (("job", 1000), ("read", 5000)):
        world.ok(who, "GET", "//rate_limit")
        core = world.ok(who, "GET", "//rate_limit")["resources"]["core"]
        assert (core["limit"], core["remaining"]) == (limit, limit)


def test_limits_are_lifted_again(world: World) -> None:
    """Clearing the limits lets everybody go on at once."""
    world.control("POST", "limits", {"core": 0, "graphql": 0})
    assert world.call("read", "GET", "/issues").status_code == 403
    world.control("POST", "limits", {})
    assert world.call("read", "GET", "/issues").status_code == 200


def test_says_scopes_to_people_only(world: World) -> None:
    """A person's answers name the token's scopes; a job's don't."""
    assert "repo" in world.call("read", "GET", "/issues").headers["X-OAuth-Scopes"]
    assert "X-OAuth-Scopes" not in world.call("job", "GET", "/issues").headers
