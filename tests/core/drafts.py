"""Processes in which a resolution is drafted, and what their tests ask: who approves, and what was shown."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cocflow.core.case.case import Definition
from cocflow.core.case.draft import Draft
from cocflow.core.case.facts import Actor
from cocflow.core.case.records import Owed
from cocflow.core.process import Drafting
from tests.core.play import APPROVE, MFT, MIABOT, Play, definition, played_to

AGREE = "decision: agree"
"""The label by which somebody agrees to a decision that takes several."""

ROBIN = "Robin Example robin@example.org"
RESOLVE = "/resolve We talked.\nTo reporter: Thank you.\nTo parties: Be kind."


def drafting(approved_by: Literal["anybody", "another"] | int = "another", **changes: Any) -> Definition:
    """Return the shipped process, but that a resolution is drafted; `changes`: of that move."""
    fields = {"drafted": Drafting(approved_by=approved_by), "reply": None} | changes
    shipped = definition()
    moves = tuple(
        msgspec.structs.replace(move, **fields) if move.name == "resolve" else move
        for move in shipped.process.moves
    )
    return msgspec.structs.replace(shipped, process=msgspec.structs.replace(shipped.process, moves=moves))


def drafted(
    approved_by: Literal["anybody", "another"] | int = "another",
    *,
    by: Actor = MFT,
    text: str = RESOLVE,
    start: dict[str, Any] | None = None,
    **changes: Any,
) -> Play:
    """Return a play in which a resolution with a party was drafted and shown; `start`: the play's own."""
    play = played_to(
        "triaged", parties=(ROBIN,), definition_=drafting(approved_by, **changes), **(start or {})
    )
    play.says(by, text)
    play.run()
    assert draft(play) is not None
    return play


def draft(play: Play) -> Draft | None:
    """Return the draft that waits, if any."""
    return play.case().progress.newest(Draft)


def approve(play: Play, *by: Actor) -> None:
    """Let each of these approve, one after the other, with a run after each."""
    for one in by:
        play.labels(one, APPROVE)
        play.run()


def skips(play: Play, *names: str) -> None:
    """Let it be said why none of these is heard before it is decided about them."""
    for name in names:
        play.says(MFT, f"/heard {name} skipped: They would destroy what there is.")
    play.run()


def decides(play: Play, text: str, *unheard: str) -> None:
    """Let one propose, without hearing these people, and another agree. The label waits for the next run."""
    skips(play, *unheard)
    play.says(MFT, text)
    play.run()
    play.labels(MIABOT, AGREE)


def letters(owed: tuple[Owed, ...]) -> list[tuple[str, str, object]]:
    """Return what is owed to whom, whichever receipt owes it."""
    return [(one.notice, one.to, one.words) for one in owed]
