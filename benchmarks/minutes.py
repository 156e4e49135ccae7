"""Rows about GitHub Actions: what the job installs, and the minutes of an incident and of a month."""

from __future__ import annotations

import math
import re
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import msgspec

from benchmarks.table import Row
from benchmarks.world import CHECKOUT
from cocflow.demo.script import AddLabel, File, Press, Write
from cocflow.demo.story import STORY

GROUP = "The job"
LOCK = CHECKOUT / ".github" / "requirements.txt"
SWEEPS = CHECKOUT / ".github" / "workflows" / "sweep.yml"
FLAGS = (
    "--quiet",
    "--disable-pip-version-check",
    "--no-compile",
    "--require-hashes",
    "--no-deps",
    "--only-binary=:all:",
)
UNMEASURED = 20.0
"""Seconds that the runner's own steps (set up, checkout, setup-python) are taken for; not measured here."""
DAYS = 30
FREE = 2_000
"""Minutes a month that GitHub gives to private repositories of a free account."""


class Installed(msgspec.Struct, frozen=True):
    """What an install took: how many packages, seconds, megabytes."""

    packages: int
    seconds: float
    megabytes: float


def rows(folder: Path, event: float, sweep: float) -> Iterator[Row]:
    """Install what the job installs; then count minutes. `event`, `sweep`: the seconds of each, measured."""
    yield _wheel(folder / "wheel")
    whole = _installed(folder / "whole", LOCK.read_text("utf-8"))
    only = _installed(folder / "only", closure(LOCK.read_text("utf-8"), "pygithub"))
    if isinstance(whole, str) or isinstance(only, str):
        why = whole if isinstance(whole, str) else str(only)
        yield Row(group=GROUP, name="Install from the lock", skipped=why)
        yield from spent(event, sweep)
        return
    for what, unit in (("packages", ""), ("seconds", "s"), ("megabytes", "MB")):
        yield Row(
            group=GROUP,
            name=f"Install from the lock: {what}",
            measured=getattr(whole, what),
            reference=getattr(only, what),
            unit=unit,
            beside="for PyGithub alone",
            limit=3,
        )
    yield from _archive(folder / "unpacked", whole)
    yield from spent(event + whole.seconds, sweep + whole.seconds)


def spent(event: float, sweep: float) -> Iterator[Row]:
    """Count the minutes of an incident and of a month's sweeps; each job is rounded up to a minute."""
    an_event, a_sweep = (math.ceil((seconds + UNMEASURED) / 60) for seconds in (event, sweep))
    jobs = jobs_an_incident()
    yield Row(
        group=GROUP,
        name=f"Minutes an incident: {jobs} jobs of {event:.0f} s + {UNMEASURED:.0f} s for the runner",
        measured=jobs * an_event,
        reference=jobs,
        beside="at the least",
        limit=1,
    )
    runs = DAYS * sweeps_a_day()
    yield Row(
        group=GROUP,
        name=f"Minutes a month: {runs} sweeps, no incident",
        measured=runs * a_sweep,
        reference=FREE,
        beside="free",
        limit=0.1,
    )


def jobs_an_incident() -> int:
    """Count what starts a job in the demo's first incident, from the report to the told resolution."""
    deeds = [step.deed for step in STORY[0].steps]
    asks = [deed for deed in deeds if isinstance(deed, Write) and deed.text.startswith("/")]
    return len(asks) + sum(isinstance(deed, File | AddLabel | Press) for deed in deeds)


def sweeps_a_day() -> int:
    """Return how often the shipped schedule starts a sweep in a day."""
    found = re.search(r'cron: "\d+ \*/(\d+) \* \* \*"', SWEEPS.read_text("utf-8"))
    if found is None:
        raise ValueError("the schedule isn't every so many hours")
    return 24 // int(found[1])


def closure(lock: str, name: str) -> str:
    """Return the part of a lock that one package and all that it needs make."""
    parts = {
        _plain(part.partition("==")[0]): part
        for part in re.split(r"^(?=[A-Za-z])", lock, flags=re.MULTILINE)
        if "==" in part.partition("\n")[0]
    }
    wanted: set[str] = set()
    todo = [_plain(name)]
    while todo:
        one = todo.pop()
        if one in parts and one not in wanted:
            wanted.add(one)
            todo += _needs(one)
    return "".join(parts[one] for one in sorted(wanted))


def _needs(name: str) -> list[str]:
    """Return what a package may need; what no extra asked for isn't in the lock."""
    try:
        return [_plain(text) for text in requires(name) or []]
    except PackageNotFoundError:
        return []


def _plain(requirement: str) -> str:
    """Return the name in a requirement, as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0]).lower()


def _wheel(folder: Path) -> Row:
    """Build the wheel; beside it, what it holds."""
    command = (
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(CHECKOUT),
    )
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        return Row(group=GROUP, name="The wheel", skipped="it can't be built here")
    (wheel,) = folder.glob("*.whl")
    source = sum(one.stat().st_size for one in (CHECKOUT / "cocflow").rglob("*.py"))
    size = wheel.stat().st_size - sum(
        one.stat().st_size for one in CHECKOUT.glob(".github/cocflow-modules.*")
    )
    return Row(
        group=GROUP,
        name="The wheel, without the archive",
        measured=size / 1000,
        reference=source / 1000,
        unit="kB",
        beside="of Python in it",
        limit=1,
    )


def _archive(folder: Path, lock: Installed) -> Iterator[Row]:
    """Unpack the archive of what the jobs import, beside what it takes to install the lock."""
    (archive, *_) = (*CHECKOUT.glob(".github/cocflow-modules.cpython*.xz"), None)
    if archive is None:
        yield Row(group=GROUP, name="The archive instead", skipped="`make bundle` makes it")
        return
    start = time.perf_counter()
    check = ("sha256sum", str(archive))
    unpack = ("tar", "--extract", "--xz", "--file", str(archive), "--directory", str(folder))
    folder.mkdir()
    for command in (check, unpack):
        subprocess.run(command, capture_output=True, check=True)
    seconds, megabytes = time.perf_counter() - start, archive.stat().st_size / 1e6
    for what, measured, reference, unit, limit in (
        ("seconds to unpack it", seconds, lock.seconds, "s", 0.5),
        ("megabytes", megabytes, lock.megabytes, "MB", 0.08),
    ):
        yield Row(
            group=GROUP,
            name=f"The archive instead: {what}",
            measured=measured,
            reference=reference,
            unit=unit,
            beside="for the lock",
            limit=limit,
        )


def _installed(folder: Path, lock: str) -> Installed | str:
    """Install a lock into a fresh Python, as the job does; or return why that can't be done here."""
    venv.create(folder, with_pip=True)
    bare = _megabytes(folder)
    (folder / "lock.txt").write_text(lock, "utf-8")
    python = next(
        one for one in (folder / "bin" / "python", folder / "Scripts" / "python.exe") if one.exists()
    )
    command = (str(python), "-m", "pip", "install", *FLAGS, "--no-cache-dir", "--requirement", "lock.txt")
    start = time.perf_counter()
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        return "no package index answered within two minutes"
    seconds = time.perf_counter() - start
    if done.returncode:
        return "no package index can be reached"
    return Installed(lock.count("=="), seconds, _megabytes(folder) - bare)


def _megabytes(folder: Path) -> float:
    return sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6
