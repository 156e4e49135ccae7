"""Rooms on GitHub: a private repository for each guest, in an organization of the community's.

Owns how a room is made, who gets in, and its end; what stands in it is a tracker's. Every token is for one
room and for what is done there, but for reading, and for making a room, which concerns none yet. Refuses to
touch any repository that isn't named as a room.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote

from cocflow.adapters.app import ROUTE, Permissions, Tokens, channel_error
from cocflow.adapters.client import API, TIMEOUT, Client, Pace, next_page
from cocflow.adapters.github import GitHubTracker, listed
from cocflow.adapters.refusals import understood
from cocflow.core.case.facts import ROOM, Access
from cocflow.core.people.roster import RoomsSettings
from cocflow.errors import AdapterError
from cocflow.ports import ChannelError, RefusedError, Room, Tracker

_Answer = TypeVar("_Answer")

READING: Permissions = {"administration": "read", "issues": "read", "metadata": "read"}
MAKING: Permissions = {"administration": "write", "contents": "read", "metadata": "read"}
KEEPING: Permissions = {"administration": "write", "metadata": "read"}
WRITING: Permissions = {"issues": "write", "metadata": "read"}
ALL: Permissions = {**MAKING, **WRITING}
"""What rooms need."""
PEOPLE = 100
"""How many of those who get into a room GitHub shows at a time."""
_TEMPLATE = "The template of rooms isn't in the organization, isn't a template, or the App can't read it"


class GitHubRooms(Client):
    """The rooms in an organization.

    `tokens` gives a token for a use; `base_url` is the REST address. `sleep` waits a number of seconds.
    `timeout`: the seconds after which an answer doesn't come any more, and nothing is tried again.
    """

    def __init__(
        self,
        settings: RoomsSettings,
        tokens: Tokens,
        base_url: str = API,
        sleep: Callable[[float], None] = time.sleep,
        timeout: int = TIMEOUT,
    ) -> None:
        super().__init__(
            self._current, base_url, sleep, timeout, patience=timeout, pace=Pace(), holder="organization"
        )
        self._settings = settings
        self._tokens = tokens
        self._url, self._timeout = base_url, timeout
        self._owner = f"/repos/{settings.organization}"
        self._template = f"{self._owner}/{quote(settings.template, safe='')}"
        self._for: tuple[str | None, Permissions] = None, READING
        self._trackers: dict[str, RoomTracker] = {}
        self._besides: frozenset[str] = frozenset()

    @property
    def written(self) -> int:
        """See `Rooms.written`."""
        return self._written + sum(one.written for one in self._trackers.values())

    # --- reads -------------------------------------------------------------------------------------

    def listing(self) -> tuple[Room, ...]:
        """See `Rooms.listing`."""
        found: list[Room] = []
        besides: set[str] = set()
        after: str | None = None
        while True:
            with _whole():
                data, _ = self._query("ROOMS", {"organization": self._settings.organization, "after": after})
                with understood(ROUTE):
                    part = data["organization"]["repositories"]
                    found += [self._room(node) for node in part["nodes"] if node and self._is_room(node)]
                    besides |= {node["name"] for node in part["nodes"] if node and not self._is_room(node)}
                    after = next_page(part)
            if after is None:
                self._besides = frozenset(name.casefold() for name in besides)
                return tuple(found)

    def lists(self, repository: str) -> bool:
        """See `Rooms.lists`."""
        owner, _, name = repository.casefold().partition("/")
        return owner == self._settings.organization.casefold() and name in self._besides

    def _is_room(self, node: dict[str, Any]) -> bool:
        return node["isTemplate"] is not True and self._named(node["name"])

    def _named(self, name: str) -> bool:
        """Whether a repository is named as a room, and isn't what rooms are made from."""
        small = name.casefold()
        return small.startswith(ROOM) and small != self._settings.template.casefold()

    def _room(self, node: dict[str, Any]) -> Room:
        part = node["issues"] or {}
        nodes = part.get("nodes") or ()
        issues = [listed(one, self._known_viewer(), claimed=True) for one in nodes]
        return Room(
            name=node["name"],
            description=node["description"] or "",
            issues=tuple(one for one in issues if one is not None),
            whole=bool(part) and None not in issues and next_page(part) is None,
        )

    def access(self, name: str) -> Access:
        """See `Rooms.access`."""
        path = self._path(name)
        try:
            inside = self._all(f"{path}/collaborators?affiliation=direct&per_page={PEOPLE}")
            invited = self._invitations(name)
        except AdapterError as error:
            if error.status != 404:
                raise
            return Access(exists=False)
        with _whole(), understood(ROUTE):
            people = (*inside, *(one["invitee"] for one in invited if _invitee(one)))
            return Access(
                accounts={one["login"]: one["node_id"] for one in people},
                inside=frozenset(one["login"] for one in inside),
                invited=frozenset(_invitee(one) for one in invited if not one.get("expired")) - {""},
                expired=frozenset(_invitee(one) for one in invited if one.get("expired")) - {""},
            )

    def tracker(self, name: str) -> Tracker:
        """See `Rooms.tracker`."""
        self._path(name)
        key = name.casefold()
        if key not in self._trackers:
            self._trackers[key] = RoomTracker(
                f"{self._settings.organization}/{name}",
                lambda: self._tokens(name, WRITING),
                self._url,
                self._sleep,
                self._timeout,
                patience=self._patience,
                pace=self._pace,
            )
        return self._trackers[key]

    def try_out(self) -> None:
        """See `Rooms.try_out`."""
        self._tokens(None, ALL)
        try:
            with self._as(None, MAKING):
                found = self._read(self._template)
        except AdapterError as error:
            if error.status != 404:
                raise channel_error(error) from None
            raise _no_template() from None
        with _whole(), understood(ROUTE):
            if not (found["is_template"] and found["private"]):
                raise _no_template()

    # --- making one --------------------------------------------------------------------------------

    def open(self, name: str, description: str) -> None:
        """See `Rooms.open`. Nothing is made twice: GitHub refuses a second repository of a name."""
        path = self._path(name)
        made = {
            "owner": self._settings.organization,
            "name": name,
            "description": description,
            "private": True,
        }
        try:
            with self._as(None, MAKING):
                self._do("POST", f"{self._template}/generate", made, repeatable=False)
        except AdapterError as error:
            if error.status == 404:
                raise _no_template() from None
            if error.status != 422:
                raise
            self._expect_ours(path, description)
        with self._as(name, KEEPING):
            self._no_jobs(f"{path}/actions/permissions")

    def _no_jobs(self, path: str) -> None:
        """Switch Actions off, unless the organization has them off in whatever is made there."""
        if (self._read(path) or {}).get("enabled") is not False:
            self._do("PUT", path, {"enabled": False})

    def _expect_ours(self, path: str, description: str) -> None:
        """See whether a repository that is there already is this very room, made by a run that died.

        One that the App can't see is somebody else's, who has the name: that costs this room, and no other.
        """
        try:
            with self._as(None, READING):
                found = self._read(path)
        except AdapterError as error:
            if error.status == 404:
                self.try_out()  # GitHub answers the same where it can't read the template
                raise RefusedError(422, ROUTE) from None
            raise
        with _whole(), understood(ROUTE):
            ours = found["private"] is True and (found["description"] or "").strip() == description.strip()
        if not ours:
            raise RefusedError(422, ROUTE)

    def erase(self, name: str) -> None:
        """See `Rooms.erase`."""
        self._gone_is_done(name, self._path(name))

    # --- who gets in -------------------------------------------------------------------------------

    def let_in(self, name: str, login: str, account: int | None = None) -> bool:
        """See `Rooms.let_in`. GitHub answers with the invitation, or with nothing where none is needed."""
        made = self._added(name, login)
        if made is None:
            return True
        with _whole(), understood(ROUTE):
            number, expired = int(made["id"]), made.get("expired") is True
            others = account is not None and (made["invitee"] or {}).get("id") != account
        if not (expired or others):
            return False
        self._gone_is_done(name, f"{self._path(name)}/invitations/{number}")
        if others:
            raise RefusedError(404, ROUTE)
        return self._added(name, login) is None

    def _added(self, name: str, login: str) -> Any:
        path = f"{self._path(name)}/collaborators/{quote(login, safe='')}"
        try:
            with self._as(name, KEEPING):
                return self._do("PUT", path, {"permission": "pull"})
        except AdapterError as error:
            if error.status == 404 and self.access(name).exists:
                raise RefusedError(404, ROUTE) from None
            raise

    def put_out(self, name: str, login: str) -> None:
        """See `Rooms.put_out`. Invitations go first, so that none is accepted afterwards."""
        path = self._path(name)
        try:
            with self._as(name, KEEPING):
                found = self._invitations(name)
        except AdapterError as error:
            if error.status != 404:
                raise
            return
        with _whole(), understood(ROUTE):
            theirs = [int(one["id"]) for one in found if _invitee(one).casefold() == login.casefold()]
        for number in theirs:
            self._gone_is_done(name, f"{path}/invitations/{number}")
        self._gone_is_done(name, f"{path}/collaborators/{quote(login, safe='')}")

    def _invitations(self, name: str) -> list[dict[str, Any]]:
        return self._all(f"{self._path(name)}/invitations?per_page={PEOPLE}")

    # --- calls -------------------------------------------------------------------------------------

    def _path(self, name: str) -> str:
        """Return the address of a room; RefusedError for any other repository."""
        if not self._named(name):
            raise RefusedError(404, ROUTE)
        return f"{self._owner}/{quote(name, safe='')}"

    def _current(self) -> str:
        return self._tokens(*self._for)

    @contextmanager
    def _as(self, name: str | None, permissions: Permissions) -> Iterator[None]:
        """Use a token for one room, and for this alone."""
        before, self._for = self._for, (name, permissions)
        try:
            yield
        finally:
            self._for = before

    def _read(self, path: str) -> Any:
        return self._call(ROUTE, lambda: self._requester.requestJsonAndCheck("GET", path)[1], repeatable=True)

    def _all(self, path: str) -> list[dict[str, Any]]:
        """Return all pages of a list."""
        found: list[dict[str, Any]] = []
        page = 1
        while True:
            more = self._read(path if page == 1 else f"{path}&page={page}")
            if not isinstance(more, list):
                raise channel_error(AdapterError(200, ROUTE, kind="odd"))
            found += more
            page += 1
            if len(more) < PEOPLE:
                return found

    def _do(
        self, method: str, path: str, sent: Any = None, *, repeatable: Callable[[], bool] | bool = True
    ) -> Any:
        return self._write(
            ROUTE,
            lambda: self._requester.requestJsonAndCheck(method, path, input=sent)[1],
            repeatable=repeatable,
        )

    def _gone_is_done(self, name: str, path: str) -> None:
        try:
            with self._as(name, KEEPING):
                self._do("DELETE", path)
        except AdapterError as error:
            if error.status not in (404, 410):
                raise

    def _call(
        self, route: str, call: Callable[[], _Answer], *, repeatable: Callable[[], bool] | bool
    ) -> _Answer:
        """Call GitHub; what isn't about one room is the failure of all of them."""
        try:
            return super()._call(route, call, repeatable=repeatable)
        except AdapterError as error:
            if error.kind == "refused_thing" or isinstance(error, ChannelError):
                raise
            raise channel_error(error) from None


class RoomTracker(GitHubTracker):
    """The issues of one room. Who isn't let into one is let into none, and no answer is none from any."""

    claimed = True

    def _call(
        self, route: str, call: Callable[[], _Answer], *, repeatable: Callable[[], bool] | bool
    ) -> _Answer:
        try:
            return super()._call(route, call, repeatable=repeatable)
        except AdapterError as error:
            if error.kind in ("refused_credential", "limited") or (error.kind, error.status) == (
                "unavailable",
                None,
            ):
                raise channel_error(error) from None
            raise


@contextmanager
def _whole() -> Iterator[None]:
    """Tell whatever fails as the failure of all rooms: what is asked isn't about one."""
    try:
        yield
    except AdapterError as error:
        raise channel_error(error) from None


def _invitee(invitation: dict[str, Any]) -> str:
    """Return the login that is invited, "" where an address was."""
    return str((invitation["invitee"] or {}).get("login") or "")


def _no_template() -> ChannelError:
    return ChannelError("place", ROUTE, detail=_TEMPLATE)
