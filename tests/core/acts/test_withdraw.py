"""Withdrawing: the reporter's own words, or an administrator's who quotes them."""

from __future__ import annotations

from cocflow.core.acts.withdraw import Withdraw
from cocflow.core.case.grammar import Said
from tests.core.acts.asking import REPORTER, asked
from tests.core.play import played_to

ACCEPTED: list[tuple[str, Said]] = [
    ("/withdraw", Withdraw()),
    ("/withdraw We talked.", Withdraw("We talked.")),
    ("/withdraw\nBy mail:\n> It is all\n>right.\nBye", Withdraw("By mail:\nBye", "It is all\nright.")),
    ("/withdraw > fine", Withdraw("", "fine")),
    ("/withdraw\n>\n> \u200b", Withdraw()),
]

REFUSED = [
    ("/withdraw\n/help", "One command a comment"),
]


def test_quotes_reporter() -> None:
    """Reporters withdraw in person; an administrator quotes them."""
    play = played_to("reported")
    assert asked(play, "quotes_reporter", "/withdraw", REPORTER) is None
    assert asked(play, "quotes_reporter", "/withdraw\n> Please stop.") is None
    assert asked(play, "quotes_reporter", "/withdraw they asked me to") is not None
    assert asked(play, "quotes_reporter") is not None
