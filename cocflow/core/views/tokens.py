"""Reply tokens: what brings a mail back to its issue."""

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


def token_number(token: str) -> int:
    """Return the number of the issue that a token may belong to; `reply_token` tells whether it does."""
    number = 0
    for digit in token[:4]:
        number = number * 32 + max(_DIGITS.find(digit), 0)
    return number
