"""The archive of what the jobs import: what it is called, and whether it is the one that belongs to a lock.

Owns the file of sums beside it, which names the archive and the lock that it was made of: a job takes the
archive only where both are as they were then. `.ci/bundle.py` makes it; what it holds is the lock's.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_NAMED = ".github/cocflow-modules"
SUMS = f"{_NAMED}.sha256"
"""The file of sums, as `sha256sum` reads it from the top of a repository."""

_LINE = re.compile(r"(?P<sum>[0-9a-f]{64})  (?P<path>\S+)\n")


def archive_name(suffix: str) -> str:
    """Return the archive's path; `suffix`: that of a Python's own modules, `.cpython-313-…-gnu`."""
    return f"{_NAMED}{suffix}.tar.gz"


def is_of_archive(path: str) -> bool:
    """Whether a file is an archive, or the file of sums."""
    return path.startswith(f"{_NAMED}.")


def with_sums(name: str, archive: bytes, lock: str, content: bytes) -> dict[str, bytes]:
    """Return an archive and the file of sums, by path; `lock`, `content`: the lock that it was made of."""
    told = "".join(f"{_sum(one)}  {path}\n" for path, one in ((name, archive), (lock, content)))
    return {name: archive, SUMS: told.encode()}


def archive_for(root: Path, content: bytes) -> dict[str, bytes]:
    """Return the archive that lies in `root`, and its sums, by path; {} where none was made of this lock."""
    sums = root / SUMS
    if not sums.exists():
        return {}
    text = sums.read_bytes()
    found = _LINE.findall(text.decode())
    (made, name), (of, _) = found
    archive = (root / name).read_bytes()
    return {name: archive, SUMS: text} if (made, of) == (_sum(archive), _sum(content)) else {}


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
