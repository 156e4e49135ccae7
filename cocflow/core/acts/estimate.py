"""Estimates: by when the reporter may expect a resolution, and by when somebody has looked into it."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from cocflow.core.case.act import Act, Ask, Guard, Instant, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change
from cocflow.core.case.records import Time, Words
from cocflow.core.text.inert import inline
from cocflow.core.text.mailed import mailed_lines, own_lines
from cocflow.core.text.when import looks_like_when, read_when, right_when
from cocflow.errors import UserMistake


class Estimate(Said, frozen=True):
    """Set by when it should be resolved, and by when looked into; both as typed, for read_when."""

    resolve: str
    triage: str | None = None
    note: str = ""
    """Lines that followed the command: the reporter gets them with the estimate."""


class Estimated(Change, frozen=True, kw_only=True, tag="estimated"):
    """The reporter was given these instants (UTC), in place of `before`, with what `words` say below them."""

    resolve: Time
    triage: Time | None = None
    before: Time | None = None
    words: Words | None = None


def parse(line: str, rest: str) -> Estimate:
    """Read `<when> [triage <when>]`."""
    when, *triage = (part.strip(" \t,;:") for part in re.split(r"\btriage\b", line, flags=re.IGNORECASE))
    if not when:
        raise UserMistake("A time is missing: by when do you expect it to be resolved?")
    if len(triage) > 1 or triage == [""]:
        raise UserMistake("After `triage` comes one time: by when do you expect to have looked into it?")
    note = rest if any(own_lines(rest)) else ""  # who answers by mail sends along what is quoted there
    return Estimate(when, triage[0] if triage else None, note)


def _names_times(line: str) -> bool:
    try:
        said = parse(line, "")
    except UserMistake:
        return False
    return all(looks_like_when(one) for one in (said.resolve, said.triage) if one is not None)


def estimated(case: Case, ask: Ask) -> Estimated:
    """Return the instants that an estimate names; UserMistake where they can't be meant."""
    if not isinstance(ask.command, Estimate):
        raise UserMistake("An estimate names a time.")
    if lines := mailed_lines(ask.command.note):
        raise UserMistake(
            "Your mail program seems to have added lines, and the reporter would get them. They begin with:"
            f" {inline(lines[0][:100])}"
        )
    zone = case.community.zone
    resolve = read_when(ask.command.resolve, now=ask.said_at, zone=zone)
    if resolve <= ask.at:
        raise UserMistake("That time has passed.")
    given = Estimated(resolve=resolve, before=resolve_by(case), words=ask.words if ask.command.note else None)
    if ask.command.triage is None:
        return given
    triage = read_when(ask.command.triage, now=ask.said_at, zone=zone)
    if triage > resolve:
        raise UserMistake("The triage can't be expected after the resolution.")
    return msgspec.structs.replace(given, triage=triage)


def estimate_ahead(case: Case, ask: Ask) -> str | None:
    """Refuse an estimate that lies in the past, or can't be read."""
    try:
        estimated(case, ask)
    except UserMistake as mistake:
        return str(mistake)
    return None


def _line(case: Case, ask: Ask) -> str | None:
    """Return the estimate with its two times put the right way round, or with times that can be meant."""
    if not isinstance(ask.command, Estimate):
        return None
    said, now, zone = ask.command, ask.at, case.community.zone
    resolve = right_when(said.resolve, now=now, zone=zone, otherwise="3 days")
    if said.triage is None:
        return f"/estimate {resolve}"
    triage = right_when(said.triage, now=now, zone=zone, otherwise="1 day")
    first, last = sorted((triage, resolve), key=lambda one: read_when(one, now=now, zone=zone))
    return f"/estimate {last} triage {first}"


def resolve_by(case: Case) -> datetime | None:
    """Return by when the reporter was last told to expect a resolution."""
    given = case.progress.newest(Estimated)
    return given.resolve if given is not None else None


def replaced(case: Case) -> datetime | None:
    """Return the estimate that the newest one replaces, None if it is the first, or says the same."""
    given = case.progress.newest(Estimated)
    return given.before if given is not None and given.before != given.resolve else None


def note(case: Case) -> str:
    """Return what the reporter is told with the newest estimate; "" where that is the time alone."""
    given = case.progress.newest(Estimated)
    command = case.command(given.words) if given is not None else None
    return command.note if isinstance(command, Estimate) else ""


def triage_by(case: Case) -> datetime | None:
    """Return by when the reporter was last told to expect the triage."""
    given = case.progress.newest(Estimated)
    return given.triage if given is not None else None


ACT = Act(
    name="estimate",
    serves=("incident",),
    commands=(
        Command(
            name="estimate",
            usage=Usage(
                "/estimate <when> [triage <when>]",
                "/estimate 3 days triage tomorrow",
                "Say by when you expect it to be resolved, and by when looked into. The reporter is told,"
                " with what you write below it.",
            ),
            parse=parse,
            slashes="refused",
            instead=("eta", "due", "deadline", "until", "expect", "promise", "delay", "postpone"),
            is_whole=_names_times,
        ),
    ),
    changes=(Estimated,),
    guards=(
        Guard(
            "estimate_ahead",
            "The estimate lies in the future, and an estimate of the triage not after it.",
            estimate_ahead,
            commands=("estimate",),
            copies=_line,
        ),
    ),
    records=(
        Recorder(
            "estimate",
            "by when the reporter was told to expect what",
            lambda case, ask: (estimated(case, ask),),
            commands=("estimate",),
            guards=("estimate_ahead",),
        ),
    ),
    instants=(
        Instant(
            "estimate.resolve",
            "The time by which the reporter was last told to expect a resolution.",
            resolve_by,
        ),
        Instant(
            "estimate.triage", "The time by which the reporter was last told to expect the triage.", triage_by
        ),
    ),
)
