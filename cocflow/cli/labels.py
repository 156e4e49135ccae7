"""`cocflow labels`: make a repository's labels those of its processes."""

from __future__ import annotations

import click

from cocflow.cli.visiting import checked_out, explaining, processes_in, repository_argument, visit


@click.command()
@repository_argument
def labels(repository: str | None) -> None:
    """Create, recolour and describe a repository's labels as its processes need them.

    Labels that the processes don't know are left alone.

    \b
    Example: cocflow labels OWNER/incidents
    """
    from cocflow.setup.labels import make_labels

    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as folder:
            made = make_labels(here.premises, processes_in(folder))
    for label in made.missing:
        click.echo(f"Created `{label.name}`.")
    for label in made.different:
        click.echo(f"Changed `{label.name}`.")
    if not made:
        click.echo("Every label is as it should be; nothing was changed.")
