"""The way from PyGithub to an application without a network: what a server says is what the client reads.

It stands where the client's sockets would, so thousands of answers take no time, and a server that hangs is
its timeout's exception at once. Real sockets are what the crashes are played on.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import requests
from github.Requester import HTTPRequestsConnectionClass, Requester, RequestsResponse
from requests.utils import get_encoding_from_headers

from cocflow.sandbox import Sandbox
from cocflow.sandbox.wire import Application
from tests.faults.layer import HungUpError

_SERVER = ThreadPoolExecutor(4)
"""Where applications answer, as in a server's threads: deep in a run's own stack, Python 3.11 asks the system
for memory at many a call, a third of all the time. Several, as more may happen before an answer."""


def connection(application: Application, at: int | None = None) -> type[Any]:
    """Return a class of connections, as PyGithub makes them, to an application.

    `at`: the port at which it is served on this machine; to any other there are sockets as ever.
    """

    class Straight:
        def __new__(cls, host: str, port: int | None = None, **more: Any) -> Any:
            if at is not None and port != at:
                return HTTPRequestsConnectionClass(host, port, **more)
            return super().__new__(cls)

        def __init__(self, host: str, port: int | None = None, **_: Any) -> None:
            self.host, self.port = host, port

        def request(self, verb: str, url: str, input: str | None, headers: dict[str, str], *_: Any) -> None:
            """Keep what is asked."""
            self._asked = verb, url, (input or "").encode(), headers

        def getresponse(self) -> RequestsResponse:
            """Ask it, and return the answer; requests' own errors where none comes."""
            started: list[tuple[str, list[tuple[str, str]]]] = []
            environ = _environ(self.port or 80, *self._asked)
            try:
                parts = _SERVER.submit(
                    application, environ, lambda *given: started.append((given[0], given[1]))
                ).result()
            except HungUpError:
                raise requests.exceptions.ConnectionError from None
            return RequestsResponse(_response(*started[-1], b"".join(parts)))

        def close(self) -> None:
            """Hold nothing."""

    return Straight


def _environ(port: int, verb: str, url: str, body: bytes, headers: dict[str, str]) -> dict[str, Any]:
    split = urlsplit(url)
    return {
        "REQUEST_METHOD": verb,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(split.path, "latin-1"),
        "QUERY_STRING": split.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(port),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": headers.get("Content-Type", ""),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }


def _response(status: str, headers: list[tuple[str, str]], body: bytes) -> requests.Response:
    """Return an answer as the client's library reads it; one that ends too early is an error."""
    made = requests.Response()
    made.status_code = int(status[:3])
    made.headers.update(headers)
    made.encoding = get_encoding_from_headers(made.headers)
    if int(made.headers.get("Content-Length", len(body))) > len(body):
        raise requests.exceptions.ChunkedEncodingError
    made.raw = io.BytesIO(body)
    return made


@contextmanager
def straight(application: Application, at: int | None = None) -> Iterator[None]:
    """Have PyGithub go straight to an application (see `connection`)."""
    made = connection(application, at)
    Requester.injectConnectionClasses(made, made)
    try:
        yield
    finally:
        Requester.resetConnectionClasses()


@contextmanager
def near(sandbox: Sandbox) -> Iterator[None]:
    """Have PyGithub go straight to a sandbox, as long as it answers; to other servers as ever."""
    with straight(lambda *asked: sandbox._server.application(*asked), sandbox.port):
        yield
