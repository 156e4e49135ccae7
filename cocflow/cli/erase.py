"""`cocflow erase`: delete the incidents whose time is over, by an owner's own hand."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from cocflow.cli.visiting import VisitError, checked_out, explaining, repository_argument, visit

if TYPE_CHECKING:
    from collections.abc import Collection

    from cocflow.cli.visiting import Visit
    from cocflow.run.desk import Desk
    from cocflow.setup.erasing import Going, Staying


@click.command()
@repository_argument
@click.option("--yes", is_flag=True, help="Don't ask: what is listed is erased.")
def erase(repository: str | None, yes: bool) -> None:
    """Erase the incidents whose time is over, with their suspensions and rooms' issues, for good.

    First it shows what would go, and erases nothing before you have typed the repository's name. Only what
    the sweep has found to be over, and written a stub of, goes; what is held or open again stays. Rooms go
    first, with `cocflow rooms erase`. Needs the token of somebody who owns the organization, or administers
    the repository where the organization lets its administrators delete issues. It never runs in a job.

    \b
    Example: GH_TOKEN=$(gh auth token) cocflow erase OWNER/incidents
    """
    from cocflow.setup.erasing import Going, Staying, judged, may_not_go, stubs_of

    if os.environ.get("GITHUB_ACTIONS"):
        raise VisitError("Nothing is erased by a job. Run it on your own machine, with a token of yours.")
    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as folder:
            desk = here.desk(folder)
            if not desk.community.retention:
                raise VisitError(
                    "No retention is configured, so everything is kept: docs/retention.md says how to begin."
                )
            rooms = _rooms(here, desk)
            found = [one for stub in stubs_of(desk) if (one := judged(desk, stub, rooms)) is not None]
            going = [one for one in found if isinstance(one, Going)]
            _show(going, [one for one in found if isinstance(one, Staying)])
            if not going:
                click.echo("Nothing is to be erased.")
                return
            if refused := may_not_go(desk, going):
                raise VisitError(_REFUSED.format(issues=", ".join(f"#{one}" for one in sorted(refused))))
            _ask(here.repository, yes)
            for one in going:
                _erase(desk, one, rooms)
    click.echo(_STAYS)


_REFUSED = (
    "Your token may not erase {issues}; nothing was erased. It takes somebody who administers the repository,"
    " and in an organization an owner, unless the organization lets administrators do it (Settings, Member"
    ' privileges, "Allow members to delete issues for this organization").'
)

_STAYS = """
The next sweep confirms it. What stays: mails that were sent; GitHub's own trace that there was an issue of
that number; notifications, for five months; and perhaps files that were attached, for whoever has their
address."""


def _rooms(here: Visit, desk: Desk) -> frozenset[str]:
    """Return the names of the rooms that are there."""
    from cocflow.bootstrap import own_rooms

    if desk.community.rooms is None:
        return frozenset()
    return frozenset(one.name for one in own_rooms(desk.community.rooms, here.token, here.base_url).listing())


def _show(going: Collection[Going], staying: Collection[Staying]) -> None:
    for one in going:
        numbers = [number for number, _ in one.issues if number != one.stub.first]
        more = f", with {', '.join(f'#{number}' for number in sorted(numbers))}" if numbers else ""
        begun = " (the rest of it: it was interrupted)" if one.begun else ""
        click.echo(f"Goes: #{one.stub.first}{more}{begun}. Kept until {one.stub.kept}.")
        if one.room:
            click.echo(f"      What stands in {one.room} stays as long as that room is used.")
    for other in staying:
        click.echo(f"Stays: #{other.stub.first}. {other.why}")


def _ask(repository: str, yes: bool) -> None:
    if yes:
        return
    typed = click.prompt("This can't be undone. Type the repository's name (OWNER/REPO) to erase it")
    if str(typed).strip().casefold() != repository.casefold():
        raise VisitError("That isn't its name. Nothing was erased.")


def _erase(desk: Desk, one: Going, rooms: Collection[str]) -> None:
    """Erase one, having looked at it once more: somebody may have held it meanwhile."""
    from cocflow.setup.erasing import Going, Staying, judged
    from cocflow.setup.erasing import erase as erase_

    again = judged(desk, one.stub, rooms)
    if isinstance(again, Staying):
        click.echo(f"Stays: #{one.stub.first}. {again.why}")
    elif isinstance(again, Going):
        erase_(desk, again)
        click.echo(f"Erased #{one.stub.first}.")
