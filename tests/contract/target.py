"""What the contract's probes are run against: an address, a repository, and a token for each role.

Owns how a probe speaks to GitHub, whichever it is. Refuses any repository that wasn't made to be written
into by probes: its name ends in `-contract`; what else `live.py` looks at was looked at.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

import jwt
import pytest
import requests

SUFFIX = "-contract"
TOPIC = "cocflow-contract"
WAIT = 60.0
"""Seconds to wait for a limit that names no time."""
LONGEST = 900.0
TRIES = 3
LACKS = "Resource not accessible by personal access token"

_Probe = TypeVar("_Probe", bound=Callable[..., Any])


def row(*ids: str) -> Callable[[_Probe], _Probe]:
    """Say which rows of the contract a test is about."""

    def mark(probe: _Probe) -> _Probe:
        probe.rows = ids  # type: ignore[attr-defined]
        return probe

    return mark


class NotAskedError(Exception):
    """GitHub couldn't be asked, since a token lacks a permission. Says what to do."""


class StoppedError(Exception):
    """GitHub can't be asked for now: a limit, a token that has ended, or nothing but failures of its own."""


@dataclass(frozen=True)
class App:
    """An App that is installed in an organization on `template-contract` alone, a private template."""

    organization: str
    number: int
    key: str = field(repr=False)

    def signed(self, *, seconds: int = 300, key: str = "") -> str:
        """Return the App's JWT, good for so many seconds."""
        now = int(time.time())
        claims = {"iat": now - 60, "exp": now + seconds, "iss": str(self.number)}
        return jwt.encode(claims, _parsed(key or self.key), algorithm="RS256")


@lru_cache(maxsize=4)
def _parsed(key: str) -> Any:
    """Return a private key (PEM) as it is signed with: reading it takes longer than all else here."""
    return jwt.get_algorithm_by_name("RS256").prepare_key(key)


@dataclass
class Target:
    """A repository on some GitHub. `tokens` by role: admin and job; read, triage, write, outsider if any.

    `other`: a second throw-away repository of the same owner, which the job's token doesn't reach. `app`: an
    App in an organization, if there is one. `wait` is called before each write, where anybody would be
    burdened. `checked`: whether somebody made sure that it may be written to; on this machine it always may.
    """

    url: str
    repository: str
    tokens: Mapping[str, str] = field(repr=False)
    other: str = ""
    app: App | None = None
    session: requests.Session = field(default_factory=requests.Session)
    wait: Callable[[], None] = lambda: None
    sleep: Callable[[float], None] = time.sleep
    checked: bool = False

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, so that nobody is burdened."""
        return urlsplit(self.url).hostname in ("127.0.0.1", "localhost", "::1")

    def needs(self, *roles: str) -> None:
        """Skip a probe for which there is no account of a role."""
        if missing := [one for one in roles if one not in self.tokens]:
            pytest.skip(f"there is no token for {', '.join(missing)}")

    def send(
        self, who: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Send a request as somebody; a path that begins with two slashes isn't below the repository."""
        self.needs(who)
        below = path[1:] if path.startswith("//") else f"/repos/{self.repository}{path}"
        if method != "GET" and path != "//graphql":
            self._may_write()
        given = {"Authorization": f"Bearer {self.tokens[who]}", "Accept": "application/vnd.github+json"}
        answer = self._sent(method, self.url + below, body, given | dict(headers or {}))
        if answer.status_code == 401:  # it says nothing of what was asked
            raise StoppedError(f"The token of `{who}` isn't valid, or not any more. Make another one.")
        return answer

    def _sent(self, method: str, url: str, body: Any, headers: Mapping[str, str]) -> requests.Response:
        """Send a request, again where a limit refused it; StoppedError where it stays refused.

        Where GitHub failed, only a read is sent again: a write may have been done all the same.
        """
        reads = method == "GET" or (url.endswith("/graphql") and not _is_mutation(body["query"]))
        for _ in range(TRIES):
            answer = self.session.request(
                method, url, json=body, headers=headers, timeout=60, allow_redirects=False
            )
            if answer.status_code == 403 and LACKS in answer.text:
                needed = answer.headers.get("X-Accepted-GitHub-Permissions", "another permission")
                raise NotAskedError(f"The token lacks {needed}: add it, and run this again.")
            if answer.status_code < 500 and not _limited(answer):
                return answer
            if answer.status_code >= 500 and not reads:
                raise StoppedError(
                    "GitHub failed at a write, which may have been done: this probe is asked anew."
                )
            self.sleep(min(_pause(answer), LONGEST))
        raise StoppedError("GitHub says to come back later.")

    def _may_write(self) -> None:
        if not all(one.endswith(SUFFIX) for one in (self.repository, self.other) if one):
            raise ValueError(f"Probes write into repositories only whose names end in {SUFFIX}.")
        if not self.is_here:
            if not self.checked:
                raise ValueError("Nobody has made sure that probes may write there.")
            self.wait()

    rest = send

    def ok(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Send a request that must succeed, and return what came back."""
        answer = self.send(who, method, path, body)
        assert answer.ok, (method, path, answer.status_code)
        return answer.json() if answer.content else None

    def as_app(self, method: str, path: str, body: Any = None, token: str = "") -> requests.Response:
        """Send a request as the App itself, or with a token of its installation."""
        if self.app is None:
            pytest.skip("there is no App")
        if not all(one.endswith(SUFFIX) for one in re.findall(r"^/repos/[^/]+/([^/]+)", path)):
            raise ValueError(f"Probes write into repositories only whose names end in {SUFFIX}.")
        if method != "GET":
            self._may_write()
        headers = {"Authorization": f"Bearer {token or self.app.signed()}"}
        return self._sent(method, self.url + path, body, headers)

    def installed(self, permissions: Mapping[str, str], *repositories: str) -> requests.Response:
        """Ask for a token of the App's installation."""
        organization = self.app.organization if self.app else ""
        number = self.as_app("GET", f"/orgs/{organization}/installation").json()["id"]
        narrowed = {"repositories": repositories} if repositories else {}
        asked = {"permissions": dict(permissions), **narrowed}
        return self.as_app("POST", f"/app/installations/{number}/access_tokens", asked)

    def graphql(self, who: str, query: str, *, new_ids: bool = True, **variables: Any) -> Any:
        """Send a query or mutation, and return its whole answer."""
        if _is_mutation(query):
            self._may_write()
        headers = {"X-Github-Next-Global-ID": "1"} if new_ids else {}
        answer = self.send(who, "POST", "//graphql", {"query": query, "variables": variables}, headers)
        assert answer.status_code == 200, answer.status_code
        return answer.json()

    def issue(self, who: str = "admin", **fields: Any) -> Any:
        """Open an issue, and return it as REST shows it."""
        return self.ok(who, "POST", "/issues", {"title": "A probe", "body": "text"} | fields)

    def comment(self, who: str, number: int, body: str = "hello") -> Any:
        """Comment, and return the comment as REST shows it."""
        return self.ok(who, "POST", f"/issues/{number}/comments", {"body": body})

    def read(self, who: str, number: int, inside: str, *, new_ids: bool = True) -> Any:
        """Return fields of an issue by GraphQL."""
        owner, _, name = self.repository.partition("/")
        query = f"""query($owner: String!, $name: String!, $number: Int!) {{
          viewer {{ id login }}
          repository(owner: $owner, name: $name) {{ id issue(number: $number) {{ {inside} }} }}
        }}"""
        answer = self.graphql(who, query, new_ids=new_ids, owner=owner, name=name, number=number)
        assert answer.get("data", {}).get("repository"), answer.get("errors")
        return answer["data"] | answer["data"]["repository"]

    def items(self, who: str, number: int, inside: str, arguments: str = "first: 100") -> Any:
        """Return the timeline's page of an issue by GraphQL."""
        page = "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
        nodes = f"nodes {{ __typename ... on Node {{ id }} {inside} }}"
        found = self.read(who, number, f"timelineItems({arguments}) {{ {page} {nodes} }}")
        return found["issue"]["timelineItems"]


def _is_mutation(query: str) -> bool:
    """Whether it writes by GraphQL."""
    return query.lstrip().startswith("mutation")


def _limited(answer: requests.Response) -> bool:
    """Whether a limit refused it."""
    if answer.status_code == 429:
        return True
    spent = answer.headers.get("X-RateLimit-Remaining") == "0" or "Retry-After" in answer.headers
    return answer.status_code == 403 and (spent or "rate limit" in answer.text)


def _pause(answer: requests.Response) -> float:
    """Return after how many seconds to ask again."""
    after, reset = answer.headers.get("Retry-After", ""), answer.headers.get("X-RateLimit-Reset", "")
    if after.isdecimal():
        return float(after)
    if answer.headers.get("X-RateLimit-Remaining") == "0" and reset.isdecimal():
        return max(WAIT, float(reset) - time.time())
    return WAIT
