"""A GitHub that answers as a test says: the sandbox, with each answer changed on its way out.

Owns what the tests play that give both answers to what nobody could look up. The real tracker, with the real
PyGithub, asks over HTTP, and whole runs are played.
"""

from __future__ import annotations

import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cocflow.adapters.github import GitHubTracker
from cocflow.adapters.outbox import Outbox
from cocflow.bootstrap import premises
from cocflow.core.case.records import is_receipt
from cocflow.core.case.seal import Seal
from cocflow.core.engine.reading import read_ledger
from cocflow.ports import Premises
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run, sweep
from cocflow.sandbox import Clock, Store, create_app
from cocflow.sandbox.issues import IssueDesk, Transaction
from cocflow.sandbox.wire import LoopbackServer
from tests.core import play
from tests.fakes import desk

REPO = "acme/incidents"
PEOPLE = (
    ("mft", "write"),
    ("miabot", "write"),
    ("thclpr", "write"),
    ("riya", "read"),
    ("stranger", "triage"),
)


class Reply:
    """An answer on its way out: what was asked, and status, headers and body, which may be changed."""

    def __init__(self, what: str, asked: Any, status: str, headers: dict[str, str], body: Any) -> None:
        self.what, self.asked = what, asked
        self.status, self.headers, self.body = status, headers, body

    def refuse(self, status: str, message: str) -> None:
        """Make it a refusal."""
        self.status, self.body = status, {"message": message}

    def issue(self) -> dict[str, Any]:
        """Return the issue that ISSUE asked for; nothing where there is none."""
        if self.what != "query Issue":
            return {}
        found: dict[str, Any] | None = ((self.body.get("data") or {}).get("repository") or {}).get("issue")
        return found or {}

    def items(self) -> list[Any]:
        """Return the list of what happened on that issue."""
        nodes: list[Any] = self.issue().get("timelineItems", {}).get("nodes", [])
        return nodes

    def each(self) -> Iterator[dict[str, Any]]:
        """Give every object of the body."""
        yield from _objects(self.body)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _objects(one)
    elif isinstance(value, list):
        for one in value:
            yield from _objects(one)


Change = Callable[[Reply], None]
Make = Callable[..., "World"]
"""Makes worlds, from a change and what is refused before the sandbox does anything."""


def as_it_is(reply: Reply) -> None:
    """Change nothing: the sandbox answers as cocflow takes it to be, or as was seen."""


HONEST = pytest.param(as_it_is, id="as hoped")


def other(change: Change) -> Any:
    """Return an answer that cocflow doesn't hope for, by the name of what changes it."""
    return pytest.param(change, id=change.__name__.strip("_").replace("_", " "))


class Before:
    """What is refused before the sandbox does anything; a mutation by GraphQL's own way to refuse."""

    def __init__(self, what: str, status: str, message: str) -> None:
        self.what, self.status, self.message = what, status, message

    def answer(self, asked: Any) -> tuple[str, Any]:
        """Return the status and body of the refusal."""
        if not self.what.startswith("mutation"):
            return self.status, {"message": self.message}
        kind = {"403": "FORBIDDEN", "404": "NOT_FOUND"}.get(self.status[:3], "UNPROCESSABLE")
        names = [name for name in asked["variables"] if name[0] == "w"] or ["addComment"]
        errors = [{"type": kind, "path": [name], "message": self.message} for name in names]
        return "200 OK", {"data": dict.fromkeys(names), "errors": errors}


class Answering:
    """A GitHub with nothing on it, at `url`, that answers as a test says; `asked` is all that was asked."""

    def __init__(self, folder: Path, change: Change = as_it_is, refuse: Before | None = None) -> None:
        folder.mkdir(parents=True)
        self.folder, self.change, self.refused = folder, change, refuse
        self.asked: list[str] = []
        self.store = Store(clock=Clock("2026-01-05T09:00:00Z", frozen=True))
        self._inner = create_app(self.store)
        self._server = LoopbackServer(self._serve)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()

    @property
    def url(self) -> str:
        """Return where it answers."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Hang up."""
        self._server.close()
        self._thread.join()
        self.store.close()

    def _serve(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        raw: bytes = environ["wsgi.input"].read()
        environ["wsgi.input"] = io.BytesIO(raw)
        asked: Any = json.loads(raw) if raw else None
        what = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        if environ["PATH_INFO"] == "/graphql":
            what = str(asked["query"]).partition("(")[0]
        self.asked.append(what)
        where = f"{what} {json.dumps(asked['variables'])}" if what.startswith("mutation") else what
        found: list[tuple[str, list[tuple[str, str]]]] = []
        body = b""
        if self.refused is None or re.search(self.refused.what, where) is None:
            body = b"".join(self._inner(environ, lambda *given: found.append((given[0], given[1]))))
        else:
            date = [("Date", self.store.clock.http_date()), ("Content-Type", "application/json")]
            status, refusal = self.refused.answer(asked)
            found.append((status, date))
            body = json.dumps(refusal).encode()
        status, headers = found[-1]
        reply = Reply(what, asked, status, dict(headers), json.loads(body) if body else None)
        self.change(reply)
        sent = json.dumps(reply.body).encode() if reply.body is not None else b""
        reply.headers["Content-Length"] = str(len(sent))
        start(reply.status, list(reply.headers.items()))
        return [sent]


class World(Answering):
    """A repository, its people, and runs over it."""

    def __init__(self, folder: Path, change: Change = as_it_is, refuse: Before | None = None) -> None:
        super().__init__(folder, change, refuse)
        self.store.add_repo(REPO, visibility="private", labels=False)
        for login, permission in PEOPLE:
            self.store.add_user(login)
            self.store.set_permission(REPO, login, permission)
        self.token = self.store.job_token(REPO)
        self.slept: list[float] = []

    # --- people --------------------------------------------------------------------------------------

    @contextmanager
    def as_(self, login: str) -> Iterator[IssueDesk]:
        """Let somebody do something."""
        with Transaction(self.store, self.store.access(REPO, login)) as at:
            yield at

    def opens(self, login: str = "riya", body: str | None = None) -> int:
        """Let somebody file a report, complete by default; return its number."""
        with self.as_(login) as at:
            filed = play.body() if body is None else body
            return int(at.open_issue("Their words", filed, [])["number"])

    def says(self, login: str, number: int, text: str) -> None:
        """Let somebody comment."""
        with self.as_(login) as at:
            at.add_comment(number, text)

    # --- runs ----------------------------------------------------------------------------------------

    def tracker(self, repository: str = REPO) -> GitHubTracker:
        """Return the tracker of another run."""
        token = self.token if repository == REPO else self.store.job_token(repository)
        return GitHubTracker(repository, token, self.url, sleep=self.slept.append)

    def premises(self, login: str = "mft") -> Premises:
        """Return the administration side of the repository, as somebody."""
        return premises(REPO, self.store.add_token(login), self.url)

    def moves_to_another_app(self) -> None:
        """Let runs have the token of another App from now on."""
        self.token = self.store.job_token(REPO, app="another-app")

    def desk(self, repository: str = REPO, seal: Seal | None = None) -> Desk:
        """Return the desk of another run."""
        return desk(self.tracker(repository), Outbox(self.folder / "outbox"), seal=seal)

    def sweeps(self) -> Run:
        """Let a whole run pass."""
        return sweep(self.desk())

    def writes(self) -> int:
        """Return how many writes one more run takes."""
        tracker = self.tracker()
        sweep(desk(tracker, Outbox(self.folder / "outbox")))
        return tracker.written

    def looks(self) -> int:
        """Return how many issues one more run has to look at."""
        self.asked.clear()
        self.sweeps()
        return self.asked.count("query Issue")

    # --- what became of it ---------------------------------------------------------------------------

    def labels(self, number: int) -> set[str]:
        """Return the labels of an issue."""
        query = "SELECT l.name FROM issue_label il JOIN label l ON l.id = il.label_id JOIN issue i"
        query += " ON i.id = il.issue_id WHERE i.number = ?"
        with self.store.read() as db:
            return {row["name"] for row in db.execute(query, (number,))}

    def receipts(self, number: int) -> int:
        """Return how many receipts stand on an issue."""
        query = "SELECT c.body FROM comment c JOIN issue i ON i.id = c.issue_id WHERE i.number = ?"
        with self.store.read() as db:
            return sum(is_receipt(row["body"]) for row in db.execute(query, (number,)))

    def moves(self, number: int) -> list[str | None]:
        """Return what the receipts that count record, as an honest GitHub shows them."""
        changed, self.change = self.change, as_it_is
        refused, self.refused = self.refused, None
        try:
            ledger = read_ledger(self.tracker().read(number))
        finally:
            self.change, self.refused = changed, refused
        assert not ledger.broken
        return [entry.record.move for entry in ledger.counted]


def settle(world: World) -> None:
    """Let runs pass until nothing is left to do; three must do."""
    for _ in range(3):
        world.sweeps()
