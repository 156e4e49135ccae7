"""`cocflow roster`: who the administrators are, by their accounts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cocflow.cli.visiting import (
    VisitError,
    checked_out,
    community_in,
    explaining,
    processes_in,
    repository_argument,
    visit,
)

if TYPE_CHECKING:
    from cocflow.core.people.roster import Community
    from cocflow.core.process import Process
    from cocflow.setup.roster import Pin

_SAID = {
    "pinned": "{login}: account {account}, as pinned.",
    "unpinned": "{login}: account {account}.",
    "another": (
        "{login}: pinned to account {pinned}, but the login is account {account}'s now, which has no say. If"
        " the administrator has another login now, write that; if another account, write its number."
    ),
    "nobody": "{login}: there is no such account. If the administrator has another login now, write that.",
}


@click.group()
def roster() -> None:
    """Show and pin who the administrators are."""


@roster.command()
@repository_argument
@click.option("--dry-run", is_flag=True, help="Show the accounts; write nothing.")
def pin(repository: str | None, dry_run: bool) -> None:
    """Write the account of each administrator into .github/cocflow.yml.

    A login can be given up and be had by somebody else; an account's number stays. Once it is pinned,
    only that account has the administrator's say, whatever its login. What is pinned already is kept.
    Exit code 1: a login is another account's, or nobody's.

    \b
    Example: cocflow roster pin OWNER/incidents --dry-run
    """
    from cocflow.setup.install import CONFIGURATION
    from cocflow.setup.roster import pinned, pins, with_administrators

    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as folder:
            processes, path = processes_in(folder), folder / CONFIGURATION
            if not path.exists():
                raise VisitError("There is no roster yet. Run cocflow init first.")
            community = community_in(path.read_bytes().decode(), processes)
            found = pins(community.administrators, here.premises)
            _show(found)
            wanted = with_administrators(community, pinned(found))
            if wanted == community:
                click.echo("Nothing was changed.")
            elif dry_run:
                click.echo("Would write these accounts.")
            else:
                text = _written(path, found, wanted, processes)
                here.premises.commit({CONFIGURATION: text.encode()}, "Pin the administrators' accounts")
                click.echo("Pinned.")
    if any(one.standing in ("another", "nobody") for one in found):
        raise SystemExit(1)


def _show(found: tuple[Pin, ...]) -> None:
    for one in found:
        known = one.administrator
        said = _SAID[one.standing]
        click.echo(said.format(login=known.login, pinned=known.account, account=one.account))


def _written(path: Path, found: tuple[Pin, ...], wanted: Community, processes: tuple[Process, ...]) -> str:
    """Return the configuration with the numbers; VisitError with the lines where it can't be told how."""
    from cocflow.errors import DefinitionError
    from cocflow.process.entries import read_yaml
    from cocflow.setup.roster import with_pins

    missing = {
        one.administrator.login: one.account
        for one in found
        if one.standing == "unpinned" and one.account is not None
    }
    text = with_pins(path.read_bytes().decode(), read_yaml(path).at("administrators"), missing)
    try:
        if text is not None and community_in(text, processes) == wanted:
            return text
    except DefinitionError:
        pass  # it wasn't what was meant, which is said below
    lines = "".join(f"\n  - login: {login}\n    account: {number}" for login, number in missing.items())
    raise VisitError(f"The roster isn't written one administrator a line. Write there by hand:{lines}")
