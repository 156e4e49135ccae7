"""Names that people typed, made safe to stand in a sentence of ours.

Owns how a name is shown in Markdown so that it is nothing but text. Refuses whole texts: those are
quoted or fenced (`cocflow/messages.py`).
"""

from __future__ import annotations

import re

JOINER = "\N{WORD JOINER}"
"""What keeps a word from mentioning somebody or something; nobody sees it."""


_ADDRESS = re.compile(
    r"(?<![\w.-])(?:www\.)?github\.com(?=/[^/\s]+/[^/\s]+/(?:issues|pull|discussions)/[0-9])", re.IGNORECASE
)
"""How the address of an issue begins, by which GitHub has that issue show where it was named."""


def unlinked(text: str) -> str:
    """Return a text in which GitHub finds nobody to mention, and no issue to point at.

    An address leads there all the same: by redirect.github.com, at which GitHub draws no reference
    (https://docs.github.com/get-started/writing-on-github, Autolinked references and URLs).
    """
    bare = re.sub(r"#(?=[0-9])", f"#{JOINER}", text.replace("@", f"@{JOINER}"))
    return _ADDRESS.sub("redirect.github.com", bare)


def quiet(text: str) -> str:
    """Return a text in which GitHub mentions nobody and points at no issue; addresses stay as they are."""
    return re.sub(r"(?<!\w)([@#])(?=\w)", rf"\1{JOINER}", text)


def inline(text: str) -> str:
    """Return a name that a person typed, so that in a line of Markdown it is nothing but text."""
    one_line = " ".join(text.split())
    return re.sub(r"([\\`*_{}\[\]<>#|~!])", r"\\\1", one_line).replace("@", f"@{JOINER}")
