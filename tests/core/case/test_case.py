"""A case: who is who in it, and that words are read only where they stand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocflow.core.acts.party import parties
from cocflow.core.acts.report import report, reporter
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor, Opened, sha256
from cocflow.core.case.records import Words
from cocflow.core.people.roster import Administrator, Community
from tests.core.play import (
    BOT,
    FOR_ANOTHER,
    MFT,
    MIABOT,
    OTHER_BOT,
    RIYA,
    ROSTER,
    START,
    STRANGER,
    THCLPR,
    Play,
    body,
    community,
    played_to,
    suspended_by,
    suspension_body,
)


def filed_for(reporter: str, **fields: object) -> Case:
    """Return a case that an administrator filed for somebody."""
    given: dict[str, Any] = {"by": MFT, "text": body(learned=FOR_ANOTHER, reporter=reporter)} | fields
    play = Play(**given)
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


def test_whoever_files_for_somebody_is_not_the_reporter() -> None:
    """Somebody off the roster who files for another is the filer; whom they name is the reporter."""
    play = Play(by=RIYA, text=body(learned=FOR_ANOTHER, reporter="Nobody, mft"))
    play.run()
    assert reporter(play.case()).login == ""
    assert [one.role for one in play.case().people] == ["reporter", "filer"]
    assert play.case().roles(RIYA) == {"filer"}


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
    ["@mft", "Mika @MFT", "Mika Example mika@example.org", "Someone U0MIKA001", "Mi MIKA@example.ORG"],
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


@pytest.mark.parametrize("said", ["Mika mika@example.org", "@mft", "Mika, @mft.", "thing U0MIKA001, x"])
def test_a_reporter_filed_for_is_matched_by_login_mail_and_slack_id(said: str) -> None:
    """Whoever is the reporter of a case has none of its say, by whatever handle they were named."""
    play = Play(by=MIABOT, text=body(learned=FOR_ANOTHER, reporter=said))
    play.run()
    assert eligible(play.case()) == ["thclpr"]
    play.says(THCLPR, "/confirm", 2)
    play.run()
    assert eligible(play.case()) == ["miabot", "thclpr"]
    assert play.case().roles(MFT) == {"reporter"}


@pytest.mark.parametrize("said", ["mft", "MFT"])
def test_a_word_takes_a_say_away_and_gives_no_role(said: str) -> None:
    """A party or a reporter who is called by an administrator's login isn't that administrator for sure."""
    for case in (with_party(said), filed_for(f"{said}, riya@example.org", by=MIABOT)):
        assert case.roles(MFT) <= {"administrator"}  # for acts of care, until it is settled
        assert "mft" not in eligible(case)


@pytest.mark.parametrize("login", ["sam", "u0sam0001", "sam@example.org"])
def test_a_word_that_names_somebody_is_nobodys_login(login: str) -> None:
    """Neither a first name nor a Slack id nor a mail address makes the account of that login the person."""
    incident = played_to("reported")
    incident.says(MFT, "/suspend Insults.\nSam, sam@example.org, U0SAM0001", 1)
    incident.says(MFT, "/party Sam", 1)
    incident.run()
    suspension = suspended_by(text=suspension_body(account="Sam", reach="sam@example.org, U0SAM0001"))
    suspension.run()
    for case in (incident.case(), suspension.case(), filed_for("Sam, sam@example.org, U0SAM0001")):
        assert case.roles(Actor("U_1", login)) == frozenset()


def test_a_login_that_an_administrator_wrote_with_its_sign_is_the_persons() -> None:
    """`@login` gives the role that the line is about, in every place where a person is named."""
    sam = Actor("U_1", "Sam-Poe")
    incident = played_to("reported")
    incident.says(MFT, "/suspend Insults.\nSam, @sam-poe", 1)
    incident.says(MFT, "/party Sam `@sam-poe`", 1)
    incident.run()
    assert incident.case().roles(sam) == {"party", "suspended"}
    for answers in ({"account": "@sam-poe"}, {"reach": "@sam-poe, sam@example.org"}):
        suspension = suspended_by(text=suspension_body(**answers))
        suspension.run()
        assert suspension.case().roles(sam) == {"suspended"}
    assert filed_for("Sam, sam@example.org, @sam-poe").roles(sam) == {"reporter"}


def test_the_author_has_the_reporters_role_by_the_account_alone() -> None:
    """Whoever takes the login that a reporter had isn't the reporter; under a new login they still are."""
    play = Play(by=Actor("U_kgAH", "riya"))
    play.run()
    assert play.case().roles(Actor("U_kgAI", "riya")) == frozenset()
    assert play.case().roles(Actor("MDQ6VXNlcjc=", "riya-sen")) == {"reporter"}


# --- accounts that are pinned -------------------------------------------------------------------------

MIKA = Administrator(login="mft", name="Mika", account=7)
PINNED = community(MIKA, Administrator(login="miabot", account=8))
LEGACY_MIKA, NEW_MIKA, MIA = "MDQ6VXNlcjc=", "U_kgAH", "U_kgAI"
"""The accounts 7, in both of GitHub's forms, and 8."""


@pytest.mark.parametrize("id_", [LEGACY_MIKA, NEW_MIKA])
@pytest.mark.parametrize("login", ["mft", "mika-renamed", "miabot"])
def test_a_pinned_administrator_is_known_by_the_account(id_: str, login: str) -> None:
    """Whatever form its id has, and whatever it is called now, the account keeps the say."""
    case = played_to("reported", community_=community(MIKA, ROSTER[1])).case()
    actor = Actor(id_, login)
    assert case.roles(actor) == {"administrator"}
    assert case.administrator(actor) == MIKA


@pytest.mark.parametrize("id_", [MIA, "U_mft", "", "U_kgAHx"])
def test_another_account_under_a_pinned_login_is_a_stranger(id_: str) -> None:
    """Somebody who took the login of an administrator, or whose id can't be read, has no say."""
    case = played_to("reported", community_=community(MIKA, ROSTER[1])).case()
    assert case.roles(Actor(id_, "mft")) == frozenset()
    assert case.administrator(Actor(id_, "mft")) is None


def test_a_renamed_administrator_who_reports_has_no_say() -> None:
    """Their account is the reporter's, though the roster still has the old login; so does an `@login`."""
    play = Play(by=Actor(NEW_MIKA, "mika-renamed"), community_=PINNED)
    play.run()
    assert eligible(play.case()) == ["miabot"]
    assert play.case().roles(Actor(LEGACY_MIKA, "mika-renamed")) == {"reporter"}
    other = Play(community_=PINNED)
    other.run()
    other.says(Actor(NEW_MIKA, "mika-renamed"), "/estimate 3 days", 1)
    other.says(Actor(MIA, "miabot"), "/party @mika-renamed", 2)
    other.run()
    assert eligible(other.case()) == []
    other.mails("confirm", outside=True)
    other.run()
    assert eligible(other.case()) == ["miabot"]


def test_the_one_who_suspended_is_known_under_another_login_and_form() -> None:
    """An administrator who renamed their account, named in the old form, isn't somebody else."""
    case_ = suspended_by(Actor(LEGACY_MIKA, "mft"), community_=PINNED)
    case_.run()
    case_.facts[0] = Opened(id="I_1", at=START, by=Actor(NEW_MIKA, "mika-renamed"))
    case = case_.case()
    assert [one.login for one in case.others(LEGACY_MIKA)] == ["miabot"]
    assert not case.is_another(NEW_MIKA, LEGACY_MIKA)
    assert case.is_another(MIA, LEGACY_MIKA)


OLD_FORM = {"riya": "MDQ6VXNlcjU=", "mft": LEGACY_MIKA, "miabot": "MDQ6VXNlcjg="}
NEW_FORM = {"riya": "U_kgAF", "mft": NEW_MIKA, "miabot": MIA}


@pytest.mark.parametrize("roster", [PINNED, community(*ROSTER[:2])])
def test_receipts_of_the_old_form_hold_when_github_gives_the_new_one(roster: Community) -> None:
    """From the day on which every id has another form, the same people have the same roles, and no more."""
    play = Play(by=Actor(OLD_FORM["riya"], "riya"), community_=roster)
    play.run()
    mika, mia = (Actor(OLD_FORM[login], login) for login in ("mft", "miabot"))
    play.says(mika, "/party Robin @robin", 1)
    play.says(mika, "/estimate 3 days", 2)
    play.run()
    before = play.case()
    play.facts = [
        msgspec.structs.replace(fact, by=Actor(NEW_FORM[fact.by.login], fact.by.login))
        if fact.by is not None and fact.by.login in NEW_FORM
        else fact
        for fact in play.facts
    ]
    after = play.case()
    assert play.run() == []
    for login, id_ in NEW_FORM.items():
        assert after.roles(Actor(id_, login)) == before.roles(Actor(OLD_FORM[login], login)) != frozenset()
        assert not after.is_another(id_, OLD_FORM[login])
    assert after.is_another(NEW_MIKA, mia.id)
    assert [one.login for one in after.others(mika.id)] == ["miabot"]


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
    play.says(MIABOT, "/party @miabot", 1)
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
