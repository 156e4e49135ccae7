"""What a suspended person may know: the fact and the dates; why, with consent."""

from __future__ import annotations

import pytest

from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.core.views.suspended import SuspendedView, suspended
from tests.core.play import (
    DAY,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    START,
    STRANGER,
    Play,
    body,
    played_to,
    suspended_in,
    suspension_body,
    suspension_definition,
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


def test_a_reason_that_was_changed_since_is_told_to_nobody() -> None:
    """The form's body stays editable; what reaches the suspended person is what was said at first."""
    incident = played_to("triaged")
    incident.says(RIYA, "/consent parties", 5)
    incident.run()
    play = Play(
        MFT,
        suspension_body(incident="1"),
        definition_=suspension_definition(),
        incident=incident,
        number=2,
        start=incident.now,
    )
    play.run()
    assert suspended(play.case(), Occasion()).why == "Insults."
    play.edits_body(STRANGER, suspension_body(incident="1", reason="Something else."))
    assert suspended(play.case(), Occasion()).why is None
