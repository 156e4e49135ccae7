"""Dismissal: what it reads, and that nobody ends a case so in their own cause."""

from __future__ import annotations

import msgspec
import pytest

from cocflow.core.acts.dismiss import Dismiss, duplicate_of, to_read
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.engine.decide import decide
from cocflow.core.engine.decision import Decision
from cocflow.core.people.roster import Administrator
from tests.core.acts.asking import asked
from tests.core.play import APPROVE, MFT, MIABOT, RIYA, STRANGER, Play, body, community, played_to

PLACE = "https://github.example/acme/incidents/issues"

ACCEPTED: list[tuple[str, Said]] = [
    ("/dismiss spam", Dismiss("spam")),
    ("/dismiss SPAM!", Dismiss("spam")),
    ("/dismiss spam: it sells shoes", Dismiss("spam", words="it sells shoes")),
    ("/dismiss spam\nIt sells shoes.", Dismiss("spam", words="It sells shoes.")),
    ("/dismiss duplicate of #12", Dismiss("duplicate", 12)),
    ("/dismiss Duplicate #12", Dismiss("duplicate", 12)),
    ("/dismiss duplicate of 12", Dismiss("duplicate", 12)),
    ("/dismiss dup 12", Dismiss("duplicate", 12)),
    ("/dismiss duplicate of #12, both saw it", Dismiss("duplicate", 12, words="both saw it")),
    ("/dismiss duplicate of #12\nBoth saw it.", Dismiss("duplicate", 12, words="Both saw it.")),
    (f"/dismiss duplicate of {PLACE}/12", Dismiss("duplicate", 12, PLACE[8:])),
    (f"/dismiss duplicate of <{PLACE}/12#issuecomment-9>", Dismiss("duplicate", 12, PLACE[8:])),
    ("/dismiss duplicate of Acme/incidents#12", Dismiss("duplicate", 12, "acme/incidents")),
    ("/dismiss not ours", Dismiss("not ours")),
    ("/dismiss not-ours", Dismiss("not ours")),
    ("/dismiss not ours: the venue's", Dismiss("not ours", words="the venue's")),
    (
        "/dismiss not ours\n\nThe venue's.\n\nWrite there.",
        Dismiss("not ours", words="The venue's.\n\nWrite there."),
    ),
    ("/dismiss not ours\n\u200b", Dismiss("not ours")),
]

REFUSED = [
    ("/dismiss", "Say why"),
    ("/dismiss it", "Say why"),
    ("/dismiss spammer", "Say why"),
    ("/dismiss duplicate", "by its number"),
    ("/dismiss duplicate of", "by its number"),
    ("/dismiss duplicate of #0", "by its number"),
    ("/dismiss duplicate of #12th", "by its number"),
    ("/dismiss duplicate of #1234567890", "by its number"),
    ("/dismiss duplicate of #\u0661\u0662", "by its number"),
    ("/dismiss duplicate of https://github.com/acme/incidents/pull/12", "by its number"),
    ("/dismiss duplicate of #12 and #14", "one other report only"),
    ("/dismiss spam\n/help", "One command a comment"),
]


def beside(play: Play, **others: Case | None) -> Decision | None:
    """Return the next decision, with these issues to be seen beside it, by `n<number>`."""
    seen = {int(name.removeprefix("n")): one for name, one in others.items()}
    return decide(msgspec.structs.replace(play.case(), beside=seen))


def refused(play: Play, text: str, **others: Case | None) -> str:
    """Return why what MFT writes is refused; "" if it isn't."""
    play.says(MFT, text)
    decision = beside(play, **others)
    assert decision is not None
    return (decision.reason or "?") if decision.record.refused else ""


def other(state: str = "triaged") -> Play:
    """Return another report's play."""
    return played_to(state, number=12)


@pytest.mark.parametrize("state", ["incomplete", "reported", "acknowledged", "triaged"])
def test_spam_ends_and_nobody_is_told(state: str) -> None:
    """Whoever sent it is told nothing, wherever they would read it."""
    play = played_to(state)
    play.says(MFT, "/dismiss spam")
    (decision,) = play.run()
    assert play.state == "dismissed"
    assert decision.says == ("administrators/dismissed",)
    assert decision.record.owed == ()


def test_what_is_not_ours_is_told_the_reporter_at_once_in_fixed_words() -> None:
    """Without words of the administrators', nothing has to be approved."""
    play = played_to("reported")
    play.says(MFT, "/dismiss not ours")
    (decision,) = play.run()
    assert play.state == "dismissed"
    assert decision.says == ("reporter/dismissed", "administrators/dismissed")


def test_words_for_the_reporter_are_shown_first() -> None:
    """They go out as they were shown, once somebody approves, also before there is an estimate."""
    play = played_to("reported")
    play.says(MFT, "/dismiss not ours\nThe venue's.")
    (drafted,) = play.run()
    assert [one.notice for one in drafted.shows] == ["reporter/dismissed"]
    assert play.state == "reported"
    play.labels(MIABOT, APPROVE)
    play.run()
    assert play.state == "dismissed"
    assert "reporter/dismissed" in {one.notice for record in play.records() for one in record.owed}


@pytest.mark.parametrize("recovered", [False, True])
def test_a_party_is_told_of_the_end_only_if_they_knew(*, recovered: bool) -> None:
    """Who was named, and never told anything, learns nothing from a dismissal either."""
    play = played_to("triaged", parties=("Robin Example",))
    play.says(MFT, "/dismiss spam")
    (decision,) = play.run()
    assert decision.record.owed == ()
    told = played_to("closed", parties=("Robin Example",))
    if recovered:
        told.edits(told.receipt_ids()[0], MFT, "Gone.")
        told.says(MIABOT, "/recover It was a slip.")
        told.run()
    told.reopens(MFT)
    told.says(MFT, "/dismiss spam")
    told.run()
    assert [(one.notice, one.to) for one in told.records()[-1].owed] == [("party/dismissed", "p1")]


@pytest.mark.parametrize("reopens", [True, False])
def test_whoever_decides_can_take_it_up_again(reopens: bool) -> None:
    """By the button or the label, and the reporter is owed an estimate again."""
    play = played_to("dismissed")
    if reopens:
        play.reopens(MIABOT)
    else:
        play.labels(MIABOT, "state: reported")
    play.run()
    assert play.state == "reported"


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_nobody_without_a_say_dismisses(by: Actor) -> None:
    """Neither the reporter nor anybody else ends a case so, and no issue is read for them."""
    play = played_to("reported")
    play.says(by, "/dismiss duplicate of #12")
    assert to_read(play.case()) == ()
    assert [decision.record.refused for decision in play.run()] == [True]
    assert play.state == "reported"


def test_whom_a_report_names_cannot_dismiss_it() -> None:
    """Nor whom it may mean, before somebody without a part in it has said how it is."""
    named = Play(text=body(who="It was @mft."))
    named.run()
    assert refused(named, "/dismiss spam") != ""
    perhaps = Play(text=body(who="It was Mika."))
    perhaps.run()
    assert perhaps.case().say_of(perhaps.community.administrators[0]) == "whole"
    assert "may mean you" in refused(perhaps, "/dismiss spam")
    perhaps.says(MIABOT, "/clear @mft It was another Mika.")
    perhaps.run()
    assert refused(perhaps, "/dismiss spam") == ""


def test_nobody_is_asked_whom_a_dismissed_report_may_mean() -> None:
    """What was dismissed has everybody's peace, until it is taken up again."""
    play = Play(text=body(who="It was Mika."))
    play.run()
    assert any("say_in_question" in str(one.says) for one in play.run(24 * 3))
    play.says(MIABOT, "/dismiss spam")
    play.run()
    assert play.run(24 * 30) == []
    play.reopens(MIABOT)
    play.run()
    assert any("say_in_question" in str(one.says) for one in play.run(24 * 60))


def test_whoever_took_a_say_cannot_dismiss() -> None:
    """Who names another administrator, and so gave up their own decisions, doesn't end the case either."""
    play = played_to(
        "triaged", community_=community(Administrator(login="mft"), Administrator(login="miabot"))
    )
    play.says(MFT, "/party @miabot")
    play.run()
    assert refused(play, "/dismiss spam") != ""


def test_an_account_without_an_end_to_its_suspension_comes_first() -> None:
    """Nobody stays suspended over what was dismissed without anybody having decided on it."""
    play = played_to("reported")
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    play.run()
    assert "interim suspension" in refused(play, "/dismiss spam")


def test_a_duplicate_needs_another_report_that_goes_on() -> None:
    """What doesn't exist, is itself, elsewhere, dismissed or withdrawn, is refused in a clear sentence."""
    said = "/dismiss duplicate of #12"
    assert refused(played_to("reported"), said) == "#12 is no report of this repository."
    assert refused(played_to("reported"), said, n12=None) == "#12 is no report of this repository."
    assert "this very report" in refused(played_to("reported"), "/dismiss duplicate of #1")
    elsewhere = "/dismiss duplicate of https://github.example/acme/other/issues/12"
    assert "another repository" in refused(played_to("reported"), elsewhere, n12=other().case())
    assert "dismissed itself" in refused(played_to("reported"), said, n12=other(state="dismissed").case())
    assert "is withdrawn" in refused(played_to("reported"), said, n12=other(state="withdrawn").case())
    assert "can't decide anything" in refused(played_to("reported"), said, n12=Play(number=12).case())


@pytest.mark.parametrize("state", ["incomplete", "reported", "acknowledged", "triaged", "resolved", "closed"])
@pytest.mark.parametrize(
    "form", ["#12", "12", "https://github.example/acme/incidents/issues/12", "acme/incidents#12"]
)
def test_a_duplicate_ends_and_owes_it_to_the_other(state: str, form: str) -> None:
    """Whatever the other's state and however its number is written, it has to know."""
    play = played_to("reported")
    play.says(MFT, f"/dismiss duplicate of {form}")
    decision = beside(play, n12=other(state=state).case())
    assert decision is not None
    play.post(decision.record)
    assert play.state == "dismissed"
    assert duplicate_of(play.case()) == 12
    assert [one.to for one in play.case().progress.owed()] == ["other"]
    assert "reporter/dismissed" in decision.says


def test_nobody_who_is_kept_out_here_gets_to_decide_by_it() -> None:
    """Nor does anybody who has no say there hand a report over to it."""
    named = Play(text=body(who="It was @miabot."))
    named.run()
    said = "/dismiss duplicate of #12"
    assert "This concerns Mia, or may" in refused(named, said, n12=other().case())
    perhaps = Play(text=body(who="It was Mia."))
    perhaps.run()
    assert "This concerns Mia, or may" in refused(perhaps, said, n12=other().case())
    perhaps.run()
    perhaps.says(MFT, "/clear @miabot It was another Mia.")
    perhaps.run()
    assert refused(perhaps, said, n12=other().case()) == ""
    there = Play(text=body(who="It was @mft."), number=12)
    there.run()
    assert "You decide nothing in #12" in refused(played_to("reported"), said, n12=there.case())
    both = Play(text=body(who="It was @miabot."), number=12)
    both.run()
    named.run()
    assert refused(named, said, n12=both.case()) == ""


def test_the_guards_ask_for_the_command() -> None:
    """They refuse whatever else would come to them."""
    play = played_to("reported")
    assert asked(play, "dismissable") == "Say why."
    assert asked(play, "tells_words", "/dismiss not ours") is not None
    assert asked(play, "tells_words", "/dismiss not ours: theirs") is None
    assert asked(play, "tells_words", "/dismiss spam: theirs") is not None
    assert asked(play, "tells_no_words", "/dismiss spam: theirs") is None
    assert asked(play, "handled_nowhere") is not None
