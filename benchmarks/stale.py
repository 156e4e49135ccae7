"""Rows beside actions/stale: a sweep of as many open issues by the action that most repositories know.

It is asked to do what cocflow does there, no more: to look at issues that each have a time running, with
nothing due. Its clone, built, is named by `ACTIONS_STALE`; without one the rows say so.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import yaml

from benchmarks.planting import DAY_LATER, Planter
from benchmarks.sweeps import until_nothing_is_left
from benchmarks.table import Row
from benchmarks.world import CHECKOUT, World

GROUP = "Beside actions/stale"
NAMED_BY = "ACTIONS_STALE"
ROUNDS = 3
BUDGETS = ((100, 0.4, 0.36), (1_000, 0.12, 0.23))
"""How many issues are open, and what part of its seconds and of its memory cocflow may take."""
LABEL = "waiting"
NEVER = "100000"
"""Days after which it closes an issue: more than have passed since the sandbox's clock was set."""


class Ran(msgspec.Struct, frozen=True):
    """What a process took, seen from outside, and how often it asked."""

    seconds: float
    megabytes: float
    requests: int = 0


def found() -> Path | None:
    """Return the clone of actions/stale on this machine, if there is one that can run."""
    folder = Path(os.environ.get(NAMED_BY, "nowhere"))
    return folder if (folder / "dist" / "index.js").is_file() and shutil.which("node") else None


def rows(folder: Path, sizes: Sequence[tuple[int, float, float]] = BUDGETS) -> Iterator[Row]:
    """Sweep each number of open incidents by cocflow and by actions/stale, in turns."""
    stale = found()
    if stale is None:
        skipped = f"node, and a built clone of it named by {NAMED_BY}, are needed"
        yield Row(group=GROUP, name="A sweep with nothing due", skipped=skipped)
        return
    for size, of_seconds, of_memory in sizes:
        with World(folder / str(size)) as world:
            Planter(world).plant(size - 2, DAY_LATER)
            ours, theirs = compared(world, stale, size)
        yield from _beside(f"{size:,} open", ours, theirs, seen(stale), of_seconds, of_memory)


def compared(world: World, stale: Path, size: int) -> tuple[Ran, Ran]:
    """Return what both take, the median of some rounds; each issue has a time running for both."""
    world.labels(range(1, size + 1), LABEL)
    until_nothing_is_left(world)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_ran(world, sys.executable, "-m", "cocflow", "sweep"))
        theirs.append(
            _ran(world, str(shutil.which("node")), str(stale / "dist" / "index.js"), **given(stale))
        )
    return _median(ours), _median(theirs)


def given(stale: Path) -> dict[str, str]:
    """Return its inputs as a job hands them over: its defaults, and what has it look at every issue."""
    inputs = yaml.safe_load((stale / "action.yml").read_text("utf-8"))["inputs"]
    said = {name: str(one.get("default", "")) for name, one in inputs.items()}
    said |= {
        "stale-issue-label": LABEL,
        "days-before-stale": NEVER,
        "days-before-close": NEVER,
        "remove-stale-when-updated": "false",
        "operations-per-run": NEVER,
    }
    return {f"INPUT_{name.upper()}": text for name, text in said.items() if not text.startswith("${{")}


def _ran(world: World, *command: str, **more: str) -> Ran:
    token = {"INPUT_REPO-TOKEN": world.token} if more else {}
    world.store.limits.clear()  # it asks for more than a job has an hour
    world.store.requests.reset()
    done = world.process(
        sys.executable, "-S", "-E", str(CHECKOUT / "benchmarks" / "launch.py"), *command, **more, **token
    )
    return msgspec.structs.replace(msgspec.convert(json.loads(done.stdout), Ran), requests=_requests(world))


def _requests(world: World) -> int:
    counted = world.store.requests.as_dict()
    return int(str(counted["reads"])) + int(str(counted["writes"]))


def _median(ran: Sequence[Ran]) -> Ran:
    return Ran(
        statistics.median(one.seconds for one in ran),
        statistics.median(one.megabytes for one in ran),
        ran[-1].requests,
    )


def seen(stale: Path) -> str:
    """Return which of it was seen, and when: without it, the page keeps what was seen last."""
    version = json.loads((stale / "package.json").read_text("utf-8"))["version"]
    return f"by its {version}, seen on {datetime.now(UTC):%Y-%m-%d}"


def _beside(
    name: str, ours: Ran, theirs: Ran, beside: str, of_seconds: float, of_memory: float
) -> Iterator[Row]:
    for what, unit, limit in (
        ("requests", "", None),
        ("seconds", "s", of_seconds),
        ("megabytes", "MB", of_memory),
    ):
        yield Row(
            group=GROUP,
            name=f"{name}, nothing due: {what}",
            measured=getattr(ours, what),
            reference=getattr(theirs, what),
            unit=unit,
            beside=beside,
            limit=limit,
        )
