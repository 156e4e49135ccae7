"""The desk: what a run works with."""

from __future__ import annotations

from cocflow.run.desk import Desk
from tests.run.setting import Setting


def test_a_desk_is_plain_data(setting: Setting) -> None:
    """Everything that a run works with is in its desk."""
    assert isinstance(setting.desk, Desk)
