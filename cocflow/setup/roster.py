"""Pinning the roster: each administrator's account by its number, so that nobody is taken for them.

A login can be given up, and then be had by anybody; the number of an account stays. Owns the lines of
`.github/cocflow.yml` that hold the numbers. It adds lines and changes nothing else, and refuses a roster
that is written in another way than one administrator a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

import msgspec

from cocflow.core.people.roster import Administrator, Community
from cocflow.ports import Accounts
from cocflow.process.entries import Entry

Standing: TypeAlias = Literal["pinned", "unpinned", "another", "nobody"]
"""How an administrator's pin stands: right, missing, another account's login now, no account's login."""

_ALONE = re.compile(r"(?P<lead> *-) +(?P<login>[^\s:#{}\[\],]+)(?P<rest> *(#.*)?)")
_FIELD = re.compile(r"(?P<lead> *(- +)?)login: +[^\s#{}\[\],]+ *(#.*)?")


class Pin(msgspec.Struct, frozen=True):
    """An administrator, and the number of the account that has their login now; None if none has."""

    administrator: Administrator
    account: int | None

    @property
    def standing(self) -> Standing:
        """How it stands."""
        if self.account is None:
            return "nobody"
        if self.administrator.account is None:
            return "unpinned"
        return "pinned" if self.administrator.account == self.account else "another"


def pins(administrators: Iterable[Administrator], accounts: Accounts) -> tuple[Pin, ...]:
    """Look up whose the logins are. One read for each."""
    return tuple(Pin(one, accounts.account(one.login)) for one in administrators)


def pinned(found: Iterable[Pin]) -> tuple[Administrator, ...]:
    """Return the administrators, each with their account where it wasn't pinned yet and is known."""
    return tuple(
        msgspec.structs.replace(one.administrator, account=one.account)
        if one.standing == "unpinned"
        else one.administrator
        for one in found
    )


def with_administrators(community: Community, administrators: tuple[Administrator, ...]) -> Community:
    """Return the community with another roster, which is that of its own vault, too."""
    vaults = tuple(
        msgspec.structs.replace(one, administrators=administrators)
        if one.administrators == community.administrators
        else one
        for one in community.vaults
    )
    return msgspec.structs.replace(community, administrators=administrators, vaults=vaults)


def with_pins(text: str, roster: Entry, numbers: Mapping[str, int]) -> str | None:
    """Return a configuration with these numbers, by login, added; None where a line can't be added.

    `roster` is the entry `administrators` of that text.
    """
    lines = text.splitlines(keepends=True)
    for item in reversed(roster.items()):
        mapping = isinstance(item.content, dict)
        login = item.mapping()["login"] if mapping else item
        if login.raw not in numbers:
            continue
        at = login.line - 1
        added = _added(lines[at], mapping=mapping, number=numbers[login.raw])
        if added is None:
            return None
        lines[at] = added
    return "".join(lines)


def _added(line: str, *, mapping: bool, number: int) -> str | None:
    """Return an administrator's line with the number on one of its own below; None for another form."""
    bare = line.rstrip("\r\n")
    end = line[len(bare) :] or "\n"
    found = (_FIELD if mapping else _ALONE).fullmatch(bare)
    if found is None:
        return None
    if mapping:
        return f"{bare}{end}{' ' * len(found['lead'])}account: {number}{end}"
    lead = found["lead"]
    return f"{lead} login: {found['login']}{found['rest']}{end}{' ' * len(lead)} account: {number}{end}"
