"""The machine, as far as figures depend on it: no path and no name of anybody or anything of theirs."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

SHOWN = ("PyGithub", "msgspec", "jinja2", "pyyaml", "markdown-it-py", "click")


def described() -> str:
    """Return the processors, the system, Python and the versions that matter, as a sentence."""
    versions = ", ".join(f"{name} {version(name)}" for name in SHOWN)
    return (
        f"{os.cpu_count()} processors ({_model()}), {platform.system()},"
        f" {platform.python_implementation()} {platform.python_version()}; {versions}."
    )


def _model() -> str:
    """Return what the processor calls itself."""
    told = Path("/proc/cpuinfo")
    if told.exists():
        found = re.search(r"^model name\s*: (.+)$", told.read_text("utf-8"), re.MULTILINE)
        if found:
            return found[1].strip()
    return platform.machine()
