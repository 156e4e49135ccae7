"""`python -m docs`: write what is made of the code beside the pages of the processes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from cocflow.demo import STORY, Stage, play
from cocflow.errors import CocflowError
from docs import demo, pictures, yearly
from docs.making import ROOT, made


def main() -> None:
    """Write each file that isn't current; the demo is played for its year and its picture."""
    with tempfile.TemporaryDirectory() as folder, Stage(Path(folder)) as stage:
        drawn = demo.svg(play(stage, STORY))
        (ROOT / "docs" / yearly.COUNTED).write_bytes(yearly.counted(stage))
    (ROOT / "docs" / demo.DRAWING).write_text(drawn, "utf-8")
    try:
        texts = made()
    except CocflowError as error:
        raise SystemExit(str(error)) from None
    for path, text in texts.items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            click.echo(f"Wrote {path.relative_to(ROOT)}.")
    for picture in pictures.write(ROOT / "docs"):
        click.echo(f"Wrote {picture.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
