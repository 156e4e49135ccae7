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


_TAIL = """## When a process changes

A case goes on under the file that is in force; its receipts record the version that decided. A change
needs a new `version` where it takes away or renames a state, a move, a timer or a member of a set, or
gives a move or a timer another meaning. Wording, colours, notices, and what is only added, need none. A
case in a state that the file lacks stops: `cocflow doctor` names it, until the state is back or an
administrator moves the case with `/recover`. `cocflow process check` compares a file with what was
committed last, and with the one that is shipped under the same version, and says when a new one is
needed.

A community's own file lies in its repository's `workflows/` under the same name. Editors complete and
check it by `workflows/schema/process.schema.json`, which its first line names.
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
    return {PAGE: "\n".join([*parts, _TAIL])} | files


def _deeper(text: str) -> str:
    """Return Markdown whose headings are one level deeper."""
    return "\n".join(f"#{line}" if line.startswith("#") else line for line in text.split("\n"))
