"""`cocflow page`: one file, from the working folder or from a repository, or a clear no."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cocflow.cli import cocflow
from cocflow.errors import DefinitionError
from tests.cli.premises import FLAGS, REPO, Town
from tests.setup.communities import CONFIGURATION, community


def command(*words: str) -> Result:
    """Give the command in the working folder."""
    return CliRunner().invoke(cocflow, ("page", *words))


def test_it_writes_one_file_and_says_what_to_do_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is named, `-` writes the same to standard output, and nothing else is written."""
    monkeypatch.chdir(community(tmp_path))
    done = command()
    assert done.exit_code == 0
    assert done.output.startswith("Wrote report.html. Open it in a browser")
    assert sorted(one.name for one in tmp_path.iterdir()) == [".github", "report.html"]
    assert command("--out", "-").output == (tmp_path / "report.html").read_text("utf-8")
    assert command("--out", "other.html", "--administrators").exit_code == 0
    assert "riya@example.org" in (tmp_path / "other.html").read_text("utf-8")


def test_without_an_address_it_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The missing line is named."""
    monkeypatch.chdir(community(tmp_path, CONFIGURATION.replace("reports:", "# reports:")))
    done = command()
    assert isinstance(done.exception, DefinitionError)
    assert "there is no address for reports" in str(done.exception)
    assert not (tmp_path / "report.html").exists()


def test_it_can_be_made_of_a_repository_s_files(town: Town, tmp_path: Path) -> None:
    """The form and the configuration are those in the repository."""
    done = town.run("init", REPO, *FLAGS, "--reports", "conduct@example.org")
    assert done.exit_code == 0, done.output
    done = town.run("page", REPO, "--out", str(tmp_path / "page.html"))
    assert done.exit_code == 0, done.output
    assert "conduct@example.org" in (tmp_path / "page.html").read_text("utf-8")
