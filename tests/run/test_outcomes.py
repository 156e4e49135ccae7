"""Outcomes over several issues: letters by level, and the suspensions that a resolution orders or ends.

No module's twin: it follows one resolution from its draft to everybody whom it concerns.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from cocflow.core.acts.suspend import suspensions
from cocflow.core.acts.suspension import End
from cocflow.core.case.decided import Outcomes, OutcomesDecided
from cocflow.run.children import is_unfinished
from tests.core.drafts import AGREE
from tests.core.play import DAY, MFT, MIABOT, THCLPR
from tests.run.crashing import crashed
from tests.scene import ROBIN, SAM, SHARES, Scene

RESOLVE = (
    "/resolve We talked with both.\nSam: suspension until 30 days\nStop the jokes about how people speak.\n"
    "Robin: no violation\nTo reporter: Thank you."
)

NOT_HEARD = "/heard Sam Poe skipped: They would destroy what there is."


def scene(share: str = "parties", *parties: str) -> Scene:
    """Return an incident with these parties, whose reporter shares that much."""
    made = Scene(answers={"share": SHARES[share], "who": "Sam Poe from the team."})
    made.acknowledged(*(parties or (SAM, ROBIN)))
    if not parties:
        made.says(MFT, NOT_HEARD)
    return made


def suspended() -> Scene:
    """Return an incident over which Sam, who is no party, is suspended, and isn't heard."""
    made = scene("parties", ROBIN)
    made.says(MFT, f"/suspend Insults\n{SAM}", NOT_HEARD)
    return made


def test_a_resolution_reaches_each_by_their_own_letter_and_opens_the_suspension() -> None:
    """The level, the words and the end go to Sam, the account is suspended, and Robin hears nothing."""
    made = scene()
    made.says(MFT, RESOLVE)
    draft = made.newest()
    assert "How it ends: Sam Poe: suspension until Wednesday, 4 February 2026" in draft
    assert "Not told, as nobody asked them anything: Robin Example" in draft
    assert "Sending it suspends the account of Sam Poe" in draft
    assert "What Robin Example would get" not in draft
    assert "twice" not in draft
    made.labels(MIABOT, AGREE)
    letter, suspended = made.texts("p1")[-1], made.texts("suspended")[-1]
    assert "Your account is suspended until Wednesday, 4 February 2026" in letter
    assert "> Stop the jokes about how people speak." in letter
    assert "We keep a note" not in letter
    assert "until Wednesday, 4 February 2026" in suspended
    assert "> Stop the jokes about how people speak." in suspended
    assert made.texts("p2") == []
    assert made.case().progress.state == "closed"
    child = made.case(2)
    assert child.progress.state == "active"
    assert not child.progress[End].interim
    assert not is_unfinished(made.case())


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("suspension until 30 days", "without what was said, until Tuesday, 4 April 2028"),
        ("ban", "for as long as it lasts, and 26 months after it."),
        ("warning", "for 14 months after this is closed."),
    ],
)
@pytest.mark.parametrize("retention", [False, True])
def test_a_letter_says_how_long_a_note_is_kept_only_where_that_is_so(
    said: str, kept: str, retention: bool
) -> None:
    """By the outcome and its end where retention is configured; else nothing, as everything is kept."""
    made = Scene(answers={"share": SHARES["parties"]}, retention=retention)
    made.acknowledged(SAM)
    made.says(MFT, NOT_HEARD, f"/resolve We talked.\nSam: {said}\nStop the jokes.")
    made.labels(MIABOT, AGREE)
    letter = made.texts("p1")[-1]
    assert (kept in letter) is retention
    assert ("We keep" in letter) is retention
    assert "\n\n\n" not in letter


def test_the_reporter_reads_how_it_ended_for_those_whom_they_named() -> None:
    """Of anybody else they need not know."""
    made = scene()
    made.says(MFT, RESOLVE)
    made.labels(MIABOT, AGREE)
    told = next(text for text in made.tracker.by_bot(1) if text.startswith("Your report has been resolved"))
    assert "How it ended for those whom you named: Sam Poe: suspension until" in told
    assert "Robin Example" not in told.partition("\n---\n")[0]


def test_without_consent_the_level_is_told_and_the_words_are_not() -> None:
    """The draft says that this tells of a report, and it takes a second tap."""
    made = scene("none")
    made.says(MFT, RESOLVE)
    assert "The letter to Sam Poe tells them that there was a report" in made.newest()
    made.labels(MIABOT, AGREE)
    assert "Once more, please" in made.newest()
    assert made.texts("p1") == []
    made.labels(MIABOT, AGREE)
    letter, suspended = made.texts("p1")[-1], made.texts("suspended")[-1]
    assert "Your account is suspended until" in letter
    assert "jokes" not in letter + suspended


def test_an_interim_suspension_gets_its_end_on_its_own_page() -> None:
    """Its person is told until when, counted from when it began, with the words that are theirs."""
    made = suspended()
    began = made.case(2).progress.since
    made.passes(timedelta(days=3))
    made.says(MFT, "/resolve\nSam: suspension until 30 days\nStop the jokes.")
    made.labels(MIABOT, AGREE)
    end = made.case(2).progress[End]
    assert (end.until, end.settled) == (began + 30 * DAY, True)
    assert "> Stop the jokes." in made.texts("suspended")[-1]
    (one,) = suspensions(made.case()).values()
    assert (one.until, one.interim, one.ending) == (began + 30 * DAY, False, None)
    assert made.case().progress.state in ("resolved", "closed")
    written = len(made.tracker.by_bot(2))
    made.run()
    assert len(made.tracker.by_bot(2)) == written


def test_an_end_said_on_the_page_afterwards_stands() -> None:
    """The resolution's end is taken over once; what is decided there later isn't undone."""
    made = suspended()
    made.says(MFT, "/resolve\nSam: ban\nNo more.")
    made.labels(MIABOT, AGREE)
    assert made.case(2).progress[End].indefinite
    made.says(MIABOT, "/until 2 weeks\nThat is enough.", on=2)
    made.run()
    assert made.case(2).progress[End].until is not None


@pytest.mark.parametrize("drafted_before", [False, True])
def test_no_suspension_is_stated_that_nobody_orders(drafted_before: bool) -> None:
    """Where the only suspension has ended, be it since the draft, whoever it was of is named first."""
    made = scene("parties", ROBIN)
    made.says(MFT, f"/suspend Insults\n{SAM} until 3 days", NOT_HEARD)
    if drafted_before:
        made.says(MFT, "/resolve\nSam: suspension until 30 days\nStop the jokes.")
    made.passes(4 * DAY)
    if not drafted_before:
        made.says(MFT, "/resolve\nSam: suspension until 30 days\nStop the jokes.")
    made.labels(MIABOT, AGREE)
    assert made.case().outcomes == ()
    assert any("here by a suspension that is over" in text for text in made.tracker.by_bot(1))
    made.says(MFT, f"/party {SAM}", NOT_HEARD, "/resolve\nSam: suspension until 30 days\nStop the jokes.")
    made.labels(MIABOT, AGREE)
    assert [one.outcome for one in made.case().outcomes] == ["suspension"]
    assert [one.in_force for one in suspensions(made.case()).values()] == [False, True]
    assert "Your account is suspended until" in made.texts("p2")[-1]


def test_a_correction_changes_no_outcome() -> None:
    """It is of words: a head in it would send somebody's own words to everybody."""
    made = scene()
    made.sends(MFT, "/resolve We talked.\nSam: talk")
    made.says(MFT, "/correct We talked twice.\nSam: warning\nStop.")
    assert "A correction is of words" in made.newest()


@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_dies_in_between_is_finished_by_the_next(after: bool) -> None:
    """Whichever write it was: the suspension's page takes the end over once, and its person is told once."""
    begun = suspended()
    begun.says(MFT, "/resolve\nSam: suspension until 30 days\nStop.")
    begun.tracker.labels(MIABOT, 1, AGREE)
    for made in crashed(begun, after=after, writes=5):
        made.run()
        made.run()
        assert not made.case(2).progress[End].interim
        assert not is_unfinished(made.case())
        ends = [one for one in made.texts("suspended") if "ends on" in one]
        assert len(ends) == 1


def test_a_decision_to_which_too_few_agree_goes_on_with_one_and_says_so() -> None:
    """The outside contact is told that it waits, and no more; whoever it concerns, that one was enough."""
    made = scene()
    made.says(MFT, RESOLVE)
    proposal = made.newest()
    assert "@miabot @thclpr This decision takes **2** administrators. Agreed: Mika. **1 more**" in proposal
    assert "one decided alone" not in proposal
    made.passes(7 * DAY)
    (told,) = made.texts("outside")
    assert "a decision was proposed that takes more than one administrator" in told
    assert "Sam" not in told
    assert "The outside contact was told that this decision waits." in made.tracker.card(1)
    made.passes(7 * DAY)
    assert "More than one administrator should have agreed to this." in made.newest()
    assert made.newest().startswith("The letters say now that one voice was enough.")
    assert made.texts("p1") == []
    made.labels(MFT, AGREE)
    assert "so one decided alone" in made.texts("p1")[-1]


def test_help_says_who_has_agreed_and_how_many_more_it_takes() -> None:
    """Whoever asks reads it, with the label that fits."""
    made = scene()
    made.says(MFT, RESOLVE, "/help")
    assert (
        "Agreed: Mika. **1 more** has to agree, by the label `decision: agree`: Mia or thclpr."
        in made.newest()
    )
    assert f"add a label `{AGREE}`" in made.newest()


def test_an_end_that_one_decided_is_told_so_on_the_page_of_the_suspension() -> None:
    """Whoever is in the incident by a suspension only reads it there."""
    made = suspended()
    made.says(MFT, "/resolve\nSam: ban\nNo more.")
    made.passes(7 * DAY)
    made.passes(7 * DAY)
    made.labels(MFT, AGREE)
    assert "so one decided alone" in made.texts("suspended")[-1]


@pytest.mark.parametrize("after", [False, True])
def test_a_decision_is_made_once_whichever_write_dies(after: bool) -> None:
    """Two taps of two people, and a run that is killed at any of its writes: it goes out once, by both."""
    begun = scene()
    begun.says(MFT, RESOLVE)
    begun.tracker.labels(MIABOT, 1, AGREE)
    begun.tracker.labels(THCLPR, 1, AGREE)
    for made in crashed(begun, after=after, writes=5):
        made.run()
        made.run()
        assert made.case().progress[Outcomes].agreed == (MFT.id, MIABOT.id)
        orders = [one for entry in made.case().ledger.counted for one in entry.record.changes]
        assert len([one for one in orders if isinstance(one, OutcomesDecided)]) == 1
        assert any("is suspended" in one for one in made.texts("p1"))
