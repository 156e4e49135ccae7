"""What has been reached in a house: its cases as their receipts tell them, the outbox, and who can read what.

Owns the reading, at one moment. Nothing of what was clicked is known here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

import msgspec

from cocflow.core.case.case import Case
from cocflow.core.case.letters import letters
from cocflow.core.people.person import Person
from cocflow.demo.story import GUEST, KEEPER, OTHERS, PEOPLE
from cocflow.rehearsal.house import House, Mail
from cocflow.rehearsal.people import PERSONAS, persona


class At(msgspec.Struct, frozen=True, kw_only=True):
    """A case, and where it is kept."""

    repository: str
    number: int
    case: Case

    def __str__(self) -> str:
        """Say where, as its page does."""
        return f"{self.repository} #{self.number}"

    @property
    def reporter(self) -> Person | None:
        """Who reported it."""
        return next(iter(self.case.people_who("reporter")), None)

    @property
    def person(self) -> Person | None:
        """Whose account is suspended."""
        return next(iter(self.case.people_who("suspended")), None)

    def told(self, notice: str) -> tuple[datetime, ...]:
        """Return when a notice was owed that has reached its audience since, oldest first."""
        told = self.case.progress.told
        return tuple(
            receipt.record.at
            for receipt in self.case.ledger.counted
            for owed in receipt.record.owed
            if owed.notice == notice and owed.id in told
        )

    def was(self, state: str) -> bool:
        """Whether it is in that state, or has been."""
        return any(one.state == state for one in self.case.progress.stays)

    def written(self) -> int:
        """Return how often the reporter has written since they filed it."""
        own = [one for one in letters(self.case) if one.person is not None and one.person == self.reporter]
        arrived = self.case.arrival is not None and any(not one.filed.room for one in own)
        return len(own) - arrived


class Facts:
    """A house at one moment."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.cases = tuple(_cases(house))
        self.mails: tuple[Mail, ...] = tuple(house.mails)

    def incidents(self, by: str = "") -> tuple[At, ...]:
        """Return the reports, or those of one login or address; the newest last."""
        found = (one for one in self.cases if one.case.is_incident)
        return tuple(one for one in found if not by or _is(one.reporter, by))

    def suspensions(self, of: str = "") -> tuple[At, ...]:
        """Return the suspensions, or those of one login or address; the newest last."""
        found = (one for one in self.cases if one.case.is_suspension)
        return tuple(one for one in found if not of or _is(one.person, of))

    @property
    def waiting(self) -> bool:
        """Whether something that was written in a room or by mail waits for the next sweep."""
        return self._house.unheard

    def filed_in_room(self, login: str) -> bool:
        """Whether somebody has opened an issue in their room."""
        visitor = self._house.visitor(login)
        rooms = (one for one in visitor.repositories() if one.is_room)
        return any(visitor.listed(f"repos/{one.name}/issues", state="all") for one in rooms)

    def wrote_mail(self, sender: str) -> bool:
        """Whether somebody has written a mail."""
        return any(one.sender == sender for one in self._house.answers)

    @cached_property
    def readers(self) -> Mapping[str, frozenset[str]]:
        """Who can read each vault and room, asked of GitHub with everybody's own account."""
        found: dict[str, set[str]] = {}
        accounts = {one.login for one in PERSONAS if one.login} | {*PEOPLE, *OTHERS, KEEPER, GUEST}
        for login in sorted(accounts):
            for one in self._house.visitor(login).repositories():
                found.setdefault(one.name, set()).add(login)
        return {name: frozenset(who) for name, who in found.items()}


def called(who: str) -> str:
    """Return the name of whoever has a login or an address."""
    found = next((one for one in PERSONAS if one.login == who), None) or persona(who, {who})
    return found.name if found is not None else who


def _cases(house: House) -> Iterator[At]:
    for vault in house.vaults():
        listed = house.visitor(KEEPER).listed(f"repos/{vault}/issues", state="all")
        for number in sorted(one["number"] for one in listed):
            case = house.case(vault, number)
            if isinstance(case, Case):
                yield At(repository=vault, number=number, case=case)


def _is(person: Person | None, by: str) -> bool:
    return person is not None and by.casefold() in (person.login.casefold(), person.mail.casefold())
