"""The facts: what cases have become, who was told what, and who can read it."""

from __future__ import annotations

from cocflow.demo.story import GUEST, REPOSITORY
from cocflow.rehearsal.house import House
from cocflow.rehearsal.nights.facts import Facts, called
from cocflow.rehearsal.nights.nights import KIM, LOU, PIM
from tests.rehearsal.nights.playing import Player


def test_they_are_read_from_the_cases_the_outbox_and_everybodys_own_account(
    house: House, player: Player
) -> None:
    """A report by mail counts as no later word; what comes after it does."""
    assert not Facts(house).filed_in_room(GUEST)
    assert Facts(house).cases[0].person is None
    player.house.write_mail(KIM, "1. Jokes.\n2. Sam.\n3. Nothing.\n4. None.")
    facts = Facts(house)
    assert facts.waiting
    assert facts.incidents() == ()
    player.sweeps()
    facts = Facts(house)
    (at,) = facts.incidents(KIM)
    assert not facts.waiting
    assert str(at) == f"{REPOSITORY} #{at.number}"
    assert (at.written(), len(at.told("reporter/arrived")), at.told("reporter/estimate")) == (0, 1, ())
    assert (at.was("reported"), at.was("closed")) == (True, False)
    assert facts.incidents(LOU) == facts.suspensions() == ()

    player.answers(KIM, "One more thing.")
    player.sweeps()
    player.says("mft", f"/suspend Insults\nPim Ode, {PIM}", by=KIM)
    facts = Facts(house)
    assert facts.incidents(KIM)[0].written() == 1
    assert len(facts.suspensions(PIM)[0].told("suspended/suspended")) == 1
    assert {"mft", "dario", "tove"} < facts.readers[REPOSITORY]
    assert facts.readers[REPOSITORY].isdisjoint({"iris", "juno", "ines"})


def test_people_are_called_by_their_names() -> None:
    """Whoever nobody can be is called by their address."""
    assert [called(one) for one in (GUEST, KIM, LOU, "mft")] == ["Iris", "Kim Doe", LOU, "mft"]
