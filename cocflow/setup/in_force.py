"""Which files are in force in a folder: its own processes, forms, job and templates, else the shipped ones.

Owns the order of precedence, and which fields the form of each process must have.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cocflow.core.acts.guest import LOGIN
from cocflow.core.acts.suspension import ACCOUNT, REACH, REASON
from cocflow.core.forms.form import QUESTIONS, Form
from cocflow.core.process import INCIDENT, SUSPENSION, Process
from cocflow.process.entries import read_yaml
from cocflow.process.loading import Where, check_choices, load_form, load_process
from cocflow.process.outcomes import FILE as OUTCOMES
from cocflow.process.outcomes import load_outcomes, with_outcomes
from cocflow.process.whole import check_ends_are_taken_over
from cocflow.setup import shipped
from cocflow.setup.job import JOB

FORM_FIELDS = {"incident": QUESTIONS, "suspension": (ACCOUNT, REASON, REACH), "room": (LOGIN,)}
"""The processes, and which fields each one's form must have."""


def own_or_shipped(folder: Path, path: str | Path) -> Path:
    """Return a file of the folder, or the shipped one where the folder lacks it."""
    own = folder / path
    return own if own.exists() else shipped.root() / path


def templates_of(folder: Path) -> list[Path]:
    """Return where a community's templates lie, its own before the shipped ones."""
    return [folder / "templates", shipped.templates()]


def process_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of every process, the incident's first."""
    found = {one.name: one for root in (shipped.root(), folder) for one in root.glob("workflows/*.yml")}
    found.pop(OUTCOMES, None)
    return tuple(found[name] for name in sorted(found, key=lambda name: (name != "incident.yml", name)))


def outcomes_file(folder: Path) -> Path:
    """Return the file of the outcomes."""
    return own_or_shipped(folder, Path("workflows") / OUTCOMES)


def form_file(folder: Path, name: str) -> Path:
    """Return the file of a process's form."""
    return own_or_shipped(folder, Path(".github") / "ISSUE_TEMPLATE" / f"{name}.yml")


def job_file(folder: Path) -> Path:
    """Return the file of the job that answers what happens on an issue."""
    return own_or_shipped(folder, JOB)


def load_processes(folder: Path) -> tuple[Process, ...]:
    """Return every process of a folder. Raises DefinitionError for the first mistake."""
    found = tuple(load_named(path, folder) for path in process_files(folder))
    check_together(found, folder)
    return found


def check_together(processes: Iterable[Process], folder: Path) -> None:
    """Refuse processes of which one decides what another never hears. Raises DefinitionError."""
    there = {one.name: one for one in processes}
    if INCIDENT in there and SUSPENSION in there:
        path = own_or_shipped(folder, Path("workflows") / f"{SUSPENSION}.yml")
        check_ends_are_taken_over(there[INCIDENT], there[SUSPENSION], path)


def load_named(path: Path, folder: Path) -> Process:
    """Return the process of a file of `workflows/`, which is named after what it governs.

    An incident's has the outcomes in force there.
    """
    process = load_process(path, templates_of(folder))
    check_name(process, path)
    if process.name != INCIDENT:
        return process
    return with_outcomes(process, load_outcomes(outcomes_file(folder), templates_of(folder)))


def check_name(process: Process, path: Path) -> None:
    """Refuse a file of `workflows/` that governs something else than its name says."""
    if path.stem != process.name:
        hint = f"call the file {process.name}.yml"
        raise read_yaml(path).at("process").error(f"the {process.name} process stands in {path.name}", hint)


def load_process_and_form(folder: Path, name: str) -> tuple[Process, Form]:
    """Return a process and its form, which fit each other. Raises DefinitionError for the first mistake."""
    path = own_or_shipped(folder, Path("workflows") / f"{name}.yml")
    process = load_named(path, folder)
    form = load_form(form_file(folder, name), FORM_FIELDS[name])
    check_choices(process, form, Where(form_file(folder, name), path))
    return process, form
