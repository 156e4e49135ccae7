"""The archives of what the jobs import are given only to a repository whose lock they were made of."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cocflow.setup import shipped
from cocflow.setup.archive import SUMS, archive_name, archives_for, signing_name, with_sums
from cocflow.setup.install import CONFIGURATION, LOCK, shipped_files
from cocflow.setup.wheel import wheel
from tests.cli.premises import FLAGS

SUFFIX = ".cpython-313-x86_64-linux-gnu"
NAME, SIGNING = archive_name(SUFFIX), signing_name(SUFFIX)


@pytest.fixture
def made(tmp_path: Path) -> dict[str, bytes]:
    """Lay archives out as `make bundle` does, and return them."""
    files = with_sums({NAME: b"modules", SIGNING: b"keys"}, LOCK, b"click==8\n")
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    return files


def assert_summed(root: Path) -> None:
    """Assert that `sha256sum` finds whatever the sums name, as it was."""
    check = ("sha256sum", "--check", "--strict", "--quiet", SUMS)
    assert subprocess.run(check, cwd=root, check=False).returncode == 0


def test_it_goes_with_the_lock_that_it_was_made_of(made: dict[str, bytes], tmp_path: Path) -> None:
    """Archives and sums are given as they lie there, and `sha256sum` finds all files as they were."""
    assert archives_for(tmp_path, b"click==8\n", signs=True) == made
    (tmp_path / LOCK).write_bytes(b"click==8\n")
    assert_summed(tmp_path)


def test_what_signs_is_only_for_jobs_that_sign(made: dict[str, bytes], tmp_path: Path) -> None:
    """Others are given the rest alone, and sums that are whole without it."""
    given = archives_for(tmp_path, b"click==8\n", signs=False)
    assert (set(given), given[NAME]) == ({NAME, SUMS}, made[NAME])
    (tmp_path / LOCK).write_bytes(b"click==8\n")
    (tmp_path / SUMS).write_bytes(given[SUMS])
    (tmp_path / SIGNING).unlink()
    assert_summed(tmp_path)


def test_another_lock_gets_none(made: dict[str, bytes], tmp_path: Path) -> None:
    """Made of another version or other dependencies, it isn't given out; and where none was made, none."""
    assert archives_for(tmp_path, b"click==9\n", signs=False) == {}
    (tmp_path / SUMS).unlink()
    assert archives_for(tmp_path, b"click==8\n", signs=False) == {}


@pytest.mark.parametrize("name", [NAME, SIGNING])
def test_one_that_was_changed_is_not_given_out(name: str, made: dict[str, bytes], tmp_path: Path) -> None:
    """An archive that isn't the one that was made stays where it is, and its companion with it."""
    (tmp_path / name).write_bytes(made[name] + b"!")
    assert archives_for(tmp_path, b"click==8\n", signs=True) == {}
    (tmp_path / name).unlink()
    assert archives_for(tmp_path, b"click==8\n", signs=True) == {}


def test_init_gives_it_out_as_long_as_it_fits(tmp_path: Path) -> None:
    """A package that carries an archive of itself puts it into a repository, and takes an old one away."""
    carried = shipped_files(shipped.root()) | {CONFIGURATION: (shipped.root() / CONFIGURATION).read_bytes()}
    name, content = wheel(carried)
    (tmp_path / name).write_bytes(content)
    target, made = tmp_path / "installed", tmp_path / "made"
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target)
    subprocess.run((*pip, tmp_path / name), check=True)

    said = []

    def given() -> set[str]:
        init = (sys.executable, "-m", "cocflow", "init", "--local", made, *FLAGS)
        environment = {**os.environ, "PYTHONPATH": str(target)}
        done = subprocess.run(init, check=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        said.append(done.stdout)
        return {one.relative_to(made).as_posix() for one in made.glob(".github/cocflow-modules.*")}

    assert given() == set()
    for path, one in with_sums({NAME: b"modules"}, LOCK, (made / LOCK).read_bytes()).items():
        (target / "cocflow" / "_shipped" / path).write_bytes(one)
    assert given() == {NAME, SUMS}
    (target / "cocflow" / "_shipped" / NAME).write_bytes(b"others")
    assert given() == set()
    assert f"{NAME}: remove: it isn't what the jobs import now" in said[-1]
