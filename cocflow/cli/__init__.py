"""The command line: parse, call, exit code.

Each command is a module of this package with the command's name, imported only when it is called,
so `cocflow --help` is quick and a job pays for what it uses. Errors of cocflow become one line on
standard error and exit code 2; anything else shows its kind only, since its text may hold a report.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
from typing import Any

import click

from cocflow.errors import CocflowError

COMMANDS = {
    "init": "Create a private repository for incidents, or bring one up to date.",
    "doctor": "Check a repository: who can read it, and whether everything is as it should be.",
    "audit": "Check whether anybody has altered receipts, and whether every case is what they tell.",
    "status": "Show the open incidents, or what happened in one.",
    "labels": "Make a repository's labels those of its processes.",
    "roster": "Show and pin who the administrators are.",
    "report": "Print a year in numbers, to be published.",
    "erase": "Erase what is over and has been kept long enough.",
    "rooms": "Set rooms up, list them, erase them.",
    "process": "Check, show and draw processes.",
    "notice": "Read a notice before anybody gets it.",
    "page": "Write the page on which people without a GitHub account write a report.",
    "handle": "Answer what has just happened (run by GitHub Actions on events).",
    "sweep": "Answer everything that is due or unanswered (run by GitHub Actions on schedule).",
    "mail": "File what has come by mail (every sweep does it too), or fetch what came with it.",
    "sandbox": "Serve a local GitHub to try things on.",
    "demo": "Play four incidents on the sandbox and tell what happens.",
    "rehearse": "Rehearse incidents in the browser, on this machine only.",
}
"""Every command and its one line of help; `cli/<name>.py` holds `<name>`, dashes as underscores."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, not when they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"cocflow.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


FIRST = """Most people begin with one of these:

  cocflow demo                        see it at work, on this machine alone
  cocflow init OWNER/incidents        make the private repository
  cocflow doctor OWNER/incidents      see who can read it, and what it lacks
  cocflow status OWNER/incidents      see what is open, and what is due

`cocflow --help` lists everything, `cocflow status --help` says more of one."""


def _tell_version(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if not asked or context.resilient_parsing:
        return
    from cocflow.version import named  # asked for only here

    click.echo(f"cocflow {named()}")
    context.exit()


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_tell_version,
    help="Show the version, and the commit if it is known.",
)
@click.pass_context
def cocflow(context: click.Context) -> None:
    """Run a community's Code of Conduct incident process on a private GitHub repository."""
    if context.invoked_subcommand is None:
        click.echo(FIRST)


def main() -> Any:
    """Run the command line; the console script."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a screen can't show is no reason to stop
            stream.reconfigure(errors="replace")
    try:
        return cocflow.main(standalone_mode=True)
    except CocflowError as error:
        click.echo(f"cocflow: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        if os.environ.get("COCFLOW_DEBUG") == "1" and not os.environ.get("GITHUB_ACTIONS"):
            raise
        click.echo(f"cocflow: stopped by {type(error).__name__}, a fault of cocflow's own", err=True)
        sys.exit(3)
