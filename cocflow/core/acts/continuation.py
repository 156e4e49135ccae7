"""Going on in another issue: one that is nearly full hands its case over, with all that it is.

Owns what receipts keep of that, on both sides, and when it may be asked for.
"""

from __future__ import annotations

from typing import Any

import msgspec

from cocflow.core.case import capacity
from cocflow.core.case.act import Act, Ask, Guard, Recorder
from cocflow.core.case.case import Case
from cocflow.core.case.grammar import Command, Said, Usage
from cocflow.core.case.ledger import Ledger
from cocflow.core.case.progress import Change, Progress, Record
from cocflow.core.case.records import Number
from cocflow.core.process import KINDS


class Continue(Said, frozen=True):
    """Go on in another issue; what else was typed is a note."""

    note: str = ""


class GoesOn(Change, frozen=True, kw_only=True, tag="goes_on"):
    """The case goes on in another issue, which cocflow opens; nothing is decided here any more."""


class WentOn(Change, frozen=True, kw_only=True, tag="went_on"):
    """This issue goes on from others: their numbers and node ids, where the case began first."""

    numbers: tuple[Number, ...]
    issues: tuple[str, ...]

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep it; here the case is alive."""
        progress.keep(self)
        progress.forget(GoesOn)


def goes_on(case: Case) -> bool:
    """Whether the case goes on in another issue."""
    return case.progress.newest(GoesOn) is not None


def origin(case: Case) -> WentOn | None:
    """Return which issues this one goes on from, None where the case began here."""
    return case.progress.newest(WentOn)


def numbers(case: Case) -> tuple[int, ...]:
    """Return the numbers of all issues that the case ever had, this one last."""
    before = origin(case)
    return (*(before.numbers if before is not None else ()), case.issue.number)


def origin_in(ledger: Ledger) -> tuple[WentOn, tuple[str, ...]] | None:
    """Return which issues a read one goes on from, and the comments that its checkpoint names words in.

    None where the case began there.
    """
    snapshot = ledger.counted[0].record.snapshot if ledger.counted else None
    if snapshot is None:
        return None
    kept = snapshot.get("kept", {}).get(WentOn.tag())
    changes = [one for one in ledger.counted[0].record.changes if isinstance(one, WentOn)]
    if not changes and kept is None:
        return None
    found = changes[0] if changes else msgspec.convert(kept, WentOn)
    return found, tuple(dict.fromkeys(_named(snapshot)))


def _named(value: Any) -> list[str]:
    """Return the comments in which words stand that a checkpoint names."""
    if isinstance(value, dict):
        if value.keys() == {"fact", "sha"}:
            return [value["fact"]] if value["fact"] else []
        return [one for part in value.values() for one in _named(part)]
    return [one for part in value for one in _named(part)] if isinstance(value, list | tuple) else []


def _is_nearly_full(case: Case) -> bool:
    return case.issue.space <= capacity.NEAR


def nearly_full(case: Case, ask: Ask) -> str | None:
    """Refuse while the issue has room."""
    if _is_nearly_full(case):
        return None
    left = case.issue.space
    return f"There is room here: an issue holds {capacity.MOST:,} comments, and {left:,} are left."


def _notes(case: Case) -> tuple[str, ...]:
    """Say in time that the issue fills up, and from when on not everybody is answered."""
    left = case.issue.space
    if left > capacity.NEAR:
        return ()
    if left > capacity.OWN:
        who = f"With {capacity.OWN} left, only administrators are answered here."
    elif left > capacity.LAST:
        who = "Only administrators are answered here from now on; what others ask is listed where it goes on."
    else:
        who = "Nothing is answered here any more, but for going on in another issue."
    return (f"This issue is nearly full: of {capacity.MOST:,} comments {left:,} are left. {who}",)


def _names(case: Case) -> str | None:
    before = origin(case)
    return before.issues[0] if before is not None else None


ACT = Act(
    name="continuation",
    serves=KINDS,
    commands=(
        Command(
            name="continue",
            usage=Usage(
                "/continue",
                "/continue",
                "Go on in another issue, when this one is nearly full.",
            ),
            parse=lambda line, rest: Continue(f"{line}\n{rest}".strip()),
            slashes="refused",
        ),
    ),
    changes=(GoesOn, WentOn),
    guards=(
        Guard(
            "nearly_full",
            f"The issue takes {capacity.NEAR} comments more at most.",
            nearly_full,
            offers=_is_nearly_full,
        ),
    ),
    records=(
        Recorder(
            "continuation",
            "that the case goes on in another issue",
            lambda case, ask: (GoesOn(),),
            guards=("nearly_full",),
            by_label=True,
            commands=("continue",),
        ),
    ),
    notes=_notes,
    names=_names,
)
