"""`cocflow doctor`: is a repository set up right, and who can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cocflow.cli.visiting import checked_out, explaining, repository_argument, survey, visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from msgspec import Struct

    from cocflow.cli.visiting import Visit
    from cocflow.setup.examine import Finding

FIRST = ("failure", "warning", "unknown", "ok")
"""In which order findings are read: what is wrong comes before what is well."""

COLORS = {"ok": "green", "warning": "yellow", "failure": "bold red", "unknown": "magenta"}


@click.command()
@repository_argument
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--probe", is_flag=True, help="Ask, without writing, whether GitHub does as cocflow takes it.")
def doctor(repository: str | None, as_json: bool, probe: bool) -> None:
    """Check a repository: who can read it, and whether everything is as it should be.

    Needs a token of somebody who administers it, in GH_TOKEN. A channel is tried, without a message, if
    its secret is set here (COCFLOW_SMTP_URL, COCFLOW_IMAP_URL, COCFLOW_OAUTH, SLACK_BOT_TOKEN): those of the
    jobs nobody can read back, but each sweep tries them. Exit code 0: all is well; 1: something was found;
    2: something couldn't be checked. With --probe it asks that one thing instead, row by row of
    docs/contract.md, and reads nothing that anybody wrote.

    \b
    Example: GH_TOKEN=$(gh auth token) cocflow doctor OWNER/incidents
    """
    from cocflow.setup.examine import examine

    with explaining():
        here = visit(repository)
        if probe:
            raise SystemExit(_show_probed(here, as_json))
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


def summary(findings: Iterable[Finding]) -> str:
    """Return how many things are wrong, deserve a look, can't be told, and are right, as a sentence."""
    verdicts = [one.verdict for one in findings]
    wrong = verdicts.count("failure")
    parts = [
        "Nothing is wrong" if not wrong else f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong"
    ]
    for count, one, many in (
        (verdicts.count("warning"), "deserves a look", "deserve a look"),
        (verdicts.count("unknown"), "can't be told", "can't be told"),
        (verdicts.count("ok"), "is right", "are right"),
    ):
        if count:
            parts.append(f"{count} {one if count == 1 else many}")
    return f"{', '.join(parts)}."


def _show_probed(here: Visit, as_json: bool) -> int:
    """Print what GitHub does, and return 1 if it does anything otherwise, else 0."""
    from contextlib import closing

    from cocflow.bootstrap import probing

    with closing(probing(here.repository, here.token, here.base_url)) as asked:
        rows = asked.probe()
    if as_json:
        _show_json(rows)
    else:
        for one in rows:
            click.echo(f"{one.row:<9}{one.seen:<9}{one.says}")
        click.echo("holds: as cocflow takes it. unseen: nothing in this repository shows it.")
    return int(any(one.seen == "differs" for one in rows))


def _show_json(findings: Iterable[Struct]) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(list(findings)), indent=2).decode())


def _show(findings: Sequence[Finding]) -> None:
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    click.echo(summary(findings))
    whole = Column("found", overflow="fold")  # an address that is cut off can't be opened
    table = Table("check", "", whole, "what it means for reporters", show_lines=True)
    for one in sorted(findings, key=lambda one: FIRST.index(one.verdict)):
        found = Text(one.found)
        if one.fix:
            who = f" (By {one.who}.)" if one.who else ""
            found.append(f"\n{one.fix}{who}", style="italic")
            found.append(f"\n{one.do}", style="bold")
        table.add_row(one.check, Text(one.verdict, style=COLORS[one.verdict]), found, one.means)
    Console().print(table)
