"""Which receipts count: the chain that makes the bot's own comments the truth of a case.

Owns rules 2 and 3 of the ledger. A receipt counts only if its `prev` is the last one that counted;
a later one that names the same `prev` lost a race and is void. An edited receipt, one of another
bot, a gap in the numbers: broken, and nothing of the case is believed until `/recover`.
"""

from __future__ import annotations

import msgspec

from cocflow.core.facts import Commented, Issue
from cocflow.core.records import Card, Record, is_card, is_receipt, read_card, read_receipt


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt where it stands."""

    id: str
    database_id: int
    record: Record


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """The receipts of an issue: those that count, those that lost a race, and what is broken.

    `broken` holds one plain sentence a finding, with the number of the receipt and no words of
    anybody; empty if the chain is whole. `sound` are the receipts that are
    right by themselves, in order, for `/recover`. `card` is the first card, `spare_cards` the
    comments of any further ones (two runs may each have made one). `highest` is the highest number
    that any receipt or the card names.
    """

    counted: tuple[Entry, ...] = ()
    sound: tuple[Entry, ...] = ()
    void: tuple[Entry, ...] = ()
    broken: tuple[str, ...] = ()
    card: Commented | None = None
    card_record: Card | None = None
    spare_cards: tuple[Commented, ...] = ()
    highest: int = 0

    @property
    def last(self) -> Entry | None:
        """The newest receipt that counts."""
        return self.counted[-1] if self.counted else None


class _Found(msgspec.Struct, frozen=True):
    """A comment that claims to be a receipt, before it is judged."""

    comment: Commented
    record: Record | None
    mine: bool

    def fault(self) -> str | None:
        """Say what is wrong with the comment by itself, None if nothing is."""
        if not self.mine:
            return "Another bot than cocflow has written a receipt."
        if self.record is None:
            return "A receipt can't be read."
        if self.comment.edited_at is not None:
            return f"Receipt {self.record.n} has been edited."
        return None


def read_ledger(issue: Issue) -> Ledger:
    """Sort the comments of one read into receipts and card, in comment order.

    A person's comment that looks like a receipt is only talk: if it could stop a case, whoever can
    comment could. But if there is no other, the bot's account may have changed, and ignoring the
    whole history would decide everything again: that is broken.
    """
    found: list[_Found] = []
    by_hand = False
    cards: list[Commented] = []
    for comment in issue.comments():
        mine = issue.is_mine(comment)
        if is_receipt(comment.body):
            by_bot = comment.by is not None and comment.by.bot
            if mine or by_bot:
                found.append(_Found(comment, read_receipt(comment.body), mine))
            else:
                by_hand = True
        elif mine and is_card(comment.body):
            cards.append(comment)
    ledger = _chained(found, cards)
    if by_hand and not any(one.mine for one in found):
        return msgspec.structs.replace(
            ledger, broken=("The receipts of this case were written by another account than cocflow's.",)
        )
    return ledger


def _chained(found: list[_Found], cards: list[Commented]) -> Ledger:
    start = _checkpoint(found)
    believed = found if start is None else found[start:]
    broken = [fault for one in believed if (fault := one.fault())]
    counted: list[Entry] = []
    void: list[Entry] = []
    for entry in _entries(believed):
        if _continues(entry, counted, start is not None):
            counted.append(entry)
        elif _lost_a_race(entry, counted, void):
            void.append(entry)
        else:
            broken.append(f"Before receipt {entry.record.n} there is a gap.")
            break
    record = read_card(cards[0].body) if cards else None
    numbers = [one.record.n for one in found if one.record is not None]
    if record is not None and record.n > max(numbers, default=0):
        broken.append(f"Receipt {record.n}, the newest that the card names, is gone.")
    return Ledger(
        counted=tuple(counted),
        sound=tuple(_entries([one for one in believed if one.fault() is None])),
        void=tuple(void),
        broken=tuple(dict.fromkeys(broken)),
        card=cards[0] if cards else None,
        card_record=record,
        spare_cards=tuple(cards[1:]),
        highest=max([*numbers, record.n if record is not None else 0], default=0),
    )


def _entries(found: list[_Found]) -> list[Entry]:
    return [
        Entry(id=one.comment.id, database_id=one.comment.database_id, record=one.record)
        for one in found
        if one.record is not None
    ]


def _checkpoint(found: list[_Found]) -> int | None:
    """Return where the newest sound checkpoint stands; of two that answer one fact, the first."""
    answered: set[str] = set()
    start = None
    for index, one in enumerate(found):
        if one.record is None or one.record.snapshot is None or one.fault() is not None:
            continue
        if one.record.of not in answered:
            answered.add(one.record.of)
            start = index
    return start


def _continues(entry: Entry, counted: list[Entry], from_checkpoint: bool) -> bool:
    if not counted:
        return from_checkpoint or (entry.record.n == 1 and entry.record.prev is None)
    last = counted[-1]
    return entry.record.prev == last.id and entry.record.n == last.record.n + 1


def _lost_a_race(entry: Entry, counted: list[Entry], void: list[Entry]) -> bool:
    """Whether another run was quicker: the receipt's place is taken, or it follows a void one."""
    if not counted:
        return False
    known = {None, *(one.id for one in counted), counted[0].record.prev}
    if entry.record.n <= counted[-1].record.n and entry.record.prev in known:
        return True
    return entry.record.snapshot is not None or entry.record.prev in {one.id for one in void}
