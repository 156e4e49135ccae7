"""`cocflow page`: the page for reports by mail, as one file."""

from __future__ import annotations

from pathlib import Path

import click

from cocflow.cli.visiting import checked_out, explaining, visit


@click.command()
@click.argument("repository", metavar="[OWNER/REPO]", required=False)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    default=Path("report.html"),
    help="Where to write it; - for standard output.",
    show_default=True,
)
@click.option(
    "--administrators",
    is_flag=True,
    help="Offer each administrator's own mail address too. Whoever sees the page sees these.",
)
def page(repository: str | None, out: Path, administrators: bool) -> None:
    """Write the page on which people without a GitHub account write a report.

    It has the words of the incident form, and makes a mail to the address that `reports:` in
    .github/cocflow.yml names. One file, which loads nothing and sends nothing by itself. Made from the
    files in OWNER/REPO (needs GH_TOKEN), else from those in the working folder.

    \b
    Example: cocflow page OWNER/incidents --out report.html
    """
    if repository is None:
        text = _made(Path(), administrators)
    else:
        with explaining(), checked_out(visit(repository).premises) as folder:
            text = _made(folder, administrators)
    if out == Path("-"):
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8", newline="\n")
    click.echo(f"Wrote {out}.{_NEXT}")


_NEXT = """ Open it in a browser, and send yourself a mail with it once.
Next: put it on any web space (GitHub Pages will do), and link it where people read the Code of Conduct.
Write it anew when the form, the administrators or the address change."""


def _made(folder: Path, administrators: bool) -> str:
    from cocflow.adapters.markdown import html
    from cocflow.setup.page import page

    return page(folder, html, administrators=administrators)
