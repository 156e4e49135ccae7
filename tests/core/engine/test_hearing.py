"""What the reporter says while words wait: one receipt, whatever else it answers."""

from __future__ import annotations

from cocflow.core.acts.hearing import ReporterSpoke
from cocflow.core.case.facts import Commented
from cocflow.core.engine.hearing import talk, with_speech
from tests.core.drafts import drafted
from tests.core.play import APPROVE, MIABOT, RIYA, Play, community


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
