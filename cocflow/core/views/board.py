"""What the board says: what cocflow couldn't do, since when, what it costs whom, and what to do.

It is no case, and holds nothing of any: numbers, names of channels and settings, and times.
"""

from __future__ import annotations

from datetime import datetime

from cocflow.core.case.records import Line
from cocflow.core.views.base import View


class BoardView(View, frozen=True, kw_only=True):
    """For the administrators, on the board.

    `new`: what they haven't been told of yet; `more`: how much else there is, for which there is no room.
    """

    lines: tuple[Line, ...]
    new: tuple[Line, ...]
    more: int
    mentions: tuple[str, ...]
    swept: datetime | None
    mailed: datetime | None
