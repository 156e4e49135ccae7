"""A house of a module's own for the nights, and somebody who knows the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cocflow.rehearsal.house import House
from tests.rehearsal.nights.playing import Player


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house in which tests of a module go on from each other."""
    with House(tmp_path_factory.mktemp("house")) as opened:
        yield opened


@pytest.fixture(scope="module")
def player(house: House) -> Player:
    """Somebody who knows the way."""
    return Player(house)


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    """A house of a test's own."""
    with House(tmp_path) as opened:
        yield opened
