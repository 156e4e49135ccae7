"""The board: what cocflow couldn't do stands in one place, is told once, and leaves when it is mended."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from cocflow.core.case.facts import Commented
from cocflow.core.case.records import Board, Card, card_line, is_card
from cocflow.errors import AdapterError
from cocflow.run.audit import audit
from cocflow.run.board import LABEL, found_among, read_board
from cocflow.run.sweep import Run, handle, sweep
from tests.core.play import BOT, MFT, RIYA, STRANGER
from tests.fakes import FakeTracker, desk

BOARD = 2
"""The number of the board: the issue that is opened next."""


class Place:
    """A desk on which issue 1 is full, or not: then nothing can be written there."""

    def __init__(self) -> None:
        self.tracker = FakeTracker()
        self.desk = desk(self.tracker)
        self.tracker.opens(RIYA)
        self.full = True
        self.tracker.before_on = self._before

    def _before(self, call: str, number: int) -> None:
        if self.full and number == 1:
            raise AdapterError(403, "POST comment", kind="refused_thing")

    def run(self) -> Run:
        """Let a sweep run."""
        return sweep(self.desk)

    def comments(self) -> list[Commented]:
        """Return what stands on the board: its card first, then what was told."""
        return list(self.tracker.threads[BOARD].comments())


@pytest.fixture
def place() -> Place:
    """Return a desk whose only incident can't be answered."""
    return Place()


def test_what_fails_stands_on_the_board_and_is_told_once(place: Place) -> None:
    """The administrators are mentioned when it is new; later runs change nothing but the times."""
    run = place.run()
    assert not run.complete
    card, told = place.comments()
    assert "Issue 1 couldn't be dealt with" in card.body
    assert all(f"@{login}" in told.body for login in ("mft", "miabot", "thclpr"))
    assert LABEL in place.tracker.threads[BOARD].labels
    place.tracker.moves_clock(timedelta(hours=4))
    place.run()
    again, *rest = place.comments()
    assert rest == [told]
    assert again.id == card.id


def test_what_is_mended_leaves_the_board(place: Place) -> None:
    """The next sweep that finds nothing wrong says so, and the board stays for the next time."""
    place.run()
    place.full = False
    assert place.run().complete
    assert "Nothing is in trouble." in place.comments()[0].body
    assert len(place.comments()) == 2


def test_while_nothing_fails_there_is_no_board(place: Place) -> None:
    """Nobody gets an issue that says that all is well."""
    place.full = False
    place.run()
    assert set(place.tracker.threads) == {1}


def test_an_event_makes_no_board(place: Place) -> None:
    """It has seen the newest issues only, so it can't know that there is none; and most faults pass."""
    assert not handle(place.desk).complete
    assert set(place.tracker.threads) == {1}
    place.run()
    assert set(place.tracker.threads) == {1, BOARD}


def test_an_event_adds_to_the_board_and_takes_nothing_off(place: Place) -> None:
    """A run that looked at the newest issues only doesn't know what is mended elsewhere."""
    place.run()
    place.full = False
    place.tracker.opens(RIYA)
    handle(place.desk)
    assert "Issue 1 couldn't be dealt with" in place.comments()[0].body


def test_no_process_runs_on_the_board(place: Place) -> None:
    """Whatever is written, labelled or closed there asks for nothing; closed, it is opened again."""
    place.run()
    place.tracker.says(STRANGER, BOARD, "/help")
    place.tracker.labels(MFT, BOARD, "state: closed")
    place.tracker.closes(MFT, BOARD)
    place.tracker.moves_clock(timedelta(hours=4))
    place.run()
    assert [one.by for one in place.comments()] == [BOT, BOT, STRANGER]
    assert place.tracker.threads[BOARD].is_open
    place.full = False
    assert all(one.number != BOARD for one in audit(place.desk).findings)


def test_without_its_label_the_board_is_still_known(place: Place) -> None:
    """It is known by who wrote its card; the label is put on again."""
    place.run()
    place.tracker.unlabels(MFT, BOARD, LABEL)
    place.tracker.moves_clock(timedelta(hours=4))
    place.run()
    assert LABEL in place.tracker.threads[BOARD].labels
    assert set(place.tracker.threads) == {1, BOARD}


def test_nobody_else_makes_a_board(place: Place) -> None:
    """A card of the board's, copied onto an incident by a person, hides nothing: it stays an incident."""
    place.run()
    card = place.comments()[0].body
    place.full = False
    forged = place.tracker.opens(STRANGER, card)
    place.tracker.says(STRANGER, forged, card)
    place.run()
    assert read_board(place.tracker.read(forged), place.desk) is None
    assert place.tracker.records(forged) != []
    found = found_among(place.tracker.latest().issues)
    assert found is not None
    assert found.number == BOARD


def test_a_card_that_was_forged_into_a_boards_hides_no_incident(place: Place) -> None:
    """Whoever may edit cocflow's comments makes a card say that this is the board: the incident goes on."""
    place.full = False
    place.run()
    board = card_line(Card(n=0, last="", board=Board()))
    card = next(one for one in place.tracker.threads[1].comments() if is_card(one.body))
    place.tracker.edits(STRANGER, 1, card.id, f"Nothing is in trouble.\n\n{board}")
    place.tracker.says(MFT, 1, "/estimate 3 days")
    receipts = [one.body for one in place.tracker.receipts(1)]
    place.run()
    assert "state: acknowledged" in place.tracker.threads[1].labels
    assert [one.body for one in place.tracker.receipts(1)][: len(receipts)] == receipts


@pytest.mark.parametrize("hours", [1, 4, 24])
def test_an_event_does_a_sweeps_work_when_the_schedule_is_suppressed(place: Place, hours: int) -> None:
    """Two intervals after the last sweep an event looks at everything and says so; the next event doesn't.

    How often the sweep comes is the community's own: what is usual there is never said to be late.
    """
    place.desk = msgspec.structs.replace(place.desk, sweeps_every=timedelta(hours=hours))
    place.run()
    place.full = False
    place.tracker.moves_clock(2 * timedelta(hours=hours))
    handle(place.desk)
    assert place.tracker.records(1) != []
    assert "hasn't come for long" not in place.comments()[0].body
    place.tracker.moves_clock(timedelta(hours=2))
    assert [one.kind for one in handle(place.desk).troubles] == ["schedule"]
    assert "hasn't come for long" in place.comments()[0].body
    place.tracker.moves_clock(timedelta(hours=2))
    assert handle(place.desk).troubles == ()
    place.run()
    assert "Nothing is in trouble." in place.comments()[0].body
