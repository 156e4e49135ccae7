"""When a process needs a new version: what a change means for the cases that are open under the old one.

Owns the comparison of two definitions. A state, move, timer or set's member that was taken away or renamed
needs a new version, and so does a move or timer that means something else; wording, colours and notices
don't. Open cases go on under the file that is in force; receipts record the version, and a case in a state
that the file lacks stops until the state is back, or an administrator moves it.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from cocflow.core.process import Move, Process, State, Timer
from cocflow.errors import DefinitionError
from cocflow.process.loading import load_process

_WORDS = frozenset({"means", "color", "notices", "reply", "name", "patience", "digest"})
"""Fields that say something to people, and decide nothing."""

_LISTS = {"from_": "from", "in_": "in", "by": "by"}
"""Fields of which only what is taken away matters: who or where it was possible before."""


def needs_new_version(old: Process, new: Process) -> tuple[str, ...]:
    """Return, each as a sentence, what of a change needs a new version; () if nothing does."""
    return (
        *_sets(old, new),
        *_things("state", old.states, new.states),
        *_things("move", old.moves, new.moves),
        *_things("timer", old.timers, new.timers),
        *_rest(old, new),
    )


def unversioned(old: Process, new: Process) -> tuple[str, ...]:
    """Return what a change does that its version doesn't tell; () if another version tells it."""
    return needs_new_version(old, new) if old.id == new.id else ()


def committed(path: Path) -> str | None:
    """Return a file's text as it was committed last; None outside a git work tree, or if it is new."""
    command = ("git", "show", f"HEAD:./{path.name}")
    try:
        shown = subprocess.run(  # noqa: S603 - fixed words, and a name of a file that exists
            command, cwd=path.resolve().parent, capture_output=True, check=False, timeout=30
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return shown.stdout.decode(errors="replace") if shown.returncode == 0 else None


def load_committed(path: Path, templates: Iterable[Path]) -> Process | None:
    """Return a process as it was committed last, None if it wasn't, or is written in an older language."""
    text = committed(path)
    if text is None:
        return None
    with TemporaryDirectory() as name:
        copy = Path(name) / path.name
        copy.write_text(text, encoding="utf-8")
        try:
            return load_process(copy, templates)
        except DefinitionError:
            return None


def _sets(old: Process, new: Process) -> Iterator[str]:
    now = dict(new.sets)
    for name, members in old.sets:
        if name not in now:
            yield f"the set `{name}` is gone"
        elif gone := [one for one in members if one not in now[name]]:
            yield f"the set `{name}` lacks {_names(gone)}"


def _things(
    what: str, old: Iterable[State | Move | Timer], new: Iterable[State | Move | Timer]
) -> Iterator[str]:
    now = {one.name: one for one in new}
    for one in old:
        if one.name not in now:
            yield f"the {what} `{one.name}` is gone"
            continue
        for field in (name for name in one.__struct_fields__ if name not in _WORDS):
            before, after = getattr(one, field), getattr(now[one.name], field)
            if field in _LISTS:
                if gone := [each for each in before if each not in after]:
                    yield f"the {what} `{one.name}` lacks {_names(gone)} in `{_LISTS[field]}`"
            elif _meaning(before) != _meaning(after):
                yield f"the {what} `{one.name}` has another `{field.rstrip('_')}`"


def _meaning(value: object) -> object:
    """Return what decides something in a value: the order of names doesn't, nor which notice asks."""
    if isinstance(value, tuple):
        return frozenset(value)
    if isinstance(value, msgspec.Struct) and hasattr(value, "asks"):
        return (getattr(value, "approved_by", None), frozenset(one.partition("/")[0] for one in value.asks))
    return value


def _rest(old: Process, new: Process) -> Iterator[str]:
    figures = {one.name for one in new.figures}
    yield from (f"the figure `{one.name}` is gone" for one in old.figures if one.name not in figures)
    choices = {one.name: one for one in new.choices}
    for choice in old.choices:
        if choices.get(choice.name) != choice:
            yield f"the choice `{choice.name}` stands elsewhere in the form"


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
