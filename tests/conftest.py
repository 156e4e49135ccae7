"""What all tests share: properties are judged by what they show, not by the clock."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import slow
from tests.faults.count import pytest_terminal_summary

__all__ = ["pytest_terminal_summary"]

TESTS = Path(__file__).parent

settings.register_profile("cocflow", deadline=None)
settings.load_profile("cocflow")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage while tests are collected, nor among them later, and seldom: they leave little."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None, object, object]:
    """Mark what the quick loop leaves out, before it does; and let no worker end with what takes long."""
    slow.mark(items)
    done = yield
    if (workers := int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))) > 1:
        long = [one for one in items if one.get_closest_marker("slow")]
        short = [one for one in items if not one.get_closest_marker("slow")]
        items[:] = slow.dealt(long, short, workers, lambda one: one.path.relative_to(TESTS).parts[0])
    return done
