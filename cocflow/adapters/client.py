"""How cocflow talks to GitHub, whoever it is there: sending, trying again, pacing, and who it is known as.

Owns retries, pauses and the one shape of a query's answer. A failure's text may hold what people wrote, so
none leaves this module.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from math import inf
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlparse

import github

from cocflow.adapters import queries
from cocflow.adapters.connecting import connected
from cocflow.adapters.refusals import UNKNOWN_WAIT, TooHeavyError, date_of, failed, refused, remaining
from cocflow.core.case.accounts import account_number, same_account
from cocflow.errors import AdapterError

_Answer = TypeVar("_Answer")

API = "https://api.github.com"
TIMEOUT = 30
"""Seconds that an answer may take."""
HURRIED = 10
"""The same for what a run can do without: somebody waits for it."""
PAUSE = 1.0
"""Seconds for each write, as GitHub asks of automations; none on loopback."""
AT_ONCE = 5
"""The writes of a minute from which on there is a pause: GitHub takes 80, and a few make no rush."""
TRIES = 4
LONGEST_WAIT = 60.0
"""Seconds; a rate limit that asks for more is left to the next run."""
SIZES = (100, 50, 25, 10)
"""The sizes of a page; each is tried where GitHub finds the one before it too much."""
NEW_IDS = {"X-Github-Next-Global-ID": "1"}
"""Asks for node ids in the form that will stay."""


class ViewerError(AdapterError):
    """GitHub contradicts itself about whose token this is: nothing that we wrote could be known for ours."""

    def __init__(self, route: str) -> None:
        super().__init__(None, route, kind="refused_credential")
        self.args = ("GitHub names two accounts for this token, so cocflow can't know its own comments.",)


class Viewer(NamedTuple):
    """Whose token it is."""

    id: str
    bot: bool


class Pace:
    """When how much was written lately, for all who write as the same account.

    How GitHub counts a request of several writes isn't documented, so each of them counts.
    """

    def __init__(self) -> None:
        self._lately: list[tuple[float, int]] = []

    def pause(self, now: float, writes: int) -> float:
        """Return the seconds to wait before so many writes more."""
        self._lately = [one for one in self._lately if now - one[0] < 60.0]
        if writes + sum(count for _, count in self._lately) < AT_ONCE or not self._lately:
            return 0.0
        last, count = self._lately[-1]
        return max(0.0, last + PAUSE * count - now)

    def wrote(self, now: float, writes: int) -> None:
        """Keep that so much was written."""
        self._lately.append((now, writes))


class Renewed(github.Auth.Auth):
    """A token that is asked for whenever it is needed, so that it can be another one an hour later."""

    def __init__(self, source: Callable[[], str]) -> None:
        self._source = source

    @property
    def token_type(self) -> str:
        """How GitHub calls such a token."""
        return "token"

    @property
    def token(self) -> str:
        """The token that is good now."""
        return self._source()


class Client:
    """What every adapter that asks queries, and writes as a job or an App, shares.

    `token`: a text, or what gives one that is good now, or PyGithub's own kind. `base_url` is the REST
    address. `sleep` waits a number of seconds. `timeout`: the seconds after which an answer doesn't come any
    more; `patience`: those after which nothing is tried again. `holder`: where in an answer its things are.
    """

    def __init__(
        self,
        token: str | Callable[[], str] | github.Auth.Auth,
        base_url: str,
        sleep: Callable[[float], None],
        timeout: int,
        *,
        patience: float = inf,
        pace: Pace | None = None,
        holder: str = "repository",
    ) -> None:
        if isinstance(token, str):
            token = github.Auth.Token(token)
        auth = token if isinstance(token, github.Auth.Auth) else Renewed(token)
        self._github = connected(auth, base_url, timeout)
        self._requester = self._github.requester
        self._sleep = sleep
        self._patience = patience
        self._pace = pace or Pace()
        self._holder = holder
        self._local = urlparse(base_url).hostname in ("127.0.0.1", "localhost", "::1")
        self._written = 0
        self._points = 0
        self._points_left: int | None = None
        self._viewer: Viewer | None = None
        self._contradicted = False
        self._latest: datetime | None = None
        self._sizes: dict[str, int] = {}

    def close(self) -> None:
        """Close the connections."""
        self._github.close()

    # --- queries -----------------------------------------------------------------------------------

    def _query(
        self, name: str, variables: dict[str, Any], text: str | None = None, *, again: bool = True
    ) -> tuple[dict[str, Any], datetime]:
        """Send one query; return its data and the `Date` of the answer, which is now.

        A page that is too much for GitHub is asked for again in a smaller size, which is kept. `text`: where
        it isn't always the same one. `again`: False where whoever asks knows another way.
        """
        route = f"query {name}"
        sizes = [size for size in SIZES if size <= self._size(name)]
        tried = [sizes[0]]

        def ask() -> tuple[dict[str, Any], datetime]:
            try:
                found = self._ask(name, {**variables, "first": tried[-1]}, text or queries.ALL[name])
            except Exception as error:  # noqa: BLE001 - `failed` tells each
                failure = failed(error, route)
                if isinstance(failure, TooHeavyError):
                    tried.append(sizes[min(len(tried), len(sizes) - 1)])
                raise failure from None
            self._sizes[name] = tried[-1]
            return found

        return self._call(route, ask, repeatable=again)

    def _size(self, name: str) -> int:
        """Return how many entries a page of a query has."""
        return self._sizes.get(name, SIZES[0])

    def _ask(self, name: str, variables: dict[str, Any], text: str) -> tuple[dict[str, Any], datetime]:
        """Send one query once, and look at whether its answer is one."""
        route = f"query {name}"
        self._points += queries.points(name, variables["first"])
        headers, answer = self._requester.requestJsonAndCheck(
            "POST",
            self._requester.graphql_url,
            headers=dict(NEW_IDS),
            input={"query": text, "variables": variables},
        )
        self._points_left = remaining(headers)
        if not isinstance(answer, dict):
            raise AdapterError(200, route, kind="odd")
        data, errors = answer.get("data"), answer.get("errors")
        if errors and not (isinstance(data, dict) and data.get(self._holder) and _spare_it(errors)):
            failure = refused(200, headers, answer, route)
            # What is missing is named; else nothing is said of it.
            raise failure if failure.status != 404 or _names(errors) else AdapterError(200, route, kind="odd")
        if not isinstance(data, dict) or not isinstance(data.get(self._holder), dict):
            raise AdapterError(200, route, kind="odd")
        self._recognise(data.get("viewer"), route)
        self._latest = date_of(headers) or self._latest  # an earlier time makes less due, never more
        if self._latest is None:
            raise AdapterError(200, route, kind="odd")
        return data, self._latest

    def _recognise(self, viewer: Any, route: str) -> None:
        """Keep whose token it is. ViewerError where its id and number, or two answers, name two accounts."""
        if not isinstance(viewer, dict) or not isinstance(viewer.get("id"), str) or not viewer["id"]:
            raise AdapterError(200, route, kind="odd")
        number, said = account_number(viewer["id"]), viewer.get("databaseId")
        known = self._viewer
        contradicted = number is not None and said is not None and number != said
        if contradicted or (known is not None and not same_account(known.id, viewer["id"])):
            self._contradicted = True
            raise ViewerError(route)
        self._viewer = Viewer(viewer["id"], str(viewer.get("login", "")).endswith("[bot]"))

    def _known_viewer(self) -> Viewer:
        if self._viewer is None:
            raise AssertionError  # every query recognises it first
        return self._viewer

    # --- what it costs -----------------------------------------------------------------------------

    @property
    def written(self) -> int:
        """See `Tracker.written`."""
        return self._written

    @property
    def points(self) -> int:
        """See `Tracker.points`."""
        return self._points

    @property
    def points_left(self) -> int | None:
        """See `Tracker.points_left`."""
        return self._points_left

    # --- calls -------------------------------------------------------------------------------------

    def _write(
        self,
        route: str,
        call: Callable[[], _Answer],
        *,
        repeatable: Callable[[], bool] | bool = True,
        writes: Callable[[], int] = lambda: 1,
    ) -> _Answer:
        """Write, at GitHub's pace. `writes`: how many things the next call changes."""
        if self._contradicted:
            raise ViewerError(route)
        if not self._local and (wait := self._pace.pause(time.monotonic(), writes())):
            self._sleep(wait)

        def write() -> _Answer:
            count = writes()
            self._written += count
            try:
                return call()
            finally:
                self._pace.wrote(time.monotonic(), count)

        return self._call(route, write, repeatable=repeatable)

    def _call(
        self, route: str, call: Callable[[], _Answer], *, repeatable: Callable[[], bool] | bool
    ) -> _Answer:
        """Call GitHub, again where that is safe; AdapterError in the end.

        A rate limit's refusal did nothing, so anything may be repeated after it. Another failure
        may have come after the deed, so only what may be done twice is repeated.
        """
        began = time.monotonic()
        for attempt in range(TRIES):
            try:
                return call()
            except Exception as error:  # noqa: BLE001 - a client's fault is an answer's fault; ours are told too
                failure = failed(error, route)
            wait = 2.0**attempt
            if failure.kind == "limited":
                wait = UNKNOWN_WAIT * wait if failure.wait is None else failure.wait
            safe = repeatable if isinstance(repeatable, bool) else repeatable()
            again = failure.kind == "limited" or (safe and failure.kind in ("unavailable", "odd"))
            late = wait > LONGEST_WAIT or time.monotonic() - began + wait > self._patience
            if attempt == TRIES - 1 or not again or late or isinstance(failure, ViewerError):
                raise failure from None
            self._sleep(wait)
        raise AssertionError  # the last try returns or raises


def next_page(connection: dict[str, Any] | None) -> str | None:
    """Return the cursor of a list's next page, None where there is none."""
    if connection is None or not connection["pageInfo"]["hasNextPage"]:
        return None
    cursor: str | None = connection["pageInfo"]["endCursor"]
    return cursor


def _names(errors: Any) -> bool:
    """Whether GraphQL's errors say what they are about."""
    return isinstance(errors, list) and any(isinstance(one, dict) and one.get("path") for one in errors)


def _spare_it(errors: Any) -> bool:
    """Whether GraphQL's errors cost no more than an entry of a list, or the parent, which are null then."""
    if not isinstance(errors, list):
        return False
    for error in errors:
        path = error.get("path") if isinstance(error, dict) else None
        if not isinstance(path, list) or error.get("type") in ("RATE_LIMITED", "RESOURCE_LIMITS_EXCEEDED"):
            return False
        if path[-1:] != ["parent"] and not any(isinstance(step, int) for step in path):
            return False
    return True
