"""Decisions: to whom a receipt owes what, and to nobody else."""

from __future__ import annotations

from tests.core.play import (
    MFT,
    RIYA,
    Play,
    played_to,
)


def owed_to(play: Play, id_: str) -> list[str]:
    """Return to whom the receipt of a fact owes something."""
    return [one.to for one in play.answer(id_).owed]


def test_a_resolution_is_told_to_the_reporter_and_every_party() -> None:
    """Each gets a notice of their own; the reporter's is the receipt."""
    play = played_to("acknowledged", parties=("Robin Example", "Kim Example"))
    said = play.says(MFT, "/resolve We talked.")
    play.run()
    assert owed_to(play, said) == ["reporter", "p1", "p2"]
    assert [one.by_receipt for one in play.answer(said).owed] == [True, False, False]


def test_a_late_party_alone_is_told() -> None:
    """Who is added after the resolution is told it; the others aren't told again."""
    play = played_to("resolved")
    added = play.says(MFT, "/party Kim Example")
    play.run()
    assert owed_to(play, added) == ["p2"]


def test_nobody_is_told_again_when_a_party_is_taken_off() -> None:
    """Taking one party off owes the others nothing."""
    play = played_to("resolved")
    play.says(MFT, "/party Kim Example")
    removed = play.says(MFT, "/party -Kim Example")
    play.run()
    assert owed_to(play, removed) == []


def test_an_estimate_and_a_withdrawal_are_told_to_the_reporter_alone() -> None:
    """Parties learn the decision, and nothing before."""
    play = played_to("reported", parties=("Robin Example",))
    estimate = play.says(MFT, "/estimate 3 days")
    withdrawal = play.says(RIYA, "/withdraw")
    play.run()
    assert owed_to(play, estimate) == ["reporter"]
    assert owed_to(play, withdrawal) == ["reporter"]
