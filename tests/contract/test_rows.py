"""Every row of the contract is in a test of this folder, or in its README with the reason why not."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
ROWS = {
    "ID": 13,
    "BODY": 12,
    "EDIT": 10,
    "LABEL": 15,
    "TIME": 12,
    "SUB": 8,
    "LOCK": 3,
    "LIMIT": 10,
    "GQL": 10,
    "FORM": 12,
    "JOB": 19,
    "ROLE": 9,
    "INIT": 14,
    "APP": 13,
    "REST": 3,
}
"""How many rows there are of each kind."""
ALL = {f"{kind}-{number:02}" for kind, count in ROWS.items() for number in range(1, count + 1)}


def named() -> set[str]:
    """Return the rows that tests are about."""
    sources = (path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    marks = (mark for source in sources for mark in re.findall(r"^@row\(([^)]*)\)", source, re.MULTILINE))
    return {name for mark in marks for name in re.findall(r'"([A-Z]+-\d\d)"', mark)}


def excused() -> list[str]:
    """Return the rows that the README gives a reason for."""
    return re.findall(
        r"^\| ([A-Z]+-\d\d) \| \S", (HERE / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )


def test_every_row_is_somewhere() -> None:
    """Tested or excused, once, and under a name that the contract has."""
    assert len(ALL) == 163
    assert len(excused()) == len(set(excused()))
    assert named() | set(excused()) == ALL
    assert named().isdisjoint(excused())


def test_probes_know_nothing_of_the_sandbox() -> None:
    """They could be run against any GitHub: only what the target is made of knows which it is."""
    for path in (HERE / "target.py", *HERE.glob("test_probe_*.py")):
        assert "cocflow.sandbox" not in path.read_text(encoding="utf-8"), path.name
