"""The rehearsal room in the foreground, and in a thread: a house, its pages, and the server on loopback.

Owns which house stands there now. A new one takes the place of the old one, whose folder is gone then.
"""

from __future__ import annotations

import signal
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

from cocflow.rehearsal.house import House
from cocflow.rehearsal.nights.night import Night
from cocflow.rehearsal.nights.playing import Playing, night
from cocflow.rehearsal.pages import create_app
from cocflow.sandbox.wire import LoopbackServer

Opened: TypeAlias = tuple["tempfile.TemporaryDirectory[str]", House, Playing | None]


def _opened(night: Night | None) -> Opened:
    """Return a new house in a folder of its own, with the night that is played there."""
    folder = tempfile.TemporaryDirectory(prefix="cocflow-rehearsal-")
    house = House(Path(folder.name))
    return folder, house, Playing(night, house) if night is not None else None


class Rehearsal:
    """A running rehearsal: `with Rehearsal() as rehearsal: ... rehearsal.url ... rehearsal.house`.

    `night`: a night to play from the start; `playing` is the one that is played, None for none.
    """

    def __init__(self, port: int = 0, night: Night | None = None) -> None:
        self._lock = threading.Lock()
        app = create_app(self)
        self._server = LoopbackServer(app.wsgi_app, port)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._folder, self.house, self.playing = _opened(night)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def begin_anew(self, night: Night | None = None) -> None:
        """Put a new house in the place of the one that stands there; `night`: what is to be played in it."""
        with self._lock:
            house, folder = self.house, self._folder
            self._folder, self.house, self.playing = _opened(night)
            house.close()
            folder.cleanup()

    def leave(self) -> None:
        """Play no night any more; the house stays as it is."""
        self.playing = None

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


def serve(port: int, ready: Callable[[str], None], slug: str | None = None) -> None:
    """Serve in the foreground until interrupted or ended, as when a terminal is closed.

    `ready` is told the address. `slug` names a night to play from the start; NoNightError for one that
    there isn't.
    """
    for ends in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ends, signal.default_int_handler)
    with Rehearsal(port, night(slug) if slug is not None else None) as rehearsal:
        ready(rehearsal.url if slug is None else f"{rehearsal.url}night")
        with suppress(KeyboardInterrupt):
            rehearsal.wait()
