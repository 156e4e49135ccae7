"""Outcomes: how it ended for whom, said in a resolution's heads, or afterwards by a label.

What an outcome means stands in `workflows/outcomes.yml`; no outcome is known here by its name. A resolution
says nothing of it where it has no heads: that is completed by `/outcome`, or by a label `outcome: …`.
"""

from __future__ import annotations

from datetime import datetime
from difflib import get_close_matches

from cocflow.core.acts.agreement import alone
from cocflow.core.acts.conversation import Questions
from cocflow.core.acts.resolve import Resolution, Resolve
from cocflow.core.acts.suspend import (
    MOST_SUSPENSIONS,
    TOO_MANY,
    SuspensionOrdered,
    decided_suspensions,
    end_decided,
    of_person,
    suspensions,
)
from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.appeals import Appeals
from cocflow.core.case.case import Case
from cocflow.core.case.decided import Decided, Outcomes, OutcomesDecided
from cocflow.core.case.draft import Draft
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.heads import RECORD, Head, own_words, stated, states_outcomes
from cocflow.core.case.progress import Change
from cocflow.core.case.voices import agreeing, voices_needed
from cocflow.core.outcomes import FOR_ALL, OUTCOME_PREFIX
from cocflow.core.outcomes import Outcome as Known
from cocflow.core.text.inert import inline
from cocflow.core.text.typed import fold, has_words
from cocflow.core.text.when import format_when, read_when
from cocflow.errors import UserMistake

COMMAND = "outcome"
"""By what it is said how it ended, where the resolution doesn't."""

LETTERS = "party"
"""The folder of the letters that tell an outcome."""


TOLD = f"{LETTERS}/{FOR_ALL}"
"""The notice that tells a decision, by the letter of its outcome where there is one."""


class Outcome(Said, frozen=True):
    """Say how an incident ended, where its resolution doesn't: an outcome, and until when, as typed."""

    outcome: str
    until: str | None = None


def parse(line: str, rest: str) -> Outcome:
    """Read an outcome, and perhaps `until <when>`."""
    if has_words(rest) or not has_words(line):
        raise UserMistake("Say one outcome, on the line of the command.")
    outcome, until, when = f"{line} ".partition(" until ")
    if until and not when.strip():
        raise UserMistake("After `until` comes a time.")
    return Outcome(fold(outcome).strip(" .,;:!"), when.strip() if until else None)


def heads(case: Case, ask: Ask) -> tuple[Head, ...]:
    """Return the heads of a resolution that is asked for."""
    return stated(case, ask.command).heads if isinstance(ask.command, Resolve) else ()


def outcomes_readable(case: Case, ask: Ask) -> str | None:
    """Refuse what is nearly the head of somebody's words, an end that can't be meant, and lacking words."""
    found = _wrong_head(case, ask)
    if found is not None:
        return found.why
    ordered = _suspensions(case, ask, decided_by(case, ask))
    if ordered and len(suspensions(case)) + len(ordered) > MOST_SUSPENSIONS:
        return TOO_MANY
    return None


def _wrong_head(case: Case, ask: Ask) -> Head | None:
    """Return the first head of a resolution that can't be taken as it is, with why and how it is right."""
    if not isinstance(ask.command, Resolve):
        return None
    said = stated(case, ask.command)
    if said.mistake is not None:
        return said.mistake
    for head in said.heads:
        outcome = case.process.outcomes.get(head.outcome)
        if outcome is None or head.person is None:
            continue
        name = inline(head.person.called)
        if head.person.role != LETTERS and not (outcome.suspends and of_person(case, head.person)):
            by = "a suspension that is over" if outcome.suspends else "a suspension only"
            why = f"{name} is here by {by}, and isn't told this. Name them by `/party` first."
            return _with(head, why, f"/party {head.person.called} <mail address>")
        try:
            _until(case, ask, head)
        except UserMistake as mistake:
            end = f" until {mistake.copy}" if mistake.copy else ""
            return _with(
                head, str(mistake), f"{head.person.called}: {outcome.name if end else outcome.form}{end}"
            )
        if outcome.measure and not has_words(own_words(said, head.person.key)):
            why = f"The words below \u201c{name}: {outcome.name}\u201d are missing: say what it is about."
            return _with(head, why, "")
    return None


def _with(head: Head, why: str, copy: str) -> Head:
    return Head(person=head.person, outcome=head.outcome, until=head.until, why=why, copy=copy)


def _line(case: Case, ask: Ask) -> str | None:
    found = _wrong_head(case, ask)
    return found.copy or None if found is not None else None


def _until(case: Case, ask: Ask, head: Head) -> datetime | None:
    """Return until when a head's outcome holds; UserMistake where that can't be meant."""
    if head.until is None or head.person is None:
        return None
    return end_decided(case, ask, head.person, head.until)


def decided_by(case: Case, ask: Ask) -> tuple[Decided, ...]:
    """Return what a granted request decides, about whom."""
    if isinstance(ask.command, Outcome):
        return (Decided(None, ask.command.outcome, _stated_end(case, ask)),)
    return tuple(
        Decided(head.person.key, head.outcome, _until(case, ask, head))
        for head in heads(case, ask)
        if head.person is not None and head.why is None
    )


def with_standing(case: Case, decided: tuple[Decided, ...]) -> tuple[Decided, ...]:
    """Return what holds once this is decided: on an appeal, what was decided about others stands."""
    if not case.is_("appeal_filed"):
        return decided
    named = {one.person for one in decided}
    stands = (one for one in case.outcomes if one.person not in named)
    return (*decided, *(one for one in stands if one.person is not None or not decided))


def outcome_unstated(case: Case, ask: Ask) -> str | None:
    """Refuse to state an outcome where the resolution does, or one that there isn't."""
    if not isinstance(ask.command, Outcome):
        return "Say which outcome."
    if not states_outcomes(case):
        return "No outcomes are kept here."
    if _is_stated(case):
        return "The resolution says already how it ended. To change that, reopen it and resolve it anew."
    outcome = case.process.outcomes.get(ask.command.outcome)
    if outcome is None:
        return _unknown(case, ask.command.outcome)
    if outcome.end == "none" and ask.command.until is not None:
        return f"`{outcome.name}` has no end."
    try:
        end = _stated_end(case, ask)
    except UserMistake as mistake:
        return str(mistake)
    if by_heads_only(case, outcome) and not _is_suspended(case, outcome):
        return (
            f"`{outcome.name}` is decided about somebody who was heard, by as many as it takes: reopen this,"
            f" and resolve it anew, with `<name>: {outcome.form}` on a line of its own."
        )
    if outcome.suspends and not _is_suspended(case, outcome):
        until = "until a day" if outcome.end == "needed" else "without an end"
        return f"No account of this incident is suspended {until}: that comes first, by `/suspend`."
    if outcome.end == "needed" and end is None:
        return f"Until when? `{outcome.name}` is said with an end."
    return None


def _command(case: Case, ask: Ask) -> str | None:
    """Return the command as it may be meant."""
    if not isinstance(ask.command, Outcome) or _is_stated(case):
        return None
    near = get_close_matches(ask.command.outcome, [one.name for one in case.process.outcomes], n=1)
    known = case.process.outcomes.get(near[0]) if near else None
    if known is None or known.suspends or by_heads_only(case, known):
        return None
    return f"/{COMMAND} {known.form}"


def _unknown(case: Case, said: str) -> str:
    names = [one.name for one in case.process.outcomes]
    near = get_close_matches(said, names, n=1)
    meant = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(names)}."
    return f"That is no outcome. {meant}"


def _is_stated(case: Case) -> bool:
    return any(one.person is not None for one in case.outcomes)


def example(case: Case) -> str:
    """Return an outcome that may stand as an example: the mildest of which everybody is told."""
    plain = (one.name for one in case.process.outcomes if one.end == "none" and not one.asked_only)
    return next(plain, "")


def is_unstated(case: Case) -> bool:
    """Whether there is a resolution, and nobody has said yet how it ended."""
    return states_outcomes(case) and not case.outcomes and case.progress[Resolution].words is not None


def by_heads_only(case: Case, outcome: Known) -> bool:
    """Whether an outcome is stated by nothing but a resolution's head: it takes several, or a hearing."""
    return outcome.heard or voices_needed(outcome, len(case.eligible)) > 1


def _is_suspended(case: Case, outcome: Known) -> bool:
    """Whether an account of the incident was suspended as an outcome says: until a day, or without an end.

    Of what nobody states alone, by a resolution.
    """
    decided = (
        one for one in suspensions(case).values() if one.said is not None or not by_heads_only(case, outcome)
    )
    if outcome.end == "none":
        return any(one.until is None and not one.interim for one in decided)
    return any(one.until is not None for one in decided)


def _stated_end(case: Case, ask: Ask) -> datetime | None:
    """Return until when a stated outcome holds: as said, else as the incident's suspensions have it."""
    command = ask.command
    if not isinstance(command, Outcome):
        return None
    if command.until is not None:
        return read_when(command.until, now=ask.said_at, zone=case.community.zone)
    outcome = case.process.outcomes.get(command.outcome)
    if outcome is None or not outcome.suspends or outcome.end == "none":
        return None
    return max((one.until for one in suspensions(case).values() if one.until is not None), default=None)


def _recorded(case: Case, ask: Ask) -> tuple[Change, ...]:
    """Keep the outcomes, none where the resolution has no heads, and who agreed to them."""
    draft = case.progress.newest(Draft)
    decided = decided_by(case, ask)
    stands = with_standing(case, decided)
    gravest = case.process.outcomes.gravest(one.outcome for one in stands)
    kind = gravest.kind if gravest is not None else ""
    if draft is None or not isinstance(ask.command, Resolve):
        known = OutcomesDecided(decided=stands, kind=kind, agreed=(ask.asker,) if ask.asker else ())
    else:
        known = OutcomesDecided(decided=stands, kind=kind, agreed=agreeing(case, draft), alone=alone(case))
    return (known, *_suspensions(case, ask, decided))


def _suspensions(case: Case, ask: Ask, decided: tuple[Decided, ...]) -> tuple[Change, ...]:
    """Return the suspensions that these outcomes order, or the ends that they give."""
    changes: list[Change] = []
    for one in decided:
        outcome, person = case.process.outcomes.get(one.outcome), case.person(one.person or "")
        if outcome is None or person is None or not outcome.suspends:
            continue
        before = sum(isinstance(each, SuspensionOrdered) for each in changes)
        changes += decided_suspensions(case, ask, person, one.until, before)
    return tuple(changes)


def told_as(case: Case, notice: str, to: str) -> str | None:
    """Return by which notice somebody (a key) is told what was decided about them; None if they aren't.

    Any other notice stays as it is. What some outcomes say is told only to somebody who was asked: nobody
    else need know that there was a report.
    """
    if notice != TOLD:
        return notice
    outcome, found = outcome_of(case, to), decided_about(case, to)
    if outcome is None or found is None:
        return notice
    knows = to in case.progress[Appeals].anew
    return f"{LETTERS}/{outcome.letter}" if knows or tells(case, found) else None


def tells(case: Case, one: Decided) -> bool:
    """Whether somebody is told that it ended so for them: some outcomes only whoever was asked before."""
    outcome = case.process.outcomes.get(one.outcome)
    return outcome is None or not outcome.asked_only or one.person in case.progress[Questions].asked


def outcome_of(case: Case, key: str) -> Known | None:
    """Return how it ended for somebody, None where that isn't stated, or isn't known any more."""
    found = decided_about(case, key)
    return case.process.outcomes.get(found.outcome) if found is not None else None


def decided_about(case: Case, key: str) -> Decided | None:
    """Return what the present resolution says of how it ended for somebody, None if nothing."""
    return next((one for one in case.outcomes if one.person == key), None)


def by_one_voice(case: Case, key: str) -> bool:
    """Whether what takes several was decided about somebody by one, as too few had agreed for too long."""
    outcome = outcome_of(case, key)
    return outcome is not None and outcome.voices != 1 and case.progress[Outcomes].alone == "late"


def untold(case: Case) -> tuple[str, ...]:
    """Return the keys of those who aren't told how it ended for them, as nobody asked them anything."""
    return tuple(
        one.person
        for one in case.outcomes
        if one.person is not None and told_as(case, f"{LETTERS}/{FOR_ALL}", one.person) is None
    )


def said_of(case: Case, one: Decided) -> str:
    """Say an outcome for people: of whom, which, and until when."""
    until = f" until {format_when(one.until, case.community.zone)}" if one.until is not None else ""
    name = f"{inline(case.called(one.person))}: " if one.person is not None else ""
    return f"{name}{one.outcome}{until}"


def _notes(case: Case) -> tuple[str, ...]:
    """Say on the card how it ended, and where that isn't stated, how to."""
    if case.outcomes:
        return (f"How it ended: {'; '.join(said_of(case, one) for one in case.outcomes)}.",)
    here = any(move.command == COMMAND for move in case.process.moves_from(case.progress.state))
    if here and is_unstated(case):
        return (f"How it ended isn't stated: put on a label, as `{OUTCOME_PREFIX}{example(case)}`.",)
    return ()


def _basis(case: Case) -> str:
    """Return on what letters by level depend besides: who was asked, and how suspensions stand."""
    if not states_outcomes(case):
        return ""
    asked = sorted(case.progress[Questions].asked)
    known = [(one.key, one.since, one.until, one.in_force) for one in suspensions(case).values()]
    return f"{case.process.outcomes!r} {asked} {known}"


ACT = Act(
    name="outcome",
    serves=("incident",),
    commands=(
        Command(
            name=COMMAND,
            usage=Usage(
                "/outcome <outcome> [until <when>]",
                "/outcome talk",
                "Say how it ended, where the resolution doesn't. Nobody is told.",
            ),
            parse=parse,
            slashes="refused",
            instead=("result", "verdict"),
        ),
    ),
    changes=(OutcomesDecided,),
    parts=(Outcomes,),
    basis=_basis,
    notes=_notes,
    guards=(
        Guard(
            "outcomes_readable",
            "Whoever is named before an outcome is in the case, and each outcome has its end and its words.",
            outcomes_readable,
            commands=("resolve",),
            copies=_line,
        ),
        Guard(
            "outcome_unstated",
            "The resolution doesn't say how it ended, and the outcome is one of those that there are.",
            outcome_unstated,
            commands=("outcome",),
            offers=is_unstated,
            copies=_command,
        ),
    ),
    records=(
        Recorder(
            RECORD,
            "how it ended for whom, and until when",
            _recorded,
            commands=("resolve", "outcome"),
        ),
    ),
)
