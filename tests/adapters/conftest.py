"""A far GitHub that answers only what a test says, by exact HTTP, and a wait that takes no time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import responses

from cocflow.adapters.github import GitHubTracker

REPO = "acme/incidents"
BASE = "https://api.github.example"
API = f"{BASE}:443"
GRAPHQL = f"{API}/graphql"


class Sleeps:
    """A sleep that takes no time and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)


@pytest.fixture
def sleeps() -> Sleeps:
    """Return a sleep that takes no time."""
    return Sleeps()


@pytest.fixture
def remote(sleeps: Sleeps) -> GitHubTracker:
    """Return a tracker of a far GitHub that answers only what a test says."""
    return GitHubTracker(REPO, "token", BASE, sleep=sleeps)


@pytest.fixture
def http() -> Iterator[responses.RequestsMock]:
    """Answer requests as a test says, and refuse any other."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock
