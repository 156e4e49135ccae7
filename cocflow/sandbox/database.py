"""The SQLite file (or memory), its transactions, and its old states that lagging reads see."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cocflow.sandbox.clock import Clock
from cocflow.sandbox.ids import FIRST_IDS


def connect(path: str) -> sqlite3.Connection:
    """Open a database in autocommit mode; transactions are begun by hand."""
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = OFF")  # a sandbox may lose its last second to a power cut
    return db


class Lag:
    """Copies of the database after each write, so that lists can answer from a consistent earlier state.

    ``writes``: show the state as of so many writes ago. ``seconds``: as of so long ago by the sandbox's
    clock. No state from before the lag was turned on is known, so that one is the oldest shown.
    """

    def __init__(self, writes: int = 0, seconds: int = 0) -> None:
        self.writes = writes
        self.seconds = seconds
        self._states: deque[tuple[int, sqlite3.Connection]] = deque()

    def __bool__(self) -> bool:
        return self.writes > 0 or self.seconds > 0

    def remember(self, db: sqlite3.Connection, now: int) -> None:
        """Keep a copy of the present state and drop those that can't be asked for any more."""
        copy = connect(":memory:")
        db.backup(copy)
        self._states.append((now, copy))
        while len(self._states) > 1 and self._first_is_useless(now):
            self._states.popleft()[1].close()

    def _first_is_useless(self, now: int) -> bool:
        if self.writes:
            return len(self._states) > self.writes + 1
        return self._states[1][0] <= now - self.seconds

    def state(self, now: int) -> sqlite3.Connection:
        """Return the state that a list shows now."""
        if self.writes:
            return self._states[0][1]
        old = [db for at, db in self._states if at <= now - self.seconds]
        return old[-1] if old else self._states[0][1]

    def close(self) -> None:
        """Forget every copy."""
        while self._states:
            self._states.pop()[1].close()


class Database:
    """One connection under one lock: writes are serial, and a request sees one state throughout."""

    def __init__(self, path: str | Path | None, clock: Clock | None) -> None:
        self.lock = threading.RLock()
        self.connection = connect(":memory:" if path is None else str(path))
        log = ":memory:" if path is None else f"{path}-log"
        self.connection.execute("ATTACH DATABASE ? AS log", (log,))
        self._lag = Lag()
        self._depth = 0
        new = not self.connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
        if new:
            self._create()
        self.clock = clock or self._stored_clock()
        self._instant = 0

    def _create(self) -> None:
        schema = Path(__file__).with_name("schema.sql").read_text(encoding="utf-8")
        self.connection.executescript(schema)
        self.connection.executemany(
            "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", FIRST_IDS.items()
        )

    def _stored_clock(self) -> Clock:
        row = self.connection.execute("SELECT value FROM meta WHERE key = 'clock'").fetchone()
        if row is None:
            return Clock()
        stored = json.loads(row["value"])
        if stored["frozen"]:
            return Clock(str(stored["now"]), frozen=True, tick=int(stored["tick"]))
        clock = Clock()
        clock.advance(int(stored["offset"]))
        return clock

    def save_clock(self) -> None:
        """Keep the clock with the facts, so that a reopened file doesn't find them in its future."""
        state = self.clock.as_dict() | {"offset": self.clock.offset}
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES ('clock', ?)", (json.dumps(state),))

    @contextmanager
    def write(self, *, tick: bool = True) -> Iterator[tuple[sqlite3.Connection, int]]:
        """Run one write: all of it or nothing; yields the connection and the instant of the write.

        Seeding passes ``tick=False``: setting a scene takes no time.
        """
        with self.lock:
            if self._depth:
                yield self.connection, self._instant
                return
            self._instant = self.clock.now()
            self._depth = 1
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection, self._instant
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            finally:
                self._depth = 0
            if tick:
                self.clock.after_write()
            if self.clock.frozen:
                self.save_clock()
            self.connection.execute("COMMIT")
            if self._lag:
                self._lag.remember(self.connection, self.clock.now())

    @contextmanager
    def read(self, *, listing: bool = False) -> Iterator[sqlite3.Connection]:
        """Give a connection to read from; a listing may be shown an earlier state."""
        with self.lock:
            yield self._lag.state(self.clock.now()) if listing and self._lag else self.connection

    def set_lag(self, *, writes: int = 0, seconds: int = 0) -> None:
        """Let lists and GraphQL reads lag from now on; 0 and 0 ends it."""
        with self.lock:
            self._lag.close()
            self._lag = Lag(writes, seconds)
            if self._lag:
                self._lag.remember(self.connection, self.clock.now())

    def close(self) -> None:
        """Close the file and forget the copies."""
        with self.lock:
            self._lag.close()
            self.connection.close()
