"""What the tests of faults share: one world, and the histories that are broken in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cocflow.demo import REPOSITORY
from cocflow.demo.story import PEOPLE
from tests.faults.history import Moment, desk, duplicates, story, suspensions
from tests.faults.straight import straight
from tests.faults.world import World


@pytest.fixture(scope="session")
def _world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    checkout = tmp_path_factory.mktemp("faults")
    with World(desk(checkout), REPOSITORY, checkout) as made:
        yield made


@pytest.fixture(scope="session")
def moments(_world: World, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Moment]:
    """Play each history once, without faults; their moments by name."""
    _world.found(PEOPLE)
    _world.store.move_clock(advance=0)
    empty = _world.keep()
    played = [*story(tmp_path_factory.mktemp("story")), *suspensions(_world)]
    _world.restore(empty)
    return {one.name: one for one in (*played, *duplicates(_world))}


@pytest.fixture
def nearby(_world: World) -> Iterator[None]:
    """Have runs reach the world straight, where the order of their calls is all there is to it."""
    with straight(_world.layer):
        yield


@pytest.fixture
def world(_world: World, moments: dict[str, Moment]) -> World:
    """Return the world of this process; a test restores the moment that it wants."""
    return _world
