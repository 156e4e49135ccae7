"""The appeals of an incident, as its receipts keep them: by whom, when, and what became of them.

A record holds keys and times, and nobody's words.
"""

from __future__ import annotations

import msgspec

from cocflow.core.case.progress import Part
from cocflow.core.case.records import Time


class Verdict(msgspec.Struct, frozen=True):
    """What became of appeals: when, and whether what was decided has changed."""

    at: Time
    changed: bool


class Appeals(Part, frozen=True, kw_only=True, tag="appeals"):
    """Who has appealed (keys) and when, and what became of it.

    `anew`: for whom something was decided on an appeal, and when. `late`: who was told that the answer is
    late. `fallen`: the outside contact has said that what was decided doesn't stand.
    """

    made: dict[str, Time] = msgspec.field(default_factory=dict)
    verdicts: tuple[Verdict, ...] = ()
    anew: dict[str, Time] = msgspec.field(default_factory=dict)
    late: tuple[str, ...] = ()
    fallen: bool = False
