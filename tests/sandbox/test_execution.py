"""The usual course of a query has the same answer as graphql-core, which is left whatever is unusual."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import execute_sync, parse

from cocflow.adapters.queries import ALL
from cocflow.sandbox import Clock, Store
from cocflow.sandbox.access import identify
from cocflow.sandbox.execution import Query, UnusualError
from cocflow.sandbox.graph import Graph
from cocflow.sandbox.graphql import KEPT, resolve_field
from cocflow.sandbox.ids import node_id
from cocflow.sandbox.issues import Transaction

REPO = "acme/incidents"
THERE = '{repository(owner: "acme", name: "incidents") {%s}}'
ISSUE = THERE % "issue(number: 1) {%s}"
OURS = sorted(name for name, text in ALL.items() if text.startswith("query"))

USUAL = {
    "aliases, merged": ISSUE % "a: number b: number title title author {login} author {__typename}",
    "parts of a type": ISSUE % "author {... on Actor {login} ... on User {name} ... on Bot {id} ...{url}}",
    "a named part": ISSUE % "...one"
    + " fragment one on Issue {state author {...two}} fragment two on User {id}",
    "lists in edges": ISSUE
    % "comments(first: 2) {totalCount edges {cursor node {body}} pageInfo {endCursor}}",
    "order and bounds": THERE
    % "labels(last: 2, orderBy: {field: NAME, direction: DESC}) {nodes {name color isDefault}}",
    "how many": THERE % "issues {totalCount}",
    "by node id": '{node(id: "%s") {__typename id ... on Repository {name isPrivate visibility}}}',
    "nothing": ISSUE % "milestone {title} parent {number} closedAt",
}
UNUSUAL = {
    "a directive": ISSUE % "number @include(if: true)",
    "the schema": "{__schema {queryType {name}}}",
    "a missing issue": THERE % "issue(number: 99) {id}",
    "no bounds": ISSUE % "comments {nodes {id}}",
    "several operations": "query A {viewer {login}} query B {viewer {login}}",
    "a variable of a wrong kind": "query($n: Int!) {repository(owner: $n, name: $n) {id}}",
    "one missing of several": '{nodes(ids: ["I_none"]) {id}}',
}


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    """Return a repository with an issue that was written on, and labelled, by several."""
    made = Store(clock=Clock("2026-01-05T09:00:00Z", frozen=True))
    made.add_repo(REPO)
    writers = ("mft", "miabot[bot]")
    for login in writers:
        made.add_user(login)
        made.set_permission(REPO, login, "admin")
    for login in writers:
        with Transaction(made, made.access(REPO, login)) as github:
            number = github.open_issue(f"An issue of {login}", "Its text, ü", ["bug"])["number"]
            for words in ("one", "two", "three"):
                github.add_comment(number, words)
            github.add_labels(number, ["invalid"])
            github.change_issue(number, {"state": "closed"})
    yield made
    made.close()


@pytest.fixture
def root(store: Store) -> Iterator[dict[str, Any]]:
    """Return the ways in, as an administrator sees them."""
    secret = store.add_token("mft")
    with store.read() as db:
        graph = Graph(db, identify(db, f"Bearer {secret}", store.clock.now()), "http://127.0.0.1:8018")
        yield {
            "viewer": graph.viewer,
            "repository": lambda _, owner, name: graph.repository(owner, name),
            "organization": lambda _, login: graph.organization(login),
            "node": lambda _, id: graph.node(id),
            "nodes": lambda _, ids: [graph.node(one) for one in ids],
            "rateLimit": {
                "cost": 1,
                "limit": 5000,
                "remaining": 4999,
                "used": 1,
                "resetAt": "",
                "nodeCount": 1,
            },
        }


def _variables(store: Store) -> dict[str, Any]:
    with store.read() as db:
        (issue,) = db.execute("SELECT id, repository_id FROM issue WHERE number = 1")
    ids = [node_id("Issue", issue["id"], issue["repository_id"])]
    names = {"owner": "acme", "name": "incidents", "organization": "acme"}
    return names | {"first": 50, "number": 1, "ids": ids, "label": "bug"}


@pytest.mark.parametrize("name", [*OURS, *USUAL])
def test_a_usual_query_is_answered_as_graphql_core_does(
    store: Store, root: dict[str, Any], name: str
) -> None:
    """Whatever cocflow asks, and what else people do, comes out the same in the same order, each time."""
    text = ALL[name] if name in ALL else USUAL[name]
    if name == "by node id":
        text %= node_id("Repository", store.repository(REPO)["id"])
    document, variables = parse(text), _variables(store)
    right = execute_sync(KEPT, document, root, variable_values=variables, field_resolver=resolve_field)
    query = Query(KEPT, document)
    assert right.errors is None
    for _ in range(2):
        answered = query.answer(root, variables, resolve_field)
        assert repr(answered) == repr(right.data)


@pytest.mark.parametrize("name", UNUSUAL)
def test_what_is_unusual_is_left_to_graphql_core(root: dict[str, Any], name: str) -> None:
    """Nothing is answered where something is wrong, or asked for that isn't known here."""
    query = Query(KEPT, parse(UNUSUAL[name]))
    with pytest.raises(Exception) as raised:  # noqa: PT011 - any will do: graphql-core is asked then
        query.answer(root, {"n": 1}, resolve_field)
    assert raised.value is not None


@pytest.mark.parametrize(
    "repository",
    [
        {"id": None},
        {"id": 7},
        {"databaseId": 2**31},
        {"databaseId": True},
        {"visibility": "SECRET"},
        {"labels": {"nodes": None, "totalCount": None}},
        {"labels": {"nodes": ({"id": "one"},), "totalCount": 1}},
        {"owner": {"__typename": "Nobody", "id": "one"}},
        {"owner": {"__typename": "Label", "id": "one"}},
    ],
    ids=str,
)
def test_a_value_that_the_schema_does_not_promise_is_unusual(repository: dict[str, Any]) -> None:
    """A null where there may be none, another kind of value, and a thing of another type are refused."""
    there = {
        "id": "R_1",
        "databaseId": 1,
        "visibility": "PRIVATE",
        "labels": {"nodes": [{"id": "one"}], "totalCount": 1},
        "owner": {"__typename": "Organization", "id": "one"},
    }
    text = THERE % "id databaseId visibility labels(first: 1) {totalCount nodes {id}} owner {id}"
    query = Query(KEPT, parse(text))
    assert query.answer({"repository": lambda _, owner, name: there}, {}, resolve_field)["repository"]
    with pytest.raises(UnusualError):
        query.answer({"repository": lambda _, owner, name: there | repository}, {}, resolve_field)
