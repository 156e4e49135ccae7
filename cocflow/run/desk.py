"""The desk: everything that a run works with.

Owns the ports, the definitions, the community and the seal of one repository, and with them how a read
becomes a case: which definition governs an issue, which cards are believed, which incident a suspension
belongs to. It refuses an issue whose receipts are of a process that isn't here, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

import msgspec

from cocflow.core.case.case import Case, Definition
from cocflow.core.case.facts import Issue, Page
from cocflow.core.case.records import is_vouched
from cocflow.core.case.seal import Seal
from cocflow.core.engine.reading import Read, governed_by, incident_number, open_case, parsed
from cocflow.core.people.roster import Community
from cocflow.core.process import SUSPENSION
from cocflow.errors import AdapterError, DefinitionError
from cocflow.messages import Templates
from cocflow.ports import Mailbox, Notifier, Tracker


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a run works with: the ports, the definitions, the community, its seal if it has one.

    `sweeps_every`: how often the community has the sweep come.
    """

    tracker: Tracker
    notifier: Notifier
    templates: Templates
    definitions: Mapping[str, Definition]
    community: Community
    mailbox: Mailbox | None = None
    seal: Seal | None = None
    sweeps_every: timedelta = timedelta(days=1)

    def read(self, number: int) -> Read:
        """Read an issue, and parse its receipts."""
        return self.parsed(self.tracker.read(number))

    def parsed(self, issue: Issue) -> Read:
        """Parse the receipts of a read of an issue."""
        return parsed(issue, self.seal)

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

    def believed(self, page: Page) -> Page:
        """Return a page of which only the cards that cocflow signed are left; without a seal, all of them."""
        if self.seal is None:
            return page
        issues = tuple(
            one
            if one.card is None or is_vouched(one.card, self.seal, one.id)
            else msgspec.structs.replace(one, card=None)
            for one in page.issues
        )
        return msgspec.structs.replace(page, issues=issues)

    def open(self, read: Read, delivered: Iterable[str] = (), incident: Case | None = None) -> Case:
        """Return the case that a read of an issue shows, under the process that governs it."""
        case = open_case(read, self.definition(read), self.community, delivered, incident)
        return msgspec.structs.replace(case, wording=self.templates.wording)

    def incident_of(self, read: Read) -> Case | None:
        """Return the incident of a suspension; None for an incident, and where there is none. One read."""
        definition = self.definition(read)
        is_suspension = definition.process.name == SUSPENSION
        number = incident_number(read, definition) if is_suspension else None
        if number is None or number == read.issue.number:
            return None
        try:
            incident = self.open(self.read(number))
        except AdapterError as error:
            if error.status != 404:
                raise
            return None
        return None if incident.is_suspension else incident
