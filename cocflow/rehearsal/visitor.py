"""One person's own eyes and hands on the sandbox: its HTTP API with that person's token.

Owns the asking. What it shows is what the sandbox's permissions let that person see, and nothing else.
"""

from __future__ import annotations

from typing import Any

import msgspec
import requests

from cocflow.core.case.facts import ROOM
from cocflow.demo.story import ORGANIZATION
from cocflow.errors import CocflowError

_REPOSITORIES = """
query ($login: String!) {
  organization(login: $login) {
    repositories(first: 100) {
      nodes {
        nameWithOwner isTemplate viewerPermission
        open: issues(first: 1, states: [OPEN]) { totalCount }
      }
    }
  }
}
"""


class RefusedError(CocflowError):
    """GitHub would refuse it: with this status, and in these words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"GitHub answered {status}: {message}")
        self.status = status
        self.message = message


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A repository that somebody is shown, what they may do in it, and how many open issues it has."""

    name: str
    permission: str
    open: int

    @property
    def writes(self) -> bool:
        """Whether they may write there, or more."""
        return self.permission in ("write", "maintain", "admin")

    @property
    def labels(self) -> bool:
        """Whether they may label, close and assign."""
        return self.writes or self.permission == "triage"

    @property
    def is_room(self) -> bool:
        """Whether it is a person's own room."""
        return self.name.partition("/")[2].startswith(ROOM)


class Visitor:
    """Asks the sandbox as one person."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    def ask(self, method: str, route: str, body: object = None, **params: str | int) -> Any:
        """Ask a route of the REST API and return its JSON; RefusedError for what is refused."""
        answer = self._session.request(
            method, f"{self._url}/{route}", json=body, params=params or None, timeout=30
        )
        if answer.status_code >= 400:
            raise RefusedError(answer.status_code, str(answer.json().get("message", "")))
        return answer.json() if answer.content else None

    def get(self, route: str, **params: str | int) -> Any:
        """Read one thing."""
        return self.ask("GET", route, **params)

    def listed(self, route: str, **params: str | int) -> list[Any]:
        """Read all pages of a list."""
        found: list[Any] = []
        while True:
            page = self.get(route, per_page=100, page=len(found) // 100 + 1, **params)
            found += page
            if len(page) < 100:
                return found

    def repositories(self) -> tuple[Seen, ...]:
        """Return the repositories that this person is shown, but for the template of rooms."""
        body = {"query": _REPOSITORIES, "variables": {"login": ORGANIZATION}}
        nodes = self.ask("POST", "graphql", body)["data"]["organization"]["repositories"]["nodes"]
        return tuple(
            Seen(
                name=one["nameWithOwner"],
                permission=(one["viewerPermission"] or "").casefold(),
                open=one["open"]["totalCount"],
            )
            for one in sorted(nodes, key=lambda one: str(one["nameWithOwner"]))
            if not one["isTemplate"]
        )

    def invitations(self) -> list[Any]:
        """Return the invitations that wait for this person."""
        return self.listed("user/repository_invitations")
