"""The rehearsal room in the foreground, and in a thread: a house, its pages, and the server on loopback.

Owns which house stands there now. A new one takes the place of the old one, whose folder is gone then.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from cocflow.rehearsal.house import House
from cocflow.rehearsal.pages import create_app
from cocflow.sandbox.wire import LoopbackServer


class Rehearsal:
    """A running rehearsal: `with Rehearsal() as rehearsal: ... rehearsal.url ... rehearsal.house`."""

    def __init__(self, port: int = 0) -> None:
        self._lock = threading.Lock()
        app = create_app(lambda: self.house, self.begin_anew)
        self._server = LoopbackServer(app.wsgi_app, port)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._enter()
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def _enter(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cocflow-rehearsal-")
        self.house = House(Path(self._folder.name))

    def begin_anew(self) -> None:
        """Put a new house in the place of the one that stands there."""
        with self._lock:
            house, folder = self.house, self._folder
            self._enter()
            house.close()
            folder.cleanup()

    def __enter__(self) -> Rehearsal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self._thread.join()
        self.house.close()
        self._folder.cleanup()

    def wait(self) -> None:
        """Wait until the server ends, which it does when it is closed."""
        self._thread.join()


def serve(port: int, ready: Callable[[str], None]) -> None:
    """Serve in the foreground until interrupted; `ready` is told the address."""
    with Rehearsal(port) as rehearsal:
        ready(rehearsal.url)
        with suppress(KeyboardInterrupt):
            rehearsal.wait()
