"""Probes of Apps, templates and invitations: rows APP, INIT-08 and INIT-13."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from cocflow.adapters.queries import ALL
from tests.contract.target import Target, row

MAKING = {"administration": "write", "contents": "read"}
KEEPING = {"administration": "write"}
READING = {"administration": "read", "issues": "read"}
WRITING = {"issues": "write"}
SAYS = "A room of a probe. t0ken"
_names = itertools.count(int(time.time()))


class Made:
    """A repository that the App made of the template."""

    def __init__(self, target: Target, name: str) -> None:
        self.target, self.name = target, name
        self.organization = target.app.organization if target.app else ""
        self.path = f"/repos/{self.organization}/{name}"

    def make(self) -> Any:
        """Have it made, and return GitHub's answer."""
        template = f"/repos/{self.organization}/template-contract"
        body = {"owner": self.organization, "name": self.name, "description": SAYS, "private": True}
        return self.send("POST", f"{template}/generate", body, MAKING, everywhere=True)

    def send(
        self, method: str, path: str, body: Any, permissions: dict[str, str], *, everywhere: bool = False
    ) -> Any:
        """Send a request with a token for this repository, or for all of the installation."""
        made = self.target.installed(permissions, *(() if everywhere else (self.name,)))
        assert made.status_code == 201, made.status_code
        return self.target.as_app(method, path, body, made.json()["token"])


@pytest.fixture
def made(target: Target) -> Iterator[Made]:
    """Have a repository made of the template, and delete it afterwards."""
    target.as_app("GET", "/app")
    one = Made(target, f"probe-{next(_names)}-contract")
    answer = one.make()
    assert answer.status_code == 201, answer.status_code
    yield one
    assert one.send("DELETE", one.path, None, KEEPING).status_code == 204


@row("APP-02", "APP-03", "INIT-13")
def test_a_copy_of_the_template_joins_the_installation(made: Made) -> None:
    """The App made it with two permissions, may have a token for it at once, and it is private."""
    shown = made.send("GET", made.path, None, READING).json()
    assert (shown["private"], shown["description"], shown["is_template"]) == (True, SAYS, False)
    people = made.send("GET", f"{made.path}/collaborators?affiliation=direct", None, READING)
    assert (people.status_code, people.json()) == (200, [])
    assert made.send("GET", f"{made.path}/invitations", None, READING).json() == []


@row("APP-05")
def test_a_name_is_made_once(made: Made) -> None:
    """A second of the same name is refused with 422, so that a run that died can find out."""
    assert made.make().status_code == 422


@row("APP-04")
def test_how_long_anything_is_good(target: Target) -> None:
    """A token for an hour, by GitHub's own clock; what the App signs for ten minutes at most."""
    answer = target.installed(READING)
    ends = datetime.fromisoformat(answer.json()["expires_at"])
    lasts = (ends - parsedate_to_datetime(answer.headers["Date"])).total_seconds()
    assert 3590 <= lasts <= 3610
    assert target.app is not None
    assert target.as_app("GET", "/app", token=target.app.signed(seconds=900)).status_code == 401


@row("APP-06")
def test_what_the_app_did_not_sign_is_not_believed(target: Target) -> None:
    """Another key is 401, whether it was deleted or never was the App's."""
    target.as_app("GET", "/app")
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    assert target.app is not None
    assert target.as_app("GET", "/app", token=target.app.signed(key=other.decode())).status_code == 401


@row("APP-07")
def test_a_token_is_no_wider_than_asked_for_nor_than_allowed(target: Target) -> None:
    """A repository that isn't the App's, and a permission that it lacks, are both 422."""
    assert target.installed(READING, "private-contract").status_code == 422
    assert target.installed(READING, "there-is-none-contract").status_code == 422
    assert target.installed({"secrets": "write"}).status_code == 422


@row("APP-08")
def test_where_it_is_not_installed_is_404(target: Target) -> None:
    """An organization that hasn't got it."""
    assert target.as_app("GET", "/orgs/there-is-no-such-one-contract/installation").status_code == 404


@row("APP-09", "GQL-01", "GQL-06")
def test_one_query_lists_what_the_app_reaches(made: Made) -> None:
    """An organization's repositories come with their issues, and nothing that isn't the App's among them."""
    issue = made.send("POST", f"{made.path}/issues", {"title": "A probe", "body": "text"}, WRITING)
    assert issue.status_code == 201
    query = ALL["ROOMS"].replace("viewer { id", "rateLimit { cost nodeCount } viewer { id", 1)
    sent = {"query": query, "variables": {"organization": made.organization, "first": 100}}
    data = made.send("POST", "/graphql", sent, READING, everywhere=True).json()["data"]
    assert data["rateLimit"]["cost"] == 11
    assert data["rateLimit"]["nodeCount"] <= 500_000 / 10
    nodes = {one["name"]: one for one in data["organization"]["repositories"]["nodes"]}
    assert nodes["template-contract"]["isTemplate"] is True
    assert "private-contract" not in nodes
    assert nodes[made.name]["description"] == SAYS
    (listed,) = nodes[made.name]["issues"]["nodes"]
    assert (listed["number"], listed["author"]["id"]) == (1, data["viewer"]["id"])
    assert listed["author"]["__typename"] == "Bot"


@row("APP-10")
def test_the_app_is_a_bot(made: Made) -> None:
    """REST calls it by its slug with [bot], and a bot."""
    issue = made.send("POST", f"{made.path}/issues", {"title": "A probe", "body": "text"}, WRITING).json()
    assert issue["user"]["type"] == "Bot"
    assert issue["user"]["login"].endswith("[bot]")


@row("APP-11")
def test_actions_are_switched_off_by_an_administrator(made: Made) -> None:
    """With Administration alone; and it stays so, however often it is said."""
    for _ in range(2):
        path = f"{made.path}/actions/permissions"
        assert made.send("PUT", path, {"enabled": False}, KEEPING).status_code == 204
        assert made.send("GET", path, None, KEEPING).json()["enabled"] is False


@row("APP-12")
def test_a_narrow_token_does_nothing_else(target: Target, made: Made) -> None:
    """What may write issues lets nobody in, and what may keep a room files nothing."""
    denied = (403, 404)
    me = target.ok("admin", "GET", "//user")["login"]  # if it were let in, nobody else would hear of it
    added = made.send("PUT", f"{made.path}/collaborators/{me}", {"permission": "pull"}, WRITING)
    assert added.status_code in denied
    assert made.send("POST", f"{made.path}/issues", {"title": "A probe"}, KEEPING).status_code in denied


@row("INIT-08")
def test_somebody_is_invited_and_not_in(target: Target, made: Made) -> None:
    """201 with the invitation, again and again the same one; who takes it back has to name it."""
    if not target.is_here:
        pytest.skip("it invites somebody")
    guest = target.ok("outsider", "GET", "//user")["login"]
    path = f"{made.path}/collaborators/{guest}"
    first, again = (made.send("PUT", path, {"permission": "pull"}, KEEPING) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert first.json()["expired"] is False
    assert first.json()["invitee"]["login"] == guest
    people = made.send("GET", f"{made.path}/collaborators?affiliation=direct", None, READING)
    assert people.json() == []
    invited = f"{made.path}/invitations"
    assert made.send("DELETE", f"{invited}/{first.json()['id']}", None, KEEPING).status_code == 204
    assert made.send("GET", invited, None, READING).json() == []
    assert made.send("DELETE", path, None, KEEPING).status_code in (204, 404)
    nobody = made.send("PUT", f"{made.path}/collaborators/-nobody-", {"permission": "pull"}, KEEPING)
    assert nobody.status_code == 404
