"""The schema: current, in accord with the loader, and seen by whoever edits a process."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, get_args

import pytest

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.process import CHOICES, PROPERTIES, Role
from cocflow.process.schema import FILE, OUTCOMES_FILE, schema, schema_text
from cocflow.setup import shipped
from cocflow.setup.in_force import process_files
from cocflow.setup.install import is_shipped, shipped_files

SCHEMA = shipped.workflows() / "schema" / FILE
EXAMPLES = Path(__file__).with_name("definitions")
PROCESSES = process_files(shipped.root())
NEGATIVE = sorted(EXAMPLES.glob("negative/*.yml"))

WRITTEN = re.compile(
    r"unknown (key|role|button|guard|record|instant|command|property|choice|process) `|lacks `"
    r"|must be (a|true)|must not be|is not a (color|place)|says nobody"
    r"|any more in |can't be a (name|figure's)|looks like a state's|must begin with an audience"
    r"|a label has 1 to"
    r"|the same item twice|not a duration|a duration must|nothing would be kept of|is recorded under"
    r"|isn't bound|no choice|may be called|needs a `to`|needs cocflow|needs `automatic|waits to be approved"
    r"|no timer can bring|is due before nothing|must have `after`|has no words to draft \(add a command"
    r"|asks nobody|no state's label can say"
)
"""What the loader says of that which a schema can see, too."""


def refused(paths: Iterable[Path]) -> set[str]:
    """Return the files that check-jsonschema refuses, by their names."""
    program = Path(sys.executable).parent / "check-jsonschema"
    command: list[str | Path] = [program, "--output-format", "json", "--schemafile", SCHEMA, *paths]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said: dict[str, Any] = json.loads(done.stdout)
    found = (*said.get("errors", ()), *said.get("parse_errors", ()))
    return {Path(one["filename"]).stem for one in found}


@pytest.fixture(scope="module")
def unseen() -> set[str]:
    """Return the negative examples that the schema lets pass."""
    return {path.stem for path in NEGATIVE} - refused(NEGATIVE)


def test_the_schema_is_current() -> None:
    """What is committed is exactly what `make docs` would write."""
    assert SCHEMA.read_text() == schema_text(), "out of date: run `make docs`"


def test_the_shipped_files_and_the_right_examples_are_let_pass() -> None:
    """Whatever the loader takes, the schema takes."""
    paths = [*PROCESSES, *EXAMPLES.glob("positive/*.yml")]
    assert refused(paths) == set()


@pytest.mark.parametrize("path", NEGATIVE, ids=lambda path: path.stem)
def test_what_a_schema_can_see_it_refuses(path: Path, unseen: set[str]) -> None:
    """Each wrong example that is wrong in how an entry is written, the schema refuses as well."""
    if WRITTEN.search(path.read_text().partition("\n")[0]):
        assert path.stem not in unseen


def test_it_knows_every_word_of_the_language() -> None:
    """Every guard, record, instant, command, role, property and choice is listed, each with what it means."""
    words = {
        *ACTS.guards,
        *ACTS.records,
        *ACTS.instants,
        *GRAMMAR,
        *get_args(Role),
        *PROPERTIES,
    }
    listed = {one["const"] for one in _described(schema())}
    assert words <= listed
    assert all(one["description"] for one in _described(schema()))
    assert set(schema()["properties"]["choices"]["properties"]) == set(CHOICES)


def _described(part: object) -> Iterable[dict[str, str]]:
    if isinstance(part, dict):
        if "const" in part and "description" in part:
            yield part
        for below in part.values():
            yield from _described(below)
    elif isinstance(part, list):
        for below in part:
            yield from _described(below)


@pytest.mark.parametrize("path", sorted(shipped.workflows().glob("*.yml")), ids=lambda path: path.stem)
def test_the_shipped_files_name_it_first(path: Path) -> None:
    """An editor finds it from the file's first line, here and in a community's repository."""
    found = re.match(r"# yaml-language-server: \$schema=(\S+)\n", path.read_text())
    assert found is not None
    target = (path.parent / found[1]).resolve()
    assert target == (SCHEMA if path in PROCESSES else SCHEMA.with_name(OUTCOMES_FILE)).resolve()
    relative = target.relative_to(shipped.root()).as_posix()
    assert is_shipped(relative)
    assert relative in shipped_files(shipped.root())
