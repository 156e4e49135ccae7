"""What somebody whom the incident concerns may know: the decision, and its words with consent."""

from __future__ import annotations

from datetime import datetime

from cocflow.core.acts.consent import lets
from cocflow.core.acts.report import reporter
from cocflow.core.acts.resolve import Resolution, resolution_for
from cocflow.core.case.case import Case
from cocflow.core.views.base import Occasion, View, answer_until, answered, common, post, said


class PartyView(View, frozen=True, kw_only=True):
    """For somebody whom the incident concerns."""

    code_name: str
    decision: str | None = None
    reporter: str | None = None
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
        return "\n".join(filter(None, (self.decision, self.post, self.said)))


def party(case: Case, occasion: Occasion) -> PartyView:
    """Return what a party may know under the reporter's consent."""
    words = occasion.words(case.progress[Resolution].words)
    key = occasion.owed.to if occasion.owed is not None else ""
    given = lets(case, occasion.owed)
    allowed = given.level != "none"
    return PartyView(
        **common(case),
        code_name=case.code_name,
        decision=(resolution_for(case, words, key) or None) if allowed else None,
        reporter=reporter(case).name if allowed and given.named else None,
        post=post(case, occasion),
        answer_until=answer_until(case),
        **answered(occasion),
        **said(case, occasion, allowed=allowed),
    )
