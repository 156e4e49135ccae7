"""Help: whoever asks for it gets it, whatever else they typed."""

from __future__ import annotations

from cocflow.core.case.act import Act
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.process import KINDS


class Help(Said, frozen=True):
    """Ask for the state, the deadlines, and what one may do now."""

    note: str = ""


ACT = Act(
    name="help",
    serves=KINDS,
    commands=(
        Command(
            name="help",
            usage=Usage("/help", "/help", "See where it stands, what is due when, and what you can do now."),
            parse=lambda line, rest: Help(f"{line}\n{rest}".strip()),
            slashes="refused",
            instead=("menu", "?", "commands", "status", "info", "who", "when"),
            asks=True,
        ),
    ),
)
