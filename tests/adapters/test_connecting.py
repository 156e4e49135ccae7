"""A write to a repository that was renamed, with the real client against the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
import requests

from cocflow.adapters.github import GitHubTracker
from cocflow.adapters.repository import GitHubPremises
from cocflow.errors import AdapterError
from cocflow.ports import Label
from cocflow.sandbox import Sandbox

OLD, NEW = "acme/incidents", "acme/reports"


class Renamed(NamedTuple):
    """Where a repository is that was renamed, and its owner's token."""

    url: str
    token: str

    def ask(self, method: str, path: str, body: object = None) -> requests.Response:
        """Send a request as its owner."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, f"{self.url}/repos/{path}", json=body, headers=headers, timeout=10)


@pytest.fixture(scope="module")
def renamed() -> Iterator[Renamed]:
    """Rename a repository that has one issue."""
    with Sandbox() as sandbox:
        sandbox.store.add_repo(OLD)
        sandbox.store.add_user("mft")
        sandbox.store.set_permission(OLD, "mft", "admin")
        found = Renamed(sandbox.url, sandbox.store.add_token("mft"))
        assert found.ask("POST", f"{OLD}/issues", {"title": "New incident"}).ok
        assert found.ask("PATCH", OLD, {"name": NEW.partition("/")[2]}).ok
        yield found


def comment(renamed: Renamed) -> None:
    """Comment, as a job does."""
    GitHubTracker(OLD, renamed.token, renamed.url, lambda _: None).comment(1, "Received.")


def edit(renamed: Renamed) -> None:
    """Change an issue through PyGithub's own objects, as a job does."""
    GitHubTracker(OLD, renamed.token, renamed.url, lambda _: None).edit_body(1, "Quiet bay")


def label(renamed: Renamed) -> None:
    """Make a label, as `init` does."""
    GitHubPremises(OLD, renamed.token, renamed.url).create_label(
        Label(name="hold", color="ededed", description="Kept")
    )


@pytest.mark.parametrize("write", [comment, edit, label])
def test_a_write_by_an_old_name_is_never_taken_for_done(
    renamed: Renamed, write: Callable[[Renamed], None]
) -> None:
    """GitHub answers it by 307, which PyGithub takes for success: it fails, once, and says what to do."""
    before = [renamed.ask("GET", f"{NEW}/{path}").json() for path in ("issues/1", "labels")]
    with pytest.raises(AdapterError, match=r"has another name, or another owner, now: use that") as caught:
        write(renamed)
    assert caught.value.status == 307
    assert [renamed.ask("GET", f"{NEW}/{path}").json() for path in ("issues/1", "labels")] == before


def test_what_is_only_read_by_an_old_name_is_read(renamed: Renamed) -> None:
    """A 301 is followed."""
    assert GitHubPremises(OLD, renamed.token, renamed.url).settings() is not None
