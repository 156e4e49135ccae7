"""Recovering: it needs a reason."""

from __future__ import annotations

import pytest

from cocflow.core.acts import GRAMMAR
from cocflow.core.acts.recover import Recover
from cocflow.core.case.grammar import Said, read_command
from tests.core.acts.asking import assert_refused

ACCEPTED: list[tuple[str, Said]] = [
    ("/recover An edited receipt.\nIt is right.", Recover("An edited receipt.\nIt is right.")),
]

REFUSED = [
    ("/recover Because.\n/help", "One command a comment"),
    ("/recover", "A reason is missing"),
    ("/recover \u200b", "A reason is missing"),
]


@pytest.mark.parametrize(("body", "command"), ACCEPTED)
def test_a_well_formed_command_is_read(body: str, command: Said) -> None:
    """Every documented way to write it gives its record, words kept as they were typed."""
    assert read_command(body, GRAMMAR) == command


@pytest.mark.parametrize(("body", "answer"), REFUSED)
def test_anything_else_is_a_mistake_with_a_way_out(body: str, answer: str) -> None:
    """What can't be read is refused with the reason, and with a command that can be copied."""
    assert_refused(body, answer)
