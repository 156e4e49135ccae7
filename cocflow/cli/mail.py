"""`cocflow mail`: the letters that have come by mail, and what came with them."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cocflow.cli.running import desk_from_environment, finish, mask_secrets
from cocflow.errors import UserMistake

if TYPE_CHECKING:
    from cocflow.ports import Attached

NO_MAILBOX = "COCFLOW_IMAP_URL isn't set, so there is no mailbox to read."


@click.group(invoke_without_command=True)
@click.pass_context
def mail(context: click.Context) -> None:
    """File what has come by mail on the case that it belongs to, and answer it."""
    if context.invoked_subcommand is not None:
        return
    from cocflow.run.sweep import mail as mail_

    mask_secrets()
    desk = desk_from_environment()
    if desk.mailbox is None:
        raise UserMistake(NO_MAILBOX)
    finish(mail_(desk, clock=time.monotonic))


@mail.command()
@click.argument("what", metavar="[OWNER/REPO] NUMBER", nargs=-1)
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("attachments"),
    show_default=True,
    help="The folder to write them to.",
)
def get(what: tuple[str, ...], folder: Path) -> None:
    """Fetch the attachments of the letters on an issue from the mailbox, whose password you need.

    Set COCFLOW_IMAP_URL as the jobs have it. Nothing is opened or run: look at what it is before you do.

    \b
    Example: cocflow mail get OWNER/incidents#7 --to evidence
    """
    from cocflow.cli.visiting import VisitError, checked_out, explaining, repository_and_number, visit
    from cocflow.run.attachments import attachments
    from cocflow.run.overview import read_case

    repository, number = repository_and_number(what)
    if number is None:
        raise VisitError("Name the NUMBER of the issue on which the letters are.")
    with explaining():
        here = visit(repository)
        with checked_out(here.premises) as files:
            desk = here.desk(files)
            if desk.mailbox is None:
                raise UserMistake(NO_MAILBOX)
            found = list(attachments(read_case(desk, number), desk.mailbox))
    if not found:
        click.echo(f"There is no letter on issue {number}.")
    for place, one in enumerate(found, start=1):
        received = one.received.astimezone(desk.community.zone).strftime("%a %Y-%m-%d %H:%M %Z")
        if one.files is None:
            click.echo(f"Letter {place}, {received}: it isn't in the mailbox any more.")
            continue
        click.echo(f"Letter {place}, {received}: {len(one.files)} attached.")
        for count, attached in enumerate(one.files, start=1):
            path = _written(folder, f"{number}-{place}-{count}-{_safe(attached.name)}", attached)
            click.echo(f"  {path}  {_size(len(attached.content))}")


def _safe(name: str) -> str:
    """Return a file's name that means nothing to any system: letters, digits, hyphens, and single dots."""
    plain = re.sub(r"[^\w.-]+", "_", name)
    return re.sub(r"\.{2,}", ".", plain).strip("._-")[-80:] or "file"


def _written(folder: Path, name: str, attached: Attached) -> Path:
    """Write a file for its owner alone, beside what is there already; return where."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    if path.exists() and path.read_bytes() == attached.content:
        return path
    if path.exists():
        raise UserMistake(f"{path} is there already, and is another file. Name another folder by --to.")
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(attached.content)
    return path


def _size(count: int) -> str:
    return f"{count} bytes" if count < 10_000 else f"{count / 1_000_000:.2f} MB"
