"""What the entries of a process mean together: one rule each, giving every place that breaks it.

Owns the list of all rules, and those about states, sets, ways of asking and timers. What commands, guards
and records demand of each other is in `fitting.py`, drafts in `drafts.py`, what a process as a whole owes
to people in `whole.py`. Refuses to read anything: it gets a process and the entries that it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import msgspec

from cocflow.core.process import BACK, BY_ROOM, FOLDERS, ROOM, SUSPENSION, Process, Timer
from cocflow.errors import DefinitionError
from cocflow.process import drafts, fitting, whole
from cocflow.process.entries import Entry, Mistakes, one_of, shown
from cocflow.process.steps import closure, leads_to, people, requests, steps, writers

OWN_LABELS = (SUSPENSION, ROOM, "mail", BY_ROOM)
"""Labels by which cocflow knows issues that are no ordinary incidents."""

ONE_SPELLING = "write it alike: a label is the same in any case of letters"


class Sources(msgspec.Struct, frozen=True):
    """What a process came from: its entries, and the notices that have a template."""

    root: Entry
    notices: frozenset[str]
    no_template: Callable[[Entry, str], DefinitionError]


def mistakes(process: Process, sources: Sources) -> tuple[DefinitionError, ...]:
    """Return everything that is wrong with a process, by line."""
    found = [mistake for rule in RULES for mistake in rule(process, sources.root)]
    found += _replies_have_templates(process, sources)
    return tuple(sorted(found, key=lambda mistake: mistake.line or 0))


def _last_opening_is_open(process: Process, root: Entry) -> Mistakes:
    entries = root.at("opening").items()
    for entry, opening in zip(entries[:-1], process.openings[:-1], strict=True):
        if not opening.guards:
            hint = "put it last, or give it guards; nothing after it would be looked at"
            yield entry.error("only the last opening may be without guards", hint)
    if process.openings[-1].guards:
        hint = "add an opening without guards after it"
        yield entries[-1].error("the last opening has guards, so an issue might start nowhere", hint)


def _moves_are_asked_for(process: Process, root: Entry) -> Mistakes:
    """Every move has a way of asking, and somebody for each way."""
    for move in process.moves:
        entry = root.at("moves", move.name)
        asked = any(
            (
                move.command,
                move.label,
                move.quick_labels,
                move.button,
                move.edit,
                move.assign,
                move.letter,
            )
        )
        if not asked and not move.automatic:
            hint = "add command, label, quick_labels, button, edit, assign, letter or automatic"
            yield entry.error(f"nobody can ask for move `{move.name}`", hint)
        elif asked and not people(move) and not (move.letter and writers(move)):
            hint = "add a role to `by`, or leave only `automatic`"
            yield entry.at("by").error(f"people ask for move `{move.name}`, but nobody may", hint)
        elif people(move) and not asked:
            hint = "leave only cocflow in `by`, or add a command, label, button or edit"
            yield entry.at("by").error(f"people may ask for move `{move.name}`, but have no way to", hint)
        if move.letter and not writers(move):
            hint = "add reporter, party, suspended, guest or outside to `by`, or take `letter` out"
            message = f"nobody in `by` of `{move.name}` writes letters"
            yield entry.at("letter").error(message, hint)
        if "outside" in move.by and not move.letter:
            hint = "add `letter: true`, or take outside out"
            yield entry.at("by").error(f"the outside contact asks for `{move.name}` by letter only", hint)
        if move.care is not None and "administrator" not in people(move):
            hint = "add administrator to `by`, or take `care` out"
            yield entry.at("care").error(f"`care` in `{move.name}` is an administrator's", hint)


def _automatic_moves_are_cocflows(process: Process, root: Entry) -> Mistakes:
    for move in process.moves:
        entry = root.at("moves", move.name)
        if move.automatic and "cocflow" not in move.by:
            yield entry.at("automatic").error(
                f"`automatic` in `{move.name}` needs cocflow in `by`", "add cocflow"
            )
        if "cocflow" in move.by and not move.automatic:
            hint = "add `automatic: true`, or take cocflow out"
            yield entry.at("by").error(f"cocflow in `by` of `{move.name}` needs `automatic: true`", hint)
        if move.automatic and (move.to in move.from_ if move.to else not move.guards):
            hint = "give it a `to` that isn't in its `from`, or guards"
            yield entry.at("automatic").error(f"automatic move `{move.name}` would never end", hint)


def _automatic_moves_end(process: Process, root: Entry) -> Mistakes:
    """What cocflow does by itself never leads back to where it began: it would go round without end."""
    automatic = [move for move in process.moves if move.automatic]
    along = {(start, to) for move in automatic for start in move.from_ for to in leads_to(process, move)}
    for move in automatic:
        begun = set(move.from_)
        if move.to not in begun and begun & closure(leads_to(process, move), along):
            hint = "let a person, or a timer, ask for one of the moves between"
            entry = root.at("moves", move.name, "automatic")
            yield entry.error(f"by automatic moves alone, `{move.name}` leads back to where it began", hint)


def _labels_and_buttons_lead_somewhere(process: Process, root: Entry) -> Mistakes:
    """A state's label needs a state; an issue is closed in the final states and in no others."""
    final = {state.name for state in process.states if state.final}
    for move in process.moves:
        entry, targets = root.at("moves", move.name), set(leads_to(process, move))
        if move.label and move.to is None:
            yield entry.at("label").error(
                f"`label` in `{move.name}` needs a `to`", "add the state that it leads to"
            )
        if move.label and move.to == BACK:
            hint = "use a command, a quick label or `button: reopen`"
            yield entry.at("label").error(f"no state's label can say `{BACK}`, as in `{move.name}`", hint)
        if move.button == "close" and (not targets or targets - final):
            yield entry.at("button").error(
                f"Close in `{move.name}` must lead to a final state", one_of(final)
            )
        if move.button == "reopen" and (not targets or targets & final):
            hint = one_of({state.name for state in process.states} - final)
            yield entry.at("button").error(
                f"Reopen in `{move.name}` must lead to a state that isn't final", hint
            )


def _back_leads_somewhere(process: Process, root: Entry) -> Mistakes:
    """Who goes back must have come from outside: by a step into `from`, and by no opening."""
    for move in (one for one in process.moves if one.to == BACK):
        entry = root.at("moves", move.name)
        begun = [opening.to for opening in process.openings if opening.to in move.from_]
        if not leads_to(process, move):
            hint = "take states out of its `from`, or add a move into it"
            message = f"`{move.name}` leads back to nothing: no other state leads into its `from`"
            yield entry.at("to").error(message, hint)
        elif begun:
            hint = f"take `{begun[0]}` out of its `from`, or let it lead to a state"
            message = f"`{move.name}` leads back to nothing in an issue that begins in `{begun[0]}`"
            yield entry.at("to").error(message, hint)


def _sets_are_used(process: Process, root: Entry) -> Mistakes:
    """A set that nothing names would let an editor of the file believe that it does something."""
    lists = [root.at("moves", move.name, "from") for move in process.moves]
    lists += [root.at("timers", timer.name, "in") for timer in process.timers]
    used = {item.content for entry in lists for item in entry.items()}
    for name, _ in reversed(process.sets):
        entry = root.at("sets", name)
        if name in used:
            used |= {item.content for item in entry.items()}
        else:
            yield entry.error(
                f"nothing names the set `{name}`", "name it in a `from` or an `in`, or delete it"
            )


def _quick_labels_mean_one_thing(process: Process, root: Entry) -> Mistakes:
    meanings: dict[str, tuple[str, str]] = {}
    for move in process.moves:
        for label, value in move.quick_labels:
            entry = root.at("moves", move.name, "quick_labels", label)
            first, meaning = meanings.setdefault(label.casefold(), (label, value))
            if meaning != value:
                hint = f"elsewhere it stands for `{shown(meaning)}`"
                yield entry.error(f"quick label `{shown(label)}` stands for two things", hint)
            elif first != label:
                yield entry.error(f"GitHub can't tell `{shown(label)}` from `{shown(first)}`", ONE_SPELLING)


def _labels_are_apart(process: Process, root: Entry) -> Mistakes:
    """A mark, a quick label and cocflow's own labels are different ones, whatever the case of letters."""
    taken = dict.fromkeys(OWN_LABELS, "cocflow's own")
    for mark in process.marks:
        folded = mark.name.casefold()
        if folded in taken:
            entry = root.at("marks", mark.name)
            yield entry.error(f"`{shown(mark.name)}` is {taken[folded]} already", "call this one otherwise")
        taken[folded] = "a mark"
    for move in process.moves:
        for label in (one for one, _ in move.quick_labels if one.casefold() in taken):
            entry = root.at("moves", move.name, "quick_labels", label)
            what = taken[label.casefold()]
            yield entry.error(f"`{shown(label)}` is {what} already", "call the quick label otherwise")


def _no_move_hides_another(process: Process, root: Entry) -> Mistakes:
    """What one request by one role in one state could mean is decided by guards, in the file's order.

    A later move is tried where a guard refuses the earlier one, and so needs to lack one of its guards.
    """
    asked = {move.name: frozenset(requests(move)) for move in process.moves}
    for earlier, later in combinations(process.moves, 2):
        shared = asked[earlier.name] & asked[later.name]
        if shared and set(earlier.guards) <= set(later.guards):
            way, role, state = min(shared)
            entry = root.at("moves", later.name)
            hint = (
                f"put `{later.name}` before `{earlier.name}`, or give that one a guard which this one lacks"
            )
            message = f"`{later.name}` is hidden: {way} by {role} in `{state}` always means `{earlier.name}`"
            yield entry.error(message, hint)


def _timers_can_fire(process: Process, root: Entry) -> Mistakes:
    final = {state.name for state in process.states if state.final}
    for timer in process.timers:
        entry = root.at("timers", timer.name)
        if timer.after is None and timer.at is None:
            yield entry.error(f"timer `{timer.name}` must have `after` or `at`", "add one of them")
        if timer.before is not None and timer.at is None:
            yield entry.at("before").error(f"timer `{timer.name}` is due before nothing", "add `at`")
        if set(timer.in_) <= final and not timer.guards:
            hint = one_of({state.name for state in process.states} - final)
            yield entry.at("in").error(f"timer `{timer.name}` can't fire: it is in final states only", hint)
        if timer.to is None and not timer.notices and not timer.records:
            yield entry.error(f"timer `{timer.name}` does nothing", "add `to`, `records` or `notices`")
        yield from _reminds_in_steps(timer, entry)
        if timer.name in {move.name for move in process.moves}:
            yield entry.error(
                f"`{timer.name}` is a move's name already", "receipts name both; choose another"
            )


def _reminds_in_steps(timer: Timer, entry: Entry) -> Mistakes:
    """Only a reminder comes in steps, and only what administrators alone read stands in a digest."""
    steps = entry.at("patience")
    if timer.patience and timer.in_order:
        yield steps.error(f"timer `{timer.name}` decides something, and waits for nobody", "take it out")
    if timer.every is None and any(one.after or one.again for one in timer.patience):
        yield steps.error(f"the steps of timer `{timer.name}` count nothing", "add `every`")
    if timer.digest and not timer.patience:
        yield entry.at("digest").error(
            f"nothing says when the digest tells of `{timer.name}`", "add `patience`"
        )
    if timer.digest and any(not one.startswith("administrators/") for one in timer.notices):
        hint = "take it out, or let another timer tell the others"
        yield entry.at("digest").error(
            f"only administrators read the digest that tells of `{timer.name}`", hint
        )


def _states_are_reached(process: Process, root: Entry) -> Mistakes:
    reached = closure({opening.to for opening in process.openings}, steps(process))
    for state in process.states:
        if state.name not in reached:
            hint = "give an opening, a move or a timer this `to`, or delete the state"
            yield root.at("states", state.name).error(f"state `{state.name}` can't be reached", hint)


def _states_have_an_exit(process: Process, root: Entry) -> Mistakes:
    """From every state a final one can be reached; a dead end is named rather than what leads there."""
    leading = steps(process)
    final = {state.name for state in process.states if state.final}
    if not final:
        yield root.at("states").error("no state is final", "give the states that end it `final: true`")
        return
    stuck = {state.name for state in process.states} - closure(final, {(to, state) for state, to in leading})
    dead_ends = stuck - {state for state, _ in leading}
    for name in dead_ends:
        hint = "add a move or timer out of it, or `final: true`"
        yield root.at("states", name).error(f"state `{name}` has no exit", hint)
    for name in () if dead_ends else stuck:
        hint = f"add a way to {', '.join(sorted(final))}"
        yield root.at("states", name).error(f"from state `{name}` no final state can be reached", hint)


def _replies_have_templates(process: Process, sources: Sources) -> Iterator[DefinitionError]:
    """Whoever may ask is answered from the folder of their role; of somebody without one, `community`."""
    for move in process.moves:
        folders = [folder for role, folder in FOLDERS.items() if role in people(move)]
        folders += ["community"] if "anyone" in move.by else []
        for folder in folders:
            notice = f"{folder}/{move.reply}"
            if move.reply and notice not in sources.notices:
                yield sources.no_template(sources.root.at("moves", move.name, "reply"), notice)


RULES: tuple[Callable[[Process, Entry], Mistakes], ...] = (
    _last_opening_is_open,
    _moves_are_asked_for,
    _automatic_moves_are_cocflows,
    _automatic_moves_end,
    _labels_and_buttons_lead_somewhere,
    _back_leads_somewhere,
    _sets_are_used,
    _quick_labels_mean_one_thing,
    _labels_are_apart,
    _no_move_hides_another,
    _timers_can_fire,
    _states_are_reached,
    _states_have_an_exit,
    *fitting.RULES,
    *drafts.RULES,
    *whole.RULES,
)
"""Every rule."""
