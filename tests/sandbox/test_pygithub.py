"""The real, unmodified PyGithub against the sandbox.

No module's twin: every route that this client uses.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from github import Auth, Github, UnknownObjectException

from tests.sandbox.world import REPO, World


@pytest.fixture(params=["", "/api/v3"])
def client(world: World, request: pytest.FixtureRequest) -> Iterator[Github]:
    """Connect PyGithub as the administrator, to either base address."""
    github = Github(
        auth=Auth.Token(world.tokens["admin"]),
        base_url=world.sandbox.url + request.param,
        lazy=True,
        retry=0,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    yield github
    github.close()


def test_plays_an_issue_from_opening_to_closing(client: Github) -> None:
    """PyGithub opens, labels, comments on, edits and closes an issue, and reads all of it back."""
    repository = client.get_repo(REPO)
    issue = repository.create_issue("New incident", body="text", labels=["bug"])
    comment = issue.create_comment("/help")
    comment.edit("/estimate 3d")
    issue.add_to_labels("state: reported")
    issue.remove_from_labels("bug")
    issue.edit(title="Incident", state="closed", state_reason="completed")

    fresh = repository.get_issue(issue.number)
    assert (fresh.title, fresh.state, fresh.state_reason) == ("Incident", "closed", "completed")
    assert [label.name for label in fresh.labels] == ["state: reported"]
    assert [one.body for one in fresh.get_comments()] == ["/estimate 3d"]
    happened = [one.event for one in fresh.get_timeline()]
    assert happened == ["labeled", "commented", "labeled", "unlabeled", "renamed", "closed"]
    assert fresh.url.startswith(client.requester.base_url)


def test_asks_graphql_at_the_address_it_derives(client: Github) -> None:
    """A GraphQL query by PyGithub arrives, and an unknown repository raises its own not-found error."""
    query = 'query($name: String!) {repository(owner: "acme", name: $name) {nameWithOwner}}'
    _, answer = client.requester.graphql_query(query, {"name": "incidents"})
    assert answer["data"]["repository"]["nameWithOwner"] == REPO
    with pytest.raises(UnknownObjectException):
        client.requester.graphql_query(query, {"name": "other"})


def test_follows_pages_by_their_links(client: Github) -> None:
    """PyGithub walks a list of several pages to its end and reads the total from the last link."""
    repository = client.get_repo(REPO)
    issue = repository.create_issue("New incident")
    for number in range(7):
        issue.create_comment(f"comment {number}")
    small = Github(
        auth=client.requester.auth,
        base_url=client.requester.base_url,
        lazy=True,
        per_page=3,
        retry=0,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    comments = small.get_repo(REPO).get_issue(issue.number).get_comments()
    assert [one.body for one in comments] == [f"comment {number}" for number in range(7)]
    assert repository.get_issue(issue.number).get_comments().totalCount == 7
    small.close()


def test_links_sub_issues_by_database_id(client: Github) -> None:
    """PyGithub adds, lists and removes a sub-issue."""
    repository = client.get_repo(REPO)
    parent, child = (repository.create_issue(title) for title in ("Incident", "Suspension"))
    parent.add_sub_issue(child.id)
    assert [one.number for one in parent.get_sub_issues()] == [child.number]
    parent.remove_sub_issue(child.id)
    assert list(parent.get_sub_issues()) == []


def test_writes_files_and_reads_them(client: Github) -> None:
    """PyGithub creates, updates, lists and deletes a file."""
    repository = client.get_repo(REPO)
    made = repository.create_file(".github/cocflow.yml", "Configure", "community: Enginexp\n")["content"]
    repository.update_file(".github/cocflow.yml", "Change", "community: Other\n", made.sha)
    read = repository.get_contents(".github/cocflow.yml")
    assert not isinstance(read, list)
    assert read.decoded_content == b"community: Other\n"
    listed = repository.get_contents(".github")
    assert isinstance(listed, list)
    assert [one.path for one in listed] == [".github/cocflow.yml"]
    repository.delete_file(".github/cocflow.yml", "Remove", read.sha)
    with pytest.raises(UnknownObjectException):
        repository.get_contents(".github/cocflow.yml")


def test_sets_and_tells_permissions(world: World, client: Github) -> None:
    """PyGithub invites, lists collaborators once it is accepted, and asks for somebody's role."""
    repository = client.get_repo(REPO)
    invitation = repository.add_to_collaborators("outsider", "triage")
    assert invitation is not None
    assert not repository.has_in_collaborators("outsider")
    world.accept("outsider")
    assert repository.has_in_collaborators("outsider")
    assert repository.get_collaborator_role_name("outsider") == "triage"
    assert "outsider" in [one.login for one in repository.get_collaborators()]
    repository.remove_from_collaborators("outsider")
    assert not repository.has_in_collaborators("outsider")
