"""What anyone without a role in the case may know: nothing of it, not even its state."""

from __future__ import annotations

from cocflow.core.acts.consent import may_tell_community
from cocflow.core.case.case import Case
from cocflow.core.views.base import Occasion, View, common, post


class CommunityView(View, frozen=True, kw_only=True):
    """For the community.

    `post` is a text that those concerned were asked about, and that another administrator approved.
    """

    post: str | None = None

    @property
    def written(self) -> str:
        """What a person wrote for this reader."""
        return "\n".join(filter(None, (self.post,)))


def community(case: Case, occasion: Occasion) -> CommunityView:
    """Return what the community may know; a suspension's words never, they go out by the incident."""
    allowed = case.is_incident and may_tell_community(case)
    return CommunityView(**common(case), post=post(case, occasion) if allowed else None)
