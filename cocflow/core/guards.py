"""The closed vocabulary of guards and named instants that a process may use, and what they check.

A definition that uses another name is refused when it is loaded. A guard returns None, or the
sentence by which the request is refused: safe to post to whoever may ask for the move.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from cocflow.core.case import Case, answers_of, party_person
from cocflow.core.commands import Answer, Command, Estimate, Party, Told, Withdraw, split_told
from cocflow.core.form import merge
from cocflow.core.process import Role
from cocflow.core.records import Estimated, Owed
from cocflow.core.when import read_when
from cocflow.errors import UserMistake

GUARDS: dict[str, str] = {
    "answers_complete": "All four questions of the form have an answer.",
    "estimate_ahead": "The estimate lies in the future, and an estimate of the triage not after it.",
    "everyone_told": "The reporter and every party have been told the resolution.",
    "party_known": "The party to be added is new to the case, or the one to be removed is in it.",
    "quotes_reporter": "The reporter asks in person, or the administrator who asks quotes them.",
    "someone_untold": "The person named has something to be told and has not been told it yet.",
}
"""What each guard demands, by name."""

INSTANTS: dict[str, str] = {
    "estimate.resolve": "The time by which the reporter was last told to expect a resolution.",
    "estimate.triage": "The time by which the reporter was last told to expect the triage.",
}
"""The instants of a case that a timer may be due `at`, by name; a case may lack one."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is being asked, as guards see it: in which roles, when, by which command or quick label."""

    at: datetime
    roles: frozenset[Role]
    command: Command | None = None


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


def still_to_tell(case: Case) -> tuple[str, ...]:
    """Return the keys of those who must be told the present resolution and haven't been."""
    since = case.progress.resolution_round
    owed = [one for one in case.progress.owed() if int(one.id.partition(".")[0]) >= since]
    audiences = ("reporter", *case.progress.parties)
    return tuple(key for key in audiences if any(notice.to == key for notice in owed))


def shown(case: Case, key: str) -> str:
    """Return what administrators read for a person: their name, or what is known of them."""
    if key == "reporter":
        return "the reporter"
    person = case.person(key)
    return person.name if person is not None and person.name else f"party {key.removeprefix('p')}"


def everyone_told(case: Case, ask: Ask) -> str | None:
    """Refuse to close over the head of somebody who hasn't been told."""
    names = [shown(case, key) for key in still_to_tell(case)]
    if not names:
        return None
    last = names.pop()
    listed = f"{', '.join(names)} and {last}" if names else last
    return f"{listed[0].upper()}{listed[1:]} {'have' if names else 'has'}n't been told yet."


def quotes_reporter(case: Case, ask: Ask) -> str | None:
    """Refuse a withdrawal by an administrator without the reporter's own words."""
    if "reporter" in ask.roles:
        return None
    if isinstance(ask.command, Withdraw) and ask.command.quote:
        return None
    return "A withdrawal is the reporter's. Quote their words below the command, behind `>`."


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


CHECKS: Mapping[str, Guard] = {
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
    }[name]


def refusal(case: Case, guards: tuple[str, ...], ask: Ask) -> str | None:
    """Return why the first of these guards that refuses does so, None if all let it pass."""
    for name in guards:
        if (reason := CHECKS[name](case, ask)) is not None:
            return reason
    return None
