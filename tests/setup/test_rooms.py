"""Setting rooms up: which organization will do, what a guest reads, what the configuration says."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from urllib.parse import parse_qs, urlsplit

import pytest

from cocflow.core.people.roster import RoomsSettings
from cocflow.ports import App, Installation, Organization
from cocflow.setup.rooms import (
    PERMISSIONS,
    UnfitError,
    app_name,
    fit,
    lacking,
    manifest,
    registration_link,
    with_rooms,
)

ROOMS = RoomsSettings(organization="acme-rooms", app=7, template="template")
SAID = "rooms:\n  organization: acme-rooms\n  app: 7\n  template: template\n"


class Ground:
    """An organization of these settings."""

    web = "https://github.com"

    def __init__(self, found: Organization | None) -> None:
        self._found = found

    def organization(self) -> Organization | None:
        """See `Grounds.organization`."""
        return self._found

    def registered(self, code: str) -> App:
        """Make an App of any code."""
        return App(number=1)

    def installation(self, app: App) -> Installation | None:
        """Find none."""

    def reaches(self, app: App, repository: str) -> bool:
        """Reach nothing."""
        return False

    def actions_everywhere(self) -> bool:
        """Have Actions nowhere."""
        return False

    def with_actions(self) -> Mapping[str, int]:
        """Have them nowhere."""
        return {}

    def select_actions(self, numbers: Collection[int]) -> None:
        """Leave it so."""


@pytest.mark.parametrize("base", ["read", "write", "admin"])
@pytest.mark.parametrize("forks", [True, False])
def test_an_organization_that_lets_its_members_in_is_unfit(base: str, forks: bool) -> None:
    """Any base permission but none is refused; every fault is named at once."""
    with pytest.raises(UnfitError) as refusal:
        fit(Ground(Organization(base=base, forks=forks, two_factor=False)), "acme")
    assert f"base permission is {base}" in str(refusal.value)
    assert ("may fork" in str(refusal.value)) is forks


def test_an_organization_without_base_permission_and_forks_will_do() -> None:
    """It is returned as it is, with the demand for two factors."""
    found = Organization(base="none", forks=False, two_factor=True)
    assert fit(Ground(found), "acme") == found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("community: X\n", f"community: X\n\n# Where rooms are (docs/rooms.md).\n{SAID}"),
        (f"a: 1\n{SAID.replace('7', '8')}b: 2\n", f"a: 1\n{SAID}b: 2\n"),
        ("a: 1\n# rooms:\n#   organization: <x>\n#   app: <y>\n\n# b\n", f"a: 1\n{SAID}\n# b\n"),
        ("a: 1\nrooms:\n  app: 1", f"a: 1\n{SAID}"),
    ],
)
def test_where_rooms_are_is_written_in_place(before: str, after: str) -> None:
    """What was said of rooms, or commented out, is replaced; nothing else changes."""
    assert with_rooms(before, ROOMS) == after
    assert with_rooms(after, ROOMS) == after


def test_the_link_and_the_manifest_ask_for_the_same() -> None:
    """Both register the App with the same name and permissions, for its owner alone, without a webhook."""
    link = parse_qs(urlsplit(registration_link(Ground(None), "acme")).query)
    asked = json.loads(manifest(Ground(None), "acme", "http://127.0.0.1:1/registered"))
    assert asked["default_permissions"] == PERMISSIONS
    assert {name: link[name][0] for name in PERMISSIONS} == PERMISSIONS
    assert (asked["name"], asked["public"], asked["hook_attributes"]["active"]) == (
        "acme-rooms",
        False,
        False,
    )
    assert (link["name"], link["public"], link["webhook_active"]) == (["acme-rooms"], ["false"], ["false"])


def test_a_name_fits_into_what_github_allows() -> None:
    """An organization with a long name gets an App of 34 characters."""
    assert len(app_name("a" * 39)) == 34


def test_an_app_that_may_what_it_must_lacks_nothing() -> None:
    """Exactly the permissions that rooms need are fine."""
    assert lacking(PERMISSIONS) == ""
