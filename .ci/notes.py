"""Print what the changelog says of a tag's version; refuse a tag that isn't this version's.

python .ci/notes.py v0.2.0

In a job, a link to a file here leads to that file as it is at the tag, since the notes don't lie beside it.
"""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

from links import led_to

ROOT = Path(__file__).parents[1]


def notes(tag: str) -> str:
    """Return the changelog's section; SystemExit, with what is to be done, where there is none."""
    version = runpy.run_path(str(ROOT / "cocflow" / "version.py"))["VERSION"]
    if tag != f"v{version}":
        raise SystemExit(f"The tag is {tag}, but cocflow/version.py says {version}: make them the same.")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    section = re.search(rf"^## {re.escape(version)}\n(.+?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if section is None or not section[1].strip():
        raise SystemExit(f"CHANGELOG.md says nothing under `## {version}`: write there what is new.")
    return section[1].strip()


def main(tag: str) -> None:
    """Print the notes."""
    sys.stdout.write(f"{led_to(tag, notes(tag))}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
