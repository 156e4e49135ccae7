"""The count of what was tried, for the summary that pytest prints at the end."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable

import pytest

EVERYTHING = os.environ.get("COCFLOW_FAULTS") == "all"
"""Every fault at every call, and every race. Without it they take turns, to fit into `make test`.

Set by `make proof`."""
PREFIX = "tried: "


def tried(record_property: Callable[[str, object], None], what: str, count: int) -> None:
    """Note that a test tried something so many times."""
    record_property(PREFIX + what, count)


def totals(reports: list[pytest.TestReport]) -> Counter[str]:
    """Return how many of each were tried in all tests."""
    counts: Counter[str] = Counter()
    for report in reports:
        for name, count in report.user_properties:
            if name.startswith(PREFIX) and isinstance(count, int):
                counts[name.removeprefix(PREFIX)] += count
    return counts


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the totals, if there are any."""
    ended = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    reports = [one for one in ended if isinstance(one, pytest.TestReport) and one.when == "call"]
    if counts := totals(reports):
        said = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        terminalreporter.write_line(f"Tried: {said}.")
