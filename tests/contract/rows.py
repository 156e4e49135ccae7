"""The rows of the contract, what asks about each, and what was seen on github.com.

Owns `rows.toml` (the assumptions) and `verdicts.toml` (what `make live` and clicks in a browser found there).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Literal, TypeAlias, TypeVar

import msgspec

from cocflow.errors import CocflowError

HERE = Path(__file__).parent
ROWS, VERDICTS = HERE / "rows.toml", HERE / "verdicts.toml"

Seen: TypeAlias = Literal["holds", "differs", "unclear"]
"""What GitHub does: as the row says, otherwise, or it couldn't be asked."""


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An assumption. `known`: how surely, by `source`; `weight`: what it would cost if it were false.

    `why`: why no test asks. `either`: why no other answer can be played, since no code sees which it is.
    `clicks`: what to do in a browser, and what should show then.
    """

    says: str
    known: Literal["documented", "observed", "unknown"]
    weight: Literal["critical", "high", "medium", "low"]
    source: str = ""
    why: str = ""
    either: str = ""
    clicks: str = ""


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was seen on github.com, and when."""

    seen: Seen
    on: date


class DamagedError(CocflowError):
    """A file that is kept can't be read. Says what to do."""

    def __init__(self, path: Path, remedy: str, why: object = "") -> None:
        super().__init__(f"{path} can't be read{f': {why}' if why else ''}. {remedy}")


_Kept = TypeVar("_Kept")


def _kept(path: Path, kind: type[_Kept]) -> _Kept:
    """Return what stands in a file that is committed; DamagedError for one that isn't as it was written."""
    try:
        return msgspec.toml.decode(path.read_bytes(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        remedy = "Mend it there, or take it as it was committed: `git restore` and its name."
        raise DamagedError(path, remedy, error) from None


def rows(path: Path = ROWS) -> dict[str, Row]:
    """Return the assumptions, by their names."""
    return _kept(path, dict[str, Row])


def verdicts(path: Path = VERDICTS) -> dict[str, Verdict]:
    """Return what was seen on github.com, by the names of rows; nothing where there is no file."""
    return _kept(path, dict[str, Verdict]) if path.exists() else {}


def written(found: Mapping[str, Verdict]) -> str:
    """Return the file of verdicts."""
    head = (
        "# What was seen on github.com, and when: `holds`, `differs`, or `unclear` (it couldn't be asked).\n"
    )
    parts = (f'\n[{name}]\nseen = "{found[name].seen}"\non = {found[name].on}\n' for name in sorted(found))
    return head + "".join(parts)


def together(seen: Iterable[Seen]) -> Seen:
    """Return what several probes say of one row: one that differs decides, then one that is unclear."""
    found = set(seen)
    return "differs" if "differs" in found else "unclear" if "unclear" in found else "holds"


def asked(pattern: str) -> set[str]:
    """Return the rows that the tests of some files of this folder are about."""
    sources = (path.read_text(encoding="utf-8") for path in HERE.glob(pattern))
    marks = (mark for source in sources for mark in re.findall(r"^@row\(([^)]*)\)", source, re.MULTILINE))
    return {name for mark in marks for name in re.findall(r'"([A-Z]+-\d\d)"', mark)}
