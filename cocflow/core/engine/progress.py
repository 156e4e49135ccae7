"""Where a case stands: what its receipts, replayed in order, have made of it.

Owns the effect of every recorded change. It never asks a guard, a roster or a clock: what was
decided was decided (rule 5).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from cocflow.core.engine.records import (
    AccessReturned,
    AnswerGiven,
    AnyChange,
    AppealDecided,
    AppealKept,
    ConsentGiven,
    EndSet,
    Estimated,
    Instant,
    Moved,
    Owed,
    PartyAdded,
    PartyRemoved,
    PostAnswered,
    PostApproved,
    PostDrafted,
    PostDropped,
    Record,
    Reminded,
    ReporterKnown,
    Resolved,
    SuspensionBegan,
    SuspensionNoted,
    SuspensionOrdered,
    ToldByHand,
    Words,
    is_plausible,
)

if TYPE_CHECKING:
    from cocflow.core.engine.ledger import Entry

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Stay(msgspec.Struct, frozen=True):
    """A state and the instant of the entry into it."""

    state: str
    since: Instant


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One suspension as its incident knows it, from the incident's own receipts.

    `state` is "ordered" until the suspension's own receipts say more.
    """

    key: str
    since: Instant | None = None
    by: str = ""
    words: Words | None = None
    line: int = 0
    issue: str = ""
    number: int | None = None
    state: str = "ordered"
    until: Instant | None = None
    interim: bool = False
    handles: tuple[str, ...] = ()

    @property
    def in_force(self) -> bool:
        """Whether the account is suspended now."""
        return self.state not in ("overturned", "lifted", "ended")


class Draft(msgspec.Struct, kw_only=True):
    """A text that is to be posted: since when, by whom, what those concerned said, whether approved."""

    words: Words
    by: str
    since: Instant
    answers: dict[str, bool] = msgspec.field(default_factory=dict)
    approved: bool = False


class Progress(msgspec.Struct, kw_only=True):
    """The replayed state of one case.

    It grows by `apply` while receipts are replayed and is only read afterwards. `answered` holds
    the ids of the answered facts since `answered_upto`; every older fact counts as answered.
    `told` names the notices that reached their audience (or were told by hand).
    """

    stays: list[Stay] = msgspec.field(default_factory=list)
    estimate: Estimated | None = None
    reporter: ReporterKnown | None = None
    consent: ConsentGiven = ConsentGiven(level="none")
    answers: dict[int, Words] = msgspec.field(default_factory=dict)
    parties: dict[str, Words] = msgspec.field(default_factory=dict)
    party_handles: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    parties_ever: int = 0
    resolution: Words | None = None
    resolution_round: int = 0
    notices: dict[str, Owed] = msgspec.field(default_factory=dict)
    owed_since: dict[str, Instant] = msgspec.field(default_factory=dict)
    told: set[str] = msgspec.field(default_factory=set)
    reminded: dict[str, Instant] = msgspec.field(default_factory=dict)
    answered: set[str] = msgspec.field(default_factory=set)
    answered_upto: Instant = LONG_AGO
    process: str = ""
    suspensions: dict[str, Standing] = msgspec.field(default_factory=dict)
    began: SuspensionBegan | None = None
    until: Instant | None = None
    indefinite: bool = False
    appeal: list[AppealKept] = msgspec.field(default_factory=list)
    decided: Words | None = None
    returned: bool = False
    draft: Draft | None = None

    @property
    def state(self) -> str | None:
        """The name of the present state, None before the first receipt."""
        return self.stays[-1].state if self.stays else None

    @property
    def since(self) -> datetime:
        """When the case entered its present state."""
        return self.stays[-1].since if self.stays else LONG_AGO

    def since_in(self, states: Iterable[str]) -> datetime | None:
        """Return when the case entered this set of states and stayed in it, None if it isn't in it."""
        among = frozenset(states)
        entered = None
        for stay in reversed(self.stays):
            if stay.state not in among:
                break
            entered = stay.since
        return entered

    def owed(self) -> tuple[Owed, ...]:
        """Return the notices that haven't reached their audience yet, oldest first."""
        return tuple(notice for notice in self.notices.values() if notice.id not in self.told)

    def apply(self, record: Record) -> None:
        """Take over what one receipt decided."""
        if record.snapshot is not None:
            _restore(self, record.snapshot)
        self.process = record.process
        self.answered.add(record.of)
        for change in record.changes:
            self._change(change, record)
        for notice in record.owed:
            self._owe(notice, record.at)
        self.told.update(record.told)

    def _owe(self, notice: Owed, since: datetime) -> None:
        """Owe a notice. An older one of its kind to the same person that never arrived is moot.

        One that the receipt itself tells is kept as told only, so a long case stays quick to replay.
        """
        for older in self.owed():
            if (older.notice, older.to) == (notice.notice, notice.to):
                del self.notices[older.id]
        if notice.by_receipt:
            self.told.add(notice.id)
            return
        self.notices[notice.id] = notice
        self.owed_since[notice.id] = since

    def copy(self) -> Progress:
        """Return a progress that can grow without changing this one."""
        return msgspec.structs.replace(
            self,
            **{
                name: value.copy()
                for name in self.__struct_fields__
                if isinstance(value := getattr(self, name), list | dict | set)
            },
        )

    def _change(self, change: AnyChange, record: Record) -> None:
        match change:
            case Moved(to=to):
                self.stays.append(Stay(to, record.at))
            case Estimated():
                self.estimate = change
            case ReporterKnown():
                self.reporter = change
            case ConsentGiven():
                self.consent = change
            case AnswerGiven(number=number, words=words):
                self.answers[number] = words
            case PartyAdded(key=key, words=words, handles=handles):
                self.parties[key] = words
                self.party_handles[key] = handles
                self.parties_ever += 1
            case PartyRemoved(key=key):
                self.parties.pop(key, None)
                self.party_handles.pop(key, None)
                self.told.update(notice.id for notice in self.notices.values() if notice.to == key)
            case Resolved(words=words):
                self.resolution = words
                self.resolution_round = record.n
            case ToldByHand(notices=notices):
                self.told.update(notices)
            case Reminded(timer=timer, due=due):
                self.reminded[timer] = due
            case PostDrafted(words=words, by=by):
                self.draft = Draft(words=words, by=by, since=record.at)
            case PostAnswered(to=to, yes=yes) if self.draft is not None:
                self.draft = msgspec.structs.replace(self.draft, answers={**self.draft.answers, to: yes})
            case PostApproved() if self.draft is not None:
                self.draft = msgspec.structs.replace(self.draft, approved=True)
            case PostDropped(sent=sent):
                self.draft = None
                if not sent:
                    self.told.update(one.id for one in self.owed() if one.to == "community")
            case _:
                self._change_suspension(change)

    def _change_suspension(self, change: AnyChange) -> None:
        match change:
            case SuspensionOrdered():
                self.suspensions[change.key] = Standing(
                    key=change.key,
                    since=change.since,
                    by=change.by,
                    words=change.words,
                    line=change.line,
                    until=change.until,
                    interim=change.until is None,
                )
            case SuspensionNoted():
                known = self.suspensions.get(change.key, Standing(key=change.key))
                news = {name: getattr(change, name) for name in change.__struct_fields__}
                self.suspensions[change.key] = msgspec.structs.replace(known, **news)
            case SuspensionBegan():
                self.began = change
                self.until = change.until
            case EndSet(until=until):
                self.until, self.indefinite, self.returned = until, until is None, False
            case AppealKept():
                self.appeal.append(change)
            case AppealDecided(words=words):
                self.decided = words
                self.appeal = []
            case AccessReturned():
                self.returned = True


def replay(entries: Iterable[Entry]) -> Progress:
    """Return what these receipts, in order, have made of the case. Linear in the receipts."""
    progress = Progress()
    for entry in entries:
        progress.apply(entry.record)
    return progress


def checkpoint(progress: Progress, answered: set[str], upto: datetime) -> dict[str, Any]:
    """Return a snapshot for a checkpoint receipt.

    `answered`: the answered facts at or after `upto`; all before it count as answered.
    """
    snapshot = msgspec.structs.replace(progress, answered=answered, answered_upto=upto)
    saved: dict[str, Any] = msgspec.to_builtins(snapshot, str_keys=True)
    return saved


def is_snapshot(saved: dict[str, Any]) -> bool:
    """Whether a checkpoint can be restored from this, which may be anybody's."""
    try:
        progress = _converted(saved)
    except (msgspec.ValidationError, RecursionError):
        return False
    bare = {name: getattr(progress, name) for name in progress.__struct_fields__ if name != "answered_upto"}
    return is_plausible(bare) and (progress.answered_upto == LONG_AGO or is_plausible(progress.answered_upto))


def _converted(saved: dict[str, Any]) -> Progress:
    return msgspec.convert(saved, Progress, str_keys=True)


def _restore(progress: Progress, snapshot: dict[str, Any]) -> None:
    saved = _converted(snapshot)
    for field in saved.__struct_fields__:
        setattr(progress, field, getattr(saved, field))
