"""Rows about waiting: one event where every request takes as long as over a network.

The sandbox answers at once, so what an answer costs is seen best where it answers late: a job's seconds
are then its round trips, and the pauses between its writes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.table import Row
from benchmarks.world import ADMINISTRATOR, RECEIPT, World
from cocflow.sandbox.server import create_app
from cocflow.sandbox.store import Store
from cocflow.sandbox.wire import Application, LoopbackServer

GROUP = "One event over a network"
DELAYS = (0.0, 0.05, 0.2)
"""Seconds that a request takes: on this machine, beside GitHub, and across an ocean on a bad day."""
TO_RECEIPT, TO_END = 2, 3
"""Round trips to the receipt, and to the last write, at most; what is listed then changes nothing."""
TIMES = 2
"""Times as long as those round trips and a start of the client alone: what is left for our own work."""


class Trips:
    """What one process asked: when each request came, and which of them wrote the receipt."""

    def __init__(self) -> None:
        self.came: list[float] = []
        self.left: list[float] = []
        self.receipt: int | None = None
        self.written = 0

    @property
    def to_receipt(self) -> int:
        """How many round trips, one after another, until the receipt stood there."""
        return _in_turn(self.came, self.left, self.receipt or len(self.came))

    @property
    def to_end(self) -> int:
        """How many round trips, one after another, until all was written."""
        return _in_turn(self.came, self.left, self.written)


def _in_turn(came: list[float], left: list[float], count: int) -> int:
    """Count requests that came after the one before was answered; those asked at once are one round trip."""
    trips, answered = 0, 0.0
    for arrived, done in sorted(zip(came, left, strict=True))[:count]:
        if arrived >= answered:
            trips, answered = trips + 1, done
    return trips


class Late:
    """A WSGI application before the sandbox's, that answers late and notes what was asked, and when."""

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self.delay = 0.0
        self.trips = Trips()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Pass a request on, and its answer a while later."""
        came = time.perf_counter()
        time.sleep(self.delay)
        answer = list(self._inner(environ, start))
        self.trips.came.append(came)
        self.trips.left.append(time.perf_counter())
        asked = environ["wsgi.input"].getvalue()
        if self.trips.receipt is None and RECEIPT.encode() in asked:
            self.trips.receipt = len(self.trips.came)
        if environ["PATH_INFO"] != "/graphql" or b'"query": "query ' not in asked:
            self.trips.written = len(self.trips.came)
        return answer


@contextmanager
def late(store: Store) -> Iterator[tuple[Late, str]]:
    """Serve a store late; yield what notes the requests, and its address."""
    asked = Late(create_app(store))
    server = LoopbackServer(asked)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield asked, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.close()
        thread.join()


def rows(folder: Path, delays: Sequence[float] = DELAYS) -> Iterator[Row]:
    """Let an administrator give a new estimate; wait for its receipt, and for the end of all writes."""
    for delay in delays:
        with World(folder / f"{delay}") as world, late(world.store) as (asked, url):
            number = world.files()
            world.asks("sweep")
            world.says(ADMINISTRATOR, number, "/estimate 2 days")
            world.asks("handle")
            world.says(ADMINISTRATOR, number, "/estimate 3 days")
            asked.delay, asked.trips = delay, Trips()
            began = time.perf_counter()
            world.seconds("-m", "cocflow", "handle", GITHUB_API_URL=url)
            trips = asked.trips
            if trips.receipt is None:
                raise AssertionError("the command wasn't answered")
            alone = world.seconds("-c", "import github")
            receipt, end = (trips.left[count - 1] - began for count in (trips.receipt, trips.written))
            yield from _waited(delay, trips, receipt, end, alone)


def _waited(delay: float, trips: Trips, receipt: float, end: float, alone: float) -> Iterator[Row]:
    for what, count, most, seconds in (
        ("the receipt", trips.to_receipt, TO_RECEIPT, receipt),
        ("the end", trips.to_end, TO_END, end),
    ):
        name = f"{delay * 1000:.0f} ms a request, to {what}"
        yield _row(f"{name}: round trips", count, most, "", "at most", 1)
        least = most * delay + alone
        yield _row(f"{name}: seconds", seconds, least, "s", "of so many, and `import github`", TIMES)


def _row(name: str, measured: float, reference: float, unit: str, beside: str, limit: float) -> Row:
    return Row(
        group=GROUP, name=name, measured=measured, reference=reference, unit=unit, beside=beside, limit=limit
    )
