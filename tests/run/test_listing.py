"""Everything that a repository holds, over a tracker that counts its reads."""

from __future__ import annotations

from cocflow.core.case.facts import Page
from cocflow.run.listing import whole
from tests.core.play import START
from tests.fakes import FakeTracker


class Paged(FakeTracker):
    """A tracker whose open issues fill one page, and whose closed ones three."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str | None, str | None]] = []

    def listing(self, *, open_: str | None, closed: str | None) -> Page:
        """See `Tracker.listing`."""
        self.asked.append((open_, closed))
        following = {"": "2", "2": "3"}.get(closed or "") if closed is not None else None
        return Page(issues=(), now=START, next_open=None, next_closed=following)


def test_what_is_through_is_not_asked_for_again() -> None:
    """One read for each hundred of the more numerous; the shorter list ends earlier."""
    tracker = Paged()
    assert len(list(whole(tracker))) == 3
    assert tracker.asked == [("", ""), (None, "2"), (None, "3")]
