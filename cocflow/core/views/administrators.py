"""What the administrators who have a say in the case read; each subject's part has a function of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from cocflow.core.acts import ACTS
from cocflow.core.acts.agreement import asked_to_agree, label_for, standing
from cocflow.core.acts.appeal import (
    appellants,
    called_upon,
    deciders,
    first_due,
    left_to_outside_at,
    may_be_anybodys,
    waiting,
)
from cocflow.core.acts.consent import consent
from cocflow.core.acts.conversation import PersonTold, not_heard, overdue, spoken_to
from cocflow.core.acts.dismiss import Joined, dismissed_as, duplicate_of
from cocflow.core.acts.draft import against, approvers, silent, told_of_report
from cocflow.core.acts.estimate import note, replaced, resolve_by, triage_by
from cocflow.core.acts.hearing import (
    HearingSkipped,
    heard_by,
    is_withheld,
    label,
    speeches,
    spoken_name,
    unanswered,
)
from cocflow.core.acts.hold import held_until
from cocflow.core.acts.outcome import example, is_unstated, said_of, untold
from cocflow.core.acts.owner import owner, sees_to_it
from cocflow.core.acts.party import parties
from cocflow.core.acts.report import ReporterKnown, in_danger, read_by, reporter
from cocflow.core.acts.resolve import Resolution, Resolve, resolution_for
from cocflow.core.acts.say import asked_about, in_question, nobody_decides, open_outs, takers
from cocflow.core.acts.suspend import EndDecided, Suspend, SuspensionNamed, SuspensionOrdered, suspensions
from cocflow.core.acts.suspension import End, needs_another, suspended_person
from cocflow.core.acts.told import owed_to_people
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft
from cocflow.core.case.heads import states_outcomes
from cocflow.core.case.progress import Reminded
from cocflow.core.engine import timers
from cocflow.core.people.roster import Administrator
from cocflow.core.process import Step
from cocflow.core.views.base import (
    Occasion,
    Possible,
    View,
    answer_until,
    answered,
    appeal_from,
    awaited,
    came_from,
    common,
    consent_waiting,
    ends_first,
    likeliest_first,
    may_tell_why,
    missing,
    possible,
    post,
    promised,
)


class Suspended(msgspec.Struct, frozen=True):
    """A suspension as its incident shows it: the account, the issue's number, how it stands."""

    name: str
    number: int | None
    stands: str

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Suspended({self.number})"


class Asked(msgspec.Struct, frozen=True):
    """An administrator of whom it is open whether the case concerns them: `how` as in `Out`.

    `takers` are the names of those who took their say.
    """

    name: str
    login: str
    how: str
    takers: tuple[str, ...] = ()


KEPT = "suspended/appeal_kept"
"""The notice by which whoever appeals early is told that it is kept."""


class Ending(msgspec.Struct, frozen=True):
    """Whose suspension a draft decides on, and its words for them; "" where there are none."""

    name: str
    words: str

    def __repr__(self) -> str:
        """Show no words."""
        return "Ending()"


class AdministratorsView(View, frozen=True, kw_only=True):
    """For the administrators who have a say in the case.

    `estimate_due` is by when a first estimate is due while the reporter waits for one, `triage_due` by
    when somebody is to have looked into it while nobody has. `approve_with` is the label that approves a
    draft; `drafted`, that there is one; `draft_replaces`, that another is none any more.
    `tells_of_report` names those whom its letters tell that there was a report, of which nothing may be
    shared. `outcomes` say how it ends for whom, `outcomes_untold` names those who aren't told, and
    `outcomes_suspend` those whose accounts sending it suspends, and `outcomes_ending` is what those read by
    their suspension's page whose suspension it decides on; `outcomes_open` is a name where a draft
    states nothing and could; `outcomes_unstated`: a resolution didn't; `outcome_example` is one. `anew`
    names the accounts that a `/suspend` named again, and `ordered` says that it suspended others. `notes`
    are lines that subjects add to the card. `heard_label` says that the reporter was heard;
    `waiting_consent` is what was recorded in their words, which counts from `consent_from`.
    `appeal_answered`: the suspended person is told that what waits is kept. `goes_on` is the issue in
    which it goes on, `went_on` the one that it goes on from, where `unanswered` and `more` are so.
    `read_by` is the role of whoever filed it themself, and reads its page. `dismissed` says why it is;
    `other_report` is the number of one that is handled here, or (`other_leaves`) isn't any more, and
    `other_reporter` who filed it, where they came in with it. `resolution_stands`: there is one, and none
    is to come. `wrote` is who wrote, was heard or asked, and `wrote_to` how a command names them;
    `wrote_surely`, that it surely is theirs; `wrote_first`, that they begin to wait for an answer;
    `wrote_here`, that they read the issue; `by_room`, that it was written in a room; `told_why`, that
    they are told why it isn't granted. `overdue` names those whose answer is overdue; `asked_as` and
    `told_as` are how a command names the first of them, and of `untold`. `say_open`: whether whoever asks
    has a say is in question. `owner` has the case; `mentions` are whom a text calls: them alone, or more
    as a reminder says. `turn` names whose it is to go on, nobody's where it is over; `due` is by when,
    and `overdue_now`, that it has passed. `in_danger`: the report says that somebody may be. Nothing of
    it is erased before `held`.

    `agreement` says who agrees to a draft, how many more it takes and who objects; `asked_to_agree` are the
    logins of those who could; `one_voice`: one suffices, as too few agreed for too long. `skipped`: whoever
    is named in `wrote` isn't heard before it is decided, and `wrote_asked`, that they can be asked here;
    `not_heard` says of whom that was said, and why.
    `appellants` have appealed in an incident, `unsure_appellants` may have; `appeal_due` is by when the first
    appeal is to be decided, and `deciders` are who may; `by_outside`: the outside contact alone.
    """

    code_name: str
    state: str
    means: str
    since: datetime
    final: bool
    reporter: str
    reporter_here: bool
    read_by: str
    readers_off_roster: bool
    consent: str
    named: bool
    parties: tuple[str, ...]
    missing: tuple[str, ...]
    estimate: datetime | None
    triage_estimate: datetime | None
    estimate_before: datetime | None
    estimate_note: str
    estimate_due: datetime | None
    triage_due: datetime | None
    estimate_over: bool
    say_open: bool
    untold: tuple[str, ...]
    told_as: str
    held_back: bool
    possible: tuple[Possible, ...]
    mentions: tuple[str, ...]
    nobody: bool
    turn: tuple[str, ...] = ()
    due: datetime | None = None
    overdue_now: bool = False
    owner: str = ""
    in_danger: bool = False
    held: datetime | None = None
    asked_about: tuple[Asked, ...] = ()
    in_question: tuple[str, ...] = ()
    suspensions: tuple[Suspended, ...] = ()
    interim_suspensions: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    ordered: bool = False
    by_two: tuple[str, ...] = ()
    anew: tuple[str, ...] = ()
    account: str = ""
    incident: int | None = None
    until: datetime | None = None
    interim: bool = False
    appeal_from: datetime | None = None
    appeal_waits: bool = False
    ends_first: bool = False
    appeal_answered: bool = False
    appellants: tuple[str, ...] = ()
    unsure_appellants: tuple[str, ...] = ()
    appeal_due: datetime | None = None
    deciders: tuple[str, ...] = ()
    by_outside: bool = False
    drafted: bool = False
    draft_replaces: bool = False
    post: str | None = None
    answer_until: datetime | None = None
    draft_against: tuple[str, ...] = ()
    draft_silent: tuple[str, ...] = ()
    draft_approvers: tuple[str, ...] = ()
    tells_of_report: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    outcomes_untold: tuple[str, ...] = ()
    outcomes_suspend: tuple[str, ...] = ()
    outcomes_ending: tuple[Ending, ...] = ()
    outcomes_open: str = ""
    outcomes_unstated: bool = False
    outcome_example: str = ""
    approve_with: str = ""
    agreement: str = ""
    one_voice: bool = False
    not_heard: tuple[str, ...] = ()
    asked_to_agree: tuple[str, ...] = ()
    by_hand_after: bool = False
    sent: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    put_back: str | None = None
    late: datetime | None = None
    sole: bool = False
    asker: str = ""
    move: str | None = None
    reason: str | None = None
    copy: str | None = None
    hint: str | None = None
    notes: tuple[str, ...] = ()
    goes_on: int | None = None
    went_on: int | None = None
    heard_label: str = ""
    waiting_consent: str = ""
    waiting_named: bool = False
    consent_from: datetime | None = None
    unanswered: tuple[str, ...] = ()
    more: int = 0
    wrote: str = ""
    wrote_to: str = ""
    skipped: bool = False
    wrote_asked: bool = False
    wrote_surely: bool = False
    wrote_first: bool = False
    wrote_here: bool = False
    by_room: bool = False
    told_why: bool = False
    overdue: tuple[str, ...] = ()
    asked_as: str = ""
    dismissed: str = ""
    duplicate_of: int | None = None
    other_report: int | None = None
    other_leaves: bool = False
    other_reporter: str = ""
    resolution_stands: bool = False


def administrators(case: Case, occasion: Occasion) -> AdministratorsView:
    """Return what the administrators who have a say read."""
    state, has = case.state, owner(case)
    return AdministratorsView(
        **common(case),
        code_name=case.code_name,
        state=state.name if state else "",
        means=state.means if state else "",
        since=case.progress.since,
        final=bool(state and state.final),
        untold=tuple(dict.fromkeys(case.called(notice.to) for notice in owed_to_people(case))),
        told_as=next((spoken_name(case, notice.to) for notice in owed_to_people(case)), ""),
        held_back=_held_back(case),
        possible=_possible(case, occasion),
        mentions=tuple(one.login for one in _mentioned(case, _step(case, occasion))),
        owner=has.shown() if has is not None else "",
        held=held_until(case),
        **_turn(case, has),
        nobody=nobody_decides(case),
        say_open=occasion.decision is not None and case.is_in_question(occasion.decision.asker),
        asked_about=tuple(_asked(case, one) for one in asked_about(case)),
        in_question=tuple(one.login for one in in_question(case)),
        by_hand_after=bool(case.community.on_return),
        notes=ACTS.notes(case),
        **_report(case),
        **_suspension(case),
        **_suspensions(case, occasion),
        **_draft(case, occasion),
        **_outcomes(case, occasion),
        **_occasion(case, occasion),
        **_wrote(case, occasion),
        overdue=tuple(case.called(key) for key in overdue(case, case.issue.now)),
        asked_as=next((spoken_name(case, key) for key in overdue(case, case.issue.now)), ""),
        **_dismissal(case, occasion),
    )


def _possible(case: Case, occasion: Occasion) -> tuple[Possible, ...]:
    """Return what administrators may do now, the likeliest first; nothing where none of them decides."""
    if not case.eligible and not in_question(case):
        return ()
    return likeliest_first(case, possible(case, "administrator", of_care=_of_care(case, occasion)))


def _mentioned(case: Case, step: Step | None) -> tuple[Administrator, ...]:
    """Return whom a text calls: where an appeal is open, those who may decide it."""
    upon = called_upon(case) if step is None and appellants(case) else ()
    return upon or timers.told(case, step)


def _step(case: Case, occasion: Occasion) -> Step | None:
    """Return the step of a reminder that is said now; None for anything else."""
    changes = occasion.decision.record.changes if occasion.decision is not None else ()
    for change in (one for one in changes if isinstance(one, Reminded)):
        timer = next((one for one in case.process.timers if one.name == change.timer), None)
        return timers.step_of(case, timer, change.due) if timer is not None else None
    return None


def _turn(case: Case, has: Administrator | None) -> dict[str, Any]:
    """Return whose turn it is, and by when they are to go on."""
    state = case.state
    if state is not None and state.final and not owed_to_people(case):
        return {}
    if (case.is_suspension and waiting(case)) or appellants(case):
        turn = deciders(case)
    else:
        turn = tuple(one.shown() for one in sees_to_it(case))
    due = first_due(case) or awaited(case)
    return {"turn": turn, "due": due, "overdue_now": due is not None and due <= case.issue.now}


def _wrote(case: Case, occasion: Occasion) -> dict[str, Any]:
    """Return who wrote what a receipt answers, who was heard, or to whom something is said."""
    record = occasion.decision.record if occasion.decision is not None else None
    if record is None:
        return {}
    heard = next((heard_by(one) for one in record.changes if heard_by(one)), "")
    written = next((one for one in speeches(case) if one.fact.id == record.of), None)
    shown = written is not None and not is_withheld(case, written.who)
    told = next((one.to for one in record.changes if isinstance(one, PersonTold)), "")
    key = heard or (written.who.key if written is not None and shown else told)
    first = any(waits[0].fact.id == record.of for waits in unanswered(case).values())
    asker = occasion.decision.asker if occasion.decision is not None and record.refused else None
    if written is None and asker is not None and not case.roles(asker).isdisjoint({"reporter", "filer"}):
        key, first = "reporter", True  # what was refused is in no receipt yet
    return {
        "wrote": case.called(key) if key else "",
        "wrote_to": spoken_name(case, key) if key else "",
        "wrote_asked": key in {one.key for one in case.people_who("party")},
        "skipped": any(isinstance(one, HearingSkipped) for one in record.changes),
        "wrote_surely": written is None or not shown or written.surely,
        "wrote_first": first,
        "wrote_here": written.who.here if written is not None else key == "reporter",
        "by_room": _is_of_room(case, record.of),
        "told_why": any(one.notice.endswith("/refused") for one in record.owed),
    }


def _is_of_room(case: Case, of: str) -> bool:
    fact = next((one for one in case.issue.facts if one.id == of), None)
    filed = case.mail(fact) if fact is not None else None
    return filed is not None and filed.room != ""


def _asked(case: Case, administrator: Administrator) -> Asked:
    hows = {out.how for out in open_outs(case, administrator)}
    how = next(one for one in ("taken", "altered", "recognised", "perhaps") if one in hows)
    others = tuple(one.shown() for one in takers(case, administrator))
    return Asked(administrator.shown(), administrator.login, how, others)


def _of_care(case: Case, occasion: Occasion) -> bool:
    """Whether whoever reads it decides nothing: their own say is in question, or nobody's is whole."""
    asker = occasion.decision.asker if occasion.decision is not None else None
    return not case.eligible or case.is_in_question(asker)


def _report(case: Case) -> dict[str, Any]:
    known, given = case.progress.newest(ReporterKnown), consent(case)
    estimate = None if case.is_("appeal_open") else resolve_by(case)  # what is decided is promised no more
    return {
        "reporter": reporter(case).name,
        "reporter_here": reporter(case).here,
        "in_danger": in_danger(case),
        "read_by": read_by(case) or "",
        "readers_off_roster": known is not None and known.readers_off_roster,
        "consent": given.level,
        "named": given.named,
        "heard_label": label(case),
        **consent_waiting(case),
        "parties": tuple(one.called for one in parties(case)),
        "missing": missing(case),
        "estimate": estimate,
        "triage_estimate": triage_by(case),
        "estimate_before": replaced(case),
        "estimate_note": note(case),
        "estimate_due": promised(case) if case.is_("awaits_estimate") else None,
        "triage_due": triage_by(case) if case.is_("awaits_triage") else None,
        "estimate_over": estimate is not None and estimate <= case.issue.now,
    }


def _suspension(case: Case) -> dict[str, Any]:
    end = case.progress[End]
    return {
        "account": suspended_person(case).name if case.is_suspension else "",
        "incident": case.incident.issue.number if case.incident else None,
        "until": end.until,
        "interim": case.is_suspension and end.interim,
        "appeal_from": appeal_from(case),
        "appeal_waits": bool(waiting(case)),
        "ends_first": ends_first(case),
        "appeal_answered": any(one.notice == KEPT for one in case.progress.notices.values()),
        "deciders": deciders(case),
        "by_outside": left_to_outside_at(case) is not None,
        "appellants": tuple(case.called(key) for key in appellants(case)),
        "unsure_appellants": tuple(case.called(key) for key in may_be_anybodys(case)),
        "appeal_due": first_due(case),
    }


def _suspensions(case: Case, occasion: Occasion) -> dict[str, Any]:
    return {
        "suspensions": tuple(
            Suspended(case.called(one.key), one.number, one.state or "being opened")
            for one in suspensions(case).values()
        ),
        "interim_suspensions": tuple(
            case.called(one.key) for one in suspensions(case).values() if one.in_force and one.interim
        ),
        **_suspend(case, occasion),
    }


def _suspend(case: Case, occasion: Occasion) -> dict[str, Any]:
    """Return what a `/suspend` did: which accounts take two, were named anew, or were left as they were."""
    changes = occasion.decision.record.changes if occasion.decision is not None else ()
    said = [change for change in changes if isinstance(change, SuspensionOrdered | SuspensionNamed)]
    command = case.command(said[0].words) if said else None
    if not isinstance(command, Suspend):
        return {}
    anew = {change.line for change in said if isinstance(change, SuspensionNamed)}
    taken = {change.line for change in said}
    names = [account.name for account in command.accounts]
    new = [command.accounts[line] for line in sorted(taken - anew)]
    return {
        "ordered": taken != anew,
        "by_two": tuple(account.name for account in new if needs_another(case, account.person(""))),
        "anew": tuple(names[line] for line in sorted(anew)),
        "already": tuple(name for line, name in enumerate(names) if line not in taken),
    }


def _draft(case: Case, occasion: Occasion) -> dict[str, Any]:
    return {
        "drafted": case.progress.newest(Draft) is not None,
        "draft_replaces": occasion.decision is not None and occasion.decision.voids,
        "post": post(case, occasion),
        "answer_until": answer_until(case),
        "draft_against": tuple(case.called(key) for key in against(case)),
        "draft_silent": tuple(case.called(key) for key in silent(case)),
        "draft_approvers": approvers(case),
        "tells_of_report": tuple(case.called(key) for key in told_of_report(case)),
        "approve_with": label_for(case),
        "agreement": standing(case),
        "one_voice": (draft := case.progress.newest(Draft)) is not None and draft.overdue == "one",
        "not_heard": not_heard(case),
        "asked_to_agree": tuple(one.login for one in asked_to_agree(case)),
    }


def _outcomes(case: Case, occasion: Occasion) -> dict[str, Any]:
    """Return how it ends for whom: as it was decided, or as a draft would have it."""
    would = occasion.decision.would if occasion.decision is not None else None
    draft = case.progress.newest(Draft)
    resolves = draft is not None and isinstance(case.command(draft.words), Resolve)
    after = case.after(would) if would is not None and resolves else case
    people = (*case.people_who("party"), *case.people_who("suspended"))
    lacking = resolves and states_outcomes(case) and not after.outcomes
    ordered = (
        [one for one in would.changes if isinstance(one, SuspensionOrdered)] if would is not None else []
    )
    return {
        "outcomes_suspend": tuple(case.called(one.whose) for one in ordered if one.whose),
        "outcomes_ending": _ending(after, occasion),
        "outcomes": tuple(said_of(after, one) for one in after.outcomes),
        "outcomes_untold": tuple(case.called(key) for key in untold(after)),
        "outcomes_open": people[0].called if lacking and people else "",
        "outcomes_unstated": is_unstated(case),
        "outcome_example": example(case),
    }


def _ending(after: Case, occasion: Occasion) -> tuple[Ending, ...]:
    """Return what a draft says to those whose suspension it decides on, and who get no letter of it here."""
    decision = occasion.decision
    if decision is None or decision.would is None:
        return ()
    shown = {one.to for one in decision.shows}
    return tuple(
        Ending(after.called(one.whose), resolution_for(after, one.said, one.whose) or "")
        for one in decision.would.changes
        if isinstance(one, EndDecided) and one.whose not in shown
    )


def _occasion(case: Case, occasion: Occasion) -> dict[str, Any]:
    decision = occasion.decision
    asker = case.administrator(decision.asker) if decision else None
    return {
        "sent": occasion.sent,
        "by_hand": occasion.by_hand,
        "late": occasion.late,
        "put_back": decision.put_back if decision else None,
        "sole": bool(decision and decision.record.sole),
        "asker": asker.shown() if asker else "",
        "move": decision.record.move if decision else None,
        **answered(occasion),
        "goes_on": occasion.goes_on,
        "went_on": came_from(case),
        "unanswered": decision.unanswered if decision else (),
        "more": decision.more if decision else 0,
    }


def _dismissal(case: Case, occasion: Occasion) -> dict[str, Any]:
    changes = occasion.decision.record.changes if occasion.decision is not None else ()
    joined = next((one for one in changes if isinstance(one, Joined)), None)
    moves = case.process.moves_from(case.progress.state)
    return {
        "dismissed": dismissed_as(case) or "",
        "duplicate_of": duplicate_of(case),
        "other_report": joined.number if joined is not None else None,
        "other_leaves": joined is not None and joined.leaves,
        "other_reporter": case.called(joined.key) if joined is not None and joined.added else "",
        "resolution_stands": case.progress[Resolution].words is not None
        and not any("resolution" in move.records for move in moves),
    }


def _held_back(case: Case) -> bool:
    """Whether those concerned get fixed words, since the reporter hasn't agreed to more."""
    if not case.is_incident:
        return case.is_suspension and not may_tell_why(case)
    draft = case.progress.newest(Draft)
    to = spoken_to(case, draft.words) if draft is not None else None
    concerned = to.person.role != "reporter" if to is not None else bool(parties(case))
    return consent(case).level == "none" and concerned
