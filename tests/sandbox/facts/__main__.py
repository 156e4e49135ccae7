"""Write the facts from GitHub's documents, which are too large to lie here.

    npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz package/generated/api.github.com.json
    npm install --no-save @octokit/fixtures && npm ci  # recordings, and the schema of GraphQL
    python -m tests.sandbox.facts package/generated/api.github.com.json node_modules/@octokit/fixtures

``rest.json`` holds, for each route that the sandbox answers: the parameters, the body, and the bodies of
answers by status, as JSON Schema without prose; ``graphql.json`` the members of each type of the sandbox's
schema, as GitHub publishes them; ``recordings.json`` what the real GitHub answered to those of the routes
that were recorded: its status, headers and the names of what it showed.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLNamedType, GraphQLSchema, build_schema

from cocflow.sandbox import graphql
from cocflow.sandbox.server import answered
from tests.sandbox.facts.reading import COMPARED, FOLDER, PUBLISHED, finder, members, names

APART = ("branch-protection", "git-refs", "get-archive")
"""What cocflow never asks: rules for a public repository's branch, other branches, whole archives."""
SAID = ("description", "title", "example", "examples", "default", "deprecated", "externalDocs")
MEASURES = (
    *("discriminator", "format", "pattern", "x-"),
    *("maxLength", "minLength", "maxItems", "minItems", "maximum", "minimum"),
)
"""What a check of shapes does without."""


class Reduction:
    """Schemas without prose, each written once and named by what it says."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self.schemas: dict[str, Any] = {}
        self._names: dict[str, str] = {}

    def schema(self, found: Any) -> Any:
        """Return a schema's bones; what is named in the document is named here."""
        if isinstance(found, list):
            return [self.schema(one) for one in found]
        if not isinstance(found, dict):
            return found
        if "$ref" in found:
            return self._named(str(found["$ref"]))
        return self._nullable(
            {
                # What one of several forms must fit, an empty list fits twice.
                ("anyOf" if key == "oneOf" else key): self._value(key, value)
                for key, value in found.items()
                if key not in SAID and not key.startswith(MEASURES)
            }
        )

    def _value(self, key: str, value: Any) -> Any:
        if key == "properties":
            return self._properties(value)
        return value if key in ("enum", "required", "type") else self.schema(value)

    def _properties(self, found: dict[str, Any]) -> dict[str, Any]:
        return {name: self.schema(one) for name, one in found.items()}

    def _nullable(self, found: dict[str, Any]) -> dict[str, Any]:
        """Write OpenAPI's `nullable` as JSON Schema says it."""
        if not found.pop("nullable", False):
            return found
        return {"anyOf": [found, {"type": "null"}]}

    def _named(self, reference: str) -> dict[str, str]:
        name = reference.rpartition("/")[2]
        if reference not in self._names:
            self._names[reference] = name
            self.schemas[name] = {}
            self.schemas[name] = self.schema(self._at(reference))
        return {"$ref": f"#/schemas/{name}"}

    def _at(self, reference: str) -> Any:
        found: Any = self._document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part.replace("~1", "/")]
        return found

    def resolved(self, found: dict[str, Any]) -> dict[str, Any]:
        """Follow a reference of the document."""
        return self._at(found["$ref"]) if "$ref" in found else found


def rest(document: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of the routes that the sandbox answers, and which of them the document lacks."""
    reduction, routes, lacking = Reduction(document), {}, []
    known = [f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item]
    find = finder(known)
    for method, path in answered():
        route = find(method, path)
        if route is None:
            lacking.append(f"{method} {path}")
            continue
        _, _, written = route.partition(" ")
        routes[route] = _operation(reduction, document["paths"][written][method.lower()])
    return {"routes": routes, "lacking": lacking, "schemas": reduction.schemas}


def _operation(reduction: Reduction, operation: dict[str, Any]) -> dict[str, Any]:
    parameters = [reduction.resolved(one) for one in operation.get("parameters", ())]
    found: dict[str, Any] = {"query": sorted(one["name"] for one in parameters if one["in"] == "query")}
    body = reduction.resolved(operation.get("requestBody", {}))
    if body:
        found["body"] = _content(reduction, body)
    found["places"] = [status for status, one in operation["responses"].items() if _has_place(reduction, one)]
    found["answers"] = {
        status: _content(reduction, reduction.resolved(one)) for status, one in operation["responses"].items()
    }
    return found


def _has_place(reduction: Reduction, answer: dict[str, Any]) -> bool:
    return "Location" in reduction.resolved(answer).get("headers", {})


def _content(reduction: Reduction, found: dict[str, Any]) -> Any:
    content = found.get("content", {}).get("application/json", {})
    return reduction.schema(content["schema"]) if "schema" in content else None


def of_graphql(published: GraphQLSchema) -> dict[str, Any]:
    """Return the members of those of GitHub's types that the sandbox has."""
    ours = [name for name in graphql.SCHEMA.type_map if not name.startswith("__")]
    return {
        name: sorted(_touched(graphql.SCHEMA.type_map[name], theirs))
        for name in sorted(ours)
        if (theirs := published.type_map.get(name)) is not None
    }


def _touched(ours: GraphQLNamedType, theirs: GraphQLNamedType) -> set[str]:
    """Return those of GitHub's members whose names the sandbox has too, and what an input must hold."""
    names = {re.split(r"[:(]", one)[0] for one in members(ours)}
    return {
        one
        for one in members(theirs)
        if re.split(r"[:(]", one)[0] in names
        or (isinstance(theirs, GraphQLInputObjectType) and one.endswith("!"))
    }


def recordings(folder: Path) -> list[dict[str, Any]]:
    """Return what was recorded of the routes that the sandbox answers."""
    find, found = finder(f"{method} {path}" for method, path in answered()), []
    for file in sorted((folder / "scenarios/api.github.com").glob("*/normalized-fixture.json")):
        for one in json.loads(file.read_text(encoding="utf-8")):
            path = one["path"].partition("?")[0]
            named = re.sub(r"^/repositories/\d+", "/repos/by/number", path)
            if find(one["method"].upper(), named) and file.parent.name not in APART:
                found.append({"scenario": file.parent.name} | _recorded(one))
    return found


def _recorded(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "method": one["method"].upper(),
        "path": one["path"],
        "accept": one["reqheaders"]["accept"],
        "sent": one["body"] or None,
        "status": one["status"],
        "headers": {name: value for name, value in one["headers"].items() if name in COMPARED},
        "shows": names(one["response"]),
    }


def main() -> None:
    """Read the documents, and write the facts."""
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.facts")
    parser.add_argument("openapi", type=Path, help="api.github.com.json of @octokit/openapi")
    parser.add_argument("recorded", type=Path, help="the folder of @octokit/fixtures")
    given = parser.parse_args()
    document = json.loads(given.openapi.read_text(encoding="utf-8"))
    schema = build_schema(PUBLISHED.read_text(encoding="utf-8"), assume_valid=True)
    written = {"rest": rest(document), "graphql": of_graphql(schema)}
    for name, facts in (written | {"recordings": {"said": recordings(given.recorded)}}).items():
        text = json.dumps(facts, indent=None, separators=(",", ":"), sort_keys=True)
        (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
