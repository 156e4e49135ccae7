"""The index: which facts may ask for something, and which are commands whatever else holds."""

from __future__ import annotations

import pytest

from cocflow.core.case import index
from cocflow.core.case.facts import Actor, BodyEdited, Opened
from cocflow.core.case.records import MAIL, Filed, mail_line
from tests.core.play import BOT, MFT, OTHER_BOT, RIYA, START, Play, played_to

LETTER = mail_line(Filed(mail="m", received=START, verified=True))


@pytest.mark.parametrize(
    ("by", "text", "word"),
    [
        (MFT, "/help", "help"),
        (MFT, "/nonsense and more", "nonsense"),
        (None, "/withdraw", "withdraw"),
        (MFT, "Thank you.\n\n/help", None),
        (MFT, "Talk.", None),
        (OTHER_BOT, "/help", None),
        (BOT, "/help", None),
    ],
)
def test_a_persons_comment_that_begins_with_a_slash_is_a_command(
    by: Actor | None, text: str, word: str | None
) -> None:
    """Known or not; what stands further down has to be looked at, and bots give none."""
    play = Play()
    said = play.says(by, text)
    assert index.asking(play.read()).words.get(said) == word


def test_bots_ask_for_nothing_but_by_what_cocflow_files() -> None:
    """Its letters may; receipts, cards and labels of its own, and other bots, never do."""
    play = played_to("acknowledged")
    letter = play.says(BOT, f"Somebody wrote.\n\n{LETTER}")
    play.says(OTHER_BOT, "/help")
    play.labels(BOT, "state: triaged")
    found = index.asking(play.read()).facts
    assert [one.id for one in found if one.by in (BOT, OTHER_BOT)] == [letter]
    assert [one.id for one in index.own(play.read(), MAIL)] == [letter]


def test_the_opening_and_edits_of_the_body_may_ask() -> None:
    """Whoever did them."""
    play = Play(BOT)
    play.edits_body(RIYA, "Another text.")
    assert [type(one) for one in index.asking(play.read()).facts] == [Opened, BodyEdited]
