"""Withdrawing: the reporter's own words, or an administrator's who quotes them."""

from __future__ import annotations

import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.withdraw import Withdraw
from cocflow.core.case.grammar import Said, read_command
from tests.core.acts.asking import REPORTER, asked, assert_refused
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


@pytest.mark.parametrize(("body", "command"), ACCEPTED)
def test_a_well_formed_command_is_read(body: str, command: Said) -> None:
    """Every documented way to write it gives its record, words kept as they were typed."""
    assert read_command(body, GRAMMAR) == command


@pytest.mark.parametrize(("body", "answer"), REFUSED)
def test_anything_else_is_a_mistake_with_a_way_out(body: str, answer: str) -> None:
    """What can't be read is refused with the reason, and with a command that can be copied."""
    assert_refused(body, answer)


def test_quotes_reporter() -> None:
    """Reporters withdraw in person; an administrator quotes them."""
    play = played_to("reported")
    assert asked(play, "quotes_reporter", "/withdraw", REPORTER) is None
    assert asked(play, "quotes_reporter", "/withdraw\n> Please stop.") is None
    assert asked(play, "quotes_reporter", "/withdraw they asked me to") is not None
    assert asked(play, "quotes_reporter") is not None
