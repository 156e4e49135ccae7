"""What people type: whether there is anything to see in it, and how names compare."""

from __future__ import annotations

import unicodedata

INVISIBLE = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that make two names look alike. Joiners are not among them: many scripts need those."""


def has_words(text: str) -> bool:
    """Tell whether there is anything to see; invisible characters alone are nothing."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def fold(name: str) -> str:
    """Give the form in which names are compared."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(folded.split()).removeprefix("@").rstrip(":,").strip()


def quoted_lines(text: str) -> str | None:
    """Return the lines behind `>`, without it; None where they say nothing."""
    lines = (line[1:].removeprefix(" ") for line in text.split("\n") if line.startswith(">"))
    quote = "\n".join(lines).strip()
    return quote if has_words(quote) else None


def unquoted_lines(text: str) -> str:
    """Return the lines that aren't behind `>`."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()
