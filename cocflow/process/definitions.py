"""From YAML to the core's structs: processes and issue forms, every mistake with its file and line.

Owns the format of `workflows/*.yml` and the rules that a process must keep to be run; it is the only
user of yaml. Refuses to return anything from a file of which any part is wrong, and lets nothing but
DefinitionError out, whatever the file holds. Reading order decides which mistake is named: first how
each entry is written, then, by line, what the entries mean together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from difflib import get_close_matches
from functools import partial
from itertools import combinations, product
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, get_args

import msgspec
import yaml

from cocflow.core.acts.commands import USAGE
from cocflow.core.acts.guards import GUARDS, INSTANTS
from cocflow.core.engine.decision import FOLDERS
from cocflow.core.process import Button, Figure, Mark, Move, Opening, Process, Role, State, Timer
from cocflow.core.text.when import read_duration
from cocflow.errors import DefinitionError

T = TypeVar("T")

AUDIENCES = ("reporter", "party", "suspended", "administrators", "community")
"""The folders of `templates/`: whom a notice is for."""

_PEOPLE = frozenset(get_args(Role)) - {"anyone", "cocflow"}
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_FIGURE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_COLOR = re.compile(r"[0-9a-fA-F]{6}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEMPLATE = ".md.j2"
_LONGEST_LABEL = 50  # GitHub's limit
_FEW = 20  # names that a hint lists
_SURELY_SHALLOW = 1_000  # columns and brackets
_MOST_ENTRIES = 10_000  # aliases of aliases grow without end
_SCALARS = frozenset(
    f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "float", "bool", "null", "timestamp")
)
_KINDS = {
    dict: "a mapping",
    tuple: "a list",
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "empty",
}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One value of a file and where it stands.

    `line` is that of its key, or of itself in a list. `path` names it for people (`moves.close.by`).
    `content` is a scalar, a tuple of entries, or a dict of entries by key; `raw` a scalar as typed.
    """

    file: str
    line: int
    path: str
    content: Any
    raw: str = ""

    def error(self, message: str, hint: str = "") -> DefinitionError:
        """Return the error that says what is wrong here; the caller raises it."""
        return DefinitionError(message, file=self.file, line=self.line, hint=hint)

    def mapping(self) -> dict[str, Entry]:
        """Return the entries by key; DefinitionError if this isn't a mapping."""
        if not isinstance(self.content, dict):
            raise self._wrong("a mapping", "write `name: …` on the lines below it, indented")
        return self.content

    def items(self) -> tuple[Entry, ...]:
        """Return the entries of a list; DefinitionError if this isn't one."""
        if not isinstance(self.content, tuple):
            raise self._wrong("a list", "put it between [ and ], with commas")
        return self.content

    def text(self) -> str:
        """Return a text on one line; DefinitionError if this is empty or isn't a text."""
        if not isinstance(self.content, str) or not self.content.strip():
            scalar = self.raw and not isinstance(self.content, str)
            raise self._wrong(
                "a text", 'write it in quotes, as in "1.0"' if scalar else "write one text here"
            )
        return " ".join(self.content.split())

    def flag(self) -> bool:
        """Return true or false; DefinitionError if this is neither."""
        if not isinstance(self.content, bool):
            raise self._wrong("true or false", "write true or false, without quotes")
        return self.content

    def at(self, *keys: str) -> Entry:
        """Return the entry under these keys, or the last one on the way that there is."""
        entry = self
        for key in keys:
            if not isinstance(entry.content, dict) or key not in entry.content:
                break
            entry = entry.content[key]
        return entry

    def plain(self) -> Any:
        """Return the content as dicts, lists and scalars."""
        if isinstance(self.content, dict):
            return {key: entry.plain() for key, entry in self.content.items()}
        if isinstance(self.content, tuple):
            return [entry.plain() for entry in self.content]
        return self.content

    def _wrong(self, wanted: str, hint: str = "") -> DefinitionError:
        found = "empty" if self.content == "" else _KINDS.get(type(self.content), "a date")
        if self.content is None and wanted == "a text":
            hint = "what begins with # must be written in quotes"
        return self.error(f"{self.path} must be {wanted}, but is {found}", hint)


Reader: TypeAlias = Callable[[Entry], Any]


def read_yaml(path: Path) -> Entry:
    """Read the one document of a YAML file, with the line of every key; keys are kept as typed.

    Raises DefinitionError if the file can't be read, isn't YAML, is empty, repeats a key, or is
    nested or grown by aliases without end.
    """
    file = str(path)
    text = _decoded(path)
    try:
        loader, node = _parsed(text)
        if node is None:
            raise DefinitionError("the file is empty", file=file, line=1)
        return _Tree(file, loader).entry(node, node.start_mark.line + 1, "the file")
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, file) from None
    except RecursionError:
        raise DefinitionError("nested too deeply to be read", file=file, line=1) from None


def load_process(
    path: Path, templates: Path | Iterable[Path], commands: Collection[str] = tuple(USAGE)
) -> Process:
    """Load a process and check all of it; `templates` are the folders, or the one, of its notices.

    `commands` are the names that a move's `command` may have. Raises DefinitionError with the line
    and the nearest right name for the first mistake.
    """
    root = read_yaml(path)
    names = _Names(
        states=tuple(root.at("states").mapping()),
        figures=tuple(root.at("figures").mapping()) if "figures" in root.mapping() else (),
        commands=tuple(commands),
        notices=frozenset(_notices_in([templates] if isinstance(templates, Path) else templates)),
    )
    process = Process(**read_fields(root, *_process_fields(names)))
    rules = (*_RULES, partial(_replies_have_templates, names.notices))
    mistakes = [mistake for rule in rules for mistake in rule(process, root)]
    if mistakes:
        raise min(mistakes, key=lambda mistake: mistake.line or 0)
    return process


def load_form_data(path: Path) -> dict[str, Any]:
    """Load an issue form's template as plain dicts, lists and scalars; `core/form.py` says what they mean."""
    root = read_yaml(path)
    root.mapping()
    data: dict[str, Any] = root.plain()
    return data


def read_fields(
    entry: Entry, required: Mapping[str, Reader], optional: Mapping[str, Reader] | None = None
) -> dict[str, Any]:
    """Read a mapping whose keys are known, each with its reader; the result has their Python names.

    Raises DefinitionError for an unknown key, a missing one, or whatever a reader refuses.
    """
    readers = {**required, **(optional or {})}
    entries = entry.mapping()
    for key, value in entries.items():
        if key not in readers:
            raise value.error(f"unknown key `{shown(key)}` in {entry.path}", nearest(key, readers))
    for key in required:
        if key not in entries:
            raise entry.error(f"{entry.path} lacks `{key}`", f"add the line `{key}: …`")
    return {_PYTHON_NAMES.get(key, key): readers[key](value) for key, value in entries.items()}


def known(what: str, names: Collection[str]) -> Reader:
    """Return the reader of a text that must be one of `names`."""

    def read(entry: Entry) -> str:
        name = entry.text()
        if name not in names:
            raise entry.error(f"unknown {what} `{shown(name)}` in {entry.path}", nearest(name, names))
        return name

    return read


def many(read_one: Callable[[Entry], T], *, at_least: int = 0) -> Callable[[Entry], tuple[T, ...]]:
    """Return the reader of a list without repetitions."""

    def read(entry: Entry) -> tuple[T, ...]:
        found: list[T] = []
        for item in entry.items():
            value = read_one(item)
            if value in found:
                raise item.error(f"{entry.path} has the same item twice", "delete one of them")
            found.append(value)
        if len(found) < at_least:
            raise entry.error(f"{entry.path} must not be an empty list", "name at least one")
        return tuple(found)

    return read


def day(entry: Entry) -> str:
    """Read a date, quoted or not, as `2026-11-30`."""
    try:
        if _DAY.fullmatch(entry.raw):
            return date.fromisoformat(entry.raw).isoformat()
    except ValueError:
        pass
    raise entry.error(f"{entry.path} is not a date", "write it as 2026-11-30")


def span(entry: Entry) -> timedelta | None:
    """Read an ISO 8601 duration; `never` is None."""
    text = entry.text()
    if text == "never":
        return None
    try:
        return read_duration(text)
    except DefinitionError as error:
        raise entry.error(f"{entry.path}: {error.message}", f"{error.hint}, or never") from None


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the hint that names the nearest of `names`; if none is near, all of them where they are few."""
    ordered = sorted(names)
    close = get_close_matches(name[:100], ordered, n=1)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"one of: {', '.join(ordered)}" if 0 < len(ordered) <= _FEW else ""


def shown(text: str) -> str:
    """Return a text as an error's one line can hold it."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


# From text to entries.


def _decoded(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"can't be read: {error.strerror or 'no such file'}", file=str(path)) from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise DefinitionError("not UTF-8 text", file=str(path), line=line) from None


def _parsed(text: str) -> tuple[yaml.SafeLoader, yaml.Node | None]:
    """Parse with libyaml, ten times as fast, what it can be trusted with; else, and for errors, without it.

    On deep nesting it crashes the interpreter; no text is nested deeper than it has brackets and columns.
    """
    columns = max(map(len, text.split("\n")))
    if yaml.__with_libyaml__ and columns + text.count("[") + text.count("{") < _SURELY_SHALLOW:
        try:
            quick: Any = yaml.CSafeLoader(text)
            return quick, quick.get_single_node()
        except yaml.YAMLError:
            pass  # the other parser's errors are for people
    loader = yaml.SafeLoader(text)
    return loader, loader.get_single_node()


def _not_yaml(error: yaml.YAMLError, text: str, file: str) -> DefinitionError:
    """Translate the parser's error: its own problem, in one line."""
    problem, line = "a character that YAML doesn't allow", 1
    if isinstance(error, yaml.MarkedYAMLError):
        problem = shown(error.problem or error.context or "can't be parsed")
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
    elif isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
    hint = "look at the indentation, the quotes and the colons of this line and the one before"
    return DefinitionError(f"not valid YAML: {problem}", file=file, line=line, hint=hint)


class _Tree:
    """Turns the parser's nodes into entries, and counts them."""

    def __init__(self, file: str, loader: yaml.SafeLoader):
        self._file = file
        self._loader = loader
        self._within: list[yaml.Node] = []
        self._count = 0

    def entry(self, node: yaml.Node, line: int, path: str) -> Entry:
        """Return the entry of a node whose key stands on `line`."""
        self._count += 1
        if self._count > _MOST_ENTRIES or any(node is outer for outer in self._within):
            raise self._error("an alias repeats what it stands in, or the file is far too long", line)
        if isinstance(node, yaml.ScalarNode):
            content, raw = self._scalar(node, line), node.value
            return Entry(file=self._file, line=line, path=path, content=content, raw=raw)
        self._within.append(node)
        if isinstance(node, yaml.MappingNode):
            content = self._mapping(node, path)
        else:
            content = tuple(self.entry(item, item.start_mark.line + 1, path) for item in node.value)
        self._within.pop()
        return Entry(file=self._file, line=line, path=path, content=content)

    def _mapping(self, node: yaml.MappingNode, path: str) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise self._error("a key must be a text", line)
            if key.tag == "tag:yaml.org,2002:merge":
                raise self._error("`<<` isn't supported", line, "write the keys out")
            name = key.value
            if name in entries:
                first = f"the first one is on line {entries[name].line}"
                raise self._error(f"key `{shown(name)}` is there twice", line, first)
            entries[name] = self.entry(value, line, name if path == "the file" else f"{path}.{shown(name)}")
        return entries

    def _scalar(self, node: yaml.ScalarNode, line: int) -> object:
        try:
            if node.tag in _SCALARS:
                return self._loader.construct_object(node)
        except (ValueError, LookupError, AttributeError, OverflowError):
            # The constructors trust the resolver's patterns: 2019-13-45 looks like a date.
            pass
        raise self._error(f"`{shown(node.value)}` can't be read", line, "write it in quotes, without a tag")

    def _error(self, message: str, line: int, hint: str = "") -> DefinitionError:
        return DefinitionError(message, file=self._file, line=line, hint=hint)


# From entries to a process: how each one is written.

_PYTHON_NAMES = {"process": "name", "from": "from_", "in": "in_", "opening": "openings"}


class _Names(msgspec.Struct, frozen=True, kw_only=True):
    """What the entries of one file may name."""

    states: tuple[str, ...]
    figures: tuple[str, ...]
    commands: tuple[str, ...]
    notices: frozenset[str]


Fields: TypeAlias = tuple[dict[str, Reader], dict[str, Reader]]


def _state_fields() -> Fields:
    optional: dict[str, Reader] = {"final": Entry.flag, "open_while": many(known("guard", GUARDS))}
    return {"color": _color, "means": Entry.text}, optional


def _process_fields(names: _Names) -> Fields:
    required: dict[str, Reader] = {
        "process": _name,
        "version": Entry.text,
        "published": day,
        "states": _named(_name, State, _state_fields()),
        "opening": _openings(names),
        "moves": _named(_name, Move, _move_fields(names)),
    }
    figure: Fields = ({"default": _default, "means": Entry.text}, {})
    mark: Fields = ({"color": _color, "means": Entry.text}, {})
    optional = {
        "marks": _named(_mark_name, Mark, mark, at_least=0),
        "timers": _named(_name, Timer, _timer_fields(names), at_least=0),
        "figures": _named(_figure_name, Figure, figure, at_least=0),
    }
    return required, optional


def _move_fields(names: _Names) -> Fields:
    state = known("state", names.states)
    required: dict[str, Reader] = {
        "means": Entry.text,
        "from": many(state, at_least=1),
        "by": many(known("role", get_args(Role)), at_least=1),
    }
    optional = {
        "to": state,
        "command": known("command", names.commands),
        "label": Entry.flag,
        "quick_labels": _quick_labels,
        "button": known("button", get_args(Button)),
        "edit": Entry.flag,
        "automatic": Entry.flag,
        "reply": _name,
        **_consequences(names),
    }
    return required, optional


def _timer_fields(names: _Names) -> Fields:
    state, figure = known("state", names.states), known("figure", names.figures)
    required: dict[str, Reader] = {"means": Entry.text, "in": many(state, at_least=1)}
    at = known("instant", INSTANTS)
    return required, {
        "after": figure,
        "at": at,
        "before": figure,
        "every": figure,
        "to": state,
        **_consequences(names),
    }


def _openings(names: _Names) -> Callable[[Entry], tuple[Opening, ...]]:
    required: dict[str, Reader] = {"to": known("state", names.states)}

    def read_one(entry: Entry) -> Opening:
        return Opening(**read_fields(entry, required, _consequences(names)))

    return many(read_one, at_least=1)


def _consequences(names: _Names) -> dict[str, Reader]:
    return {"guards": many(known("guard", GUARDS)), "notices": many(_notice(names.notices))}


def _named(
    read_name: Reader, kind: Callable[..., T], fields: Fields, *, at_least: int = 1
) -> Callable[[Entry], tuple[T, ...]]:
    """Return the reader of a mapping from names to things of one kind."""

    def read(entry: Entry) -> tuple[T, ...]:
        entries = entry.mapping()
        if len(entries) < at_least:
            raise entry.error(f"{entry.path} must not be empty", "add at least one")
        for name, value in entries.items():
            read_name(msgspec.structs.replace(value, content=name, raw=name))
        return tuple(kind(name=name, **read_fields(value, *fields)) for name, value in entries.items())

    return read


def _name(entry: Entry) -> str:
    name = entry.text()
    if not _NAME.fullmatch(name):
        hint = "a small letter first, then small letters, digits, _ and -; at most 40"
        raise entry.error(f"`{shown(name)}` can't be a name", hint)
    return name


def _mark_name(entry: Entry) -> str:
    name = entry.text()
    if not name.strip() or len(name) > _LONGEST_LABEL or name.startswith("state:"):
        most = _LONGEST_LABEL
        raise entry.error(f"a mark is a label of 1 to {most} characters, no state's", "choose another")
    return name


def _figure_name(entry: Entry) -> str:
    name = entry.text()
    if not _FIGURE.fullmatch(name):
        raise entry.error(f"`{shown(name)}` can't be a figure's name", "write it as estimate.remind_after")
    return name


def _color(entry: Entry) -> str:
    if not _COLOR.fullmatch(entry.raw):
        raise entry.error(f"{entry.path} is not a color", "six hexadecimal digits without #, as in 0e8a16")
    return entry.raw.lower()


def _default(entry: Entry) -> timedelta | None:
    return None if entry.content is None else span(entry)


def _quick_labels(entry: Entry) -> tuple[tuple[str, str], ...]:
    labels = entry.mapping()
    for label, value in labels.items():
        if not label.strip() or len(label) > _LONGEST_LABEL:
            raise value.error(f"a label has 1 to {_LONGEST_LABEL} characters", "choose another")
        if label.startswith("state:"):
            raise value.error(
                f"quick label `{shown(label)}` looks like a state's", "use `label: true` and `to`"
            )
    return tuple((label, "" if value.content is None else value.text()) for label, value in labels.items())


def _notice(existing: frozenset[str]) -> Callable[[Entry], str]:
    """Return the reader of `audience/name`, which must be a template's."""

    def read(entry: Entry) -> str:
        notice = entry.text()
        audience, _, name = notice.partition("/")
        if audience not in AUDIENCES or not name:
            alike = [one for one in existing if one.endswith(f"/{name or audience}")]
            hint = nearest(notice, alike) if alike else nearest(audience, AUDIENCES)
            raise entry.error(f"notice `{shown(notice)}` must begin with an audience and /", hint)
        if notice not in existing:
            raise _no_template(entry, notice, existing)
        return notice

    return read


def _no_template(entry: Entry, notice: str, existing: frozenset[str]) -> DefinitionError:
    audience = notice.partition("/")[0]
    beside = sorted(one for one in existing if one.startswith(f"{audience}/"))
    close = get_close_matches(notice[:100], beside, n=1)
    hint = f"did you mean `{close[0]}`?" if close else "write that file, or take the name out"
    return entry.error(f"there is no templates/{shown(notice)}{_TEMPLATE}", hint)


def _notices_in(templates: Iterable[Path]) -> Iterator[str]:
    for path in (path for folder in templates for path in folder.glob(f"*/*{_TEMPLATE}")):
        yield f"{path.parent.name}/{path.name.removesuffix(_TEMPLATE)}"


# What the entries mean together: one rule each, giving every place that breaks it.

Mistakes: TypeAlias = Iterator[DefinitionError]


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
        asked = any((move.command, move.label, move.quick_labels, move.button, move.edit))
        if not asked and not move.automatic:
            hint = "add command, label, quick_labels, button, edit or automatic"
            yield entry.error(f"nobody can ask for move `{move.name}`", hint)
        elif asked and not _people(move):
            hint = "add a role to `by`, or leave only `automatic`"
            yield entry.at("by").error(f"people ask for move `{move.name}`, but nobody may", hint)
        elif _people(move) and not asked:
            hint = "leave only cocflow in `by`, or add a command, label, button or edit"
            yield entry.at("by").error(f"people may ask for move `{move.name}`, but have no way to", hint)


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


def _labels_and_buttons_lead_somewhere(process: Process, root: Entry) -> Mistakes:
    """A state's label needs a state; an issue is closed in the final states and in no others."""
    final = {state.name for state in process.states if state.final}
    for move in process.moves:
        entry = root.at("moves", move.name)
        if move.label and move.to is None:
            yield entry.at("label").error(
                f"`label` in `{move.name}` needs a `to`", "add the state that it leads to"
            )
        if move.button == "close" and move.to not in final:
            yield entry.at("button").error(
                f"Close in `{move.name}` must lead to a final state", _one_of(final)
            )
        if move.button == "reopen" and (move.to is None or move.to in final):
            hint = _one_of({state.name for state in process.states} - final)
            yield entry.at("button").error(
                f"Reopen in `{move.name}` must lead to a state that isn't final", hint
            )


def _quick_labels_mean_one_thing(process: Process, root: Entry) -> Mistakes:
    meanings: dict[str, str] = {}
    for move in process.moves:
        for label, value in move.quick_labels:
            if meanings.setdefault(label, value) != value:
                entry = root.at("moves", move.name, "quick_labels", label)
                hint = f"elsewhere it stands for `{shown(meanings[label])}`"
                yield entry.error(f"quick label `{shown(label)}` stands for two things", hint)


def _no_move_hides_another(process: Process, root: Entry) -> Mistakes:
    """What one request by one role in one state could mean is decided by guards, in the file's order.

    A later move is tried where a guard refuses the earlier one, and so needs to lack one of its guards.
    """
    requests = {move.name: frozenset(_requests(move)) for move in process.moves}
    for earlier, later in combinations(process.moves, 2):
        shared = requests[earlier.name] & requests[later.name]
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
            hint = _one_of({state.name for state in process.states} - final)
            yield entry.at("in").error(f"timer `{timer.name}` can't fire: it is in final states only", hint)
        if timer.to is None and not timer.notices:
            yield entry.error(f"timer `{timer.name}` does nothing", "add `to` or `notices`")
        if timer.name in {move.name for move in process.moves}:
            yield entry.error(
                f"`{timer.name}` is a move's name already", "receipts name both; choose another"
            )


def _states_are_reached(process: Process, root: Entry) -> Mistakes:
    reached = _closure({opening.to for opening in process.openings}, _steps(process))
    for state in process.states:
        if state.name not in reached:
            hint = "give an opening, a move or a timer this `to`, or delete the state"
            yield root.at("states", state.name).error(f"state `{state.name}` can't be reached", hint)


def _states_have_an_exit(process: Process, root: Entry) -> Mistakes:
    """From every state a final one can be reached; a dead end is named rather than what leads there."""
    steps = _steps(process)
    final = {state.name for state in process.states if state.final}
    if not final:
        yield root.at("states").error("no state is final", "give the states that end it `final: true`")
        return
    stuck = {state.name for state in process.states} - _closure(final, {(to, state) for state, to in steps})
    dead_ends = stuck - {state for state, _ in steps}
    for name in dead_ends:
        hint = "add a move or timer out of it, or `final: true`"
        yield root.at("states", name).error(f"state `{name}` has no exit", hint)
    for name in () if dead_ends else stuck:
        hint = f"add a way to {', '.join(sorted(final))}"
        yield root.at("states", name).error(f"from state `{name}` no final state can be reached", hint)


def _replies_have_templates(existing: frozenset[str], process: Process, root: Entry) -> Mistakes:
    """Whoever may ask is answered from the folder of their role; of somebody without one, `community`."""
    for move in process.moves:
        folders = [folder for role, folder in FOLDERS if role in _people(move)]
        folders += ["community"] if "anyone" in move.by else []
        for folder in folders:
            notice = f"{folder}/{move.reply}"
            if move.reply and notice not in existing:
                yield _no_template(root.at("moves", move.name, "reply"), notice, existing)


_RULES = (
    _last_opening_is_open,
    _moves_are_asked_for,
    _automatic_moves_are_cocflows,
    _labels_and_buttons_lead_somewhere,
    _quick_labels_mean_one_thing,
    _no_move_hides_another,
    _timers_can_fire,
    _states_are_reached,
    _states_have_an_exit,
)


def _people(move: Move) -> frozenset[str]:
    """Return the roles of people who may ask for a move."""
    return _PEOPLE if "anyone" in move.by else _PEOPLE & set(move.by)


def _requests(move: Move) -> Iterator[tuple[str, str, str]]:
    """Give every way of asking for a move, with the role that asks and the state it asks in."""
    ways = [f"`{label}`" for label, _ in move.quick_labels]
    ways += [f"/{move.command}"] if move.command else []
    ways += [f"`state: {move.to}`"] if move.label else []
    ways += [move.button.capitalize()] if move.button else []
    ways += ["an edit of the body"] if move.edit else []
    yield from product(ways, _people(move), move.from_)
    if move.automatic:
        yield from product(["an automatic move"], ["cocflow"], move.from_)


def _steps(process: Process) -> set[tuple[str, str]]:
    """Return every step from a state to another one, by a move or a timer."""
    moves = {(start, move.to) for move in process.moves for start in move.from_ if move.to}
    timers = {(start, timer.to) for timer in process.timers for start in timer.in_ if timer.to}
    return {(start, to) for start, to in moves | timers if start != to}


def _closure(starts: set[str], steps: set[tuple[str, str]]) -> set[str]:
    """Return what can be reached from `starts`, themselves included."""
    reached, waiting = set(starts), list(starts)
    while waiting:
        here = waiting.pop()
        further = {to for start, to in steps if start == here} - reached
        reached |= further
        waiting += further
    return reached


def _one_of(names: Collection[str]) -> str:
    return f"one of: {', '.join(sorted(names))}" if names else "there is none"
