"""The program knows no state, move, timer, figure or set by its name.

Every one of them is renamed, and everything still happens: the whole demo, the process's tables, each state
of both processes. Whoever ties something to a name breaks this.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from cocflow.core.process import STATE_PREFIX
from cocflow.demo import STORY, Stage, play
from cocflow.demo.script import Accept, AddLabel, Chapter, OpenRoom, Step
from tests.core.play import Play, suspension_played_to
from tests.process.renaming import KINDS, bijection, new_names, renamed_play, renamed_text, shipped_process
from tests.process.test_table import REQUESTS, ROLES, STATES, prepared, row_holds

PROCESSES = ("incident", "suspension", "room")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the renamed processes lie."""
    return tmp_path_factory.mktemp("renamed")


@pytest.mark.parametrize("name", PROCESSES)
def test_every_name_is_another_one(name: str) -> None:
    """The renaming leaves no name as it was, and merges none."""
    names = bijection(shipped_process(name))
    assert set(names) == {one for kind in KINDS for one in shipped_process(name)[kind]}
    assert len(set(names.values())) == len(names)
    assert set(names).isdisjoint(names.values())


@pytest.mark.parametrize("state", STATES)
def test_the_table_of_incidents_holds_under_other_names(folder: Path, state: str) -> None:
    """Each request by each role from this state does what it did, but for the names."""
    kind = renamed_play(folder, "incident")
    for request in REQUESTS:
        for role in ROLES:
            row_holds(prepared(state, kind), state, request, role)


@pytest.mark.parametrize("state", list(shipped_process("suspension")["states"]))
def test_every_state_of_a_suspension_is_reached_under_other_names(folder: Path, state: str) -> None:
    """Suspensions open, end, are appealed and decided as they were; the same is owed to the same people."""
    kind = renamed_play(folder, "suspension")
    as_shipped, other = suspension_played_to(state), suspension_played_to(state, kind=kind)
    assert owed(other) == owed(as_shipped)
    assert kept(other) == kept(as_shipped)


def owed(one: Play) -> list[Any]:
    """Return everything that was owed to anybody."""
    return [(record.n, notice.notice, notice.to) for record in one.records() for notice in record.owed]


def kept(one: Play) -> Any:
    """Return what the subjects keep of a case."""
    return one.case().progress.kept


def test_the_whole_demo_passes_under_other_names(tmp_path: Path) -> None:
    """Everybody is told what they were told, and every issue stands as it stood, but for the names."""
    own = {Path("workflows") / f"{name}.yml": renamed_text(name) for name in PROCESSES}
    names = {name: new_names(name) for name in PROCESSES}
    with Stage(tmp_path, own=own) as stage:
        played = list(play(stage, [translated(chapter, names) for chapter in STORY]))
    assert [one.unexpected for one in played if not one.ok] == []
    new = {one for of_process in names.values() for one in of_process.values()}
    assert {one.state.removeprefix(STATE_PREFIX) for one in played} <= new


def translated(chapter: Chapter, names: dict[str, dict[str, str]]) -> Chapter:
    """Return a chapter in which people put on, and see, the labels of the new names of each process."""
    steps = [_step(step, names[_process(step)]) for step in chapter.steps]
    return msgspec.structs.replace(chapter, steps=tuple(steps))


def _process(step: Step) -> str:
    """Return the process of the issue to which a step is done; a room is seen where one is let in."""
    if isinstance(step.deed, OpenRoom | Accept):
        return "room"
    return "suspension" if step.on else "incident"


def _step(step: Step, names: dict[str, str]) -> Step:
    expect = msgspec.structs.replace(step.expect, state=names[step.expect.state])
    deed = step.deed
    if isinstance(deed, AddLabel) and deed.label.startswith(STATE_PREFIX):
        deed = AddLabel(f"{STATE_PREFIX}{names[deed.label.removeprefix(STATE_PREFIX)]}")
    return msgspec.structs.replace(step, expect=expect, deed=deed)
