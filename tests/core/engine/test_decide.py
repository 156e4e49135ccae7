"""Decisions: one order of time, whatever the runs, and nothing but what the process grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cocflow.core.acts.consent import ConsentGiven
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.hearing import unanswered
from cocflow.core.acts.party import Parties
from cocflow.core.acts.report import Later
from cocflow.core.acts.resolve import Resolution
from cocflow.core.case.facts import Actor, Commented, Fact
from cocflow.core.case.progress import Reminded
from cocflow.core.case.records import Arrival, arrival_line, receipt_line
from cocflow.core.engine import timers
from cocflow.core.process import BACK, Move, State
from tests.core.play import (
    BOT,
    MFT,
    MIABOT,
    OTHER_BOT,
    RIYA,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    definition,
    played_to,
)

# --- histories -----------------------------------------------------------------------------------

STATES = [state.name for state in definition().process.states]
SAYINGS = [
    "/estimate 1 day",
    "/estimate 3 days triage 1 day",
    "/estimate yesterday",
    "/answer 1 It was said in a meeting.",
    "/answer 3 There is a recording.",
    "/resolve We talked.\nTo parties: Be kind.",
    "/withdraw",
    "/withdraw\n> I take it back.",
    "/party Robin Example robin@example.org",
    "/party thclpr",
    "/party -thclpr",
    "/party -Robin Example",
    "/told Robin Example by phone",
    "/told reporter by phone",
    "/help",
    "/nonsense",
    "/recover no reason",
    "only talk",
]
LABELS = [*(f"state: {state}" for state in STATES), *definition().process.quick_labels(), "bug"]
deeds = st.one_of(
    st.tuples(st.just("says"), st.sampled_from(SAYINGS)),
    st.tuples(st.just("labels"), st.sampled_from(LABELS)),
    st.tuples(st.just("closes"), st.just("")),
    st.tuples(st.just("reopens"), st.just("")),
)
Step = tuple[int, Actor | None, tuple[str, str]]


def histories(*people: Actor | None) -> st.SearchStrategy[list[Step]]:
    """Return histories: minutes since the step before, who, and what."""
    gaps = st.sampled_from([0, 0, 1, 30, 60 * 7, 60 * 24, 60 * 24 * 3])
    return st.lists(st.tuples(gaps, st.sampled_from(people), deeds), max_size=14)


people = (MFT, MFT, MIABOT, THCLPR, RIYA, RIYA, STRANGER, OTHER_BOT, None)


def facts_of(steps: Sequence[Step]) -> list[Fact]:
    """Return what happens in a history, as facts."""
    play = Play()
    del play.facts[1:]
    at = START
    for minutes, by, (kind, what) in steps:
        at += timedelta(minutes=minutes)
        if kind in ("says", "labels"):
            getattr(play, kind)(by, what, at)
        else:
            getattr(play, kind)(by, at)
    return [msgspec.structs.replace(fact, id=f"P{fact.id}") for fact in play.facts[1:]]


def lived(facts: Sequence[Fact], cuts: Sequence[datetime], **fields: Any) -> Play:
    """Play these facts with runs at exactly these instants, each seeing what had happened by then."""
    play = Play(**fields)
    waiting = list(facts)
    for cut in sorted(cuts):
        while waiting and waiting[0].at <= cut:
            fact = waiting.pop(0)
            play.add(fact)
        play.run(cut)
    return play


def answers(play: Play) -> dict[str, tuple[Any, ...]]:
    """Return what each request came to, and every decision but reminders."""
    return {
        record.of.partition("@")[0]: (record.move, record.refused, record.changes, record.at)
        for record in play.records()
        if not any(isinstance(change, Reminded) for change in record.changes)
    }


def standing(play: Play) -> tuple[Any, ...]:
    """Return where a case stands, without the runs' own traces."""
    progress = play.case().progress
    return (
        progress.stays,
        progress.newest(Estimated),
        progress.newest(ConsentGiven),
        progress[Later].words,
        progress[Parties].members,
        progress[Resolution].words,
        timers.earliest(play.case()),
    )


@pytest.mark.slow
@settings(max_examples=150)
@given(histories(*people), st.lists(st.integers(0, 60 * 24 * 20), max_size=8), st.booleans())
@example([(0, MFT, ("labels", "reporter: heard")), (1, RIYA, ("says", "/nonsense"))], [], False)
def test_the_state_does_not_depend_on_when_runs_happened(
    steps: list[Step], minutes: list[int], complete: bool
) -> None:
    """However the facts are cut into runs, late or repeated, everything but reminders comes out alike."""
    facts = facts_of(steps)
    end = max([START + timedelta(minutes=max(minutes, default=0)), *(fact.at for fact in facts)])
    text = body() if complete else body(nature=None)
    prompt = lived(facts, [START, *(fact.at for fact in facts), end], text=text)
    cut = lived(facts, [START + timedelta(minutes=one) for one in minutes] * 2 + [end], text=text)
    late = lived(facts, [end], text=text)
    assert answers(cut) == answers(prompt) == answers(late)
    assert standing(cut) == standing(prompt) == standing(late)


@given(histories(*people))
def test_a_run_after_a_run_decides_nothing(steps: list[Step]) -> None:
    """Once everything is answered, there is nothing to decide until something happens or falls due."""
    facts = facts_of(steps)
    play = lived(facts, [max([START, *(fact.at for fact in facts)])])
    assert play.run() == []


@given(histories(*people))
def test_every_request_has_one_receipt(steps: list[Step]) -> None:
    """Each request is answered by exactly one receipt, and what is none by no receipt, but for objections."""
    facts = facts_of(steps)
    play = lived(facts, [max([START, *(fact.at for fact in facts)])])
    answered = [record.of for record in play.records() if not record.of.startswith(("auto:", "timer:"))]
    asked = {"I_1"} | {fact.id for fact in facts if is_asked(fact)}
    assert len(answered) == len(set(answered))
    assert asked <= set(answered) <= asked | {fact.id for fact in facts if may_object(fact)}


def may_object(fact: Fact) -> bool:
    """Say which talk is put before administrators, where the process has it so."""
    return isinstance(fact, Commented) and fact.by == RIYA


def is_asked(fact: Fact) -> bool:
    """Say again, in other words than the engine's, what asks for something."""
    if fact.by is not None and fact.by.bot:
        return False
    said = fact.body if isinstance(fact, Commented) else ""
    return said[:1] == "/" or (not isinstance(fact, Commented) and getattr(fact, "label", "") != "bug")


GRANTED = {
    ("incomplete", "reported"),
    ("incomplete", "withdrawn"),
    ("reported", "withdrawn"),
    ("acknowledged", "withdrawn"),
    ("triaged", "withdrawn"),
    ("withdrawn", "reported"),
}
"""What the process grants a reporter: to give the missing answers, to withdraw, to return."""


@pytest.mark.slow
@settings(max_examples=150)
@given(st.sampled_from(STATES), histories(RIYA, STRANGER, OTHER_BOT, None, Actor("U_x", "mft-x")))
def test_nobody_off_the_roster_moves_more_than_a_reporter_may(state: str, steps: list[Step]) -> None:
    """Without administrators, a case goes only where the process lets its reporter take it."""
    play = played_to(state)
    start = len(play.case().progress.stays)
    estimate, resolution = play.case().progress.newest(Estimated), play.case().progress[Resolution].words
    parties = play.case().progress[Parties].members
    for fact in facts_of(steps):
        play.add(msgspec.structs.replace(fact, at=fact.at + timedelta(hours=5), id=f"X{fact.id}"))
        play.run()
    stays = [stay.state for stay in play.case().progress.stays][start - 1 :]
    assert set(pairwise(stays)) <= GRANTED
    progress = play.case().progress
    assert (progress.newest(Estimated), progress[Resolution].words, progress[Parties].members) == (
        estimate,
        resolution,
        parties,
    )


@given(st.sampled_from(STATES), histories(STRANGER, OTHER_BOT, None))
def test_strangers_bots_and_ghosts_change_nothing_at_all(state: str, steps: list[Step]) -> None:
    """Whoever has no role in a case gets refusals and leaves it as it was."""
    play = played_to(state)
    before = standing(play)[:-1]
    for fact in facts_of(steps):
        play.add(msgspec.structs.replace(fact, at=play.now, id=f"X{fact.id}"))
        play.run()
    assert standing(play)[:-1] == before


MARK = "Zq7Marker"


@given(histories(*people), st.sampled_from(["", "The reporter ", "\n"]))
def test_no_word_of_anybody_enters_a_record(steps: list[Step], before: str) -> None:
    """With a mark in the report, in every comment, answer and name, no receipt holds it."""
    play = Play(text=body(nature=f"{before}{MARK}1", who=f"{MARK}2", privacy=f"{MARK}3"))
    play.run()
    for fact in facts_of(steps):
        if isinstance(fact, Commented):
            fact = msgspec.structs.replace(fact, body=f"{fact.body} {MARK}4\n{MARK}5")
        play.add(fact)
        play.run()
    play.says(MFT, f"/recover {MARK}6")
    play.edits(play.receipt_ids()[0], STRANGER, f"{MARK}\n\n" + receipt_line(play.records()[0]))
    play.run()
    assert any(record.snapshot is not None for record in play.records())
    assert MARK not in "".join(map(receipt_line, play.records()))


# --- one order of time ----------------------------------------------------------------------------


def test_requests_are_decided_in_the_order_of_time() -> None:
    """Facts that a read gives in another order are decided by their time."""
    play = played_to("reported")
    play.now = START + timedelta(hours=9)
    triaged = play.labels(MFT, "state: triaged")
    early = Commented(
        id="IC_e", at=START + timedelta(hours=6), by=MFT, body="/estimate 3 days", database_id=1
    )
    play.facts.append(early)
    play.run()
    assert not play.answer(triaged).refused
    assert play.state == "triaged"


def test_githubs_own_order_breaks_ties() -> None:
    """Two requests of one second are decided in the order in which GitHub gives them."""
    play = played_to("acknowledged")
    first = play.labels(MFT, "state: triaged")
    second = play.labels(MIABOT, "state: triaged")
    play.run()
    assert [play.answer(one).refused for one in (first, second)] == [False, True]


def test_requests_come_before_reminders() -> None:
    """An estimate given late but before the run silences the reminder that it makes needless."""
    play = played_to("reported")
    play.says(MFT, "/estimate 5 days", 30)
    play.run(31)
    assert not [one for one in play.records() if one.of.startswith("timer:")]


def test_back_leads_to_no_state_that_is_gone() -> None:
    """Where the process has lost the state that a case came from, going back is refused, and it goes on."""
    shipped = definition()
    resting = State(name="resting", color="ffffff", means="It rests.")
    rest = Move(
        name="rest",
        means="Rest",
        from_=("acknowledged",),
        to="resting",
        by=("administrator",),
        label=True,
    )
    again = Move(
        name="again",
        means="Go on",
        from_=("resting",),
        to=BACK,
        by=("administrator",),
        quick_labels=(("again", "now"),),
    )
    process = msgspec.structs.replace(
        shipped.process,
        states=(*shipped.process.states, resting),
        moves=(*shipped.process.moves, rest, again),
    )
    play = played_to("acknowledged", definition_=msgspec.structs.replace(shipped, process=process))
    play.labels(MFT, "state: resting", 6)
    play.run()
    left = tuple(one for one in process.states if one.name != "acknowledged")
    changed = msgspec.structs.replace(process, states=left)
    play.definition = msgspec.structs.replace(shipped, process=changed)
    play.labels(MFT, "again", 7)
    assert play.refusal()[0] == "There is nothing to go back to."
    assert play.state == "resting"


def from_a_room(state: str = "reported") -> Play:
    """Return a play of an incident whose reporter filed it in a room, come to a state."""
    came = Arrival(mail="m1", sure=True, room="room-quiet-bay-abcd", account="U_robin", login="robin")
    play = Play(BOT, f"{arrival_line(came)}\n\n{body()}")
    play.run()
    if state == "withdrawn":
        play.mails("/withdraw", person="reporter", room="room-quiet-bay-abcd")
        play.run()
    assert play.state == state
    return play


def owed_to_reporter(play: Play) -> list[tuple[str, str]]:
    """Let cocflow run, and return by which notices the reporter is told what, with the reasons."""
    owed = (one for decision in play.run() for one in decision.record.owed if one.to == "reporter")
    return [(one.notice, one.reason) for one in owed]


@pytest.mark.parametrize(
    ("state", "button", "to"), [("reported", "close", "withdrawn"), ("withdrawn", "reopen", "reported")]
)
def test_a_button_in_a_room_counts_as_the_reporters(state: str, button: str, to: str) -> None:
    """Closing what they filed takes it back, and opening it again takes it up, as on the issue itself."""
    play = from_a_room(state)
    play.mails("", person="reporter", room="room-quiet-bay-abcd", button=button)
    told = owed_to_reporter(play)
    assert play.state == to
    assert len(told) == 1
    assert told[0][1] == ""


def test_a_button_that_means_nothing_now_goes_back_with_why() -> None:
    """It is no word of theirs that waits for an answer, and nothing moves."""
    play = from_a_room()
    play.mails("", person="reporter", room="room-quiet-bay-abcd", button="reopen")
    assert [notice for notice, _ in owed_to_reporter(play)] == ["reporter/refused"]
    assert play.state == "reported"
    assert unanswered(play.case()) == {}


@pytest.mark.parametrize("verified", [True, False])
def test_a_refused_word_goes_back_with_its_reason_to_whom_it_surely_is(verified: bool) -> None:
    """Administrators read it too; whoever may be somebody else is told nothing."""
    play = from_a_room()
    play.mails("/agree", person="reporter", room="room-quiet-bay-abcd", verified=verified)
    told = owed_to_reporter(play)
    assert told == (
        [("reporter/refused", "Whose report this is, is settled: nobody has to agree to it any more.")]
        if verified
        else []
    )


def test_help_and_what_is_recorded_go_back_too() -> None:
    """Each is owed once, by the road on which it was asked."""
    play = from_a_room()
    play.mails("/help", person="reporter", room="room-quiet-bay-abcd")
    assert owed_to_reporter(play) == [("reporter/help", "")]
    play.mails("/consent none", person="reporter", room="room-quiet-bay-abcd")
    assert len(owed_to_reporter(play)) == 1


def test_plain_words_wait_for_a_person() -> None:
    """Nothing goes back by itself to whoever asks the process for nothing."""
    play = from_a_room()
    play.mails("It happened again today.", person="reporter", room="room-quiet-bay-abcd")
    assert owed_to_reporter(play) == []
    assert list(unanswered(play.case())) == ["reporter"]
