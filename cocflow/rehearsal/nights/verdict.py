"""What a committee would say at the end: of dates, of who was told, and of who could read.

Owns the questions and how they are answered from facts. Whatever comes out, nobody failed: what didn't go
well is there to be talked about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec

from cocflow.core.acts.dismiss import Dismissal
from cocflow.core.acts.estimate import Estimated
from cocflow.core.text.when import format_when
from cocflow.demo.story import KEEPER
from cocflow.rehearsal.nights.facts import At, Facts, called
from cocflow.rehearsal.people import PERSONAS

FIRST = "estimate.remind_after"
"""The figure of the incident process by which a reporter is promised a first date."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A question, whether it went well, and what was found. `yes`: the answer."""

    asks: str
    well: bool
    yes: bool
    says: tuple[str, ...]


def verdict(facts: Facts) -> tuple[Finding, ...]:
    """Return what a committee would say of a house as it stands."""
    return (in_time(facts), told_all(facts), unseen(facts))


def in_time(facts: Facts) -> Finding:
    """Say whether each reporter had a date in time, and whether it was kept."""
    said = [one for at in facts.incidents() for one in _dates(at)]
    asks = "Did every reporter have a date in time, and was it kept?"
    well = all(well for well, _ in said)
    return Finding(asks=asks, well=well, yes=well, says=tuple(text for _, text in said))


def _dates(at: At) -> Iterator[tuple[bool, str]]:
    if at.case.progress[Dismissal].why == "spam":
        return
    who, began = _reporter(at), at.case.progress.stays[0].since
    promised = began + (at.case.waiting_period(FIRST) or timedelta())
    heard = [(promised, began), *_estimates(at)]
    ended = at.told("reporter/resolution") or at.told("reporter/dismissed") or at.told("reporter/withdrawn")
    spoken = [when for _, when in heard[1:]] + [*ended[:1]]
    for (until, _), then in zip(heard, [*spoken, at.case.issue.now][: len(heard)], strict=True):
        if then > until:
            yield False, f"{who} was to hear by {_when(at, until)}, and heard {_span(then - until)} later."
            return
    what = f"after {_span(heard[1][1] - began)}" if len(heard) > 1 else "no date, as none was due"
    yield True, f"{who} had a date {what}, and every date was kept." if len(heard) > 1 else f"{who}: {what}."


def _estimates(at: At) -> list[tuple[datetime, datetime]]:
    """Return each date that the reporter was given, and when."""
    return [
        (change.resolve, receipt.record.at)
        for receipt in at.case.ledger.counted
        for change in receipt.record.changes
        if isinstance(change, Estimated)
    ]


def told_all(facts: Facts) -> Finding:
    """Say whether anybody is still to be told something."""
    owed = [
        f"On {at}: {at.case.called(one.to)} is still to be told something."
        for at in facts.cases
        for one in at.case.progress.owed()
    ]
    says = tuple(dict.fromkeys(owed)) or ("Nobody is left who has to be told something.",)
    return Finding(asks="Was everybody told?", well=not owed, yes=not owed, says=says)


def unseen(facts: Facts) -> Finding:
    """Say who can read the reports, and whether a mail names a reporter to somebody else."""
    says: list[str] = []
    wrong: list[str] = []
    for vault in dict.fromkeys(at.repository for at in facts.incidents()):
        handle = _roster(facts, vault)
        others = sorted(facts.readers[vault] - handle - {KEEPER})
        says.append(
            f"{vault} is read by {_list(handle & facts.readers[vault])}, and by {KEEPER}, who owns it."
        )
        if others:
            says.append(f"{_list(others)} read it too, and handle no reports. Ask whether that has to be.")
        wrong += [f"{one} can read {vault}, and is reported there." for one in _reported(facts, vault)]
    wrong += [
        f"A mail to {mail.to} names {_reporter(at)}, who reported."
        for at in facts.incidents()
        for mail in facts.mails
        if mail.to != _address(at) and not mail.slack and _names(at, f"{mail.subject}\n{mail.text}")
    ]
    says += wrong or ["No mail names a reporter to anybody else."]
    asks = "Did anybody read this who shouldn’t?"
    return Finding(asks=asks, well=not wrong, yes=bool(wrong), says=tuple(dict.fromkeys(says)))


def _roster(facts: Facts, vault: str) -> frozenset[str]:
    cases = (at.case for at in facts.cases if at.repository == vault)
    return frozenset(one.login for case in cases for one in case.community.administrators)


def _reported(facts: Facts, vault: str) -> list[str]:
    """Return the logins that can read a vault, and are a party of a report that is kept there."""
    inside = [
        one.login
        for at in facts.incidents()
        if at.repository == vault
        for one in at.case.community.administrators
        if at.case.concerns(one)
    ]
    return sorted({one for one in inside if one in facts.readers[vault]})


def _names(at: At, text: str) -> bool:
    """Whether a text names whoever reported: by name, login or address."""
    return any(re.search(rf"\b{re.escape(one)}\b", text, re.IGNORECASE) for one in _ways(at))


def _ways(at: At) -> set[str]:
    reporter = at.reporter
    if reporter is None:
        return set()
    known = {one for one in (reporter.login, reporter.mail, reporter.name) if one}
    names = {one.name.split()[0] for one in PERSONAS if {one.login, one.mail} & known}
    return known | names


def _reporter(at: At) -> str:
    reporter = at.reporter
    return (
        called(reporter.login or reporter.mail or reporter.name) if reporter is not None else "The reporter"
    )


def _address(at: At) -> str:
    return at.reporter.mail if at.reporter is not None else ""


def _when(at: At, instant: datetime) -> str:
    return format_when(instant, at.case.community.zone)


def _span(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:
        return f"{max(minutes, 1)} minute{'s' * (minutes > 1)}"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} hour{'s' * (hours > 1)}"
    return f"{hours // 24} days"


def _list(names: frozenset[str] | list[str]) -> str:
    found = sorted(names)
    return " and ".join([", ".join(found[:-1]), found[-1]]) if len(found) > 1 else "".join(found)
