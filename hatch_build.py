"""Puts into what is built what isn't in the repository.

The commit, so that `cocflow --version` knows it where there is no checkout; the archives of what the jobs
import, if `make bundle` has made them; and the README, which PyPI shows far from the files that it leads to.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface


class Described(MetadataHookInterface):
    """Gives the README, with links and pictures that are found from elsewhere if a job builds it."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Have the links lead to the version's tag."""
        root = Path(self.root)
        version = runpy.run_path(str(root / "cocflow" / "version.py"))["VERSION"]
        led_to = runpy.run_path(str(root / ".ci" / "links.py"))["led_to"]
        text = led_to(f"v{version}", (root / "README.md").read_text("utf-8"))
        metadata["readme"] = {"content-type": "text/markdown", "text": text}


class Built(BuildHookInterface[Any]):
    """Adds `cocflow/COMMIT`, which an unpacked sdist has already, and to a wheel the archives."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the file beside the build, and name it; an editable install asks its checkout."""
        if self.target_name == "wheel" and version != "editable":
            for one in Path(self.root, ".github").glob("cocflow-modules.*"):
                build_data["force_include"][str(one)] = f"cocflow/_shipped/.github/{one.name}"
        here = runpy.run_path(str(Path(self.root) / "cocflow" / "version.py"))
        name, commit = here["COMMIT"], here["commit"]()
        if version == "editable" or commit is None or (Path(self.root) / "cocflow" / name).exists():
            return
        written = Path(self.directory) / name
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_text(f"{commit}\n", encoding="utf-8")
        build_data["force_include"][str(written)] = f"cocflow/{name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Leave nothing behind but what was built."""
        (Path(self.directory) / "COMMIT").unlink(missing_ok=True)
