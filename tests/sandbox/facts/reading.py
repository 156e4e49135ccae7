"""The facts as they lie here, and how they are asked: which route a path is, and whether a body fits."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    print_ast,
)
from jsonschema import Draft202012Validator

from tests.sandbox.listening import Exchange

FOLDER = Path(__file__).parent
PUBLISHED = Path(__file__).parents[3] / "node_modules/@octokit/graphql-schema/schema.graphql"
ELSEWHERE = ("/graphql", "/organizations/acme/settings/apps/new")
"""GraphQL has a schema of its own; where an owner agrees to a manifest is a page."""
DIFFERENT = {
    **dict.fromkeys(
        [f"{one} /repos/{{owner}}/{{repo}}/issues/{{issue_number}}/labels body" for one in ("POST", "PUT")],
        "a bare list is taken, as clients send it",
    ),
    "GET /app/installations 200": "the document has an account be a person and an enterprise at once",
}
"""Where GitHub itself is known to differ from its document, and how."""
EVERYWHERE = (301, 304, 401, 403, 404, 410, 422, 429)
"""What any route may answer, whether or not the document says it of each."""
FIRST_REFUSAL = 400
COMPARED = (
    *("cache-control", "content-type", "etag", "link", "location"),
    *("x-github-media-type", "x-ratelimit-resource"),
)
"""The headers that are compared with recorded ones."""
Fielded = GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType


def members(kind: object) -> list[str]:
    """Return a type's members, each as one line with its exact type."""
    if isinstance(kind, GraphQLEnumType):
        return sorted(kind.values)
    if isinstance(kind, GraphQLUnionType):
        return sorted(member.name for member in kind.types)
    found: set[str] = set()
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        found |= {f"implements {one.name}" for one in kind.interfaces}
    if isinstance(kind, Fielded):
        for name, field in kind.fields.items():
            found.add(f"{name}: {field.type}")
            for argument, its in getattr(field, "args", {}).items():
                written = its.ast_node.default_value if its.ast_node else None
                default = _spaced(print_ast(written)) if written is not None else "none"
                found.add(f"{name}({argument}: {its.type} = {default})")
    return sorted(found)


def _spaced(value: str) -> str:
    """Write an object's braces with the spaces that versions of graphql-core leave out or put in."""
    return re.sub(r"\{ *(.*?) *\}", r"{ \1 }", value)


@cache
def facts(name: str) -> dict[str, Any]:
    """Return the facts of REST (``rest``), of GraphQL's types (``graphql``), and the ``recordings``."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def names(body: Any) -> Any:
    """Return the names in a body, of a list those of its first entry: what it shows, without what it says."""
    if isinstance(body, dict):
        return {name: names(one) for name, one in body.items()}
    if isinstance(body, list):
        return [names(one) for one in body[:1]]
    return None


def finder(routes: Iterable[str]) -> Callable[[str, str], str | None]:
    """Return what finds the route that a request asks, as ``GET /users/{username}``; None if none fits.

    Where several fit, it is the one with the fewest variables: /issues/comments is no /issues/{issue_number}.
    """
    patterns = [(one, re.compile(_pattern(one))) for one in routes]

    def find(method: str, path: str) -> str | None:
        fitting = [one for one, pattern in patterns if pattern.fullmatch(f"{method} {path}")]
        return min(fitting, key=lambda one: one.count("{"), default=None)

    return find


def _pattern(route: str) -> str:
    text = re.escape(route).replace(r"\{", "{").replace(r"\}", "}")
    # Only a file's path (which may be missing), a label's name and a branch's may hold a slash.
    text = re.sub(r"/\{path\}", "(?:/.*)?", text)
    text = re.sub(r"\{(name|ref)\}", ".+", text)
    return re.sub(r"\{[^}]*\}", "[^/]+", text)


@cache
def _find() -> Callable[[str, str], str | None]:
    return finder(facts("rest")["routes"])


def route_of(method: str, path: str) -> str | None:
    """Return the route of the facts that a request asks, or None."""
    return _find()(method, path)


@cache
def _validator(route: str, part: str) -> Draft202012Validator:
    known = facts("rest")["routes"][route]
    schema = known["body"] if part == "body" else known["answers"][part]
    return Draft202012Validator({"schemas": facts("rest")["schemas"], "allOf": [schema]})


def _misfits(route: str, part: str, body: Any) -> list[str]:
    """Return where a body (``part``: body, or an answer's status) isn't as the document says."""
    found = _validator(route, part).iter_errors(body)
    return [f"{route} {part}: {error.json_path} breaks {error.validator}" for error in found][:3]


def event_misfits(event: dict[str, Any]) -> list[str]:
    """Return where an entry of a timeline isn't as the document says of its own kind."""
    kind = {"commented": "timeline-comment-event"}.get(event["event"])
    names_ = (kind, f"{event['event'].replace('_', '-')}-issue-event", "state-change-issue-event")
    schemas = facts("rest")["schemas"]
    name = next(one for one in names_ if one in schemas)
    found = Draft202012Validator({"schemas": schemas, "$ref": f"#/schemas/{name}"}).iter_errors(event)
    return [f"{name}: {error.json_path} breaks {error.validator}" for error in found]


def findings(said: Iterable[Exchange]) -> list[str]:
    """Return what GitHub's document doesn't know of requests and answers; bodies of one shape count once."""
    found: set[str] = set()
    shapes: set[tuple[str, str, str]] = set()
    for one in said:
        if one.path in ELSEWHERE:
            continue
        route = route_of(one.method, re.sub(r"^/repositories/\d+", "/repos/by/number", one.path))
        if route is None:
            found.add(f"no such route: {one.method} {one.path}")
            continue
        known, status = facts("rest")["routes"][route], str(one.status)
        if status in known["places"] and "Location" not in one.headers:
            found.add(f"{route} {status}: no Location")
        found |= {f"{route}: no such parameter: {name}" for name in one.query if name not in known["query"]}
        if status not in known["answers"] and one.status not in EVERYWHERE:
            found.add(f"{route}: answers {status}")
        for part, body in (("body", one.sent), (status, one.got)):
            schema = known.get("body") if part == "body" else known["answers"].get(part)
            shape = (route, part, repr(_shape(body)))
            if f"{route} {part}" in DIFFERENT:
                continue
            if schema is not None and body is not None and shape not in shapes:
                shapes.add(shape)
                found |= set(_misfits(route, part, body))
            elif schema is None and body and one.status < FIRST_REFUSAL:
                found.add(f"{route} {part}: a body where none is known")
    return sorted(found)


def _shape(body: Any) -> Any:
    if isinstance(body, dict):
        return sorted((name, _shape(value)) for name, value in body.items())
    if isinstance(body, list):
        return sorted({repr(_shape(one)) for one in body})
    return type(body).__name__
