"""One Markdown source as plain text, as safe HTML, and as Slack's blocks.

Pure. Refuses everything remote and everything active: raw HTML is text, images are their
description and address, links lead only to http, https and mailto and show where they lead.
Nothing that was written is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType, OptionsDict

from cocflow.adapters.characters import clean

SECTION = 3000
"""How long the text of a Slack block may be; counted in UTF-16, the longer count."""
_DEEPEST = 40
_ADDRESS = re.compile(r"(?:https?://|mailto:)\S+", re.IGNORECASE)

Block = dict[str, Any]


def plain(source: str) -> str:
    """Return the text for a mail without HTML: quotations and lists keep their marks."""
    tree = _tree(source)
    return clean(source).strip() if tree is None else _join(_lines(node) for node in tree.children)


def html(source: str) -> str:
    """Return HTML that loads nothing and runs nothing."""
    if _tree(source) is None:
        return f"<pre>{escape(clean(source).strip())}</pre>\n"
    rendered: str = _MARKDOWN.render(_prepared(source))
    return rendered


def blocks(source: str) -> list[Block]:
    """Return Slack blocks: words only as `plain_text`, and links once more below, to be clicked.

    A quotation's links stay text: a person wrote them, not we.
    """
    tree = _tree(source)
    if tree is None:
        return _sections(clean(source).strip())
    found: list[Block] = []
    for together in _gathered(tree.children):
        found.extend(_sections(_join(_lines(node) for node in together)))
        found.extend(_clickable(together))
    return found


def pieces(text: str, longest: int) -> list[str]:
    """Split a text at ends of lines, else between words, else anywhere; no word is lost."""
    found = []
    while _width(text) > longest:
        cut = _fitting(text, longest)
        at = max(text.rfind("\n", 0, cut), 0) or max(text.rfind(" ", 0, cut), 0) or cut
        found.append(text[:at])
        text = text[at:] if at == cut else text[at + 1 :]
    return [piece for piece in [*found, text] if piece.strip()]


# --- the tree --------------------------------------------------------------------------------------


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:  # noqa: N802 - markdown-it calls it so
        """Take for a link only what leads to a page or to a mail address."""
        return _ADDRESS.fullmatch(url) is not None


class _Renderer(RendererHTML):
    """HTML in which every address is shown."""

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the start of a link that tells the page nothing about the reader."""
        return f'<a href="{escape(_target(tokens[idx]))}" rel="noopener noreferrer nofollow">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return the end of a link, with its address if its words are not the address."""
        opening = next(at for at in range(idx, -1, -1) if tokens[at].type == "link_open")
        label = "".join(token.content for token in tokens[opening + 1 : idx])
        told = _told(label, tokens[opening].attrs, "href")
        return f"</a>{escape(told.removeprefix(label))}" if told.startswith(label) else "</a>"

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return an image as its description and address."""
        return escape(_told(tokens[idx].content, tokens[idx].attrs, "src"))

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Return a code block with the words that stand beside its opening, which would be lost."""
        return f"<pre><code>{escape(_fenced(tokens[idx].info, tokens[idx].content))}</code></pre>\n"


_MARKDOWN = _Markdown("commonmark", {"html": False, "maxNesting": _DEEPEST}, renderer_cls=_Renderer)
_MARKDOWN.disable("reference")  # a definition of a link would vanish


def _prepared(source: str) -> str:
    """Return the source without the guard against mentions, which only GitHub needs."""
    return clean(source).replace("@\N{WORD JOINER}", "@")


def _tree(source: str) -> SyntaxTreeNode | None:
    """Return the parsed source; None if it nests so deep that the parser would leave words out."""
    tokens = _MARKDOWN.parse(_prepared(source))
    if any(token.level >= _DEEPEST - 1 for token in tokens):
        return None
    return SyntaxTreeNode(tokens)


def _target(token: Token) -> str:
    return str(token.attrs.get("href", ""))


def _told(label: str, attributes: Mapping[str, str | int | float], name: str) -> str:
    """Return a link's or image's words with its address and title, each told once."""
    target = str(attributes.get(name, ""))
    shown, title = target.removeprefix("mailto:"), attributes.get("title")
    beside = f'{shown} "{title}"' if title else shown
    if not label or (label in (target, shown) and not title):
        return beside
    return f"{label} ({beside})"


def _fenced(info: str, content: str) -> str:
    return f"{info.strip()}\n{content}" if info.strip() else content


# --- plain text ------------------------------------------------------------------------------------


def _join(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def _lines(node: SyntaxTreeNode) -> str:
    """Return a block as lines of text."""
    kind = node.type
    if kind in ("paragraph", "heading"):
        return "".join(_inline(child) for child in node.children).strip()
    if kind in ("fence", "code_block"):
        return _fenced(node.info, node.content).rstrip("\n")
    if kind == "blockquote":
        inner = _join(_lines(child) for child in node.children)
        return "\n".join(f"> {line}".rstrip() for line in inner.split("\n"))
    if kind in ("bullet_list", "ordered_list"):
        return _list(node)
    return "----" if kind == "hr" else node.content


def _list(node: SyntaxTreeNode) -> str:
    first = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else None
    items = []
    for index, item in enumerate(node.children):
        mark = "- " if first is None else f"{first + index}. "
        inner = _join(_lines(child) for child in item.children)
        items.append(mark + re.sub(r"\n(?!\n)", "\n" + " " * len(mark), inner))
    return "\n".join(items)


def _inline(node: SyntaxTreeNode) -> str:
    """Return what stands in a line as text; addresses are told."""
    kind = node.type
    if kind in ("softbreak", "hardbreak"):
        return "\n"
    if kind == "image":
        return _told(node.content, node.attrs, "src")
    inner = "".join(_inline(child) for child in node.children)
    if kind == "link":
        return _told(inner, node.attrs, "href")
    return inner if node.children else node.content


# --- Slack -----------------------------------------------------------------------------------------


def _gathered(nodes: Sequence[SyntaxTreeNode]) -> Iterator[list[SyntaxTreeNode]]:
    """Return the blocks in groups that end after each one with a link to click."""
    group: list[SyntaxTreeNode] = []
    for node in nodes:
        group.append(node)
        if any(_targets(node)):
            yield group
            group = []
    if group:
        yield group


def _sections(text: str) -> list[Block]:
    return [
        {"type": "section", "text": {"type": "plain_text", "text": piece, "emoji": False}}
        for piece in pieces(text, SECTION)
    ]


def _clickable(nodes: Iterable[SyntaxTreeNode]) -> list[Block]:
    """Return the links of our own words: an address and nothing else, with Slack's marks escaped."""
    targets = dict.fromkeys(target for node in nodes for target in _targets(node))
    links = [f"<{slack_escaped(target).replace('|', '%7C')}>" for target in targets]
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": link, "verbatim": True}}
        for link in links
        if _width(link) <= SECTION
    ]


def _targets(node: SyntaxTreeNode) -> Iterator[str]:
    """Return where the links of a block lead, but for those in quotations."""
    if node.type == "link":
        yield str(node.attrs.get("href", ""))
    elif node.type != "blockquote":
        for child in node.children:
            yield from _targets(child)


def slack_escaped(text: str) -> str:
    """Return a text in which Slack finds no mention, link or command."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _width(text: str) -> int:
    return len(text) + sum(character > "\uffff" for character in text)


def _fitting(text: str, longest: int) -> int:
    """Return how many characters of a text are at most `longest` wide, at least one."""
    width = 0
    for index, character in enumerate(text[: longest + 1]):
        width += 2 if character > "\uffff" else 1
        if width > longest:
            return max(index, 1)
    return min(len(text), longest)
