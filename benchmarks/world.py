"""A community on the sandbox, and its jobs as real processes: what the rows about requests run on."""

from __future__ import annotations

import atexit
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from cocflow.core.forms.form import QUESTIONS, Answers
from cocflow.core.forms.writing import write
from cocflow.process.loading import load_form
from cocflow.sandbox import Clock, Sandbox
from cocflow.sandbox.issues import Transaction
from cocflow.setup import shipped
from cocflow.setup.install import CONFIGURATION as CONFIGURATION_FILE
from cocflow.setup.install import shipped_files
from cocflow.setup.shipped import issue_forms
from cocflow.setup.wheel import wheel

CHECKOUT = Path(__file__).parents[1]
REPOSITORY = "acme/incidents"
JOB = "github-actions[bot]"
ADMINISTRATOR, REPORTER, OTHER = "mft", "rita", "omar"
START = "2026-01-05T09:00:00Z"
RECEIPT = "<!-- cocflow:receipt "
CONFIGURATION = f"""\
community: The Example Community
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
administrators: [{ADMINISTRATOR}, ada]
"""
ANSWERS: dict[str, str | tuple[str, ...]] = {
    "learned": "It happened to me",
    "nature": "It was said in a meeting.",
    "who": "Somebody from the team.",
    "material": "There is a recording.",
    "privacy": "None",
}


class Asked(msgspec.Struct, frozen=True):
    """What a run asked of GitHub."""

    reads: int
    writes: int
    points: int

    def plus(self, other: Asked) -> Asked:
        """Return the sum of both."""
        return Asked(self.reads + other.reads, self.writes + other.writes, self.points + other.points)


class Took(msgspec.Struct, frozen=True, kw_only=True):
    """What a run took: what it asked, its seconds and those of them on the processor, its memory."""

    asked: Asked
    seconds: float
    processor: float
    megabytes: float
    left: int
    whole: float = 0.0
    """Seconds on the processor since the process began, what it imports included."""


def report() -> str:
    """Return a complete report, as the form renders it."""
    return write(load_form(issue_forms() / "incident.yml", QUESTIONS), Answers(ANSWERS))


class World:
    """A sandbox with one private repository, an administrator, a reporter and the job.

    `folder` becomes the checkout that the job runs in. The clock stands, but for a second a write.
    `settings`: secrets of the job.
    """

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self._exits = ExitStack()
        self.sandbox = self._exits.enter_context(Sandbox(clock=Clock(START, frozen=True)))
        store = self.store = self.sandbox.store
        store.add_repo(REPOSITORY, labels=False)
        store.add_bot(JOB)
        for login, permission in (
            (ADMINISTRATOR, "admin"),
            (REPORTER, "read"),
            (OTHER, "read"),
            (JOB, "write"),
        ):
            store.set_permission(REPOSITORY, login, permission)
        self.token = store.job_token(REPOSITORY, {"issues": "write", "contents": "read"})
        (folder / ".github").mkdir(parents=True)
        (folder / ".github" / "cocflow.yml").write_text(CONFIGURATION, "utf-8")
        self._environment = {
            **environment(folder),
            **(settings or {}),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": self.sandbox.url,
            "GITHUB_TOKEN": self.token,
            "GITHUB_EVENT_PATH": str(folder / "event.json"),
        }

    def __enter__(self) -> World:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    # --- what people do ---

    def files(self, login: str = REPORTER) -> int:
        """Let a reader file a report; return its number."""
        with Transaction(self.store, self.store.access(REPOSITORY, login)) as desk:
            number = int(desk.open_issue("Incident", report(), [])["number"])
        self._told()
        return number

    def says(self, login: str, number: int, text: str, times: int = 1) -> None:
        """Let somebody comment, once or over and over again."""
        with Transaction(self.store, self.store.access(REPOSITORY, login)) as desk:
            for _ in range(times):
                desk.add_comment(number, text)
        self._told()

    def labels(self, numbers: Iterable[int], label: str) -> None:
        """Let the administrator put a label on issues, all at one instant."""
        self.store.move_clock(tick=0)
        with Transaction(self.store, self.store.access(REPOSITORY, ADMINISTRATOR)) as desk:
            for number in numbers:
                desk.add_labels(number, [label])
        self.store.move_clock(tick=1)
        self._told()

    def _told(self) -> None:
        """Let the newest event be the one that the next run is told of."""
        newest = self.sandbox.events()[-1]
        self._environment["GITHUB_EVENT_NAME"] = newest["event"]
        (self.folder / "event.json").write_text(json.dumps(newest["payload"]), "utf-8")

    # --- what the job does ---

    def is_answered(self, number: int) -> bool:
        """Whether a receipt of the job's stands on an issue."""
        query = "SELECT c.body FROM comment c JOIN issue i ON i.id = c.issue_id WHERE i.number = ?"
        with self.store.read() as db:
            return any(RECEIPT in row["body"] for row in db.execute(query, (number,)))

    def seconds(self, *arguments: str, **more: str) -> float:
        """Return how long a Python process takes from its start to its end."""
        start = time.perf_counter()
        self.process(sys.executable, *arguments, **more)
        return time.perf_counter() - start

    def output(self, *arguments: str) -> str:
        """Return what a Python process says on standard error, as `-X importtime` does."""
        return self.process(sys.executable, *arguments).stderr

    def asks(self, command: str) -> Asked:
        """Run a command of cocflow, and return what it asked."""
        return self.runs(command).asked

    def runs(self, command: str) -> Took:
        """Run a command of cocflow in a process of its own, and return what it took."""
        self.store.requests.reset()
        done = self.process(sys.executable, "-m", "benchmarks.child", command)
        left = re.search(r"^Left (\d+) ", done.stdout, re.MULTILINE)
        counts: dict[str, Any] = self.store.requests.as_dict()
        return Took(
            asked=Asked(counts["reads"], counts["writes"], counts["points"]),
            left=int(left[1]) if left else 0,
            **json.loads(done.stderr.splitlines()[-1]),
        )

    def process(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program as the job would, with the job's settings; `more` of them for it alone."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment | more,
            capture_output=True,
            text=True,
            check=True,
        )


@cache
def modules() -> Path:
    """Return a folder that holds cocflow as a job has it: its wheel, unpacked, with the templates' code."""
    folder = Path(tempfile.mkdtemp(prefix="cocflow-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    template = (shipped.root() / CONFIGURATION_FILE).read_bytes()
    _, content = wheel(shipped_files(shipped.root()) | {CONFIGURATION_FILE: template})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    subprocess.run((sys.executable, CHECKOUT / ".ci" / "bundle.py", "--templates", folder), check=True)
    return folder


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a measured process: a job's modules, and compiled files beside the folder.

    They are compiled as the archive of the jobs is, see `.ci/bundle.py`.
    """
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT")
    }
    path = f"{modules()}{os.pathsep}{CHECKOUT}"
    compiled = {"PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}
    return kept | compiled | {"PYTHONPATH": path, "PYTHONOPTIMIZE": "2", "PYTHONNODEBUGRANGES": "1"}
