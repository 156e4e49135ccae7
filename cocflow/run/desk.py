"""The desk: everything that a run works with.

Owns the ports, the definitions, the community and the seal of one repository, and with them how a read
becomes a case: which definition governs an issue, which cards are believed, which incident a suspension
belongs to. It refuses an issue whose receipts are of a process that isn't here, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from cocflow.core.acts.continuation import goes_on, numbers, origin, origin_in
from cocflow.core.case.case import Case, Definition
from cocflow.core.case.facts import Issue, Page, Tail
from cocflow.core.case.records import CONTINUATION, is_vouched
from cocflow.core.case.seal import Seal
from cocflow.core.engine.owning import asks_whose_turn
from cocflow.core.engine.reading import Read, governed_by, incident_number, open_case, parsed, went_on
from cocflow.core.people.person import Person
from cocflow.core.people.roster import Community
from cocflow.core.process import SERVES, Kind
from cocflow.errors import AdapterError, DefinitionError
from cocflow.messages import Templates
from cocflow.ports import Mailbox, Notifier, Rooms, Tracker
from cocflow.run.rooms import RoomRoad
from cocflow.run.rota import Turns

MAIL = "mail"
"""What the mailbox is called among the roads on which people are heard."""


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a run works with: the ports, the definitions, the community, its seal if it has one.

    `repository` is its `owner/name`. `rooms`: None where the community has none; `road` is what a run makes
    of them. `unheard`: the roads and rooms that this run couldn't read. `sweeps_every`: how often the
    community has the sweep come. `rota`: whose turn it is, as this run knows.
    """

    repository: str
    tracker: Tracker
    notifier: Notifier
    templates: Templates
    definitions: Mapping[str, Definition]
    community: Community
    mailbox: Mailbox | None = None
    rooms: Rooms | None = None
    road: RoomRoad | None = None
    unheard: frozenset[str] = frozenset()
    seal: Seal | None = None
    sweeps_every: timedelta = timedelta(days=1)
    rota: Turns = msgspec.field(default_factory=Turns)

    def reaches(self, person: Person) -> bool:
        """Whether a channel takes messages to somebody: to nobody whom no administrator has asked yet."""
        return not person.unasked and self.notifier.reaches(person)

    def read(self, number: int) -> Read:
        """Read an issue, and parse its receipts."""
        return self.parsed(self.tracker.read(number))

    def parsed(self, issue: Issue) -> Read:
        """Parse the receipts of a read of an issue; for one that goes on from others, one read more."""
        return self._with_earlier(parsed(issue, self.seal))

    def went_on(self, case: Case, tail: Tail) -> Read:
        """Return the read of a case with what came after it; only that is parsed."""
        return self._with_earlier(went_on(Read(case.issue, case.ledger, self.seal), tail))

    def _with_earlier(self, read: Read) -> Read:
        issue = read.issue
        came_from = origin_in(read.ledger) if issue.earlier is None else None
        if came_from is None:
            return read
        before, comments = came_from
        earlier = self.tracker.earlier(before.issues, comments)
        return msgspec.structs.replace(read, issue=msgspec.structs.replace(issue, earlier=earlier))

    def definition(self, read: Read) -> Definition:
        """Return the definition that governs an issue; DefinitionError where its receipts name another."""
        name = governed_by(read, self.community)
        if name not in self.definitions:
            raise DefinitionError(
                f"The receipts of issue {read.issue.number} are of a process that isn't here."
            )
        return self.definitions[name]

    def state_labels(self) -> frozenset[str]:
        """Return the labels of all states of all processes."""
        processes = (definition.process for definition in self.definitions.values())
        return frozenset(state.label.casefold() for process in processes for state in process.states)

    def latest(self) -> Page:
        """Return the page of the issues that were updated last, read once in a run for an event."""
        if self.rota.latest is None:
            self.rota.asks = None
            self.rota.latest = self.believed(self.tracker.latest())
        return self.rota.latest

    def believed(self, page: Page) -> Page:
        """Return a page of which only the cards that cocflow signed are left; without a seal, all of them.

        What it tells of whose turn it is, the rota learns.
        """
        page = page if self.seal is None else self._sealed(page, self.seal)
        self.rota.learn(page)
        return page

    def _sealed(self, page: Page, seal: Seal) -> Page:
        issues = tuple(
            one
            if one.card is None or is_vouched(one.card, seal, one.id)
            else msgspec.structs.replace(one, card=None)
            for one in page.issues
        )
        return msgspec.structs.replace(page, issues=issues)

    def open(self, read: Read, delivered: Iterable[str] = (), incident: Case | None = None) -> Case:
        """Return the case that a read of an issue shows, under the process that governs it.

        One read more where it depends on whose turn it is, and no listing has told that yet.
        """
        case = open_case(read, self.definition(read), self.community, delivered, incident)
        if self.rota.asks is not None and asks_whose_turn(case):
            self.rota.asks()
        rota = self.rota.at(case.issue.now)
        return msgspec.structs.replace(case, wording=self.templates.wording, rota=rota)

    def incident_of(self, read: Read) -> Case | None:
        """Return the case above one, which it serves; None for an incident, and where there is none.

        One read, two of a suspension's room; a few where it goes on in another issue, and fewer where that is
        its parent.
        """
        definition = self.definition(read)
        among = next((kinds for kind, kinds in SERVES.items() if kind == definition.process.name), ())
        number = incident_number(read, definition) if among else None
        if number is None or number == read.issue.number:
            return None
        parent = read.issue.parent
        if parent not in (None, number, read.issue.number):
            there = self._above(parent, read.issue.me, among)
            if there is not None and number in numbers(there):
                return self.now_at(there)
        incident = self._above(number, read.issue.me, among)
        return self.now_at(incident) if incident is not None else None

    def _read_as(self, me: str, number: int) -> Read:
        """Read an issue with the eyes of an account: whoever asks, that account's receipts count."""
        return self.parsed(msgspec.structs.replace(self.tracker.read(number), me=me))

    def _above(self, number: int, me: str, among: tuple[Kind, ...]) -> Case | None:
        """Return a case of one of these kinds, None where it is of another, or isn't there."""
        try:
            read = self._read_as(me, number)
        except AdapterError as error:
            if error.status != 404:
                raise
            return None
        if self.definition(read).process.name not in among:
            return None
        if read.issue.may_miss_ours:  # nothing is decided by a case of which a receipt may be missing
            raise AdapterError(200, "query ISSUE", kind="odd")
        return self.open(read, incident=self.incident_of(read))

    def continuation(self, case: Case) -> int | None:
        """Return the number of the issue in which a case goes on, None where none has been opened.

        One read where the card doesn't say it; none where the case can only go on here.
        """
        if not goes_on(case) and case.issue.space:
            return None
        card = case.ledger.card_record
        if card is not None and card.goes_on is not None:
            return card.goes_on
        child = self.tracker.children(case.issue.number).get((case.issue.number, CONTINUATION))
        return child.number if child is not None else None

    def now_at(self, case: Case) -> Case:
        """Return a case as it stands where it is alive now; where that hasn't begun, as it stood before."""
        seen: set[int] = set()  # two cards may name each other, whoever wrote them
        while (number := self.continuation(case)) is not None and number not in seen:
            seen.add(number)
            there = self.open(self._read_as(case.issue.me, number), incident=case.incident)
            if case.issue.id not in (before.issues if (before := origin(there)) is not None else ()):
                break
            case = there
        return case
