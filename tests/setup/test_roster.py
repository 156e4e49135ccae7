"""Pinning the roster: lines are added and nothing else is touched, or it is said that it can't be done."""

from __future__ import annotations

from pathlib import Path

import pytest

from cocflow.core.people.roster import Administrator
from cocflow.process.entries import read_yaml
from cocflow.setup.community import load_community
from cocflow.setup.roster import Pin, pinned, pins, with_pins

HEAD = """# Who we are.
community: Example
code_of_conduct: https://example.org
time_zone: UTC
administrators:  # who decides
"""
TAIL = 'rules_channel: "#rules"  # not login: here\n'


class Town:
    """Whose the logins are."""

    def account(self, login: str) -> int | None:
        """See `Accounts.account`."""
        return {"ada": 7, "bo": 8, "007": 9}.get(login)


def written(tmp_path: Path, roster: str, numbers: dict[str, int], end: str = "\n") -> str | None:
    """Return a configuration with that roster once these numbers are pinned."""
    text = f"{HEAD}{roster}{TAIL}".replace("\n", end)
    path = tmp_path / "cocflow.yml"
    path.write_bytes(text.encode())
    return with_pins(text, read_yaml(path).at("administrators"), numbers)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("roster", "after"),
    [
        ("  - ada\n", "  - login: ada\n    account: 7\n"),
        ("- ada  # since 2019\n", "- login: ada  # since 2019\n  account: 7\n"),
        ('  - "ada"\n', '  - login: "ada"\n    account: 7\n'),
        ("  - login: ada # me\n    name: Ada\n", "  - login: ada # me\n    account: 7\n    name: Ada\n"),
        ("  - name: Ada\n    login: ada\n", "  - name: Ada\n    login: ada\n    account: 7\n"),
        ("  -\n    login: ada\n", "  -\n    login: ada\n    account: 7\n"),
        (
            "  - bo\n  # and\n  - ada\n",
            "  - login: bo\n    account: 8\n  # and\n  - login: ada\n    account: 7\n",
        ),
        ("  - '007'\n  - ada\n", "  - login: '007'\n    account: 9\n  - login: ada\n    account: 7\n"),
        (
            "  - login: bo\n    account: 8\n  - ada\n",
            "  - login: bo\n    account: 8\n  - login: ada\n    account: 7\n",
        ),
    ],
)
def test_a_number_stands_below_its_login(tmp_path: Path, roster: str, after: str, end: str) -> None:
    """Comments, order and ends of lines stay; what is read then is the same roster with the accounts."""
    numbers = {"ada": 7, "bo": 8, "007": 9}
    if "account: 8" in roster:
        del numbers["bo"]
    text = written(tmp_path, roster, numbers, end)
    assert text == f"{HEAD}{after}{TAIL}".replace("\n", end)
    path = tmp_path / "cocflow.yml"
    before = load_community(path, {}).administrators
    path.write_bytes(str(text).encode())
    assert load_community(path, {}).administrators == pinned(pins(before, Town()))


@pytest.mark.parametrize(
    "roster", ["  [ada, bo]\n", "  - {login: ada}\n", "  - {name: Ada,\n     login: ada}\n"]
)
def test_a_roster_of_another_form_is_left_alone(tmp_path: Path, roster: str) -> None:
    """Where a line can't be added without changing another, nothing is written."""
    assert written(tmp_path, roster, {"ada": 7}) is None


def test_what_is_pinned_is_kept() -> None:
    """A number that stands there is never changed: another account under the login isn't the person."""
    ada, bo, eve = (Administrator(login=login, account=account) for login, account in PINS)
    found = pins((ada, bo, eve, Administrator(login="007")), Town())
    assert [one.standing for one in found] == ["pinned", "another", "nobody", "unpinned"]
    assert pinned(found) == (ada, bo, eve, Administrator(login="007", account=9))
    assert Pin(Administrator(login="nobody"), None).standing == "nobody"


PINS = (("ada", 7), ("bo", 6), ("eve", 5))
