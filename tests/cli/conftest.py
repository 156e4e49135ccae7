"""The job that the tests of the commands run in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cocflow.sandbox import Clock, Sandbox
from tests.cli.job import Job


@pytest.fixture
def job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Job]:
    """Run a sandbox, with a job that is not yet prepared."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
        yield Job(sandbox, tmp_path, capsys)
