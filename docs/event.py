"""The flow of one event as a drawing, `docs/event.svg`, made from the code that runs it.

Owns which calls count as steps: those of a function in another module of ours, of a port or of the desk,
in the order in which they are evaluated. The two modules that own an order of steps are followed inside.
Refuses to know a step by its name: name, module and sentence are the code's own.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from textwrap import wrap
from types import ModuleType

import msgspec

from cocflow.ports import Mailbox, Notifier, Tracker
from cocflow.process.graph import rendered
from cocflow.run import issue, sweep
from cocflow.run.desk import Desk

DRAWING = "event.svg"

_OBJECTS: Mapping[str, type] = {
    "desk": Desk,
    "desk.tracker": Tracker,
    "desk.notifier": Notifier,
    "desk.mailbox": Mailbox,
}
"""What stands behind the names by which a run reaches the world."""

_FOLLOWED = (sweep, issue)
"""Which issues, and the order of effects on one: what they call is a step, and they are none."""

_FONT = "Helvetica,Arial,sans-serif"
_AGAIN = "↻"
_LETTERS = 44  # a line of a box
_BREATH = 14  # points between boxes


class Step(msgspec.Struct, frozen=True):
    """One call: its name, its module, and what it does. `maybe`: it stands under a condition."""

    name: str
    module: str
    does: str
    maybe: bool


class Loop(msgspec.Struct, frozen=True):
    """Steps that are repeated, and what the function that repeats them does."""

    does: str
    parts: tuple[Step | Loop, ...]


def flow() -> Loop:
    """Return everything that happens on one event, from `handle` on."""
    function = _functions(sweep)["handle"]
    return Loop(_sentence(sweep.handle), tuple(_Reading(sweep, function, ("handle",), set()).parts()))


class _Reading:
    """One function of ours, read for its steps."""

    def __init__(
        self, module: ModuleType, function: ast.FunctionDef, within: tuple[str, ...], drawn: set[str]
    ) -> None:
        self._module = module
        self._function = function
        self._within = within
        self._drawn = drawn

    def parts(self) -> Iterator[Step | Loop]:
        """Give the steps of its body, in order."""
        for statement in self._function.body:
            yield from self._of(statement, maybe=False)

    def _of(self, node: ast.AST, *, maybe: bool) -> Iterator[Step | Loop]:
        match node:
            case ast.FunctionDef() | ast.GeneratorExp() | ast.ListComp() | ast.DictComp() | ast.SetComp():
                return  # makes something, for later or of what is there
            case ast.For(iter=first, body=body) | ast.While(test=first, body=body):
                yield from self._of(first, maybe=maybe)
                if parts := tuple(part for one in body for part in self._of(one, maybe=False)):
                    yield Loop(_sentence(getattr(self._module, self._function.name)), parts)
            case ast.If(test=test, body=body, orelse=other):
                yield from self._of(test, maybe=maybe)
                for one in (*body, *other):
                    yield from self._of(one, maybe=True)
            case ast.BoolOp(values=[first, *rest]):
                yield from self._of(first, maybe=maybe)
                for value in rest:
                    yield from self._of(value, maybe=True)
            case ast.ExceptHandler(body=body):
                for one in body:
                    yield from self._of(one, maybe=True)
            case ast.Call():
                yield from self._call(node, maybe=maybe)
            case _:
                for child in ast.iter_child_nodes(node):
                    yield from self._of(child, maybe=maybe)

    def _call(self, call: ast.Call, *, maybe: bool) -> Iterator[Step | Loop]:
        name = ast.unparse(call.func)
        if name == "partial":  # a call that is made by whoever gets it
            yield from self._call(ast.Call(call.args[0], call.args[1:], call.keywords), maybe=maybe)
            return
        if name.rpartition(".")[2][:1].isupper():
            return  # makes a value
        for child in (*call.args, *call.keywords):
            yield from self._of(child, maybe=maybe)
        receiver, _, method = name.rpartition(".")
        if receiver in _OBJECTS:
            yield _step(getattr(_OBJECTS[receiver], method), maybe)
            return
        called = getattr(self._module, name, None)
        if not inspect.isfunction(called) or not called.__module__.startswith("cocflow."):
            return
        module = next((one for one in _FOLLOWED if one.__name__ == called.__module__), None)
        if name in self._drawn:
            return  # it stands above already
        passes_desk = bool(call.args) and ast.unparse(call.args[0]) == "desk"
        elsewhere = maybe and not name.startswith("_")  # another use case, which has its own drawing to be
        if module is None or elsewhere or name in self._within or not (passes_desk or name.startswith("_")):
            yield _step(called, maybe)
            return
        self._drawn.add(name)
        yield from _Reading(module, _functions(module)[name], (*self._within, name), self._drawn).parts()


def _functions(module: ModuleType) -> dict[str, ast.FunctionDef]:
    tree = ast.parse(inspect.getsource(module))
    return {one.name: one for one in tree.body if isinstance(one, ast.FunctionDef)}


def _step(function: object, maybe: bool) -> Step:
    module = getattr(function, "__module__", "").removeprefix("cocflow.").replace(".", "/")
    return Step(getattr(function, "__qualname__", ""), f"{module}.py", _sentence(function), maybe)


def _sentence(thing: object) -> str:
    """Return the first sentence of a docstring."""
    text = " ".join((inspect.getdoc(thing) or "").split())
    return re.split(r"(?<=[.])\s|;\s", f"{text} ", maxsplit=1)[0].strip().removesuffix(".")


def dot(whole: Loop) -> str:
    """Return the drawing in Graphviz's language: one column, to be read on a phone."""
    lines = [
        "digraph event {",
        f"  rankdir=TB; nodesep=0.1; ranksep={_BREATH / 72:.2f}; margin=0;",
        f'  node [fontname="{_FONT}" fontsize=16 shape=box style="rounded,filled" width=5.4'
        ' margin="0.1,0.07" fillcolor="#ddf4ff" color="#57606a"];',
        '  edge [color="#57606a" arrowsize=0.7];',
    ]
    names: list[str] = []
    lines += _drawn(whole.parts, names)
    lines += [f"  {one} -> {next_} [weight=9];" for one, next_ in pairwise(names)]
    return "\n".join([*lines, "}"]) + "\n"


def _drawn(parts: tuple[Step | Loop, ...], names: list[str]) -> Iterator[str]:
    for part in parts:
        names.append(f"n{len(names)}")
        if isinstance(part, Loop) and len(part.parts) == 1 and isinstance(part.parts[0], Step):
            yield _box(names[-1], part.parts[0], f"{_AGAIN} ")
            continue
        if isinstance(part, Step):
            yield _box(names[-1], part)
            continue
        yield f"  subgraph cluster_{names[-1]} {{"
        yield '    style="rounded,filled"; fillcolor="#f6f8fa"; color="#57606a"; margin=10;'
        heading = _lines(f"{_AGAIN} {part.does}:")
        yield f'    {names[-1]} [label={heading} shape=plaintext style=filled fillcolor="#f6f8fa"];'
        yield from _drawn(part.parts, names)
        yield "  }"


def _box(name: str, step: Step, sign: str = "") -> str:
    dashed = ' style="rounded,filled,dashed" fillcolor=white' if step.maybe else ""
    return f"  {name} [label={_lines(f'{sign}{step.name} · {step.module}', step.does)}{dashed}];"


def _lines(*texts: str) -> str:
    """Return texts as Graphviz's label; literal \\l ends a line at the left."""
    lines = [line for text in texts for line in wrap(text, _LETTERS)]
    return '"' + "".join(f"{line}\\l" for line in lines).replace('"', "'") + '"'


def svg() -> str:
    """Return the drawing as SVG, without what would differ between two versions of Graphviz."""
    return rendered(dot(flow()))
