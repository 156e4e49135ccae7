"""Search: GitHub's words and qualifiers, over what one may see and nothing else."""

from __future__ import annotations

import pytest

from tests.sandbox.world import World

LAMP, DOOR, OLD = "A broken lamp", "A door", "An old lamp"


@pytest.fixture
def filed(world: World) -> World:
    """File three issues, one of them closed, one with a comment, and one in a repository that few may see."""
    store = world.sandbox.store
    store.add_repo("acme/vault")
    store.set_permission("acme/vault", "admin", "admin")
    lamp = world.issue("read", title=LAMP, body="in the hall")
    door = world.issue("triage", title=DOOR, body="see @read", labels=["help wanted"])
    old = world.issue("admin", title=OLD, body="gone")
    world.ok("admin", "POST", f"/issues/{door}/comments", {"body": "no lamp there"})
    world.ok("admin", "POST", f"/issues/{lamp}/assignees", {"assignees": ["read"]})
    world.ok("admin", "PATCH", f"/issues/{old}", {"state": "closed"})
    world.ok("admin", "POST", "//repos/acme/vault/issues", {"title": "A secret lamp"})
    return world


def titles(world: World, who: str, query: str) -> set[str]:
    """Return the titles of what somebody finds."""
    found = world.call(who, "GET", f"//search/issues?q={query.replace('#', '%23').replace('+', '%2B')}")
    assert found.status_code == 200, found.text
    return {one["title"] for one in found.json()["items"]}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("lamp", {LAMP, DOOR, OLD}),
        ("lamp in:title", {LAMP, OLD}),
        ("in:title lamp is:open", {LAMP}),
        ('"broken lamp"', {LAMP}),
        ("broken OR door in:title", {LAMP, DOOR}),
        ("in:title lamp NOT broken", {OLD}),
        ("( in:title door ) type:issue", {DOOR}),
        ("is:pr", set()),
        ("state:closed", {OLD}),
        ('label:"help wanted"', {DOOR}),
        ("-label:bug no:label is:open", {LAMP}),
        ("author:read", {LAMP}),
        ("assignee:read", {LAMP}),
        ("mentions:read", {DOOR}),
        ("commenter:admin", {DOOR}),
        ("involves:read", {LAMP, DOOR}),
        ("author:@me", {LAMP}),
        ("repo:acme/incidents hall", {LAMP}),
        ("org:nobody lamp", set()),
        ("created:>=2026-01-05", {LAMP, DOOR, OLD}),
        ("created:<2026-01-05", set()),
        ("closed:2026-01-05", {OLD}),
        ("archived:true", set()),
    ],
)
def test_words_and_qualifiers_find_what_they_say(filed: World, query: str, found: set[str]) -> None:
    """Each qualifier narrows, or with a minus excludes; what one may not see isn't there."""
    assert titles(filed, "read", query) == found


def test_nobody_finds_what_they_may_not_see(filed: World) -> None:
    """A repository that can't be seen is refused by name, and adds nothing otherwise, in both languages."""
    assert "A secret lamp" in titles(filed, "admin", "lamp")
    assert filed.call("read", "GET", "//search/issues?q=repo:acme/vault").status_code == 422
    query = '{search(type: ISSUE, query: "lamp", first: 9) {issueCount nodes {... on Issue {title}}}}'
    found = filed.graphql("outsider", query)["data"]["search"]
    assert found == {"issueCount": 0, "nodes": []}
    found = filed.graphql("job", query)["data"]["search"]
    assert {one["title"] for one in found["nodes"]} == {LAMP, DOOR, OLD}


def test_what_is_found_comes_in_pages_newest_first(filed: World) -> None:
    """Newest first, unless another order is asked for; the total counts all of it."""
    answer = filed.call("read", "GET", "//search/issues?q=lamp&per_page=2")
    assert [one["title"] for one in answer.json()["items"]] == [OLD, DOOR]
    assert answer.json()["total_count"] == 3
    assert set(answer.links) == {"next", "last"}
    answer = filed.call("read", "GET", "//search/issues?q=lamp&sort=created&order=asc")
    assert [one["title"] for one in answer.json()["items"]] == [LAMP, DOOR, OLD]


def test_repositories_are_found_by_name_and_owner(filed: World) -> None:
    """Those that may be seen, and no others."""
    for who, expected in (("admin", {"incidents", "vault"}), ("read", {"incidents"})):
        found = filed.ok(who, "GET", "//search/repositories?q=user:acme")["items"]
        assert {one["name"] for one in found} == expected
    assert [one["name"] for one in filed.ok("admin", "GET", "//search/repositories?q=vau")["items"]] == [
        "vault"
    ]


def test_searches_have_a_budget_of_their_own(filed: World) -> None:
    """Thirty a minute, apart from all other requests; a query that says nothing is refused."""
    answer = filed.call("read", "GET", "//search/issues?q=")
    assert (answer.status_code, answer.headers["X-RateLimit-Resource"]) == (422, "search")
    assert answer.headers["X-RateLimit-Limit"] == "30"
