"""Whose account a node id names, whatever form GitHub gave it in.

Owns the two forms of an account's node id. The legacy one is base64 of `04:User1`; the present one is the
kind, `_`, and base64 of a MessagePack array that ends in the number. GitHub will give up the first, and
receipts keep ids for as long as a case lives, so people are compared by number. Ids are asked about, never
made here. What can't be read has no number, and is then the same only as the same text.
"""

from __future__ import annotations

import base64
import binascii
import re
from functools import lru_cache

_LEGACY = re.compile(rb"0?([0-9]{1,3}):([A-Za-z]+?)([0-9]{1,19})")
_KINDS = {
    "U": "User",
    "BOT": "Bot",
    "O": "Organization",
    "M": "Mannequin",
    "EUA": "EnterpriseUserAccount",
}
_ACCOUNTS = frozenset(_KINDS.values())
_WIDTHS = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}
"""MessagePack's unsigned integers, by their first byte."""


def account_number(node_id: str) -> int | None:
    """Return the number of the account that a node id names; None for anything else."""
    kind, number = _read(node_id)
    return number if kind in _ACCOUNTS else None


def database_number(node_id: str) -> int | None:
    """Return the number of whatever a node id names, such as a comment's; None where it can't be read."""
    return _read(node_id)[1]


def same_account(one: str, other: str) -> bool:
    """Whether two node ids surely name one account. Grant what only the same person may have by this.

    "" is nobody's id.
    """
    if one == other:
        return one != ""
    numbers = account_number(one), account_number(other)
    return None not in numbers and numbers[0] == numbers[1]


def other_account(one: str, other: str) -> bool:
    """Whether two node ids surely name two accounts. Grant what only somebody else may have by this.

    An id that can't be read may be any account's, in a form that isn't known.
    """
    numbers = account_number(one), account_number(other)
    return None not in numbers and numbers[0] != numbers[1]


@lru_cache(maxsize=4096)  # a run asks of the same few accounts for each of thousands of facts
def _read(node_id: str) -> tuple[str, int | None]:
    prefix, underline, packed = node_id.partition("_")
    if underline and prefix.isupper():
        return _KINDS.get(prefix, prefix), _last_number(_decoded(packed))
    legacy = _LEGACY.fullmatch(_decoded(node_id))
    if legacy is None or int(legacy[1]) != len(legacy[2]):
        return "", None
    return legacy[2].decode(), int(legacy[3])


def _decoded(text: str) -> bytes:
    """Return what base64 of either alphabet holds; nothing where it is none."""
    padded = text.rstrip("=")
    padded += "=" * (-len(padded) % 4)
    try:
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""


def _last_number(raw: bytes) -> int | None:
    """Return the last of a MessagePack array of unsigned integers; None where it is anything else."""
    if not raw or raw[0] >> 4 != 0x9:
        return None
    numbers: list[int] = []
    at = 1
    while at < len(raw):
        width = _WIDTHS.get(raw[at], 0)
        if not width and raw[at] > 0x7F:
            return None
        numbers.append(int.from_bytes(raw[at + 1 : at + 1 + width], "big") if width else raw[at])
        at += 1 + width
    whole = at == len(raw) and len(numbers) == raw[0] & 0x0F and len(numbers) > 1
    return numbers[-1] if whole else None
