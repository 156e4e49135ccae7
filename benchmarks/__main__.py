"""`python -m benchmarks [--write]`: measure, print the table, and write docs/benchmarks.md if asked to."""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from benchmarks import (
    engine,
    events,
    fairness,
    hostile,
    latency,
    messages,
    minutes,
    rooms,
    stale,
    sweeps,
    yearly,
)
from benchmarks.machine import described
from benchmarks.table import Row, as_markdown, as_table
from benchmarks.world import CHECKOUT

PAGE = CHECKOUT / "docs" / "benchmarks.md"
HEAD = """\
# What cocflow costs

Written by `make bench` with `--write`; measured in one run on {machine}

Each row stands beside a reference measured in the same run, the arithmetic minimum, or a limit of
GitHub's. The ratio is what to read: seconds are this machine's, and it may have had other work. Requests,
points and runs are counts, the same everywhere, and tested. The sandbox stands in for GitHub, so what
waits for it waits less than on GitHub, where a pause of a second between writes comes on top. The seconds
of the install depend on how near the package index is, for both sides alike.
"""


def measured(folder: Path) -> Iterator[Row]:
    """Measure every row."""
    found = [*events.rows(folder / "events")]
    yield from found
    swept = [*sweeps.rows(folder / "sweeps")]
    yield from swept
    yield from latency.rows(folder / "latency")
    yield from stale.rows(folder / "stale")
    yield from rooms.rows(folder / "rooms")
    yield from fairness.rows(folder / "fairness")
    yield from messages.rows()
    yield from yearly.rows()
    gc.collect()  # what is timed now starts without the others' garbage
    yield from engine.rows()
    gc.collect()
    yield from hostile.rows()
    event = next(row.measured for row in found if row.name == events.UNCOMPILED)
    sweep = max(
        row.measured for row in swept if row.name.startswith("100 ") and row.name.endswith(sweeps.SECONDS)
    )
    yield from minutes.rows(folder / "minutes", event, event + sweep)


def page(rows: Sequence[Row], before: str = "") -> str:
    """Return docs/benchmarks.md; `before`: what stands there."""
    return f"{HEAD.format(machine=described())}\n{as_markdown(rows, before)}\n"


def main() -> None:
    """Measure and print; exit 1 if a budget doesn't hold."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md as well")
    write = parser.parse_args().write
    with tempfile.TemporaryDirectory() as folder:
        rows = list(measured(Path(folder)))
    Console(width=None if sys.stdout.isatty() else 150).print(as_table(rows))
    if write:
        PAGE.write_text(page(rows, PAGE.read_text("utf-8")), "utf-8")
    broken = [row.name for row in rows if not row.holds]
    if broken:
        sys.exit(f"{len(broken)} budgets don't hold: {'; '.join(broken)}")


if __name__ == "__main__":
    main()
