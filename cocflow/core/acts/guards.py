"""The closed vocabulary of guards and named instants that a process may use, and what they check.

A definition that uses another name is refused when it is loaded. A guard returns None, or the
sentence by which the request is refused: safe to post to whoever may ask for the move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec

from cocflow.core.acts.commands import (
    Answer,
    Command,
    Consent,
    Estimate,
    Party,
    Post,
    Suspend,
    Told,
    Until,
    Withdraw,
    split_told,
)
from cocflow.core.engine.case import Case, Person, account_person, answers_of, party_person
from cocflow.core.engine.records import Estimated, Owed
from cocflow.core.forms.numbered import merge
from cocflow.core.process import Role
from cocflow.core.text.inert import inline
from cocflow.core.text.when import format_when, read_when
from cocflow.errors import UserMistake

GUARDS: dict[str, str] = {
    "accounts_new": "At least one of the accounts isn't suspended in this incident yet, and there is room.",
    "another_approves": "There is a draft, and who approves isn't who drafted it, where there is another.",
    "consent_level": "The request names what may be shared.",
    "draft_answer": "There is a draft, and the answer is by somebody whom it concerns.",
    "post_allowed": "It is the rules channel, and the reporter lets the community know, or it was public.",
    "post_ready": "Everybody concerned was asked about the draft, and it is approved and allowed.",
    "answered_once": "The sender is verified, or nothing is kept yet: no stranger can have us write on.",
    "another_decides": "Another administrator than the one who suspended, where there is one with a say.",
    "appeal_verified": "An appeal waits, and it surely comes from the suspended person.",
    "appeal_waiting": "An appeal waits, whoever sent it.",
    "end_ahead": "The end of the suspension lies in the future.",
    "interim": "The suspension has no end, and isn't indefinite by decision.",
    "notices_owed": "Somebody has yet to be told something.",
    "no_interim_suspension": "No account of this incident is suspended without an end.",
    "sender_unverified": "The appeal came by mail, and its sender can't be verified.",
    "sender_verified": "The appeal surely comes from the suspended person, or an administrator files it.",
    "suspension_in_force": "An account of this incident is suspended.",
    "window_open": "The time for appeals hasn't ended.",
    "answers_complete": "All four questions of the form have an answer.",
    "estimate_ahead": "The estimate lies in the future, and an estimate of the triage not after it.",
    "everyone_told": "The reporter and every party have been told the resolution.",
    "party_known": "The party to be added is new to the case, or the one to be removed is in it.",
    "quotes_reporter": "The reporter asks in person, or the administrator who asks quotes them.",
    "someone_untold": "The person named has something to be told and has not been told it yet.",
}
"""What each guard demands, by name."""

ACROSS: dict[str, str] = {
    "accounts_new": "each account is then governed by the suspension process",
    "another_decides": "who has a say in the incident has one in its suspensions",
    "no_interim_suspension": "the suspension process says which are",
    "suspension_in_force": "the suspension process says which are",
}
"""The guards that look at another process than their own, and how."""

INSTANTS: dict[str, str] = {
    "post.drafted": "The time when the text that is to be posted was drafted.",
    "notices.owed": "The time since when somebody has been owed a notice.",
    "suspension.end": "The end of the suspension.",
    "estimate.resolve": "The time by which the reporter was last told to expect a resolution.",
    "estimate.triage": "The time by which the reporter was last told to expect the triage.",
}
"""The instants of a case that a timer may be due `at`, by name; a case may lack one."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is being asked, as guards see it: in which roles, when, by which command or quick label.

    `verified` is False for a mail that may come from anybody; `asker` is a GitHub login.
    """

    at: datetime
    roles: frozenset[Role]
    command: Command | None = None
    verified: bool = True
    asker: str | None = None


Guard = Callable[[Case, Ask], str | None]


def answers_complete(case: Case, ask: Ask) -> str | None:
    """Refuse while one of the four questions has no answer."""
    report = case.report
    if isinstance(ask.command, Answer):
        report = merge(report, answers_of(ask.command))
    missing = ", ".join(str(one.number) for one in report.unanswered)
    return f"There is still no answer to question {missing}." if missing else None


def estimated(case: Case, ask: Ask) -> Estimated:
    """Return the instants that an estimate names; UserMistake where they can't be meant."""
    if not isinstance(ask.command, Estimate):
        raise UserMistake("An estimate names a time.")
    zone = case.community.zone
    resolve = read_when(ask.command.resolve, now=ask.at, zone=zone)
    if ask.command.triage is None:
        return Estimated(resolve=resolve)
    triage = read_when(ask.command.triage, now=ask.at, zone=zone)
    if triage > resolve:
        raise UserMistake("The triage can't be expected after the resolution.")
    return Estimated(resolve=resolve, triage=triage)


def estimate_ahead(case: Case, ask: Ask) -> str | None:
    """Refuse an estimate that lies in the past, or can't be read."""
    try:
        estimated(case, ask)
    except UserMistake as mistake:
        return str(mistake)
    return None


def owed_to_people(case: Case) -> tuple[Owed, ...]:
    """Return the notices that somebody has yet to get."""
    return tuple(notice for notice in case.progress.owed() if notice.to not in NOT_PEOPLE)


def stays_open(case: Case) -> bool:
    """Whether the issue is to be open: by its state, or since a final one leaves something undone.

    The state's `open_while` says what keeps a finished case before the administrators' eyes.
    """
    state = case.process.state(case.progress.state or "")
    if state is None or not state.final:
        return True
    ask = Ask(at=case.issue.now, roles=frozenset())
    return any(CHECKS[name](case, ask) is None for name in state.open_while)


def notices_owed(case: Case, ask: Ask) -> str | None:
    """Refuse where everybody has been told everything."""
    return None if owed_to_people(case) else "Nobody is owed anything."


def still_to_tell(case: Case) -> tuple[str, ...]:
    """Return the keys of those who must be told the present resolution and haven't been."""
    since = case.progress.resolution_round
    owed = [one for one in case.progress.owed() if _owed_by(one) >= since]
    audiences = ("reporter", *case.progress.parties)
    return tuple(key for key in audiences if any(notice.to == key for notice in owed))


def _owed_by(notice: Owed) -> int:
    """Return the number of the receipt that owes a notice, with which its id begins."""
    number = notice.id.partition(".")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0


def shown(case: Case, key: str) -> str:
    """Return what administrators read for a person: their name, or what is known of them."""
    if key in ("reporter", "community"):
        return f"the {key}"
    if key == "suspended":
        return "the suspended person"
    if key in case.progress.suspensions:
        return account_name(case, key)
    person = case.person(key)
    return person.name if person is not None and person.name else f"party {key.removeprefix('p')}"


def everyone_told(case: Case, ask: Ask) -> str | None:
    """Refuse to close over the head of somebody who hasn't been told."""
    names = [inline(shown(case, key)) for key in still_to_tell(case)]
    if not names:
        return None
    last = names.pop()
    listed = f"{', '.join(names)} and {last}" if names else last
    return f"{listed[0].upper()}{listed[1:]} {'have' if names else 'has'}n't been told yet."


def quotes_reporter(case: Case, ask: Ask) -> str | None:
    """Refuse a withdrawal by an administrator without the reporter's own words."""
    if "reporter" in ask.roles:
        return None
    if isinstance(ask.command, Withdraw | Consent) and ask.command.quote:
        return None
    return "That is the reporter's to say. Quote their words below the command, behind `>`."


def same_party(case: Case, command: Party) -> str | None:
    """Return the key of the party that a `/party` names, None if it is new."""
    asked = party_person("", command)
    for person in case.parties:
        if person.name.casefold() == asked.name.casefold():
            return person.key
    return None


def party_known(case: Case, ask: Ask) -> str | None:
    """Refuse a party twice, and the removal of one that there isn't."""
    if not isinstance(ask.command, Party):
        return "A party has a name."
    there = same_party(case, ask.command) is not None
    if ask.command.remove:
        return None if there else "There is no party of that name in this incident."
    return "That party is already in this incident." if there else None


def told(case: Case, command: Told) -> tuple[tuple[Owed, ...], str]:
    """Return what `/told` marks as told, and to whom (a key); UserMistake if it names nobody."""
    names = {person.name: person.key for person in case.parties if person.name}
    names |= {f"party {person.key.removeprefix('p')}": person.key for person in case.parties}
    if case.is_suspension:
        names = {person.name: person.key for person in case.suspended if person.name}
        names["suspended"] = "suspended"
    else:
        names |= {person.name: person.key for person in case.suspended if person.name}
    names["community"] = "community"
    who, _ = split_told(command.rest, names)
    key = names.get(who, "reporter")
    return tuple(notice for notice in case.progress.owed() if notice.to == key), key


def someone_untold(case: Case, ask: Ask) -> str | None:
    """Refuse a `/told` that names nobody, or somebody who has been told everything."""
    if not isinstance(ask.command, Told):
        return "Say who was told, and how."
    try:
        notices, _ = told(case, ask.command)
    except UserMistake as mistake:
        return str(mistake)
    return None if notices else "There is nothing that they haven't been told."


IN_PUBLIC = "In a public channel"
"""The answer of the form by which an incident may be spoken of where it happened."""

LONGEST_POST = 3000
"""Characters, as Slack takes them in one piece."""

NOT_ALLOWED = (
    "The reporter hasn't agreed to the community being told, and it wasn't in a public channel. Ask them,"
    " and record it with `/consent community` and their words behind `>`."
)

NOT_PEOPLE = ("incident", "channel")
"""Whom a notice may be owed to besides people: a suspension's incident, the administrators' channel."""

MOST_SUSPENSIONS = 100
"""GitHub takes at most 100 sub-issues a parent, closed ones included."""


def new_accounts(case: Case, command: Suspend) -> tuple[list[int], list[str]]:
    """Return which lines of a `/suspend` are new, and the names on those that are suspended already."""
    known = [
        person
        for person in case.suspended
        if person.key in case.progress.suspensions and case.progress.suspensions[person.key].in_force
    ]
    new: list[int] = []
    refused: list[str] = []
    for line, account in enumerate(command.accounts):
        person = account_person(str(line), account)
        if any(_is_same(person, other) for other in known):
            refused.append(account.name)
        else:
            new.append(line)
            known.append(person)
    return new, refused


def _is_same(one: Person, other: Person) -> bool:
    same_name = " ".join(one.name.casefold().split()) == " ".join(other.name.casefold().split())
    return same_name or not one.handles().isdisjoint(other.handles())


def accounts_new(case: Case, ask: Ask) -> str | None:
    """Refuse a suspension that suspends nobody, ends in the past, or that GitHub has no room for."""
    if not isinstance(ask.command, Suspend):
        return "Say who is suspended, and why."
    new, _ = new_accounts(case, ask.command)
    if not new:
        return "Every one of these accounts is suspended in this incident already."
    if len(case.progress.suspensions) + len(new) > MOST_SUSPENSIONS:
        return (
            f"One incident holds at most {MOST_SUSPENSIONS} suspensions. Open a second incident for the rest."
        )
    try:
        for line in new:
            ends(case, ask, ask.command.accounts[line].until)
    except UserMistake as mistake:
        return str(mistake)
    return None


def ends(case: Case, ask: Ask, said: str | None) -> datetime | None:
    """Return the end that was said; None where none was. UserMistake if it can't be meant."""
    return None if said is None else read_when(said, now=ask.at, zone=case.community.zone)


def end_ahead(case: Case, ask: Ask) -> str | None:
    """Refuse an end that lies in the past, or can't be read."""
    if not isinstance(ask.command, Until):
        return "Say until when, or `indefinite`."
    try:
        ends(case, ask, ask.command.when)
    except UserMistake as mistake:
        return str(mistake)
    return None


def another_decides(case: Case, ask: Ask) -> str | None:
    """Refuse whoever suspended, unless nobody else may decide."""
    began = case.progress.began
    if began is None or ask.asker is None or ask.asker != began.by:
        return None
    others = [one for one in case.eligible if one.login.casefold() != case.login_of(ask.asker)]
    if not others:
        return None
    names = ", ".join(one.shown() for one in others)
    return f"You suspended this account, so somebody else decides its appeal: {names}."


def answered_once(case: Case, ask: Ask) -> str | None:
    """Refuse to answer again whom we can't verify: anybody could have us write to somebody else."""
    return None if ask.verified or not case.progress.appeal else "That was answered once already."


def appeal_waiting(case: Case, ask: Ask) -> str | None:
    """Refuse to take up an appeal that there isn't."""
    return None if case.progress.appeal else "There is no appeal to take up. File one with `/appeal`."


def appeal_verified(case: Case, ask: Ask) -> str | None:
    """Refuse to file by itself what may come from anybody."""
    verified = any(one.verified for one in case.progress.appeal)
    return None if verified else "There is no appeal that surely comes from the suspended person."


def sender_verified(case: Case, ask: Ask) -> str | None:
    """Refuse a mail whose sender may be forged: an administrator accepts it."""
    return None if ask.verified else "The sender of this mail can't be verified."


def sender_unverified(case: Case, ask: Ask) -> str | None:
    """Refuse what surely comes from the suspended person: it needs no acceptance."""
    return "The sender is verified." if ask.verified else None


def window_open(case: Case, ask: Ask) -> str | None:
    """Refuse an appeal after the time for it has ended."""
    opened = case.progress.since_in(("appealable",))
    span = waiting_period(case, "appeal.closes_after")
    if opened is None or span is None or ask.at < opened + span:
        return None
    return "The time for an appeal ended on " + format_when(opened + span, case.community.zone) + "."


def waiting_period(case: Case, name: str) -> timedelta | None:
    """Return a waiting period: the community's, else the definition's default; None means never."""
    periods = case.community.waiting_periods
    return periods[name] if name in periods else case.process.figure(name).default


def interim(case: Case, ask: Ask) -> str | None:
    """Refuse where the suspension's end is decided, be it that there is none."""
    progress = case.progress
    open_end = progress.until is None and not progress.indefinite
    return None if open_end else "The suspension's end is decided."


def no_interim_suspension(case: Case, ask: Ask) -> str | None:
    """Refuse to resolve while somebody is suspended and nobody has said until when."""
    names = [
        inline(account_name(case, one.key)) + (f" (#{one.number})" if one.number is not None else "")
        for one in case.progress.suspensions.values()
        if one.in_force and one.interim
    ]
    if not names:
        return None
    return (
        f"An interim suspension is in force: {', '.join(names)}. First set its end there"
        " (`/until <when>` or `/until indefinite`), or lift it."
    )


def suspension_name(case: Case, key: str) -> str:
    """Return what administrators read for a suspension: the account, and where its page is."""
    number = case.progress.suspensions[key].number
    name = account_name(case, key)
    return f"{name} (#{number})" if number is not None else name


def account_name(case: Case, key: str) -> str:
    """Return the name of a suspended account, as far as it is known here."""
    person = case.person(key)
    return person.name if person is not None and person.name else "an account"


def suspension_in_force(case: Case, ask: Ask) -> str | None:
    """Refuse where nobody of this incident is suspended."""
    in_force = any(one.in_force for one in case.progress.suspensions.values())
    return None if in_force else "Nobody is suspended."


def consent_level(case: Case, ask: Ask) -> str | None:
    """Refuse an answer about a draft: another move takes it."""
    level = isinstance(ask.command, Consent) and ask.command.level is not None
    return None if level else "Say what may be shared: `none`, `parties` or `community`."


def concerned(case: Case) -> tuple[str, ...]:
    """Return the keys of those who are asked before something is posted."""
    return ("reporter", *case.progress.parties, *case.progress.suspensions)


def answering(case: Case, ask: Ask) -> str | None:
    """Return whose answer about the draft this is: who is named, else who writes; None if nobody's."""
    if not isinstance(ask.command, Consent) or ask.command.level is not None:
        return None
    named = ask.command.name
    if named is not None:
        if "administrator" not in ask.roles:
            return None
        if named.casefold() == "reporter":
            return "reporter"
        people = (*case.parties, *case.suspended)
        return next((one.key for one in people if one.name.casefold() == named.casefold()), None)
    if "reporter" in ask.roles:
        return "reporter"
    login = case.login_of(ask.asker or "")
    administrator = case.community.administrator(login)
    handles = administrator.handles() if administrator else frozenset({login})
    return next((one.key for one in (*case.parties, *case.suspended) if handles & one.handles()), None)


def draft_answer(case: Case, ask: Ask) -> str | None:
    """Refuse an answer to nothing, or by nobody whom it concerns."""
    if case.progress.draft is None:
        return "There is no draft to answer about. A draft is made with `/post`."
    if answering(case, ask) is None:
        return "Say who answers: `reporter`, or a name as it was given to `/party` or `/suspend`."
    return None


def is_public(case: Case) -> bool:
    """Whether the report says that it happened in a public channel."""
    return case.report.answers.text("where") == IN_PUBLIC


def may_tell_community(case: Case) -> bool:
    """Whether anything of the incident may be posted at all: by consent, or as it was public."""
    return is_public(case) or case.progress.consent.level == "community"


def post_allowed(case: Case, ask: Ask) -> str | None:
    """Refuse a draft for no channel of ours, or about what the reporter keeps to themselves."""
    if not isinstance(ask.command, Post):
        return "Say what is to be posted."
    channel = case.community.rules_channel
    said = ask.command.channel.casefold().removeprefix("#")
    if not channel or said not in ("rules", channel.casefold().removeprefix("#")):
        return "I post to the rules channel only, by the name `rules`; it stands in `.github/cocflow.yml`."
    if len(ask.command.text) > LONGEST_POST:
        return f"A post has at most {LONGEST_POST} characters."
    return None if may_tell_community(case) else NOT_ALLOWED


def another_approves(case: Case, ask: Ask) -> str | None:
    """Refuse to approve nothing, or one's own draft where somebody else could."""
    draft = case.progress.draft
    if draft is None:
        return "There is no draft to approve. A draft is made with `/post`."
    others = [one for one in case.eligible if one.login.casefold() != case.login_of(draft.by)]
    if ask.asker == draft.by and others:
        return f"You drafted it, so somebody else approves it: {', '.join(one.shown() for one in others)}."
    return None


def silent(case: Case) -> tuple[str, ...]:
    """Return the keys of those who have said nothing about the draft, and still have time to."""
    draft = case.progress.draft
    asked = case.progress.reminded.get("post_asked")
    if draft is None or (asked is not None and asked >= draft.since):
        return ()
    return tuple(key for key in concerned(case) if key not in draft.answers)


def post_ready(case: Case, ask: Ask) -> str | None:
    """Refuse to post before those concerned had their say, and before another administrator agrees."""
    draft = case.progress.draft
    if draft is None:
        return "There is no draft."
    if silent(case):
        return "Somebody concerned hasn't answered yet."
    others = [one for one in case.eligible if one.login.casefold() != case.login_of(draft.by)]
    if others and not draft.approved:
        return "Another administrator approves it first, with the label `post: approved`."
    if case.command(draft.words) is None:
        return "The draft has changed since those concerned were asked. Draft it anew."
    return None if may_tell_community(case) else NOT_ALLOWED


CHECKS: Mapping[str, Guard] = {
    "another_approves": another_approves,
    "consent_level": consent_level,
    "draft_answer": draft_answer,
    "post_allowed": post_allowed,
    "post_ready": post_ready,
    "accounts_new": accounts_new,
    "another_decides": another_decides,
    "appeal_verified": appeal_verified,
    "answered_once": answered_once,
    "appeal_waiting": appeal_waiting,
    "end_ahead": end_ahead,
    "interim": interim,
    "no_interim_suspension": no_interim_suspension,
    "notices_owed": notices_owed,
    "sender_unverified": sender_unverified,
    "sender_verified": sender_verified,
    "suspension_in_force": suspension_in_force,
    "window_open": window_open,
    "answers_complete": answers_complete,
    "estimate_ahead": estimate_ahead,
    "everyone_told": everyone_told,
    "party_known": party_known,
    "quotes_reporter": quotes_reporter,
    "someone_untold": someone_untold,
}


def instant(case: Case, name: str) -> datetime | None:
    """Return a named instant of the case; None where the case has none. KeyError: no such name."""
    estimate = case.progress.estimate
    return {
        "estimate.resolve": estimate.resolve if estimate else None,
        "estimate.triage": estimate.triage if estimate else None,
        "post.drafted": case.progress.draft.since if case.progress.draft else None,
        "notices.owed": min(
            (since for one in owed_to_people(case) if (since := case.progress.owed_since.get(one.id))),
            default=None,
        ),
        "suspension.end": case.progress.until,
    }[name]


def refusal(case: Case, guards: tuple[str, ...], ask: Ask) -> str | None:
    """Return why the first of these guards that refuses does so, None if all let it pass."""
    for name in guards:
        if (reason := CHECKS[name](case, ask)) is not None:
            return reason
    return None
