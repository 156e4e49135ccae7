"""What issues below another have in common, suspensions and rooms: what is noted above.

Labels of such an issue can be forged, so the case above believes only its own receipts (the rule
*Suspensions*): each receipt that says how the one below stands owes one above.
"""

from __future__ import annotations

from cocflow.core.case.ids import NoticeId
from cocflow.core.case.records import Owed
from cocflow.errors import CocflowError


class TwiceMadeError(CocflowError):
    """Two issues were made for one suspension, or room; the later one is to be closed."""

    def __init__(self, number: int, first: int) -> None:
        super().__init__(f"Issue {number} repeats the issue {first}.")
        self.first = first


def to_incident(number: int) -> Owed:
    """Return what the receipt of that number owes the case above: that it notes how this one stands."""
    return Owed(id=str(NoticeId(number, "noted")), notice="noted", to="incident")
