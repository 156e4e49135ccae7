"""Whether a text means somebody: read widely, since it serves to keep people out, and lets nobody in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, TypeAlias

from cocflow.core.text.typed import INVISIBLE

Sureness: TypeAlias = Literal["surely", "perhaps"]

_EMPHASIS = re.compile(r"(?<!\w)_+|_+(?!\w)")
"""Underlines around words, which Markdown makes italics of."""

SHORTEST_WORD = 3
"""Letters of a word of a name that may mean somebody: shorter ones are particles and initials."""


def meant(text: str, name: str, handles: Iterable[str]) -> Sureness | None:
    """Return how surely a text means whoever has that name and these handles.

    Surely: by a handle (a login with or without `@`, a mail address, a Slack id), or by the whole name, in
    whatever case, with or without accents. Perhaps: by one word of the name; or by any of these where a
    sentence runs into the next, which may as well be an address that goes on.
    """
    words = _plain(name).split()
    whole = (*(_plain(one) for one in handles), " ".join(words) if len(words) > 1 else "")
    said = _plain(text)
    if any(one and _stands_in(one, said) for one in whole):
        return "surely"
    parts = [one for one in words if len(one) >= SHORTEST_WORD]
    runs_on = (one for one in (*whole, *parts) if len(one) >= SHORTEST_WORD and _runs_on(one, said))
    return "perhaps" if any(_stands_in(one, said) for one in parts) or any(runs_on) else None


def _plain(text: str) -> str:
    """Return a text without case, accents, or more than one space, as names in it are compared."""
    letters = (_EMPHASIS.sub("", text) if "_" in text else text).casefold()
    if not letters.isascii():
        apart = unicodedata.normalize("NFKD", letters)
        letters = "".join(one for one in apart if not unicodedata.combining(one) and one not in INVISIBLE)
    return " ".join(letters.split())


def _stands_in(word: str, text: str) -> bool:
    return word in text and _bounded(word).search(text) is not None


def _runs_on(word: str, text: str) -> bool:
    return word in text and _unspaced(word).search(text) is not None


@lru_cache(maxsize=1024)
def _unspaced(word: str) -> re.Pattern[str]:
    # "I saw mia.She left", "It was him.Mia left"; not mia.example.org, kim@mia.org, nor mia.kim@example.org
    it = re.escape(word)
    end = rf"(?<![\w-])(?<![\w-]\.)(?<!\w@)(?<!//){it}(?=\.[^\W\d_]+(?![\w.@-]))"
    start = rf"(?<=[^\W\d_]\.){it}(?![\w-]|@|\.\w)"
    return re.compile(f"{end}|{start}")


@lru_cache(maxsize=1024)
def _bounded(word: str) -> re.Pattern[str]:
    # A login may hold hyphens, so `mia` isn't meant by `mia-bot`; nor by what goes on as an address.
    return re.compile(rf"(?<![\w-])(?<![\w-]\.){re.escape(word)}(?![\w-]|@|\.\w)")
