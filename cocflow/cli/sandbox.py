"""`cocflow sandbox`: a local GitHub in the foreground."""

from __future__ import annotations

import click

from cocflow.errors import MissingExtraError


@click.command()
@click.option("--db", type=click.Path(dir_okay=False), help="Keep it in this file; without it, in memory.")
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True)
def sandbox(db: str | None, port: int) -> None:
    """Serve a local GitHub on loopback until interrupted (needs the extra `sandbox`)."""
    try:
        from cocflow.sandbox import serve
    except ModuleNotFoundError as error:
        if error.name not in ("flask", "graphql"):
            raise
        raise MissingExtraError("sandbox") from None
    serve(db, port)
