"""Drafted moves: shown as each reader gets them, moved once approved, shown anew where that changed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from cocflow.core.acts.resolve import Resolution
from cocflow.core.case.draft import Drafted
from cocflow.core.case.progress import Moved
from cocflow.core.case.records import receipt_line
from cocflow.core.engine.decision import Decision
from cocflow.core.engine.drafting import LONGEST_DRAFT, TOO_LONG
from cocflow.core.process import BACK, Drafting, Move
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.core.views.suspended import SuspendedView
from tests.core.drafts import RESOLVE, ROBIN, approve, draft, drafted, drafting, letters
from tests.core.play import (
    APPROVE,
    DAY,
    FOR_ANOTHER,
    MFT,
    MIABOT,
    RIYA,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    definition,
    played_to,
    suspended_in,
    suspension_definition,
    suspension_played_to,
)


def shown(decisions: list[Decision]) -> Decision:
    """Return the one decision that shows letters."""
    (decision,) = [one for one in decisions if one.shows]
    return decision


def test_a_drafted_move_shows_each_readers_letter_and_moves_nothing() -> None:
    """Nothing is owed, nobody is told, and the state is as it was."""
    play = played_to("triaged", parties=(ROBIN,), definition_=drafting())
    play.says(MFT, RESOLVE)
    (decision,) = play.run()
    assert [(one.notice, one.to) for one in decision.shows] == [
        ("reporter/resolution", "reporter"),
        ("party/resolution", "p1"),
    ]
    assert decision.record.owed == ()
    assert [type(change) for change in decision.record.changes] == [Drafted]
    assert play.state == "triaged"
    assert play.run() == []


def test_once_approved_it_moves_and_owes_exactly_the_letters_that_were_shown() -> None:
    """The same notices to the same readers, with the same words; then there is no draft any more."""
    play = played_to("triaged", parties=(ROBIN,), definition_=drafting())
    said = play.says(MFT, RESOLVE)
    showing = shown(play.run())
    play.labels(MIABOT, "approve")
    approved, sent = play.run()
    assert approved.record.move == "approve"
    assert approved.record.owed == ()
    assert sent.record.move == "resolve"
    assert letters(sent.record.owed) == letters(showing.shows)
    assert {one.words.fact for one in sent.record.owed if one.words} == {said}
    assert Moved(to="resolved") in sent.record.changes
    assert play.state == "resolved"
    assert draft(play) is None
    assert play.run() == []


def test_a_drafted_move_may_lead_back() -> None:
    """`to: back` leads to where it came from, once it is approved and not before."""
    play = drafted(to=BACK, from_=("triaged",))
    assert play.state == "triaged"
    approve(play, MIABOT)
    assert play.state == "acknowledged"


@pytest.mark.parametrize("approved_first", [False, True])
def test_words_that_changed_meanwhile_are_never_sent(approved_first: bool) -> None:
    """An edited draft moves nothing and tells nobody, whoever approves it and however often."""
    play = drafted(2)
    said = next(one.id for one in play.read().comments() if one.body == RESOLVE)
    if approved_first:
        approve(play, MIABOT)
    play.edits(said, MFT, f"{RESOLVE} Or else.")
    approve(play, MIABOT, THCLPR, MFT)
    assert play.state == "triaged"
    assert [record for record in play.records() if record.move == "resolve" and record.owed] == []


def adds_a_party(play: Play) -> None:
    """Let somebody else be concerned."""
    play.says(MFT, "/party Kim Example kim@example.org")


def moves_a_party(play: Play) -> None:
    """Let a party be reached elsewhere."""
    play.says(MFT, "/party -Robin Example")
    play.says(MFT, "/party Robin Example other@example.org")


def moves_the_reporter(play: Play) -> None:
    """Let the reporter be reached elsewhere."""
    play.edits_body(MFT, body(learned=FOR_ANOTHER, reporter="Riya Sen, other@example.org"))


def changes_the_consent(play: Play) -> None:
    """Let the reporter say what may be shared."""
    play.says(MFT, "/consent parties\n> You may.")


@pytest.mark.parametrize("change", [adds_a_party, moves_a_party, moves_the_reporter, changes_the_consent])
def test_what_its_letters_depend_on_voids_the_approvals_and_shows_it_anew(
    change: Callable[[Play], None],
) -> None:
    """Another party, address or consent: the letters are shown again, and every approval given again."""
    filed = {"by": THCLPR, "text": body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org")}
    play = drafted(2, start=filed)
    approve(play, MIABOT)
    before = draft(play)
    assert before is not None
    assert before.approved_by() == {MIABOT.id}
    change(play)
    showing = [one for one in play.run() if one.shows][-1]
    after = draft(play)
    assert after is not None
    assert (after.words, after.by) == (before.words, MFT.id)
    assert after.basis != before.basis
    assert after.approved_by() == frozenset()
    approve(play, THCLPR)
    assert play.state == "triaged"
    approve(play, MIABOT)
    assert play.state == "resolved"
    (sent,) = [record for record in play.records() if record.move == "resolve" and record.owed]
    assert letters(sent.owed) == letters(showing.shows)


def test_what_its_letters_do_not_depend_on_voids_nothing() -> None:
    """A renewed estimate leaves the approvals as they stand."""
    play = drafted(2)
    approve(play, MIABOT)
    play.says(MFT, "/estimate 5 days")
    assert not [one for one in play.run() if one.shows]
    approve(play, THCLPR)
    assert play.state == "resolved"


def test_another_draft_voids_the_one_before() -> None:
    """Of two drafts only the newer is sent, and only after it was approved itself."""
    play = drafted(2)
    approve(play, MIABOT)
    newer = play.says(THCLPR, "/resolve We talked twice.")
    play.run()
    approve(play, THCLPR)
    assert play.state == "triaged", "the approval of the older draft doesn't count"
    approve(play, MIABOT)
    assert play.state == "resolved"
    (sent,) = [record for record in play.records() if record.move == "resolve" and record.owed]
    assert {one.words.fact for one in sent.owed if one.words} == {newer}


def test_a_draft_whose_move_has_become_impossible_waits() -> None:
    """Withdrawn meanwhile, an approved draft isn't sent, and nothing is shown."""
    play = drafted(2)
    approve(play, MIABOT)
    play.says(RIYA, "/withdraw")
    play.run()
    assert play.state == "withdrawn"
    play.labels(THCLPR, "approve")
    (refused,) = play.run()
    assert refused.record.refused
    assert play.state == "withdrawn"


def test_a_guard_that_refuses_meanwhile_holds_an_approved_draft_back() -> None:
    """An account that is suspended without an end since is in the way of the resolution, approved or not."""
    play = drafted(2)
    approve(play, MIABOT)
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    play.run()
    approve(play, MIABOT, THCLPR)
    assert play.state == "triaged"
    assert draft(play) is not None


def test_where_there_is_no_other_its_author_sends_it() -> None:
    """A sole administrator's draft waits for nobody else."""
    alone = community(community().administrators[0])
    play = played_to("triaged", definition_=drafting(), community_=alone)
    play.says(MFT, RESOLVE)
    (shown_,) = play.run()
    play.labels(MFT, APPROVE)
    _, sent = play.run()[:2]
    assert letters(sent.record.owed) == letters(shown_.shows)
    assert play.state == "closed"


def test_who_answered_these_very_words_is_not_asked_again() -> None:
    """Shown anew for another party, a post asks the new one, and not who has said something to it."""
    share = "What the people concerned need to know, and the community may be told, all without my name"
    play = played_to(
        "triaged", parties=(ROBIN,), text=body(share=share), community_=community(rules_channel="#rules")
    )
    play.says(MFT, "/post rules\nBe kind.")
    first = shown(play.run())
    assert [one.to for one in first.record.owed] == ["reporter", "p1"]
    play.says(MFT, "/consent Robin Example yes")
    play.says(MFT, "/party Kim Example kim@example.org")
    again = shown(play.run())
    assert [one.to for one in again.record.owed] == ["reporter", "p2"]
    after = draft(play)
    assert after is not None
    assert after.answers == {"p1": True}


def test_a_draft_outlives_a_checkpoint_with_its_approvals() -> None:
    """After `/recover` it waits as before: shown, approved by one, and sent with the second approval."""
    play = drafted(2)
    approve(play, MIABOT)
    play.edits(play.receipt_ids()[0], STRANGER, "Forged\n\n" + receipt_line(play.records()[0]))
    play.says(MFT, "/recover it was me")
    play.run()
    kept = draft(play)
    assert kept is not None
    assert kept.approved_by() == {MIABOT.id}
    approve(play, THCLPR)
    assert play.state == "resolved"


def test_a_draft_that_was_sent_is_not_sent_again() -> None:
    """Whoever approves after that is refused, and nobody gets a second letter."""
    play = drafted()
    approve(play, MIABOT)
    before = len([record for record in play.records() if record.owed])
    play.labels(THCLPR, "approve")
    assert "There is no draft to approve" in play.refusal()[0]
    assert len([record for record in play.records() if record.owed]) == before


def suspension(command: str) -> tuple[Play, Play]:
    """Return an incident and its new suspension, in which the words of a command are drafted."""
    shipped = suspension_definition()
    moves = tuple(
        msgspec.structs.replace(one, drafted=Drafting(), reply=None) if one.command == command else one
        for one in shipped.process.moves
    )
    approving = Move(
        name="approve",
        means="Let it go out",
        from_=tuple(one.name for one in shipped.process.states),
        by=("administrator",),
        quick_labels=(("approve", "approved"),),
        guards=("may_approve",),
        records=("approval",),
    )
    incident = played_to("acknowledged")
    incident.says(MFT, "/suspend Insults\nSam Poe, sam@example.org", 6)
    incident.run()
    play = suspended_in(incident, "s1", 7, opened=incident.now)
    process = msgspec.structs.replace(shipped.process, moves=(*moves, approving))
    play.definition = msgspec.structs.replace(shipped, process=process)
    play.run()
    return incident, play


def test_a_letter_is_shown_as_it_stands_once_it_is_sent() -> None:
    """The end of a drafted `/until` is the one that is sent, however much later it is approved."""
    _, play = suspension("until")
    play.says(MFT, "/until 2 weeks\nLike the last.")
    showing = shown(play.run())
    assert showing.would is not None
    before = view("suspended", play.case().after(showing.would), Occasion(owed=showing.shows[0]))
    play.labels(MIABOT, "approve", play.now + DAY)
    play.run()
    (sent,) = [one for record in play.records() for one in record.owed if one.notice == "suspended/end_set"]
    after = view("suspended", play.case(), Occasion(owed=sent))
    assert isinstance(before, SuspendedView)
    assert isinstance(after, SuspendedView)
    assert before.until == after.until is not None


def test_another_consent_in_the_incident_shows_a_suspensions_draft_anew() -> None:
    """What the suspended person may be told hangs on it."""
    incident, play = suspension("overturn")
    play.run(24 * 8)
    play.says(MFT, "/appeal I was not there.")
    play.run()
    play.says(MIABOT, "/overturn The account had been taken over.")
    first = shown(play.run())
    incident.says(RIYA, "/consent parties", play.now)
    incident.run()
    assert shown(play.run()).record.n > first.record.n


def test_other_notices_of_a_drafted_move_void_an_approval() -> None:
    """Whoever got no letter when it was shown gets none by an approval from before the process changed."""
    narrow = drafting(2, notices=("reporter/resolution",))
    play = played_to("triaged", parties=("Robin Example",), definition_=narrow)
    play.says(MFT, "/resolve We talked.")
    play.run()
    approve(play, MIABOT)
    play.definition = drafting(2)
    approve(play, THCLPR)
    assert play.state == "triaged"


def test_what_could_not_be_shown_whole_is_not_drafted() -> None:
    """Words that are too long to be repeated are refused at once, with how long they may be."""
    play = played_to("triaged", parties=(ROBIN,), definition_=drafting())
    longest = RESOLVE + "x" * (LONGEST_DRAFT - len(RESOLVE))
    play.says(MFT, longest + "x")
    (decision,) = play.run()
    assert decision.reason == TOO_LONG
    assert draft(play) is None
    play.says(MFT, longest)
    play.run()
    assert draft(play) is not None


def test_the_shipped_processes_draft_all_words_that_reach_somebody_but_a_suspensions() -> None:
    """Whose letter shows a command's words, that command is drafted; a suspension and its end don't wait."""
    drafting_ = {
        move.command
        for process in (definition().process, suspension_definition().process)
        for move in process.moves
        if move.drafted is not None
    }
    assert drafting_ == {
        "resolve",
        "dismiss",
        "party",
        "post",
        "correct",
        "say",
        "ask",
        "uphold",
        "overturn",
        "lift",
    }


def test_a_party_added_late_is_told_once_the_letter_was_seen() -> None:
    """The others are told nothing, and until then it doesn't close over the head of whoever is to be told."""
    play = played_to("resolved")
    play.says(MFT, "/party Kim Example")
    (decision,) = [one for one in play.run() if one.shows]
    assert [(one.notice, one.to) for one in decision.shows] == [("party/resolution", "p2")]
    play.says(MFT, "/told Robin Example by phone")
    play.run()
    assert play.state == "resolved"
    play.labels(MFT, "approve")
    play.run()
    assert [one.to for one in play.case().progress.owed()] == ["p2"]
    assert play.state == "resolved"
    resolution = play.case().progress[Resolution].words
    assert [one.words for one in play.case().progress.owed()] == [resolution]


def test_a_late_party_whose_words_were_changed_holds_up_nothing() -> None:
    """Nobody can be told by them any more, so it closes once the others have been told."""
    play = played_to("resolved")
    added = play.says(MFT, "/party Kim Example")
    play.run()
    play.edits(added, MFT, "/party Kim Other")
    play.says(MFT, "/told Robin Example by phone")
    play.run()
    assert play.state == "closed"


def test_taking_a_party_off_waits_for_nobody() -> None:
    """Nobody is told anything by it."""
    play = played_to("resolved")
    play.says(MFT, "/party -Robin Example")
    play.run()
    assert play.case().people_who("party") == ()


def test_another_draft_takes_the_place_of_the_one_that_waits_and_says_so() -> None:
    """Its words go to nobody, whatever is approved."""
    play = drafted("anybody")
    play.says(MFT, "/resolve Something else.")
    (decision,) = play.run()
    assert decision.voids
    approve(play, MIABOT)
    (sent,) = [record for record in play.records() if record.move == "resolve" and record.owed]
    assert {play.case().comments[one.words.fact].body for one in sent.owed if one.words} == {
        "/resolve Something else."
    }


def test_whoever_may_not_decide_an_appeal_may_not_approve_its_answer() -> None:
    """Two can't get around together what holds for one of them."""
    play = suspension_played_to("appealed")
    play.says(MIABOT, "/uphold It stands.")
    play.run()
    play.labels(MFT, "approve")
    assert "You suspended this account" in play.refusal()[0]
    play.labels(THCLPR, "approve")
    play.run()
    assert play.state == "upheld"
