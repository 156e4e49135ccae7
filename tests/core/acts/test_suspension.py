"""Suspensions and appeals: the clock, and the process's table row by row.

ALLOWED is written by hand; the definition must say the same, and the engine must do the same, for every
state, every request and everybody.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.acts.suspension import End, Until
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.case.progress import Moved, Record
from cocflow.core.engine.timers import first_due, waits
from cocflow.core.process import Move
from tests.core.acts.asking import notices
from tests.core.drafts import AGREE
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
    Play,
    community,
    played_to,
    suspended_by,
    suspended_in,
    suspension_body,
    suspension_definition,
    suspension_played_to,
)

STATES = ("active", "appealable", "appealed", "upheld", "overturned", "lifted", "ended")
IN_FORCE = STATES[:4]
BEFORE = ("proposed", "dropped")
"""States of a suspension to which a second one has to agree; their rows stand in test_say."""
WEEK = 7 * DAY

ACCEPTED: list[tuple[str, Said]] = [
    ("/until 2 weeks\nAs ever.", Until("2 weeks", "As ever.")),
    ("/until INDEFINITE\nWe can't tell yet.", Until(None, "We can't tell yet.")),
    ("/until Permanently.\nIt was grave.", Until(None, "It was grave.")),
]

REFUSED = [
    ("/until", "A time is missing"),
    ("/until\n2 weeks", "A time is missing"),
    ("/until 2 weeks", "A reason is missing"),
    ("/until 2 weeks\n\u200b", "A reason is missing"),
    ("/until 2 weeks\nAs ever.\n/help", "One command a comment"),
]


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
    "/lift": says("/lift We are sorry."),
    "/correct": says("/correct It was Tuesday."),
    "/told": says("/told suspended by phone"),
    "/told, nobody": says("/told Somebody Else by phone"),
    "/hold": says("/hold The police asked for it until 3 months"),
    "/say": says("/say suspended We look at it."),
    "/say, to somebody else": says("/say reporter We look at it."),
    "/ask": says("/ask suspended Where were you? by 2 weeks"),
    "/heard": says("/heard suspended"),
    "/heard, quoting": says("/heard suspended\n> I was at home."),
    "/recuse": says("/recuse"),
    "/confirm": says("/confirm"),
    "/clear": says("/clear It was somebody else."),
    "/help": says("/help"),
    "/continue": says("/continue"),
    "/room": says("/room alexdoe"),
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
    "/uphold": [(("appealed",), ANOTHER, STAYS)],
    "/overturn": [(("appealed",), ANOTHER, STAYS)],
    "/lift": [(IN_FORCE, ADMINISTRATORS, STAYS)],
    "/told": [(STATES, ADMINISTRATORS, STAYS)],
    **{request: [(STATES, ADMINISTRATORS, STAYS)] for request in ("/say", "/ask", "/hold")},
    "/heard, quoting": [(STATES, ADMINISTRATORS, STAYS)],
    "/recuse": [(STATES, ADMINISTRATORS, STAYS)],
    "/help": [(STATES, APPEALING, STAYS)],
}
"""Whatever isn't here is refused. What is drafted moves nothing yet; there is room, so it goes on in no
other issue. The suspended person, whom no channel reaches, is always untold."""

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
    return suspension_played_to(state, text=suspension_body(account="@riya"))


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
        if role[who] in move.by and state not in BEFORE
    }
    by_hand = {
        (state, request, who)
        for request in REQUESTS
        for state in STATES
        for who in PEOPLE
        if expected(state, request, who)
    }
    only_guarded = {
        *((state, ask, who) for state in STATES for ask in ("/confirm", "/clear") for who in ADMINISTRATORS),
        *((state, "/heard", who) for state in STATES for who in ADMINISTRATORS),
        ("appealed", "/uphold", "suspender"),
        ("appealed", "/overturn", "suspender"),
        *(("appealable", "label state: appealed", who) for who in ADMINISTRATORS),
        *((state, "/correct", who) for state in STATES for who in ADMINISTRATORS),
        *((state, "/continue", who) for state in STATES for who in ADMINISTRATORS),
        *((state, "/room", who) for state in STATES for who in ADMINISTRATORS),
    }
    assert granted - by_hand == only_guarded
    assert by_hand <= granted


def ways(move: Move) -> set[str]:
    """Return the rightly written requests of this table that a move of the definition answers."""
    found = {request for request in REQUESTS if move.command and request == f"/{move.command}"}
    if move.command == "until":
        found.add("/until indefinite")
    if move.command == "heard":
        found.add("/heard, quoting")
    return found | ({f"label state: {move.to}"} if move.label else set())


def test_the_table_knows_every_state_and_command() -> None:
    """A state or command that the process gains needs its rows here."""
    process = suspension_definition().process
    assert tuple(state.name for state in process.states) == BEFORE + STATES
    assert {state.name for state in process.states if state.final} == {*STATES, "dropped"} - set(IN_FORCE)
    assert {f"/{move.command}" for move in process.moves if move.command} <= set(REQUESTS)
    assert not [move.name for move in process.moves if move.button or move.edit]
    assert [move.name for move in process.moves if move.quick_labels] == ["approve", "hold", "continue"]


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


def test_an_interim_suspension_is_asked_about_until_its_end_is_set() -> None:
    """The administrators are asked after 24 hours; an end, even `indefinite`, ends it."""
    play = suspended_by()
    play.run()
    assert waits(play.case())["interim_review"] == START + DAY
    assert notices(play.run(100)) == []
    play.says(MFT, "/until indefinite\nWe can't tell yet.")
    play.run()
    assert "interim_review" not in waits(play.case())


def test_an_end_is_reminded_a_day_before_and_comes_by_itself() -> None:
    """A day before its end the administrators hear of it; at its end the suspension is over."""
    play = suspended_by(text=suspension_body(until="3 days"))
    play.run()
    assert waits(play.case())["ends_soon"] == START + 2 * DAY
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
    play.sends(MIABOT, "/uphold Nothing speaks for a mistake.")
    play.run()
    assert play.state == "ended"


def test_a_late_sweep_reminds_of_no_end_that_has_passed() -> None:
    """Where access has returned already, nobody is told that the suspension will end."""
    play = suspension_played_to("appealed", text=suspension_body(until="10 days"))
    assert "administrators/ends_soon" not in notices(play.run(24 * 11))


def test_an_undecided_appeal_is_told_of_after_a_week() -> None:
    """Seven days after it was filed the administrators hear of it."""
    play = suspended_by(text=suspension_body(until="8 weeks"))
    play.run()
    play.run(7 * 24)
    play.says(MIABOT, "/appeal I was not there.", 170)
    play.run()
    assert waits(play.case())["appeal_undecided"] == START + (170 + 7 * 24) * HOUR


@pytest.mark.parametrize(
    ("figure", "timer"),
    [("appeal.opens_after", "opens"), ("suspension.review_within", "interim_review")],
)
def test_a_community_sets_its_own_waiting_periods(figure: str, timer: str) -> None:
    """What the configuration says goes before the definition's figure."""
    play = suspended_by(community_=community(waiting_periods={figure: 5 * HOUR}))
    play.run()
    case = play.case()
    assert [first_due(case, one) for one in case.process.timers if one.name == timer] == [START + 5 * HOUR]


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


@pytest.mark.parametrize("state", STATES)
def test_a_run_after_a_run_decides_nothing(state: str) -> None:
    """In every state, once everything is answered, a further run at that instant adds no receipt."""
    assert suspension_played_to(state).run() == []


def page_in(incident: Play) -> Play:
    """Return the page of the one suspension that an incident ordered, answered, and noted there."""
    page = suspended_in(incident, "s1", 2, opened=incident.now)
    page.run()
    return page


def ordered_in(*steps: str, until: str = "") -> tuple[Play, Play]:
    """Return a triaged incident that ordered a suspension, with its page; then what else MFT says in it."""
    incident = played_to("triaged")
    incident.says(MFT, f"/suspend Insults\nSam Poe, sam@example.org{until}")
    for step in steps:
        incident.says(MFT, step)
    incident.run()
    return incident, page_in(incident)


def refused(page: Play, command: str) -> str:
    """Return why a command on a page is refused; "" if it isn't."""
    page.says(MFT, f"{command}\nThat is why.")
    (answer,) = page.run()
    return answer.reason or ""


@pytest.mark.parametrize("until", ["", " until 2 weeks"])
def test_until_it_is_decided_one_says_until_when_for_the_time_being(until: str) -> None:
    """Longer or shorter, as safety needs it, and be it until we know more."""
    _, page = ordered_in(until=until)
    for said in ("3 weeks", "indefinite", "1 week"):
        assert not refused(page, f"/until {said}")


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("end", ["suspension until 30 days", "ban"])
def test_what_several_decided_one_only_shortens(end: str, reopened: bool) -> None:
    """Neither on the page nor in an incident that was reopened does one voice make it longer."""
    incident, _ = ordered_in("/heard Sam Poe skipped: There is no time.")
    incident.says(MFT, f"/resolve\nSam Poe: {end}\nStop.")
    incident.run()
    incident.labels(MIABOT, AGREE)
    incident.run()
    assert incident.state == "closed"
    page = page_in(incident)
    if reopened:
        incident.says(MFT, "/reopen")
        incident.run()
    if end == "ban":
        assert not refused(page, "/until 52 weeks")
    assert "takes several" in refused(page, "/until 100 weeks")
    assert "takes several" in refused(page, "/until indefinite")
    assert not refused(page, "/until 2 weeks")
    assert "takes several" in refused(page, "/until 3 weeks")


def test_a_sole_administrator_sets_any_end() -> None:
    """Nobody else could agree."""
    incident = played_to("triaged", community_=community(ROSTER[0]))
    incident.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    incident.run()
    assert not refused(page_in(incident), "/until indefinite")


def test_of_an_incident_that_ended_without_a_decision_one_only_shortens() -> None:
    """Withdrawn, nobody will decide: the suspension is lifted, or the report taken up again."""
    incident, page = ordered_in("/withdraw\n> I take it back.", until=" until 2 weeks")
    assert incident.state == "withdrawn"
    assert "Reopen it for that" in refused(page, "/until 3 weeks")
    assert not refused(page, "/until 1 week")
