"""What cocflow says on a case of another report: decided once, and only where it goes on."""

from __future__ import annotations

from typing import Any

import pytest

from cocflow.core.acts.dismiss import handled_here, repeated
from cocflow.core.acts.party import Parties, introduction, parties
from cocflow.core.case.facts import Actor
from cocflow.core.case.records import Joining, joining_line
from cocflow.core.people.person import Person
from cocflow.messages import fenced
from tests.core.play import BOT, MFT, MIABOT, STRANGER, Play, played_to
from tests.hostile import HOSTILE

NOOR = Person(key="reporter", name="Noor Idris", role="reporter", mail="noor@example.net")


def tells(play: Play, by: Actor = BOT, person: Person = NOOR, **fields: Any) -> str:
    """Let cocflow, or somebody else, say there that #13 is handled with it; return the comment's id."""
    given: dict[str, Any] = {
        "issue": "I_13",
        "number": 13,
        "receipt": 5,
        "at": play.now,
        "by": MFT.id,
    } | fields
    return play.says(
        by, f"Who filed it:\n\n{fenced(introduction(person))}\n\n{joining_line(Joining(**given))}"
    )


@pytest.mark.parametrize("state", ["incomplete", "reported", "acknowledged", "triaged", "resolved", "closed"])
def test_whoever_filed_it_is_a_party_from_then_on(state: str) -> None:
    """Wherever it goes on, or has been decided; only the administrators are told anything by that."""
    play = played_to(state)
    before = len(parties(play.case()))
    asked = tells(play)
    decision = next(one for one in play.run() if one.record.of == asked)
    assert decision.says == ("administrators/joined",)
    assert decision.record.owed == ()
    assert play.state == state
    *_, party = parties(play.case())
    assert len(parties(play.case())) == before + 1
    assert (party.name, party.mail, party.role) == ("Noor Idris", "noor@example.net", "party")


@pytest.mark.parametrize("state", ["withdrawn", "dismissed"])
def test_nothing_is_handled_with_what_has_ended_without_a_resolution(state: str) -> None:
    """So nobody joins there, and it is said why."""
    play = played_to(state)
    tells(play)
    (decision,) = play.run()
    assert decision.record.refused
    assert handled_here(play.case()) == ()


def test_the_same_said_twice_is_decided_once() -> None:
    """As when two runs said it at once; what is new of the same report is decided again."""
    play = played_to("triaged")
    first, second = tells(play), tells(play)
    assert repeated(play.case()) == ()
    assert len(play.run()) == 1
    assert [one.id for one in repeated(play.case())] == [second]
    play.deletes(BOT, second)
    assert play.run() == []
    assert [one.words.fact for one in play.case().progress[Parties].members.values()] == [first]
    tells(play, receipt=7, leaves=True)
    tells(play)
    (decision,) = play.run()
    assert not decision.record.refused
    assert (handled_here(play.case()), parties(play.case())) == ((), ())
    tells(play, receipt=9)
    play.run()
    assert [one.key for one in parties(play.case())] == ["p2"]


@pytest.mark.parametrize("by", [STRANGER, MFT, MIABOT])
def test_nobody_else_can_say_it(by: Actor) -> None:
    """A comment of somebody's that looks like it asks for nothing."""
    play = played_to("triaged")
    tells(play, by)
    assert play.run() == []
    assert parties(play.case()) == ()


def test_what_somebody_edited_before_it_was_read_brings_nobody_in() -> None:
    """Who can edit comments can't put another address there."""
    play = played_to("triaged")
    said = tells(play)
    tells_again = play.case().comments[said].body.replace("noor@example.net", "mallory@example.net")
    play.edits(said, MIABOT, tells_again)
    (decision,) = play.run()
    assert decision.record.refused
    assert parties(play.case()) == ()


def test_an_edit_afterwards_takes_the_address_away_and_puts_no_other_there() -> None:
    """Until an administrator names them anew, they are reached by nobody."""
    play = played_to("triaged")
    said = tells(play)
    play.run()
    play.edits(said, MIABOT, play.case().comments[said].body.replace("noor@", "mallory@"))
    (party,) = parties(play.case())
    assert (party.name, party.mail) == ("", "")
    play.says(MFT, "/party Noor Idris noor@example.net")
    play.run()
    assert [one.key for one in parties(play.case())] == ["p1"]


@pytest.mark.parametrize(
    ("name", "called"),
    [
        ("", "the reporter of #13"),
        ("reporter", "the reporter of #13"),
        ("No\u202eor", "Noor"),
        ("```\nNoor\n<!-- x -->", "``` Noor <!-- x -->"),
        ("N" * 200, "N" * 100),
    ],
)
def test_a_name_is_told_apart_from_a_role_and_can_end_nothing(name: str, called: str) -> None:
    """Whatever somebody called themselves in their report, it stays one line, and isn't a role's name."""
    play = played_to("triaged")
    tells(play, person=Person(key="reporter", name=name, mail="noor@example.net"))
    play.run()
    (party,) = parties(play.case())
    assert (party.name, party.mail) == (called, "noor@example.net")


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_somebody_calls_themselves_their_address_is_theirs(name: str) -> None:
    """No name puts another address, another party or another record there."""
    play = played_to("triaged")
    said = tells(play, person=Person(key="reporter", name=HOSTILE[name], mail="noor@example.net"))
    joining = play.case().joining(play.case().comments[said])
    assert joining is not None
    assert joining.number == 13
    play.run()
    (party,) = parties(play.case())
    assert (party.mail, party.login, party.slack) == ("noor@example.net", "", "")
    assert len(party.name.splitlines()) == 1


def test_an_administrator_who_comes_in_so_has_no_say_and_takes_who_brought_it_about_along() -> None:
    """It is the rule of every road: whoever takes another's say gives up their own decisions."""
    play = played_to("triaged")
    taker = play.community.administrators[0]
    marks = tuple(play.community.marks_of(taker))
    mia = Person(key="reporter", name="Mia", login="miabot")
    tells(play, person=mia, account=MIABOT.id, marks=marks)
    play.run()
    says = {one.login: play.case().say_of(one) for one in play.community.administrators}
    assert says == {"mft": "in question", "miabot": "in question", "thclpr": "whole"}
