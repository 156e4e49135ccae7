"""The five nights, each played to its end over a house, without a page."""

from __future__ import annotations

import pytest

from cocflow.rehearsal.house import House
from cocflow.rehearsal.nights.night import Night
from cocflow.rehearsal.nights.nights import NIGHTS
from cocflow.rehearsal.nights.playing import Playing
from tests.rehearsal.nights.playing import WAYS, Player


@pytest.mark.parametrize("night", NIGHTS, ids=lambda one: one.slug)
def test_each_step_is_reached_by_what_it_says_and_not_before(night: Night, own_house: House) -> None:
    """One after the other; at the end a committee would say that all were told and nobody saw too much."""
    playing = Playing(night, own_house)
    assert playing.progress().done == 0
    for number, _ in enumerate(WAYS[night.slug](Player(own_house)), start=1):
        assert [one.done for one in playing.progress().steps] == [
            place < number for place in range(len(night.steps))
        ]
    progress = playing.progress()
    assert progress.next is None
    in_time, told, unseen = progress.findings
    assert in_time.well == (night.slug != "missed-estimate")
    assert told.well
    assert unseen.well
