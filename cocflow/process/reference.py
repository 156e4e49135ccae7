"""The reference page of the processes, `docs/process.md`, and its drawings: made, never written by hand."""

from __future__ import annotations

from collections.abc import Iterable

from cocflow.core.process import Process
from cocflow.process.graph import mermaid, svg
from cocflow.process.rules import rules

PAGE = "process.md"

_HEAD = """<!-- Made by `make docs` from workflows/*.yml. Change those, not this. -->

# The processes

These are the rules that cocflow enforces, in plain words. They are read from the same files that it runs
by, so they can't say anything else. Whatever isn't listed here is refused.
"""


def reference(processes: Iterable[Process]) -> dict[str, str]:
    """Return the page and its drawings by file name. Raises MissingExtraError without the extra `graph`."""
    files: dict[str, str] = {}
    parts = [_HEAD]
    for process in processes:
        drawing = f"{process.name}.svg"
        files[drawing] = svg(process)
        head, _, rest = rules(process).partition("\n")
        parts.append(
            f"#{head}\n\n![The states of the {process.name} process, and what leads from one to the next]"
            f"({drawing})\n\n<details><summary>The same as Mermaid</summary>\n\n"
            f"```mermaid\n{mermaid(process)}```\n\n</details>\n{_deeper(rest)}"
        )
    return {PAGE: "\n".join(parts)} | files


def _deeper(text: str) -> str:
    """Return Markdown whose headings are one level deeper."""
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in text.split("\n"))
