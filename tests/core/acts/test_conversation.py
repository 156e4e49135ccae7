"""Conversation: whom words are for, by when an answer is asked for, and who still has to answer."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.acts import ACTS
from cocflow.core.acts.conversation import (
    Addressee,
    Ask,
    Asked,
    Say,
    may_answer_until,
    not_heard,
    open_questions,
    spoken_to,
)
from cocflow.core.case import act
from cocflow.core.case.case import Case, Definition
from cocflow.core.case.draft import Draft
from cocflow.core.case.facts import sha256
from cocflow.core.case.grammar import Said
from cocflow.core.case.records import Words
from cocflow.core.engine.decision import Decision
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.core.views.party import PartyView
from tests.core.play import (
    APPROVE,
    DAY,
    FOR_ANOTHER,
    MFT,
    MIABOT,
    RIYA,
    START,
    THCLPR,
    Play,
    body,
    definition,
    played_to,
    suspension_played_to,
)
from tests.scene import SHARES

ROBIN = "Robin Example robin@example.org"
KIM = "Kim Example kim@example.org"

ACCEPTED: list[tuple[str, Said]] = [
    ("/say reporter We look at it.", Say("reporter We look at it.")),
    ("/say Robin\nPlease wait.", Say("Robin\nPlease wait.")),
    ("/ask Robin When was that? by friday", Ask("Robin When was that? by friday")),
]

REFUSED = [
    ("/say", "Say to whom, and what."),
    ("/ask ", "Say to whom, and what."),
    ("/say Robin Wait.\n/told Robin by phone", "One command a comment"),
]


def talking(state: str = "triaged", *, parties: tuple[str, ...] = (ROBIN,), share: str = "parties") -> Play:
    """Return a play with these parties, in which nothing was said yet; the reporter is reached by mail."""
    text = body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org", share=SHARES[share])
    return played_to(state, parties=parties, by=MFT, text=text)


def later(play: Play, hours: float = 1) -> Play:
    """Let time pass."""
    play.now += timedelta(hours=hours)
    return play


def sends(play: Play, text: str) -> Decision:
    """Let an administrator say something, and send it; return the decision by which it goes."""
    play.sends(MFT, text)
    *_, sent = play.run()
    later(play)
    return sent


def addressed(text: str) -> Addressee | None:
    """Return for whom a comment would be, in a case with Robin as its party."""
    play = talking()
    id_ = play.says(MFT, text)
    return spoken_to(play.case(), Words(id_, sha256(text)))


def notes(play: Play) -> str:
    """Return what the card says of the subjects."""
    return "\n".join(ACTS.notes(play.case()))


# --- for whom ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "to", "words"),
    [
        ("/say reporter We look at it.", "reporter", "We look at it."),
        ("/say Reporter: We look at it.", "reporter", "We look at it."),
        ("/say the reporter we look at it.", "reporter", "we look at it."),
        ("/say Robin Please wait.", "p1", "Please wait."),
        ("/say robin example, please wait.", "p1", "please wait."),
        ("/say Robin Example\nPlease\nwait.", "p1", "Please\nwait."),
        ("/say p1 \u2013 Please wait.", "p1", "Please wait."),
        ("/say party 1 Please wait.", "p1", "Please wait."),
        ("/ask Robin When was that?", "p1", "When was that?"),
    ],
)
def test_words_are_for_whom_they_begin_with(text: str, to: str, words: str) -> None:
    """By a whole name, one word of it, a key or a number, as at the head of a part."""
    found = addressed(text)
    assert found is not None
    assert (found.person.key, found.words, found.by) == (to, words, None)
    assert repr(found) == "Addressee(…)"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/say Example Please wait.", "may mean Robin Example or Kim Example. Write the whole name."),
        ("/say Roobin Please wait.", "Did you mean Robin Example?"),
        ("/say nobody Please wait.", "It can be reporter, Robin Example, Kim Example."),
        ("/say Robin", "The words for Robin Example are missing."),
        ("/say Sam Please wait.", "write it on the page of the suspension"),
        ("/ask Robin by friday", "The words for Robin Example are missing."),
        ("/ask Robin When was that? by 2020-01-01", "That time has passed already"),
    ],
)
def test_words_for_nobody_are_refused(text: str, why: str) -> None:
    """Whom a name may mean is said; nothing is drafted."""
    play = talking(parties=(ROBIN, KIM))
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    play.run()
    play.says(MFT, text)
    reason, _, says = play.refusal()
    assert why in reason
    assert says == ("administrators/refused",)


# --- by when -------------------------------------------------------------------------------------------

FRIDAY = datetime.fromisoformat("2026-01-09T17:00:00+00:00")


@pytest.mark.parametrize(
    ("text", "words", "by"),
    [
        ("Did you get it? by friday", "Did you get it?", FRIDAY),
        ("Can you tell us by friday?", "Can you tell us?", FRIDAY),
        ("Tell us, by friday.", "Tell us.", FRIDAY),
        ("by friday\nCan you tell us?", "Can you tell us?", FRIDAY),
        ("Can you tell us?\nWe need it By Friday.", "Can you tell us?\nWe need it.", FRIDAY),
        ("Did you step by step?", "Did you step by step?", None),
        ("What was said nearby friday?", "What was said nearby friday?", None),
        ("Will it be by then?", "Will it be by then?", None),
        ("Were you hurt by friday night?", "Were you hurt by friday night?", None),
        ("Did you get it? By 9.1.2026", "Did you get it?", FRIDAY),
        ("Did you get it?\nby 9 January at 17:00", "Did you get it?", FRIDAY),
        ("Was it by friday that you knew?", "Was it by friday that you knew?", None),
        ("Is this yours?\n> done by friday", "Is this yours?\n> done by friday", None),
        ("One by one: by 2026-01-09 17:00", "One by one:", FRIDAY),
    ],
)
def test_a_time_counts_at_the_end_of_a_line_only(text: str, words: str, by: datetime | None) -> None:
    """`by` and a time end the first line or the last; anywhere else they are words like any other."""
    found = addressed(f"/ask Robin {text}")
    assert found is not None
    assert (found.words, found.by) == (words, by)


def test_what_is_said_has_no_time() -> None:
    """`/say` takes every word as it stands."""
    found = addressed("/say Robin We write to you by friday")
    assert found is not None
    assert (found.words, found.by) == ("We write to you by friday", None)


@cache
def once() -> Play:
    """Return one play for many texts."""
    return talking()


@given(st.text(max_size=60))
def test_any_text_is_words_or_a_mistake(text: str) -> None:
    """Nothing that somebody types stops a run, and a refusal is a sentence."""
    play = once()
    ask = act.Ask(at=play.now, roles=frozenset({"administrator"}), command=Ask(f"Robin {text}"))
    reason = ACTS.guards["for_somebody"].check(play.case(), ask)
    assert reason is None or reason.endswith(".")


def test_nothing_but_words_for_somebody_is_granted() -> None:
    """A label brings none."""
    ask = act.Ask(at=once().now, roles=frozenset({"administrator"}))
    assert ACTS.guards["for_somebody"].check(once().case(), ask) is not None


# --- what goes to whom ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", ["incomplete", "reported", "acknowledged", "triaged", "resolved", "withdrawn"]
)
def test_what_is_said_is_shown_and_goes_to_that_one_person(state: str) -> None:
    """In every state: nobody else is told, and nothing before it was approved."""
    text = body(share=SHARES["parties"], **({"nature": None} if state == "incomplete" else {}))
    play = played_to(state, parties=(ROBIN, KIM), text=text)
    play.says(MFT, "/say Robin Please wait.")
    (shown,) = play.run()
    assert [(one.notice, one.to) for one in shown.shows] == [("party/said", "p1")]
    assert shown.record.owed == ()
    play.labels(MIABOT, APPROVE)
    *_, sent = play.run()
    assert [(one.notice, one.to) for one in sent.record.owed] == [("party/said", "p1")]
    assert sent.says == ("administrators/said",)
    assert play.state == state


def test_the_reporter_reads_it_where_they_are() -> None:
    """On the issue the receipt is the notice; what is for others isn't said there a second time."""
    play = played_to("triaged", parties=(ROBIN,))
    assert sends(play, "/say reporter We look at it.").says == ("reporter/said", "administrators/said")
    assert sends(play, "/ask Robin When was that?").says == ("administrators/asked",)


def letter(play: Play, to: str = "p1") -> PartyView:
    """Return what the party of the newest notice may know."""
    owed = next(one for one in reversed(play.records()[-1].owed) if one.to == to)
    seen = view("party", play.case(), Occasion(owed=owed))
    assert isinstance(seen, PartyView)
    return seen


def test_without_consent_a_party_gets_fixed_words() -> None:
    """Neither the report's nor the administrators' words go out, and the draft says so; the time does."""
    play = talking(share="none")
    play.says(MFT, "/ask Robin Riya says that you shouted. Did you? by friday")
    (shown,) = play.run()
    after = play.case()
    assert view("administrators", after, Occasion(decision=shown)).held_back  # type: ignore[attr-defined]
    play.labels(MFT, APPROVE)
    play.run()
    seen = letter(play)
    assert (seen.said, seen.answer_asked_by, seen.written) == (None, FRIDAY, "")


def test_with_consent_a_party_gets_the_words() -> None:
    """And by when to answer; the reporter's draft is held back by nothing."""
    play = talking()
    sends(play, "/ask Robin Did you shout? by friday")
    seen = letter(play)
    assert (seen.said, seen.answer_asked_by) == ("Did you shout?", FRIDAY)
    play = talking(share="none")
    play.says(MFT, "/say reporter We look at it.")
    (shown,) = play.run()
    assert not view("administrators", play.case(), Occasion(decision=shown)).held_back  # type: ignore[attr-defined]


def test_a_time_that_has_passed_meanwhile_isn_t_sent() -> None:
    """A draft that was left lying asks for no answer in the past."""
    play = talking()
    play.says(MFT, "/ask Robin When was that? by 2h")
    play.run()
    later(play, 3)
    play.labels(MFT, APPROVE)
    reason, _, _ = play.refusal()
    assert reason == "It can't go out now. That time has passed."


@pytest.mark.parametrize("who", [RIYA, THCLPR])
def test_only_administrators_say_something(who: Any) -> None:
    """The reporter and a party write as they write."""
    play = played_to("triaged", parties=("@thclpr",))
    play.says(who, "/say reporter We look at it.")
    reason, _, _ = play.refusal()
    assert reason


def test_whoever_s_say_is_in_question_asks_others_only() -> None:
    """It is care to ask the reporter; whom it is open about is asked by somebody without a part in that."""
    play = talking("reported")
    play.says(MFT, "/party miabot miabot")
    play.run()
    assert [one.login for one in play.case().eligible] == ["thclpr"]
    play.says(MFT, "/ask reporter When was that?")
    (shown,) = play.run()
    assert not shown.record.refused
    play.says(MFT, "/ask miabot When was that?")
    reason, _, _ = play.refusal()
    assert reason.startswith("It is open whether the case concerns them.")
    play.says(THCLPR, "/ask miabot When was that?")
    (shown,) = play.run()
    assert not shown.record.refused


def test_whoever_s_say_is_in_question_voids_nobody_elses_words() -> None:
    """Their own draft takes the place of their own only: else nothing could ever be sent against them."""
    play = talking("triaged")
    play.says(MFT, "/party miabot miabot")
    play.run()
    for words in ("/ask reporter When?", "/ask reporter Where?"):
        play.says(MFT, words)
        (shown,) = play.run()
        assert not shown.record.refused
    play.says(THCLPR, "/resolve We talked.")
    play.run()
    play.says(MFT, "/ask reporter Why?")
    reason, _, _ = play.refusal()
    assert reason.startswith("Somebody else's words wait to be approved")
    play.labels(THCLPR, APPROVE)
    play.run()
    assert play.state == "resolved"


# --- which questions are open --------------------------------------------------------------------------


def test_a_question_is_open_until_its_letter_comes() -> None:
    """The card says who was asked, when, and by when; an answer that may be anybody's counts for none."""
    play = talking()
    sends(play, "/ask Robin When was that? by friday")
    assert "Asked, and not answered yet: Robin Example, on Monday, 5 January 2026, 14:00 UTC." in notes(play)
    assert "An answer was asked for by Friday, 9 January 2026, 17:00 UTC." in notes(play)
    play.mails("I am Robin.", person="p1", verified=False)
    play.run()
    assert list(open_questions(play.case())) == ["p1"]
    later(play)
    play.mails("On Tuesday.", person="p1")
    play.run()
    assert open_questions(play.case()) == {}


def test_the_reporter_answers_on_their_issue() -> None:
    """Their comment is the answer, without any command."""
    play = played_to("triaged")
    sends(play, "/ask reporter When was that?")
    assert list(open_questions(play.case())) == ["reporter"]
    play.says(RIYA, "On Tuesday.")
    assert open_questions(play.case()) == {}


def test_an_answer_by_hand_is_recorded_with_their_words() -> None:
    """Behind `>`; without words it is refused, for nothing was heard."""
    play = talking()
    sends(play, "/ask Robin When was that?")
    play.says(MFT, "/heard Robin")
    reason, _, _ = play.refusal()
    assert "write it below, behind `>`" in reason
    play.says(MFT, "/heard Robin\n> On Tuesday.")
    (heard,) = play.run()
    assert not heard.record.refused
    assert open_questions(play.case()) == {}


@pytest.mark.parametrize(
    ("when", "hours"), [("by friday", 24 * 4 + 8), ("by 2 days", 24 * 2 + 5), ("", 24 * 7 + 5)]
)
def test_an_open_question_is_reminded_of_once(when: str, hours: float) -> None:
    """After its date, or after a week, and no further time."""
    play = talking()
    sends(play, f"/ask Robin When was that? {when}")
    asked = [one for one in play.run(hours - 0.1) if "administrators/question_open" in one.says]
    assert asked == []
    (reminded,) = [one for one in play.run(hours) if "administrators/question_open" in one.says]
    assert reminded.record.of.startswith("timer:question_open@")
    assert [one for one in play.run(hours + 500) if "administrators/question_open" in one.says] == []
    assert list(open_questions(play.case())) == ["p1"]


def test_each_question_has_its_reminder() -> None:
    """One that was reminded of, and is open still, keeps no other from it."""
    play = talking(parties=(ROBIN, KIM))
    sends(play, "/ask Robin When was that? by 2 days")
    sends(play, "/ask Kim When was that? by 3 days")
    reminded = [one for one in play.run(24 * 5) if "administrators/question_open" in one.says]
    assert [one.record.changes[-1].to for one in reminded] == [("p1",), ("p2",)]  # type: ignore[attr-defined]


def test_what_the_community_never_waits_for_is_no_reminder() -> None:
    """A figure set to never, or a process without one, asks nobody to remember."""
    play = talking()
    play.community = msgspec.structs.replace(play.community, waiting_periods={"ask.remind_after": None})
    sends(play, "/ask Robin When was that?")
    assert [one for one in play.run(24 * 30) if "administrators/question_open" in one.says] == []


def test_who_is_no_party_any_more_owes_no_answer() -> None:
    """A question to them is open no more."""
    play = talking()
    sends(play, "/ask Robin When was that?")
    play.says(MFT, "/party -Robin Example")
    play.run()
    assert open_questions(play.case()) == {}


# --- an answer of a suspended person is no appeal ------------------------------------------------------


@pytest.mark.parametrize("state", ["active", "appealable"])
@pytest.mark.parametrize(
    ("text", "is_appeal"), [("I was at home.", False), ("I was at home, and I appeal.", True)]
)
def test_an_answer_is_no_appeal_unless_it_says_so(state: str, text: str, is_appeal: bool) -> None:
    """Administrators read how to file it, should it be meant as one; nothing of it is lost."""
    play = suspension_played_to(state)
    sends(play, "/ask Sam Where were you?")
    play.mails(text, person="suspended")
    (answer, *_) = play.run()
    assert ("administrators/wrote" not in answer.says) is is_appeal
    assert (play.state == "appealed") is (is_appeal and state == "appealable")
    assert open_questions(play.case()) == {}
    play.mails("I want this looked at.", person="suspended")
    (further, *_) = play.run()
    assert "administrators/wrote" not in further.says


# --- hearing a party before a decision -----------------------------------------------------------------


def demanding() -> Definition:
    """Return the shipped process, but that a resolution demands that the parties were heard."""
    shipped = definition()
    moves = tuple(
        msgspec.structs.replace(move, guards=(*move.guards, "heard")) if move.name == "resolve" else move
        for move in shipped.process.moves
    )
    return msgspec.structs.replace(shipped, process=msgspec.structs.replace(shipped.process, moves=moves))


def refusal(play: Play) -> str:
    """Return why a resolution is refused now; "" if it is drafted."""
    play.says(MFT, "/resolve We talked.")
    (decision,) = play.run()
    later(play)
    return decision.reason or ""


def test_a_decision_may_wait_for_the_parties() -> None:
    """Each has to be asked, to have got the question, and to have answered, or let the time pass."""
    text = body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org")
    play = played_to("triaged", parties=(ROBIN, KIM), by=MFT, text=text, definition_=demanding())
    assert refusal(play).startswith("Robin Example hasn't been heard, and has to be. Ask them first.")
    sends(play, "/ask Robin When was that? by friday")
    sends(play, "/ask Kim When was that? by friday")
    assert refusal(play).startswith("Robin Example hasn't been told the question yet.")
    for one in ("Robin Example", "Kim Example"):
        play.says(MFT, f"/told {one} by phone")
        play.run()
    assert "has time to answer until Friday, 9 January 2026, 17:00 UTC." in refusal(play)
    play.mails("On Tuesday.", person="p1")
    play.run()
    assert refusal(play).startswith("Kim Example was asked")
    play.run(24 * 4 + 8)
    assert refusal(play) == ""
    assert play.case().progress.newest(Draft) is not None


def test_nobody_is_waited_for_where_nobody_is_a_party() -> None:
    """Nor as the process is shipped."""
    play = played_to("triaged", definition_=demanding())
    assert refusal(play) == ""
    assert refusal(talking()) == ""


# --- hearing somebody before an outcome that demands it --------------------------------------------------

LIMITS = "/resolve\nRobin: limits until 90 days\nKeep out of the rules channel."


def asks(play: Play, text: str) -> None:
    """Let Robin be asked that, and told so."""
    sends(play, text)
    play.says(MFT, "/told Robin Example by phone")
    play.run()
    later(play)


def proposal(play: Play, text: str = LIMITS) -> tuple[str, str | None]:
    """Propose that, and return why it is refused and what to copy; "" if it is drafted."""
    play.says(MFT, text)
    (decision,) = play.run()
    later(play)
    return decision.reason or "", decision.copy


def test_whoever_was_not_asked_is_asked_first() -> None:
    """The refusal has the question ready to copy, and says how to go on where there is a reason not to."""
    play = talking()
    reason, copy = proposal(play)
    assert reason == (
        "Robin Example hasn't been heard, and has to be. Ask them first. If there is a reason not to wait:"
        " `/heard Robin Example skipped: <why>`."
    )
    assert copy == "/ask Robin Example <words>"


@pytest.mark.parametrize("outcome", ["talk", "warning", "settled"])
def test_what_is_mild_waits_for_nobody(outcome: str) -> None:
    """Nor does a resolution that states nothing, or something about somebody else."""
    assert proposal(talking(), f"/resolve\nRobin: {outcome}\nStop the jokes.")[0] == ""
    assert proposal(talking(), "/resolve We talked.")[0] == ""


def test_an_answer_is_enough_and_so_is_a_week() -> None:
    """A date asked for makes the week longer, and never shorter."""
    play = talking()
    asks(play, "/ask Robin When was that? by tomorrow")
    told = play.now
    reason, copy = proposal(play)
    assert "has time to answer until" in reason
    assert "skipped: <why>" in reason
    assert copy is None
    answered = play.copy()
    answered.mails("On Tuesday.", person="p1")
    answered.run()
    assert proposal(answered)[0] == ""
    play.run(told + timedelta(days=6))
    assert "has time to answer" in proposal(play)[0]
    asks(play, "/ask Robin Do you need more time? by 3 weeks")
    again = play.now
    play.run(again + timedelta(days=20))
    assert "has time to answer" in proposal(play)[0]
    play.run(again + timedelta(days=22))
    assert proposal(play)[0] == ""


def test_what_somebody_told_an_administrator_counts_as_heard() -> None:
    """Recorded in their words, nobody has to be asked besides."""
    play = talking()
    play.says(MFT, "/heard Robin\n> I didn't know that. I am sorry.")
    play.run()
    assert proposal(play)[0] == ""


def test_it_may_be_said_why_nobody_is_heard_first() -> None:
    """The reason stands on the card while it is decided; asked after all, they are waited for."""
    play = talking()
    play.says(MFT, "/heard Robin skipped: They would warn the others.")
    (answer,) = play.run()
    assert answer.says == ("administrators/heard",)
    (note,) = not_heard(play.case())
    assert note == "Not heard before a decision: Robin Example (\u201cThey would warn the others.\u201d)."
    assert note in ACTS.notes(play.case())
    assert open_questions(play.case()) == {}
    later(play)
    drafted = play.copy()
    assert proposal(drafted)[0] == ""
    asks(play, "/ask Robin When was that?")
    assert "has time to answer" in proposal(play)[0]


def test_only_somebody_about_whom_it_is_decided_is_skipped() -> None:
    """The reporter isn't waited for before a decision, so there is nothing to skip."""
    play = talking()
    play.says(MFT, "/heard reporter skipped: no time")
    assert play.refusal()[0].startswith("Only somebody about whom it is decided")


def test_whoever_is_here_by_a_suspension_is_asked_on_its_page() -> None:
    """What they say there is recorded here, or it is said why nobody waits."""
    play = talking()
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    play.run()
    later(play)
    ban = "/resolve\nSam: ban\nNo more."
    reason, copy = proposal(play, ban)
    assert "Ask on the page of the suspension, and record the answer here." in reason
    assert copy == "/heard Sam Poe\n> <their words>"
    play.says(MFT, "/heard Sam Poe\n> It wasn't me.")
    play.run()
    later(play)
    assert proposal(play, ban)[0] == ""


@given(st.integers(0, 30))
def test_nobody_is_waited_for_less_than_a_week(asked_for: int) -> None:
    """However short the date that was asked for: it is the later of the two."""
    asked = Asked(words=Words("IC_1", "sha"), since=START, by=START + asked_for * DAY if asked_for else None)
    until = may_answer_until(triaged(), asked)
    assert until == START + max(7, asked_for) * DAY


@cache
def triaged() -> Case:
    """Return a triaged case."""
    return played_to("triaged").case()
