"""How somebody can be reached, as people write it: mail addresses and Slack ids.

Owns the only patterns of both. A mention of an id (`<@U…>`) is one; bare, it needs a digit, for
WILLIAMS is a name.
"""

from __future__ import annotations

import re

# Within these bounds: a part of a longer address would be somebody else's.
_LOCAL = r"[^\s@<>,;:()\[\]\"|`]"
MAIL = re.compile(rf"(?<!{_LOCAL}){_LOCAL}{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}(?!\.?[\w-])")
SLACK = re.compile(r"(?=[A-Z]*[0-9])[UW][A-Z0-9]{6,20}")

_MENTION = re.compile(r"<@([UW][A-Z0-9]{6,20})(?:\|[^<>]*)?>")
_BARE = re.compile(rf"(?<![\w@.])(?:{SLACK.pattern})(?![\w@.])")
_WRITTEN = re.compile(rf"{_MENTION.pattern}|{_BARE.pattern}|mailto:|{MAIL.pattern}")


def mail_in(text: str) -> str:
    """Return the first mail address in a text, whole; "" where there is none."""
    found = MAIL.search(text.replace("mailto:", " "))
    return found[0] if found else ""


def slack_in(text: str) -> str:
    """Return the first Slack id in a text, mentioned or bare; "" where there is none."""
    if mention := _MENTION.search(text):
        return mention[1]
    found = _BARE.search(MAIL.sub(" ", text))
    return found[0] if found else ""


def contact(token: str) -> str | None:
    """Return the mail address or Slack id that a word is, bare; None if it is neither."""
    if mention := _MENTION.fullmatch(token):
        return mention[1]
    bare = token.strip("<>()").removeprefix("mailto:")
    return bare if MAIL.fullmatch(bare) or SLACK.fullmatch(bare) else None


def without_contacts(text: str) -> str:
    """Return what is left of a text without its addresses."""
    return _WRITTEN.sub("", text)
