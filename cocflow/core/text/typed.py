"""What people type: whether there is anything to see in it, how names compare, and what joins several."""

from __future__ import annotations

import re
import unicodedata

INVISIBLE = frozenset(
    "\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Characters that make two names look alike. Joiners are not among them: many scripts need those."""


_JOINS = re.compile(r"[,;&+]|\s(?:and|und|et|y|or|with|/)\s", re.IGNORECASE)
"""What stands between two names. A slash without spaces doesn't: people write `she/her` behind theirs."""


def has_words(text: str) -> bool:
    """Tell whether there is anything to see; invisible characters alone are nothing."""
    return any(letter.isprintable() and not letter.isspace() for letter in text)


def fold(name: str) -> str:
    """Give the form in which names are compared."""
    folded = unicodedata.normalize("NFC", name).casefold()
    return " ".join(folded.split()).removeprefix("@").rstrip(":,").strip()


def apart(names: str) -> list[str]:
    """Cut names at what joins them; one is left whole. Where nothing stands between two joints, it is ""."""
    return [one.strip() for one in _JOINS.split(names)]


def quoted_lines(text: str) -> str | None:
    """Return the lines behind `>`, without it; None where they say nothing."""
    lines = (line[1:].removeprefix(" ") for line in text.split("\n") if line.startswith(">"))
    quote = "\n".join(lines).strip()
    return quote if has_words(quote) else None


def unquoted_lines(text: str) -> str:
    """Return the lines that aren't behind `>`."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(">")).strip()
