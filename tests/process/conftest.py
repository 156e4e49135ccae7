"""The templates that the examples of definitions name."""

from __future__ import annotations

from pathlib import Path

import pytest

NOTICES = (
    "reporter/arrived",
    "reporter/asked",
    "reporter/estimate",
    "administrators/opened",
    "party/told",
    "suspended/open",
)


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """A folder with an empty template for each notice that the examples name."""
    for notice in NOTICES:
        path = tmp_path / f"{notice}.md.j2"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path
