"""Which characters may pass to the world outside, and which mail addresses are addresses.

Pure. Control characters and direction overrides never pass: the first forge headers, the second
make a text look like another. Everything else that a person can type does.
"""

from __future__ import annotations

import re

from cocflow.core.people.contacts import is_mail

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_NEVER = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_MARKS = re.compile("[\u200e\u200f\u061c\u2060]")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
TOKEN = "[a-z2-7]{14}|[a-z2-7]{12}"  # noqa: S105 - a pattern
"""What a reply token looks like: base32, in lower case."""


def clean(text: str) -> str:
    """Return a text of several lines, with line ends of one kind and nothing that is not text."""
    lines = _NEVER.sub("", _LINE_ENDS.sub("\n", text))
    return lines.encode("utf-8", "replace").decode()


def one_line(text: str, longest: int = 250) -> str:
    """Return a text as one line of at most `longest` characters, fit for a header.

    What looks like an encoded word is broken up: the library would decode it, line ends and all.
    """
    line = " ".join(_MARKS.sub("", clean(text)).split()).replace("=?", "= ?")
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def address(text: str) -> str | None:
    """Return one bare mail address, its domain in ASCII and lower case; None if it is anything else.

    Lists, names, comments, quotes, routes and domains of one word are refused. So is a domain that
    the older rules of internationalized names would turn into another one (such as one with ß).
    """
    bare = text.strip()
    local, _, domain = bare.rpartition("@")
    if not is_mail(bare) or len(local.encode("utf-8", "replace")) > 64:
        return None
    ascii_domain = _ascii_domain(domain)
    return None if ascii_domain is None else f"{local}@{ascii_domain}"


def _ascii_domain(domain: str) -> str | None:
    if not 3 <= len(domain) <= 253:
        return None
    lower = domain.lower()
    try:
        encoded = lower.encode("idna").decode().lower()
        same = lower.isascii() or encoded.encode().decode("idna") == lower
    except UnicodeError:
        return None
    labels = encoded.split(".")
    fit = all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    return encoded if same and fit and len(labels) > 1 and len(encoded) <= 253 else None
