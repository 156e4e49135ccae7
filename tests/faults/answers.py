"""The odd answers of GitHub's, and the failures of a channel and of the mailbox, by name.

Owns what each looks like on the wire. Whether what was asked is done all the same, each says by calling
`act` or not. It refuses to know what they mean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, get_args

import requests

from cocflow.errors import AdapterError
from cocflow.ports import ChannelError, ChannelFault
from tests.faults.layer import ONCE, Act, Answer, Wrong

NOW = ("Date", "Mon, 05 Jan 2026 09:20:00 GMT")
"""By which the times in these answers are meant."""
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
PRIMARY = "API rate limit exceeded for installation ID 1."
RESET = 1767604800
"""`NOW`, in seconds."""
PAGE = b"<!DOCTYPE html>\n<html><body><h1>Unicorn!</h1></body></html>"
Path = tuple[str, ...]
LIST = "[]"
"""Stands in a path for every entry of a list."""


def _answer(status: str, body: Any, *headers: tuple[str, str]) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = "text/html" if isinstance(body, bytes) else "application/json; charset=utf-8"
    return Answer(status, [("Content-Type", kind), NOW, *headers, ("Content-Length", str(len(raw)))], raw)


def _refuses(status: str, message: str, **headers: str) -> Wrong:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": status[:3]}
    return lambda act: _answer(status, body, *named)


def _invalid(message: str) -> Wrong:
    errors = [{"resource": "Issue", "code": "unprocessable", "field": "data", "message": message}]
    body = {"message": "Validation Failed", "errors": errors}
    return lambda act: _answer("422 Unprocessable Entity", body)


def _instead(body: Any, status: str = "200 OK") -> Wrong:
    """Answer otherwise, though it was done."""

    def how(act: Act) -> Answer:
        act()
        return _answer(status, body)

    return how


def _errors(type_: str | None, message: str, **headers: str) -> Wrong:
    """Answer as GraphQL does when it gives nothing: with status 200."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    error = {"message": message} | ({"type": type_} if type_ else {})
    return lambda act: _answer("200 OK", {"data": None, "errors": [error]}, *named)


def _without(*names: str) -> Wrong:
    """Leave headers out."""

    def how(act: Act) -> Answer:
        whole = act()
        kept = [one for one in whole.headers if one[0].lower() not in names]
        return Answer(whole.status, kept, whole.body)

    return how


def _raises(error: Callable[[], Exception], *, done: bool = False) -> Wrong:
    def how(act: Act) -> Answer:
        if done:
            act()
        raise error()

    return how


EVERYWHERE: dict[str, Wrong] = {
    "400": _refuses("400 Bad Request", "Problems parsing JSON"),
    "401": _refuses("401 Unauthorized", "Bad credentials"),
    "403": _refuses("403 Forbidden", "Forbidden"),
    "403 not accessible": _refuses("403 Forbidden", "Resource not accessible by integration"),
    "403 secondary limit": _refuses("403 Forbidden", SECONDARY, Retry_After="7"),
    "403 secondary limit, no time": _refuses("403 Forbidden", SECONDARY),
    "403 primary limit": _refuses(
        "403 Forbidden", PRIMARY, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(RESET + 30)
    ),
    "403 primary limit for an hour": _refuses(
        "403 Forbidden", PRIMARY, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(RESET + 3600)
    ),
    "403 locked": _refuses("403 Forbidden", "Unable to create comment because issue is locked."),
    "403 full": _refuses("403 Forbidden", "Commenting is disabled on issues with more than 2500 comments"),
    "404": _refuses("404 Not Found", "Not Found"),
    "409": _refuses("409 Conflict", "Conflict"),
    "410": _refuses("410 Gone", "This issue was deleted"),
    "422": _invalid("Could not be processed"),
    "422 too long": _invalid("body is too long (maximum is 65536 characters)"),
    "429": _refuses("429 Too Many Requests", SECONDARY, Retry_After="3"),
    "429 by a date": _refuses(
        "429 Too Many Requests", SECONDARY, Retry_After="Mon, 05 Jan 2026 09:20:20 GMT"
    ),
    "429, no time": _refuses("429 Too Many Requests", "Too many requests"),
    "429 for an hour": _refuses("429 Too Many Requests", SECONDARY, Retry_After="3600"),
    "500": _refuses("500 Internal Server Error", "Server Error"),
    "502 after the deed": ONCE["502 after the deed"],
    "503": _refuses("503 Service Unavailable", "No server is currently available"),
    "504": _refuses("504 Gateway Timeout", "We couldn't respond to your request in time."),
    "hung up": ONCE["hung up"],
    "hung up after the deed": ONCE["hung up after the deed"],
    "hang": _raises(requests.exceptions.ConnectTimeout),
    "hang after the deed": _raises(requests.exceptions.ReadTimeout, done=True),
    "cut body": ONCE["cut body"],
    "HTML": _instead(PAGE),
    "HTML with 503": lambda act: _answer("503 Service Unavailable", PAGE),
    "nothing": _instead(b""),
    "null": _instead(None),
    "a list": _instead([]),
    "an empty object": _instead({}),
    "no Date": _without("date"),
    "no Content-Type": _without("content-type"),
    "no headers": _without("date", "content-type", "etag", "x-github-request-id", "x-ratelimit-remaining"),
}
"""What may come back of any request."""

GRAPHQL: dict[str, Wrong] = {
    "GraphQL limit": _errors("RATE_LIMITED", PRIMARY, X_RateLimit_Remaining="0"),
    "GraphQL limit for an hour": _errors(
        "RATE_LIMITED", PRIMARY, X_RateLimit_Remaining="0", X_RateLimit_Reset=str(RESET + 3600)
    ),
    "RESOURCE_LIMITS_EXCEEDED": _errors(
        "RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded."
    ),
    "GraphQL gave up": _errors(
        None, "Something went wrong while executing your query. This may be the result of a timeout."
    ),
    "GraphQL NOT_FOUND": _errors("NOT_FOUND", "Could not resolve to a node."),
    "GraphQL FORBIDDEN": _errors("FORBIDDEN", "Resource not accessible by integration"),
    "GraphQL error of no kind": _errors(None, "Something else"),
}
"""What may come back of a query."""


def null(path: Path, *, told: bool = False) -> Wrong:
    """Have null stand at a path, whatever the schema says. `told`: GraphQL's errors name it."""

    def how(act: Act) -> Answer:
        whole = act()
        found = json.loads(whole.body)
        places = list(_nulled(found, path))
        if told:
            said = {"type": "INTERNAL", "message": "An entry could not be resolved."}
            found["errors"] = [said | {"path": list(where[1:])} for where in places]
        raw = json.dumps(found).encode()
        kept = [one for one in whole.headers if one[0].lower() != "content-length"]
        return Answer(whole.status, [*kept, ("Content-Length", str(len(raw)))], raw)

    return how


def _nulled(found: Any, path: Path) -> Iterator[tuple[str | int, ...]]:
    """Put null at every place that a path names, and yield the places."""
    step, rest = path[0], path[1:]
    places: list[Any] = list(range(len(found))) if step == LIST else [step]
    for place in places:
        if step != LIST and (not isinstance(found, dict) or step not in found):
            continue
        if not rest:
            found[place] = None
            yield (place,)
        elif found[place] is not None:
            for where in _nulled(found[place], rest):
                yield (place, *where)


def paths(found: Any) -> Iterator[Path]:
    """Return the path of everything in an answer; a list's entries are all one."""
    steps: list[tuple[str, Any]] = list(found.items()) if isinstance(found, dict) else []
    if isinstance(found, list):
        steps = [(LIST, one) for one in found]
    for step, one in steps:
        yield (step,)
        for rest in paths(one):
            yield (step, *rest)


# --- channels and the mailbox ---------------------------------------------------------------------------


PORT: dict[str, Wrong] = {
    **{
        f"channel: {fault}": _raises(lambda fault=fault: ChannelError(fault, "a port"))  # type: ignore[misc]
        for fault in get_args(ChannelFault)
    },
    "it fails": _raises(lambda: AdapterError(None, "a port", uncertain=True)),
    "it fails after the deed": _raises(lambda: AdapterError(None, "a port", uncertain=True), done=True),
    "it is odd": _raises(lambda: AdapterError(200, "a port", kind="odd")),
    "a fault of ours": _raises(lambda: KeyError("a port")),
}
"""What a channel, or the mailbox, may raise."""
