"""Everything that a repository holds, page after page."""

from __future__ import annotations

from collections.abc import Iterator

from cocflow.core.case.facts import Page
from cocflow.ports import Tracker


def whole(tracker: Tracker) -> Iterator[Page]:
    """Give all issues, open and closed: one read for each hundred of the more numerous. AdapterError."""
    open_: str | None = ""
    closed: str | None = ""
    while open_ is not None or closed is not None:
        page = tracker.listing(open_=open_, closed=closed)
        yield page
        open_, closed = page.next_open, page.next_closed
