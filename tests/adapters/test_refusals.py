"""What GitHub's refusals mean: told apart by words and headers, at any status."""

from __future__ import annotations

from typing import Any

import pytest

from cocflow.adapters.refusals import TooHeavyError, refused
from cocflow.errors import AdapterError, Kind, Reason

DATE = {"Date": "Mon, 05 Jan 2026 09:20:00 GMT"}
PRIMARY = "API rate limit exceeded for user ID 1."
SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
LOCKED = "Unable to create comment because issue is locked."
FULL = "Commenting is disabled on issues with more than 2500 comments"
QUICK = "was submitted too quickly"
INVALID: tuple[Kind, Reason] = ("refused_thing", "invalid")
INTEGRATION = "Resource not accessible by integration"


def errors(*kinds: str, message: str = "x") -> dict[str, Any]:
    """Return an answer of GraphQL's with errors."""
    return {"data": None, "errors": [{"type": kind, "message": message} for kind in kinds]}


CASES: list[tuple[int, dict[str, str], Any, Kind, Reason]] = [
    (200, {}, errors("RATE_LIMITED"), "limited", ""),
    (200, {}, errors("", message="API rate limit already exceeded for installation"), "limited", ""),
    (200, {"X-RateLimit-Remaining": "0"}, errors("WHATEVER"), "limited", ""),
    (403, {}, {"message": PRIMARY}, "limited", ""),
    (403, {}, {"message": SECONDARY}, "limited", ""),
    (404, {}, {"message": SECONDARY}, "limited", ""),
    (503, {}, {"message": SECONDARY}, "limited", ""),
    (403, {"Retry-After": "7"}, None, "limited", ""),
    (200, {}, errors("UNPROCESSABLE", message=QUICK), "limited", ""),
    (422, {}, {"message": "Validation Failed", "errors": [{"message": QUICK}]}, "limited", ""),
    (422, {}, {"message": "Validation Failed", "errors": [{"message": f"{QUICK}, she said"}]}, *INVALID),
    (403, {"X-RateLimit-Remaining": "0"}, "<html>", "limited", ""),
    (429, {}, None, "limited", ""),
    (401, {}, {"message": "Requires authentication"}, "refused_credential", ""),
    (403, {}, {"message": "Bad credentials"}, "refused_credential", ""),
    (403, {}, {"message": INTEGRATION}, "refused_credential", ""),
    (200, {}, errors("FORBIDDEN", message=INTEGRATION), "refused_credential", ""),
    (200, {}, errors("FORBIDDEN"), "refused_thing", ""),
    (403, {}, {"message": LOCKED}, "refused_thing", "locked"),
    (403, {}, {"message": FULL}, "refused_thing", "full"),
    (403, {}, {"message": "Must have admin rights to Repository."}, "refused_thing", ""),
    (404, {"X-RateLimit-Remaining": "0"}, {"message": "Not Found"}, "refused_thing", "missing"),
    (200, {}, errors("NOT_FOUND"), "refused_thing", "missing"),
    (410, {}, {"message": "This issue was deleted"}, "refused_thing", "gone"),
    (422, {}, {"message": "Validation Failed", "errors": [{"message": PRIMARY}]}, "refused_thing", "invalid"),
    (
        422,
        {},
        {
            "message": "Validation Failed",
            "errors": [{"field": "data", "message": "Body is too long (maximum is 65536 characters)"}],
        },
        "refused_thing",
        "too_long",
    ),
    (200, {}, errors("NOT_FOUND", "WHATEVER"), "odd", ""),
    (200, {}, {"errors": ["x", None]}, "odd", ""),
    (500, {}, "<html>", "unavailable", ""),
    (502, {}, "<html>", "unavailable", ""),
    (504, {}, None, "unavailable", ""),
    (200, {}, errors("RESOURCE_LIMITS_EXCEEDED"), "unavailable", ""),
]


@pytest.mark.parametrize(("status", "headers", "answer", "kind", "reason"), CASES)
def test_refusals_are_told_apart(
    status: int, headers: dict[str, str], answer: Any, kind: Kind, reason: Reason
) -> None:
    """A limit, a refused credential, a refused thing and a bad moment each have their kind."""
    error = refused(status, headers, answer, "GET x")
    assert (error.kind, error.reason) == (kind, reason)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "Mon, 05 Jan 2026 09:20:45 GMT"}, 45.0),
        ({"Retry-After": "Mon, 05 Jan 2026 09:19:00 GMT"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-3"}, None),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1767604830"}, 30.0),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "later"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_in_each_of_its_forms(headers: dict[str, str], wait: float | None) -> None:
    """Seconds, a date, the time of the reset; anything else is no wait that is known."""
    assert refused(429, DATE | headers, None, "GET x").wait == wait


@pytest.mark.parametrize("status", [502, 504])
def test_what_took_too_long_may_do_in_a_smaller_size(status: int) -> None:
    """A gateway that gave up, and a budget of GraphQL's that was spent, are told from other faults."""
    assert isinstance(refused(status, {}, None, "query x"), TooHeavyError)
    assert isinstance(refused(200, {}, errors("RESOURCE_LIMITS_EXCEEDED"), "query x"), TooHeavyError)
    assert not isinstance(refused(500, {}, None, "query x"), TooHeavyError)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (None, "unavailable"),
        (500, "unavailable"),
        (429, "limited"),
        (401, "refused_credential"),
        (403, "refused_thing"),
        (404, "refused_thing"),
        (200, "odd"),
    ],
)
def test_a_bare_status_has_a_kind(status: int | None, kind: Kind) -> None:
    """Other services' failures have a kind by their status alone."""
    assert AdapterError(status, "x").kind == kind
