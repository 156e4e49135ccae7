"""Holding: a case that is kept for a while longer than its outcome would have it, for a reason of its own."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.progress import Change
from cocflow.core.case.records import Time
from cocflow.core.text.readings import bare
from cocflow.core.text.when import format_when, read_when, right_when
from cocflow.errors import UserMistake

MISSING = "Until when is missing: `/hold A complaint is open, until 6 months`, or `/hold off`."

_UNTIL = re.compile(r"(?:^|.*\s)until\s+(?P<when>.+)", re.IGNORECASE | re.DOTALL)


class Hold(Said, frozen=True):
    """Erase nothing of it until `when`, as typed, for what `why` says; None: it isn't held any more."""

    when: str | None
    why: str = ""


class Held(Change, frozen=True, kw_only=True, tag="held"):
    """Nothing of the case is erased before `until`; None: it isn't held any more."""

    until: Time | None = None


def parse(line: str, rest: str) -> Hold:
    """Read `[why] until <when>`, in whatever lines, or `off`."""
    text = f"{line}\n{rest}".strip()
    if bare(line) in ("off", "no longer") and not rest:
        return Hold(None)
    found = _UNTIL.fullmatch(text)
    if found is None:
        raise UserMistake(MISSING)
    return Hold(found["when"].strip(), text[: found.start("when")])


def held_until(case: Case) -> datetime | None:
    """Return until when nothing of a case is erased; None where it isn't held, or isn't any more."""
    held = case.progress.newest(Held)
    until = held.until if held is not None else None
    return until if until is not None and until > case.issue.now else None


def hold_readable(case: Case, ask: Ask) -> str | None:
    """Refuse a hold whose end can't be read, or lies further ahead than a case is held."""
    try:
        _held(case, ask)
    except UserMistake as mistake:
        return str(mistake)
    return None


def _held(case: Case, ask: Ask) -> Held:
    if not isinstance(ask.command, Hold):
        raise UserMistake(MISSING)
    if ask.command.when is None:
        return Held()
    zone = case.community.zone
    until = read_when(ask.command.when, now=ask.said_at, zone=zone)
    longest = case.period_that("longest_hold")
    if longest is not None and until > ask.at + longest:
        last = format_when(ask.at + longest, zone)
        raise UserMistake(f"It can be held until {last} at most. Then it may be said again.")
    return Held(until=until)


def holds_longer(case: Case, ask: Ask) -> str | None:
    """Refuse what ends a hold, or has it end sooner."""
    before, now = held_until(case), _held(case, ask).until
    return "It is held for longer already." if before is not None and (now is None or now < before) else None


def _line(case: Case, ask: Ask) -> str | None:
    """Return the command to fill in, with an end that may be meant."""
    if not isinstance(ask.command, Hold) or ask.command.when is None:
        return None
    zone, longest = case.community.zone, case.period_that("longest_hold")
    until = right_when(ask.command.when, now=ask.at, zone=zone, otherwise="2 weeks")
    if longest is not None and read_when(until, now=ask.at, zone=zone) > ask.at + longest:
        until = f"{(ask.at + longest).astimezone(zone) - timedelta(days=1):%Y-%m-%d}"
    return f"/hold <why> until {until}"


def _notes(case: Case) -> tuple[str, ...]:
    until = held_until(case)
    return (
        (f"Held: nothing of it is erased before {format_when(until, case.community.zone)}.",) if until else ()
    )


ACT = Act(
    name="hold",
    serves=("incident", "suspension"),
    commands=(
        Command(
            name="hold",
            usage=Usage(
                "/hold <why> until <when>",
                "/hold A complaint is open, until 6 months",
                "Keep it longer than its outcome would have it kept. `/hold off` ends it.",
            ),
            parse=parse,
            slashes="refused",
            instead=("preserve", "retain"),
        ),
    ),
    changes=(Held,),
    guards=(
        Guard(
            "hold_readable",
            "The hold ends, no later than a case is held at most.",
            hold_readable,
            commands=("hold",),
            copies=_line,
        ),
        Guard(
            "holds_longer",
            "It isn't held for less long than before.",
            holds_longer,
            commands=("hold",),
        ),
    ),
    records=(
        Recorder(
            "hold",
            "until when nothing of it is erased",
            lambda case, ask: (_held(case, ask),),
            commands=("hold",),
            by_label=True,
            guards=("hold_readable",),
        ),
    ),
    notes=_notes,
)
