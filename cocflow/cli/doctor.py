"""`cocflow doctor`: is a repository set up right, and who can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cocflow.cli.visiting import checked_out, explaining, repository_argument, survey, visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cocflow.setup.examine import Finding

COLORS = {"ok": "green", "warning": "yellow", "failure": "bold red", "unknown": "magenta"}


@click.command()
@repository_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def doctor(repository: str | None, as_json: bool) -> None:
    """Check a repository: who can read it, and whether everything is as it should be.

    Needs a token of somebody who administers it, in GH_TOKEN. Exit code 0: all is well; 1: something
    was found; 2: something couldn't be checked.
    """
    from cocflow.setup.examine import examine

    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as folder:
            findings = examine(survey(here, folder))
    _show_json(findings) if as_json else _show(findings)
    raise SystemExit(exit_code(findings))


def exit_code(findings: Iterable[Finding]) -> int:
    """Return 1 for a finding, else 2 if something couldn't be checked, else 0."""
    verdicts = {one.verdict for one in findings}
    if verdicts & {"warning", "failure"}:
        return 1
    return 2 if "unknown" in verdicts else 0


def _show_json(findings: Iterable[Finding]) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(list(findings)), indent=2).decode())


def _show(findings: Iterable[Finding]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("check", "", "found", "what it means for reporters", show_lines=True)
    for one in findings:
        found = Text(one.found)
        if one.fix:
            found.append(f"\n{one.fix}", style="italic")
        table.add_row(one.check, Text(one.verdict, style=COLORS[one.verdict]), found, one.means)
    Console().print(table)
