"""What the administrators' channel outside GitHub is told: where to look, and nothing of what it is about."""

from __future__ import annotations

from cocflow.core.case.case import Case
from cocflow.core.people.roster import Community
from cocflow.core.views.base import Occasion, View, common, public


class ChannelView(View, frozen=True, kw_only=True):
    """For the administrators' channel outside GitHub. `waiting` counts what the digest at `link` names."""

    code_name: str
    state: str
    link: str
    waiting: int = 0


def waiting(community: Community, count: int, link: str) -> ChannelView:
    """Return what the channel is told of a digest that calls everybody: how much waits, and where."""
    return ChannelView(**public(community), code_name="", state="", link=link, waiting=count)


def channel(case: Case, occasion: Occasion) -> ChannelView:
    """Return what may be said in a channel that others than this case's administrators may read."""
    return ChannelView(
        **common(case),
        code_name=case.code_name,
        state=case.progress.state or "",
        link=case.issue.url,
    )
