"""Runs at once, in an order that a test chooses: each call waits for its turn.

Owns the taking of turns. Between two calls a run only computes, so an order of calls is all there is
to a race, and the same order gives the same race each time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, cycle

PATIENCE = 60.0
"""Seconds that a turn may take; a run that hangs fails the test."""


class Turns:
    """Lets the calls of several runs pass one by one, in the order of an endless list of runs.

    A run whose turn it is makes one call, and goes on until it wants the next one or has ended. The turn
    of a run that has ended is passed over.
    """

    def __init__(self, runs: int, order: Iterable[int]) -> None:
        self._changed = threading.Condition()
        self._waiting: set[int] = set()
        self._running = set(range(runs))
        self._order: Iterator[int] = chain(order, cycle(range(runs)))
        self._turn: int | None = None
        self.taken: list[int] = []

    def wait(self, run: int) -> None:
        """Wait until it is this run's turn to make a call."""
        with self._changed:
            self._waiting.add(run)
            self._next()
            if not self._changed.wait_for(lambda: self._turn == run, PATIENCE):
                raise TimeoutError
            self._turn = None
            self._waiting.discard(run)
            self.taken.append(run)

    def end(self, run: int) -> None:
        """Take a run out that has ended."""
        with self._changed:
            self._running.discard(run)
            self._waiting.discard(run)
            self._next()

    def _next(self) -> None:
        """Give the turn to the next run, once every run that is left waits for one."""
        if self._turn is None and self._running and self._waiting == self._running:
            self._turn = next(run for run in self._order if run in self._running)
            self._changed.notify_all()


def at_once(jobs: list[Callable[[], object]], turns: Turns) -> list[BaseException]:
    """Run jobs in threads of their own until all have ended; return what they raised."""
    errors: list[BaseException] = []

    def go(run: int) -> None:
        try:
            jobs[run]()
        except BaseException as error:  # noqa: BLE001 - it is returned
            errors.append(error)
        finally:
            turns.end(run)

    threads = [threading.Thread(target=go, args=(run,)) for run in range(len(jobs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return errors
