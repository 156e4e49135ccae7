"""What the reporter may know: everything about their own report, who can read it, and who decides it."""

from __future__ import annotations

from datetime import datetime

from cocflow.core.acts.consent import consent, form_differs, silence_is_consent
from cocflow.core.acts.estimate import resolve_by, triage_by
from cocflow.core.acts.report import ReporterKnown, agreed, was_altered
from cocflow.core.acts.report import reporter as who
from cocflow.core.acts.resolve import Resolution, resolution_for
from cocflow.core.case.case import Case
from cocflow.core.views.base import (
    Occasion,
    Possible,
    View,
    answer_until,
    came_from,
    common,
    consent_waiting,
    missing,
    possible,
    post,
    promised,
    said,
)


class ReporterView(View, frozen=True, kw_only=True):
    """For the reporter. `login` is theirs; `went_on` the issue that this one goes on from.

    `silence_counts`: they let the community know themself, so a post goes on without their answer.
    `altered`: somebody else had edited the report before it was first read. `unasked`: somebody else named
    them. `waiting_consent`: what an administrator recorded in their words, which counts from `consent_from`.
    `form_differs`: what their form says of sharing isn't what counts.
    """

    code_name: str
    state: str
    means: str
    readers: tuple[str, ...]
    deciders: tuple[str, ...]
    readers_off_roster: bool
    here: bool
    answer_by: datetime | None
    missing: tuple[str, ...]
    estimate: datetime | None
    triage_estimate: datetime | None
    resolution: str | None
    possible: tuple[Possible, ...]
    consent: str
    named: bool
    post: str | None = None
    said: str | None = None
    answer_asked_by: datetime | None = None
    answer_until: datetime | None = None
    reason: str | None = None
    copy: str | None = None
    login: str = ""
    went_on: int | None = None
    silence_counts: bool = False
    altered: bool = False
    unasked: bool = False
    waiting_consent: str = ""
    waiting_named: bool = False
    consent_from: datetime | None = None
    form_differs: bool = False

    @property
    def written(self) -> str:
        """What a person wrote for this reader."""
        return "\n".join(filter(None, (self.resolution, self.post, self.said)))


def reporter(case: Case, occasion: Occasion) -> ReporterView:
    """Return what the reporter may know."""
    known, given = case.progress.newest(ReporterKnown), consent(case)
    words = occasion.words(case.progress[Resolution].words)
    return ReporterView(
        **common(case),
        code_name=case.code_name,
        state=case.state.name if case.state else "",
        means=case.state.means if case.state else "",
        readers=tuple(one.shown() for one in case.community.administrators),
        deciders=tuple(one.shown() for one in case.eligible),
        readers_off_roster=known is not None and known.readers_off_roster,
        here=known is None or known.is_author,
        answer_by=promised(case),
        missing=missing(case),
        estimate=resolve_by(case),
        triage_estimate=triage_by(case),
        resolution=resolution_for(case, words, "reporter"),
        possible=possible(case, "reporter"),
        consent=given.level,
        named=given.named,
        post=post(case, occasion),
        answer_until=answer_until(case),
        reason=occasion.reason,
        copy=occasion.decision.copy if occasion.decision else None,
        login=who(case).login,
        went_on=came_from(case),
        silence_counts=silence_is_consent(case),
        altered=was_altered(case),
        unasked=not agreed(case),
        **said(case, occasion),
        form_differs=form_differs(case),
        **consent_waiting(case),
    )
