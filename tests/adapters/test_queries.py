"""The queries: each is right by GitHub's published schema, and by the sandbox's part of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate

from cocflow.adapters.client import SIZES
from cocflow.adapters.queries import ALL, points
from cocflow.sandbox import graphql as sandbox
from cocflow.sandbox.cost import Meter, connection_fields

PUBLISHED = Path(__file__).parents[2] / "node_modules/@octokit/graphql-schema/schema.graphql"


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    """Read GitHub's published schema."""
    if not PUBLISHED.exists():
        pytest.skip("node_modules isn't installed: npm ci")
    return build_schema(PUBLISHED.read_text(encoding="utf-8"), assume_valid=True)


@pytest.mark.parametrize("name", ALL)
def test_each_query_is_valid_on_github(published: GraphQLSchema, name: str) -> None:
    """GitHub's published schema knows every field, argument and type that the query names."""
    assert validate(published, parse(ALL[name])) == []


@pytest.mark.parametrize("name", ALL)
def test_each_query_is_valid_in_the_sandbox(name: str) -> None:
    """The sandbox's subset answers everything that we ask."""
    assert validate(sandbox.SCHEMA, parse(ALL[name])) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ALL)
def test_what_a_query_costs_is_what_github_s_formula_makes_of_it(name: str, size: int) -> None:
    """The points that are counted are those of the lists that the query opens, whatever a page's size."""
    lists = connection_fields(sandbox.SCHEMA)
    assert points(name, size) == Meter(parse(ALL[name]), lists, {"first": size}).measure().points


def test_a_wrong_query_would_be_noticed(published: GraphQLSchema) -> None:
    """The check bites: a field that GitHub lacks is an error."""
    assert validate(published, parse(ALL["ISSUE"].replace("lastEditedAt", "lastEditAt")))
