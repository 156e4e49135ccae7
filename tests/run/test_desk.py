"""The desk: under which process a read becomes a case, whose cards are believed, and whose incident it is."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cocflow.core.case.records import Card, card_line
from cocflow.core.case.seal import Seal
from cocflow.errors import AdapterError, DefinitionError
from cocflow.run.desk import Desk
from tests.core import play
from tests.core.play import MFT, RIYA, STRANGER
from tests.fakes import READS, FakeTracker, desk
from tests.run.setting import Setting

SEAL, OTHER = Seal((b"k" * 32,)), Seal((b"o" * 32,))


def suspension(setting: Setting, incident: str | None) -> int:
    """Let an administrator open a suspension of an incident with the form."""
    number = setting.tracker.opens(MFT, play.suspension_body(incident=incident))
    setting.tracker.threads[number].labels.add("suspension")
    return number


def test_an_issue_is_read_under_the_process_that_governs_it(setting: Setting) -> None:
    """A report under the incident's, a suspension under its own."""
    number = suspension(setting, "1")
    for one, name in ((setting.number, "incident"), (number, "suspension")):
        read = setting.desk.read(one)
        assert setting.desk.definition(read) is setting.desk.definitions[name]
        assert setting.desk.open(read).process.name == name


def test_receipts_of_a_process_that_is_not_here_are_refused(setting: Setting) -> None:
    """The issue is named by its number, and nothing of it is said or done."""
    gone = {"suspension": setting.desk.definitions["suspension"]}
    bare = msgspec.structs.replace(setting.desk, definitions=gone)
    with pytest.raises(DefinitionError, match="issue 1 are of a process that isn't here"):
        bare.open(bare.read(setting.number))
    assert setting.tracker.writes() == []


def test_a_suspension_belongs_to_the_incident_that_it_names(setting: Setting) -> None:
    """One read finds it; an incident belongs to none, and costs none."""
    number = suspension(setting, "1")
    reads = [setting.desk.read(one) for one in (number, setting.number)]
    setting.tracker.forget()
    found, none = (setting.desk.incident_of(read) for read in reads)
    assert found is not None
    assert found.issue.number == setting.number
    assert none is None
    assert setting.tracker.calls == ["read"]


@pytest.mark.parametrize("named", [None, "that one", "99", "2", "3"])
def test_a_suspension_that_names_no_incident_has_none(setting: Setting, named: str | None) -> None:
    """No number, no such issue, its own number, and that of another suspension: it stands by itself."""
    number = suspension(setting, named)
    assert suspension(setting, None) == number + 1
    assert setting.desk.incident_of(setting.desk.read(number)) is None


def test_an_incident_that_cannot_be_read_now_is_not_taken_for_none(setting: Setting) -> None:
    """A failure is raised, so that nothing is decided without the incident."""
    read = setting.desk.read(suspension(setting, "1"))

    def fails(call: str) -> None:
        if call in READS:
            raise AdapterError(502, "GraphQL")

    setting.tracker.before = fails
    with pytest.raises(AdapterError):
        setting.desk.incident_of(read)


@pytest.mark.parametrize(
    ("seal", "signed", "believed"),
    [(None, None, True), (None, SEAL, True), (SEAL, SEAL, True), (SEAL, None, False), (SEAL, OTHER, False)],
)
def test_a_listed_card_is_believed_by_its_signature(seal: Any, signed: Any, believed: bool) -> None:
    """Where there is a key, a card that another job wrote is as if there were none."""
    tracker = FakeTracker()
    tracker.opens(RIYA)
    here: Desk = desk(tracker, seal=seal)
    (listed,) = tracker.latest().issues
    card = card_line(Card(n=1, last="IC_1"), signed, listed.id)
    page = msgspec.structs.replace(tracker.latest(), issues=(msgspec.structs.replace(listed, card=card),))
    (after,) = here.believed(page).issues
    assert (after.card == card) is believed
    assert msgspec.structs.replace(after, card=card) == page.issues[0]


def test_what_was_delivered_is_not_owed(setting: Setting) -> None:
    """A run's own deliveries count before any receipt names them."""
    setting.resolved()
    setting.desk.notifier.failing = True  # type: ignore[attr-defined]
    setting.run()
    read = setting.desk.read(setting.number)
    owed = setting.desk.open(read).progress.owed()
    assert owed
    assert setting.desk.open(read, [one.id for one in owed]).progress.owed() == ()


def test_nobody_else_makes_a_suspension_of_a_report(setting: Setting) -> None:
    """The form's label in other hands makes nothing else of it than a report."""
    number = setting.tracker.opens(STRANGER, play.suspension_body(incident="1"))
    setting.tracker.threads[number].labels.add("suspension")
    read = setting.desk.read(number)
    assert setting.desk.definition(read).process.name == "incident"
    assert setting.desk.incident_of(read) is None
