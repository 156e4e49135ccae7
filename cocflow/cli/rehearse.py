"""`cocflow rehearse`: a community to rehearse incidents with, in the browser, on this machine only."""

from __future__ import annotations

import click

from cocflow.cli.served import on_port, with_sandbox

READY = """The rehearsal room is open at {url}, to this machine only.
Open it in a browser; Ctrl-C ends it, and nothing is kept."""


@click.command()
@click.argument("night", required=False)
@click.option("--port", type=click.IntRange(0, 65535), default=8018, show_default=True)
def rehearse(port: int, night: str | None) -> None:
    """Open the rehearsal room in the browser, on loopback, until interrupted (needs the extra `sandbox`).

    No account and no network are needed, and nothing leaves this machine. NIGHT opens a guided night at
    once: first-report, missed-estimate, two-suspensions, about-an-administrator or flood-of-mail.

    \b
    Examples:
      cocflow rehearse
      cocflow rehearse first-report
    """
    with with_sandbox():
        from cocflow.rehearsal.serving import serve
    with on_port(port, "cocflow rehearse --port 8019"):
        serve(port, lambda url: click.echo(READY.format(url=url)), night)
