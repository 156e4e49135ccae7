"""`cocflow mail`: the appeals that have come by mail."""

from __future__ import annotations

import time

import click

from cocflow.cli.running import desk_from_environment, finish, mask_secrets
from cocflow.errors import UserMistake


@click.command()
def mail() -> None:
    """File what has come by mail on the suspension it belongs to, and answer it."""
    from cocflow.run.sweep import mail as mail_

    mask_secrets()
    desk = desk_from_environment()
    if desk.mailbox is None:
        raise UserMistake("COCFLOW_IMAP_URL isn't set, so there is no mailbox to read.")
    finish(mail_(desk, clock=time.monotonic))
