"""Whose turn it is: in which order waiting issues are taken up, and which letters a run reads.

Owns the shares. Among issues it goes in turn by the person on whose account they wait, longest wait first,
so that nobody's hundred issues come before another's one. Of letters, what bears a case's token comes first,
then what comes from an address on record, then what the receiving server vouches for, then the rest; but
each of these gets something, one sender gets no more than a few in a run, and among senders it goes in turn
too. A sender's address can be forged, so a mail that is vouched for doesn't share its turn with one that
isn't. So no flood keeps anybody else waiting for long.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import Literal, TypeVar, get_args

import msgspec

from cocflow.ports import Envelope

LETTERS = 30
"""The letters that a run reads."""

FOR_EACH = 3
"""Of these, the letters that it reads of one sender; of a room, as many as its road gives at a time."""

LEAST = 5
"""Of these, the letters that each kind of senders gets if so many wait, whatever waits of other kinds."""

Standing = Literal["token", "record", "vouched", "other"]
"""What is known of who wrote a letter, from most to least."""

_Waiting = TypeVar("_Waiting")


class Queued(msgspec.Struct, frozen=True, order=True):
    """An issue that waits, and since when; the ids of those on whose account it does; what reading it costs.

    The longest wait is the least.
    """

    since: datetime
    number: int
    by: tuple[str, ...] = ()
    points: int = 1


def issues_in_turn(waiting: Iterable[Queued]) -> list[Queued]:
    """Return the issues in the order in which they are taken up.

    One that several have to do with counts for whoever has the fewest: nobody loses a turn by others' words.
    """
    waiting = sorted(waiting)
    share = Counter(who for one in waiting for who in one.by)
    whose = {one.number: min(one.by, key=lambda who: (share[who], who), default="") for one in waiting}
    return [one for _, one in _around(waiting, lambda one: whose[one.number])]


def letters_in_turn(waiting: Iterable[Envelope], standing: Callable[[Envelope], Standing]) -> list[Envelope]:
    """Return the letters to be read now, in their order."""
    by_standing: dict[Standing, list[Envelope]] = {kind: [] for kind in get_args(Standing)}
    for one in sorted(waiting, key=lambda one: (one.received, one.key)):
        by_standing[standing(one)].append(one)
    queues = [
        [one for round_, one in _around(found, _sender) if one.room or round_ < FOR_EACH]
        for found in by_standing.values()
    ]
    room = LETTERS - sum(min(LEAST, len(queue)) for queue in queues)
    taken: list[Envelope] = []
    for queue in queues:
        more = min(max(0, len(queue) - LEAST), room)
        room -= more
        taken += queue[: LEAST + more]
    return taken


def _around(waiting: Iterable[_Waiting], whose: Callable[[_Waiting], Hashable]) -> list[tuple[int, _Waiting]]:
    """Return what waits with its round: everybody's first, then everybody's second; in order within each."""
    had: Counter[Hashable] = Counter()
    rounds: list[tuple[int, _Waiting]] = []
    for one in waiting:
        rounds.append((had[whose(one)], one))
        had[whose(one)] += 1
    return sorted(rounds, key=lambda one: one[0])


def _sender(one: Envelope) -> tuple[str, bool]:
    return one.room or one.sender.casefold(), one.verified
