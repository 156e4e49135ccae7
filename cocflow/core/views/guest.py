"""What the guest of a room may know before they are anybody in a case: whose room it is, and who reads it."""

from __future__ import annotations

from typing import Any

from cocflow.core.acts.guest import GUEST
from cocflow.core.case.case import Case
from cocflow.core.people.roster import Community
from cocflow.core.views.base import Occasion, View, common_to


class GuestView(View, frozen=True, kw_only=True):
    """For the guest of a room. `readers` are those who handle reports; `login` is the guest's."""

    readers: tuple[str, ...]
    login: str = ""
    reason: str | None = None


def guest(case: Case, occasion: Occasion) -> GuestView:
    """Return what the guest of a room may know."""
    person = case.person(GUEST)
    return GuestView(
        **_of(case.community), login=person.login if person is not None else "", reason=occasion.reason
    )


def anybody_in_a_room(community: Community) -> GuestView:
    """Return what is said in a room before it is known what it is about."""
    return GuestView(**_of(community))


def _of(community: Community) -> dict[str, Any]:
    return {**common_to(community), "readers": tuple(one.shown() for one in community.administrators)}
