"""Who may look into a room: those who decide in every case there, and nobody else of the administrators."""

from __future__ import annotations

import pytest

from cocflow.core.acts.guest import LOGIN
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.errors import AdapterError
from tests.core import play
from tests.core.play import MFT, MIABOT, STRANGER
from tests.run.house import House


def test_who_has_a_say_is_let_in_and_put_out_when_they_lose_it() -> None:
    """Before the report nobody is; a party of it isn't any more, before anything is written of that."""
    house = House()
    assert house.rooms.inside(house.name) == {"riya"}
    house.files()
    assert house.rooms.inside(house.name) == {"riya", "mft", "miabot", "thclpr"}
    house.tracker.says(MFT, house.incident, "/party thclpr")
    order: list[str] = []
    house.rooms.before = order.append
    house.run()
    assert house.rooms.inside(house.name) == {"riya", "miabot"}  # whoever takes a say away gives theirs up
    assert house.claim().may == ("miabot",)
    assert order.index("put_out") < order.index("room edit_comment")


def test_who_can_tell_the_guest_is_put_out_first() -> None:
    """What is told in the room once somebody has lost their say, they don't read there."""
    house = House()
    house.files()
    seen: list[set[str]] = []
    house.room.before = lambda call: (
        seen.append(house.rooms.inside(house.name)) if call == "comment" else None
    )
    house.tracker.says(MFT, house.incident, "/party thclpr")
    house.tracker.says(MIABOT, house.incident, "/estimate 3 days")
    house.run()
    assert seen == [{"riya", "miabot"}]


def test_whoever_cant_be_put_out_stops_the_case_and_nothing_else() -> None:
    """Nothing of it is told anywhere before; the next run tries again."""
    house = House()
    house.files()
    house.tracker.says(MFT, house.incident, "/party thclpr")

    def fails(call: str) -> None:
        if call == "put_out":
            raise AdapterError(502, "DELETE collaborator")

    house.rooms.before = fails
    told = house.told()
    house.tracker.says(MIABOT, house.incident, "/estimate 3 days")
    run = house.run()
    assert [one.number for one in run.failures] == [house.incident]
    assert house.told() == told
    house.rooms.before = lambda call: None
    house.run()
    assert house.rooms.inside(house.name) == {"riya", "miabot"}
    assert len(house.told()) == len(told) + 1


def test_who_is_named_in_a_second_report_is_put_out_before_it_is_written_anywhere() -> None:
    """The room of two cases is read by those alone who have a say in both."""
    house = House()
    house.files()
    order: list[str] = []
    house.rooms.before = house.tracker.before = order.append
    house.files(play.body(who="@miabot"))
    assert house.rooms.inside(house.name) == {"riya", "mft", "thclpr"}
    assert order.index("put_out") < order.index("open_issue")


def test_what_is_right_already_is_left_as_it_is() -> None:
    """A run that finds who is in and who may be the same touches nobody."""
    house = House()
    house.files()
    house.says("/answer 2 It was on Tuesday.")
    house.rooms.calls.clear()
    house.says("/answer 2 It was on Friday.")
    assert house.rooms.calls == ["rooms"]


@pytest.mark.parametrize("state", ["invited", "expired"])
def test_a_room_that_waits_for_its_guest_is_looked_at_each_time(state: str) -> None:
    """Without a receipt where nothing changed, and with one once they came in."""
    house = House(empty=True)
    house.asked()
    house.run()
    if state == "expired":
        house.passes(play.DAY * 8)
    assert house.tracker.state_labels(1) == {f"state: {state}"}
    house.tracker.forget()
    house.run()
    assert house.tracker.writes() == []
    house.comes_in()
    house.run()
    assert house.tracker.state_labels(1) == {"state: open"}


def test_a_room_that_is_gone_is_missed() -> None:
    """Its page says so; while it is listed, it costs no look."""
    house = House()
    house.rooms.calls.clear()
    house.run()
    assert house.rooms.calls == ["rooms"]
    house.rooms.vanishes(house.name)
    house.run()
    assert house.tracker.state_labels(1) == {"state: erased"}


def test_a_room_that_was_agreed_to_is_there() -> None:
    """Whoever wasn't in it before it was made says nothing of it: it isn't taken for one that is gone."""
    house = House(empty=True)
    served = house.tracker.opens(STRANGER)
    house.run()
    house.tracker.says(MIABOT, served, "/recuse")
    house.run()
    body = write(play.room_definition().form, Answers({LOGIN: "riya"}))
    asked = house.tracker.opens(MIABOT, body)
    house.tracker.labels(MIABOT, asked, "room")
    house.tracker.parents[asked] = served
    house.run()
    assert house.tracker.state_labels(asked) == {"state: asked"}
    house.tracker.labels(MFT, asked, "state: invited")
    house.run()
    assert house.tracker.state_labels(asked) == {"state: invited"}
    house.comes_in()
    house.run()
    assert house.tracker.state_labels(asked) == {"state: open"}
