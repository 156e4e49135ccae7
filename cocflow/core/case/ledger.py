"""Which receipts count: the chain that makes the bot's own comments the truth of a case.

Owns the rules *Which receipts count* and *Nobody edits a receipt*. A receipt counts only if its `prev`
is the last one that counted; a later one that names the same `prev` lost a race and is void. An edited
receipt, one of another bot, one without the community's signature where there is a key, a gap in the
numbers: broken, and nothing of the case is believed until `/recover`. So is a case from which somebody else
deleted a comment of cocflow's: GitHub doesn't say which one, and it may have been the newest receipt. The
card counts only as cocflow wrote it last.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from cocflow.core.case.accounts import database_number
from cocflow.core.case.facts import Actor, CommentDeleted, Commented, Fact, Issue
from cocflow.core.case.growing import grown
from cocflow.core.case.ids import read_own
from cocflow.core.case.progress import Origin, Record
from cocflow.core.case.records import Card, is_card, is_receipt, is_vouched, read_card
from cocflow.core.case.seal import Seal

Decode: TypeAlias = Callable[[str], Record | None]
"""Reads the record of a receipt's text; None where it is unreadable."""


MOVED = "This issue was moved here from another repository."

UNVERIFIED = (
    f"{MOVED} Its receipts are signed with a key that isn't known here, so none can be verified. First"
    " put that repository's key behind this one's own, in the secret `COCFLOW_LEDGER_KEY`; until then"
    " `/recover` does nothing, since the case would begin anew."
)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt where it stands."""

    id: str
    database_id: int
    record: Record


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with the receipts: one plain sentence, and the comment at fault where one is.

    `by`: who edited or deleted it, if that is known.
    """

    says: str
    comment: str | None = None
    by: Actor | None = None


class Ledger(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """The receipts of an issue: those that count, those that lost a race, and what is broken.

    `faults` are empty if the chain is whole; their sentences hold the number of the receipt and no
    words of anybody. `sound` are the receipts that are right by themselves, in order, for
    `/recover`. `card` is the first card, `spare_cards` the comments of any further ones (two runs may
    each have made one); `card_record` is None where nobody vouches for it. `moved_from`: the receipts were
    written for the issue of these node ids, before it was moved here. `highest` is the highest
    number that any receipt or the card names.
    """

    counted: tuple[Receipt, ...] = ()
    sound: tuple[Receipt, ...] = ()
    void: tuple[Receipt, ...] = ()
    faults: tuple[Fault, ...] = ()
    card: Commented | None = None
    card_record: Card | None = None
    moved_from: tuple[str, ...] = ()
    spare_cards: tuple[Commented, ...] = ()
    highest: int = 0

    @property
    def row(self) -> tuple[Receipt, ...]:
        """What grows while a run goes on: the receipts that count."""
        return self.counted

    @property
    def broken(self) -> tuple[str, ...]:
        """What is wrong, each sentence once; empty if nothing is."""
        return tuple(dict.fromkeys(fault.says for fault in self.faults))

    @property
    def unverified(self) -> bool:
        """Whether it was moved here without the key that signed it, so that nothing can be taken up."""
        return UNVERIFIED in self.broken

    @property
    def zone(self) -> str:
        """The time zone in which is counted what comes next; "" while none is named."""
        return next((one.record.zone for one in reversed(self.counted) if one.record.zone), "")

    @property
    def last(self) -> Receipt | None:
        """The newest receipt that counts."""
        return self.counted[-1] if self.counted else None


class _Found(msgspec.Struct, frozen=True):
    """A comment that claims to be a receipt, before it is judged."""

    comment: Commented
    record: Record | None
    mine: bool
    vouched: bool

    def fault(self) -> Fault | None:
        """Say what is wrong with the comment by itself, None if nothing is."""
        says = self._fault()
        return None if says is None else Fault(says, self.comment.id, self.comment.edited_by)

    def _fault(self) -> str | None:
        if not self.mine:
            return "Another bot than cocflow has written a receipt."
        if self.record is None:
            return "A receipt can't be read."
        if self.comment.edited_at is not None:
            return f"Receipt {self.record.n} has been edited."
        if not self.vouched:
            return f"Receipt {self.record.n} isn't signed with this community's key."
        return None


def sorted_out(issue: Issue, read: Decode, seal: Seal | None = None) -> Ledger:
    """Sort the comments of one read into receipts and card, in comment order.

    A person's comment that looks like a receipt is only talk: if it could stop a case, whoever can
    comment could. But if there is no other, the bot's account may have changed, and ignoring the
    whole history would decide everything again: that is broken.
    """
    found: list[_Found] = []
    by_hand: str | None = None
    cards: list[Commented] = []
    for comment in issue.comments():
        mine = issue.is_mine(comment)
        if is_receipt(comment.body):
            if mine or (comment.by is not None and comment.by.bot):
                vouched = is_vouched(comment.body, seal, issue.id, comment.unchanged_since)
                found.append(_Found(comment, read(comment.body), mine, vouched))
            else:
                by_hand = comment.id
        elif mine and is_card(comment.body):
            cards.append(comment)
    found, moved_from = _moved(issue, found, seal)
    card = believed_card(issue, cards[0], seal, moved_from) if cards else None
    ledger = _chained(found, cards, card, moved_from)
    if by_hand is not None and not any(one.mine for one in found):
        says = "The receipts of this case were written by another account than cocflow's."
        return msgspec.structs.replace(ledger, faults=(Fault(says, by_hand),))
    return msgspec.structs.replace(ledger, faults=(*ledger.faults, *_deletions(issue, ledger)))


def went_on(
    ledger: Ledger, issue: Issue, news: tuple[Fact, ...], read: Decode, seal: Seal | None = None
) -> Ledger | None:
    """Return a ledger with what later facts of its issue add, None where that may change what was before.

    It is what `sorted_out` finds, by reading the later facts alone.
    """
    if ledger.faults or ledger.void or ledger.moved_from or not ledger.counted:
        return None
    counted = list[Receipt]()
    for fact in news:
        if isinstance(fact, CommentDeleted):
            return None
        if not isinstance(fact, Commented) or not _may_be_ours(fact):
            continue
        last = counted[-1] if counted else ledger.counted[-1]
        entry = _next(fact, issue, read, seal)
        if entry is None or entry.record.prev != last.id or entry.record.n != last.record.n + 1:
            return None
        counted.append(entry)
    if not counted:
        return ledger
    news_ = tuple(counted)
    after = msgspec.structs.replace(
        ledger,
        counted=ledger.counted + news_,
        sound=ledger.sound + news_,
        highest=max(ledger.highest, counted[-1].record.n),
    )
    return grown(after, ledger)


def _may_be_ours(comment: Commented) -> bool:
    """Whether a comment looks like a receipt or a card, and no person's, whose would be only talk."""
    looks = is_receipt(comment.body) or is_card(comment.body)
    return looks and comment.by is not None and comment.by.bot


def _next(comment: Commented, issue: Issue, read: Decode, seal: Seal | None) -> Receipt | None:
    """Return the receipt that a comment is, None for a card, and for one that may not simply be believed."""
    if not is_receipt(comment.body) or not issue.is_mine(comment):
        return None
    vouched = is_vouched(comment.body, seal, issue.id, comment.unchanged_since)
    found = _Found(comment, read(comment.body), mine=True, vouched=vouched)
    if found.record is None or found.record.snapshot is not None or found.fault() is not None:
        return None
    return Receipt(id=comment.id, database_id=comment.database_id, record=found.record)


def _deletions(issue: Issue, ledger: Ledger) -> list[Fault]:
    """Return a fault for each deletion of a comment of ours by somebody else, since the checkpoint if any.

    What cocflow itself deletes are receipts that lost a race, and second cards.
    """
    if not issue.of(CommentDeleted):
        return []
    first = ledger.counted[0] if ledger.counted else None
    settled = first.id if first is not None and first.record.snapshot is not None else None
    begins = next((at for at, fact in enumerate(issue.facts) if fact.id == settled), 0)
    return [
        Fault("A comment of cocflow's has been deleted.", by=fact.by)
        for fact in issue.facts[begins:]
        if isinstance(fact, CommentDeleted) and issue.is_me(fact.author) and not issue.is_mine(fact)
    ]


def believed_card(
    issue: Issue, comment: Commented, seal: Seal | None, moved_from: tuple[str, ...] = ()
) -> Card | None:
    """Return the record of a card as cocflow itself wrote it last; None where nobody vouches for it."""
    ids = (issue.id, *moved_from)
    vouched = any(is_vouched(comment.body, seal, id_, comment.unchanged_since) for id_ in ids)
    return read_card(comment.body) if vouched and not comment.edited_by_another else None


def _moved(issue: Issue, found: list[_Found], seal: Seal | None) -> tuple[list[_Found], tuple[str, ...]]:
    """Return the receipts, and for which issues they were written if they were moved here with theirs.

    The first one that would be believed names its issue. What was signed for that issue is right by itself,
    and counts as little as any other until an administrator lets the case go on.
    """
    start = _checkpoint(found) or 0
    homes = [home for one in found[start:] if one.mine and (home := _home(one.record)) is not None]
    first = _home(found[start].record) if found and found[start].mine else None
    if first is None or _same_issue(first, issue.id):
        return found, ()
    moved_from = tuple(dict.fromkeys(home for home in homes if not _same_issue(home, issue.id)))
    return [_judged_anew(one, moved_from, seal) for one in found], moved_from


def _judged_anew(one: _Found, homes: tuple[str, ...], seal: Seal | None) -> _Found:
    comment = one.comment
    signed = any(is_vouched(comment.body, seal, home, comment.unchanged_since) for home in homes)
    return msgspec.structs.replace(one, vouched=one.vouched or signed)


def _home(record: Record | None) -> str | None:
    """Return the node id of the issue that a receipt was written for, None if it doesn't say."""
    if record is None:
        return None
    if record.snapshot is not None:
        issues = record.snapshot.get("kept", {}).get(Origin.tag(), {}).get("issues", ())
        return str(issues[-1]) if issues else None
    return record.of if record.n == 1 and read_own(record.of) is None else None


def _same_issue(one: str, other: str) -> bool:
    """Whether two node ids name one issue, in whatever form."""
    numbers = database_number(one), database_number(other)
    return one == other or (None not in numbers and numbers[0] == numbers[1])


def _chained(
    found: list[_Found], cards: list[Commented], record: Card | None, moved_from: tuple[str, ...]
) -> Ledger:
    start = _checkpoint(found)
    believed = found if start is None else found[start:]
    faults = [fault for one in believed if (fault := one.fault())]
    if moved_from and not any(one.vouched for one in believed):
        faults = [Fault(UNVERIFIED)]
    elif moved_from:
        faults.insert(0, Fault(MOVED))
    counted: list[Receipt] = []
    void: list[Receipt] = []
    for entry in _entries(believed):
        if _continues(entry, counted, start is not None):
            counted.append(entry)
        elif _lost_a_race(entry, counted, void):
            void.append(entry)
        else:
            if not moved_from:  # there, what a receipt names as the one before it has another id now
                faults.append(Fault(f"Before receipt {entry.record.n} there is a gap.", entry.id))
            break
    numbers = [one.record.n for one in found if one.record is not None]
    if record is not None and record.n > max(numbers, default=0):
        faults.append(Fault(f"Receipt {record.n}, the newest that the card names, is gone."))
    return Ledger(
        counted=tuple(counted),
        sound=tuple(_entries([one for one in believed if one.fault() is None])),
        void=tuple(void),
        faults=tuple(faults),
        card=cards[0] if cards else None,
        card_record=record,
        moved_from=moved_from,
        spare_cards=tuple(cards[1:]),
        highest=max([*numbers, record.n if record is not None else 0], default=0),
    )


def _entries(found: list[_Found]) -> list[Receipt]:
    return [
        Receipt(id=one.comment.id, database_id=one.comment.database_id, record=one.record)
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


def _continues(entry: Receipt, counted: list[Receipt], from_checkpoint: bool) -> bool:
    if not counted:
        return from_checkpoint or (entry.record.n == 1 and entry.record.prev is None)
    last = counted[-1]
    return entry.record.prev == last.id and entry.record.n == last.record.n + 1


def _lost_a_race(entry: Receipt, counted: list[Receipt], void: list[Receipt]) -> bool:
    """Whether another run was quicker: the receipt's place is taken, or it follows a void one."""
    if not counted:
        return False
    known = {None, *(one.id for one in counted), counted[0].record.prev}
    if entry.record.n <= counted[-1].record.n and entry.record.prev in known:
        return True
    return entry.record.snapshot is not None or entry.record.prev in {one.id for one in void}
