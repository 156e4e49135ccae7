"""What whoever a mail says wrote it may know while nobody knows more of them: that a mail has come."""

from __future__ import annotations

from cocflow.core.case.case import Case
from cocflow.core.views.base import Occasion, View, common


class SenderView(View, frozen=True, kw_only=True):
    """For whoever a mail says wrote it: the community's own words, and nothing of the mail or the case."""


def sender(case: Case, occasion: Occasion) -> SenderView:
    """Return what somebody is told who may not have written what is there under their address."""
    return SenderView(**common(case))
