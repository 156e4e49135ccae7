"""Whether an outcome is harsher than another: graver in the vocabulary's order, or with a later end."""

from __future__ import annotations

from cocflow.core.case.decided import Decided
from cocflow.core.outcomes import Outcomes


def harsher(outcomes: Outcomes, before: Decided | None, after: Decided) -> bool:
    """Return whether `after` is harsher than `before`.

    Where nothing was stated before, or what nobody knows any more, every measure is.
    """
    names = [one.name for one in outcomes]
    new = outcomes.get(after.outcome)
    old = outcomes.get(before.outcome) if before is not None else None
    if new is None or before is None or old is None:
        return new is None or new.measure or new.suspends
    if new.name != old.name:
        later = before.until is not None and after.until is not None and after.until > before.until
        return later or names.index(new.name) > names.index(old.name)
    return before.until is not None and (after.until is None or after.until > before.until)
