"""Rows about sweeps over many incidents: requests, points, memory, time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

from benchmarks.planting import DAY_LATER, HOUR, OPENED, Planter
from benchmarks.table import Row
from benchmarks.world import Asked, Took, World
from cocflow.run.budget import WRITES as BUDGET

GROUP = "Sweeps"
PAGE = 100
SIZES = (100, 250, 1_000, 10_000)
CLOSED = 1_000
READS, WRITES = 1, 1
"""What a case must read (the issue) and write (its card) as something there begins to be late."""

BOARD = 1
"""What the board is read and written, once an hour, as far as these runs lie apart."""

DIGEST = 1
"""What the digest of all of them is written, once a day."""

DUE = ((0, 0.5), (1, 1.5), (5, 2.5))
"""Per cent of the incidents that are due, and how many hours after the last of them was opened."""

POINTS = 1_000
"""GitHub's GraphQL points an hour for the jobs of a repository."""


def rows(folder: Path, sizes: Sequence[int] = SIZES, closed: int = CLOSED) -> Iterator[Row]:
    """Sweep each number of open incidents with 0, 1 and 5 per cent due."""
    idle: dict[int, Took] = {}
    for size in sizes:
        with World(folder / str(size)) as world:
            plant(world, size, closed)
            told = False
            for per_cent, hours in DUE if size != 250 else DUE[:1]:
                world.store.move_clock(to=_text(hours))
                due = size * per_cent // 100
                runs = _until_nothing_is_left(world)
                digest = DIGEST if due and not told else 0
                told = told or bool(due)
                idle.setdefault(size, runs[0])
                yield from counted(size, per_cent, due, runs, digest)
    yield from _held(idle)


def plant(world: World, size: int, closed: int) -> None:
    """Open incidents, besides the first and the board.

    1 % of them fall due an hour after `DAY_LATER`, 5 % after two, the rest after a day.
    """
    planter = Planter(world)
    first, second = size // 100, size * 5 // 100
    planter.plant(first, OPENED + HOUR)
    planter.plant(second, OPENED + 2 * HOUR)
    planter.plant(closed, DAY_LATER, is_open=False)
    planter.plant(size - first - second - 2, DAY_LATER)


def _text(hours: float) -> str:
    return (DAY_LATER + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _until_nothing_is_left(world: World) -> list[Took]:
    """Sweep as often as it takes, once an hour: what a run may spend is limited."""
    runs = [world.runs("sweep")]
    while runs[-1].left:
        world.store.move_clock(advance=3600)
        runs.append(world.runs("sweep"))
    return runs


def counted(size: int, per_cent: int, due: int, runs: Sequence[Took], digest: int = 0) -> Iterator[Row]:
    """Compare what the runs asked with the least that is possible, and with what GitHub allows."""
    name = f"{size:,} open, {per_cent} % due"
    asked = Asked(0, 0, 0)
    for run in runs:
        asked = asked.plus(run.asked)
    board = BOARD * len(runs) if per_cent else 0
    yield _least(f"{name}: reads", asked.reads, math.ceil(size / PAGE) * len(runs) + due * READS + board)
    if due:
        yield _least(f"{name}: writes", asked.writes, due * WRITES + board + digest)
        yield _least(f"{name}: runs", len(runs), max(1, math.ceil(due * WRITES / BUDGET)))
    points = max(run.asked.points for run in runs)
    yield Row(
        group=GROUP,
        name=f"{name}: points a run",
        measured=points,
        reference=POINTS,
        beside="an hour",
        limit=1,
    )
    yield Row(
        group=GROUP,
        name=f"{name}: seconds in cocflow",
        measured=sum(run.processor for run in runs),
        reference=sum(run.seconds for run in runs),
        unit="s",
        beside="in all",
        limit=0.5,
    )


def _least(name: str, measured: int, least: int) -> Row:
    return Row(group=GROUP, name=name, measured=measured, reference=least, beside="at the least", limit=1)


def _held(idle: dict[int, Took]) -> Iterator[Row]:
    """Compare the memory of each size with that of the smallest, which holds one page of the listing."""
    smallest = min(idle)
    for size, took in idle.items():
        if size > smallest:
            yield Row(
                group=GROUP,
                name=f"{size:,} open: memory of the process",
                measured=took.megabytes,
                reference=idle[smallest].megabytes,
                unit="MB",
                beside=f"with {smallest:,}",
                limit=1.1,
            )
