"""The process as data: what `workflows/*.yml` says, checked and frozen.

Owns the shapes of a definition. Refuses to read files (`definitions.py` does) and to decide
anything (`decide.py` does, by looking moves up here; a missing row *is* the refusal).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, TypeAlias

import msgspec

Role: TypeAlias = Literal["reporter", "administrator", "party", "suspended", "anyone", "cocflow"]
Button: TypeAlias = Literal["close", "reopen"]


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A state that an issue can be in; its label is `state: <name>`.

    An issue in a final state is closed, but for as long as one of the guards `open_while` holds:
    what is left undone stays before the administrators' eyes.
    """

    name: str
    color: str
    means: str
    final: bool = False
    open_while: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The label that shows the state."""
        return f"state: {self.name}"


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the process: who may ask for what, how, from where, and what follows.

    `to` is None for a move that records something and leaves the state as it is. The ways of asking:
    a command, the state's own label, a quick label (with what it stands for), a button, an edit of
    the body; `automatic` is cocflow's own, as soon as the guards let it. `reply` is the template
    that answers whoever asked, in the folder of their role; `notices` go to everyone of a role.
    """

    name: str
    means: str
    from_: tuple[str, ...]
    to: str | None = None
    by: tuple[Role, ...]
    command: str | None = None
    label: bool = False
    quick_labels: tuple[tuple[str, str], ...] = ()
    button: Button | None = None
    edit: bool = False
    automatic: bool = False
    guards: tuple[str, ...] = ()
    reply: str | None = None
    notices: tuple[str, ...] = ()


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Where a newly opened issue starts: the first opening whose guards all pass."""

    to: str
    guards: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """Something that falls due by the clock alone.

    It runs while the case is in one of `in_` and its guards let it. First due: `after` (a figure's
    name) past the entry into that set of states; or `at` a named instant of the case, or a
    figure's span `before` or `after` that, but never before that entry. Then again `every` (a figure's name).
    `to` makes it a transition; without it it is a reminder.
    """

    name: str
    means: str
    in_: tuple[str, ...]
    after: str | None = None
    at: str | None = None
    before: str | None = None
    every: str | None = None
    to: str | None = None
    guards: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def in_order(self) -> bool:
        """Whether it happens at its instant, like a request, and isn't a mere reminder.

        Reminders that were missed coalesce, and one that is moot by now is left out.
        """
        bare = self.before is None and self.after is None and self.every is None
        return self.to is not None or (self.at is not None and bare)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A named waiting period and its default; None means never."""

    name: str
    default: timedelta | None
    means: str


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A label that only shows something; putting it on or taking it off asks for nothing."""

    name: str
    color: str
    means: str


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A whole definition, as loaded from one file."""

    name: str
    version: str
    published: str
    openings: tuple[Opening, ...]
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    timers: tuple[Timer, ...] = ()
    figures: tuple[Figure, ...] = ()
    marks: tuple[Mark, ...] = ()

    @property
    def id(self) -> str:
        """The name and version as receipts record them, e.g. `incident/1.0`."""
        return f"{self.name}/{self.version}"

    def state(self, name: str) -> State | None:
        """Return the state of that name, None if the definition lacks it."""
        return next((state for state in self.states if state.name == name), None)

    def figure(self, name: str) -> Figure:
        """Return the figure of that name; KeyError if there is none (the loader refuses such files)."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    def quick_labels(self) -> dict[str, str]:
        """Return every quick label of every move, with what it stands for."""
        return {label: value for move in self.moves for label, value in move.quick_labels}
