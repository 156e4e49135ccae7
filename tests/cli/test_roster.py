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


def test_init_pins_a_new_roster(town: Town) -> None:
    """Whom `init` writes down is known by the account from the beginning."""
    town.init()
    assert f'login: "tom"\n    account: {number(town, "tom")}\n' in text(town)
    done = town.run("roster", "pin", REPO)
    assert done.exit_code == 0
    assert done.output.endswith("Nothing was changed.\n")


def test_a_dry_run_shows_the_accounts_and_writes_nothing(town: Town) -> None:
    """What would be pinned is seen first."""
    town.init()
    bare = unpinned(town)
    done = town.run("roster", "pin", REPO, "--dry-run")
    assert f"tom: account {number(town, 'tom')}." in done.output
    assert done.exit_code == 0
    assert text(town) == bare


def test_the_accounts_are_written_below_the_logins(town: Town) -> None:
    """All that stood in the file stays, and what `init` would write is what `pin` writes."""
    town.init()
    before = text(town)
    unpinned(town)
    done = town.run("roster", "pin", REPO)
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Pinned.")
    assert text(town) == before


def test_a_login_of_another_account_is_told_and_not_pinned_anew(town: Town) -> None:
    """Somebody who took a login isn't made an administrator by running the command."""
    town.init()
    other = text(town).replace(f"account: {number(town, 'tom')}", "account: 77")
    town.sandbox.store.put_file(REPO, COCFLOW, other)
    done = town.run("roster", "pin", REPO)
    assert done.exit_code == 1
    assert "tom: pinned to account 77, but the login is account" in done.output
    assert text(town) == other


def test_a_login_that_nobody_has_is_told(town: Town) -> None:
    """A login that was mistyped, or given up, is nobody's."""
    town.init()
    town.sandbox.store.put_file(REPO, COCFLOW, text(town).replace('"tom"', '"tomas"'))
    done = town.run("roster", "pin", REPO)
    assert done.exit_code == 1
    assert "tomas: there is no such account" in done.output


def test_a_roster_on_one_line_is_written_by_hand(town: Town) -> None:
    """Where it can't be told how, the lines are shown and nothing is written."""
    town.init()
    head = unpinned(town).partition("administrators:")[0]
    flow = f"{head}administrators: [riya, tom]\n"
    town.sandbox.store.put_file(REPO, COCFLOW, flow)
    done = town.run("roster", "pin", REPO)
    assert f"  - login: tom\n    account: {number(town, 'tom')}" in str(done.exception)
    assert text(town) == flow
