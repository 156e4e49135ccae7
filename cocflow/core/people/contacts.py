"""How somebody is named beyond doubt, as people write it: mail addresses, Slack ids, and GitHub logins.

Owns the only patterns of them. A mention of an id (`<@U…>`) is one; bare, it needs a digit, for
WILLIAMS is a name. A login is one with its `@` only, for any word may be somebody's login.
"""

from __future__ import annotations

import re

# Within these bounds: a part of a longer address would be somebody else's.
_LOCAL = r"[^\s@<>,;:()\[\]\"|`]"
MAIL = re.compile(rf"(?<!{_LOCAL}){_LOCAL}{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,8}}(?!\.?[\w-])")
SLACK = re.compile(r"(?=[A-Z]*[0-9])[UW][A-Z0-9]{6,20}")

LOGIN = re.compile(
    r"(?<![\w@./-])@([A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?:_[A-Za-z0-9]{1,16})?)(?![\w@/-]|\.\w)"
)

_MENTION = re.compile(r"<@([UW][A-Z0-9]{6,20})(?:\|[^<>]*)?>")
_BARE = re.compile(rf"(?<![\w@.])(?:{SLACK.pattern})(?![\w@.])")
_WRITTEN = re.compile(rf"{_MENTION.pattern}|{_BARE.pattern}|mailto:|{MAIL.pattern}|{LOGIN.pattern}")


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


def login_in(text: str) -> str:
    """Return the first GitHub login in a text, without the `@` by which it is one; "" where there is none."""
    found = LOGIN.search(MAIL.sub(" ", _MENTION.sub(" ", text)))
    return found[1] if found else ""


def contact(token: str) -> str | None:
    """Return the mail address, Slack id or `@login` that a word is, bare; None if it is none of these."""
    if mention := _MENTION.fullmatch(token):
        return mention[1]
    bare = token.strip("<>()`").removeprefix("mailto:")
    return bare if any(one.fullmatch(bare) for one in (MAIL, SLACK, LOGIN)) else None


def without_contacts(text: str) -> str:
    """Return what is left of a text without its addresses."""
    return _WRITTEN.sub("", text)
