"""Help: whoever asks for it gets it, whatever else they typed."""

from __future__ import annotations

from cocflow.core.acts.help import Help
from cocflow.core.case.grammar import Said

ACCEPTED: list[tuple[str, Said]] = [
    ("/help", Help()),
    ("/help me\nplease", Help("me\nplease")),
]

REFUSED = [
    ("/help\n/help", "One command a comment"),
]
