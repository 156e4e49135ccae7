"""What all audiences' views have in common.

Owns confidentiality towards people in general: a template lies in its audience's folder, gets that
audience's view, and can't name what the view lacks. Words wait for the reporter's consent here; moves
never do.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import msgspec

from cocflow.core.acts import ACTS, GRAMMAR
from cocflow.core.acts.agreement import APPROVAL, label_for
from cocflow.core.acts.appeal import (
    AppealDecided,
    answer_due,
    appeal_until,
    by_another,
    has_appealed,
    still_may_appeal,
    upheld_for,
)
from cocflow.core.acts.consent import lets, waiting
from cocflow.core.acts.continuation import origin
from cocflow.core.acts.conversation import PersonTold, spoken_to
from cocflow.core.acts.draft import drafting
from cocflow.core.acts.post import post_in
from cocflow.core.acts.report import by_mail, by_room, report
from cocflow.core.acts.resolve import Resolution, resolutions_told
from cocflow.core.acts.suspension import End
from cocflow.core.case.case import Case
from cocflow.core.case.draft import Draft
from cocflow.core.case.records import Owed, Words
from cocflow.core.engine import timers
from cocflow.core.engine.decision import Decision
from cocflow.core.people.person import Person
from cocflow.core.people.roster import Community
from cocflow.core.process import Move, Role
from cocflow.core.text.typed import fold


class Occasion(msgspec.Struct, frozen=True, kw_only=True):
    """Why a view is asked for, and what only that occasion knows.

    `decision` lends the reason of a refusal, `owed` the words that a notice tells; `sent` and `by_hand`
    name who is told how, `late` is since when a run had been due, `reason` why a case stopped, `goes_on`
    the number of the issue in which it goes on.
    """

    decision: Decision | None = None
    owed: Owed | None = None
    sent: tuple[str, ...] = ()
    by_hand: tuple[str, ...] = ()
    late: datetime | None = None
    stopped: str | None = None
    goes_on: int | None = None

    @property
    def reason(self) -> str | None:
        """Why a request was refused, or the case has stopped."""
        if self.owed is not None and self.owed.reason:
            return self.owed.reason
        return self.stopped or (self.decision.reason if self.decision is not None else None)

    def words(self, otherwise: Words | None) -> Words | None:
        """Return the words that the notice tells, else those of the case."""
        return self.owed.words if self.owed is not None else otherwise


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What anyone may know: the community's own public words."""

    community: str
    code_of_conduct: str
    rules_channel: str
    outside_contact: str

    def __repr__(self) -> str:
        """Show the kind only: what it holds is for one audience."""
        return f"{type(self).__name__}(…)"

    @property
    def written(self) -> str:
        """What a person wrote for this reader."""
        return ""


class AppealView(View, frozen=True, kw_only=True):
    """For somebody who may appeal against how an incident ended.

    `may_appeal`: they may still, `appeal_until` then; `answer_due` is by when an open appeal of theirs is
    decided. `on_appeal`: it was decided on an appeal, `appealed`: they made one. `anew`: they were told
    of a decision before this one. `upheld` are the reasons why it stands; `by_outside`: the outside contact
    has decided; `by_another`: an administrator who had no part in what was appealed.
    """

    may_appeal: bool = False
    appeal_until: datetime | None = None
    answer_due: datetime | None = None
    on_appeal: bool = False
    appealed: bool = False
    anew: bool = False
    upheld: str | None = None
    by_outside: bool = False
    by_another: bool = False


class Possible(msgspec.Struct, frozen=True):
    """Something that may be done now: what, how, and by whom; `keeps`: what its receipt would record."""

    means: str
    how: str
    by: str
    keeps: tuple[str, ...] = ()


def answered(occasion: Occasion) -> dict[str, Any]:
    """Return how somebody is answered whose request was refused: why, the right form, the one thing to do."""
    decision = occasion.decision
    return {
        "reason": occasion.reason,
        "copy": decision.copy if decision is not None else None,
        "hint": decision.hint if decision is not None else None,
    }


def common(case: Case) -> dict[str, Any]:
    """Return what anyone may know."""
    return public(case.community)


def public(community: Community) -> dict[str, Any]:
    """Return the community's own public words."""
    return {
        "community": community.name,
        "code_of_conduct": community.code_of_conduct,
        "rules_channel": community.rules_channel,
        "outside_contact": community.outside_contact,
    }


def possible(case: Case, role: Role, *, of_care: bool = False) -> tuple[Possible, ...]:
    """Return what a role may do now, moves first, as people would do it: a label, a button, a command.

    Two that are done alike, and lead to the same, are one to whoever does it.

    `of_care`: only what an administrator may whose say is in question.
    """
    here = [
        move
        for move in case.process.moves_from(case.progress.state)
        if role in move.by and move.command not in ("help", "told") and ACTS.is_offered(case, move.guards)
        if role != "administrator" or not case.eligible or ACTS.let(case, move.guards)
        if move.care is not None or not of_care
    ]
    if role == "reporter" and (by_mail(case) or by_room(case)):
        buttons = by_room(case)
        here = [
            move for move in here if (move.letter and move.command is not None) or (buttons and move.button)
        ]
    here.sort(key=lambda move: move.to is None)
    hows = [_how(case, move, role) for move in here]
    ways = {(how, move.to): move for move, how in zip(reversed(here), reversed(hows), strict=True)}
    found: dict[str, Possible] = {}
    for move, how in zip(here, hows, strict=True):
        if ways[how, move.to] is not move:
            continue
        if (same := found.get(move.means)) is not None:
            found[move.means] = msgspec.structs.replace(same, how=f"{same.how}, or {how}")
        else:
            keeps = move.records or (("state",) if move.label else ())
            keeps = () if "party_leaves" in move.guards else keeps  # it only takes something back
            found[move.means] = Possible(move.means, how, role, keeps)
    return tuple(found.values())


USUAL = (
    "approval",
    "heard",
    "decision",
    "end",
    "estimate",
    "state",
    "resolution",
    "outcomes",
    "party",
    "consent",
)
"""What comes next most often, by what its receipt keeps; "state": a label alone moves it on."""

SELDOM = ("", "recused", "dismissal", "owner", "hold", "continuation")
"""What few look for, and nobody should do by a slip of the thumb; "" keeps nothing, as withdrawing does."""


def likeliest_first(case: Case, some: tuple[Possible, ...]) -> tuple[Possible, ...]:
    """Return what may be done in the order in which it is likely: what somebody waits for comes first."""
    owed = case.is_("awaits_estimate") or ((by := awaited(case)) is not None and by <= case.issue.now)

    def rank(one: Possible) -> int:
        keeps = one.keeps or ("",)
        if "estimate" in keeps and not owed:
            return len(USUAL)
        if set(keeps) & set(SELDOM):
            return len(USUAL) + 2
        return min((USUAL.index(name) for name in keeps if name in USUAL), default=len(USUAL) + 1)

    return tuple(sorted(some, key=rank))


def awaited(case: Case) -> datetime | None:
    """Return by when somebody is to go on: when the first reminder of it comes; None where nothing waits."""
    reminding = (one for one in case.process.timers if not one.in_order and (one.every or one.patience))
    first = (timers.first_due(case, one) for one in reminding)
    return min((due for due in first if due is not None), default=None)


def _how(case: Case, move: Move, role: Role) -> str:
    ways: list[str] = []
    if role == "reporter" and by_mail(case) and move.command is not None:
        form = ACTS.form(move.command, move.guards)
        return f"answer with `{form}` in the first line"
    if role == "reporter" and by_room(case):
        words = f"write `{ACTS.form(move.command, move.guards)}`" if move.letter and move.command else ""
        button = f"{move.button.capitalize()} what you filed" if move.button is not None else ""
        return ", or ".join(filter(None, (button, words)))
    if move.label and role == "administrator" and (state := case.process.state(move.to)) is not None:
        ways.append(f"add the label `{state.label}`")
    if move.button is not None:
        pressed = move.button.capitalize()
        ways.append(f"{pressed} the issue" if role == "administrator" else f"press {pressed}")
    fitting = {label_for(case)} if APPROVAL in move.records else {label for label, _ in move.quick_labels}
    said = [(label, value) for label, value in move.quick_labels if label in fitting]
    labels = [f"`{label}`" for label, value in said if value or move.command is None]
    if labels and role == "administrator":
        ways.append("add a label " + ", ".join(labels))
    if move.command is not None:
        form = ACTS.form(move.command, move.guards)
        ways.append(f"write `{form}`{_below(move, role)}")
    if move.assign:
        ways.append("choose them under Assignees")
    if move.edit:
        ways.append("edit the report")
    return ", or ".join(ways)


def _below(move: Move, role: Role) -> str:
    """Return what stands below a command, where something has to."""
    if role == "administrator" and "quotes_reporter" in move.guards:
        return ", and below it the reporter's words, behind `>`"
    _, *lines = GRAMMAR[move.command or ""].usage.form.splitlines()
    return f", and below it `{lines[0]}`" if lines and lines[0].startswith("<") else ""


def post(case: Case, occasion: Occasion) -> str | None:
    """Return the text that is to be posted, as those concerned are asked about it."""
    draft = case.progress.newest(Draft)
    return post_in(case, occasion.words(draft.words if draft is not None else None))


def said(case: Case, occasion: Occasion, *, allowed: bool = True) -> dict[str, Any]:
    """Return what an administrator says to, or asks, whoever gets the notice, and by when to answer.

    Where the words may not be told, by when is: it says nothing of the report.
    """
    words = occasion.owed.words if occasion.owed is not None else None
    to = spoken_to(case, words if words is not None else _newest_said(occasion))
    if to is None:
        return {"said": None, "answer_asked_by": None}
    return {"said": to.words if allowed else None, "answer_asked_by": to.by}


def _newest_said(occasion: Occasion) -> Words | None:
    """Return the words that a receipt says here, where the issue itself tells them."""
    changes = occasion.decision.record.changes if occasion.decision is not None else ()
    return next((one.words for one in changes if isinstance(one, PersonTold)), None)


def appealing(case: Case, key: str, occasion: Occasion, *, allowed: bool = True) -> dict[str, Any]:
    """Return what somebody (a key) may know of an appeal of their own, and of whether they may make one.

    `allowed`: words may be told.
    """
    decided, words = case.progress.newest(AppealDecided), occasion.words(case.progress[Resolution].words)
    may = still_may_appeal(case, key, case.issue.now)
    return {
        "may_appeal": may,
        "appeal_until": appeal_until(case, key) if may else None,
        "answer_due": answer_due(case, key),
        "on_appeal": decided is not None and decided.words == words,
        "appealed": has_appealed(case, key),
        "anew": any(one != words for one in resolutions_told(case, key)),
        "upheld": upheld_for(case, key) if allowed else None,
        "by_outside": decided is not None and decided.outside,
        "by_another": decided is not None and by_another(case, decided),
    }


def answer_until(case: Case) -> datetime | None:
    """Return until when somebody may say something to the draft before silence counts as asked."""
    draft = case.progress.newest(Draft)
    if draft is None or draft.asked or not drafting(case).asks:
        return None
    silence = next((timer for timer in case.process.timers if "silence" in timer.records), None)
    return timers.first_due(case, silence) if silence is not None else None


def consent_waiting(case: Case) -> dict[str, Any]:
    """Return what was recorded in the reporter's words and doesn't count yet, and from when on it does."""
    waits = waiting(case)
    timer = next((one for one in case.process.timers if "consent_counted" in one.records), None)
    span = case.waiting_period(timer.after) if timer is not None and timer.after is not None else None
    since = waits.since if waits is not None else None
    return {
        "waiting_consent": waits.level if waits is not None else "",
        "waiting_named": waits is not None and waits.named,
        "consent_from": since + span if since is not None and span is not None else None,
    }


def came_from(case: Case) -> int | None:
    """Return the number of the issue that this one goes on from, None where it began here."""
    before = origin(case)
    return before.numbers[-1] if before is not None else None


def promised(case: Case) -> datetime | None:
    """Return by when the reporter should have an estimate: the first reminder is the promise."""
    promise = case.process.timer_that("promise")
    return timers.first_due(case, promise) if promise is not None else None


def appeal_from(case: Case) -> datetime | None:
    """Return from when the suspended person may appeal: None where they may now, or it ends before."""
    opens, end = _appeal_opens(case), case.progress[End].until
    return opens if opens is None or end is None or opens < end else None


def ends_first(case: Case) -> bool:
    """Whether a suspension ends before its person may appeal."""
    return _appeal_opens(case) is not None and appeal_from(case) is None


def _appeal_opens(case: Case) -> datetime | None:
    """Return when the next due timer opens the appeal."""
    to = case.process.are("appeal_open")
    opens = (timer for timer in case.process.timers if timer.to in to)
    return next((due for timer in opens if (due := timers.first_due(case, timer)) is not None), None)


def may_tell_why(case: Case, owed: Owed | None = None) -> bool:
    """Whether the reporter lets those concerned know more than that somebody is suspended.

    Of a suspension that belongs to no incident nobody can be asked, so nothing may be told.
    """
    return lets(case, owed).level != "none"


_WORD = re.compile(r"\w[\w-]*")


def is_named(person: Person, text: str) -> bool:
    """Whether a text holds the first or the last word of the person's name, or the login."""
    words, name = (_WORD.findall(fold(one)) for one in (text, person.name))
    return not {*name[:1], *name[-1:], person.login.casefold()}.isdisjoint(words)


def missing(case: Case) -> tuple[str, ...]:
    """Return the questions of the form that have no answer."""
    return tuple(f"{one.number}. {one.label}" for one in report(case).unanswered)
