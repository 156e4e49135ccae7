"""Recovery: a broken case decides nothing until an administrator has it go on."""

from __future__ import annotations

import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.estimate import Estimated
from cocflow.core.case.facts import Actor
from cocflow.core.case.progress import Record, checkpoint, restored
from cocflow.core.case.records import receipt_line
from cocflow.core.engine.decide import decide
from cocflow.core.engine.reading import read_receipt
from tests.core.play import (
    MFT,
    MIABOT,
    OTHER_BOT,
    RIYA,
    ROSTER,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    played_to,
)


def broken(state: str = "acknowledged") -> Play:
    """Return a play whose first receipt was edited by somebody."""
    play = played_to(state)
    play.edits(play.receipt_ids()[0], STRANGER, "Forged\n\n" + receipt_line(play.records()[0]))
    return play


def test_a_broken_case_decides_nothing() -> None:
    """Until somebody looked into it, no request and no timer of a broken case is answered."""
    play = broken()
    play.labels(MFT, "state: triaged")
    play.sends(MFT, "/resolve We talked.")
    assert play.run(500) == []


@pytest.mark.parametrize("by", [RIYA, STRANGER, OTHER_BOT, None])
def test_only_an_administrator_recovers(by: Actor | None) -> None:
    """`/recover` by anybody without a say does nothing."""
    play = broken()
    play.says(by, "/recover it is all right")
    assert play.run() == []
    assert play.case().ledger.broken


@pytest.mark.parametrize("deed", ["edits", "deletes"])
def test_who_altered_a_receipt_does_not_recover(deed: str) -> None:
    """An administrator who was named, and deletes that, gets no say back by it: another one goes on."""
    play = played_to("acknowledged")
    said = play.says(MIABOT, "/party @mft", 1)
    play.run()
    receipt = play.receipt_ids()[-1]
    if deed == "edits":
        play.edits(receipt, MFT, "Words\n\n" + receipt_line(play.records()[0]))
    else:
        for comment in (said, receipt):
            play.deletes(MFT, comment)
    play.says(MFT, "/recover it was a mistake")
    play.says(MFT, "/resolve Nothing happened.")
    assert play.run() == []
    answers = play.says(MIABOT, "/recover somebody altered it")
    assert play.run()[0].record.of == answers
    assert [play.case().say_of(one) for one in ROSTER] == ["none", "in question", "whole"]
    play.says(THCLPR, "/clear @mft It was by mistake, and there is nothing about them.")
    play.run()
    assert [play.case().say_of(one) for one in ROSTER] == ["whole", "whole", "whole"]


def test_the_report_is_read_again_when_a_case_goes_on() -> None:
    """Whoever deleted the receipt that tells whom it names, and however: it still names them."""
    play = played_to("reported", text=body(who="It was @mft."))
    play.deletes(STRANGER, play.receipt_ids()[0])
    play.says(MIABOT, "/recover somebody altered it")
    play.run()
    assert [play.case().say_of(one) for one in ROSTER] == ["none", "whole", "whole"]


def test_a_sole_administrator_recovers_what_they_altered() -> None:
    """Where nobody else has a say, it is theirs."""
    play = played_to("acknowledged", community_=community(ROSTER[0]))
    play.deletes(MFT, play.receipt_ids()[-1])
    play.says(MFT, "/recover it was me")
    assert play.run()[0].record.move == "recover"


def test_recover_needs_a_reason() -> None:
    """A bare `/recover` doesn't go on."""
    play = broken()
    play.says(MFT, "/recover")
    assert play.run() == []


def test_recover_goes_on() -> None:
    """A checkpoint believes the sound receipts, and what was asked since is answered."""
    play = broken("acknowledged")
    waiting = play.labels(MFT, "state: triaged")
    said = play.says(MFT, "/recover it was me")
    made = play.run()
    assert [one.record.of for one in made] == [said, waiting]
    assert not play.case().ledger.broken
    assert play.state == "triaged"
    assert play.case().progress.newest(Estimated) is not None
    assert play.run() == []


def test_recover_works_twice() -> None:
    """A case that is broken again after a checkpoint stops again and can go on again."""
    play = broken()
    play.says(MFT, "/recover once")
    play.run()
    play.labels(MFT, "state: triaged")
    play.run()
    play.edits(play.receipt_ids()[-1], STRANGER, "Forged\n\n" + receipt_line(play.records()[-1]))
    assert play.case().ledger.broken
    play.says(MFT, "/recover twice")
    play.run()
    assert not play.case().ledger.broken
    assert play.state == "triaged", "asked for since the newest sound receipt, so decided again"


def test_recover_in_a_sound_case_is_refused() -> None:
    """There is nothing to recover, so the request is answered as any other that can't be done."""
    play = played_to("reported")
    play.says(MFT, "/recover why not")
    play.refusal()


def test_recover_gives_an_answered_recover_no_second_life() -> None:
    """An old `/recover`, done or refused, doesn't go on by itself when the case breaks later."""
    play = played_to("reported")
    play.says(MFT, "/recover too early")
    play.run()
    play.labels(MFT, "state: triaged")
    play.run()
    play.edits(play.receipt_ids()[0], STRANGER, "Forged\n\n" + receipt_line(play.records()[0]))
    assert play.run() == []


def test_a_case_whose_every_receipt_is_gone_recovers_from_the_start() -> None:
    """With no sound receipt left, a checkpoint still goes on: the opening is answered after it."""
    play = played_to("reported")
    play.edits(play.receipt_ids()[0], STRANGER, "<!-- cocflow:receipt gone -->")
    play.says(MFT, "/recover start again")
    play.run()
    assert not play.case().ledger.broken
    assert play.state == "reported"
    assert decide(play.case()) is None


def test_the_checkpoint_of_the_largest_case_fits_into_a_comment() -> None:
    """A hundred parties and a hundred suspended accounts, packed, are read again as they were."""
    play = played_to("triaged")
    for number in range(100):
        play.says(MFT, f"/party Person Number{number} person{number}@example.org")
    accounts = "\n".join(f"Sam Number{number}, sam{number}@example.org" for number in range(100))
    play.says(MFT, f"/suspend Insults\n{accounts}")
    play.run()
    saved = checkpoint(play.case().progress, set(), play.now)
    record = Record(n=1, prev=None, of="IC_1", at=play.now, process="incident/1.1", snapshot=saved)
    line = receipt_line(record)
    assert len(line.encode()) < 50_000
    read = read_receipt(line)
    assert read is not None
    assert restored(read.snapshot or {}, ACTS.kinds) == restored(saved, ACTS.kinds)


@pytest.mark.parametrize("text", ["x", "eNo=", "!", "e" * 1000])
def test_what_cannot_be_unpacked_is_no_receipt(text: str) -> None:
    """A checkpoint that somebody damaged is unreadable, like any other receipt."""
    record = Record(n=1, prev=None, of="IC_1", at=START, process="incident/1.1", packed=text)
    assert read_receipt(receipt_line(record)) is None
