"""The process as data: what `workflows/*.yml` says, checked and frozen.

Owns the shapes of a definition, and the closed vocabulary of properties by which the program and the
templates know a state, timer, figure, mark or choice: never by its name. Refuses to read files
(`process/` does) and to decide anything (`core/engine/` does, by looking moves up here; a missing row
*is* the refusal).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal, TypeAlias, get_args

import msgspec

from cocflow.core.outcomes import Outcomes

Role: TypeAlias = Literal[
    "reporter", "filer", "administrator", "party", "suspended", "guest", "outside", "anyone", "cocflow"
]
Button: TypeAlias = Literal["close", "reopen"]
Audible: TypeAlias = Literal["owner", "next", "everyone"]
"""Whom a step of a reminder tells: whoever has the case, they and the next in turn, all who may decide."""

Kind: TypeAlias = Literal["incident", "suspension", "room"]
"""What an issue is. A process file governs one kind, and is named after it."""

INCIDENT: Kind = "incident"
SUSPENSION: Kind = "suspension"
ROOM: Kind = "room"

KINDS: tuple[Kind, ...] = get_args(Kind)
SERVES: dict[Kind, tuple[Kind, ...]] = {INCIDENT: (), SUSPENSION: (INCIDENT,), ROOM: (INCIDENT, SUSPENSION)}
"""Of which kinds the case is that an issue of a kind belongs to, as a sub-issue."""

CHILDREN: tuple[Kind, ...] = tuple(kind for kind in KINDS if SERVES[kind])
"""The kinds of issues below a case. Each has its label."""

FOLDERS: dict[Role, str] = {
    "administrator": "administrators",
    "reporter": "reporter",
    "filer": "filer",
    "party": "party",
    "suspended": "suspended",
    "guest": "guest",
}
"""The folder of templates that answers a role; of several roles, the first one's."""

AUDIENCES = (*FOLDERS.values(), "community", "outside", "sender")
"""The folders of `templates/` that notices lie in: whom they are for."""

BACK = "back"
"""The `to` of a move that leads back to the state from which its `from` was entered."""

StateProperty: TypeAlias = Literal[
    "awaits_estimate",
    "awaits_triage",
    "account_suspended",
    "appeal_open",
    "appeal_filed",
    "objection_open",
    "taken_back",
    "guest_inside",
]
TimerProperty: TypeAlias = Literal["promise"]
FigureProperty: TypeAlias = Literal[
    "appeal_window",
    "told_at_once",
    "appeal_answer",
    "answer_awaited",
    "time_to_answer",
    "longest_hold",
    "erasure_notice",
]
MarkProperty: TypeAlias = Literal[
    "consent_none", "consent_parties", "consent_community", "consent_by_name", "undelivered", "held"
]
ChoiceName: TypeAlias = Literal[
    "filed_for_another",
    "in_danger",
    "in_public",
    "consent_none",
    "consent_parties",
    "consent_parties_by_name",
    "consent_community",
    "consent_community_by_name",
]
Property: TypeAlias = StateProperty | TimerProperty | FigureProperty | MarkProperty

PROPERTIES: dict[Property, str] = {
    "awaits_estimate": "The reporter waits for a first estimate in this state.",
    "awaits_triage": "The administrators have yet to look into the incident in this state.",
    "account_suspended": "The account is suspended in this state.",
    "appeal_open": "An appeal may be filed in this state.",
    "appeal_filed": "An appeal is filed, and waits to be decided in this state.",
    "objection_open": "Whatever the reporter writes in this state is put before the administrators at once.",
    "taken_back": "The reporter has taken the report back in this state.",
    "guest_inside": "The guest is in the room in this state, and reads there what they are told.",
    "promise": "When it is first due is the time by which the reporter is promised an estimate.",
    "appeal_window": "How long an appeal may be filed once that is possible.",
    "told_at_once": "How soon those are told what was decided who may appeal no longer than others.",
    "appeal_answer": "How long an appeal may wait for its answer, as whoever made it is told.",
    "answer_awaited": "How long a question without a date waits before the administrators are reminded.",
    "time_to_answer": "How long somebody has to answer, at least, before it is decided about them.",
    "longest_hold": "How long at most a case is held, unless that is said again.",
    "erasure_notice": "How long before it can be erased that is said.",
    "consent_none": "Shown where nothing may be shared.",
    "consent_parties": "Shown where those concerned may be told.",
    "consent_community": "Shown where the community may be told as well.",
    "consent_by_name": "Shown where the reporter may be named.",
    "undelivered": "Shown where somebody couldn't be reached for a day, or for good.",
    "held": "Shown where nothing is erased for a while, since administrators said so.",
}
"""What each property means: of a state, a timer, a figure, or a mark."""

CHOICES: dict[ChoiceName, str] = {
    "filed_for_another": "The report is filed for somebody else.",
    "in_danger": "Somebody may be in danger.",
    "in_public": "It happened in a public channel.",
    "consent_none": "Nothing may be shared.",
    "consent_parties": "Those concerned may be told, without the reporter's name.",
    "consent_parties_by_name": "Those concerned may be told, with the reporter's name.",
    "consent_community": "The community may be told as well, without the reporter's name.",
    "consent_community_by_name": "The community may be told as well, with the reporter's name.",
}
"""What each choice of the form means that the process depends on."""

OPTIONAL_CHOICES: frozenset[ChoiceName] = frozenset({"in_danger"})
"""The choices that a process may leave unbound, and a form may lack: then nobody makes them."""

STATE_PREFIX = "state: "
"""How the label of a state begins."""

BY_ROOM = "by room"
"""The label by which people find the incidents that were filed in a room."""

BOARD_LABEL = "cocflow: board"
"""The label by which people find the board, on which no process runs."""

BOOK_LABEL = "cocflow: erased"
"""The label by which people find the book of what was erased, on which no process runs."""


class State(msgspec.Struct, frozen=True, kw_only=True):
    """A state that an issue can be in; its label is `state: <name>`. `is_` are its properties.

    An issue in a final state is closed, but for as long as one of the guards `open_while` holds:
    what is left undone stays before the administrators' eyes.
    """

    name: str
    color: str
    means: str
    final: bool = False
    open_while: tuple[str, ...] = ()
    is_: tuple[StateProperty, ...] = ()

    @property
    def label(self) -> str:
        """The label that shows the state."""
        return f"{STATE_PREFIX}{self.name}"


class Drafting(msgspec.Struct, frozen=True, kw_only=True):
    """How the words of a drafted move are approved before they go to anybody.

    `approved_by`: anybody with a say, another than the author (where there is another), or that many
    different administrators (as many as there are, where they are fewer). `asks`: the notices by which
    those named are asked first; each of them has a say in it until a timer that records `silence` is due.
    """

    approved_by: Literal["anybody", "another"] | int = "another"
    asks: tuple[str, ...] = ()


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the process: who may ask for what, how, from where, and what follows.

    `to` is None for a move that records something and leaves the state as it is, and BACK for one that
    returns. The ways of asking: a command, the state's own label, a quick label (with what it stands
    for), a button, an edit of the body, the issue's assignment, a letter; `automatic` is cocflow's own, as
    soon as the guards let it. `care`: an administrator whose say is in question may make it all the same, if
    these guards let them; None where they may not. `records` names what a receipt keeps of it. `drafted`: its
    words are shown first, and it happens once they are approved. `reply` is the template that answers
    whoever asked, in the folder of their role; `notices` go to everyone of a role.
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
    assign: bool = False
    letter: bool = False
    automatic: bool = False
    care: tuple[str, ...] | None = None
    guards: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    drafted: Drafting | None = None
    reply: str | None = None
    notices: tuple[str, ...] = ()


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """Where a newly opened issue starts: the first opening whose guards all pass."""

    to: str
    guards: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Who hears of what waits, and when: `after` so many times `every` past the first time that it is due.

    `tells`: whoever has the case; they and the next one in turn; or everybody who may decide. `outside`: the
    outside contact hears how many reports wait, too. `again`: it comes again after so many times `every`.
    """

    after: int
    tells: Audible = "everyone"
    outside: bool = False
    again: int | None = None


class Timer(msgspec.Struct, frozen=True, kw_only=True, cache_hash=True):
    """Something that falls due by the clock alone. `is_` are its properties.

    It runs while the case is in one of `in_` and its guards let it. First due: `after` (a figure's
    name) past the entry into that set of states; or `at` a named instant of the case, or a
    figure's span `before` or `after` that, but never before that entry. Then again `every` (a figure's name).
    `to` makes it a transition, `records` names what its receipt keeps; without both it is a reminder.
    `patience`: the steps in which a reminder comes, instead of `every` time. `digest`: what is said of it on
    the board, once a day for all cases; then it has no receipt, but where the case concerns an administrator.
    """

    name: str
    means: str
    in_: tuple[str, ...]
    after: str | None = None
    at: str | None = None
    before: str | None = None
    every: str | None = None
    patience: tuple[Step, ...] = ()
    digest: str = ""
    to: str | None = None
    guards: tuple[str, ...] = ()
    records: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    is_: tuple[TimerProperty, ...] = ()

    @property
    def in_order(self) -> bool:
        """Whether it happens at its instant, like a request, and isn't a mere reminder.

        Reminders that were missed coalesce, and one that is moot by now is left out.
        """
        return self.to is not None or bool(self.records)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A named waiting period and its default; None means never."""

    name: str
    default: timedelta | None
    means: str
    is_: tuple[FigureProperty, ...] = ()


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A label that only shows something; putting it on or taking it off asks for nothing."""

    name: str
    color: str
    means: str
    shows: MarkProperty


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Where the form offers a choice that the process depends on: a field's id, and a place from 1.

    `of` is how many choices that field has: a form that has lost one, or gained one, isn't read by places
    that mean something else now.
    """

    name: ChoiceName
    field: str
    option: int
    of: int


class Process(msgspec.Struct, frozen=True, kw_only=True):
    """A whole definition, as loaded from one file. `sets` are names for several states.

    `outcomes`: the vocabulary in which it says how a case ended; empty where it has none.
    """

    name: str
    version: str
    published: str
    openings: tuple[Opening, ...]
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    timers: tuple[Timer, ...] = ()
    figures: tuple[Figure, ...] = ()
    marks: tuple[Mark, ...] = ()
    choices: tuple[Choice, ...] = ()
    sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    outcomes: Outcomes = Outcomes()

    @property
    def id(self) -> str:
        """The name and version as receipts record them, e.g. `incident/1.0`."""
        return f"{self.name}/{self.version}"

    def state(self, name: str | None) -> State | None:
        """Return the state of that name, None if the definition lacks it."""
        return next((state for state in self.states if state.name == name), None)

    def are(self, *properties: StateProperty) -> tuple[str, ...]:
        """Return the names of the states that have any of these properties."""
        any_of = frozenset(properties)
        return tuple(state.name for state in self.states if not any_of.isdisjoint(state.is_))

    def timer_that(self, property_: TimerProperty) -> Timer | None:
        """Return the timer with a property, None where there is none."""
        return next((timer for timer in self.timers if property_ in timer.is_), None)

    def figure(self, name: str) -> Figure:
        """Return the figure of that name; KeyError if there is none (the loader refuses such files)."""
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    def figure_that(self, property_: FigureProperty) -> Figure | None:
        """Return the figure with a property, None where there is none."""
        return next((figure for figure in self.figures if property_ in figure.is_), None)

    def states_that(self, record: str) -> frozenset[str]:
        """Return the states to which moves lead that keep this."""
        return frozenset(one.to for one in self.moves if one.to and record in one.records)

    def choice(self, name: ChoiceName) -> Choice | None:
        """Return where the form offers a choice, None where the process binds none."""
        return next((choice for choice in self.choices if choice.name == name), None)

    def quick_labels(self) -> dict[str, str]:
        """Return every quick label of every move, with what it stands for."""
        return {label: value for move in self.moves for label, value in move.quick_labels}

    def spelt(self, label: str) -> str:
        """Return a label as the process writes it: on GitHub, a label is the same in any case of letters."""
        ours = (
            *(state.label for state in self.states),
            *self.quick_labels(),
            *(one.name for one in self.marks),
        )
        folded = label.casefold()
        return next((one for one in ours if one.casefold() == folded), label)

    def moves_from(self, state: str | None) -> Iterable[Move]:
        """Return the moves that may be asked for in a state, in the file's order."""
        return (move for move in self.moves if state in move.from_)
