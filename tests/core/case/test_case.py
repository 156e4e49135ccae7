"""A case: who is who in it, and that words are read only where they stand."""

from __future__ import annotations

import pytest

from cocflow.core.acts.party import parties
from cocflow.core.acts.report import report, reporter
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor, sha256
from cocflow.core.case.records import Words
from cocflow.core.people.roster import Administrator
from tests.core.play import (
    BOT,
    FOR_ANOTHER,
    MFT,
    MIABOT,
    OTHER_BOT,
    RIYA,
    ROSTER,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    played_to,
)


def filed_for(reporter: str, **fields: object) -> Case:
    """Return a case that an administrator filed for somebody."""
    play = Play(by=MFT, text=body(learned=FOR_ANOTHER, reporter=reporter), **fields)  # type: ignore[arg-type]
    play.run()
    return play.case()


def with_party(said: str) -> Case:
    """Return a case to which this party was added."""
    play = played_to("reported")
    play.says(MFT, f"/party {said}", 1)
    play.run()
    return play.case()


def eligible(case: Case) -> list[str]:
    """Return the logins of those who have a say."""
    return [one.login for one in case.eligible]


def test_the_author_is_the_reporter() -> None:
    """Who opens an issue is its reporter, and has the reporter's role alone."""
    case = played_to("reported").case()
    assert reporter(case).login == "riya"
    assert case.roles(RIYA) == {"reporter"}
    assert case.roles(MFT) == {"administrator"}
    assert case.roles(STRANGER) == frozenset()


@pytest.mark.parametrize("actor", [None, BOT, OTHER_BOT, Actor("U_mft", "mft", bot=True)])
def test_ghosts_and_bots_have_no_role(actor: Actor | None) -> None:
    """An account that is gone, and any bot, even one with an administrator's login, has no role."""
    assert played_to("reported").case().roles(actor) == frozenset()


def test_letter_case_of_a_login_does_not_matter() -> None:
    """GitHub's logins differ in letter case only by looks."""
    assert played_to("reported").case().roles(Actor("U_mft", "MFT")) == {"administrator"}


def test_only_an_administrator_files_for_somebody() -> None:
    """Somebody off the roster who says that they file for another is the reporter all the same."""
    play = Play(by=RIYA, text=body(learned=FOR_ANOTHER, reporter="Nobody, mft"))
    play.run()
    assert reporter(play.case()).login == "riya"
    assert [one.role for one in play.case().people] == ["reporter"]


def test_the_person_filed_for_is_the_reporter() -> None:
    """An administrator who files for somebody keeps a say, and the reporter is who was named."""
    case = filed_for("Riya Sen, riya@example.org, U0RIYA123")
    who = reporter(case)
    assert (who.name, who.mail, who.slack) == ("Riya Sen", "riya@example.org", "U0RIYA123")
    assert case.roles(MFT) == {"administrator"}
    assert case.roles(RIYA) == frozenset()


def test_an_administrator_who_reports_has_no_say() -> None:
    """An administrator's own report is decided by the others."""
    play = Play(by=MIABOT)
    play.run()
    assert play.case().roles(MIABOT) == {"reporter"}
    assert eligible(play.case()) == ["mft", "thclpr"]


@pytest.mark.parametrize(
    "said",
    ["mft", "@mft", "MFT", "Mika Example mika@example.org", "Someone U0MIKA001", "Mi MIKA@example.ORG"],
)
def test_a_party_is_matched_by_login_mail_and_slack_id(said: str) -> None:
    """A party who is an administrator, however named, has a party's role and no say."""
    play = played_to("reported")
    play.says(MIABOT, f"/party {said}", 1)
    play.says(THCLPR, "/confirm", 2)
    play.run()
    case = play.case()
    assert case.roles(MFT) == {"party"}
    assert eligible(case) == ["miabot", "thclpr"]


@pytest.mark.parametrize("said", ["Mika mika@example.org", "mft", "thing U0MIKA001, x"])
def test_a_reporter_filed_for_is_matched_by_login_mail_and_slack_id(said: str) -> None:
    """Whoever is the reporter of a case has none of its say, by whatever handle they were named."""
    play = Play(by=MIABOT, text=body(learned=FOR_ANOTHER, reporter=said))
    play.run()
    assert eligible(play.case()) == ["thclpr"]
    play.says(THCLPR, "/confirm", 2)
    play.run()
    assert eligible(play.case()) == ["miabot", "thclpr"]
    assert play.case().roles(MFT) == {"reporter"}


def test_a_longer_login_is_another_one() -> None:
    """A party whose name merely contains a login isn't that administrator."""
    assert eligible(with_party("mft-the-second")) == ["mft", "miabot", "thclpr"]


def test_a_removed_party_has_no_say_back_by_that() -> None:
    """Only whoever settles it gives a say back, and not the removal of the party."""
    play = played_to("reported")
    play.says(MFT, "/party thclpr", 1)
    play.says(MIABOT, "/party -thclpr", 2)
    play.run()
    assert eligible(play.case()) == ["miabot"]
    play.says(MIABOT, "/clear It was somebody else.", 3)
    play.run()
    assert eligible(play.case()) == ["mft", "miabot", "thclpr"]
    assert play.case().roles(THCLPR) == {"administrator"}


def test_a_sole_administrator_keeps_a_say() -> None:
    """With one administrator only, that one may act in their own case, and it shows."""
    play = Play(by=MFT, community_=community(ROSTER[0]))
    play.run()
    case = play.case()
    assert eligible(case) == ["mft"]
    assert case.roles(MFT) == {"administrator", "reporter"}
    assert case.is_sole(MFT)
    assert not case.is_sole(STRANGER)


def test_a_sole_administrator_is_only_noted_where_concerned() -> None:
    """A sole administrator who isn't in the case acts as any other."""
    play = Play(community_=community(ROSTER[0]))
    play.run()
    assert not play.case().is_sole(MFT)


def test_nobody_may_be_left() -> None:
    """With every administrator in the case, nobody is eligible."""
    two = community(Administrator(login="mft"), Administrator(login="miabot"))
    play = Play(by=MFT, community_=two)
    play.run()
    play.says(MIABOT, "/party miabot", 1)
    play.run()
    assert play.case().eligible == ()
    assert play.case().roles(MIABOT) == {"party"}


def test_words_that_changed_are_not_read() -> None:
    """A record's words are given only if the comment's text is still the one that was decided upon."""
    play = played_to("reported")
    said = play.says(MFT, "/party Robin Example robin@example.org", 1)
    play.run()
    assert [(one.name, one.mail) for one in parties(play.case())] == [("Robin Example", "robin@example.org")]
    play.edits(said, MFT, "/party Robin Example other@example.org")
    assert [(one.key, one.name, one.mail) for one in parties(play.case())] == [("p1", "", "")]
    play.deletes(MFT, said)
    assert [one.name for one in parties(play.case())] == [""]


def test_words_are_named_by_their_digest() -> None:
    """The command behind a record is found by comment and digest, not by the comment alone."""
    play = played_to("reported")
    said = play.says(MFT, "/help", 1)
    case = play.case()
    assert case.command(Words(said, sha256("/help"))) is not None
    assert case.command(Words(said, sha256("/help "))) is None
    assert case.command(Words("IC_none", sha256("/help"))) is None


def test_later_answers_stand_above_the_body() -> None:
    """An answer given by `/answer` is part of the report."""
    play = played_to("incomplete")
    assert [one.number for one in report(play.case()).unanswered] == [1]
    play.says(RIYA, "/answer 1 It was said in a meeting.")
    play.run()
    assert report(play.case()).unanswered == ()
    assert report(play.case()).answers.text("nature") == "It was said in a meeting."


def test_no_name_enters_a_repr() -> None:
    """The reprs of a case, its issue, facts, actors and people show numbers, ids and keys only."""
    play = played_to("resolved")
    play.says(STRANGER, "secret words")
    case = play.case()
    shown = repr([case, case.issue, case.issue.facts, RIYA, reporter(case), parties(case), report(case)])
    assert "riya" not in shown.replace("U_riya", "")
    assert "secret" not in shown
    assert "Robin" not in shown
