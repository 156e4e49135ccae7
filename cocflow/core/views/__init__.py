"""What each audience may know, one file each; nothing else reaches a template."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cocflow.core.case.case import Case
from cocflow.core.views.administrators import AdministratorsView, administrators
from cocflow.core.views.base import Occasion, View
from cocflow.core.views.board import BoardView
from cocflow.core.views.channel import ChannelView, channel
from cocflow.core.views.community import CommunityView, community
from cocflow.core.views.filer import FilerView, filer
from cocflow.core.views.guest import GuestView, guest
from cocflow.core.views.outside import OutsideView, outside
from cocflow.core.views.party import PartyView, party
from cocflow.core.views.reporter import ReporterView, reporter
from cocflow.core.views.sender import SenderView, sender
from cocflow.core.views.suspended import SuspendedView, suspended
from cocflow.core.views.yearly import YearlyView

VIEWS: Mapping[str, type[View]] = {
    "administrators": AdministratorsView,
    "board": BoardView,
    "channel": ChannelView,
    "community": CommunityView,
    "filer": FilerView,
    "guest": GuestView,
    "outside": OutsideView,
    "party": PartyView,
    "reporter": ReporterView,
    "sender": SenderView,
    "suspended": SuspendedView,
    "yearly": YearlyView,
}
"""The view of each audience, by its folder of templates: the one list of audiences."""

_MAKERS: Mapping[str, Callable[[Case, Occasion], View]] = {
    "administrators": administrators,
    "channel": channel,
    "community": community,
    "filer": filer,
    "guest": guest,
    "outside": outside,
    "party": party,
    "reporter": reporter,
    "sender": sender,
    "suspended": suspended,
}


def view(folder: str, case: Case, occasion: Occasion | None = None) -> View:
    """Return what the audience of a folder may know of a case; KeyError for one that is no audience's.

    `case` is the case after the decision, if the occasion is one.
    """
    return _MAKERS[folder](case, occasion or Occasion())
