"""From YAML to entries: the values of a file, each with its line, and the readers that all files share.

Owns how an entry is written; it is the only user of yaml. What the entries mean is the business of who
reads them: processes and forms (`loading.py`), the configuration (`setup/community.py`). Lets nothing but
DefinitionError out, whatever a file holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import msgspec
import yaml

from cocflow.core.text.when import read_duration
from cocflow.errors import DefinitionError

T = TypeVar("T")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
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

    def at(self, *keys: str | int) -> Entry:
        """Return the entry under these keys (places from 0 in lists), or the last one that there is."""
        entry = self
        for key in keys:
            below = entry.content
            if isinstance(key, int):
                found = isinstance(below, tuple) and 0 <= key < len(below)
            else:
                found = isinstance(below, dict) and key in below
            if not found:
                break
            entry = below[key]
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


ReadEntry: TypeAlias = Callable[[Entry], Any]
Fields: TypeAlias = tuple[dict[str, ReadEntry], dict[str, ReadEntry]]
"""The keys that a mapping must have, and those that it may, each with its reader."""


Mistakes: TypeAlias = Iterator[DefinitionError]
"""What a rule about several entries gives."""


def read_yaml(path: Path) -> Entry:
    """Read the one document of a YAML file, with the line of every key; keys are kept as typed.

    Raises DefinitionError if the file can't be read, isn't YAML, is empty, repeats a key, or is
    nested or grown by aliases without end.
    """
    return entries_of(decoded(path), str(path))


@lru_cache(maxsize=32)
def entries_of(text: str, file: str) -> Entry:
    """Read the text of a YAML file as `read_yaml` does; once, as several look at the same."""
    try:
        loader, node = _parsed(text)
        if node is None:
            raise DefinitionError("the file is empty", file=file, line=1)
        return _Tree(file, loader).entry(node, node.start_mark.line + 1, "the file")
    except yaml.YAMLError as error:
        raise _not_yaml(error, text, file) from None
    except RecursionError:
        raise DefinitionError("nested too deeply to be read", file=file, line=1) from None


def read_fields(
    entry: Entry, required: Mapping[str, ReadEntry], optional: Mapping[str, ReadEntry] | None = None
) -> dict[str, Any]:
    """Read a mapping whose keys are known, each with its reader.

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
    return {key: readers[key](value) for key, value in entries.items()}


def known(what: str, names: Collection[str]) -> ReadEntry:
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


def instant(entry: Entry) -> datetime:
    """Read a date, or a date and time, quoted or not; without a zone it has none."""
    try:
        return datetime.fromisoformat(entry.raw)
    except ValueError:
        raise entry.error(
            f"{entry.path} is neither a date nor a time", "write it as 2026-11-30, or 2026-11-30T09:00Z"
        ) from None


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


def one_of(names: Collection[str]) -> str:
    """Return the hint that lists all names."""
    return f"one of: {', '.join(sorted(names))}" if names else "there is none"


def shown(text: str) -> str:
    """Return a text as an error's one line can hold it."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


# From text to entries.


def decoded(path: Path) -> str:
    """Return the text of a file. Raises DefinitionError if it can't be read."""
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
