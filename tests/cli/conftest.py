"""What the commands run in: a job of theirs, and a town whose administrators set a repository up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cocflow.sandbox import Clock, Sandbox
from tests.cli.job import Job
from tests.cli.premises import Town, established, founded
from tests.faults.straight import near


@pytest.fixture
def job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Job]:
    """Run a sandbox, with a job that is not yet prepared."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox, near(sandbox):
        yield Job(sandbox, tmp_path, capsys)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """Run a sandbox with an organization of which riya is the only owner, and no repository yet."""
    with founded(tmp_path) as running:
        yield running


@pytest.fixture
def settled(tmp_path: Path) -> Iterator[Town]:
    """Run a town whose administrators have set the repository up, at the time of this machine."""
    with established().copied(tmp_path) as running:
        yield running
