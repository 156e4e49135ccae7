"""The checks on wrong turns: nothing is punished, and what is missing is said."""

from __future__ import annotations

from cocflow.demo.story import GUEST, REPOSITORY, SECOND
from cocflow.rehearsal.house import House
from cocflow.rehearsal.nights import checks
from cocflow.rehearsal.nights.facts import Facts
from cocflow.rehearsal.nights.night import Check
from cocflow.rehearsal.nights.nights import LOU, PIM, SAM
from tests.rehearsal.nights.playing import Player


def test_each_says_what_is_missing_on_every_way_to_it(house: House, player: Player) -> None:
    """Nothing yet, a sweep, a wrong vault, a refusal, a draft, a suspension or a case that has ended."""

    def missing(check: Check) -> str:
        return check(Facts(house))

    estimate = checks.told(GUEST, "reporter/estimate", "No date yet.")
    ended = checks.closed(GUEST)
    assert missing(checks.filed(GUEST)) == "Nothing has been filed in the room of Iris yet."
    assert missing(checks.arrived(GUEST, REPOSITORY)) == "There is no report by Iris yet."
    assert missing(checks.dismissed(LOU, "spam")) == f"There is no report by {LOU} yet."
    others = (checks.wrote(GUEST), checks.was(GUEST, "closed", ""), checks.named(GUEST, "x"))
    for nothing in (estimate, ended, *others):
        assert missing(nothing) == "There is no report by Iris yet."
    assert missing(checks.suspended(PIM, SAM)) == "Not suspended yet, or not told: Pim Ode and Sam Okafor."

    player.file()
    assert missing(checks.filed(GUEST)) == ""
    assert missing(checks.arrived(GUEST, REPOSITORY)) == checks.SWEEP
    player.sweeps()
    assert missing(checks.arrived(GUEST, REPOSITORY)) == ""
    assert missing(checks.arrived(GUEST, SECOND, "It is elsewhere.")) == "It is elsewhere."
    assert missing(checks.arrived(GUEST, SECOND)).startswith(f"The report of Iris stands in {REPOSITORY}:")
    assert missing(checks.dismissed(GUEST, "spam")).endswith("is reported, and not dismissed as spam.")
    assert missing(estimate).startswith("No date yet. Next due there: Tuesday")

    player.says("miabot", "/estimate soon")
    assert "cocflow didn’t do what was asked last" in missing(estimate)
    player.says("miabot", "/estimate 2 weeks")
    assert missing(estimate) == ""
    assert missing(checks.told_anew(GUEST, "reporter/estimate", "No new one.")).startswith("No new one.")

    player.says("miabot", "/party Robin Vale")
    assert missing(checks.named(GUEST, "Robin Vale")).startswith("Robin Vale is named, without an address")
    player.says("miabot", "/party -Robin Vale")
    player.says("mft", f"/suspend Insults\nPim Ode, {PIM}")
    player.labels("mft", "state: lifted", about=PIM)
    upheld = checks.suspended_person_told(PIM, ("suspended/upheld",), "Not decided.")
    assert missing(upheld).startswith("The suspension of Pim Ode is lifted already.")
    assert missing(checks.suspended_person_told(SAM, (), "")) == "No account of Sam Okafor is suspended."

    player.says("miabot", "/party Kit Moran")
    player.says("miabot", "/resolve We talked.")
    assert missing(ended).startswith("The words are a draft")
    player.labels("miabot", "approve")
    assert missing(ended).startswith("Still to be told: Kit Moran.")
    player.says("miabot", "/told Kit Moran on a call")
    assert missing(ended) == ""
    late = missing(checks.told(GUEST, "reporter/said", "Not answered."))
    assert late == "Not answered. It is closed: Reopen takes it up again."
    player.writes_in_room("Thank you.")
    assert missing(checks.wrote(GUEST)) == checks.SWEEP
