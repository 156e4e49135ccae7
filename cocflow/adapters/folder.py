"""A folder on disk as the files of a repository: for `cocflow init --local`, and for what is shipped."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cocflow.core.text.blobs import blob_sha


class Folder:
    """The files of one folder, which needs not exist yet; `.git` isn't looked into."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def shas(self) -> dict[str, str]:
        """See `Files.shas`."""
        files = (one for one in sorted(self._path.rglob("*")) if one.is_file())
        names = {one.relative_to(self._path).as_posix(): one for one in files}
        return {
            name: blob_sha(one.read_bytes()) for name, one in names.items() if not name.startswith(".git/")
        }

    def content(self, path: str) -> bytes:
        """See `Files.content`."""
        return (self._path / path).read_bytes()

    def commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """See `Files.commit`. Each file is replaced whole; what is missing is written by a second run."""
        for path, content in changes.items():
            target = self._path / path
            if content is None:
                target.unlink(missing_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            fresh = target.with_name(f"{target.name}.new")
            fresh.write_bytes(content)
            fresh.replace(target)
