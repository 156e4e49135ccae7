"""Decisions: one order of time, whatever the runs, and nothing but what the process grants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.acts.consent import ConsentGiven
from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.party import Parties
from cocflow.core.acts.report import Later
from cocflow.core.acts.resolve import Resolution
from cocflow.core.case.facts import Actor, Commented, Fact
from cocflow.core.case.progress import Record, Reminded
from cocflow.core.case.records import receipt_line
from cocflow.core.engine import timers
from cocflow.core.engine.decide import decide
from cocflow.core.people.roster import Administrator
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
    community,
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


@settings(max_examples=150)
@given(histories(*people), st.lists(st.integers(0, 60 * 24 * 20), max_size=8), st.booleans())
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
    """Each request is answered by exactly one receipt, and what is none by no receipt."""
    facts = facts_of(steps)
    play = lived(facts, [max([START, *(fact.at for fact in facts)])])
    answered = [record.of for record in play.records() if not record.of.startswith(("auto:", "timer:"))]
    asked = {"I_1"} | {fact.id for fact in facts if is_asked(fact)}
    assert len(answered) == len(set(answered))
    assert set(answered) == asked


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
    ("resolved", "withdrawn"),
    ("withdrawn", "reported"),
}
"""What the process grants a reporter: to give the missing answers, to withdraw, to return."""


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
    play.edits(play.receipt_ids()[0], MFT, f"{MARK}\n\n" + receipt_line(play.records()[0]))
    play.run()
    assert any(record.snapshot is not None for record in play.records())
    assert MARK not in "".join(map(receipt_line, play.records()))


# --- one order of time ----------------------------------------------------------------------------


def by_id(play: Play, id_: str) -> Record:
    """Return the receipt that answers a fact."""
    (record,) = [record for record in play.records() if record.of == id_]
    return record


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
    assert not by_id(play, triaged).refused
    assert play.state == "triaged"


def test_githubs_own_order_breaks_ties() -> None:
    """Two requests of one second are decided in the order in which GitHub gives them."""
    play = played_to("acknowledged")
    first = play.labels(MFT, "state: triaged")
    second = play.labels(MIABOT, "state: triaged")
    play.run()
    assert [by_id(play, one).refused for one in (first, second)] == [False, True]


def test_requests_come_before_reminders() -> None:
    """An estimate given late but before the run silences the reminder that it makes needless."""
    play = played_to("reported")
    play.says(MFT, "/estimate 5 days", 30)
    play.run(31)
    assert not [one for one in play.records() if one.of.startswith("timer:")]


# --- what is a request, and whose -----------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "> /estimate 3 days",
        "```\n/estimate 3 days\n```",
        "`/estimate 3 days`",
        " /estimate 3 days",
        "\n/estimate 3 days",
        "See [/estimate](x)",
        "Please\n/estimate 3 days",
    ],
)
def test_commands_in_quotes_code_and_links_do_not_count(text: str) -> None:
    """Only a comment whose very first character is a slash asks for anything."""
    play = played_to("reported")
    play.says(MFT, text)
    assert play.run() == []


@pytest.mark.parametrize("text", ["/estimate 3 days", "/resolve x", "/nonsense", "/help"])
@pytest.mark.parametrize("bot", [BOT, OTHER_BOT])
def test_bots_are_not_answered(bot: Actor, text: str) -> None:
    """A bot's command, cocflow's own included, is neither done nor refused."""
    play = played_to("reported")
    play.says(bot, text)
    play.labels(bot, "state: triaged")
    play.closes(bot)
    assert play.run() == []


def test_a_bot_may_open_a_report() -> None:
    """An issue that a bot opened is a report all the same, and the bot has no role in it."""
    play = Play(by=OTHER_BOT)
    play.run()
    assert play.state == "reported"
    assert play.case().roles(OTHER_BOT) == frozenset()


def test_a_command_edited_by_another_is_refused() -> None:
    """Words that somebody else put into an administrator's comment aren't that administrator's."""
    play = played_to("acknowledged")
    said = play.says(MFT, "/help")
    play.edits(said, MIABOT, "/resolve We talked.")
    (decision,) = play.run()
    assert decision.record.refused
    assert decision.reason is not None
    assert "Somebody else edited" in decision.reason
    assert play.state == "acknowledged"


def test_a_command_edited_by_its_author_before_the_run_counts_as_it_stands() -> None:
    """Who mends a typing mistake in time is answered by what stands there then."""
    play = played_to("reported")
    said = play.says(MFT, "/estimte 3 days")
    play.edits(said, MFT, "/estimate 3 days")
    play.run()
    assert play.state == "acknowledged"


def test_an_answered_command_does_not_run_again_when_it_is_edited() -> None:
    """One receipt a comment: an edit afterwards asks for nothing."""
    play = played_to("acknowledged")
    said = play.says(MFT, "/help")
    play.run()
    play.edits(said, MFT, "/resolve We talked.")
    assert play.run() == []


def test_a_deleted_command_is_not_run() -> None:
    """A comment that is gone before the run asks for nothing, and its deletion neither."""
    play = played_to("acknowledged")
    play.deletes(MFT, play.says(MFT, "/resolve We talked."))
    assert play.run() == []


def test_a_receipt_within_a_commands_words_is_only_words() -> None:
    """A `/resolve` whose words hold a receipt's line resolves, and forges nothing."""
    play = played_to("acknowledged")
    forged = Record(n=9, prev=None, of="I_1", at=START, process="incident/1.0")
    play.says(MFT, f"/resolve We talked.\n{receipt_line(forged)}")
    play.run()
    assert not play.case().ledger.broken
    assert play.state == "closed"
    assert [entry.record.n for entry in play.case().ledger.counted] == [1, 2, 3, 4]


def test_taking_a_label_off_asks_for_nothing() -> None:
    """A removed label is put back without a word, so it is no request."""
    play = played_to("acknowledged")
    play.unlabels(MFT, "state: acknowledged")
    assert play.run() == []


# --- refusals --------------------------------------------------------------------------------------


def refusal(play: Play) -> tuple[str, str | None, tuple[str, ...]]:
    """Run, and return the reason, the command to copy, and the template of the one refusal."""
    (decision,) = play.run()
    assert decision.record.refused
    assert decision.record.changes == ()
    assert decision.record.owed == ()
    return decision.reason or "", decision.copy, decision.says


def test_a_label_that_needs_words_names_the_command() -> None:
    """Who adds `state: resolved` gets the command that resolves, ready to copy."""
    play = played_to("acknowledged")
    play.labels(MFT, "state: resolved")
    reason, copy, says = refusal(play)
    assert "needs words" in reason
    assert copy is not None
    assert copy.startswith("/resolve ")
    assert says == ("administrators/refused",)


def test_the_label_of_the_present_state_changes_nothing() -> None:
    """Asking for where it stands already is refused in those words."""
    play = played_to("triaged")
    play.labels(MFT, "state: triaged")
    assert "already" in refusal(play)[0]


def test_a_move_of_another_state_is_not_possible_now() -> None:
    """A command of another state is refused with the state that it is in."""
    play = played_to("reported")
    play.says(MFT, "/resolve We talked.")
    assert refusal(play)[0] == "That isn't possible while this is reported."


def test_somebody_elses_move_is_not_yours() -> None:
    """A reporter who asks for an administrator's move is told so, from the reporter's folder."""
    play = played_to("reported")
    play.says(RIYA, "/estimate 3 days")
    reason, copy, says = refusal(play)
    assert (reason, copy, says) == ("That isn't yours to do in this case.", None, ("reporter/refused",))


def test_a_stranger_learns_nothing() -> None:
    """Who has no role gets the community's fixed words: no reason, no command, no state."""
    play = played_to("reported")
    play.says(STRANGER, "/resolve We talked.")
    assert refusal(play) == ("", None, ("community/refused",))


def test_an_administrator_in_the_case_is_answered_as_a_party() -> None:
    """Who lost their say by being concerned is refused from the party's folder."""
    play = played_to("acknowledged")
    play.says(MFT, "/party thclpr")
    play.run()
    play.labels(THCLPR, "state: triaged")
    assert refusal(play)[2] == ("party/refused",)
    assert play.state == "acknowledged"


def test_a_mistake_is_answered_with_the_nearest_right_form() -> None:
    """An unknown command names the one that was probably meant."""
    play = played_to("reported")
    play.says(MFT, "/estimat 3 days")
    assert "/estimate" in refusal(play)[0]


def test_with_nobody_eligible_nothing_is_decided_and_the_outside_contact_is_named() -> None:
    """When the case concerns every administrator, any move is refused and says where to turn."""
    two = community(Administrator(login="mft"), Administrator(login="miabot"))
    play = Play(by=MFT, community_=two)
    play.run()
    play.says(MIABOT, "/party miabot")
    play.run()
    play.says(MIABOT, "/estimate 3 days")
    reason, _, _ = refusal(play)
    assert "council@example.org" in reason
    assert play.state == "reported"


def test_a_sole_administrators_decisions_in_their_own_case_are_marked() -> None:
    """The record says that the decision was made by the only administrator, who is concerned."""
    play = Play(by=MFT, community_=community(community().administrators[0]))
    play.run()
    play.says(MFT, "/estimate 3 days")
    (decision,) = play.run()
    assert decision.record.sole
    assert play.state == "acknowledged"
    other = played_to("reported")
    other.says(MFT, "/estimate 3 days")
    assert not other.run()[0].record.sole


# --- recovery --------------------------------------------------------------------------------------


def broken(state: str = "acknowledged") -> Play:
    """Return a play whose first receipt was edited by somebody."""
    play = played_to(state)
    play.edits(play.receipt_ids()[0], STRANGER, "Forged\n\n" + receipt_line(play.records()[0]))
    return play


def test_a_broken_case_decides_nothing() -> None:
    """Until somebody looked into it, no request and no timer of a broken case is answered."""
    play = broken()
    play.labels(MFT, "state: triaged")
    play.says(MFT, "/resolve We talked.")
    assert play.run(500) == []


@pytest.mark.parametrize("by", [RIYA, STRANGER, OTHER_BOT, None])
def test_only_an_administrator_recovers(by: Actor | None) -> None:
    """`/recover` by anybody without a say does nothing."""
    play = broken()
    play.says(by, "/recover it is all right")
    assert play.run() == []
    assert play.case().ledger.broken


def test_recover_needs_a_reason() -> None:
    """A bare `/recover` doesn't go on."""
    play = broken()
    play.says(MFT, "/recover")
    assert play.run() == []


def test_recover_goes_on() -> None:
    """A checkpoint believes the sound receipts, and what was asked since is answered."""
    play = broken("acknowledged")
    waiting = play.labels(MFT, "state: triaged")
    said = play.says(MFT, "/recover it was me")
    made = play.run()
    assert [one.record.of for one in made] == [said, waiting]
    assert not play.case().ledger.broken
    assert play.state == "triaged"
    assert play.case().progress.newest(Estimated) is not None
    assert play.run() == []


def test_recover_works_twice() -> None:
    """A case that is broken again after a checkpoint stops again and can go on again."""
    play = broken()
    play.says(MFT, "/recover once")
    play.run()
    play.labels(MFT, "state: triaged")
    play.run()
    play.edits(play.receipt_ids()[-1], STRANGER, "Forged\n\n" + receipt_line(play.records()[-1]))
    assert play.case().ledger.broken
    play.says(MFT, "/recover twice")
    play.run()
    assert not play.case().ledger.broken
    assert play.state == "triaged", "asked for since the newest sound receipt, so decided again"


def test_recover_in_a_sound_case_is_refused() -> None:
    """There is nothing to recover, so the request is answered as any other that can't be done."""
    play = played_to("reported")
    play.says(MFT, "/recover why not")
    refusal(play)


def test_recover_gives_an_answered_recover_no_second_life() -> None:
    """An old `/recover`, done or refused, doesn't go on by itself when the case breaks later."""
    play = played_to("reported")
    play.says(MFT, "/recover too early")
    play.run()
    play.labels(MFT, "state: triaged")
    play.run()
    play.edits(play.receipt_ids()[0], STRANGER, "Forged\n\n" + receipt_line(play.records()[0]))
    assert play.run() == []


def test_a_case_whose_every_receipt_is_gone_recovers_from_the_start() -> None:
    """With no sound receipt left, a checkpoint still goes on: the opening is answered after it."""
    play = played_to("reported")
    play.edits(play.receipt_ids()[0], STRANGER, "<!-- cocflow:receipt gone -->")
    play.says(MFT, "/recover start again")
    play.run()
    assert not play.case().ledger.broken
    assert play.state == "reported"
    assert decide(play.case()) is None


# --- whom a resolution is told ----------------------------------------------------------------------


def owed_to(play: Play, id_: str) -> list[str]:
    """Return to whom the receipt of a fact owes something."""
    return [one.to for one in by_id(play, id_).owed]


def test_a_resolution_is_told_to_the_reporter_and_every_party() -> None:
    """Each gets a notice of their own; the reporter's is the receipt."""
    play = played_to("acknowledged", parties=("Robin Example", "Kim Example"))
    said = play.says(MFT, "/resolve We talked.")
    play.run()
    assert owed_to(play, said) == ["reporter", "p1", "p2"]
    assert [one.by_receipt for one in by_id(play, said).owed] == [True, False, False]


def test_a_late_party_alone_is_told() -> None:
    """Who is added after the resolution is told it; the others aren't told again."""
    play = played_to("resolved")
    added = play.says(MFT, "/party Kim Example")
    play.run()
    assert owed_to(play, added) == ["p2"]


def test_nobody_is_told_again_when_a_party_is_taken_off() -> None:
    """Taking one party off owes the others nothing."""
    play = played_to("resolved")
    play.says(MFT, "/party Kim Example")
    removed = play.says(MFT, "/party -Kim Example")
    play.run()
    assert owed_to(play, removed) == []


def test_an_estimate_and_a_withdrawal_are_told_to_the_reporter_alone() -> None:
    """Parties learn the decision, and nothing before."""
    play = played_to("reported", parties=("Robin Example",))
    estimate = play.says(MFT, "/estimate 3 days")
    withdrawal = play.says(RIYA, "/withdraw")
    play.run()
    assert owed_to(play, estimate) == ["reporter"]
    assert owed_to(play, withdrawal) == ["reporter"]
