"""What the board says: what failed and what to do, and by no field anything of a case."""

from __future__ import annotations

from cocflow.core.views import VIEWS
from cocflow.core.views.base import View
from cocflow.core.views.board import BoardView
from cocflow.core.views.samples import full

OF_A_CASE = {
    field
    for folder, kind in VIEWS.items()
    if kind is not BoardView
    for field in kind.__struct_fields__
    if field not in View.__struct_fields__
}


def test_nothing_of_a_case_can_stand_on_the_board() -> None:
    """It shares with the views of cases names of fields for people and times, and what anyone may know."""
    own = set(BoardView.__struct_fields__) - set(View.__struct_fields__)
    assert own & OF_A_CASE <= {"mentions", "more", "asker", "reason", "until", "waiting"}


def test_a_board_shows_its_kind_only() -> None:
    """No line of it enters a repr."""
    assert repr(full("board")) == "BoardView(…)"
