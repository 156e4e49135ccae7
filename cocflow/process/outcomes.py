"""From `workflows/outcomes.yml` to the vocabulary of outcomes, every mistake with its file and line.

Owns the language of that file, and what it gives the process that records outcomes: a quick label for each.
Refuses to return anything from a file of which any part is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, get_args

import msgspec

from cocflow.core.outcomes import OUTCOME_PREFIX, Ending, From, Keep, Outcome, Outcomes, Table
from cocflow.core.process import Move, Process
from cocflow.process.entries import Entry, Fields, Mistakes, ReadEntry, known, read_fields, read_yaml, shown
from cocflow.process.loading import LONGEST_LABEL, NAME, notices_in

FILE = "outcomes.yml"
"""What it is called, in `workflows/`."""

OUTCOME = r"[a-z][a-z-]*( [a-z-]+){0,3}"
"""What an outcome may be called: words that people type."""

MONTHS = r"P([1-9][0-9]{0,2})M"
"""How a span of months is written."""

MOST_VOICES = 20

COMMAND = "outcome"
"""The command whose quick labels are the outcomes'."""

_LETTERS = "party"
"""The folder of the letters that tell an outcome."""

_RESERVED = frozenset({"until"})


def load_outcomes(path: Path, templates: Iterable[Path]) -> Outcomes:
    """Load the vocabulary and check all of it; `templates` are the folders of its letters.

    Raises DefinitionError with the line and the nearest right name for the first mistake.
    """
    root = read_yaml(path)
    letters = frozenset(
        notice.partition("/")[2] for notice in notices_in(templates) if notice.startswith(f"{_LETTERS}/")
    )
    read = read_fields(root, {"version": Entry.text, "outcomes": lambda entry: _outcomes(entry, letters)})
    found = Outcomes(version=read["version"], all=read["outcomes"])
    for mistake in _mistakes(found, root):
        raise mistake
    return found


def with_outcomes(process: Process, outcomes: Outcomes) -> Process:
    """Return a process that knows these outcomes: each has a quick label, where a move is made by one."""
    labels = tuple((one.label, "" if _asks_for_end(one) else one.name) for one in outcomes)
    moves = tuple(
        msgspec.structs.replace(move, quick_labels=(*move.quick_labels, *labels)) if _states(move) else move
        for move in process.moves
    )
    return msgspec.structs.replace(process, moves=moves, outcomes=outcomes)


def _states(move: Move) -> bool:
    return move.command == COMMAND


def _asks_for_end(outcome: Outcome) -> bool:
    """Whether its label can't say it, and one person's command can: nothing else has the missing end."""
    return outcome.end == "needed" and not outcome.suspends and outcome.voices == 1 and not outcome.heard


def _outcomes(entry: Entry, letters: frozenset[str]) -> tuple[Outcome, ...]:
    entries = entry.mapping()
    if not entries:
        raise entry.error(f"{entry.path} must not be empty", "add at least one")
    for name, value in entries.items():
        _name(value, name)
    return tuple(Outcome(name=name, **_read(value, letters)) for name, value in entries.items())


def _read(entry: Entry, letters: frozenset[str]) -> dict[str, Any]:
    fields: Fields = (
        {"means": Entry.text, "table": known("row", get_args(Table)), "keep": _keep},
        {
            "end": known("ending", get_args(Ending)),
            "counts": _months,
            "voices": _voices,
            "heard": Entry.flag,
            "suspends": Entry.flag,
            "measure": Entry.flag,
            "letter": _letter(letters),
            "asked_only": Entry.flag,
        },
    )
    return read_fields(entry, *fields)


def _name(entry: Entry, name: str) -> None:
    words = name.split(" ")
    if not re.fullmatch(OUTCOME, name) or _RESERVED & set(words):
        hint = "one to four words of small letters, none of them `until`"
        raise entry.error(f"`{shown(name)}` can't be an outcome", hint)
    if len(OUTCOME_PREFIX + name) > LONGEST_LABEL:
        raise entry.error(f"the label `{OUTCOME_PREFIX}{shown(name)}` is too long", "call it shorter")


def _keep(entry: Entry) -> Keep:
    read = read_fields(entry, {"for": _months, "from": known("beginning", get_args(From))})
    return Keep(months=read["for"], since=read["from"])


def _months(entry: Entry) -> int:
    match = re.fullmatch(MONTHS, entry.raw)
    if match is None:
        raise entry.error(f"{entry.path} is no span of months", "write it as P12M")
    return int(match[1])


def _voices(entry: Entry) -> int | Literal["two_thirds"]:
    said = entry.content
    if said == "two_thirds":
        return "two_thirds"
    if isinstance(said, int) and not isinstance(said, bool) and 1 <= said <= MOST_VOICES:
        return said
    raise entry.error(f"{entry.path} is no number of people", f"write 1 to {MOST_VOICES}, or two_thirds")


def _letter(letters: frozenset[str]) -> ReadEntry:
    def read(entry: Entry) -> str:
        name = entry.text()
        if not re.fullmatch(NAME, name) or name not in letters:
            there = known("letter", letters)
            return str(there(entry))
        return name

    return read


def _mistakes(outcomes: Outcomes, root: Entry) -> Mistakes:
    """Give what the entries mean wrongly together."""
    for one in outcomes:
        entry = root.at("outcomes", one.name)
        if one.keep.since == "end" and one.end == "none" and not one.suspends:
            hint = "write `from: closed`, or `end: needed`"
            yield entry.at("keep").error(f"`{one.name}` has no end from which to count", hint)
        if one.end == "needed" and not one.measure:
            yield entry.at("end").error(f"`{one.name}` has an end, and is no measure", "add `measure: true`")
        if one.asked_only and one.measure:
            hint = "delete `asked_only`: whoever a measure is taken against is told"
            yield entry.at("asked_only").error(f"nobody might be told of `{one.name}`", hint)
