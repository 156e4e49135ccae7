"""What all tests share: properties are judged by what they show, not by the clock."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests import slow
from tests.faults.count import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

settings.register_profile("cocflow", deadline=None)
settings.load_profile("cocflow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the quick loop leaves out."""
    slow.mark(items)
