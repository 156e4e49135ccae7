"""The table of layers: each contract in pyproject.toml bites. (That all hold is `make lint`'s to say.)

No module's twin: of the contracts in pyproject.toml.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

VIOLATIONS = {
    "Only one module draws pictures": ("cli/report.py", "import vl_convert"),
    "Imports point inward": ("core/text/when.py", "import cocflow.ports"),
    "In the core, subjects stand on what a case is, and the engine on the subjects' registry": (
        "core/case/facts.py",
        "import cocflow.core.acts.told",
    ),
    "In a run, each effect has a module of its own, and the order of effects is above them": (
        "run/delivery.py",
        "import cocflow.run.sweep",
    ),
    "The core is pure: no I/O, no clock, no logging, no environment": (
        "core/case/ledger.py",
        "import time",
    ),
    "Adapters know the core and the ports, and no use case": (
        "adapters/outbox.py",
        "import cocflow.run.sweep",
    ),
    "Adapters never know each other": ("adapters/actions.py", "import cocflow.adapters.outbox"),
    "Only the GitHub adapter and what it sends by know its queries": (
        "bootstrap.py",
        "import cocflow.adapters.queries",
    ),
    "Only the form reads Markdown in the core": ("core/acts/told.py", "import markdown_it"),
    "Only the definitions, and the rehearsal's forms, read YAML": ("setup/community.py", "import yaml"),
    "Only the messages, and the rehearsal's pages, know jinja2": ("run/issue.py", "import jinja2"),
    "Only the adapters of GitHub, and the demo's people, know PyGithub": ("run/sweep.py", "import github"),
    "Only the demo, the rehearsal and the command use the sandbox": (
        "bootstrap.py",
        "import cocflow.sandbox",
    ),
    "The sandbox's own dependencies are an extra, so nobody else needs them": ("ports.py", "import flask"),
    "In the rehearsal room, pages stand on the house": (
        "rehearsal/people.py",
        "import cocflow.rehearsal.house",
    ),
    "A command line that only lists its commands loads none of the big libraries": (
        "cli/__init__.py",
        "import github",
    ),
}


def contracts() -> list[str]:
    """Return the names of the contracts."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Lint a copy of the package into which one violation of each contract was written."""
    folder = tmp_path_factory.mktemp("layers")
    shutil.copytree(ROOT / "cocflow", folder / "cocflow", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for file, line in VIOLATIONS.values():
        path = folder / "cocflow" / file
        path.write_text(f"{path.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}  # names in one line each
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return re.sub(r"\x1b\[[0-9;]*m", "", done.stdout + done.stderr)


@pytest.mark.parametrize("name", contracts())
def test_each_contract_bites(report: str, name: str) -> None:
    """An import that the contract forbids breaks it."""
    assert name in VIOLATIONS, "show how it bites"
    assert f"{name} BROKEN" in report


def test_the_violation_is_named(report: str) -> None:
    """What is printed names the module and what it imports."""
    assert "cocflow.core.case.ledger -> time" in report
