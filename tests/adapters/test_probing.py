"""What reading a repository shows of the contract: all of it on the sandbox, and each other answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from cocflow.adapters.github import GitHubTracker
from cocflow.adapters.probing import GitHubProbing, _of_issues
from cocflow.errors import AdapterError
from cocflow.ports import EditComment
from cocflow.sandbox import Sandbox
from cocflow.sandbox.issues import Transaction
from tests.contract.rows import rows

REPO = "acme/incidents"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Run a sandbox with a repository in which the job has edited its own comment."""
    with Sandbox() as running:
        store = running.store
        store.add_user("riya")
        store.add_repo(REPO, visibility="private")
        store.set_permission(REPO, "riya", "admin")
        job = GitHubTracker(REPO, store.job_token(REPO), running.url)
        with Transaction(store, store.access(REPO, "riya")) as at:
            number = at.open_issue("Their words", "the kettle was thrown", [])["number"]
            at.add_comment(number, "hello")
        job.comment(number, "a card")
        read = job.read(number)
        job.write(read, [EditComment(read.comments()[-1].id, "another card")])
        yield running


def probing(sandbox: Sandbox, token: str = "") -> GitHubProbing:
    """Return what asks, as the owner."""
    return GitHubProbing(REPO, token or sandbox.store.add_token("riya"), sandbox.url)


def test_all_that_reading_shows_holds_and_nothing_is_written(sandbox: Sandbox) -> None:
    """Each row is one of the contract, says so, and took no write."""
    sandbox.store.requests.reset()
    found = probing(sandbox).probe()
    assert {one.seen for one in found} == {"holds"}
    assert {one.row for one in found} <= set(rows())
    assert "EDIT-02" in {one.row for one in found}
    counted = sandbox.store.requests.as_dict()
    assert (counted["rest_writes"], counted["graphql_writes"]) == (0, 0)


def test_a_token_that_is_not_valid_is_said(sandbox: Sandbox) -> None:
    """Nothing is taken for an answer then."""
    with pytest.raises(AdapterError) as caught:
        probing(sandbox, "nothing").probe()
    assert caught.value.status == 401


def test_whoever_may_only_read_sees_less_and_nothing_otherwise(sandbox: Sandbox) -> None:
    """What GitHub shows to some only isn't taken for another answer."""
    sandbox.store.add_user("tom")
    sandbox.store.set_permission(REPO, "tom", "read")
    found = probing(sandbox, sandbox.store.add_token("tom")).probe()
    assert {one.row for one in found if one.seen == "unseen"} == {"ROLE-07", "INIT-03"}
    assert "differs" not in {one.seen for one in found}


def test_a_repository_that_is_not_there_for_them_is_said(sandbox: Sandbox) -> None:
    """Whoever mistyped its name, or may not read it, learns nothing of GitHub by that."""
    sandbox.store.add_user("eve")
    with pytest.raises(AdapterError) as caught:
        probing(sandbox, sandbox.store.add_token("eve")).probe()
    assert caught.value.status == 404


@pytest.mark.parametrize(("resource", "left"), [("core", 0), ("core", 2), ("graphql", 0), ("graphql", 1)])
def test_a_limit_is_no_answer(sandbox: Sandbox, resource: str, left: int) -> None:
    """In REST, and in GraphQL, where it comes with status 200, it is said."""
    sandbox.store.limits.set_remaining(resource, left)
    with pytest.raises(AdapterError):
        probing(sandbox).probe()
    sandbox.store.limits.clear()


BOT = {"__typename": "Bot", "login": "github-actions"}
PERSON = {"__typename": "User"}


def comment(**fields: Any) -> dict[str, Any]:
    """Return a comment of the bot's that it edited."""
    at = "2026-01-05T09:00:00Z"
    given = {"id": "IC_1", "fullDatabaseId": "1", "createdAt": at, "lastEditedAt": at}
    return given | {"author": BOT, "editor": BOT} | fields


@pytest.mark.parametrize(
    ("fields", "row", "seen"),
    [
        ({}, "EDIT-02", "holds"),
        ({"editor": None}, "EDIT-02", "differs"),
        ({"editor": PERSON}, "EDIT-02", "unseen"),
        ({"lastEditedAt": None, "editor": None}, "EDIT-02", "unseen"),
        ({"lastEditedAt": None}, "EDIT-01", "differs"),
        ({"id": "MDEyOklzc3VlQ29tbWVudDE="}, "ID-06", "differs"),
        ({"fullDatabaseId": None}, "ID-08", "differs"),
        ({"createdAt": "2026-01-05T09:00:00.5Z"}, "TIME-02", "differs"),
        ({"author": BOT | {"login": "github-actions[bot]"}}, "ID-03", "differs"),
        ({"author": None, "editor": None}, "ID-03", "unseen"),
    ],
)
def test_what_is_otherwise_is_told_from_what_nothing_shows(
    fields: dict[str, Any], row: str, seen: str
) -> None:
    """A comment that a person has edited says nothing of how a job's edits show."""
    issue = {"id": "I_1", "fullDatabaseId": "1", "createdAt": "2026-01-05T09:00:00Z"}
    nodes = [issue | {"comments": {"nodes": [comment(**fields), None]}}, None]
    found = {one.row: one.seen for one in _of_issues({"visibility": "PRIVATE", "issues": {"nodes": nodes}})}
    assert found[row] == seen


def test_an_empty_repository_shows_nothing_of_issues() -> None:
    """Nor does one that can't be read."""
    for found in (
        {"visibility": "PRIVATE", "issues": {"nodes": []}},
        {"visibility": "PUBLIC", "issues": None},
    ):
        assert {one.seen for one in _of_issues(found) if one.row != "GQL-04"} == {"unseen"}
