"""A community's folder, in which a page can be made."""

from __future__ import annotations

from pathlib import Path

CONFIGURATION = """\
community: Engineers of Example
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
administrators:
  - login: riya
    name: Riya Sen
    mail: riya@example.org
  - login: mft
    name: M. F. Tanaka
outside_contact: The board, board@example.org
reports: conduct@example.org
"""


def community(folder: Path, configuration: str = CONFIGURATION) -> Path:
    """Write a community's configuration into a folder, and return the folder."""
    (folder / ".github").mkdir(parents=True)
    (folder / ".github" / "cocflow.yml").write_text(configuration, encoding="utf-8")
    return folder
