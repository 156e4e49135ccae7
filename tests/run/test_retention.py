"""What a sweep does for retention: it announces, writes the stub, withdraws it, and confirms."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from cocflow.core.process import BOOK_LABEL
from cocflow.core.text.numbers import read_compact
from cocflow.run.book import Pages, found
from cocflow.run.retention import AT_ONCE
from cocflow.run.sweep import Run, sweep
from tests.core.play import APPROVE, MFT, RIYA
from tests.run.setting import Setting


class Kept(Setting):
    """A report that was resolved and closed, in a community that keeps by outcome."""

    def __init__(self, *, retention: bool = True) -> None:
        super().__init__()
        community = msgspec.structs.replace(self.desk.community, retention=retention)
        self.desk = msgspec.structs.replace(self.desk, community=community)
        self.says(MFT, "/estimate 3 days")
        self.says(MFT, "/resolve We talked.")
        self.run()
        self.labels(MFT, APPROVE)
        self.run()

    def passes(self, days: int) -> Run:
        """Let time pass, with a sweep at its end."""
        self.tracker.moves_clock(timedelta(days=days))
        return sweep(self.desk)

    def book(self) -> Pages:
        """Return the book."""
        pages = found(self.desk)
        assert pages is not None
        return pages


def test_off_until_it_is_configured() -> None:
    """Without the line there is no book, and everything is kept for ever."""
    kept = Kept(retention=False)
    kept.passes(1)
    kept.passes(2000)
    assert kept.tracker.labelled(BOOK_LABEL) == ()


def test_it_is_said_two_weeks_before_and_then_written() -> None:
    """From the day of the notice fourteen days pass before there is a stub, and the issue itself stays."""
    kept = Kept()
    kept.passes(1)
    run = kept.passes(15 * 31)
    assert [one.number for one in run.leaving] == [1]
    assert kept.book().stubs == ()
    run = kept.passes(13)
    assert [one.number for one in run.leaving] == [1]
    run = kept.passes(2)
    assert run.leaving == ()
    (stub,) = kept.book().stubs
    assert (stub.first, stub.erased) == (1, "")
    assert 1 in kept.tracker.threads


def test_how_long_before_it_is_said_is_the_communitys() -> None:
    """A waiting period as any other: a month's notice, or none."""
    kept = Kept()
    periods = {"erasure.notice": timedelta(days=30)}
    community = msgspec.structs.replace(kept.desk.community, waiting_periods=periods)
    kept.desk = msgspec.structs.replace(kept.desk, community=community)
    kept.passes(1)
    kept.passes(15 * 31)
    for _ in range(2):
        assert [one.number for one in kept.passes(14).leaving] == [1]
        assert kept.book().stubs == ()
    kept.passes(3)
    assert [one.first for one in kept.book().stubs] == [1]


def test_a_day_without_news_costs_two_reads_and_no_write() -> None:
    """What is known isn't read again: the book, and no case."""
    kept = Kept()
    kept.passes(1)
    kept.passes(1)
    kept.tracker.forget()
    kept.tracker.moves_clock(timedelta(hours=2))
    sweep(kept.desk)
    assert kept.tracker.calls.count("read") <= 2
    assert "comment" not in kept.tracker.calls


def test_what_is_taken_up_again_is_kept() -> None:
    """Reopened after its stub was written, it leaves the book, and its time begins anew."""
    kept = Kept()
    kept.passes(1)
    kept.passes(15 * 31)
    kept.passes(15)
    assert len(kept.book().stubs) == 1
    kept.tracker.reopens(MFT, 1)
    kept.passes(1)
    assert kept.book().stubs == ()


def test_it_is_told_erased_only_once_it_is_gone() -> None:
    """As long as the issue is there the stub waits; gone, the next sweep marks it, and is done with it."""
    kept = Kept()
    kept.passes(1)
    kept.passes(15 * 31)
    kept.passes(15)
    kept.passes(1)
    assert not kept.book().stubs[0].erased
    kept.tracker.vanishes(1)
    assert kept.passes(1).troubles == ()
    assert kept.book().stubs[0].erased
    assert not kept.book().card.waits


def test_many_are_looked_at_in_several_sweeps() -> None:
    """A sweep reads so many cases for it, and no more; the next ones go on until all are known."""
    kept = Kept()
    for _ in range(AT_ONCE + 5):
        kept.tracker.opens(RIYA)
    sweep(kept.desk)
    for number in range(2, AT_ONCE + 7):
        kept.tracker.says(RIYA, number, "/withdraw")
    sweep(kept.desk)
    sweep(kept.desk)
    kept.passes(1)
    every = set(range(1, AT_ONCE + 7))
    assert known(kept) < every
    kept.passes(0)
    assert known(kept) == every


def known(kept: Kept) -> set[int]:
    """Return the numbers of which the book knows how long they are kept."""
    return {number for text in kept.book().card.kept.values() for number in read_compact(text)}
