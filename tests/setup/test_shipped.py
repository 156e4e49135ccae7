"""The files that cocflow ships are found in a checkout, and in a wheel installed elsewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from cocflow.setup import shipped
from cocflow.setup.install import is_shipped

CHECKOUT = Path(__file__).parents[2]
FOLDERS = (shipped.workflows, shipped.templates, shipped.issue_forms, shipped.jobs)
ELSEWHERE = """
import cocflow
from cocflow.setup import shipped
from cocflow.process.loading import load_form, load_process
print(cocflow.__file__)
print(load_process(shipped.workflows() / "incident.yml", shipped.templates()).id)
print(load_form(shipped.issue_forms() / "incident.yml", ()).fields[0].id)
for folder in (shipped.workflows(), shipped.templates(), shipped.issue_forms(), shipped.jobs()):
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            print(path.relative_to(shipped.root()))
"""


def run(*command: str | Path, cwd: Path, path: str = "") -> list[str]:
    """Run a program with nothing of the checkout in its environment; return the lines that it prints."""
    environment = {**os.environ, "PYTHONPATH": path, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_checkout_s_files_lie_at_its_top() -> None:
    """In a checkout, and so in an editable install, the four folders are the repository's own."""
    assert shipped.root() == CHECKOUT
    assert [folder().relative_to(CHECKOUT).as_posix() for folder in FOLDERS] == [
        "workflows",
        "templates",
        ".github/ISSUE_TEMPLATE",
        ".github/workflows",
    ]


def test_an_installed_wheel_carries_every_file_and_works_elsewhere(tmp_path: Path) -> None:
    """The wheel built from this checkout loads its own process and form from where it is installed."""
    python, target = sys.executable, tmp_path / "installed"
    run(python, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, CHECKOUT, cwd=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    pip = (python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", target)
    run(*pip, wheel, cwd=tmp_path)
    file, process, form, *found = run(python, "-c", ELSEWHERE, cwd=tmp_path, path=str(target))
    assert Path(file) == target / "cocflow" / "__init__.py"
    assert process == "incident/1.1"
    assert form == "learned"
    files = [path for folder in FOLDERS for path in sorted(folder().rglob("*")) if path.is_file()]
    carried = [path.relative_to(CHECKOUT).as_posix() for path in files]
    assert found == [path for path in carried if is_shipped(path)]
