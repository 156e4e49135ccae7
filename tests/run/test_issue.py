"""Enforcing one issue: the order of effects, what survives a crash, and runs that meet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.engine.case import Definition
from cocflow.core.engine.facts import Actor
from cocflow.core.engine.records import Record, read_card, receipt_line
from cocflow.core.people.roster import Administrator
from cocflow.errors import AdapterError, DefinitionError
from cocflow.run.desk import Desk
from cocflow.run.issue import Outcome, enforce
from tests.core import play
from tests.core.play import MFT, MIABOT, OTHER_BOT, RIYA, STRANGER, THCLPR
from tests.fakes import FakeNotifier, FakeTracker, desk

ROBIN = "Robin Example robin@example.org"


class Setting:
    """A desk over fakes with one report, already answered unless `fresh`."""

    def __init__(
        self, *, fresh: bool = False, by: Actor = RIYA, body: str | None = None, **fields: Any
    ) -> None:
        self.tracker = FakeTracker()
        self.notifier = FakeNotifier()
        self.desk = desk(self.tracker, self.notifier, **fields)
        self.number = self.tracker.opens(by, body)
        if not fresh:
            self.run()
            self.tracker.forget()

    def run(self) -> Outcome:
        """Let cocflow look at the issue."""
        return enforce(self.desk, self.number)

    def says(self, by: Actor, text: str) -> str:
        """Let somebody comment."""
        return self.tracker.says(by, self.number, text)

    def labels(self, by: Actor, label: str) -> None:
        """Let somebody put a label on."""
        self.tracker.labels(by, self.number, label)

    def resolved(self, party: str = ROBIN) -> None:
        """Bring the issue to where its resolution is decided, and waits for the run."""
        self.says(MFT, f"/party {party}")
        self.says(MFT, "/estimate 3 days")
        self.run()
        self.says(MFT, "/resolve We talked.\nTo parties: Be kind.")
        self.tracker.forget()

    @property
    def state(self) -> str:
        """The state that the labels show; there must be exactly one."""
        (label,) = self.tracker.state_labels(self.number)
        return label.removeprefix("state: ")

    @property
    def newest(self) -> str:
        """The newest text of the bot's that isn't the card."""
        return self.tracker.by_bot(self.number)[-1]


@pytest.fixture
def setting() -> Setting:
    """Return a report that has been answered."""
    return Setting()


# --- effects, and their absence -------------------------------------------------------------------


def test_a_new_report_gets_a_receipt_a_label_a_title_and_a_card() -> None:
    """The first run answers the opening, names the state, and takes the words out of the title."""
    setting = Setting(fresh=True)
    assert setting.run() == Outcome(number=1, receipts=1)
    assert setting.tracker.writes() == ["comment", "add_labels", "edit_issue", "comment"]
    assert setting.state == "reported"
    assert setting.tracker.threads[1].title.startswith("Incident ")
    assert "Your report has arrived" in setting.newest


def test_running_twice_writes_nothing(setting: Setting) -> None:
    """A run after a run only reads."""
    assert setting.run() == Outcome(number=1)
    assert setting.tracker.calls == ["read"]


def test_one_move_with_a_notice_takes_at_most_two_reads_and_four_writes(setting: Setting) -> None:
    """An estimate: read, receipt, tail, the new label on, the old one off, the card."""
    setting.says(MFT, "/estimate 3 days")
    setting.run()
    assert setting.tracker.calls == ["read", "comment", "tail", "add_labels", "remove_label", "edit_comment"]
    assert setting.state == "acknowledged"


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


def test_ordinary_talk_costs_one_write(setting: Setting) -> None:
    """A comment that asks for nothing is noted in the card, and no more."""
    said = setting.says(RIYA, "I forgot to say thank you.")
    setting.run()
    assert setting.tracker.writes() == ["edit_comment"]
    card = read_card(setting.tracker.card(1))
    assert card is not None
    assert card.seen == said


def test_every_waiting_request_is_answered_in_one_run(setting: Setting) -> None:
    """Three quick requests get three receipts, whatever run was lost in between."""
    setting.says(MFT, "/estimate 3 days")
    setting.labels(MFT, "state: triaged")
    setting.says(MFT, "/help")
    assert setting.run().receipts == 3
    assert setting.state == "triaged"


# --- labels, buttons, and what is put back ---------------------------------------------------------


def test_a_removed_state_label_is_put_back_silently(setting: Setting) -> None:
    """Taking the state's label off brings it back, and no comment."""
    setting.tracker.unlabels(MFT, 1, "state: reported")
    assert setting.run().receipts == 0
    assert setting.tracker.writes() == ["add_labels", "edit_comment"]
    assert setting.state == "reported"


def test_a_refused_label_is_put_back_with_the_reason(setting: Setting) -> None:
    """An illegal label is taken off, the state's own stays, and the answer says what is possible."""
    setting.labels(MFT, "state: triaged")
    assert setting.run().receipts == 1
    assert setting.state == "reported"
    assert "Nothing was sent" in setting.newest
    assert "/estimate" in setting.newest


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


# --- notices ---------------------------------------------------------------------------------------


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


def test_the_receipt_is_written_before_the_notice_goes_out(setting: Setting) -> None:
    """What is delivered is owed in a receipt that counts already."""
    setting.resolved()
    owed: list[bool] = []

    class Watching(FakeNotifier):
        def deliver(self, message: Any) -> None:
            ids = [one.id for record in setting.tracker.records(1) for one in record.owed]
            owed.append(message.id.removeprefix("I_1.") in ids)

    enforce(msgspec.structs.replace(setting.desk, notifier=Watching()), 1)
    assert owed == [True]


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


def test_marks_in_the_card_are_absorbed_by_the_next_receipt(setting: Setting) -> None:
    """What the card marks as delivered is not sent again, and the next receipt holds it."""
    setting.resolved()
    setting.says(MFT, "/party Kim Example")  # nobody reaches Kim, so it stays resolved
    setting.run()
    card = read_card(setting.tracker.card(1))
    assert card is not None
    delivered = [message.id.removeprefix("I_1.") for message in setting.notifier.messages]
    told = {one for record in setting.tracker.records(1) for one in record.told} | set(card.told)
    assert set(delivered) <= told
    setting.says(MFT, "/help")
    setting.run()
    assert len(setting.notifier.messages) == len(delivered)
    card = read_card(setting.tracker.card(1))
    assert card is not None
    assert card.told == ()
    assert set(delivered) <= {one for record in setting.tracker.records(1) for one in record.told}


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


class CrashError(Exception):
    """The run dies."""


def crash_before(call: str) -> Callable[[str], None]:
    """Return a hook that dies before a call."""

    def hook(made: str) -> None:
        if made == call:
            raise CrashError

    return hook


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


def test_whom_no_channel_reaches_is_told_by_hand(setting: Setting) -> None:
    """The text stands on the issue ready to copy, owed until somebody says `/told`."""
    setting.resolved("Kim Example")
    setting.run()
    assert setting.state == "resolved"
    assert "**To be told by hand: Kim Example.**" in setting.newest
    assert "`/told Kim Example how`" in setting.newest
    setting.says(MFT, "/told Kim Example by phone")
    setting.run()
    assert setting.state == "closed"


def test_a_removed_party_is_not_written_to(setting: Setting) -> None:
    """A party taken off before the run that would tell them hears nothing."""
    setting.says(MFT, "/estimate 3 days")
    setting.says(MFT, f"/party {ROBIN}")
    setting.says(MFT, "/party -Robin Example")
    setting.says(MFT, "/resolve We talked.")
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
    assert "a report has arrived" in setting.newest


# --- who is told, and who isn't ---------------------------------------------------------------------


def test_an_administrator_in_the_case_is_not_called_upon() -> None:
    """A reporter who is on the roster is left out of the administrators' mentions."""
    setting = Setting(by=MIABOT)
    mentions = [text for text in setting.tracker.by_bot(1) if "a report has arrived" in text]
    assert "@mft" in mentions[0]
    assert "@miabot" not in mentions[0]


def test_with_nobody_eligible_the_outside_contact_is_named() -> None:
    """A case that concerns every administrator says on its card where to turn, and decides nothing."""
    two = play.community(Administrator(login="mft"), Administrator(login="miabot"))
    setting = Setting(by=MFT, community=two)
    setting.says(MIABOT, "/party miabot")
    setting.run()
    setting.says(MIABOT, "/estimate 3 days")
    setting.run()
    assert setting.state == "reported"
    assert "council@example.org" in setting.newest
    assert "council@example.org" in setting.tracker.card(1)
    assert "No administrator" in setting.newest


# --- a stopped case ----------------------------------------------------------------------------------


def break_it(setting: Setting) -> None:
    """Let somebody edit the first receipt."""
    receipt = setting.tracker.receipts(1)[0]
    setting.tracker.edits(STRANGER, 1, receipt.id, receipt.body.replace("reported", "resolved"))


def test_a_broken_case_stops_and_says_so_once(setting: Setting) -> None:
    """Nothing is believed or moved; the administrators are told once, however many runs there are."""
    break_it(setting)
    setting.labels(MFT, "state: triaged")
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.forget()
    first = setting.run()
    assert first.broken
    assert not first.complete
    assert setting.tracker.writes() == ["comment"]
    assert "cocflow has stopped" in setting.newest
    assert "@mft" in setting.newest
    setting.tracker.forget()
    assert setting.run().broken
    assert setting.tracker.writes() == []


def test_a_case_that_breaks_in_another_way_says_so_again(setting: Setting) -> None:
    """A new finding is a new message."""
    break_it(setting)
    setting.run()
    setting.tracker.says(OTHER_BOT, 1, "x\n\n<!-- cocflow:receipt x -->")
    setting.tracker.forget()
    setting.run()
    assert setting.tracker.writes() == ["comment"]


def test_recover_goes_on_and_answers_what_waits(setting: Setting) -> None:
    """After `/recover` by an administrator the waiting requests are answered and labels stand again."""
    setting.says(MFT, "/estimate 3 days")
    setting.run()
    break_it(setting)
    setting.says(MFT, "/estimate 1 week")
    setting.run()
    setting.says(MFT, "/recover It was a mistake.")
    outcome = setting.run()
    assert not outcome.broken
    assert setting.state == "acknowledged"
    assert setting.run() == Outcome(number=1)


@pytest.mark.parametrize("who", [RIYA, STRANGER, OTHER_BOT])
def test_recover_without_a_say_does_nothing(setting: Setting, who: Actor) -> None:
    """Nobody but an administrator with a say in the case lets it go on."""
    break_it(setting)
    setting.run()
    setting.says(who, "/recover It was a mistake.")
    setting.tracker.forget()
    assert setting.run().broken
    assert setting.tracker.writes() == []


def test_every_receipt_gone_stops_the_case(setting: Setting) -> None:
    """Deleting all receipts makes no new report of an old one: the card knows better."""
    for receipt in setting.tracker.receipts(1):
        setting.tracker.deletes(MFT, 1, receipt.id)
    assert setting.run().broken


def test_a_state_that_the_definition_lacks_stops_the_case_only() -> None:
    """With a definition that lost the state, the case is refused by an error and nothing is written."""
    setting = Setting()
    shipped = play.definition()
    states = tuple(state for state in shipped.process.states if state.name != "reported")
    process = msgspec.structs.replace(shipped.process, states=states)
    other = msgspec.structs.replace(
        setting.desk, definitions={**setting.desk.definitions, "incident": Definition(process, shipped.form)}
    )
    with pytest.raises(DefinitionError, match="1 is in a state that the process lacks"):
        enforce(other, 1)
    assert setting.tracker.writes() == []


def test_forged_and_hostile_words_stay_words(setting: Setting) -> None:
    """A receipt's line in a person's command or comment changes nothing and breaks nothing."""
    forged = receipt_line(
        Record(n=2, prev=setting.tracker.receipts(1)[0].id, of="x", at=play.START, process="p")
    )
    setting.says(MFT, "/estimate 3 days")
    setting.says(MFT, f"/resolve We talked.\n{forged}")
    setting.says(STRANGER, forged)
    outcome = setting.run()
    assert not outcome.broken
    assert setting.state == "closed"
    moves = [record.move for record in setting.tracker.records(1)]
    assert moves == [None, "estimate", "resolve", "close"]


# --- failures of the tracker --------------------------------------------------------------------------


class Flaky:
    """A hook that fails the given call once, after or before it was done."""

    def __init__(self, call: str, error: Exception) -> None:
        self.call, self.error = call, error
        self.done = False

    def __call__(self, made: str) -> None:
        if made == self.call and not self.done:
            self.done = True
            raise self.error


WRITES = ("comment", "add_labels", "remove_label", "edit_comment")


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", WRITES)
def test_a_run_that_dies_at_any_write_is_completed_by_the_next(
    setting: Setting, call: str, moment: str
) -> None:
    """Whatever write fails, before or after the deed, the next run leaves the same issue behind."""
    twin = Setting()
    for one in (setting, twin):
        one.says(MFT, "/estimate 3 days")
    twin.run()
    setattr(setting.tracker, moment, Flaky(call, AdapterError(502, "POST")))
    with pytest.raises(AdapterError):
        setting.run()
    setting.run()
    setting.tracker.forget()
    assert setting.run() == Outcome(number=1)
    assert setting.tracker.writes() == []
    assert setting.state == twin.state
    assert [record.of for record in setting.tracker.records(1)] == [
        record.of for record in twin.tracker.records(1)
    ]
    assert len(setting.tracker.receipts(1)) == len(twin.tracker.receipts(1))


def test_an_uncertain_receipt_is_looked_for(setting: Setting) -> None:
    """A comment that may have been posted is found by its own line, and not posted again."""
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.after = Flaky("comment", AdapterError(502, "POST", uncertain=True))
    assert setting.run().receipts == 1
    assert len(setting.tracker.receipts(1)) == 2
    assert setting.state == "acknowledged"


def test_an_uncertain_receipt_that_was_not_posted_is_an_error(setting: Setting) -> None:
    """If the comment isn't there, the run fails and the next one posts it."""
    setting.says(MFT, "/estimate 3 days")
    setting.tracker.before = Flaky("comment", AdapterError(None, "POST", uncertain=True))
    with pytest.raises(AdapterError):
        setting.run()
    assert len(setting.tracker.receipts(1)) == 1
    assert setting.run().receipts == 1


# --- runs that meet --------------------------------------------------------------------------------------


def test_another_run_at_every_call_changes_nothing() -> None:
    """A whole second run before or after any single call of the first leaves one receipt a request."""
    twin = busy()
    twin.run()
    calls = len(twin.tracker.calls)
    for moment in ("before", "after"):
        for at in range(calls):
            setting = busy()
            count = 0

            def meet(call: str, setting: Setting = setting, at: int = at, moment: str = moment) -> None:
                nonlocal count
                count += 1
                if count == at + 1:
                    setting.tracker.before = setting.tracker.after = lambda call: None
                    enforce(setting.desk, 1)

            setattr(setting.tracker, moment, meet)
            setting.run()
            converged(setting, twin)


def busy() -> Setting:
    """Return a report with several requests waiting, a notice to send among them."""
    setting = Setting()
    setting.resolved()
    setting.says(MFT, "/help")
    setting.says(STRANGER, "/help")
    setting.tracker.forget()
    return setting


def converged(setting: Setting, twin: Setting) -> None:
    """Check that after one more run the issue is as if one run alone had answered it."""
    setting.tracker.before = setting.tracker.after = lambda call: None
    setting.run()
    setting.tracker.forget()
    assert setting.run() == Outcome(number=1)
    assert setting.tracker.writes() == []
    records = setting.tracker.records(1)
    assert [(record.n, record.of, record.refused) for record in records] == [
        (record.n, record.of, record.refused) for record in twin.tracker.records(1)
    ]
    assert len(setting.tracker.receipts(1)) == len(records), "void receipts are tidied away"
    setting.tracker.card(1)
    assert setting.state == twin.state
    assert {message.id for message in setting.notifier.messages} == {
        message.id for message in twin.notifier.messages
    }


class Turns:
    """Lets threads make their calls one at a time, in the order of a given schedule."""

    def __init__(self, schedule: list[int], count: int) -> None:
        self._schedule = schedule
        self._gates = [threading.Semaphore(0) for _ in range(count)]
        self._arrived = threading.Semaphore(0)
        self._running = set(range(count))
        self._local = threading.local()
        self.errors: list[BaseException] = []

    def hook(self, call: str) -> None:
        """Wait for this thread's turn."""
        me = getattr(self._local, "me", None)
        if me is not None:
            self._arrived.release()
            self._gates[me].acquire()

    def play(self, run: Callable[[], object]) -> None:
        """Run it in every thread at once, and let them take turns until all are done."""
        threads = [threading.Thread(target=self._work, args=(me, run)) for me in range(len(self._gates))]
        for thread in threads:
            thread.start()
        for _ in threads:
            self._arrived.acquire()
        turn = 0
        while self._running:
            wanted = self._schedule[turn] if turn < len(self._schedule) else 0
            turn += 1
            me = sorted(self._running)[wanted % len(self._running)]
            self._gates[me].release()
            self._arrived.acquire()
        for thread in threads:
            thread.join()

    def _work(self, me: int, run: Callable[[], object]) -> None:
        self._local.me = me
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - it is shown by the test
            self.errors.append(error)
        finally:
            self._running.discard(me)
            self._arrived.release()


@settings(max_examples=60)
@given(st.integers(2, 3), st.lists(st.integers(0, 2), max_size=80))
def test_runs_at_once_converge(count: int, schedule: list[int]) -> None:
    """However two or three runs interleave, call by call, each request gets one receipt that counts."""
    twin = busy()
    twin.run()
    setting = busy()
    turns = Turns(schedule, count)
    setting.tracker.before = turns.hook
    before = len(setting.tracker.records(1))
    outcomes: list[Outcome] = []
    turns.play(lambda: outcomes.append(setting.run()))
    assert turns.errors == []
    answered = sum(outcome.receipts for outcome in outcomes)
    assert answered == len(setting.tracker.records(1)) - before, "each run counts its own receipts only"
    converged(setting, twin)


@settings(max_examples=40)
@given(st.integers(2, 3), st.lists(st.integers(0, 2), max_size=60))
def test_first_runs_at_once_converge(count: int, schedule: list[int]) -> None:
    """A new report that several runs see at once is answered once, and has one card."""
    setting = Setting(fresh=True)
    turns = Turns(schedule, count)
    setting.tracker.before = turns.hook
    turns.play(setting.run)
    assert turns.errors == []
    setting.tracker.before = lambda call: None
    setting.run()
    setting.tracker.forget()
    setting.run()
    assert setting.tracker.writes() == []
    assert len(setting.tracker.receipts(1)) == 1
    setting.tracker.card(1)


def test_people_may_act_in_between() -> None:
    """What a person does between a run's read and its receipt is answered by the same run."""
    setting = Setting()
    setting.says(MFT, "/estimate 3 days")

    def act(call: str) -> None:
        if call == "comment":
            setting.tracker.before = lambda call: None
            setting.labels(THCLPR, "state: triaged")

    setting.tracker.before = act
    assert setting.run().receipts == 2
    assert setting.state == "triaged"


def test_reminders_go_out_once_a_day(setting: Setting) -> None:
    """However often runs come, a day has one reminder; after a week without runs there is one."""
    for _ in range(48):
        setting.tracker.moves_clock(timedelta(hours=1))
        setting.run()
    reminders = [text for text in setting.tracker.by_bot(1) if "still waits for an estimate" in text]
    assert len(reminders) == 2
    setting.tracker.moves_clock(timedelta(days=7))
    assert setting.run().receipts == 1


def test_a_desk_is_plain_data(setting: Setting) -> None:
    """Everything that a run works with is in its desk."""
    assert isinstance(setting.desk, Desk)
