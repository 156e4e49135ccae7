"""How GitHub is talked to: a token that changes, a pace that is shared, and how long anything is tried.

What a tracker does with it is in `test_github.py` and `test_odd.py`.
"""

from __future__ import annotations

import itertools
import re

import pytest
import responses

from cocflow.adapters.client import AT_ONCE, PAUSE, Pace, next_page
from cocflow.adapters.github import GitHubTracker
from cocflow.errors import AdapterError
from tests.adapters.conftest import API, BASE, REPO, Sleeps

COMMENTS = f"{API}/repos/{REPO}/issues/1/comments"
MADE = {"node_id": "IC_1", "id": 1}
ANY = re.compile(f"{BASE}.*")


def test_a_token_is_asked_for_whenever_it_is_needed(http: responses.RequestsMock, sleeps: Sleeps) -> None:
    """It may be another one an hour later, within the same run."""
    numbers = itertools.count(1)
    tracker = GitHubTracker(REPO, lambda: f"token-{next(numbers)}", BASE, sleeps)
    http.add("POST", COMMENTS, json=MADE, status=201)
    for _ in range(2):
        tracker.comment(1, "x")
    assert [call.request.headers["Authorization"] for call in http.calls] == [
        "token token-1",
        "token token-2",
    ]


def test_no_token_to_be_had_is_told_as_it_is(http: responses.RequestsMock, sleeps: Sleeps) -> None:
    """Why there is none goes through unchanged, and nothing is sent."""
    wrong = AdapterError(404, "rooms")

    def none() -> str:
        raise wrong

    with pytest.raises(AdapterError) as caught:
        GitHubTracker(REPO, none, BASE, sleeps).comment(1, "x")
    assert caught.value is wrong
    assert len(http.calls) == 0


def test_a_pace_is_shared_by_all_who_write_as_one(http: responses.RequestsMock, sleeps: Sleeps) -> None:
    """GitHub asks for a second between an account's writes, wherever they go."""
    http.add("POST", ANY, json=MADE, status=201)
    pace = Pace()
    first, second = (GitHubTracker(REPO, "token", BASE, sleeps, pace=pace) for _ in range(2))
    for _ in range(AT_ONCE - 1):
        first.comment(1, "x")
    second.comment(1, "x")
    (waited,) = sleeps.asked
    assert 0 < waited <= PAUSE
    assert (first.written, second.written) == (AT_ONCE - 1, 1)


@pytest.mark.parametrize(("asks_for", "patience", "tries"), [(7, 6.0, 1), (7, 60.0, 4)])
def test_patience_ends_before_the_tries_do(
    http: responses.RequestsMock, sleeps: Sleeps, asks_for: int, patience: float, tries: int
) -> None:
    """Whoever has little time leaves what has to wait to the next run."""
    http.add("POST", COMMENTS, status=429, json={}, headers={"Retry-After": str(asks_for)})
    tracker = GitHubTracker(REPO, "token", BASE, sleeps, patience=patience)
    with pytest.raises(AdapterError):
        tracker.comment(1, "x")
    assert len(http.calls) == tries


def test_the_next_page_of_a_list() -> None:
    """Its cursor, and none after the last page, or of no list."""
    page = {"pageInfo": {"hasNextPage": True, "endCursor": "c"}}
    assert next_page(page) == "c"
    assert next_page({"pageInfo": {"hasNextPage": False, "endCursor": "c"}}) is None
    assert next_page(None) is None
