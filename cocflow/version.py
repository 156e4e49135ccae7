"""Which cocflow this is: the version, which is said here and nowhere else, and the commit.

Owns the two places in which a commit is found: a file that whoever builds a package puts beside this one,
and else the checkout around it. Refuses to ask any other repository that happens to lie around the package.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

VERSION = "0.2.0.dev0"

COMMIT = "COMMIT"
"""What the file is called that a built package carries, in `cocflow/`."""

_HERE = Path(__file__).parent


def commit() -> str | None:
    """Return the first 12 digits of the commit, and `-dirty` if files were changed; None if nobody knows."""
    built = _HERE / COMMIT
    if built.is_file():
        return built.read_text("utf-8").strip()
    checkout = _HERE.parent
    return _described(checkout) if (checkout / ".git").exists() else None


def _described(checkout: Path) -> str | None:
    command = ("git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*")
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    except OSError:  # there is no git here
        return None
    return done.stdout.strip() or None


def named() -> str:
    """Return the version and, where it is known, the commit: `0.2.0 (0123456789ab)`."""
    known = commit()
    return f"{VERSION} ({known})" if known else VERSION
