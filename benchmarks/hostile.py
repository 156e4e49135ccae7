"""Rows about bodies of GitHub's full length that are made to be slow to read."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from benchmarks.engine import quickest
from benchmarks.table import Row
from cocflow.core.acts import GRAMMAR
from cocflow.core.case.grammar import read_command
from cocflow.core.case.records import read_card
from cocflow.core.engine.reading import read_receipt
from cocflow.core.forms.reading import read
from cocflow.errors import UserMistake
from tests.core.play import definition

GROUP = "65,536 hostile characters"
LENGTH = 65_536
AT_MOST = 100.0
PIECES = {
    "`#`": "#",
    "`# `": "# ",
    "headings": "### \n",
    "backticks": "`",
    "backticks in turns": "` `` ",
    "`>`": ">",
    "`> `": "> ",
    "`[`": "[",
    "`[](`": "[](",
    "`<`": "<",
    "`*`": "*a ",
    "line ends": "\n",
    "list marks": "- ",
    "receipts": "<!-- cocflow:receipt ",
}
"""What each body repeats, by its name in the table."""


def rows(length: int = LENGTH) -> Iterator[Row]:
    """Read each body as a form, a command and a receipt, and name the slowest of each reader."""
    for name, reader in readers().items():
        took = {piece: 1000 * quickest(lambda: reader(body), 2) for piece, body in bodies(length).items()}  # noqa: B023
        slowest = max(took, key=lambda piece: took[piece])
        yield Row(
            group=GROUP,
            name=f"{name}: {slowest}, the slowest of {len(took)}",
            measured=took[slowest],
            reference=AT_MOST,
            unit="ms",
            beside="at most",
            limit=1,
        )


def bodies(length: int) -> dict[str, str]:
    """Return the hostile bodies by name."""
    return {name: (piece * (length // len(piece) + 1))[:length] for name, piece in PIECES.items()}


def readers() -> dict[str, Callable[[str], object]]:
    """Return what reads the words of strangers, by name."""
    return {
        "The form": lambda body: read(definition().form, body),
        "The form, in an answer": lambda body: read(
            definition().form, f"### What happened?\n\n{body}"[:LENGTH]
        ),
        "A command": lambda body: _command(f"/answer 1 {body}"[:LENGTH]),
        "Accounts": lambda body: _command(f"/suspend {body}"[:LENGTH]),
        "A receipt": lambda body: (read_receipt(body), read_card(body)),
        "A receipt's record": lambda body: read_receipt(f"<!-- cocflow:receipt {body[: LENGTH - 40]} -->"),
    }


def _command(text: str) -> None:
    with contextlib.suppress(UserMistake):
        read_command(text, GRAMMAR)
