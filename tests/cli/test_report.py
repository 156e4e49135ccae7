"""`cocflow report` against the sandbox over HTTP: what it says, that it stays so, and names nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.premises import REPO, SECRET, Town
from tests.cli.test_erase import Vault, resolved

YEAR = datetime.now(UTC).year
"""In which the sandbox's incident is received and decided."""


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """A vault with an incident that was resolved."""
    with resolved().copied(tmp_path) as town:
        yield Vault(town)


def report(town: Town, *options: str, year: int = YEAR) -> str:
    """Return what is printed of a year; nobody and no case is in it."""
    done = town.run("report", REPO, "--year", str(year), *options)
    assert done.exit_code == 0, (done.output, done.exception)
    for word in (SECRET, "zora", "Zora", "riya", "Riya", REPO, "#1"):
        assert word not in done.stdout
    title = town.client().get_repo(REPO).get_issues(state="all")[0].title
    assert title.removeprefix("Incident ") not in done.stdout
    return done.stdout


def test_a_year_is_the_same_twice_and_once_all_of_it_is_erased(vault: Vault, tmp_path: Path) -> None:
    """Its Markdown and its picture, byte by byte, whenever they are made."""
    vault.passes(370)
    drawn = tmp_path / "year.svg"
    first = report(vault.town, "--picture", str(drawn)), drawn.read_bytes()
    assert (report(vault.town, "--picture", str(drawn)), drawn.read_bytes()) == first
    assert "| **Received** | **1** |" in first[0]
    vault.passes(100)
    vault.passes(15)
    assert "Erased #1." in vault.town.run("erase", REPO, "--yes").output
    assert vault.first not in vault.numbers()
    assert (report(vault.town, "--picture", str(drawn)), drawn.read_bytes()) == first
    vault.passes(1)
    assert (report(vault.town, "--picture", str(drawn)), drawn.read_bytes()) == first


def test_the_picture_has_a_text_that_holds_its_numbers(vault: Vault, tmp_path: Path) -> None:
    """Below the tables, where a page shows it."""
    text = report(vault.town, "--picture", str(tmp_path / "year.png"))
    assert (tmp_path / "year.png").read_bytes().startswith(b"\x89PNG")
    last = text.strip().splitlines()[-1]
    assert last.startswith("![Bars")
    assert "Received: 1." in last
    assert last.endswith("](year.png)")


def test_this_year_has_totals_so_far(vault: Vault) -> None:
    """And says so; a year to come has none."""
    assert "isn't over" in report(vault.town)
    done = vault.town.run("report", REPO, "--year", str(YEAR + 1))
    assert "hasn't begun" in str(done.exception)


def test_small_totals_can_be_left_out(vault: Vault) -> None:
    """By a line of the configuration."""
    vault.configured("report: totals from 5")
    assert "| **Received** | **fewer than 5** |" in report(vault.town)


def test_a_picture_has_a_kind(town: Town, tmp_path: Path) -> None:
    """Anything but .svg and .png is refused before anything is read."""
    done = town.run("report", REPO, "--year", "2026", "--picture", str(tmp_path / "year.gif"))
    assert done.exit_code == 2
    assert "something.svg" in done.output
