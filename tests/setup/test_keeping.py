"""What an owner sees of rooms: which issue of the vault each belongs to, and who is in."""

from __future__ import annotations

from datetime import UTC, datetime

from cocflow.setup.keeping import Kept

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def test_a_room_is_called_by_its_code_name() -> None:
    """The name of the repository, as people say it."""
    one = Kept(
        name="room-quiet-harbor-k3fd", number=4, state="open", runs=True, inside=(), invited=(), written=NOW
    )
    assert one.code_name == "quiet harbor k3fd"
