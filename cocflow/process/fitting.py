"""What a command, its guards and what is recorded of it demand of each other, by the subjects' own word.

Owns the rules that keep a process from recording nothing, or what its move can't bring. The subjects
(`core/acts/`) say what fits; nothing here knows one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.case.act import Recorder
from cocflow.core.process import Kind, Move, Process
from cocflow.errors import UserMistake
from cocflow.process.entries import Entry, Mistakes, shown

_WORDLESS = ("label", "quick_labels", "button", "automatic")
"""Ways of asking that bring no words. (A quick label of a command brings those that it stands for.)"""

_KINDS: dict[Kind, str] = {"incident": "incidents", "suspension": "suspensions", "room": "rooms"}
_PLAYS = {
    "commands": "`/{name}` is a command of {kinds} only",
    "guards": "`{name}` is demanded in {kinds} only",
    "records": "`{name}` is recorded in {kinds} only",
    "instants": "`{name}` is a time of {kinds} only",
}


def _named(process: Process, root: Entry) -> Iterator[tuple[Entry, str, str]]:
    """Give every name of a subject's, with where it stands and what it is (a field of Act)."""
    for state in process.states:
        yield from ((root.at("states", state.name, "open_while"), "guards", one) for one in state.open_while)
    for entry, opening in zip(root.at("opening").items(), process.openings, strict=True):
        yield from ((entry.at("guards"), "guards", one) for one in opening.guards)
    for move in process.moves:
        entry = root.at("moves", move.name)
        yield from ((entry.at("command"), "commands", one) for one in [move.command] if one)
        yield from ((entry.at("guards"), "guards", one) for one in move.guards)
        yield from ((entry.at("care"), "guards", one) for one in move.care or ())
        yield from ((entry.at("records"), "records", one) for one in move.records)
    for timer in process.timers:
        entry = root.at("timers", timer.name)
        yield from ((entry.at("at"), "instants", one) for one in [timer.at] if one)
        yield from ((entry.at("guards"), "guards", one) for one in timer.guards)
        yield from ((entry.at("records"), "records", one) for one in timer.records)


def _subjects_play_here(process: Process, root: Entry) -> Mistakes:
    kinds = tuple(_KINDS)
    here = next((kind for kind in kinds if kind == process.name), None)
    for entry, among, name in _named(process, root):
        elsewhere = [kind for kind in kinds if ACTS.serves(kind, name, among)]
        if here is not None and elsewhere and here not in elsewhere:
            message = _PLAYS[among].format(name=name, kinds=" and ".join(_KINDS[one] for one in elsewhere))
            yield entry.error(message, "take it out")


def _guards_fit_the_command(process: Process, root: Entry) -> Mistakes:
    """A guard that judges a command stands on moves by that command only."""
    commands = {
        f"moves.{move.name}.{key}": move.command for move in process.moves for key in ("guards", "care")
    }
    for entry, among, name in _named(process, root):
        guard = ACTS.guards[name] if among == "guards" else None
        if guard is None or not guard.commands:
            continue
        command = commands.get(entry.path)
        if command not in guard.commands:
            goes = _or(f"`/{one}`" for one in guard.commands)
            message = f"guard `{name}` judges {goes}, which isn't the command here"
            asks = entry.path in commands
            yield entry.error(
                message, f"take it out, or add `command: {guard.commands[0]}`" if asks else "take it out"
            )


def _what_happens_by_itself_asks_nobody(process: Process, root: Entry) -> Mistakes:
    """A guard that judges who asks has nothing to judge at a timer, an opening or a finished state."""
    moves = {f"moves.{move.name}.{key}" for move in process.moves for key in ("guards", "care")}
    for entry, among, name in _named(process, root):
        if among == "guards" and ACTS.guards[name].asked and entry.path not in moves:
            yield entry.error(f"guard `{name}` judges who asks, and nobody asks here", "take it out")


def _records_fit_the_move(process: Process, root: Entry) -> Mistakes:
    """What is recorded comes about by the move's ways, and under its guards."""
    for move in process.moves:
        entry = root.at("moves", move.name, "records")
        recorded = [ACTS.records[name] for name in move.records]
        # That nothing at all is kept of an edit or a letter is the next rule's to say.
        kept = [
            way
            for way in _ways(move)
            if way in _WORDLESS or (way != "command" and any(_suits(one, way, move) for one in recorded))
        ]
        for one in recorded:
            if not any(_suits(one, way, move) for way in _ways(move)):
                yield entry.error(
                    f"`{move.name}` can't bring `{one.name}`", f"it comes by {_or(comes_by(one))}"
                )
                continue
            for way in _ways(move):
                if way in kept and not _suits(one, way, move):
                    hint = f"take it out; `{one.name}` comes by {_or(comes_by(one))}"
                    message = f"`{way}` in `{move.name}` brings no `{one.name}`"
                    yield root.at("moves", move.name, way).error(message, hint)
            yield from _under_guards(entry, one, move.guards)


def _quick_labels_can_say_it(process: Process, root: Entry) -> Mistakes:
    """A quick label stands for words that its command reads, and of which nothing has to be kept."""
    for move in process.moves:
        recorded = [ACTS.records[name] for name in move.records]
        holding = [one.name for one in recorded if one.holds_words and move.command in one.commands]
        kept = next(iter(holding), None)
        for label, value in move.quick_labels if move.command else ():
            entry = root.at("moves", move.name, "quick_labels", label)
            if value and kept is not None:
                message = f"`{shown(label)}` can't bring `{kept}`: words stand in a comment"
                yield entry.error(message, "write null: then it asks how the command is written")
            elif value and (reason := _unread(move.command, value)) is not None:
                yield entry.error(f"`/{move.command}` can't read `{shown(value)}`", reason)


def _unread(command: str | None, value: str) -> str | None:
    try:
        GRAMMAR[command or ""].parse(value, "")
    except UserMistake as mistake:
        return str(mistake)
    return None


def _records_fit_the_timer(process: Process, root: Entry) -> Mistakes:
    for timer in process.timers:
        entry = root.at("timers", timer.name, "records")
        for one in (ACTS.records[name] for name in timer.records):
            if not one.by_timer:
                yield entry.error(
                    f"no timer can bring `{one.name}`",
                    f"it comes by {_or(comes_by(one))}: record it in a move",
                )
            yield from _under_guards(entry, one, timer.guards)


def _under_guards(entry: Entry, one: Recorder, guards: tuple[str, ...]) -> Mistakes:
    if missing := [name for name in one.guards if name not in guards]:
        message = f"`{one.name}` is recorded under the guard `{missing[0]}` only"
        yield entry.error(message, f"add `guards: [{', '.join(dict.fromkeys((*missing, *guards)))}]`")


def _nothing_is_lost(process: Process, root: Entry) -> Mistakes:
    """What somebody says by a command, an edit or a letter is kept, if it is of a kind that can be."""
    kept = [one for one in ACTS.records.values() if _plays(process, one)]
    for move in process.moves:
        entry = root.at("moves", move.name)
        recorded = [ACTS.records[name] for name in move.records]
        by_command = [one for one in kept if move.command in one.commands]
        if by_command and not any(one in by_command for one in recorded):
            able = [one for one in by_command if set(one.guards) <= set(move.guards)]
            apt = [one for one in able if one.guards] or able or by_command
            hint = _or(f"`records: [{one.name}]`" for one in apt)
            yield entry.at("command").error(f"nothing would be kept of `/{move.command}`", f"add {hint}")
        if move.edit and not any(one.by_edit for one in recorded):
            hint = _add(one.name for one in kept if one.by_edit)
            yield entry.at("edit").error(f"nothing would be kept of an edit by `{move.name}`", hint)
        if move.assign and not any(one.by_assignment for one in recorded):
            hint = _add(one.name for one in kept if one.by_assignment)
            yield entry.at("assign").error(f"nothing would be kept of an assignment by `{move.name}`", hint)
        wordless = move.command is not None and not by_command
        if move.letter and not wordless and not any(one.by_letter for one in recorded):
            hint = _add(one.name for one in kept if one.by_letter)
            yield entry.at("letter").error(f"nothing would be kept of a letter by `{move.name}`", hint)


def _add(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"add `records: [{listed}]`" if listed else "take it out"


def _plays(process: Process, one: Recorder) -> bool:
    return any(ACTS.serves(kind, one.name, "records") for kind in _KINDS if kind == process.name)


def _ways(move: Move) -> list[str]:
    """Return the keys of a move that are ways of asking; a quick label of a command is a way to give it."""
    ways = ["command"] if move.command else []
    ways += ["quick_labels"] if move.quick_labels and not move.command else []
    ways += ["label"] if move.label else []
    ways += ["button"] if move.button else []
    ways += ["edit"] if move.edit else []
    ways += ["assign"] if move.assign else []
    ways += ["letter"] if move.letter else []
    ways += ["automatic"] if move.automatic else []
    return ways


def _suits(one: Recorder, way: str, move: Move) -> bool:
    match way:
        case "command":
            return move.command in one.commands
        case "label" | "quick_labels" | "button":
            return one.by_label
        case "edit":
            return one.by_edit
        case "assign":
            return one.by_assignment
        case "automatic":
            return one.by_itself
        case "letter":
            return one.by_letter
        case _:
            return False


def comes_by(one: Recorder) -> Iterator[str]:
    """Give the ways in which something that is recorded comes about, as they are written."""
    yield from (f"`command: {name}`" for name in one.commands)
    yield from ["a quick label without a command"] if one.by_label else []
    yield from ["`edit: true`"] if one.by_edit else []
    yield from ["`assign: true`"] if one.by_assignment else []
    yield from ["`automatic: true`"] if one.by_itself else []
    yield from ["`letter: true`"] if one.by_letter else []
    yield from ["a timer"] if one.by_timer else []


def _or(words: Iterator[str]) -> str:
    return " or ".join(words)


RULES = (
    _subjects_play_here,
    _guards_fit_the_command,
    _records_fit_the_move,
    _quick_labels_can_say_it,
    _records_fit_the_timer,
    _what_happens_by_itself_asks_nobody,
    _nothing_is_lost,
)
"""The rules of this file."""
