"""A night that is being played: its setting is the engine's own work, and it goes by what has happened."""

from __future__ import annotations

import pytest

from cocflow.rehearsal.house import House
from cocflow.rehearsal.nights.facts import Facts
from cocflow.rehearsal.nights.nights import KIM, MISSED_ESTIMATE, NIGHTS
from cocflow.rehearsal.nights.playing import NoNightError, Playing, night
from tests.rehearsal.nights.playing import Player


def test_the_setting_is_played_before_and_the_steps_are_looked_up_after_each_thing(
    house: House, player: Player
) -> None:
    """Steps may be reached in another order: those that are missing stay, and the first of them is next."""
    playing = Playing(MISSED_ESTIMATE, house)
    assert Facts(house).incidents(KIM)[0].was("acknowledged")
    progress = playing.progress()
    assert progress.next is progress.steps[0]
    assert playing.progress() is progress
    player.labels("thclpr", "state: triaged", by=KIM)
    later = playing.progress()
    assert [one.done for one in later.steps] == [False, False, False, True, False]
    assert later.next is later.steps[0]
    assert (later.done, later.findings) == (1, ())


def test_a_night_is_known_by_its_name() -> None:
    """For any other name all of them are named."""
    assert night("first-report") is NIGHTS[0]
    with pytest.raises(NoNightError, match="flood-of-mail"):
        night("last-report")
