"""The two repositories that a community may have: a copy of the template, and one that `init` made."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from cocflow.setup import install
from cocflow.setup.archive import archives_for
from cocflow.setup.wheel import wheel

CHECKOUT = Path(__file__).parents[2]
LOCK = Path(".github") / "requirements.txt"
CONFIGURATION = """community: The Example Community
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
administrators: [mft, ada]
"""


def declared() -> list[str]:
    """Return the Pythons that the package says it runs on."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    return re.findall(r"Python :: (3\.\d+)", "\n".join(project["classifiers"]))


def template_copy(folder: Path) -> Path:
    """Lay out a repository made from the template: it holds the package."""
    for name in (".github", "workflows", "templates", "cocflow"):
        shutil.copytree(CHECKOUT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return _settled(folder)


def made_by_init(folder: Path, modules: Path) -> Path:
    """Lay out a repository without the package: a wheel, which the lock names by its hash, and an archive.

    `modules`: where `archives_of_modules` made it.
    """
    shipped = install.shipped_files(CHECKOUT)
    configuration = (CHECKOUT / install.CONFIGURATION).read_bytes()
    files = install.with_wheel(shipped, *wheel(shipped | {install.CONFIGURATION: configuration}))
    archives = archives_for(modules, files[LOCK.as_posix()], signs=False)
    for path, content in {**files, **archives}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return _settled(folder)


def archives_of_modules(folder: Path) -> Path:
    """Make the archives for this Python, and their sums, in a folder; return it."""
    subprocess.run((sys.executable, CHECKOUT / ".ci" / "bundle.py", sys.executable, folder), check=True)
    return folder


def _settled(folder: Path) -> Path:
    """Configure it and commit everything, as an owner would."""
    (folder / ".github" / "cocflow.yml").write_text(CONFIGURATION, "utf-8")
    git = ("git", "-C", folder, "-c", "user.name=someone", "-c", "user.email=someone@example.org")
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "Set up")):
        subprocess.run((*git, *command), check=True)
    return folder


def fresh_python(folder: Path) -> Path:
    """Make a Python with nothing but pip, as setup-python leaves one."""
    subprocess.run((sys.executable, "-m", "venv", folder), check=True)
    return folder
