"""Corrections: an author's edit of a refused command asks for what it says now, once; of one that was done,
it is answered that it stands."""

from __future__ import annotations

import msgspec
import pytest

from cocflow.core.acts.consent import consent
from cocflow.core.acts.estimate import Estimated
from cocflow.core.case.corrected import corrections
from cocflow.core.case.facts import Corrected
from tests.core.play import MFT, MIABOT, RIYA, Play, played_to


def corrected(first: str, then: str, *, by_then: float = 7) -> tuple[Play, str]:
    """Return a play in which a comment was answered, and edited afterwards."""
    play = played_to("reported")
    said = play.says(MFT, first, 6)
    play.run()
    play.says(RIYA, "Thank you.", by_then)  # time goes on
    play.edits(said, MFT, then)
    return play, said


def test_a_refused_command_that_its_author_corrects_is_done() -> None:
    """The edit is a request of its own, at its own time, and its words stand in the comment."""
    play, said = corrected("/estmate 3 days", "/estimate 3 days")
    (decision,) = play.run()
    assert decision.record.move == "estimate"
    assert Corrected.comment_of(decision.record.of) == said
    assert decision.record.of != said
    assert decision.record.at == play.now
    assert play.state == "acknowledged"
    assert play.run() == []


def test_words_of_a_correction_are_found_where_they_stand() -> None:
    """A party whom an edit names is called as the comment says."""
    play, _ = corrected("/party", "/party Ann Lee")
    play.run()
    assert [one.name for one in play.case().people_who("party")] == ["Ann Lee"]


def test_a_correction_that_is_refused_can_be_corrected_again() -> None:
    """Each edit is answered once, and the last one counts."""
    play, said = corrected("/estimate soon", "/estimate later")
    assert [one.record.refused for one in play.run()] == [True]
    assert play.run() == []
    play.says(RIYA, "Thank you.", 9)
    play.edits(said, MFT, "/estimate 2 days")
    assert [one.record.refused for one in play.run()] == [False]


@pytest.mark.parametrize("then", ["/estimate 5 days", "/resolve We talked."])
def test_what_was_granted_is_never_run_again(then: str) -> None:
    """Whoever edits a command that was done is told that it stands, also where it had been refused before."""
    play, said = corrected("/estimate 3 days", then)
    before = play.case().progress.newest(Estimated)
    assert "the change does nothing" in play.refusal()[0]
    play, said = corrected("/estmate 3 days", "/estimate 3 days")
    play.run()
    for hour, text in ((9, then), (10, "/estimate 1 day"), (11, "/estimate 3 days")):
        play.says(RIYA, "Thank you.", hour)
        play.edits(said, MFT, text)
        assert "the change does nothing" in play.refusal()[0]
        assert play.run() == []
    assert before is not None
    assert isinstance(play.case().progress.newest(Estimated), Estimated)


def test_the_reporter_takes_back_by_an_edit_what_may_be_shared() -> None:
    """What stands there now is what they want: nobody is told over a consent that its author has changed."""
    play = played_to("reported")
    said = play.says(RIYA, "/consent parties by name", 6)
    play.run()
    play.says(MFT, "Thank you.", 7)
    play.edits(said, RIYA, "/consent none")
    (decision,) = play.run()
    assert decision.record.move == "consent"
    assert consent(play.case()).level == "none"
    play.says(MFT, "Thank you.", 8)
    play.edits(said, MFT, "/consent community")
    assert play.run() == []
    assert consent(play.case()).level == "none"


def test_words_that_the_case_needs_are_answered_once() -> None:
    """Whoever edits a draft, or a name, is told how to say it again, and nothing else."""
    play, _ = corrected("/party Ann Lee", "/party Ann Leigh")
    (decision,) = play.run()
    assert decision.says == ("administrators/words_lost",)
    assert play.run() == []


def test_an_edit_by_somebody_else_corrects_nothing() -> None:
    """What another wrote there isn't the author's command."""
    play = played_to("reported")
    said = play.says(MFT, "/estmate 3 days", 6)
    play.run()
    play.edits(said, MIABOT, "/estimate 3 days")
    assert play.run() == []


@pytest.mark.parametrize("then", ["/estmate 3 days", "Never mind."])
def test_an_edit_that_asks_for_nothing_new_is_left_alone(then: str) -> None:
    """The same words, or talk, get no further answer."""
    play, _ = corrected("/estmate 3 days", then)
    assert play.run() == []


def test_an_edit_of_what_an_earlier_version_refused_asks_for_nothing() -> None:
    """Its receipts don't say what was read, so no edit of long ago is run today."""
    play, _ = corrected("/estmate 3 days", "/estimate 3 days")
    case = play.case()
    assert len(corrections(case)) == 1
    replace = msgspec.structs.replace
    earlier = [replace(one, record=replace(one.record, read="")) for one in case.ledger.counted]
    assert corrections(replace(case, ledger=replace(case.ledger, counted=tuple(earlier)))) == []
    refused = next(entry for entry in case.ledger.counted if entry.record.refused)
    assert refused.record.read
