"""Suspensions on several issues at once: opening, noting, telling, and what survives a crash or a race."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cocflow.core.acts.suspend import Standing, Suspensions
from cocflow.core.case.case import Case
from cocflow.core.case.facts import Actor
from cocflow.core.case.records import read_marker
from cocflow.core.engine.timers import waits
from cocflow.core.people.roster import Administrator
from cocflow.core.views.tokens import reply_token
from cocflow.errors import AdapterError, DefinitionError
from cocflow.run.children import AT_ONCE
from cocflow.run.issue import enforce
from cocflow.run.sweep import Run, sweep
from tests.core import play
from tests.core.play import APPROVE, DAY, HOUR, MFT, MIABOT, RIYA, ROSTER, STRANGER, THCLPR
from tests.fakes import BOARD, FakeMailbox, FakeNotifier, FakeTracker, desk, nothing
from tests.run.crashing import CrashError, crash_at, crashed
from tests.scene import SHARES, Scene

SAM, ALEX = "Sam Poe, sam@example.org", "Alex, alex@example.org until 3 weeks"
WEEK = 7 * DAY
CHECKLISTS: dict[str, Any] = {
    "on_suspension": ("Deactivate the Slack account", "Remove from the mailing list"),
    "on_return": ("Activate the Slack account",),
}
WITH_COMMUNITY = "What the people concerned need to know, and the community may be told, all without my name"


class Setting:
    """A desk over fakes with one answered incident, filed by RIYA."""

    def __init__(
        self, *, roster: tuple[Administrator, ...] = ROSTER, share: str | None = None, **fields: Any
    ):
        self.tracker = FakeTracker()
        self.notifier = FakeNotifier()
        self.mailbox = FakeMailbox()
        community = play.community(
            *roster, **({"rules_channel": "#rules", "appeals": "a@example.org"} | fields)
        )
        self.desk = desk(self.tracker, self.notifier, community=community, mailbox=self.mailbox)
        self.incident = self.tracker.opens(RIYA, play.body(share=share))
        self.run()
        self.tracker.forget()

    def run(self) -> Run:
        """Let a sweep run."""
        return sweep(self.desk)

    def suspends(self, *accounts: str, by: Actor = MFT) -> list[int]:
        """Suspend accounts, and return the numbers of the suspensions that there are now."""
        self.tracker.says(by, self.incident, "/suspend Insults\n" + "\n".join(accounts))
        assert self.run().complete
        return self.numbers()

    def passes(self, by: timedelta) -> None:
        """Let time pass, then a sweep run."""
        self.tracker.moves_clock(by)
        self.run()

    def appealed(self, number: int) -> None:
        """Bring a suspension to where its appeal waits for a decision."""
        self.passes(WEEK)
        self.tracker.says(MFT, number, "/appeal I was not there.")
        self.run()
        assert self.state(number) == "appealed"

    def numbers(self) -> list[int]:
        """Return the numbers of the suspensions that cocflow opened."""
        return sorted(child.number for child in self.tracker.children(self.incident).values())

    def case(self, number: int) -> Case:
        """Return the case of an issue as it stands."""
        read = self.desk.read(number)
        return self.desk.open(read, incident=self.desk.incident_of(read))

    def state(self, number: int) -> str:
        """Return the state that an issue's only state label shows."""
        (label,) = self.tracker.state_labels(number)
        return label.removeprefix("state: ")

    def standings(self) -> dict[str, Standing]:
        """Return the suspensions as the incident knows them."""
        return self.case(self.incident).progress[Suspensions].standings

    def told(self, key: str) -> list[str]:
        """Return the subjects of what somebody was sent, without the code name, oldest first."""
        return [one.subject.partition(" (")[0] for one in self.notifier.messages if one.to.key == key]

    def newest(self, number: int) -> str:
        """Return the newest text of the bot's on an issue that isn't the card."""
        return self.tracker.by_bot(number)[-1]


@pytest.fixture
def setting() -> Setting:
    """Return an incident that has been answered."""
    return Setting()


# --- opening ---------------------------------------------------------------------------------------


def test_each_account_gets_an_issue_of_its_own_and_a_notice_at_once(setting: Setting) -> None:
    """Two accounts are two sub-issues with neutral titles, and both persons are told in that run."""
    setting.tracker.says(MFT, 1, f"/suspend Insults\n{SAM}\n{ALEX}")
    assert setting.run().complete
    for number in (2, 3):
        thread = setting.tracker.threads[number]
        assert setting.tracker.parents[number] == 1
        assert thread.labels == {"suspension", "state: active"}
        assert thread.title.startswith("Suspension ")
        assert not {"Sam", "Poe", "Alex"} & set(thread.title.split())
    assert [(one.to.mail, one.subject.partition(" (")[0]) for one in setting.notifier.messages] == [
        ("sam@example.org", "Your account is suspended"),
        ("alex@example.org", "Your account is suspended"),
    ]
    assert {one.state for one in setting.standings().values()} == {"active"}


def test_the_person_is_told_the_fact_the_date_and_where_to_write(setting: Setting) -> None:
    """The first notice names the day of the appeal, the address and the token, and no reason."""
    (number,) = setting.suspends(SAM)
    (message,) = setting.notifier.messages
    since = setting.case(number).progress.stays[0].since
    assert f"{(since + WEEK).day} January 2026, {since:%H:%M} UTC" in message.text
    assert "a@example.org" in message.text
    assert message.token == reply_token(number, setting.tracker.threads[number].opened.id, "suspended", None)
    assert f"[{message.token}]" in message.text
    assert "Insults" not in message.text


def test_the_clock_starts_at_the_comment_and_not_at_the_run(setting: Setting) -> None:
    """A run that comes six hours late opens the suspension as of the comment's own second."""
    asked = setting.tracker.now
    setting.tracker.says(MFT, 1, f"/suspend Insults\n{SAM}")
    setting.passes(6 * HOUR)
    (number,) = setting.numbers()
    assert setting.tracker.records(number)[0].at == asked
    setting.tracker.now = asked + WEEK - timedelta(minutes=1)
    setting.run()
    assert setting.state(number) == "active"
    setting.tracker.now = asked + WEEK
    setting.run()
    assert setting.state(number) == "appealable"


def test_a_run_after_the_opening_writes_nothing(setting: Setting) -> None:
    """Once a suspension is open and noted, a sweep only lists."""
    setting.suspends(SAM, ALEX)
    setting.tracker.forget()
    setting.run()
    assert setting.tracker.calls == ["listing"]


def test_an_account_suspended_already_is_named_and_the_rest_go_on(setting: Setting) -> None:
    """The answer names who was left out; only the new one gets an issue."""
    setting.suspends(SAM)
    setting.suspends(SAM, ALEX)
    assert setting.numbers() == [2, 3]
    (answer,) = [text for text in setting.tracker.by_bot(1) if "already" in text]
    assert "left as they were: Sam Poe" in answer


def test_an_account_is_suspended_again_in_another_incident(setting: Setting) -> None:
    """Each incident has its own suspension of the same account, with its own clock and its own token."""
    setting.suspends(SAM)
    setting.tracker.moves_clock(2 * DAY)
    other = setting.tracker.opens(RIYA)
    setting.run()
    setting.tracker.says(MFT, other, f"/suspend Insults\n{SAM}")
    setting.run()
    first, second = (one for one in setting.notifier.messages if one.to.mail == "sam@example.org")
    assert first.token != second.token
    setting.passes(5 * DAY)
    assert [setting.state(number) for number in (2, 4)] == ["appealable", "active"]


def test_after_it_was_lifted_an_account_can_be_suspended_anew(setting: Setting) -> None:
    """In the same incident, a suspension that is over stands in nobody's way."""
    setting.suspends(SAM)
    setting.tracker.labels(MIABOT, 2, "state: lifted")
    setting.run()
    assert setting.suspends(SAM) == [2, 3]
    assert [one.in_force for one in setting.standings().values()] == [False, True]


def test_many_suspensions_stand_on_one_incident(setting: Setting) -> None:
    """Each of many accounts has its own issue and line; the incident's card shows them all."""
    accounts = [f"Account {n}, a{n}@example.org" for n in range(20)]
    assert setting.suspends(*accounts) == list(range(2, 22))
    assert len(setting.notifier.messages) == 20
    assert all(f"Account {n} (#{n + 2}): active" in setting.tracker.card(1) for n in range(20))


def test_a_changed_command_opens_nothing(setting: Setting) -> None:
    """If the `/suspend` was edited before its issue was made, nobody unasked is suspended."""
    made = setting.tracker.says(MFT, 1, f"/suspend Insults\n{SAM}")

    def dies(call: str) -> None:
        if call == "open_child":
            raise CrashError(None, "crash")

    setting.tracker.before = dies
    setting.run()
    setting.tracker.before = nothing
    setting.tracker.edits(MFT, 1, made, "/suspend Insults\nSomebody Else")
    with pytest.raises(DefinitionError, match="has changed since"):
        enforce(setting.desk, 1)
    assert setting.numbers() == []


# --- the form opened directly ----------------------------------------------------------------------


def opened_directly(setting: Setting, by: Actor, **answers: str | None) -> int:
    """Open the suspension form by hand, as GitHub does it: with the form's label."""
    number = setting.tracker.opens(by, play.suspension_body(**answers))
    setting.tracker.threads[number].labels.add("suspension")
    setting.run()
    return number


def test_an_administrator_opens_a_suspension_with_the_form(setting: Setting) -> None:
    """It begins at once, the person is told, and the incident that it names notes it."""
    number = opened_directly(setting, MFT, incident="1", until="2 weeks")
    assert setting.state(number) == "active"
    assert setting.told("suspended") == ["Your account is suspended"]
    (standing,) = setting.standings().values()
    assert (standing.number, standing.state, standing.interim) == (number, "active", False)


@pytest.mark.parametrize("incident", [None, "999", "no number"])
def test_a_suspension_without_its_incident_stands_by_itself(setting: Setting, incident: str | None) -> None:
    """Where the form names no incident that there is, the account is suspended all the same."""
    number = opened_directly(setting, MFT, incident=incident)
    assert setting.state(number) == "active"
    assert "It is linked to no incident" in setting.tracker.by_bot(number)[0]
    setting.tracker.labels(MIABOT, number, "state: lifted")
    assert setting.run().complete
    assert setting.state(number) == "lifted"


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_the_form_in_other_hands_is_just_an_incident(setting: Setting, by: Actor) -> None:
    """Whoever isn't on the roster suspends nobody; what they wrote is read as a report."""
    number = opened_directly(setting, by, incident="1")
    assert setting.state(number) == "incomplete"
    assert setting.standings() == {}
    assert "suspended" not in {one.to.key for one in setting.notifier.messages}


# --- the incident knows -----------------------------------------------------------------------------


def test_an_interim_suspension_blocks_resolving_by_name(setting: Setting) -> None:
    """The refusal names the accounts and their pages, whatever one said there; lifted, nothing waits."""
    setting.suspends(SAM, ALEX)
    setting.tracker.says(MFT, 1, "/estimate 3 days")
    setting.tracker.says(MFT, 1, "/resolve We talked.")
    setting.run()
    assert setting.state(1) == "acknowledged"
    assert "An interim suspension is in force: Sam Poe (#2), Alex (#3)." in setting.newest(1)
    setting.tracker.says(MFT, 2, "/until indefinite\nWe can't tell yet.")
    setting.run()
    setting.tracker.says(MFT, 1, "/resolve We talked.")
    setting.run()
    assert "as `Sam Poe: suspension until <when>`" in setting.newest(1)
    for number in (2, 3):
        setting.tracker.labels(MFT, number, "state: lifted")
    setting.run()
    setting.tracker.says(MFT, 1, "/resolve We talked.")
    setting.run()
    setting.tracker.labels(MFT, 1, APPROVE)
    setting.run()
    assert setting.state(1) in ("resolved", "closed")


@pytest.mark.parametrize("label", ["state: lifted", "state: ended", "state: overturned"])
def test_forged_labels_change_nothing_on_the_incident(setting: Setting, label: str) -> None:
    """A label put on a suspension without a say is taken off, and the incident believes its receipts."""
    setting.suspends(SAM)
    before = setting.standings()
    setting.tracker.labels(STRANGER, 2, label)
    setting.tracker.unlabels(STRANGER, 2, "state: active")
    setting.tracker.unlabels(STRANGER, 2, "suspension")
    setting.run()
    assert setting.standings() == before
    assert setting.tracker.threads[2].labels == {"suspension", "state: active"}


def test_a_forged_body_makes_no_suspension(setting: Setting) -> None:
    """A marker in somebody's own issue is neither a suspension nor taken for one that was ordered."""
    setting.suspends(SAM)
    body = setting.tracker.threads[2].body.replace("s1", "s2")
    assert read_marker(body) is not None
    number = setting.tracker.opens(STRANGER, body)
    setting.tracker.labels(STRANGER, number, "suspension")
    setting.run()
    assert setting.case(number).is_incident
    assert list(setting.standings()) == ["s1"]


def test_a_withdrawn_incident_stays_open_while_somebody_is_suspended(setting: Setting) -> None:
    """The digest tells of it; once the suspension is over, the incident closes."""
    setting.suspends(SAM)
    setting.tracker.says(MFT, 2, "/until indefinite\nWe can't tell yet.")
    setting.tracker.says(RIYA, 1, "/withdraw")
    setting.run()
    assert (setting.state(1), setting.tracker.threads[1].is_open) == ("withdrawn", True)
    setting.passes(DAY)
    assert "suspension_left" in waits(setting.case(1))
    setting.tracker.labels(MIABOT, 2, "state: lifted")
    setting.run()
    assert setting.tracker.threads[1].is_open is False
    assert setting.tracker.threads[2].is_open is False


def test_an_overturned_suspension_is_told_to_everybody_it_concerns(setting: Setting) -> None:
    """The incident's card says so, the person is told, and the community hears the fact from a person."""
    setting.suspends(SAM)
    setting.appealed(2)
    setting.tracker.says(MIABOT, 2, "/overturn The account had been taken over.")
    setting.run()
    setting.tracker.labels(MIABOT, 2, APPROVE)
    setting.run()
    assert setting.state(2) == "overturned"
    assert "Sam Poe (#2): overturned" in setting.tracker.card(1)
    assert setting.told("suspended")[-1] == "The answer to your appeal"
    assert "taken over" not in setting.notifier.messages[-1].text
    (by_hand,) = [text for text in setting.tracker.by_bot(2) if "To be told by hand" in text]
    assert "A suspension was overturned on appeal." in by_hand
    assert setting.tracker.threads[2].is_open
    setting.tracker.says(MIABOT, 2, "/told community posted in #rules")
    setting.run()
    assert setting.tracker.threads[2].is_open is False


@pytest.mark.parametrize("share", [None, WITH_COMMUNITY])
def test_the_community_is_told_the_fact_and_nothing_else_by_itself(share: str | None) -> None:
    """No word of the decision, the account or the incident is in what is to be posted."""
    setting = Setting(share=share)
    setting.suspends(SAM)
    setting.appealed(2)
    setting.tracker.says(MIABOT, 2, "/overturn The account had been taken over.")
    setting.run()
    setting.tracker.labels(MIABOT, 2, APPROVE)
    setting.run()
    (by_hand,) = [text for text in setting.tracker.by_bot(2) if "To be told by hand" in text]
    copied = by_hand.partition("```")[2].partition("```")[0]
    assert "A suspension was overturned on appeal." in copied
    assert not [word for word in ("taken over", "Sam", "Insults") if word in copied]


def test_whoever_suspended_can_t_decide_the_appeal(setting: Setting) -> None:
    """The one who wrote `/suspend` is refused, though the bot opened the issue; another decides."""
    setting.suspends(SAM, by=THCLPR)
    setting.appealed(2)
    setting.tracker.says(THCLPR, 2, "/uphold It is right.")
    setting.run()
    assert setting.state(2) == "appealed"
    assert "somebody else decides its appeal: Mika, Mia" in setting.newest(2)
    setting.tracker.says(MFT, 2, "/uphold It is right.")
    setting.run()
    setting.tracker.labels(MFT, 2, APPROVE)
    setting.run()
    assert setting.state(2) == "upheld"
    assert "You have an answer to your appeal" in setting.notifier.messages[-1].text
    assert "It is right." not in setting.notifier.messages[-1].text, "the reporter hasn't agreed"
    drafted = [text for text in setting.tracker.by_bot(2) if "Nothing has been sent yet" in text]
    assert "get a fixed sentence and not your words" in drafted[0]


def test_a_roster_of_one_decides_its_own(setting: Setting) -> None:
    """With one administrator there is no other, so the appeal isn't left undecided."""
    setting = Setting(roster=ROSTER[:1])
    setting.suspends(SAM)
    setting.appealed(2)
    setting.tracker.says(MFT, 2, "/overturn The account had been taken over.")
    setting.run()
    setting.tracker.labels(MFT, 2, APPROVE)
    setting.run()
    assert setting.state(2) == "overturned"


def suspended_by_two(setting: Setting) -> None:
    """Have an administrator suspended by one of the others, with the agreement of the third."""
    setting.suspends("thclpr")
    assert setting.state(2) == "proposed"
    setting.tracker.says(MIABOT, 1, "/confirm @thclpr")
    setting.tracker.labels(MIABOT, 2, "state: active")
    setting.run()


def test_a_suspended_administrator_has_no_say_in_either_issue(setting: Setting) -> None:
    """Neither on their suspension nor on its incident is anything of theirs granted."""
    suspended_by_two(setting)
    for number, text in ((2, "/until 25h\nEnough."), (1, "/estimate 3 days")):
        setting.tracker.says(THCLPR, number, text)
        setting.run()
        assert setting.tracker.records(number)[-1].refused
    setting.tracker.labels(THCLPR, 2, "state: lifted")
    setting.run()
    assert setting.state(2) == "active"


def test_after_their_suspension_is_over_an_administrator_has_still_no_say(setting: Setting) -> None:
    """Whoever was suspended in an incident stays concerned by it."""
    suspended_by_two(setting)
    setting.tracker.labels(MFT, 2, "state: lifted")
    setting.run()
    setting.tracker.says(THCLPR, 1, "/estimate 3 days")
    setting.run()
    assert setting.state(1) == "reported"


# --- by hand ---------------------------------------------------------------------------------------


def test_the_checklist_of_a_suspension_stands_in_its_body() -> None:
    """What the community lists is there to be ticked; the reverse list comes when access does."""
    setting = Setting(**CHECKLISTS)
    setting.suspends(SAM)
    body = setting.tracker.threads[2].body
    assert all(body.count(f"- [ ] {task}") == 1 for task in CHECKLISTS["on_suspension"])
    assert "Activate" not in body
    setting.tracker.labels(MIABOT, 2, "state: lifted")
    setting.run()
    assert setting.tracker.threads[2].body.count("- [ ] Activate the Slack account") == 1
    assert setting.case(2).people_who("suspended")[0].mail == "sam@example.org"


def test_ticking_boxes_answers_nothing_and_stays_ticked() -> None:
    """An edit of the body gets no receipt, and no later run unticks it or adds the list again."""
    setting = Setting(**CHECKLISTS)
    setting.suspends(SAM)
    receipts = len(setting.tracker.receipts(2))
    ticked = setting.tracker.threads[2].body.replace("- [ ]", "- [x]")
    setting.tracker.edits_body(MFT, 2, ticked)
    setting.run()
    assert len(setting.tracker.receipts(2)) == receipts
    assert setting.tracker.threads[2].body == ticked


def test_the_checklist_is_put_into_a_form_opened_directly() -> None:
    """An administrator who used the form gets the same list, once."""
    setting = Setting(**CHECKLISTS)
    number = opened_directly(setting, MFT, incident="1")
    setting.passes(HOUR)
    assert setting.tracker.threads[number].body.count("- [ ] Deactivate the Slack account") == 1
    assert setting.case(number).people_who("suspended")[0].mail == "sam@example.org"


def test_whoever_can_t_be_reached_is_told_by_hand(setting: Setting) -> None:
    """Without an address the notice stands on the suspension, ready to copy, and `/told` settles it."""
    setting.suspends("Kit Lund")
    (text,) = [text for text in setting.tracker.by_bot(2) if "To be told by hand" in text]
    assert "`/told Kit Lund <how>`" in text
    setting.tracker.says(MFT, 2, "/told suspended on a call")
    setting.run()
    assert setting.case(2).progress.owed() == ()


# --- crashes and races --------------------------------------------------------------------------------


def assert_opened_once(setting: Setting) -> None:
    """Assert that both accounts are suspended once each, linked, noted and told."""
    markers = [read_marker(thread.body) for thread in setting.tracker.threads.values()]
    assert sorted(one.key for one in markers if one) == ["s1", "s2"]
    assert {one.state for one in setting.standings().values()} == {"active"}
    numbers = [one.number or 0 for one in setting.standings().values()]
    assert setting.tracker.parents == dict.fromkeys(numbers, 1)
    assert len(set(numbers)) == len(markers) - markers.count(None) == 2
    assert {one.to.mail for one in setting.notifier.messages} == {"sam@example.org", "alex@example.org"}
    assert [len(setting.case(number).progress.owed()) for number in (1, *numbers)] == [0, 0, 0]
    assert {setting.state(number) for number in numbers} == {"active"}


@pytest.mark.parametrize("after", [False, True])
def test_a_run_that_dies_while_opening_is_finished_by_the_next(after: bool) -> None:
    """Whichever write it was, before or after it: two suspensions, linked, noted and told, and no third."""
    begun = Setting()
    begun.tracker.says(MFT, 1, f"/suspend Insults\n{SAM}\n{ALEX}")
    for setting in crashed(begun, after=after, writes=15):
        assert setting.run().complete
        assert_opened_once(setting)


def test_two_runs_that_open_the_same_suspension_leave_one(setting: Setting) -> None:
    """Of two issues for one account the later is closed, and the person is told once."""
    setting.tracker.says(MFT, 1, f"/suspend Insults\n{SAM}")

    def races(call: str) -> None:
        if call == "open_child":
            setting.tracker.before = nothing
            enforce(setting.desk, 1)

    setting.tracker.before = races
    setting.run()
    setting.run()
    (standing,) = setting.standings().values()
    assert standing.number == 2
    assert (setting.tracker.threads[2].is_open, setting.tracker.threads[3].is_open) == (True, False)
    assert setting.told("suspended") == ["Your account is suspended"]
    assert "This was opened twice. The suspension is #2" in setting.tracker.card(3)
    setting.tracker.forget()
    setting.run()
    assert setting.tracker.writes() == []


def test_a_repeated_suspension_never_reaches_anybody(setting: Setting) -> None:
    """Also on the day of the appeal and after a command, the closed copy stays silent and closed."""
    test_two_runs_that_open_the_same_suspension_leave_one(setting)
    setting.tracker.says(MFT, 3, "/until 2 days\nEnough.")
    setting.passes(WEEK)
    assert setting.told("suspended") == ["Your account is suspended", "You may appeal now"]
    assert setting.tracker.threads[3].is_open is False
    (standing,) = setting.standings().values()
    assert (standing.number, standing.until) == (2, None)


def test_an_incident_hears_in_the_end_what_it_could_not_be_told(setting: Setting) -> None:
    """If the incident can't be read when a suspension changes, the next run has it noted."""
    setting.suspends(SAM)
    setting.tracker.labels(MIABOT, 2, "state: lifted")
    died = crash_at(setting, 1, after=False)
    setting.run()
    assert died()
    assert setting.run().complete
    assert setting.standings()["s1"].state == "lifted"


def test_a_suspension_that_fails_is_its_own_failure(setting: Setting) -> None:
    """The incident that ordered it is dealt with; the failing one is named, and later runs take up both."""
    setting.tracker.says(MFT, 1, f"/suspend Insults\n{SAM}\n{ALEX}")

    def full(call: str, number: int) -> None:
        if call == "comment" and number == 2:
            raise AdapterError(403, "POST comment", kind="refused_thing", reason="locked")

    setting.tracker.before_on = full
    done = setting.run()
    assert [outcome.number for outcome in done.outcomes] == [1]
    assert [(one.kind, one.subject) for one in done.troubles] == [("issue", "2")]
    again = setting.run()
    assert [(one.kind, one.subject) for one in again.troubles] == [("issue", "2")]
    assert setting.state(3) == "active", "the other isn't kept back by it"
    setting.tracker.before_on = nothing
    assert setting.run().complete
    assert {one.state for one in setting.standings().values()} == {"active"}


def test_an_edit_of_the_order_gives_no_administrator_their_say_back() -> None:
    """Whose account it is stays known by digests, whatever is noted after the words have changed."""
    setting = Setting()
    (number,) = setting.suspends("miabot, mia@example.org until 2 weeks")
    assert "miabot" not in {one.login for one in setting.case(1).eligible}
    said = next(one.id for one in setting.tracker.threads[1].comments() if one.body.startswith("/suspend"))
    setting.tracker.edits(MIABOT, 1, said, "Never mind.")
    setting.tracker.labels(THCLPR, number, "state: dropped")
    setting.run()
    assert setting.state(number) == "dropped"
    assert "miabot" not in {one.login for one in setting.case(1).eligible}


def test_many_suspensions_are_opened_some_at_a_time_and_others_come_between() -> None:
    """One command for many accounts holds nobody else up, and in the end every account has its page."""
    setting = Setting()
    lines = "\n".join(
        f"Person {number}, p{number}@example.org until 2 weeks" for number in range(AT_ONCE + 2)
    )
    setting.tracker.says(MFT, 1, f"/suspend Insults\n{lines}")
    first = enforce(setting.desk, 1)
    assert first.left
    assert sum(one.number is not None for one in setting.standings().values()) == AT_ONCE
    setting.run()
    assert {one.state for one in setting.standings().values()} == {"active"}
    assert len(setting.standings()) == AT_ONCE + 2


def test_a_suspension_that_ends_before_an_appeal_promises_none() -> None:
    """Its person is told where to write all the same, and administrators that nobody else decides it."""
    setting = Setting()
    setting.suspends(f"{SAM} until 3 days")
    setting.mailbox.arrives("I was not there.", received=setting.tracker.now)
    setting.run()
    first, kept = (one.text for one in setting.notifier.messages if one.to.key == "suspended")
    assert "From " not in first
    assert "It ends before an appeal would be heard." in first
    assert "an administrator reads it" in kept
    assert "It will be filed" not in kept
    setting.tracker.moves_clock(timedelta(days=4))
    setting.run()
    page = "\n".join(setting.tracker.by_bot(2))
    assert "so nobody would decide it" in page
    assert "was heard by nobody" in page


# --- what is true of somebody in the rarest states ----------------------------------------------------


def suspended_once(text: str = "/suspend Insults\nSam Poe sam@example.org until 30 days") -> Scene:
    """Return an incident over which Sam is suspended, the page being #2."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.says(MFT, text)
    return made


def test_the_end_of_one_suspension_is_not_said_to_be_the_end_of_all() -> None:
    """Whoever is suspended over two incidents isn't welcomed back over one, nor let in unseen."""
    made = suspended_once("/suspend Insults\nSam Poe sam@example.org until 10 days")
    second = made.tracker.opens(STRANGER, play.body())
    made.run()
    made.says(MIABOT, "/suspend Threats\nSam Poe sam@example.org until 60 days", on=second)
    made.passes(11 * DAY)
    ended = made.texts("suspended")[-2:]
    (told,) = [text for text in ended if "has ended, as it was set" in text]
    assert "unless another message told you of another suspension" in told
    assert "does another page suspend them, too?" in "\n".join(made.tracker.by_bot(2))


def test_an_appeal_that_an_end_overtakes_is_spoken_of() -> None:
    """Who has appealed reads what became of it where the suspension is lifted, or ends, before the answer."""
    lifted = suspended_once()
    lifted.passes(8 * DAY)
    lifted.says(MIABOT, "/appeal I was not there.", on=2)
    lifted.labels(THCLPR, "state: lifted", on=2)
    assert "what you wrote against it needs no other answer" in lifted.texts("suspended")[-1]
    assert "Their appeal ends with that." in "\n".join(lifted.tracker.by_bot(2))
    ended = suspended_once()
    ended.says(MIABOT, "/appeal I was not there.", on=2)
    ended.says(MIABOT, "/until 3 days\nThat is enough.", on=2)
    assert "What you wrote against it is kept" in ended.texts("suspended")[-1]
    ended.passes(4 * DAY)
    assert "What you wrote against it is kept" in ended.texts("suspended")[-1]
    silent = suspended_once("/suspend Insults\nSam Poe sam@example.org until 3 days")
    silent.passes(4 * DAY)
    assert "What you wrote" not in silent.texts("suspended")[-1]


def test_an_end_that_is_set_takes_back_no_appeal() -> None:
    """Who has appealed early is told when it is filed, and not that they may appeal from then on."""
    made = suspended_once()
    made.says(MIABOT, "/appeal I was not there.", on=2)
    made.says(MFT, "/until 20 days\nIt is enough.", on=2)
    assert "Your appeal is kept, and is filed by itself on Monday, 12 January" in made.texts("suspended")[-1]


def test_nobody_is_told_to_appeal_against_what_is_over() -> None:
    """Where no sweep came between the day from which they may and the end, both are told as they were."""
    made = suspended_once("/suspend Insults\nSam Poe sam@example.org until 9 days")
    made.passes(11 * DAY)
    opens, ended = made.texts("suspended")[-2:]
    assert "From now on you may appeal" not in opens
    assert "we are late in telling you" in opens
    assert "has ended, as it was set" in ended


def test_the_card_of_a_suspension_that_is_over_names_no_end() -> None:
    """Whoever looks at the top reads no day until which the account would be suspended."""
    made = suspended_once()
    made.labels(MIABOT, "state: lifted", on=2)
    card = made.case(2).ledger.card
    assert card is not None
    assert "4 February" not in card.body


def test_an_appeal_calls_those_who_may_decide_it() -> None:
    """And not whoever suspended, who has the case: the others learn of it at once, and are reminded."""
    made = suspended_once()
    made.passes(8 * DAY)
    made.says(MFT, "/appeal I was not there.", on=2)
    filed = made.newest(2)
    assert "has appealed" in filed
    assert "@mft" not in filed
    assert {"@miabot", "@thclpr"} <= set(filed.split())
    made.passes(8 * DAY)
    (digest,) = [one for one in made.tracker.by_bot(BOARD) if "waits for an answer to their appeal" in one]
    assert {"@miabot", "@thclpr"} <= set(digest.split())


def test_whoever_appealed_and_hears_nothing_is_told_once_that_it_still_waits() -> None:
    """Silence is no answer: it is open, and there is somebody else to turn to."""
    made = suspended_once()
    made.passes(8 * DAY)
    made.says(MIABOT, "/appeal I was not there.", on=2)
    before = len(made.texts("suspended"))
    for _ in range(12):
        made.passes(DAY)
    (late,) = made.texts("suspended")[before:]
    assert "has had no answer yet" in late
    assert "council@example.org" in late
