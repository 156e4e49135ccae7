"""A case that goes on in another issue is the same case there, however full the first, whatever dies."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cocflow.core.acts.consent import consent
from cocflow.core.acts.party import parties
from cocflow.core.acts.suspend import suspensions
from cocflow.core.case import capacity
from cocflow.core.case.capacity import LAST, NEAR, OWN
from cocflow.core.case.case import Case
from cocflow.core.views.tokens import reply_token
from cocflow.errors import AdapterError
from cocflow.run.audit import audit
from cocflow.run.overview import history, overview
from cocflow.run.sweep import Run, sweep
from tests.core import play
from tests.core.play import APPROVE, DAY, MFT, MIABOT, RIYA, STRANGER
from tests.fakes import READS, FakeMailbox, FakeNotifier, FakeTracker, copied, desk, nothing


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

    def passes(self, by: timedelta) -> None:
        """Let time pass."""
        self.tracker.moves_clock(by)

    def goes_on(self, left: int, runs: int = 2) -> None:
        """Fill the incident until it takes so many comments more, ask for a continuation, and run."""
        if capacity.left(len(self.tracker.threads[self.first].comments())) > left:
            self.tracker.fills(STRANGER, self.first, left)
        self.tracker.labels(MFT, self.first, "continue")
        self.tracker.forget()
        for _ in range(runs):
            try:
                self.run()
            except AdapterError:
                self.tracker.before = self.tracker.after = nothing

    def dies(self, place: int, when: str, call: str | None = None) -> None:
        """Let the write of that place (among those named so) fail, and the run with it, once it goes on."""
        seen: list[str] = []

        def fail(name: str) -> None:
            if not self.tracker.calls or name in READS or (call is not None and name != call):
                return
            seen.append(name)
            if len(seen) == place + 1:
                raise AdapterError(401, name)

        setattr(self.tracker, when, fail)

    def outcome(self) -> object:
        """Return what counts in the end: the two issues as they stand."""
        here, old = self.case(self.there), self.tracker.threads[self.first]
        return (
            here.progress.stays,
            here.progress.kept,
            sorted(self.tracker.threads[self.there].labels),
            len(self.tracker.receipts(self.there)),
            self.tracker.parents,
            old.is_open,
            old.labels,
            "goes on in" in self.tracker.card(self.first),
        )

    def database_id(self, comment: str) -> int:
        """Return the number of a comment of the incident."""
        return next(
            one.database_id for one in self.tracker.threads[self.first].comments() if one.id == comment
        )

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
    """State, clocks, reporter, parties with their addresses, consent and the code name are the same there."""
    setting.tracker.says(RIYA, setting.first, "/consent parties")
    setting.run()
    before = setting.case(setting.first)
    setting.goes_on(left=NEAR)
    here, old = setting.case(setting.there), setting.tracker.threads[setting.first]
    assert here.code_name == before.code_name
    assert here.progress.stays == before.progress.stays
    assert here.person("reporter") == before.person("reporter")
    assert parties(here) == parties(before)
    assert consent(here).allows == consent(before).allows == ("parties", False)
    assert here.roles(RIYA) == {"reporter"}
    assert setting.tracker.threads[setting.there].title == f"Incident {before.code_name}"
    assert setting.tracker.state_labels(setting.there) == {"state: acknowledged"}
    assert setting.tracker.parents[setting.there] == setting.first
    assert not old.is_open
    assert not any(label.startswith(("state: ", "consent: ")) or label == "continue" for label in old.labels)
    assert setting.tracker.card(setting.first).startswith(
        f"**{before.code_name}** goes on in #{setting.there}."
    )
    setting.tracker.forget()
    assert setting.run().complete
    assert setting.tracker.writes() == []


@pytest.mark.slow
@pytest.mark.parametrize("left", [NEAR, LAST, 0])
def test_whatever_dies_while_it_goes_on_there_is_one_continuation_in_the_end(left: int) -> None:
    """At every write in turn, lost before it or after it, the runs after that end in the same."""
    begun = Setting()
    reached = copied(begun)
    reached.goes_on(left=left)
    wanted = reached.outcome()
    writes, place = reached.tracker.writes(), 0
    assert "open_child" in writes
    for place in range(len(writes)):
        for when in ("before", "after"):
            setting = copied(begun)
            setting.dies(place, when)
            setting.goes_on(left=left)
            setting.run()
            assert setting.outcome() == wanted, (place, when, writes[place])


def test_a_command_opens_it_too_and_it_goes_on_as_if_nothing_had_been(setting: Setting) -> None:
    """Whoever asks there is answered; reminders come when they would have come; who is owed is told."""
    setting.tracker.fills(STRANGER, setting.first, NEAR)
    setting.tracker.says(MFT, setting.first, "/continue")
    setting.run()
    setting.tracker.says(MFT, setting.there, "/resolve We talked.")
    setting.run()
    setting.tracker.labels(MFT, setting.there, APPROVE)
    setting.run()
    assert [message.to.mail for message in setting.notifier.messages] == ["robin@example.org"]
    assert setting.case(setting.there).progress.state == "closed"
    assert setting.tracker.threads[setting.there].is_open is False


def test_a_decision_there_stands_in_place_of_the_one_before(setting: Setting) -> None:
    """Whoever was told that one reads so, wherever they read."""
    for said in ("/resolve We talked.", "/reopen"):
        setting.tracker.says(MFT, setting.first, said)
        setting.run()
        setting.tracker.labels(MFT, setting.first, APPROVE)
        setting.run()
    setting.goes_on(left=NEAR)
    setting.tracker.says(MFT, setting.there, "/resolve We talked once more.")
    setting.run()
    setting.tracker.labels(MFT, setting.there, APPROVE)
    setting.run()
    letters = [one.text for one in setting.notifier.messages if one.to.key == "p1"]
    assert ["stands in place of what you were told" in text for text in letters] == [False, True]
    told = [text for text in setting.tracker.by_bot(setting.there) if text.startswith("Your report ")]
    assert ["stands in place of what you were told" in text for text in told] == [True]


def test_a_reader_who_fills_an_issue_stops_nobody_who_has_a_say(setting: Setting) -> None:
    """With little room administrators are answered and others wait; in the end only going on is answered."""
    setting.tracker.fills(STRANGER, setting.first, OWN)
    mine = setting.tracker.says(STRANGER, setting.first, "/help")
    theirs = setting.tracker.says(MFT, setting.first, "/estimate 9 days")
    setting.run()
    answered = {record.of for record in setting.tracker.records(setting.first)}
    assert theirs in answered
    assert mine not in answered
    setting.tracker.fills(STRANGER, setting.first, LAST)
    late = setting.tracker.says(MFT, setting.first, "/estimate 8 days")
    setting.passes(40 * DAY)
    setting.run()
    assert late not in {record.of for record in setting.tracker.records(setting.first)}
    assert setting.case(setting.first).issue.space == LAST - 1
    setting.tracker.says(MFT, setting.first, "/continue")
    setting.run()
    first = setting.tracker.by_bot(setting.there)[0]
    assert f"#issuecomment-{setting.database_id(late)}" in first
    assert "We are late" in setting.tracker.by_bot(setting.there)[-1]


def test_the_board_says_in_time_that_an_issue_fills_up_and_by_whom(setting: Setting) -> None:
    """Who writes most is told by their part, without a name, and the line goes once the case has gone on."""
    setting.tracker.fills(RIYA, setting.first, NEAR)
    assert setting.run().complete
    (one,) = [one for one in setting.run().troubles if one.kind == "space"]
    assert (
        one.says
        == f"Issue {setting.first} has room for {NEAR} more comments of 2,500. Most are by its reporter."
    )
    assert "the label for that stands on its card" in one.remedy
    assert "riya" not in one.line
    setting.goes_on(left=NEAR)
    assert setting.run().troubles == ()


def test_an_issue_laid_to_rest_answers_with_where_it_goes_on(setting: Setting) -> None:
    """Whoever still writes there is told once a time; nothing else happens there, and it is closed again."""
    setting.goes_on(left=NEAR)
    for _ in range(2):
        setting.tracker.says(RIYA, setting.first, "/withdraw")
        setting.tracker.reopens(RIYA, setting.first)
        setting.tracker.labels(MFT, setting.first, "state: triaged")
        setting.run()
        setting.run()
    pointers = [one for one in setting.tracker.by_bot(setting.first) if "goes on in #" in one]
    assert len(pointers) == 2
    assert not setting.tracker.threads[setting.first].is_open
    assert setting.tracker.state_labels(setting.first) == set()
    assert setting.case(setting.there).progress.state == "acknowledged"


def test_its_suspensions_belong_to_the_continuation(setting: Setting) -> None:
    """They are under it and noted there, and keep their names and dates, whatever their parent says."""
    setting.tracker.says(MFT, setting.first, "/suspend Insults\nSam Poe, sam@example.org")
    setting.run()
    (number,) = (one.number for one in suspensions(setting.case(setting.first)).values() if one.number)
    before = setting.case(number)
    setting.goes_on(left=NEAR)
    after = setting.case(number)
    assert setting.tracker.parents[number] == setting.there
    assert after.incident is not None
    assert after.incident.issue.number == setting.there
    assert (after.code_name, after.people) == (before.code_name, before.people)
    setting.passes(8 * DAY)
    assert setting.run().complete
    assert suspensions(setting.case(setting.there))["s1"].state == "appealable"
    assert suspensions(setting.case(setting.first))["s1"].state == "active"
    del setting.tracker.parents[number]
    setting.tracker.labels(MIABOT, number, "state: lifted")
    assert setting.run().complete
    assert suspensions(setting.case(setting.there))["s1"].state == "lifted"


def test_a_letter_to_the_first_issue_is_filed_where_the_case_goes_on(setting: Setting) -> None:
    """Somebody answers an old message; where there is no room for it, it waits in the mailbox."""
    token = reply_token(setting.first, setting.tracker.threads[setting.first].opened.id, "p1", None)
    setting.tracker.fills(STRANGER, setting.first, OWN)
    letter = setting.mailbox.arrives(
        "I agree.", received=setting.tracker.now, tokens=(token,), sender="robin@example.org"
    )
    assert not setting.run().complete
    assert setting.mailbox.inbox == [letter]
    setting.goes_on(left=OWN)
    setting.run()
    assert setting.mailbox.aside == [letter]  # the reporter reads that page
    assert any("it lies in the mailbox" in one for one in setting.tracker.by_bot(setting.there))


def test_it_goes_on_a_second_time(setting: Setting) -> None:
    """The third issue knows everybody from the first."""
    setting.goes_on(left=NEAR)
    second = setting.there
    setting.tracker.says(MFT, second, "/party Kim Example kim@example.org")
    setting.run()
    setting.tracker.fills(STRANGER, second, 0)
    setting.tracker.labels(MFT, second, "continue")
    setting.run()
    third = max(
        number for number, one in setting.tracker.threads.items() if '"key":"continuation"' in one.body
    )
    here = setting.case(third)
    assert [one.mail for one in parties(here)] == ["robin@example.org", "kim@example.org"]
    assert here.code_name == setting.case(setting.first).code_name
    assert here.person("reporter") is not None
    assert here.roles(RIYA) == {"reporter"}


def test_what_was_opened_to_go_on_never_begins_anew(setting: Setting) -> None:
    """Where the case before can't be read, nothing is decided: its marker is no report."""
    setting.dies(0, "after", "open_child")
    setting.goes_on(left=NEAR, runs=1)

    def gone(call: str, number: int) -> None:
        if number == setting.first:
            raise AdapterError(404, call)

    setting.tracker.before_on = gone
    run = setting.run()
    assert not run.complete
    assert [failure.number for failure in run.failures] == [setting.first, setting.there]
    assert setting.tracker.by_bot(setting.there) == []


@pytest.mark.parametrize("left", [NEAR, 0])
def test_a_suspension_goes_on_too_with_its_clock_and_its_appeal(setting: Setting, left: int) -> None:
    """Readers can fill its issue as well; its incident knows where it goes on, and letters find it."""
    setting.tracker.says(MFT, setting.first, "/suspend Insults\nSam Poe, sam@example.org")
    setting.run()
    incident, setting.first = setting.first, setting.first + 1
    before = setting.case(setting.first)
    token = reply_token(setting.first, before.issue.id, "suspended", None)
    setting.goes_on(left=left)
    here = setting.case(setting.there)
    assert (here.code_name, here.people, here.progress.stays) == (
        before.code_name,
        before.people,
        before.progress.stays,
    )
    assert here.incident is not None
    assert "suspension" in setting.tracker.threads[setting.there].labels
    assert suspensions(setting.case(incident))["s1"].number == setting.there
    setting.passes(8 * DAY)
    setting.mailbox.arrives("I was not there.", received=setting.tracker.now, tokens=(token,))
    assert setting.run().complete
    assert setting.case(setting.there).progress.state == "appealed"
    assert suspensions(setting.case(incident))["s1"].state == "appealed"
    assert audit(setting.desk).findings == []


def test_an_audit_finds_nothing_wrong_with_a_case_that_goes_on(setting: Setting) -> None:
    """What lies at rest is compared with nothing, and its suspensions with the case as it lives."""
    setting.tracker.says(MFT, setting.first, "/suspend Insults\nSam Poe, sam@example.org")
    setting.run()
    setting.goes_on(left=0)
    setting.passes(8 * DAY)
    setting.run()
    assert audit(setting.desk).findings == []
    assert [row.number for row in overview(setting.desk)] == [setting.there]
    what = [line.what for line in history(setting.case(setting.there))]
    assert what[0] == "Gone on in this issue"


@pytest.mark.parametrize("left", [NEAR, 0])
def test_what_a_channel_has_refused_so_far_is_told_once_and_from_where_it_goes_on(
    setting: Setting, left: int
) -> None:
    """A notice that is still owed when the case goes on goes out from there, and from nowhere else."""
    setting.notifier.failing = True
    setting.tracker.says(MFT, setting.first, "/resolve We talked.")
    setting.run()
    setting.tracker.labels(MFT, setting.first, APPROVE)
    setting.run()
    setting.goes_on(left=left)
    setting.notifier.failing = False
    setting.passes(DAY)
    setting.tracker.reopens(RIYA, setting.first)
    for _ in range(2):
        setting.run()
    assert len(setting.notifier.messages) == 1
    assert setting.case(setting.there).progress.state == "closed"
