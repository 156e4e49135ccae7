"""Tokens of an App, from the sandbox over HTTP and against exact faults: for what, how long, and refused."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses

from cocflow.adapters.app import ROUTE, App, read_key
from cocflow.core.people.roster import RoomsSettings
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import ChannelError
from cocflow.sandbox import Clock, Sandbox
from cocflow.sandbox.apps import Registered
from tests.adapters.conftest import BASE, Sleeps

ORG = "acme-rooms"
GRANTED = {"administration": "write", "issues": "write", "metadata": "read"}
READING = {"issues": "read", "metadata": "read"}
MARK = "Zq7Marker"


class Place:
    """A sandbox with an App that is installed on two repositories."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, self.store = sandbox, sandbox.store
        self.store.add_org(ORG)
        for name in ("room-a", "room-b", "private"):
            self.store.add_repo(f"{ORG}/{name}")
        self.app: Registered = self.store.apps.register("Rooms", ORG, GRANTED)
        self.installation = self.store.apps.install(self.app.id, [f"{ORG}/room-a", f"{ORG}/room-b"])

    def tokens(
        self, key: str = "", *, app: int = 0, organization: str = ORG, installation: int = 0, **more: Any
    ) -> App:
        """Return the App's tokens, as a run has them."""
        settings = RoomsSettings(
            organization=organization,
            app=app or self.app.id,
            template="template",
            installation=installation,
        )
        return App(settings, key or self.app.pem, self.sandbox.url, **more)

    def reaches(self, token: str, name: str, *, writing: bool = False) -> bool:
        """Whether a token gets at the issues of a repository."""
        url = f"{self.sandbox.url}/repos/{ORG}/{name}/issues"
        headers = {"Authorization": f"Bearer {token}"}
        if writing:
            return requests.post(url, json={"title": "t"}, headers=headers, timeout=30).ok
        return requests.get(url, headers=headers, timeout=30).ok

    def asked(self) -> int:
        """Return how many requests there were since it was asked last."""
        counts: dict[str, Any] = self.store.requests.as_dict()
        self.store.requests.reset()
        return sum(counts.get(f"rest_{kind}", 0) for kind in ("reads", "writes"))


@pytest.fixture
def place() -> Iterator[Place]:
    """Run a sandbox on a frozen clock."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
        yield Place(sandbox)


# --- the key ---------------------------------------------------------------------------------------

PASTED: dict[str, Callable[[str], str]] = {
    "as it is": lambda key: key,
    "without its last line's end": lambda key: key.strip(),
    "from Windows": lambda key: key.replace("\n", "\r\n"),
    "in one line": lambda key: key.replace("\n", "\\n"),
    "in quotation marks": lambda key: f'"{key}"',
    "in base64": lambda key: b64encode(key.encode()).decode(),
    "in base64, of many lines": lambda key: re.sub("(.{64})", r"\1\n", b64encode(key.encode()).decode()),
}


@pytest.mark.parametrize("pasted", PASTED.values(), ids=PASTED.keys())
def test_a_key_is_read_however_it_was_pasted(place: Place, pasted: Callable[[str], str]) -> None:
    """Whoever keeps secrets pastes a file of many lines as well as they can: each way it signs."""
    key = read_key(pasted(place.app.pem))
    assert key == place.app.pem
    assert place.reaches(place.tokens(key)("room-a", READING), "room-a")


KEYS = {
    "nothing": "",
    "blank space": " \n",
    "a path": f"/home/{MARK}/key.pem",
    "a token": f"ghs_{MARK}",
    "a public key": f"-----BEGIN PUBLIC KEY-----\n{MARK}\n-----END PUBLIC KEY-----",
    "half a key": f"-----BEGIN RSA PRIVATE KEY-----\n{MARK}",
    "base64 of something else": b64encode(MARK.encode()).decode(),
    "other letters": f"-----BEGIN ÄÖÜ {MARK}\udcff",
}


@pytest.mark.parametrize("text", KEYS.values(), ids=KEYS.keys())
def test_what_is_no_key_is_told_without_it(text: str) -> None:
    """One sentence says which secret is wrong and what belongs there, and nothing of what it is instead."""
    with pytest.raises(DefinitionError, match="COCFLOW_ROOMS_KEY") as caught:
        read_key(text)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert MARK not in f"{caught.value} {caught.value!r}"


# --- tokens ----------------------------------------------------------------------------------------


def test_a_token_is_as_narrow_as_its_use(place: Place) -> None:
    """One for a repository reaches that one alone; one for reading all writes nowhere."""
    tokens = place.tokens()
    one, all_ = tokens("room-a", {"issues": "write"}), tokens(None, READING)
    assert [place.reaches(one, name, writing=True) for name in ("room-a", "room-b", "private")] == [
        True,
        False,
        False,
    ]
    assert [place.reaches(all_, name) for name in ("room-a", "room-b", "private")] == [True, True, False]
    assert not place.reaches(all_, "room-a", writing=True)
    assert repr(tokens) == "App()"


def test_a_token_is_asked_for_once_a_use(place: Place) -> None:
    """The first takes a question where the App is installed; any later one is a question of its own."""
    tokens = place.tokens()
    place.asked()
    first = tokens("room-a", READING)
    assert place.asked() == 2
    assert tokens("Room-A", READING) == first
    assert place.asked() == 0
    assert len({first, tokens("room-b", READING), tokens("room-a", {"issues": "write"})}) == 3
    assert place.asked() == 2


def test_a_token_is_renewed_before_its_hour_ends(place: Place) -> None:
    """With less than five minutes left another is asked for, by GitHub's clock: ours may be wrong."""
    time = [datetime(2001, 1, 1, tzinfo=UTC)]
    tokens = place.tokens(now=lambda: time[0])
    first = tokens(None, READING)
    time[0] += timedelta(minutes=54)
    assert tokens(None, READING) == first
    time[0] += timedelta(minutes=2)
    place.sandbox.store.clock.advance(3300)
    assert tokens(None, READING) != first


# --- what it is refused for ------------------------------------------------------------------------


def refused(ask: Callable[[], object], *secrets: str) -> ChannelError:
    """Return the error with which no token is got, after seeing that it tells nothing."""
    with pytest.raises(ChannelError) as caught:
        ask()
    error = caught.value
    assert error.route == ROUTE
    assert error.__suppress_context__ or error.__context__ is None
    for secret in (MARK, "PRIVATE", "eyJ", *secrets):
        assert secret not in f"{error} {error.detail} {error!r}"
    return error


def test_a_key_that_was_deleted(place: Place) -> None:
    """The sentence says that GitHub doesn't believe it."""
    place.store.apps.revoke_key(place.app.id)
    error = refused(lambda: place.tokens()(None, READING))
    assert (error.fault, error.status, "believe the key" in error.detail) == ("login", 401, True)


def test_a_key_of_another_app(place: Place) -> None:
    """It signs, and for nobody who is known by it."""
    other = place.store.apps.register("Other", ORG, GRANTED)
    error = refused(lambda: place.tokens(other.pem)(None, READING))
    assert (error.fault, error.status) == ("login", 401)


def test_an_app_that_is_suspended(place: Place) -> None:
    """Found where it is installed, and where it asks for a token later in the run."""
    tokens = place.tokens()
    tokens(None, READING)
    place.store.apps.suspend(place.installation)
    for asking in (tokens, place.tokens()):
        error = refused(lambda asking=asking: asking("room-a", READING))  # type: ignore[misc]
        assert (error.fault, error.status, "suspended" in error.detail) == ("login", 403, True)


@pytest.mark.parametrize("wrong", [{"app": 4711}, {"organization": "elsewhere"}])
def test_an_app_that_is_not_installed(place: Place, wrong: dict[str, Any]) -> None:
    """A wrong number, or an organization that hasn't got it: one sentence covers both."""
    error = refused(lambda: place.tokens(**wrong)(None, READING))
    assert (error.fault, error.status, "isn't installed" in error.detail) == ("login", 404, True)


def test_a_permission_that_it_lacks(place: Place) -> None:
    """What wasn't granted to it can't be had, for one repository or for all."""
    for name in ("room-a", None):
        error = refused(lambda name=name: place.tokens()(name, {"contents": "read"}))  # type: ignore[misc]
        assert (error.fault, "permission" in error.detail) == ("scopes", True)


def test_a_repository_that_it_does_not_reach(place: Place) -> None:
    """One that isn't there, or isn't the App's, is that one's failure: others are reached still."""
    tokens = place.tokens()
    for name in ("private", "room-that-never-was"):
        with pytest.raises(AdapterError) as caught:
            tokens(name, READING)
        assert (caught.value.status, isinstance(caught.value, ChannelError)) == (404, False)
        assert name not in str(caught.value)
    assert tokens("room-a", READING)


def test_a_refusal_is_asked_for_once_a_run(place: Place) -> None:
    """A hundred rooms don't ask a hundred times."""
    place.store.apps.suspend(place.installation)
    tokens = place.tokens()
    place.asked()
    for name in ("room-a", "room-b", None):
        refused(lambda name=name: tokens(name, READING))  # type: ignore[misc]
    assert place.asked() == 1


ODD: dict[str, tuple[int, Any]] = {
    "no object": (201, [MARK]),
    "no token": (201, {"expires_at": "2026-01-05T10:00:00Z"}),
    "a token that is none": (201, {"token": None, "expires_at": "2026-01-05T10:00:00Z"}),
    "no end": (201, {"token": MARK}),
    "an odd end": (201, {"token": MARK, "expires_at": MARK}),
    "a fault": (500, {"message": MARK}),
    "too much": (429, {"message": MARK}),
}


@pytest.mark.parametrize(("status", "answer"), ODD.values(), ids=ODD.keys())
def test_whatever_is_answered(
    place: Place, http: responses.RequestsMock, sleeps: Sleeps, status: int, answer: Any
) -> None:
    """What isn't a token is the failure of all rooms, and nothing of the answer is told."""
    http.add("GET", re.compile(f"{BASE}.*/installation"), json={"id": 7})
    http.add("POST", re.compile(f"{BASE}.*/access_tokens"), status=status, json=answer)
    settings = RoomsSettings(organization=ORG, app=1, template="template")
    tokens = App(settings, place.app.pem, BASE, sleeps)
    error = refused(lambda: tokens(None, READING))
    assert error.fault == ("pause" if status == 429 else "connection")


def test_nobody_answers(place: Place, http: responses.RequestsMock, sleeps: Sleeps) -> None:
    """A network that fails is the failure of all rooms for this run."""
    http.add("GET", re.compile(f"{BASE}.*"), body=requests.ConnectionError(MARK))
    settings = RoomsSettings(organization=ORG, app=1, template="template")
    tokens = App(settings, place.app.pem, BASE, sleeps, timeout=10)
    assert refused(lambda: tokens(None, READING)).fault == "connection"
    assert sum(sleeps.asked) <= 10


def test_an_installation_that_is_known_costs_no_look(place: Place) -> None:
    """A token is one request then; after the App was installed anew it is looked up, once."""
    place.asked()
    tokens = place.tokens(installation=place.installation)
    tokens(None, READING)
    assert place.asked() == 1
    tokens = place.tokens(installation=place.installation + 1)
    assert place.reaches(tokens(None, READING), "room-a")
    place.asked()
    tokens("room-a", READING)
    assert place.asked() == 1
    place.store.apps.uninstall(place.installation)
    with pytest.raises(ChannelError, match="isn't installed"):
        place.tokens(installation=place.installation)(None, READING)
