"""What brings a mail back: to its issue by a reply token, to its notice by the name that it bears."""

from __future__ import annotations

import base64
import hashlib

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"


def reply_token(number: int, issue_id: str) -> str:
    """Return what brings a mail back to its issue: 12 characters, the number and a check of the node id.

    The number alone finds the issue, and the check, which nobody outside can know, holds it.
    """
    tail = number % 32**4
    digits = "".join(_DIGITS[tail // 32**place % 32] for place in (3, 2, 1, 0))
    digest = hashlib.sha256(f"reply:{issue_id}".encode()).digest()
    return digits + base64.b32encode(digest)[:8].decode().lower()


def notice_name(id_: str, kind: str = "notice") -> str:
    """Return what a notice is called in mails: always the same for an id, which it doesn't give away."""
    return hashlib.sha256(f"{kind}:{id_}".encode("utf-8", "replace")).hexdigest()[:40]


def notice_id(issue_id: str, owed: str) -> str:
    """Return the id of a notice that a receipt of an issue owes."""
    return f"{issue_id}.{owed}"


def token_number(token: str) -> int:
    """Return the number of the issue that a token may belong to; `reply_token` tells whether it does."""
    number = 0
    for digit in token[:4]:
        number = number * 32 + max(_DIGITS.find(digit), 0)
    return number
