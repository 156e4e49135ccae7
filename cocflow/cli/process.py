"""`cocflow process`: check, show and draw processes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cocflow.errors import DefinitionError

if TYPE_CHECKING:
    from cocflow.core.process import Process

FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.group()
def process() -> None:
    """Check, show and draw processes: the files of `workflows/`."""


@process.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), required=True)
def check(files: tuple[Path, ...]) -> None:
    """Check process files, and the community's own templates beside them.

    Every mistake is named with its file, its line and the nearest right form.
    """
    wrong = 0
    for file in files:
        try:
            click.echo(f"{file}: {_load(file).id} is sound")
        except DefinitionError as error:
            wrong += 1
            click.echo(str(error), err=True)
    for folder in sorted({_beside(file) for file in files}):
        wrong += _check_templates(folder)
    if wrong:
        raise SystemExit(1)


def _check_templates(folder: Path) -> int:
    """Say of each template of a folder what is wrong with it; return how many are wrong."""
    from zoneinfo import ZoneInfo

    from cocflow.core.views.samples import full, least
    from cocflow.messages import SUFFIX, Templates

    templates, wrong = Templates([folder], ZoneInfo("UTC")), 0
    names = sorted(path.relative_to(folder).as_posix() for path in folder.glob(f"**/*{SUFFIX}"))
    for name in (one.removesuffix(SUFFIX) for one in names):
        try:
            templates.check(name)
            for example in (full, least):
                templates.render(name, example(name.partition("/")[0]))
        except DefinitionError as error:
            wrong += 1
            click.echo(f"{folder.parent}/{error}", err=True)
    if names and not wrong:
        click.echo(f"{folder}: {len(names)} templates are sound")
    return wrong


@process.command()
@FILES
def show(files: tuple[Path, ...]) -> None:
    """Say in plain words who may do what, when, and what follows; without FILES, of the shipped ones."""
    from cocflow.process.rules import rules

    click.echo("\n".join(rules(one) for one in _chosen(files)), nl=False)


@process.command()
@FILES
@click.option("--svg", is_flag=True, help="Draw SVG instead of Mermaid (needs the extra `graph`).")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it here, not to the screen."
)
def graph(files: tuple[Path, ...], svg: bool, output: Path | None) -> None:
    """Draw processes as Mermaid, which GitHub shows in Markdown, or as SVG."""
    from cocflow.process import graph as drawing

    chosen = _chosen(files)
    if svg and len(chosen) != 1:
        raise click.UsageError("SVG holds one process: name one file.")
    text = "\n".join((drawing.svg if svg else drawing.mermaid)(one) for one in chosen)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text)


@process.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write(folder: Path) -> None:
    """Write the reference page and its drawings, of the shipped processes, into a folder."""
    from cocflow.process.reference import reference

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in reference(_chosen(())).items():
        (folder / name).write_text(text)
        click.echo(f"Wrote {folder / name}.")


def _chosen(files: tuple[Path, ...]) -> tuple[Process, ...]:
    from cocflow.bootstrap import load_processes
    from cocflow.setup import shipped

    return tuple(_load(file) for file in files) if files else load_processes(shipped.root())


def _load(file: Path) -> Process:
    """Load a process; its notices lie in `templates/` beside its folder, or are shipped ones."""
    from cocflow.process.loading import load_process
    from cocflow.setup import shipped

    return load_process(file, [_beside(file), shipped.templates()])


def _beside(file: Path) -> Path:
    return file.resolve().parent.parent / "templates"
