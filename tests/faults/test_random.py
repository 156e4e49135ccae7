"""Anybody does anything for months, and anything fails: what always holds all the same.

The engine is the real one, over the fakes of the ports; each run may die at any call, and what it left
is what the next one finds. After each run that nothing disturbed, everything that was promised holds.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule

from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor
from cocflow.core.engine.requests import open_requests
from cocflow.errors import AdapterError, CocflowError
from cocflow.messages import inline
from cocflow.run.board import TITLE
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run, handle, sweep
from tests.core import play
from tests.fakes import FakeNotifier, FakeTracker, desk, nothing
from tests.faults.layer import Died

pytestmark = [pytest.mark.slow, pytest.mark.matrix]

COMMANDS = (
    "/estimate 3 days",
    "/estimate yesterday",
    "/estimate 2 days triage tomorrow",
    "/estimate",
    "/answer 3 A link to the message.",
    "/answer 9 What?",
    "/party Robin Example robin@example.org",
    "/party Kit Lund",
    "/party -Robin Example",
    "/party mft",
    "/party @mft",
    "/party Mia Bot, @miabot",
    "/confirm",
    "/confirm @mft",
    "/clear @mft It was another Mika.",
    "/recuse",
    "/resolve We talked with everyone.",
    "/resolve",
    "/told reporter by phone",
    "/told Kit Lund on a call",
    "/told Nobody at all",
    "/withdraw",
    "/withdraw\n> It is all right now.",
    "/consent parties",
    "/consent parties\n> You may.",
    "/consent yes",
    "/suspend Insults\nAlex Doe, alex@example.org until 2 weeks",
    "/suspend Insults\nSam Okafor, U0SAM0001",
    "/suspend Insults\nMia Bot, @miabot until 2 weeks",
    "/suspend",
    "/until 3 weeks\nThat is enough.",
    "/until yesterday\nWhy not.",
    "/until indefinite\nIt was bad.",
    "/appeal\n> It was not me.",
    "/uphold It was.",
    "/overturn Somebody else had the account.",
    "/lift It was a mistake.",
    "/correct We said the wrong thing.",
    "/continue",
    "/post rules\nA joke was taken down.",
    "/recover Nothing is broken.",
    "/help",
    "/hlep",
    "Just talk.",
    "> /resolve quoted",
)
LABELS = (
    "state: reported",
    "state: acknowledged",
    "state: triaged",
    "state: resolved",
    "state: closed",
    "state: withdrawn",
    "state: active",
    "state: dropped",
    "state: appealed",
    "state: lifted",
    "state: ended",
    "state: nowhere",
    "estimate: 1 day",
    "suspend",
    "suspension",
    "approve",
    "consent: community",
    "bug",
)
PEOPLE = (*play.PEOPLE, play.OTHER_BOT)
WEEK = timedelta(days=7)
RUNS: dict[str, Callable[[Desk], Run]] = {"handle": handle, "sweep": sweep}


class Months(RuleBasedStateMachine):
    """Months in which people do what they want, and calls fail."""

    issues = Bundle("issues")

    def __init__(self) -> None:
        super().__init__()
        self.tracker = FakeTracker()
        self.notifier = FakeNotifier()
        self.desk: Desk = desk(self.tracker, self.notifier)
        self.quiet = False

    # --- what people do ------------------------------------------------------------------------------

    @initialize(target=issues)
    def begins(self) -> int:
        """There is a report."""
        return self.tracker.opens(play.RIYA)

    @rule(target=issues, who=st.sampled_from(PEOPLE), whole=st.booleans())
    def opens(self, who: Actor, whole: bool) -> int:
        """Somebody files a report, or writes anything."""
        self.quiet = False
        return self.tracker.opens(who, None if whole else "Help.")

    @rule(who=st.sampled_from(PEOPLE), text=st.sampled_from(COMMANDS), data=st.data())
    def says(self, who: Actor, text: str, data: st.DataObject) -> None:
        """Somebody comments on any issue, a suspension's too."""
        self.quiet = False
        self.tracker.says(who, self._any(data), text)

    @rule(text=st.sampled_from(COMMANDS), who=st.sampled_from((play.MFT, play.MIABOT)), data=st.data())
    def administers(self, text: str, who: Actor, data: st.DataObject) -> None:
        """An administrator gives a command, which is done more often than a stranger's."""
        self.quiet = False
        self.tracker.says(who, self._any(data), text)

    @rule(who=st.sampled_from(PEOPLE), label=st.sampled_from(LABELS), data=st.data())
    def labels(self, who: Actor, label: str, data: st.DataObject) -> None:
        """Somebody puts a label on."""
        self.quiet = False
        self.tracker.labels(who, self._any(data), label)

    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def unlabels(self, who: Actor, data: st.DataObject) -> None:
        """Somebody takes a label off."""
        self.quiet = False
        number = self._any(data)
        if labels := sorted(self.tracker.threads[number].labels):
            self.tracker.unlabels(who, number, data.draw(st.sampled_from(labels)))

    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def presses(self, who: Actor, data: st.DataObject) -> None:
        """Somebody presses Close, or Reopen."""
        self.quiet = False
        number = self._any(data)
        press = self.tracker.closes if self.tracker.threads[number].is_open else self.tracker.reopens
        press(who, number)

    @rule(who=st.sampled_from(PEOPLE), data=st.data())
    def edits(self, who: Actor, data: st.DataObject) -> None:
        """Somebody edits the report, or a comment that isn't cocflow's."""
        self.quiet = False
        number = self._any(data)
        theirs = [one for one in self.tracker.threads[number].comments() if one.by != play.BOT]
        which: int = data.draw(st.integers(0, 9))
        if which < len(theirs):
            # An edit is no request: what turns into a command by it waits until a run looks there again.
            text = "/help" if theirs[which].body.startswith("/") else "Other words."
            self.tracker.edits(who, number, theirs[which].id, text)
        else:
            self.tracker.edits_body(who, number, play.body(who="Somebody else"))

    @rule(hours=st.sampled_from((1, 5, 25, 24 * 8, 24 * 40)))
    def waits(self, hours: int) -> None:
        """Time passes."""
        self.quiet = False
        self.tracker.moves_clock(timedelta(hours=hours))

    def _any(self, data: st.DataObject) -> int:
        return data.draw(st.sampled_from(sorted(self.tracker.threads)))

    # --- runs ------------------------------------------------------------------------------------------

    @rule(job=st.sampled_from(sorted(RUNS)), at=st.integers(1, 30), after=st.booleans(), dies=st.booleans())
    def runs_badly(self, job: str, at: int, after: bool, dies: bool) -> None:
        """A run dies at one of its calls, or that call fails."""
        self.quiet = False
        left = at

        def falls(call: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Died if dies else AdapterError(502, call, uncertain=after)

        if after:
            self.tracker.after = falls
        else:
            self.tracker.before = falls
        try:
            with suppress(Died, CocflowError):
                RUNS[job](self.desk)
        finally:
            self.tracker.before = self.tracker.after = nothing

    @rule(failing=st.booleans())
    def mail_fails(self, failing: bool) -> None:
        """Mail can't be delivered for a while."""
        self.quiet = False
        self.notifier.failing = failing

    @rule()
    def sweeps(self) -> None:
        """Runs do all that there is to do: two, for a suspension may wait for what its incident decides."""
        sweep(self.desk)
        sweep(self.desk)
        self.quiet = True

    # --- what always holds ------------------------------------------------------------------------------

    def _cases(self) -> list[Case]:
        threads = self.tracker.threads
        reads = [self.desk.read(number) for number in sorted(threads) if threads[number].title != TITLE]
        return [self.desk.open(read, incident=self.desk.incident_of(read)) for read in reads]

    @invariant()
    def ledgers_are_sound(self) -> None:
        """No ledger is broken, for nobody touched a receipt."""
        for number in self.tracker.threads:
            assert self.tracker.ledger(number).broken == ()

    @invariant()
    def only_the_process_moves(self) -> None:
        """Each change of state is a move or a timer of the process, from the state before it."""
        for case in self._cases():
            stays = case.progress.stays
            for before, now in pairwise(stays):
                moves = {(f, one.to) for one in case.process.moves for f in one.from_}
                timers = {(f, one.to) for one in case.process.timers for f in one.in_}
                assert (before.state, now.state) in moves | timers
                assert before.since <= now.since

    @invariant()
    def no_appeal_before_its_week(self) -> None:
        """A suspension isn't appealable, or appealed, within a week."""
        for case in self._cases():
            if case.is_suspension:
                stays = case.progress.stays
                early = [one for one in stays if one.state in ("appealable", "appealed")]
                assert all(one.since - stays[0].since >= WEEK for one in early)

    @invariant()
    def nothing_is_answered_twice(self) -> None:
        """No request has two receipts that count."""
        for number in self.tracker.threads:
            answered = [record.of for record in self.tracker.records(number)]
            assert len(answered) == len(set(answered))

    @precondition(lambda self: self.quiet)
    @invariant()
    def after_a_sweep_all_is_in_order(self) -> None:
        """Every request is answered, one state label tells the truth, and the card names whom nobody told."""
        for case in self._cases():
            assert open_requests(case) == []
            state = case.process.state(case.progress.state or "")
            assert state is not None
            assert self.tracker.state_labels(case.issue.number) == {state.label}
            card = self.tracker.card(case.issue.number)
            for owed in case.progress.owed():
                if owed.to == "incident" and case.incident is None:
                    continue  # it is linked to none
                assert inline(case.called(owed.to)) in card, owed.id

    @precondition(lambda self: self.quiet)
    @invariant()
    def a_further_run_changes_nothing(self) -> None:
        """Running again writes nothing."""
        cards = {number: self.tracker.card(number) for number in self.tracker.threads}
        self.tracker.forget()
        sweep(self.desk)
        again = {number: self.tracker.card(number) for number in self.tracker.threads}
        assert {
            number: (cards[number], card) for number, card in again.items() if card != cards[number]
        } == {}
        assert self.tracker.writes() == []


Months.TestCase.settings = settings(
    max_examples=int(os.environ.get("COCFLOW_HISTORIES", "60")),
    stateful_step_count=40,
    derandomize=True,
    deadline=None,
    phases=(Phase.explicit, Phase.generate) if "COCFLOW_HISTORIES" in os.environ else tuple(Phase),
)
TestMonths = Months.TestCase
