"""Drafts: whose approval counts, how many it takes, and who is asked and has been silent long enough."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import pytest

from cocflow.core.acts.draft import against, approvers, basis, concerned, is_approved, silent
from cocflow.core.case.draft import SilenceCounted
from cocflow.core.case.facts import Actor
from cocflow.core.engine.timers import waits
from cocflow.core.people.roster import Administrator
from tests.core.drafts import RESOLVE, ROBIN, approve, draft, drafted, drafting
from tests.core.play import (
    APPROVE,
    DAY,
    MFT,
    MIABOT,
    RIYA,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    played_to,
)

COMMUNITY = "What the people concerned need to know, and the community may be told, all without my name"
ROLES: dict[str, Actor] = {"author": MFT, "second": MIABOT, "third": THCLPR}


@pytest.mark.parametrize(
    ("approved_by", "by", "sent"),
    [
        ("anybody", ["author"], True),
        ("anybody", ["second"], True),
        ("anybody", [], False),
        ("another", ["author"], False),
        ("another", ["second"], True),
        (1, ["author"], True),
        (2, ["author"], False),
        (2, ["second"], False),
        (2, ["author", "second"], True),
        (2, ["second", "second"], False),
        (3, ["author", "second"], False),
        (3, ["author", "second", "third"], True),
        (4, ["author", "second"], False),
        (4, ["author", "second", "third"], True),
    ],
)
def test_a_draft_goes_out_once_those_whom_the_process_asks_for_approved(
    approved_by: Literal["anybody", "another"] | int, by: list[str], sent: bool
) -> None:
    """Anybody with a say, another than the author, or that many different ones, as far as there are."""
    play = drafted(approved_by)
    approve(play, *(ROLES[one] for one in by))
    assert (play.state == "resolved") is sent
    assert (draft(play) is None) is sent


@pytest.mark.parametrize("by", [RIYA, STRANGER, None])
def test_nobody_without_a_say_approves(by: Actor | None) -> None:
    """A reporter, a stranger and an account that is gone put the label on in vain."""
    play = drafted("anybody")
    play.labels(by, APPROVE)
    assert play.refusal()
    assert play.state == "triaged"


def test_whom_the_case_concerns_neither_approves_nor_is_needed() -> None:
    """Of three administrators one is a party, so two of two are enough where three are asked for."""
    play = played_to("triaged", parties=("thclpr",), definition_=drafting(3))
    play.says(MFT, RESOLVE)
    play.run()
    approve(play, THCLPR, MFT)
    assert play.state == "triaged"
    assert approvers(play.case()) == ("Mia",)
    approve(play, MIABOT)
    assert play.state == "resolved"


def test_what_was_not_shown_yet_is_not_approved() -> None:
    """A label put on before the letters were there to be read is refused, and can be put on again."""
    play = played_to("triaged", parties=(ROBIN,), definition_=drafting())
    play.says(MFT, RESOLVE, 6)
    early = play.labels(MIABOT, APPROVE, 7)
    _, refused = play.run(8)
    assert (refused.record.of, refused.record.refused) == (early, True)
    assert refused.reason is not None
    assert "was shown only after that" in refused.reason
    assert play.state == "triaged"
    play.labels(MIABOT, APPROVE, 9)
    play.run()
    assert play.state == "resolved"


def test_what_is_shown_anew_is_not_approved_by_a_label_from_before() -> None:
    """Put on after another party came and before the run that shows it anew, the label doesn't count."""
    play = drafted()
    play.says(MFT, "/party Kim Example", 6)
    early = play.labels(MIABOT, APPROVE, 7)
    play.run(8)
    assert play.answer(early).refused
    assert play.state == "triaged"


def test_approving_twice_is_refused_and_counts_once() -> None:
    """Whoever approved already is told so, be it in one run or in two."""
    play = drafted(2)
    first, second = play.labels(MIABOT, APPROVE), play.labels(MIABOT, APPROVE)
    decisions = play.run()
    assert [(one.record.of, one.record.refused) for one in decisions] == [(first, False), (second, True)]
    assert decisions[1].reason == "You have approved it already."
    play.labels(MIABOT, APPROVE)
    assert play.refusal()[0] == "You have approved it already."
    assert not is_approved(play.case())


def test_ones_own_draft_is_approved_by_the_others_who_are_named() -> None:
    """Where another has to, the author is refused, and learns who may."""
    play = drafted()
    play.labels(MFT, APPROVE)
    assert play.refusal()[0] == "You drafted it, so somebody else approves it: Mia, thclpr."


def test_without_a_draft_there_is_nothing_to_approve() -> None:
    """The label is refused with every command by which this process drafts."""
    play = played_to("triaged", definition_=drafting())
    play.labels(MIABOT, APPROVE)
    assert play.refusal()[0] == (
        "There is no draft to approve. A draft is made with"
        " `/resolve`, `/uphold`, `/dismiss`, `/party`, `/say`, `/ask`, `/post` or `/correct`."
    )


def test_the_approvers_are_those_who_lack() -> None:
    """Who has approved is named no more, and once it is enough nobody is."""
    play = drafted(2)
    assert approvers(play.case()) == ("Mika", "Mia", "thclpr")
    approve(play, MIABOT)
    assert approvers(play.case()) == ("Mika", "thclpr")
    approve(play, MFT)
    assert approvers(play.case()) == ()


def test_the_basis_is_of_all_that_a_letter_depends_on() -> None:
    """Other words, another consent, another name or address give another basis; the same give the same."""
    case = drafted().case()
    bases = {
        basis(case, "words", "consent"),
        basis(case, "other words", "consent"),
        basis(case, "words", "other consent"),
        basis(drafted(start={"by": STRANGER}).case(), "words", "consent"),
    }
    assert len(bases) == 4
    assert basis(drafted().case(), "words", "consent") in bases


# --- who is asked ------------------------------------------------------------------------------------


def asked(**fields: object) -> Play:
    """Return a play in which a post was drafted, with a party and the reporter asked about it."""
    play = played_to(
        "triaged",
        parties=(ROBIN,),
        text=body(share=COMMUNITY),
        community_=community(rules_channel="#rules", **fields),
    )
    play.says(MFT, "/post rules\nBe kind.")
    play.run()
    return play


def test_those_concerned_are_waited_for_until_they_answer() -> None:
    """Approved, a draft waits for whoever has said nothing; a no of others is known and stops nothing."""
    play = asked()
    assert concerned(play.case()) == silent(play.case()) == ("reporter", "p1")
    approve(play, MIABOT)
    play.says(RIYA, "/consent yes")
    play.run()
    assert silent(play.case()) == ("p1",)
    assert draft(play) is not None
    play.says(MFT, "/consent Robin Example no")
    play.run()
    assert draft(play) is None
    assert [one.notice for one in play.records()[-1].owed if one.to == "community"] == ["community/post"]


def test_who_is_against_it_is_known() -> None:
    """The newest answer of each counts."""
    play = asked()
    play.says(MFT, "/consent Robin Example no")
    play.run()
    assert against(play.case()) == ("p1",)
    play.says(MFT, "/consent Robin Example yes")
    play.run()
    assert against(play.case()) == ()


def test_silence_counts_at_its_instant_however_late_the_run() -> None:
    """A timer that records has its place in the order of time: an answer after it finds nobody waited for."""
    play = asked()
    approve(play, MIABOT)
    made = draft(play)
    assert made is not None
    assert made.since is not None
    late = play.says(MFT, "/consent Robin Example no", made.since + 4 * DAY)
    play.run()
    (counted,) = [record for record in play.records() if SilenceCounted() in record.changes]
    assert counted.at == made.since + 3 * DAY
    assert play.answer(late).refused, "it has gone out by then"
    assert draft(play) is None


def test_the_reporters_no_in_time_stops_it() -> None:
    """Said before silence counts, it leaves no draft, so nothing falls due any more."""
    play = asked()
    approve(play, MIABOT)
    play.says(RIYA, "/consent no")
    play.run()
    assert draft(play) is None
    play.run(24 * 30)
    assert not [record for record in play.records() if SilenceCounted() in record.changes]
    assert not [owed for record in play.records() for owed in record.owed if owed.to == "community"]


def test_whoever_is_named_twice_may_be_answered_for() -> None:
    """An administrator answers for somebody by the name that `/party` gave, in any case of letters."""
    play = asked()
    play.says(MFT, "/consent ROBIN example yes")
    play.says(MFT, "/consent reporter yes\n> Go on.")
    play.run()
    assert silent(play.case()) == ()


def test_the_reporters_yes_is_recorded_in_their_words_only() -> None:
    """Without a quotation it is refused; a no stops the draft, quoted or not."""
    play = asked()
    play.says(MFT, "/consent reporter yes")
    reason, _, _ = play.refusal()
    assert "Quote their words" in reason
    play.says(MFT, "/consent reporter no")
    play.run()
    assert draft(play) is None


def test_a_roster_of_one_needs_nobody_else() -> None:
    """Where there is no other, another is not asked for, and nothing goes out unseen all the same."""
    play = played_to("triaged", definition_=drafting(), community_=community(Administrator(login="mft")))
    play.says(MFT, RESOLVE)
    play.run()
    assert play.state == "triaged"
    approve(play, MFT)
    assert play.state == "closed"


@pytest.mark.parametrize("approved_by", ["anybody", "another", 1, 2])
def test_where_nobody_has_a_say_nothing_goes_out(approved_by: Literal["anybody", "another"] | int) -> None:
    """If the case has come to concern every administrator, a draft waits, though nobody is lacking."""
    two = community(*community().administrators[:2])
    play = drafted(approved_by, start={"community_": two})
    play.says(MFT, "/party mft")
    play.says(MIABOT, "/party miabot")
    play.run()
    assert play.case().eligible == ()
    assert play.state == "triaged"


def test_whoever_is_left_approves_what_was_shown_anew() -> None:
    """Where the only other one leaves the case, the author has to approve what is shown anew."""
    two = community(*community().administrators[:2])
    play = drafted(start={"community_": two})
    play.says(MFT, "/party Kim Example")
    play.says(MIABOT, "/recuse")
    play.run()
    assert play.state == "triaged"
    assert approvers(play.case()) == ("Mika",)
    approve(play, MFT)
    assert play.state == "resolved"


def test_no_form_of_their_node_id_makes_an_author_another() -> None:
    """GitHub names one account in two forms; whoever drafted it isn't somebody else in either."""
    legacy = Actor("MDQ6VXNlcjc3", "mft")
    play = drafted(by=legacy)
    play.labels(Actor("U_kgBN", "mft"), APPROVE)
    assert "You drafted it" in play.refusal()[0]
    assert play.state == "triaged"


def test_words_that_were_changed_are_not_approved() -> None:
    """Whoever approves an edited draft is told that nobody gets it, and what to do."""
    play = drafted()
    said = next(one.id for one in play.read().comments() if one.body == RESOLVE)
    play.edits(said, MFT, f"{RESOLVE} Or else.")
    play.labels(MIABOT, APPROVE)
    refused, told = play.run()
    assert (refused.reason or "").startswith("The words were changed since they were shown")
    assert told.reason == "The draft can't be read any more: what said it was edited."


def test_the_label_that_approves_counts_in_any_case_of_letters() -> None:
    """A repository may have had the label `Approve` before: to GitHub it is the same."""
    play = drafted()
    approve_as = "Approve"
    play.labels(MIABOT, approve_as)
    play.run()
    assert play.state == "resolved"


def test_words_that_nobody_sent_are_brought_up() -> None:
    """Until they are approved, or changed so that nobody gets them."""
    play = played_to("triaged")
    said = play.says(MFT, "/resolve We talked.", 5)
    play.run()
    play.run(5 + 24 * 2)
    assert waits(play.case())["draft_waits"] == START + timedelta(hours=5 + 24)
    play.edits(said, MFT, "/resolve Something else.")
    play.run(5 + 24 * 4)
    assert "draft_waits" not in waits(play.case())
