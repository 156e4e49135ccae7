"""Delivery: who is told what, what stays owed when a channel fails, and what isn't sent any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from cocflow.core.case.records import read_card
from cocflow.ports import ChannelError, Message
from cocflow.run.sweep import sweep
from tests.core import play
from tests.core.play import APPROVE, MFT, MIABOT, RIYA
from tests.fakes import FakeNotifier
from tests.run.setting import ROBIN, Setting
from tests.scene import ROBIN as SCENES_ROBIN
from tests.scene import SAM, SHARES, Scene


def test_a_resolution_is_told_and_the_incident_closes(setting: Setting) -> None:
    """The reporter reads it on the issue, the party by mail, and then it closes by itself."""
    setting.resolved()
    outcome = setting.run()
    assert outcome.complete
    (message,) = setting.notifier.messages
    assert message.to.mail == "robin@example.org"
    assert setting.state == "closed"
    assert not setting.tracker.threads[1].is_open
    assert any("> We talked." in text for text in setting.tracker.by_bot(1))


def test_without_consent_a_party_gets_fixed_words(setting: Setting) -> None:
    """A party learns the decision's words only if the reporter agreed to it."""
    setting.resolved()
    setting.run()
    assert "Be kind" not in setting.notifier.messages[0].text
    agreed = Setting(body=play.body(share="What the people concerned need to know, without my name"))
    agreed.resolved()
    agreed.run()
    assert "Be kind" in agreed.notifier.messages[0].text


@pytest.mark.parametrize("shown", ["none", "parties", "parties by name"])
@pytest.mark.parametrize("now", ["none", "parties", "parties by name"])
def test_a_letter_says_no_more_than_was_shown_of_it(shown: str, now: str) -> None:
    """What the reporter allows between the approval and a late delivery, nobody has seen in the letter."""
    made = Scene(answers={"share": SHARES[shown]})
    made.acknowledged(SCENES_ROBIN)
    made.post.failing = {"p1"}
    made.sends(MFT, "/resolve We talked.\nTo parties: Be kind.")
    made.says(RIYA, f"/consent {now}")
    made.post.failing = set()
    made.passes(timedelta(days=1))
    (text,) = made.texts("p1")
    assert ("Be kind." in text) is ("none" not in (shown, now))
    assert ("riya" in text) is (shown == now == "parties by name")


def test_the_reasons_of_an_answer_to_an_appeal_are_as_they_were_shown_too() -> None:
    """A suspended person's letter is bound to what the incident's reporter allowed when it was shown."""
    made = Scene()
    made.says(MFT, f"/suspend Insults\n{SAM}")
    made.passes(timedelta(days=8))
    made.says(MFT, "/appeal\n> It was not me.", on=2)
    made.post.failing = {"suspended"}
    made.sends(MIABOT, "/uphold Because of Zebra.", on=2)
    made.says(RIYA, "/consent parties")
    made.post.failing = set()
    made.passes(timedelta(days=1))
    assert "we can't write the reasons here" in made.texts("suspended")[-1]


def test_a_failed_delivery_stays_owed_and_a_run_after_the_pause_delivers(setting: Setting) -> None:
    """A channel that fails leaves the run incomplete, the card due after a pause, and the notice owed."""
    setting.resolved()
    setting.notifier.failing = True
    outcome = setting.run()
    assert outcome.undelivered == 1
    assert not outcome.complete
    assert setting.state == "resolved"
    card = read_card(setting.tracker.card(1))
    assert card is not None
    assert card.due is not None
    assert timedelta() < card.due - setting.tracker.now <= timedelta(minutes=15)
    setting.notifier.failing = False
    assert not setting.run().complete, "the pause isn't over"
    assert setting.notifier.messages == []
    setting.tracker.moves_clock(timedelta(minutes=15))
    assert setting.run().complete
    assert len(setting.notifier.messages) == 1
    assert setting.state == "closed"


class CrashError(Exception):
    """The run dies."""


def crash_before(call: str) -> Callable[[str], None]:
    """Return a hook that dies before a call."""

    def hook(made: str) -> None:
        if made == call:
            raise CrashError

    return hook


def test_a_crash_between_delivery_and_card_repeats_the_notice_with_the_same_id(setting: Setting) -> None:
    """A mark lost is a notice repeated, by an id that lets its channel know it."""
    setting.resolved()
    setting.says(MFT, "/party Kim Example")
    setting.tracker.before = crash_before("edit_comment")
    with pytest.raises(CrashError):
        setting.run()
    setting.tracker.before = lambda call: None
    setting.run()
    ids = [message.id for message in setting.notifier.messages]
    assert len(ids) >= 1
    assert len(set(ids)) == 1


def test_words_that_changed_before_delivery_are_not_sent(setting: Setting) -> None:
    """A resolution that was edited after its receipt is told by nobody but people."""
    setting.resolved()
    setting.notifier.failing = True
    setting.run()
    said = [one.id for one in setting.tracker.threads[1].comments() if one.body.startswith("/resolve")]
    setting.tracker.edits(MFT, 1, said[0], "/resolve Something else.")
    setting.notifier.failing = False
    setting.tracker.moves_clock(timedelta(minutes=15))
    outcome = setting.run()
    assert setting.notifier.messages == []
    assert outcome.undelivered == 0
    assert setting.state == "resolved"
    assert "Still to be told: **Robin Example**" in setting.tracker.card(1)


def test_a_removed_party_is_not_written_to(setting: Setting) -> None:
    """A party taken off before the run that would tell them hears nothing."""
    setting.says(MFT, "/estimate 3 days")
    setting.says(MFT, f"/party {ROBIN}")
    setting.says(MFT, "/party -Robin Example")
    setting.says(MFT, "/resolve We talked.")
    setting.run()
    setting.labels(MFT, APPROVE)
    setting.run()
    assert setting.notifier.messages == []
    assert setting.state == "closed"


def test_an_issue_that_nobody_answered_yet_is_read_from_its_opening() -> None:
    """A report filed for somebody is told by mail, and the issue shows no reporter's answer."""
    body = play.body(learned="I file for someone else", reporter="Riya Sen, riya@example.org")
    setting = Setting(by=MFT, body=body)
    (message,) = setting.notifier.messages
    assert message.to.mail == "riya@example.org"
    assert "Your report has arrived" not in setting.newest
    assert "report has arrived" in setting.newest


class Hanging(FakeNotifier):
    """A channel that fails itself at notices for one person."""

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        if message.to.name.startswith("Robin"):
            raise ChannelError("connection", "SMTP DATA")
        super().deliver(message)


def test_a_notice_that_breaks_its_channel_does_not_keep_back_the_others_for_ever() -> None:
    """Those that weren't tried have pauses that don't grow, so they are tried while that one waits."""
    setting = Setting(fresh=True)
    setting.notifier = Hanging()
    setting.desk = msgspec.structs.replace(setting.desk, notifier=setting.notifier)
    for said in (f"/party {ROBIN}", "/party Kim Example, kim@example.org", "/estimate 3 days"):
        setting.says(MFT, said)
    setting.says(MFT, "/resolve We talked.")
    sweep(setting.desk)
    setting.labels(MFT, APPROVE)
    told: list[list[str]] = []
    for _ in range(4):
        sweep(setting.desk)
        told.append([message.to.mail for message in setting.notifier.messages])
        setting.tracker.moves_clock(timedelta(minutes=16))
    assert told[0] == []
    assert "kim@example.org" in told[-1]
