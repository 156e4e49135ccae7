"""Views: each audience knows its own part, and under the reporter's consent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocflow.core.acts.consent import consent
from cocflow.core.views import VIEWS, view
from cocflow.core.views.base import possible
from tests.core.play import MFT, RIYA, Play, body, played_to

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
    return play


def known(play: Play, folder: str) -> str:
    """Return everything that an audience may know, as one text."""
    return str(msgspec.to_builtins(view(folder, play.case())))


def test_the_community_knows_nothing_of_a_case() -> None:
    """Who has no role learns no state, no name and no word."""
    said = known(told(PARTIES), "community")
    assert MARK not in said
    assert "resolved" not in said
    assert "riya" not in said


def test_a_party_knows_the_decision_only_with_consent() -> None:
    """Without the reporter's yes there are no words; with it, the parties' own part and nothing else."""
    assert MARK not in known(told(), "party")
    said = known(told(PARTIES), "party")
    assert f"{MARK}8" in said
    assert said.count(MARK) == 1
    assert "riya" not in said


def test_the_reporter_knows_their_own_part() -> None:
    """The reporter reads what is for the reporter, not what is for the parties or who they are."""
    said = known(told(), "reporter")
    assert f"{MARK}7" in said
    assert f"{MARK}8" not in said
    assert f"{MARK}5" not in said


def test_administrators_know_who_is_to_be_told() -> None:
    """Administrators see the parties by name, who hasn't been told, and that words are held back."""
    shown = msgspec.to_builtins(view("administrators", told().case()))
    assert shown["parties"] == shown["untold"] == (f"{MARK}5 Example",)
    assert shown["held_back"]
    assert not msgspec.to_builtins(view("administrators", told(PARTIES).case()))["held_back"]


def test_a_resolution_that_changed_is_shown_to_nobody() -> None:
    """Words other than those that were decided don't reach a view."""
    play = told(PARTIES)
    said = next(one for one in play.read().comments() if one.body.startswith("/resolve"))
    play.edits(said.id, MFT, "/resolve Something else.")
    assert view("party", play.case()).decision is None  # type: ignore[attr-defined]
    assert view("reporter", play.case()).resolution is None  # type: ignore[attr-defined]


def test_the_body_decides_the_consent_when_its_author_edits_it() -> None:
    """A reporter may say yes or no later by editing the report; an administrator may not for them."""
    play = played_to("reported")
    play.edits_body(MFT, body(share=PARTIES), 6)
    play.run()
    assert consent(play.case()).level == "none"
    play.edits_body(RIYA, body(share=PARTIES), 7)
    play.run()
    assert consent(play.case()).level == "parties"
    play.edits_body(RIYA, body(), 8)
    play.run()
    assert consent(play.case()).level == "none"


def test_no_other_folder_is_an_audience() -> None:
    """A folder that is no audience has no view."""
    with pytest.raises(KeyError):
        view("everybody", played_to("reported").case())
    assert set(VIEWS) >= {"administrators", "community", "party", "reporter"}


STATES = ["incomplete", "reported", "acknowledged", "triaged", "resolved", "closed", "withdrawn"]


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_to_be_possible_is_possible(state: str) -> None:
    """Each way that a card offers leads through a move from this state, and says how it is asked for."""
    case = played_to(state).case()
    moves = [move for move in case.process.moves if state in move.from_]
    for role in ("administrator", "reporter"):
        for one in possible(case, role):
            assert any(move.means == one.means and role in move.by for move in moves)
            assert one.how.startswith(("add ", "write ", "edit ", "Close", "Reopen"))


def test_a_party_is_offered_no_move() -> None:
    """Whom a case concerns may answer about what is posted, and moves nothing."""
    case = played_to("triaged").case()
    offered = {one.means for one in possible(case, "party")}
    assert all(move.to is None for move in case.process.moves if move.means in offered)


def test_the_reporters_deadline_is_the_first_reminder() -> None:
    """By when an estimate is promised is when the administrators are first reminded of it."""
    play = played_to("reported")
    assert str(view("reporter", play.case()).answer_by) == "2026-01-06 09:00:00+00:00"  # type: ignore[attr-defined]
