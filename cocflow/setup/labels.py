"""The labels of a repository, made those of its processes.

Owns which labels there are: one for each state, each quick label, one that marks the issues of each further
process, and the board's. Refuses to delete any: what a community made is its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from cocflow.core.process import BOARD_LABEL, BOOK_LABEL, Process, State
from cocflow.ports import Label, Labels

FIRST = "incident"
"""The process that governs every issue which no label gives to another one."""

QUICK_COLOR = "ededed"
KIND_COLOR = "b60205"
BARE_COLOR = "ededed"
"""The colour that GitHub gives a label which somebody puts on an issue before there is one of that name."""
LONGEST = 100
"""Characters of a description, as GitHub limits them."""


OURS = "cocflow puts it on."
"""What is said of a label with which nobody asks for anything."""

BOARD = Label(name=BOARD_LABEL, color="fbca04", description=f"What cocflow couldn't do. {OURS}")
BOOK = Label(name=BOOK_LABEL, color="ededed", description=f"What was erased. {OURS}")


class Wanting(msgspec.Struct, frozen=True):
    """What a repository's labels lack: those that are missing, and those that look otherwise."""

    missing: tuple[Label, ...] = ()
    different: tuple[Label, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missing or self.different)


def labels_of(processes: Iterable[Process]) -> tuple[Label, ...]:
    """Return every label that these processes need; of two with one name, the first."""
    found: dict[str, Label] = {}
    for labels in (*map(_labels, processes), [BOARD, BOOK]):
        for label in labels:
            found.setdefault(label.name.casefold(), label)
    return tuple(found.values())


def _labels(process: Process) -> Iterator[Label]:
    if process.name != FIRST:
        yield _label(process.name, KIND_COLOR, f"An issue of the {process.name} process.", OURS)
    for state in process.states:
        yield _label(state.label, state.color, *_of_state(process, state))
    stated = {one.label: f"{one.means.rstrip('.')}." for one in process.outcomes}
    for mark in process.marks:
        yield _label(mark.name, mark.color, f"{mark.means}.", OURS)
    for move in process.moves:
        for name, words in move.quick_labels:
            asks = f"Shows how /{move.command} is written." if move.command and not words else ""
            yield _label(name, QUICK_COLOR, stated.get(name, f"{move.means}."), asks)


def _of_state(process: Process, state: State) -> tuple[str, str]:
    """Return what a state means, and what happens once its label is put on: that alone, if anything."""
    leading = [move for move in process.moves if move.to == state.name]
    for move in leading:
        if move.label:
            return "", f"{move.means}."
    command = next((one.command for one in leading if one.command), None)
    return state.means, f"Write /{command} instead." if command else OURS


def _label(name: str, color: str, means: str, by_hand: str) -> Label:
    """Return a label that says what it means, as far as there is room, and what happens once it is put on."""
    room = LONGEST - len(by_hand) - 1
    short = means if len(means) <= room else f"{means[: room - 1].rstrip()}…"
    return Label(name=name, color=color, description=" ".join(f"{short} {by_hand}".split()))


def wanting(present: Iterable[Label], wanted: Iterable[Label]) -> Wanting:
    """Return what is missing and what is different; names are compared as GitHub does, in any case."""
    there = {label.name.casefold(): label for label in present}
    missing = tuple(label for label in wanted if label.name.casefold() not in there)
    different = tuple(
        label
        for label in wanted
        if (old := there.get(label.name.casefold())) is not None
        and (old.color.casefold(), old.description) != (label.color, label.description)
    )
    return Wanting(missing, different)


FORMER = frozenset({"post: approved"})
"""The labels by which something was asked for in an earlier version."""

GITHUBS_OWN = frozenset(
    {
        *("bug", "documentation", "duplicate", "enhancement", "good first issue", "help wanted", "invalid"),
        *("question", "wontfix"),
    }
)
"""The labels that GitHub makes in each new repository."""


def needless(present: Iterable[Label]) -> tuple[str, ...]:
    """Return which labels are there that ask for nothing: each makes the right one harder to find."""
    return tuple(one.name for one in present if one.name in GITHUBS_OWN | FORMER)


def are_there(names: Iterable[str], processes: Iterable[Process]) -> bool:
    """Whether these names hold every label that the processes need."""
    there = {name.casefold() for name in names}
    return all(label.name.casefold() in there for label in labels_of(processes))


def make_labels(labels: Labels, processes: Iterable[Process]) -> Wanting:
    """Create, recolour and describe what is wanting, and return what that was."""
    lacks = wanting(labels.labels(), labels_of(processes))
    for label in lacks.missing:
        labels.create_label(label)
    for label in lacks.different:
        labels.change_label(label)
    return lacks


def ensure_labels(labels: Labels, processes: Iterable[Process]) -> tuple[Label, ...]:
    """Create the labels that are missing, and no more; return them. One read where none is.

    For the sweep: a copy of the template repository has none before its first one. One that came about by
    being put on an issue has no looks yet, and gets them.
    """
    present = labels.labels()
    bare = {one.name.casefold() for one in present if (one.color, one.description) == (BARE_COLOR, "")}
    lacks = wanting(present, labels_of(processes))
    for label in lacks.missing:
        labels.create_label(label)
    made = tuple(label for label in lacks.different if label.name.casefold() in bare)
    for label in made:
        labels.change_label(label)
    return lacks.missing + made
