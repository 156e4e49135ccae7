"""Going on in another issue: what is read, when it may be asked for, and what the card says in time."""

from __future__ import annotations

import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.continuation import Continue, goes_on, origin, origin_in
from cocflow.core.case.capacity import LAST, NEAR, OWN, left
from cocflow.core.case.grammar import Said
from cocflow.core.views.base import possible
from tests.core.acts.asking import asked
from tests.core.play import MFT, STRANGER, Play, played_to

ACCEPTED: list[tuple[str, Said]] = [
    ("/continue", Continue()),
    ("/continue please\nnow", Continue("please\nnow")),
]

REFUSED = [
    ("/continue\n/help", "One command a comment"),
]


def filled(to: int) -> Play:
    """Return a play of an incident that takes so many comments more."""
    play = played_to("acknowledged")
    for _ in range(left(len(play.case().issue.comments())) - to):
        play.says(STRANGER, "More of it.")
    return play


@pytest.mark.parametrize(("room", "granted"), [(NEAR + 1, False), (NEAR, True), (0, True)])
def test_it_may_be_asked_for_once_the_issue_is_nearly_full(room: int, granted: bool) -> None:
    """With room, it is refused and not offered; near the end, both are so."""
    play = filled(room)
    assert (asked(play, "nearly_full", "/continue") is None) is granted
    offered = [one.how for one in possible(play.case(), "administrator") if "`continue`" in one.how]
    assert offered == (["add a label `continue`, or write `/continue`"] if granted else [])


@pytest.mark.parametrize(
    ("room", "says"),
    [
        (NEAR, "With 50 left, only administrators are answered here."),
        (OWN, "Only administrators are answered here from now on"),
        (LAST, "Nothing is answered here any more"),
    ],
)
def test_the_card_says_in_time_how_much_room_is_left(room: int, says: str) -> None:
    """Administrators read it before anything is refused, and what that means for whom."""
    (note,) = ACTS.notes(filled(room).case())
    assert f"{room} are left" in note
    assert says in note


def test_with_room_the_card_says_nothing_of_it() -> None:
    """A case of the usual length has no such line."""
    assert ACTS.notes(filled(NEAR + 1).case()) == ()


def test_asked_for_it_is_recorded_and_nothing_is_decided_afterwards() -> None:
    """The receipt ends the case here; where it began here, there is no origin."""
    play = filled(NEAR)
    play.labels(MFT, "continue")
    (decision,) = play.run()
    assert decision.record.move == "continue"
    assert goes_on(play.case())
    assert origin(play.case()) is None
    assert origin_in(play.case().ledger) is None
    play.says(MFT, "/estimate 3 days")
    assert play.run() == []
