"""What is made from the definitions and kept in `docs/` is as it would be made now.

No module's twin: of `docs/`, and of what writes it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cocflow.bootstrap import load_processes
from cocflow.process.reference import reference
from cocflow.setup import shipped

DOCS = Path(__file__).parents[1] / "docs"
MADE = reference(load_processes(shipped.root()))


@pytest.mark.parametrize("name", MADE)
def test_the_reference_page_and_its_drawings_are_current(name: str) -> None:
    """Each file is exactly what `make docs` would write."""
    assert (DOCS / name).read_text() == MADE[name], "out of date: run `make docs`"
