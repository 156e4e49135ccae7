"""`cocflow roster pin` against the sandbox over HTTP."""

from __future__ import annotations

import re

from tests.cli.premises import REPO, Town

COCFLOW = ".github/cocflow.yml"


def text(town: Town) -> str:
    """Return the configuration as it is committed."""
    found = town.client().get_repo(REPO).get_contents(COCFLOW)
    assert not isinstance(found, list)
    return found.decoded_content.decode()


def unpinned(town: Town) -> str:
    """Take the numbers out of the roster, and return the configuration."""
    bare = re.sub(r" +account: \d+\n", "", text(town))
    town.sandbox.store.put_file(REPO, COCFLOW, bare)
    return bare


def number(town: Town, login: str) -> int:
    """Return the number of an account, as GitHub says it."""
    return town.client().get_user(login).id


def test_init_pins_a_new_roster(settled: Town) -> None:
    """Whom `init` writes down is known by the account from the beginning."""
    assert f'login: "tom"\n    account: {number(settled, "tom")}\n' in text(settled)
    done = settled.run("roster", "pin", REPO)
    assert done.exit_code == 0
    assert done.output.endswith("Nothing was changed.\n")


def test_a_dry_run_shows_the_accounts_and_writes_nothing(settled: Town) -> None:
    """What would be pinned is seen first."""
    bare = unpinned(settled)
    done = settled.run("roster", "pin", REPO, "--dry-run")
    assert f"tom: account {number(settled, 'tom')}." in done.output
    assert done.exit_code == 0
    assert text(settled) == bare


def test_the_accounts_are_written_below_the_logins(settled: Town) -> None:
    """All that stood in the file stays, and what `init` would write is what `pin` writes."""
    before = text(settled)
    unpinned(settled)
    done = settled.run("roster", "pin", REPO)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Pinned.")
    assert text(settled) == before


def test_a_login_of_another_account_is_told_and_not_pinned_anew(settled: Town) -> None:
    """Somebody who took a login isn't made an administrator by running the command."""
    other = text(settled).replace(f"account: {number(settled, 'tom')}", "account: 77")
    settled.sandbox.store.put_file(REPO, COCFLOW, other)
    done = settled.run("roster", "pin", REPO)
    assert done.exit_code == 1
    assert "tom: pinned to account 77, but the login is account" in done.output
    assert text(settled) == other


def test_a_login_that_nobody_has_is_told(settled: Town) -> None:
    """A login that was mistyped, or given up, is nobody's."""
    settled.sandbox.store.put_file(REPO, COCFLOW, text(settled).replace('"tom"', '"tomas"'))
    done = settled.run("roster", "pin", REPO)
    assert done.exit_code == 1
    assert "tomas: there is no such account" in done.output


def test_a_roster_on_one_line_is_written_by_hand(settled: Town) -> None:
    """Where it can't be told how, the lines are shown and nothing is written."""
    head = unpinned(settled).partition("administrators:")[0]
    flow = f"{head}administrators: [riya, tom]\n"
    settled.sandbox.store.put_file(REPO, COCFLOW, flow)
    done = settled.run("roster", "pin", REPO)
    assert f"  - login: tom\n    account: {number(settled, 'tom')}" in str(done.exception)
    assert text(settled) == flow
