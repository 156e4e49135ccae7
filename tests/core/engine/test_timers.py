"""Timers: due means now >= due, late runs coalesce, and a new stay starts a new clock."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.case import Definition
from cocflow.core.case.progress import Reminded
from cocflow.core.engine import timers
from cocflow.core.process import Figure, Timer
from cocflow.setup.install import choice
from tests.core.play import (
    DANGER,
    DAY,
    HOUR,
    MFT,
    RIYA,
    ROSTER,
    START,
    Play,
    body,
    community,
    definition,
    played_to,
)


def reminders(play: Play) -> list[tuple[str, float]]:
    """Return each reminder: its timer, and the hours from the start at which it was due."""
    return [
        (change.timer, (change.due - START) / HOUR)
        for record in play.records()
        for change in record.changes
        if isinstance(change, Reminded)
    ]


def waits(play: Play) -> list[tuple[str, float]]:
    """Return what the case waits for now, as the digest tells it: the timer, and since which hour."""
    case = play.case()
    return [
        (name, (first - START) / HOUR)
        for name, first in timers.waits(case).items()
        if first <= case.issue.now
    ]


@pytest.mark.parametrize("state", ["incomplete", "reported"])
def test_a_missing_estimate_is_told_of_from_24_h_after_the_opening(state: str) -> None:
    """Not a second early, complete report or not; by the digest, so the case gets no receipt."""
    play = Play() if state == "reported" else played_to("incomplete")
    play.run(24 - 1 / 3600)
    assert waits(play) == []
    assert play.run(24) == []
    assert waits(play) == [("estimate_missing", 24)]


def test_completing_a_report_does_not_start_the_clock_anew() -> None:
    """The promise of 24 h counts from the opening, whatever was still missing."""
    play = played_to("incomplete")
    play.says(RIYA, "/answer 1 It was said in a meeting.", 10)
    play.run()
    assert play.state == "reported"
    play.run(24)
    assert waits(play) == [("estimate_missing", 24)]


def test_the_reporter_hears_once_that_an_estimate_is_late() -> None:
    """Two days after the opening, however long nobody answers; and a day after a date that has passed."""
    play = Play()
    play.run(24 * 2 - 1)
    assert reminders(play) == []
    play.run(24 * 2)
    play.run(24 * 30)
    assert reminders(play) == [("estimate_late", 48)]
    play.says(MFT, "/estimate 3 days", 24 * 30)
    play.run(24 * 34)
    assert reminders(play)[1:] == [("resolution_late", 24 * 34)]


def test_a_case_that_concerns_an_administrator_keeps_its_reminders_to_itself() -> None:
    """They are receipts there, in steps: after a day, two, four, seven, and then each week."""
    play = Play(text=body(involved=(choice(ROSTER[1]),)))
    play.run()
    for hour in range(24, 24 * 31, 12):
        play.run(hour)
    days = [hours / 24 for name, hours in reminders(play) if name == "estimate_missing"]
    assert days == [1, 2, 4, 7, 14, 21, 28]


def test_each_step_calls_more_people() -> None:
    """Whoever has the case, then the next in turn too, then everybody; of a case of nobody's, all at once."""
    case = Play().case()
    (missing,) = [one for one in case.process.timers if one.name == "estimate_missing"]
    play = Play()
    play.run()
    steps = [timers.step_of(play.case(), missing, START + DAY * day) for day in (0.5, 1, 2, 4, 7, 14)]
    assert steps[0] is None
    called = [tuple(one.login for one in timers.told(play.case(), step)) for step in steps[1:]]
    assert called == [("mft",), ("mft", "miabot"), *[("mft", "miabot", "thclpr")] * 3]
    assert [step.outside for step in steps[1:] if step is not None] == [False, False, False, True, False]
    assert len(timers.told(case, steps[1])) == 3


def test_where_somebody_may_be_in_danger_each_step_calls_everybody() -> None:
    """From the first reminder on; and so does all else on the case, until the reporter has an estimate."""
    play = Play(text=body(danger=DANGER))
    play.run()
    (missing,) = [one for one in play.case().process.timers if one.name == "estimate_missing"]
    step = timers.step_of(play.case(), missing, START + DAY)
    assert step is not None
    assert len(timers.told(play.case(), step)) == len(timers.told(play.case(), None)) == 3
    play.says(MFT, "/estimate 3 days", 1)
    play.run()
    assert len(timers.told(play.case(), None)) == 1


def test_a_case_is_late_from_the_second_step_on() -> None:
    """So somebody else may take it by acting."""
    play = Play()
    play.run()
    assert [timers.is_late(play.case(), START + DAY * day) for day in (0, 1, 2, 30)] == [
        False,
        False,
        True,
        True,
    ]


def test_a_late_run_coalesces_reminders() -> None:
    """After a week without runs there is one reminder, the newest, and the steps go on from it."""
    play = Play(text=body(involved=(choice(ROSTER[1]),)))
    play.run()
    play.run(24 * 7 + 5)
    assert [one for one in reminders(play) if one[0] == "estimate_missing"] == [("estimate_missing", 24 * 7)]
    play.run(24 * 14)
    assert reminders(play)[-1] == ("estimate_missing", 24 * 14)


def test_a_passed_estimate_is_told_of() -> None:
    """At the instant that the reporter was told."""
    play = played_to("acknowledged")  # 3 days, asked for at hour 1
    play.run(72.9)
    assert waits(play) == []
    play.run(73)
    assert waits(play) == [("estimate_passed", 73)]


def test_a_renewed_estimate_starts_anew() -> None:
    """Nothing of the old estimate is told of once there is a new one, be it soon or later."""
    for said, hours in (("5 days", 24 * 5), ("2h", 2)):
        play = played_to("acknowledged")
        play.run(73)
        play.says(MFT, f"/estimate {said}", 74)
        play.run(74 + hours - 1)
        assert waits(play) == []
        play.run(74 + hours)
        assert waits(play) == [("estimate_passed", 74 + hours)]


def test_the_triage_has_its_own_estimate() -> None:
    """A passed estimate of the triage is told of until the incident is triaged."""
    play = played_to("reported")
    play.says(MFT, "/estimate 5 days triage 1 day", 6)
    play.run(30)
    assert waits(play) == [("triage_estimate_passed", 30)]
    play.labels(MFT, "state: triaged", 31)
    play.run(100)
    assert waits(play) == []


def test_a_withdrawn_report_taken_up_again_starts_anew() -> None:
    """Withdrawn, nothing is due; reported again, the 24 h count from the return."""
    play = played_to("withdrawn")
    play.run(100)
    assert waits(play) == []
    play.reopens(RIYA, 100)
    play.run(123.9)
    assert play.state == "reported"
    assert waits(play) == []
    play.run(124)
    assert waits(play) == [("estimate_missing", 124)]


def test_an_undelivered_resolution_is_told_of() -> None:
    """A day after the resolution, while somebody hasn't been told."""
    play = played_to("resolved")
    play.run(28)
    assert waits(play) == [("untold", 28)]


@pytest.mark.parametrize("state", ["closed", "withdrawn", "dismissed"])
def test_nothing_falls_due_in_a_final_state(state: str) -> None:
    """A finished case asks for no further look."""
    play = played_to(state)
    assert play.run(24 * 365) == []
    assert timers.earliest(play.case()) is None


def test_a_figure_of_the_community_stands_before_the_default() -> None:
    """The community's waiting period counts; `never` silences a timer."""
    short = community(waiting_periods={"estimate.remind_after": timedelta(hours=2)})
    play = Play(community_=short)
    play.run(2)
    assert waits(play) == [("estimate_missing", 2)]
    silent = {"estimate.remind_after": None, "estimate.late_after": None}
    never = Play(community_=community(waiting_periods=silent))
    assert len(never.run(1000)) == 1
    assert waits(never) == []
    text = body(involved=(choice(ROSTER[1]),))
    once = Play(text=text, community_=community(waiting_periods={"estimate.remind_every": None}))
    once.run()
    once.run(1000)
    assert [one for one in reminders(once) if one[0] == "estimate_missing"] == [("estimate_missing", 24)]


@given(st.integers(0, 400), st.integers(0, 400))
def test_the_earliest_instant_is_never_missed(first: int, second: int) -> None:
    """Whenever a run finds nothing due, nothing was due before the instant that the card will name."""
    play = Play()
    play.run(min(first, second))
    earliest, waited = timers.earliest(play.case()), waits(play)
    assert earliest is None or earliest > play.now
    decided = play.run(max(first, second))
    news = bool(decided) or waits(play) != waited
    assert news == (earliest is not None and earliest <= play.now)


def with_timer(timer: Timer, *figures: Figure) -> Definition:
    """Return the shipped process with one more timer."""
    shipped = definition()
    process = msgspec.structs.replace(
        shipped.process,
        timers=(*shipped.process.timers, timer),
        figures=(*shipped.process.figures, *figures),
    )
    return msgspec.structs.replace(shipped, process=process)


LAPSE = Timer(
    name="lapse", means="It lapses", in_=("reported",), after="lapse", every="lapse", to="withdrawn"
)
LAPSE_FIGURE = Figure(name="lapse", default=2 * DAY, means="How long")


def test_a_timers_transition_comes_before_requests_of_its_instant() -> None:
    """On a tie the timer is first: a request of the very second finds the new state."""
    play = Play(definition_=with_timer(LAPSE, LAPSE_FIGURE))
    play.run()
    tied = play.says(MFT, "/estimate 3 days", 48)
    play.run()
    assert play.state == "withdrawn"
    assert [record.refused for record in play.records() if record.of == tied] == [True]


@pytest.mark.parametrize("late", [49, 100, 1000])
def test_a_timers_transition_keeps_its_place_however_late_the_run(late: int) -> None:
    """A request after the due instant finds the new state, though no run was there in between."""
    play = Play(definition_=with_timer(LAPSE, LAPSE_FIGURE))
    play.run()
    asked = play.says(MFT, "/estimate 3 days", 49)
    play.run(late)
    assert play.state == "withdrawn"
    assert play.case().progress.since == START + 2 * DAY
    assert [record.refused for record in play.records() if record.of == asked] == [True]


def test_a_request_before_the_due_instant_prevents_the_transition() -> None:
    """What was asked in time is decided first, though the run is late."""
    play = Play(definition_=with_timer(LAPSE, LAPSE_FIGURE))
    play.run()
    play.says(MFT, "/estimate 3 days", 47)
    play.run(1000)
    assert play.state == "acknowledged"


def test_a_reminder_waits_for_its_guards() -> None:
    """A reminder with a guard that refuses isn't sent, and comes as soon as the guard lets it."""
    nag = Timer(
        name="nag",
        means="It nags",
        in_=("incomplete",),
        after="nag",
        guards=("answers_complete",),
        notices=("administrators/untold",),
    )
    play = Play(text="", definition_=with_timer(nag, Figure(name="nag", default=HOUR, means="How long")))
    play.run(5)
    assert play.state == "incomplete"
    assert reminders(play) == []


def test_never_silences_a_timer_that_counts_from_an_instant() -> None:
    """A reminder so long after something that it never comes isn't due at once."""
    never = played_to("resolved", community_=community(waiting_periods={"told.remind_every": None}))
    assert [one for one in reminders(never) if one[0] == "untold"] == []
    never.run(1000)
    assert [one for one in reminders(never) if one[0] == "untold"] == []


def test_a_reminder_at_a_bare_instant_records_nothing_but_that_it_was_given() -> None:
    """A timer that is due `at` an instant, leads nowhere and records nothing is a mere reminder."""
    bare = Timer(
        name="bare",
        means="x",
        in_=("acknowledged",),
        at="estimate.resolve",
        notices=("administrators/estimate_passed",),
    )
    process = msgspec.structs.replace(definition().process, timers=(bare,))
    play = Play(definition_=Definition(process, definition().form))
    play.run()
    play.says(MFT, "/estimate 3 days", 1)
    play.run()
    (reminder,) = play.run(1 + 3 * 24)
    assert reminder.record.changes == (Reminded(timer="bare", due=START + 73 * HOUR),)
    assert play.run(200) == []
