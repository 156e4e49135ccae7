"""What the guest of a room may know before they are anybody in a case: who reads it, what they are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cocflow.core.case.case import Case
from cocflow.core.people.roster import Community
from cocflow.core.views.base import Occasion, View, public, said


class GuestView(View, frozen=True, kw_only=True):
    """For the guest of a room. `readers` are those who handle reports."""

    readers: tuple[str, ...]
    said: str | None = None
    answer_asked_by: datetime | None = None
    reason: str | None = None

    @property
    def written(self) -> str:
        """What a person wrote for this reader."""
        return self.said or ""


def guest(case: Case, occasion: Occasion) -> GuestView:
    """Return what the guest of a room may know."""
    return GuestView(
        **_of(case.community),
        reason=occasion.reason,
        **said(case, occasion),
    )


def anybody_in_a_room(community: Community) -> GuestView:
    """Return what is said in a room before it is known what it is about."""
    return GuestView(**_of(community))


def _of(community: Community) -> dict[str, Any]:
    return {**public(community), "readers": tuple(one.shown() for one in community.administrators)}
