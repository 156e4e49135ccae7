"""CONTRIBUTING's recipes, read out of the page itself, and followed in a copy of the project.

A recipe is a section of the page. Each block of it is headed by a line that says where it goes: a whole
file, an insertion below a key of a process file, the replacement of a line or of a move, or a line of the
registry.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
COPIED = ("cocflow", "workflows", "templates", ".github", "docs", "tests", "benchmarks")

_BLOCK = re.compile(
    r"^(?P<head>In `[^`\n]+`,[^\n]*:|`[^`\n]+`:)\n\n```[a-z]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Block(msgspec.Struct, frozen=True):
    """One block of a recipe: the line above it, and its text."""

    head: str
    text: str

    @property
    def file(self) -> str:
        """The file that it goes into."""
        return self.head.partition("`")[2].partition("`")[0]

    def follow(self, copy: Path) -> None:
        """Do in a copy of the project what the block says."""
        path = copy / self.file
        if self.head == f"`{self.file}`:":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        path.write_text(self._changed(path.read_text(encoding="utf-8")), encoding="utf-8")

    def _changed(self, text: str) -> str:
        names = re.findall(r"`([^`]+)`", self.head)[1:]
        if "instead of the line" in self.head:
            return _once(rf"^  {re.escape(names[1])}: .*\n", self.text, text)
        if "instead of" in self.head:
            return _once(rf"^  {re.escape(names[1])}:\n(?:    .*\n)+", self.text, text)
        if "among the imports" in self.head or "in `ACTS`" in self.head:
            return _once(rf"^ +{re.escape(names[-1])},\n", rf"\g<0>{self.text}", text)
        return _once(rf"^{re.escape(names[0])}:\n", rf"\g<0>{self.text}", text)


def _once(pattern: str, new: str, text: str) -> str:
    changed, times = re.subn(pattern, new.replace("\\n", "\\\\n"), text, count=1, flags=re.MULTILINE)
    assert times == 1, f"nothing to change at {pattern}"
    return changed


def recipe(title: str) -> tuple[Block, ...]:
    """Return the blocks of a section of the page."""
    section = PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    blocks = tuple(Block(found["head"], found["text"]) for found in _BLOCK.finditer(section))
    assert blocks, f"the page has no recipe {title!r}"
    return blocks


def copied(folder: Path) -> Path:
    """Copy the project, with what is compiled of it, and return where it lies."""
    for name in COPIED:
        shutil.copytree(ROOT / name, folder / name, ignore=_needless)
    for name in (
        "pyproject.toml",
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "SECURITY.md",
        "LICENSE",
        "Makefile",
    ):
        shutil.copy(ROOT / name, folder)
    return folder


def _needless(folder: str, names: list[str]) -> list[str]:
    """Return what a copy does without: the many cases that were recorded."""
    return [name for name in names if Path(folder).name == "recorded" and name.endswith(".json")]
