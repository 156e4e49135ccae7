"""Corrections: they go to whoever got the wrong words, and stand in place of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cocflow.core.acts.correct import Correct
from cocflow.core.acts.resolve import Resolution
from cocflow.core.case.addressed import Part
from cocflow.core.case.grammar import Said
from tests.core.acts.asking import asked
from tests.core.play import APPROVE, MFT, MIABOT, RIYA, Play, played_to, suspension_played_to
from tests.scene import PUBLIC, ROBIN, SAM, SHARES, Scene

ACCEPTED: list[tuple[str, Said]] = [
    ("/correct It was Tuesday.", Correct((Part("", "It was Tuesday."),))),
    (
        "/correct\nIt was Tuesday.\nTo Robin:\nAt nine.",
        Correct((Part("", "It was Tuesday."), Part("Robin", "At nine."))),
    ),
    ("/correct post\nIt was Tuesday.", Correct((Part("", "It was Tuesday."),), of_post=True)),
]
REFUSED = [
    ("/correct", "The words are missing"),
    ("/correct post", "The text is missing"),
    ("/correct A\n/help", "One command a comment"),
]


def resolved(share: str = "parties", *parties: str) -> Scene:
    """Return a resolved incident."""
    scene = Scene(answers={"share": SHARES[share]})
    scene.acknowledged(*(parties or (ROBIN,)))
    scene.sends(MFT, "/resolve On Thursday.")
    return scene


def test_a_correction_goes_to_whoever_got_the_wrong_words() -> None:
    """It is shown first as it will be read, and both stand on the issue and in the history."""
    scene = resolved()
    scene.says(MFT, "/correct On Tuesday.")
    shown = scene.newest()
    assert len(scene.texts("p1")) == 1
    scene.labels(MFT, APPROVE)
    assert "> On Thursday." in scene.texts("p1")[0]
    assert "> On Tuesday." in scene.texts("p1")[1]
    assert f"\n{scene.texts('p1')[1]}\n" in shown
    assert any("not right" in text and "> On Tuesday." in text for text in scene.tracker.by_bot(1))
    moves = [record.move for record in scene.tracker.records(1)]
    assert (moves.count("resolve"), moves.count("correct")) == (2, 2)


def test_whom_the_correction_has_no_words_for_gets_none() -> None:
    """A part for one person is a letter to that person alone."""
    scene = resolved("parties", ROBIN, "Kim Example, kim@example.org")
    scene.sends(MFT, "/correct\nTo Kim:\nOn Tuesday.")
    assert [len(scene.texts(key)) for key in ("p1", "p2")] == [1, 2]


def test_without_consent_parties_got_no_words_and_get_no_correction() -> None:
    """They were told in fixed words, which were right."""
    scene = resolved("none")
    scene.sends(MFT, "/correct On Tuesday.")
    assert len(scene.texts("p1")) == 1
    assert any("> On Tuesday." in text for text in scene.tracker.by_bot(1))


def test_who_is_still_to_be_told_reads_the_right_words_only() -> None:
    """The old letter is owed to nobody any more, and who comes later is told the right words."""
    play = played_to("resolved")
    play.says(MFT, "/consent parties\n> You may.")
    play.sends(MFT, "/correct On Tuesday.")
    play.run()
    assert [(one.notice, one.to) for one in play.case().progress.owed()] == [("party/correction", "p1")]
    words = play.case().progress[Resolution].words
    assert play.case().command(words) == Correct((Part("", "On Tuesday."),))
    play.sends(MFT, "/party Kim Example")
    play.run()
    (late,) = [one for one in play.case().progress.owed() if one.to == "p2"]
    assert (late.notice, late.words) == ("party/resolution", words)


def test_a_correction_reaches_whoever_was_told_before_a_checkpoint() -> None:
    """The reporter, who reads the issue, and whom a letter told."""
    play = played_to("resolved")
    play.says(MFT, "/consent parties\n> You may.")
    play.says(MFT, "/told Robin by phone")
    play.run()
    play.edits(play.receipt_ids()[0], MFT, "Gone.")
    play.says(MIABOT, "/recover It was a slip.")
    play.run()
    play.sends(MIABOT, "/correct On Tuesday.")
    play.run()
    owed = [(one.notice, one.to) for one in play.records()[-1].owed]
    assert owed == [("reporter/correction", "reporter"), ("party/correction", "p1")]


def test_a_correction_can_be_corrected() -> None:
    """It stands in place of the words, and is what the next one is about."""
    scene = resolved()
    scene.sends(MFT, "/correct On Monday.")
    scene.sends(MFT, "/correct On Tuesday.")
    assert ["On Thursday" in text for text in scene.texts("p1")] == [True, False, False]
    assert "On Tuesday" in scene.texts("p1")[2]


def test_a_post_is_corrected_as_it_was_posted() -> None:
    """Those concerned are asked, another approves, and it goes to the channel."""
    scene = Scene(answers={"where": PUBLIC, "share": SHARES["community"]})
    scene.acknowledged()
    scene.says(MFT, "/correct post\nOn Tuesday.")
    assert "Nobody got words" in scene.newest()
    for said in ("/post rules\nOn Thursday.", "/correct post\nOn Tuesday."):
        scene.says(MFT, said)
        assert scene.tracker.records(1)[-1].owed
        scene.says(RIYA, "/consent yes")
        scene.labels(MIABOT, APPROVE)
    first, second = scene.texts("community")
    assert first == "On Thursday."
    assert "On Tuesday." in second


def test_the_answer_to_an_appeal_is_corrected() -> None:
    """The suspended person gets it, by nobody who suspended: the answer isn't theirs to give."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.says(MFT, f"/suspend Insults\n{SAM} until 8 weeks")
    scene.passes(timedelta(days=7))
    scene.says(MFT, "/appeal I was not there.", on=2)
    scene.sends(MIABOT, "/uphold It was on Thursday.", on=2)
    for_nobody = len(scene.texts("suspended"))
    scene.sends(MFT, "/correct It was on Monday.", on=2)
    assert len(scene.texts("suspended")) == for_nobody
    scene.says(MIABOT, "/correct It was on Tuesday.", on=2)
    scene.labels(MFT, APPROVE, on=2)
    assert len(scene.texts("suspended")) == for_nobody
    scene.labels(MIABOT, APPROVE, on=2)
    assert "> It was on Tuesday." in scene.texts("suspended")[-1]


@pytest.mark.parametrize("state", ["appealed", "overturned"])
def test_what_nobody_got_is_not_corrected(state: str) -> None:
    """There are no words yet, or none that the person was told."""
    assert "Nobody got words" in (
        asked(suspension_played_to(state), "correctable", "/correct It was Tuesday.") or ""
    )


def test_before_a_resolution_there_is_nothing_to_correct() -> None:
    """The guard says so."""
    play: Play = played_to("triaged")
    assert "Nobody got words" in (asked(play, "correctable", "/correct On Tuesday.") or "")
