"""The projection: labels, title and openness follow the case, and what is put back."""

from __future__ import annotations

import pytest

from cocflow.core.case.facts import Actor
from cocflow.errors import AdapterError
from cocflow.run.sweep import picked
from tests.core.play import MFT, MIABOT, OTHER_BOT, RIYA, STRANGER
from tests.run.setting import Flaky, Setting


def test_the_new_label_is_on_before_the_old_one_is_off(setting: Setting) -> None:
    """An issue never stands without a label of its state, and other labels are left alone."""
    setting.labels(MFT, "bug")
    setting.labels(MFT, "state-of-the-art")
    setting.says(MFT, "/estimate 3 days")
    seen: list[set[str]] = []
    setting.tracker.after = lambda call: seen.append(set(setting.tracker.state_labels(1)))
    setting.run()
    assert all(seen)
    assert setting.tracker.threads[1].labels == {
        "bug",
        "state-of-the-art",
        "state: acknowledged",
        "consent: none",
    }


def test_a_removed_state_label_is_put_back_silently(setting: Setting) -> None:
    """Taking the state's label off brings it back, and no comment."""
    setting.tracker.unlabels(MFT, 1, "state: reported")
    assert setting.run().receipts == 0
    assert setting.tracker.writes() == ["add_labels", "edit_comment"]
    assert setting.state == "reported"


def test_a_refused_label_is_put_back_with_the_reason(setting: Setting) -> None:
    """An illegal label is taken off, the state's own stays, and the answer says where to look."""
    setting.labels(MFT, "state: triaged")
    assert setting.run().receipts == 1
    assert setting.state == "reported"
    assert "Nothing was done" in setting.newest
    assert "`/help`" in setting.newest


def test_a_label_that_needs_words_is_put_back_with_the_command(setting: Setting) -> None:
    """`state: resolved` alone is put back with `/resolve` ready to copy."""
    setting.says(MFT, "/estimate 3 days")
    setting.labels(MFT, "state: resolved")
    setting.run()
    assert setting.state == "acknowledged"
    assert "```\n/resolve <words>" in setting.newest


def test_a_quick_label_is_taken_off_when_done(setting: Setting) -> None:
    """A quick label does its work and disappears."""
    setting.labels(MFT, "estimate: 3 days")
    setting.run()
    assert setting.state == "acknowledged"
    assert setting.tracker.threads[1].labels == {"state: acknowledged", "consent: none"}


@pytest.mark.parametrize("label", ["state: closed", "state: nonsense", "estimate: 1 week"])
@pytest.mark.parametrize("who", [OTHER_BOT, STRANGER])
def test_labels_of_strangers_and_other_bots_are_put_back(setting: Setting, who: Actor, label: str) -> None:
    """Whoever may label but has no say moves nothing; a bot isn't even answered."""
    setting.labels(who, label)
    assert setting.run().receipts == (who is STRANGER)
    assert setting.tracker.threads[1].labels == {"state: reported", "consent: none"}


def test_an_issue_closed_without_a_say_is_opened_again(setting: Setting) -> None:
    """Close by a stranger is refused and undone; so is a bot's, without an answer."""
    setting.tracker.closes(STRANGER, 1)
    assert setting.run().receipts == 1
    assert setting.tracker.threads[1].is_open
    setting.tracker.closes(OTHER_BOT, 1)
    assert setting.run().receipts == 0
    assert setting.tracker.threads[1].is_open


def test_a_withdrawn_report_is_closed_and_reopened_by_its_reporter(setting: Setting) -> None:
    """The reporter's own Close withdraws and their own Reopen returns."""
    setting.tracker.closes(RIYA, 1)
    setting.run()
    assert setting.state == "withdrawn"
    assert not setting.tracker.threads[1].is_open
    setting.tracker.reopens(RIYA, 1)
    setting.run()
    assert setting.state == "reported"
    assert setting.tracker.threads[1].is_open


def test_a_title_that_somebody_wrote_is_made_neutral_again(setting: Setting) -> None:
    """A title goes into every mail, so nobody's words stay in it."""
    setting.tracker.threads[1].title = "About somebody"
    setting.run()
    assert setting.tracker.threads[1].title.startswith("Incident ")


def test_who_has_a_case_is_its_assignee(setting: Setting) -> None:
    """The first in turn is assigned at its opening; an administrator's choice hands over, and one stays."""
    tracker = setting.tracker
    assert [one.login for one in tracker.read(1).assignees] == ["mft"]
    tracker.assigns(MFT, 1, MIABOT)
    assert setting.run().receipts == 1
    assert "Mia has it now" in setting.newest
    assert tracker.read(1).assignees == (MIABOT,)
    assert setting.run().receipts == 0


def test_a_removed_assignee_is_put_back_silently(setting: Setting) -> None:
    """Taking the assignee off brings them back, and no comment: another name hands over."""
    setting.tracker.unassigns(MFT, 1, MFT)
    assert setting.run().receipts == 0
    assert setting.tracker.read(1).assignees == (MFT,)


def test_whom_github_lets_have_nothing_is_not_assigned_at_each_event() -> None:
    """Whoever can't be assigned costs a write when they get it, and another once they have said a word."""
    setting = Setting(fresh=True)
    setting.tracker.outsiders.add("mft")
    setting.run()
    assert setting.tracker.writes().count("assign") == 1
    for by, tried in ((RIYA, 0), (MIABOT, 0), (MFT, 1), (RIYA, 0)):
        setting.tracker.forget()
        setting.says(by, "/help")
        setting.run()
        assert setting.tracker.writes().count("assign") == tried
    setting.tracker.outsiders.clear()
    setting.says(MFT, "/help")
    setting.run()
    assert setting.tracker.read(1).assignees == (MFT,)


def test_what_cannot_be_assigned_keeps_nothing_else_from_being_shown(setting: Setting) -> None:
    """Labels and card are those of the case, though who has it can't be shown; the next run does."""
    setting.tracker.unassigns(MFT, 1, MFT)
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.before = Flaky("assign", AdapterError(502, "POST assignees", uncertain=True))
    with pytest.raises(AdapterError):
        setting.run()
    assert setting.state == "acknowledged"
    assert "acknowledged" in setting.tracker.card(1)
    waiting = picked(setting.tracker.latest(), setting.desk.state_labels())
    assert [one.number for one in waiting] == [1]
    setting.run()
    assert setting.tracker.read(1).assignees == (MFT,)


@pytest.mark.parametrize("by", [MFT, STRANGER, OTHER_BOT])
def test_an_assignee_without_a_say_is_taken_off(setting: Setting, by: Actor) -> None:
    """Whoever assigns: the case stays with who has it."""
    for one in (RIYA, STRANGER):
        setting.tracker.assigns(by, 1, one)
    setting.run()
    assert setting.tracker.read(1).assignees == (MFT,)


def test_a_finished_case_is_assigned_to_nobody_anew(setting: Setting) -> None:
    """Who is on it stays, but for whoever has no say."""
    setting.says(RIYA, "/withdraw")
    setting.run()
    setting.tracker.assigns(STRANGER, 1, STRANGER)
    setting.tracker.unassigns(MFT, 1, MFT)
    setting.run()
    assert setting.tracker.read(1).assignees == ()
