"""Letters: which comments are some, whose they are, and in which order they were written."""

from __future__ import annotations

from cocflow.core.case.letters import address_mark, known_by, letters
from tests.core.play import FOR_ANOTHER, HOUR, MFT, MIABOT, START, body, played_to


def test_letters_stand_in_the_order_in_which_they_were_received() -> None:
    """Whenever they were filed, and with the person whose they are."""
    play = played_to("reported", text=body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org"))
    play.mails("Second.", START + 2 * HOUR, person="reporter")
    play.mails("First.", START + HOUR, person="reporter", verified=False)
    first, second = letters(play.case())
    assert ("First." in first.fact.body, "Second." in second.fact.body) == (True, True)
    assert (first.verified, second.verified) == (False, True)
    assert first.person == second.person == play.case().person("reporter")
    assert (first.at, second.at) == (START + HOUR, START + 2 * HOUR)


def test_what_no_person_wrote_or_somebody_has_edited_is_no_letter() -> None:
    """Nor the first part of a long one, nor a comment that isn't cocflow's."""
    play = played_to("reported", text=body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org"))
    play.mails("An absence.", automatic=True)
    play.mails("It came back.", returned=("1.0",))
    play.mails("The beginning.", part=1, parts=2)
    play.says(MFT, "> A mail.")
    edited = play.mails("As it came.")
    play.edits(edited, MFT, "Something else.")
    assert letters(play.case()) == ()


def test_a_letter_of_nobody_s_has_no_person() -> None:
    """It is verified for nobody, whatever its server says."""
    play = played_to("reported", text=body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org"))
    play.mails("Hello.")
    (one,) = letters(play.case())
    assert (one.person, one.verified) == (None, False)


def test_a_card_knows_whoever_may_write() -> None:
    """By their address, whatever its letter case; not whose account is suspended, who has another page.

    Nor whom nobody has told anything: by no answer they learn that there is a report.
    """
    play = played_to("triaged", text=body(learned=FOR_ANOTHER, reporter="Riya, Riya@example.org"))
    play.says(MFT, "/party Robin Example robin@example.org", 6)
    play.says(MFT, "/suspend Insults\nSam Poe, sam@example.org", 7)
    play.run()
    assert set(known_by(play.case())) == {address_mark("riya@example.org")}
    play.sends(MFT, "/ask Robin What happened?", 8)
    play.run()
    assert set(known_by(play.case())) == {address_mark("riya@example.org")}, "it is owed, and hasn't arrived"
    play.delivered = {one.id for one in play.case().progress.owed()}
    known = known_by(play.case())
    assert set(known) == {address_mark("riya@EXAMPLE.org"), address_mark("robin@example.org")}


def test_whom_only_moot_words_were_meant_for_knows_of_nothing() -> None:
    """What was corrected before it arrived has told them nothing."""
    play = played_to("triaged", parties=("Robin Example robin@example.org",))
    play.sends(MFT, "/resolve We talked.", 6)
    play.run()
    play.sends(MFT, "/correct\nTo parties: It was on Tuesday.", 7)
    play.run()
    assert [one.to for one in play.case().progress.owed()] == ["p1"]
    assert known_by(play.case()) == ()
    play.delivered = {one.id for one in play.case().progress.owed()}
    assert known_by(play.case()) == (address_mark("robin@example.org"),)


def test_a_record_of_an_older_version_says_whose_it_is_too() -> None:
    """`reporter` and `outside` were flags before they were keys."""
    play = played_to("reported", text=body(learned=FOR_ANOTHER, reporter="Riya, riya@example.org"))
    play.mails("A.", reporter=True)
    play.mails("B.", outside=True)
    assert [one.filed.person for one in letters(play.case())] == ["reporter", "outside"]
    assert repr(letters(play.case())[0]) == f"Wrote({letters(play.case())[0].fact.id})"


def test_who_was_told_before_a_checkpoint_may_still_write() -> None:
    """A checkpoint keeps of whom something was told, or their letters would begin a new case."""
    play = played_to("triaged", parties=("Robin Example robin@example.org", "Kim Example kim@example.org"))
    play.sends(MFT, "/ask Robin What happened?", 6)
    play.run()
    play.delivered = {one.id for one in play.case().progress.owed()}
    play.run(7)
    play.edits(play.receipt_ids()[0], MFT, "Gone.")
    play.run()
    play.says(MIABOT, "/recover It was a slip.", 8)
    play.run()
    play.delivered = set()
    assert [one.move for one in play.records()][-1] == "recover"
    assert play.case().progress.owed() == ()
    assert set(known_by(play.case())) == {address_mark("robin@example.org")}
