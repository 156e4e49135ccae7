"""Tokens for mail, from a provider over real HTTP: each kind of grant, and what goes wrong with it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import jwt
import pytest

from cocflow.adapters.oauth import Tokens, read_setting
from cocflow.ports import ChannelError
from tests.servers.oauth import ACCOUNT, JWT_BEARER, REFRESH, SECRET, Provider, provider

USER = "conduct@example.org"
KINDS: dict[str, Callable[..., str]] = {
    "app": Provider.app,
    "service account": Provider.service_account,
    "refresh token": Provider.refresh_token,
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())


@pytest.fixture
def there() -> Iterator[Provider]:
    """Run a provider."""
    with provider(USER) as running:
        yield running


class Clock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.time


def refused(setting: str, user: str = USER) -> ChannelError:
    """Return the error with which no token is got, after seeing that it tells nothing."""
    with pytest.raises(ChannelError) as caught:
        Tokens(setting, timeout=2)(user)
    error = caught.value
    assert error.__suppress_context__ or error.__context__ is None
    for secret in (SECRET, REFRESH, "PRIVATE", "AADSTS", user):
        assert secret not in f"{error} {error.detail} {error.route} {error!r}"
    return error


@kinds
def test_a_token_lets_the_user_in(there: Provider, kind: Callable[..., str]) -> None:
    """Each of the three kinds of grants gives a token that is good for the user."""
    tokens = Tokens(kind(there))
    assert there.good(USER, tokens(USER))
    assert repr(tokens) == "Tokens()"


def test_what_a_provider_is_asked(there: Provider) -> None:
    """An app asks for Microsoft's scope, a service account signs for one user, for mail and for minutes."""
    now = datetime.now(UTC)
    for setting in (there.app(), there.service_account(), there.refresh_token()):
        Tokens(setting, now=lambda: now)(USER)
    app, account, refresh = there.asked
    assert app["scope"] == "https://outlook.office365.com/.default"
    assert set(account) == {"grant_type", "assertion"}
    assert account["grant_type"] == JWT_BEARER
    claims = jwt.decode(account["assertion"], options={"verify_signature": False})
    assert claims == {
        "iss": ACCOUNT,
        "sub": USER,
        "aud": f"{there.url}/token",
        "scope": "https://mail.google.com/",
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + 600,
    }
    assert refresh["grant_type"] == "refresh_token"


def test_microsofts_endpoint_is_the_tenants() -> None:
    """A tenant is enough to know where tokens are asked for, whatever is written as one."""
    app = {"type": "client_credentials", "client_id": "a", "client_secret": "b"}
    for tenant, name in {
        "example.onmicrosoft.com": "example.onmicrosoft.com",
        "a/../b?c": "a%2F..%2Fb%3Fc",
    }.items():
        endpoint = read_setting(json.dumps(app | {"tenant": tenant})).endpoint
        assert endpoint == f"https://login.microsoftonline.com/{name}/oauth2/v2.0/token"


@kinds
def test_a_token_is_got_once_a_run(there: Provider, kind: Callable[..., str]) -> None:
    """Reading and sending use the same one, until shortly before its end."""
    clock = Clock()
    tokens = Tokens(kind(there), now=clock)
    first = tokens(USER)
    clock.time += timedelta(minutes=57)
    assert tokens(USER) == first
    clock.time += timedelta(minutes=2)
    assert tokens(USER) != first
    assert len(there.asked) == 2


def test_a_token_whose_end_is_not_told_lasts_less_than_an_hour(there: Provider) -> None:
    """Without expires_in it is used for fifty minutes."""
    there.lasts, clock = None, Clock()
    tokens = Tokens(there.app(), now=clock)
    first = tokens(USER)
    clock.time += timedelta(minutes=49)
    assert tokens(USER) == first
    clock.time += timedelta(minutes=1)
    assert tokens(USER) != first


def test_only_a_service_account_has_a_token_for_each_user(there: Provider) -> None:
    """It signs for whom it acts; the others have one for all, by whatever name mail knows them."""
    tokens = Tokens(there.app())
    assert tokens(USER) == tokens("coc")
    acting = Tokens(there.service_account())
    acting(USER)
    with pytest.raises(ChannelError):
        acting("another@example.org")


REFUSALS = {
    "a wrong secret": (lambda there: there.app(client_secret="old"), "invalid_client"),
    "another app": (lambda there: there.app(client_id="other"), "invalid_client"),
    "a wrong scope": (lambda there: there.app(scope="https://graph.microsoft.com/.default"), "invalid_scope"),
    "no delegation": (lambda there: there.service_account(scope="openid"), "unauthorized_client"),
    "another account": (lambda there: there.service_account(client_email="x@y.example"), "invalid_grant"),
    "a token taken back": (lambda there: there.refresh_token(refresh_token="1//old"), "invalid_grant"),
}


@pytest.mark.parametrize(("setting", "code"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_told_by_its_code_alone(
    there: Provider, setting: Callable[[Provider], str], code: str
) -> None:
    """What the provider says besides, and it says all that it was sent, is nobody's to read."""
    error = refused(setting(there))
    assert (error.fault, f"({code})" in error.detail) == ("token", True)


ANSWERS = {
    "a code that nobody knows": (400, json.dumps({"error": SECRET}), "isn't understood"),
    "a code that is none": (400, '{"error": 7}', "isn't understood"),
    "no token": (200, '{"token_type": "Bearer"}', "isn't understood"),
    "a token that is none": (200, '{"access_token": null}', "isn't understood"),
    "a list": (200, "[]", "isn't understood"),
    "a page": (200, f"<html>{SECRET}</html>", "isn't understood"),
    "an odd end": (200, '{"access_token": "x", "expires_in": {}}', "isn't understood"),
    "nothing": (302, "", "isn't understood"),
    "a fault": (503, SECRET, "nobody answers now"),
    "too much": (429, SECRET, "nobody answers now"),
}


@pytest.mark.parametrize(("status", "body", "said"), ANSWERS.values(), ids=ANSWERS.keys())
def test_whatever_a_provider_answers(there: Provider, status: int, body: str, said: str) -> None:
    """What isn't a token is a failure of the channel, told in our words."""
    there.says = (status, body)
    error = refused(there.app())
    assert (error.fault, said in error.detail) == ("token", True)


def test_a_failure_is_asked_for_once_a_run(there: Provider) -> None:
    """Reading and sending share it, so that a provider that is down costs a run one silence."""
    there.says, tokens = (503, ""), Tokens(there.app())
    for _ in range(3):
        with pytest.raises(ChannelError):
            tokens(USER)
    assert len(there.asked) == 1


def test_a_provider_that_is_down() -> None:
    """Nobody listening, and one who listens and says nothing, both end soon, as the channel's failure."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/token"
        setting = json.dumps(
            {"type": "client_credentials", "client_id": "a", "client_secret": SECRET, "token_uri": url}
        )
        with pytest.raises(ChannelError, match="nobody answers"):
            Tokens(setting, timeout=0.2)(USER)
    assert refused(setting).fault == "token"


@kinds
def test_a_refresh_token_that_is_replaced_is_refused(there: Provider, kind: Callable[..., str]) -> None:
    """A job can't keep the new one, and the old one may be worth nothing now; one that stays is no matter."""
    there.says = (200, '{"access_token": "x", "refresh_token": "another"}')
    assert "replaces the refresh token" in refused(kind(there)).detail
    there.says, there.rotates = None, True
    if kind is Provider.refresh_token:
        assert "replaces the refresh token" in refused(kind(there)).detail


SETTINGS = {
    "nothing": "{}",
    "no object": f'"{SECRET}"',
    "half an object": f'{{"type": "client_credentials", "client_secret": "{SECRET}"',
    "another kind": f'{{"type": "external_account", "client_secret": "{SECRET}"}}',
    "no secret": '{"type": "client_credentials", "client_id": "a"}',
    "a misspelt field": (
        f'{{"type": "client_credentials", "client_id": "a", "client_secret": "{SECRET}", "tennant": "t"}}'
    ),
    "no tenant": f'{{"type": "client_credentials", "client_id": "a", "client_secret": "{SECRET}"}}',
    "in the open": (
        '{"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c",'
        ' "token_uri": "http://mail.example.org/"}'
    ),
    "no address": (
        '{"type": "authorized_user", "client_id": "a", "client_secret": "b", "refresh_token": "c",'
        ' "token_uri": "https://[mail"}'
    ),
    "a key that is none": json.dumps(
        {
            "type": "service_account",
            "client_email": "a",
            "private_key": f"-----BEGIN PRIVATE KEY-----{SECRET}",
        }
    ),
    "letters that are none": f'{{"type": "{SECRET}\udcff"}}',
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS.keys())
def test_a_wrong_setting_is_told_without_it(setting: str) -> None:
    """What is wrong in COCFLOW_OAUTH is found before anybody is asked, and nothing of it is shown."""
    error = refused(setting)
    assert (error.fault, error.route) == ("setting", "COCFLOW_OAUTH")
    assert error.detail.startswith("COCFLOW_OAUTH ")
