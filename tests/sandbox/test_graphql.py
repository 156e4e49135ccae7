"""The GraphQL endpoint: a true subset of GitHub's schema, with its identities, refusals and prices."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from tests.sandbox.world import REPO, World


def test_bots_lose_their_brackets_and_say_what_they_are(world: World) -> None:
    """A bot's login has no [bot] in GraphQL, but its type is Bot and its id is that of REST."""
    number = world.issue("job")
    query = """query($n: Int!) {repository(owner: "acme", name: "incidents")
      {issue(number: $n) {author {__typename login ... on Bot {id}}}}}"""
    author = world.graphql("read", query, n=number)["data"]["repository"]["issue"]["author"]
    rest = world.ok("read", "GET", f"/issues/{number}")["user"]
    assert author == {"__typename": "Bot", "login": "github-actions", "id": rest["node_id"]}
    assert rest["login"] == "github-actions[bot]"


def test_viewer_works_for_people_and_for_jobs(world: World) -> None:
    """viewer tells a token's account, to a job too; its id is a legacy one, unless asked otherwise."""
    query = "{viewer {login id databaseId}}"
    assert world.graphql("read", query)["data"]["viewer"]["login"] == "read"
    viewer = world.graphql("job", query)["data"]["viewer"]
    assert viewer["login"] == "github-actions[bot]"
    assert viewer["id"] == base64.b64encode(f"03:Bot{viewer['databaseId']}".encode()).decode()
    headers = {"Authorization": f"Bearer {world.tokens['job']}", "X-Github-Next-Global-ID": "1"}
    url = f"{world.sandbox.url}/graphql"
    answer = world.session.post(url, json={"query": query}, headers=headers, timeout=10).json()
    assert answer["data"]["viewer"]["id"].startswith("BOT_")
    for id_ in (viewer["id"], answer["data"]["viewer"]["id"]):
        node = world.graphql("read", "query($id: ID!) {node(id: $id) {__typename}}", id=id_)
        assert node["data"]["node"] == {"__typename": "Bot"}


def test_large_database_ids_come_as_text_only(world: World) -> None:
    """An id beyond 2**31 is null as databaseId and whole as fullDatabaseId."""
    number = world.issue()
    query = """query($n: Int!) {repository(owner: "acme", name: "incidents")
      {databaseId issue(number: $n) {databaseId fullDatabaseId}}}"""
    repository = world.graphql("read", query, n=number)["data"]["repository"]
    identity = world.ok("read", "GET", f"/issues/{number}")["id"]
    assert repository["issue"] == {"databaseId": None, "fullDatabaseId": str(identity)}
    assert repository["databaseId"] == world.ok("read", "GET", "")["id"]


def _repository(world: World, who: str, inside: str) -> Any:
    return world.graphql(who, f'{{repository(owner: "acme", name: "incidents") {{{inside}}}}}')


def test_what_may_not_be_seen_is_not_found(world: World) -> None:
    """A repository that is hidden from the token is a NOT_FOUND error beside a null, with status 200."""
    answer = _repository(world, "outsider", "id")
    assert answer["data"] == {"repository": None}
    assert answer["errors"] == [
        {
            "type": "NOT_FOUND",
            "path": ["repository"],
            "locations": [{"line": 1, "column": 2}],
            "message": "Could not resolve to a Repository with the name 'acme/incidents'.",
        }
    ]
    missing = _repository(world, "read", "issue(number: 99) {id}")
    assert (missing["errors"][0]["type"], missing["data"]) == ("NOT_FOUND", {"repository": {"issue": None}})


def test_repository_tells_its_switches_and_the_viewers_permission(world: World) -> None:
    """Visibility, switches and viewerPermission follow what REST set."""
    world.ok("admin", "PATCH", "", {"has_wiki": False, "allow_forking": False})
    config = "blank_issues_enabled: false\n"
    world.sandbox.store.put_file(REPO, ".github/ISSUE_TEMPLATE/config.yml", config)
    fields = "visibility hasWikiEnabled hasIssuesEnabled forkingAllowed isBlankIssuesEnabled viewerPermission"
    shown = _repository(world, "triage", f"{fields} defaultBranchRef {{name}}")["data"]["repository"]
    assert shown == {
        "visibility": "PRIVATE",
        "hasWikiEnabled": False,
        "hasIssuesEnabled": True,
        "forkingAllowed": False,
        "isBlankIssuesEnabled": False,
        "viewerPermission": "TRIAGE",
        "defaultBranchRef": {"name": "main"},
    }


def test_collaborators_are_shown_with_their_permission_to_writers(world: World) -> None:
    """collaborators lists people with their permission, and is refused to readers."""
    query = "collaborators(first: 10) {totalCount edges {permission node {login}}}"
    shown = _repository(world, "write", query)["data"]["repository"]["collaborators"]
    assert {edge["node"]["login"]: edge["permission"].lower() for edge in shown["edges"]} == {
        role: role for role in ("read", "triage", "write", "maintain", "admin")
    }
    refused = _repository(world, "read", query)
    assert refused["errors"][0]["type"] == "FORBIDDEN"
    assert refused["data"]["repository"]["collaborators"] is None


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("issues {totalCount nodes {id}}", "MISSING_PAGINATION_BOUNDARIES"),
        ("issues(first: 101) {totalCount}", "EXCESSIVE_PAGINATION"),
        ("issues(first: -1) {totalCount}", "INVALID_PAGINATION_BOUNDARIES"),
        ('issues(first: 1, after: "nonsense") {nodes {id}}', "INVALID_CURSOR_ARGUMENTS"),
        (
            "issues(first: 100) {nodes {comments(first: 100) {nodes {issue "
            "{timelineItems(first: 100) {nodes {__typename}}}}}}}",
            "MAX_NODE_LIMIT_EXCEEDED",
        ),
    ],
)
def test_refuses_lists_without_bounds_and_requests_without_measure(
    world: World, inside: str, kind: str
) -> None:
    """Lists need first or last within a hundred, cursors must be ours, and 500,000 nodes are the most."""
    assert _repository(world, "read", inside)["errors"][0]["type"] == kind


def test_a_query_outside_the_schema_is_refused(world: World) -> None:
    """An unknown field is an error that names it, with status 200 and no data."""
    answer = _repository(world, "read", "stargazerCount")
    assert "data" not in answer
    assert "stargazerCount" in answer["errors"][0]["message"]
    assert world.graphql("read", "{").keys() == {"errors"}


@pytest.mark.parametrize(
    ("inside", "cost"),
    [
        ("id", 1),
        ("issues(first: 100) {nodes {id}}", 1),
        ("issues(first: 100) {nodes {id labels(first: 5) {nodes {name}}}}", 1),
        ("issues(first: 100) {nodes {labels(first: 5) {nodes {id}} comments(first: 1) {nodes {id}}}}", 2),
        (
            "issues(first: 100) {nodes {labels(first: 5) {nodes {id}} comments(first: 1) {nodes {id}}"
            " timelineItems(last: 5) {nodes {__typename}}}}",
            3,
        ),
    ],
)
def test_charges_what_github_charges(world: World, inside: str, cost: int) -> None:
    """A request costs a hundredth of the lists that it opens, and at least one point."""
    query = f'{{rateLimit {{cost remaining used}} repository(owner: "acme", name: "incidents") {{{inside}}}}}'
    answer = world.call("read", "POST", "//graphql", {"query": query})
    limit = answer.json()["data"]["rateLimit"]
    assert limit == {"cost": cost, "remaining": 5000 - cost, "used": cost}
    assert answer.headers["X-RateLimit-Used"] == str(cost)
    assert answer.headers["X-RateLimit-Resource"] == "graphql"


def test_lists_issues_by_order_filter_and_page(world: World) -> None:
    """issues obeys orderBy, states, labels and since, and its pages meet."""
    numbers = [world.issue(labels=["bug"] if place % 2 else []) for place in range(5)]
    world.ok("admin", "PATCH", f"/issues/{numbers[0]}", {"state": "closed"})
    moment = world.control("GET", "clock")["now"]
    world.ok("admin", "POST", f"/issues/{numbers[1]}/comments", {"body": "newest"})

    def shown(arguments: str) -> list[int]:
        answer = _repository(world, "read", f"issues({arguments}) {{nodes {{number}}}}")
        return [node["number"] for node in answer["data"]["repository"]["issues"]["nodes"]]

    updated = "orderBy: {field: UPDATED_AT, direction: DESC}"
    assert shown(f"first: 2, {updated}") == [2, 1]
    assert shown("first: 9, states: [OPEN]") == [2, 3, 4, 5]
    assert shown('first: 9, labels: ["bug"]') == [2, 4]
    assert shown(f'first: 9, filterBy: {{since: "{moment}"}}') == [2]
    query = f"issues(first: 2, {updated}) {{pageInfo {{endCursor hasNextPage}}}}"
    info = _repository(world, "read", query)["data"]["repository"]["issues"]["pageInfo"]
    assert info["hasNextPage"]
    assert shown(f'first: 9, {updated}, after: "{info["endCursor"]}"') == [5, 4, 3]


def test_nodes_returns_nulls_with_errors_for_unknown_ids(world: World) -> None:
    """nodes keeps the places of ids that can't be resolved, and says which they are."""
    number = world.issue()
    node = world.ok("read", "GET", f"/issues/{number}")["node_id"]
    answer = world.graphql("read", "query($ids: [ID!]!) {nodes(ids: $ids) {id}}", ids=[node, "I_bogus"])
    assert answer["data"]["nodes"] == [{"id": node}, None]
    assert answer["errors"][0]["path"] == ["nodes", 1]


def test_deletes_a_comment(world: World) -> None:
    """deleteIssueComment deletes for its author and is refused to another reader."""
    number = world.issue()
    mutation = "mutation($id: ID!) {deleteIssueComment(input: {id: $id}) {clientMutationId}}"
    theirs = world.ok("admin", "POST", f"/issues/{number}/comments", {"body": "a"})["node_id"]
    mine = world.ok("read", "POST", f"/issues/{number}/comments", {"body": "b"})["node_id"]
    assert world.graphql("read", mutation, id=theirs)["errors"][0]["type"] == "FORBIDDEN"
    assert "errors" not in world.graphql("read", mutation, id=mine)
    assert [one["body"] for one in world.ok("read", "GET", f"/issues/{number}/comments")] == ["a"]
