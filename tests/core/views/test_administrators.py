"""What the administrators read: who is who, and what is held back."""

from __future__ import annotations

import msgspec

from cocflow.core.views import view
from tests.core.views.marked import MARK, PARTIES, told


def test_administrators_know_who_is_to_be_told() -> None:
    """Administrators see the parties by name, who hasn't been told, and that words are held back."""
    shown = msgspec.to_builtins(view("administrators", told().case()))
    assert shown["parties"] == shown["untold"] == (f"{MARK}5 Example",)
    assert shown["held_back"]
    assert not msgspec.to_builtins(view("administrators", told(PARTIES).case()))["held_back"]
