"""Appeals: kept until their time, filed once, decided by somebody else than who suspended."""

from __future__ import annotations

from datetime import timedelta

from cocflow.core.acts.appeal import Appeal, Overturn, Uphold, Waiting
from cocflow.core.acts.suspension import End
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.engine.timers import waits
from cocflow.core.views import view
from cocflow.core.views.base import Occasion
from cocflow.core.views.suspended import SuspendedView
from tests.core.play import (
    DAY,
    MFT,
    MIABOT,
    ROSTER,
    START,
    STRANGER,
    THCLPR,
    community,
    suspended_by,
    suspension_body,
    suspension_played_to,
)

WEEK = 7 * DAY

ACCEPTED: list[tuple[str, Said]] = [
    ("/appeal I was not there.", Appeal("I was not there.")),
    ("/appeal\n> I was not there.\n/help", Appeal("> I was not there.\n/help")),
    ("/uphold Nothing\nspeaks for it.", Uphold("Nothing\nspeaks for it.")),
    ("/overturn\nSomebody else.", Overturn("Somebody else.")),
]

REFUSED = [
    ("/appeal", "The justification is missing"),
    ("/appeal \u200b", "The justification is missing"),
    ("/uphold", "The reasons are missing"),
    ("/uphold It is.\n/help", "One command a comment"),
    ("/overturn", "The new context is missing"),
    ("/overturn It is.\n/uphold It is.", "One command a comment"),
]


def test_further_appeals_are_added_to_the_kept_one() -> None:
    """Two early mails are kept as one appeal, which is filed by itself when the time comes."""
    play = suspended_by()
    play.run()
    first, second = play.mails("I was not there.", 3), play.mails("Ask Kit.", 20)
    play.run()
    assert [one.words.fact for one in play.case().progress[Waiting].appeal] == [first, second]
    decisions = play.run(7 * 24)
    assert [one.record.move for one in decisions if one.record.move] == ["file"]
    assert [one.words.fact for one in play.case().progress[Waiting].appeal] == [first, second]


def test_what_may_be_forged_is_filed_by_an_administrator_only() -> None:
    """An unverified mail isn't filed by itself, is told of, and `state: appealed` takes it up."""
    play = suspended_by(text=suspension_body(until="8 weeks"))
    play.run()
    play.mails("Please look again.", 3, verified=False)
    play.run()
    play.run(7 * 24)
    assert play.state == "appealable"
    assert waits(play.case())["unverified_waits"] == START + 8 * DAY
    play.labels(STRANGER, "state: appealed")
    play.run()
    assert play.state == "appealable"
    play.labels(MFT, "state: appealed")
    (accepted,) = play.run()
    assert play.state == "appealed"
    assert [owed.notice for owed in accepted.record.owed] == ["suspended/appeal_filed", "noted"]


def test_who_sent_an_unverified_mail_isn_t_answered() -> None:
    """A mail that may be forged, sent when an appeal may be made, is answered to nobody."""
    play = suspension_played_to("appealable")
    play.mails("Please look again.", verified=False)
    kept, *_ = play.run()
    assert (kept.record.move, kept.record.owed) == ("keep_unverified", ())


def test_a_stranger_can_have_us_write_but_once() -> None:
    """The first early mail is answered to the address on record; further unverified ones are kept quietly."""
    play = suspended_by()
    play.run()
    play.mails("Please look again.", 3, verified=False)
    play.mails("And again.", 4, verified=False)
    first, second = play.run()
    assert [owed.notice for owed in first.record.owed] == ["suspended/appeal_kept"]
    assert (second.record.move, second.record.owed) == ("keep_quietly", ())
    assert len(play.case().progress[Waiting].appeal) == 2


def test_a_new_end_after_access_returned_is_in_force_again() -> None:
    """Who is given a new end while their appeal is open is suspended again, and is told nothing else."""
    play = suspended_by(text=suspension_body(until="10 days"))
    play.run()
    play.mails("Please look again.", 24 * 8)
    play.run(24 * 11)
    assert play.case().progress[End].returned
    play.says(MFT, "/until 4 weeks\nThe account was used again.")
    play.run()
    assert not play.case().progress[End].returned


def test_an_upheld_appeal_may_be_repeated_after_its_time() -> None:
    """The person is told so, and when they may ask again; then the appeal opens anew."""
    play = suspension_played_to("upheld", text=suspension_body(until="8 weeks"))
    (upheld,) = [record for record in play.records() if record.move == "uphold" and record.owed]
    case = play.case()
    (owed,) = [one for one in upheld.owed if one.to == "suspended"]
    seen = view("suspended", case, Occasion(owed=owed))
    assert isinstance(seen, SuspendedView)
    assert seen.decision is None, "there is no reporter who could agree to more than the bare decision"
    assert seen.appeal_from == upheld.at + WEEK
    assert case.progress[Waiting].appeal == ()
    play.run(upheld.at + WEEK - timedelta(seconds=1))
    assert play.state == "upheld"
    play.run(upheld.at + WEEK)
    assert play.state == "appealable"


def test_an_overturned_suspension_tells_the_person_the_incident_and_the_community() -> None:
    """All three are owed their notice at once."""
    play = suspension_played_to("overturned")
    (overturned,) = [record for record in play.records() if record.move == "overturn" and record.owed]
    assert [(owed.notice, owed.to) for owed in overturned.owed] == [
        ("suspended/overturned", "suspended"),
        ("community/overturned", "community"),
        ("noted", "incident"),
    ]


def test_whoever_suspended_is_told_who_may_decide() -> None:
    """The refusal names the others with a say."""
    play = suspension_played_to("appealed")
    play.says(MFT, "/overturn I was wrong.")
    (refused,) = play.run()
    assert refused.reason == "You suspended this account, so somebody else decides its appeal: Mia, thclpr."


def test_a_sole_administrator_decides_also_their_own_suspension() -> None:
    """With a roster of one there is nobody else, so the appeal is decided all the same."""
    play = suspension_played_to("active", community_=community(ROSTER[0]))
    play.says(MFT, "/appeal I was not there.", 200)
    play.sends(MFT, "/overturn They were not there.", 201)
    play.run()
    assert play.state == "overturned"


def test_a_suspended_administrator_has_no_say_in_it() -> None:
    """An administrator whose account is suspended can't lift it, decide it or file for others."""
    play = suspended_by(text=suspension_body(account="@THCLPR"))
    play.run()
    assert play.state == "proposed"
    play.says(MIABOT, "/confirm", 1)
    play.labels(MIABOT, "state: active", 1)
    play.run()
    play.run(8 * 24)
    play.says(MIABOT, "/appeal I was not there.", 8 * 24)
    play.run()
    assert play.state == "appealed"
    assert play.case().roles(THCLPR) == {"suspended"}
    for asked in (
        play.labels(THCLPR, "state: lifted"),
        play.says(THCLPR, "/overturn It was me."),
        play.says(THCLPR, "/until 25h\nEnough."),
    ):
        play.run()
        (record,) = [record for record in play.records() if record.of == asked]
        assert record.refused
    assert play.state == "appealed"


def test_no_form_of_their_node_id_lets_who_suspended_decide() -> None:
    """GitHub names one account in two forms; whoever suspended isn't somebody else in either."""
    play = suspended_by(Actor("MDQ6VXNlcjc3", "mft"))
    play.run(7 * 24)
    play.says(MIABOT, "/appeal I was not there.", 170)
    play.run()
    play.says(Actor("U_kgBN", "mft"), "/uphold It stands.", 171)
    assert "You suspended this account" in play.refusal()[0]
