"""The two repositories that a community may have: a copy of the template, and one that `init` made."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from cocflow.setup.install import NOT_SHIPPED

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


def made_by_init(folder: Path, wheel: Path) -> Path:
    """Lay out a repository that holds no package, but a lock that names the wheel by its hash."""
    shutil.copytree(CHECKOUT / ".github", folder / ".github")
    for path in NOT_SHIPPED:
        (folder / path).unlink()
    shutil.copy(wheel, folder / ".github")
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    with (folder / LOCK).open("a", encoding="utf-8") as lock:
        lock.write(f"./.github/{wheel.name} --hash=sha256:{digest}\n")
    return _settled(folder)


def _settled(folder: Path) -> Path:
    """Configure it and commit everything, as an owner would."""
    (folder / ".github" / "cocflow.yml").write_text(CONFIGURATION, "utf-8")
    git = ("git", "-C", folder, "-c", "user.name=someone", "-c", "user.email=someone@example.org")
    for command in (("init", "--quiet"), ("add", "--all"), ("commit", "--quiet", "--message", "Set up")):
        subprocess.run((*git, *command), check=True)
    return folder


def build_wheel(folder: Path) -> Path:
    """Build this checkout's wheel into a folder."""
    command = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, CHECKOUT)
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def fresh_python(folder: Path) -> Path:
    """Make a Python with nothing but pip, as setup-python leaves one."""
    subprocess.run((sys.executable, "-m", "venv", folder), check=True)
    return folder
