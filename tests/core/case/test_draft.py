"""A draft by itself: what replaying its changes does, whoever decided them."""

from __future__ import annotations

import pytest

from cocflow.core.case.draft import (
    AgreementMissed,
    Draft,
    DraftAnswered,
    DraftApproved,
    DraftDropped,
    Drafted,
    DraftObjected,
    Objection,
    SilenceCounted,
)
from cocflow.core.case.progress import Change, Progress, Record
from cocflow.core.case.records import Owed, Words
from tests.core.play import HOUR, START

WORDS, OTHER = Words("IC_1", "sha 1"), Words("IC_2", "sha 2")
DRAFTED = Drafted(words=WORDS, by="U_1", move="resolve", basis="b1")
AGAIN = Drafted(words=WORDS, by="U_1", move="resolve", basis="b2")
ANEW = Drafted(words=OTHER, by="U_1", move="resolve", basis="b1")
YES, NO = (DraftAnswered(to="p1", yes=yes, words=WORDS) for yes in (True, False))
APPROVED = DraftApproved(by="U_2", basis="b1")


def after(*changes: Change, owed: tuple[Owed, ...] = ()) -> Progress:
    """Return what these changes make, each recorded an hour after the one before."""
    progress = Progress()
    for n, change in enumerate(changes, start=1):
        at = START + n * HOUR
        record = Record(n=n, prev=None, of=f"F_{n}", at=at, process="p/1", by="U_9", changes=(change,))
        progress.apply(record)
        for notice in owed if n == 1 else ():
            progress.notices[notice.id] = notice
    return progress


def draft(*changes: Change) -> Draft:
    """Return the draft that these changes make."""
    found = after(*changes).newest(Draft)
    assert found is not None
    return found


def test_a_draft_begins_with_its_receipt() -> None:
    """It holds whose words it is of, by whom, of which move, on what basis and since when."""
    made = draft(DRAFTED)
    assert (made.words, made.by, made.move, made.basis) == (WORDS, "U_1", "resolve", "b1")
    assert made.since == START + HOUR
    assert (made.answers, made.asked, made.approvals) == ({}, False, ())


def test_an_approval_counts_on_its_own_basis_only() -> None:
    """Approved on one basis and shown anew on another, it is approved by nobody."""
    assert draft(DRAFTED, APPROVED).approved_by() == {"U_2"}
    assert draft(DRAFTED, DraftApproved(by="U_2", basis="b2")).approved_by() == frozenset()
    assert draft(DRAFTED, APPROVED, AGAIN).approved_by() == frozenset()


def test_approved_twice_by_one_is_approved_by_one() -> None:
    """Who approves is counted, not how often."""
    assert draft(DRAFTED, APPROVED, APPROVED).approved_by() == {"U_2"}


def test_an_approval_that_names_nobody_is_by_whoever_asked() -> None:
    """As in receipts that a version before 1.1 wrote."""
    first = Drafted(words=WORDS, by="U_1")
    assert draft(first, DraftApproved()).approved_by() == {"U_9"}


@pytest.mark.parametrize(
    ("again", "kept"), [(AGAIN, {"p1": True}), (ANEW, {}), (Drafted(words=WORDS, by=""), {})]
)
def test_answers_are_to_the_words_whatever_their_basis(again: Drafted, kept: dict[str, bool]) -> None:
    """The same words shown anew keep them; other words don't, nor do those of a draft without a basis."""
    assert draft(DRAFTED, YES, again).answers == kept


def test_the_newest_answer_of_each_counts() -> None:
    """Who changes their mind has said the last."""
    assert draft(DRAFTED, YES, NO).answers == {"p1": False}
    assert draft(DRAFTED, NO, DraftAnswered(to="reporter", yes=True, words=WORDS)).answers == {
        "p1": False,
        "reporter": True,
    }


def test_counted_silence_is_of_this_draft() -> None:
    """Another draft, or the same shown anew, is asked about again."""
    assert draft(DRAFTED, SilenceCounted()).asked
    assert not draft(DRAFTED, SilenceCounted(), AGAIN).asked
    assert not draft(DRAFTED, SilenceCounted(), ANEW).asked


@pytest.mark.parametrize("change", [YES, APPROVED, SilenceCounted(), DraftDropped(sent=True)])
def test_without_a_draft_nothing_comes_of_it(change: Change) -> None:
    """What is said to a draft that is gone makes none."""
    assert after(change).newest(Draft) is None
    assert after(DRAFTED, DraftDropped(sent=False), change).newest(Draft) is None


@pytest.mark.parametrize(("sent", "owed"), [(True, {"community", "p1"}), (False, {"p1"})])
def test_what_is_stopped_goes_to_the_community_no_more(sent: bool, owed: set[str]) -> None:
    """A stopped draft takes back what was on its way there, and nothing that anybody else is owed."""
    notices = tuple(Owed(id=f"1.x.{to}", notice="x", to=to) for to in ("community", "p1"))
    progress = after(DRAFTED, DraftDropped(sent=sent), owed=notices)
    assert {one.to for one in progress.owed()} == owed


def test_only_what_is_sent_tells_the_words() -> None:
    """The notices of a sent draft tell its words; those of a stopped one none."""
    before = after(DRAFTED)
    assert DraftDropped(sent=True).words_told(before) == WORDS
    assert DraftDropped(sent=False).words_told(before) is None
    assert DraftDropped(sent=True).words_told(Progress()) is None
    assert DRAFTED.words_told(Progress()) == WORDS


def test_an_objection_takes_back_a_yes_and_a_yes_an_objection() -> None:
    """The newest of each counts, in whatever form GitHub gives their id."""
    objected = DraftObjected(by="U_2", words=OTHER)
    one = draft(DRAFTED, APPROVED, objected)
    assert one.approved_by() == frozenset()
    assert one.objections == (Objection("U_2", OTHER),)
    assert one.objects("U_2")
    assert not one.objects("U_3")
    again = draft(DRAFTED, APPROVED, objected, APPROVED)
    assert again.approved_by() == {"U_2"}
    assert again.objections == ()
    legacy = DraftObjected(by="MDQ6VXNlcjc3", words=OTHER)
    assert draft(DRAFTED, legacy).objects("U_kgBN")
    assert len(draft(DRAFTED, legacy, DraftObjected(by="U_kgBN", words=WORDS)).objections) == 1


def test_an_objection_and_the_time_are_of_the_words() -> None:
    """They outlive letters that are shown anew, and not another draft."""
    objected, late = DraftObjected(by="U_2", words=OTHER), AgreementMissed(follows="outside")
    again = draft(DRAFTED, objected, late, AGAIN)
    assert (again.objects("U_2"), again.overdue, again.waits_since) == (True, "outside", START + HOUR)
    anew = draft(DRAFTED, objected, late, ANEW)
    assert (anew.objections, anew.overdue, anew.waits_since) == ((), "", START + 4 * HOUR)


def test_a_draft_from_before_waits_since_it_was_shown() -> None:
    """An earlier version recorded no other time."""
    assert Draft(words=WORDS, since=START).waits_since == START


@pytest.mark.parametrize(
    "change", [DraftObjected(by="U_2", words=OTHER), AgreementMissed(follows="one")], ids=["object", "missed"]
)
def test_nothing_follows_for_a_draft_that_there_is_not(change: Change) -> None:
    """Replaying it changes nothing."""
    assert after(change).newest(Draft) is None
