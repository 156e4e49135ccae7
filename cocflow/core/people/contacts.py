"""How somebody is named beyond doubt, as people write it: mail addresses, Slack ids, and GitHub logins.

Owns the only patterns of them. An address is taken whole or not at all: a part of it would be somebody
else's. A mention of a Slack id (`<@U…>`) is one; bare, it needs a digit, for WILLIAMS is a name. A login is
one with its `@` only, for any word may be somebody's login.
"""

from __future__ import annotations

import re

_ATOM = r"[\w!#$%&'*+/=?^{}~-]+"
_LABEL = r"[^\W_](?:(?:[^\W_]|-){0,61}[^\W_])?"
MAIL = re.compile(
    rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM}){{0,31}}@(?=[^@]{{3,253}}$)"
    rf"{_LABEL}(?:\.{_LABEL}){{0,7}}\.(?![0-9]+$){_LABEL}"
)
"""A bare address, to be matched in full."""

SLACK = re.compile(r"(?=[A-Z]*[0-9])[UW][A-Z0-9]{6,20}")

LOGIN = re.compile(
    r"(?<![\w@./-])@([A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}(?:_[A-Za-z0-9]{1,16})?)(?![\w@/-]|\.\w)"
)

NOBODYS = "users.noreply.github.com"
"""The domain of addresses that GitHub shows in commits: nobody reads what is sent there."""

_TELLING = re.compile(r"[@0-9]")
"""What every address, id and login has, so that other words cost nothing to tell apart."""

_MENTION = re.compile(r"<@([UW][A-Z0-9]{6,20})(?:\|[^<>]*)?>")
_BARE = re.compile(rf"(?<![\w@.])(?:{SLACK.pattern})(?![\w@.])")
_LINK = re.compile(r"\[([^\[\]\s]{0,320})\]\((?:mailto:)?([^()\s]{0,320})\)")
_SLACK_LINK = re.compile(r"<mailto:([^<>|\s]{0,320})\|([^<>|\s]{0,320})>")
_PAIRS = tuple(re.compile(rf"\{a}([^\{a}\{b}\s]{{0,320}})\{b}") for a, b in ("<>", "()", "[]"))
_PREFIX = re.compile(r"(?:mailto|e-?mail|mail):", re.IGNORECASE)
_AROUND = "'\"`*_"
_WRITTEN = re.compile(
    rf"{_MENTION.pattern}|{_LINK.pattern}|{_BARE.pattern}|mailto:|{LOGIN.pattern}|[^\s,;<>()\[\]\"`]+@[^\s,;<>()\[\]\"`]+"
)


def _bared(word: str) -> str:
    """Return a word without what a sentence or Markdown puts around it."""
    word = _PREFIX.sub("", word.rstrip(".:!?\u2026"), count=1)
    while len(word) > 2 and word[0] == word[-1] and word[0] in _AROUND:
        word = word[1:-1].rstrip(".:!?\u2026")
    return _PREFIX.sub("", word, count=1)


def _linked(shown: str, to: str) -> str:
    """Return the one address of a link; where there are two, what is no address at all."""
    if "@" not in to:
        return f" {shown} "
    return f" {to} " if "@" not in shown or _bared(shown) == to else f" {shown}@{to} "


def _words(text: str) -> list[str]:
    """Return the words of a text, bare; a link whose two addresses differ is a word that is neither."""
    text = _MENTION.sub(" ", text)
    text = _LINK.sub(lambda link: _linked(link[1], link[2]), text)
    text = _SLACK_LINK.sub(lambda link: _linked(link[2], link[1]), text)
    for pair in _PAIRS:
        text = pair.sub(r" \1 ", text)
    return [bare for word in re.split(r"[\s,;]+", text) if (bare := _bared(word))]


def is_mail(text: str) -> bool:
    """Whether a text is one bare address at which somebody can be reached."""
    return MAIL.fullmatch(text) is not None and not is_nobodys(text)


def is_nobodys(text: str) -> bool:
    """Whether a text is an address that nobody reads: GitHub's own, which stand in commits."""
    domain = text.rpartition("@")[2].casefold()
    return domain == NOBODYS or domain.endswith(f".{NOBODYS}")


def mails_in(text: str) -> tuple[str, ...]:
    """Return the mail addresses in a text, each whole."""
    return tuple(word for word in _words(text) if is_mail(word))


def mail_in(text: str) -> str:
    """Return the first mail address in a text, whole; "" where there is none."""
    return next(iter(mails_in(text)), "")


def not_addresses(text: str) -> tuple[str, ...]:
    """Return the words of a text that are meant as addresses, and are none that anybody reads."""
    return tuple(word for word in _words(text) if "@" in word.strip("@") and not is_mail(word))


def slack_in(text: str) -> str:
    """Return the first Slack id in a text, mentioned or bare; "" where there is none."""
    if mention := _MENTION.search(text):
        return mention[1]
    words = (_bared(word) for word in re.split(r"[\s,;]+", text) if "@" not in word)
    found = _BARE.search(" ".join(words))
    return found[0] if found else ""


def login_in(text: str) -> str:
    """Return the first GitHub login in a text, without the `@` by which it is one; "" where there is none."""
    found = LOGIN.search(MAIL.sub(" ", _MENTION.sub(" ", text)))
    return found[1] if found else ""


def contact(token: str) -> str | None:
    """Return the mail address, Slack id or `@login` that a word is, bare; None if it is none of these.

    An address that nobody reads is one too: who knows the case refuses it, and says why.
    """
    if _TELLING.search(token) is None:
        return None
    if mention := _MENTION.fullmatch(token):
        return mention[1]
    words = _words(token)
    if len(words) != 1:
        return None
    return words[0] if any(one.fullmatch(words[0]) for one in (MAIL, SLACK, LOGIN)) else None


def without_contacts(text: str) -> str:
    """Return what is left of a text without its addresses."""
    return _WRITTEN.sub("", text)


def with_plus(address: str, word: str) -> str:
    """Return an address that bears a word, and leads to that one if its server knows such."""
    local, at, domain = address.rpartition("@")
    return f"{local}+{word}{at}{domain}"


def without_plus(address: str) -> str:
    """Return where mail to an address with a plus goes, `name+anything@domain`, if its server knows such."""
    local, at, domain = address.partition("@")
    return f"{local.partition('+')[0]}{at}{domain}"
