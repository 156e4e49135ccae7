"""What all tests share: properties are judged by what they show, not by the clock."""

from __future__ import annotations

from hypothesis import settings

from tests.faults.count import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

settings.register_profile("cocflow", deadline=None)
settings.load_profile("cocflow")
