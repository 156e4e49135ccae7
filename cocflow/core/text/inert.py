"""Names that people typed, made safe to stand in a sentence of ours.

Owns how a name is shown in Markdown so that it is nothing but text. Refuses whole texts: those are
quoted or fenced (`cocflow/messages.py`).
"""

from __future__ import annotations

import re


def inline(text: str) -> str:
    """Return a name that a person typed, so that in a line of Markdown it is nothing but text."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", one_line).replace("@", "@\N{WORD JOINER}")
