"""Words that the case needs and that were changed or deleted: told once, by what they held."""

from __future__ import annotations

import pytest

from cocflow.core.acts.report import report
from cocflow.core.case.ids import Edit, read_own
from tests.core.play import MFT, MIABOT, RIYA, STRANGER, Play, body, played_to, suspended_by

ROBIN = "/party Robin Example robin@example.org"


def with_robin() -> tuple[Play, str]:
    """Return an incident that concerns Robin, and the comment that says so."""
    play = played_to("acknowledged")
    said = play.says(MFT, ROBIN, 6)
    play.run()
    return play, said


def test_an_edit_of_who_somebody_is_is_answered_once() -> None:
    """What was lost is told by what it held, with the command to copy; the words before aren't repeated."""
    play, said = with_robin()
    play.now = play.now.replace(hour=20)
    play.edits(said, MIABOT, "/party Robin Example robin@example.com")
    (told,) = play.run()
    assert told.says == ("administrators/words_lost",)
    assert told.reason == (
        "The name and the address of party 1 can't be read any more: what said it was edited."
    )
    assert told.copy == "/party [-]<name> [mail address, Slack id or @login]"
    assert (told.record.changes, told.record.owed, told.record.refused) == ((), (), False)
    assert isinstance(read_own(told.record.of), Edit)
    assert play.run() == []


def test_each_edit_is_answered_and_words_that_are_back_are_read_again() -> None:
    """Another edit is another answer; the same words again need none, and are read."""
    play, said = with_robin()
    play.now = play.now.replace(hour=20)
    play.edits(said, MFT, "Never mind.")
    assert len(play.run()) == 1
    play.now = play.now.replace(hour=21)
    play.edits(said, MFT, "/party Kim")
    assert len(play.run()) == 1
    play.now = play.now.replace(hour=22)
    play.edits(said, MFT, ROBIN)
    assert play.run() == []
    (person,) = play.case().people_who("party")
    assert (person.name, person.mail) == ("Robin Example", "robin@example.org")


def test_a_deleted_comment_is_words_lost_too() -> None:
    """A comment that is gone is told of like one that was edited, once."""
    play, said = with_robin()
    play.deletes(MFT, said, 9)
    (told,) = play.run()
    assert (told.reason or "").endswith("can't be read any more: what said it was deleted.")
    assert play.run() == []


def test_naming_a_lost_party_anew_puts_it_right() -> None:
    """The same name, or the same address, is the same party, with what is owed to it, and no second one."""
    for again in ("/party Robin Example robin@example.com", "/party Robin robin@example.org"):
        play, said = with_robin()
        play.edits(said, MFT, "Never mind.")
        play.run()
        play.says(MFT, again, 8)
        play.run()
        (person,) = play.case().people_who("party")
        assert (person.key, person.mail) == ("p1", again.split()[-1])


def test_a_lost_party_can_be_taken_off_by_its_number() -> None:
    """Nobody has to know the name of whom the words named to take them off."""
    play, said = with_robin()
    play.deletes(MFT, said, 8)
    play.run()
    play.says(MFT, "/party -party 1", 9)
    play.run()
    assert play.case().people_who("party") == ()


def test_the_reporter_is_told_of_their_own_answer() -> None:
    """Whose answer it was reads what to write, and no administrator is called."""
    play = played_to("incomplete")
    said = play.says(RIYA, "/answer 1 It was in the meeting.", 6)
    play.run()
    play.edits(said, RIYA, "/answer 1 It was in a meeting.")
    (told,) = play.run()
    assert (told.says, told.copy) == (("reporter/words_lost",), "/answer 1 <text>")
    assert [one.number for one in report(play.case()).unanswered] == [1]


def test_the_appeal_of_a_filed_letter_that_somebody_edits_is_told_of() -> None:
    """What the suspended person wrote is needed until it is decided."""
    play = suspended_by()
    play.run()
    said = play.says(MIABOT, "/appeal I was not there.", 200)
    play.run()
    play.edits(said, MIABOT, "/appeal I was there.")
    (told,) = play.run()
    assert (told.reason or "").startswith("What the suspended person appeals with can't be read")


def test_a_resolution_that_is_still_to_be_told_is_needed_and_one_that_was_told_is_not() -> None:
    """Words that everybody got may change."""
    play = played_to("triaged", parties=("Robin Example",))
    said = play.sends(MFT, "/resolve We talked.", 6)
    play.run()
    play.edits(said, MFT, "/resolve We talked a lot.")
    (told,) = play.run()
    assert told.reason == (
        "What Robin Example is still to be told can't be read any more: what said it was edited."
    )
    play.says(MFT, "/told Robin Example by phone", 8)
    play.run()
    assert play.state == "closed"
    play.now = play.now.replace(hour=23)
    play.edits(said, MFT, "/resolve We never talked.")
    assert "the change does nothing" in play.refusal()[0]


def test_who_the_reporter_is_is_needed_where_somebody_filed_for_them() -> None:
    """An edit of the form by somebody without a say loses how the reporter is reached, and that is told."""
    text = body(learned="I file for someone else", reporter="Kim, kim@example.org")
    play = Play(MFT, text)
    play.run()
    play.edits_body(STRANGER, text.replace("kim@", "eve@"), 3)
    assert [one.reason for one in play.run()][-1] == (
        "The name and the address of the reporter can't be read any more: what said it was edited."
    )
    assert play.run() == []


@pytest.mark.parametrize("text", ["Never mind.", "/suspend Other words\nSam Poe, sam@example.org"])
def test_a_lost_account_is_named_anew_by_the_same_command(text: str) -> None:
    """It is the same suspension, known by its name or its address, and no second one is ordered."""
    play = played_to("acknowledged")
    said = play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks", 6)
    play.run()
    before = play.case().progress.copy()
    play.edits(said, MFT, text)
    (told,) = play.run()
    assert (told.copy or "").startswith("/suspend <reason>")
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.com", 8)
    play.run()
    (person,) = play.case().people_who("suspended")
    assert (person.key, person.mail) == ("s1", "sam@example.com")
    assert play.case().progress.kept["suspensions"].highest == before.kept["suspensions"].highest
