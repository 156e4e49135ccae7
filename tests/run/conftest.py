"""What the tests of a run share."""

from __future__ import annotations

import pytest

from tests.run.setting import Setting


@pytest.fixture
def setting() -> Setting:
    """Return a report that has been answered."""
    return Setting()
