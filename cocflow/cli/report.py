"""`cocflow report`: a year in numbers, to be published."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cocflow.cli.visiting import checked_out, explaining, repository_argument, visit

if TYPE_CHECKING:
    from cocflow.core.yearly.year import Year

PICTURES = (".svg", ".png")


@click.command()
@repository_argument
@click.option("--year", type=click.IntRange(2000, 9999), required=True, help="The year that it is about.")
@click.option(
    "--picture",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Draw it, too, as .svg or .png; needs the extra `report`.",
)
def report(repository: str | None, year: int, picture: Path | None) -> None:
    """Print a year in numbers, as Markdown: received, finished, appeals, estimates, and how long it took.

    Each thing is counted in the month in which it happened, so the report of a year that is over is the same
    whenever it is made, also of incidents that were erased since. No table is divided further than it can be
    without small numbers, and nothing in it names a person or a case. A year that isn't over has totals only.

    \b
    Examples:
      cocflow report OWNER/incidents --year 2026
      cocflow report OWNER/incidents --year 2026 --picture report.svg
    """
    from cocflow.core.views.yearly import yearly
    from cocflow.run.yearly import year as year_

    if picture is not None and picture.suffix not in PICTURES:
        raise click.BadParameter("call it something.svg, or something.png", param_hint="--picture")
    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as folder:
            desk = here.desk(folder)
            counted = year_(desk, year)
            view = yearly(desk.community, counted)
            text = desk.templates.render("yearly/report", view)
            said = desk.templates.render("yearly/picture", view)
    if picture is not None:
        picture.write_bytes(_drawn(counted, said, picture.suffix))
        text = f"{text}\n\n![{said}]({picture.name})"
    click.echo(text)


def _drawn(counted: Year, said: str, kind: str) -> bytes:
    from cocflow.adapters.picture import png, svg
    from cocflow.core.yearly.picture import picture

    return (svg if kind == ".svg" else png)(picture(counted, said))
