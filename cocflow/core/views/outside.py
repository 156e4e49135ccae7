"""What the outside contact may know: that they are needed, where, and how to answer. Nothing of a case."""

from __future__ import annotations

from datetime import datetime

from cocflow.core.case.case import Case
from cocflow.core.people.roster import Community
from cocflow.core.views.base import Occasion, View, common, public


class OutsideView(View, frozen=True, kw_only=True):
    """For the outside contact. `link` is where to look; "" for a mail, which came at `received`.

    `waiting` counts the cases that nobody sees to, where they are told that. `report`: it is about one.
    """

    link: str
    mailbox: str
    received: datetime | None
    waiting: int = 0
    report: bool = False


def waiting(community: Community, count: int) -> OutsideView:
    """Return what somebody outside is told of cases that nobody sees to: how many, and nothing else."""
    return OutsideView(**public(community), link="", mailbox="", received=None, waiting=count)


def outside(case: Case, occasion: Occasion) -> OutsideView:
    """Return what somebody outside the circle of administrators is told."""
    return OutsideView(
        **common(case), link=case.issue.url, mailbox="", received=None, report=case.is_incident
    )


def outside_of_all(community: Community, *, link: str = "", received: datetime | None = None) -> OutsideView:
    """Return what the outside contact is told of words of which there is no case, since nobody may read them.

    They stand in a room, at `link`, or lie in the mailbox.
    """
    return OutsideView(**public(community), link=link, mailbox=community.answers_to, received=received)
