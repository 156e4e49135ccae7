"""Progress: replay applies what receipts record, and asks nothing."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from cocflow.core.acts.estimate import Estimated
from cocflow.core.acts.party import Parties, PartyAdded, PartyRemoved
from cocflow.core.acts.report import Later
from cocflow.core.acts.resolve import Resolved
from cocflow.core.acts.told import ToldByHand
from cocflow.core.case.ledger import Receipt
from cocflow.core.case.progress import Moved, Progress, Record, checkpoint
from cocflow.core.case.records import Owed, Words, receipt_line
from cocflow.core.engine.reading import read_receipt, replay
from cocflow.core.process import Process
from tests.core.play import DAY, HOUR, MFT, START, case_of, definition, played_to

STATES = ["incomplete", "reported", "acknowledged", "triaged", "resolved", "closed", "withdrawn", "dismissed"]


def record(n: int, *changes: object, **fields: object) -> Record:
    """Return a record with these changes, an hour after the one before."""
    defaults = {"prev": None, "of": f"F_{n}", "at": START + n * HOUR, "process": "incident/1.0"}
    return Record(n=n, changes=changes, **(defaults | fields))  # type: ignore[arg-type]


def entries(*records: Record) -> list[Receipt]:
    """Return the records as receipts."""
    return [Receipt(id=f"IC_{one.n}", database_id=one.n, record=one) for one in records]


@pytest.mark.parametrize("state", STATES)
def test_replaying_equals_living(state: str) -> None:
    """The receipts alone give the progress that growing it receipt by receipt gave."""
    play = played_to(state)
    lived = Progress()
    for one in play.records():
        lived.apply(one)
    assert replay(play.case().ledger.counted) == lived
    assert lived.state == state


def test_replay_asks_no_definition_and_no_roster() -> None:
    """What was decided was decided: a definition without moves and another roster change nothing."""
    play = played_to("triaged")
    bare: Process = msgspec.structs.replace(definition().process, moves=(), timers=())
    other = msgspec.structs.replace(play.community, administrators=())
    case = case_of(
        play.read(),
        definition_=msgspec.structs.replace(definition(), process=bare),
        community_=other,
    )
    assert case.progress == play.case().progress


def test_replaying_twice_is_replaying_once() -> None:
    """A replay starts from nothing each time."""
    chain = played_to("resolved").case().ledger.counted
    assert replay(chain) == replay(chain)


def test_a_copy_grows_alone() -> None:
    """Applying a record to a copy leaves every list, dict and set of the original as it was."""
    progress = replay(played_to("resolved").case().ledger.counted)
    before = msgspec.json.encode(progress)
    progress.copy().apply(
        record(
            9,
            Moved(to="closed"),
            PartyAdded(key="p7", words=Words("F", "s")),
            ToldByHand(notices=("x",), words=Words("F", "s")),
            owed=(Owed(id="9.x.reporter", notice="x", to="reporter"),),
            told=("y",),
        )
    )
    assert msgspec.json.encode(progress) == before


def test_a_checkpoint_restores_everything() -> None:
    """A snapshot brings back all but what was told, and later records go on from it."""
    progress = replay(played_to("resolved").case().ledger.counted)
    snapshot = checkpoint(progress, {"F_1"}, START)
    restored = replay(entries(record(9, snapshot=snapshot)))
    owed = {one.id: one for one in progress.owed()}
    since = {id_: at for id_, at in progress.owed_since.items() if id_ in owed}
    expected = msgspec.structs.replace(
        progress,
        notices=owed,
        owed_since=since,
        told=set(),
        answered={"F_1", "F_9"},
        answered_upto=START,
        process=record(9).process,
    )
    assert restored == expected


def test_the_stay_in_a_set_of_states_begins_with_its_first() -> None:
    """Moving within the set doesn't start the stay anew; leaving it and coming back does."""
    progress = replay(
        entries(
            record(1, Moved(to="incomplete")),
            record(2, Moved(to="reported")),
            record(3, Moved(to="withdrawn")),
            record(4, Moved(to="reported")),
        )
    )
    assert progress.since_in(("incomplete", "reported")) == START + 4 * HOUR
    assert progress.since_in(("triaged",)) is None
    progress = replay(entries(record(1, Moved(to="incomplete")), record(2, Moved(to="reported"))))
    assert progress.since_in(("incomplete", "reported")) == START + HOUR
    assert progress.since == START + 2 * HOUR


def test_an_older_notice_of_its_kind_is_moot() -> None:
    """Of two undelivered notices of one kind to one person only the newer is owed; others stay."""
    progress = replay(
        entries(
            record(
                1,
                owed=(
                    Owed(id="1.a.p1", notice="a", to="p1"),
                    Owed(id="1.a.p2", notice="a", to="p2"),
                    Owed(id="1.b.p1", notice="b", to="p1"),
                ),
            ),
            record(2, owed=(Owed(id="2.a.p1", notice="a", to="p1"),)),
        )
    )
    assert {one.id for one in progress.owed()} == {"1.a.p2", "1.b.p1", "2.a.p1"}


def test_a_notice_by_receipt_is_told_at_once() -> None:
    """Where the issue is the channel, the receipt is the notice."""
    progress = replay(
        entries(record(1, owed=(Owed(id="1.a.reporter", notice="a", to="reporter", by_receipt=True),)))
    )
    assert progress.owed() == ()
    assert progress.told == {"1.a.reporter"}


def test_what_got_through_is_known_with_its_time() -> None:
    """An older record says only what: that was at once. What is moot has told nobody."""
    owed = tuple(Owed(id=f"1.{one}.p1", notice=one, to="p1") for one in "abcd")
    progress = replay(
        entries(
            record(1, owed=owed),
            record(5, told=("1.a.p1",), reached={"1.b.p1": START + 3 * HOUR}),
            record(6, ToldByHand(notices=("1.c.p1",), words=Words("F", "s"))),
        )
    )
    progress.settle("p1")
    assert progress.owed() == ()
    assert progress.told_to("p1") == owed[:3]
    assert progress.reached == {
        "1.a.p1": START + HOUR,
        "1.b.p1": START + 3 * HOUR,
        "1.c.p1": START + 6 * HOUR,
    }


def test_a_checkpoint_keeps_the_newest_of_each_kind_that_got_through() -> None:
    """Of a hundred letters of one kind one is enough to know what somebody was told."""
    owed = [
        record(n, owed=(Owed(id=f"{n}.{kind}.p1", notice=kind, to="p1"),), reached=reached)
        for n, kind, reached in (
            (1, "a", {}),
            (2, "a", {"1.a.p1": START + HOUR}),
            (3, "b", {"2.a.p1": START + 2 * HOUR}),
            (4, "c", {"3.b.p1": START + 3 * HOUR}),
        )
    ]
    progress = replay(entries(*owed))
    restored = replay(entries(record(9, snapshot=checkpoint(progress, set(), START))))
    assert [one.id for one in restored.told_to("p1")] == ["2.a.p1", "3.b.p1"]
    assert restored.owed() == progress.owed() != ()
    assert restored.reached == {"2.a.p1": START + 2 * HOUR, "3.b.p1": START + 3 * HOUR}


def test_nothing_is_owed_to_a_removed_party() -> None:
    """Taking a party off ends what was owed to it; its key isn't given out again."""
    words = Words("F", "s")
    progress = replay(
        entries(
            record(1, PartyAdded(key="p1", words=words)),
            record(2, Resolved(words=words), owed=(Owed(id="2.r.p1", notice="r", to="p1"),)),
            record(3, PartyRemoved(key="p1")),
        )
    )
    assert progress.owed() == ()
    assert progress[Parties].members == {}
    assert progress[Parties].ever == 1


def test_every_field_of_progress_survives_a_snapshot_of_long_ago() -> None:
    """A snapshot taken before anything was answered can be restored as well."""
    snapshot = checkpoint(Progress(), set(), START - timedelta(days=1))
    restored = replay(entries(record(1, snapshot=snapshot)))
    assert restored.state is None
    assert restored.answered_upto == START - DAY


def test_a_checkpoint_survives_its_way_through_a_comment() -> None:
    """A snapshot with answers, parties and an estimate is read back from the comment that holds it."""
    play = played_to("resolved")
    play.says(MFT, "/answer 2 somebody else", 5)
    play.run()
    progress = replay(play.case().ledger.counted)
    snapshot = checkpoint(progress, progress.answered, START)
    read = read_receipt(receipt_line(record(9, snapshot=snapshot)))
    assert read is not None
    restored = replay(entries(read))
    assert restored[Later].words == progress[Later].words != {}
    assert restored[Parties].members == progress[Parties].members != {}
    assert restored.newest(Estimated) == progress.newest(Estimated) is not None
    assert restored.stays == progress.stays
