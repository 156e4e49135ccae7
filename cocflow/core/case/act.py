"""What a subject adds to the engine: its commands, what it records, its guards, instants and people.

Owns the shape of an act, and of the registry of all. `core/acts/` holds the subjects, one file each; the
process files say which of their guards, records and instants apply where, by the names given here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, Union

import msgspec

from cocflow.core.case.case import Case
from cocflow.core.case.draft import (
    AgreementMissed,
    Draft,
    DraftAnswered,
    DraftApproved,
    DraftDropped,
    Drafted,
    DraftObjected,
    SilenceCounted,
)
from cocflow.core.case.facts import Commented, Fact, sha256
from cocflow.core.case.grammar import Command, Grammar, Said, form_of
from cocflow.core.case.ids import OfChild
from cocflow.core.case.progress import Change, Kept, Moved, Origin, Part, Reminded
from cocflow.core.case.records import Owed, RecordOf, Words
from cocflow.core.people.person import Person
from cocflow.core.people.roster import Administrator
from cocflow.core.process import KINDS, Kind, Property, Role

NO_WORDS = Words("", "")


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What is being asked, as guards see it: in which roles, when, by which fact and command.

    `verified` is False for a letter that may come from anybody; `asker` is a GitHub account's node id,
    `writer` the key of whoever wrote a letter that surely is theirs.
    """

    at: datetime
    roles: frozenset[Role]
    command: Said | None = None
    verified: bool = True
    asker: str | None = None
    writer: str | None = None
    fact: Fact | None = None

    @property
    def said_at(self) -> datetime:
        """When the words were written: what a draft says of times was shown as it was meant then."""
        return self.fact.unchanged_since if isinstance(self.fact, Commented) else self.at

    @property
    def words(self) -> Words:
        """Where the words of the request stand."""
        fact = self.fact
        return Words(fact.comment, sha256(fact.body)) if isinstance(fact, Commented) else NO_WORDS


class Guard(msgspec.Struct, frozen=True):
    """A condition that a move, a timer or an opening may have.

    `check` returns None, or the sentence by which the request is refused: safe to post to whoever may
    ask. `means` is what it demands. `commands`: it goes with moves by one of these only. `across`: how
    it looks at another process than its own. `needs`: properties that something must have. `asked`: it
    judges who asks or when, so it says nothing about what happens by itself. `offers`: whether a move
    that has it is offered to people now, whoever may ask for it; None: always. `form`: how the command is
    written that it lets pass, where there are several ways. `copies`: the line of a command that it refuses,
    as it would be right. `unsure`: a move that has it may be asked for by a letter that may be anybody's.
    `lets`: the administrators whom it lets pass, by who they are; None: it doesn't ask that.
    """

    name: str
    means: str
    check: Callable[[Case, Ask], str | None]
    commands: tuple[str, ...] = ()
    across: str = ""
    needs: tuple[Property, ...] = ()
    asked: bool = False
    offers: Callable[[Case], bool] | None = None
    form: str = ""
    copies: Callable[[Case, Ask], str | None] | None = None
    unsure: bool = False
    lets: Callable[[Case], tuple[Administrator, ...]] | None = None


class Recorder(msgspec.Struct, frozen=True):
    """What a granted move, or a due timer, has its receipt keep: the values of `records:`.

    `commands`: a move that records this asks by one of these, if by a command. `by_timer`, `by_label`,
    `by_edit`, `by_assignment`, `by_itself`, `by_letter`: how else it may come about. `guards`: a move that
    records it has these. `holds_words`: it says where a comment's words stand, so nothing but a comment or a
    letter can bring them.
    """

    name: str
    means: str
    record: Callable[[Case, Ask], tuple[Change, ...]]
    commands: tuple[str, ...] = ()
    guards: tuple[str, ...] = ()
    by_timer: bool = False
    by_label: bool = False
    by_edit: bool = False
    by_assignment: bool = False
    by_itself: bool = False
    by_letter: bool = False
    holds_words: bool = False


class Instant(msgspec.Struct, frozen=True):
    """A time of a case that a timer may be due `at`; None where the case has none."""

    name: str
    means: str
    of: Callable[[Case], datetime | None]


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """Words that a case still reads: where they stand, what is lost without them, and how to say it again.

    `holds` and `again` are role words and a command's form, never what the words say. `text` is what stands
    there now, where it is not the text of a comment; None: it is.
    """

    words: Words
    holds: str
    again: str = ""
    text: str | None = None


class Begun(msgspec.Struct, frozen=True):
    """What the opening of an issue records for a subject, and since when it counts, if not the opening."""

    changes: tuple[Change, ...] = ()
    since: datetime | None = None


class Note(msgspec.Struct, frozen=True):
    """What a case notes of one below it: of which of its receipts, as of when, what, and who began it.

    `says` is the template of the receipt.
    """

    of: OfChild
    at: datetime
    change: Change
    says: str
    by: str


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """One subject. `serves`: the kinds of issue in which it plays.

    `changes` and `parts` are what it keeps; `begins` what the opening of an issue records; `people` whom
    it puts into a case, and `recorded` the digests of them that its receipts hold; `needs` the words that
    it still reads; `owes` what its receipts owe besides the process's notices; `basis` what the letters of
    a draft depend on; `notes` what administrators read on the card and in `status`; `names` what picks the
    code name; `noting` what a case (the first) has yet to note of one below it.
    """

    name: str
    serves: tuple[Kind, ...]
    commands: tuple[Command, ...] = ()
    changes: tuple[type[Change], ...] = ()
    parts: tuple[type[Part], ...] = ()
    guards: tuple[Guard, ...] = ()
    records: tuple[Recorder, ...] = ()
    instants: tuple[Instant, ...] = ()
    begins: Callable[[Case, Fact], Begun] | None = None
    people: Callable[[Case], tuple[Person, ...]] | None = None
    recorded: Callable[[Case], Iterable[tuple[str, str]]] | None = None
    needs: Callable[[Case], Iterable[Needed]] | None = None
    owes: Callable[[Case, int, tuple[Change, ...]], tuple[Owed, ...]] | None = None
    basis: Callable[[Case], str] | None = None
    notes: Callable[[Case], tuple[str, ...]] | None = None
    names: Callable[[Case], str | None] | None = None
    noting: Callable[[Case, Case], Note | None] | None = None


SHARED: tuple[type[Kept], ...] = (
    Moved,
    Reminded,
    Origin,
    Draft,
    Drafted,
    DraftAnswered,
    DraftApproved,
    DraftDropped,
    DraftObjected,
    AgreementMissed,
    SilenceCounted,
)
"""What the engine itself keeps."""


class Acts(msgspec.Struct, frozen=True, dict=True):
    """Every subject, by name found in one place."""

    all: tuple[Act, ...]

    @cached_property
    def _by_kind(self) -> Mapping[str, tuple[Act, ...]]:
        return {kind: tuple(act for act in self.all if kind in act.serves) for kind in KINDS}

    def _serving(self, case: Case) -> Iterable[Act]:
        return self._by_kind[case.process.name]

    @cached_property
    def grammar(self) -> Grammar:
        """Every command, by its name."""
        return {one.name: one for act in self.all for one in act.commands}

    @cached_property
    def guards(self) -> Mapping[str, Guard]:
        """Every guard, by its name."""
        return {one.name: one for act in self.all for one in act.guards}

    @cached_property
    def records(self) -> Mapping[str, Recorder]:
        """Everything that a move or a timer may record, by its name."""
        return {one.name: one for act in self.all for one in act.records}

    @cached_property
    def instants(self) -> Mapping[str, Instant]:
        """Every instant that a timer may be due at, by its name."""
        return {one.name: one for act in self.all for one in act.instants}

    @cached_property
    def kinds(self) -> dict[str, type[Kept]]:
        """Everything that receipts and checkpoints hold, by its tag."""
        kept = (*SHARED, *(kind for act in self.all for kind in (*act.changes, *act.parts)))
        return {kind.tag(): kind for kind in kept}

    @cached_property
    def record_type(self) -> Any:
        """The type of a receipt's record, for the decoder: its changes are any of those that there are."""
        changes = tuple(kind for kind in self.kinds.values() if issubclass(kind, Change))
        return RecordOf[Union[changes]]  # type: ignore[valid-type]  # noqa: UP007 - made while running

    def serves(self, kind: Kind, name: str, among: str) -> bool:
        """Whether a guard, record or instant of that name belongs to a subject that plays in such issues."""
        return any(
            kind in act.serves and any(one.name == name for one in getattr(act, among)) for act in self.all
        )

    # --- of one case ---

    def refusal(self, case: Case, guards: Iterable[str], ask: Ask) -> str | None:
        """Return why the first of these guards that refuses does so, None if all let it pass."""
        for name in guards:
            if (reason := self.guards[name].check(case, ask)) is not None:
                return reason
        return None

    def let(self, case: Case, guards: Iterable[str]) -> tuple[Administrator, ...]:
        """Return the administrators with a say whom these guards let pass, by who they are."""
        asking = [self.guards[name].lets for name in guards]
        let = [lets(case) for lets in asking if lets is not None]
        return tuple(one for one in case.eligible if all(one in those for those in let))

    def copy(self, case: Case, guards: Iterable[str], ask: Ask) -> str | None:
        """Return the line that the first of these guards that refuses would have, None if it knows none."""
        refusing = (one for one in map(self.guards.__getitem__, guards) if one.check(case, ask) is not None)
        first = next(refusing, None)
        return first.copies(case, ask) if first is not None and first.copies is not None else None

    def is_offered(self, case: Case, guards: Iterable[str]) -> bool:
        """Whether a move with these guards is offered to people now, whoever may ask for it.

        What is for a sender who can't be verified is offered to nobody: it is how their request is kept.
        """
        found = [self.guards[name] for name in guards]
        return not any(one.unsure or (one.offers and not one.offers(case)) for one in found)

    def form(self, command: str, guards: Iterable[str]) -> str:
        """Return the first line of a command, as a move with these guards takes it."""
        own = next((self.guards[name].form for name in guards if self.guards[name].form), "")
        return own or form_of(self.grammar[command]).splitlines()[0]

    def changes(self, case: Case, records: Iterable[str], ask: Ask) -> tuple[Change, ...]:
        """Return what these records keep of a granted request, or of a due timer."""
        return tuple(change for name in records for change in self.records[name].record(case, ask))

    def begun(self, case: Case, fact: Fact) -> Begun:
        """Return what the opening of an issue records."""
        found = [act.begins(case, fact) for act in self._serving(case) if act.begins is not None]
        since = next((one.since for one in found if one.since is not None), None)
        return Begun(tuple(change for one in found for change in one.changes), since)

    def people(self, case: Case) -> Iterable[Person]:
        """Give the people whom the subjects put into a case."""
        return (one for act in self._serving(case) if act.people is not None for one in act.people(case))

    def recorded(self, case: Case) -> Iterable[tuple[str, str]]:
        """Give the keys of people of the case, with the digests of ways to name them that receipts hold."""
        return (one for act in self._serving(case) if act.recorded is not None for one in act.recorded(case))

    def needs(self, case: Case) -> Iterable[Needed]:
        """Give the words that a case still reads."""
        return (one for act in self._serving(case) if act.needs is not None for one in act.needs(case))

    def owes(self, case: Case, number: int, changes: tuple[Change, ...]) -> tuple[Owed, ...]:
        """Return what the subjects owe besides the process's notices, for the receipt of that number."""
        acts = (act for act in self._serving(case) if act.owes is not None)
        return tuple(one for act in acts if act.owes is not None for one in act.owes(case, number, changes))

    def basis(self, case: Case) -> str:
        """Return what the letters of a draft depend on, besides its words and who gets them."""
        return "\n".join(act.basis(case) for act in self._serving(case) if act.basis is not None)

    def notes(self, case: Case) -> tuple[str, ...]:
        """Return what administrators read of the subjects on the card and in `status`."""
        return tuple(one for act in self._serving(case) if act.notes is not None for one in act.notes(case))

    def noting(self, case: Case, below: Case) -> Note | None:
        """Return what a case has yet to note of one below it, None if it knows all.

        Raises TwiceMadeError where it knows another issue for that.
        """
        notes = (act.noting(case, below) for act in self._serving(below) if act.noting is not None)
        return next((note for note in notes if note is not None), None)

    def name_of(self, case: Case) -> str:
        """Return what picks the case's code name: the issue's first id, unless a subject knows better."""
        named = (act.names(case) for act in self._serving(case) if act.names is not None)
        return next((name for name in named if name is not None), case.ids[0])
