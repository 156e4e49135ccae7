"""The roster: an administrator is found by login, and known by every way to name them."""

from __future__ import annotations

import pytest

from cocflow.core.people.roster import Administrator
from tests.core.play import ROSTER, community


@pytest.mark.parametrize("login", ["mft", "MFT", "Mft"])
def test_an_administrator_is_found_in_any_case_of_letters(login: str) -> None:
    """GitHub's logins differ in letter case only by looks."""
    assert community().administrator(login) == ROSTER[0]


PINNED = community(Administrator(login="mft", account=7), Administrator(login="miabot"))


@pytest.mark.parametrize("login", ["mft", "mika-renamed", "", "miabot"])
def test_a_pinned_administrator_is_found_by_the_account(login: str) -> None:
    """Whatever the account is called now, its number says whose it is."""
    assert PINNED.administrator(login, 7) == PINNED.administrators[0]


@pytest.mark.parametrize("account", [None, 0, 8])
def test_a_pinned_login_without_its_account_finds_nobody(account: int | None) -> None:
    """Another account under the login, and one that isn't known, are strangers'."""
    assert PINNED.administrator("mft", account) is None
    assert PINNED.administrator("miabot", account) == PINNED.administrators[1]


@pytest.mark.parametrize("login", ["", "mft ", "@mft", "mika@example.org", "Mika", "stranger"])
def test_nothing_else_than_a_login_finds_one(login: str) -> None:
    """Neither a name nor an address is a login, so whoever isn't known has no say."""
    assert community().administrator(login) is None


def test_every_way_to_name_an_administrator_is_known() -> None:
    """Login, mail and Slack id, casefolded; what isn't given names nobody."""
    assert ROSTER[0].handles() == {"mft", "mika@example.org", "u0mika001"}
    assert Administrator(login="miabot", name="Mia").handles() == {"miabot"}


def test_an_administrator_is_shown_by_name() -> None:
    """By the name where there is one, else by the login."""
    assert [one.shown() for one in ROSTER] == ["Mika", "Mia", "thclpr"]
