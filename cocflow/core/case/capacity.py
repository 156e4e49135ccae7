"""The room of an issue: how many comments GitHub still takes there, and what the last of them are kept for.

Owns the figures, and who is answered when little is left: readers may comment, so that whoever fills an
issue must not stop the case. It knows no command: what lets a case go on in another issue is asked of it.
"""

from __future__ import annotations

MOST = 2_500
"""The comments of an issue. GitHub refuses the next one, whoever writes it."""

NEAR = 250
"""With so many left, administrators are told, and can go on in another issue."""

OWN = 50
"""With so many left, only what falls due and those who have a say are answered."""

LAST = 10
"""With so many left, only whoever goes on in another issue is answered."""


def left(comments: int) -> int:
    """Return how many more comments an issue takes that has so many."""
    return max(0, MOST - comments)
