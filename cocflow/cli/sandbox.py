"""`cocflow sandbox`: a local GitHub in the foreground."""

from __future__ import annotations

import click

from cocflow.errors import CocflowError, MissingExtraError


class SandboxError(CocflowError):
    """It can't be served there."""

    def __init__(self, port: int, why: str) -> None:
        super().__init__(
            f"Nothing can be served on port {port}: {why}. Another one: cocflow sandbox --port 8018"
        )


HINT = """A local GitHub answers at {url}, to this machine only. Ctrl-C ends it.

A person, a repository, a say in it, and a token:

  curl -d '{{"login": "mft"}}' {url}/_sandbox/users
  curl -d '{{"full_name": "acme/incidents", "visibility": "private"}}' {url}/_sandbox/repos
  curl -d '{{"repository": "acme/incidents", "login": "mft", "permission": "admin"}}' \\
    {url}/_sandbox/collaborators
  curl -d '{{"login": "mft"}}' {url}/_sandbox/tokens

With GITHUB_API_URL={url} and that token in GH_TOKEN,
every command works on it, as in: cocflow init acme/incidents"""


@click.command()
@click.option("--db", type=click.Path(dir_okay=False), help="Keep it in this file; without it, in memory.")
@click.option("--port", type=click.IntRange(0, 65535), default=8017, show_default=True)
def sandbox(db: str | None, port: int) -> None:
    """Serve a local GitHub on loopback until interrupted (needs the extra `sandbox`).

    \b
    Example: cocflow sandbox --port 8080
    """
    try:
        from cocflow.sandbox import serve
    except ModuleNotFoundError as error:
        if error.name not in ("flask", "graphql"):
            raise
        raise MissingExtraError("sandbox") from None
    try:
        serve(db, port, lambda url: click.echo(HINT.format(url=url)))
    except OSError as error:
        raise SandboxError(port, error.strerror or "") from None
