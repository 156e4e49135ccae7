"""`cocflow status`: the open incidents at a glance, or the history of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from cocflow.cli.visiting import VisitError, checked_out, explaining, repository_and_number, visit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from cocflow.core.case.case import Case
    from cocflow.run.desk import Desk
    from cocflow.run.overview import Line, Row


@click.command()
@click.argument("what", metavar="[OWNER/REPO] [NUMBER]", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--due", is_flag=True, help="Only what is late, or due within a day.")
@click.option("--content", is_flag=True, help="With NUMBER: print the report itself, too.")
def status(what: tuple[str, ...], as_json: bool, due: bool, content: bool) -> None:
    """Show the open incidents: state, deadline, suspended accounts, notices owed; what is due first.

    Below them stands how many have ended, and how.

    With NUMBER, show what happened in that incident, from its receipts. The report itself is never
    shown unless --content is given.

    \b
    Examples:
      cocflow status OWNER/incidents --due
      cocflow status OWNER/incidents 7
    """
    from datetime import UTC, datetime

    from cocflow.run.overview import by_deadline, due_by, glance, history

    repository, number = repository_and_number(what)
    if content and number is None:
        raise VisitError("--content shows one report: name its NUMBER.")
    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as folder:
            desk = here.desk(folder)
            if number is None:
                seen = glance(desk)
                rows = by_deadline(seen.rows)
                if due:
                    rows = due_by(rows, datetime.now(UTC))
                if as_json:
                    _json(rows)
                    return
                _show_rows(rows, desk.community.zone, "Nothing is due." if due else "No incident is open.")
                if seen.ended:
                    counts = ", ".join(f"{count} {state}" for state, count in seen.ended.items())
                    click.echo(f"Ended: {counts}.")
                if seen.rooms:
                    counts = ", ".join(f"{count} {state}" for state, count in seen.rooms.items())
                    click.echo(f"Rooms: {counts}.")
                for line in seen.troubles:
                    click.echo(f"{line.says} {line.costs} {line.remedy}")
                return
            case = _read(desk, number)
            lines = history(case)
    report = _report(case) if content else None
    if as_json:
        _json({"history": lines} | ({"report": report} if report is not None else {}))
        return
    _show_history(case, lines)
    for question, answer in (report or {}).items():
        click.echo(f"\n{question}\n{answer}")


def _read(desk: Desk, number: int) -> Case:
    from cocflow.errors import AdapterError
    from cocflow.run.overview import read_case

    try:
        return read_case(desk, number)
    except AdapterError as error:
        if error.status != 404:
            raise
        raise VisitError(
            f"There is no issue {number} in that repository. `cocflow status` lists them."
        ) from None


def _report(case: Case) -> dict[str, str]:
    """Return the report's answers; of one that came in plain words, and of letters, what they say."""
    from cocflow.core.acts.report import report

    answers = report(case).answers
    found = {field.label: ", ".join(answers.choices(field.id)) for field in case.definition.form.fields}
    for fact in case.issue.comments():
        if case.mail(fact) is not None:
            found[f"A letter of {_time(fact.at, case.community.zone)}"] = _without_marks(fact.body)
    return found


def _without_marks(text: str) -> str:
    return re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).strip()


def _json(value: Any) -> None:
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def _show_rows(rows: Iterable[Row], zone: ZoneInfo, otherwise: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("incident", "state", "since", "next deadline", "suspended", "notices owed")
    for row in rows:
        state = "stopped: receipts broken" if row.broken else row.state or "not answered yet"
        deadline = f"{_time(row.deadline, zone)}{' (late)' if row.late else ''}"
        table.add_row(
            f"#{row.number} {row.code_name}",
            state,
            _time(row.since, zone),
            deadline,
            str(row.suspended or ""),
            str(row.owed or ""),
            style="red" if row.late or row.broken else "",
        )
        for note in row.notes:
            table.add_row("", note)
    if not table.row_count:
        click.echo(otherwise)
        return
    Console().print(table)


def _show_history(case: Case, lines: Iterable[Line]) -> None:
    from rich.console import Console
    from rich.table import Table

    click.echo(f"#{case.issue.number} {case.code_name}: {case.progress.state or 'not answered yet'}")
    table = Table("", "when", "what", "by", "state", "to be told")
    for line in lines:
        when = _time(line.at, case.community.zone)
        table.add_row(str(line.number), when, line.what, line.by, line.state, ", ".join(line.told))
    Console().print(table)
    for fault in case.ledger.broken:
        click.echo(fault)


def _time(instant: datetime | None, zone: ZoneInfo) -> str:
    return "" if instant is None else instant.astimezone(zone).strftime("%a %Y-%m-%d %H:%M %Z")
