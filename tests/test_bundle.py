"""The archive of what the jobs import: the same bytes every time, and nothing in it that no job imports.

No module's twin: of `.ci/bundle.py`. That jobs run from it is test_jobs.py's.
"""

from __future__ import annotations

import io
import os
import runpy
import sys
import tarfile
from pathlib import Path

import pytest

from cocflow.setup.wheel import wheel

BUNDLE = runpy.run_path(str(Path(__file__).parents[1] / ".ci" / "bundle.py"))


def packed() -> bytes:
    """Pack cocflow's own wheel."""
    _, content = wheel({"workflows/incident.yml": b"process: incident\n"})
    archive: bytes = BUNDLE["packed"](sys.executable, [io.BytesIO(content)])
    return archive


def test_it_is_the_same_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another folder, another time and another order of sets make no other archive."""
    first = packed()
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    assert packed() == first


def test_it_holds_bytecode_and_what_is_shipped() -> None:
    """A module is there compiled, by no path of this machine's; what people alone run isn't."""
    with tarfile.open(fileobj=io.BytesIO(packed())) as archive:
        names = set(archive.getnames())
        content = archive.extractfile("cocflow/run/sweep.pyc")
        assert content is not None
        code = content.read()
    assert {"cocflow/__main__.pyc", "cocflow/_shipped/workflows/incident.yml"} <= names
    assert not [name for name in names if name.endswith(".py") or name.startswith(BUNDLE["NEVER"])]
    assert b"cocflow/run/sweep.py" in code
    assert os.sep + "tmp" not in code.decode("latin-1")
