"""Many numbers in few characters: runs of them, each by its distance from the one before and its length.

Owns that one form, which is read from anybody's text: what isn't in it is no number at all.
"""

from __future__ import annotations

from collections.abc import Iterable

MOST = 100_000
"""How many numbers a text may stand for: a short one could otherwise fill a machine."""


def compact(numbers: Iterable[int]) -> str:
    """Return positive numbers as text: `3.2 4` is 3, 4 and 8."""
    runs: list[tuple[int, int]] = []
    end = 0
    for number in sorted(set(numbers)):
        if runs and number == end + 1:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((number - end, 1))
        end = number
    return " ".join(f"{gap}.{length}" if length > 1 else str(gap) for gap, length in runs)


def read_compact(text: str) -> frozenset[int]:
    """Return the numbers that a text stands for; none where it isn't such a text."""
    found: list[int] = []
    end = 0
    for run in text.split():
        gap, dot, length = run.partition(".")
        if not _is_count(gap) or (dot and not _is_count(length)):
            return frozenset()
        count = int(length or 1)
        if len(found) + count > MOST:
            return frozenset()
        start = end + int(gap)
        end = start + count - 1
        found += range(start, end + 1)
    return frozenset(found)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10 and int(text) > 0
