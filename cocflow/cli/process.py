"""`cocflow process`: check, show and draw processes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cocflow.errors import DefinitionError

if TYPE_CHECKING:
    from cocflow.core.outcomes import Outcomes
    from cocflow.core.process import Process

FILES = click.argument("files", nargs=-1, type=click.Path(path_type=Path))


@click.group()
def process() -> None:
    """Check, show and draw processes: the files of `workflows/`."""


@process.command()
@FILES
def check(files: tuple[Path, ...]) -> None:
    """Check process files, and what belongs to them.

    Every mistake is named with its file, its line and the nearest right form. Without FILES, those in
    force here are checked: the working folder's own and, where it lacks one, the shipped ones, with their
    forms, the job and the templates. A change that needs a new version of the process is named too.

    \b
    Example: cocflow process check
    """
    checked = Checked()
    if files:
        for file in files:
            checked.file(file, [_beside(file), *_shipped_templates()])
        for folder in sorted({_beside(file) for file in files}):
            checked.templates(folder)
    else:
        _check_in_force(checked, Path())
    if checked.wrong:
        raise SystemExit(1)


def _check_in_force(checked: Checked, folder: Path) -> None:
    from cocflow.core.process import INCIDENT
    from cocflow.process.loading import Where, check_choices, load_form
    from cocflow.process.outcomes import with_outcomes
    from cocflow.setup.in_force import (
        FORM_FIELDS,
        check_name,
        check_together,
        form_file,
        job_file,
        outcomes_file,
        process_files,
        templates_of,
    )
    from cocflow.setup.job import line_of_list, not_let_through

    found = []
    outcomes = checked.outcomes(outcomes_file(folder), templates_of(folder))
    for path in process_files(folder):
        if (one := checked.process(path, templates_of(folder))) is None:
            continue
        found.append(with_outcomes(one, outcomes) if outcomes is not None and one.name == INCIDENT else one)
        form = form_file(folder, one.name)
        with checked.saying():
            check_name(one, path)
            check_choices(one, load_form(form, FORM_FIELDS[one.name]), Where(form, path))
            click.echo(f"{form}: the form fits {one.id}")
    with checked.saying():
        check_together(found, folder)
    job = job_file(folder)
    text = job.read_text(encoding="utf-8")
    if left_out := not_let_through(text, found):
        hint = "run cocflow init, or add them to the list in its `if:`"
        message = f"the job doesn't start for {', '.join(left_out)}"
        checked.say(DefinitionError(message, file=str(job), line=line_of_list(text), hint=hint))
    else:
        click.echo(f"{job}: the job starts for every quick label")
    checked.templates(folder / "templates")
    checked.needs(found, folder)


class Checked:
    """What was checked, and how many mistakes were said."""

    def __init__(self) -> None:
        self.wrong = 0

    def say(self, error: DefinitionError) -> None:
        """Say a mistake."""
        self.wrong += 1
        click.echo(str(error), err=True)

    @contextmanager
    def saying(self) -> Iterator[None]:
        """Say a mistake that is raised, and go on."""
        try:
            yield
        except DefinitionError as error:
            self.say(error)

    def file(self, path: Path, templates: list[Path]) -> None:
        """Check a file of `workflows/`: the outcomes, or a process."""
        from cocflow.process.outcomes import FILE

        (self.outcomes if path.name == FILE else self.process)(path, templates)

    def outcomes(self, path: Path, templates: list[Path]) -> Outcomes | None:
        """Check the outcomes; None if they can't be loaded."""
        from cocflow.process.outcomes import load_outcomes

        with self.saying():
            loaded = load_outcomes(path, templates)
            click.echo(f"{path}: {len(loaded.all)} outcomes are sound")
            return loaded
        return None

    def process(self, path: Path, templates: list[Path]) -> Process | None:
        """Check a process and its version; None if it can't be loaded."""
        from cocflow.process.loading import examine_process

        with self.saying():
            loaded, mistakes = examine_process(path, templates)
            found = mistakes or tuple(_unversioned(loaded, path, templates))
            for mistake in found:
                self.say(mistake)
            if not found:
                click.echo(f"{path}: {loaded.id} is sound")
            return None if mistakes else loaded
        return None

    def templates(self, folder: Path) -> None:
        """Say of each template of a folder what is wrong with it."""
        from zoneinfo import ZoneInfo

        from cocflow.core.views.samples import full, least
        from cocflow.messages import SUFFIX, Templates

        templates, before = Templates([folder], ZoneInfo("UTC")), self.wrong
        names = sorted(path.relative_to(folder).as_posix() for path in folder.glob(f"**/*{SUFFIX}"))
        for name in (one.removesuffix(SUFFIX) for one in names):
            try:
                templates.check(name)
                for example in (full, least):
                    templates.render(name, example(name.partition("/")[0]))
            except DefinitionError as error:
                self.wrong += 1
                click.echo(f"{folder.parent}/{error}", err=True)
        if names and self.wrong == before:
            click.echo(f"{folder}: {len(names)} templates are sound")

    def needs(self, processes: Iterable[Process], folder: Path) -> None:
        """Say what the templates in force need of a process that it lacks."""
        from zoneinfo import ZoneInfo

        from cocflow.messages import Templates
        from cocflow.process.whole import what_templates_lack
        from cocflow.setup.in_force import own_or_shipped, templates_of

        templates = Templates(templates_of(folder), ZoneInfo("UTC"))
        for one in processes:
            path = own_or_shipped(folder, f"workflows/{one.name}.yml")
            with self.saying():
                for mistake in what_templates_lack(one, path, templates.fields_of):
                    self.say(mistake)


def _unversioned(own: Process, path: Path, templates: list[Path]) -> Iterator[DefinitionError]:
    """Give what a file means otherwise than one of its version: as committed last, and as it is shipped."""
    from cocflow.process.loading import load_process
    from cocflow.process.versions import load_committed, unversioned
    from cocflow.setup import shipped

    before = load_committed(path, templates)
    if before is not None and (changes := unversioned(before, own)):
        yield _needs_version(path, changes, "give it another `version`, as open cases rely on it")
        return
    there = shipped.workflows() / f"{own.name}.yml"
    if path.resolve() == there.resolve():
        return
    if changes := unversioned(load_process(there, shipped.templates()), own):
        ours = f"{own.version}-ours"
        hint = f'version {own.version} is cocflow\'s own; call yours otherwise, as in "{ours}"'
        yield _needs_version(path, changes, hint)


def _needs_version(path: Path, changes: tuple[str, ...], hint: str) -> DefinitionError:
    from cocflow.process.entries import read_yaml

    message = f"this change needs a new version: {'; '.join(changes)}"
    return read_yaml(path).at("version").error(message, hint)


@process.command()
@click.option("--outcomes", is_flag=True, help="The schema of outcomes.yml instead.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it here, not to the screen."
)
def schema(outcomes: bool, output: Path | None) -> None:
    """Print the JSON Schema of process files, by which editors complete and check them.

    \b
    Example: cocflow process schema --output process.schema.json
    """
    from cocflow.process.schema import outcomes_schema_text, schema_text

    text = outcomes_schema_text() if outcomes else schema_text()
    if output is None:
        click.echo(text, nl=False)
    else:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")


@process.command()
@FILES
def show(files: tuple[Path, ...]) -> None:
    """Say in plain words who may do what, when, and what follows; without FILES, of the shipped ones.

    \b
    Example: cocflow process show workflows/incident.yml
    """
    from cocflow.process.rules import rules

    click.echo("\n".join(rules(one) for one in _chosen(files)), nl=False)


@process.command()
@FILES
@click.option("--svg", is_flag=True, help="Draw SVG instead of Mermaid (needs the extra `graph`).")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it here, not to the screen."
)
def graph(files: tuple[Path, ...], svg: bool, output: Path | None) -> None:
    """Draw processes as Mermaid, which GitHub shows in Markdown, or as SVG.

    \b
    Example: cocflow process graph --svg --output incident.svg workflows/incident.yml
    """
    from cocflow.process import graph as drawing

    chosen = _chosen(files)
    if svg and len(chosen) != 1:
        raise click.UsageError("SVG holds one process: name one file.")
    text = "\n".join((drawing.svg if svg else drawing.mermaid)(one) for one in chosen)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@process.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write(folder: Path) -> None:
    """Write the reference page and its drawings, of the shipped processes, into a folder.

    \b
    Example: cocflow process write docs
    """
    from cocflow.process.reference import reference

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in reference(_chosen(())).items():
        (folder / name).write_text(text, encoding="utf-8")
        click.echo(f"Wrote {folder / name}.")


def _chosen(files: tuple[Path, ...]) -> tuple[Process, ...]:
    from cocflow.setup import shipped
    from cocflow.setup.in_force import load_processes

    return tuple(_load(file) for file in files) if files else load_processes(shipped.root())


def _load(file: Path) -> Process:
    """Load a process; its notices lie in `templates/` beside its folder, or are shipped ones."""
    from cocflow.process.loading import load_process

    return load_process(file, [_beside(file), *_shipped_templates()])


def _beside(file: Path) -> Path:
    return file.resolve().parent.parent / "templates"


def _shipped_templates() -> list[Path]:
    from cocflow.setup import shipped

    return [shipped.templates()]
