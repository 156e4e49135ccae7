"""Who can read what: each cell of the table in `docs/confidentiality.md`, asked of GitHub over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, cast, get_args

import pytest

from cocflow.bootstrap import own_rooms
from cocflow.ports import Rooms
from docs.walls import CHANGING, EVERYWHERE, LASTING, READERS, STATES, Place, Reader, State, readers
from tests.core import play
from tests.walls.place import DAY, FIRST, LOGINS, ORGANIZATION, SECOND, Setting, Wrapped, sandbox

REPORTER = "riya"
Control = Literal["nobody put out"]
Found = dict[tuple[State | Control, Place], frozenset[Reader]]


def begun(setting: Setting) -> None:
    """Let somebody report in a room of theirs, and another an administrator of the first vault."""
    setting.run()
    for who, reader, place, about in (
        ("ada", "other", "other's room", "Somebody from the team."),
        ("dora", "crossing", "crossing's room", "It was Cleo Zqcleox7."),
    ):
        login = LOGINS[reader]  # type: ignore[index]
        setting.asks_for_room(who, FIRST if who == "ada" else SECOND, login)
        setting.comes_in(login)
        setting.rooms[place] = setting.room_of(login)  # type: ignore[index]
        setting.files(login, f"{ORGANIZATION}/{setting.room_of(login)}", play.body(who=about))
    setting.comes_in("ben")


def keeps(rooms: Rooms) -> Rooms:
    """Return rooms that put nobody out: the wall with a gate taken away."""
    return cast(Rooms, Wrapped(rooms, put_out=lambda name, login: None))


def lives(setting: Setting) -> Iterator[tuple[State | Control, int]]:
    """Let a room be asked for, and go on to its end; give each state while it lasts, and the room's page."""
    begun(setting)
    number = asked_for(setting)
    yield "asked", number
    setting.labels("ada", FIRST, number, "state: invited")
    setting.rooms["room"] = setting.room_of(REPORTER)
    yield "invited", number
    setting.passes(8 * DAY)
    setting.comes_in(REPORTER)
    yield "expired", number
    setting.labels("ada", FIRST, number, "state: invited")
    setting.comes_in(REPORTER)
    yield "open", number
    room = f"{ORGANIZATION}/{setting.rooms['room']}"
    report = setting.files(REPORTER, room, play.body())
    incident = newest(setting)
    setting.says(
        "ada", FIRST, incident, "/party Paula Poe", "/estimate 3 days", "/room paula as party Paula Poe"
    )
    setting.comes_in("paula")
    setting.rooms["party's room"] = setting.room_of("paula")
    setting.sends("ada", FIRST, incident, "/say Paula Poe We would like to hear you.")
    setting.comes_in("ben")
    yield "under way", number
    right, setting.wrapped = setting.wrapped, keeps
    setting.says("ben", FIRST, incident, "/recuse")
    setting.says(REPORTER, room, report, "/answer 2 It was Cleo Zqcleox7.")
    yield "nobody put out", number
    setting.wrapped = right
    setting.run()
    yield "put out", number
    setting.labels("ada", FIRST, number, "state: closed")
    yield "closed", number
    settings = setting.desk(FIRST).community.rooms
    assert settings is not None
    own_rooms(settings, setting.tokens["kim"], setting.sandbox.url).erase(setting.rooms["room"])
    setting.run()
    yield "erased", number


def asked_for(setting: Setting) -> int:
    """Let an administrator ask for a room in an incident in which they have no say; return its number."""
    incident = setting.files("olaf", FIRST, play.body())
    setting.says("ben", FIRST, incident, "/recuse")
    assert state_of(setting, setting.asks_for_room("olaf", FIRST, REPORTER)) == {"state: incomplete"}
    return setting.asks_for_room("ben", FIRST, REPORTER, incident)


def newest(setting: Setting, vault: str = FIRST) -> int:
    """Return the number of a vault's newest incident that was filed in a room."""
    listed = setting.does("kim", "GET", f"/repos/{vault}/issues?state=all&labels=by%20room")
    return int(max(one["number"] for one in listed))


def state_of(setting: Setting, number: int) -> set[str]:
    """Return the labels of an issue of the first vault that show its state."""
    shown = setting.does("kim", "GET", f"/repos/{FIRST}/issues/{number}/labels")
    return {one["name"] for one in shown if one["name"].startswith("state: ")}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Return who reads what in each state, as GitHub answers everybody."""
    with sandbox() as running:
        setting = Setting(running, tmp_path_factory.mktemp("vaults"))
        seen: Found = {}
        shown = dict.fromkeys(("under way", "nobody put out", "put out"), "open")
        for state, number in lives(setting):
            assert state_of(setting, number) == {f"state: {shown.get(state, state)}"}
            read = {who: setting.read_by(who) for who in READERS}
            for place in EVERYWHERE:
                seen[state, place] = frozenset(who for who in READERS if place in read[who])
        return seen


def test_who_reads_what_is_as_the_page_says(asked: Found) -> None:
    """By REST and by GraphQL, each person and each token gets all of a repository or doesn't find it."""
    table = {(state, place): readers(place, state) for state in STATES for place in EVERYWHERE}
    assert {cell: asked[cell] for cell in table} == table


def test_whoever_is_not_put_out_is_found(asked: Found) -> None:
    """The same question, where rooms put nobody out, finds both who have lost their say: it can fail."""
    assert asked["nobody put out", "room"] - readers("room", "put out") == {"recused", "concerned"}


def test_the_table_is_whole() -> None:
    """Everybody, every repository and every state has a place in it."""
    assert set(READERS) == set(get_args(Reader)) == {*LOGINS, "app", "jobs"}
    assert set(EVERYWHERE) == LASTING.keys() | CHANGING.keys()
    assert all(set(by_state) == set(STATES) == set(get_args(State)) for by_state in CHANGING.values())
