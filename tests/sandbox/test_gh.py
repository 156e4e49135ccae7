"""GitHub's own command line against the sandbox, as a proxy: Debian's `gh` and the newest.

No module's twin: every command that people give. `gh` speaks plain HTTP with github.localhost only.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cocflow.sandbox import Sandbox

REPO = "acme/incidents"
INSTALLED = Path(sys.executable).parent
SWEEP = """name: Sweep
on:
  schedule:
    - cron: "17 * * * *"
  workflow_dispatch:
    inputs:
      issue: {required: false}
jobs: {}
"""


def _program(which: str) -> str | None:
    """Return the newest gh, which the tests install, or the machine's own."""
    folders = os.environ["PATH"].split(os.pathsep)
    others = os.pathsep.join(one for one in folders if Path(one) != INSTALLED)
    return shutil.which("gh", path=str(INSTALLED) if which == "newest" else others)


@dataclass
class Terminal:
    """Somebody's `gh`, which reaches the sandbox by its address as a proxy."""

    program: str
    environment: dict[str, str]
    sandbox: Sandbox

    def run(self, *words: str) -> str:
        """Give a command about the repository, which must succeed, and return what it prints."""
        done = subprocess.run(
            [self.program, *words], env=self.environment, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def json(self, *words: str) -> Any:
        """Give a command that prints JSON."""
        return json.loads(self.run(*words))


@pytest.fixture(scope="module", params=["newest", "Debian's"])
def gh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Run a sandbox with a repository, a workflow that has run, and an administrator at a terminal."""
    program = _program(request.param)
    if program is None:
        pytest.skip("gh isn't installed: apt install gh")
    home = tmp_path_factory.mktemp("home")
    with Sandbox() as sandbox:
        store = sandbox.store
        store.add_org("acme", members={"mft": "admin"})
        store.add_repo(REPO)
        store.put_file(REPO, ".github/workflows/sweep.yml", SWEEP)
        store.put_file(REPO, "README.md", "# Hello\n")
        scopes = ("admin:org", "delete_repo", "read:org", "repo", "workflow")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "GH_CONFIG_DIR": str(home / "gh"),
            "GH_HOST": "github.localhost",
            "GH_REPO": REPO,
            "GH_TOKEN": store.add_token("mft", scopes),
            "GH_PROMPT_DISABLED": "1",
            "GH_NO_UPDATE_NOTIFIER": "1",
            "GH_TELEMETRY": "false",
            "http_proxy": sandbox.url,
        }
        yield Terminal(program, environment, sandbox)


def test_issues_live_from_their_creation_to_their_deletion(gh: Terminal) -> None:
    """What `gh issue` writes is there for `gh issue` to read: words, labels, assignees, state, comments."""
    gh.run("label", "create", "state: reported", "--color", "ff0000", "--description", "d")
    made = gh.run("issue", "create", "-t", "New incident", "-b", "text", "-l", "bug", "-a", "@me")
    number = made.strip().rpartition("/")[2]
    assert made.strip() == f"http://github.localhost/{REPO}/issues/{number}"
    gh.run("issue", "edit", number, "--add-label", "state: reported", "--remove-label", "bug")
    gh.run("issue", "edit", number, "--title", "Renamed", "--body", "other")
    gh.run("issue", "comment", number, "--body", "hello")
    gh.run("issue", "close", number, "--reason", "not planned", "--comment", "bye")
    gh.run("issue", "reopen", number)
    gh.run("issue", "pin", number)
    gh.run("issue", "lock", number, "--reason", "resolved")
    fields = "number,title,body,state,labels,assignees,author,comments"
    shown = gh.json("issue", "view", number, "--json", fields)
    assert [one["name"] for one in shown["labels"]] == ["state: reported"]
    assert [one["login"] for one in shown["assignees"]] == ["mft"]
    assert [one["body"] for one in shown["comments"]] == ["hello", "bye"]
    assert (shown["title"], shown["body"], shown["state"]) == ("Renamed", "other", "OPEN")
    assert "hello" in gh.run("issue", "view", number, "--comments")
    assert "Renamed" in gh.run("issue", "view", number)
    assert "Renamed" in gh.run("issue", "list", "--author", "mft", "--assignee", "mft")
    assert "Renamed" in gh.run("issue", "status")
    gh.run("issue", "delete", number, "--yes")
    assert gh.run("issue", "list", "--state", "all") == ""


def test_searches_by_words_and_by_labels(gh: Terminal) -> None:
    """`gh issue list` and `gh search issues` find what was filed, and nothing else."""
    gh.run("issue", "create", "-t", "A broken lamp", "-b", "in the hall", "-l", "bug")
    gh.run("issue", "create", "-t", "Another matter", "-b", "of words")
    assert "A broken lamp" in gh.run("issue", "list", "--label", "bug")
    assert "A broken lamp" in gh.run("issue", "list", "--search", "lamp in:title")
    found = gh.json(
        "search", "issues", "lamp", "--repo", REPO, "--state", "open", "--json", "title,repository"
    )
    assert [(one["title"], one["repository"]["nameWithOwner"]) for one in found] == [("A broken lamp", REPO)]


def test_labels_are_listed_changed_and_deleted(gh: Terminal) -> None:
    """`gh label` sees and changes the repository's labels."""
    gh.run("label", "create", "urgent", "--color", "ff0000", "--description", "now")
    gh.run("label", "edit", "urgent", "--color", "00ff00")
    assert "urgent\tnow\t#00ff00" in gh.run("label", "list")
    gh.run("label", "delete", "urgent", *_yes(gh))
    assert "urgent" not in gh.run("label", "list")


def test_repositories_are_made_shown_renamed_and_deleted(gh: Terminal) -> None:
    """`gh repo` makes them empty or from a template, lists them, and takes them away."""
    gh.run("repo", "create", "acme/room", "--private", "--description", "One reporter's")
    gh.run("api", "--method", "PATCH", f"repos/{REPO}", "--field", "is_template=true", "--silent")
    gh.run("repo", "create", "acme/other", "--private", "--template", REPO)
    assert "# Hello" in gh.run("repo", "view", "acme/other")
    listed = gh.run("repo", "list", "acme")
    assert "acme/room\tOne reporter's\tprivate" in listed
    shown = gh.json("repo", "view", "acme/room", "--json", "nameWithOwner,isPrivate,viewerPermission,issues")
    assert shown == {
        "nameWithOwner": "acme/room",
        "isPrivate": True,
        "viewerPermission": "ADMIN",
        "issues": {"totalCount": 0},
    }
    gh.run("repo", "edit", "acme/room", "--enable-wiki=false")
    gh.run("repo", "delete", "acme/room", *_yes(gh))
    assert "acme/room" not in gh.run("repo", "list", "acme")


def test_runs_are_shown_and_asked_for(gh: Terminal) -> None:
    """`gh run` shows what ran, and `gh workflow run` starts a workflow with its inputs."""
    number = str(gh.sandbox.store.record_run(REPO, "sweep.yml"))
    assert number in gh.run("run", "list", "--workflow", "sweep.yml")
    assert "Sweep" in gh.run("run", "view", number)
    shown = gh.json("run", "view", number, "--json", "status,conclusion,event,jobs")
    assert (shown["status"], shown["conclusion"], len(shown["jobs"])) == ("completed", "success", 1)
    assert "Sweep" in gh.run("workflow", "list")
    gh.run("workflow", "run", "sweep.yml", "--ref", "main", "--raw-field", "issue=7")
    assert gh.sandbox.events()[-1]["payload"]["inputs"] == {"issue": "7"}


def test_says_whose_token_it_is(gh: Terminal) -> None:
    """`gh api` speaks both languages, and `gh secret` seals what it sets."""
    assert gh.run("api", "user", "--jq", ".login") == "mft\n"
    assert gh.json("api", "graphql", "-f", "query={viewer {login}}") == {"data": {"viewer": {"login": "mft"}}}
    gh.run("secret", "set", "SMTP", "--body", "hush")
    assert gh.run("secret", "list").startswith("SMTP\t")


def _yes(gh: Terminal) -> list[str]:
    """Return how a deletion is confirmed: an older gh has another word for it."""
    return ["--yes"] if "--yes" in gh.run("repo", "delete", "--help") else ["--confirm"]
