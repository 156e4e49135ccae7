"""Who is kept out of a case, by whom or what, and whether that is settled.

Owns the record of it. A say is taken away widely, and given back only by an administrator without a part
in the matter, or by the outside contact: whoever takes another administrator's say gives up their own
decisions until then (the rule *Nobody in their own cause*). What counts is what was recorded when it was
first read: no later edit gives a say back.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from cocflow.core.case.progress import Change, Part, Progress, Record
from cocflow.core.case.records import Time

How: TypeAlias = Literal["reporter", "recognised", "perhaps", "taken", "recused", "altered"]
"""What keeps somebody out: the reporter's choice, their report's text, one word in it, another
administrator's act, their own, or that they altered what cocflow wrote."""

Say: TypeAlias = Literal["whole", "in question", "none"]
"""What say an administrator has in a case. In question: they keep acts of care, and decide nothing."""


class Out(msgspec.Struct, frozen=True, kw_only=True):
    """One administrator whom something keeps out, or may: known by digests of the ways to name them.

    `source` is what means them: a person's key, a field of the report, or themself. `by` is the node id of
    the account that took their say, `taker` the digests of the ways to name whoever has it.
    """

    handles: tuple[str, ...]
    source: str
    how: How
    since: Time
    by: str = ""
    taker: tuple[str, ...] = ()
    settled: Literal["", "held", "cleared"] = ""

    @property
    def is_question(self) -> bool:
        """Whether two say something against each other, and nobody has settled it."""
        return self.how == "taken" and self.settled == ""

    @property
    def is_open(self) -> bool:
        """Whether somebody without a part in it may still say how it is."""
        return self.settled == "" and self.how in ("recognised", "perhaps", "taken", "altered")

    @property
    def is_sure(self) -> bool:
        """Whether it was sure whom it means, so that the same source says nothing new of them."""
        return self.how != "perhaps" or self.settled == "held"

    @property
    def keeps_out(self) -> bool:
        """Whether it takes the say, settled or not."""
        return self.settled != "cleared" and not (self.how == "perhaps" and self.settled == "")


class Outs(Part, frozen=True, kw_only=True, tag="say"):
    """All that keeps administrators out of a case, or may, in the order in which it came."""

    all: tuple[Out, ...] = ()

    def of(self, handles: frozenset[str]) -> tuple[Out, ...]:
        """Return what is said of whoever is known by one of these digests."""
        return tuple(one for one in self.all if not handles.isdisjoint(one.handles))

    def questioned_by(self, handles: frozenset[str]) -> bool:
        """Whether they took somebody's say, and nobody has settled it."""
        return any(one.is_question and not handles.isdisjoint(one.taker) for one in self.all)


class SayLost(Change, frozen=True, kw_only=True, tag="say_lost"):
    """Something means an administrator: see `Out`. What it says of the same source before is void."""

    handles: tuple[str, ...]
    source: str
    how: How
    by: str = ""
    taker: tuple[str, ...] = ()

    def apply(self, progress: Progress, record: Record) -> None:
        """Keep them out from now on."""
        out = Out(
            handles=self.handles,
            source=self.source,
            how=self.how,
            since=record.at,
            by=self.by,
            taker=self.taker,
        )
        others = (one for one in progress[Outs].all if (one.handles, one.source) != (out.handles, out.source))
        progress.keep(Outs(all=(*others, out)))


class SaySettled(Change, frozen=True, kw_only=True, tag="say_settled"):
    """What was open about whoever is known by these digests is settled: it holds, or they have their say."""

    handles: tuple[str, ...]
    held: bool

    def apply(self, progress: Progress, record: Record) -> None:
        """Settle all of it; whoever took the say has their own back."""
        progress.keep(Outs(all=tuple(map(self._settled, progress[Outs].all))))

    def _settled(self, one: Out) -> Out:
        if not one.is_open or set(self.handles).isdisjoint(one.handles):
            return one
        return msgspec.structs.replace(one, settled="held" if self.held else "cleared")
