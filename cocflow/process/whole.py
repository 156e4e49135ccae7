"""What a process as a whole owes to the people in it, and to the program that knows it by properties.

Owns the rules that no single move can break: help everywhere, consent and withdrawal wherever it isn't over,
and something that carries each property on which a guard, a label or a template depends.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import get_args

from cocflow.core.acts import ACTS
from cocflow.core.process import (
    CHOICES,
    FOLDERS,
    INCIDENT,
    OPTIONAL_CHOICES,
    PROPERTIES,
    ChoiceName,
    Kind,
    MarkProperty,
    Move,
    Process,
    Property,
    Role,
    StateProperty,
    TimerProperty,
)
from cocflow.errors import DefinitionError
from cocflow.process.entries import Entry, Mistakes, decoded, entries_of, read_yaml
from cocflow.process.steps import people

MARKS: dict[Kind, tuple[MarkProperty, ...]] = {
    "incident": get_args(MarkProperty),
    "suspension": ("undelivered", "held"),
    "room": ("undelivered",),
}
"""What the labels of each kind of issue show besides its state."""

HELD = "hold"
"""What a move records by which a case is held; where none does, no label has to show it."""

NEEDED_BY_FIELDS: Mapping[str, tuple[Property, ...]] = {
    "answer_by": ("promise", "awaits_estimate"),
    "estimate_due": ("promise", "awaits_estimate"),
    "triage_due": ("awaits_triage",),
    "appeal_from": ("appeal_open",),
    "in_force": ("account_suspended",),
}
"""What a view's fields are made of: a template that names one depends on these properties."""

CARD = "administrators/card"
"""The template that every issue shows, whatever its process names."""

_OF_KIND: dict[str, frozenset[Property]] = {
    "incident": frozenset({"promise", "awaits_estimate", "awaits_triage"}),
    "suspension": frozenset({"appeal_open", "appeal_window", "account_suspended"}),
    "room": frozenset(),
}

_SHIPPED_CHOICES: dict[ChoiceName, tuple[str, int, int]] = {
    "filed_for_another": ("learned", 3, 3),
    "in_danger": ("danger", 1, 1),
    "in_public": ("where", 1, 2),
    "consent_none": ("share", 1, 5),
    "consent_parties": ("share", 2, 5),
    "consent_parties_by_name": ("share", 3, 5),
    "consent_community": ("share", 4, 5),
    "consent_community_by_name": ("share", 5, 5),
}


def _help_is_always_near(process: Process, root: Entry) -> Mistakes:
    """In every state, everyone in the case can ask for help, under no guard."""
    everyone = sorted({role for move in process.moves for role in people(move)} | _in_the_case(process))
    helping = [move for move in process.moves if move.command == "help" and not move.guards]
    if everyone and not helping:
        hint = f"add a move with `command: help`, from every state, `by: [{', '.join(everyone)}]`, no guards"
        yield root.at("moves").error("nobody can ask for help", hint)
        return
    for state in process.states:
        helped = {role for move in helping if state.name in move.from_ for role in people(move)}
        if missing := [role for role in everyone if role not in helped]:
            there = [move for move in helping if state.name in move.from_]
            key, what = ("by", missing[0]) if there else ("from", state.name)
            entry = root.at("moves", (there or helping)[0].name, key)
            message = f"in `{state.name}`, {' and '.join(missing)} can't ask for help"
            yield entry.error(message, f"add `{what}` here")


def _in_the_case(process: Process) -> set[Role]:
    """Return the roles of those whom such a case can concern, whether or not a move is theirs."""
    recorded = {name for move in process.moves for name in move.records}
    concerned: dict[str, Role] = {"party": "party", "suspension": "suspended"}
    return {role for name, role in concerned.items() if name in recorded}


def _what_is_over_is_over(process: Process, root: Entry) -> Mistakes:
    """Only a finished case can be kept open, and no account is suspended in one that is over."""
    for state in process.states:
        entry = root.at("states", state.name)
        if state.open_while and not state.final:
            message = f"`{state.name}` isn't final, so it is open anyway"
            yield entry.at("open_while").error(message, "delete `open_while`, or add `final: true`")
        if state.final and "account_suspended" in state.is_:
            yield entry.at("is").error(
                f"in `{state.name}` the suspension is over", "take `account_suspended` out"
            )


def _the_promise_comes(process: Process, root: Entry) -> Mistakes:
    """What the reporter is promised is promised by a time."""
    for timer in (one for one in process.timers if "promise" in one.is_ and one.after is not None):
        if process.figure(timer.after or "").default is None:
            entry = root.at("figures", timer.after or "", "default")
            yield entry.error("the reporter would be promised nothing", "write a time, as P1D")


def _never_too_late(process: Process, root: Entry) -> Mistakes:
    """Consent, and until it is decided withdrawal, are the reporter's to say; a `/told` can be recorded."""
    wanted = (
        ("consent", [one for one in process.moves if one.command == "consent" and "consent" in one.records]),
        ("withdraw", _by(process, "withdraw")),
        ("told", _by(process, "told")),
    )
    for command, moves in wanted:
        whose = "administrator" if command == "told" else "reporter"
        if moves and not any(whose in people(move) for move in moves):
            entry = root.at("moves", moves[0].name, "by")
            yield entry.error(f"`/{command}` is the {whose}'s to say", f"add {whose}")
            continue
        moves = [move for move in moves if whose in people(move)]
        covered = {state for move in moves for state in move.from_}
        for state in process.states:
            decided = command == "withdraw" and "appeal_open" in state.is_  # others were told, and may appeal
            if moves and not state.final and not decided and state.name not in covered:
                entry = root.at("moves", moves[0].name, "from")
                yield entry.error(
                    f"`/{command}` must be possible in `{state.name}`, which isn't final",
                    f"add `{state.name}` here",
                )


TAKES_A_SAY = frozenset({"party", "suspension"})
"""What a move records that may mean an administrator."""


def _a_say_can_be_settled(process: Process, root: Entry) -> Mistakes:
    """Where a move may take an administrator's say, somebody can say in every state how it is."""
    if not any(TAKES_A_SAY & set(move.records) for move in process.moves):
        return
    for command in ("confirm", "clear"):
        moves = [move for move in _by(process, command) if "administrator" in move.by and move.letter]
        covered = {state for move in moves if "outside" in move.by for state in move.from_}
        for state in (one.name for one in process.states if one.name not in covered):
            message = f"in `{state}` nobody can `/{command}` that it concerns an administrator"
            hint = (
                f"add a move with `command: {command}`, from every state, `by: [administrator, outside]`,"
                " `letter: true`, `guards: [say_is_open]`, `records: [say_settled]`"
            )
            yield root.at("moves", moves[0].name if moves else "", "from").error(message, hint)
            break


def _recorded_consent_counts(process: Process, root: Entry) -> Mistakes:
    """What administrators record in the reporter's words waits for them, and counts by a timer."""
    moves = [one for one in process.moves if "consent" in one.records and "administrator" in one.by]
    if any(move.command for move in moves) and not any(
        "consent_counted" in timer.records and timer.at == "consent.recorded" for timer in process.timers
    ):
        move = next(move for move in moves if move.command)
        hint = (
            "add a timer with `at: consent.recorded`, `after`, `guards: [reporter_heard]` and"
            " `records: [consent_counted]`"
        )
        yield root.at("moves", move.name, "records").error(
            f"what `{move.name}` records in the reporter's words would never count", hint
        )


DISMISSAL, ALONE = "dismissal", "handled_nowhere"
"""What is recorded of a dismissal, and the guard of its end where nobody sees to it, by their names there."""


def _what_is_dismissed_comes_back(process: Process, root: Entry) -> Mistakes:
    """A dismissal ends a case, and can be taken back: by people, and where its report would be lost."""
    for move in (one for one in process.moves if DISMISSAL in one.records):
        to, entry = process.state(move.to), root.at("moves", move.name)
        if to is None or not to.final:
            yield entry.at("records").error(
                f"`{move.name}` dismisses, and ends nothing", "add `to:` with a final state"
            )
            continue
        back = [one for one in process.moves_from(to.name) if one.to not in (None, to.name)]
        if not any("administrator" in one.by for one in back):
            hint = f"add a move from `{to.name}`, `by: [administrator]`, with `button: reopen`"
            yield entry.at("to").error(f"nobody can take up what `{move.name}` dismisses", hint)
        if not any(one.automatic and ALONE in one.guards for one in back):
            hint = f"add a move from `{to.name}`, `by: [cocflow]`, `automatic: true`, `guards: [{ALONE}]`"
            yield entry.at("to").error(
                f"what `{move.name}` hands over is lost where the other report ends without a resolution",
                hint,
            )


def _what_is_withdrawn_says_so(process: Process, root: Entry) -> Mistakes:
    """The program knows that a report was taken back by the property of the state, never by its name."""
    for move in (one for one in _by(process, "withdraw") if one.to):
        to = process.state(move.to)
        if to is not None and "taken_back" not in to.is_:
            yield root.at("states", to.name).error(
                f"`{move.name}` leads to `{to.name}`, which doesn't say that the report was taken back",
                "add `is: [taken_back]`",
            )


def _by(process: Process, command: str) -> list[Move]:
    return [move for move in process.moves if move.command == command]


def carried(process: Process) -> dict[Property, list[str]]:
    """Return what carries each property, by its name in the file."""
    found: dict[Property, list[str]] = {}
    for things in (process.states, process.timers, process.figures):
        for one in things:
            for property_ in one.is_:
                found.setdefault(property_, []).append(one.name)
    return found


def _who_waits_has_a_promise(process: Process, root: Entry) -> Mistakes:
    """In every state in which the reporter waits for an estimate, the timer that promises one runs."""
    promise = process.timer_that("promise")
    for state in process.states:
        if promise is not None and "awaits_estimate" in state.is_ and state.name not in promise.in_:
            message = f"in `{state.name}` the reporter waits for an estimate, and nothing promises one"
            yield root.at("timers", promise.name, "in").error(message, f"add `{state.name}` here")


def _guards_find_what_they_need(process: Process, root: Entry) -> Mistakes:
    there = carried(process)
    for entry, name in _guards(process, root):
        for property_ in ACTS.guards[name].needs:
            if property_ not in there:
                message = f"guard `{name}` needs something that is `{property_}`"
                yield entry.error(message, _carry(property_))


def _guards(process: Process, root: Entry) -> Iterator[tuple[Entry, str]]:
    for state in process.states:
        yield from ((root.at("states", state.name, "open_while"), one) for one in state.open_while)
    for entry, opening in zip(root.at("opening").items(), process.openings, strict=True):
        yield from ((entry.at("guards"), one) for one in opening.guards)
    for move in process.moves:
        yield from ((root.at("moves", move.name, "guards"), one) for one in move.guards)
    for timer in process.timers:
        yield from ((root.at("timers", timer.name, "guards"), one) for one in timer.guards)


def _carry(property_: Property) -> str:
    if property_ in get_args(StateProperty):
        what = "each state of which it is true"
    else:
        what = "the timer" if property_ in get_args(TimerProperty) else "the figure"
    meaning = PROPERTIES[property_].rstrip(".")
    return f"add `is: [{property_}]` to {what}: {meaning[0].lower()}{meaning[1:]}"


def _one_timer_and_one_figure_each(process: Process, root: Entry) -> Mistakes:
    for kind, things in (("timers", process.timers), ("figures", process.figures)):
        first: dict[str, str] = {}
        for one in things:
            for property_ in one.is_:
                if first.setdefault(property_, one.name) != one.name:
                    entry = root.at(kind, one.name, "is")
                    yield entry.error(
                        f"`{first[property_]}` is the `{property_}` already", "leave one of them"
                    )


def _marks_show_what_there_is(process: Process, root: Entry) -> Mistakes:
    wanted = next((marks for kind, marks in MARKS.items() if kind == process.name), ())
    first: dict[MarkProperty, str] = {}
    for mark in process.marks:
        entry = root.at("marks", mark.name, "shows")
        if mark.shows not in wanted:
            yield entry.error(f"no {process.name} ever shows `{mark.shows}`", "delete this mark")
        elif first.setdefault(mark.shows, mark.name) != mark.name:
            yield entry.error(f"`{first[mark.shows]}` shows `{mark.shows}` already", "leave one of them")
    holds = any(HELD in move.records for move in process.moves)
    for shows in (one for one in wanted if one not in first and (one != "held" or holds)):
        hint = f"add a label under `marks` with `shows: {shows}`"
        yield root.at("marks").error(f"no mark shows `{shows}`", hint)


def _choices_are_bound(process: Process, root: Entry) -> Mistakes:
    """An incident's form offers every choice that it has to, each in its own place; others' none."""
    if process.name != INCIDENT:
        for choice in process.choices[:1]:
            yield root.at("choices", choice.name).error(
                f"a {process.name} depends on no choice", "delete `choices`"
            )
        return
    bound = {choice.name for choice in process.choices}
    for name in (one for one in CHOICES if one not in bound | OPTIONAL_CHOICES):
        field, option, of = _SHIPPED_CHOICES[name]
        line = f"{name}: {{field: {field}, option: {option}, of: {of}}}"
        hint = f"add under `choices` where your form offers it, as in `{line}`"
        yield root.at("choices").error(f"the choice `{name}` isn't bound", hint)
    places: dict[tuple[str, int], str] = {}
    for choice in process.choices:
        if choice.option > choice.of:
            entry = root.at("choices", choice.name, "option")
            yield entry.error(
                f"`{choice.name}` is choice {choice.option} of {choice.of}", "correct one of them"
            )
        first = places.setdefault((choice.field, choice.option), choice.name)
        if first != choice.name:
            entry = root.at("choices", choice.name)
            yield entry.error(
                f"`{choice.name}` stands where `{first}` does", "each has a place of its own in the form"
            )


RULES = (
    _help_is_always_near,
    _never_too_late,
    _what_is_withdrawn_says_so,
    _a_say_can_be_settled,
    _recorded_consent_counts,
    _what_is_dismissed_comes_back,
    _who_waits_has_a_promise,
    _guards_find_what_they_need,
    _one_timer_and_one_figure_each,
    _what_is_over_is_over,
    _the_promise_comes,
    _marks_show_what_there_is,
    _choices_are_bound,
)
"""The rules of this file."""


STATED, TAKEN_OVER = "outcomes", "decided_end"
"""What a resolution records that ends interim suspensions, and what a suspension does of that."""

END, FOR_ONE = "end", "end_for_one"
"""What a suspension records by which somebody says until when, and the guard of what takes several."""


def check_ends_are_taken_over(incident: Process, suspension: Process, path: Path) -> None:
    """Refuse a suspension process that never hears which end an incident's resolution has decided.

    Refuse one where one administrator decides what takes several, too. `path` is its file. Raises
    DefinitionError.
    """
    decides = any(STATED in move.records for move in incident.moves)
    ends = decides and any(one.suspends for one in incident.outcomes)
    if ends and not any(TAKEN_OVER in move.records for move in suspension.moves):
        hint = (
            "add a move from the states in which it is in force, as `take_over_end` of cocflow's own:"
            f" `by: [cocflow]`, `automatic: true`, `guards: [end_decided_above]`, `records: [{TAKEN_OVER}]`"
        )
        message = "nothing takes over the end of a suspension that an incident's resolution decides"
        raise read_yaml(path).at("moves").error(message, hint)
    several = ends and any(one.suspends and one.voices != 1 for one in incident.outcomes)
    for move in suspension.moves:
        if several and END in move.records and FOR_ONE not in move.guards:
            entry = read_yaml(path).at("moves", move.name)
            raise entry.error(
                f"by `{move.name}` one decides what takes several", f"add `guards: [{FOR_ONE}]`"
            )


def what_templates_lack(
    process: Process, path: Path, fields_of: Callable[[str], Collection[str]] | None
) -> tuple[DefinitionError, ...]:
    """Return for each template of a process the properties that it needs and nothing carries.

    `path` is the process's file; `fields_of` gives the names of a view that a notice's template uses.
    """
    if fields_of is None:
        return ()
    root, there = entries_of(decoded(path), ""), carried(process)
    found = dict[tuple[str, Property], DefinitionError]()
    of_kind = _OF_KIND.get(process.name, frozenset())
    for entry, notice in _notices(process, root):
        for field in fields_of(notice):
            for property_ in NEEDED_BY_FIELDS.get(field, ()):
                if property_ in of_kind and property_ not in there:
                    message = f"templates/{notice} says `{field}`, for which something must be `{property_}`"
                    found.setdefault((notice, property_), entry.error(message, _carry(property_)))
    return tuple(one.of_file(str(path)) for one in found.values())


def _notices(process: Process, root: Entry) -> Iterator[tuple[Entry, str]]:
    yield root.at("states"), CARD
    for entry, opening in zip(root.at("opening").items(), process.openings, strict=True):
        yield from ((entry.at("notices"), one) for one in opening.notices)
    for move in process.moves:
        entry = root.at("moves", move.name)
        yield from ((entry.at("notices"), one) for one in move.notices)
        yield from ((entry.at("drafted", "asks"), one) for one in (move.drafted.asks if move.drafted else ()))
        folders = (folder for role, folder in FOLDERS.items() if move.reply and role in people(move))
        yield from ((entry.at("reply"), f"{folder}/{move.reply}") for folder in folders)
    for timer in process.timers:
        yield from ((root.at("timers", timer.name, "notices"), one) for one in timer.notices)
