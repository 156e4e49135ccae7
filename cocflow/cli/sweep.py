"""`cocflow sweep`: everything that is due or unanswered."""

from __future__ import annotations

import click

from cocflow.cli.running import desk_from_environment, finish, mask_secrets


@click.command()
def sweep() -> None:
    """Answer everything that is due or unanswered in the repository."""
    from cocflow.sweep import sweep as sweep_

    mask_secrets()
    finish(sweep_(desk_from_environment()))
