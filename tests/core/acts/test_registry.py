"""The registry of subjects: each stands in a file of its own, and the shipped processes use it.

No module's twin: of the package itself, `cocflow/core/acts/__init__.py`.
"""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

import pytest

import cocflow.core.acts
from cocflow.bootstrap import load_processes
from cocflow.core.acts import ACTS
from cocflow.core.case.act import Act
from cocflow.setup import shipped

FOLDER = Path(cocflow.core.acts.__file__).parent
FILES = sorted(path for path in FOLDER.glob("*.py") if path.stem != "__init__")
BY_ITSELF = {"recover"}
"""Commands that no move asks for: they are for cases in which the process can't be believed."""


def where(act: Act) -> str:
    """Return the file and line in which a subject describes itself."""
    module = importlib.import_module(f"cocflow.core.acts.{act.name}")
    lines = inspect.getsource(module).splitlines()
    line = next(number for number, text in enumerate(lines, start=1) if text.startswith("ACT = "))
    return f"cocflow/core/acts/{act.name}.py:{line}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_of_the_folder_is_in_the_registry(path: Path) -> None:
    """A subject's file that nobody registers would do nothing, silently."""
    assert path.stem in {act.name for act in ACTS.all}, f"cocflow/core/acts/{path.name}:1: in no registry"


@pytest.mark.parametrize("act", ACTS.all, ids=lambda act: act.name)
def test_the_shipped_processes_use_every_subject(act: Act) -> None:
    """A command, guard, record or instant that no shipped process names does nothing, silently."""
    processes = [one for one in load_processes(shipped.root()) if one.name in act.serves]
    moves = [move for process in processes for move in process.moves]
    timers = [timer for process in processes for timer in process.timers]
    used = {
        *(move.command for move in moves),
        *(name for move in moves for name in (*move.guards, *(move.care or ()), *move.records)),
        *(name for timer in timers for name in (*timer.guards, *timer.records)),
        *(name for process in processes for opening in process.openings for name in opening.guards),
        *(name for process in processes for state in process.states for name in state.open_while),
        *(timer.at for timer in timers),
        *BY_ITSELF,
    }
    offered = {one.name for one in act.commands} | {one.name for one in act.guards}
    offered |= {one.name for one in act.records} | {one.name for one in act.instants}
    assert offered <= used, f"{where(act)}: {sorted(offered - used)} is used by no shipped process"
