"""What leads where in a process, and who may ask for what: derived from its moves and timers.

Owns nothing but the derivation, which the checks, the words and the drawings share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import TypeAlias, get_args

from cocflow.core.acts import ACTS
from cocflow.core.process import BACK, Move, Process, Role

Step: TypeAlias = tuple[str, str]
"""From one state to another one."""

PEOPLE: frozenset[str] = frozenset(get_args(Role)) - {"anyone", "cocflow", "outside"}
"""The roles that people in a case have."""

WRITERS: frozenset[str] = frozenset({"suspended", "reporter", "party", "guest", "outside"})
"""Whose letters ask for something. The outside contact has no other way."""


def people(move: Move) -> frozenset[str]:
    """Return the roles of people who may ask for a move."""
    return PEOPLE if "anyone" in move.by else PEOPLE & set(move.by)


def writers(move: Move) -> frozenset[str]:
    """Return the roles of those who may ask for a move by a letter."""
    return WRITERS & set(move.by) if move.letter else frozenset()


def requests(move: Move) -> Iterator[tuple[str, str, str]]:
    """Give every way of asking for a move, with the role that asks and the state it asks in."""
    ways = [f"`{label}`" for label, _ in move.quick_labels]
    ways += [f"/{move.command}"] if move.command else []
    ways += [f"`state: {move.to}`"] if move.label else []
    ways += [move.button.capitalize()] if move.button else []
    ways += ["an edit of the body"] if move.edit else []
    ways += ["an assignment"] if move.assign else []
    yield from product(ways, people(move), move.from_)
    # Letters begin with a command; the suspended person's are nothing but their words, or ask how it stands.
    kept = any(ACTS.records[name].by_letter for name in move.records)
    yield from product(["a letter"], writers(move) & {"suspended"} if kept else (), move.from_)
    yield from product([f"a letter `{move.command}`"], writers(move) - {"suspended"}, move.from_)
    if move.automatic:
        yield from product(["an automatic move"], ["cocflow"], move.from_)


def steps(process: Process) -> frozenset[Step]:
    """Return every step from a state to another one, by a move or a timer."""
    moves = {
        (start, move.to) for move in process.moves for start in move.from_ if move.to and not _back(move)
    }
    timers = {(start, timer.to) for timer in process.timers for start in timer.in_ if timer.to}
    found = {(start, to) for start, to in moves | timers if start != to}
    backs = [move for move in process.moves if _back(move)]
    while True:
        further = {step for move in backs for step in product(move.from_, _entered_from(move, found))}
        if further <= found:
            return frozenset(found)
        found |= further


def leads_to(process: Process, move: Move) -> tuple[str, ...]:
    """Return the states that a move may lead to, in the file's order: several where it leads back."""
    if not _back(move):
        return (move.to,) if move.to else ()
    outside = _entered_from(move, steps(process))
    return tuple(state.name for state in process.states if state.name in outside)


def closure(starts: Iterable[str], along: Iterable[Step]) -> set[str]:
    """Return what can be reached from `starts`, themselves included."""
    all_steps = tuple(along)
    reached = set(starts)
    waiting = list(reached)
    while waiting:
        here = waiting.pop()
        further = {to for start, to in all_steps if start == here} - reached
        reached |= further
        waiting += further
    return reached


def _back(move: Move) -> bool:
    return move.to == BACK


def _entered_from(move: Move, found: Iterable[Step]) -> set[str]:
    """Return the states outside a move's `from` that have a step into it."""
    return {start for start, to in found if to in move.from_ and start not in move.from_}
