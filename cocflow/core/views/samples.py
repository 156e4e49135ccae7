"""Examples of every view, so that a notice can be read before anybody gets it.

Owns invented people and times, for each audience a full view and one with the least there can be.
Refuses to know templates: what is shown with these views is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from cocflow.core.case.records import Line
from cocflow.core.views.administrators import AdministratorsView, Asked, Ending, Suspended
from cocflow.core.views.base import Possible, View
from cocflow.core.views.board import BoardView, Leaves, Waits
from cocflow.core.views.channel import ChannelView
from cocflow.core.views.community import CommunityView
from cocflow.core.views.filer import FilerView
from cocflow.core.views.guest import GuestView
from cocflow.core.views.outside import OutsideView
from cocflow.core.views.party import PartyView
from cocflow.core.views.reporter import ReporterView, Said
from cocflow.core.views.sender import SenderView
from cocflow.core.views.suspended import SuspendedView
from cocflow.core.views.yearly import YearlyView
from cocflow.core.yearly.coarsening import Row
from cocflow.core.yearly.year import Counted, Waited


def _at(day: int, hour: int) -> datetime:
    return datetime(2026, 1, day, hour, 0, tzinfo=UTC)


_COMMON: Mapping[str, Any] = {
    "community": "Harbor Readers",
    "code_of_conduct": "https://example.org/code-of-conduct",
    "rules_channel": "#rules",
    "outside_contact": "council@example.org",
}
_POST = "A remark about how somebody speaks was taken down last week. Please be kind to each other here."
_SAID = "What do you remember of that evening?"
_UPHELD = "We read it all again, and nothing speaks for a mistake."
_HINT = "Send it with your own words in place of `<…>`."
_OTHER = "Mia"
_REASON = "Somebody has yet to be told: Robin Example."
_APPEAL: Mapping[str, Any] = {
    "may_appeal": True,
    "appeal_until": _at(19, 9),
    "answer_due": _at(12, 9),
    "on_appeal": True,
    "anew": True,
    "appealed": True,
    "upheld": _UPHELD,
    "by_outside": True,
}

_LINE = Line(
    "The mailbox refuses the login.",
    "Appeals and answers by mail wait in it.",
    "An administrator of the repository puts a right value into the secret COCFLOW_IMAP_URL.",
    _at(6, 9),
)

_FULL: Mapping[str, View] = {
    "administrators": AdministratorsView(
        **_COMMON,
        code_name="Quiet Harbor",
        state="acknowledged",
        means="There is an estimate.",
        since=_at(5, 9),
        final=False,
        reporter="riya",
        reporter_here=True,
        read_by="reporter",
        readers_off_roster=True,
        consent="parties",
        named=True,
        parties=("Robin Example", "Kim Example"),
        missing=("2. Who is involved in this incident?",),
        estimate=_at(8, 17),
        triage_estimate=_at(6, 17),
        estimate_before=_at(7, 17),
        estimate_note="We are sorry that it takes longer.",
        estimate_due=_at(6, 9),
        triage_due=_at(6, 17),
        estimate_over=True,
        say_open=True,
        untold=("Robin Example",),
        told_as="Robin Example",
        held_back=True,
        possible=(Possible("Tell the reporter a new date", "write `/estimate <when>`", "administrator"),),
        mentions=("mika", "mia"),
        nobody=False,
        turn=("Mika",),
        due=_at(8, 17),
        overdue_now=True,
        owner="Mika",
        in_danger=True,
        held=_at(19, 9),
        asked_about=(Asked("Tom", "tom", "taken", ("Mika",)),),
        in_question=("tom", "mika"),
        suspensions=(Suspended("Sam Poe", 12, "active"),),
        interim_suspensions=("Sam Poe",),
        ordered=True,
        by_two=("Tom",),
        anew=("Toni Example",),
        already=("Alex Poe",),
        account="Sam Poe",
        incident=11,
        until=_at(19, 9),
        interim=False,
        appeal_from=_at(12, 9),
        appeal_waits=True,
        ends_first=True,
        appeal_answered=True,
        appellants=("Robin Example",),
        unsure_appellants=("Kim Example",),
        appeal_due=_at(12, 9),
        deciders=("Mika", "Mia"),
        post=_POST,
        answer_until=_at(8, 9),
        draft_against=("Kim Example",),
        draft_silent=("the reporter",),
        draft_approvers=("Mia",),
        tells_of_report=("Sam Poe",),
        outcomes=("Sam Poe: warning",),
        outcomes_untold=("Kit",),
        outcomes_suspend=("Sam Poe",),
        outcomes_ending=(Ending("Sam Poe", "That is enough time to think it over."),),
        outcomes_open="Sam Poe",
        outcomes_unstated=True,
        outcome_example="talk",
        approve_with="decision: agree",
        agreement="This decision takes **2** administrators. Agreed: Mika. **1 more** has to agree, by the"
        " label `decision: agree`: Mia.",
        asked_to_agree=("mia",),
        one_voice=True,
        not_heard=("Not heard before a decision: Robin Example (\u201cThey would warn the others.\u201d).",),
        drafted=True,
        draft_replaces=True,
        by_hand_after=True,
        sent=("Robin Example",),
        by_hand=("Kim Example",),
        put_back="I removed `state: closed`.",
        sole=True,
        asker="Mika",
        move="estimate",
        reason=_REASON,
        late=_at(7, 9),
        copy="/resolve <words>",
        hint=_HINT,
        notes=("Paused: the venue is closed.",),
        goes_on=31,
        went_on=11,
        heard_label="reporter: heard",
        waiting_consent="community",
        waiting_named=True,
        consent_from=_at(6, 9),
        unanswered=("@riya: https://github.com/acme/incidents/issues/11#issuecomment-9",),
        more=2,
        wrote="Robin Example",
        wrote_to="Robin Example",
        skipped=True,
        wrote_asked=True,
        wrote_surely=True,
        wrote_first=True,
        wrote_here=True,
        by_room=True,
        told_why=True,
        overdue=("Robin Example",),
        asked_as="Robin Example",
        dismissed="duplicate",
        duplicate_of=12,
        other_report=13,
        other_leaves=True,
        other_reporter="Noor",
        resolution_stands=True,
    ),
    "board": BoardView(
        **_COMMON,
        lines=(_LINE,),
        new=(_LINE,),
        more=3,
        mentions=("mika", "mia"),
        swept=_at(7, 9),
        mailed=_at(7, 9),
        waiting=(Waits(11, "the reporter has no estimate: `/estimate 3 days`", _at(6, 9), "mika"),),
        erasable=(Leaves(3, (4, 5), None),),
        leaving=(Leaves(6, (), _at(19, 9)),),
        erased=2,
        repository="acme/incidents",
        asker="Mika",
        until=_at(12, 9),
        back=False,
        reason=_REASON,
    ),
    "channel": ChannelView(
        **_COMMON,
        code_name="Quiet Harbor",
        state="reported",
        link="https://github.com/acme/incidents/issues/11",
        waiting=2,
    ),
    "community": CommunityView(**_COMMON, post=_POST),
    "filer": FilerView(
        **_COMMON,
        code_name="Quiet Harbor",
        means="The report has arrived; an answer is still missing.",
        readers=("Mika", "Mia", "Tom"),
        missing=("2. Who is involved in this incident?",),
        named=True,
        agreed=True,
        in_danger=True,
        possible=(Possible("Add to an answer, or change it", "write `/answer <1 to 4> <text>`", "filer"),),
        reason="That isn't yours to do in this case.",
        copy="/answer <1 to 4> <text>",
        hint=_HINT,
    ),
    "guest": GuestView(
        **_COMMON,
        readers=("Mika", "Mia", "Tom"),
        said=_SAID,
        answer_asked_by=_at(9, 17),
        reason="That isn't possible while this is open.",
    ),
    "outside": OutsideView(
        **_COMMON,
        link="https://github.com/acme/incidents/issues/11",
        mailbox="conduct@example.org",
        received=_at(6, 9),
        waiting=2,
    ),
    "party": PartyView(
        **_COMMON,
        code_name="Quiet Harbor",
        decision="Please keep to what we agreed on Tuesday.",
        outcome="warning",
        until=_at(19, 9),
        counts_until=_at(19, 9),
        kept_until=_at(19, 9),
        kept_months=14,
        kept_after_end=False,
        one_voice=True,
        was_told=True,
        **_APPEAL,
        in_room=False,
        reporter="riya",
        post=_POST,
        said=_SAID,
        answer_asked_by=_at(9, 17),
        answer_until=_at(8, 9),
        reason=_REASON,
        copy="/consent <yes or no>",
        hint=_HINT,
    ),
    "reporter": ReporterView(
        **_COMMON,
        code_name="Quiet Harbor",
        state="acknowledged",
        means="There is an estimate.",
        over=False,
        readers=("Mika", "Mia", "Tom"),
        deciders=("Mika", "Mia"),
        readers_off_roster=True,
        here=True,
        answer_by=_at(6, 9),
        missing=("2. Who is involved in this incident?",),
        estimate=_at(8, 17),
        triage_estimate=_at(6, 17),
        estimate_before=_at(7, 17),
        estimate_note="We are sorry that it takes longer.",
        resolution="We talked with everyone, and agreed on how to go on. Thank you for telling us.",
        outcomes=("Sam Poe: warning",),
        possible=(Possible("Withdraw the report", "write `/withdraw`", "reporter"),),
        consent="parties",
        named=True,
        post=_POST,
        said=_SAID,
        answer_asked_by=_at(9, 17),
        answer_until=_at(8, 9),
        reason="There is still no answer to question 2.",
        copy="/answer 2 <text>",
        hint=_HINT,
        login="riya",
        went_on=11,
        silence_counts=True,
        altered=True,
        unasked=True,
        waiting_consent="community",
        waiting_named=True,
        consent_from=_at(6, 9),
        dismissed="not ours",
        dismissal="The meeting was held by the venue, whose own team can help you.",
        form_differs=True,
        **_APPEAL,
        by_mail=True,
        by_room=True,
        in_danger=True,
        understood=(Said("1. What’s the nature of the incident?", "Somebody shouted at us at the meeting."),),
    ),
    "sender": SenderView(**_COMMON),
    "suspended": SuspendedView(
        **_COMMON,
        account="Sam Poe",
        since=_at(5, 9),
        until=_at(19, 9),
        interim=False,
        in_force=True,
        why="Repeated insults in the general channel.",
        appeal_from=_at(12, 9),
        appeal_to="appeals@example.org",
        token="abcdefgh234567",  # noqa: S106  # an example
        decision="The messages came from this account, and nothing speaks for a mistake.",
        settled="Stop the jokes about how people speak.",
        one_voice=True,
        appeal_waits=True,
        appeal_sure=True,
        appeal_open=True,
        ends_first=False,
        in_room=False,
        post=_POST,
        said=_SAID,
        answer_asked_by=_at(9, 17),
        answer_until=_at(8, 9),
        reason="There is nothing to appeal while this is lifted.",
        copy="/appeal <what should be looked at again, and why>",
        hint=_HINT,
    ),
    "yearly": YearlyView(
        **_COMMON,
        year=2026,
        complete=True,
        least=5,
        tables=(
            Counted(
                title="Finished",
                total=31,
                rows=(Row("no measure", 19), Row("a measure", 12), Row("no outcome stated", 0)),
            ),
            Counted(title="Appeals decided", total=6, left_out=True),
        ),
        waits=(
            Waited(title="From the report to the decision", half="within a week", most="within a month"),
            Waited(title="From the report to the first estimate"),
        ),
        left_out=True,
        apart=True,
    ),
}

_KEPT = frozenset(
    {
        *("community", "code_of_conduct", "rules_channel", "code_name", "state", "means", "link"),
        *(
            "since",
            "reporter",
            "readers",
            "deciders",
            "account",
            "estimate",
            "reason",
            "untold",
            "told_as",
            "appeal_to",
            "approve_with",
            "heard_label",
            "goes_on",
            "went_on",
            "wrote",
            "wrote_to",
            "appellants",
            "unsure_appellants",
            "other_report",
        ),
    }
)
"""What a view has wherever a notice that names it is sent, apart from times that can't be None."""


def full(audience: str) -> View:
    """Return an example of an audience's view in which everything is known. KeyError: no such audience."""
    return _FULL[audience]


def least(audience: str) -> View:
    """Return an example in which everything that may be missing is: no consent, no dates, no contact."""
    whole = _FULL[audience]
    return msgspec.structs.replace(whole, **dict(_without(whole)))


def counted(audience: str, number: int) -> View:
    """Return the full example with so many of everything that there can be several of."""
    whole = _FULL[audience]
    many: dict[str, Any] = {}
    for field in msgspec.structs.fields(whole):
        value = getattr(whole, field.name)
        if isinstance(value, tuple):
            others = (_OTHER,) if isinstance(value[0], str) else value
            many[field.name] = (*value, *others)[:number]
        elif field.name == "more":
            many[field.name] = number
    return msgspec.structs.replace(whole, **many)


def _without(whole: View) -> Any:
    for field in msgspec.structs.fields(whole):
        value = getattr(whole, field.name)
        if field.name == "consent":
            yield field.name, "none"
        elif field.name in _KEPT:
            continue
        elif isinstance(value, tuple):
            yield field.name, ()
        elif isinstance(value, bool):
            yield field.name, False
        elif _may_lack(field.type):
            yield field.name, None
        elif isinstance(value, str):
            yield field.name, ""


def _may_lack(kind: Any) -> bool:
    return type(None) in getattr(kind, "__args__", ())
