"""The outside contact is told that something came which no vault takes: where it lies, and nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from cocflow.errors import AdapterError
from cocflow.run.outside import tell_outside
from cocflow.run.trouble import NobodyOutsideError
from tests.core.play import DAY, MFT, RIYA, ROSTER
from tests.scene import SHARES, Scene

CAME = datetime(2026, 1, 6, 9, tzinfo=UTC)
ROOM = "https://github.com/example/room-quiet-harbor"


@pytest.fixture
def scene() -> Scene:
    """Return a community whose outside contact can be reached."""
    scene = Scene(outside_contact="The board, board@example.org", reports="reports@example.org")
    scene.post.messages.clear()
    return scene


def test_of_a_mail_they_are_told_when_it_came_and_where_it_lies(scene: Scene) -> None:
    """Nobody can answer it into a case, since there is none."""
    tell_outside(scene.desk, "digest", received=CAME)
    (message,) = scene.post.messages
    assert (message.to.mail, message.token, message.thread) == ("board@example.org", "", "")
    assert "the mailbox reports@example.org, in the folder cocflow-aside, unread. It came Tue" in message.text
    assert "room" not in message.text


def test_of_a_room_they_are_told_its_address(scene: Scene) -> None:
    """Whoever owns the organization can let them in."""
    tell_outside(scene.desk, "I_1", link=ROOM)
    (message,) = scene.post.messages
    assert ROOM in message.text
    assert "mailbox" not in message.text


def test_it_is_the_same_message_each_time(scene: Scene) -> None:
    """A run that died in between can tell it again, and mail programs show it once."""
    for _ in range(2):
        tell_outside(scene.desk, "digest", received=CAME)
    first, second = scene.post.messages
    assert first.id == second.id


def test_who_cannot_be_told_is_an_error(scene: Scene) -> None:
    """It isn't lost: whoever called tries again, and the board says what to do."""
    nobody = msgspec.structs.replace(scene.desk.community, outside_contact="The board, in person")
    with pytest.raises(NobodyOutsideError):
        tell_outside(msgspec.structs.replace(scene.desk, community=nobody), "digest")
    scene.post.failing.add("outside")
    with pytest.raises(AdapterError):
        tell_outside(scene.desk, "digest")


def test_nobody_is_sent_to_whom_it_concerns() -> None:
    """Where the outside contact is in a case, no letter names them, and they are told nothing of it."""
    made = Scene(roster=ROSTER[:1], answers={"share": SHARES["parties"]})
    made.says(MFT, "/party Olga council@example.org", "/party Robin Example robin@example.org")
    made.says(MFT, "/suspend Insults\nSam Poe sam@example.org until 30 days", "/estimate 3 days")
    made.sends(MFT, "/say Robin Please call.")
    assert "council@example.org" not in made.texts("p2")[-1]
    assert "council@example.org" not in made.texts("suspended")[-1]
    made.says(MFT, "/recuse")
    made.passes(3 * DAY)
    assert made.texts("outside") == []
    assert "Please turn to somebody outside whom you trust" in "\n".join(made.tracker.by_bot(1))
    other = made.tracker.opens(RIYA)
    made.run()
    assert "council@example.org" in made.tracker.by_bot(other)[0]
