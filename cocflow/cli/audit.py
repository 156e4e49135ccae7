"""`cocflow audit`: were receipts ever altered, and is every case what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cocflow.cli.visiting import checked_out, explaining, repository_argument, rooms_seen, visit

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from cocflow.run.audit import Audit


@click.command()
@repository_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def audit(repository: str | None, as_json: bool) -> None:
    """Check every case's receipts, and whether labels, buttons, sub-issues and rooms are what they tell.

    Says what was altered, by whom GitHub says, and since when; it shows accounts, and nothing that
    anybody wrote. Signatures are checked if COCFLOW_LEDGER_KEY is set. Exit code 0: all is as it was
    written; 1: something was found; 2: something couldn't be checked.

    \b
    Example: cocflow audit OWNER/incidents
    """
    from cocflow.run.audit import audit as audit_

    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as folder:
            desk = here.desk(folder)
            seen = rooms_seen(here, desk.community)
            done = audit_(desk, here.premises.stray_runs(), seen.rooms if seen is not None else None)
    _show_json(done) if as_json else _show(done, desk.community.zone)
    raise SystemExit(exit_code(done))


def exit_code(done: Audit) -> int:
    """Return 1 for a finding, else 2 if something couldn't be checked, else 0."""
    if done.findings:
        return 1
    return 2 if done.unchecked else 0


def _show_json(done: Audit) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(done), indent=2).decode())


def _show(done: Audit, zone: ZoneInfo) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from cocflow.core.text.when import format_when

    if done.findings:
        table = Table("case", "found", "by", "since")
        for one in done.findings:
            since = "" if one.since is None else format_when(one.since, zone)
            where = (
                f"#{one.number} {one.code_name}" if one.number is not None else one.code_name or "the jobs"
            )
            table.add_row(Text(where), Text(one.found), Text(one.by), since)
        Console().print(table)
    for left in done.unchecked:
        where = "" if left.number is None else f"#{left.number} couldn't be checked: "
        click.echo(f"{where}{left.why}")
    found = "Nothing was altered." if not done.findings else f"Found: {len(done.findings)}."
    click.echo(f"Looked at {done.issues} issues with {done.receipts} receipts. {found}")
