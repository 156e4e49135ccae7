"""Agreement: an outcome that takes several voices is proposed first, and others agree or object.

What is proposed is the draft of a resolution; to agree is to approve it, so a new draft has no agreement.
How many it takes is counted in `core/case/voices.py`. Owns objections, which stop nothing by themselves, and
what follows where too few agree for too long: somebody outside is told, and then one voice suffices.
"""

from __future__ import annotations

from datetime import datetime

from cocflow.core.acts.draft import (
    ONE_SUFFICES,
    alone_from,
    approvers,
    drafted_move,
    lacks_voices,
    several,
    unready,
    voices,
    waits_here,
)
from cocflow.core.case.act import Act, Ask, Guard, Instant, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.decided import Alone
from cocflow.core.case.draft import AgreementMissed, Draft, DraftObjected
from cocflow.core.case.grammar import Command, Said, Usage, needed_words
from cocflow.core.case.progress import Change
from cocflow.core.case.voices import agreeing, outcomes_of
from cocflow.core.people.roster import Administrator
from cocflow.core.text.inert import inline
from cocflow.errors import UserMistake

LONGEST_OBJECTION = 1_000

SHOWN = 200
"""So much of an objection stands on the card."""

APPROVAL = "approval"
"""What a move keeps by which somebody approves a draft, and so agrees to it."""

OUTSIDE_TOLD = "The outside contact was told that this decision waits."

AGREED = "agreed"
"""What the label stands for by which somebody agrees to a decision."""


class Object(Said, frozen=True):
    """Object to the draft, for this reason."""

    why: str


def parse(line: str, rest: str) -> Object:
    """Read the reason."""
    why = needed_words(line, rest, "Say why, so that whoever drafted it can change it.")
    if len(why) > LONGEST_OBJECTION:
        raise UserMistake(f"A reason has at most {LONGEST_OBJECTION:,} characters.")
    return Object(why)


def label_for(case: Case) -> str:
    """Return the label by which the present draft is approved: another one where it takes several voices."""
    approving = [move for move in case.process.moves if APPROVAL in move.records]
    labels = [one for move in approving for one in move.quick_labels]
    agree = next((label for label, value in labels if value == AGREED), "")
    approve = next((label for label, value in labels if value != AGREED), "")
    return (agree or approve) if several(case) > 1 else (approve or agree)


def alone(case: Case) -> Alone:
    """Return why one voice suffices for a draft whose outcomes take more; "" if it doesn't."""
    draft = case.progress.newest(Draft)
    if draft is None or all(one.voices == 1 for one in outcomes_of(case, drafted_move(case), draft.words)):
        return ""
    return "late" if draft.overdue == "one" else ("sole" if len(case.eligible) == 1 else "")


def asked_to_agree(case: Case) -> tuple[Administrator, ...]:
    """Return those who could agree to the present draft and haven't; nobody where it takes no more."""
    draft = case.progress.newest(Draft)
    if draft is None or several(case) < 2 or not (lacks_voices(case) or draft.overdue == "one"):
        return ()
    names = approvers(case)
    return tuple(one for one in case.eligible if one.shown() in names)


def standing(case: Case) -> str:
    """Say for administrators how many agree to what waits, how many more it takes, and who objects."""
    draft = case.progress.newest(Draft)
    if draft is None or not waits_here(case) or case.command(draft.words) is None:
        return ""
    said = [*_counted(case, draft), *_against(case, draft)]
    return " ".join(said)


def _counted(case: Case, draft: Draft) -> list[str]:
    if several(case) < 2:
        return []
    agree = _listed(tuple(_name(case, one) for one in agreeing(case, draft))) or "nobody yet"
    could = asked_to_agree(case)
    if not could and not lacks_voices(case):
        return [f"Enough agree to this decision: {agree}."]
    tap = f"the label `{label_for(case)}`: {_listed(tuple(inline(one.shown()) for one in could), 'or')}"
    if draft.overdue == "one":
        return [f"Too few agreed for too long, so one voice is enough now, and the letter says so. By {tap}."]
    takes = f"This decision takes **{voices(case)}** administrators. Agreed: {agree}."
    if not could:
        return [f"{takes} {alone_from(case)}"]
    lacking = voices(case) - len(agreeing(case, draft))
    more = f"**{lacking} more** {'has' if lacking == 1 else 'have'} to agree, by {tap}."
    if lacking > len(could):
        more = f"{more} {alone_from(case)}"
    return [f"{takes} {more} Whoever doesn't agree writes `/object <why>`."]


def _against(case: Case, draft: Draft) -> list[str]:
    found: list[str] = []
    for one in draft.objections:
        said = case.command(one.words)
        why = f" (\u201c{inline(said.why[:SHOWN])}\u201d)" if isinstance(said, Object) else ""
        found.append(f"Against it: {_name(case, one.by)}{why}.")
    return found


def _name(case: Case, actor_id: str) -> str:
    known = case.administrator_of(actor_id)
    return inline(known.shown()) if known is not None else "somebody"


def _listed(names: tuple[str, ...], joined: str = "and") -> str:
    *others, last = names or ("",)
    return f"{', '.join(others)} {joined} {last}" if others else last


def _notes(case: Case) -> tuple[str, ...]:
    draft = case.progress.newest(Draft)
    told = lacks_voices(case) and draft is not None and draft.overdue == "outside"
    outside = OUTSIDE_TOLD if told and case.community.outside_contact else ""
    return tuple(filter(None, (standing(case), outside)))


def may_object(case: Case, ask: Ask) -> str | None:
    """Refuse to object to nothing, or to what wasn't shown yet."""
    return unready(case, ask, "object to", "write it")


def _objected(case: Case, ask: Ask) -> tuple[Change, ...]:
    return (DraftObjected(by=ask.asker or "", words=ask.words),)


def _proposed(case: Case) -> datetime | None:
    draft = case.progress.newest(Draft)
    return draft.waits_since if draft is not None and lacks_voices(case) else None


ACT = Act(
    name="agreement",
    serves=("incident",),
    commands=(
        Command(
            name="object",
            usage=Usage(
                "/object <why>",
                "/object A warning would do: it was the first time.",
                "Say why what waits to be approved should not go out as it is. It stops nothing by itself.",
            ),
            parse=parse,
            slashes="no command",
            instead=("disagree", "veto"),
        ),
    ),
    guards=(
        Guard(
            "may_object",
            "There is a draft, and it was shown.",
            may_object,
            commands=("object",),
            asked=True,
            offers=waits_here,
        ),
    ),
    records=(
        Recorder(
            "objection",
            "who objects to the draft, and where the reason stands",
            _objected,
            commands=("object",),
            guards=("may_object",),
            holds_words=True,
        ),
        Recorder(
            "outside_named",
            "that the outside contact was told that too few agree",
            lambda case, ask: (AgreementMissed(follows="outside"),),
            by_timer=True,
        ),
        Recorder(
            ONE_SUFFICES,
            "that one voice suffices, as too few have agreed for too long",
            lambda case, ask: (AgreementMissed(follows="one"),),
            by_timer=True,
        ),
    ),
    instants=(
        Instant(
            "agreement.proposed",
            "The time since when a decision has waited for others to agree to it.",
            _proposed,
        ),
    ),
    notes=_notes,
)
