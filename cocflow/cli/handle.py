"""`cocflow handle`: one event of GitHub's, which is only a hint."""

from __future__ import annotations

import os
import time

import click

from cocflow.cli.running import desk_from_environment, finish, mask_secrets


@click.command()
def handle() -> None:
    """Answer what has just happened in the repository.

    \b
    Example: cocflow handle
    """
    from cocflow.adapters.late import install

    install()  # before anything that may wait is imported
    from cocflow.adapters.actions import read_event
    from cocflow.run.sweep import handle as handle_

    mask_secrets()
    hint = read_event(os.environ)
    click.echo(hint.line)
    if hint.wanted:
        finish(handle_(desk_from_environment(hurried=True), clock=time.monotonic, hinted=hint.number))
