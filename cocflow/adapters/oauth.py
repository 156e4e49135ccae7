"""Tokens for a mailbox without a password, over OAuth 2.0: the only module that knows oauthlib.

Owns the setting `COCFLOW_OAUTH` and the question to the provider's token endpoint. A token is asked for once
a run, for reading and for sending, and so is one that isn't given. Refuses a provider that replaces the
refresh token whenever it is used: a job can't keep the new one. Of what the endpoint says, the error's code
is all that is told, and only a known one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias, assert_never
from urllib.parse import quote, urlsplit

import msgspec
import requests

from cocflow.ports import ChannelError

SETTING = "COCFLOW_OAUTH"
MICROSOFT = "https://login.microsoftonline.com"
GOOGLE = "https://oauth2.googleapis.com/token"
MICROSOFT_SCOPE = "https://outlook.office365.com/.default"
GOOGLE_SCOPE = "https://mail.google.com/"
TIMEOUT = 10.0
"""Seconds that the endpoint may be silent."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_MARGIN = timedelta(minutes=2)
"""So long before its end a token isn't used any more."""
_LASTS = timedelta(minutes=50)
"""How long a token is used whose end isn't told; most last an hour."""
_ASSERTED = timedelta(minutes=10)


class ClientCredentials(
    msgspec.Struct, frozen=True, kw_only=True, tag="client_credentials", forbid_unknown_fields=True
):
    """An app that signs in as itself. `tenant`: of Microsoft 365; another provider has a `token_uri`."""

    client_id: str
    client_secret: str
    tenant: str = ""
    token_uri: str = ""
    scope: str = MICROSOFT_SCOPE

    @property
    def endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.token_uri or f"{MICROSOFT}/{quote(self.tenant, safe='')}/oauth2/v2.0/token"


class ServiceAccount(msgspec.Struct, frozen=True, kw_only=True, tag="service_account"):
    """A service account that may act for a whole domain: the key's file as Google hands it out."""

    client_email: str
    private_key: str
    token_uri: str = GOOGLE
    scope: str = GOOGLE_SCOPE

    @property
    def endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.token_uri


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True, tag="authorized_user"):
    """What somebody allowed an app once, in the shape in which Google's tools keep it."""

    client_id: str
    client_secret: str
    refresh_token: str
    token_uri: str = GOOGLE

    @property
    def endpoint(self) -> str:
        """Where tokens are asked for."""
        return self.token_uri


Grant: TypeAlias = ClientCredentials | ServiceAccount | RefreshToken

_REFUSALS = {
    "invalid_client": "the app's id or its secret isn't right, or the secret has expired",
    "unauthorized_client": "the app isn't known there, or has no consent for this",
    "consent_required": "the app has no consent for this",
    "interaction_required": "the app has no consent for this, or somebody has to sign in",
    "access_denied": "the app has no consent for this",
    "invalid_grant": "what was allowed has expired or was taken back, or there is no such user",
    "invalid_scope": "the app may not ask for mail, or the scope isn't right",
    "invalid_request": "the question isn't understood there: the tenant may not be right",
    "unsupported_grant_type": "this kind of sign-in isn't known there",
    "invalid_resource": "the scope isn't right",
}
_ROTATES = (
    "it replaces the refresh token whenever it is used, and a job can't keep the new one; use an app or a"
    " service account of your own"
)
_DOWN = "where tokens are asked for, nobody answers now"
_STRANGE = "where tokens are asked for, the answer isn't understood"


class Tokens:
    """The tokens of a run, by the setting's text.

    `now`: the clock for the end of a token, and for what a service account signs. `timeout`: the seconds
    that the endpoint may be silent.
    """

    def __init__(
        self,
        setting: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: float = TIMEOUT,
    ) -> None:
        self._setting = setting
        self._now = now
        self._timeout = timeout
        self._known: dict[str, tuple[str, datetime]] = {}
        self._failed: dict[str, ChannelError] = {}

    def __repr__(self) -> str:
        """Show nothing: it holds secrets."""
        return "Tokens()"

    def __call__(self, user: str) -> str:
        """Return a token for a user of the mail server. ChannelError if there is none to be had."""
        grant = read_setting(self._setting)
        whose = user if isinstance(grant, ServiceAccount) else ""
        if whose in self._failed:
            raise self._failed[whose]
        known = self._known.get(whose)
        if known is None or known[1] <= self._now():
            try:
                known = self._known[whose] = self._asked(grant, user)
            except ChannelError as error:
                self._failed[whose] = error
                raise
        return known[0]

    def _asked(self, grant: Grant, user: str) -> tuple[str, datetime]:
        """Ask for a token; return it, and until when it is used."""
        now = self._now()
        given = self._parsed(self._answer(grant.endpoint, _question(grant, user, now)))
        later = given.get("refresh_token")
        if later and not (isinstance(grant, RefreshToken) and later == grant.refresh_token):
            raise ChannelError("token", "OAuth token", detail=_ROTATES)
        token, seconds = given["access_token"], given.get("expires_in")
        if not isinstance(token, str) or not token:
            raise ChannelError("token", "OAuth token", detail=_STRANGE)
        lasts = timedelta(seconds=seconds) - _MARGIN if isinstance(seconds, int | float) else _LASTS
        return token, now + lasts

    def _answer(self, endpoint: str, question: str) -> str:
        """Return what the endpoint answers, of whatever status."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            answer = requests.post(
                endpoint, data=question, headers=headers, timeout=self._timeout, allow_redirects=False
            )
            text = answer.text
        except (requests.RequestException, ValueError):
            raise ChannelError("token", "OAuth token", detail=_DOWN) from None
        if answer.status_code >= 500 or answer.status_code == 429:
            raise ChannelError("token", "OAuth token", status=answer.status_code, detail=_DOWN)
        return text

    def _parsed(self, text: str) -> dict[str, Any]:
        from oauthlib.oauth2 import OAuth2Error, WebApplicationClient

        try:
            return dict(WebApplicationClient("").parse_request_body_response(text))
        except OAuth2Error as error:
            code = error.error
        except (ValueError, TypeError, AttributeError, Warning):
            code = None
        detail = f"{_REFUSALS[code]} ({code})" if code in _REFUSALS else _STRANGE
        raise ChannelError("token", "OAuth token", detail=detail) from None


def read_setting(text: str) -> Grant:
    """Return how the setting says tokens are got. ChannelError, which shows nothing of it, if it is wrong."""
    try:
        grant: Grant = msgspec.json.decode(text, type=Grant)
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise _wrong("isn't written as one of the three kinds") from None
    if isinstance(grant, ClientCredentials) and not (grant.tenant or grant.token_uri):
        raise _wrong("names no tenant")
    try:
        parts = urlsplit(grant.endpoint)
    except ValueError:
        raise _wrong("names a token_uri that is no address") from None
    if not parts.hostname or not (parts.scheme == "https" or parts.hostname in LOOPBACK):
        raise _wrong("names a token_uri that doesn't begin with https://")
    return grant


def _wrong(what: str) -> ChannelError:
    return ChannelError("setting", SETTING, detail=f"{SETTING} {what}; see docs/oauth.md")


def _question(grant: Grant, user: str, now: datetime) -> str:
    """Return what is posted to ask for a token."""
    try:
        from oauthlib.oauth2 import BackendApplicationClient, ServiceApplicationClient, WebApplicationClient
    except ImportError:
        raise ChannelError("library", "OAuth token") from None
    match grant:
        case ClientCredentials():
            return BackendApplicationClient(grant.client_id).prepare_request_body(
                scope=grant.scope, include_client_id=True, client_secret=grant.client_secret
            )
        case RefreshToken():
            return WebApplicationClient(grant.client_id).prepare_refresh_body(
                refresh_token=grant.refresh_token,
                client_id=grant.client_id,
                client_secret=grant.client_secret,
            )
        case ServiceAccount():
            service = ServiceApplicationClient(
                grant.client_email,
                private_key=grant.private_key,
                subject=user,
                issuer=grant.client_email,
                audience=grant.token_uri,
            )
            try:
                return service.prepare_request_body(
                    issued_at=now.timestamp(),
                    expires_at=(now + _ASSERTED).timestamp(),
                    extra_claims={"scope": grant.scope},
                )
            except Exception:  # noqa: BLE001 - of many kinds, and their texts may show some of the key
                raise _wrong("holds no private_key that can sign") from None
        case _:
            assert_never(grant)
