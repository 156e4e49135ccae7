"""The process's table, row by row: who may do what from which state, and by which means.

ALLOWED is written by hand; the definition must say the same, and the engine must do the same, for every
state, every request and every role.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import read_command
from cocflow.core.process import Move
from tests.core.acts.test_guest import room_played_to
from tests.core.drafts import AGREE
from tests.core.play import (
    APPROVE,
    MFT,
    MIABOT,
    RIYA,
    STRANGER,
    THCLPR,
    Play,
    body,
    definition,
    played_to,
    room_definition,
)

STATES = (
    "incomplete",
    "reported",
    "acknowledged",
    "triaged",
    "resolved",
    "appealed",
    "closed",
    "withdrawn",
    "dismissed",
)
BEFORE_RESOLVED, NOT_OVER, DECIDED = STATES[:4], STATES[:6], ("resolved", "appealed", "closed")
ROLES = {"reporter": RIYA, "administrator": MFT, "party": THCLPR, "anyone": STRANGER}
QUICK = ("estimate: 1 day", "estimate: 3 days", "estimate: 1 week")

Ask = Callable[[Play, Actor], str]


def says(text: str) -> Ask:
    """Ask by a comment."""
    return lambda play, by: play.says(by, text)


def puts_on(label: str) -> Ask:
    """Ask by a label."""
    return lambda play, by: play.labels(by, label)


REQUESTS: dict[str, Ask] = {
    **{f"label state: {state}": puts_on(f"state: {state}") for state in STATES},
    **{f"label {label}": puts_on(label) for label in (*QUICK, APPROVE)},
    "/estimate": says("/estimate 3 days"),
    "/answer, the missing one": says("/answer 1 It was said in a meeting."),
    "/answer, another": says("/answer 2 Somebody else."),
    "edit, complete": lambda play, by: play.edits_body(by, body()),
    "edit, incomplete": lambda play, by: play.edits_body(by, body(nature=None)),
    "/resolve": says("/resolve We talked."),
    "/outcome": says("/outcome talk"),
    "/appeal": says("/appeal It goes on."),
    "/appeal, for another": says("/appeal thclpr It wasn't me."),
    "/uphold": says("/uphold It stands."),
    "/overturn": says("/overturn It doesn't stand."),
    "label outcome: talk": puts_on("outcome: talk"),
    "/withdraw": says("/withdraw"),
    "/withdraw, quoting": says("/withdraw\n> Please stop."),
    "/dismiss": says("/dismiss spam"),
    "/dismiss, in words": says("/dismiss not ours: the venue's."),
    "/party": says("/party Somebody New"),
    "/party -": says("/party -thclpr"),
    "/told": says("/told Robin Example by phone"),
    "/consent": says("/consent parties"),
    "/consent, quoting": says("/consent parties\n> You may."),
    "/agree, quoting": says("/agree\n> Yes, please."),
    "label reporter: heard": puts_on("reporter: heard"),
    "/heard": says("/heard thclpr"),
    "/heard, quoting": says("/heard thclpr\n> I am sorry."),
    "/heard, skipped": says("/heard thclpr skipped: They would warn the others."),
    "/object": says("/object A warning would do."),
    f"label {AGREE}": puts_on(AGREE),
    "/say": says("/say reporter We look at it."),
    "/ask": says("/ask reporter When was that? by 3 days"),
    "/consent yes": says("/consent yes"),
    "/correct": says("/correct We talked again."),
    "/post": says("/post rules\nIt was taken down."),
    "/recuse": says("/recuse"),
    "assign": lambda play, by: play.assigns(by, MIABOT),
    "/confirm": says("/confirm"),
    "/clear": says("/clear It was somebody else."),
    "/help": says("/help"),
    "/continue": says("/continue"),
    "label continue": puts_on("continue"),
    "/hold": says("/hold A complaint is open, until 3 months"),
    "label hold": puts_on("hold"),
    "/recover": says("/recover why not"),
    "/nonsense": says("/nonsense"),
    "/reopen": says("/reopen"),
    "Close": lambda play, by: play.closes(by),
    "Reopen": lambda play, by: play.reopens(by),
}

ADMINISTRATOR, REPORTER = ("administrator",), ("reporter",)
EITHER = ("reporter", "administrator")
STAYS = "(stays)"
HEARS_AND_SPEAKS = ("/heard, quoting", "/heard, skipped", "/say", "/ask")
ELSEWHERE = {"suspend", "room"}
"""Commands whose rows stand where what they open is tested."""

ALLOWED: dict[str, list[tuple[tuple[str, ...], tuple[str, ...], str]]] = {
    # request: (from, by, to)
    "label state: reported": [
        (("incomplete", "withdrawn", "dismissed"), ADMINISTRATOR, "reported"),
        (("withdrawn",), REPORTER, "reported"),
    ],
    "label state: triaged": [(("acknowledged", "closed"), ADMINISTRATOR, "triaged")],
    **{
        request: [
            (("incomplete", "reported"), ADMINISTRATOR, "acknowledged"),
            (("acknowledged", "triaged"), ADMINISTRATOR, STAYS),
        ]
        for request in ("/estimate", *(f"label {label}" for label in QUICK))
    },
    "/answer, the missing one": [
        (("incomplete",), EITHER, "reported"),
        (NOT_OVER[1:], EITHER, STAYS),
    ],
    "/answer, another": [(NOT_OVER, EITHER, STAYS)],
    "edit, complete": [
        (("incomplete",), EITHER, "reported"),
        (NOT_OVER[1:], EITHER, STAYS),
    ],
    "edit, incomplete": [(NOT_OVER, EITHER, STAYS)],
    "/resolve": [(("acknowledged", "triaged"), ADMINISTRATOR, STAYS)],
    "/outcome": [(DECIDED, ADMINISTRATOR, STAYS)],
    "label outcome: talk": [(DECIDED, ADMINISTRATOR, STAYS)],
    "/appeal": [
        (("resolved", "closed"), ("reporter", "party"), "appealed"),
        (("appealed",), ("reporter", "party"), STAYS),
    ],
    "/appeal, for another": [
        (("resolved", "closed"), ("reporter", "administrator", "party"), "appealed"),
        (("appealed",), ("reporter", "administrator", "party"), STAYS),
    ],
    "/withdraw": [(BEFORE_RESOLVED, REPORTER, "withdrawn")],
    "/withdraw, quoting": [(BEFORE_RESOLVED, EITHER, "withdrawn")],
    "/dismiss": [(BEFORE_RESOLVED, ADMINISTRATOR, "dismissed")],
    "/dismiss, in words": [(BEFORE_RESOLVED, ADMINISTRATOR, STAYS)],
    "/party": [((*BEFORE_RESOLVED, "resolved"), ADMINISTRATOR, STAYS)],
    "/party -": [((*BEFORE_RESOLVED, "resolved"), ADMINISTRATOR, STAYS)],
    "/told": [(("resolved",), ADMINISTRATOR, STAYS)],
    "/consent": [(STATES, REPORTER, STAYS)],
    "/consent, quoting": [(STATES, EITHER, STAYS)],
    "/recuse": [(STATES, ADMINISTRATOR, STAYS)],
    "assign": [(STATES, ADMINISTRATOR, STAYS)],
    **{request: [(STATES, ADMINISTRATOR, STAYS)] for request in (*HEARS_AND_SPEAKS, "/hold", "label hold")},
    "/help": [(STATES, ("reporter", "administrator", "party"), STAYS)],
    "/correct": [(DECIDED, ADMINISTRATOR, STAYS)],
    "Close": [(BEFORE_RESOLVED, REPORTER, "withdrawn")],
    **{
        request: [
            (("closed",), ADMINISTRATOR, "triaged"),
            (("withdrawn",), EITHER, "reported"),
            (("dismissed",), ADMINISTRATOR, "reported"),
        ]
        for request in ("Reopen", "/reopen")
    },
}
"""Whatever isn't here is refused. `/told` and the closing find two people untold in `resolved`;
what is drafted moves nothing yet. There is no draft to approve here, and no channel to post in: those rows
stand in `test_posts`; and the issue has room, so it doesn't go on in another: see `test_continuations`."""


def expected(state: str, request: str, role: str) -> str | None:
    """Return the state that the hand-written table leads to, None for a refusal."""
    for froms, roles, to in ALLOWED.get(request, []):
        if state in froms and role in roles:
            return state if to == STAYS else to
    return None


def prepared(state: str, kind: type[Play] = Play) -> Play:
    """Return a case in a state, with thclpr as a party who, in `resolved`, isn't told yet."""
    play = played_to(state, parties=("@thclpr",), kind=kind)
    assert play.case().roles(THCLPR) == {"party"}
    return play


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("request_", REQUESTS)
@pytest.mark.parametrize("state", STATES)
def test_each_row_is_accepted_or_refused(state: str, request_: str, role: str) -> None:
    """From this state, this request by this role does what the table says, or changes nothing."""
    row_holds(prepared(state), state, request_, role)


def row_holds(play: Play, state: str, request_: str, role: str) -> None:
    """Let somebody ask, and compare with the table."""
    before = play.case().progress
    asked = REQUESTS[request_](play, ROLES[role])
    play.run()
    (record,) = [record for record in play.records() if record.of == asked]
    to = expected(state, request_, role)
    assert record.refused is (to is None)
    if to is None:
        assert record.changes == ()
        assert record.owed == ()
    after = play.case().progress
    assert play.state == (to or state)
    if to is None or to == state:
        assert after.stays == before.stays


def ways(move: Move) -> set[str]:
    """Return the requests of this table that a move of the definition answers, guards aside."""
    found: set[str] = set()
    for name in REQUESTS:
        if name.startswith("/") and move.command is not None:
            found |= {name} if name[1:].partition(",")[0].split()[0] == move.command else set()
        elif name.startswith("label state: "):
            found |= {name} if move.label and name == f"label state: {move.to}" else set()
        elif name.startswith("label "):
            found |= {name} if name.removeprefix("label ") in dict(move.quick_labels) else set()
        elif name == "assign":
            found |= {name} if move.assign else set()
        elif name.startswith("edit"):
            found |= {name} if move.edit else set()
        else:
            found |= {name} if move.button == name.lower() else set()
    return found


def test_the_definition_grants_what_the_table_grants() -> None:
    """Guards aside, the definition's rows are those of the hand-written table, and no others."""
    granted = {
        (state, request, role)
        for move in definition().process.moves
        for request in ways(move)
        for state in move.from_
        for role in move.by
        if role in ROLES
    }
    by_hand = {
        (state, request, role)
        for request in REQUESTS
        for state in STATES
        for role in ROLES
        if expected(state, request, role)
    }
    only_guarded = {
        *((state, request, "administrator") for state in STATES for request in ("/confirm", "/clear")),
        *((state, "/agree, quoting", role) for state in STATES for role in EITHER),
        *(
            (state, request, "administrator")
            for state in STATES
            for request in (
                "label reporter: heard",
                "/heard",
                "/object",
                f"label {APPROVE}",
                f"label {AGREE}",
            )
        ),
        *((state, "/withdraw", "administrator") for state in BEFORE_RESOLVED),
        *((state, "label state: appealed", "administrator") for state in ("resolved", "closed")),
        *((state, "/appeal", "administrator") for state in DECIDED),
        *(("appealed", request, "administrator") for request in ("/uphold", "/resolve")),
        *((state, "/told", "administrator") for state in STATES if state != "resolved"),
        ("resolved", "Close", "administrator"),
        ("resolved", "label state: closed", "administrator"),
        *((state, "/consent", "administrator") for state in STATES),
        *((state, "/consent yes", role) for state in STATES for role in EITHER),
        *(
            (state, request, "party")
            for state in STATES[:7]
            for request in ("/consent", "/consent, quoting", "/consent yes")
        ),
        *((state, "/post", "administrator") for state in STATES[2:7]),
        *((state, "/correct", "administrator") for state in STATES[2:4]),
        *(
            (state, request, "administrator")
            for state in STATES
            for request in ("/continue", "label continue")
        ),
    }
    assert granted - by_hand == only_guarded
    assert by_hand <= granted


def test_the_table_knows_every_state_and_command() -> None:
    """A state or command that the process gains needs its rows here."""
    assert {state.name for state in definition().process.states} == set(STATES)
    asked = {move.command for move in definition().process.moves if move.command}
    known = {request[1:].partition(",")[0].split()[0] for request in REQUESTS if request.startswith("/")}
    assert asked - ELSEWHERE <= known
    assert {
        type(read_command(rule.usage.example, GRAMMAR)).__name__.lower() for rule in GRAMMAR.values()
    } >= asked


def test_it_ends_closed_withdrawn_or_dismissed() -> None:
    """An incident ends in no other state."""
    final = {state.name for state in definition().process.states if state.final}
    assert final == {"closed", "withdrawn", "dismissed"}


@pytest.mark.parametrize("ask", ["Close", "label state: closed"])
def test_closing_over_the_head_of_somebody_is_refused_by_name(ask: str) -> None:
    """An administrator who closes before everyone has been told reads who hasn't."""
    play = played_to("resolved")
    REQUESTS[ask](play, MFT)
    (decision,) = play.run()
    assert decision.reason == "Robin Example hasn't been told yet."


def test_it_closes_by_itself_once_everyone_has_been_told() -> None:
    """The last `/told` is followed by the closing, at that instant."""
    play = played_to("resolved")
    play.says(MFT, "/told Robin Example by phone", 7)
    told, closed = play.run()
    assert told.record.move == "told"
    assert closed.record.move == "close"
    assert play.state == "closed"
    assert play.case().progress.since == told.record.at


def test_reopening_starts_the_told_marks_anew() -> None:
    """A second resolution is told to everyone again before the case closes."""
    play = played_to("resolved")
    play.says(MFT, "/told Robin Example by phone", 6)
    play.reopens(MFT, 7)
    play.run()
    assert play.state == "triaged"
    play.sends(MFT, "/resolve We talked again.", 8)
    play.run()
    assert play.state == "resolved"
    play.says(MFT, "/told Robin Example by phone", 9)
    play.run()
    assert play.state == "closed"


# --- rooms ----------------------------------------------------------------------------------------------

ROOM_STATES = ("asked", "invited", "open", "expired", "left", "dropped", "closed", "erased")
OUTSIDE, INSIDE = ("asked", "invited", "expired", "left"), ("open", "closed")
ROOM_REQUESTS: dict[str, Ask] = {
    **{f"label state: {state}": puts_on(f"state: {state}") for state in ROOM_STATES},
    f"label {APPROVE}": puts_on(APPROVE),
    "label continue": puts_on("continue"),
    "/say": says("/say guest We are here."),
    "/ask": says("/ask guest When was that?"),
    "/heard": says("/heard guest"),
    "/told": says("/told guest by phone"),
    "/continue": says("/continue"),
    "/help": says("/help"),
    "/withdraw": says("/withdraw"),
    "/room": says("/room robin"),
    "Close": lambda play, by: play.closes(by),
    "Reopen": lambda play, by: play.reopens(by),
}
ROOM_ROLES = {"administrator": MFT, "anyone": STRANGER}

ROOM_ALLOWED: dict[str, dict[str, str]] = {
    # request: {from: to}, for administrators; nobody else may ask for anything on a room's page
    "label state: invited": dict.fromkeys(("asked", "expired", "left", "dropped"), "invited"),
    "label state: dropped": dict.fromkeys(OUTSIDE, "dropped"),
    "label state: closed": {"open": "closed"},
    "label state: open": {"closed": "open"},
    "Close": {**dict.fromkeys(OUTSIDE, "dropped"), "open": "closed"},
    "Reopen": {"closed": "open"},
    "/say": {state: state for state in INSIDE},
    "/ask": {state: state for state in INSIDE},
    "/help": {state: state for state in ROOM_STATES},
}


@pytest.mark.parametrize("role", ROOM_ROLES)
@pytest.mark.parametrize("request_", ROOM_REQUESTS)
@pytest.mark.parametrize("state", ROOM_STATES)
def test_each_row_of_a_room_is_accepted_or_refused(state: str, request_: str, role: str) -> None:
    """From this state of a room, this request does what the table says, or changes nothing."""
    play = room_played_to(state)
    stays = play.case().progress.stays
    asked = ROOM_REQUESTS[request_](play, ROOM_ROLES[role])
    play.run()
    to = ROOM_ALLOWED.get(request_, {}).get(state) if role == "administrator" else None
    (record,) = [record for record in play.records() if record.of == asked]
    assert record.refused is (to is None)
    assert play.state == (to or state)
    if to is None:
        assert (record.changes, record.owed) == ((), ())
    if to in (None, state):
        assert play.case().progress.stays == stays


def test_the_table_of_rooms_knows_every_state_and_way() -> None:
    """A state, a label, a button or a command that rooms gain needs its rows here."""
    process = room_definition().process
    assert {state.name for state in process.states} == set(ROOM_STATES)
    commands = {f"/{move.command}" for move in process.moves if move.command}
    buttons = {move.button.title() for move in process.moves if move.button}
    quick = {f"label {label}" for move in process.moves for label, _ in move.quick_labels}
    assert commands | buttons | quick <= set(ROOM_REQUESTS)
    moving = {
        (state, f"label state: {move.to}")
        for move in process.moves
        if move.label and "administrator" in move.by
        for state in move.from_
    }
    by_hand = {(state, name) for name, rows in ROOM_ALLOWED.items() for state in rows}
    assert {row for row in by_hand if row[1].startswith("label state")} == moving
