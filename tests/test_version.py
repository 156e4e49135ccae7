"""The version is said in one place, and whatever is built knows the commit that it was built from."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

from cocflow.setup.wheel import wheel
from cocflow.version import VERSION

ROOT = Path(__file__).parents[1]
BUILT = (
    ".ci",
    ".github",
    "cocflow",
    "templates",
    "workflows",
    "LICENSE",
    "README.md",
    "hatch_build.py",
    "pyproject.toml",
)


def git(folder: Path, *words: str) -> str:
    """Give git a command in a folder, as somebody."""
    who = ("-c", "user.name=someone", "-c", "user.email=someone@example.org")
    done = subprocess.run(
        ("git", "-C", folder, *who, *words), check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout.strip()


def told(*paths: Path) -> str:
    """Return what `cocflow --version` prints where the package lies in these folders, or in this checkout."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = (sys.executable, "-m", "cocflow", "--version")
    done = subprocess.run(
        command,
        cwd=paths[0] if paths else ROOT,
        env=environment,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout of its own, with everything that a package is built from committed."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in BUILT:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    (folder / ".gitignore").write_text("__pycache__/\ndist/\n", "utf-8")
    (folder / "cocflow" / "COMMIT").unlink(missing_ok=True)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    return folder


def test_what_is_installed_says_the_same_version() -> None:
    """The metadata of the installation has the version that the code says; else `make` makes it so."""
    assert version("cocflow") == VERSION


def test_a_checkout_names_its_commit_and_whether_it_was_changed(checkout: Path) -> None:
    """The commit is git's, and a file that isn't as committed is not passed over."""
    commit = git(checkout, "rev-parse", "HEAD")[:12]
    assert told(checkout) == f"cocflow {VERSION} ({commit})"
    license_ = checkout / "LICENSE"
    before = license_.read_bytes()
    license_.write_bytes(before + b"\n")
    assert told(checkout) == f"cocflow {VERSION} ({commit}-dirty)"
    license_.write_bytes(before)


def test_no_other_repository_around_it_is_asked(checkout: Path, tmp_path: Path) -> None:
    """A package that lies somewhere inside another repository doesn't take its commit for its own."""
    git(tmp_path, "init", "--quiet")
    inside = tmp_path / "installed"
    shutil.copytree(checkout / "cocflow", inside / "cocflow")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Another")
    assert told(inside) == f"cocflow {VERSION}"


def test_a_wheel_and_an_sdist_know_their_commit(checkout: Path, tmp_path: Path) -> None:
    """The wheel that is built through the sdist, far from any checkout, names the commit and the version.

    Where a job builds it, what its description leads to and shows is found from PyPI.
    """
    command = (sys.executable, "-m", "build", "--no-isolation", "--outdir", tmp_path, checkout)
    job = {
        **os.environ,
        "GITHUB_SERVER_URL": "https://github.example",
        "GITHUB_REPOSITORY": "acme/cocflow",
    }
    subprocess.run(command, env=job, check=True, capture_output=True)
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f"cocflow-{VERSION}-py3-none-any.whl",
        f"cocflow-{VERSION}.tar.gz",
    ]
    with zipfile.ZipFile(tmp_path / f"cocflow-{VERSION}-py3-none-any.whl") as built:
        built.extractall(tmp_path / "installed")
    commit = git(checkout, "rev-parse", "HEAD")[:12]
    assert told(tmp_path / "installed") == f"cocflow {VERSION} ({commit})"
    about = (tmp_path / "installed" / f"cocflow-{VERSION}.dist-info" / "METADATA").read_text("utf-8")
    for way, file in (
        ("blob", "docs/process.md"),
        ("raw", "docs/demo.svg"),
        ("raw", "docs/pictures/beside.jpg"),
    ):
        assert f"https://github.example/acme/cocflow/{way}/v{VERSION}/{file}" in about
    assert re.findall(r'(?:\]\(|src=")(?!https:|#)[^)"]+', about) == []
    assert git(checkout, "status", "--porcelain") == ""


def test_the_wheel_that_a_community_pins_knows_it_too() -> None:
    """What `init` puts together names the commit as the command line here does, so a job can be traced."""
    name, content = wheel({})
    assert name == f"cocflow-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert names.count("cocflow/COMMIT") == ("(" in told())
        if "cocflow/COMMIT" in names:
            assert f"({archive.read('cocflow/COMMIT').decode().strip()})" in told()
