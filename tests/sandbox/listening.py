"""Everything that is said between a sandbox and its clients, kept as it was said."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from cocflow.sandbox import Sandbox


@dataclass(frozen=True)
class Exchange:
    """A request of GitHub's API, and its answer."""

    method: str
    path: str
    query: tuple[str, ...]
    """The names of the parameters."""
    sent: Any
    """The JSON that was sent; None for nothing."""
    status: int
    got: Any
    """The JSON that came back; None for nothing."""
    headers: frozenset[str] = frozenset()
    """The names of the answer's headers."""


def listen(sandbox: Sandbox) -> list[Exchange]:
    """Return the list that every exchange with a sandbox is added to from now on."""
    said: list[Exchange] = []
    answering = sandbox._server.application

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        statuses: list[str] = []
        names: set[str] = set()
        sent = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(sent)

        def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            statuses.append(status)
            names.update(name for name, _ in headers)
            return start(status, headers, *rest)

        got = b"".join(answering(environ, begin))
        if not environ["PATH_INFO"].startswith("/_sandbox/"):
            said.append(
                Exchange(
                    environ["REQUEST_METHOD"],
                    environ["PATH_INFO"],
                    tuple(parse_qs(environ["QUERY_STRING"], keep_blank_values=True)),
                    _content(sent),
                    int(statuses[0].split()[0]),
                    _content(got),
                    frozenset(names),
                )
            )
        return [got]

    sandbox._server.application = application
    return said


def _content(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        return None
