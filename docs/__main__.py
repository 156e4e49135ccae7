"""`python -m docs`: write what is made of the code beside the pages of the processes."""

from __future__ import annotations

import click

from docs import pictures
from docs.making import ROOT, made
from docs.yearly import COUNTED, played


def main() -> None:
    """Write each file that isn't current; the demo is played for its year."""
    (ROOT / "docs" / COUNTED).write_bytes(played())
    for path, text in made().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            click.echo(f"Wrote {path.relative_to(ROOT)}.")
    for picture in pictures.write(ROOT / "docs"):
        click.echo(f"Wrote {picture.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
