"""Enforcing one issue: the order of effects, what survives a crash, and runs that meet."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.case.case import Definition
from cocflow.core.case.facts import Actor
from cocflow.errors import AdapterError, DefinitionError
from cocflow.run.issue import Outcome, enforce
from tests.core import play
from tests.core.play import MFT, OTHER_BOT, RIYA, STRANGER, THCLPR
from tests.fakes import FakeNotifier, copied
from tests.run.setting import Flaky, Setting, break_it

# --- effects, and their absence -------------------------------------------------------------------


def test_a_new_report_gets_a_receipt_a_label_a_title_and_a_card() -> None:
    """The first run answers the opening, names the state, and takes the words out of the title."""
    setting = Setting(fresh=True)
    assert setting.run() == Outcome(number=1, receipts=1)
    assert setting.tracker.writes() == ["comment", "assign", "add_labels", "edit_issue", "comment"]
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


def test_every_waiting_request_is_answered_in_one_run(setting: Setting) -> None:
    """Three quick requests get three receipts, whatever run was lost in between."""
    setting.says(MFT, "/estimate 3 days")
    setting.labels(MFT, "state: triaged")
    setting.says(MFT, "/help")
    assert setting.run().receipts == 3
    assert setting.state == "triaged"


def test_what_one_answer_takes_does_not_grow_with_what_waits() -> None:
    """Everything is read once in a run: the calls that answering takes are as many with many as with few."""
    few, many = (calls_for_an_answer(waiting) for waiting in (10, 160))
    assert many < 1.5 * few


def calls_for_an_answer(waiting: int) -> float:
    """Return how many calls one answer takes of those that one turn gives, where so many wait."""
    setting = Setting(fresh=True)
    setting.run()
    for _ in range(waiting):
        setting.says(MFT, "/help")
    return calls_for_each(setting)


LINES = {
    "/suspend Insults\n": "Somebody{0} until 2 weeks\n",
    "/suspend Insults\nSam until ": "{0} weeks or ",
    "/resolve We talked.\n": "Party {0}: warning\n",
    "/resolve We have talked.\n": "To nobody {0}:\n",
    "/party ": "Sam{0}, sam{0}@example.org ",
    "/estimate ": "{0} days or ",
    "/told ": "Party {0} ",
}
"""How a command begins, and what it goes on with for as long as its author likes."""


@pytest.mark.parametrize("begins", LINES)
def test_what_a_long_command_takes_grows_with_its_length_alone(begins: str) -> None:
    """Four times the lines are four times the work at most, however many they may mean."""
    few, many = (calls_for_a_command(begins, lines) for lines in (125, 500))
    assert many < 5 * few


def calls_for_a_command(begins: str, lines: int) -> float:
    """Return how many calls it takes to answer a command of so many lines, where there are some parties."""
    setting = Setting(fresh=True)
    for number in range(10):
        setting.says(MFT, f"/party Party {number}")
    setting.says(MFT, "/estimate 3 days")
    while setting.run().left:
        pass
    setting.says(MFT, begins + "".join(LINES[begins].format(number) for number in range(lines)))
    return calls_for_each(setting)


def calls_for_each(setting: Setting) -> float:
    """Return how many calls each receipt of a turn takes."""
    made = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal made
        made += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        receipts = setting.run().receipts
    finally:
        sys.setprofile(None)
    return made / receipts


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


def test_an_ignored_case_is_no_place_of_reminders(setting: Setting) -> None:
    """However often runs come, its reporter hears once that it is late, and the rest is the digest's."""
    for _ in range(72):
        setting.tracker.moves_clock(timedelta(hours=1))
        setting.run()
    late = [text for text in setting.tracker.by_bot(1) if "We are late" in text]
    assert len(late) == 1
    assert "council@example.org" in late[0]
    setting.tracker.moves_clock(timedelta(days=7))
    assert setting.run().receipts == 0


# --- a stopped case -------------------------------------------------------------------------------


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


# --- failures of the tracker ----------------------------------------------------------------------


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


# --- runs that meet -------------------------------------------------------------------------------


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
    return copied(_busy())


@cache
def _busy() -> Setting:
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


@pytest.mark.slow
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
