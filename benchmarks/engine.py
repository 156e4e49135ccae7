"""Rows about the pure engine: replaying long cases, deciding many requests, no request and no process."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from benchmarks.table import Row
from cocflow.core.case.facts import Issue
from cocflow.core.case.progress import Record
from cocflow.core.case.records import Owed
from cocflow.core.engine.decide import decide
from cocflow.run.issue import enforce
from tests.core.play import MFT, RIYA, Play, case_of
from tests.fakes import FakeTracker, desk

GROUP = "The pure engine"
SIZES = (500, 1_000, 2_000)
MOST_COMMENTS = 2_500
"""GitHub's limit for one issue."""
LIMIT = 2
"""Times as long a fact: what the processor's cache makes of more of them. Quadratic time would be five."""
ROUNDS = 20
DRAINED = (100, 800)
MOST_A_COMMAND = 2
"""Milliseconds that deciding one command takes, over a tracker in memory."""


def rows(sizes: Sequence[int] = SIZES, drained: Sequence[int] = DRAINED) -> Iterator[Row]:
    """Replay cases of growing length, and answer growing numbers of requests in one run."""
    each = _replayed((*sizes, MOST_COMMENTS))
    smallest = min(each)
    for size, took in each.items():
        limit = None if size == smallest else LIMIT
        beside = f"with {smallest:,}"
        yield _row(
            f"Replay of {size:,} comments: a fact", took * 1e6, each[smallest] * 1e6, "µs", beside, limit
        )
    yield _row(
        "… the whole case of 2,500", each[MOST_COMMENTS] * MOST_COMMENTS * 1e3, 100, "ms", "at most", 1
    )
    yield _row(
        "… facts a second", 1 / each[MOST_COMMENTS], 1 / each[smallest], "", f"with {smallest:,}", None
    )
    yield from _runs(drained)


def _runs(drained: Sequence[int]) -> Iterator[Row]:
    """Compare what deciding a command takes where many wait with where few do: quadratic would be eight."""
    each = {count: _drained(count) * 1e3 for count in drained}
    few = min(drained)
    for count, took in each.items():
        name = f"{count} commands answered in one run: one"
        limit = LIMIT if count != few else None
        yield _row(name, took, each[few], "ms", f"with {few}", limit)
    yield _row("… beside what one may take", each[max(drained)], MOST_A_COMMAND, "ms", "at most", 1)


def _row(name: str, measured: float, reference: float, unit: str, beside: str, limit: float | None) -> Row:
    return Row(
        group=GROUP,
        name=name,
        measured=measured,
        reference=reference,
        unit=unit,
        beside=beside,
        limit=limit,
    )


def _replayed(sizes: Sequence[int]) -> dict[int, float]:
    """Return the seconds a fact that reading a case's receipts, replaying and deciding takes, by its size.

    In turns, so that other work on the machine hits all sizes alike.
    """
    issues = {size: long_case(size).read() for size in sizes}
    took = dict.fromkeys(sizes, float("inf"))
    for _ in range(ROUNDS):
        for size, issue in issues.items():
            took[size] = min(took[size], quickest(partial(_replay, issue, size), 1) / size)
    return took


def _replay(issue: Issue, comments: int) -> None:
    case = case_of(issue)
    if decide(case) is not None or len(case.ledger.counted) < comments // 2:
        raise AssertionError("the case isn't what it was made to be")


def long_case(comments: int) -> Play:
    """Return a case of so many comments: commands, each with its receipt, after the report's own."""
    play = Play()
    play.run()
    prev = play.receipt_ids()[-1]
    for n in range(2, comments // 2 + 1):
        fact = play.says(MFT, "/help")
        owed = Owed(id=f"{n}.help", notice="reporter/help", to="reporter", by_receipt=True)
        record = Record(n=n, prev=prev, of=fact, at=play.now, process="incident/1.0", owed=(owed,))
        prev = play.post(record)
    return play


def _drained(count: int) -> float:
    """Return the seconds a request that a run takes for so many of them, turn by turn, in memory."""
    took = []
    for _ in range(3):
        tracker = FakeTracker()
        at = desk(tracker)
        number = tracker.opens(RIYA)
        enforce(at, number)
        for _ in range(count):
            tracker.says(MFT, number, "/help")
        start = time.process_time()
        while enforce(at, number).left:
            pass
        took.append(time.process_time() - start)
    return min(took) / count


def quickest(call: Callable[[], object], times: int = 5) -> float:
    """Return the seconds on the processor of the quickest of some calls, without the garbage collector."""
    took = []
    gc.disable()
    try:
        for _ in range(times):
            start = time.process_time()
            call()
            took.append(time.process_time() - start)
    finally:
        gc.enable()
    return min(took)
