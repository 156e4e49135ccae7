"""What a step may ask of the facts. Each check returns what is still missing, "" once it is reached.

Owns the sentences. A check looks at what a case has become and who was told what, never at how.
"""

from __future__ import annotations

from collections.abc import Callable

from cocflow.core.acts.dismiss import Dismissal
from cocflow.core.case.draft import Draft
from cocflow.core.text.when import format_when
from cocflow.rehearsal.nights.facts import At, Facts, called
from cocflow.rehearsal.nights.night import Check
from cocflow.run.overview import next_deadline

SWEEP = "It waits for the next sweep: cocflow looks into rooms and the mailbox once an hour."


def filed(login: str) -> Check:
    """Ask whether somebody has filed something in their room."""

    def missing(facts: Facts) -> str:
        if facts.incidents(login) or facts.filed_in_room(login):
            return ""
        return f"Nothing has been filed in the room of {called(login)} yet."

    return missing


def arrived(by: str, vault: str, elsewhere: str = "") -> Check:
    """Ask whether a report of somebody's stands in a vault, and they were told so.

    `elsewhere`: what is to be said while it stands in another one; else that it does.
    """

    def missing(facts: Facts) -> str:
        found = facts.incidents(by)
        if any(one.repository == vault and one.told("reporter/arrived") for one in found):
            return ""
        if facts.waiting:
            return SWEEP
        if not found:
            return _no_report(by)
        if any(one.repository == vault for one in found):
            return f"{called(by)} hasn’t been told yet that it has arrived."
        other = (
            f"The report of {called(by)} stands in {found[-1].repository}: it may concern somebody who reads"
            f" {vault}. File another one without their name, or start this night again."
        )
        return elsewhere or other

    return missing


def told(by: str, notice: str, still: str) -> Check:
    """Ask whether the reporter was told something; `still`: what is said while nobody has begun with it."""
    return _some(by, lambda one: bool(one.told(notice)), still)


def told_anew(by: str, notice: str, still: str) -> Check:
    """Ask whether the reporter was told something a second time."""
    return _some(by, lambda one: len(one.told(notice)) > 1, still)


def wrote(by: str) -> Check:
    """Ask whether something that the reporter wrote later has come to the case."""

    def missing(facts: Facts) -> str:
        found = facts.incidents(by)
        if any(one.written() for one in found):
            return ""
        if facts.waiting:
            return SWEEP
        return f"{called(by)} hasn’t written anything since the report." if found else _no_report(by)

    return missing


def was(by: str, state: str, still: str) -> Check:
    """Ask whether a report has been in a state."""
    return _some(by, lambda one: one.was(state), still)


def closed(by: str) -> Check:
    """Ask whether the reporter and all whom it concerns were told how it ended, so that it closed."""

    def missing(facts: Facts) -> str:
        found = facts.incidents(by)
        if any(one.told("reporter/resolution") and one.was("closed") for one in found):
            return ""
        if not found:
            return _no_report(by)
        owed = {one.case.called(notice.to) for one in found for notice in one.case.progress.owed()}
        if found[-1].was("resolved") and owed:
            names = ", ".join(sorted(owed))
            return f"Still to be told: {names}. What you tell them yourself, record with `/told`."
        return _between(facts, found[-1], f"{called(by)} hasn’t been told how it ended.")

    return missing


def named(by: str, name: str) -> Check:
    """Ask whether the report names somebody as one whom it concerns, with an address."""

    def missing(facts: Facts) -> str:
        found = facts.incidents(by)
        parties = [one for at in found for one in at.case.people_who("party")]
        mine = [one for one in parties if name.casefold() in f"{one.name} {one.login} {one.mail}".casefold()]
        if any(one.mail for one in mine):
            return ""
        if mine:
            return f"{called(name)} is named, without an address: nothing reaches anybody there by mail."
        still = f"The report doesn’t name {called(name)} as a party yet."
        return _between(facts, found[-1], still) if found else _no_report(by)

    return missing


def dismissed(by: str, why: str) -> Check:
    """Ask whether all that somebody wrote has been dismissed for that reason."""

    def missing(facts: Facts) -> str:
        found = facts.incidents(by)
        left = [one for one in found if one.case.progress[Dismissal].why != why]
        if found and not left:
            return ""
        if not found:
            return SWEEP if facts.waiting else _no_report(by)
        at = left[-1]
        return f"#{at.number}, from {called(by)}, is {at.case.progress.state}, and not dismissed as {why}."

    return missing


def suspended(*people: str) -> Check:
    """Ask whether all these accounts have been suspended, and their people told."""

    def missing(facts: Facts) -> str:
        told = {one for one in people if any(at.told("suspended/suspended") for at in facts.suspensions(one))}
        left = [called(one) for one in people if one not in told]
        return f"Not suspended yet, or not told: {' and '.join(left)}." if left else ""

    return missing


def suspended_person_told(who: str, notices: tuple[str, ...], still: str) -> Check:
    """Ask whether somebody suspended was told one of these things."""

    def missing(facts: Facts) -> str:
        found = facts.suspensions(who)
        if any(one.told(notice) for one in found for notice in notices):
            return ""
        if not found:
            return f"No account of {called(who)} is suspended."
        state = found[-1].case.state
        if state is not None and state.final:
            return (
                f"The suspension of {called(who)} is {state.name} already. Suspend the account again,"
                " or start this night again."
            )
        return _between(facts, found[-1], still)

    return missing


def _some(by: str, reached: Callable[[At], bool], still: str) -> Check:
    """Ask whether some report of somebody's has come so far; `still`: what is said as long as none has."""

    def missing(facts: Facts) -> str:
        found = facts.incidents(by)
        if any(map(reached, found)):
            return ""
        return _between(facts, found[-1], still) if found else _no_report(by)

    return missing


def _no_report(by: str) -> str:
    return f"There is no report by {called(by)} yet."


def _between(facts: Facts, at: At, still: str) -> str:
    """Return what stands in the way, if something does, else what is still to do."""
    draft = at.case.progress.newest(Draft)
    if draft is not None:
        return "The words are a draft: read them as they will be read, and put the label `approve` on."
    if facts.waiting:
        return f"{still} {SWEEP}"
    if at.case.is_incident and at.case.state is not None and at.case.state.final:
        return f"{still} It is {at.case.state.name}: Reopen takes it up again."
    counted = at.case.ledger.counted
    if counted and counted[-1].record.refused:
        return f"{still} cocflow didn’t do what was asked last; its answer on #{at.number} says why."
    due = next_deadline(at.case)
    if due is None or due <= at.case.issue.now:
        return still
    return f"{still} Next due there: {format_when(due, at.case.community.zone)}."
