"""What GitHub means when it refuses: a rate limit, who asks, the thing asked for, or a bad moment.

Owns the words and headers by which GitHub tells these apart, which its status alone doesn't: a limit comes as
403, 429, or as 200 with an error; a 403 may be about a token or about one locked issue. It looks at GitHub's
own words only, and lets none of them out.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from github.GithubException import GithubException

from cocflow.errors import AdapterError, Kind, Reason

UNKNOWN_WAIT = 60.0
"""Seconds to wait after a limit that doesn't say how long: GitHub asks for a minute at least."""

_LIMIT = re.compile(
    r"API rate limit (already )?exceeded|You have exceeded a secondary rate limit"
    r"|You have triggered an abuse detection|.{0,40}\bsecondary rate limit",
    re.IGNORECASE,
)
_TOO_QUICKLY = re.compile(r"(\w+ )?was submitted too quickly\.?", re.IGNORECASE)
"""The limit of what is created, as GraphQL tells it: as if it were about the values that were sent."""

_CREDENTIAL = re.compile(
    r"Bad credentials|Resource not accessible by (integration|personal access token)", re.I
)
_REASONS: tuple[tuple[Reason, re.Pattern[str]], ...] = (
    (
        "locked",
        re.compile(r"Unable to create comment because issue is locked|.{0,40}\bissue is locked", re.I),
    ),
    ("too_long", re.compile(r"body is too long", re.I)),
    ("full", re.compile(r"Commenting is disabled on issues with more than", re.I)),
)
_BY_STATUS: Mapping[int, Reason] = {404: "missing", 410: "gone", 422: "invalid"}
_LIMIT_TYPES = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
_HEAVY_TYPES = frozenset({"RESOURCE_LIMITS_EXCEEDED"})
_HEAVY = re.compile(r"Something went wrong while executing your query", re.I)
_TYPED: Mapping[str, int] = {
    "NOT_FOUND": 404,
    "FORBIDDEN": 403,
    "INSUFFICIENT_SCOPES": 403,
    "UNPROCESSABLE": 422,
}
"""The statuses of errors that GraphQL tells with status 200."""


class TooHeavyError(AdapterError):
    """GitHub gave up on a query: a smaller page may do."""


def failed(error: Exception, route: str) -> AdapterError:
    """Return what a failure of PyGithub's means. Whatever else it raises comes from an odd answer."""
    if isinstance(error, AdapterError):
        return error
    if isinstance(error, GithubException):
        return refused(error.status, error.headers or {}, error.data, route)
    if isinstance(error, requests.exceptions.RetryError):  # see `connecting.MOVED`
        return AdapterError(307, route)
    if isinstance(error, requests.exceptions.RequestException):
        return AdapterError(None, route, uncertain=True)
    return AdapterError(None, route, uncertain=True, kind="odd")


@contextmanager
def understood(route: str, *, uncertain: bool = False) -> Iterator[None]:
    """Tell an answer of another shape than GitHub describes, without its words."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise AdapterError(200, route, kind="odd", uncertain=uncertain) from None


def refused(status: int, headers: Mapping[str, Any], answer: Any, route: str) -> AdapterError:
    """Return what an answer of status 400 or more, or with GraphQL's `errors`, means."""
    told = _told(answer)
    headers = {str(name).lower(): str(value) for name, value in headers.items()}
    graphql = status < 400
    status = _status(told) if graphql else status
    if _is_limit(status, headers, told, graphql=graphql):
        return AdapterError(status, route, kind="limited", wait=asked_wait(headers))
    if status in (502, 504) or any(kind in _HEAVY_TYPES or _HEAVY.match(words) for kind, words in told):
        return TooHeavyError(status, route, kind="unavailable", uncertain=True)
    if status >= 500:
        return AdapterError(status, route, uncertain=True)
    kind, reason = _of_client(status, told, graphql=graphql)
    return AdapterError(status, route, kind=kind, reason=reason)


def _status(told: list[tuple[str, str]]) -> int:
    """Return the status that GraphQL's one error stands for; 400 for several kinds, or another kind."""
    statuses = {_TYPED.get(kind, 400) for kind, _ in told}
    return statuses.pop() if len(statuses) == 1 else 400


def _told(answer: Any) -> list[tuple[str, str]]:
    """Return the kinds and words of GitHub's own message and of GraphQL's errors."""
    if not isinstance(answer, dict):
        return []
    errors = answer.get("errors")
    parts = [answer, *(errors if isinstance(errors, list) else [])]
    found = [(part.get("type"), part.get("message")) for part in parts if isinstance(part, dict)]
    return [(str(kind or ""), str(words or "")) for kind, words in found if kind or words]


def _is_limit(status: int, headers: Mapping[str, str], told: list[tuple[str, str]], *, graphql: bool) -> bool:
    if any(_TOO_QUICKLY.fullmatch(words) for _, words in told):
        return True
    own = told if graphql else told[:1]  # what else REST tells is about the values that were sent
    if any(kind in _LIMIT_TYPES or _LIMIT.match(words) for kind, words in own):
        return True
    if status == 429:
        return True
    by_header = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    return by_header and (status == 403 or (graphql and status == 400))


def _of_client(status: int, told: list[tuple[str, str]], *, graphql: bool) -> tuple[Kind, Reason]:
    if status == 401 or (status == 403 and any(_CREDENTIAL.match(words) for _, words in told)):
        return "refused_credential", ""
    for reason, pattern in _REASONS:
        if status in (403, 422) and any(pattern.match(words) for _, words in told):
            return "refused_thing", reason
    if graphql and status == 400:
        return "odd", ""
    return "refused_thing", _BY_STATUS.get(status, "")


def asked_wait(headers: Mapping[str, str]) -> float | None:
    """Return the seconds that GitHub asks for, in any of its ways; None where it doesn't say.

    Headers by their names in small letters.
    """
    now = date_of(headers)
    seconds = now.timestamp() if now is not None else time.time()
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked)
    if asked:
        until = _instant(asked)
        return max(0.0, until.timestamp() - seconds) if until is not None else None
    reset = headers.get("x-ratelimit-reset", "").strip()
    if headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
        return max(0.0, float(reset) - seconds)
    return None


def remaining(headers: Mapping[str, Any]) -> int | None:
    """Return how much GitHub says is left for this hour; None where it doesn't say."""
    said = str(headers.get("x-ratelimit-remaining", "")).strip()
    return int(said) if said.isascii() and said.isdigit() else None


def date_of(headers: Mapping[str, Any]) -> datetime | None:
    """Return the `Date` of an answer, in UTC; None where it has none that can be read."""
    return _instant(str(headers.get("date") or ""))


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
