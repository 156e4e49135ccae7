"""A running sandbox with one person of every role, and a plain HTTP client that speaks as any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from cocflow.sandbox import Sandbox

REPO = "acme/incidents"
START = "2026-01-05T09:00:00Z"
ROLES = ("read", "triage", "write", "maintain", "admin")


@dataclass
class World:
    """The sandbox, a session, and a token for each role, for the job and for an outsider."""

    sandbox: Sandbox
    session: requests.Session
    tokens: dict[str, str]

    def call(self, who: str | None, method: str, path: str, body: Any = None) -> requests.Response:
        """Send a request as somebody; paths are below the repository unless they begin with two slashes."""
        url = path[1:] if path.startswith("//") else f"/repos/{REPO}{path}"
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return self.session.request(method, self.sandbox.url + url, json=body, headers=headers, timeout=10)

    def ok(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must succeed, and return what came back."""
        response = self.call(who, method, path, body)
        assert response.ok, (response.status_code, response.text)
        return response.json() if response.content else None

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Call a control route."""
        response = self.session.request(method, f"{self.sandbox.url}/_sandbox/{path}", json=body, timeout=10)
        assert response.ok, (response.status_code, response.text)
        return response.json() if response.content else None

    def graphql(self, who: str, query: str, **variables: Any) -> Any:
        """Send a GraphQL request and return its whole answer."""
        body = {"query": query, "variables": variables}
        return self.ok(who, "POST", "//graphql", body)

    def issue(self, who: str = "admin", **body: Any) -> int:
        """Open an issue and return its number."""
        number: int = self.ok(who, "POST", "/issues", {"title": "New incident", "body": "text"} | body)[
            "number"
        ]
        return number

    def accept(self, who: str) -> None:
        """Accept whatever somebody is invited to."""
        for one in self.ok(who, "GET", "//user/repository_invitations"):
            self.ok(who, "PATCH", f"//user/repository_invitations/{one['id']}")

    def events(self) -> list[tuple[str, str | None, bool]]:
        """Return the logged events: name, action, and whether a run would start."""
        return [(one["event"], one["action"], one["starts_run"]) for one in self.control("GET", "events")]
