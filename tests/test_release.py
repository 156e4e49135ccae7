"""A release of cocflow itself: what its job promises, and that what the job calls runs here.

No module's twin: of `.github/workflows/release.yml` and of `.ci/`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.jobs.act import Act, Json, Log, find_act, read_workflow
from tests.jobs.layouts import declared
from tests.test_version import BUILT, git

ROOT = Path(__file__).parents[1]
SAID = "Much, [as told](docs/told.md#much), and [by others](https://example.org).\n\n### Fixed\n\n- That.\n"
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
    for name in ("links.py", "notes.py"):
        shutil.copy(ROOT / ".ci" / name, tmp_path / ".ci")
    version = (ROOT / "cocflow" / "version.py").read_text("utf-8")
    version = re.sub(r'^VERSION = ".*"$', 'VERSION = "9.9.0"', version, flags=re.MULTILINE)
    (tmp_path / "cocflow" / "version.py").write_text(version, "utf-8")
    changes = f"# Changelog\n\n## 9.9.0\n\n{SAID}\n## 9.8.0\n\nLittle.\n"
    (tmp_path / "CHANGELOG.md").write_text(changes, "utf-8")
    return tmp_path


def notes(place: Path, tag: str) -> subprocess.CompletedProcess[str]:
    """Ask for a tag's notes."""
    command = (sys.executable, place / ".ci" / "notes.py", tag)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    return subprocess.run(command, env=outside, capture_output=True, encoding="utf-8", check=False)


def test_the_notes_are_the_changelog_s_words_on_this_version(place: Path) -> None:
    """They are everything under the version's heading, and nothing of another's."""
    done = notes(place, "v9.9.0")
    assert (done.returncode, done.stdout) == (0, SAID)


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


# --- the whole of it, as far as this machine reaches ------------------------------------------------

ACT = find_act()
needs_act = pytest.mark.skipif(ACT is None, reason="PyPI has no act for this machine")


@pytest.fixture
def checkout(place: Path) -> Path:
    """Return a checkout of the version 9.9.0, with all that a release is built from."""
    for name in BUILT:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "cocflow-modules.*", "COMMIT", "version.py")
            shutil.copytree(ROOT / name, place / name, ignore=ignored, dirs_exist_ok=True)
        else:
            shutil.copy(ROOT / name, place / name)
    (place / "tests").mkdir()
    (place / "tests" / "README.md").touch()
    shutil.copy(ROOT / ".gitignore", place)
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--message", "Begin")
    return place


def pushed(checkout: Path, tag: str, kept: Path, *, template: bool = True) -> Log:
    """Push a tag: run the job with the real scripts, and stand-ins for what only GitHub and PyPI can do."""
    assert ACT is not None
    for folder in (kept, kept / "act"):
        folder.mkdir()
    machine = ROOT / "tests" / "jobs" / "machine"
    act = Act(program=ACT, repository=checkout, python=machine, folder=kept / "act")
    payload = {"ref": f"refs/tags/{tag}", "repository": {"is_template": template}}
    return act.run(
        "release.yml",
        "push",
        payload,
        variables={"KEPT": str(kept), "REAL_PYTHON": sys.executable},
        secrets={"GITHUB_TOKEN": "a-token"},
        options=("--matrix", f"python:{declared()[-1]}"),
    )


@needs_act
def test_what_a_tag_builds_is_tried_published_signed_and_released(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each job finds what the one before left: the same two packages reach PyPI, signature and release."""
    kept = tmp_path_factory.mktemp("release") / "kept"
    log = pushed(checkout, "v9.9.0", kept)
    assert log.results == dict.fromkeys(JOBS, "success"), log.told()
    packages = ["cocflow-9.9.0-py3-none-any.whl", "cocflow-9.9.0.tar.gz"]
    tried = log.said("Try")
    assert tried[0] == f"cocflow 9.9.0 ({git(checkout, 'rev-parse', 'HEAD')[:12]})"
    assert tried[-1].startswith("tests: -m pytest ")
    assert sorted(one.name for one in (kept / "published").iterdir()) == packages
    assert sorted((kept / "attested").read_text("utf-8").split()) == packages
    assert sorted(one.name for one in (kept / "released").iterdir()) == [*packages, "notes.md"]
    for name in packages:
        assert (kept / "published" / name).read_bytes() == (kept / "released" / name).read_bytes()
    at_the_tag = SAID.replace("(docs/", "(https://github.com/acme/incidents/blob/v9.9.0/docs/")
    assert (kept / "released" / "notes.md").read_text("utf-8") == at_the_tag
    told = (kept / "told").read_text("utf-8").split()
    assert told[:3] == ["release", "create", "v9.9.0"]
    assert {"--verify-tag", "acme/incidents"} < set(told)
    with zipfile.ZipFile(kept / "published" / packages[0]) as wheel:
        assert wheel.read("cocflow/_shipped/.github/cocflow-modules.sha256") == b"sums\n"


@needs_act
@pytest.mark.parametrize(
    ("tag", "template", "results"), [("v9.8.0", True, {"build": "failure"}), ("v9.9.0", False, {})]
)
def test_where_nothing_is_built_nothing_is_published(
    checkout: Path, tag: str, template: bool, results: Json, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A wrong tag ends at the build, and in a copy of the template no tag starts anything."""
    kept = tmp_path_factory.mktemp("release") / "kept"
    log = pushed(checkout, tag, kept, template=template)
    assert log.results == results
    assert [one.name for one in kept.iterdir()] == ["act"]
