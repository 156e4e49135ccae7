"""A case whose every text is marked, to see which of it an audience gets."""

from __future__ import annotations

from typing import Any

import msgspec

from cocflow.core.views import view
from tests.core.play import APPROVE, MFT, Play, body

PARTIES = "What the people concerned need to know, without my name"
MARK = "Zq7Marker"


def told(share: str | None = None) -> Play:
    """Return a resolved case whose every text is marked, with a party, under this consent."""
    fields: dict[str, Any] = {} if share is None else {"share": share}
    play = Play(
        text=body(nature=f"{MARK}1", who=f"{MARK}2", material=f"{MARK}3", privacy=f"{MARK}4", **fields)
    )
    play.run()
    for said in (
        "/estimate 3 days",
        f"/party {MARK}5 Example",
        f"/resolve {MARK}6\nTo reporter: {MARK}7\nTo parties: {MARK}8",
    ):
        play.says(MFT, said)
    play.run()
    play.labels(MFT, APPROVE)
    play.run()
    return play


def known(play: Play, folder: str) -> str:
    """Return everything that an audience may know, as one text."""
    return str(msgspec.to_builtins(view(folder, play.case())))
