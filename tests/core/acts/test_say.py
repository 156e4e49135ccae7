"""Nobody in their own cause: who is kept out of a case, by what road, and how that is settled."""

from __future__ import annotations

import msgspec
import pytest

from cocflow.core.acts import ACTS
from cocflow.core.acts.say import Clear, Confirm, Recuse
from cocflow.core.case.facts import Actor
from cocflow.core.case.grammar import Said
from cocflow.core.people.roster import Administrator
from cocflow.core.views import view
from cocflow.core.views.administrators import AdministratorsView
from cocflow.core.views.base import Occasion
from tests.core.play import (
    DAY,
    FOR_ANOTHER,
    HOUR,
    MFT,
    MIABOT,
    RIYA,
    ROSTER,
    START,
    THCLPR,
    Play,
    body,
    community,
    played_to,
    suspended_in,
    suspension_body,
    suspension_definition,
)

ACCEPTED: list[tuple[str, Said]] = [
    ("/recuse", Recuse("")),
    ("/recuse They are my sister.", Recuse("They are my sister.")),
    ("/confirm", Confirm(None, "")),
    ("/confirm @MiaBot they said so", Confirm("miabot", "they said so")),
    ("/clear It was another Mia.", Clear(None, "It was another Mia.")),
    ("/clear @miabot: It was another Mia.", Clear("miabot", "It was another Mia.")),
]
REFUSED = [("/clear", "Say why"), ("/clear @miabot", "Say why"), ("/recuse\n/help", "One command a comment")]

TWO = community(*ROSTER[:2])
DECISIONS = ("/resolve We talked.", "/party Kim Example", "/withdraw\n> Stop.", "/confirm", "/clear No.")


def say(play: Play) -> dict[str, str]:
    """Return what say each administrator has."""
    case = play.case()
    return {one.login: case.say_of(one) for one in case.community.administrators}


def reported(**answers: str | tuple[str, ...]) -> Play:
    """Return a report with these answers, taken up."""
    play = Play(text=body(**answers))
    play.run()
    return play


def asks(play: Play, by: Actor, text: str) -> bool:
    """Let somebody ask; return whether it was granted."""
    asked = play.says(by, text)
    play.run()
    return not play.answer(asked).refused


def notices(play: Play) -> list[str]:
    """Return all notices that the receipts owe or tell, in order."""
    return [owed.notice for record in play.records() for owed in record.owed]


# --- what another administrator does --------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "/party miabot",
        "/party Mia Example mia@example.org",
        '/party "miabot, Mia"',
        "/suspend Insults\nmiabot, elsewhere@example.org",
        "/answer 2 It was @miabot.",
    ],
)
def test_whoever_takes_anothers_say_decides_nothing_until_it_is_settled(text: str) -> None:
    """By whatever road: both keep acts of care, and whoever has no part in it says how it is."""
    roster = community(
        ROSTER[0], Administrator(login="miabot", name="Mia", mail="mia@example.org"), ROSTER[2]
    )
    play = played_to("triaged", community_=roster)
    assert asks(play, MFT, text)
    assert say(play) == {"mft": "in question", "miabot": "in question", "thclpr": "whole"}
    for by in (MFT, MIABOT):
        assert not any(asks(play, by, decision) for decision in DECISIONS)
        assert asks(play, by, "/estimate 3 days")
        assert asks(play, by, "/help")
    assert play.state == "triaged"
    assert asks(play, THCLPR, "/party Kim Example")


def test_acts_of_care_are_an_interim_suspension_and_less_consent() -> None:
    """Somebody is kept safe meanwhile; nothing that decides more."""
    play = played_to("triaged", parties=())
    assert asks(play, RIYA, "/consent parties")
    assert asks(play, MFT, "/party miabot")
    assert not asks(play, MFT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    assert not asks(play, MFT, "/suspend Insults\nthclpr, sam@example.org")
    assert not asks(play, MFT, "/suspend Insults\nriya, sam@example.org")
    assert asks(play, MIABOT, "/suspend Insults\nSam Poe, sam@example.org")
    assert not asks(play, MFT, "/consent community\n> All of it.")
    assert asks(play, MFT, "/consent none\n> Nothing any more.")


def test_confirmed_it_holds_and_the_taker_has_their_say_again() -> None:
    """The third settles it, for good."""
    play = played_to("triaged")
    assert asks(play, MFT, "/party miabot")
    assert asks(play, THCLPR, "/confirm @miabot")
    assert say(play) == {"mft": "whole", "miabot": "none", "thclpr": "whole"}
    assert not asks(play, THCLPR, "/clear @miabot It was a mistake.")


def test_cleared_both_have_their_say_again() -> None:
    """The third settles it the other way, with a reason."""
    play = played_to("triaged")
    assert asks(play, MFT, "/party miabot")
    assert asks(play, THCLPR, "/clear @miabot It was a mistake.")
    assert set(say(play).values()) == {"whole"}
    assert asks(play, MIABOT, "/estimate 3 days")


def test_one_account_cannot_take_both_others_says() -> None:
    """The second time there is nobody left to agree, so it decides nothing."""
    play = played_to("triaged")
    assert asks(play, MFT, "/party miabot")
    assert not asks(play, MFT, "/party thclpr")
    assert asks(play, THCLPR, "/confirm")
    assert asks(play, MFT, "/party thclpr")
    assert say(play) == {"mft": "in question", "miabot": "none", "thclpr": "in question"}
    assert not any(asks(play, MFT, decision) for decision in DECISIONS)


def test_the_person_named_and_the_outside_contact_are_told_at_once() -> None:
    """With two administrators nobody else is left, so whoever is outside is asked, and reminded."""
    play = played_to("triaged", community_=TWO)
    assert asks(play, MFT, "/party miabot")
    assert notices(play).count("outside/say_in_question") == 1
    play.run(START + 5 * DAY)
    assert notices(play).count("outside/say_in_question") > 1


@pytest.mark.parametrize(("word", "expected"), [("confirm", "none"), ("clear: a mistake", "whole")])
def test_the_outside_contacts_letter_settles_it(word: str, expected: str) -> None:
    """A verified letter from their address, whose first word says how it is."""
    play = played_to("triaged", community_=TWO)
    assert asks(play, MFT, "/party miabot")
    mail = play.mails(word.replace(":", ""), outside=True)
    play.run()
    assert not play.answer(mail).refused
    assert say(play) == {"mft": "whole", "miabot": expected}


def test_the_outside_contact_answers_for_all_of_whom_it_is_open() -> None:
    """They were told no names, and asked for one word."""
    play = Play(text=body(who="It was @miabot, and @mft."), community_=TWO)
    play.run()
    play.mails("clear It was other people.", outside=True)
    play.run()
    assert say(play) == {"mft": "whole", "miabot": "whole"}


@pytest.mark.parametrize(
    "fields", [{"outside": False}, {"outside": True, "verified": False}, {"outside": True, "automatic": True}]
)
def test_no_other_letter_settles_it(fields: dict[str, bool]) -> None:
    """A letter of somebody else's, or one that anybody may have sent, is put before the administrators."""
    play = played_to("triaged", community_=TWO)
    assert asks(play, MFT, "/party miabot")
    mail = play.mails("confirm", **fields)
    play.run()
    assert play.answer(mail).refused
    assert set(say(play).values()) == {"in question"}


def test_a_newcomer_to_the_roster_can_settle_it() -> None:
    """Whoever joins has no part in it."""
    play = played_to("triaged", community_=TWO)
    assert asks(play, MFT, "/party miabot")
    play.community = community(*ROSTER)
    assert asks(play, THCLPR, "/clear It was a mistake.")
    assert set(say(play).values()) == {"whole"}


def test_a_party_drafted_late_takes_a_say_as_any_other_does() -> None:
    """It goes out by itself once approved, and is its author's all the same."""
    play = played_to("resolved")
    play.sends(MFT, "/party miabot")
    play.run()
    assert say(play) == {"mft": "in question", "miabot": "in question", "thclpr": "whole"}
    assert not asks(play, MFT, "/party thclpr")


def test_a_bystander_keeps_their_say_where_somebody_came_to_be_meant() -> None:
    """Who joins the roster, and was named before, has no say; nobody took it from them."""
    play = played_to("triaged", community_=TWO)
    assert asks(play, MFT, "/party Noa Levi noa@example.org")
    noa = Administrator(login="noa", name="Noa Levi", mail="noa@example.org")
    play.community = community(*ROSTER[:2], noa)
    assert asks(play, MIABOT, "/estimate 3 days")
    assert say(play) == {"mft": "whole", "miabot": "whole", "noa": "none"}


def test_a_shared_mail_address_takes_nobody_elses_say() -> None:
    """What is said of one of those who share it is said of that one."""
    shared = tuple(Administrator(login=one.login, mail="coc@example.org") for one in ROSTER)
    play = Play(text=body(who="It was @miabot."), community_=community(*shared))
    play.run()
    assert say(play) == {"mft": "whole", "miabot": "none", "thclpr": "whole"}
    assert asks(play, MFT, "/party thclpr")
    assert say(play) == {"mft": "in question", "miabot": "none", "thclpr": "in question"}


def test_another_login_of_a_pinned_account_gives_no_say_back() -> None:
    """The number is what stays, where the roster has the new name."""
    pinned = tuple(msgspec.structs.replace(one, account=n) for n, one in enumerate(ROSTER, 1))
    play = Play(text=body(who="It was @miabot."), community_=community(*pinned))
    play.run()
    play.community = community(pinned[0], msgspec.structs.replace(pinned[1], login="mia-two"), pinned[2])
    assert say(play)["mia-two"] == "none"


def test_whose_say_is_in_question_acts_in_their_other_role_as_that_only() -> None:
    """As a party they answer for themself, and for nobody else."""
    play = played_to("triaged", parties=("Sam Poe",), community_=community(rules_channel="#rules"))
    assert asks(play, MIABOT, "/party Mika @mft")
    assert say(play)["mft"] == "in question"
    assert asks(play, RIYA, "/consent community")
    assert asks(play, THCLPR, "/post rules\nWe looked into something.")
    assert not asks(play, MFT, "/consent reporter yes")
    assert not asks(play, MFT, "/consent Sam Poe yes")
    assert asks(play, MFT, "/consent no")


# --- by themself -----------------------------------------------------------------------------------


def test_whoever_recuses_themself_gives_no_reason_and_needs_nobody() -> None:
    """Nor does anybody else lose their say by it."""
    play = played_to("triaged")
    assert asks(play, MIABOT, "/recuse")
    assert say(play) == {"mft": "whole", "miabot": "none", "thclpr": "whole"}
    assert not asks(play, MIABOT, "/resolve We talked.")


def test_naming_oneself_is_recusing_oneself() -> None:
    """An administrator who says that they are a party needs nobody's agreement."""
    play = played_to("triaged")
    assert asks(play, MIABOT, "/party miabot")
    assert say(play) == {"mft": "whole", "miabot": "none", "thclpr": "whole"}


def test_who_was_named_can_agree_by_recusing_themself() -> None:
    """Then it is settled, and whoever named them has their say again."""
    play = played_to("triaged")
    assert asks(play, MFT, "/party miabot")
    assert asks(play, MIABOT, "/recuse")
    assert say(play) == {"mft": "whole", "miabot": "none", "thclpr": "whole"}


# --- by the report ---------------------------------------------------------------------------------


def test_whom_the_reporter_names_has_no_say_and_nobody_gives_it_back() -> None:
    """The form's own question decides, from the first moment."""
    play = reported(involved=("@miabot (Mia)",))
    assert say(play)["miabot"] == "none"
    assert not asks(play, THCLPR, "/clear @miabot I know them.")


def test_a_choice_of_the_form_that_is_nobody_of_the_roster_is_asked_about() -> None:
    """A form that was filled for another roster, or never, loses nothing that the reporter said."""
    play = Play(text=body(involved=("@thclpr",)), community_=TWO)
    play.run()
    assert any("I can't tell who" in note for note in ACTS.notes(play.case()))
    assert not any("I can't tell who" in note for note in ACTS.notes(reported().case()))


@pytest.mark.parametrize("who", ["@miabot did it", "It was miabot.", "U0MIKA001"])
def test_whom_the_answers_name_has_no_say_until_another_clears_it(who: str) -> None:
    """Recognised in free text, somebody without a part in it confirms or clears it."""
    play = reported(who=who)
    (login,) = [name for name, has in say(play).items() if has == "none"]
    assert not asks(play, {"miabot": MIABOT, "mft": MFT}[login], "/clear It wasn't me.")
    assert "reporter/who_decides" not in notices(play)
    assert asks(play, THCLPR, f"/clear @{login} The report is about somebody else.")
    assert set(say(play).values()) == {"whole"}
    assert notices(play).count("reporter/who_decides") == 1  # they named them, and can contradict


def test_one_word_of_a_name_is_asked_about() -> None:
    """It decides nothing; whoever says that it does mean them takes their say."""
    play = reported(who="I think Mia was there.")
    assert set(say(play).values()) == {"whole"}
    assert not asks(play, MIABOT, "/clear It wasn't me.")
    assert asks(play, MFT, "/confirm @miabot")
    assert say(play) == {"mft": "in question", "miabot": "in question", "thclpr": "whole"}


def test_what_the_reporter_says_more_surely_later_counts() -> None:
    """One word of a name was asked about, or settled; then they name the account."""
    for first in ("/help", "/clear @miabot It was another Mia."):
        play = reported(who="I think Mia was there.")
        assert asks(play, MFT, first)
        assert asks(play, RIYA, "/answer 2 I mean @miabot.")
        assert say(play) == {"mft": "whole", "miabot": "none", "thclpr": "whole"}


def test_whoever_may_be_meant_settles_it_of_nobody() -> None:
    """Two who may be meant would clear each other."""
    play = reported(who="Mia and Mika were rude.")
    assert not asks(play, MFT, "/clear @miabot It wasn't her.")
    assert not asks(play, MIABOT, "/confirm @mft")
    assert asks(play, THCLPR, "/clear @miabot It was another Mia.")
    assert asks(play, MIABOT, "/clear @mft It was another Mika.")


def test_of_several_each_is_settled_by_itself() -> None:
    """A login without its `@` is one; a bare word is no answer about two people."""
    play = reported(who="@miabot and @mft were rude.")
    assert not asks(play, THCLPR, "/clear It wasn't them.")
    assert asks(play, THCLPR, "/clear miabot: it wasn't her.")
    assert say(play) == {"mft": "none", "miabot": "whole", "thclpr": "whole"}
    assert not asks(play, THCLPR, "/confirm miabot")
    assert say(play)["mft"] == "none"


def test_a_name_in_a_report_filed_for_somebody_else_is_taken_by_whoever_filed_it() -> None:
    """Else an administrator could file a report to get another out of the way."""
    text = body(learned=FOR_ANOTHER, reporter="Riya Sen, riya@example.org", who="It was @miabot.")
    play = Play(by=MFT, text=text)
    play.run()
    assert say(play) == {"mft": "in question", "miabot": "in question", "thclpr": "whole"}


def test_an_edit_by_an_administrator_is_that_administrators() -> None:
    """What somebody else than the reporter writes into the report takes nobody's say alone."""
    play = played_to("reported")
    play.edits_body(MFT, body(who="It was @miabot."), 6)
    play.run()
    assert say(play) == {"mft": "in question", "miabot": "in question", "thclpr": "whole"}


def test_an_edit_before_the_first_run_is_its_editors() -> None:
    """Whoever wrote the report as it stands is who says it."""
    play = Play()
    play.edits_body(MFT, body(who="It was @miabot."), 0.01)
    play.run()
    assert say(play) == {"mft": "in question", "miabot": "in question", "thclpr": "whole"}


def test_no_later_edit_gives_a_say_back() -> None:
    """What was read first stands, whoever takes the name out."""
    play = reported(who="It was @miabot.")
    play.edits_body(RIYA, body(who="Nobody."), 1)
    play.run()
    assert say(play)["miabot"] == "none"


def test_an_edit_by_another_road_gives_nothing_back_either() -> None:
    """The words that named a party may change; who was meant by them stands in the receipts."""
    play = played_to("triaged")
    said = play.says(MFT, "/party miabot", 6)
    play.run()
    play.edits(said, MFT, "/party Kim")
    play.run()
    assert say(play)["miabot"] == "in question"


def test_where_the_report_leaves_nobody_the_outside_contact_is_told_and_the_reporter_knows() -> None:
    """A link goes out at once, and again; no administrator decides."""
    play = Play(text=body(who="It was @miabot and @mft and @thclpr."))
    play.run()
    assert notices(play).count("outside/nobody_left") == 1
    play.run(START + 5 * DAY)
    assert notices(play).count("outside/nobody_left") > 1


def test_a_sole_administrator_is_never_in_question() -> None:
    """There is nobody else; it is recorded that they are in the case."""
    play = Play(text=body(who="It was @mft."), community_=community(ROSTER[0]))
    assert asks(play, MFT, "/party mft")
    play.run(START + 5 * DAY)
    assert say(play) == {"mft": "whole"}
    assert not any("say_in_question" in one for one in notices(play))


def test_what_kept_a_sole_administrator_out_holds_once_there_is_another() -> None:
    """A newcomer takes the case on; what the reporter said before counts."""
    play = Play(text=body(who="It was @mft."), community_=community(ROSTER[0]))
    play.run()
    play.community = TWO
    assert say(play) == {"mft": "none", "miabot": "whole"}
    assert asks(play, MIABOT, "/clear It was another one.")
    assert say(play) == {"mft": "whole", "miabot": "whole"}


# --- by suspensions --------------------------------------------------------------------------------


def by_form(incident: Play, by: Actor, account: str) -> Play:
    """Return a suspension that somebody opens with the form, naming the incident, and its first run."""
    play = Play(
        by,
        suspension_body(account=account, incident=str(incident.number)),
        definition_=suspension_definition(),
        community_=incident.community,
        incident=incident,
        number=2,
        start=START + 6 * HOUR,
    )
    play.run()
    return play


def test_the_form_counts_only_from_somebody_with_a_say() -> None:
    """Whoever has none in the incident suspends nobody."""
    incident = reported(involved=("@miabot (Mia)",))
    assert by_form(incident, MIABOT, "Sam Poe").state == "dropped"
    assert by_form(incident, MFT, "Sam Poe").state == "active"


@pytest.mark.parametrize("account", ["miabot", "@MiaBot", "riya"])
def test_an_administrator_or_the_reporter_is_suspended_by_two(account: str) -> None:
    """Nobody is told before another agrees, and the clock of an appeal begins then."""
    incident = reported()
    play = by_form(incident, MFT, account)
    assert play.state == "proposed"
    assert not any("suspended/" in one for one in notices(play))
    play.labels(MFT, "state: active")
    play.run()
    assert play.state == "proposed"
    play.labels(THCLPR, "state: active", 7)
    play.run()
    assert play.state == "active"
    assert "suspended/suspended" in notices(play)
    play.run(START + 7 * HOUR + 7 * DAY)
    assert play.state == "appealable"


def test_a_suspension_that_nobody_agrees_to_is_dropped() -> None:
    """The other declines, and nobody was suspended."""
    play = by_form(reported(), MFT, "riya")
    play.labels(THCLPR, "state: dropped", 7)
    play.run()
    assert play.state == "dropped"
    assert not any("suspended/" in one for one in notices(play))


def test_an_order_in_the_incident_needs_a_second_too() -> None:
    """`/suspend` is no way round."""
    incident = played_to("triaged")
    incident.says(MFT, "/suspend Insults\nriya, riya@example.org\nAlex, alex@example.org")
    (answer,) = incident.run()
    told = view("administrators", incident.case(), Occasion(decision=answer))
    assert isinstance(told, AdministratorsView)
    assert told.by_two == ("riya",)
    child = suspended_in(incident, "s1", 2, opened=START + 6 * HOUR)
    child.body = child.body.replace("Sam Poe", "riya")
    child.run()
    assert child.state == "proposed"


def test_what_is_open_in_the_incident_is_asked_about_there_only() -> None:
    """An answer to a suspension's question would settle nothing, so it puts none."""
    incident = played_to("triaged", community_=TWO)
    assert asks(incident, MFT, "/suspend Insults\nSam Poe, sam@example.org")
    child = suspended_in(incident, "s1", 2, opened=START + 6 * HOUR)
    child.run()
    assert asks(incident, MFT, "/party miabot")
    child.run(START + 5 * DAY)
    assert set(say(child).values()) == {"in question"}
    assert not any("say_in_question" in one for one in notices(child))
    mail = child.mails("clear It was a mistake.", outside=True)
    child.run()
    assert child.answer(mail).refused


def test_what_somebody_altered_on_a_suspension_is_settled_there() -> None:
    """The incident doesn't know of it."""
    incident = played_to("triaged")
    assert asks(incident, MFT, "/suspend Insults\nSam Poe, sam@example.org")
    child = suspended_in(incident, "s1", 2, opened=START + 6 * HOUR)
    child.run()
    child.deletes(MIABOT, child.receipt_ids()[0])
    child.says(THCLPR, "/recover somebody deleted it")
    child.run()
    assert say(child) == {"mft": "whole", "miabot": "none", "thclpr": "whole"}
    assert asks(child, MFT, "/clear @miabot They took it for a test.")
    assert set(say(child).values()) == {"whole"}


def test_an_administrator_who_renamed_is_suspended_by_two_as_well() -> None:
    """The roster has the old login; what the account did here tells the new one."""
    pinned = msgspec.structs.replace(ROSTER[1], account=2)
    incident = played_to("triaged", community_=community(ROSTER[0], pinned, ROSTER[2]))
    incident.says(Actor("U_kgAC", "quite-new"), "/help")
    incident.run()
    assert by_form(incident, MFT, "Somebody, @quite-new").state == "proposed"


def test_where_nobody_is_left_it_is_said_once_and_not_on_every_suspension() -> None:
    """The outside contact hears of it from the incident."""
    incident = Play(text=body(who="It was @miabot and @mft and @thclpr."))
    incident.run()
    child = suspended_in(incident, "s1", 2, opened=START + 6 * HOUR)
    child.run()
    assert "outside/nobody_left" in notices(incident)
    assert "outside/nobody_left" not in notices(child)
