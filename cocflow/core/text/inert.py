"""Names that people typed, made safe to stand in a sentence of ours.

Owns how a name is shown in Markdown so that it is nothing but text. Refuses whole texts: those are
quoted or fenced (`cocflow/messages.py`).
"""

from __future__ import annotations

import re

JOINER = "\N{WORD JOINER}"
"""What keeps a word from mentioning somebody or something; nobody sees it."""


def unlinked(text: str) -> str:
    """Return a text in which GitHub finds nobody to mention, and no issue to point at."""
    return re.sub(r"#(?=[0-9])", f"#{JOINER}", text.replace("@", f"@{JOINER}"))


def quiet(text: str) -> str:
    """Return a text in which GitHub mentions nobody and points at no issue; addresses stay as they are."""
    return re.sub(r"(?<!\w)([@#])(?=\w)", rf"\1{JOINER}", text)


def inline(text: str) -> str:
    """Return a name that a person typed, so that in a line of Markdown it is nothing but text."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", one_line).replace("@", f"@{JOINER}")
