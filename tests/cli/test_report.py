"""`cocflow report` against the sandbox over HTTP: what is said, that it stays so, and that nobody is in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.premises import REPO, SECRET, Town
from tests.cli.test_erase import Vault

YEAR = 2026


@pytest.fixture
def vault(town: Town) -> Vault:
    """A vault with an incident that was resolved, with an outcome for somebody."""
    found = Vault(town)
    return found


def report(town: Town, year: int = YEAR, *options: str) -> str:
    """Return what is printed of a year."""
    done = town.run("report", REPO, "--year", str(year), *options)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.stdout


def test_try(vault: Vault, tmp_path: Path) -> None:
    with vault.town.sandbox.store.read() as db:
        print(list(map(dict, db.execute("SELECT * FROM issue")))[0])
    print(datetime.now(UTC))
    print(report(vault.town))
    vault.passes(400)
    print(report(vault.town, YEAR, "--picture", str(tmp_path / "x.svg")))
    print(report(vault.town, YEAR + 1))
    assert 0
