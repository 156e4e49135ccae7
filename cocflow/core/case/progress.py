"""Where a case stands: what its receipts, replayed in order, have made of it.

Owns what all subjects share: states, notices, reminders, answered facts; and the keeping of what each
subject adds. It knows no subject: a change carries what replaying it does. It never asks a guard, a
roster or a clock: what was decided was decided (the rule *Replay asks nothing*).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

import msgspec

from cocflow.core.case.records import Owed, RecordOf, Time, Words

LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Kept(msgspec.Struct, frozen=True, tag_field="is", kw_only=True):
    """What a progress keeps of a subject: one value of each kind, known by its tag."""

    @classmethod
    @lru_cache(maxsize=256)
    def tag(cls) -> str:
        """Return the name of the kind in receipts and checkpoints."""
        return str(cls.__struct_config__.tag)


class Part(Kept, frozen=True, kw_only=True):
    """What the changes of a subject add up to. A kind of its own has a default for every field."""


class Change(Kept, frozen=True, kw_only=True):
    """One thing that a decision changed. Replay applies it and asks nothing."""

    def apply(self, progress: Progress, record: Record) -> None:
        """Take it over; a kind that does no more is kept, the newest of its kind."""
        progress.keep(self)

    def words_told(self, before: Progress) -> Words | None:
        """Return the words that the notices of its receipt tell; None where templates say it all."""
        return None

    def told_only(self) -> tuple[str, ...] | None:
        """Return to whom alone (keys) its receipt owes people's notices; None for everybody."""
        return None


Record: TypeAlias = RecordOf[Change]
"""One receipt's hidden part."""


class Origin(Part, frozen=True, kw_only=True, tag="origin"):
    """The node ids that the case's issue has had, oldest first: a transfer gives it another."""

    issues: tuple[str, ...] = ()


K = TypeVar("K", bound=Kept)
P = TypeVar("P", bound=Part)


class Moved(Change, frozen=True, kw_only=True, tag="moved"):
    """The state is now `to`."""

    to: str

    def apply(self, progress: Progress, record: Record) -> None:
        """Enter the state."""
        progress.stays.append(Stay(self.to, record.at))


class Reminded(Change, frozen=True, kw_only=True, tag="reminded"):
    """That timer's occurrence of that instant is done, and every earlier one with it."""

    timer: str
    due: Time

    def apply(self, progress: Progress, record: Record) -> None:
        """Count the occurrence as done."""
        progress.reminded[self.timer] = self.due


class Stay(msgspec.Struct, frozen=True):
    """A state and the instant of the entry into it."""

    state: str
    since: Time


class Progress(msgspec.Struct, kw_only=True):
    """The replayed state of one case.

    It grows by `apply` while receipts are replayed and is only read afterwards. `answered` holds
    the ids of the answered facts since `answered_upto`; every older fact counts as answered.
    `told` names the notices that are owed no more, `reached` those of them that got through, or were told by
    hand, and when. `kept` holds what each subject adds, by tag: an incident's subjects and a suspension's
    have different ones.
    """

    stays: list[Stay] = msgspec.field(default_factory=list)
    notices: dict[str, Owed] = msgspec.field(default_factory=dict)
    owed_since: dict[str, Time] = msgspec.field(default_factory=dict)
    told: set[str] = msgspec.field(default_factory=set)
    reached: dict[str, Time] = msgspec.field(default_factory=dict)
    reminded: dict[str, Time] = msgspec.field(default_factory=dict)
    answered: set[str] = msgspec.field(default_factory=set)
    answered_upto: Time = LONG_AGO
    process: str = ""
    kept: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def state(self) -> str | None:
        """The name of the present state, None before the first receipt."""
        return self.stays[-1].state if self.stays else None

    @property
    def since(self) -> datetime:
        """When the case entered its present state."""
        return self.stays[-1].since if self.stays else LONG_AGO

    def since_in(self, states: Container[str]) -> datetime | None:
        """Return when the case entered this set of states and stayed in it, None if it isn't in it."""
        entered = None
        for stay in reversed(self.stays):
            if stay.state not in states:
                break
            entered = stay.since
        return entered

    def before(self, states: Container[str]) -> str | None:
        """Return the state from which the case came into this set of states, None if from none."""
        return next((stay.state for stay in reversed(self.stays) if stay.state not in states), None)

    def owed(self) -> tuple[Owed, ...]:
        """Return the notices that haven't reached their audience yet, oldest first."""
        return tuple(notice for notice in self.notices.values() if notice.id not in self.told)

    def told_to(self, to: str) -> tuple[Owed, ...]:
        """Return the notices that have reached an addressee, oldest first."""
        return tuple(one for one in self.notices.values() if one.to == to and one.id in self.reached)

    def tell(self, known: Mapping[str, datetime | None]) -> None:
        """Owe these notices no more: they got through, at that time (None: at once)."""
        self.told.update(known)
        since = self.owed_since
        self.reached.update((id_, at or since[id_]) for id_, at in known.items() if id_ in since)

    def __getitem__(self, kind: type[P]) -> P:
        """Return the part of that kind; before any change has built it, the empty one."""
        found = self.kept.get(kind.tag())
        return found if isinstance(found, kind) else kind()

    def newest(self, kind: type[K]) -> K | None:
        """Return what is kept of that kind, None if nothing is."""
        found = self.kept.get(kind.tag())
        return found if isinstance(found, kind) else None

    def keep(self, value: Kept) -> None:
        """Keep a value instead of the one of its kind."""
        self.kept[value.tag()] = value

    def forget(self, kind: type[Kept]) -> None:
        """Keep nothing of that kind any more."""
        self.kept.pop(kind.tag(), None)

    def settle(self, to: str) -> None:
        """Owe that addressee nothing any more."""
        self.told.update(notice.id for notice in self.notices.values() if notice.to == to)

    def apply(self, record: Record) -> None:
        """Take over what one receipt decided; a checkpoint is restored by `replay`."""
        self.process = record.process
        self.answered.add(record.of)
        for change in record.changes:
            change.apply(self, record)
        for notice in record.owed:
            self._owe(notice, record.at)
        self.tell(dict.fromkeys(record.told) | record.reached)

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


def checkpoint(progress: Progress, answered: set[str], upto: datetime) -> dict[str, Any]:
    """Return a snapshot for a checkpoint receipt: all that anything to come depends on.

    `answered`: the answered facts at or after `upto`; all before it count as answered. Of what somebody was
    told only the newest of each kind is kept, so that the checkpoint of a long one fits into a comment.
    """
    newest = {(one.to, one.notice): one.id for one in progress.notices.values() if one.id in progress.reached}
    told = set(newest.values())
    kept = {id_: one for id_, one in progress.notices.items() if id_ in told or id_ not in progress.told}
    since = {id_: since for id_, since in progress.owed_since.items() if id_ in kept}
    snapshot = msgspec.structs.replace(
        progress,
        answered=answered,
        answered_upto=upto,
        notices=kept,
        owed_since=since,
        told=told,
        reached={id_: at for id_, at in progress.reached.items() if id_ in kept},
    )
    saved: dict[str, Any] = msgspec.to_builtins(snapshot, str_keys=True)
    return saved


def restored(saved: dict[str, Any], kinds: dict[str, type[Kept]]) -> Progress:
    """Return the progress that a checkpoint holds; `kinds` by their tags. ValidationError for anything else.

    A kind that nobody knows (any more) is left out.
    """
    progress = msgspec.convert(saved, Progress, str_keys=True)
    progress.kept = {
        tag: msgspec.convert(value, kinds[tag], str_keys=True)
        for tag, value in progress.kept.items()
        if tag in kinds
    }
    return progress
