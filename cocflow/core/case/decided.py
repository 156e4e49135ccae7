"""What was decided about whom: the outcomes of a case, as its receipts keep them.

A record holds the vocabulary of `workflows/outcomes.yml`, a key and an end, and nobody's words.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Time

Alone: TypeAlias = Literal["", "sole", "late"]
"""Why one voice sufficed for what takes several: nobody else had a say, or too few agreed for too long."""


class Decided(msgspec.Struct, frozen=True, omit_defaults=True):
    """How it ended for somebody: their key in the case (None: as a whole), the outcome, and until when."""

    person: str | None
    outcome: str
    until: Time | None = None


class Outcomes(Part, frozen=True, kw_only=True, tag="outcomes_decided"):
    """The outcomes of the present resolution, empty where it states none, and who agreed (node ids).

    `since`: when they were decided; None before any were. `alone`: why one voice sufficed, where it did.
    `kind`: as what the gravest is counted (`Outcome.kind`), "" where none is stated, or it wasn't kept yet.
    `ever`: when each last agreed, to earlier ones too.
    """

    decided: tuple[Decided, ...] = ()
    agreed: tuple[str, ...] = ()
    alone: Alone = ""
    since: Time | None = None
    kind: str = ""
    ever: dict[str, Time] = msgspec.field(default_factory=dict)


class OutcomesDecided(Change, frozen=True, kw_only=True, tag="outcomes"):
    """These are the outcomes, instead of those before; `agreed` are the node ids of those who agreed.

    `alone`: why one voice sufficed, where an outcome takes several. `kind` is as in `Outcomes`.
    """

    decided: tuple[Decided, ...] = ()
    agreed: tuple[str, ...] = ()
    alone: Alone = ""
    kind: str = ""

    def apply(self, progress: Progress, record: Record) -> None:
        """Let them stand."""
        now = Outcomes(
            decided=self.decided,
            agreed=self.agreed,
            alone=self.alone,
            since=record.at,
            kind=self.kind,
            ever=progress[Outcomes].ever | dict.fromkeys(self.agreed, record.at),
        )
        progress.keep(now)
