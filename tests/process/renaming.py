"""The shipped processes with every name in them changed, and people who still use the old ones.

Only what a process file itself names is renamed: states, moves, timers, figures and sets. What people write,
the templates and the program stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from cocflow.core.case.case import Definition
from cocflow.core.case.facts import Actor
from cocflow.core.process import BACK, STATE_PREFIX
from cocflow.process.loading import load_process
from cocflow.process.outcomes import with_outcomes
from cocflow.setup import shipped
from tests.core import play
from tests.core.play import Play


def renamed(process: dict[str, Any]) -> dict[str, Any]:
    """Return a process under other names, the same for all that one file says."""
    names = bijection(process)
    named = {kind: {names[name]: entry for name, entry in process[kind].items()} for kind in KINDS}
    for states in named["sets"]:
        named["sets"][states] = [names[one] for one in named["sets"][states]]
    for entry in (*process["opening"], *named["moves"].values(), *named["timers"].values()):
        for key in ("to", "after", "before", "every"):
            if entry.get(key) not in (None, BACK):
                entry[key] = names[entry[key]]
        for key in ("from", "in"):
            if key in entry:
                entry[key] = [names[one] for one in entry[key]]
    return process | named


KINDS = ("states", "sets", "moves", "timers", "figures")
"""What a process file names."""


def bijection(process: Mapping[str, Any]) -> dict[str, str]:
    """Return another name for each, that says nothing and is nobody else's."""
    names = list(dict.fromkeys(name for kind in KINDS for name in process[kind]))
    return {name: f"{'fig.' if '.' in name else ''}x{place}" for place, name in enumerate(names)}


@cache
def shipped_process(name: str) -> dict[str, Any]:
    """Return a shipped process as it is written."""
    text = (shipped.workflows() / f"{name}.yml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def renamed_text(name: str) -> str:
    """Return a shipped process under other names, as a file."""
    fresh = deepcopy(shipped_process(name))
    text: str = yaml.dump(renamed(fresh), sort_keys=False, Dumper=_Plain)
    return text


class _Plain(yaml.SafeDumper):
    """Writes what stands in two places twice, instead of pointing to it."""

    def ignore_aliases(self, data: Any) -> bool:
        """See PyYAML: no aliases."""
        return True


def new_names(name: str) -> dict[str, str]:
    """Return what each state of a shipped process is called under the other names."""
    names = bijection(shipped_process(name))
    return {state: names[state] for state in shipped_process(name)["states"]}


@cache
def definition_in(folder: Path, name: str) -> Definition:
    """Return a shipped process under other names, loaded from a file in a folder."""
    path = folder / f"{name}.yml"
    path.write_text(renamed_text(name), encoding="utf-8")
    known = play.definition() if name == "incident" else play.suspension_definition()
    process = with_outcomes(load_process(path, shipped.templates()), known.process.outcomes)
    return Definition(process, known.form)


def renamed_play(folder: Path, name: str) -> type[Play]:
    """Return plays of a renamed process in which labels and states are said by their old names."""
    definition, names = definition_in(folder, name), new_names(name)
    old = {new: state for state, new in names.items()}

    class RenamedPlay(Play):
        def __init__(self, *args: Any, **fields: Any) -> None:
            super().__init__(*args, **(fields | {"definition_": definition}))

        def labels(self, by: Actor | None, label: str, at: datetime | float | None = None) -> str:
            state = label.removeprefix(STATE_PREFIX)
            return super().labels(by, f"{STATE_PREFIX}{names[state]}" if state in names else label, at)

        @property
        def state(self) -> str | None:
            return old[self.case().progress.state or ""]

    return RenamedPlay
