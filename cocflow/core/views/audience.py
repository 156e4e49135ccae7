"""What each audience may know: one view for each, and nothing else reaches a template.

Owns confidentiality towards people: a template lies in its audience's folder, gets that audience's
view, and can't name what the view lacks. Words wait for the reporter's consent here; moves never do.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime

import msgspec

from cocflow.core.acts import guards
from cocflow.core.acts.commands import GRAMMAR, Post, Resolve, Suspend, Uphold
from cocflow.core.engine import timers
from cocflow.core.engine.case import REASON, Case
from cocflow.core.engine.decide import Decision
from cocflow.core.engine.records import Owed, SuspensionOrdered, Words
from cocflow.core.process import Move, Role


class Possible(msgspec.Struct, frozen=True):
    """Something that may be done now: what, how, and by whom."""

    means: str
    how: str
    by: str


class Suspended(msgspec.Struct, frozen=True):
    """A suspension as its incident shows it: the account, the issue's number, how it stands."""

    name: str
    number: int | None
    stands: str

    def __repr__(self) -> str:
        """Show the number only."""
        return f"Suspended({self.number})"


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What anyone may know: the community's own public words."""

    community: str
    code_of_conduct: str
    rules_channel: str
    outside_contact: str

    def __repr__(self) -> str:
        """Show the kind only: what it holds is for one audience."""
        return f"{type(self).__name__}(…)"


class CommunityView(View, frozen=True, kw_only=True):
    """For anyone without a role in the case: nothing of it, not even its state.

    `post` is a text that those concerned were asked about, and that another administrator approved.
    """

    post: str | None = None


class ChannelView(View, frozen=True, kw_only=True):
    """For the administrators' channel outside GitHub: where to look, and nothing of what it is about."""

    code_name: str
    state: str
    link: str


class SuspendedView(View, frozen=True, kw_only=True):
    """For the suspended person: their own suspension, and how to appeal; why, with consent.

    `appeal_to` is an address, `token` what brings their answer back to this suspension.
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
    post: str | None = None
    answer_until: datetime | None = None
    reason: str | None = None


class PartyView(View, frozen=True, kw_only=True):
    """For somebody whom the incident concerns: the decision, and its words with consent."""

    code_name: str
    decision: str | None = None
    reporter: str | None = None
    post: str | None = None
    answer_until: datetime | None = None
    reason: str | None = None


class ReporterView(View, frozen=True, kw_only=True):
    """For the reporter: everything about their own report, who can read it, and who decides it."""

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
    answer_until: datetime | None = None
    reason: str | None = None
    copy: str | None = None


class AdministratorsView(View, frozen=True, kw_only=True):
    """For the administrators who have a say in the case."""

    code_name: str
    state: str
    means: str
    since: datetime
    final: bool
    reporter: str
    reporter_here: bool
    readers_off_roster: bool
    consent: str
    named: bool
    parties: tuple[str, ...]
    missing: tuple[str, ...]
    estimate: datetime | None
    triage_estimate: datetime | None
    estimate_due: datetime | None
    estimate_over: bool
    untold: tuple[str, ...]
    held_back: bool
    possible: tuple[Possible, ...]
    mentions: tuple[str, ...]
    nobody: bool
    suspensions: tuple[Suspended, ...] = ()
    interim_suspensions: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    account: str = ""
    incident: int | None = None
    until: datetime | None = None
    interim: bool = False
    appeal_from: datetime | None = None
    appeal_waits: bool = False
    deciders: tuple[str, ...] = ()
    post: str | None = None
    answer_until: datetime | None = None
    post_no: tuple[str, ...] = ()
    post_silent: tuple[str, ...] = ()
    post_approvers: tuple[str, ...] = ()
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


VIEWS: Mapping[str, type[View]] = {
    "administrators": AdministratorsView,
    "channel": ChannelView,
    "community": CommunityView,
    "party": PartyView,
    "reporter": ReporterView,
    "suspended": SuspendedView,
}
"""The view of each folder of templates."""


def view(folder: str, case: Case, decision: Decision | None = None, owed: Owed | None = None) -> View:
    """Return what the audience of a folder may know of a case; KeyError for a folder that is none.

    `case` is the case after the decision; `decision` lends the reason of a refusal, `owed` the
    words that a notice tells.
    """
    build = {
        "administrators": _administrators,
        "channel": _channel,
        "community": _community,
        "party": _party,
        "reporter": _reporter,
        "suspended": _suspended,
    }[folder]
    return build(case, decision, owed)


def possible(case: Case, role: Role) -> tuple[Possible, ...]:
    """Return what a role may do now, moves first, as people would do it: a label, a button, a command."""
    here = [
        move
        for move in case.process.moves
        if case.progress.state in move.from_ and role in move.by and move.command not in ("help", "told")
    ]
    here.sort(key=lambda move: move.to is None)
    return tuple(Possible(move.means, _how(case, move, role), role) for move in here)


def _how(case: Case, move: Move, role: Role) -> str:
    ways: list[str] = []
    if move.label and (state := case.process.state(move.to or "")) is not None:
        ways.append(f"add the label `{state.label}`")
    if move.button is not None:
        ways.append(f"{move.button.capitalize()} the issue")
    if any(value for _, value in move.quick_labels):
        ways.append("add a label " + ", ".join(f"`{label}`" for label, _ in move.quick_labels))
    if move.command is not None:
        form = GRAMMAR[move.command].usage.form.splitlines()[0]
        quote = role == "administrator" and "quotes_reporter" in move.guards
        ways.append(f"write `{form}`{', and below it the reporter, behind `>`' if quote else ''}")
    if move.edit:
        ways.append("edit the report")
    return ", or ".join(ways)


def _common(case: Case) -> dict[str, str]:
    community = case.community
    return {
        "community": community.name,
        "code_of_conduct": community.code_of_conduct,
        "rules_channel": community.rules_channel,
        "outside_contact": community.outside_contact,
    }


def _community(case: Case, decision: Decision | None, owed: Owed | None) -> View:
    allowed = not case.is_suspension and guards.may_tell_community(case)
    return CommunityView(**_common(case), post=_post(case, owed) if allowed else None)


def _channel(case: Case, decision: Decision | None, owed: Owed | None) -> View:
    return ChannelView(
        **_common(case),
        code_name=case.code_name,
        state=case.progress.state or "",
        link=case.issue.url,
    )


def _post(case: Case, owed: Owed | None) -> str | None:
    """Return the text that is to be posted, as those concerned are asked about it."""
    words = owed.words if owed is not None else case.progress.draft.words if case.progress.draft else None
    command = case.command(words) if words is not None else None
    return command.text if isinstance(command, Post) else None


def _suspended(case: Case, decision: Decision | None, owed: Owed | None) -> View:
    if not case.is_suspension:
        return _suspended_in(case, decision, owed)
    progress = case.progress
    state = case.process.state(progress.state or "")
    words = owed.words if owed is not None else progress.decided
    command = case.command(words) if words is not None and _may_tell_why(case) else None
    return SuspendedView(
        **_common(case),
        account=case.suspended[0].name,
        since=progress.stays[0].since if progress.stays else None,
        until=progress.until,
        interim=progress.until is None and not progress.indefinite,
        in_force=not progress.returned and not (state and state.final),
        why=_why(case),
        appeal_from=appeal_from(case),
        appeal_to=case.community.appeals or case.community.outside_contact,
        token=reply_token(case.issue.number, case.issue.id),
        decision=command.reasons if isinstance(command, Uphold) else None,
        answer_until=None,
        reason=decision.reason if decision else None,
    )


def _suspended_in(case: Case, decision: Decision | None, owed: Owed | None) -> View:
    """Return what a suspended person may know of the incident: their own suspension, and a draft."""
    standing = case.progress.suspensions.get(owed.to) if owed is not None else None
    return SuspendedView(
        **_common(case),
        account=guards.account_name(case, standing.key) if standing else "",
        since=standing.since if standing else None,
        until=standing.until if standing else None,
        interim=standing is not None and standing.interim,
        in_force=standing is not None and standing.in_force,
        why=None,
        appeal_from=None,
        appeal_to=case.community.appeals or case.community.outside_contact,
        token=reply_token(standing.number, standing.issue) if standing and standing.number else "",
        decision=None,
        post=_post(case, owed),
        answer_until=_answer_until(case),
        reason=decision.reason if decision else None,
    )


def _answer_until(case: Case) -> datetime | None:
    """Return until when somebody may say something to the draft before silence counts as asked."""
    draft, span = case.progress.draft, None
    if draft is not None:
        span = guards.waiting_period(case, "post.silence")
    return draft.since + span if draft is not None and span is not None else None


def _may_tell_why(case: Case) -> bool:
    """Whether the reporter lets those concerned know more than the decision. Who can't be asked doesn't."""
    return case.incident is not None and case.incident.progress.consent.level != "none"


def _why(case: Case) -> str | None:
    """Return the reason of a suspension, where the reporter lets those concerned know."""
    return (case.report.answers.text(REASON) or None) if _may_tell_why(case) else None


def _held_back(case: Case) -> bool:
    """Whether those concerned get fixed words, since the reporter hasn't agreed to more."""
    if case.is_suspension:
        return not _may_tell_why(case)
    return case.progress.consent.level == "none" and bool(case.progress.parties)


def appeal_from(case: Case) -> datetime | None:
    """Return from when the suspended person may appeal: the next due timer that opens the appeal."""
    for timer in case.process.timers:
        if timer.to == "appealable" and (due := timers.first_due(case, timer)) is not None:
            return due
    return None


_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"


def reply_token(number: int, issue_id: str) -> str:
    """Return what brings a mail back to its issue: 12 characters, the number and a check of the node id.

    The number alone finds the issue, and the check, which nobody outside can know, holds it.
    """
    tail = number % 32**4
    digits = "".join(_DIGITS[tail // 32**place % 32] for place in (3, 2, 1, 0))
    digest = hashlib.sha256(f"reply:{issue_id}".encode()).digest()
    return digits + base64.b32encode(digest)[:8].decode().lower()


def token_number(token: str) -> int:
    """Return the number of the issue that a token may belong to; `reply_token` tells whether it does."""
    number = 0
    for digit in token[:4]:
        number = number * 32 + max(_DIGITS.find(digit), 0)
    return number


def _party(case: Case, decision: Decision | None, owed: Owed | None) -> View:
    words = owed.words if owed is not None else case.progress.resolution
    consent = case.progress.consent
    allowed = consent.level != "none"
    return PartyView(
        **_common(case),
        code_name=case.code_name,
        decision=_resolution(case, words, "to_parties") if allowed else None,
        reporter=case.reporter.name if allowed and consent.named else None,
        post=_post(case, owed),
        answer_until=_answer_until(case),
        reason=decision.reason if decision else None,
    )


def _reporter(case: Case, decision: Decision | None, owed: Owed | None) -> View:
    progress, state = case.progress, case.process.state(case.progress.state or "")
    words = owed.words if owed is not None else progress.resolution
    return ReporterView(
        **_common(case),
        code_name=case.code_name,
        state=state.name if state else "",
        means=state.means if state else "",
        readers=tuple(one.shown() for one in case.community.administrators),
        deciders=tuple(one.shown() for one in case.eligible),
        readers_off_roster=progress.reporter is not None and progress.reporter.readers_off_roster,
        here=progress.reporter is None or progress.reporter.is_author,
        answer_by=_answer_by(case),
        missing=_missing(case),
        estimate=progress.estimate.resolve if progress.estimate else None,
        triage_estimate=progress.estimate.triage if progress.estimate else None,
        resolution=_resolution(case, words, "to_reporter"),
        possible=possible(case, "reporter"),
        consent=progress.consent.level,
        named=progress.consent.named,
        post=_post(case, owed),
        answer_until=_answer_until(case),
        reason=decision.reason if decision else None,
        copy=decision.copy if decision else None,
    )


def _administrators(case: Case, decision: Decision | None, owed: Owed | None) -> View:
    progress, state = case.progress, case.process.state(case.progress.state or "")
    estimate = progress.estimate
    asker = case.community.administrator(decision.asker.login) if decision and decision.asker else None
    return AdministratorsView(
        **_common(case),
        code_name=case.code_name,
        state=state.name if state else "",
        means=state.means if state else "",
        since=progress.since,
        final=bool(state and state.final),
        reporter=case.reporter.name,
        reporter_here=progress.reporter is None or progress.reporter.is_author,
        readers_off_roster=progress.reporter is not None and progress.reporter.readers_off_roster,
        consent=progress.consent.level,
        named=progress.consent.named,
        parties=tuple(guards.shown(case, person.key) for person in case.parties),
        missing=_missing(case),
        estimate=estimate.resolve if estimate else None,
        triage_estimate=estimate.triage if estimate else None,
        estimate_due=_answer_by(case),
        estimate_over=bool(estimate and estimate.resolve <= case.issue.now),
        untold=tuple(dict.fromkeys(guards.shown(case, notice.to) for notice in guards.owed_to_people(case))),
        held_back=_held_back(case),
        possible=possible(case, "administrator"),
        mentions=tuple(one.login for one in case.eligible),
        nobody=not case.eligible,
        suspensions=tuple(_suspension_line(case, key) for key in progress.suspensions),
        interim_suspensions=tuple(
            guards.account_name(case, one.key)
            for one in progress.suspensions.values()
            if one.in_force and one.interim
        ),
        already=_already(case, decision),
        account=case.suspended[0].name if case.is_suspension else "",
        incident=case.incident.issue.number if case.incident else None,
        until=progress.until,
        interim=case.is_suspension and progress.until is None and not progress.indefinite,
        appeal_from=appeal_from(case),
        appeal_waits=bool(progress.appeal),
        deciders=_deciders(case),
        post=_post(case, owed),
        answer_until=_answer_until(case),
        post_no=tuple(guards.shown(case, key) for key, yes in _answers(case).items() if not yes),
        post_silent=tuple(guards.shown(case, key) for key in guards.silent(case)),
        post_approvers=_approvers(case),
        by_hand_after=bool(case.community.on_return),
        put_back=decision.put_back if decision else None,
        sent=(),
        by_hand=(),
        late=None,
        sole=bool(decision and decision.record.sole),
        asker=asker.shown() if asker else "",
        move=decision.record.move if decision else None,
        reason=decision.reason if decision else None,
        copy=decision.copy if decision else None,
    )


def _suspension_line(case: Case, key: str) -> Suspended:
    one = case.progress.suspensions[key]
    stands = "being opened" if one.state == "ordered" else one.state
    return Suspended(guards.account_name(case, key), one.number, stands)


def _already(case: Case, decision: Decision | None) -> tuple[str, ...]:
    """Return the accounts of a `/suspend` that were suspended already, and so were left out."""
    if decision is None or decision.record.move != "suspend":
        return ()
    taken = {change.line for change in decision.record.changes if isinstance(change, SuspensionOrdered)}
    words = next(change.words for change in decision.record.changes if isinstance(change, SuspensionOrdered))
    command = case.command(words)
    accounts = command.accounts if isinstance(command, Suspend) else ()
    return tuple(account.name for line, account in enumerate(accounts) if line not in taken)


def _deciders(case: Case) -> tuple[str, ...]:
    """Return who may decide an appeal: not the one who suspended, where there is another."""
    began = case.progress.began
    if began is None:
        return ()
    return _others(case, began.by) or tuple(one.shown() for one in case.eligible)


def _others(case: Case, actor_id: str) -> tuple[str, ...]:
    """Return the administrators with a say, but for one."""
    login = case.login_of(actor_id)
    return tuple(one.shown() for one in case.eligible if one.login.casefold() != login)


def _approvers(case: Case) -> tuple[str, ...]:
    draft = case.progress.draft
    return () if draft is None or draft.approved else _others(case, draft.by)


def _answers(case: Case) -> Mapping[str, bool]:
    return case.progress.draft.answers if case.progress.draft else {}


def _missing(case: Case) -> tuple[str, ...]:
    return tuple(f"{one.number}. {one.label}" for one in case.report.unanswered)


def _answer_by(case: Case) -> datetime | None:
    """Return by when the reporter should have an estimate: the first reminder is the promise."""
    for timer in case.process.timers:
        if timer.after is not None and timer.name == "estimate_missing":
            return timers.first_due(case, timer)
    return None


def _resolution(case: Case, words: Words | None, part: str) -> str | None:
    """Return the resolution's words for an audience; None if they have changed since."""
    command = case.command(words) if words is not None else None
    if not isinstance(command, Resolve):
        return None
    own: str | None = getattr(command, part)
    return own if own is not None else command.words
