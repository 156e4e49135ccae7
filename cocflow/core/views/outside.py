"""What the outside contact may know: that they are needed, where, and how to answer. Nothing of the case."""

from __future__ import annotations

from cocflow.core.case.case import Case
from cocflow.core.people.roster import Community
from cocflow.core.views.base import Occasion, View, common


class OutsideView(View, frozen=True, kw_only=True):
    """For the outside contact. `waiting` counts the cases that nobody sees to, where they are told that."""

    link: str = ""
    waiting: int = 0


def waiting(community: Community, count: int) -> OutsideView:
    """Return what somebody outside is told of cases that nobody sees to: how many, and nothing else."""
    return OutsideView(
        community=community.name,
        code_of_conduct=community.code_of_conduct,
        rules_channel=community.rules_channel,
        outside_contact=community.outside_contact,
        waiting=count,
    )


def outside(case: Case, occasion: Occasion) -> OutsideView:
    """Return what somebody outside the circle of administrators is told."""
    return OutsideView(**common(case), link=case.issue.url)
