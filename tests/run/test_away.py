"""Who is away: said on the board by administrators of themselves, and answered there once."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from cocflow.core.case.facts import Actor
from cocflow.core.case.records import Absence, absence_line, read_absence
from cocflow.core.case.seal import Seal
from cocflow.run.sweep import handle
from tests.core.play import BOT, DAY, MFT, MIABOT, RIYA, STRANGER, THCLPR
from tests.fakes import BOARD
from tests.scene import Scene


def owner(scene: Scene, number: int = 1) -> str:
    """Return the login to whom GitHub shows an incident assigned."""
    (assignee,) = scene.tracker.read(number).assignees
    return assignee.login


def receipts(scene: Scene) -> list[str]:
    """Return what was answered on the board about who is away."""
    return [one.body for one in scene.tracker.threads[BOARD].comments() if read_absence(one.body) is not None]


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("/away until Monday", "until Monday, 12 January 2026"),
        ("/away 2 weeks", "until Monday, 19 January 2026"),
        ("/Away for 3 days.", "until Thursday, 8 January 2026"),
        ("/away", "is away."),
        ("/away.\nI am ill.", "is away."),
    ],
)
def test_whoever_is_away_has_their_cases_pass_on(said: str, until: str) -> None:
    """The event that says so answers there, and each of their cases passes to the next in turn."""
    scene = Scene()
    scene.tracker.says(MFT, BOARD, said)
    handle(scene.desk, hinted=BOARD)
    (answer,) = receipts(scene)
    assert answer.startswith("**Mika** is away")
    assert until in answer
    assert owner(scene) == "miabot"
    assert "Mia has it now" in scene.newest()


def test_a_sweep_finds_what_no_event_told() -> None:
    """A lost event loses nothing, and nothing is answered twice."""
    scene = Scene()
    scene.tracker.says(MFT, BOARD, "/away")
    for _ in range(3):
        scene.passes(timedelta(hours=4))
    assert len(receipts(scene)) == 1
    assert owner(scene) == "miabot"
    scene.tracker.forget()
    scene.run()
    assert scene.tracker.calls == ["listing"], "what was seen is no news"


def test_whoever_is_away_gets_no_new_case_until_they_are_back() -> None:
    """By `/back`, or once the time has passed; what has passed on stays where it is."""
    scene = Scene()
    scene.tracker.says(MIABOT, BOARD, "/away 2 days")
    scene.run()
    scene.tracker.opens(RIYA)
    scene.run()
    assert owner(scene, 2) == "thclpr"
    scene.tracker.says(THCLPR, BOARD, "/away")
    scene.run()
    assert owner(scene, 2) == "mft"
    scene.tracker.says(THCLPR, BOARD, "/back")
    scene.run()
    assert receipts(scene)[-1].startswith("**thclpr** is back.")
    scene.passes(3 * DAY)
    scene.tracker.opens(RIYA)
    scene.run()
    assert owner(scene, 3) == "miabot"


@pytest.mark.parametrize("said", ["/away until yesterday", "/away nonsense", "/away 200 weeks"])
def test_a_time_that_cannot_be_understood_changes_nothing(said: str) -> None:
    """It is answered with the right form, once."""
    scene = Scene()
    scene.tracker.says(MFT, BOARD, said)
    scene.run()
    scene.run()
    (answer,) = receipts(scene)
    assert "`/away until 2026-12-01`" in answer
    assert owner(scene) == "mft"


@pytest.mark.parametrize("by", [RIYA, STRANGER, BOT, Actor("U_other", "thclpr2")])
def test_nobody_else_says_who_is_away(by: Actor) -> None:
    """Whoever isn't of the roster is not answered, and changes nothing."""
    scene = Scene()
    scene.tracker.says(by, BOARD, "/away")
    scene.run()
    assert receipts(scene) == []
    assert owner(scene) == "mft"


def test_what_somebody_else_has_edited_says_nothing() -> None:
    """Nobody sends another administrator away by editing their comment."""
    scene = Scene()
    said = scene.tracker.says(MFT, BOARD, "I'll look at it.")
    scene.tracker.edits(MIABOT, BOARD, said, "/away")
    scene.run()
    assert receipts(scene) == []


def test_a_forged_receipt_is_none() -> None:
    """By anybody else, or without the community's signature, it changes nothing."""
    scene = Scene(seal=Seal((b"k" * 32,)))
    marks = tuple(scene.desk.community.marks_of(scene.desk.community.administrators[0]))
    for by, seal in ((MIABOT, scene.desk.seal), (BOT, None)):
        line = absence_line(Absence(of="IC_0", marks=marks), seal, f"I_{BOARD}")
        scene.tracker.says(by, BOARD, f"**Mika** is away.\n\n{line}")
    scene.tracker.says(MIABOT, BOARD, "/back")
    scene.run()
    assert owner(scene) == "mft"


def test_where_everybody_is_away_a_case_stays() -> None:
    """It passes on only to somebody who is there."""
    scene = Scene()
    for one in (MIABOT, THCLPR, MFT):
        scene.tracker.says(one, BOARD, "/away")
        scene.run()
    assert owner(scene) == "mft"


def test_whoever_leaves_the_roster_leaves_no_case_behind() -> None:
    """The next sweep passes it on and says so; whoever comes back takes nothing from those who have it."""
    scene = Scene()
    whole = scene.desk.community
    left = msgspec.structs.replace(whole, administrators=whole.administrators[1:])
    scene.desk = msgspec.structs.replace(scene.desk, community=left)
    scene.run()
    assert scene.newest().strip().endswith("Mia has it now.")
    scene.desk = msgspec.structs.replace(scene.desk, community=whole)
    scene.run()
    assert owner(scene) == "miabot"
