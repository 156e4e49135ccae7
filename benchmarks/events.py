"""Rows about one event: what it asks, and what its process costs from a cold start."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import Row
from benchmarks.world import ADMINISTRATOR, CHECKOUT, REPORTER, Asked, World

GROUP = "One event"
SENT_AWAY = ("github", "jinja2", "flask")
OTHERS = (
    *("cryptography", "flask", "graphql", "imap_tools", "imaplib", "jsonschema", "nacl", "oauthlib"),
    *("pygments", "rich", "slack_sdk", "smtplib", "vl_convert"),
    *("cocflow.adapters.app", "cocflow.adapters.mail", "cocflow.adapters.mailbox", "cocflow.adapters.outbox"),
    *("cocflow.adapters.probing", "cocflow.adapters.repository", "cocflow.adapters.rooms"),
    *("cocflow.adapters.slack", "cocflow.demo", "cocflow.rehearsal", "cocflow.sandbox"),
)
"""What only other commands import, or communities with channels and rooms."""
ROUNDS = 5
LONG = 2_000
"""Comments, of the 2,500 that GitHub lets an issue have."""
TRANSITION = "A transition with one notice"
UNCOMPILED = "One event, with nothing compiled yet, as where a job installs the lock"


def rows(folder: Path, rounds: int = ROUNDS) -> Iterator[Row]:
    """Measure one event in a repository with a few incidents."""
    with World(folder) as world:
        numbers = [world.files() for _ in range(rounds + 4)]
        world.asks("sweep")
        yield from asked(world, numbers[0], numbers[-1])
        yield long_case(world, numbers[0], LONG if rounds else LONG // 8)
        yield help_imports(world)
        yield event_imports(world, numbers[0])
        if rounds:
            yield from cold(world, numbers[1:], rounds)


def asked(world: World, number: int, another: int) -> Iterator[Row]:
    """Count the requests of a transition with one notice, of nothing, and of ordinary talk."""
    world.says(ADMINISTRATOR, another, "/estimate 3 days")
    world.asks("handle")  # so that the repository has each label, as `init` makes them
    world.says(ADMINISTRATOR, number, "/estimate 3 days")
    found = world.asks("handle")
    yield from _counted(TRANSITION, found, 2, 2)
    trips = [place for place, kind in enumerate(world.store.requests.order, 1) if kind.endswith("writes")]
    for what, measured, most in (("the receipt", trips[0], 2), ("everything", trips[-1], 3)):
        yield _at_most(f"{TRANSITION}: round trips to {what}", measured, most)
    yield from _counted("Nothing to do", world.asks("handle"), 2, 0)
    world.says(REPORTER, number, "Thank you.")
    yield from _counted("Ordinary talk, found by a sweep", world.asks("sweep"), 2, 1)


def long_case(world: World, number: int, comments: int) -> Row:
    """Count the requests of a transition in a case with very many comments."""
    world.says(REPORTER, number, "And another thing.", times=comments)
    world.asks("handle")
    world.says(ADMINISTRATOR, number, "/estimate 1 week")
    found = world.asks("handle")
    return _at_most(f"A transition in a case of {LONG:,} comments: requests", found.reads + found.writes, 5)


def _counted(name: str, found: Asked, reads: int, writes: int) -> Iterator[Row]:
    for what, measured, most in (("reads", found.reads, reads), ("writes", found.writes, writes)):
        yield _at_most(f"{name}: {what}", measured, most)


def _at_most(name: str, measured: int, most: int) -> Row:
    return Row(group=GROUP, name=name, measured=measured, reference=most, beside="at most", limit=1)


def help_imports(world: World) -> Row:
    """Count the big libraries that `cocflow --help` imports."""
    imported = {module for _, module in imports(world.output("-X", "importtime", "-m", "cocflow", "--help"))}
    count = len(imported.intersection(SENT_AWAY))
    name = f"`cocflow --help`: imports of {', '.join(SENT_AWAY)}"
    return Row(group=GROUP, name=name, measured=count, reference=0, beside="at most", limit=1)


def event_imports(world: World, number: int) -> Row:
    """Count what an event imports of what only others need."""
    world.says(ADMINISTRATOR, number, "/estimate 1 week")
    imported = {module for _, module in imports(world.output("-X", "importtime", "-m", "cocflow", "handle"))}
    count = len(imported.intersection(OTHERS))
    name = "One event: imports of what only other commands and communities need"
    return Row(group=GROUP, name=name, measured=count, reference=0, beside="at most", limit=1)


def imports(text: str) -> list[tuple[int, str]]:
    """Return the modules of `-X importtime` with their microseconds, of themselves alone."""
    found = re.findall(r"^import time:\s*(\d+) \|\s*\d+ \|\s*(\S+)$", text, re.MULTILINE)
    return [(int(own), module) for own, module in found]


def cold(world: World, numbers: list[int], rounds: int) -> Iterator[Row]:
    """Time the process of one event beside `import github`, in turns; first with nothing compiled."""
    fresh, bare = _once(world, numbers[0], "-m", "cocflow", "handle"), _once(world, 0, "-c", "import github")
    yield _timed(UNCOMPILED, fresh, bare, 3)
    event, reference, empty, took, alone = [], [], [], [], []
    for number in numbers[1 : rounds + 1]:
        world.says(ADMINISTRATOR, number, "/estimate 3 days")
        event.append(world.seconds("-m", "cocflow", "handle"))
        world.says(ADMINISTRATOR, number, "/estimate 1 week")
        took.append(_taken(world, "handle"))
        alone.append(_taken(world, "--import", "requests"))
        reference.append(world.seconds("-c", "import github"))
        empty.append(world.seconds("-c", "pass"))
    beside = statistics.median(reference)
    yield _timed("One event, process started cold", statistics.median(event), beside, 3)
    yield _timed("… of it, Python itself", statistics.median(empty), beside, None)
    yield from _used(took, alone)
    yield from heaviest(world, numbers[rounds + 1])


def _taken(world: World, *arguments: str) -> dict[str, float]:
    """Return what a measured process says of itself; see `child.py`."""
    found: dict[str, float] = json.loads(world.output("-m", "benchmarks.child", *arguments).splitlines()[-1])
    return found


def _used(took: list[dict[str, float]], alone: list[dict[str, float]]) -> Iterator[Row]:
    """Compare the processor and the memory of one event's process with those of one that imports requests."""
    for name, unit, limit in (("whole", "s", 5), ("megabytes", "MB", 1.55)):
        measured, reference = (statistics.median(one[name] for one in them) for them in (took, alone))
        yield Row(
            group=GROUP,
            name=f"One event: {'processor' if name == 'whole' else 'memory'}",
            measured=measured,
            reference=reference,
            unit=unit,
            beside="`import requests`",
            limit=limit,
        )


def _once(world: World, number: int, *arguments: str) -> float:
    """Return the seconds of a process that finds no compiled file."""
    folder = world.folder / "nothing"
    if number:
        world.says(ADMINISTRATOR, number, "/estimate 3 days")
    took = world.seconds(*arguments, PYTHONPATH=str(CHECKOUT), PYTHONPYCACHEPREFIX=str(folder))
    shutil.rmtree(folder, ignore_errors=True)
    return took


def _timed(name: str, measured: float, reference: float, limit: float | None) -> Row:
    return Row(
        group=GROUP,
        name=name,
        measured=measured,
        reference=reference,
        unit="s",
        beside="`import github`",
        limit=limit,
    )


def heaviest(world: World, number: int, most: int = 5) -> Iterator[Row]:
    """Name the packages that take longest to import, beside all imports of the event's process."""
    world.says(ADMINISTRATOR, number, "/estimate 3 days")
    found = imports(world.output("-X", "importtime", "-m", "cocflow", "handle"))
    total = sum(own for own, _ in found) / 1000
    packages: dict[str, float] = {}
    for own, module in found:
        top = module.partition(".")[0]
        top = top if top not in sys.stdlib_module_names else "the standard library"
        packages[top] = packages.get(top, 0) + own / 1000
    for name, took in sorted(packages.items(), key=lambda one: -one[1])[:most]:
        yield Row(
            group=GROUP,
            name=f"… imports: {name}",
            measured=took,
            reference=total,
            unit="ms",
            beside=f"for {len(found)} modules",
        )
