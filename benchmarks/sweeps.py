"""Rows about sweeps over many incidents: requests, points, memory, time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from benchmarks.planting import DAY_LATER, HOUR, OPENED, Planter
from benchmarks.table import Row
from benchmarks.world import Asked, Took, World
from cocflow.run.budget import POINTS as POINTS_A_RUN
from cocflow.run.budget import WRITES as BUDGET

GROUP = "Sweeps"
PAGE = 100
SIZES = (100, 250, 1_000, 10_000)
ONLY_IDLE = (250,)
"""Of them, those that are swept with nothing due alone."""
CLOSED = 1_000
READS, WRITES = 1, 1
"""What a case must read (the issue) and write (its card) as something there begins to be late."""

BOARD = 1
"""What the board is read and written, once an hour, as far as these runs lie apart."""

DIGEST = 1
"""What the digest of all of them is written, once a day."""

DUE = ((0, 0.5), (1, 1.5), (5, 2.5))
"""Per cent of the incidents that are due, and how many hours after the last of them was opened."""

SECONDS = "seconds of the command"
POINTS_A_PAGE, POINTS_A_CASE = 3, 2
"""What a page of the listing costs of GitHub's points, and reading and writing a case that is late."""

POINTS = 1_000
"""GitHub's GraphQL points an hour for the jobs of a repository."""


def rows(folder: Path, sizes: Sequence[int] = SIZES, closed: int = CLOSED) -> Iterator[Row]:
    """Sweep each number of open incidents with 0, 1 and 5 per cent due."""
    idle: dict[int, Took] = {}
    busy: dict[int, Took] = {}
    for size in sizes:
        with World(folder / str(size)) as world:
            plant(world, size, closed)
            told = False
            for per_cent, hours in due_of(size):
                world.store.move_clock(to=_text(hours))
                due = size * per_cent // 100
                runs = until_nothing_is_left(world)
                digest = DIGEST if due and not told else 0
                told = told or bool(due)
                idle.setdefault(size, runs[0])
                busy[size] = runs[0]
                yield from counted(size, per_cent, due, runs, digest)
    yield from _held(idle, "nothing due")
    yield from _held({size: took for size, took in busy.items() if size not in ONLY_IDLE}, "5 % due")
    yield from _flat(idle)
    for size, took in idle.items():
        yield Row(
            group=GROUP,
            name=f"{size:,} open, nothing due: {SECONDS}",
            measured=took.seconds,
            reference=took.processor,
            unit="s",
            beside="of them ours, the rest the sandbox's",
        )


def due_of(size: int) -> Sequence[tuple[int, float]]:
    """Return what is due in the sweeps of so many."""
    return DUE[:1] if size in ONLY_IDLE else DUE


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


def until_nothing_is_left(world: World) -> list[Took]:
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
        spare = POINTS_A_RUN - (math.ceil(size / PAGE) + 1) * POINTS_A_PAGE
        least = max(due * WRITES / BUDGET, due * POINTS_A_CASE / spare)
        yield _least(f"{name}: runs", len(runs), math.ceil(least))
    points = max(run.asked.points for run in runs)
    yield Row(
        group=GROUP,
        name=f"{name}: points a run",
        measured=points,
        reference=POINTS,
        beside="an hour",
        limit=1,
    )


def _least(name: str, measured: int, least: int) -> Row:
    return Row(
        group=GROUP, name=name, measured=measured, reference=least, beside="by design, at most", limit=1
    )


def _held(ran: dict[int, Took], when: str) -> Iterator[Row]:
    """Compare the memory of each size with that of the smallest, which holds one page of the listing."""
    smallest = min(ran)
    for size, took in ran.items():
        if size > smallest:
            yield Row(
                group=GROUP,
                name=f"{size:,} open, {when}: memory of the process",
                measured=took.megabytes,
                reference=ran[smallest].megabytes,
                unit="MB",
                beside=f"with {smallest:,}",
                limit=1.15,
            )


def _flat(idle: dict[int, Took]) -> Iterator[Row]:
    """Compare what one more incident costs the processor, among many, with what it costs among fewer."""
    each = {
        (fewer, more): (idle[more].processor - idle[fewer].processor) / (more - fewer)
        for fewer, more in pairwise(sorted(idle))
    }
    first, *others = each
    for fewer, more in others:
        yield Row(
            group=GROUP,
            name=f"{more:,} open, nothing due: one more of them",
            measured=each[fewer, more] * 1e6,
            reference=each[first] * 1e6,
            unit="µs",
            beside=f"up to {first[1]:,}",
            limit=2,
        )
