"""Whose turn it is: in the order of the roster, from whoever had the newest incident, without those away.

Owns the order alone. Who has a say in a case is the case's to know.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cocflow.core.people.roster import Administrator, Community


class Rota(msgspec.Struct, frozen=True):
    """Who had the newest incident, and who is away now, both by digests of the ways to name them."""

    last: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()


def in_turn(
    community: Community, among: Iterable[Administrator], after: frozenset[str], away: frozenset[str]
) -> tuple[Administrator, ...]:
    """Return these administrators as their turn comes after somebody's (digests); who is away comes last."""
    roster = community.administrators
    last = next((place for place, one in enumerate(roster) if community.marks_of(one) & after), -1)
    order = (*roster[last + 1 :], *roster[: last + 1])
    wanted = tuple(among)
    turn = [one for one in order if one in wanted]
    return tuple(sorted(turn, key=lambda one: not community.marks_of(one).isdisjoint(away)))
