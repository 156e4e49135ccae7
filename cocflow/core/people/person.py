"""Somebody in a case: who they are there, and how they can be reached."""

from __future__ import annotations

import hashlib
from functools import lru_cache

import msgspec

from cocflow.core.people.contacts import login_in, mail_in, slack_in
from cocflow.core.people.naming import Sureness, meant
from cocflow.core.process import Role


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody in a case. `key` is what records call them: `reporter`, or `p1`, `p2`, … for parties.

    `name` is "" where the words that gave it have changed since, and never gives anybody the role; `login`
    (written as `@login`), `mail` and `slack` do. `account` is the node id of the GitHub account that the role
    belongs to, where it was had by an act of that account and by nothing else. `room` is the name of the room
    in which they read and write. `unasked`: somebody else named them, and nobody has asked them yet, so no
    message of ours goes to them.
    `here`: what they are told, they read on the issue itself. `ordered_as`: the key by which the incident
    knows a suspended person, on the suspension's own page.
    """

    key: str
    name: str
    role: Role | None = None
    login: str = ""
    mail: str = ""
    slack: str = ""
    room: str = ""
    account: str = ""
    here: bool = False
    ordered_as: str = ""
    unasked: bool = False

    def __repr__(self) -> str:
        """Show the key only."""
        return f"Person({self.key})"

    @property
    def suspended(self) -> bool:
        """Whether it is this person's account that is suspended."""
        return self.role == "suspended"

    @property
    def called(self) -> str:
        """What administrators read for this person: the name, or what is known of them."""
        match self.role:
            case "reporter" | "filer" | "guest" | None:
                return f"the {self.key}"
            case "suspended":
                return self.name or "an account"
            case _:
                return self.name or f"party {self.key.removeprefix('p')}"

    @property
    def source(self) -> str:
        """By what the incident knows them, whichever issue they are met on."""
        return self.ordered_as or self.key

    def meant_by(self, text: str) -> Sureness | None:
        """Return how surely a text means this person, by whatever is known of them."""
        known = (self.login, self.mail, self.slack)
        return meant(text, self.name, frozenset(one.casefold() for one in known if one))

    def is_surely(self, *, login: str = "", mail: str = "", slack: str = "") -> bool:
        """Whether a login, a mail address or a Slack id is this person's own. Grant a role by this only.

        "" is nobody's.
        """
        pairs = ((self.login, login), (self.mail, mail), (self.slack, slack))
        return any(mine and mine.casefold() == other.casefold() for mine, other in pairs)

    def handles(self) -> frozenset[str]:
        """Return every way this person may be named in the roster, casefolded. Never grant by this."""
        one_word = self.name if len(self.name.split()) == 1 else ""
        texts = (one_word, self.login, self.mail, self.slack)
        return frozenset(text.casefold().removeprefix("@") for text in texts if text)

    def digests(self) -> tuple[str, ...]:
        """Return the digests of every way to name this person, as receipts hold them."""
        return tuple(sorted(digest(handle) for handle in self.handles()))


@lru_cache(maxsize=256)
def named(key: str, name: str, contact: str, role: Role) -> Person:
    """Return the person whom a name and an account of how to reach them describe."""
    login = login_in(contact) or login_in(name)
    return Person(
        key=key,
        name=name.removeprefix("@") or login,
        role=role,
        login=login,
        mail=mail_in(contact),
        slack=slack_in(contact),
    )


def digest(handle: str) -> str:
    """Return the digest by which a receipt knows one way to name somebody."""
    return hashlib.sha256(handle.encode("utf-8", "surrogatepass")).hexdigest()
