"""Whose turn it is: which of the waiting letters a run reads, and in which order.

Owns the shares. What bears a case's token comes first, then what comes from an address on record, then
what the receiving server vouches for, then the rest; but each of these gets something, one sender gets
no more than a few in a run, and among senders it goes in turn, longest wait first. A sender's address
can be forged, so a mail that is vouched for doesn't share its turn with one that isn't. So no flood of
mails keeps anybody else's letter waiting for long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Literal, get_args

from cocflow.ports import Envelope

LETTERS = 30
"""The letters that a run reads."""

FOR_EACH = 3
"""Of these, the letters that it reads of one sender."""

LEAST = 5
"""Of these, the letters that each kind of senders gets if so many wait, whatever waits of other kinds."""

Standing = Literal["token", "record", "vouched", "other"]
"""What is known of who wrote a letter, from most to least."""


def in_turn(waiting: Iterable[Envelope], standing: Callable[[Envelope], Standing]) -> list[Envelope]:
    """Return the letters to be read now, in their order."""
    by_standing: dict[Standing, list[Envelope]] = {kind: [] for kind in get_args(Standing)}
    for one in waiting:
        by_standing[standing(one)].append(one)
    queues = [_around(found) for found in by_standing.values()]
    room = LETTERS - sum(min(LEAST, len(queue)) for queue in queues)
    taken: list[Envelope] = []
    for queue in queues:
        more = min(max(0, len(queue) - LEAST), room)
        room -= more
        taken += queue[: LEAST + more]
    return taken


def _around(waiting: list[Envelope]) -> list[Envelope]:
    """Return letters of one kind: everybody's first, then everybody's second; longest wait first."""
    by_sender: defaultdict[tuple[str, bool], list[Envelope]] = defaultdict(list)
    for one in sorted(waiting, key=_since):
        by_sender[one.sender.casefold(), one.verified].append(one)
    rounds = ([of[at] for of in by_sender.values() if at < len(of)] for at in range(FOR_EACH))
    return [one for round_ in rounds for one in sorted(round_, key=_since)]


def _since(one: Envelope) -> tuple[object, str]:
    return one.received, one.key
