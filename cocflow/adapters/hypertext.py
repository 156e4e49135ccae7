"""The text of a mail that came as HTML only.

Pure, and linear in the length of its input, which the library's parser is not for hostile input.
Words are kept, and so are the addresses of links; what is quoted is marked, what a reader wouldn't see is
left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

_BLOCKS = frozenset(
    "p div br hr tr table ul ol dl dt dd h1 h2 h3 h4 h5 h6 pre section article header".split()
)
_HIDDEN = frozenset({"script", "style", "title", "template"})
_QUOTES, _ENDS = "\x02", "\x03"
"""Where a quotation begins, and where it ends, until its lines are marked."""
_DEEPEST = 5
_NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9]*)")
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def hypertext_to_text(source: str) -> str:
    """Return what an HTML page says, as lines of text."""
    found = "".join(_words(re.sub(f"[{_QUOTES}{_ENDS}]", "", source)))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_lines(found))).strip()


def _lines(text: str) -> Iterator[str]:
    """Give the lines of a text, those within quotations marked as such."""
    depth = 0
    for line in text.split("\n"):
        words = " ".join(line.strip(_QUOTES + _ENDS).split())
        depth = min(max(depth + line.count(_QUOTES) - line.count(_ENDS), 0), _DEEPEST)
        yield f"{'>' * depth} {words}" if depth and words else words


def _words(source: str) -> list[str]:
    found: list[str] = []
    at, target = 0, ""
    last, last_comment = max(source.rfind(">"), 0), source.rfind("-->")
    while True:
        start = source.find("<", at, last)
        if start < 0:
            return [*found, _told(source[at:])]
        found.append(_told(source[at:start]))
        tag, at = _tag(source, start, last_comment)
        if not tag:
            found.append("<")
            continue
        name = tag.removeprefix("/")
        if tag in _HIDDEN:
            at = _after_hidden(source, tag, at)
        elif name == "blockquote":
            found.append(f"\n{_QUOTES}" if tag == name else f"\n{_ENDS}")
        elif name in _BLOCKS:
            found.append("\n")
        elif name == "li":
            found.append("\n- " if tag == "li" else "\n")
        elif tag == "a":
            target = _target(source[start:at])
        elif tag == "/a" and target:
            found.append(f" ({target})")
            target = ""


def _told(text: str) -> str:
    return unescape(text.replace("\n", " "))


def _tag(source: str, start: int, last_comment: int) -> tuple[str, int]:
    """Return a tag's name (with its slash) and where it ends; "" if there is no tag here.

    A ">" follows; the end of a comment only before `last_comment`.
    """
    if source.startswith("<!--", start):
        return "!", source.find("-->", start + 2) + 3 if start < last_comment else start + 4
    name = _NAME.match(source, start + 1)
    if name is None and source[start + 1] not in "!?":
        return "", start + 1
    return name[0].lower() if name else "!", source.find(">", start) + 1


def _after_hidden(source: str, tag: str, at: int) -> int:
    """Return where a hidden element ends; it hides all the rest if it never does."""
    end = re.compile(f"</{tag}", re.IGNORECASE).search(source, at)
    return (source.find(">", end.end()) + 1 if end else 0) or len(source)


def _target(tag: str) -> str:
    found = _HREF.search(tag)
    target = unescape(next((one for one in found.groups() if one), "")) if found else ""
    return target if re.match(r"(https?://|mailto:)", target, re.IGNORECASE) else ""
