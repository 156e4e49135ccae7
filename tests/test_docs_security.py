"""SECURITY.md: every test that its table names is there, every threat has one, and every key is explained.

No module's twin: of the page.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cocflow.core.case.seal import SETTING, SHORTEST_KEY

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("## Threats")[2].splitlines()
    if line.startswith("|")
][2:]
NAMED = re.findall(r"`(tests/[a-z_/]+\.py)::(test_[a-z0-9_]+)`", PAGE)


def test_every_threat_has_what_stops_it_and_a_test() -> None:
    """No row lacks a cell, and none lacks a test."""
    assert len(ROWS) > 15
    for threat, stop, shown in ROWS:
        assert threat
        assert stop
        assert re.search(r"`tests/.*::test_", shown), threat


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[name for _, name in NAMED])
def test_every_test_that_is_named_is_there(file: str, name: str) -> None:
    """A test that is renamed or deleted is missed here."""
    assert re.search(rf"^ *def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)


def test_the_key_is_described_as_it_is() -> None:
    """The setting's name and its shortest length stand on the page as in the code."""
    assert f"`{SETTING}` to at least {SHORTEST_KEY} characters" in PAGE
