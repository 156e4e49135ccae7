"""Letters: what the people of a case wrote outside the vault, as cocflow has filed it there.

Owns which comments are letters, and whose. What a letter asks for is decided like any other request.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.case.case import Case, once
from cocflow.core.case.facts import Commented
from cocflow.core.case.records import Filed
from cocflow.core.people.person import Person, digest


class Wrote(msgspec.Struct, frozen=True, kw_only=True):
    """One whole letter: the comment that holds it (the last of several), and whose it is.

    `person` is None where it is nobody's of the case. `at`: when its server received it, in UTC.
    """

    fact: Commented
    filed: Filed
    person: Person | None

    def __repr__(self) -> str:
        """Show the comment's id only."""
        return f"Wrote({self.fact.id})"

    @property
    def at(self) -> datetime:
        """When it was received."""
        return self.filed.received

    @property
    def verified(self) -> bool:
        """Whether it surely comes from that person."""
        return self.person is not None and self.filed.verified


@once
def letters(case: Case) -> tuple[Wrote, ...]:
    """Return the letters on a case, in the order in which they were received.

    Automatic answers are none, nor buttons, nor what holds no words, what came back, or what somebody has
    edited since.
    """
    found: list[Wrote] = []
    again = filed_again(case)
    for fact in case.mails:
        filed = case.mail(fact) if fact.edited_at is None and fact not in again else None
        if filed is None or filed.part != filed.parts or filed.automatic or filed.returned:
            continue
        if filed.kind != "words" or filed.button:
            continue
        found.append(Wrote(fact=fact, filed=filed, person=case.person(filed.person)))
    return tuple(sorted(found, key=lambda one: (one.at, one.fact.id)))


@once
def filed_again(case: Case) -> tuple[Commented, ...]:
    """Return the comments that hold what an earlier one does: two runs have filed one letter at once."""
    known: set[tuple[str, int]] = set()
    found: list[Commented] = []
    for fact in case.mails:
        if (filed := case.mail(fact)) is not None:
            if (filed.mail, filed.part) in known:
                found.append(fact)
            known.add((filed.mail, filed.part))
    return tuple(found)


def address_mark(address: str) -> str:
    """Return by what a card knows a mail address, in whatever letter case."""
    return digest(address.casefold())[:16]


def letter_mark(mail: str) -> str:
    """Return by what a card knows the letter of a digest that its case was opened for."""
    return mail[:16]


def may_write(case: Case) -> tuple[Person, ...]:
    """Return the people of a case whose letters belong to it by their address.

    Those whose account is suspended have a page of their own. Whom nobody has told anything doesn't know of
    it: an answer would tell them, and what they write is about something else.
    """
    return tuple(
        one
        for one in case.people
        if one.mail and (case.is_suspension or not one.suspended)
        if one.role not in ("party", "suspended") or case.progress.told_to(one.key)
    )


def known_by(case: Case) -> tuple[str, ...]:
    """Return by what a letter is known to belong to a case, for its card."""
    people = {address_mark(one.mail) for one in may_write(case)}
    came = (letter_mark(case.arrival.mail),) if case.arrival is not None else ()
    return (*sorted(people), *came)
