"""The community as the engine sees it: its administrators, its zone, its figures.

Owns the shapes and the question "is this the same person". Refuses to read the configuration file
(`setup/community.py` does).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import msgspec

from cocflow.core.people.contacts import mail_in
from cocflow.core.people.naming import Sureness, meant
from cocflow.core.people.person import digest


class Administrator(msgspec.Struct, frozen=True, kw_only=True, repr_omit_defaults=True):
    """One person of the committed roster. `login` is the GitHub login, without `@`.

    `account` is the number of the account that the login belonged to when it was pinned; None: not pinned.
    """

    login: str
    account: int | None = None
    name: str = ""
    mail: str = ""
    slack: str = ""

    def shown(self) -> str:
        """Return what people call this person: the name, else the login."""
        return self.name or self.login

    def handles(self) -> frozenset[str]:
        """Return every way to name this person, casefolded: login, mail, Slack id."""
        return frozenset(
            text.casefold().removeprefix("@") for text in (self.login, self.mail, self.slack) if text
        )

    def meant_by(self, text: str) -> Sureness | None:
        """Return how surely a text means this person: what keeps somebody out is read widely."""
        return _meant(self, text)


@lru_cache(maxsize=1024)
def _meant(one: Administrator, text: str) -> Sureness | None:
    return meant(text, one.name, one.handles())


class RoomsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where rooms are: an organization of the community's, the number of its App, the template's name.

    `installation` is the number of the App's installation there, 0 where it is looked up by each run.
    """

    organization: str
    app: int
    template: str
    installation: int = 0


Reported: TypeAlias = Literal["totals from 5"]
"""How a year's report may be beside the usual: without totals from 1 to 4."""


class Vault(msgspec.Struct, frozen=True, kw_only=True):
    """One of the community's vaults: its repository (`owner/name`), and who handles reports there."""

    repository: str
    administrators: tuple[Administrator, ...]


class Community(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A community's committed configuration, checked. Addresses are texts, spans are timedeltas.

    `reports` and `appeals` are the mail addresses for both, `mail_provider` who runs their mailbox, else
    `authserv_id` how its server signs what it verified, `letters_since` since when its letters are cocflow's
    (None: since its own beginning). `channels` are the ways to reach people, preferred first; the Slack
    channels are given by their ids. `rooms`: None where there are none. `vaults`: all of them, in the order
    in which they are offered a report, the own one among them; empty where there is but one. `on_suspension`
    and `on_return` are what administrators do by hand when an account is suspended, and when it comes back.
    `retention`: incidents are kept as long as their outcomes say, and can be erased then; else for ever.
    `report`: how a year's report is, `totals from 5` where it tells no total from 1 to 4.
    """

    name: str
    code_of_conduct: str
    zone: ZoneInfo
    administrators: tuple[Administrator, ...]
    administrators_as_of: str = ""
    rules_channel: str = ""
    outside_contact: str = ""
    reports: str = ""
    appeals: str = ""
    authserv_id: str = ""
    mail_provider: str = ""
    letters_since: datetime | None = None
    rules_slack_channel: str = ""
    administrators_slack_channel: str = ""
    rooms: RoomsSettings | None = None
    vaults: tuple[Vault, ...] = ()
    channels: tuple[str, ...] = ("room", "mail", "slack")
    on_suspension: tuple[str, ...] = ()
    on_return: tuple[str, ...] = ()
    retention: bool = False
    report: Reported | None = None
    waiting_periods: dict[str, timedelta | None] = msgspec.field(default_factory=dict)

    @property
    def answers_to(self) -> str:
        """The address to which people answer by mail; "" where nobody can."""
        return self.appeals or self.reports

    @property
    def outside_contact_mail(self) -> str:
        """The address in what is said of the outside contact; "" where it names none."""
        return mail_in(self.outside_contact)

    def marks_of(self, one: Administrator) -> frozenset[str]:
        """Return the digests by which receipts know an administrator, and nobody else of the roster.

        A mail address may be shared: then it marks nobody. The account stays when the login doesn't.
        """
        known: dict[Administrator, frozenset[str]] = self.__dict__.setdefault("_marks", {})
        if one not in known:
            known[one] = self._marks_of(one)
        return known[one]

    def _marks_of(self, one: Administrator) -> frozenset[str]:
        shared = {other.mail.casefold() for other in self.administrators if other != one}
        alone = (handle for handle in one.handles() if handle not in shared)
        pinned = () if one.account is None else (f"account {one.account}",)
        return frozenset(map(digest, (*alone, *pinned)))

    def administrator(self, login: str, account: int | None = None) -> Administrator | None:
        """Return the administrator whose account that is, by its login now and its number (None: unknown).

        A pinned administrator is known by the number alone, whatever the login; one who isn't, by the login
        (letter case doesn't matter). Whoever has a pinned login, and not its number, is a stranger.
        """
        if account is not None:
            for one in self.administrators:
                if one.account == account:
                    return one
        folded = login.casefold()
        found = next((one for one in self.administrators if one.login.casefold() == folded), None)
        return found if found is not None and found.account is None else None
