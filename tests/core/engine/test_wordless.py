"""Mails without words: nothing is decided by them, people look, and the sender is asked once."""

from __future__ import annotations

from typing import get_args

import pytest

from cocflow.core.acts.appeal import Waiting
from cocflow.core.acts.consent import consent
from cocflow.core.acts.hearing import NOTHING_SAID, unheard
from cocflow.core.case.records import LetterKind
from tests.core.acts.asking import notices
from tests.core.drafts import drafted
from tests.core.play import DAY, HOUR, Play, suspension_played_to

KINDS = [kind for kind in get_args(LetterKind) if kind != "words"]
ASKED = {"reaction", "calendar", "encrypted", "attachments", "empty"}


def suspended() -> Play:
    """Return a suspension that may be appealed, of somebody with an address."""
    return suspension_played_to("appealable")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verified", [True, False])
def test_it_is_no_appeal(kind: LetterKind, verified: bool) -> None:
    """Whatever it holds instead of words, no appeal is kept or filed, and administrators read why."""
    play = suspended()
    play.mails("", kind=kind, verified=verified, person="suspended")
    (decision,) = play.run()
    assert (play.state, play.case().progress[Waiting].appeal) == ("appealable", ())
    assert decision.says == ("administrators/mail_wordless",)
    assert decision.record.refused
    asked = [one for one in decision.record.owed if one.notice == "suspended/plain_text"]
    assert [one.to for one in asked] == (["suspended"] if kind in ASKED else [])
    assert decision.reason is not None
    asks = "They are asked" if kind in ASKED else "They aren't asked"
    assert decision.reason.endswith(f"{asks} to write it as plain text.")


def test_words_and_automatic_answers_go_their_own_ways() -> None:
    """Words are an appeal; what a program wrote is said to be that, whatever it holds."""
    play = suspended()
    play.mails("", kind="empty", automatic=True, person="suspended")
    (decision,) = play.run()
    assert decision.says == ("administrators/mail_refused",)
    assert decision.record.owed == ()
    play.mails("I was not there.", person="suspended")
    play.run()
    assert play.state == "appealed"


def test_whoever_is_verified_is_asked_once_a_day() -> None:
    """A second mail of the day asks for nothing, the next day's does."""
    play = suspended()
    start = play.now
    for after, expected in ((0 * DAY, 1), (HOUR, 0), (DAY, 1), (DAY + HOUR, 0)):
        play.mails("", start + after, kind="encrypted", person="suspended")
        decisions = play.run()
        asked = [one for one in decisions for owed in one.record.owed if "plain_text" in owed.notice]
        assert len(asked) == expected, after


def test_whoever_isnt_verified_is_asked_once_in_a_case() -> None:
    """Nobody can have us write to somebody else again and again."""
    play = suspended()
    start = play.now
    for after, expected in ((0 * DAY, 1), (DAY, 0), (9 * DAY, 0)):
        play.mails("", start + after, kind="empty", verified=False, person="suspended")
        asked = [owed for one in play.run() for owed in one.record.owed if "plain_text" in owed.notice]
        assert len(asked) == expected, after


def test_nobody_of_the_case_is_never_asked() -> None:
    """A mail that is nobody's is shown to administrators, and that is all."""
    play = suspended()
    play.mails("", kind="empty", person="")
    (decision,) = play.run()
    assert decision.record.owed == ()
    assert "They aren't asked" in (decision.reason or "")


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_no_word_of_the_reporters(kind: LetterKind) -> None:
    """A command in it counts for nothing; what may hold a no, and can't be read, holds what waits."""
    play = drafted("anybody")
    before = consent(play.case())
    play.mails("/consent community", kind=kind, person="reporter")
    decisions = play.run()
    assert consent(play.case()) == before
    assert "administrators/mail_wordless" in decisions[0].says
    assert unheard(play.case()) == (kind not in NOTHING_SAID)
    assert "reporter/consented" not in notices(decisions)
