"""The GraphQL endpoint: our subset of GitHub's schema on graphql-core."""

# ruff: noqa: S608 - only our own constants and question marks are put into queries
from __future__ import annotations

import sqlite3
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, g
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from cocflow.sandbox import context
from cocflow.sandbox.clock import iso
from cocflow.sandbox.cost import NODE_LIMIT, Cost, Meter, connection_fields
from cocflow.sandbox.graph import Graph
from cocflow.sandbox.ids import parse_node_id
from cocflow.sandbox.issues import Transaction
from cocflow.sandbox.refusals import Refusal

routes = Blueprint("graphql", __name__)
SDL = Path(__file__).with_name("schema.graphql")
SCHEMA = build_schema(SDL.read_text(encoding="utf-8"))
"""What queries are checked against: GitHub's own, to the letter."""
KEPT = build_schema(SDL.read_text(encoding="utf-8").replace("label: Label!", "label: Label"))
"""What GitHub keeps of it: the label of an event may be null once it was deleted, as was seen."""
LISTS = connection_fields(SCHEMA)


@lru_cache(maxsize=256)
def _document(text: str) -> tuple[DocumentNode | None, list[GraphQLError]]:
    try:
        document = parse(text)
    except GraphQLError as error:
        return None, [error]
    return document, validate(SCHEMA, document)


def _is_mutation(document: DocumentNode) -> bool:
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    return any(one.operation is OperationType.MUTATION for one in operations)


def resolve_field(source: Any, info: Any, **arguments: Any) -> Any:
    """Return a field of a node; a list or a related thing is a function, called only when asked for."""
    value = source[info.field_name]
    return value(info, **arguments) if callable(value) else value


class _Root:
    """The fields of Query and Mutation, for one request."""

    def __init__(self, cost: Cost) -> None:
        self._cost = cost
        self.base = context.base()

    def query(self, graph: Graph) -> dict[str, Any]:
        return {
            "id": "Q_root",
            "viewer": graph.viewer,
            "repository": lambda _, owner, name: graph.repository(owner, name),
            "user": lambda _, login: graph.user(login),
            "organization": lambda _, login: graph.organization(login),
            "node": lambda _, id: graph.node(id),
            "nodes": lambda _, ids: [_or_error(graph, one) for one in ids],
            "rateLimit": self._rate_limit,
        }

    def _rate_limit(self, _: Any) -> dict[str, Any]:
        budget = context.store().limits.budget(context.me(), "graphql")
        points = self._cost.points
        return {
            "cost": points,
            "limit": budget.limit,
            "used": budget.used + points,
            "remaining": max(0, budget.remaining - points),
            "resetAt": iso(budget.resets_at),
            "nodeCount": self._cost.nodes,
        }

    def mutation(self) -> dict[str, Any]:
        return {
            "deleteIssue": self._delete_issue,
            "deleteIssueComment": self._delete_comment,
            "minimizeComment": self._minimize_comment,
            "pinIssue": self._pin_issue,
            "transferIssue": self._transfer_issue,
        }

    def _transfer_issue(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:
        store = context.store()
        with store.write() as (db, _at):
            graph = self._graph(db)
            row = _target(graph, input["issueId"], "Issue", "issue")
            parsed = parse_node_id(input["repositoryId"])
            if parsed is None or parsed[0] != "Repository":
                raise Refusal(
                    404, f"Could not resolve to a node with the global id of '{input['repositoryId']}'"
                )
            target = graph.access(parsed[1])
            with (
                Transaction(store, graph.access(row["repository_id"])) as here,
                Transaction(store, target) as there,
            ):
                made = here.transfer(row, there, make_labels=bool(input.get("createLabelsIfMissing")))
            return {
                "clientMutationId": input.get("clientMutationId"),
                "issue": graph.issue_nodes(target, [made])[0],
            }

    def _minimize_comment(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:
        store = context.store()
        with store.write() as (db, _at):
            graph = self._graph(db)
            comment = _target(graph, input["subjectId"], "IssueComment", "comment")
            issue = db.execute("SELECT * FROM issue WHERE id = ?", (comment["issue_id"],)).fetchone()
            access = graph.access(issue["repository_id"])
            with Transaction(store, access) as desk:
                changed = desk.minimize_comment(comment["id"], input["classifier"])
            return {
                "clientMutationId": input.get("clientMutationId"),
                "minimizedComment": graph.comment_nodes(access, issue, [changed])[0],
            }

    def _pin_issue(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:
        store = context.store()
        with store.write() as (db, _at):
            graph = self._graph(db)
            row = _target(graph, input["issueId"], "Issue", "issue")
            access = graph.access(row["repository_id"])
            with Transaction(store, access) as desk:
                pinned = desk.pin(row)
            return {
                "clientMutationId": input.get("clientMutationId"),
                "issue": graph.issue_nodes(access, [pinned])[0],
            }

    def _graph(self, db: sqlite3.Connection) -> Graph:
        return Graph(db, context.me(), self.base, new_ids=context.wants_new_ids())

    def _delete_issue(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:
        store = context.store()
        with store.write() as (db, _at):
            graph = self._graph(db)
            row = _target(graph, input["issueId"], "Issue", "issue")
            access = graph.access(row["repository_id"])
            with Transaction(store, access) as desk:
                desk.delete_issue(row)
            return {
                "clientMutationId": input.get("clientMutationId"),
                "repository": graph.repository_node(access),
            }

    def _delete_comment(self, _: Any, input: dict[str, Any]) -> dict[str, Any]:
        store = context.store()
        with store.write() as (db, _at):
            graph = self._graph(db)
            comment = _target(graph, input["id"], "IssueComment", "comment")
            issue = db.execute("SELECT * FROM issue WHERE id = ?", (comment["issue_id"],)).fetchone()
            with Transaction(store, graph.access(issue["repository_id"])) as desk:
                desk.delete_comment(comment["id"])
            return {"clientMutationId": input.get("clientMutationId")}


def _or_error(graph: Graph, text: str) -> Any:
    try:
        return graph.node(text)
    except Refusal as refusal:
        return GraphQLError(refusal.message, original_error=refusal)


def _target(graph: Graph, text: str, kind: str, table: str) -> Any:
    node = graph.node(text)
    if node["__typename"] != kind:
        raise Refusal(404, f"Could not resolve to a node with the global id of '{text}'")
    query = f"SELECT * FROM {table} WHERE id = ?"
    return graph.db.execute(query, (int(node["fullDatabaseId"]),)).fetchone()


@routes.post("/graphql")
def endpoint() -> Response:
    """Answer a query or a mutation; whatever goes wrong in it is told with status 200."""
    body = context.sent()
    text = body.get("query")
    if not isinstance(text, str):
        raise Refusal(400, "A query attribute must be specified and must be a string.")
    document, errors = _document(text)
    if document is None or errors:
        return context.answer({"errors": [_error(error) for error in errors]})
    variables = body.get("variables") or {}
    cost = Meter(document, LISTS, variables).measure()
    g.points = cost.points
    g.mutation = _is_mutation(document)
    if cost.nodes > NODE_LIMIT:
        return context.answer({"errors": [_too_many(cost.nodes)]})
    context.store().limits.check_nodes(cost.nodes)
    return _respond(_run(document, variables, body.get("operationName"), _Root(cost)))


def _run(document: DocumentNode, variables: dict[str, Any], name: str | None, root: _Root) -> ExecutionResult:
    store = context.store()
    if g.mutation:
        return _execute(document, root.mutation(), variables, name)
    with store.read(listing=True) as db:
        graph = Graph(db, context.me(), root.base, new_ids=context.wants_new_ids())
        return _execute(document, root.query(graph), variables, name)


def _execute(
    document: DocumentNode, root: Any, variables: dict[str, Any], name: str | None
) -> ExecutionResult:
    return execute_sync(
        KEPT,
        document,
        root,
        variable_values=variables,
        operation_name=name,
        field_resolver=resolve_field,
    )


def _respond(result: ExecutionResult) -> Response:
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [_error(error) for error in result.errors]
    return context.answer(body)


def _error(error: GraphQLError) -> dict[str, Any]:
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    body: dict[str, Any] = {}
    if isinstance(original, Refusal):
        body["type"] = original.kind
    if error.path is not None:
        body["path"] = error.path
    places = [{"line": place.line, "column": place.column} for place in error.locations or ()]
    message = original.message if isinstance(original, Refusal) else error.message
    return body | {"locations": places, "message": message}


def _too_many(nodes: int) -> dict[str, Any]:
    message = (
        f"This query requests up to {nodes:,} possible nodes"
        f" which exceeds the maximum limit of {NODE_LIMIT:,}."
    )
    return {"type": "MAX_NODE_LIMIT_EXCEEDED", "message": message}
