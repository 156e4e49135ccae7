"""The book of what was erased: thousands of stubs in a few reads, believed as cocflow wrote them last."""

from __future__ import annotations

import msgspec
import pytest

from cocflow.core.case.records import Book, Stub
from cocflow.core.case.seal import Seal
from cocflow.core.text.numbers import compact
from cocflow.run.book import A_PAGE, Pages, found, opened, read_book, write
from tests.core.play import MFT
from tests.fakes import FakeNotifier, FakeTracker, desk

SEAL = Seal((b"k" * 40,))


def stub(number: int) -> Stub:
    """Return the stub of an incident."""
    return Stub(
        first=number, numbers=compact((number,)), received="2026-01", finished="2026-02", kept="2027-04"
    )


class Shelf:
    """A tracker with the book on it."""

    def __init__(self) -> None:
        self.tracker = FakeTracker()
        self.desk = desk(self.tracker, FakeNotifier(), seal=SEAL)
        self.number = opened(self.desk).issue.number

    def holds(self, *stubs: Stub) -> None:
        """Write these stubs."""
        write(self.desk, self.read(), stubs, Book(waits=True))

    def read(self) -> Pages:
        """Return the book as it stands."""
        pages = found(self.desk)
        assert pages is not None
        return pages


def test_what_is_written_is_read_again_and_written_once() -> None:
    """Stubs and card come back, in their order; writing the same again sends nothing."""
    shelf = Shelf()
    shelf.holds(stub(1), stub(7))
    assert shelf.read().stubs == (stub(1), stub(7))
    assert shelf.read().card.waits
    assert shelf.read().numbers == {1, 7}
    before = shelf.tracker.written
    shelf.holds(stub(1), stub(7))
    assert shelf.tracker.written == before


def test_thousands_fit_on_few_pages() -> None:
    """A page is filled before another is begun, and a stub keeps its page."""
    shelf = Shelf()
    many = tuple(stub(number) for number in range(1, 12 * A_PAGE))
    shelf.holds(*many[:30])
    shelf.holds(*many)
    assert shelf.read().stubs == many
    assert len(shelf.read().pages) == 12


def test_an_erased_one_is_marked_and_a_kept_one_taken_out() -> None:
    """The mark stands on the same page; what is kept after all leaves, and an empty page with it."""
    shelf = Shelf()
    shelf.holds(stub(1), stub(2))
    erased = msgspec.structs.replace(stub(1), erased="2027-05")
    shelf.holds(erased)
    assert shelf.read().stubs == (erased,)
    shelf.holds()
    assert shelf.read().pages == ()


@pytest.mark.parametrize("place", [0, 1])
def test_what_somebody_else_wrote_or_edited_is_not_believed(place: int) -> None:
    """A page that a person has edited accounts for nothing; an edited card costs the index alone."""
    shelf = Shelf()
    shelf.holds(stub(1))
    comment = shelf.tracker.threads[shelf.number].comments()[place]
    shelf.tracker.edits(MFT, shelf.number, comment.id, comment.body)
    shelf.tracker.says(MFT, shelf.number, shelf.read().pages[0][0].body if place == 0 else "Hello")
    assert shelf.read().numbers == ({1} if place == 0 else set())


def test_another_key_s_book_is_none() -> None:
    """Without this community's signature nobody is told that anything was erased properly."""
    shelf = Shelf()
    shelf.holds(stub(1))
    other = msgspec.structs.replace(shelf.desk, seal=Seal((b"x" * 40,)))
    assert read_book(shelf.tracker.read(shelf.number), other) is None
