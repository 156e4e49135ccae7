"""`--help`: every command shows how people call it, and whatever a text names of the command line exists.

It is of all commands at once, and of the texts that name them.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete

from cocflow.cli import COMMANDS, FIRST, cocflow

ROOT = Path(__file__).parents[2]
EXAMPLE = re.compile(r"^ *(?:Examples?: *)?(?:[A-Z_]+=\S+(?: [^)]*\))? )?cocflow ((?:[a-z]+ ?).*)$", re.M)
OTHERS = frozenset(
    {"--editable", "--scopes", "--repo", "--yes", "--hash", "--spec", "--create", "--write"}
    | {"--edit-last", "--jq"}
)
"""Flags of gh, pip, pipx and git, and of `python -m benchmarks`, that a text names."""


def _commands(
    command: click.Command, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, one in command.commands.items():
            yield from _commands(one, (*path, name))
    else:
        yield path, command


def _every() -> dict[tuple[str, ...], click.Command]:
    found: dict[tuple[str, ...], click.Command] = {}
    for name in COMMANDS:
        module = importlib.import_module(f"cocflow.cli.{name}")
        found |= dict(_commands(getattr(module, name), (name,)))
    return found


EVERY = _every()


def parsed(line: str) -> tuple[str, ...]:
    """Parse a command line as it would be, without calling anything; return the command's path."""
    words = line.split()
    for length in (2, 1):
        path = tuple(words[:length])
        if path in EVERY:
            EVERY[path].make_context(" ".join(path), words[length:])
            return path
    raise AssertionError(line)


@pytest.mark.parametrize("path", sorted(EVERY), ids=" ".join)
def test_every_command_has_an_example_that_parses(path: tuple[str, ...]) -> None:
    """Whoever asks for help can copy a line; it calls this command, with what there is."""
    examples = EXAMPLE.findall((EVERY[path].help or "").partition("\b")[2])
    assert examples
    assert {parsed(line) for line in examples} == {path}


def test_what_most_people_do_first_parses() -> None:
    """`cocflow` alone names commands that there are."""
    lines = [re.split(r" {2,}", line.strip())[0] for line in FIRST.splitlines() if line.startswith("  ")]
    assert [parsed(line.removeprefix("cocflow ")) for line in lines] == [
        ("demo",),
        ("init",),
        ("doctor",),
        ("status",),
    ]


TEXTS = sorted(
    [
        *(ROOT / "cocflow" / "cli").glob("*.py"),
        *(ROOT / "cocflow" / "setup").glob("*.py"),
        *(ROOT / "templates").rglob("*.j2"),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
    ]
)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_flag_that_a_text_names_exists(path: Path) -> None:
    """No text sends anybody to a flag that there isn't."""
    known = {one for command in EVERY.values() for param in command.params for one in param.opts}
    known |= OTHERS | {"--help", "--version"}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+(?![\w-])", path.read_text("utf-8")))
    assert named - known == set()


@pytest.mark.parametrize(
    ("words", "begun", "offered"),
    [((), "do", {"doctor"}), (("rooms",), "e", {"erase"}), (("status",), "--d", {"--due"})],
)
def test_the_shell_completes_what_there_is(words: tuple[str, ...], begun: str, offered: set[str]) -> None:
    """Commands, those below one, and flags; `eval "$(_COCFLOW_COMPLETE=bash_source cocflow)"` asks for it."""
    completing = BashComplete(cocflow, {}, "cocflow", "_COCFLOW_COMPLETE")
    assert {one.value for one in completing.get_completions(list(words), begun)} == offered
    assert "_COCFLOW_COMPLETE=bash_source" in (ROOT / "README.md").read_text("utf-8")
