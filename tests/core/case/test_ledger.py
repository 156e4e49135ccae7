"""The ledger: which receipts count, which are void, and what stops a case."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.facts import Actor
from cocflow.core.case.ledger import Ledger
from cocflow.core.case.progress import Record
from cocflow.core.case.records import Card, card_line, receipt_line
from cocflow.core.engine.decide import decide
from cocflow.core.engine.reading import read_ledger
from tests.core.play import BOT, MFT, MIABOT, OTHER_BOT, RIYA, STRANGER, Play, played_to

DELETED = "A comment of cocflow's has been deleted."


def ledger(play: Play) -> Ledger:
    """Return the ledger of the play as it stands."""
    return read_ledger(play.read())


def next_record(play: Play) -> Record:
    """Return the record that a run would post now."""
    decision = decide(play.case())
    assert decision is not None
    return decision.record


def test_a_whole_chain_counts() -> None:
    """Every receipt of a case that nobody touched counts, numbered from 1, each naming the one before."""
    play = played_to("resolved")
    read = ledger(play)
    assert not read.broken
    assert not read.void
    assert [entry.record.n for entry in read.counted] == list(range(1, len(read.counted) + 1))
    assert all(two.record.prev == one.id for one, two in pairwise(read.counted))
    assert read.sound == read.counted


@pytest.mark.parametrize("editor", [BOT, MFT, RIYA, None])
def test_an_edited_receipt_breaks_the_case_whoever_edited_it(editor: object) -> None:
    """Nobody edits a receipt, the bot included, not even into the same text."""
    play = played_to("acknowledged")
    first = play.receipt_ids()[0]
    text = next(one.body for one in play.read().comments() if one.id == first)
    play.edits(first, editor, text)  # type: ignore[arg-type]
    assert ledger(play).broken == ("Receipt 1 has been edited.",)


@pytest.mark.parametrize("gone", [0, 1])
def test_a_deleted_receipt_leaves_a_gap(gone: int) -> None:
    """A receipt that is missing before another one breaks the case, the first one included."""
    play = played_to("triaged")
    play.deletes(MFT, play.receipt_ids()[gone])
    assert ledger(play).broken == (f"Before receipt {gone + 2} there is a gap.", DELETED)


def test_the_card_misses_the_newest_receipt_when_it_is_deleted() -> None:
    """Nothing follows the newest receipt, so the card's number tells that it is gone."""
    play = played_to("triaged")
    last = play.records()[-1]
    play.says(BOT, "Card\n\n" + card_line(Card(n=last.n, last=play.receipt_ids()[-1])))
    assert not ledger(play).broken
    play.deletes(MFT, play.receipt_ids()[-1])
    assert ledger(play).broken == ("Receipt 3, the newest that the card names, is gone.", DELETED)


@pytest.mark.parametrize("by", [MFT, RIYA, OTHER_BOT, None])
def test_what_somebody_deletes_of_cocflows_breaks_the_case(by: Actor | None) -> None:
    """The newest receipts and the card can't go together unnoticed, nor a letter, whoever deletes them."""
    play = played_to("acknowledged")
    play.says(BOT, card_line(Card(n=2, last=play.receipt_ids()[-1])))
    card = play.facts[-1].id
    for comment in (play.receipt_ids()[-1], card):
        play.deletes(by, comment)
    assert ledger(play).broken == (DELETED,)


@pytest.mark.parametrize("of", [MFT, RIYA, OTHER_BOT, None])
def test_what_else_is_deleted_breaks_nothing(of: Actor | None) -> None:
    """Comments of people and of other bots may go; so may what cocflow itself tidies away."""
    play = played_to("acknowledged")
    play.deletes(MFT, play.says(of, "Talk."))
    play.deletes(BOT, play.says(BOT, "A receipt that lost a race."))
    assert not ledger(play).broken


def test_a_deletion_is_settled_by_the_checkpoint_after_it() -> None:
    """An administrator who didn't do it has the case go on; what is deleted after that stops it again."""
    play = played_to("acknowledged")
    play.deletes(MFT, play.says(BOT, "Card."))
    play.says(MIABOT, "/recover it was the card", 6)
    play.run()
    assert not ledger(play).broken
    play.deletes(MFT, play.says(BOT, "Card."))
    assert ledger(play).broken == (DELETED,)


def test_when_every_receipt_is_deleted_the_card_tells() -> None:
    """A case whose receipts are all gone isn't taken for a new one while its card stands."""
    play = played_to("acknowledged")
    play.says(BOT, card_line(Card(n=2, last=play.receipt_ids()[-1])))
    for receipt in play.receipt_ids():
        play.deletes(MFT, receipt)
    assert ledger(play).broken
    assert not ledger(play).counted


@pytest.mark.parametrize("person", [MFT, STRANGER, RIYA, None])
def test_a_receipt_in_a_persons_comment_is_talk(person: object) -> None:
    """A person can neither write a receipt nor stop a case by copying one."""
    play = played_to("reported")
    forged = msgspec.structs.replace(next_record_of_estimate(play), by="forged")
    before = ledger(play).counted
    play.says(person, f"Hello\n\n{receipt_line(forged)}")  # type: ignore[arg-type]
    assert ledger(play).counted == before
    assert not ledger(play).broken


def next_record_of_estimate(play: Play) -> Record:
    """Return the record that an estimate would get, without the estimate staying."""
    facts = list(play.facts)
    play.says(MFT, "/estimate 3 days")
    record = next_record(play)
    play.facts = facts
    return record


def test_another_bots_receipt_breaks_the_case() -> None:
    """Only cocflow's own account writes receipts; another bot that does is a fault to look into."""
    play = played_to("reported")
    play.says(OTHER_BOT, "Hi\n\n" + receipt_line(next_record_of_estimate(play)))
    assert ledger(play).broken == ("Another bot than cocflow has written a receipt.",)


def test_receipts_that_are_all_somebody_elses_break_the_case() -> None:
    """When the bot's account has changed, the old history isn't decided all over again."""
    play = Play()
    record = next_record(play)
    play.says(MFT, receipt_line(record))
    assert ledger(play).broken == (
        "The receipts of this case were written by another account than cocflow's.",
    )


def test_an_unreadable_receipt_breaks_the_case() -> None:
    """A receipt of our own that can't be read isn't skipped over."""
    play = played_to("reported")
    play.says(BOT, "Text\n\n<!-- cocflow:receipt {} -->")
    assert ledger(play).broken == ("A receipt can't be read.",)


def test_the_later_of_two_with_one_place_is_void() -> None:
    """Of two receipts that name the same `prev`, the first in comment order counts."""
    play = played_to("reported")
    play.says(MFT, "/estimate 3 days", 1)
    record = next_record(play)
    first, second = play.post(record), play.post(record)
    read = ledger(play)
    assert read.last is not None
    assert read.last.id == first
    assert [entry.id for entry in read.void] == [second]
    assert not read.broken


def test_two_first_receipts_converge_too() -> None:
    """Of two openings answered at once, the first counts."""
    play = Play()
    record = next_record(play)
    first, second = play.post(record), play.post(record)
    assert [entry.id for entry in ledger(play).counted] == [first]
    assert [entry.id for entry in ledger(play).void] == [second]


def test_what_follows_a_void_receipt_is_void() -> None:
    """A run that built upon a receipt which lost has decided upon what isn't so."""
    play = played_to("reported")
    play.says(MFT, "/estimate 3 days", 1)
    record = next_record(play)
    play.post(record)
    void = play.post(record)
    child = play.post(msgspec.structs.replace(record, n=record.n + 1, prev=void, of="LE_9"))
    grandchild = play.post(msgspec.structs.replace(record, n=record.n + 2, prev=child, of="LE_10"))
    assert [entry.id for entry in ledger(play).void] == [void, child, grandchild]
    assert not ledger(play).broken


def test_a_chain_goes_on_after_void_receipts() -> None:
    """A receipt that names the last one that counted counts, whatever void ones stand between."""
    play = played_to("reported")
    play.says(MFT, "/estimate 3 days", 1)
    record = next_record(play)
    play.post(record)
    play.post(record)
    play.labels(MFT, "state: triaged", 2)
    play.run()
    assert play.state == "triaged"
    assert len(ledger(play).void) == 1
    assert not ledger(play).broken


def test_a_checkpoint_starts_anew_and_only_the_first_of_two_counts() -> None:
    """After a checkpoint what stood before it isn't judged; a second for the same `/recover` is void."""
    play = played_to("acknowledged")
    play.edits(play.receipt_ids()[0], STRANGER, "Words\n\n" + receipt_line(play.records()[0]))
    play.says(MFT, "/recover it was me", 6)
    (decision,) = play.run()
    second = play.post(decision.record)
    read = ledger(play)
    assert not read.broken
    assert [entry.record.n for entry in read.counted] == [decision.record.n]
    assert [entry.id for entry in read.void] == [second]


def test_a_deleted_checkpoint_is_a_gap() -> None:
    """A case isn't believed any more when its checkpoint is gone."""
    play = played_to("acknowledged")
    play.edits(play.receipt_ids()[0], STRANGER, "other words\n\n" + receipt_line(play.records()[0]))
    play.says(MFT, "/recover it was me", 6)
    play.run()
    assert not ledger(play).broken
    play.labels(MFT, "state: triaged", 7)
    play.run()
    play.deletes(MFT, play.receipt_ids()[2])
    assert ledger(play).broken


def test_there_is_one_card_and_the_rest_are_spare() -> None:
    """Two runs may each have made a card; the first is the card."""
    play = played_to("reported")
    line = card_line(Card(n=1, last=play.receipt_ids()[0]))
    first, second = play.says(BOT, line), play.says(BOT, line)
    play.says(STRANGER, line)
    read = ledger(play)
    assert read.card is not None
    assert read.card.id == first
    assert [card.id for card in read.spare_cards] == [second]


@given(st.data())
def test_whatever_is_done_to_receipts_is_noticed_or_changes_nothing(data: st.DataObject) -> None:
    """Deleting or editing any receipts is broken, or leaves a beginning of the chain that was."""
    play = played_to("closed")
    play.says(BOT, card_line(Card(n=play.records()[-1].n, last=play.receipt_ids()[-1])))
    before = ledger(play).counted
    for receipt in list(play.receipt_ids()):
        deed = data.draw(st.sampled_from(["leave", "delete", "edit"]), label=receipt)
        if deed == "delete":
            play.deletes(MFT, receipt)
        elif deed == "edit":
            text = next(one.body for one in play.read().comments() if one.id == receipt)
            play.edits(receipt, MFT, text.replace("reported", "triaged"))
    read = ledger(play)
    assert read.broken or read.counted == before
