"""What a GraphQL request costs: GitHub's points, and its limit on possible nodes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
)

NODE_LIMIT = 500_000


@dataclass(frozen=True)
class Cost:
    """How many lists a request opens, and how many nodes it may return."""

    connections: int
    nodes: int

    @property
    def points(self) -> int:
        """Return the points: a hundredth of the lists opened, the request itself being one, at least 1."""
        return max(1, int((1 + self.connections) / 100 + 0.5))


def connection_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Return the names of the fields that are lists with pages."""
    return frozenset(
        name
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in kind.fields.items()
        if get_named_type(field.type).name.endswith("Connection")
    )


class Meter:
    """Measures a parsed request by walking it once, each list multiplying what is inside it."""

    def __init__(self, document: DocumentNode, lists: frozenset[str], variables: Mapping[str, Any]) -> None:
        self._lists = lists
        self._variables = variables
        definitions = document.definitions
        self._fragments = {
            one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)
        }
        self._operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]

    def measure(self) -> Cost:
        """Return the cost of all operations of the request."""
        costs = [self._inside(operation.selection_set, 1) for operation in self._operations]
        return Cost(sum(cost.connections for cost in costs), sum(cost.nodes for cost in costs))

    def _inside(self, selections: SelectionSetNode | None, times: int) -> Cost:
        connections = nodes = 0
        for one in selections.selections if selections else ():
            inner = self._selection(one, times)
            connections, nodes = connections + inner.connections, nodes + inner.nodes
        return Cost(connections, nodes)

    def _selection(self, one: Any, times: int) -> Cost:
        if isinstance(one, FragmentSpreadNode):
            return self._inside(self._fragments[one.name.value].selection_set, times)
        if isinstance(one, InlineFragmentNode) or one.name.value not in self._lists:
            return self._inside(one.selection_set, times)
        size = self._size(one)
        inner = self._inside(one.selection_set, times * size)
        # A list inside a list is opened once for each node of the outer one.
        return Cost(times + inner.connections, times * size + inner.nodes)

    def _size(self, field: FieldNode) -> int:
        for argument in field.arguments or ():
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    return int(value.value)
                if isinstance(value, VariableNode):
                    return int(self._variables.get(value.name.value) or 0)
        return 0
