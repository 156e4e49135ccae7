"""What brings a mail back: to its case and person by a reply token, to its notice by the name that it bears.

A token tells nothing to whoever holds it. The number in it is masked with the community's key, so that only
cocflow finds the case; without a key, whoever knows how this is written can. The rest is a check that nobody
outside can make: it holds the token to one case and to one person in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from cocflow.core.case.seal import Seal

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"
_NUMBERS: int = 32**4

CHECK, OLD_CHECK = 10, 8
"""The characters of the check, and of that of an older version's token, which is everybody's in a case."""


def reply_token(number: int, issue_id: str, person: str, seal: Seal | None) -> str:
    """Return what brings a mail of a person (a key) back to a case: 14 characters.

    The number alone finds the issue, and the check, which nobody outside can know, holds it.
    """
    check = _check(f"reply:{issue_id}:{person}", CHECK)
    return _digits(number % _NUMBERS ^ _masks(check, seal)[0]) + check


def old_token(number: int, issue_id: str) -> str:
    """Return the token that mails of an older version bear, of 12 characters, with the number unmasked."""
    return _digits(number % _NUMBERS) + _check(f"reply:{issue_id}", OLD_CHECK)


def token_numbers(token: str, seal: Seal | None) -> tuple[int, ...]:
    """Return the numbers of the issues that a token may belong to; `is_token_of` tells whether it does."""
    masked = 0
    for digit in token[:4]:
        masked = masked * 32 + max(_DIGITS.find(digit), 0)
    if len(token) != len("1234") + CHECK:
        return (masked,)
    return tuple(dict.fromkeys(masked ^ mask for mask in _masks(token[4:], seal)))


def is_token_of(token: str, issue_id: str, person: str) -> bool:
    """Whether a token is that of a person in a case, whichever key it was made with."""
    return token[4:] == _check(f"reply:{issue_id}:{person}", CHECK)


def notice_name(id_: str, kind: str = "notice") -> str:
    """Return what a notice is called in mails: always the same for an id, which it doesn't give away."""
    return hashlib.sha256(f"{kind}:{id_}".encode("utf-8", "replace")).hexdigest()[:40]


def notice_id(issue_id: str, owed: str) -> str:
    """Return the id of a notice that a receipt of an issue owes."""
    return f"{issue_id}.{owed}"


def _check(text: str, length: int) -> str:
    digest = hashlib.sha256(text.encode("utf-8", "replace")).digest()
    return base64.b32encode(digest)[:length].decode().lower()


def _masks(check: str, seal: Seal | None) -> tuple[int, ...]:
    """Return what hides the number in a token with that check: one for each of the community's keys."""
    keys = seal.keys if seal is not None else (b"",)
    made = (hmac.new(key, f"token:{check}".encode("utf-8", "replace"), "sha256").digest() for key in keys)
    return tuple(int.from_bytes(one[:3]) % _NUMBERS for one in made)


def _digits(number: int) -> str:
    return "".join(_DIGITS[number // 32**place % 32] for place in (3, 2, 1, 0))
