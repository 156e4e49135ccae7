"""The archives of what the jobs import: what they are called, and whether they belong to a lock.

There are two: most of it, and what only signs, which is as much again. Owns the file of sums beside them,
which names the archives and the lock that they were made of: a job takes them only where all are as they were
then. `.ci/bundle.py` makes them; what they hold is the lock's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

_NAMED = ".github/cocflow-modules"
SUMS = f"{_NAMED}.sha256"
"""The file of sums, as `sha256sum` reads it from the top of a repository."""

_SIGNING = ".signing"

_LINE = re.compile(r"(?P<sum>[0-9a-f]{64})  (?P<path>\S+)\n")


def archive_name(suffix: str) -> str:
    """Return the archive's path; `suffix`: that of a Python's own modules, `.cpython-313-…-gnu`."""
    return f"{_NAMED}{suffix}.tar.xz"


def is_of_archive(path: str) -> bool:
    """Whether a file is an archive, or the file of sums."""
    return path.startswith(f"{_NAMED}.")


def signing_name(suffix: str) -> str:
    """Return the path of the archive of what signs; `suffix` as for the other."""
    return archive_name(f"{_SIGNING}{suffix}")


def with_sums(archives: Mapping[str, bytes], lock: str, content: bytes) -> dict[str, bytes]:
    """Return archives and the file of sums, by path; `lock`, `content`: the lock that they were made of."""
    told = "".join(f"{_sum(one)}  {path}\n" for path, one in (*archives.items(), (lock, content)))
    return {**archives, SUMS: told.encode()}


def archives_for(root: Path, content: bytes, *, signs: bool) -> dict[str, bytes]:
    """Return the archives that lie in `root`, and their sums, by path; {} where none were made of this lock.

    `signs`: whether the jobs sign as an App, so that they need what signs as well.
    """
    sums = root / SUMS
    if not sums.exists():
        return {}
    *made, (of, lock) = _LINE.findall(sums.read_text("ascii"))
    wanted = {name: one for one, name in made if signs or _SIGNING not in name}
    if not all((root / name).is_file() for name in wanted):
        return {}
    archives = {name: (root / name).read_bytes() for name in wanted}
    if of != _sum(content) or any(wanted[name] != _sum(one) for name, one in archives.items()):
        return {}
    return with_sums(archives, lock, content)


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
