"""What the reporter says while words wait: one receipt, whatever else it answers."""

from __future__ import annotations

import pytest

from cocflow.core.acts.hearing import ReporterSpoke
from cocflow.core.case.facts import Commented
from cocflow.core.engine.hearing import talk, with_speech
from tests.core.drafts import ROBIN, drafted
from tests.core.play import (
    APPROVE,
    FOR_ANOTHER,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    STRANGER,
    Play,
    body,
    community,
    played_to,
)


def spoke(play: Play) -> list[ReporterSpoke]:
    """Return what receipts say of the reporter's having spoken."""
    return [one for record in play.records() for one in record.changes if isinstance(one, ReporterSpoke)]


def test_talk_has_a_receipt_that_changes_nothing_else() -> None:
    """It records when they spoke, and who."""
    play = drafted("anybody")
    play.says(RIYA, "Please don't.", 9)
    newest = play.facts[-1]
    assert isinstance(newest, Commented)
    record = talk(play.case(), newest).record
    assert record.changes == (ReporterSpoke(at=newest.at),)
    assert record.by == RIYA.id
    assert not record.refused


def test_a_command_does_what_it_does_and_is_heard_besides() -> None:
    """The answer is recorded as ever; that they spoke stands in the same receipt."""
    play = drafted("anybody")
    play.says(RIYA, "/answer 2 It was Sam.", 9)
    (decision,) = play.run()
    assert [one.tag() for one in decision.record.changes] == ["answer", "reporter_spoke"]
    assert decision.says == ("reporter/answered", "reporter/you_are_heard", "administrators/reporter_spoke")


def test_what_ends_the_waiting_itself_needs_no_hearing() -> None:
    """After a withdrawal nothing waits any more, so nobody is asked to read it."""
    play = drafted("anybody")
    play.says(RIYA, "/withdraw I would rather not.", 9)
    play.run()
    assert play.state == "withdrawn"
    assert spoke(play) == []


def test_the_channel_is_pinged() -> None:
    """Administrators who look elsewhere learn that there is something to read."""
    play = drafted("anybody", start={"community_": community(administrators_slack_channel="C0ADMINS1")})
    play.says(RIYA, "Please don't.", 9)
    (decision,) = play.run()
    assert [(one.notice, one.to) for one in decision.record.owed] == [("channel/ping", "channel")]


def test_a_fact_of_nobodys_leaves_an_answer_as_it_is() -> None:
    """An administrator's label is answered without a word about the reporter."""
    play = drafted("anybody")
    play.labels(MIABOT, APPROVE, 9)
    before = play.case()
    decision, *_ = play.run()
    assert with_speech(before, play.facts[-1], decision) == decision
    assert spoke(play) == []


# --- objections, and letters that ask for nothing --------------------------------------------------------

SAYS = "That isn't what happened."


@pytest.mark.parametrize("state", ["resolved", "closed", "withdrawn"])
def test_an_objection_is_put_before_the_administrators_once(state: str) -> None:
    """Until somebody answers; then the next one is again. The reporter reads that it was passed on."""
    play = played_to(state)
    play.says(RIYA, SAYS)
    (decision,) = play.run()
    assert decision.says == ("reporter/passed_on", "administrators/wrote")
    assert (decision.record.refused, decision.record.changes) == (False, ())
    play.now += HOUR
    play.says(RIYA, "Do you read this?")
    assert play.run() == []
    play.now += HOUR
    play.says(MFT, "We do. Let us talk.")
    play.now += HOUR
    play.says(RIYA, "Good. When?")
    (decision,) = play.run()
    assert "administrators/wrote" in decision.says


@pytest.mark.parametrize("state", ["incomplete", "reported", "acknowledged", "triaged"])
def test_talk_before_that_is_talk(state: str) -> None:
    """It stands on the card, and mentions nobody."""
    play = played_to(state)
    play.says(RIYA, SAYS)
    assert play.run() == []


def test_what_was_said_with_the_withdrawal_is_no_objection() -> None:
    """Whoever comments and closes has said it before."""
    play = played_to("reported")
    play.says(RIYA, "Please stop.")
    play.closes(RIYA)
    (withdrawn,) = play.run()
    assert withdrawn.says == ("reporter/withdrawn",)


def test_a_strangers_talk_is_no_objection() -> None:
    """Nor an administrator's."""
    play = played_to("closed")
    play.says(STRANGER, SAYS)
    play.says(MFT, SAYS)
    assert play.run() == []


def test_an_objection_to_what_waits_holds_it_up_in_one_receipt() -> None:
    """Administrators are mentioned once for both."""
    play = played_to("resolved")
    play.says(MFT, "/correct It was Tuesday.", 6)
    play.run()
    play.says(RIYA, SAYS, 7)
    (decision,) = play.run()
    assert decision.says == ("reporter/you_are_heard", "administrators/reporter_spoke")
    assert len(spoke(play)) == 1


def test_an_objection_is_edited_words_too() -> None:
    """What is added to an older comment is said when it is added."""
    play = played_to("triaged")
    said = play.says(RIYA, "I see.")
    play.run()
    play.sends(MFT, "/resolve We talked.", 6)
    play.run(7)
    play.edits(said, RIYA, SAYS)
    (decision,) = play.run()
    assert "administrators/wrote" in decision.says


def test_the_first_letter_of_each_pings_and_further_ones_dont() -> None:
    """Every letter has its receipt; administrators hear at once that somebody begins to wait."""
    play = played_to(
        "triaged",
        parties=(ROBIN,),
        by=MFT,
        text=body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org"),
        community_=community(administrators_slack_channel="C0ADMINS1"),
    )
    play.mails(SAYS, person="p1")
    play.mails("Please.", person="p1")
    play.mails(SAYS, person="reporter", verified=False)
    first, further, other = play.run()
    assert [one.says for one in (first, further, other)] == [("administrators/wrote",)] * 3
    assert [len(one.record.owed) for one in (first, further, other)] == [1, 0, 1]
    assert not any(one.record.refused for one in (first, further, other))


def test_a_letter_that_is_refused_says_why() -> None:
    """What it asked for isn't possible, and it waits for an answer."""
    play = played_to("triaged", by=MFT, text=body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org"))
    play.mails("/consent yes", person="reporter")
    (decision,) = play.run()
    assert decision.says == ("administrators/wrote",)
    assert (decision.reason or "").startswith("Nothing waits for your yes or no.")
