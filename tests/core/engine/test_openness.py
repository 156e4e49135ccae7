"""Whether an issue is to be open: by its state, and by what a final one leaves undone."""

from __future__ import annotations

import pytest

from cocflow.core.engine.openness import stays_open
from tests.core.acts.test_suspension import STATES as OF_SUSPENSIONS
from tests.core.play import (
    DAY,
    FOR_ANOTHER,
    HOUR,
    MFT,
    RIYA,
    START,
    Play,
    body,
    definition,
    played_to,
    suspended_in,
    suspension_played_to,
)

STATES = [state.name for state in definition().process.states]


@pytest.mark.parametrize("state", STATES)
def test_with_everybody_told_it_is_open_until_its_state_is_final(state: str) -> None:
    """Nothing is left undone, so the state alone decides."""
    final = definition().process.state(state)
    assert final is not None
    assert stays_open(played_to(state).case()) is not final.final


def test_before_anything_was_decided_it_is_open() -> None:
    """A case without a receipt has no state yet."""
    assert stays_open(Play().case())


@pytest.mark.parametrize("said", ["/withdraw\n> Please stop."])
def test_a_final_one_stays_open_while_somebody_has_yet_to_be_told(said: str) -> None:
    """A reporter who doesn't read the issue is owed it by other means; told, nothing keeps it open."""
    play = Play(by=MFT, text=body(learned=FOR_ANOTHER, reporter="Riya Sen"))
    play.run()
    play.says(MFT, said)
    play.run()
    assert play.state == "withdrawn"
    assert stays_open(play.case())
    play.says(MFT, "/told reporter by phone")
    play.run()
    assert not stays_open(play.case())


def test_a_withdrawn_one_stays_open_while_an_account_is_suspended_over_it() -> None:
    """The suspension is the administrators' to end, so it stays before their eyes."""
    play = Play(RIYA)
    play.run()
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org", 1)
    play.says(RIYA, "/withdraw", 2)
    play.run()
    assert play.state == "withdrawn"
    assert stays_open(play.case())


@pytest.mark.parametrize("state", OF_SUSPENSIONS)
def test_a_suspension_stays_open_while_the_person_is_untold(state: str) -> None:
    """No channel reaches them in a play, so in every state something is owed."""
    assert stays_open(suspension_played_to(state).case())


def test_a_suspension_that_is_over_and_told_is_closed() -> None:
    """Once nothing is owed to people, what its incident is owed keeps nothing open."""
    incident = Play(RIYA)
    incident.run()
    incident.says(MFT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks", 1)
    incident.run()
    play = suspended_in(incident, "s1", 2, opened=START + HOUR)
    play.run()
    play.run(START + 30 * DAY)
    assert play.state == "ended"
    assert stays_open(play.case())
    play.says(MFT, "/told Sam Poe by phone")
    play.run()
    assert {one.to for one in play.case().progress.owed()} == {"incident"}
    assert not stays_open(play.case())
