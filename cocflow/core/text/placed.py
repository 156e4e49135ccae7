"""Where in a comment a command stands: what is quoted, code, a link or out of sight is never one.

Owns which lines of a comment are its writer's own words, as GitHub shows them, and what a line says of where
the job's `if:` finds a command. Refuses to know commands: which words are some is the grammar's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cocflow.core.text.typed import INVISIBLE

BEGINS = ("/", " ", "\u00a0")
"""With what a comment begins for which the job's `if:` starts it."""

HOLDS = ("\n/", "\n /")
"""What else a comment holds for which it does: a `/` within a line is mostly a link, or talk."""

_BLANK = "".join(INVISIBLE)
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_CODE = 4
"""Spaces by which Markdown knows a line of code."""


class Line(NamedTuple):
    """A line of a comment that is its writer's own: its place, and whether GitHub draws it into a quote."""

    place: int
    text: str
    in_quote: bool


def starts_job(comment: str) -> bool:
    """Whether the job's `if:` finds in a comment that it may hold a command."""
    return comment.startswith(BEGINS) or any(sign in comment for sign in HOLDS)


def plain_lines(text: str) -> str:
    """Return a text whose lines all end alike."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def leading(text: str) -> str:
    """Return a text without the white space before it, be it seen or not."""
    before = ""
    while before != text:
        before, text = text, text.lstrip().lstrip(_BLANK)
    return text


def is_indented(text: str) -> bool:
    """Whether the first line that isn't empty is drawn as code, as it is indented."""
    before = text[: len(text) - len(text.lstrip())].rpartition("\n")[2]
    return len(before.expandtabs(_CODE)) >= _CODE and not before.strip(" \t")


def own_lines(text: str) -> Iterator[Line]:
    """Give the lines of a comment that are no code, quote or comment of HTML, without the empty ones."""
    fence, hidden, in_quote, paragraph = "", False, False, False
    for place, line in enumerate(text.split("\n")):
        mark = _FENCE.match(line)
        if fence:
            ends = mark is not None and mark[1].startswith(fence) and not line.strip().strip(fence[0])
            fence, paragraph = ("" if ends else fence), False
        elif hidden or "<!--" in line:
            hidden = "-->" not in line.rpartition("<!--")[2]
        elif mark is not None:
            fence = mark[1]
        elif not line.strip():
            in_quote = paragraph = False
        elif _QUOTE.match(line):
            in_quote = True
        elif paragraph or in_quote or not is_indented(line):
            paragraph = True
            yield Line(place, line, in_quote)


def is_within(lines: list[str], place: int) -> bool:
    """Whether a line stands within code or a link that began on a line above it, in the same paragraph."""
    begin = max((n for n in range(place) if not lines[n].strip()), default=-1) + 1
    end = next((n for n in range(place, len(lines)) if not lines[n].strip()), len(lines))
    above, below = "\n".join(lines[begin:place]), "\n".join(lines[place:end])
    in_code = above.count("`") % 2 == 1 and "`" in below
    return in_code or (above.rfind("[") > above.rfind("]") and "](" in below)
