"""The recipes of CONTRIBUTING are true: followed to the letter they work, and a forgotten step is named."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from cocflow.core.process import KINDS
from tests.recipes.reading import Block, copied, recipe

BY_LABEL, WITH_WORDS = recipe("A move by label"), recipe("A move with words")

PLACE = re.compile(r"(workflows/incident\.yml|acts/\w+\.py|incident\.yml|test_\w+\.py)(:|\", line )\d+")
"""A file and a line, as a check or Python names them."""

PLAYED = """
from tests.core.play import MFT, played_to
play = played_to("triaged")
play.labels(MFT, "state: paused", 6)
play.run()
assert play.state == "paused"
play.says(MFT, "/party Somebody New", 7)
play.labels(MFT, "resume", 8)
play.run()
assert play.state == "triaged"
assert [one.name for one in play.case().people_who("party")] == ["Somebody New"]
"""
"""A case that rests, goes on meanwhile in what may be done, and then where it was."""


MADE = (
    ("-m", "cocflow", "process", "schema", "--output", "workflows/schema/process.schema.json"),
    ("-m", "cocflow", "process", "write", "docs"),
    ("-m", "docs"),
)
"""What `make docs` runs."""

LISTED = """
from pathlib import Path
from cocflow.setup.in_force import load_processes
from cocflow.setup.job import JOB, quick_labels_of, with_quick_labels
job = Path(JOB)
labels = quick_labels_of(load_processes(Path.cwd()))
job.write_text(with_quick_labels(job.read_text("utf-8"), labels), "utf-8")
"""
"""What of it the process's own check looks at: for which labels the job starts."""


def run(folder: Path, *command: str) -> tuple[int, str]:
    """Run Python in a copy of the project, and return how it ended and what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def check(folder: Path) -> tuple[int, str]:
    """Let the process's own check look at a copy."""
    return run(folder, "-m", "cocflow", "process", "check")


def loop(folder: Path, *files: str) -> tuple[int, str]:
    """Run tests of a copy."""
    return run(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *files)


def follow(
    folder: Path, blocks: Iterable[Block], made: Iterable[tuple[str, ...]] = (("-c", LISTED),)
) -> Path:
    """Follow a recipe in a copy, and have made what is made."""
    for block in blocks:
        block.follow(folder)
    for command in made:
        run(folder, *command)
    return folder


def test_a_move_by_label_takes_the_process_file_alone(tmp_path: Path) -> None:
    """With what the page says and nothing else, the check is content, and the case rests and goes on."""
    folder = follow(copied(tmp_path), BY_LABEL)
    assert {block.file for block in BY_LABEL} == {"workflows/incident.yml"}
    assert check(folder)[0] == 0
    assert run(folder, "-c", PLAYED) == (0, "")


def test_a_move_with_words_takes_the_files_that_the_page_names(tmp_path: Path) -> None:
    """Process, act, registry, template and test, after `make docs`: the check and the page's test pass."""
    folder = follow(copied(tmp_path), (*BY_LABEL, *WITH_WORDS), MADE)
    ended, printed = check(folder)
    assert (ended, printed.count("is sound")) == (0, len(KINDS)), printed
    ended, printed = loop(
        folder,
        "tests/core/acts/test_pause.py",
        "tests/test_docs.py",
        "tests/test_mirror.py",
        "tests/core/acts/test_registry.py",
    )
    assert ended == 0, printed


@pytest.mark.parametrize("left_out", range(len(BY_LABEL)))
def test_a_forgotten_step_of_a_move_by_label_is_named(left_out: int, tmp_path: Path) -> None:
    """Whatever is forgotten, the check names file and line."""
    folder = follow(copied(tmp_path), (*BY_LABEL[:left_out], *BY_LABEL[left_out + 1 :]))
    ended, printed = check(folder)
    assert ended != 0
    assert PLACE.search(printed), printed


def test_a_forgotten_list_of_labels_is_named(tmp_path: Path) -> None:
    """Without `make docs`, the check says that the job doesn't start for the new label."""
    folder = copied(tmp_path)
    for block in BY_LABEL:
        block.follow(folder)
    ended, printed = check(folder)
    assert ended != 0
    assert "resume" in printed
    assert PLACE.search(printed), printed


@pytest.mark.parametrize("file", sorted({block.file for block in WITH_WORDS}))
def test_a_forgotten_file_of_a_move_with_words_is_named(file: str, tmp_path: Path) -> None:
    """Whichever of its files is forgotten, the check or the quick loop names it, or where it is missed."""
    kept = [block for block in WITH_WORDS if block.file != file]
    folder = follow(copied(tmp_path), (*BY_LABEL, *kept))
    ended, printed = check(folder)
    if PLACE.search(printed) is None:
        ended, printed = loop(folder, "tests/test_mirror.py", "tests/core/acts/test_registry.py")
    assert ended != 0
    assert PLACE.search(printed) or file in printed, printed
