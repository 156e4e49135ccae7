"""The GraphQL endpoint: our subset of GitHub's schema on graphql-core."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flask import Blueprint, Response, g
from graphql import (
    DocumentNode,
    ExecutionResult,
    FieldNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    build_schema,
    execute_sync,
    get_named_type,
    parse,
    validate,
)

from cocflow.sandbox import context, mutations
from cocflow.sandbox.clock import iso
from cocflow.sandbox.cost import NODE_LIMIT, Cost, Meter, connection_fields
from cocflow.sandbox.execution import Query
from cocflow.sandbox.graph import Graph
from cocflow.sandbox.refusals import Refusal

routes = Blueprint("graphql", __name__)
SDL = Path(__file__).with_name("schema.graphql")
SCHEMA = build_schema(SDL.read_text(encoding="utf-8"))
"""What queries are checked against: GitHub's own, to the letter."""
KEPT = build_schema(SDL.read_text(encoding="utf-8").replace("label: Label!", "label: Label"))
"""What GitHub keeps of it: the label of an event may be null once it was deleted, as was seen."""
LISTS = connection_fields(SCHEMA)


class _Document(NamedTuple):
    """A text as GraphQL understands it, and what is wrong with it."""

    node: DocumentNode
    query: Query
    wrong: list[GraphQLError]


@lru_cache(maxsize=256)
def _document(text: str) -> _Document | GraphQLError:
    try:
        document = parse(text)
    except GraphQLError as error:
        return error
    # GitHub lets the same name mean fields of different types, in parts that can't both apply.
    wrong = [one for one in validate(SCHEMA, document) if "they return conflicting types" not in one.message]
    return _Document(document, Query(KEPT, document), wrong)


@lru_cache(maxsize=256)
def _cost(text: str, sizes: tuple[tuple[str, int], ...]) -> Cost:
    """Return what a document costs that is right, given the numbers among its variables."""
    document = _document(text)
    assert isinstance(document, _Document)  # noqa: S101 - nothing else is measured
    return Meter(document.node, LISTS, dict(sizes)).measure()


def _mutations(document: DocumentNode) -> int:
    """Return how many things a document changes, each by itself; 0 for a query."""
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    changing = (one for one in operations if one.operation is OperationType.MUTATION)
    return sum(len(one.selection_set.selections) for one in changing)


def resolve_field(source: Any, info: Any, **arguments: Any) -> Any:
    """Return a field of a node; a list or a related thing is a function, called only when asked for."""
    value = source[info.field_name]
    if not callable(value):
        return value
    if info.field_name in LISTS and not arguments.keys() & {"first", "last"} and _only_counts(info):
        arguments["first"] = 0
    return value(info, **arguments)


def _only_counts(info: Any) -> bool:
    """Whether of a list nothing but how many there are is asked for, which takes no bounds."""
    if not get_named_type(info.return_type).name.endswith("Connection"):
        return False
    asked = [one for node in info.field_nodes for one in node.selection_set.selections]
    return all(isinstance(one, FieldNode) and one.name.value.endswith("Count") for one in asked)


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
            "repositoryOwner": lambda _, login: graph.owner(login),
            "search": lambda _, query, type, **window: graph.search(query, type, **window),
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


def _or_error(graph: Graph, text: str) -> Any:
    try:
        return graph.node(text)
    except Refusal as refusal:
        return GraphQLError(refusal.message, original_error=refusal)


@routes.post("/graphql")
def endpoint() -> Response:
    """Answer a query or a mutation; whatever goes wrong in it is told with status 200."""
    body = context.sent()
    text = body.get("query")
    if not isinstance(text, str):
        raise Refusal(400, "A query attribute must be specified and must be a string.")
    document = _document(text)
    if isinstance(document, GraphQLError) or document.wrong:
        errors = [document] if isinstance(document, GraphQLError) else document.wrong
        return context.answer({"errors": [_error(error) for error in errors]})
    variables = body.get("variables") or {}
    cost = _cost(text, tuple((name, one) for name, one in variables.items() if isinstance(one, int)))
    g.points = cost.points
    g.pieces = _mutations(document.node)
    g.mutation = g.pieces > 0
    if cost.nodes > NODE_LIMIT:
        return context.answer({"errors": [_too_many(cost.nodes)]})
    context.store().limits.check_nodes(cost.nodes)
    return _respond(_run(document, variables, body.get("operationName"), _Root(cost)))


def _run(document: _Document, variables: dict[str, Any], name: str | None, root: _Root) -> ExecutionResult:
    store = context.store()
    if g.mutation:
        return _execute(document.node, mutations.of(root.base), variables, name)
    with store.read(listing=True) as db:
        graph = Graph(db, context.me(), root.base, new_ids=context.wants_new_ids())
        fields = root.query(graph)
        with suppress(Exception):  # nothing was changed, and graphql-core says what is wrong, and where
            if name is None:
                return ExecutionResult(document.query.answer(fields, variables, resolve_field), None)
        return _execute(document.node, fields, variables, name)


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
