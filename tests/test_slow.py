"""The quick loop leaves out what serves or starts processes, whoever it reaches that through.

No module's twin: of `tests/slow.py`.
"""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.slow import dealt, is_slow


@pytest.mark.parametrize("name", ["tests.servers.smtp", "tests.cli.premises", "tests.faults.history"])
def test_what_reaches_a_server_is_slow(name: str) -> None:
    """A module is slow by what it uses itself, and by what that uses."""
    assert is_slow(import_module(name).__name__)


@pytest.mark.parametrize(("folder", "code"), [("sandbox", 5), ("process", 0)])
def test_the_quick_loop_collects_no_slow_test(folder: str, code: int) -> None:
    """They are marked before pytest looks for the mark: of a folder with nothing else, none is left (5)."""
    asked = (sys.executable, "-m", "pytest", "-q", "-n0", "--collect-only", "-m", "not slow")
    found = subprocess.run((*asked, Path(__file__).with_name(folder)), capture_output=True, check=False)
    assert found.returncode == code, found.stdout.decode()


@pytest.mark.parametrize("name", ["tests.core.play", "tests.fakes", "tests.scene", "tests.test_messages"])
def test_what_needs_only_fakes_is_quick(name: str) -> None:
    """The core's tests, and those over fakes of the ports, are in the quick loop."""
    assert not is_slow(import_module(name).__name__)


def test_each_worker_begins_with_slow_tests_and_ends_with_quick_ones() -> None:
    """Places stay whole, each worker has as many tests as another, and none is lost."""
    slow, quick = ["a1", "a2", "a3", "b1", "c1", "c2"], [f"{n}" for n in range(9)]
    order = dealt(slow, quick, 2, lambda one: one[0])
    assert order == ["a1", "a2", "a3", "c1", "c2", "0", "1", "b1", *"2345678"]
    assert sorted(order) == sorted([*slow, *quick])


def test_more_slow_tests_than_a_worker_s_share_are_all_run() -> None:
    """Whoever is done first takes them over."""
    assert dealt(["a1", "a2", "a3"], ["0"], 2, lambda one: one[0]) == ["a1", "a2", "a3", "0"]
