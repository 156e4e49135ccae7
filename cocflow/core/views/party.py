"""What somebody whom the incident concerns may know: the decision, and its words with consent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cocflow.core.acts.appeal import told_at
from cocflow.core.acts.consent import lets
from cocflow.core.acts.outcome import by_one_voice, decided_about
from cocflow.core.acts.report import reporter
from cocflow.core.acts.resolve import Resolution, resolution_for
from cocflow.core.case.case import Case
from cocflow.core.case.decided import Outcomes
from cocflow.core.outcomes import Keep, months_after
from cocflow.core.views.base import (
    AppealView,
    Occasion,
    answer_until,
    answered,
    appealing,
    common,
    post,
    said,
)


class PartyView(AppealView, frozen=True, kw_only=True):
    """For somebody whom the incident concerns.

    `outcome` is how it ended for them, "" where that isn't stated, and `until`, until when that holds;
    `counts_until`: until when it counts if it happens again. `kept_until` is until when a note of it is kept,
    or `kept_months`, for how many months after the closing, or after the end where there is none yet
    (`kept_after_end`); 0 where everything is kept for ever. `was_told`: the present decision has reached
    them. `one_voice`: one sufficed for what takes several, as too few agreed for too long. `in_room`: they
    answer in a room of their own.
    """

    code_name: str
    decision: str | None = None
    outcome: str = ""
    until: datetime | None = None
    counts_until: datetime | None = None
    kept_until: datetime | None = None
    kept_months: int = 0
    kept_after_end: bool = False
    one_voice: bool = False
    was_told: bool = False
    reporter: str | None = None
    in_room: bool = False
    post: str | None = None
    said: str | None = None
    answer_asked_by: datetime | None = None
    answer_until: datetime | None = None
    reason: str | None = None
    copy: str | None = None
    hint: str | None = None

    @property
    def written(self) -> str:
        """What a person wrote for this reader."""
        return "\n".join(filter(None, (self.decision, self.upheld, self.post, self.said)))


def party(case: Case, occasion: Occasion) -> PartyView:
    """Return what a party may know under the reporter's consent."""
    words = occasion.words(case.progress[Resolution].words)
    key = occasion.owed.to if occasion.owed is not None else ""
    given, one = lets(case, occasion.owed), case.person(key)
    allowed = given.level != "none"
    return PartyView(
        **common(case),
        code_name=case.code_name,
        decision=(resolution_for(case, words, key) or None) if allowed else None,
        reporter=reporter(case).name if allowed and given.named else None,
        post=post(case, occasion),
        answer_until=answer_until(case),
        **_outcome(case, key),
        was_told=told_at(case, key) is not None,
        **appealing(case, key, occasion, allowed=allowed),
        in_room=one is not None and one.room != "",
        **answered(occasion),
        **said(case, occasion, allowed=allowed),
    )


def _outcome(case: Case, key: str) -> dict[str, Any]:
    """Return how it ended for somebody, until when, how long it counts, and how long a note of it is kept."""
    found = decided_about(case, key)
    outcome = case.process.outcomes.get(found.outcome) if found is not None else None
    if found is None or outcome is None:
        return {}
    since = case.progress[Outcomes].since
    return {
        "outcome": outcome.name,
        "until": found.until,
        "counts_until": months_after(since, outcome.counts) if since and outcome.counts else None,
        "one_voice": by_one_voice(case, key),
        **(_kept(outcome.keep, found.until) if case.community.retention else {}),
    }


def _kept(keep: Keep, until: datetime | None) -> dict[str, Any]:
    """Return how long a note is kept of what holds until then (None: no end is known)."""
    after_end = keep.since == "end"
    return {
        "kept_until": months_after(until, keep.months) if after_end and until is not None else None,
        "kept_months": keep.months,
        "kept_after_end": after_end,
    }
