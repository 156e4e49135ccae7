"""What was decided about whom: the newest counts, and cases from before state nothing."""

from __future__ import annotations

import msgspec

from cocflow.core.case.decided import Decided, OutcomesDecided
from tests.core.play import APPROVE, MFT, START, played_to


def test_a_record_holds_the_vocabulary_and_nobodys_words() -> None:
    """A key, an outcome, an end; what is left out takes no room."""
    change = OutcomesDecided(
        decided=(Decided("p1", "limits", START), Decided("p2", "talk")), agreed=("U_mft",)
    )
    said = msgspec.json.encode(change).decode()
    assert "p1" in said
    assert "null" not in said
    assert msgspec.json.decode(said, type=OutcomesDecided) == change


def test_another_resolution_states_anew_how_it_ended() -> None:
    """What an earlier one said doesn't stand any more, be the new one without a word of it."""
    play = played_to("triaged", parties=("Robin Example",))
    play.says(MFT, "/resolve\nRobin: settled")
    play.labels(MFT, APPROVE)
    play.labels(MFT, APPROVE)
    play.run()
    assert play.case().outcomes == (Decided("p1", "settled"),)
    play.says(MFT, "/told Robin by phone")
    play.run()
    play.says(MFT, "/reopen")
    play.run()
    play.sends(MFT, "/resolve We talked again.")
    play.run()
    assert play.case().outcomes == ()


def test_a_resolution_without_heads_states_nothing() -> None:
    """As every case of before: how it ended isn't stated."""
    assert played_to("resolved").case().outcomes == ()
