"""What all tests share: properties are judged by what they show, not by the clock."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings

from tests import slow
from tests.faults.count import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

settings.register_profile("cocflow", deadline=None)
settings.load_profile("cocflow")

gc.set_threshold(100_000, 20, 50)
"""Thousands of tests are kept until the end: looking through them for garbage again and again finds none."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what the quick loop leaves out."""
    slow.mark(items)
