"""Appeals over several issues and roads: by mail, on the issue, by an administrator; from letter to answer.

No module's twin: it follows one appeal from the letter that says how to the one that answers it.
"""

from __future__ import annotations

from typing import Any

import pytest

from cocflow.core.acts.appeal import appeal_until, appellants, may_be_anybodys
from cocflow.core.case.appeals import Appeals
from cocflow.core.case.decided import Decided
from cocflow.core.text.when import format_when
from cocflow.core.views.tokens import reply_token
from tests.core.play import APPROVE, DAY, MFT, MIABOT, RIYA, ROSTER
from tests.run.crashing import crashed
from tests.scene import ROBIN, SAM, SHARES, Scene

RESOLVE = "/resolve We talked with both.\nRobin: warning\nStop the jokes.\nSam: talk"
APPEAL = "Appeal. I wasn't in that channel.\n\nOn Monday, cocflow wrote:\n> This is a warning."


def scene(share: str = "parties") -> Scene:
    """Return an incident that was resolved with a warning for Robin, and of which everybody was told."""
    made = Scene(answers={"share": SHARES[share]})
    made.acknowledged(ROBIN, SAM)
    made.says(MFT, RESOLVE)
    made.labels(MFT, APPROVE)
    if share == "none":
        made.labels(MFT, APPROVE)
    assert made.case().progress.state == "closed"
    return made


def writes(made: Scene, text: str = APPEAL, key: str = "p1", **fields: Any) -> None:
    """Let Robin answer the letter."""
    token = reply_token(1, made.tracker.threads[1].opened.id, key, None)
    given: dict[str, Any] = {
        "sender": "robin@example.org",
        "received": made.tracker.now,
        "tokens": (token,),
    } | fields
    made.mailbox.arrives(text, **given)
    made.run()


def test_a_decision_after_a_reopening_says_that_it_stands_for_the_other() -> None:
    """Whoever was told of the first one: else they would have two, and not know which holds."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.acknowledged(ROBIN)
    made.says(MFT, "/resolve We talked with both.\nRobin: warning\nStop the jokes.")
    made.labels(MFT, APPROVE)
    assert made.case().progress.state == "closed"
    made.says(MFT, "/reopen")
    assert "Those whom it concerns aren't told before it is decided" in made.newest()
    assert len(made.texts("p1")) == 1
    made.says(MFT, f"/party {SAM}")
    made.says(MFT, "/resolve We talked once more.\nRobin: talk\nThank you.\nSam: talk\nThank you, too.")
    again, here = "decided anew", "This stands in place of what you were told before:"
    assert again in made.newest()
    made.labels(MFT, APPROVE)
    assert [again in text for text in made.texts("p1")] == [False, True]
    assert [again in text for text in made.texts("p2")] == [False]
    told = [
        text for text in made.tracker.by_bot(1) if text.startswith(("Your report has", "Your report was"))
    ]
    assert [here in text for text in told] == [False, True]


def test_the_letter_says_how_and_until_when() -> None:
    """The date is that of the window; what brings the answer back is the mail's, and on no page."""
    made = scene()
    until = appeal_until(made.case(), "p1")
    assert until is not None
    token = reply_token(1, made.tracker.threads[1].opened.id, "p1", None)
    (letter,) = [text for text in made.texts("p1") if "This is a warning" in text]
    assert f"you may appeal until {format_when(until, made.desk.community.zone)}" in letter
    assert token in {one.token for one in made.post.messages if one.to.key == "p1"}
    assert not any(token in text for text in made.tracker.by_bot(1))
    told = next(text for text in made.tracker.by_bot(1) if text.startswith("Your report has been resolved"))
    assert "write `/appeal` here" in told


def test_an_appeal_by_mail_opens_the_case_again_and_is_answered() -> None:
    """It is filed, acknowledged with a date, decided by another, and closes again once everybody knows."""
    made = scene()
    writes(made)
    case = made.case()
    assert (case.progress.state, appellants(case)) == ("appealed", ("p1",))
    assert made.tracker.threads[1].is_open
    assert "state: appealed" in made.tracker.threads[1].labels
    due = format_when(made.tracker.now + 14 * DAY, made.desk.community.zone)
    arrived = made.texts("p1")[-1]
    assert "Your appeal has arrived" in arrived
    assert f"by {due}" in arrived
    assert "@miabot" in "".join(made.tracker.by_bot(1)[-2:])
    made.says(MFT, "/uphold It was you.")
    assert "so somebody else decides: Mia, thclpr" in made.newest()
    made.says(MIABOT, "/resolve We read the logs.\nRobin: no violation\nIt wasn't you. We are sorry.")
    assert "How it ends: Robin Example: no violation; Sam Poe: talk" in made.newest()
    assert "What Sam Poe would get" not in made.newest()
    made.labels(MIABOT, APPROVE)
    letter = made.texts("p1")[-1]
    assert "You have appealed, and it was decided anew" in letter
    assert "> It wasn't you. We are sorry." in letter
    case = made.case()
    assert case.outcomes == (Decided("p1", "no violation"), Decided("p2", "talk"))
    assert case.progress.state == "closed"
    assert not made.tracker.threads[1].is_open


def test_without_consent_the_answer_comes_in_fixed_words() -> None:
    """The reasons stay with those who have to know them."""
    made = scene("none")
    writes(made)
    made.sends(MIABOT, "/uphold Riya and the logs say that you were there.")
    letter = made.texts("p1")[-1]
    assert "what was decided stands" in letter
    assert "Riya" not in letter
    assert "logs" not in letter


def test_the_words_of_an_appeal_do_not_stand_where_the_reporter_reads() -> None:
    """Only that it came: what a party writes lies in the mailbox, set aside, and the appeal is filed."""
    made = scene()
    writes(made)
    assert appellants(made.case()) == ("p1",)
    assert not any("that channel" in text for text in made.tracker.by_bot(1))
    assert [one.text for one in made.mailbox.aside] == [APPEAL]


@pytest.mark.parametrize("fields", [{"verified": False}, {"sender": "robin@elsewhere.example"}])
def test_what_may_be_anybodys_waits_before_the_administrators(fields: dict[str, Any]) -> None:
    """The issue is open while it does, nobody is answered, and a label takes it up."""
    made = scene()
    before = len(made.texts("p1"))
    writes(made, **fields)
    assert may_be_anybodys(made.case()) == ("p1",)
    assert made.case().progress.state == "closed"
    assert made.tracker.threads[1].is_open
    assert len(made.texts("p1")) == before
    made.labels(MIABOT, "state: appealed")
    assert "Your appeal has arrived" in made.texts("p1")[-1]
    assert made.case().progress.state == "appealed"


def test_one_that_comes_too_late_is_answered_and_kept() -> None:
    """Its writer reads the date and what is still possible, and administrators that somebody wrote."""
    made = scene()
    made.passes(31 * DAY)
    writes(made)
    assert made.case().progress.state == "closed"
    answer = made.texts("p1")[-1]
    assert "The time for an appeal ended on" in answer
    assert "can have it looked at again" in answer
    assert "The time for an appeal ended on" in made.newest()


def test_the_reporter_appeals_on_the_issue_and_it_may_become_harsher() -> None:
    """They read there that it arrived; what changes is told to whom it changes for, and to them."""
    made = scene()
    made.says(RIYA, "/appeal It goes on, every day.")
    assert any("Your appeal has arrived" in text for text in made.tracker.by_bot(1))
    made.passes(DAY)
    made.sends(MIABOT, "/resolve\nSam: warning\nStop it, all of it.")
    assert "There was an appeal, and it was decided anew" in made.texts("p2")[-1]
    assert made.case().outcomes == (Decided("p2", "warning"), Decided("p1", "warning"))


def test_who_waits_too_long_hears_it_once() -> None:
    """On the day that they were told, and the administrators are reminded on the board."""
    made = scene()
    writes(made)
    made.passes(14 * DAY)
    made.passes(DAY)
    late = [text for text in made.texts("p1") if "We are late with the answer" in text]
    assert len(late) == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_dies_in_between_files_an_appeal_once(after: bool) -> None:
    """Whichever write it was: the appeal is filed once, and its writer hears of it."""
    begun = scene()
    token = reply_token(1, begun.tracker.threads[1].opened.id, "p1", None)
    given: dict[str, Any] = {"sender": "robin@example.org", "tokens": (token,)}
    begun.mailbox.arrives(APPEAL, received=begun.tracker.now, **given)
    for made in crashed(begun, after=after, writes=3):
        made.run()
        made.run()
        assert appellants(made.case()) == ("p1",)
        arrived = [text for text in made.texts("p1") if "Your appeal has arrived" in text]
        assert len(arrived) in (1, 2)  # a mark that is lost is a notice repeated, never one lost
        assert len(made.case().progress[Appeals].made) == 1


def test_nothing_is_offered_that_only_somebody_outside_may_do() -> None:
    """Where each administrator agreed to it, no card offers them to decide an appeal, nor does a receipt."""
    made = Scene(roster=ROSTER[:1], answers={"share": SHARES["parties"]})
    made.acknowledged(ROBIN)
    made.sends(MFT, "/resolve We talked.\nRobin: warning\nStop.")
    made.says(RIYA, "/appeal It was worse.")
    card = made.case().ledger.card
    assert card is not None
    assert "/uphold" not in card.body
    assert "was promised" not in card.body
    assert not any("with `/uphold`" in one for one in made.tracker.by_bot(1))


def test_where_nobody_is_left_the_card_offers_nothing() -> None:
    """An administrator who has no say reads to whom to turn, and no list of what they can't do."""
    made = Scene(roster=ROSTER[:1])
    made.says(MFT, "/recuse")
    card = made.case().ledger.card
    assert card is not None
    assert "Please turn to council@example.org" in card.body
    assert "/estimate" not in card.body


@pytest.mark.parametrize(("outside", "says"), [("the council", "There was no other administrator"), ("", "")])
def test_nobody_is_said_to_have_decided_who_had_not_agreed(outside: str, says: str) -> None:
    """Where one administrator is all there is, and nobody outside can be written to, the letter says so."""
    made = Scene(roster=ROSTER[:1], outside_contact=outside, answers={"share": SHARES["parties"]})
    made.acknowledged(ROBIN)
    made.sends(MFT, "/resolve We talked.\nRobin: warning\nStop.")
    assert "decides, where there is one." in made.texts("p1")[-1]
    made.says(RIYA, "/appeal It was worse.")
    made.sends(MFT, "/uphold It stands.")
    upheld = made.newest()
    answers = [one for one in made.tracker.by_bot(1) if "You have an answer to your appeal" in one]
    assert answers
    assert says in answers[-1]
    assert "Somebody who didn't agree" not in answers[-1], upheld
