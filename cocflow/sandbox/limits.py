"""Rate limits (counted always, enforced when asked) and the count of requests by kind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from cocflow.sandbox.access import Identity
from cocflow.sandbox.clock import Clock
from cocflow.sandbox.refusals import Refusal

HOUR = 3600
PERSON, JOB = 5000, 1000


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
        self._retry_after = 60

    def budget(self, identity: Identity | None, resource: str) -> Budget:
        """Return the running budget; a job's token shares its repository's."""
        key = ("", None, resource) if identity is None else (identity.login, identity.repository_id, resource)
        now = self._clock.now()
        found = self._budgets.get(key)
        if found is None or now >= found.resets_at:
            limit = 60 if identity is None else JOB if identity.is_job else PERSON
            found = Budget(limit, now + HOUR)
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
            raise Refusal(
                self._secondary_status,
                message,
                kind="RATE_LIMIT",
                headers={"Retry-After": str(self._retry_after)},
            )
        if self.enforced and not self.budget(identity, resource).remaining:
            raise Refusal(403, "API rate limit exceeded for user ID.", kind="RATE_LIMIT")

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

    def refuse_next(self, requests: int, *, status: int = 403, retry_after: int = 60) -> None:
        """Refuse the next so many requests with a secondary limit (403 or 429)."""
        self._secondary, self._secondary_status, self._retry_after = requests, status, retry_after

    def clear(self) -> None:
        """Go back to counting only."""
        self._budgets.clear()
        self._set.clear()
        self.enforced = False
        self._secondary = 0


@dataclass
class RequestCount:
    """How many requests were answered, by kind and by route; ``/_sandbox/`` doesn't count."""

    kinds: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    points: int = 0

    def add(self, kind: str, route: str) -> None:
        """Count one request."""
        self.kinds[kind] += 1
        self.routes[route] += 1

    def reset(self) -> None:
        """Start again from nothing."""
        self.kinds.clear()
        self.routes.clear()
        self.points = 0

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
            "routes": dict(self.routes),
        }
