"""From entries to the core's structs: processes and issue forms, every mistake with its file and line.

Owns the language of `workflows/*.yml`. Refuses to return anything from a file of which any part is wrong.
Reading order decides which mistake is named: first how each entry is written, then, by line, what the
entries mean together (`checking.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeVar, get_args

import msgspec

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.forms.form import Form
from cocflow.core.forms.template import TemplateError, form_from_template
from cocflow.core.forms.wording import Wording, wording_from_template
from cocflow.core.process import (
    AUDIENCES,
    BACK,
    CHOICES,
    FOLDERS,
    OPTIONAL_CHOICES,
    STATE_PREFIX,
    Audible,
    Button,
    Choice,
    Drafting,
    Figure,
    FigureProperty,
    Kind,
    Mark,
    MarkProperty,
    Move,
    Opening,
    Process,
    Role,
    State,
    StateProperty,
    Step,
    Timer,
    TimerProperty,
)
from cocflow.errors import DefinitionError
from cocflow.process.checking import Sources, mistakes
from cocflow.process.entries import (
    Entry,
    Fields,
    ReadEntry,
    day,
    decoded,
    entries_of,
    known,
    many,
    nearest,
    read_fields,
    read_yaml,
    shown,
    span,
)

T = TypeVar("T")

TEMPLATE = ".md.j2"
"""How the file of a notice's template ends."""

NAME = r"[a-z][a-z0-9_-]{0,39}"
"""What a state, a set, a move, a timer or a template may be called."""

FIGURE = r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*"
"""What a figure may be called."""

COLOR = r"[0-9a-fA-F]{6}"

LONGEST_LABEL = 50
"""Characters of a label's name, as GitHub limits them."""

MOST_TIMES = 1_000
"""How many times its `every` a step of a reminder may be put off."""

FORMER_GUARDS = {
    "post_ready": "an approved draft goes out by itself now: give the move that drafts it "
    "`drafted: {approved_by: another}`, and delete this one",
    "another_approves": "write `guards: [may_approve]` and `records: [approval]`; "
    "whether another must approve stands at the draft's move: `drafted: {approved_by: another}`",
}
"""Guards of the language before 1.1, and what stands in their place."""

FORMER_INSTANTS = {"post.drafted": "write `at: draft.made` and `records: [silence]`"}
"""Instants of the language before 1.1, and what stands in their place."""

FORMER_TEMPLATES = {"administrators/post_approved": "administrators/approved"}
"""Templates that had another name before 1.1."""

FORMER_MARKS: dict[str, MarkProperty] = {
    "consent: none": "consent_none",
    "consent: parties": "consent_parties",
    "consent: community": "consent_community",
    "consent: by name": "consent_by_name",
    "notice: undelivered": "undelivered",
}
"""Marks that were known by their names before 1.1."""

_PYTHON_NAMES = {"process": "name", "from": "from_", "in": "in_", "opening": "openings", "is": "is_"}
_ASKED = tuple(folder for role, folder in FOLDERS.items() if role not in ("administrator", "filer", "guest"))


class Where(NamedTuple):
    """The files that a form and a process were read from."""

    form: Path
    process: Path


def load_process(
    path: Path, templates: Path | Iterable[Path], commands: Collection[str] | None = None
) -> Process:
    """Load a process and check all of it; `templates` are the folders, or the one, of its notices.

    `commands` are the names that a move's `command` may have, by default all that there are. Raises
    DefinitionError with the line and the nearest right name for the first mistake.
    """
    process, found = examine_process(path, templates, commands)
    if found:
        raise found[0]
    return process


def examine_process(
    path: Path, templates: Path | Iterable[Path], commands: Collection[str] | None = None
) -> tuple[Process, tuple[DefinitionError, ...]]:
    """Load a process, and return with it all that its entries mean wrongly together, by line.

    Raises DefinitionError for the first entry that isn't written as it must be.
    """
    try:
        process, found = _examined(
            decoded(path),
            tuple(GRAMMAR) if commands is None else tuple(commands),
            frozenset(notices_in([templates] if isinstance(templates, Path) else templates)),
        )
    except DefinitionError as error:
        raise error.of_file(str(path)) from None
    return process, tuple(one.of_file(str(path)) for one in found)


@lru_cache(maxsize=16)
def _examined(
    text: str, commands: tuple[str, ...], notices: frozenset[str]
) -> tuple[Process, tuple[DefinitionError, ...]]:
    """Examine a text once, wherever it stands: several look at the same, one after the other."""
    root = entries_of(text, "")
    states = _state_names(root)
    names = _Names(
        states=states,
        sets=_sets(root, states),
        figures=tuple(root.at("figures").mapping()) if "figures" in root.mapping() else (),
        commands=commands,
        notices=notices,
    )
    process = Process(**_named_for_python(read_fields(root, *_process_fields(names))))
    return process, mistakes(process, Sources(root, names.notices, names.no_template))


def load_form(path: Path, needed: Iterable[str]) -> Form:
    """Load an issue form; `needed` are the ids of the fields that it must have, for anybody to type in.

    Raises DefinitionError with the line for what can't be read back from an issue.
    """
    root = read_yaml(path)
    root.mapping()
    try:
        return form_from_template(root.plain(), needed)
    except TemplateError as error:
        raise root.at(*error.keys).error(error.message, error.hint) from None


def load_wording(path: Path, values: Mapping[str, str | tuple[str, ...]]) -> Wording:
    """Load what an issue form says around its questions, with `values` between its markers."""
    return wording_from_template(read_yaml(path).plain(), values)


def check_choices(process: Process, form: Form, where: Where) -> None:
    """Refuse a form that lacks a choice on which its process depends.

    Raises DefinitionError with the form's file and line; the hint names the process's.
    """
    for choice in process.choices:
        field = form.field(choice.field)
        if field is not None and len(field.options) == choice.of:
            continue
        if field is None and choice.name in OPTIONAL_CHOICES:
            continue
        body = read_yaml(where.form).at("body")
        line = read_yaml(where.process).at("choices", choice.name).line
        hint = f"{where.process}:{line} says where the form offers `{choice.name}`: {CHOICES[choice.name]}"
        if field is None:
            raise body.error(f"the question `{choice.field}` is gone", hint)
        options = body.at(field.place, "attributes", "options")
        found = len(field.options)
        raise options.error(
            f"`{field.id}` has {found} choices, not the {choice.of} that are counted on", hint
        )


def notices_in(templates: Iterable[Path]) -> Iterator[str]:
    """Give the notices, as `audience/name`, whose templates lie in these folders."""
    for path in (path for folder in templates for path in folder.glob(f"*/*{TEMPLATE}")):
        yield f"{path.parent.name}/{path.name.removesuffix(TEMPLATE)}"


# How each entry is written.


class _Names(msgspec.Struct, frozen=True, kw_only=True):
    """What the entries of one file may name. `sets` hold the states that each set stands for."""

    states: tuple[str, ...]
    sets: dict[str, tuple[str, ...]]
    figures: tuple[str, ...]
    commands: tuple[str, ...]
    notices: frozenset[str]

    def no_template(self, entry: Entry, notice: str) -> DefinitionError:
        """Return the error about a notice that has no template."""
        audience = notice.partition("/")[0]
        beside = sorted(one for one in self.notices if one.startswith(f"{audience}/"))
        close = get_close_matches(notice[:100], beside, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "write that file, or take the name out"
        if notice in FORMER_TEMPLATES:
            hint = f"it is called {FORMER_TEMPLATES[notice]} now"
        return entry.error(f"there is no templates/{shown(notice)}{TEMPLATE}", hint)


def _state_names(root: Entry) -> tuple[str, ...]:
    """Read the names of the states first, as all else may name them."""
    # A file without states is refused as soon as its keys are read.
    entries = root.at("states").mapping() if "states" in root.mapping() else {}
    for name, value in entries.items():
        _state_name(msgspec.structs.replace(value, content=name, raw=name))
    return tuple(entries)


def _sets(root: Entry, states: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Read the sets first, as every list of states may name them; a set may name earlier ones."""
    sets: dict[str, tuple[str, ...]] = {}
    if not states or "sets" not in root.mapping():
        return sets
    for name, value in root.at("sets").mapping().items():
        _name(msgspec.structs.replace(value, content=name, raw=name))
        if name in states or name == BACK:
            what = "a state's name already" if name in states else "where a move leads back"
            raise value.error(f"`{name}` is {what}", "call the set otherwise")
        sets[name] = _states(states, sets)(value)
    return sets


def _states(states: tuple[str, ...], sets: dict[str, tuple[str, ...]]) -> Callable[[Entry], tuple[str, ...]]:
    """Return the reader of a list of states and sets, which becomes one of states in the file's order."""
    one = known("state or set" if sets else "state", (*states, *sets))
    read_all = many(one, at_least=1)

    def read(entry: Entry) -> tuple[str, ...]:
        found = {state for name in read_all(entry) for state in sets.get(name, (name,))}
        return tuple(state for state in states if state in found)

    return read


def _named_for_python(fields: dict[str, Any]) -> dict[str, Any]:
    return {_PYTHON_NAMES.get(key, key): value for key, value in fields.items()}


def _process_fields(names: _Names) -> Fields:
    required: dict[str, ReadEntry] = {
        "process": known("process", get_args(Kind)),
        "version": Entry.text,
        "published": day,
        "states": _named(_state_name, State, _state_fields()),
        "opening": _openings(names),
        "moves": _named(_name, Move, _move_fields(names)),
    }
    figure: Fields = (
        {"default": _default, "means": Entry.text},
        {"is": _properties(get_args(FigureProperty))},
    )
    optional: dict[str, ReadEntry] = {
        "sets": lambda entry: tuple(names.sets.items()),
        "choices": _choices,
        "marks": _marks,
        "timers": _named(_name, Timer, _timer_fields(names), at_least=0),
        "figures": _named(_figure_name, Figure, figure, at_least=0),
    }
    return required, optional


def _state_fields() -> Fields:
    optional: dict[str, ReadEntry] = {
        "final": Entry.flag,
        "open_while": many(_guard),
        "is": _properties(get_args(StateProperty)),
    }
    return {"color": _color, "means": Entry.text}, optional


def _move_fields(names: _Names) -> Fields:
    required: dict[str, ReadEntry] = {
        "means": Entry.text,
        "from": _states(names.states, names.sets),
        "by": many(known("role", get_args(Role)), at_least=1),
    }
    optional: dict[str, ReadEntry] = {
        "to": known("state", (*names.states, BACK)),
        "command": known("command", names.commands),
        "label": Entry.flag,
        "quick_labels": _quick_labels,
        "button": known("button", get_args(Button)),
        "edit": Entry.flag,
        "assign": Entry.flag,
        "letter": Entry.flag,
        "automatic": Entry.flag,
        "care": many(_guard),
        "records": many(_record),
        "drafted": _drafted(names),
        "reply": _name,
        **_consequences(names),
    }
    return required, optional


def _timer_fields(names: _Names) -> Fields:
    figure = known("figure", names.figures)
    required: dict[str, ReadEntry] = {"means": Entry.text, "in": _states(names.states, names.sets)}
    return required, {
        "after": figure,
        "at": _or_former(known("instant", ACTS.instants), FORMER_INSTANTS),
        "before": figure,
        "every": figure,
        "patience": many(_step, at_least=1),
        "digest": Entry.text,
        "to": known("state", names.states),
        "records": many(_record),
        "is": _properties(get_args(TimerProperty)),
        **_consequences(names),
    }


def _step(entry: Entry) -> Step:
    optional: dict[str, ReadEntry] = {"outside": Entry.flag, "again": _times(1)}
    tells = known("listener", get_args(Audible))
    return Step(**read_fields(entry, {"after": _times(0), "tells": tells}, optional))


def _times(least: int) -> ReadEntry:
    """Return the reader of a number of times."""

    def read(entry: Entry) -> int:
        number = entry.content
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= MOST_TIMES:
            raise entry.error(f"{entry.path} must be a number", f"write one from {least} to {MOST_TIMES}")
        return number

    return read


def _openings(names: _Names) -> Callable[[Entry], tuple[Opening, ...]]:
    required: dict[str, ReadEntry] = {"to": known("state", names.states)}

    def read_one(entry: Entry) -> Opening:
        return Opening(**read_fields(entry, required, _consequences(names)))

    return many(read_one, at_least=1)


def _consequences(names: _Names) -> dict[str, ReadEntry]:
    return {"guards": many(_guard), "notices": many(_notice(names))}


def _named(
    read_name: ReadEntry, kind: Callable[..., T], fields: Fields, *, at_least: int = 1
) -> Callable[[Entry], tuple[T, ...]]:
    """Return the reader of a mapping from names to things of one kind."""

    def read(entry: Entry) -> tuple[T, ...]:
        entries = entry.mapping()
        if len(entries) < at_least:
            raise entry.error(f"{entry.path} must not be empty", "add at least one")
        for name, value in entries.items():
            read_name(msgspec.structs.replace(value, content=name, raw=name))
        return tuple(
            kind(name=name, **_named_for_python(read_fields(value, *fields)))
            for name, value in entries.items()
        )

    return read


def _name(entry: Entry) -> str:
    name = entry.text()
    if not re.fullmatch(NAME, name):
        hint = "a small letter first, then small letters, digits, _ and -; at most 40"
        raise entry.error(f"`{shown(name)}` can't be a name", hint)
    return name


def _state_name(entry: Entry) -> str:
    if entry.content == BACK:
        hint = "`to: back` leads back to the state before; call this one otherwise"
        raise entry.error(f"no state may be called `{BACK}`", hint)
    return _name(entry)


def _mark_name(entry: Entry) -> str:
    name = entry.text()
    if not name.strip() or len(name) > LONGEST_LABEL or name.casefold().startswith(STATE_PREFIX.strip()):
        most = LONGEST_LABEL
        raise entry.error(f"a mark is a label of 1 to {most} characters, no state's", "choose another")
    return name


def _figure_name(entry: Entry) -> str:
    name = entry.text()
    if not re.fullmatch(FIGURE, name):
        raise entry.error(f"`{shown(name)}` can't be a figure's name", "write it as estimate.remind_after")
    return name


def _color(entry: Entry) -> str:
    if not re.fullmatch(COLOR, entry.raw):
        raise entry.error(f"{entry.path} is not a color", "six hexadecimal digits without #, as in 0e8a16")
    return entry.raw.lower()


def _default(entry: Entry) -> Any:
    return None if entry.content is None else span(entry)


def _properties(names: Collection[str]) -> ReadEntry:
    return many(known("property", names), at_least=1)


def _guard(entry: Entry) -> Any:
    return _or_former(known("guard", ACTS.guards), FORMER_GUARDS)(entry)


def _record(entry: Entry) -> Any:
    return known("record", ACTS.records)(entry)


def _or_former(read: ReadEntry, former: dict[str, str]) -> ReadEntry:
    """Return a reader that says what stands in place of a name that there was before."""

    def read_new(entry: Entry) -> Any:
        if isinstance(entry.content, str) and entry.content in former:
            raise entry.error(
                f"there is no `{entry.content}` any more in {entry.path}", former[entry.content]
            )
        return read(entry)

    return read_new


def _marks(entry: Entry) -> tuple[Mark, ...]:
    properties = get_args(MarkProperty)
    for name, value in entry.mapping().items():
        if isinstance(value.content, dict) and "shows" not in value.content:
            shows = FORMER_MARKS.get(name)
            hint = f"add the line `shows: {shows}`" if shows else f"add `shows:` and {_one(properties)}"
            raise value.error(f"{value.path} lacks `shows`", hint)
    fields: Fields = ({"color": _color, "means": Entry.text, "shows": known("property", properties)}, {})
    return _named(_mark_name, Mark, fields, at_least=0)(entry)


def _one(names: Iterable[str]) -> str:
    return f"one of: {', '.join(names)}"


def _choices(entry: Entry) -> tuple[Choice, ...]:
    fields: Fields = ({"field": Entry.text, "option": _place, "of": _place}, {})
    return _named(known("choice", CHOICES), Choice, fields, at_least=0)(entry)


def _place(entry: Entry) -> int:
    place = entry.content
    if not isinstance(place, int) or isinstance(place, bool) or place < 1:
        raise entry.error(f"{entry.path} is not a place", "a number: the first choice is 1")
    return place


def _drafted(names: _Names) -> Callable[[Entry], Drafting]:
    required: dict[str, ReadEntry] = {"approved_by": _approved_by}

    def read(entry: Entry) -> Drafting:
        return Drafting(**read_fields(entry, required, {"asks": many(_asks(names), at_least=1)}))

    return read


def _approved_by(entry: Entry) -> Literal["anybody", "another"] | int:
    by = entry.content
    if by in ("anybody", "another") or (isinstance(by, int) and not isinstance(by, bool) and by >= 1):
        whom: Literal["anybody", "another"] | int = by
        return whom
    raise entry.error(f"{entry.path} says nobody", "anybody, another, or how many: 1, 2 and so on")


def _asks(names: _Names) -> Callable[[Entry], str]:
    read_notice = _notice(names)

    def read(entry: Entry) -> str:
        notice = read_notice(entry)
        if notice.partition("/")[0] not in _ASKED:
            raise entry.error(
                f"`{notice}` asks nobody who has a say in a draft", f"begin it with {_one(_ASKED)}"
            )
        return notice

    return read


def _quick_labels(entry: Entry) -> tuple[tuple[str, str], ...]:
    labels = entry.mapping()
    for label, value in labels.items():
        if not label.strip() or len(label) > LONGEST_LABEL:
            raise value.error(f"a label has 1 to {LONGEST_LABEL} characters", "choose another")
        if label != " ".join(label.split()):
            raise value.error(f"quick label `{shown(label)}` has blanks that GitHub drops", "take them out")
        if label.casefold().startswith(STATE_PREFIX.strip()):
            raise value.error(
                f"quick label `{shown(label)}` looks like a state's", "use `label: true` and `to`"
            )
    return tuple((label, "" if value.content is None else value.text()) for label, value in labels.items())


def _notice(names: _Names) -> Callable[[Entry], str]:
    """Return the reader of `audience/name`, which must be a template's."""

    def read(entry: Entry) -> str:
        notice = entry.text()
        audience, _, name = notice.partition("/")
        if audience not in AUDIENCES or not name:
            alike = [one for one in names.notices if one.endswith(f"/{name or audience}")]
            hint = nearest(notice, alike) if alike else nearest(audience, AUDIENCES)
            raise entry.error(f"notice `{shown(notice)}` must begin with an audience and /", hint)
        if notice not in names.notices:
            raise names.no_template(entry, notice)
        return notice

    return read
