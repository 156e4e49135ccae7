"""`cocflow sandbox`: a local GitHub in the foreground."""

from __future__ import annotations

import click

from cocflow.cli.served import on_port, with_sandbox

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
    with with_sandbox():
        from cocflow.sandbox import serve
    with on_port(port, "cocflow sandbox --port 8018"):
        serve(db, port, lambda url: click.echo(HINT.format(url=url)))
