"""Tokens of a GitHub App, in the organization where it is installed.

Owns the setting `COCFLOW_ROOMS_KEY` and what GitHub says of the App. A token is asked for as narrow as its
use: for one repository, or for reading alone. It is kept in memory only, and replaced when little of its hour
is left. What the App is refused for is told in our words; nothing of the key or of a token is ever shown.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

import github
import jwt

from cocflow.adapters.client import API, TIMEOUT, Client
from cocflow.adapters.refusals import date_of, understood
from cocflow.core.people.roster import RoomsSettings
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import ChannelError, ChannelFault

SETTING = "COCFLOW_ROOMS_KEY"
ROUTE = "rooms"
"""What every failure is about."""
MARGIN = timedelta(minutes=5)
"""So long before its end a token isn't used any more."""

Permissions: TypeAlias = Mapping[str, str]
"""What a token may do, as GitHub names it: `issues` to `write`, say."""
Tokens: TypeAlias = Callable[[str | None, Permissions], str]
"""What gives a token for one repository by its name, or for all that can be reached."""

_KEY = (
    "the private key of the App, a file that begins with -----BEGIN RSA PRIVATE KEY-----; see docs/rooms.md"
)
_UNBELIEVED = (
    f"GitHub doesn't believe the key in {SETTING}: it was deleted there, it is another App's, or the clock"
    " here is wrong"
)
_SUSPENDED = "The organization has suspended the App, or keeps it out; an owner sees that on the page of Apps"
_MISSING = "The App of that number isn't installed in the organization, or there is none; see docs/rooms.md"
_LACKS = "A permission that rooms need wasn't given, or an owner hasn't agreed to it yet; see docs/rooms.md"
_ODD = "GitHub's answer about rooms can't be understood"


def read_key(text: str) -> str:
    """Return the private key that a setting's text holds, as PEM.

    It may have been pasted as it is, in one line with `\\n` for each end of a line, or in base64.
    DefinitionError, which shows nothing of it, where it is no key that can sign.
    """
    key = text.strip().strip("'\"").replace("\\n", "\n").replace("\r\n", "\n").strip()
    if key and not key.startswith("-----BEGIN"):
        try:
            key = base64.b64decode("".join(key.split()), validate=True).decode("ascii").strip()
        except (binascii.Error, ValueError):
            key = ""
    if not key:
        raise DefinitionError(f"{SETTING} isn't {_KEY}")
    try:
        signing(1, key).create_jwt()
    except Exception:  # noqa: BLE001 - of many kinds, and their texts may show some of the key
        raise DefinitionError(f"{SETTING} holds no key that can sign: it isn't {_KEY}") from None
    return key + "\n"


@lru_cache(maxsize=4)
def _parsed(key: str) -> Any:
    """Return a key as PyGithub's own library signs with it: reading it takes longer than all else it does."""
    return jwt.get_algorithm_by_name("RS256").prepare_key(key)


def signing(app: int, key: str) -> github.Auth.AppAuth:
    """Return what signs as an App, by its number and its private key (PEM)."""
    return github.Auth.AppAuth(app, lambda: _parsed(key.strip()))


class App(Client):
    """The tokens of an App. `key` is its private key, as `read_key` gives it; for the rest see `Client`.

    `now`: the clock for the end of a token. What an App is refused for is asked once only.
    """

    def __init__(
        self,
        settings: RoomsSettings,
        key: str,
        base_url: str = API,
        sleep: Callable[[float], None] = time.sleep,
        timeout: int = TIMEOUT,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(signing(settings.app, key), base_url, sleep, timeout, patience=timeout)
        self._organization = settings.organization
        self._now = now
        self._installation = settings.installation or None
        self._looked_up = False
        self._known: dict[tuple[str | None, frozenset[tuple[str, str]]], tuple[str, datetime]] = {}
        self._failed: ChannelError | None = None

    def __repr__(self) -> str:
        """Show nothing: it holds a key."""
        return "App()"

    def __call__(self, repository: str | None, permissions: Permissions) -> str:
        """Return a token for one repository of the organization by its name, or for all; see `Tokens`.

        AdapterError of status 404 where the App doesn't reach that repository; ChannelError where it gets no
        tokens at all.
        """
        if self._failed is not None:
            raise self._failed
        whose = (repository and repository.casefold(), frozenset(permissions.items()))
        known = self._known.get(whose)
        if known is None or known[1] <= self._now():
            try:
                known = self._known[whose] = self._asked(repository, permissions)
            except ChannelError as error:
                self._failed = error
                raise
        return known[0]

    def _asked(self, repository: str | None, permissions: Permissions) -> tuple[str, datetime]:
        """Ask for a token; return it, and until when it is used."""
        path = f"/app/installations/{self._installed()}/access_tokens"
        narrowed = {} if repository is None else {"repositories": [repository]}
        asked_at = self._now()
        try:
            headers, made = self._send("POST", path, {"permissions": dict(permissions), **narrowed})
        except AdapterError as error:
            if error.status == 404 and not self._looked_up:  # it was installed anew since it was written down
                self._installation = None
                return self._asked(repository, permissions)
            if error.status == 422 and repository is not None and self._grants(permissions):
                raise AdapterError(404, ROUTE, reason="missing") from None
            raise _refused(error) from None
        with _answered():
            token, ends, there = made["token"], datetime.fromisoformat(made["expires_at"]), date_of(headers)
            if not isinstance(token, str) or not token:
                raise ValueError
            lasts = ends - (there or asked_at)
        return token, asked_at + lasts - MARGIN

    def _grants(self, permissions: Permissions) -> bool:
        """Whether the App may have a token of these permissions: then it was refused for its repository."""
        self(None, permissions)
        return True

    def _installed(self) -> int:
        """Return the number of the App's installation in the organization: one read, where it isn't known."""
        if self._installation is None:
            self._looked_up = True
            try:
                _, found = self._send("GET", f"/orgs/{self._organization}/installation")
            except AdapterError as error:
                raise _refused(error) from None
            with _answered():
                if found.get("suspended_at"):
                    raise ChannelError("login", ROUTE, status=403, detail=_SUSPENDED)
                self._installation = int(found["id"])
        return self._installation

    def _send(self, method: str, path: str, sent: Any = None) -> tuple[dict[str, Any], Any]:
        """Send what may be sent twice: a token that is asked for again is but another one."""

        def call() -> tuple[dict[str, Any], Any]:
            return self._requester.requestJsonAndCheck(method, path, input=sent)

        return self._call(ROUTE, call, repeatable=True)


def channel_error(error: AdapterError) -> ChannelError:
    """Return what a failure means where it isn't about one room: nothing else gets through now either."""
    if isinstance(error, ChannelError):
        return error
    if error.kind == "refused_credential":
        if error.status == 403:
            return ChannelError("scopes", ROUTE, status=403, detail=_LACKS)
        return ChannelError("login", ROUTE, status=error.status, detail=str(error))
    fault: ChannelFault = "pause" if error.kind == "limited" else "connection"
    detail = _ODD if error.kind == "odd" else ""
    return ChannelError(fault, ROUTE, status=error.status, detail=detail, uncertain=error.uncertain)


def _refused(error: AdapterError) -> ChannelError:
    """Return why an App gets no token."""
    if error.kind == "limited" or isinstance(error, ChannelError):
        return channel_error(error)
    if error.status == 401:
        return ChannelError("login", ROUTE, status=401, detail=_UNBELIEVED)
    if error.status == 403:
        return ChannelError("login", ROUTE, status=403, detail=_SUSPENDED)
    if error.status == 404:
        return ChannelError("login", ROUTE, status=404, detail=_MISSING)
    if error.status == 422:
        return ChannelError("scopes", ROUTE, status=422, detail=_LACKS)
    return channel_error(error)


@contextmanager
def _answered() -> Iterator[None]:
    """Tell an answer of another shape than GitHub describes as a failure of the whole channel."""
    try:
        with understood(ROUTE):
            yield
    except AdapterError as error:
        raise channel_error(error) from None
