"""`cocflow sweep`: everything that is due or unanswered."""

from __future__ import annotations

import os

import click

from cocflow.cli.running import desk_from_environment, finish, mask_secrets


@click.command()
def sweep() -> None:
    """Answer everything that is due or unanswered in the repository, and make labels that are missing."""
    from cocflow.adapters.actions import required
    from cocflow.adapters.github import API
    from cocflow.bootstrap import premises
    from cocflow.labels import ensure_labels
    from cocflow.sweep import sweep as sweep_

    mask_secrets()
    desk = desk_from_environment()
    run = sweep_(desk)
    # After the sweep, which has seen that the repository is private. A copy of the template has none yet.
    repository, token = (required(os.environ, name) for name in ("GITHUB_REPOSITORY", "GITHUB_TOKEN"))
    labels = premises(repository, token, os.environ.get("GITHUB_API_URL") or API)
    made = ensure_labels(labels, [one.process for one in desk.definitions.values()])
    if made:
        click.echo(f"Made {len(made)} labels that were missing.")
    finish(run)
