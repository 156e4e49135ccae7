"""Suspensions and appeals: the clock, and the process's table row by row.

ALLOWED is written by hand from the issue that asked for the process; the definition must say the
same, and the engine must do the same, for every state, every request and everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.acts.appeal import Waiting
from cocflow.core.acts.suspend import Suspensions
from cocflow.core.acts.suspension import End
from cocflow.core.case.facts import Actor
from cocflow.core.case.progress import Moved, Record
from cocflow.core.engine.decision import Decision
from cocflow.core.process import Move
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.core.views.suspended import SuspendedView
from tests.core.play import (
    DAY,
    HOUR,
    MFT,
    MIABOT,
    OTHER_BOT,
    RIYA,
    ROSTER,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    suspended_by,
    suspended_in,
    suspension_body,
    suspension_definition,
    suspension_played_to,
)

STATES = ("active", "appealable", "appealed", "upheld", "overturned", "lifted", "ended")
IN_FORCE = STATES[:4]
WEEK = 7 * DAY

Ask = Callable[[Play, Actor], str]


def says(text: str) -> Ask:
    """Ask by a comment."""
    return lambda play, by: play.says(by, text)


def puts_on(label: str) -> Ask:
    """Ask by a label."""
    return lambda play, by: play.labels(by, label)


def mails(**fields: Any) -> Ask:
    """Ask by a mail, which cocflow files."""
    return lambda play, by: play.mails("Please look again.", **fields)


# --- the table -------------------------------------------------------------------------------------

PEOPLE = {"suspender": MFT, "another": MIABOT, "suspended": RIYA, "anyone": STRANGER, "bot": OTHER_BOT}

REQUESTS: dict[str, Ask] = {
    **{f"label state: {state}": puts_on(f"state: {state}") for state in STATES},
    "/until": says("/until 2 weeks\nThat is how long the last one was."),
    "/until indefinite": says("/until indefinite\nWe can't tell yet."),
    "/until, without a reason": says("/until 2 weeks"),
    "/until, in the past": says("/until 2026-01-05 08:00\nLate."),
    "/appeal": says("/appeal I was not there."),
    "/appeal, without words": says("/appeal"),
    "/uphold": says("/uphold Nothing speaks for a mistake."),
    "/overturn": says("/overturn The account was somebody else's."),
    "/told": says("/told suspended by phone"),
    "/told, nobody": says("/told Somebody Else by phone"),
    "/help": says("/help"),
    "/suspend": says("/suspend Insults\nAlex, alex@example.org"),
    "/resolve": says("/resolve We talked."),
    "/withdraw": says("/withdraw"),
    "/estimate": says("/estimate 3 days"),
    "/recover": says("/recover why not"),
    "/nonsense": says("/nonsense"),
    "Close": lambda play, by: play.closes(by),
    "Reopen": lambda play, by: play.reopens(by),
}

SUSPENDER, ANOTHER = ("suspender",), ("another",)
ADMINISTRATORS = ("suspender", "another")
APPEALING = (*ADMINISTRATORS, "suspended")
STAYS = "(stays)"

ALLOWED: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str]]] = {
    # request: (from, by, to)
    "/until": [(IN_FORCE, ADMINISTRATORS, STAYS)],
    "/until indefinite": [(IN_FORCE, ADMINISTRATORS, STAYS)],
    "label state: lifted": [(IN_FORCE, ADMINISTRATORS, "lifted")],
    "/appeal": [
        (("active", "appealed", "upheld"), APPEALING, STAYS),
        (("appealable",), APPEALING, "appealed"),
    ],
    "/uphold": [(("appealed",), ANOTHER, "upheld")],
    "/overturn": [(("appealed",), ANOTHER, "overturned")],
    "/told": [(STATES, ADMINISTRATORS, STAYS)],
    "/help": [(STATES, APPEALING, STAYS)],
}
"""Whatever isn't here is refused. The suspended person, whom no channel reaches, is always untold."""

MAILS: dict[str, tuple[Ask, dict[str, str]]] = {
    "verified": (
        mails(),
        {"active": STAYS, "appealable": "appealed", "appealed": STAYS, "upheld": STAYS},
    ),
    "unverified": (
        mails(verified=False),
        {"active": STAYS, "appealable": STAYS, "appealed": STAYS, "upheld": STAYS},
    ),
    "automatic": (mails(automatic=True), {}),
}
"""What a mail does, by the state that it finds; in all others it is put before the administrators."""


def expected(state: str, request: str, who: str) -> str | None:
    """Return the state that the hand-written table leads to, None for a refusal."""
    for froms, people, to in ALLOWED.get(request, []):
        if state in froms and who in people:
            return state if to == STAYS else to
    return None


def prepared(state: str) -> Play:
    """Return a suspension of the account `riya`, by MFT, in a state."""
    return suspension_played_to(state, text=suspension_body(account="riya"))


def assert_answered(play: Play, before: Play, asked: str, to: str | None) -> None:
    """Assert that a request led to that state; None: it was refused and changed nothing."""
    (record,) = [record for record in play.records() if record.of == asked]
    assert record.refused is (to is None)
    if to is None:
        assert (record.changes, record.owed) == ((), ())
    assert play.state == (to or before.state)


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("state", STATES)
def test_each_row_is_accepted_or_refused(state: str, request_: str, who: str) -> None:
    """From this state, this request by this person does what the table says, or changes nothing."""
    play, before = prepared(state), prepared(state)
    asked = REQUESTS[request_](play, PEOPLE[who])
    play.run()
    if who == "bot":
        assert asked not in {record.of for record in play.records()}
        assert play.state == state
    else:
        assert_answered(play, before, asked, expected(state, request_, who))


@pytest.mark.parametrize("kind", MAILS)
@pytest.mark.parametrize("state", STATES)
def test_each_mail_does_what_its_state_lets_it(state: str, kind: str) -> None:
    """A mail is the suspended person's appeal where they may make one, and else changes nothing."""
    ask, leads = MAILS[kind]
    play, before = prepared(state), prepared(state)
    asked = ask(play, MFT)
    decisions = play.run()
    to = leads.get(state)
    assert_answered(play, before, asked, state if to == STAYS else to)
    if to is None:
        assert decisions[0].says == ("administrators/mail_refused",)


def test_the_definition_grants_what_the_table_grants() -> None:
    """Guards aside, the definition's rows are those of the hand-written table, and no others."""
    role = {"suspender": "administrator", "another": "administrator", "suspended": "suspended"}
    granted = {
        (state, request, who)
        for move in suspension_definition().process.moves
        for request in ways(move)
        for state in move.from_
        for who in role
        if role[who] in move.by
    }
    by_hand = {
        (state, request, who)
        for request in REQUESTS
        for state in STATES
        for who in PEOPLE
        if expected(state, request, who)
    }
    only_guarded = {
        ("appealed", "/uphold", "suspender"),
        ("appealed", "/overturn", "suspender"),
        *(("appealable", "label state: appealed", who) for who in ADMINISTRATORS),
    }
    assert granted - by_hand == only_guarded
    assert by_hand <= granted


def ways(move: Move) -> set[str]:
    """Return the rightly written requests of this table that a move of the definition answers."""
    found = {request for request in REQUESTS if move.command and request == f"/{move.command}"}
    if move.command == "until":
        found.add("/until indefinite")
    return found | ({f"label state: {move.to}"} if move.label else set())


def test_the_table_knows_every_state_and_command() -> None:
    """A state or command that the process gains needs its rows here."""
    process = suspension_definition().process
    assert tuple(state.name for state in process.states) == STATES
    assert {state.name for state in process.states if state.final} == set(STATES) - set(IN_FORCE)
    assert {f"/{move.command}" for move in process.moves if move.command} <= set(REQUESTS)
    assert not [move.name for move in process.moves if move.quick_labels or move.button or move.edit]


def test_editing_the_body_is_no_request() -> None:
    """Ticking boxes, or any other edit of a suspension's body, is answered by nothing."""
    play = prepared("active")
    receipts = len(play.records())
    play.edits_body(MFT, play.body + "\n- [x] Done")
    assert play.run() == []
    assert len(play.records()) == receipts


def test_who_edits_the_body_changes_nobody_s_address() -> None:
    """After the form's own answers were changed, nobody is taken for the suspended person."""
    play = suspension_played_to("active")
    assert play.case().people_who("suspended")[0].mail == "sam@example.org"
    play.edits_body(MFT, suspension_body(reach="mallory@example.org"))
    assert play.case().people_who("suspended")[0].mail == ""


# --- the clock -------------------------------------------------------------------------------------

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")
INSTANTS = st.builds(lambda seconds: START + timedelta(seconds=seconds), st.integers(0, 2 * 365 * 86400))
CHANGES = st.sampled_from(
    [
        datetime(2026, 3, 8, 7, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 11, 1, 6, tzinfo=UTC),
    ]
)
"""Instants at which clocks in New York and Berlin change."""
NEAR_A_CHANGE = st.builds(
    lambda change, seconds: change - WEEK + timedelta(seconds=seconds), CHANGES, st.integers(-90000, 90000)
)
SWEEPS = st.lists(
    st.one_of(st.integers(0, 20 * 86400), st.integers(7 * 86400 - 2, 7 * 86400 + 2)), min_size=1, max_size=8
)
"""When sweeps run, in seconds since the suspension; a sweep that comes late sees the clock as it is."""


def openings(records: list[Record]) -> list[Record]:
    """Return the receipts that opened the appeal."""
    return [record for record in records if Moved(to="appealable") in record.changes]


@given(
    since=INSTANTS | NEAR_A_CHANGE,
    lag=st.integers(0, 3 * 86400),
    sweeps=SWEEPS,
    zone=st.sampled_from(ZONES),
    until=st.sampled_from([None, "indefinite", "4 weeks"]),
)
@settings(max_examples=60, deadline=None)
def test_an_appeal_opens_one_week_after_the_suspend_comment(
    since: datetime, lag: int, sweeps: list[int], zone: str, until: str | None
) -> None:
    """Never before, always at the first sweep after it, exactly once, however late anything ran."""
    incident = Play(MFT, community_=community(zone=ZoneInfo(zone)), start=since - HOUR)
    incident.run()
    incident.says(MIABOT, "/suspend Insults\nSam Poe, sam@example.org", since)
    incident.run()
    play = suspended_in(incident, "s1", 2, opened=since + timedelta(seconds=lag))
    play.run()
    if until is not None:
        play.says(MFT, f"/until {until}\nBecause.")
    opens = since + WEEK
    for sweep in sweeps:
        play.run(since + timedelta(seconds=sweep))
        assert (play.state == "appealable") is (play.now >= opens)
        assert len(openings(play.records())) == (play.now >= opens)
    for record in openings(play.records()):
        assert record.at == opens
        assert [owed.notice for owed in record.owed if owed.to == "suspended"] == ["suspended/appeal_open"]
    assert play.records()[0].at == since


@given(since=st.integers(0, 3600), sweeps=SWEEPS, asked=st.integers(0, 10 * 86400))
@settings(max_examples=40, deadline=None)
def test_an_appeal_is_kept_until_the_day_and_filed_once(since: int, sweeps: list[int], asked: int) -> None:
    """Whenever the mail came and the sweeps ran, it is filed once: on the day, or at once if it is later."""
    play = suspended_by(start=START + timedelta(seconds=since))
    play.run()
    begun = play.now
    came = begun + timedelta(seconds=asked)
    letter = play.mails("Please look again.", came)
    for sweep in sweeps:
        play.run(begun + timedelta(seconds=sweep))
    play.run(begun + 21 * DAY)
    filed = [record for record in play.records() if Moved(to="appealed") in record.changes]
    assert [record.at for record in filed] == [max(came, begun + WEEK)]
    (kept,) = [record for record in play.records() if record.of == letter]
    assert kept.move == ("keep" if came < begun + WEEK else "appeal")


def test_a_mail_counts_from_its_arrival_and_not_from_its_reading() -> None:
    """A mail that its server received a second too early is early, though a run read it days later."""
    early, timely = suspension_played_to("active"), suspension_played_to("active")
    early.mails("Please look again.", 200, received=START + WEEK - timedelta(seconds=1))
    timely.mails("Please look again.", 200, received=START + WEEK)
    moves = [
        [record.move for record in play.records() if record.move] for play in (early, timely) if play.run()
    ]
    assert moves == [["keep", "file"], ["appeal"]]


# --- an end, and none --------------------------------------------------------------------------------


def notices(decisions: list[Decision]) -> list[str]:
    """Return the templates that decisions say, in order; in a play everybody stays untold."""
    said = [name for decision in decisions for name in decision.says]
    return [name for name in said if name != "administrators/untold"]


def test_an_interim_suspension_is_asked_about_daily_until_its_end_is_set() -> None:
    """The administrators are asked after 24 hours and then each day; an end, even `indefinite`, ends it."""
    play = suspended_by()
    play.run()
    assert notices(play.run(23.9)) == []
    assert [notices(play.run(hour)) for hour in (24, 30, 48, 100)] == [
        ["administrators/interim_review"],
        [],
        ["administrators/interim_review"],
        ["administrators/interim_review"],
    ]
    play.says(MFT, "/until indefinite\nWe can't tell yet.")
    play.run()
    assert "administrators/interim_review" not in notices(play.run(24 * 6.9))


def test_an_end_is_reminded_a_day_before_and_comes_by_itself() -> None:
    """A day before its end the administrators hear of it; at its end the suspension is over."""
    play = suspended_by(text=suspension_body(until="3 days"))
    play.run()
    assert notices(play.run(47)) == []
    assert notices(play.run(48)) == ["administrators/ends_soon"]
    assert notices(play.run(71.9)) == []
    ended, *_ = play.run(80)
    assert ended.record.at == START + 3 * DAY
    assert play.state == "ended"
    assert [owed.notice for owed in ended.record.owed if owed.to == "suspended"] == ["suspended/ended"]


def test_an_end_that_passes_while_an_appeal_is_open_returns_access_and_no_more() -> None:
    """The account comes back, the appeal is still to be answered, and upholding it ends the suspension."""
    play = suspension_played_to("appealed", text=suspension_body(until="10 days"))
    (returned,) = [one for one in play.run(24 * 11) if one.record.of.startswith("timer:access_returns@")]
    assert returned.record.at == START + 10 * DAY
    assert returned.says == ("administrators/access_returned",)
    assert [owed.notice for owed in returned.record.owed] == ["suspended/access_returned", "noted"]
    assert play.state == "appealed"
    assert play.case().progress[End].returned
    play.says(MIABOT, "/uphold Nothing speaks for a mistake.")
    play.run()
    assert play.state == "ended"


def test_a_late_sweep_reminds_of_no_end_that_has_passed() -> None:
    """Where access has returned already, nobody is told that the suspension will end."""
    play = suspension_played_to("appealed", text=suspension_body(until="10 days"))
    assert "administrators/ends_soon" not in notices(play.run(24 * 11))


def test_an_undecided_appeal_is_reminded_daily_after_a_week() -> None:
    """Seven days after it was filed the administrators hear of it, and then each day."""
    play = suspended_by(text=suspension_body(until="8 weeks"))
    play.run()
    play.run(7 * 24)
    play.says(MIABOT, "/appeal I was not there.", 170)
    play.run()
    assert notices(play.run(170 + 7 * 24 - 1)) == []
    for day in (7, 8, 9):
        assert notices(play.run(170 + day * 24)) == ["administrators/appeal_undecided"]


@pytest.mark.parametrize(
    ("figure", "hours", "says_"),
    [
        ("appeal.opens_after", 5, "administrators/appeal_open"),
        ("suspension.review_within", 5, "administrators/interim_review"),
    ],
)
def test_a_community_sets_its_own_waiting_periods(figure: str, hours: int, says_: str) -> None:
    """What the configuration says goes before the definition's figure."""
    play = suspended_by(community_=community(waiting_periods={figure: hours * HOUR}))
    play.run()
    assert says_ not in notices(play.run(hours - 1))
    assert says_ in notices(play.run(hours))


def test_a_community_that_closes_its_appeals_refuses_later_ones() -> None:
    """With `appeal.closes_after`, an appeal is accepted until then and refused with the date afterwards."""
    for days, state in ((6, "appealed"), (8, "appealable")):
        play = suspended_by(community_=community(waiting_periods={"appeal.closes_after": WEEK}))
        play.run()
        play.run(24 * 7)
        play.says(MIABOT, "/appeal I was not there.", 24 * (7 + days))
        decisions = play.run()
        assert play.state == state
    assert decisions[0].reason == "The time for an appeal ended on Monday, 19 January 2026, 09:00 UTC."


# --- appeals -----------------------------------------------------------------------------------------


def test_further_appeals_are_added_to_the_kept_one() -> None:
    """Two early mails are kept as one appeal, which is filed by itself when the time comes."""
    play = suspended_by()
    play.run()
    first, second = play.mails("I was not there.", 3), play.mails("Ask Kit.", 20)
    play.run()
    assert [one.words.fact for one in play.case().progress[Waiting].appeal] == [first, second]
    decisions = play.run(7 * 24)
    assert [one.record.move for one in decisions if one.record.move] == ["file"]
    assert [one.words.fact for one in play.case().progress[Waiting].appeal] == [first, second]


def test_what_may_be_forged_is_filed_by_an_administrator_only() -> None:
    """An unverified mail isn't filed by itself, is reminded daily, and `state: appealed` takes it up."""
    play = suspended_by(text=suspension_body(until="8 weeks"))
    play.run()
    play.mails("Please look again.", 3, verified=False)
    play.run()
    play.run(7 * 24)
    assert play.state == "appealable"
    for day in (8, 9):
        assert notices(play.run(24 * day)) == ["administrators/appeal_unverified"]
    play.labels(STRANGER, "state: appealed")
    play.run()
    assert play.state == "appealable"
    play.labels(MFT, "state: appealed")
    (accepted,) = play.run()
    assert play.state == "appealed"
    assert [owed.notice for owed in accepted.record.owed] == ["suspended/appeal_filed", "noted"]


def test_who_sent_an_unverified_mail_isn_t_answered() -> None:
    """A mail that may be forged, sent when an appeal may be made, is answered to nobody."""
    play = suspension_played_to("appealable")
    play.mails("Please look again.", verified=False)
    kept, *_ = play.run()
    assert (kept.record.move, kept.record.owed) == ("keep_unverified", ())


def test_a_stranger_can_have_us_write_but_once() -> None:
    """The first early mail is answered to the address on record; further unverified ones are kept quietly."""
    play = suspended_by()
    play.run()
    play.mails("Please look again.", 3, verified=False)
    play.mails("And again.", 4, verified=False)
    first, second = play.run()
    assert [owed.notice for owed in first.record.owed] == ["suspended/appeal_kept"]
    assert (second.record.move, second.record.owed) == ("keep_quietly", ())
    assert len(play.case().progress[Waiting].appeal) == 2


def test_a_new_end_after_access_returned_is_in_force_again() -> None:
    """Who is given a new end while their appeal is open is suspended again, and is told nothing else."""
    play = suspended_by(text=suspension_body(until="10 days"))
    play.run()
    play.mails("Please look again.", 24 * 8)
    play.run(24 * 11)
    assert play.case().progress[End].returned
    play.says(MFT, "/until 4 weeks\nThe account was used again.")
    play.run()
    assert not play.case().progress[End].returned


def test_an_upheld_appeal_may_be_repeated_after_its_time() -> None:
    """The person is told so, and when they may ask again; then the appeal opens anew."""
    play = suspension_played_to("upheld", text=suspension_body(until="8 weeks"))
    (upheld,) = [record for record in play.records() if record.move == "uphold"]
    case = play.case()
    (owed,) = [one for one in upheld.owed if one.to == "suspended"]
    seen = view("suspended", case, Occasion(owed=owed))
    assert isinstance(seen, SuspendedView)
    assert seen.decision is None, "there is no reporter who could agree to more than the bare decision"
    assert seen.appeal_from == upheld.at + WEEK
    assert case.progress[Waiting].appeal == ()
    play.run(upheld.at + WEEK - timedelta(seconds=1))
    assert play.state == "upheld"
    play.run(upheld.at + WEEK)
    assert play.state == "appealable"


def test_an_overturned_suspension_tells_the_person_the_incident_and_the_community() -> None:
    """All three are owed their notice at once."""
    play = suspension_played_to("overturned")
    (overturned,) = [record for record in play.records() if record.move == "overturn"]
    assert [(owed.notice, owed.to) for owed in overturned.owed] == [
        ("suspended/overturned", "suspended"),
        ("community/overturned", "community"),
        ("noted", "incident"),
    ]


def test_whoever_suspended_is_told_who_may_decide() -> None:
    """The refusal names the others with a say."""
    play = suspension_played_to("appealed")
    play.says(MFT, "/overturn I was wrong.")
    (refused,) = play.run()
    assert refused.reason == "You suspended this account, so somebody else decides its appeal: Mia, thclpr."


def test_a_sole_administrator_decides_also_their_own_suspension() -> None:
    """With a roster of one there is nobody else, so the appeal is decided all the same."""
    play = suspension_played_to("active", community_=community(ROSTER[0]))
    play.says(MFT, "/appeal I was not there.", 200)
    play.says(MFT, "/overturn They were not there.", 201)
    play.run()
    assert play.state == "overturned"


def test_a_suspended_administrator_has_no_say_in_it() -> None:
    """An administrator whose account is suspended can't lift it, decide it or file for others."""
    play = suspension_played_to("appealed", text=suspension_body(account="THCLPR"))
    assert play.case().roles(THCLPR) == {"suspended"}
    for asked in (
        play.labels(THCLPR, "state: lifted"),
        play.says(THCLPR, "/overturn It was me."),
        play.says(THCLPR, "/until 25h\nEnough."),
    ):
        play.run()
        (record,) = [record for record in play.records() if record.of == asked]
        assert record.refused
    assert play.state == "appealed"


# --- the incident ------------------------------------------------------------------------------------


def ordered(text: str = "/suspend Insults\nSam Poe, sam@example.org", **fields: Any) -> tuple[Play, Decision]:
    """Return an incident in which MIABOT suspends, and the answer."""
    incident = Play(MFT, body(), **fields)
    incident.run()
    incident.says(MIABOT, text, 1)
    (answer,) = incident.run()
    return incident, answer


def test_several_accounts_are_suspended_at_once_each_with_its_own_end() -> None:
    """One command orders one suspension a line, all since the same second; only one end is known."""
    incident, _ = ordered("/suspend Insults\nSam Poe, sam@example.org\nAlex, alex@example.org until 2 weeks")
    first, second = incident.case().progress[Suspensions].standings.values()
    assert [one.name for one in incident.case().people_who("suspended")] == ["Sam Poe", "Alex"]
    assert first.since == second.since == START + HOUR
    assert (first.interim, first.until) == (True, None)
    assert (second.interim, second.until) == (False, START + HOUR + 2 * WEEK)


@pytest.mark.parametrize("again", ["sam poe", "Somebody, SAM@example.org", "Sam  Poe, other@example.org"])
def test_an_account_suspended_already_is_refused_by_name_and_the_rest_go_on(again: str) -> None:
    """Known by its name or by any way to reach it, the account is left as it was; a new one is suspended."""
    incident, _ = ordered()
    incident.says(MIABOT, f"/suspend Again\n{again}\nKit Lund, kit@example.org", 2)
    (answer,) = incident.run()
    assert not answer.record.refused
    assert list(incident.case().progress[Suspensions].standings) == ["s1", "s2"]
    seen = view("administrators", incident.case().after(answer.record), Occasion(decision=answer))
    assert getattr(seen, "already") == (again.partition(",")[0].replace("  ", " "),)  # noqa: B009


def test_suspending_nobody_new_is_refused() -> None:
    """Where every account is suspended already, nothing is done."""
    incident, _ = ordered()
    incident.says(MIABOT, "/suspend Again\nSam Poe", 2)
    (answer,) = incident.run()
    assert answer.record.refused
    assert answer.reason == "Every one of these accounts is suspended in this incident already."


def test_an_end_in_the_past_refuses_the_whole_command() -> None:
    """A slip in one line suspends nobody, so that the command can be repeated as a whole."""
    incident, answer = ordered("/suspend Insults\nSam Poe\nAlex until 2020-01-01")
    assert answer.record.refused
    assert incident.case().progress[Suspensions].standings == {}


def test_more_suspensions_than_github_has_room_for_are_refused() -> None:
    """The hundredth is ordered; a hundred and first is refused, with what to do instead."""
    lines = "\n".join(f"Account {n}, a{n}@example.org" for n in range(100))
    incident, answer = ordered(f"/suspend Raid\n{lines}")
    assert not answer.record.refused
    incident.says(MIABOT, "/suspend Raid\nOne More, more@example.org", 2)
    (refused,) = incident.run()
    assert (
        refused.reason == "One incident holds at most 100 suspensions. Open a second incident for the rest."
    )


def test_the_label_suspend_gets_the_command_ready() -> None:
    """The label says nobody's name, so it only brings the command to fill in."""
    incident = Play(MFT)
    incident.run()
    incident.labels(MIABOT, "suspend", 1)
    (answer,) = incident.run()
    assert answer.record.refused
    assert answer.copy is not None
    assert answer.copy.startswith("/suspend <reason>\n")


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_only_an_administrator_suspends(by: Actor) -> None:
    """A reporter or a stranger suspends nobody."""
    incident = Play(RIYA)
    incident.run()
    incident.says(by, "/suspend Insults\nSam Poe", 1)
    (answer,) = incident.run()
    assert answer.record.refused
    assert incident.case().progress[Suspensions].standings == {}


def test_a_suspended_administrator_has_no_say_in_the_incident_either() -> None:
    """From the suspension on, whoever is suspended gets no administrators' part in the incident."""
    incident, _ = ordered("/suspend Insults\nmft, mika@example.org")
    assert [one.login for one in incident.case().eligible] == ["miabot", "thclpr"]
    incident.says(MFT, "/estimate 3 days", 2)
    (answer,) = incident.run()
    assert answer.record.refused


# --- what the person may know ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "known"),
    [
        (None, False),
        ("Nothing until you have asked me", False),
        ("What the people concerned need to know, without my name", True),
    ],
)
def test_the_reason_is_told_with_consent_only(share: str | None, known: bool) -> None:
    """Without the reporter's yes the suspended person learns the fact, and not why."""
    incident = Play(RIYA, body(share=share))
    incident.run()
    incident.says(MIABOT, "/suspend Insults\nSam Poe, sam@example.org", 1)
    incident.run()
    play = suspended_in(incident, "s1", 2, opened=START + HOUR)
    play.run()
    seen = view("suspended", play.case())
    assert isinstance(seen, SuspendedView)
    assert (seen.why is not None) is known
    assert seen.appeal_from == START + HOUR + WEEK


@pytest.mark.parametrize("state", STATES)
def test_a_run_after_a_run_decides_nothing(state: str) -> None:
    """In every state, once everything is answered, a further run at that instant adds no receipt."""
    assert suspension_played_to(state).run() == []
