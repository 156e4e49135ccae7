"""A case that goes on in another issue is the same case there, however full the first, whatever dies."""

from __future__ import annotations

import pytest

from cocflow.core.acts.continuation import goes_on
from cocflow.core.acts.party import parties
from cocflow.core.case.case import Case
from cocflow.core.case.room import NEAR
from cocflow.run.sweep import Run, sweep
from tests.core import play
from tests.core.play import MFT, RIYA, STRANGER
from tests.fakes import FakeMailbox, FakeNotifier, FakeTracker, desk


class Setting:
    """A desk over fakes with an incident by RIYA: acknowledged, with a party who has an address."""

    def __init__(self) -> None:
        self.tracker, self.notifier, self.mailbox = FakeTracker(), FakeNotifier(), FakeMailbox()
        community = play.community(appeals="appeals@example.org")
        self.desk = desk(self.tracker, self.notifier, community=community, mailbox=self.mailbox)
        self.first = self.tracker.opens(RIYA, play.body(share=None))
        self.run()
        self.tracker.says(MFT, self.first, "/estimate 30 days")
        self.tracker.says(MFT, self.first, "/party Robin Example robin@example.org")
        self.run()

    def run(self) -> Run:
        """Let a sweep run."""
        return sweep(self.desk)

    def case(self, number: int) -> Case:
        """Return the case of an issue as a run opens it."""
        read = self.desk.read(number)
        return self.desk.open(read, incident=self.desk.incident_of(read))

    @property
    def there(self) -> int:
        """The one continuation."""
        (number,) = (
            number for number, one in self.tracker.threads.items() if '"key":"continuation"' in one.body
        )
        return number


@pytest.fixture
def setting() -> Setting:
    """Return a setting whose incident is nearly full."""
    return Setting()


def test_a_label_opens_the_continuation_with_everything_that_the_case_is(setting: Setting) -> None:
    """State, clocks, reporter, parties with their addresses, and the code name are the same there."""
    before = setting.case(setting.first)
    setting.tracker.fills(STRANGER, setting.first, NEAR - 20)
    setting.run()
    setting.tracker.labels(MFT, setting.first, "continue")
    assert setting.run().complete
    here = setting.case(setting.there)
    assert here.code_name == before.code_name
    assert here.progress.stays == before.progress.stays
    assert here.person("reporter") == before.person("reporter")
    assert parties(here) == parties(before)
    assert here.roles(RIYA) == {"reporter"}
    assert setting.tracker.threads[setting.there].title == f"Incident {before.code_name}"
    assert setting.tracker.state_labels(setting.there) == {"state: acknowledged"}
    assert setting.tracker.parents[setting.there] == setting.first
    old = setting.tracker.threads[setting.first]
    assert not old.is_open
    assert not setting.tracker.state_labels(setting.first)
    assert f"goes on in #{setting.there}" in setting.tracker.card(setting.first)
    assert goes_on(setting.case(setting.first))
    assert setting.run().complete
    assert setting.tracker.writes()[-3:] != ["open_child"]
