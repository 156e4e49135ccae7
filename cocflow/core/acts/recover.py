"""Recovering: an administrator lets a case go on after a receipt was changed or is missing."""

from __future__ import annotations

from cocflow.core.case.act import Act
from cocflow.core.case.grammar import Command, Said, Usage, needed_words
from cocflow.core.process import KINDS


class Recover(Said, frozen=True):
    """Go on after a broken receipt."""

    reason: str


ACT = Act(
    name="recover",
    serves=KINDS,
    commands=(
        Command(
            name="recover",
            usage=Usage(
                "/recover <reason>",
                "/recover A receipt was edited by mistake; the state shown is right.",
                "Go on from here after a receipt was changed or is missing.",
            ),
            parse=lambda line, rest: Recover(needed_words(line, rest, "A reason is missing.")),
            slashes="no command",
        ),
    ),
)
