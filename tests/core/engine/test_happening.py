"""What happened in a case: each thing in its month, by the receipts, and nothing of anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.case.facts import Commented
from cocflow.core.case.records import Happened
from cocflow.core.engine.happening import happened, month, received_at
from cocflow.core.outcomes import Outcome, Outcomes
from tests.core.play import (
    APPROVE,
    DAY,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    Play,
    community,
    definition,
    moment,
    played_to,
    suspension_played_to,
)

A_DAY = DAY / HOUR


def told(play: Play, now: float | None = None) -> list[tuple[str, str]]:
    """Return what happened, without the months."""
    return [(one.what, one.how) for one in happened(play.case(now))]


def resolves(play: Play, outcome: str, at: float) -> None:
    """Resolve with an outcome for the party, or without; a letter that tells it of a report is sent twice."""
    head = f"\nRobin Example: {outcome}\nPlease be kind." if outcome else ""
    play.sends(MFT, f"/resolve We talked.{head}", at)
    play.run()
    if head:
        play.labels(MFT, APPROVE, at)
        play.run()


def test_a_decided_incident_tells_how_it_came_and_ended() -> None:
    """Its channel, the outcome, the estimate, how long both took, in the order in which it happened."""
    play = played_to("acknowledged", parties=("Robin Example",))
    resolves(play, "warning", 30)
    play.says(MFT, "/told Robin Example by phone", 31)
    play.run()
    assert play.state == "closed"
    assert told(play) == [
        ("received", "github"),
        ("to_estimate", "a day"),
        ("outcome", "warning: a measure"),
        ("estimate", "kept"),
        ("to_decision", "3 days"),
        ("finished", "decided"),
    ]


@pytest.mark.parametrize("state", ["withdrawn", "dismissed"])
def test_an_incident_without_a_decision_says_so(state: str) -> None:
    """It is finished, and undecided."""
    assert told(played_to(state))[-1] == ("finished", "undecided")


def test_what_is_taken_up_again_stands_beside_its_end() -> None:
    """Reopened and withdrawn or resolved again: each end is there, and each beginning anew."""
    play = played_to("closed")
    play.reopens(MFT, 24)
    play.run()
    play.sends(MFT, "/resolve We talked again.", 26)
    play.run()
    ends = [one for one in told(play) if one[0] in ("finished", "reopened")]
    assert ends == [("finished", "decided"), ("reopened", ""), ("finished", "decided")]


def test_a_missed_estimate_counts_when_it_was_missed() -> None:
    """Not before its time, and from then on whatever follows; what nobody knows yet isn't given."""
    play = Play()
    play.run()
    play.says(MFT, "/estimate 3 days", 1)
    play.run()
    assert ("estimate", "missed") not in told(play, 2 * A_DAY)
    play.run(200 * A_DAY)
    (found,) = (one for one in happened(play.case()) if one.what == "estimate")
    assert (found.how, found.month) == ("missed", month(play.case(), moment(3 * A_DAY)))
    play.says(MFT, "/estimate 3 days", 200 * A_DAY)
    play.run()
    assert [one for one in happened(play.case()) if one.what == "estimate"] == [found]


@pytest.mark.parametrize(("command", "how"), [("uphold", "kept"), ("overturn", "changed")])
def test_a_suspension_tells_what_became_of_its_appeals(command: str, how: str) -> None:
    """Nothing else of it is counted: its incident is."""
    play = suspension_played_to("appealable")
    play.run(24 * 9)
    play.says(MFT, "/appeal They ask to look again.", 24 * 10)
    play.run()
    play.says(MIABOT, f"/{command} There it is.", 24 * 11)
    play.run()
    assert told(play) == [], "it is drafted"
    play.labels(MIABOT, APPROVE, 24 * 12)
    play.run()
    assert told(play) == [("appeal", how)]


@pytest.mark.parametrize(
    ("answer", "became"),
    [
        ("/uphold There it is.", [("appeal", "kept")]),
        (
            "/resolve\nRobin Example: talk\nThat is all.",
            [("outcome", "talk: no measure"), ("appeal", "changed")],
        ),
        ("/resolve\nRobin Example: warning\nIn other words.", [("appeal", "kept")]),
    ],
)
def test_an_incident_tells_what_became_of_its_appeals(answer: str, became: list[tuple[str, str]]) -> None:
    """Changed where somebody's outcome is another; the same in other words is kept."""
    play = played_to("acknowledged", parties=("Robin Example",))
    resolves(play, "warning", 30)
    before = told(play)
    play.says(RIYA, "/appeal It goes on.", 40)
    play.run()
    assert told(play) == before
    play.sends(MIABOT, answer, 41)
    play.run()
    play.labels(MIABOT, APPROVE, 42)
    play.run()
    assert [one for one in told(play) if one not in before] == became


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["estimate", "talk", "warning", "", "reopen", "withdraw", "appeal", "uphold"]),
            st.integers(1, 90),
        ),
        max_size=6,
    )
)
def test_what_happens_later_changes_no_earlier_month(steps: list[tuple[str, int]]) -> None:
    """What is told of a month that is over is the same ever after, whatever follows."""
    play, at = played_to("acknowledged", parties=("Robin Example",)), 24.0
    seen: dict[str, list[Happened]] = {}
    for step, days in steps:
        at += days * A_DAY
        play.run(at)
        for known, before in seen.items():
            assert [one for one in happened(play.case()) if one.month < known] == before
        if step == "reopen":
            play.reopens(MFT, at)
        elif step in ("estimate", "withdraw", "appeal"):
            play.says(MFT if step == "estimate" else RIYA, f"/{step} 3 days", at)
        elif step == "uphold":
            play.sends(MIABOT, "/uphold There it is.", at)
        else:
            resolves(play, step, at)
        play.run(at + 1)
        now = month(play.case(), moment(at + 1))
        seen[now] = [one for one in happened(play.case()) if one.month < now]
    found = happened(play.case())
    assert [one.month for one in found] == sorted(one.month for one in found)


OUTCOMES: Outcomes = definition().process.outcomes
WARNING = OUTCOMES["warning"]


@pytest.mark.parametrize(
    "warning",
    [
        (),
        (msgspec.structs.replace(WARNING, name="reprimand"),),
        (msgspec.structs.replace(WARNING, table="talk", measure=False),),
    ],
)
def test_other_outcomes_change_nothing_that_was_decided(warning: tuple[Outcome, ...]) -> None:
    """Removed, renamed or counted elsewhere now: it counts as it did; a record of before that, as today."""
    play = played_to("acknowledged", parties=("Robin Example",))
    resolves(play, "warning", 30)
    before = told(play)
    mild = tuple(one for one in OUTCOMES if one.name != "warning")
    outcomes = msgspec.structs.replace(OUTCOMES, all=(*mild, *warning))
    process = msgspec.structs.replace(play.definition.process, outcomes=outcomes)
    play.definition = msgspec.structs.replace(play.definition, process=process)
    assert told(play) == before
    as_before_that_was_kept(play, "kind", "warning: a measure")
    today = next((one.kind for one in warning if one.name == "warning"), "")
    assert told(play) == [(what, today if what == "outcome" else how) for what, how in before]


@pytest.mark.parametrize(("first", "then"), [("UTC", "Europe/Berlin"), ("Europe/Berlin", "UTC")])
def test_another_time_zone_changes_no_month_that_is_over(first: str, then: str) -> None:
    """What came, was estimated, missed, decided, by the zone of then; by today's where none was kept."""
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    play = Play(start=late - timedelta(days=3), community_=community(zone=ZoneInfo(first)))
    play.run()
    play.says(MFT, f"/estimate {(late - timedelta(days=1)).isoformat()}")
    play.run(late)
    play.sends(MFT, "/resolve We talked.", late)
    play.run()
    play.run(late + timedelta(days=9))
    before = happened(play.case())
    assert before[-1].month == ("2026-12" if first == "UTC" else "2027-01")
    play.community = community(zone=ZoneInfo(then))
    play.says(MFT, "/told reporter by phone")
    play.run()
    assert happened(play.case())[: len(before)] == before
    as_before_that_was_kept(play, "zone", first)
    as_before_that_was_kept(play, "zone", then)
    assert happened(play.case())[len(before) - 1].month == ("2027-01" if first == "UTC" else "2026-12")


def as_before_that_was_kept(play: Play, field: str, value: str) -> None:
    """Take out of every receipt what earlier versions didn't keep."""
    kept = f',"{field}":"{value}"'
    assert any(isinstance(one, Commented) and kept in one.body for one in play.facts)
    play.facts = [
        msgspec.structs.replace(one, body=one.body.replace(kept, "")) if isinstance(one, Commented) else one
        for one in play.facts
    ]


def test_it_names_nobody() -> None:
    """No word, no name, no code name, and no day."""
    play = played_to("closed", parties=("Robin Example",))
    case = play.case()
    said = msgspec.json.encode(happened(case)).decode()
    assert "Robin" not in said
    assert case.code_name not in said
    assert month(case, received_at(case)) in said
