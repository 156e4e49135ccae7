"""Fairness under load: whatever others send, a report is answered in the run after it was filed.

No module's twin: of the listing, the shares of issues, letters and people, and the budget together.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cocflow.core.case.facts import Actor
from cocflow.run.budget import POINTS, WRITES
from cocflow.run.desk import Desk
from cocflow.run.issue import RECEIPTS
from cocflow.run.sweep import Run, handle, sweep
from tests.core.play import MFT, MIABOT, RIYA
from tests.fakes import BOARD, FakeMailbox, FakeNotifier, FakeTracker, desk

NOOR = Actor(id="U_noor", login="noor")
PAUSE = 1.0
"""The seconds that GitHub asks for between writes."""

OVER = 40
"""What one issue may still cost when a budget ends, since what is begun is done."""


class Community:
    """A desk over fakes, on which every write takes a second, and a mailbox."""

    def __init__(self) -> None:
        self.tracker, self.mailbox = FakeTracker(), FakeMailbox()
        self.desk = desk(self.tracker, FakeNotifier(), mailbox=self.mailbox)
        self.tracker.opens(RIYA)
        self.answers(sweep)

    def answers(self, run: Callable[..., Run]) -> Run:
        """Let a run answer what it can; it stays within its budget."""
        writes, points = self.tracker.written, self.tracker.points
        done = run(self.desk, clock=lambda: self.tracker.written * PAUSE)
        assert self.tracker.written - writes <= WRITES + OVER
        assert self.tracker.points - points <= POINTS + OVER
        return done


def mails(here: Community) -> None:
    """Let an outsider send 1,000 mails, under as many names, each of which is a screen long."""
    for n in range(1000):
        here.mailbox.arrives("Buy. " * 400, received=here.tracker.now, sender=f"{n}@example.net")


def reports(here: Community) -> None:
    """Let a reader file 130 reports."""
    for _ in range(130):
        here.tracker.opens(RIYA)


def comments(here: Community) -> None:
    """Let a reader fill her report with 2,400 comments; forty ask for something, and there is room."""
    for n in range(2400):
        here.tracker.says(RIYA, 1, "More." if n % 60 else "/help")


def commands(here: Community) -> None:
    """Let administrators give 200 commands, on one incident and on others."""
    for _ in range(40):
        here.tracker.opens(RIYA)
    for number in range(200):
        here.tracker.says((MFT, MIABOT)[number % 2], 1 + number % 41, "/help")


LOADS = [mails, reports, comments, commands]


@pytest.mark.parametrize("run", [handle, sweep])
@pytest.mark.parametrize("load", [*LOADS, None], ids=lambda one: one.__name__ if one else "all at once")
def test_another_reporters_report_is_answered_in_the_run_after_it_was_filed(
    run: Callable[[Desk], Run], load: Callable[[Community], None] | None
) -> None:
    """Before the run that first meets the load, and before each of the next ones, somebody files a report."""
    here = Community()
    for one in [load] if load else LOADS:
        one(here)
    for _ in range(4):
        number = here.tracker.opens(NOOR)
        here.answers(run)
        assert len(here.tracker.receipts(number)) == 1


@pytest.mark.parametrize("run", [handle, sweep])
def test_a_report_that_a_load_follows_is_answered_too(run: Callable[[Desk], Run]) -> None:
    """More than the latest hundred was done since: the report stands behind them, and is found."""
    here = Community()
    number = here.tracker.opens(NOOR)
    reports(here)
    here.answers(run)
    assert len(here.tracker.receipts(number)) == 1


def test_a_report_that_is_filed_while_a_run_answers_many_is_answered_by_the_next() -> None:
    """What that run writes makes a hundred others more lately updated than the report."""
    here = Community()
    reports(here)

    def meanwhile(call: str) -> None:
        if call == "comment" and 132 not in here.tracker.threads:
            assert here.tracker.opens(NOOR) == 132

    here.tracker.before = meanwhile
    here.answers(handle)
    assert here.tracker.receipts(132) == []
    here.answers(handle)
    assert len(here.tracker.receipts(132)) == 1


@pytest.mark.parametrize("load", [reports, commands])
def test_the_load_itself_is_answered_by_and_by(load: Callable[[Community], None]) -> None:
    """Nobody is shut out: sweeps come to an end of it, each within its budget, and it is all answered."""
    here = Community()
    load(here)
    runs = [here.answers(sweep)]
    while runs[-1].left:
        runs.append(here.answers(sweep))
    assert len(runs) <= 3
    assert all(here.tracker.receipts(number) for number in here.tracker.threads if number != BOARD)


def test_a_full_issue_costs_each_run_a_share() -> None:
    """A run answers so many of one issue's requests before the others' turn, and the rest in later ones."""
    here = Community()
    comments(here)
    number = here.tracker.opens(NOOR)
    here.answers(handle)
    written = [one.database_id for one in here.tracker.receipts(1)]
    answered = here.tracker.receipts(number)[0].database_id
    assert len([one for one in written if one < answered]) == 1 + RECEIPTS < len(written)
