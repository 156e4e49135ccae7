"""A run's budget: longest wait first, in turn, and what is left is said and done by later runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from cocflow.adapters.client import PAUSE
from cocflow.cli.running import finish
from cocflow.errors import AdapterError
from cocflow.run.budget import POINTS, POINTS_AN_HOUR, SECONDS, WRITES, WRITES_AN_HOUR, Budget
from cocflow.run.desk import Desk
from cocflow.run.issue import RECEIPTS
from cocflow.run.sweep import Run, handle, sweep
from cocflow.setup import shipped
from tests.core.play import MFT, RIYA
from tests.fakes import FakeNotifier, FakeTracker, desk

Runner = Callable[[Desk, int], Run]
RUNNERS = [handle, sweep]


class Setting:
    """Some answered reports, an hour apart, of which none is due."""

    def __init__(self, count: int = 4) -> None:
        self.tracker = FakeTracker()
        self.desk = desk(self.tracker, FakeNotifier())
        for _ in range(count):
            self.tracker.opens(RIYA)
            sweep(self.desk)
            self.tracker.moves_clock(timedelta(hours=1))
        self.tracker.forget()


def test_the_budget_stays_below_what_github_takes() -> None:
    """500 writes and 1,000 points an hour, 80 writes a minute are GitHub's; others of the hour find room."""
    assert WRITES_AN_HOUR == 500
    assert WRITES < WRITES_AN_HOUR
    assert 60 / PAUSE <= 80
    assert POINTS < POINTS_AN_HOUR == 1_000


@pytest.mark.parametrize("run", RUNNERS)
def test_a_run_takes_up_nothing_more_once_its_writes_are_spent(run: Runner) -> None:
    """The rest is counted; it was planned, so the run is complete all the same."""
    setting = Setting()
    for number in (1, 2, 3, 4):
        setting.tracker.says(MFT, number, "/help")
    done = run(setting.desk, 3)
    assert [outcome.number for outcome in done.outcomes] == [1, 2]  # two writes each: receipt and card
    assert (done.left, done.complete) == (2, True)


@pytest.mark.parametrize("run", RUNNERS)
def test_later_runs_take_up_what_was_left(run: Runner) -> None:
    """Nothing is lost: runs with small budgets end where one with a large one does."""
    setting = Setting()
    for number in (4, 3, 2, 1):
        setting.tracker.says(MFT, number, "/estimate 3 days")
    order: list[int] = []
    while (done := run(setting.desk, 1)).outcomes:
        order += [outcome.number for outcome in done.outcomes]
    assert order == [4, 3, 2, 1]
    assert done.left == 0
    for number in (1, 2, 3, 4):
        assert len(setting.tracker.records(number)) == 2


def test_what_fell_due_first_comes_first() -> None:
    """A reminder that fell due comes before a command that was given after it, and after one before it."""
    setting = Setting(3)
    setting.tracker.moves_clock(timedelta(hours=20))
    setting.tracker.says(MFT, 3, "/help")
    setting.tracker.moves_clock(timedelta(hours=2, minutes=30))  # the first two are past their 24 hours
    assert [outcome.number for outcome in sweep(setting.desk).outcomes] == [3, 1, 2]


def test_everything_is_listed_before_anything_is_written() -> None:
    """The longest wait can stand on the last page, so all pages come first."""
    setting = Setting(0)
    for _ in range(150):
        setting.tracker.opens(RIYA)
    done = sweep(setting.desk, 8)
    assert setting.tracker.calls[:2] == ["listing", "listing"]
    assert setting.tracker.calls.count("listing") == 2
    assert (done.listed, done.left) == (150, 150 - len(done.outcomes))


def test_a_refused_write_is_spent() -> None:
    """GitHub counts what it refuses, so the budget does as well."""
    setting = Setting(3)
    for number in (1, 2, 3):
        setting.tracker.says(MFT, number, "/help")

    def refuse(call: str) -> None:
        if call == "comment":
            setting.tracker.written += 1
            raise AdapterError(502, "POST comment")

    setting.tracker.before = refuse
    done = sweep(setting.desk, 2)
    assert ([failure.number for failure in done.failures], done.left, done.complete) == ([1, 2], 1, False)


def test_a_run_says_what_it_left_and_does_not_fail(capsys: pytest.CaptureFixture[str]) -> None:
    """A planned remainder is one plain line, and the job is green."""
    finish(Run(listed=10_000, left=300))
    assert "Left 300 for the next run" in capsys.readouterr().out


def test_nothing_left_is_not_mentioned(capsys: pytest.CaptureFixture[str]) -> None:
    """An ordinary run says nothing of it."""
    finish(Run(listed=3))
    assert "Left" not in capsys.readouterr().out


class Ticking:
    """A clock that goes on by a second each time that it is read."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.mark.parametrize("run", [handle, sweep])
def test_a_run_takes_up_nothing_more_once_its_time_is_spent(
    run: Callable[..., Run], capsys: pytest.CaptureFixture[str]
) -> None:
    """The rest is counted and said; it was planned, so the job is green, and the next run goes on."""
    setting = Setting()
    for number in (1, 2, 3, 4):
        setting.tracker.says(MFT, number, "/help")
    done = run(setting.desk, clock=Ticking(), seconds=3)
    assert [outcome.number for outcome in done.outcomes] == [1, 2]
    assert (done.left, done.spent, done.complete) == (2, "seconds", True)
    finish(done)
    assert "Left 2 for the next run: this one's time is spent." in capsys.readouterr().out
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [3, 4]


@pytest.mark.parametrize("run", [handle, sweep])
def test_a_run_takes_up_nothing_more_once_its_points_are_spent(
    run: Callable[..., Run], capsys: pytest.CaptureFixture[str]
) -> None:
    """Reads are counted by what they cost, the listing's too, and what is left is said and done next."""
    setting = Setting()
    for number in (1, 2, 3, 4):
        setting.tracker.says(MFT, number, "/help")
    listing = 3 if run is handle else 6
    done = run(setting.desk, points=listing + 10 + 2)  # two for each: an issue, and the end of it
    assert [outcome.number for outcome in done.outcomes] == [1, 2]
    assert (done.left, done.spent, done.complete) == (2, "points", True)
    finish(done)
    assert "Left 2 for the next run: this one's share of what GitHub lets it read" in capsys.readouterr().out
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [3, 4]


@pytest.mark.parametrize("run", RUNNERS)
def test_an_issue_that_is_dear_to_read_leaves_what_is_left_of_an_hour_to_the_others(run: Runner) -> None:
    """Runs that an endless issue starts again and again read it only while the hour has enough left."""
    setting = Setting(2)
    for _ in range(1500):
        setting.tracker.says(RIYA, 1, "More.")
    setting.tracker.says(MFT, 2, "/help")
    setting.tracker.points_left = 140
    done = run(setting.desk, WRITES)
    assert [outcome.number for outcome in done.outcomes] == [2]
    assert (done.left, done.spent, done.complete) == (1, "points", True)
    setting.tracker.points_left = 1000
    assert [outcome.number for outcome in run(setting.desk, WRITES).outcomes] == [1]


def test_the_letters_leave_the_issues_something_of_the_hour() -> None:
    """Where other runs have read much within the hour, the half of this one's is what has to stay."""
    tracker = FakeTracker()
    whole = Budget(tracker)
    half = whole.half()
    tracker.points_left = 100
    assert (half.spent(), whole.spent()) == ("points", None)


@pytest.mark.parametrize("run", RUNNERS)
def test_an_hour_of_which_nothing_is_left_is_a_limit_of_github_s(run: Runner) -> None:
    """Nothing is tried that would be refused, but it wasn't planned, so the job fails and says it."""
    setting = Setting(2)
    setting.tracker.says(MFT, 2, "/help")
    setting.tracker.points_left = 10
    done = run(setting.desk, WRITES)
    assert len(setting.tracker.calls) == 1
    assert (done.left, done.spent, done.complete) == (1, "limit", False)
    assert [one.kind for one in done.troubles] == ["limit"]


def test_half_a_budget_leaves_the_other_half() -> None:
    """A part of a run can spend half of what is left, of writes, points and seconds, and no more."""
    tracker, clock = FakeTracker(), Ticking()
    whole = Budget(tracker, 10, clock, 20, 30)
    read = whole.half()
    tracker.points += 15
    assert (read.spent(), whole.spent()) == ("points", None)
    half = whole.half()
    tracker.written += 5
    assert (half.spent(), whole.spent()) == ("writes", None)
    timed = whole.half()
    while timed.spent() is None:
        pass
    assert whole.spent() is None
    tracker.written += 5
    assert whole.spent() == "writes"


def test_a_job_is_not_ended_in_the_midst_of_a_run() -> None:
    """What is begun when the time is spent has as long again until the job's own end."""
    text = (shipped.root() / ".github" / "workflows" / "incident.yml").read_text(encoding="utf-8")
    minutes = re.search(r"timeout-minutes: (\d+)", text)
    assert minutes is not None
    assert int(minutes[1]) * 60 * 0.6 >= SECONDS


def asks_without_end(count: int) -> Setting:
    """Return a setting in which somebody asks so often on the first issue, and others once on two more."""
    setting = Setting(3)
    for _ in range(count):
        setting.tracker.says(RIYA, 1, "/help")
    for number in (2, 3):
        setting.tracker.says(MFT, number, "/help")
    setting.tracker.forget()
    return setting


def order(setting: Setting, before: int) -> list[int]:
    """Return on which issues receipts were written since there were so many, in their order, runs as one."""
    ids = {one.id: number for number in (1, 2, 3) for one in setting.tracker.receipts(number)}
    written = sorted(ids, key=lambda id_: int(id_.partition("_")[2]))[before:]
    found = [ids[id_] for id_ in written]
    return [one for at, one in enumerate(found) if at == 0 or found[at - 1] != one]


@pytest.mark.parametrize("run", RUNNERS)
def test_one_issue_has_its_share_and_then_the_others_have_theirs(run: Runner) -> None:
    """Somebody who asks without end keeps nobody waiting, and is answered in the same run, each time once."""
    setting = asks_without_end(2 * RECEIPTS + 5)
    done = run(setting.desk, WRITES)
    assert {one.number: one.receipts for one in done.outcomes} == {1: 2 * RECEIPTS + 5, 2: 1, 3: 1}
    assert done.complete
    assert order(setting, 3) == [1, 2, 3, 1]
    assert run(setting.desk, WRITES).outcomes == []


@pytest.mark.parametrize("run", RUNNERS)
def test_what_is_left_of_an_issue_waits_behind_the_others_in_the_next_run_too(
    run: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the budget ends after one share, the next runs begin with those who have had none."""
    setting = asks_without_end(RECEIPTS + 5)
    first = run(setting.desk, 1)
    assert (first.left, first.complete) == (3, True)
    finish(first)
    assert "Left 3 for the next run" in capsys.readouterr().out
    assert [[one.number for one in run(setting.desk, 1).outcomes] for _ in range(3)] == [[2], [3], [1]]


def test_an_issue_that_fails_after_its_share_ends_there() -> None:
    """It is that issue's failure, what it had done is counted, and the run ends."""
    setting = asks_without_end(RECEIPTS + 5)
    comments = {"made": 0}

    def full(call: str, number: int) -> None:
        comments["made"] += call == "comment" and number == 1
        if comments["made"] > RECEIPTS + 2:
            raise AdapterError(403, "POST comment", kind="refused_thing", reason="full")

    setting.tracker.before_on = full
    done = sweep(setting.desk)
    assert [failure.number for failure in done.failures] == [1]
    assert {one.number: one.receipts for one in done.outcomes} == {1: RECEIPTS, 2: 1, 3: 1}
    assert not done.complete
