"""The usual course of a query: its fields are looked up once, and what nobody asked for costs nothing.

Owns queries in which nothing goes wrong. What else there is in GraphQL (an error and what it makes null, a
directive, the schema itself, a mutation) it refuses to know: for that, the whole query is graphql-core's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.execution import get_argument_values, get_variable_values

Resolve = Callable[..., Any]
Complete = Callable[["_Reading", Any], Any]
LEAVES: dict[str, type] = {"Int": int, "Float": float, "Boolean": bool}
"""How a scalar looks in Python; all others are text."""
INT_LIMIT = 2**31


class UnusualError(Exception):
    """This is graphql-core's: something goes wrong, or is asked for that isn't known here."""


@dataclass(eq=False, slots=True)
class _Asked:
    """A field that is asked for; to a resolver, what graphql-core would tell it.

    `inside`: what is asked for inside it, by the type of what it turns out to be.
    """

    key: str
    field_name: str
    field_nodes: tuple[FieldNode, ...]
    return_type: Any
    definition: GraphQLField
    complete: Complete
    sets: tuple[SelectionSetNode, ...] = ()
    inside: dict[str, tuple[_Asked, ...]] = field(default_factory=dict)


class Query:
    """A document that was checked, made ready to be asked over and over."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self.schema = schema
        definitions = document.definitions
        self._fragments = {
            one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        self._asked: tuple[_Asked, ...] = ()

    def answer(self, root: Mapping[str, Any], variables: dict[str, Any], resolve: Resolve) -> dict[str, Any]:
        """Return the data. Whatever it raises, graphql-core is to be asked, which says what is wrong."""
        if len(self._operations) != 1 or self.schema.query_type is None:
            raise UnusualError
        (operation,) = self._operations
        values = get_variable_values(self.schema, operation.variable_definitions or (), variables)
        if isinstance(values, list):
            raise UnusualError
        if not self._asked:
            self._asked = self.fields(self.schema.query_type, (operation.selection_set,))
        return _Reading(self, values, resolve).fields(self._asked, root)

    def fields(self, kind: GraphQLObjectType, sets: tuple[SelectionSetNode, ...]) -> tuple[_Asked, ...]:
        """Return what selections ask of a type, each field once."""
        nodes: dict[str, list[FieldNode]] = {}
        for one in sets:
            for node in self._collected(kind, one):
                nodes.setdefault((node.alias or node.name).value, []).append(node)
        return tuple(self._field(kind, key, tuple(found)) for key, found in nodes.items())

    def _collected(self, kind: GraphQLObjectType, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for one in selections.selections:
            if one.directives:
                raise UnusualError
            if isinstance(one, FieldNode):
                yield one
                continue
            part: Any = self._fragments[one.name.value] if isinstance(one, FragmentSpreadNode) else one
            if part.type_condition is None or self._is(kind, part.type_condition.name.value):
                yield from self._collected(kind, part.selection_set)

    def _is(self, kind: GraphQLObjectType, name: str) -> bool:
        other: Any = self.schema.get_type(name)
        return kind is other or (
            not isinstance(other, GraphQLObjectType) and self.schema.is_sub_type(other, kind)
        )

    def _field(self, kind: GraphQLObjectType, key: str, nodes: tuple[FieldNode, ...]) -> _Asked:
        name = nodes[0].name.value
        sets = tuple(node.selection_set for node in nodes if node.selection_set is not None)
        if name == "__typename":
            definition = GraphQLField(GraphQLNonNull(self.schema.type_map["String"]))  # type: ignore[arg-type]
            return _Asked(key, name, nodes, definition.type, definition, lambda _, value: kind.name)
        if name not in kind.fields:
            raise UnusualError
        definition = kind.fields[name]
        made = _Asked(key, name, nodes, definition.type, definition, _unusual, sets)
        made.complete = self._completion(definition.type, made)
        return made

    def _completion(self, kind: Any, asked: _Asked) -> Complete:
        """Return what makes the answer of what was resolved; anything unusual in it is refused."""
        if isinstance(kind, GraphQLNonNull):
            return _required(self._completion(kind.of_type, asked))
        if isinstance(kind, GraphQLList):
            return _list(self._completion(kind.of_type, asked))
        if isinstance(kind, GraphQLEnumType):
            return _leaf(lambda value: type(value) is str and value in kind.values)
        if isinstance(kind, GraphQLScalarType):
            looks = LEAVES.get(kind.name, str)
            if looks is int:
                return _leaf(lambda value: type(value) is int and -INT_LIMIT <= value < INT_LIMIT)
            return _leaf(lambda value: type(value) is looks)
        return lambda reading, value: None if value is None else reading.thing(kind, asked, value)

    def inside(self, asked: _Asked, kind: GraphQLNamedType, name: str) -> tuple[_Asked, ...]:
        """Return what is asked inside a field of a thing of a type, one that the field promises."""
        found = asked.inside.get(name)
        if found is None:
            runtime = self.schema.get_type(name)
            if not isinstance(runtime, GraphQLObjectType) or not self._is(runtime, kind.name):
                raise UnusualError
            found = asked.inside[name] = self.fields(runtime, asked.sets)
        return found


class _Reading:
    """One answer in the making: the variables it is asked with, and the arguments that follow from them."""

    def __init__(self, query: Query, variables: Any, resolve: Resolve) -> None:
        self._query = query
        self._variables = variables
        self._resolve = resolve
        self._arguments: dict[_Asked, dict[str, Any]] = {}

    def fields(self, asked: tuple[_Asked, ...], source: Any) -> dict[str, Any]:
        """Return the fields of a thing."""
        resolve = self._resolve
        return {
            one.key: one.complete(
                self,
                resolve(source, one, **self._given(one))
                if one.definition.args
                else resolve(source, one)
                if one.field_name != "__typename"
                else None,
            )
            for one in asked
        }

    def thing(self, kind: GraphQLNamedType, asked: _Asked, value: Any) -> dict[str, Any]:
        """Return a thing; of what could be several, it says itself what it is."""
        name = kind.name if isinstance(kind, GraphQLObjectType) else value["__typename"]
        return self.fields(self._query.inside(asked, kind, name), value)

    def _given(self, asked: _Asked) -> dict[str, Any]:
        found = self._arguments.get(asked)
        if found is None:
            found = get_argument_values(asked.definition, asked.field_nodes[0], self._variables)
            self._arguments[asked] = found
        return found


def _unusual(reading: _Reading, value: Any) -> Any:
    raise UnusualError


def _required(complete: Complete) -> Complete:
    def completed(reading: _Reading, value: Any) -> Any:
        if value is None:
            raise UnusualError
        return complete(reading, value)

    return completed


def _list(complete: Complete) -> Complete:
    def completed(reading: _Reading, value: Any) -> Any:
        if value is None:
            return None
        if not isinstance(value, list):
            raise UnusualError
        return [complete(reading, one) for one in value]

    return completed


def _leaf(is_usual: Callable[[Any], bool]) -> Complete:
    def completed(_: _Reading, value: Any) -> Any:
        if value is not None and not is_usual(value):
            raise UnusualError
        return value

    return completed
