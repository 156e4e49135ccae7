"""What the reporter may know: everything about their own report, who can read it, and who decides it."""

from __future__ import annotations

from datetime import datetime

import msgspec

from cocflow.core.acts.consent import consent, form_differs, silence_is_consent
from cocflow.core.acts.dismiss import Dismissal, dismissed_as, words_told
from cocflow.core.acts.estimate import note, replaced, resolve_by, triage_by
from cocflow.core.acts.outcome import said_of
from cocflow.core.acts.report import ReporterKnown, agreed, by_mail, by_room, in_danger, report, was_altered
from cocflow.core.acts.report import reporter as who
from cocflow.core.acts.resolve import Resolution, resolution_for
from cocflow.core.case.case import Case
from cocflow.core.forms.form import questions
from cocflow.core.views.base import (
    AppealView,
    Occasion,
    Possible,
    answer_until,
    answered,
    appealing,
    came_from,
    common,
    consent_waiting,
    is_named,
    missing,
    possible,
    post,
    promised,
    said,
)


class Said(msgspec.Struct, frozen=True):
    """A question, and what the reporter's mail was understood to answer."""

    question: str
    answer: str

    def __repr__(self) -> str:
        """Show nothing: it is theirs."""
        return "Said(…)"


class ReporterView(AppealView, frozen=True, kw_only=True):
    """For the reporter. `login` is theirs; `went_on` the issue that this one goes on from.

    `silence_counts`: they let the community know themself, so a post goes on without their answer.
    `altered`: somebody else had edited the report before it was first read. `unasked`: somebody else named
    them. `waiting_consent`: what an administrator recorded in their words, which counts from `consent_from`.
    `dismissed`: why nothing is done about it, and `dismissal` what the administrators say of that.
    `form_differs`: what their form says of sharing isn't what counts.
    `by_mail`: it came by mail, and they answer by mail; `understood` is then what their mail answers.
    `by_room`: they filed it in a room of their own, and answer there.
    `in_danger`: it says that somebody may be. `over`: nothing is left to be promised.
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
    over: bool
    estimate: datetime | None
    triage_estimate: datetime | None
    estimate_before: datetime | None
    estimate_note: str
    resolution: str | None
    outcomes: tuple[str, ...]
    possible: tuple[Possible, ...]
    consent: str
    named: bool
    post: str | None = None
    said: str | None = None
    answer_asked_by: datetime | None = None
    answer_until: datetime | None = None
    reason: str | None = None
    copy: str | None = None
    hint: str | None = None
    login: str = ""
    went_on: int | None = None
    silence_counts: bool = False
    altered: bool = False
    unasked: bool = False
    waiting_consent: str = ""
    waiting_named: bool = False
    consent_from: datetime | None = None
    dismissed: str = ""
    dismissal: str = ""
    form_differs: bool = False
    by_mail: bool = False
    by_room: bool = False
    understood: tuple[Said, ...] = ()
    in_danger: bool = False

    @property
    def written(self) -> str:
        """What a person wrote for this reader."""
        return "\n".join(
            filter(
                None,
                (self.resolution, self.upheld, self.post, self.said, self.dismissal, self.estimate_note),
            )
        )


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
        over=case.state is not None and case.state.final,
        estimate=resolve_by(case),
        triage_estimate=triage_by(case),
        estimate_before=replaced(case),
        estimate_note=note(case),
        resolution=resolution_for(case, words, "reporter"),
        outcomes=_outcomes(case),
        possible=possible(case, "reporter"),
        consent=given.level,
        named=given.named,
        post=post(case, occasion),
        answer_until=answer_until(case),
        **answered(occasion),
        login=who(case).login,
        went_on=came_from(case),
        silence_counts=silence_is_consent(case),
        altered=was_altered(case),
        unasked=not agreed(case),
        **said(case, occasion),
        dismissed=dismissed_as(case) or "",
        dismissal=words_told(case, occasion.words(case.progress[Dismissal].words)),
        form_differs=form_differs(case),
        by_mail=by_mail(case),
        by_room=by_room(case),
        in_danger=in_danger(case),
        understood=_understood(case) if by_mail(case) else (),
        **consent_waiting(case),
        **appealing(case, "reporter", occasion),
    )


LONGEST_SHOWN = 1_500
"""Characters of an answer that its own writer is shown again."""


def _outcomes(case: Case) -> tuple[str, ...]:
    """Return how it ended for those whom the report names: of anybody else the reporter need not know."""
    said = "\n".join(str(value) for value in report(case).answers.values.values())
    found = ((one, case.person(one.person or "")) for one in case.outcomes)
    return tuple(said_of(case, one) for one, who in found if who is not None and is_named(who, said))


def _understood(case: Case) -> tuple[Said, ...]:
    """Return what the four answers of their mail were read as; of a long one its beginning."""
    read = case.filed if case.body_is_authors else None
    if read is None:
        return ()
    said = ((one, read.answers.text(one.id)) for one in questions(read.form))
    return tuple(Said(f"{one.number}. {one.label}", _shown(text)) for one, text in said if text)


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN].rstrip()} …"
