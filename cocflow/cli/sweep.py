"""`cocflow sweep`: everything that is due or unanswered."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import click

from cocflow.cli.running import desk_from_environment, finish, mask_secrets
from cocflow.errors import AdapterError

if TYPE_CHECKING:
    from cocflow.run.desk import Desk


@click.command()
def sweep() -> None:
    """Answer everything that is due or unanswered in the repository, and make labels that are missing.

    \b
    Example: cocflow sweep
    """
    from cocflow.adapters.late import install

    install()  # before anything that may wait is imported
    from cocflow.run.sweep import sweep as sweep_
    from cocflow.run.trouble import of_labels
    from cocflow.setup.labels import are_there

    mask_secrets()
    desk = desk_from_environment()
    run = sweep_(desk, clock=time.monotonic)
    # After the sweep, which has seen that the repository is private. A copy of the template has none yet.
    if not are_there(run.labels, [one.process for one in desk.definitions.values()]):
        try:
            _make_labels(desk)
        except AdapterError as error:
            run.troubles += (of_labels(error),)
    finish(run)


def _make_labels(desk: Desk) -> None:
    from cocflow.adapters.actions import required
    from cocflow.adapters.client import API
    from cocflow.bootstrap import premises
    from cocflow.setup.labels import ensure_labels

    repository, token = (required(os.environ, name) for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN"))
    labels = premises(repository, token, os.environ.get("GITHUB_API_URL") or API)
    if made := ensure_labels(labels, [one.process for one in desk.definitions.values()]):
        click.echo(f"Made {len(made)} labels that were missing.")
