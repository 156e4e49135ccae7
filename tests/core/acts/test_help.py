"""Help: whoever asks for it gets it, whatever else they typed."""

from __future__ import annotations

import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.help import Help
from cocflow.core.case.grammar import Said, read_command
from tests.core.acts.asking import assert_refused

ACCEPTED: list[tuple[str, Said]] = [
    ("/help", Help()),
    ("/help me\nplease", Help("me\nplease")),
]

REFUSED = [
    ("/help\n/help", "One command a comment"),
]


@pytest.mark.parametrize(("body", "command"), ACCEPTED)
def test_a_well_formed_command_is_read(body: str, command: Said) -> None:
    """Every documented way to write it gives its record, words kept as they were typed."""
    assert read_command(body, GRAMMAR) == command


@pytest.mark.parametrize(("body", "answer"), REFUSED)
def test_anything_else_is_a_mistake_with_a_way_out(body: str, answer: str) -> None:
    """What can't be read is refused with the reason, and with a command that can be copied."""
    assert_refused(body, answer)
