"""What the guest of a room may know before they are anybody in a case: nothing of any."""

from __future__ import annotations

from cocflow.core.views.base import Occasion, View
from cocflow.core.views.guest import GuestView, anybody_in_a_room, guest
from tests.core.play import room_for, with_rooms


def test_they_learn_who_reads_it_and_nothing_else() -> None:
    """Neither a code name nor a login nor anybody's report is theirs to know."""
    play = room_for("robin")
    play.run()
    theirs = {"readers", "said", "answer_asked_by", "reason"}
    assert set(GuestView.__struct_fields__) - set(View.__struct_fields__) == theirs
    known = guest(play.case(), Occasion())
    assert known.readers == ("Mika", "Mia", "thclpr")
    assert "robin" not in str([getattr(known, name) for name in GuestView.__struct_fields__])


def test_the_same_is_said_before_anything_is_known() -> None:
    """What stands first in a room needs no case."""
    assert anybody_in_a_room(with_rooms()).readers == ("Mika", "Mia", "thclpr")
