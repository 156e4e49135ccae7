"""An organization as its owner sees it, and an App by its key, against the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cocflow.adapters.organization import GitHubGrounds, web_of
from cocflow.errors import AdapterError
from cocflow.ports import App, Organization
from cocflow.sandbox import Sandbox
from cocflow.sandbox.store import SCOPES

NEEDED = {"administration": "write", "contents": "read", "issues": "write"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Run a sandbox with an organization of riya's, and a member in it."""
    with Sandbox() as running:
        members = {"riya": "admin", "mem": "member"}
        running.store.add_org("acme", members=members, base_permission="none", two_factor=True)
        running.store.add_repo("acme/template")
        yield running


def grounds(sandbox: Sandbox, login: str = "riya", name: str = "acme") -> GitHubGrounds:
    """Return the organization as somebody sees it."""
    return GitHubGrounds(name, sandbox.store.add_token(login, (*SCOPES, "admin:org")), sandbox.url)


def app(sandbox: Sandbox, *repositories: str) -> App:
    """Register an App, and install it."""
    made = sandbox.store.apps.register("acme-rooms", "acme", NEEDED)
    if repositories:
        sandbox.store.apps.install(made.id, repositories)
    return App(number=made.id, key=made.pem)


def test_an_owner_sees_what_an_organization_is_set_to(sandbox: Sandbox) -> None:
    """The base permission, whether members may fork, and whether two factors are demanded."""
    assert grounds(sandbox).organization() == Organization(base="none", forks=False, two_factor=True)


def test_a_member_sees_none_of_it(sandbox: Sandbox) -> None:
    """What a token isn't shown is None, not no."""
    assert grounds(sandbox, "mem").organization() == Organization(base=None, forks=None, two_factor=None)


@pytest.mark.parametrize("name", ["riya", "nobody"])
def test_a_persons_account_is_no_organization(sandbox: Sandbox, name: str) -> None:
    """A personal account, or a name that nobody has, is none."""
    assert grounds(sandbox, name=name).organization() is None


def test_an_installation_is_seen_by_key_and_by_an_owner(sandbox: Sandbox) -> None:
    """Both ways tell the same: what the App may do, in chosen repositories, and that it isn't suspended."""
    one = app(sandbox, "acme/template")
    found = grounds(sandbox).installation(one)
    assert found == grounds(sandbox).installation(App(number=one.number))
    assert found is not None
    assert (found.slug, found.selected, found.suspended) == ("acme-rooms", True, False)
    assert found.permissions == {**NEEDED, "metadata": "read"}


def test_what_is_installed_nowhere_is_none(sandbox: Sandbox) -> None:
    """An App without an installation is none, by key and by list."""
    one = app(sandbox)
    assert grounds(sandbox).installation(one) is None
    assert grounds(sandbox).installation(App(number=one.number)) is None


def test_only_what_was_chosen_is_reached(sandbox: Sandbox) -> None:
    """An App reaches the repositories that it is installed in, and no other of the organization's."""
    one = app(sandbox, "acme/template")
    sandbox.store.add_repo("acme/incidents")
    assert grounds(sandbox).reaches(one, "acme/template")
    assert not grounds(sandbox).reaches(one, "acme/incidents")


def test_a_wrong_key_is_a_failure_without_its_words(sandbox: Sandbox) -> None:
    """What is no key, or another App's, is refused, and nothing of it is told."""
    one = app(sandbox, "acme/template")
    other = sandbox.store.apps.register("other", "acme", NEEDED)
    for key in ("-----BEGIN RSA PRIVATE KEY-----\nsecretword\n", other.pem):
        with pytest.raises(AdapterError) as failure:
            grounds(sandbox).reaches(App(number=one.number, key=key), "acme/template")
        assert "secretword" not in str(failure.value)


def test_a_manifest_becomes_an_app_with_a_key(sandbox: Sandbox) -> None:
    """The code that GitHub gave is exchanged for the App's number and key, once."""
    code = sandbox.store.apps.offer("acme", {"name": "acme-rooms", "default_permissions": NEEDED})
    made = grounds(sandbox).registered(code)
    assert "PRIVATE KEY" in made.key
    assert made.key not in repr(made)
    with pytest.raises(AdapterError):
        grounds(sandbox).registered(code)


@pytest.mark.parametrize(
    ("api", "web"),
    [
        ("https://api.github.com", "https://github.com"),
        ("https://github.example/api/v3", "https://github.example"),
        ("http://127.0.0.1:80", "http://127.0.0.1:80"),
    ],
)
def test_pages_lie_where_githubs_are(api: str, web: str) -> None:
    """The address of the API says where GitHub's pages are."""
    assert web_of(api) == web
