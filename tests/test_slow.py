"""The quick loop leaves out what serves or starts processes, whoever it reaches that through.

No module's twin: of `tests/slow.py`.
"""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.slow import is_slow


@pytest.mark.parametrize("name", ["tests.servers.smtp", "tests.cli.premises", "tests.faults.history"])
def test_what_reaches_a_server_is_slow(name: str) -> None:
    """A module is slow by what it uses itself, and by what that uses."""
    assert is_slow(import_module(name).__name__)


@pytest.mark.parametrize("name", ["tests.core.play", "tests.fakes", "tests.scene", "tests.test_messages"])
def test_what_needs_only_fakes_is_quick(name: str) -> None:
    """The core's tests, and those over fakes of the ports, are in the quick loop."""
    assert not is_slow(import_module(name).__name__)
