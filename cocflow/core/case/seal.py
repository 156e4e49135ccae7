"""The seal on what cocflow writes: who holds the community's key wrote it, for this very issue.

Owns the signature (HMAC-SHA256) and the reading of the setting that holds the keys. GitHub shows what
another job writes as written by the same account, and a repository's administrators can have a job
write anything; neither can make a signature without the key. The key arrives as an argument.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Any

import msgspec

from cocflow.errors import DefinitionError

SETTING = "COCFLOW_LEDGER_KEY"
"""The name of the setting that holds the keys."""

SHORTEST_KEY = 32
_VERSION = "s1:"
_HINT = "make one with: openssl rand -hex 32"


class Seal(msgspec.Struct, frozen=True):
    """The community's keys: the first one signs, any of them vouches.

    `since`: what has stood there unchanged since before that instant isn't checked, so that a key can
    be introduced, or replaced after it was lost, where there are cases already.
    """

    keys: tuple[bytes, ...]
    since: datetime | None = None

    def __repr__(self) -> str:
        """Show nothing of the keys."""
        return "Seal(…)"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Show nothing of the keys in rich's tracebacks either."""
        return []

    def sign(self, issue: str, text: str) -> str:
        """Return the signature of a text that stands on the issue of that node id."""
        return _signature(self.keys[0], issue, text)

    def holds(self, issue: str, text: str, signature: str, at: datetime | None = None) -> bool:
        """Whether the text was signed for that issue, or has stood there for so long that it isn't checked.

        `at` is since when, by GitHub's word, it has stood there as it is; None where that isn't known.
        """
        if self.since is not None and at is not None and at < self.since:
            return True
        given = signature.encode("utf-8", "replace")
        return any(hmac.compare_digest(_signature(key, issue, text).encode(), given) for key in self.keys)


def _signature(key: bytes, issue: str, text: str) -> str:
    message = f"{issue}\n{text}".encode("utf-8", "surrogatepass")
    return _VERSION + hmac.new(key, message, "sha256").hexdigest()


def read_seal(setting: str) -> Seal | None:
    """Return the seal that a setting holds: keys and perhaps an instant, apart by white space.

    "" is none. Raises DefinitionError, which repeats nothing of it, for a key that is too short.
    """
    words = setting.split()
    instants = [instant for word in words if (instant := _instant(word)) is not None]
    keys = tuple(word.encode("utf-8", "surrogatepass") for word in words if _instant(word) is None)
    if not words:
        return None
    if not keys or any(len(key) < SHORTEST_KEY for key in keys):
        raise DefinitionError(f"{SETTING} needs a key of {SHORTEST_KEY} characters or more.", hint=_HINT)
    if len(instants) > 1:
        raise DefinitionError(
            f"{SETTING} holds two dates.", hint="what is older needs no signature: give one"
        )
    return Seal(keys, instants[0] if instants else None)


def _instant(word: str) -> datetime | None:
    """Return the instant of `2026-11-30` or `2026-11-30T17:00Z`, None for any other word."""
    if len(word) >= SHORTEST_KEY or "-" not in word:
        return None
    try:
        instant = datetime.fromisoformat(word)
    except ValueError:
        return None
    return instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC)
