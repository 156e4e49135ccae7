"""The fault layer: stands between cocflow and the sandbox, and makes the k-th call go wrong.

Owns the calls of a run in their order (requests, and deliveries of notices), what may go wrong with
one, and death: a run is dead when nothing that it does has an effect any more. Refuses to know why a
call is made.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from cocflow.sandbox.wire import Application

_Result = TypeVar("_Result")


class HungUpError(Exception):
    """The connection breaks: the server's end closes it without an answer."""


class Died(BaseException):
    """The process is no more."""


class Answer(msgspec.Struct, frozen=True):
    """An answer of the server."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a run: `what` it asks, by whose token, and with which body."""

    what: str
    token: str = ""
    body: bytes = b""

    @property
    def writes(self) -> bool:
        """Whether it asks for a change on GitHub."""
        return not self.what.startswith(("query ", "GET ", "deliver", "mailbox "))

    @property
    def variables(self) -> dict[str, Any]:
        """What a query asks for, or a mutation takes; empty for any other call."""
        by_graphql = self.what.startswith(("query ", "mutation "))
        return dict(json.loads(self.body)["variables"]) if by_graphql else {}

    @property
    def texts(self) -> list[tuple[str, str]]:
        """What a mutation says: the node ids of issues and comments, each with its text."""
        taken = [self.variables, *(one for one in self.variables.values() if isinstance(one, dict))]
        said = ((one.get("issue") or one.get("subjectId") or one.get("id"), one.get("body")) for one in taken)
        return [(id_, body) for id_, body in said if id_ and body]

    @property
    def about(self) -> set[str]:
        """The node ids of issues and comments that a mutation changes."""
        taken = (one for one in self.variables.values() if isinstance(one, dict))
        names = ("labelableId", "issueId", "subjectId", "id")
        found = {str(one[name]) for one in taken for name in names if name in one}
        return found | ({str(self.variables["issue"])} if "issue" in self.variables else set())

    @property
    def asks(self) -> object:
        """What is the same when it is asked for again, be it in a smaller page; a new issue isn't another."""
        made = self.body if self.what.endswith("/issues") else b""
        asked = sorted((name, str(one)) for name, one in self.variables.items() if name != "first")
        return self.what, made, asked


Act = Callable[[], Answer]
Wrong = Callable[[Act], Answer]


def _refusal(status: str, message: str, **headers: str) -> Answer:
    body = json.dumps({"message": message, "documentation_url": "https://docs.github.com/rest"}).encode()
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    kind = ("Content-Type", "application/json; charset=utf-8")
    return Answer(status, [kind, *named, ("Content-Length", str(len(body)))], body)


def _hung_up(act: Act) -> Answer:
    raise HungUpError


def _hung_up_after(act: Act) -> Answer:
    act()
    raise HungUpError


def _failed(act: Act) -> Answer:
    return _refusal("500 Internal Server Error", "Server Error")


def _gateway(act: Act) -> Answer:
    """Answer like a proxy whose server did what it was asked, too late."""
    act()
    page = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
    return Answer(
        "502 Bad Gateway", [("Content-Type", "text/html"), ("Content-Length", str(len(page)))], page
    )


def _unavailable(act: Act) -> Answer:
    return _refusal("503 Service Unavailable", "No server is currently available")


def _secondary(act: Act) -> Answer:
    words = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return _refusal("403 Forbidden", words, Retry_After="7")


def _too_many(act: Act) -> Answer:
    return _refusal("429 Too Many Requests", "You have exceeded a secondary rate limit.", Retry_After="3")


def _much_too_many(act: Act) -> Answer:
    return _refusal("429 Too Many Requests", "You have exceeded a secondary rate limit.", Retry_After="3600")


def _missing(act: Act) -> Answer:
    return _refusal("404 Not Found", "Not Found")


def _cut(act: Act) -> Answer:
    whole = act()
    return Answer(whole.status, [*whole.headers, ("Connection", "close")], whole.body[: len(whole.body) // 2])


ONCE: dict[str, Wrong] = {
    "hung up": _hung_up,
    "hung up after the deed": _hung_up_after,
    "500": _failed,
    "502 after the deed": _gateway,
    "403 secondary limit": _secondary,
    "429": _too_many,
    "429 for an hour": _much_too_many,
    "404": _missing,
    "cut body": _cut,
}
"""What may go wrong with one request, while the ones after it go well again."""

LASTING: dict[str, Wrong] = {"503 from then on": _unavailable}
"""What goes wrong with a request and all that follow it in the run."""

DEATHS: dict[str, Wrong] = {"died before": _hung_up, "died after": _hung_up_after}
"""The run ends at this call, with the call's effect or without it."""

SILENCE = "no answer"
"""The server does what it is asked, and never answers."""


class Plan(msgspec.Struct, frozen=True):
    """That the call of that number (from 1) goes wrong, and how.

    `how`: what goes wrong, where it is none of those here. `stubborn`: it goes wrong however often the run
    asks for the same.
    """

    at: int
    wrong: str
    how: Wrong | None = None
    stubborn: bool = False


class FaultLayer:
    """A WSGI application around another: counts, notes and spoils the calls that pass.

    `before` is called before each call, in the thread that serves it, so a test can let other things
    happen there, or make the call wait for its turn. `effects` are the calls that were done, of all
    runs, in order, whether their answers arrived or not; `answers` are those of this run's.
    """

    def __init__(self, inner: Application) -> None:
        self._inner = inner
        self._lock = threading.Lock()
        self._release = threading.Event()
        self._plan: Plan | None = None
        self.calls: list[Call] = []
        self.effects: list[Call] = []
        self.answers: list[tuple[Call, Answer]] = []
        self.struck: Call | None = None
        self.dead = False
        self.before: Callable[[int, Call], None] = _nothing

    def arm(self, plan: Plan | None = None) -> None:
        """Begin a run: count from 1 again, and let one call go wrong, or none."""
        self._release.set()
        self._release = threading.Event()
        self.calls, self.answers = [], []
        self._plan, self.struck, self.dead = plan, None, False
        self.before = _nothing

    def release(self) -> None:
        """Hang up on whoever waits for an answer that never comes."""
        self._release.set()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        call = _call(environ)
        if call.token == "":
            raise HungUpError

        def act() -> Answer:
            found: list[tuple[str, list[tuple[str, str]]]] = []
            body = b"".join(self._inner(environ, lambda *given: found.append((given[0], given[1]))))
            return Answer(*found[-1], body)

        answer = self.passes(call, act)
        start(answer.status, answer.headers)
        return [answer.body]

    def passes(self, call: Call, act: Act) -> Answer:
        """Let a call pass, or go wrong."""
        with self._lock:
            self.calls.append(call)
            number = len(self.calls)
            wrong = self._wrong(number, call)
            if wrong is not None:
                self.struck = self.struck or call
            how = self._plan.how if self._plan is not None else None
            dead = self.dead
            if wrong in DEATHS:
                self.dead = True
        if dead:
            raise HungUpError
        self.before(number, call)

        def done() -> Answer:
            answer = act()
            if answer.status.startswith("2"):
                self.effects.append(call)
                self.answers.append((call, answer))
            return answer

        if wrong is None:
            return done()
        if wrong == SILENCE:
            done()
            self._release.wait(20)
            raise HungUpError
        return (how or (ONCE | LASTING | DEATHS)[wrong])(done)

    def _wrong(self, number: int, call: Call) -> str | None:
        plan = self._plan
        if plan is None or number < plan.at:
            return None
        again = plan.stubborn and self.struck is not None and self.struck.asks == call.asks
        return plan.wrong if number == plan.at or again or plan.wrong in LASTING else None


def _nothing(number: int, call: Call) -> None:
    """Let nothing happen before a call."""


def _call(environ: dict[str, Any]) -> Call:
    """Read a request, and put its body back for the application."""
    body: bytes = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    what = f"{method} {path}"
    if path == "/graphql":
        what = str(json.loads(body)["query"]).partition("(")[0]
    return Call(what=what, token=environ.get("HTTP_AUTHORIZATION", ""), body=body)
