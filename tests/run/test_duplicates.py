"""Two reports of one incident: the reporter and their letters go to the other one, exactly once."""

from __future__ import annotations

from typing import Any

import pytest

from cocflow.core.acts.dismiss import duplicate_of, handled_here
from cocflow.core.acts.party import parties
from cocflow.core.acts.told import Returned
from cocflow.core.case.case import OUTSIDE
from cocflow.core.case.facts import Actor
from cocflow.core.case.letters import letters
from cocflow.core.case.records import read_joining
from cocflow.core.views.tokens import reply_token
from cocflow.run.letters import Places
from tests.core.play import FOR_ANOTHER, MFT, MIABOT, RIYA, ROSTER, STRANGER, THCLPR, body
from tests.fakes import BOARD
from tests.scene import Scene

NOOR = Actor("U_noor", "noor")
FOR_NOOR: dict[str, Any] = {"learned": FOR_ANOTHER, "reporter": "Noor Idris, noor@example.net"}


THIRD = ROSTER[2]
FOR_RIYA = {"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org, @riya"}


def two(by: Actor = NOOR, answers: dict[str, str] | None = None, *, read: bool = False) -> Scene:
    """Return a scene with a second report. `read`: whoever filed the first one reads its page."""
    made = Scene() if read else Scene(by=MFT, answers=dict(FOR_RIYA))
    assert made.tracker.opens(by, body(**(answers or {}))) == 2
    made.run()
    return made


def merged(by: Actor = NOOR, answers: dict[str, str] | None = None, *, read: bool = False) -> Scene:
    """Return a scene whose second report is dismissed as a duplicate of the first."""
    made = two(by, answers, read=read)
    made.says(MFT, "/dismiss duplicate of #1", on=2)
    return made


def state(scene: Scene, number: int) -> str:
    """Return the state that an issue shows."""
    (label,) = scene.tracker.state_labels(number)
    return label.removeprefix("state: ")


def joinings(scene: Scene, number: int = 1) -> int:
    """Return how often something was said there of another report."""
    return sum(read_joining(one.body) is not None for one in scene.tracker.threads[number].comments())


def test_the_reporter_of_a_duplicate_is_a_party_of_the_other() -> None:
    """It happens once, whatever runs come after, and administrators are told there."""
    made = merged()
    for _ in range(3):
        made.run()
    assert (state(made, 1), state(made, 2)) == ("reported", "dismissed")
    assert not made.tracker.threads[2].is_open
    (party,) = parties(made.case())
    assert (party.name, party.login, party.account) == ("noor", "noor", NOOR.id)
    assert made.case().roles(NOOR) == {"party"}
    assert handled_here(made.case()) == (2,)
    assert duplicate_of(made.case(2)) == 1
    assert joinings(made) == 1
    assert "It concerns noor too" in made.newest()
    assert "reported before" in made.newest(2)
    assert "#1" not in made.newest(2).partition("Dismissed by")[0]
    assert made.case(2).progress.owed() == ()


def test_whoever_reads_the_other_page_learns_nothing_of_who_else_reported() -> None:
    """Neither name nor address nor account is put there; that party is told by hand, and known again."""
    made = merged(read=True)
    (party,) = parties(made.case())
    assert (party.name, party.login, party.account, party.mail) == ("the reporter of #2", "", "", "")
    shown = "\n".join(one.body for one in made.tracker.threads[1].comments())
    assert "noor" not in shown.casefold()
    assert NOOR.id not in shown
    assert "tell them by hand" in made.newest()
    mailed = merged(MFT, FOR_NOOR, read=True)
    assert "oor" not in "".join(one.body for one in mailed.tracker.threads[1].comments()).replace("door", "")
    assert handled_here(merged(RIYA, read=True).case()) == (2,)
    assert parties(merged(RIYA, read=True).case()) == ()


def test_they_are_reached_by_what_their_own_report_says() -> None:
    """What the other case lets parties be told goes to the address on the report, with a name of its own."""
    made = merged(MFT, FOR_NOOR)
    (party,) = parties(made.case())
    assert (party.name, party.mail, party.account) == ("Noor Idris", "noor@example.net", "")
    assert made.texts("reporter") != []
    made.says(MIABOT, "/estimate 3 days")
    made.sends(MIABOT, "/resolve We talked.")
    assert "A decision" in str([one.subject for one in made.post.messages if one.to.key == "p1"])


def test_a_report_that_is_gone_stops_nothing_where_it_was_handled() -> None:
    """The other one ends as any, and no run fails of it."""
    made = merged()
    made.tracker.vanishes(2)
    made.says(RIYA, "/withdraw")
    assert state(made, 1) == "withdrawn"
    assert made.run().complete


def test_who_is_there_already_joins_no_second_time() -> None:
    """Somebody who reports twice stays the reporter, and nothing else."""
    made = merged(RIYA)
    assert parties(made.case()) == ()
    assert handled_here(made.case()) == (2,)
    assert "is in this case already" in made.newest()


def test_two_of_one_name_are_told_apart() -> None:
    """An administrator can name the one or the other."""
    made = two(MFT, FOR_NOOR)
    made.says(MFT, "/party Noor Idris other@example.org")
    made.says(MFT, "/dismiss duplicate of #1", on=2)
    assert [one.name for one in parties(made.case())] == ["Noor Idris", "Noor Idris (#2)"]
    made.says(MFT, "/party -Noor Idris (#2)")
    assert [one.name for one in parties(made.case())] == ["Noor Idris"]


def test_who_has_not_been_asked_is_sent_nothing_there_either() -> None:
    """Somebody whom a reader named as the reporter, and who hasn't said yes, is told by hand."""
    made = merged(STRANGER, FOR_NOOR)
    (party,) = parties(made.case())
    assert party.unasked
    assert not made.desk.reaches(party)


def test_a_report_taken_up_again_is_handled_by_itself() -> None:
    """Whoever filed it is no party of the other any more, and is owed an estimate of their own."""
    made = merged()
    made.tracker.reopens(MIABOT, 2)
    for _ in range(3):
        made.run()
    assert state(made, 2) == "reported"
    assert parties(made.case()) == ()
    assert handled_here(made.case()) == ()
    assert joinings(made) == 2
    assert "by itself again" in made.newest()
    made.says(MIABOT, "/dismiss duplicate of #1", on=2)
    assert handled_here(made.case()) == (2,)
    assert [one.key for one in parties(made.case())] == ["p2"]


def test_nothing_goes_round_in_circles() -> None:
    """What others are handled with can't be dismissed, nor handled with one of them."""
    made = merged()
    made.says(MFT, "/dismiss duplicate of #2", "/dismiss spam")
    assert "#2 is handled with this one" in made.newest()
    assert state(made, 1) == "reported"


def test_two_that_were_dismissed_as_one_another_at_once_are_not_lost() -> None:
    """Neither ends in the other: at least one goes on."""
    made = two()
    made.tracker.says(MFT, 1, "/dismiss duplicate of #2")
    made.tracker.says(MIABOT, 2, "/dismiss duplicate of #1")
    for _ in range(3):
        made.run()
    assert sorted((state(made, 1), state(made, 2))) == ["dismissed", "reported"]


def test_a_withdrawal_takes_back_ones_own_report_only() -> None:
    """What was handled with a withdrawn report is taken up again by itself, and nobody has to think of it."""
    made = merged()
    made.says(RIYA, "/withdraw")
    for _ in range(2):
        made.run()
    assert (state(made, 1), state(made, 2)) == ("withdrawn", "reported")
    assert handled_here(made.case()) == ()
    assert "taken up again by itself" in "\n".join(made.tracker.by_bot(2))


def test_a_report_that_is_gone_loses_none_that_was_handled_with_it() -> None:
    """Once somebody looks there again, it is taken up by itself."""
    made = merged()
    made.tracker.vanishes(1)
    made.says(NOOR, "/help", on=2)
    made.run()
    assert state(made, 2) == "reported"


def test_an_administrator_who_reported_decides_nothing_there_either() -> None:
    """Their report goes to the other only once they have no say there, and they are a party then."""
    made = two(THCLPR)
    assert made.case(2).roles(THCLPR) == {"reporter"}
    made.says(MFT, "/dismiss duplicate of #1", on=2)
    assert state(made, 2) == "reported"
    made.says(THCLPR, "/recuse")
    made.says(MFT, "/dismiss duplicate of #1", on=2)
    assert state(made, 2) == "dismissed"
    assert made.case().roles(THCLPR) == {"party"}


@pytest.mark.parametrize("by_letter", [False, True])
def test_who_is_kept_out_of_a_duplicate_is_cleared_there_first(by_letter: bool) -> None:
    """Nobody decides about a report that concerns them because another one doesn't."""
    made = Scene(answers={"who": "It was @thclpr."}, appeals="appeals@example.org")
    made.tracker.opens(NOOR, body(who="It was @thclpr."))
    made.run()
    made.says(MIABOT, "/dismiss duplicate of #1", on=2)
    if by_letter:
        made.says(RIYA, "/answer 2 It was @mft, @miabot and @thclpr.")

    def clears() -> None:
        if not by_letter:
            made.says(MIABOT, "/clear @thclpr It was another one.")
            return
        token = reply_token(1, made.tracker.threads[1].opened.id, OUTSIDE, None)
        text, now = "clear It was another one.", made.tracker.now
        made.mailbox.arrives(text, received=now, sender="council@example.org", tokens=(token,))
        made.run()

    clears()
    assert made.case().say_of(THIRD) == "none"
    assert "in #2 as well" in "".join(made.tracker.by_bot(1))
    made.says(MIABOT, "/clear @thclpr It was another one.", on=2)
    clears()
    assert made.case().say_of(THIRD) == "whole"


@pytest.mark.parametrize("settles", ["/confirm @thclpr", "/clear @thclpr It was another one."])
def test_who_took_a_say_has_none_again_where_a_duplicate_names_them(settles: str) -> None:
    """What is settled gives back their say to whom no report that is handled there may mean."""
    made = Scene()
    made.tracker.opens(NOOR, body(who="It was @mft."))
    made.says(MFT, "/party thclpr")
    made.says(MIABOT, "/dismiss duplicate of #1", on=2)
    made.says(MIABOT, settles)
    assert made.case().say_of(ROSTER[0]) == "none"
    assert (made.case().say_of(THIRD) == "whole") is settles.startswith("/clear")
    made.says(MIABOT, "/clear @mft It was another one.", on=2)
    made.says(MIABOT, "/clear @mft It was another one.")
    assert made.case().say_of(ROSTER[0]) == "whole"


def test_what_they_write_comes_to_the_other_and_what_comes_back_to_its_own() -> None:
    """An answer to what their report said is theirs there, if it is surely theirs; a bounce is no answer."""
    made = merged(MFT, FOR_NOOR)
    token = made.post.messages[-1].token
    made.mailbox.arrives(
        "It was on Tuesday.", received=made.tracker.now, sender="noor@example.net", tokens=(token,)
    )
    made.mailbox.arrives("So it was.", received=made.tracker.now, sender="else@example.net", tokens=(token,))
    made.run()
    assert [(one.filed.person, one.verified) for one in letters(made.case())] == [("p1", True), ("p1", False)]
    assert letters(made.case(2)) == ()
    told = made.case(2).progress.told
    made.mailbox.arrives(
        "Nobody of that name.",
        received=made.tracker.now,
        sender="postmaster@example.net",
        tokens=(token,),
        automatic=True,
        report="failed",
    )
    made.run()
    assert made.case(2).progress.told < told
    assert not made.case().progress[Returned].notices


def test_a_report_goes_where_the_other_goes_on() -> None:
    """The number that people know finds it in whichever issue it is by now."""
    made = two()
    made.tracker.fills(STRANGER, 1, 200)
    made.says(MFT, "/continue")
    made.run()
    (there,) = [number for number in made.tracker.threads if number not in (1, 2) and number < BOARD]
    made.says(MFT, "/dismiss duplicate of #1", on=2)
    made.run()
    assert handled_here(made.case(there)) == (2,)
    assert [one.name for one in parties(made.case(there))] == ["noor"]
    assert made.case(2).progress.owed() == ()


def test_without_room_it_waits_until_the_other_goes_on() -> None:
    """Of the last comments none is used up by that; the debt stays, and is paid where it goes on."""
    made = two()
    made.tracker.fills(STRANGER, 1, 40)
    made.says(MFT, "/dismiss duplicate of #1", on=2)
    assert [one.to for one in made.case(2).progress.owed()] == ["other"]
    made.says(MFT, "/continue")
    made.run()
    assert made.case(2).progress.owed() == ()
    assert joinings(made) == 0


def test_a_broken_case_takes_nobody_in_before_it_is_sound() -> None:
    """The other report's own run says what is wrong; this one is paid once that goes on."""
    made = two()
    receipt = made.tracker.receipts(1)[0]
    made.tracker.says(MFT, 2, "/dismiss duplicate of #1")
    made.tracker.edits(STRANGER, 1, receipt.id, f"{receipt.body} ")
    made.run()
    assert "can't decide anything in #1" in made.newest(2)
    assert state(made, 2) == "reported"


def test_letters_to_a_duplicate_reach_the_other() -> None:
    """Where a letter belongs follows the report, and comes back with it."""
    made = merged()
    there, key = Places(made.desk).handled_at(made.case(2), "reporter")
    assert (there.issue.number, key) == (1, "p1")
    there, key = Places(made.desk).handled_at(made.case(2), "p1")
    assert (there.issue.number, key) == (2, "p1")
    made.tracker.reopens(MIABOT, 2)
    made.run()
    there, key = Places(made.desk).handled_at(made.case(2), "reporter")
    assert (there.issue.number, key) == (2, "reporter")
    twice = merged(RIYA)
    there, key = Places(twice.desk).handled_at(twice.case(2), "reporter")
    assert (there.issue.number, key) == (1, "reporter")
