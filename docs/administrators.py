"""The parts of `docs/administrators.md` that are made: the states by the process, the commands by the acts.

Owns what stands between two marks of the page, and refuses to touch the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cocflow.core.acts import ACTS
from cocflow.core.case.act import Act
from cocflow.core.case.grammar import Command
from cocflow.core.process import INCIDENT, SUSPENSION, Move, Process, State
from cocflow.process.steps import leads_to

PAGE = "administrators.md"

_BEGIN = "<!-- {} by `make docs`, from {}. Change those, not this. -->"
_END = "<!-- So far. -->"


def with_tables(page: str, incident: Process) -> str:
    """Return the page with its tables current. ValueError where it has no place for one of them."""
    page = with_part(PAGE, page, _BEGIN.format("The states", "workflows/incident.yml"), _states(incident))
    return with_part(PAGE, page, _BEGIN.format("The commands", "cocflow/core/acts/"), _commands())


def with_part(name: str, page: str, begin: str, lines: Iterable[str]) -> str:
    """Return a page with what stands behind a mark current. ValueError where it has no such place."""
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(_END)}", re.DOTALL)
    table = "\n".join([begin, "", *lines, "", _END])
    made, found = place.subn(lambda _: table, page)
    if found != 1:
        raise ValueError(f"{name} has no place for this, or several: {begin}")
    return made


def _states(process: Process) -> Iterator[str]:
    yield "| label | means | you go on with |"
    yield "|---|---|---|"
    for state in process.states:
        yield f"| `{state.label}` | {state.means} | {'; '.join(dict.fromkeys(_onwards(process, state)))} |"


def _onwards(process: Process, state: State) -> Iterator[str]:
    """Give the ways in which an administrator gets an incident from one state into another."""
    for move in process.moves_from(state.name):
        if "administrator" in move.by and set(leads_to(process, move)) - {state.name}:
            yield " or ".join(_ways(process, move))


def _ways(process: Process, move: Move) -> Iterator[str]:
    to = process.state(move.to)
    yield from [f"`{to.label}`"] if move.label and to is not None else []
    yield from (f"`{label}`" for label, _ in move.quick_labels)
    yield from [f"`/{move.command}`"] if move.command is not None else []
    yield from [move.button.capitalize()] if move.button is not None else []


def _commands() -> Iterator[str]:
    everywhere = [act for act in ACTS.all if {INCIDENT, SUSPENSION} <= set(act.serves)]
    alone = {kind: [act for act in ACTS.all if act.serves == (kind,)] for kind in (INCIDENT, SUSPENSION)}
    yield from _table("on an incident", alone[INCIDENT])
    yield ""
    yield from _table("on a suspended account's page", alone[SUSPENSION])
    yield ""
    yield from _table("on both", everywhere)


def _table(where: str, acts: Iterable[Act]) -> Iterator[str]:
    yield f"| {where} | what it is for |"
    yield "|---|---|"
    yield from (_row(command) for act in acts for command in act.commands)


def _row(command: Command) -> str:
    form = "<br>".join(f"`{line}`" for line in command.usage.form.split("\n"))
    return f"| {form} | {command.usage.meaning} |"
