"""Views: each audience knows its own part, and under the reporter's consent."""

from __future__ import annotations

import pytest

from cocflow.core.acts.consent import consent
from cocflow.core.views import VIEWS, view
from cocflow.core.views.base import possible
from tests.core.play import MFT, RIYA, body, community, played_to
from tests.core.views.marked import PARTIES, told
from tests.scene import SHARES


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
    steps = [(MFT, PARTIES, "none"), (RIYA, None, "none"), (RIYA, PARTIES, "parties"), (RIYA, None, "none")]
    for hour, (by, share, level) in enumerate(steps, start=6):
        play.edits_body(by, body(share=share), hour)
        play.run()
        assert consent(play.case()).level == level


def test_no_other_folder_is_an_audience() -> None:
    """A folder that is no audience has no view."""
    with pytest.raises(KeyError):
        view("everybody", played_to("reported").case())
    assert set(VIEWS) >= {"administrators", "community", "party", "reporter"}


STATES = ["incomplete", "reported", "acknowledged", "triaged", "resolved", "closed", "withdrawn", "dismissed"]


@pytest.mark.parametrize("state", STATES)
def test_what_is_said_to_be_possible_is_possible(state: str) -> None:
    """Each way that a card offers leads through a move from this state, and says how it is asked for."""
    case = played_to(state).case()
    moves = [move for move in case.process.moves if state in move.from_]
    for role in ("administrator", "reporter"):
        for one in possible(case, role):
            assert any(move.means == one.means and role in move.by for move in moves)
            assert one.how.startswith(("add ", "write ", "edit ", "choose ", "press ", "Close", "Reopen"))


@pytest.mark.parametrize(("state", "never"), [("reported", ("`approve`", "/confirm", "/agree", "/correct"))])
def test_what_nothing_waits_for_is_not_offered(state: str, never: tuple[str, ...]) -> None:
    """Nothing is approved without a draft, or corrected without words, or confirmed without a doubt."""
    ways = " ".join(one.how for one in possible(played_to(state).case(), "administrator"))
    assert not [one for one in never if one in ways]


def test_an_answer_about_a_text_is_offered_as_it_is_written() -> None:
    """Only while a text waits about which people are asked, and with its own form, not that of sharing."""
    known = community(rules_channel="#rules")
    play = played_to("triaged", text=body(share=SHARES["community"]), community_=known)
    ways = [one.how for one in possible(play.case(), "administrator")]
    assert not [one for one in ways if "yes or no" in one]
    play.says(MFT, "/post rules\nBe kind.", 9)
    play.run()
    ways = [one.how for one in possible(play.case(), "administrator")]
    assert "write `/consent [name] <yes or no> [words]`" in ways
    assert "add a label `approve`" in ways
