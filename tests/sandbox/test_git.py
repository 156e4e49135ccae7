"""Many files in one commit, over HTTP.

No module's twin: GitHub's Git database, over HTTP.
"""

from __future__ import annotations

import base64

from cocflow.sandbox.rest_git import TOO_LARGE
from tests.sandbox.world import REPO, World


def commit(world: World, tree: list[dict[str, object]], parent: str) -> str:
    """Make a commit and return its sha."""
    made = world.ok("admin", "POST", "/git/trees", {"base_tree": parent, "tree": tree})
    body = {"message": "Change", "tree": made["sha"], "parents": [parent]}
    sha: str = world.ok("admin", "POST", "/git/commits", body)["sha"]
    return sha


def head(world: World) -> str:
    """Return where main stands."""
    sha: str = world.ok("admin", "GET", "/git/ref/heads/main")["object"]["sha"]
    return sha


def entry(path: str, content: str | None) -> dict[str, object]:
    """Return one changed file of a tree."""
    change: dict[str, object] = {"path": path, "mode": "100644", "type": "blob"}
    return change | ({"sha": None} if content is None else {"content": content})


def test_a_commit_changes_many_files_at_once(world: World) -> None:
    """Files are added, replaced and taken out together, only when the branch moves."""
    world.sandbox.store.put_file(REPO, "old.md", "old")
    world.sandbox.store.put_file(REPO, "kept.md", "kept")
    sha = commit(world, [entry("old.md", None), entry("a/new.md", "new")], head(world))
    before = {one["path"] for one in world.ok("admin", "GET", "/git/trees/main?recursive=1")["tree"]}
    world.ok("admin", "PATCH", "/git/refs/heads/main", {"sha": sha})
    after = {one["path"] for one in world.ok("admin", "GET", "/git/trees/main?recursive=1")["tree"]}
    assert before == {"old.md", "kept.md"}
    assert after == {"a/new.md", "kept.md"}


def test_a_commit_on_an_older_state_is_refused(world: World) -> None:
    """Whoever didn't see the newest commit can't move the branch over it."""
    world.sandbox.store.put_file(REPO, "a.md", "a")
    sha = commit(world, [entry("b.md", "b")], head(world))
    world.sandbox.store.put_file(REPO, "c.md", "c")
    assert world.call("admin", "PATCH", "/git/refs/heads/main", {"sha": sha}).status_code == 422


def test_an_empty_repository_has_no_branch(world: World) -> None:
    """Before the first file there is no tree and no branch to move."""
    assert world.call("admin", "GET", "/git/ref/heads/main").status_code == 409
    assert world.call("admin", "GET", "/git/trees/main").status_code == 409


def test_a_reader_commits_nothing(world: World) -> None:
    """Making a tree takes write access."""
    world.sandbox.store.put_file(REPO, "a.md", "a")
    assert world.call("read", "POST", "/git/trees", {"tree": []}).status_code == 403


def test_a_blob_holds_what_is_no_text(world: World) -> None:
    """Bytes that are sent as a blob are the file's content once a commit names it."""
    world.sandbox.store.put_file(REPO, "a.md", "a")
    blob = world.ok("admin", "POST", "/git/blobs", {"content": "AP8=", "encoding": "base64"})
    change: dict[str, object] = {"path": "b.whl", "mode": "100644", "type": "blob", "sha": blob["sha"]}
    world.ok("admin", "PATCH", "/git/refs/heads/main", {"sha": commit(world, [change], head(world))})
    assert world.ok("admin", "GET", "/contents/b.whl")["content"].strip() == "AP8="
    assert world.ok("read", "GET", f"/git/blobs/{blob['sha']}")["content"].strip() == "AP8="
    assert world.call("admin", "GET", f"/git/blobs/{'0' * 40}").status_code == 404


def test_a_blob_has_an_end(world: World) -> None:
    """From 40 MiB on it is refused, and the request that brings it is read all the same."""
    world.sandbox.store.put_file(REPO, "a.md", "a")
    largest = {"content": base64.b64encode(bytes(TOO_LARGE - 1)).decode(), "encoding": "base64"}
    assert world.call("admin", "POST", "/git/blobs", largest).status_code == 201
    larger = largest | {"content": base64.b64encode(bytes(TOO_LARGE)).decode()}
    assert world.call("admin", "POST", "/git/blobs", larger).status_code == 422
