"""A release of cocflow itself: what its job promises, and that what the job calls runs here.

No module's twin: of `.github/workflows/release.yml` and of `.ci/`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.jobs.act import Json, read_workflow
from tests.jobs.layouts import declared

ROOT = Path(__file__).parents[1]
JOBS: Json = read_workflow(ROOT / ".github" / "workflows" / "release.yml")["jobs"]
ACTIONS = {
    "actions/attest-build-provenance",
    "actions/checkout",
    "actions/download-artifact",
    "actions/setup-python",
    "actions/upload-artifact",
    "pypa/gh-action-pypi-publish",
}


def test_nothing_is_published_that_was_not_tried() -> None:
    """Each job waits for the one before: what was built is tried, then published, then released."""
    assert {name: job.get("needs") for name, job in JOBS.items()} == {
        "build": None,
        "try": "build",
        "publish": "try",
        "release": "publish",
    }


def test_it_starts_from_a_tag_and_in_cocflow_s_own_repository_only() -> None:
    """Copies of the template aren't templates, so their tags release nothing."""
    workflow = read_workflow(ROOT / ".github" / "workflows" / "release.yml")
    assert workflow["on"] == {"push": {"tags": ["v*"]}}
    assert JOBS["build"]["if"] == "github.event.repository.is_template"


def test_only_what_publishes_may_write() -> None:
    """Without a right by default, code of ours runs where nothing can be written, and no password is kept."""
    workflow = read_workflow(ROOT / ".github" / "workflows" / "release.yml")
    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "build": {"contents": "read"},
        "try": {"contents": "read"},
        "publish": {"id-token": "write"},
        "release": {"contents": "write", "id-token": "write", "attestations": "write"},
    }
    assert JOBS["publish"]["environment"] == "pypi"
    assert "secrets." not in (ROOT / ".github" / "workflows" / "release.yml").read_text("utf-8")


def test_it_is_tried_on_every_python_that_is_declared() -> None:
    """The package says that it runs on nothing on which what is published wasn't tried."""
    assert JOBS["try"]["strategy"]["matrix"]["python"] == declared()


def test_the_archive_is_made_for_the_python_of_the_jobs() -> None:
    """What is built is compiled by the Python that builds, which is the one that the shipped jobs set up."""
    shipped = [
        read_workflow(ROOT / ".github" / "workflows" / f"{name}.yml") for name in ("incident", "sweep")
    ]
    jobs = [JOBS["build"], *(job for workflow in shipped for job in workflow["jobs"].values())]
    versions = {
        step["with"]["python-version"]
        for job in jobs
        for step in job["steps"]
        if "python-version" in step.get("with", {})
    }
    assert versions == set(
        re.findall(r"^JOBS_PYTHON \?= python(.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    )


@pytest.mark.parametrize("name", sorted(JOBS))
def test_its_actions_are_known_and_pinned(name: str) -> None:
    """Each action is named by its commit, no token stays in a checkout, and no job runs for long."""
    steps = [step for step in JOBS[name]["steps"] if "uses" in step]
    for step in steps:
        action, _, commit = step["uses"].partition("@")
        assert action in ACTIONS
        assert re.fullmatch(r"[0-9a-f]{40}", commit)
        if action == "actions/checkout":
            assert step["with"] == {"persist-credentials": False}
    assert 0 < JOBS[name]["timeout-minutes"] <= 60


# --- what the jobs call ------------------------------------------------------------------------------


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with what the notes are made of: the version 9.9.0, and two versions' changes."""
    (tmp_path / ".ci").mkdir()
    (tmp_path / "cocflow").mkdir()
    shutil.copy(ROOT / ".ci" / "notes.py", tmp_path / ".ci")
    version = (ROOT / "cocflow" / "version.py").read_text("utf-8")
    version = re.sub(r'^VERSION = ".*"$', 'VERSION = "9.9.0"', version, flags=re.MULTILINE)
    (tmp_path / "cocflow" / "version.py").write_text(version, "utf-8")
    changes = "# Changelog\n\n## 9.9.0\n\nMuch.\n\n### Fixed\n\n- That.\n\n## 9.8.0\n\nLittle.\n"
    (tmp_path / "CHANGELOG.md").write_text(changes, "utf-8")
    return tmp_path


def notes(place: Path, tag: str) -> subprocess.CompletedProcess[str]:
    """Ask for a tag's notes."""
    command = (sys.executable, place / ".ci" / "notes.py", tag)
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


def test_the_notes_are_the_changelog_s_words_on_this_version(place: Path) -> None:
    """They are everything under the version's heading, and nothing of another's."""
    done = notes(place, "v9.9.0")
    assert (done.returncode, done.stdout) == (0, "Much.\n\n### Fixed\n\n- That.\n")


def test_a_tag_of_another_version_is_refused(place: Path) -> None:
    """A tag that was put on the wrong commit builds nothing, and says what differs."""
    done = notes(place, "v9.8.0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "The tag is v9.8.0, but cocflow/version.py says 9.9.0: make them the same.\n"


@pytest.mark.parametrize("changes", ["## Unreleased\n\nMuch.\n", "## 9.9.0\n\n## 9.8.0\n\nLittle.\n"])
def test_a_version_of_which_nothing_is_said_is_refused(place: Path, changes: str) -> None:
    """Without its section in the changelog, or with an empty one, there is no release."""
    (place / "CHANGELOG.md").write_text(changes, "utf-8")
    done = notes(place, "v9.9.0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "CHANGELOG.md says nothing under `## 9.9.0`: write there what is new.\n"
