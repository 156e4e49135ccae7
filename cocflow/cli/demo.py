"""`cocflow demo`: a story on the sandbox, told as it is played."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cocflow.cli.served import with_sandbox

if TYPE_CHECKING:
    from cocflow.demo.script import Chapter

KEPT = """
Kept in {folder}: github.db (the local GitHub as the story left it), outbox/ (the mails, a Maildir),
mailbox/ (the mails that came in), repository/ and second/ (the configuration and the forms of the two
vaults). To look at it, and to play on as mft, or as anybody else in as/:

  cocflow sandbox --db {folder}/github.db
  curl -sK {folder}/as/mft http://127.0.0.1:8017/repos/{repository}/issues/1/comments
  cat {folder}/outbox/new/*
"""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print each step as one JSON object a line.")
@click.option(
    "--keep",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep the sandbox's database, the outbox and the configuration in DIR.",
)
def demo(as_json: bool, keep: Path | None) -> None:
    """Play four incidents on the sandbox and tell what happens; exit 1 unless all went as it had to.

    No account and no network are needed.

    \b
    Example: cocflow demo --keep demo
    """
    if keep is not None and keep.is_dir() and any(keep.iterdir()):
        raise click.BadParameter("the folder isn't empty", param_hint="--keep")
    with with_sandbox():
        from cocflow.demo import STORY
    run(STORY, as_json=as_json, keep=keep)


def run(story: Sequence[Chapter], *, as_json: bool, keep: Path | None) -> None:
    """Play a story and tell it; SystemExit(1) unless all of it went as it had to."""
    from rich.console import Console

    from cocflow.demo import REPOSITORY, JsonLines, Narrator, perform

    teller = JsonLines(sys.stdout) if as_json else Narrator(Console(highlight=False))
    with ExitStack() as exits:
        folder = keep or Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="cocflow-demo-")))
        folder.mkdir(parents=True, exist_ok=True)
        right = perform(folder, story, teller, keep=keep is not None)
    if keep is not None:
        click.echo(KEPT.format(folder=keep, repository=REPOSITORY), err=as_json)
    if not right:
        raise SystemExit(1)
