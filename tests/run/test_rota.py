"""What a run remembers of turns, absences and waits: as the newest cards say."""

from __future__ import annotations

import tracemalloc
from datetime import timedelta

import msgspec

from cocflow.core.case.records import Away, Card
from cocflow.core.people.rota import Rota
from cocflow.run.rota import Turns, Waiting
from tests.core.play import DAY, HOUR, START, community

CARD = Card(n=1, last="x", kind="incident", owner=("a",), waits={"late": START})


def test_the_newest_incident_says_whose_turn_it_is() -> None:
    """However the listing is ordered; suspensions and cards of before say nothing."""
    turns = Turns()
    for number, owner in ((4, ("d",)), (7, ("b",)), (2, ("c",))):
        turns.saw(number, Card(n=1, last="x", kind="incident", owner=owner), START)
    turns.saw(9, Card(n=1, last="x", kind="suspension", owner=("e",)), START)
    turns.saw(8, Card(n=1, last="x", kind="incident"), START)
    assert turns.at(START) == Rota(last=frozenset("b"))


def test_only_what_waits_by_now_is_kept() -> None:
    """What is due later, or is closed, takes no memory; what is seen to is forgotten."""
    turns = Turns()
    turns.saw(1, CARD, START - HOUR)
    assert turns.waiting == {}
    turns.saw(1, CARD, START)
    assert turns.waiting == {1: Waiting("incident", (("late", START),), ("a",), False)}
    turns.saw(1, CARD, START, is_open=False)
    assert turns.waiting == {}


def test_the_cases_of_those_away_are_known_while_they_are() -> None:
    """Until the time has passed; a case that passed on is nobody's of theirs any more."""
    here = community()
    mika, mia, _ = (tuple(here.marks_of(one)) for one in here.administrators)
    turns = Turns(away=(Away(marks=(*mika, "z"), until=START + DAY),))
    turns.saw(1, Card(n=1, last="x", kind="incident", owner=mika), START)
    turns.saw(2, Card(n=1, last="x", kind="incident", owner=mika), START)
    turns.saw(3, Card(n=1, last="x", kind="incident", owner=mia), START)
    assert turns.of_those_gone(START, here) == (1, 2)
    assert turns.of_those_gone(START + timedelta(days=2), here) == ()
    turns.saw(2, Card(n=2, last="y", kind="incident", owner=mia), START)
    assert turns.of_those_gone(START, here) == (1,)


def test_the_cases_of_whoever_left_the_roster_are_known() -> None:
    """A case that nobody has is none of them."""
    mika, mia, _ = community().administrators
    turns = Turns()
    turns.saw(1, Card(n=1, last="x", kind="incident", owner=tuple(community().marks_of(mika))), START)
    turns.saw(2, Card(n=1, last="x", kind="incident"), START)
    assert turns.of_those_gone(START, community()) == ()
    assert turns.of_those_gone(START, community(mia)) == (1,)


def test_ten_thousand_cases_that_wait_take_little_memory() -> None:
    """At most 450 bytes each, though each card was read by itself."""
    written = msgspec.json.encode(CARD)
    turns = Turns()
    tracemalloc.start()
    try:
        for number in range(10_000):
            turns.saw(number, msgspec.json.decode(written, type=Card), START)
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 10_000 * 450
