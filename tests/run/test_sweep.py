"""Which issues a run looks at, and what it costs to look at none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cocflow.core.case.case import Definition
from cocflow.core.case.facts import LISTED_LABELS, Actor, Unreadable
from cocflow.core.case.records import read_card
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import ChannelError
from cocflow.run.desk import Desk
from cocflow.run.issue import RECEIPTS, enforce
from cocflow.run.sweep import Run, handle, sweep
from tests.core import play
from tests.core.play import APPROVE, MFT, MIABOT, OTHER_BOT, RIYA, STRANGER, THCLPR
from tests.fakes import BOARD, FakeNotifier, FakeTracker, desk, nothing
from tests.scene import SHARES, Scene

Runner = Callable[[Desk], Run]
RUNNERS: list[Callable[[Desk], Run]] = [handle, sweep]


class Setting:
    """A desk over fakes with some reports, all of them answered."""

    def __init__(self, count: int = 1) -> None:
        self.tracker = FakeTracker()
        self.notifier = FakeNotifier()
        self.desk = desk(self.tracker, self.notifier)
        for _ in range(count):
            self.tracker.opens(RIYA)
        while sweep(self.desk).left:
            pass
        self.tracker.forget()


@pytest.mark.parametrize("run", RUNNERS)
def test_nothing_to_do_is_one_read(run: Runner) -> None:
    """With nothing new and nothing due, a run lists once and writes nothing."""
    setting = Setting(3)
    done = run(setting.desk)
    assert len(setting.tracker.calls) == 1
    assert (done.listed, done.outcomes, done.complete) == (3, [], True)


@pytest.mark.parametrize(("count", "requests"), [(0, 1), (1, 1), (99, 1), (100, 2), (250, 3)])
def test_listing_costs_one_request_for_each_hundred_open_issues(count: int, requests: int) -> None:
    """A sweep over N open issues and the board, none of them due, makes a request for each hundred."""
    setting = Setting(count)
    done = sweep(setting.desk)
    assert setting.tracker.calls == ["listing"] * requests
    assert done.listed == count


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("label", [None, "old: reported", "state: filed"])
def test_a_label_that_is_gone_everywhere_is_put_on_again(run: Runner, label: str | None) -> None:
    """Deleted or renamed for the whole repository, it leaves no trace on the issue; the listing shows it."""
    setting = Setting()
    labels = setting.tracker.threads[1].labels
    labels.remove("state: reported")
    labels.update({label} if label is not None else ())
    assert run(setting.desk).complete
    assert setting.tracker.state_labels(1) == {"state: reported"}
    setting.tracker.forget()
    run(setting.desk)
    assert len(setting.tracker.calls) == 1


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("lost", ["add_labels", "edit_issue"])
def test_what_one_request_made_only_in_part_is_made_by_the_next_run(run: Runner, lost: str) -> None:
    """Where a run dies before its card says so: the card knows how it should be, the listing how it is."""
    scene = Scene(answers={"share": SHARES["none"]})
    scene.tracker.says(RIYA, 1, "/consent parties" if lost == "add_labels" else "/withdraw")
    seen: list[str] = []

    def in_part(call: str) -> None:
        seen.append(call)
        if call == lost or seen.count("edit_comment") > 1:
            raise AdapterError(500, "mutation WRITE")

    scene.tracker.before = in_part
    assert scene.run().failures
    assert seen.count("edit_comment") == 2
    scene.tracker.before = nothing
    assert run(scene.desk).complete
    thread = scene.tracker.threads[1]
    assert ("consent: parties" in thread.labels) if lost == "add_labels" else not thread.is_open
    scene.tracker.forget()
    run(scene.desk)
    assert len(scene.tracker.calls) == 1


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("label", [None, "Consent: nothing"])
def test_any_label_of_ours_that_is_gone_everywhere_is_put_on_again(run: Runner, label: str | None) -> None:
    """Be it one that shows no state."""
    setting = Setting()
    labels = setting.tracker.threads[1].labels
    labels.remove("consent: none")
    labels.update({label} if label is not None else ())
    assert run(setting.desk).complete
    assert "consent: none" in labels


@pytest.mark.parametrize("run", RUNNERS)
def test_where_a_listing_may_not_show_all_labels_nothing_is_made_of_them(run: Runner) -> None:
    """The label of the state may be among those that it doesn't show, so no run looks again and again."""
    setting = Setting()
    labels = setting.tracker.threads[1].labels
    labels.remove("state: reported")
    labels.update(str(number) for number in range(LISTED_LABELS))
    run(setting.desk)
    assert len(setting.tracker.calls) == 1


@pytest.mark.parametrize("run", RUNNERS)
def test_a_new_report_is_picked(run: Runner) -> None:
    """An issue without a card is looked at, whatever the event was about."""
    setting = Setting(2)
    setting.tracker.opens(RIYA)
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [3]


def something(tracker: FakeTracker, what: str) -> None:
    """Let something happen on the first issue."""
    deeds: dict[str, Callable[[], object]] = {
        "comment": lambda: tracker.says(RIYA, 1, "Thank you."),
        "command": lambda: tracker.says(MFT, 1, "/estimate 3 days"),
        "label": lambda: tracker.labels(STRANGER, 1, "bug"),
        "bot's label": lambda: tracker.labels(OTHER_BOT, 1, "state: closed"),
        "unlabel": lambda: tracker.unlabels(MFT, 1, "state: reported"),
        "close": lambda: tracker.closes(MFT, 1),
        "edit": lambda: tracker.edits_body(RIYA, 1, play.body(who="Nobody")),
        "receipt gone": lambda: tracker.deletes(MFT, 1, tracker.receipts(1)[0].id),
        "card gone": lambda: tracker.deletes(MFT, 1, card_id(tracker)),
    }
    deeds[what]()


def card_id(tracker: FakeTracker) -> str:
    """Return the id of the first issue's card."""
    return next(one.id for one in tracker.threads[1].comments() if read_card(one.body) is not None)


WHAT = ("comment", "command", "label", "bot's label", "unlabel", "close", "edit", "receipt gone", "card gone")


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("what", WHAT)
def test_whatever_happens_is_picked_once(run: Runner, what: str) -> None:
    """Anything that a person or another bot does brings the issue up, and then no more."""
    setting = Setting(2)
    something(setting.tracker, what)
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [1]
    if not what.endswith(" gone"):  # that case has stopped, and says so in every run
        assert run(setting.desk).outcomes == []


@pytest.fixture
def pinned() -> Setting:
    """Return a setting whose administrators are pinned, but for one."""
    setting = Setting()
    mika, mia, last = play.ROSTER
    replace = msgspec.structs.replace
    roster = (replace(mika, account=7), replace(mia, account=8), last)
    setting.desk = replace(setting.desk, community=replace(setting.desk.community, administrators=roster))
    setting.tracker.accounts = {"mft": 7, "miabot": 8, "thclpr": 9}
    return setting


def test_a_login_of_the_roster_that_another_account_has_is_said_on_the_board(pinned: Setting) -> None:
    """It stays there until it is mended, and says which administrator by the place and not by the name."""
    assert sweep(pinned.desk).troubles == ()
    assert pinned.tracker.calls.count("account") == 2
    pinned.tracker.accounts["miabot"] = 80
    for _ in range(2):
        run = sweep(pinned.desk)
        assert [(one.kind, one.subject) for one in run.troubles] == [("setting", "roster 2")]
        assert not run.complete
        assert "administrator 2 of the roster" in pinned.tracker.card(BOARD)
    del pinned.tracker.accounts["miabot"]
    assert sweep(pinned.desk).troubles == ()
    assert "administrator 2" not in pinned.tracker.card(BOARD)


@pytest.mark.parametrize("error", [AdapterError(502, "GET user"), ValueError("Riya Sen")])
def test_accounts_that_cannot_be_looked_up_are_a_trouble_and_end_nothing(
    pinned: Setting, error: Exception
) -> None:
    """The issues are dealt with all the same, and the run isn't called complete."""

    def fails(call: str) -> None:
        if call == "account":
            raise error

    pinned.tracker.says(RIYA, 1, "/help")
    pinned.tracker.before = fails
    run = sweep(pinned.desk)
    assert [outcome.receipts for outcome in run.outcomes] == [1]
    assert [one.subject for one in run.troubles] == ["roster"]
    assert "Riya" not in run.troubles[0].line


@pytest.mark.parametrize("run", RUNNERS)
def test_due_means_now_or_earlier(run: Runner) -> None:
    """An issue is picked when its card's instant has come, and not before."""
    setting = Setting()
    card = read_card(setting.tracker.card(1))
    assert card is not None
    assert card.due == play.START + timedelta(hours=24)
    setting.tracker.now = card.due - timedelta(seconds=1)
    assert run(setting.desk).outcomes == []
    setting.tracker.now = card.due
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [1]
    assert run(setting.desk).outcomes == []


@pytest.mark.parametrize("run", RUNNERS)
def test_issues_wait_on_account_of_who_did_something_there(run: Runner) -> None:
    """Whoever writes on everybody's issues has one turn with all of that, and others have theirs."""
    setting = Setting(4)
    for number in (1, 2, 3, 4):
        setting.tracker.says(STRANGER, number, "/help")
    setting.tracker.says(MFT, 4, "/help")
    setting.tracker.opens(MIABOT)
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [1, 4, 5, 2, 3]


@pytest.mark.parametrize("run", RUNNERS)
def test_what_falls_due_waits_on_account_of_who_opened_it(run: Runner) -> None:
    """A hundred reminders of one reader's reports come in turn with what others ask."""
    setting = Setting(4)
    setting.tracker.moves_clock(timedelta(hours=25))
    setting.tracker.opens(STRANGER)
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [1, 5, 2, 3, 4]


def test_an_event_run_looks_at_closed_issues_too() -> None:
    """A Reopen-to-be or a comment on a closed issue is seen by the run that its event starts."""
    setting = Setting()
    setting.tracker.closes(RIYA, 1)
    handle(setting.desk)
    setting.tracker.says(RIYA, 1, "/help")
    assert [outcome.receipts for outcome in handle(setting.desk).outcomes] == [1]


def test_a_sweep_looks_at_closed_issues_that_need_it() -> None:
    """A closed issue with something new is answered by a sweep, however old it is."""
    setting = Setting(3)
    for number in (1, 2, 3):
        setting.tracker.closes(RIYA, number)
    sweep(setting.desk)
    setting.tracker.says(RIYA, 2, "/help")
    setting.tracker.forget()
    assert [outcome.number for outcome in sweep(setting.desk).outcomes] == [2]
    assert setting.tracker.calls.count("listing") == 1


def test_a_lost_event_is_made_up_for() -> None:
    """A run for one issue answers all the others as well, for their runs may have been replaced."""
    setting = Setting(3)
    for number in (1, 2, 3):
        setting.tracker.says(MFT, number, "/estimate 3 days")
    assert [outcome.receipts for outcome in handle(setting.desk).outcomes] == [1, 1, 1]


class Failing:
    """Lets the nth call of a kind fail, or every one from then on."""

    def __init__(self, error: Exception, call: str = "read", nth: int = 1, *, on: bool = False) -> None:
        self.error, self.call, self.nth, self.on, self.count = error, call, nth, on, 0

    def __call__(self, call: str) -> None:
        self.count += call == self.call
        if call == self.call and (self.count == self.nth or (self.on and self.count > self.nth)):
            raise self.error


def asked(count: int) -> Setting:
    """Return a setting in which every report has something to be answered."""
    setting = Setting(count)
    for number in range(1, count + 1):
        setting.tracker.says(MFT, number, "/estimate 3 days")
    return setting


SICK = [
    AdapterError(502, "query ISSUE"),
    AdapterError(403, "POST comment", kind="refused_thing", reason="locked"),
    AdapterError(403, "POST comment"),
    AdapterError(404, "query ISSUE"),
    AdapterError(None, "query ISSUE"),
    DefinitionError("The state is gone."),
    KeyError("Riya Sen"),
]


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("call", ["read", "comment", "tail", "edit_comment"])
@pytest.mark.parametrize("error", SICK, ids=repr)
def test_one_failing_issue_does_not_stop_the_others(run: Runner, call: str, error: Exception) -> None:
    """Whatever goes wrong, and where, is that issue's failure, told without content, and made good later."""
    setting = asked(3)
    setting.tracker.before = Failing(error, call, 2)
    done = run(setting.desk)
    assert [outcome.number for outcome in done.outcomes] == [1, 3]
    assert [failure.number for failure in done.failures] == [2]
    assert [(one.kind, one.subject) for one in done.troubles] == [("issue", "2")]
    assert "Riya" not in repr(done)
    assert not done.complete
    setting.tracker.before = nothing
    again = run(setting.desk)
    assert [outcome.number for outcome in again.outcomes] == [2]
    assert again.complete


REFUSED = [AdapterError(401, "query ISSUE"), AdapterError(403, "query", kind="refused_credential")]


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("error", REFUSED, ids=repr)
def test_a_token_that_is_refused_twice_running_stops_the_run(run: Runner, error: AdapterError) -> None:
    """Where every further call would be refused as well, the run ends with the error, after the second."""
    setting = asked(3)
    setting.tracker.before = failing = Failing(error, on=True)
    with pytest.raises(AdapterError):
        run(setting.desk)
    assert failing.count == 2


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("error", REFUSED, ids=repr)
def test_a_token_that_is_refused_once_costs_that_issue(run: Runner, error: AdapterError) -> None:
    """It may be refused for one thing alone: the others are dealt with, and the run says it."""
    setting = asked(3)
    setting.tracker.before = Failing(error)
    done = run(setting.desk)
    assert [outcome.number for outcome in done.outcomes] == [2, 3]
    assert [(one.kind, one.subject) for one in done.troubles] == [("issue", "1")]
    assert not done.complete


@pytest.mark.parametrize("run", RUNNERS)
def test_what_a_person_wrote_and_github_does_not_show_is_looked_for_again(run: Runner) -> None:
    """The others are answered meanwhile; the run says it, and the words are answered once they show."""
    setting = asked(2)
    items = setting.tracker.threads[1].items
    place, said = items[-1]
    items[-1] = (place, Unreadable(id=said.id, at=said.at, by=said.by))
    done = run(setting.desk)
    assert [(one.kind, one.subject) for one in done.troubles] == [("issue", "1")]
    assert [outcome.receipts for outcome in done.outcomes] == [0, 1]
    items[items.index((place, Unreadable(id=said.id, at=said.at, by=said.by)))] = (place, said)
    again = run(setting.desk)
    assert [(one.number, one.receipts) for one in again.outcomes] == [(1, 1)]
    assert again.complete


@pytest.mark.parametrize("run", RUNNERS)
def test_where_something_of_ours_does_not_show_nothing_is_decided(run: Runner) -> None:
    """What was answered and told may be in it, so nothing is written there, and no case is called broken."""
    setting = asked(2)
    items = setting.tracker.threads[1].items
    at = next(at for at, (_, fact) in enumerate(items) if fact.by == setting.tracker.me)
    place, receipt = items[at]
    items[at] = (place, Unreadable(id="?", at=receipt.at, by=None, named=False))
    before = list(items)
    done = run(setting.desk)
    assert [failure.number for failure in done.failures] == [1]
    assert items == before
    items[at] = (place, receipt)
    assert run(setting.desk).complete


@pytest.mark.parametrize("run", RUNNERS)
def test_a_refused_listing_stops_the_run(run: Runner) -> None:
    """Without a listing nobody knows what to do."""
    setting = asked(2)
    setting.tracker.before = Failing(AdapterError(502, "query"), "listing" if run is sweep else "latest")
    with pytest.raises(AdapterError):
        run(setting.desk)


@pytest.mark.parametrize("run", RUNNERS)
@pytest.mark.parametrize("error", [AdapterError(429, "POST"), AdapterError(403, "POST", kind="limited")])
def test_a_rate_limit_ends_the_work_and_the_rest_waits(run: Runner, error: AdapterError) -> None:
    """Nothing more is tried, what is left is counted and said, and the next run does it."""
    setting = asked(3)
    setting.tracker.before = Failing(error, "comment", 2, on=True)
    done = run(setting.desk)
    assert [outcome.number for outcome in done.outcomes] == [1]
    assert (done.failures, done.left, done.spent, done.complete) == ([], 2, "limit", False)
    assert [(one.kind, one.subject) for one in done.troubles] == [("limit", "GitHub")]
    assert setting.tracker.calls[-1] == "read", "nothing is tried after the refusal"
    setting.tracker.before = nothing
    assert [outcome.number for outcome in run(setting.desk).outcomes] == [2, 3]


def test_a_limit_in_a_sub_issue_ends_the_work_too() -> None:
    """What would be refused everywhere isn't taken for a suspension's own failure."""
    setting = Setting(2)
    for number in (1, 2):
        setting.tracker.says(MFT, number, "/suspend Insults\nSam Poe, sam@example.org")
    setting.tracker.before = Failing(AdapterError(429, "POST"), "comment", 2, on=True)
    done = sweep(setting.desk)
    assert (done.spent, done.failures) == ("limit", [])


def test_a_full_incident_keeps_its_suspended_person_from_nothing() -> None:
    """An incident that takes no comment fails for itself: its suspension is told and goes on."""
    setting = Setting(1)
    setting.tracker.says(MFT, 1, "/suspend Insults\nSam Poe, sam@example.org")
    sweep(setting.desk)
    setting.tracker.labels(MFT, 2, "state: lifted")
    setting.notifier.messages.clear()

    def full(call: str, number: int) -> None:
        if call == "comment" and number == 1:
            raise AdapterError(403, "POST comment", kind="refused_thing", reason="full")

    setting.tracker.before_on = full
    done = sweep(setting.desk)
    assert setting.tracker.state_labels(2) == {"state: lifted"}
    assert [message.to.mail for message in setting.notifier.messages] == ["sam@example.org"]
    assert [(one.kind, one.subject) for one in done.troubles] == [("issue", "1")]
    assert not done.complete
    setting.tracker.before_on = nothing
    assert sweep(setting.desk).complete


def test_a_definition_without_a_cases_state_stops_that_case_only() -> None:
    """Cases in states that the definition still has go on."""
    setting = Setting(2)
    setting.tracker.says(MFT, 1, "/estimate 3 days")
    sweep(setting.desk)
    for number in (1, 2):
        setting.tracker.says(MFT, number, "/help")
    shipped = play.definition()
    states = tuple(state for state in shipped.process.states if state.name != "reported")
    lacking = Definition(msgspec.structs.replace(shipped.process, states=states), shipped.form)
    other = msgspec.structs.replace(
        setting.desk, definitions={**setting.desk.definitions, "incident": lacking}
    )
    done = sweep(other)
    assert [outcome.number for outcome in done.outcomes] == [1]
    assert [failure.number for failure in done.failures] == [2]
    assert "state" in str(done.failures[0].error)


def test_a_broken_case_keeps_a_run_from_being_complete() -> None:
    """A stopped case is looked at in every run, which each exit non-zero, and is written to once."""
    setting = Setting()
    receipt = setting.tracker.receipts(1)[0]
    setting.tracker.edits(MFT, 1, receipt.id, "x\n\n" + receipt.body)
    setting.tracker.says(MFT, 1, "/help")
    assert not handle(setting.desk).complete
    setting.tracker.forget()
    assert not handle(setting.desk).complete
    assert setting.tracker.writes() == []


def test_an_undelivered_notice_keeps_a_run_from_being_complete() -> None:
    """What its channel didn't take is tried by the first run of either kind after the pause."""
    setting = Setting()
    for said in ("/estimate 3 days", "/party Robin Example robin@example.org", "/resolve We talked."):
        setting.tracker.says(MFT, 1, said)
    assert handle(setting.desk).complete
    setting.tracker.labels(MFT, 1, APPROVE)
    setting.notifier.failing = True
    assert not handle(setting.desk).complete
    setting.notifier.failing = False
    for run in RUNNERS:
        paused = run(setting.desk)
        assert (paused.outcomes, paused.pausing, paused.complete) == ([], 1, False)
    setting.tracker.moves_clock(timedelta(minutes=15))
    assert handle(setting.desk).complete
    assert len(setting.notifier.messages) == 1
    assert handle(setting.desk).outcomes == []
    assert not setting.tracker.threads[1].is_open


deeds = st.sampled_from(
    [
        "/estimate 3 days",
        "/help",
        "/resolve We talked.",
        "/withdraw",
        "talk",
        "state: triaged",
        "approve",
        "estimate: 1 day",
    ]
)
steps = st.lists(
    st.tuples(
        st.sampled_from([1, 2]),
        st.sampled_from([MFT, RIYA, STRANGER, OTHER_BOT]),
        deeds,
        st.sampled_from(["no run", "handle", "sweep", "a day, then sweep"]),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(steps)
def test_lazy_runs_end_where_looking_at_everything_does(
    history: list[tuple[int, Actor, str, str]],
) -> None:
    """Picking leaves nothing out: a last sweep, and then enforcing every issue finds nothing to write."""
    setting = Setting(2)
    for number, by, what, run in history:
        if what.startswith(("state", "estimate")):
            setting.tracker.labels(by, number, what)
        else:
            setting.tracker.says(by, number, what)
        if run == "a day, then sweep":
            setting.tracker.moves_clock(timedelta(days=1))
        if run == "handle":
            handle(setting.desk)
        elif run != "no run":
            sweep(setting.desk)
    sweep(setting.desk)
    setting.tracker.forget()
    sweep(setting.desk)
    assert setting.tracker.calls == ["listing"], "a sweep after a sweep picks nothing"
    for number in (1, 2):
        enforce(setting.desk, number)
    assert setting.tracker.writes() == []


def test_a_sweep_tries_every_channel_and_an_event_none() -> None:
    """A channel that fails is known by the next sweep, with nothing to deliver, and the board has it."""

    class Down(FakeNotifier):
        def try_out(self) -> str:
            """Fail."""
            raise ChannelError("login", "SMTP login")

    tracker = FakeTracker()
    tracker.opens(STRANGER)
    work = desk(tracker, Down())
    assert handle(work).troubles == ()
    run = sweep(work)
    assert [one.kind for one in run.troubles] == ["channel"]
    assert "refuses the login" in tracker.card(BOARD)


def test_an_edited_comment_is_answered_once_and_then_costs_nothing() -> None:
    """A listing shows the edit, one answer names who has to act, and the next run leaves the issue out."""
    scene = Scene()
    scene.acknowledged("Robin Example robin@example.org")
    said = next(one.id for one in scene.tracker.threads[1].comments() if one.body.startswith("/party"))
    scene.tracker.edits(MFT, 1, said, "/party Robin Example robin@example.com")
    scene.run()
    assert "The name and the address of party 1 can't be read any more" in scene.newest()
    assert "@mft" in scene.newest()
    assert "robin@" not in scene.newest()
    scene.tracker.forget()
    scene.run()
    assert scene.tracker.calls == ["listing"]


def test_an_edit_of_an_old_comment_is_found_by_its_event() -> None:
    """What is too old for a listing to show is looked at where the event names the issue."""
    scene = Scene()
    scene.acknowledged("Robin Example robin@example.org")
    said = next(one.id for one in scene.tracker.threads[1].comments() if one.body.startswith("/party"))
    scene.says(RIYA, *(f"Talk {number}." for number in range(12)))
    scene.tracker.edits(MFT, 1, said, "Never mind.")
    scene.tracker.forget()
    assert handle(scene.desk).outcomes == []
    assert [one.receipts for one in handle(scene.desk, hinted=1).outcomes] == [1]


def test_a_suspension_goes_on_once_its_account_is_named_anew() -> None:
    """What waited for a name and an address is sent in the run that has them again."""
    scene = Scene()
    scene.acknowledged()
    scene.post.failing = {"suspended"}
    scene.says(MFT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    said = next(one.id for one in scene.tracker.threads[1].comments() if one.body.startswith("/suspend"))
    scene.tracker.edits(MFT, 1, said, "Never mind.")
    scene.run()
    scene.post.failing = set()
    scene.passes(timedelta(hours=1))
    assert scene.texts("suspended") == []
    scene.says(MFT, "/suspend Insults\nSam Poe, sam@example.com until 2 weeks")
    assert "named again: Sam Poe" in scene.newest()
    assert [one.to.mail for one in scene.post.messages if one.to.key == "suspended"] == ["sam@example.com"]
    assert sorted(scene.tracker.threads) == [1, 2, BOARD]


def test_an_event_of_an_issue_that_is_gone_meanwhile_is_no_failure() -> None:
    """What was deleted together with its comment is missed by the next sweep, if it was an open case."""
    scene = Scene()
    run = handle(scene.desk, hinted=7)
    assert (run.failures, run.troubles, run.complete) == ([], (), True)


def test_what_an_event_tells_of_is_answered_before_anything_is_listed() -> None:
    """Its receipt is the second thing that is asked of GitHub, and the listing comes after all of it."""
    scene = Scene()
    scene.acknowledged()
    scene.tracker.says(MFT, 1, "/help")
    scene.tracker.forget()
    assert handle(scene.desk, hinted=1).complete
    assert scene.tracker.calls == ["read", "comment", "tail", "edit_comment", "latest"]


def test_where_it_cannot_be_answered_all_else_is() -> None:
    """The issue of which an event tells fails for itself, and the others are listed all the same."""
    scene = Scene()
    scene.acknowledged()
    scene.tracker.opens(RIYA)
    scene.tracker.says(MFT, 1, "/help")
    scene.tracker.before_on = failing_at(1)
    run = handle(scene.desk, hinted=1)
    assert [one.number for one in run.failures] == [1]
    assert [one.number for one in run.outcomes] == [2]


def failing_at(number: int) -> Callable[[str, int], None]:
    """Return what lets every comment on an issue fail."""

    def fail(call: str, at: int) -> None:
        if (call, at) == ("comment", number):
            raise AdapterError(500, "POST comment")

    return fail


def test_a_new_report_is_given_to_whose_turn_it_is_by_the_listing() -> None:
    """Only the listing tells who had the last one, so it is read first, once."""
    scene = Scene()
    scene.tracker.forget()
    owners = []
    for _ in range(2):
        number = scene.tracker.opens(RIYA)
        handle(scene.desk, hinted=number)
        owners += [one.login for one in scene.tracker.threads[number].assignees]
    assert len(set(owners)) == 2
    assert scene.tracker.calls.count("latest") == 2


def test_whoever_is_away_is_relieved_of_what_an_event_tells_of() -> None:
    """That is known once all is listed, so the issue is looked at once more."""
    scene = Scene()
    scene.acknowledged()
    sweep(scene.desk)
    (has,) = [one for one in (MFT, MIABOT, THCLPR) if one in scene.tracker.threads[1].assignees]
    board = next(number for number in scene.tracker.threads if number >= BOARD)
    scene.tracker.says(has, board, "/away")
    handle(scene.desk, hinted=board)
    assert has not in scene.tracker.threads[1].assignees


def test_an_issue_with_more_to_answer_goes_on_after_all_others() -> None:
    """Whoever writes there without end has their share first, and the rest when all others had theirs."""
    scene = Scene()
    scene.acknowledged()
    scene.tracker.opens(RIYA)
    for _ in range(RECEIPTS + 5):
        scene.tracker.says(MFT, 1, "/help")
    run = handle(scene.desk, hinted=1)
    assert [(one.number, one.receipts) for one in run.outcomes] == [(1, RECEIPTS + 5), (2, 1)]
    places = [place for place, call in enumerate(scene.tracker.calls) if call == "latest"]
    assert scene.tracker.calls[: places[0]].count("comment") >= RECEIPTS
