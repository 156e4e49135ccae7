"""A typed text in a body, where it must neither open a section nor swallow the next one.

Owns both directions: `sealed` escapes, by one more backslash, lines that look like a heading, and closes
what would swallow the next question; `opened` takes exactly that back.

**What that costs in bodies of GitHub's own making.** A person who typed `\\### Label`, backslash and all,
loses the backslash; one who typed a label as a heading made it stand twice, and is asked again; of one
who typed the label of what we can't read, the answer ends there, and the rest is an extra section. Nothing
else that was typed changes, but for `normalise`.
"""

import re
from collections.abc import Sequence

from cocflow.core.forms.markdown import heading_text, structure_of
from cocflow.core.forms.normal import lines_of, trimmed

_CLOSED = "<!-- cocflow: closed -->"
"""Stands below a line that `sealed` added to an answer; both are taken off again by `opened`."""


def sealed(text: str, labels: frozenset[str] | None) -> str:
    """Return a text that neither opens a section nor swallows the next one; `opened` takes it back."""
    lines = [_escaped(line, labels) for line in trimmed(lines_of(text))]
    closer = _closer(lines)
    if closer is not None or lines[-1:] == [_CLOSED]:
        lines += [closer or "", _CLOSED]
    return "\n".join(lines)


def opened(lines: Sequence[str], labels: frozenset[str] | None) -> str:
    """Return the text of which `sealed` made these lines."""
    kept = lines[:-2] if lines[-1:] == [_CLOSED] else lines
    return "\n".join(_unescaped(line, labels) for line in kept)


_HEADING_LIKE = re.compile(r"( {0,3})(\\*)(###(?:[ \t].*)?)", re.DOTALL)


def _escaped(line: str, labels: frozenset[str] | None) -> str:
    """Put one more backslash before what looks like a heading of those labels (None: like any)."""
    found = _HEADING_LIKE.fullmatch(line)
    return f"{found[1]}\\{found[2]}{found[3]}" if found and _is_heading(found[3], labels) else line


def _unescaped(line: str, labels: frozenset[str] | None) -> str:
    """Take off the backslash that `_escaped` put there."""
    found = _HEADING_LIKE.fullmatch(line)
    return f"{found[1]}{found[2][1:]}{found[3]}" if found and _is_heading(found[3], labels) else line


def _is_heading(line: str, labels: frozenset[str] | None) -> bool:
    text = heading_text(line)
    return text is not None and (labels is None or text in labels)


def _closer(lines: list[str]) -> str | None:
    """Return the line that closes what these lines leave open at their end, if anything."""
    open = structure_of(lines).open
    if open is None:
        return None
    # The tag stands for <script>, <style> and <textarea> too: Markdown takes any of them for the end.
    return next(
        closer
        for closer in (open, "-->", "?>", "]]>", "</pre>")
        if structure_of([*lines, closer]).open is None
    )
