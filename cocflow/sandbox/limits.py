"""Rate limits (counted always, enforced when asked) and the count of requests by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cocflow.sandbox.access import Identity
from cocflow.sandbox.clock import Clock
from cocflow.sandbox.refusals import Refusal, limited

HOUR = 3600
PERSON, JOB = 5000, 1000
SEARCHES, MINUTE = 30, 60
"""How many searches there may be in so many seconds."""


@dataclass
class Budget:
    """One token's use of one resource within the running hour."""

    limit: int
    resets_at: int
    used: int = 0

    @property
    def remaining(self) -> int:
        """What is left, never below nothing."""
        return max(0, self.limit - self.used)

    def as_dict(self) -> dict[str, int]:
        """Return the numbers as ``GET /rate_limit`` shows them."""
        return {"limit": self.limit, "used": self.used, "remaining": self.remaining, "reset": self.resets_at}


class Limits:
    """Budgets of every identity, and refusals ordered ahead of time.

    The limits aren't enforced until asked for: months of virtual time are played through one hour's budget.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._budgets: dict[tuple[str, int | None, str], Budget] = {}
        self.enforced = False
        self._set: dict[str, tuple[int, int]] = {}  # resource -> limit, remaining
        self._secondary = 0
        self._secondary_status = 403
        self._retry_after: str | None = "60"
        self._nodes: int | None = None
        self._gave_up = 200

    def budget(self, identity: Identity | None, resource: str) -> Budget:
        """Return the running budget; a job's token shares its repository's, an App's its installation's."""
        key = ("", None, resource) if identity is None else (identity.login, identity.bound_to, resource)
        now = self._clock.now()
        found = self._budgets.get(key)
        if found is None or now >= found.resets_at:
            limit = 60 if identity is None else JOB if identity.is_job else PERSON
            searching = resource == "search"
            found = Budget(SEARCHES if searching else limit, now + (MINUTE if searching else HOUR))
            if found.limit and resource in self._set and key not in self._budgets:
                found.limit, left = self._set[resource]
                found.used = found.limit - left
            self._budgets[key] = found
        return found

    def check(self, identity: Identity | None, resource: str) -> None:
        """Refuse a request that is over a limit, in GitHub's words for each kind of limit."""
        if self._secondary:
            self._secondary -= 1
            message = (
                "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
            )
            asked = {} if self._retry_after is None else {"Retry-After": self._retry_after}
            raise limited(message, asked, self._secondary_status)
        if self.enforced and not self.budget(identity, resource).remaining:
            # GraphQL tells its primary limit with status 200, and an error beside no data.
            status = 200 if resource == "graphql" else 403
            raise limited("API rate limit exceeded for user ID.", status=status)

    def check_nodes(self, nodes: int) -> None:
        """Refuse a query that may show more nodes than GitHub has the means for just now."""
        if self._nodes is None or nodes <= self._nodes:
            return
        if self._gave_up == 200:
            message = "Resource limits for this query exceeded."
            raise Refusal(200, message, kind="RESOURCE_LIMITS_EXCEEDED")
        raise Refusal(self._gave_up, "We couldn't respond to your request in time.")

    def spend(self, identity: Identity | None, resource: str, points: int) -> Budget:
        """Take points off a budget and return it."""
        budget = self.budget(identity, resource)
        budget.used += points
        return budget

    def set_remaining(self, resource: str, remaining: int, limit: int = PERSON) -> None:
        """Leave every token so much of a resource (``core`` or ``graphql``), and enforce the limits."""
        self.enforced = True
        self._set[resource] = (limit, remaining)
        for key in [key for key in self._budgets if key[2] == resource]:
            del self._budgets[key]

    def refuse_next(self, requests: int, *, status: int = 403, retry_after: int | str | None = 60) -> None:
        """Refuse the next so many requests with a secondary limit (403, 429, or GraphQL's 200).

        ``retry_after``: seconds, a date as HTTP writes it, or None for an answer that names no time.
        """
        self._secondary, self._secondary_status = requests, status
        self._retry_after = None if retry_after is None else str(retry_after)

    def give_up_over(self, nodes: int | None, *, status: int = 200) -> None:
        """Answer no query any more that may show more nodes: an error at 200, or 502 or 504. None ends it."""
        self._nodes, self._gave_up = nodes, status

    def clear(self) -> None:
        """Go back to counting only."""
        self._budgets.clear()
        self._set.clear()
        self.enforced = False
        self._secondary = 0
        self._nodes = None


@dataclass
class RequestCount:
    """How many requests were answered, by kind and by route; ``/_sandbox/`` doesn't count.

    ``pieces``: what was written, each mutation of a request by itself; ``order``: the kinds, as they came.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    points: int = 0
    pieces: int = 0
    order: list[str] = field(default_factory=list)

    def add(self, kind: str, route: str) -> None:
        """Count one request."""
        self.kinds[kind] += 1
        self.order.append(kind)
        self.routes[route] += 1

    def reset(self) -> None:
        """Start again from nothing."""
        self.kinds.clear()
        self.routes.clear()
        self.points = 0
        self.pieces = 0
        self.order.clear()

    def as_dict(self) -> dict[str, object]:
        """Return all counts; reads and writes are the sums over REST and GraphQL."""
        kinds = {
            kind: self.kinds[kind]
            for kind in ("rest_reads", "rest_writes", "graphql_reads", "graphql_writes")
        }
        return kinds | {
            "reads": kinds["rest_reads"] + kinds["graphql_reads"],
            "writes": kinds["rest_writes"] + kinds["graphql_writes"],
            "points": self.points,
            "pieces": self.pieces,
            "routes": dict(self.routes),
        }
