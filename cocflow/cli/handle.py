"""`cocflow handle`: one event of GitHub's, which is only a hint."""

from __future__ import annotations

import click

from cocflow.cli.running import desk_from_environment, finish


@click.command()
def handle() -> None:
    """Answer what has just happened in the repository."""
    from cocflow.sweep import handle as handle_

    finish(handle_(desk_from_environment()))
