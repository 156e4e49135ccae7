"""The application, and the server that it runs in: ``Sandbox`` in a thread, ``serve`` in the foreground."""

from __future__ import annotations

import re
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import IntegerConverter, Map

from cocflow.sandbox import (
    control,
    graphql,
    rest_actions,
    rest_apps,
    rest_collaborators,
    rest_contents,
    rest_git,
    rest_issues,
    rest_organizations,
    rest_repositories,
    rest_search,
)
from cocflow.sandbox.access import Identity, identify
from cocflow.sandbox.clock import Clock
from cocflow.sandbox.context import SERVED, Served, answer, base, served
from cocflow.sandbox.eventlog import events_after
from cocflow.sandbox.refusals import Refusal
from cocflow.sandbox.render import RAW
from cocflow.sandbox.store import Store
from cocflow.sandbox.wire import Application, LoopbackServer

CONTROL = "/_sandbox/"
READS = ("GET", "HEAD")
UNTAGGED = ("/search/", "/rate_limit")
PREFIX = "/api/v3"
API_VERSION = "2022-11-28"
"""What GitHub answers in where no version is asked for."""


def create_app(store: Store) -> Application:
    """Return the WSGI application that serves a store."""
    app, served = _app(), Served(store)

    def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        environ[SERVED] = served
        environ["PATH_INFO"] = _named(store, environ["PATH_INFO"])
        return app.wsgi_app(environ, start)

    return application


class _Number(IntegerConverter):
    """A number in an address, as large as the database can hold; nothing has a larger one."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**63 - 1)


@cache
def _app() -> Flask:
    """Return the routes, which are the same for every store; each request brings along which it is for."""
    app = Flask("cocflow.sandbox", static_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.converters["int"] = _Number
    for module in (
        rest_issues,
        rest_repositories,
        rest_contents,
        rest_git,
        rest_actions,
        graphql,
        control,
        rest_apps,
        rest_collaborators,
        rest_organizations,
        rest_search,
    ):
        app.register_blueprint(module.routes)
    app.register_blueprint(rest_apps.open_routes)
    app.register_blueprint(rest_apps.installed_routes)

    @app.before_request
    def admit() -> None:
        g.identity = None
        g.points = 1
        if request.path.startswith(CONTROL):
            return
        store = served().store
        if request.blueprint == rest_apps.open_routes.name:
            return
        g.identity = _identity(store)
        if request.path != "/rate_limit":
            store.limits.check(g.identity, _resource())

    @app.after_request
    def stamp(response: Response) -> Response:
        to = served()
        response.headers["Date"] = to.store.clock.http_date()
        response.headers["X-GitHub-Api-Version-Selected"] = API_VERSION
        response.headers["X-GitHub-Request-Id"] = f"5A4D:B0C5:{next(to.numbers):06X}"
        if not request.path.startswith(CONTROL):
            _tag(response)
            _count(to.store, response)
        return response

    @app.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        if refusal.status == 200:
            error = {"type": refusal.kind, "message": refusal.message}
            return answer({"data": None, "errors": [error]}, 200, refusal.headers)
        body, headers = refusal.as_dict(), refusal.headers
        if "Location" in headers:
            body["url"] = headers["Location"] = base() + headers["Location"]
        return answer(body, refusal.status, headers)

    @app.errorhandler(Exception)
    def fault(error: Exception) -> Response:
        # The place of a fault of ours, and never its text, which may hold a report.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
        return answer(Refusal(500, f"Server Error: {place}").as_dict(), 500)

    @app.errorhandler(HTTPException)
    def no_route(error: HTTPException) -> Response:
        status = error.code or 500
        message = "Not Found" if status in (404, 405) else error.name
        return answer(
            Refusal(404 if status == 405 else status, message).as_dict(), 404 if status == 405 else status
        )

    return app


def _named(store: Store, path: str) -> str:
    """Return a path by a repository's name: /repositories/NUMBER means the one of that number."""
    found = re.match(r"/repositories/(\d+)(?=/|$)", path)
    if found is None:
        return path
    query = "SELECT a.login, r.name FROM repository r JOIN account a ON a.id = r.owner_id WHERE r.id = ?"
    with store.read() as db:
        row = db.execute(query, (int(found[1]),)).fetchone()
    return path if row is None else f"/repos/{row['login']}/{row['name']}{path[found.end() :]}"


def answered() -> list[tuple[str, str]]:
    """Return what of GitHub's is answered: the method, and the path with its variables in braces."""
    found = set()
    for rule in _app().url_map.iter_rules():
        if not rule.rule.startswith(CONTROL):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
            found |= {(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return sorted(found)


def _identity(store: Store) -> Identity:
    """Return who sends a request: by a JWT where only that will do, and by a token everywhere else."""
    authorization = request.headers.get("Authorization")
    secret = (authorization or "").partition(" ")[2].strip()
    if request.blueprint == rest_apps.routes.name:
        return store.apps.identify(secret)
    with store.read() as db:
        return identify(db, authorization, store.clock.now())


def _tag(response: Response) -> None:
    """Name what was read by what it holds, so that whoever has it needn't be sent it again: 304."""
    if response.status_code not in (200, 201) or request.path == "/graphql":
        return
    if request.path.startswith(UNTAGGED):
        response.headers["Cache-Control"] = "no-cache"
        return
    response.headers["Cache-Control"] = "private, max-age=60, s-maxage=60"
    response.headers["Vary"] = "Accept, Authorization, Cookie, X-GitHub-OTP"
    response.set_etag(sha256(response.get_data()).hexdigest(), weak=True)
    if request.method in READS and request.if_none_match.contains_weak(response.get_etag()[0] or ""):
        response.status_code = 304
        response.set_data(b"")


def _resource() -> str:
    if request.path.startswith("/search/"):
        return "search"
    return "graphql" if request.path == "/graphql" else "core"


def _count(store: Store, response: Response) -> None:
    resource = _resource()
    if resource == "graphql":
        kind = "graphql_writes" if g.get("mutation") else "graphql_reads"
    else:
        kind = "rest_reads" if request.method in READS else "rest_writes"
    rule = request.url_rule.rule if request.url_rule else "(no such route)"
    store.requests.add(kind, f"{request.method} {rule}")
    free = request.path == "/rate_limit" or response.status_code in (304, 401)
    store.requests.points += g.points if resource == "graphql" else 0
    if kind.endswith("writes"):
        store.requests.pieces += g.get("pieces", 1)
    budget = store.limits.spend(g.identity, resource, 0 if free else g.points)
    for name, value in budget.as_dict().items():
        response.headers[f"X-RateLimit-{name.capitalize()}"] = str(value)
    response.headers["X-RateLimit-Resource"] = resource
    if "/issues" in request.path:
        needed = "read" if request.method in READS else "write"
        response.headers["X-Accepted-GitHub-Permissions"] = f"issues={needed}"
    raw = response.mimetype == RAW
    response.headers["X-GitHub-Media-Type"] = f"github.v3; {'param=raw' if raw else 'format=json'}"
    if g.identity is not None and g.identity.kind == "user":  # a fine-grained one has no scopes
        response.headers["X-OAuth-Scopes"] = ", ".join(g.identity.scopes)
    if g.identity is not None and g.identity.kind == "fine" and g.identity.expires_at is not None:
        ends = datetime.fromtimestamp(g.identity.expires_at, UTC)
        response.headers["GitHub-Authentication-Token-Expiration"] = f"{ends:%Y-%m-%d %H:%M:%S} UTC"


def _prefixed(inner: Application) -> Application:
    """Serve a GitHub Enterprise Server's addresses (``/api/v3``, ``/api/graphql``) as well."""

    def application(environ: dict[str, Any], start: Any) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith(f"{PREFIX}/"):
            environ["SCRIPT_NAME"], environ["PATH_INFO"] = PREFIX, path.removeprefix(PREFIX)
        elif path == "/api/graphql":
            environ["PATH_INFO"] = "/graphql"
        return inner(environ, start)

    return application


class Sandbox:
    """A running local GitHub: ``with Sandbox() as sandbox: ... sandbox.url ... sandbox.store``."""

    def __init__(
        self,
        db: str | Path | None = None,
        port: int = 0,
        *,
        clock: Clock | None = None,
        store: Store | None = None,
    ) -> None:
        self.store = store or Store(db, clock=clock)
        self._server = LoopbackServer(_prefixed(create_app(self.store)), port)
        self.port: int = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def events(self, after: int = 0) -> list[dict[str, Any]]:
        """Return what happened since an event's ``seq`` that starts a workflow, as the control route does."""
        with self.store.read() as db:
            return events_after(db, after, self.url)

    def close(self) -> None:
        """Hang up, stop the thread and close the database."""
        self._server.close()
        self._thread.join()
        self.store.close()

    def wait(self) -> None:
        """Wait until the server ends, which it does when it is closed."""
        self._thread.join()


def serve(
    db: str | Path | None = None, port: int = 0, ready: Callable[[str], None] = lambda url: None
) -> None:
    """Serve in the foreground until interrupted; `ready` is told the address."""
    with Sandbox(db, port) as sandbox:
        ready(sandbox.url)
        with suppress(KeyboardInterrupt):
            sandbox.wait()
