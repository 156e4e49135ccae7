"""Recordings of the real GitHub, asked of the sandbox again: the same statuses, headers and fields.

No module's twin: what tests/sandbox/facts/recordings.json holds of npm's @octokit/fixtures.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from cocflow.sandbox import Sandbox
from tests.sandbox.facts.reading import facts, names

ORGANIZATION = "octokit-fixture-org"
MAKER, INVITED = "octokit-fixture-user-a", "octokit-fixture-user-b"
RECORDED: list[dict[str, Any]] = facts("recordings")["said"]
SCENARIOS = sorted({one["scenario"] for one in RECORDED})


@pytest.fixture
def octokit() -> Iterator[Octokit]:
    """Run a sandbox with what the recordings were made on."""
    with Sandbox() as sandbox, requests.Session() as session:
        yield Octokit(sandbox, session)


class Octokit:
    """The recordings' organization and its maker; numbers that were made up are put in as they are here."""

    def __init__(self, sandbox: Sandbox, session: requests.Session) -> None:
        store = sandbox.store
        store.add_org(ORGANIZATION, members={MAKER: "admin"})
        store.add_user(INVITED)
        scopes = ("admin:org", "delete_repo", "read:org", "repo", "workflow")
        self.tokens = {login: store.add_token(login, scopes) for login in (MAKER, INVITED)}
        self.sandbox, self.session = sandbox, session
        for name in (*SCENARIOS, "hello-world"):
            full = f"{ORGANIZATION}/{name}"
            store.add_repo(full, visibility="public")
            store.put_file(full, "README.md", "# hello-world")
        self.numbers: dict[str, int] = {}

    def make_issues(self, scenario: str) -> None:
        """Open the issues that a recording begins with."""
        opened = {"lock-issue": 1, "paginate-issues": 13, "search-issues": 2}.get(scenario, 0)
        for number in range(opened):
            body = {"title": f"Sesame seeds {number}", "body": "pop"}
            self.ask("POST", f"/repos/{ORGANIZATION}/{scenario}/issues", body)

    def ask(self, method: str, path: str, body: Any = None, accept: str = "*/*") -> requests.Response:
        """Send a request as whoever sent it then."""
        who = INVITED if path.startswith("/user/") else MAKER
        headers = {"Authorization": f"token {self.tokens[who]}", "Accept": accept}
        return self.session.request(
            method, self.sandbox.url + path, json=body, headers=headers, timeout=10, allow_redirects=False
        )

    def replay(self, one: dict[str, Any]) -> list[str]:
        """Ask what was asked, and return how the answer differs from the recorded one."""
        path = one["path"]
        if path.startswith("/repositories/1000"):
            path = path.replace("1000", str(self._repository(one["scenario"])), 1)
        path = path.replace("invitations/1000", f"invitations/{self.numbers.get('invitation')}")
        answer = self.ask(one["method"], path, one["sent"], one["accept"])
        shown = answer.json() if answer.content and "json" in answer.headers["Content-Type"] else None
        if isinstance(shown, dict) and "invitee" in shown:
            self.numbers["invitation"] = shown["id"]
        return [f"{one['method']} {one['path']}: {what}" for what in _differences(one, answer, shown)]

    def _repository(self, scenario: str) -> int:
        query = "SELECT id FROM repository WHERE name LIKE ?"
        with self.sandbox.store.read() as db:
            return int(db.execute(query, (f"{scenario}%",)).fetchone()["id"])


def _differences(one: dict[str, Any], answer: requests.Response, shown: Any) -> Iterator[str]:
    if answer.status_code != one["status"]:
        yield f"status {answer.status_code}, and not {one['status']}"
    for name, value in one["headers"].items():
        mine = answer.headers.get(name)
        if mine is None or (name not in ("etag", "location", "link") and mine != value):
            yield f"{name}: {mine}, and not {value}"
    if shown is not None:
        yield from (f"lacks {place}" for place in _lacking(one["shows"], names(shown), ""))


def _lacking(recorded: Any, shown: Any, place: str) -> Iterator[str]:
    if isinstance(recorded, dict):
        for name, one in recorded.items():
            if not isinstance(shown, dict) or name not in shown:
                if shown is not None:
                    yield f"{place}.{name}"
            else:
                yield from _lacking(one, shown[name], f"{place}.{name}")
    elif isinstance(recorded, list) and isinstance(shown, list) and recorded and shown:
        yield from _lacking(recorded[0], shown[0], f"{place}[0]")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_answers_as_github_was_recorded_to(octokit: Octokit, scenario: str) -> None:
    """Each recorded request gets the same status, the same headers, and every field shown then."""
    octokit.make_issues(scenario)
    asked = [one for one in RECORDED if one["scenario"] == scenario]
    assert [what for one in asked for what in octokit.replay(one)] == []


def test_whoever_has_it_is_not_sent_it_again(octokit: Octokit) -> None:
    """With the tag of what was read the answer is 304 without a body or a cost, until it has changed."""
    path = f"/repos/{ORGANIZATION}/hello-world"
    first = octokit.ask("GET", path)
    url = octokit.sandbox.url + path
    headers = {"Authorization": f"token {octokit.tokens[MAKER]}", "If-None-Match": first.headers["ETag"]}
    again = octokit.session.get(url, headers=headers, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["X-RateLimit-Used"] == first.headers["X-RateLimit-Used"]
    octokit.ask("PATCH", path, {"description": "changed"})
    assert octokit.session.get(url, headers=headers, timeout=10).status_code == 200
