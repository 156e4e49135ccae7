"""What a suspended person may know: the fact and the dates; why, with consent."""

from __future__ import annotations

import pytest

from cocflow.core.views import view
from cocflow.core.views.suspended import SuspendedView
from tests.core.play import (
    DAY,
    HOUR,
    MIABOT,
    RIYA,
    START,
    Play,
    body,
    suspended_in,
)

WEEK = 7 * DAY


@pytest.mark.parametrize(
    ("share", "known"),
    [
        (None, False),
        ("Nothing until you have asked me", False),
        ("What the people concerned need to know, without my name", True),
    ],
)
def test_the_reason_is_told_with_consent_only(share: str | None, known: bool) -> None:
    """Without the reporter's yes the suspended person learns the fact, and not why."""
    incident = Play(RIYA, body(share=share))
    incident.run()
    incident.says(MIABOT, "/suspend Insults\nSam Poe, sam@example.org", 1)
    incident.run()
    play = suspended_in(incident, "s1", 2, opened=START + HOUR)
    play.run()
    seen = view("suspended", play.case())
    assert isinstance(seen, SuspendedView)
    assert (seen.why is not None) is known
    assert seen.appeal_from == START + HOUR + WEEK
