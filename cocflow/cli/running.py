"""What `handle` and `sweep` share: the job's environment to a desk, and a run to an exit code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from cocflow.run.desk import Desk
    from cocflow.run.sweep import Run


def mask_secrets() -> None:
    """Make Actions hide the job's secrets, before anything else is printed."""
    from cocflow.adapters.actions import masks

    for line in masks(os.environ):
        click.echo(line)


def desk_from_environment(*, hurried: bool = False) -> Desk:
    """Return the desk of the repository that the job runs in, checked out in the working folder.

    `hurried`: somebody waits for this run, so rooms that don't answer soon are left to the next.
    """
    from cocflow.adapters.actions import refuse_other_branches, required
    from cocflow.adapters.client import API, HURRIED, TIMEOUT
    from cocflow.bootstrap import desk

    refuse_other_branches(os.environ)
    outbox = os.environ.get("COCFLOW_OUTBOX")
    return desk(
        Path.cwd(),
        required(os.environ, "GITHUB_REPOSITORY"),
        required(os.environ, "GITHUB_TOKEN"),
        os.environ.get("GITHUB_API_URL") or API,
        Path(outbox) if outbox else None,
        os.environ,
        HURRIED if hurried else TIMEOUT,
    )


def finish(run: Run) -> None:
    """Say in counts and numbers what a run did and left by plan; exit 1 if what it took up isn't done."""
    receipts = sum(outcome.receipts for outcome in run.outcomes)
    click.echo(f"Listed {run.listed}, looked at {len(run.outcomes)}, answered {receipts}.")
    letters = run.letters
    if letters.outcomes or letters.aside or letters.failures:
        click.echo(f"Letters: {len(letters.outcomes)} filed, {letters.aside} set aside in the mailbox.")
    if letters.left:
        click.echo(f"Left {letters.left} letters for the next run: each reads so many, in turn by sender.")
    for trouble in run.troubles:
        click.echo(trouble.line)
    if run.left:
        click.echo(f"Left {run.left} for the next run: {_WHY[run.spent or 'writes']}.")
    if not run.complete:
        raise SystemExit(1)
    if run.whole:
        _beat()


def _beat() -> None:
    """Let a monitor outside know, if there is one, that all that there was to do is done."""
    if not (url := os.environ.get("COCFLOW_HEARTBEAT_URL")):
        return
    from cocflow.adapters.heartbeat import beat
    from cocflow.errors import AdapterError

    try:
        beat(url)
    except AdapterError as error:
        click.echo(f"The monitor that COCFLOW_HEARTBEAT_URL names doesn't answer: {error}", err=True)


_WHY = {
    "writes": "this one's writes are spent, as GitHub asks",
    "points": "this one's share of what GitHub lets it read is spent",
    "seconds": "this one's time is spent",
    "limit": "GitHub asks for a pause",
}
