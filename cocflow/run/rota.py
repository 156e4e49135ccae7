"""Whose turn it is and what waits, as this run knows it: from the cards of the listing, and from the board.

Owns what is remembered of them while a run lasts. Losing it loses nothing: the next listing tells it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from sys import intern
from typing import Any

import msgspec

from cocflow.core.case.facts import Page
from cocflow.core.case.records import Away, Card, read_card
from cocflow.core.people.roster import Community
from cocflow.core.people.rota import Rota
from cocflow.core.process import INCIDENT


class Waiting(msgspec.Struct, frozen=True):
    """What a case waits for, as its card says: names of timers, each with since when.

    There may be ten thousand, so names and owners that are the same are kept once.
    """

    kind: str
    waits: tuple[tuple[str, datetime], ...]
    owner: tuple[str, ...]
    apart: bool
    urgent: bool = False


class Turns(msgspec.Struct, kw_only=True):
    """Who had the newest incident (`number`), by digests; who is away; what cases wait for; who has which.

    `heard`: the newest thing that a person said on the board, once this run has answered it. `gaps`: of some
    cases nothing is known, since the listing left them out. `owners`: each one's digests, once. `shown`: the
    cases whose cards this run knows better than a listing. `asks`: lists, where no listing was read
    yet; `latest`: that listing, once it was.
    """

    number: int = 0
    last: tuple[str, ...] = ()
    away: tuple[Away, ...] = ()
    waiting: dict[int, Waiting] = {}
    had: dict[tuple[str, ...], set[int]] = {}
    heard: str | None = None
    gaps: bool = False
    owners: dict[tuple[str, ...], tuple[str, ...]] = {}
    shown: set[int] = set()
    asks: Callable[[], Any] | None = None
    latest: Page | None = None

    def learn(self, page: Page) -> None:
        """Take over what the cards of a page say."""
        self.gaps |= page.unreadable > 0
        for one in page.issues:
            card = read_card(one.card) if one.card is not None and one.number not in self.shown else None
            if card is not None and card.board is not None:
                self.away = card.board.away if self.heard is None else self.away
            elif card is not None and card.of_case:
                self.saw(one.number, card, page.now, is_open=one.is_open)

    def wrote(self, number: int, card: Card, now: datetime, *, is_open: bool) -> None:
        """Take over what a card says that this run has written."""
        self.saw(number, card, now, is_open=is_open)
        self.shown.add(number)

    def saw(self, number: int, card: Card, now: datetime, *, is_open: bool = True) -> None:
        """Take over what a card says: what may be due by now, and who has an incident."""
        owner = self.owners.setdefault(card.owner, card.owner)
        waits = tuple((intern(name), since) for name, since in card.waits.items() if since <= now)
        if is_open and waits:
            self.waiting[number] = Waiting(intern(card.kind), waits, owner, card.apart, card.urgent)
        else:
            self.waiting.pop(number, None)
        if card.kind != INCIDENT or not card.owner:
            return
        for numbers in self.had.values():
            numbers.discard(number)
        if is_open:
            self.had.setdefault(owner, set()).add(number)
        if number >= self.number:
            self.number, self.last = number, owner

    def of_those_gone(self, now: datetime, community: Community) -> tuple[int, ...]:
        """Return the open incidents of those who are away, or are no administrators any more."""
        away = self.at(now).away
        here = frozenset(mark for one in community.administrators for mark in community.marks_of(one))
        gone = (all_ for marks, all_ in self.had.items() if away & set(marks) or not here & set(marks))
        return tuple(sorted(one for all_ in gone for one in all_))

    def at(self, now: datetime) -> Rota:
        """Return whose turn it is at an instant."""
        away = (one for one in self.away if one.until is None or one.until > now)
        return Rota(frozenset(self.last), frozenset(mark for one in away for mark in one.marks))
