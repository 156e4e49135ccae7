"""Outcomes: who is told what, what a suspension by resolution orders, and how one is stated afterwards."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.outcome import Outcome, told_as, untold
from cocflow.core.acts.suspend import suspensions
from cocflow.core.case.case import Definition
from cocflow.core.case.decided import Decided, Outcomes
from cocflow.core.case.grammar import Said
from cocflow.process.loading import load_process
from cocflow.process.outcomes import with_outcomes
from cocflow.setup import shipped
from tests.core.drafts import decides, skips
from tests.core.play import APPROVE, DAY, MFT, MIABOT, Play, body, definition, played_to

ACCEPTED: list[tuple[str, Said]] = [
    ("/outcome talk", Outcome("talk")),
    ("/outcome No violation.", Outcome("no violation")),
    ("/outcome limits until 30 days", Outcome("limits", "30 days")),
]

REFUSED = [
    ("/outcome", "Say one outcome"),
    ("/outcome talk\nwe talked", "Say one outcome"),
    ("/outcome limits until", "After `until` comes a time"),
]

BOTH = ("Robin Example robin@example.org", "Kim Example")
SHARED = body(share="What the people concerned need to know, without my name")


def play_of(*parties: str, share: bool = True, **fields: Any) -> Play:
    """Return a triaged incident with these parties, whose reporter lets them know, or nobody."""
    play = Play(text=SHARED, **fields) if share else Play(**fields)
    play.run()
    for party in parties or BOTH:
        play.says(MFT, f"/party {party}")
    play.says(MFT, "/estimate 3 days")
    play.labels(MFT, "state: triaged")
    play.run()
    return play


def owed(play: Play) -> dict[str, str]:
    """Return by which notice each person is to be told the newest."""
    return {one.to: one.notice for one in play.case().progress.owed()}


def test_each_is_told_by_the_letter_of_their_outcome() -> None:
    """The level has a letter of its own, and who agreed stands in the record."""
    play = play_of()
    play.sends(MFT, "/resolve We talked.\nRobin: warning\nStop the jokes.\nKim: talk")
    play.run()
    assert play.state == "resolved"
    assert owed(play) == {"p1": "party/warning", "p2": "party/talk"}
    decided = play.case().progress[Outcomes]
    assert decided.decided == (Decided("p1", "warning"), Decided("p2", "talk"))
    assert decided.agreed == (MFT.id,)
    assert decided.since is not None


def test_both_who_agreed_stand_in_the_record() -> None:
    """Its author, and whoever let it go out."""
    play = play_of()
    play.says(MFT, "/resolve\nRobin: talk\nKim: talk")
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.case().progress[Outcomes].agreed == (MFT.id, MIABOT.id)


@pytest.mark.parametrize("outcome", ["not ours", "no violation", "nobody known"])
def test_somebody_who_was_never_asked_need_not_know(outcome: str) -> None:
    """That nothing came of it is told to whoever was asked, and to nobody else."""
    play = play_of()
    play.sends(MFT, "/ask Kim How do you remember it?")
    play.run()
    play.sends(MFT, f"/resolve\nRobin: {outcome}\nKim: {outcome}")
    play.run()
    assert play.state == "resolved"
    assert "p1" not in owed(play)
    assert owed(play)["p2"] in ("party/ended", "party/no_violation")
    assert untold(play.case()) == ("p1",)


def test_other_notices_are_told_as_they_are() -> None:
    """Only the resolution has letters by level."""
    play = play_of()
    play.sends(MFT, "/resolve\nRobin: talk\nKim: talk")
    play.run()
    assert told_as(play.case(), "party/correction", "p1") == "party/correction"
    assert told_as(play.case(), "party/resolution", "p9") == "party/resolution"


def test_a_suspension_is_ordered_by_the_same_receipt() -> None:
    """It is the party's account, for the words of the resolution, until the end that was shown."""
    play = play_of()
    decides(play, "/resolve\nRobin: suspension until 30 days\nStop the jokes.", "Robin")
    said = play.now
    play.run()
    (one,) = suspensions(play.case()).values()
    assert one.until == said + 30 * DAY
    assert not one.interim
    person = play.case().person(one.key)
    assert person is not None
    assert (person.name, person.mail) == ("Robin Example", "robin@example.org")


def test_two_suspensions_of_one_receipt_are_two() -> None:
    """Each account has a key of its own; one without an end isn't an interim one."""
    play = play_of()
    decides(play, "/resolve\nRobin: ban\nNo more.\nKim: suspension until friday\nStop.", "Robin", "Kim")
    play.run()
    first, second = suspensions(play.case()).values()
    assert (first.key, first.until, first.interim) == ("s1", None, False)
    assert (second.key, second.interim) == ("s2", False)
    assert second.until is not None


def test_an_interim_suspension_is_settled_and_time_served_counts() -> None:
    """A span counts from when the account was suspended; without a head the suspension blocks as ever."""
    play = play_of()
    play.says(MFT, "/suspend Insults\nRobin Example, robin@example.org")
    began = play.now
    play.run()
    play.says(MFT, "/resolve We talked.", 6 + 24 * 3)
    assert "An interim suspension is in force" in play.refusal()[0]
    decides(play, "/resolve\nRobin: suspension until 30 days\nStop.", "Robin")
    play.run()
    (one,) = suspensions(play.case()).values()
    assert one.ending is not None
    assert one.ending.until == began + 30 * DAY
    assert play.case().outcomes == (Decided("p1", "suspension", began + 30 * DAY),)


def test_an_end_that_was_served_already_is_said_so() -> None:
    """Nobody is suspended until yesterday; a day is a day, whenever the suspension began."""
    play = play_of()
    play.says(MFT, "/suspend Insults\nRobin Example, robin@example.org")
    skips(play, "Robin")
    play.says(MFT, "/resolve\nRobin: suspension until 2 days\nStop.", 6 + 24 * 3)
    reason = play.refusal()[0]
    assert "That end has passed" in reason
    assert "suspended since" in reason
    play.says(MFT, "/resolve\nRobin: suspension until friday\nStop.")
    assert not play.run()[-1].record.refused


def test_whoever_is_here_by_a_suspension_only_is_told_there() -> None:
    """An end is told on its page; for anything else they must be a party."""
    play = play_of("Kim Example")
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    play.run()
    play.says(MFT, "/resolve\nSam: warning\nStop.")
    reason, copy, _ = play.refusal()
    assert "by a suspension only" in reason
    assert copy == "/party Sam Poe <mail address>"
    decides(play, "/resolve\nSam: suspension until 30 days\nStop.", "Sam")
    play.run()
    assert play.state == "resolved"
    assert play.case().outcomes[0].person == "s1"


def test_a_letter_that_tells_of_a_report_takes_a_second_tap() -> None:
    """Where the reporter shares nothing, who approves is asked once more; by whom doesn't matter."""
    play = play_of(share=False)
    play.says(MFT, "/resolve\nRobin: warning\nStop.\nKim: no violation")
    play.labels(MFT, APPROVE)
    play.run()
    assert play.state == "triaged"
    play.labels(MFT, APPROVE)
    play.run()
    assert play.state == "resolved"


@pytest.mark.parametrize("words", ["/resolve We talked.", "/resolve\nRobin: no violation"])
def test_what_tells_of_no_report_takes_one_tap(words: str) -> None:
    """Without a level, or where nobody is told it, one approval suffices as before."""
    play = play_of(share=False)
    play.says(MFT, words)
    play.labels(MFT, APPROVE)
    play.run()
    assert play.state == "resolved"


def test_another_draft_takes_both_taps_again() -> None:
    """A tap is for the letters as they were shown."""
    play = play_of(share=False)
    play.says(MFT, "/resolve\nRobin: warning\nStop.")
    play.labels(MFT, APPROVE)
    play.says(MFT, "/resolve\nRobin: talk")
    play.labels(MFT, APPROVE)
    play.run()
    assert play.state == "triaged"


def test_how_it_ended_is_stated_afterwards_by_a_label() -> None:
    """Once, and again where that was a slip; the card says what is missing until then."""
    play = played_to("resolved")
    assert ACTS.notes(play.case()) == ("How it ended isn't stated: put on a label, as `outcome: settled`.",)
    play.labels(MFT, "outcome: talk")
    play.run()
    assert play.case().outcomes == (Decided(None, "talk"),)
    assert ACTS.notes(play.case()) == ("How it ended: talk.",)
    play.labels(MIABOT, "outcome: warning")
    play.run()
    assert play.case().outcomes == (Decided(None, "warning"),)
    assert play.case().progress[Outcomes].agreed == (MIABOT.id,)


def test_what_the_resolution_states_no_label_changes() -> None:
    """It was told as it was decided."""
    play = play_of()
    play.sends(MFT, "/resolve\nRobin: talk\nKim: talk")
    play.run()
    play.labels(MFT, "outcome: warning")
    assert "says already how it ended" in play.refusal()[0]


def vocabulary(name: str, **changes: Any) -> Definition:
    """Return the shipped process with one of its outcomes changed."""
    changed = (
        msgspec.structs.replace(one, **changes) if one.name == name else one
        for one in definition().process.outcomes
    )
    known = msgspec.structs.replace(definition().process.outcomes, all=tuple(changed))
    process = load_process(shipped.workflows() / "incident.yml", shipped.templates())
    return msgspec.structs.replace(definition(), process=with_outcomes(process, known))


def test_a_label_that_needs_an_end_says_how_to_write_it() -> None:
    """A label carries no time."""
    play = played_to("resolved", definition_=vocabulary("limits", voices=1, heard=False))
    play.labels(MFT, "outcome: limits")
    assert play.refusal()[1] == "/outcome <outcome> [until <when>]"
    play.says(MFT, "/outcome limits until 30 days", 10)
    play.run()
    assert play.case().outcomes[0].until == play.now + 30 * DAY


@pytest.mark.parametrize("said", ["/outcome limits until 30 days", "limits", "suspension", "ban"])
@pytest.mark.parametrize("changes", [{}, {"voices": 1}, {"heard": False}])
def test_what_takes_several_or_a_hearing_nobody_states_afterwards(said: str, changes: dict[str, Any]) -> None:
    """No label goes around those who have to agree, or whoever has to be heard: it is decided anew."""
    name = said.split()[1] if said.startswith("/") else said
    play = played_to("triaged", parties=BOTH, definition_=vocabulary(name, **changes))
    play.says(MFT, "/resolve We talked.")
    play.run()
    play.labels(MFT, APPROVE)
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    play.run()
    if said.startswith("/"):
        play.says(MFT, said)
    else:
        play.labels(MFT, f"outcome: {said}")
    reason = play.refusal()[0]
    assert f"`<name>: {name}" in reason
    assert play.case().outcomes == ()


def test_a_stated_suspension_is_one_that_there_is() -> None:
    """Where it takes one voice, a label takes its end from the suspension that the incident has."""
    one = {"voices": 1, "heard": False}
    play = play_of(definition_=vocabulary("suspension", **one))
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    until = play.now + 14 * DAY
    play.run()
    play.sends(MFT, "/resolve We talked.")
    play.run()
    play.labels(MFT, "outcome: ban")
    assert "reopen this, and resolve it anew" in play.refusal()[0]
    play.labels(MFT, "outcome: suspension")
    play.run()
    assert play.case().outcomes == (Decided(None, "suspension", until),)
