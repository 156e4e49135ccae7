"""`/room`: whose room is ordered by which case, whom it lets be told there, and what is refused."""

from __future__ import annotations

import pytest

from cocflow.core.acts.party import parties
from cocflow.core.acts.room import NO_ROOMS, Room, parse, rooms
from cocflow.core.acts.suspension import suspended_person
from cocflow.core.case.facts import Access
from cocflow.core.engine.decide import noted
from cocflow.errors import UserMistake
from tests.core.play import (
    MFT,
    MIABOT,
    RIYA,
    Play,
    played_to,
    room_in,
    suspended_by,
    with_rooms,
)


def with_party() -> Play:
    """Return a play of an incident that concerns Robin, who has no address, in a community with rooms."""
    play = played_to("triaged", community_=with_rooms())
    play.says(MFT, "/party Robin Example")
    play.run()
    return play


def answer(play: Play, text: str) -> str | None:
    """Let an administrator ask for a room, and return why it isn't opened."""
    play.says(MFT, text)
    (decision,) = play.run()
    assert decision.record.refused is (decision.reason is not None)
    return decision.reason


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("robin", Room("robin")),
        ("@robin-o", Room("robin-o")),
        ("https://github.com/robin/", Room("robin")),
        ("robin as party Robin Example", Room("robin", "party Robin Example")),
        ("robin AS reporter", Room("robin", "reporter")),
        ("robin_acme as  suspended", Room("robin_acme", "suspended")),
    ],
)
def test_a_login_comes_first_and_then_whose_room_it_is(line: str, said: Room) -> None:
    """A login is read as people write it, as a mention or as the address of a profile."""
    assert parse(line, "") == said


@pytest.mark.parametrize(
    "line",
    ["", "-robin", "robin.o", "robin@example.org", "robin for party", "robin as", "a" * 41, "r\u00f6bin"],
)
def test_what_is_no_login_opens_nothing(line: str) -> None:
    """A mail address, a name or half a sentence is refused, and so is `as` with nobody behind it."""
    with pytest.raises(UserMistake):
        parse(line, "")


def test_a_party_in_their_room_is_told_there_once_they_are_in() -> None:
    """Until the guest has come in, nothing that they are to be told goes to a room that nobody reads."""
    play = with_party()
    assert answer(play, "/room robin as party Robin Example") is None
    (ordered,) = rooms(play.case()).values()
    assert (ordered.key, ordered.who, ordered.number) == ("room1", "p1", None)
    room = room_in(play, "room1", "robin", 2)
    room.run()
    assert room.state == "invited"
    noting = noted(play.case(), room.case())
    assert noting is not None
    play.post(noting.record)
    assert noted(play.case(), room.case()) is None
    assert parties(play.case())[0].room == ""
    room.delivered |= {"1.guest/invited.guest"}
    room.access = Access(inside=frozenset({"Robin"}))
    room.run()
    assert room.state == "open"
    noting = noted(play.case(), room.case())
    assert noting is not None
    play.post(noting.record)
    (robin,) = parties(play.case())
    assert robin.room == room.case().person("guest").room  # type: ignore[union-attr]
    assert robin.login == ""


def test_the_suspended_person_has_their_room_on_the_page_of_the_suspension() -> None:
    """There it is nobody else's, so `as` can be left out; on the incident it is refused."""
    play = suspended_by(community_=with_rooms())
    play.run()
    assert answer(play, "/room alexdoe") is None
    assert [one.who for one in rooms(play.case()).values()] == ["suspended"]
    assert suspended_person(play.case()).room == ""
    assert answer(with_party(), "/room alexdoe as suspended") is not None


def test_without_whose_it_is_nobody_of_the_case_is_told_anything_there() -> None:
    """A room for somebody's own report is no road to anybody in this one."""
    play = with_party()
    assert answer(play, "/room robin") is None
    assert [one.who for one in rooms(play.case()).values()] == [""]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("/room mft", "handles reports here"),
        ("/room MIABOT as party Robin Example", "handles reports here"),
        ("/room riya as reporter", "read this page already"),
        ("/room robin as party Kim", "Begin with the name"),
        ("/room robin as party", None),
        ("/room robin as friend", "Behind `as` comes"),
        ("/room robin as party Robin Example and more", "nothing else"),
        ("/room robin as suspended", "page of their suspension"),
    ],
)
def test_a_room_that_makes_no_sense_is_refused(text: str, why: str | None) -> None:
    """Nobody gets one who reads here anyway, nor somebody whom the case doesn't know."""
    reason = answer(with_party(), text)
    assert (reason is None) if why is None else (reason is not None and why in reason)


def test_nobody_has_two_rooms() -> None:
    """A second one for the same login, or the same person, is refused, and says which there is."""
    play = with_party()
    assert answer(play, "/room robin as party Robin Example") is None
    for text in ("/room ROBIN", "/room other as party Robin Example"):
        reason = answer(play, text)
        assert reason is not None
        assert "have a room already" in reason


def test_where_there_are_no_rooms_it_is_said_what_they_need() -> None:
    """A community without an organization is told how to get them."""
    play = played_to("reported")
    assert answer(play, "/room robin") == NO_ROOMS


def test_only_who_has_a_say_opens_one() -> None:
    """Neither the reporter nor a recused administrator lets anybody in."""
    play = with_party()
    play.says(MIABOT, "/recuse")
    play.run()
    for who in (RIYA, MIABOT):
        play.says(who, "/room robin")
        (decision,) = play.run()
        assert decision.record.refused
    assert rooms(play.case()) == {}


def test_changed_words_let_nobody_else_in_and_can_be_said_again() -> None:
    """An edit of the command makes a room nobody's; the same login again makes it theirs, under its key."""
    play = with_party()
    said = play.says(MFT, "/room robin as party Robin Example")
    play.run()
    room = room_in(play, "room1", "robin", 2)
    room.run()
    play.edits(said, MFT, "/room mallory as party Robin Example")
    assert room.case().person("guest").login == ""  # type: ignore[union-attr]
    play.run()
    assert answer(play, "/room robin as party Robin Example") is None
    assert list(rooms(play.case())) == ["room1"]
    assert room.case().person("guest").login == "robin"  # type: ignore[union-attr]
