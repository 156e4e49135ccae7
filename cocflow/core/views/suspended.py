"""What a suspended person may know: their own suspension, and how to appeal; why, with consent."""

from __future__ import annotations

from datetime import datetime

from cocflow.core.acts.appeal import AppealDecided, Uphold, surely_theirs, waiting
from cocflow.core.acts.correct import Correct
from cocflow.core.acts.lift import Lift
from cocflow.core.acts.outcome import by_one_voice
from cocflow.core.acts.suspend import suspensions
from cocflow.core.acts.suspension import (
    SUSPENDED,
    End,
    began_at,
    in_force,
    reason,
    settled_words,
    standing,
    suspended_person,
)
from cocflow.core.case.addressed import words_for
from cocflow.core.case.case import Case
from cocflow.core.case.records import Words
from cocflow.core.views.base import (
    Occasion,
    View,
    answer_until,
    answered,
    appeal_from,
    common,
    ends_first,
    may_tell_why,
    post,
    said,
)
from cocflow.core.views.tokens import reply_token


class SuspendedView(View, frozen=True, kw_only=True):
    """For the suspended person.

    `appeal_to` is an address, `token` what brings their answer back to this suspension. `appeal_waits`: they
    have written, or somebody in their name; `appeal_sure`: it was surely them. `appeal_open`: they may appeal
    now. `ends_first`: the suspension ends before they may. `in_room`: they read and answer in a room of their
    own. `settled`: what the resolution says to them that decided the end; `one_voice`: one sufficed for that,
    as too few agreed for too long.
    """

    account: str
    since: datetime | None
    until: datetime | None
    interim: bool
    in_force: bool
    why: str | None
    appeal_from: datetime | None
    appeal_to: str
    token: str
    decision: str | None
    settled: str | None = None
    one_voice: bool = False
    appeal_waits: bool = False
    appeal_sure: bool = False
    appeal_open: bool = False
    ends_first: bool = False
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
        return "\n".join(filter(None, (self.decision, self.settled, self.post, self.said)))


def suspended(case: Case, occasion: Occasion) -> SuspendedView:
    """Return what a suspended person may know of their suspension, or of the incident around it."""
    return _of_suspension(case, occasion) if case.is_suspension else _of_incident(case, occasion)


def _of_suspension(case: Case, occasion: Occasion) -> SuspendedView:
    end, decided = case.progress[End], case.progress.newest(AppealDecided)
    words = occasion.words(decided.words if decided is not None else None)
    told_why = may_tell_why(case, occasion.owed)
    return SuspendedView(
        **common(case),
        account=suspended_person(case).name,
        since=began_at(case),
        until=end.until,
        interim=end.interim,
        in_force=in_force(case) and not (end.until is not None and end.until <= case.issue.now),
        why=(reason(case) or None) if told_why else None,
        appeal_from=appeal_from(case),
        appeal_to=case.community.appeals or case.community.outside_contact,
        token=reply_token(case.issue.number, case.issue.id, SUSPENDED, case.seal),
        decision=_decision(case, words) if told_why else None,
        settled=(settled_words(case) or None) if told_why else None,
        one_voice=_one_voice(case),
        appeal_waits=bool(waiting(case)),
        appeal_sure=surely_theirs(case),
        appeal_open=case.is_("appeal_open"),
        ends_first=ends_first(case),
        in_room=suspended_person(case).room != "",
        **answered(occasion),
        **said(case, occasion, allowed=told_why),
    )


def _one_voice(case: Case) -> bool:
    """Whether the incident's resolution decided the end by one voice, as too few agreed for too long."""
    known = standing(case)
    if case.incident is None or known is None or not case.progress[End].settled:
        return False
    return by_one_voice(case.incident, known.whose)


def _decision(case: Case, words: Words | None) -> str | None:
    """Return what the suspended person is told of a decision; the context of an overturned one isn't."""
    match case.command(words):
        case Uphold(reasons=words_) | Lift(words=words_):
            return words_
        case Correct() as command:
            return words_for(case, command, "suspended")
        case _:
            return None


def _of_incident(case: Case, occasion: Occasion) -> SuspendedView:
    """Return what a suspended person may know of the incident: their own suspension, and a draft."""
    one = suspensions(case).get(occasion.owed.to) if occasion.owed is not None else None
    return SuspendedView(
        **common(case),
        account=case.called(one.key) if one else "",
        since=one.since if one else None,
        until=one.until if one else None,
        interim=one is not None and one.interim,
        in_force=one is not None and one.in_force,
        why=None,
        appeal_from=None,
        appeal_to=case.community.appeals or case.community.outside_contact,
        token=reply_token(one.number, one.issue, SUSPENDED, case.seal) if one and one.number else "",
        decision=None,
        post=post(case, occasion),
        answer_until=answer_until(case),
        **answered(occasion),
    )
