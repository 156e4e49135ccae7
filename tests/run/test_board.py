"""The board: what cocflow couldn't do stands in one place, is told once, and leaves when it is mended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest

from cocflow.core.case.facts import Actor, Commented
from cocflow.core.case.records import Board, Card, card_line, is_card
from cocflow.core.process import BOARD_LABEL
from cocflow.core.text.numbers import compact, read_compact
from cocflow.errors import AdapterError
from cocflow.ports import LATEST, fits
from cocflow.run import trouble
from cocflow.run.audit import audit
from cocflow.run.board import LOOKS, Census, found_among, read_board, write
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run, handle, sweep
from tests.core.play import BOT, MFT, RIYA, STRANGER
from tests.fakes import BOARD, FakeTracker, desk, nothing

SAID = [
    (MFT, "/gone 2", True),
    (MFT, "/gone #3 #2\nIt was filed twice.", True),
    (STRANGER, "/gone 2", False),
    (MFT, "/gone 3", False),
    (MFT, "/gone", False),
    (MFT, "It is /gone 2", False),
    (MFT, "/gone ٢", False),
]


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
    assert BOARD_LABEL in place.tracker.threads[BOARD].labels
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


def test_the_first_sweep_opens_the_board_though_all_is_well(place: Place) -> None:
    """It says so, and when the last sweep was; it is pinned, mentions nobody, and is written once an hour."""
    place.full = False
    place.run()
    (card,) = place.comments()
    assert "Nothing is in trouble." in card.body
    assert "The last sweep ended on" in card.body
    assert place.tracker.pinned == [BOARD]
    place.tracker.forget()
    place.run()
    assert place.tracker.calls == ["listing"]
    place.tracker.moves_clock(timedelta(hours=1))
    place.run()
    assert place.tracker.writes() == ["edit_comment"]


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


ERRORS = [AdapterError(502, "query ISSUE"), ValueError("Riya Sen")]
"""An error that was foreseen, and one that wasn't and holds words."""


@pytest.mark.parametrize("run", [handle, sweep])
@pytest.mark.parametrize("error", ERRORS)
def test_a_board_that_cannot_be_read_is_the_boards_failure_only(
    place: Place, run: Callable[[Desk], Run], error: Exception
) -> None:
    """Whatever goes wrong there, incidents are answered, and the run says so without anybody's words."""
    place.full = False
    place.run()

    def falls(call: str, number: int) -> None:
        if number == 1:
            raise AdapterError(403, "POST comment", kind="refused_thing")
        if number == BOARD:
            raise error

    place.tracker.before_on = falls
    place.tracker.says(MFT, 1, "/help")
    incident = place.tracker.opens(RIYA)
    done = run(place.desk)
    assert len(place.tracker.receipts(incident)) == 1
    assert [one.subject for one in done.troubles] == ["1", "board"]
    assert not done.complete
    assert "Riya" not in done.troubles[1].line


@pytest.mark.parametrize("error", ERRORS)
def test_a_board_that_cannot_be_looked_up_costs_an_event_nothing_else(place: Place, error: Exception) -> None:
    """Where a hundred others were updated since, an event looks for the board, and goes on without it."""
    place.full = False
    place.run()
    numbers = [place.tracker.opens(RIYA) for _ in range(LATEST)]

    def falls(call: str) -> None:
        if call == "labelled":
            raise error

    place.tracker.before = falls
    done = handle(place.desk, writes=5 * LATEST + 100)
    assert all(len(place.tracker.receipts(number)) == 1 for number in numbers)
    assert [one.subject for one in done.troubles] == ["board"]
    assert "Riya" not in done.troubles[0].line


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
    place.tracker.unlabels(MFT, BOARD, BOARD_LABEL)
    place.tracker.moves_clock(timedelta(hours=4))
    place.run()
    assert BOARD_LABEL in place.tracker.threads[BOARD].labels
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


def test_a_job_that_forges_a_card_into_the_boards_changes_nothing_of_the_board(place: Place) -> None:
    """Without a key it writes as cocflow does: the incident goes on, and the true board stays."""
    place.full = False
    place.run()
    lately = card_line(Card(n=0, last="", board=Board(swept=place.tracker.now - timedelta(hours=2))))
    card = next(one for one in place.tracker.threads[1].comments() if is_card(one.body))
    place.tracker.edits(BOT, 1, card.id, lately)
    place.tracker.says(MFT, 1, "/estimate 3 days")
    place.run()
    assert "state: acknowledged" in place.tracker.threads[1].labels
    assert set(place.tracker.threads) == {1, BOARD}
    assert place.tracker.threads[BOARD].is_open


@pytest.mark.parametrize("what", ["edited", "emptied", "deleted", "body edited", "all of it"])
def test_a_board_that_somebody_meddled_with_is_made_again(place: Place, what: str) -> None:
    """What a run finds is all that it needs."""
    place.run()
    card, _ = place.comments()
    if what in ("edited", "all of it"):
        place.tracker.edits(STRANGER, BOARD, card.id, card_line(Card(n=0, last="", board=Board())))
    elif what == "emptied":
        place.tracker.edits(STRANGER, BOARD, card.id, "Nothing is wrong.")
    elif what == "deleted":
        place.tracker.deletes(STRANGER, BOARD, card.id)
    if what in ("body edited", "all of it"):
        place.tracker.edits_body(STRANGER, BOARD, "A cake")
    place.tracker.moves_clock(timedelta(hours=1))
    place.run()
    found = found_among(place.tracker.latest().issues)
    assert found is not None
    assert [one.says for one in found.record.troubles.values()] == [
        "Issue 1 couldn't be dealt with: POST comment failed: 403."
    ]
    assert (found.number == BOARD) == (what != "all of it")


def test_a_board_that_was_deleted_is_opened_again(place: Place) -> None:
    """Nothing is lost that the next sweep doesn't find."""
    place.run()
    place.tracker.vanishes(BOARD)
    place.run()
    assert "Issue 1 couldn't be dealt with" in place.comments()[0].body


def test_a_board_that_was_closed_long_ago_is_found(place: Place) -> None:
    """Too old for the pages that are listed, it is opened and pinned again, and no second one is made."""
    place.run()
    place.full = False
    place.tracker.closes(MFT, BOARD)
    place.tracker.moves_clock(timedelta(days=400))
    for _ in range(130):
        number = place.tracker.opens(RIYA)
        place.run()
        place.tracker.closes(RIYA, number)
    place.tracker.threads[BOARD].updated_at -= timedelta(days=400)
    place.tracker.closes(MFT, BOARD)
    place.tracker.threads[BOARD].updated_at -= timedelta(days=400)
    place.tracker.pinned.clear()
    place.run()
    assert [one for one in place.tracker.threads if one >= BOARD] == [BOARD]
    assert place.tracker.threads[BOARD].is_open
    assert place.tracker.pinned == [BOARD]


def test_of_two_boards_one_stays_open(place: Place) -> None:
    """Two sweeps at once may each open one; the next sweep keeps the older and closes the other."""
    twin = desk(place.tracker)

    def meanwhile(call: str) -> None:
        if call == "open_issue":
            place.tracker.before = nothing
            sweep(twin)

    place.tracker.before = meanwhile
    place.run()
    assert set(place.tracker.threads) == {1, BOARD, BOARD + 1}
    for _ in range(2):
        place.tracker.moves_clock(timedelta(hours=1))
        place.run()
        assert place.tracker.threads[BOARD].is_open
        assert not place.tracker.threads[BOARD + 1].is_open


def test_of_two_cards_one_stays(place: Place) -> None:
    """Two runs at once may each have written one; with two, no listing could tell the board."""
    place.run()
    place.tracker.says(BOT, BOARD, place.comments()[0].body)
    place.tracker.moves_clock(timedelta(hours=1))
    place.run()
    assert [is_card(one.body) for one in place.comments()] == [True, False]


def test_that_it_may_not_be_pinned_is_no_trouble(place: Place) -> None:
    """GitHub doesn't say whether a job may: then a person pins it, as its text asks."""

    def refused(call: str) -> None:
        if call == "pin":
            raise AdapterError(403, "mutation PIN", kind="refused_credential")

    place.full, place.tracker.before = False, refused
    assert place.run().complete
    assert "pin it" in place.tracker.threads[BOARD].body


def test_however_much_fails_the_board_is_written(place: Place) -> None:
    """What has no room is counted, and comes up when something is mended; what was told stays where it is."""
    place.tracker.before_on = nothing
    failing = set(range(1, 121))

    def full(call: str, number: int) -> None:
        if number in failing:
            raise AdapterError(403, "POST comment", kind="refused_thing")

    place.tracker.before_on = full
    for _ in range(119):
        place.tracker.opens(RIYA)
    place.run()
    card, told = place.comments()
    assert "70 more have no room here" in card.body
    assert told.body.count("couldn't be dealt with") == 50
    place.tracker.forget()
    place.run()
    assert set(place.tracker.writes()) == set(), "nothing is new"
    failing -= set([one for one in sorted(failing) if f"Issue {one} couldn't" in told.body][:30])
    place.run()
    card, _, later = place.comments()
    assert "40 more have no room here" in card.body
    assert later.body.count("couldn't be dealt with") == 30


# --- the numbers of the open cases ------------------------------------------------------------------------


@pytest.fixture
def counted(place: Place) -> Place:
    """Return a desk with three incidents, all of them answered and counted."""
    place.full = False
    for _ in range(2):
        place.tracker.opens(RIYA)
    place.run()
    place.tracker.moves_clock(timedelta(hours=1))
    return place


def test_an_open_case_that_vanishes_is_missed_and_told_until_it_is_back(counted: Place) -> None:
    """Its number is all that is known of it; the administrators are told once, with who can do what."""
    gone = counted.tracker.vanishes(2)
    run = counted.run()
    assert [(one.kind, one.subject) for one in run.troubles] == [("vanished", "2")]
    assert not run.complete
    assert "Issue 2 was open, and is gone" in counted.comments()[0].body
    assert len(counted.comments()) == 2
    assert not counted.run().complete
    assert len(counted.comments()) == 2
    counted.tracker.threads[2] = gone
    assert counted.run().complete
    assert "Nothing is in trouble." in counted.comments()[0].body


def test_a_case_that_is_back_but_closed_is_missed_no_more(counted: Place) -> None:
    """It is looked up, for no listing may show it."""
    gone = counted.tracker.vanishes(2)
    counted.run()
    gone.is_open, gone.updated_at = False, gone.updated_at - timedelta(days=400)
    counted.tracker.threads[2] = gone
    assert counted.run().complete


def test_a_case_that_is_closed_is_not_missed(counted: Place) -> None:
    """Whether a listing shows it or not."""
    counted.tracker.closes(RIYA, 2)
    counted.run()
    counted.tracker.moves_clock(timedelta(hours=1))
    assert counted.run().complete
    found = found_among(counted.tracker.latest().issues)
    assert found is not None
    assert found.record.cases == compact([1, 3])


@pytest.mark.parametrize(("by", "text", "settled"), SAID)
def test_only_an_administrator_settles_that_a_case_is_gone(
    counted: Place, by: Actor, text: str, settled: bool
) -> None:
    """By a comment on the board, after it was told; then nothing says it any more."""
    counted.tracker.says(MFT, BOARD, "/gone 2")
    counted.tracker.moves_clock(timedelta(minutes=1))
    counted.tracker.vanishes(2)
    assert not counted.run().complete
    assert not counted.run().complete, "what was said before is about another time"
    counted.tracker.says(by, BOARD, text)
    assert counted.run().complete == settled
    counted.tracker.moves_clock(timedelta(hours=1))
    assert counted.run().complete == settled


def test_a_case_that_cannot_be_looked_up_is_not_said_to_be_gone(counted: Place) -> None:
    """An odd moment of GitHub's is none of a case's; the next sweep looks again."""
    counted.tracker.vanishes(2)

    def odd(call: str, number: int) -> None:
        if number == 2:
            raise AdapterError(502, "query ISSUE")

    counted.tracker.before_on = odd
    assert counted.run().complete
    counted.tracker.before_on = lambda call, number: None
    assert not counted.run().complete


def test_many_that_vanish_are_looked_up_a_few_at_a_time(place: Place) -> None:
    """No sweep spends itself on them, and in the end all are told."""
    place.full = False
    for _ in range(24):
        place.tracker.opens(RIYA)
    place.run()
    for number in range(1, 26):
        place.tracker.vanishes(number)
    told = []
    for _ in range(4):
        place.tracker.moves_clock(timedelta(hours=1))
        place.tracker.forget()
        told.append(len(place.run().troubles))
        assert place.tracker.calls.count("read") <= LOOKS + 3
    assert told == [10, 20, 25, 25]


def test_two_sweeps_at_once_lose_no_number(counted: Place) -> None:
    """Each adds what it saw to what stands there when it writes."""
    twin = desk(counted.tracker)

    def meanwhile(call: str) -> None:
        if call == "read":
            counted.tracker.before = nothing
            counted.tracker.opens(RIYA)
            sweep(twin)

    counted.tracker.before = meanwhile
    counted.run()
    counted.tracker.moves_clock(timedelta(hours=1))
    gone = max(one for one in counted.tracker.threads if one < BOARD)
    counted.tracker.vanishes(gone)
    assert [one.subject for one in counted.run().troubles] == [str(gone)]


def test_the_numbers_of_ten_thousand_open_cases_fit(place: Place) -> None:
    """Together with as many troubles as there is room for, even if every second number is another's."""
    place.run()
    seen = Census(open=frozenset(range(1, 20_000, 2)))
    troubles = [trouble.of_issue(number, AdapterError(403, "POST comment")) for number in range(100)]
    found = found_among(place.tracker.latest().issues)
    assert write(place.desk, found, troubles, place.tracker.now, seen)
    found = found_among(place.tracker.latest().issues)
    assert found is not None
    assert read_compact(found.record.cases) >= seen.open
    assert found.record.troubles.keys()
    assert fits(place.comments()[0].body)


# --- the schedule -----------------------------------------------------------------------------------------


def test_an_event_sees_that_sweeps_have_stopped_where_nothing_was_ever_wrong(counted: Place) -> None:
    """The board says when the last one was, though there was never a trouble on it."""
    counted.tracker.moves_clock(timedelta(days=3))
    counted.tracker.says(RIYA, 1, "Hello?")
    assert [one.kind for one in handle(counted.desk).troubles] == ["schedule"]
    assert "hasn't come for long" in counted.comments()[0].body
    assert handle(counted.desk).troubles == ()


def test_an_event_finds_the_board_below_everything_that_happened_since(counted: Place) -> None:
    """A hundred issues with something new would hide that no sweep has come."""
    for _ in range(100):
        counted.tracker.opens(RIYA)
    counted.tracker.moves_clock(timedelta(days=3))
    assert "schedule" in [one.kind for one in handle(counted.desk).troubles]


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
