"""Help: whoever asks for it gets it, whatever else they typed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from cocflow.core.acts.help import Help
from cocflow.core.case.case import Definition
from cocflow.core.case.grammar import Said
from cocflow.core.views.base import View
from cocflow.core.views.samples import full, least
from tests.core.play import definition, suspension_definition
from tests.fakes import templates

ACCEPTED: list[tuple[str, Said]] = [
    ("/help", Help()),
    ("/help me\nplease", Help("me\nplease")),
]

REFUSED = [
    ("/help\n/help", "One command a comment"),
]


@pytest.mark.parametrize("audience", ["reporter", "filer", "party", "suspended", "guest"])
@pytest.mark.parametrize("example", [full, least])
def test_help_speaks_to_whoever_asks(audience: str, example: Callable[[str], View]) -> None:
    """In the second person, and never of them as of somebody else."""
    text = templates().render(f"{audience}/help", example(audience))
    assert re.search(r"\b[Yy]ou(r|rs)?\b|Where things stand", text)
    assert not re.search(rf"\b[Tt]he {audience}( person)?\b", text)


@pytest.mark.parametrize("one", [definition(), suspension_definition()], ids=lambda one: one.process.name)
def test_what_somebody_may_do_is_said_to_them(one: Definition) -> None:
    """What a move means, as `/help` says it to whoever may make it, doesn't speak of them."""
    for move in (move for move in one.process.moves if "reporter" in move.by and move.command is not None):
        assert "the reporter" not in move.means, move.name
