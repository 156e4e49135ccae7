"""Decisions: to whom a receipt owes what, and to nobody else."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import pytest

from cocflow.core.case.case import Definition
from cocflow.core.case.progress import Record
from cocflow.core.engine.decide import NOWHERE
from cocflow.core.engine.decision import PING, folder_of, new_record
from cocflow.core.process import BACK, Role
from tests.core.play import (
    MFT,
    RIYA,
    START,
    Play,
    community,
    definition,
    played_to,
)


def owed_to(play: Play, id_: str) -> list[str]:
    """Return to whom the receipt of a fact owes something."""
    return [one.to for one in play.answer(id_).owed]


def sent(play: Play) -> Record:
    """Return the newest receipt by which a draft went out."""
    return [one for one in play.records() if one.of.startswith("auto:") and one.owed][-1]


def test_a_resolution_is_told_to_the_reporter_and_every_party() -> None:
    """Each gets a notice of their own; the reporter's is the receipt."""
    play = played_to("acknowledged", parties=("Robin Example", "Kim Example"))
    play.sends(MFT, "/resolve We talked.")
    play.run()
    assert [one.to for one in sent(play).owed] == ["reporter", "p1", "p2"]
    assert [one.by_receipt for one in sent(play).owed] == [True, False, False]


def test_a_late_party_alone_is_told() -> None:
    """Who is added after the resolution is told it; the others aren't told again."""
    play = played_to("resolved")
    play.sends(MFT, "/party Kim Example")
    play.run()
    assert [one.to for one in sent(play).owed] == ["p2"]


def test_nobody_is_told_again_when_a_party_is_taken_off() -> None:
    """Taking one party off owes the others nothing."""
    play = played_to("resolved")
    play.sends(MFT, "/party Kim Example")
    removed = play.says(MFT, "/party -Kim Example")
    play.run()
    assert owed_to(play, removed) == []


def test_an_estimate_and_a_withdrawal_are_told_to_the_reporter_alone() -> None:
    """Parties learn the decision, and nothing before."""
    play = played_to("reported", parties=("Robin Example",))
    estimate = play.says(MFT, "/estimate 3 days")
    withdrawal = play.says(RIYA, "/withdraw")
    play.run()
    assert owed_to(play, estimate) == ["reporter"]
    assert owed_to(play, withdrawal) == ["reporter"]


def returning(from_: tuple[str, ...]) -> Definition:
    """Return the shipped process, but that whoever reopens an issue in these states is led back."""
    shipped = definition()
    moves = tuple(
        msgspec.structs.replace(move, to=BACK, label=False, from_=from_) if move.name == "return" else move
        for move in shipped.process.moves
        if move.name in ("return", "estimate", "triage", "withdraw") or move.button != "reopen"
    )
    return msgspec.structs.replace(shipped, process=msgspec.structs.replace(shipped.process, moves=moves))


# --- the record and the folders -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "folder"),
    [
        ({"administrator"}, "administrators"),
        ({"reporter", "administrator"}, "administrators"),
        ({"party", "reporter"}, "reporter"),
        ({"suspended"}, "suspended"),
        (set(), "community"),
        ({"cocflow"}, "community"),
    ],
)
def test_whoever_asked_is_answered_from_one_folder(roles: set[Role], folder: str) -> None:
    """Of several roles from the first one's; who has none gets what anybody may read."""
    assert folder_of(frozenset(roles)) == folder


def test_each_record_goes_on_from_the_one_before() -> None:
    """Its number is the next, it names the last receipt, and it lies never before that."""
    play = played_to("resolved")
    records, ids = play.records(), play.receipt_ids()
    assert [record.n for record in records] == list(range(1, len(records) + 1))
    assert [record.prev for record in records] == [None, *ids[:-1]]
    assert all(one.at <= other.at for one, other in pairwise(records))
    early = new_record(play.case(), "F_1", START)
    assert early.at == records[-1].at


@pytest.mark.parametrize("concerned", [False, True])
def test_the_administrators_channel_is_told_where_to_look_unless_one_of_them_is_concerned(
    concerned: bool,
) -> None:
    """It learns that there is something, by a template of its own, and never what the others are told."""
    here = community(administrators_slack_channel="C0ADMINS1")
    play = Play(by=MFT if concerned else RIYA, community_=here)
    (decision,) = play.run()
    pings = [one for one in decision.record.owed if one.to == "channel"]
    assert [(one.notice, one.words) for one in pings] == ([] if concerned else [(PING, None)])
    assert "administrators/opened" in decision.says


def test_an_asker_is_answered_once_though_a_notice_says_the_same() -> None:
    """What a notice says on the issue isn't said again as the reply."""
    play = played_to("reported")
    play.says(RIYA, "/withdraw")
    (decision,) = play.run()
    assert decision.says == ("reporter/withdrawn",)


@pytest.mark.parametrize(("by", "back"), [("acknowledged", "acknowledged"), ("triaged", "triaged")])
def test_back_leads_to_where_it_came_from(by: str, back: str) -> None:
    """`to: back` is the state from which the states of the move were entered."""
    play = played_to(by, definition_=returning(("withdrawn",)))
    play.says(RIYA, "/withdraw")
    play.reopens(MFT)
    play.run()
    assert play.state == back


def test_back_leads_out_of_the_whole_set() -> None:
    """From several states it leads to the one before the first of them, however they were gone through."""
    play = played_to("triaged", definition_=returning(("triaged", "withdrawn")))
    play.says(RIYA, "/withdraw")
    play.reopens(MFT)
    play.run()
    assert play.state == "acknowledged"


def test_where_nothing_was_before_there_is_no_way_back() -> None:
    """Refused in those words, and nothing changes."""
    states = tuple(state.name for state in definition().process.states)
    play = played_to("triaged", definition_=returning(states))
    play.says(RIYA, "/withdraw")
    play.run()
    play.reopens(MFT)
    assert play.refusal()[0] == NOWHERE
    assert play.state == "withdrawn"
