"""A message as Slack shows it: the blocks that cocflow sends, as HTML, and what a notification says of it.

Owns what Slack makes of a block. Words of people are plain text there, so nothing in them is a mention, a
link or bold; the only links are the addresses that cocflow puts below.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import msgspec
from markupsafe import Markup

from cocflow.adapters.slack import posts

_LINK = re.compile(r"<(https?://[^|>\s]+|mailto:[^|>\s]+)>")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """One message in a conversation: the HTML of its blocks, and the text that a notification shows."""

    html: Markup
    notification: str


def as_shown(channel: str, subject: str, text: str) -> list[Shown]:
    """Return the messages that a notice makes, of its Markdown."""
    return [
        Shown(
            # Each block's HTML is escaped where it is made.
            html=Markup("".join(_block(one["text"]) for one in body["blocks"])),  # noqa: S704
            notification=unescape(body["text"]),
        )
        for body in posts(channel, "", subject, text)
    ]


def _block(said: dict[str, Any]) -> str:
    """Return a section: words as they stand, or the links of Slack's own language."""
    if said["type"] == "plain_text":
        return f'<p class="plain">{escape(said["text"])}</p>\n'
    parts, end = [], 0
    for found in _LINK.finditer(said["text"]):
        address = escape(unescape(found[1]))
        parts.append(escape(unescape(said["text"][end : found.start()])))
        parts.append(f'<a href="{address}" rel="noopener noreferrer nofollow">{address}</a>')
        end = found.end()
    return f"<p>{''.join([*parts, escape(unescape(said['text'][end:]))])}</p>\n"
