"""Voices: how many an outcome asks for, among how many, and whose count."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.draft import Approval, Draft, Objection
from cocflow.core.case.records import Words
from cocflow.core.case.voices import agreeing, asked_for, outcomes_of, voices_needed
from cocflow.core.outcomes import Keep, Outcome
from cocflow.core.people.roster import Administrator
from cocflow.core.process import Move
from tests.core.drafts import draft, drafted, skips
from tests.core.play import MFT, MIABOT, RIYA, STRANGER, THCLPR, Play, community, definition, played_to

RULES = st.one_of(st.integers(1, 20), st.just("two_thirds"))
ROBIN = "Robin Example robin@example.org"
PEOPLE = (MFT, MIABOT, THCLPR, RIYA, STRANGER)
ROSTER = tuple(Administrator(login=one.login) for one in (MFT, MIABOT, THCLPR))
WORDS = Words("IC_1", "sha")


def outcome(voices: object) -> Outcome:
    """Return an outcome that takes so many."""
    keep = Keep(months=1, since="closed")
    return Outcome(name="ban", means="A ban.", table="ban", keep=keep, voices=voices)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("voices", "needed"),
    [
        (1, [1, 1, 1, 1, 1, 1, 1]),
        (2, [1, 1, 2, 2, 2, 2, 2]),
        (3, [1, 1, 2, 3, 3, 3, 3]),
        ("two_thirds", [1, 1, 2, 2, 3, 4, 4]),
    ],
)
def test_how_many_of_so_many(voices: object, needed: list[int]) -> None:
    """As many as the outcome says; two thirds are rounded up, and never fewer than two."""
    assert [voices_needed(outcome(voices), eligible) for eligible in range(7)] == needed


@given(RULES, st.integers(0, 40))
def test_the_need_is_never_more_than_there_are_nor_under_two_while_two_are(
    voices: object, eligible: int
) -> None:
    """So nothing that takes several is decided by one while another has a say, and nothing is locked."""
    needed = voices_needed(outcome(voices), eligible)
    assert 1 <= needed <= max(1, eligible)
    if voices != 1 and eligible >= 2:
        assert needed >= 2
    if voices == "two_thirds":
        assert needed == max(1, min(eligible, max(2, (2 * eligible + 2) // 3)))


@given(RULES, st.integers(0, 40))
def test_one_more_with_a_say_never_lowers_the_need(voices: object, eligible: int) -> None:
    """Whoever is kept out can make it easier, and whoever comes back never does."""
    assert voices_needed(outcome(voices), eligible) <= voices_needed(outcome(voices), eligible + 1)


def proposed(*out: Administrator) -> Play:
    """Return a play in which MFT proposes a ban; those who are out said so before."""
    play = played_to("triaged", parties=(ROBIN,), community_=community(*ROSTER))
    logins = {one.login for one in out}
    for by in PEOPLE:
        play.says(by, "/recuse" if by.login in logins else "I have read it.")
    play.run()
    skips(play, "Robin")
    play.says(MFT, "/resolve\nRobin: ban\nNo more.")
    play.run()
    return play


def made(play: Play, approvals: Iterable[str], objections: Iterable[str], stale: Iterable[str] = ()) -> Draft:
    """Return a draft of MFT's that these approved (node ids), or object to; some before it was shown anew."""
    said = draft(play)
    assert said is not None
    return Draft(
        words=said.words,
        by=MFT.id,
        move=said.move,
        basis=said.basis,
        approvals=(
            *(Approval(one, said.basis) for one in approvals),
            *(Approval(one, "before") for one in stale),
        ),
        objections=tuple(Objection(one, WORDS) for one in objections),
    )


IDS = st.lists(st.sampled_from([one.id for one in PEOPLE]), max_size=6)
PLAYS = {tuple(out): proposed(*out) for out in ((), ROSTER[1:2], ROSTER[2:], ROSTER[1:])}


@given(IDS, IDS, IDS, st.sampled_from(sorted(PLAYS, key=len)))
def test_only_whoever_has_a_say_and_no_objection_agrees_and_each_once(
    approvals: list[str], objections: list[str], stale: list[str], out: tuple[Administrator, ...]
) -> None:
    """No reporter, stranger or administrator who is out counts, nor anybody for letters shown before."""
    play = PLAYS[out]
    counted = agreeing(play.case(), made(play, approvals, objections, stale))
    logins = {one.login for one in out}
    eligible = {one.id for one in (MFT, MIABOT, THCLPR) if one.login not in logins}
    assert set(counted) == ({MFT.id, *approvals} & eligible) - set(objections)
    assert len(set(counted)) == len(counted)


def test_its_author_counts_by_drafting_it_for_as_long_as_they_have_a_say() -> None:
    """Who recuses themself afterwards has no voice, and isn't counted among those it takes."""
    play = proposed()
    assert agreeing(play.case(), made(play, (), ())) == (MFT.id,)
    assert asked(play) == 2
    play.says(MFT, "/recuse")
    play.run()
    assert agreeing(play.case(), made(play, (MIABOT.id,), ())) == (MIABOT.id,)
    play.says(MIABOT, "/recuse")
    play.run()
    assert asked(play) == 1


def asked(play: Play) -> int:
    """Return how many voices the draft of a play takes."""
    said = draft(play)
    assert said is not None
    return asked_for(play.case(), resolving(), said.words)


def resolving() -> Move:
    """Return the move that resolves."""
    return next(move for move in definition().process.moves if move.name == "resolve")


def test_what_states_no_outcome_takes_one() -> None:
    """Words alone, words of a move that keeps none, and words that were changed."""
    play = drafted("anybody")
    said = draft(play)
    assert said is not None
    assert asked_for(play.case(), resolving(), said.words) == 1
    proposal = proposed()
    ban = draft(proposal)
    assert ban is not None
    assert [one.name for one in outcomes_of(proposal.case(), resolving(), ban.words)] == ["ban"]
    other = next(move for move in definition().process.moves if move.name == "correct")
    assert outcomes_of(proposal.case(), other, ban.words) == ()
    assert outcomes_of(proposal.case(), None, ban.words) == ()
    assert asked_for(proposal.case(), resolving(), WORDS) == 1
