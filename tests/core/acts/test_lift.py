"""Lifting with words: the suspension ends once they are sent, and the label ends it without any."""

from __future__ import annotations

from cocflow.core.acts.lift import Lift
from cocflow.core.case.grammar import Said
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from tests.core.play import APPROVE, MFT, MIABOT, Play, body, suspended_in, suspension_played_to

ACCEPTED: list[tuple[str, Said]] = [
    ("/lift We are sorry.", Lift("We are sorry.")),
    ("/lift\nWe are\nsorry.", Lift("We are\nsorry.")),
]
REFUSED = [
    ("/lift", "without any, add the label `state: lifted`"),
    ("/lift x\n/help", "One command a comment"),
]


def test_it_ends_once_the_words_are_sent() -> None:
    """Until then the account stays suspended."""
    play = suspension_played_to("active")
    play.says(MFT, "/lift We are sorry.")
    play.run()
    assert play.state == "active"
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "lifted"


def test_the_person_reads_them_if_the_reporter_lets_them() -> None:
    """Words about an incident wait for the reporter's consent, as everywhere."""
    for share, told in (
        (None, None),
        ("What the people concerned need to know, without my name", "We are sorry."),
    ):
        incident = Play(text=body(share=share))
        incident.run()
        incident.says(MFT, "/suspend Insults\nSam Poe until 8 weeks")
        incident.run()
        play = suspended_in(incident, "s1", 2, opened=incident.now)
        play.run()
        play.sends(MFT, "/lift We are sorry.")
        play.run()
        (owed,) = [
            one for record in play.records() for one in record.owed if one.notice == "suspended/lifted"
        ]
        assert getattr(view("suspended", play.case(), Occasion(owed=owed)), "decision") == told  # noqa: B009
