"""What the outside contact may know: that they are needed, where, and how to answer. Nothing of the case."""

from __future__ import annotations

from cocflow.core.case.case import Case
from cocflow.core.views.base import Occasion, View, common


class OutsideView(View, frozen=True, kw_only=True):
    """For the outside contact."""

    link: str


def outside(case: Case, occasion: Occasion) -> OutsideView:
    """Return what somebody outside the circle of administrators is told."""
    return OutsideView(**common(case), link=case.issue.url)
