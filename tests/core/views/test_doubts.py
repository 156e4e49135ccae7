"""Doubts: what is to be looked at twice in a letter, by who reads it and what the reporter agreed to."""

from __future__ import annotations

import pytest

from cocflow.core.case.records import Owed
from cocflow.core.views.doubts import doubts, doubts_of_all
from tests.core.play import MFT, Play, body
from tests.scene import SHARES

WHO = "Robin Example and somebody else."


def letters(
    words: str, share: str = "parties", *, parties: bool = True
) -> tuple[Play, dict[str, tuple[str, ...]]]:
    """Return a draft of a resolution, and what is to be looked at twice in each letter."""
    play = Play(text=body(share=SHARES[share], who=WHO))
    play.run()
    for said in ("/party Robin Example robin@example.org", "/party Kim Sample")[: 2 * parties]:
        play.says(MFT, said)
    play.says(MFT, "/estimate 3 days")
    play.says(MFT, f"/resolve {words}")
    decision = play.run()[-1]
    assert decision.would is not None
    sent = play.case().after(decision.would)
    return play, {one.to: doubts(sent, one) for one in decision.shows}


def twice(words: str, to: str, share: str = "parties") -> str:
    """Return what is to be looked at twice in somebody's letter."""
    return " ".join(letters(words, share)[1][to])


@pytest.mark.parametrize(
    ("share", "words", "to", "names"),
    [
        ("parties", "It was riya who told us.", "p1", "the reporter"),
        ("parties by name", "It was riya who told us.", "p1", ""),
        ("parties", "Kim knows.", "p1", "Kim Sample"),
        ("parties", "KIM SAMPLE knows.", "p1", "Kim Sample"),
        ("parties", "Dear Robin.", "p1", ""),
        ("parties", "Robin has understood.", "reporter", ""),
        ("parties", "Kim has understood.", "reporter", "Kim Sample"),
        ("parties", "Kimono and robins.", "p1", ""),
        ("parties", "Dear riya.", "reporter", ""),
        ("none", "It was riya.", "p1", ""),
    ],
)
def test_a_name_that_this_reader_may_not_know_is_pointed_out(
    share: str, words: str, to: str, names: str
) -> None:
    """The reporter's without their yes, and others'; of words that aren't told, nothing."""
    found = twice(words, to, share)
    assert (f"It names {names}, whom" in found) if names else "It names" not in found


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("Write to kim@example.org.", "It holds an address: kim@example.org"),
        ("She is U012AB3CD.", "It holds an address: U012AB3CD"),
        ("Ask @mft about it.", "It holds a login"),
        ("We talked.\n> It was me who told you", "added lines: \\> It was me"),
        ("We talked.\n-- \nMika", "added lines"),
        ("We talked.\nTo Robn: I know who told us.", "heads no part here"),
    ],
)
def test_addresses_logins_and_mailed_lines_are_pointed_out(words: str, says: str) -> None:
    """Whoever reads the letter need not have them."""
    assert says in twice(words, "p1").replace("\N{WORD JOINER}", "")


@pytest.mark.parametrize(
    "words",
    [
        "We talked.",
        "Write to robin@example.org.",
        "Write to council@example.org.",
        "To be honest: we talked.",
    ],
)
def test_a_readers_own_address_and_the_public_one_are_no_doubt(words: str) -> None:
    """Nor are words in which there is nothing."""
    assert twice(words, "p1") == ""


def test_what_stands_in_a_part_is_looked_at_in_its_readers_letter() -> None:
    """And in nobody else's."""
    found = letters("We talked.\nTo Robin:\nKim knows.")[1]
    assert [key for key, doubt in found.items() if doubt] == ["p1"]


def test_a_part_for_parties_that_there_are_not_is_pointed_out() -> None:
    """Nobody gets it, unless somebody is added."""
    play, _ = letters("We talked.\nTo parties: Be kind.", parties=False)
    words = play.case().progress.kept["draft"].words
    assert "nobody yet" in doubts_of_all(play.case(), words)[0]
    assert doubts_of_all(letters("We talked.\nTo parties: Be kind.")[0].case(), words) == ()


def test_a_letter_without_words_has_no_doubts() -> None:
    """What the templates say of others, the views rule."""
    play, _ = letters("We talked.")
    assert doubts(play.case(), Owed(id="x", notice="reporter/estimate", to="reporter")) == ()
