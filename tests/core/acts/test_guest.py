"""A room on its own page: who is let in, and how it goes on by what GitHub says of who is in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.guest import NO_LOGIN, guest, room_name
from cocflow.core.acts.room import NO_ROOMS
from cocflow.core.case.facts import Access, Actor
from cocflow.core.text.codename import code_name
from tests.core.play import (
    DAY,
    MFT,
    MIABOT,
    RIYA,
    START,
    Play,
    community,
    played_once,
    played_to,
    room_for,
    room_in,
    with_rooms,
)

INSIDE = Access(inside=frozenset({"Robin"}))
INVITED = Access(invited=frozenset({"robin"}))
OUT = Access(inside=frozenset({"mft"}))
GONE = Access(exists=False)

STATES = ("asked", "invited", "open", "expired", "left", "dropped", "closed", "erased")


def made(by: Actor = MFT) -> Play:
    """Return a play of a room for robin, whose invitation is on its way."""
    play = room_for("@robin", by)
    play.run()
    play.delivered |= {one.id for one in play.case().progress.owed()}
    return play


@played_once
def room_played_to(state: str) -> Play:
    """Return a play of a room that has come to a state."""
    if state == "asked":
        above = played_to("reported", community_=with_rooms())
        above.says(MIABOT, "/recuse")
        above.run()
        play = room_for("robin", MIABOT, incident=above, number=2)
        play.run()
        return play
    play = made()
    if state in ("open", "left", "closed"):
        play.access = INSIDE
        play.run()
    if state in ("left", "erased"):
        play.access = OUT if state == "left" else GONE
        play.run()
    if state == "expired":
        play.run(play.now + 8 * DAY)
    if state in ("dropped", "closed"):
        play.labels(MFT, f"state: {state}")
        play.run()
    play.access = None
    assert play.state == state
    return play


def test_whoever_is_named_is_invited_and_has_a_room_of_that_name() -> None:
    """The invitation is owed to the guest, whose room is named after the page, and after nothing else."""
    play = room_for("https://github.com/robin")
    (decision,) = play.run()
    assert play.state == "invited"
    assert [(one.notice, one.to) for one in decision.record.owed] == [("guest/invited", "guest")]
    case = play.case()
    assert (guest(case).login, guest(case).role) == ("robin", "guest")
    assert guest(case).room == room_name(case)
    assert room_name(case).startswith(f"room-{code_name('I_1').replace(' ', '-').lower()}-")


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (lambda: room_for("robin", community_=community()), NO_ROOMS),
        (lambda: room_for("Robin Example"), NO_LOGIN),
        (lambda: room_for("MFT"), "MFT handles reports here, and reads this repository."),
    ],
)
def test_where_no_room_can_be_made_nobody_is_invited(play: Callable[[], Play], why: str) -> None:
    """The page says why, and nothing is owed to anybody."""
    made_ = play()
    (decision,) = made_.run()
    assert (made_.state, decision.record.owed) == ("dropped", ())
    assert why in ACTS.notes(made_.case())[0]


def test_somebody_without_a_say_only_asks() -> None:
    """Nobody is let in until an administrator who has one agrees."""
    play = room_played_to("asked")
    assert [one.to for one in play.case().progress.owed()] == ["incident"]
    play.labels(MFT, "state: invited")
    play.run()
    assert play.state == "invited"
    assert [one.notice for one in play.case().progress.owed() if one.to == "guest"] == ["guest/invited"]


@pytest.mark.parametrize(
    ("state", "access", "to"),
    [
        ("invited", INSIDE, "open"),
        ("expired", INSIDE, "open"),
        ("open", OUT, "left"),
        ("closed", OUT, "dropped"),
        ("open", INVITED, "open"),
        ("asked", INSIDE, "asked"),
        ("left", INSIDE, "left"),
        *((state, GONE, "erased") for state in ("invited", "expired", "open", "left", "dropped", "closed")),
        *((state, None, state) for state in STATES),
    ],
)
def test_it_goes_on_by_who_is_in_it(state: str, access: Access | None, to: str) -> None:
    """What isn't known of the room moves nothing."""
    play = room_played_to(state)
    play.access = access
    play.run()
    assert play.state == to


def test_a_room_that_was_not_made_yet_is_not_gone() -> None:
    """Until the invitation went out, that there is no room says nothing."""
    play = room_for("robin")
    play.access = GONE
    play.run()
    assert play.state == "invited"


def test_an_invitation_runs_out_and_is_renewed_by_a_tap() -> None:
    """After a week administrators are told, and one label invites the guest again."""
    play = room_played_to("invited")
    (decision,) = play.run(START + 8 * DAY)
    assert decision.says == ("administrators/room_expired",)
    play.labels(MIABOT, "state: invited")
    (decision,) = play.run()
    assert [one.notice for one in decision.record.owed] == ["guest/invited"]
    assert play.state == "invited"


def test_a_changed_form_lets_nobody_else_in() -> None:
    """Whoever edits the login lets in neither the one nor the other, and nothing more is said there."""
    play = room_played_to("open")
    play.edits_body(MIABOT, play.body.replace("robin", "mallory"))
    assert guest(play.case()).login == ""
    play.access = INSIDE
    assert play.run() == []


def test_it_ends_with_what_it_is_for() -> None:
    """A party's room is over with the incident; one for a report of somebody's own isn't."""
    for text, to in (("/room robin as party Robin Example", "closed"), ("/room robin", "open")):
        above = played_to("triaged", community_=with_rooms())
        above.says(MFT, "/party Robin Example")
        above.says(MFT, text)
        above.run()
        play = room_in(above, "room1", "robin", 2)
        play.run()
        play.delivered |= {"1.guest/invited.guest"}
        play.access = INSIDE
        play.run()
        above.says(RIYA, "/withdraw")
        above.run()
        play.run()
        assert play.state == to


def test_what_the_guest_writes_is_read_and_help_goes_back() -> None:
    """Words wait for a person; `/help` is answered to the guest by the road on which it came."""
    play = room_played_to("open")
    play.mails("Hello, I am here.", person="guest", room="room-x")
    (decision,) = play.run()
    assert decision.says == ("administrators/wrote",)
    play.mails("/help", person="guest", room="room-x")
    (decision,) = play.run()
    assert [(one.notice, one.to) for one in decision.record.owed] == [("guest/help", "guest")]
    play.mails("/withdraw", person="guest", room="room-x")
    (decision,) = play.run()
    assert ("guest/refused", "guest") in [(one.notice, one.to) for one in decision.record.owed]
    play.sends(MFT, "/say guest We are here.")
    assert "guest/said" in [one.notice for decision in play.run() for one in decision.record.owed]


def test_words_for_nobody_are_answered_with_whom_they_may_be_for() -> None:
    """On a room's page that is its guest, who has no name there."""
    play = room_played_to("open")
    play.says(MFT, "/say Hello")
    assert play.refusal()[0] == "Begin with the name of whom you mean. It can be guest."
