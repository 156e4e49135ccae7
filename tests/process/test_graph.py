"""The drawings: every state and every step of a process, and nothing else."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from cocflow.core.process import Move, Opening, Process, State, Timer
from cocflow.process.graph import Step, dot, mermaid, steps, svg
from cocflow.setup import shipped
from cocflow.setup.in_force import load_processes

PROCESS = Process(
    name="small",
    version="1",
    published="2026-01-05",
    openings=(Opening(to="open"),),
    states=(
        State(name="open", color="ffffff", means='It is "open".'),
        State(name="late-one", color="000000", means="It is late."),
        State(name="done", color="0e8a16", means="It is done.", final=True),
    ),
    moves=(
        Move(name="finish", means="Finish", from_=("open", "late-one"), to="done", by=("administrator",)),
        Move(name="give_up", means="Give up", from_=("open",), to="done", by=("administrator",)),
        Move(name="note", means="Note", from_=("open",), by=("administrator",)),
        Move(name="resume", means="Resume", from_=("late-one",), to="back", by=("administrator",)),
    ),
    timers=(Timer(name="lapse", means="It lapses", in_=("open",), to="late-one"),),
)


def test_each_way_is_one_arrow() -> None:
    """Moves that lead the same way share an arrow; what leads nowhere has none; the clock's are marked.

    A way back is an arrow to each state from which one may have come.
    """
    assert steps(PROCESS) == (
        Step(None, "open", (), False),
        Step("open", "done", ("finish", "give_up"), False),
        Step("late-one", "done", ("finish",), False),
        Step("late-one", "open", ("resume",), False),
        Step("open", "late-one", ("lapse",), True),
    )


def test_mermaid_names_every_step() -> None:
    """States, steps, the clock and the end stand in the diagram."""
    lines = [line.strip() for line in mermaid(PROCESS).splitlines()]
    assert lines[0] == "stateDiagram-v2"
    assert {
        "[*] --> open",
        "open --> done: finish / give up",
        "open --> late_one: clock, lapse",
        "done --> [*]",
        'state "late-one" as late_one',
    } <= set(lines)


def test_the_colour_of_the_letters_can_be_read() -> None:
    """Dark states have white letters, bright ones black."""
    assert "fill:#000000,color:#ffffff" in mermaid(PROCESS)
    assert "fill:#ffffff,color:#000000" in mermaid(PROCESS)


def test_quotes_cannot_break_the_drawing() -> None:
    """A quotation mark in a meaning stays inside its string."""
    assert "tooltip=\"It is 'open'.\"" in dot(PROCESS)


@pytest.mark.parametrize("process", [PROCESS, *load_processes(shipped.root())], ids=lambda one: str(one.name))
def test_svg_is_a_picture_of_every_state(process: Process) -> None:
    """The picture is well-formed and shows each state by its name."""
    picture = ElementTree.fromstring(svg(process))  # noqa: S314 - our own drawing
    shown = {node.text for node in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {state.name for state in process.states} <= shown
    assert svg(process) == svg(process)
