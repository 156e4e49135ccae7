"""A text as GitHub shows it: Markdown without what is hidden in comments, with links that stay in this house.

Owns which of it becomes HTML. Texts are hostile: no tag of theirs passes but a few that have no attribute,
no address but http, https and mailto, and nothing is loaded. Images are links.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from cocflow.adapters.characters import clean

_TAGS = re.compile(r"</?(?:details|summary|sub|sup|kbd)>|<br ?/?>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_PIECE = re.compile(rf"{_COMMENT.pattern}|{_TAGS.pattern}", re.DOTALL | re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)
_REFERENCE = re.compile(
    r"(?<![\w/&;#-])#(?P<number>\d{1,9})\b|(?<![\w.@/-])@\u2060?(?P<login>[A-Za-z0-9][A-Za-z0-9-]*)"
    r"|(?<!\w)(?P<address>https?://[^\s<]+)",
    re.IGNORECASE,
)
_AFTER_ADDRESS = re.compile(r"[?!.,:*_~'\"]+\Z")
_BOXES = {"[ ] ": ("☐", "not ticked"), "[x] ": ("☑", "ticked")}
_DEEPEST = 40
FIRST_HEADING = 3
"""The level of a text's highest heading: above it stand the page's own."""


def led_here(source: str, *, ours: str, here: str) -> str:
    """Return a text in which the addresses of issues below `ours` are those of pages below `here`."""
    there = re.compile(rf"{re.escape(ours)}/([\w.-]+/[\w.-]+)/issues/(\d+)")
    return there.sub(rf"{here}\1/\2", clean(source))


def as_read(source: str, *, ours: str, here: str, number_leads_to: str) -> str:
    """Return a text as HTML; links to issues below `ours` lead below `here`, `#7` to `number_leads_to`7."""
    text = led_here(source, ours=ours, here=here)
    environment: MutableMapping[str, Any] = {"number": number_leads_to}
    tokens = _MARKDOWN.parse(text, environment)
    if any(token.level >= _DEEPEST - 1 for token in tokens):  # the parser would leave words out
        return f"<pre>{_passed(text)}</pre>\n"
    rendered: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, environment)
    return rendered


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it calls it so
        """Take for a link only what leads to a page or to a mail address."""
        return _ADDRESS.fullmatch(url) is not None


class _Renderer(RendererHTML):
    """HTML in which nothing of the text's own is active."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        env["linked"] = True
        return _link(str(tokens[idx].attrs.get("href", "")))

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        env["linked"] = False
        return "</a>"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        source, words = str(tokens[idx].attrs.get("src", "")), tokens[idx].content
        said = escape(words or source)
        if not _ADDRESS.fullmatch(source):
            return said
        return f"{_link(source)}{said} (a picture)</a>"

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _passed(tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _passed(tokens[idx].content)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<pre tabindex="0"><code>{escape(tokens[idx].content)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return self.fence(tokens, idx, options, env)

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        words, box = tokens[idx].content, ""
        if idx == 0 and (sign := _BOXES.get(words[:4].casefold())) is not None:
            box = f'<span role="img" aria-label="{sign[1]}">{sign[0]}</span> '
            words = words[4:]
        if env.get("linked"):
            return box + escape(words)
        return box + _with_references(words, str(env["number"]))


def _with_references(words: str, leads_to: str) -> str:
    """Return a text's HTML, with what GitHub makes of numbers, names and bare addresses in it."""
    parts, end = [], 0
    for found in _REFERENCE.finditer(words):
        parts.append(escape(words[end : found.start()]))
        if number := found["number"]:
            parts.append(f'<a href="{escape(leads_to)}{number}">#{number}</a>')
        elif login := found["login"]:
            parts.append(f'<strong class="mention">@{login}</strong>')
        else:
            address = _ended(found["address"])
            parts.append(f"{_link(address)}{escape(address)}</a>{escape(found['address'][len(address) :])}")
        end = found.end()
    return "".join([*parts, escape(words[end:])])


def _ended(address: str) -> str:
    """Return a bare address without the end of the sentence, or of the brackets, in which it stands."""
    while True:
        shorter = _AFTER_ADDRESS.sub("", address)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter


def _link(target: str) -> str:
    return f'<a href="{escape(target)}" rel="noopener noreferrer nofollow">'


def _passed(source: str) -> str:
    """Return HTML of a text: comments gone, the few harmless tags as they are, everything else as text."""
    parts, end = [], 0
    for found in _PIECE.finditer(source):
        parts.append(escape(source[end : found.start()]))
        if not found[0].startswith("<!--"):
            parts.append(found[0])
        end = found.end()
    return "".join([*parts, escape(source[end:])])


def _headings_in_steps(state: Any) -> None:
    """Put headings below the page's own, none more than a step below the one before it."""
    used = sorted({token.tag for token in state.tokens if token.type == "heading_open"})
    before = FIRST_HEADING - 1
    for token in state.tokens:
        if token.type == "heading_open":
            before = min(FIRST_HEADING + used.index(token.tag), before + 1, 6)
            token.tag = f"h{before}"
        elif token.type == "heading_close":
            token.tag = f"h{before}"


_MARKDOWN = _Markdown("commonmark", {"html": True, "maxNesting": _DEEPEST}, renderer_cls=_Renderer)
_MARKDOWN.enable(["table", "strikethrough"])
_MARKDOWN.core.ruler.push("headings_in_steps", _headings_in_steps)
