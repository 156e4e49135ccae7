"""Letters that arrive: on which issue they are filed, what they can't do, and what a crash can't lose."""

from __future__ import annotations

import mailbox
import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any, get_args
from urllib.parse import quote

import github
import msgspec
import pytest

from cocflow import bootstrap
from cocflow.adapters.mailbox import ASIDE_FOLDER, DONE, ImapMailbox
from cocflow.core.acts.appeal import Waiting
from cocflow.core.acts.consent import consent
from cocflow.core.acts.draft import against
from cocflow.core.acts.hearing import unheard
from cocflow.core.acts.report import agreed
from cocflow.core.case.facts import Actor
from cocflow.core.case.records import Filed, read_mail
from cocflow.core.people.roster import Administrator, Vault
from cocflow.core.views.tokens import notice_id, notice_name, old_token, reply_token
from cocflow.errors import AdapterError
from cocflow.ports import ChannelError, ChannelFault, Letter
from cocflow.run.budget import Budget
from cocflow.run.intake import LETTERS as MAIL
from cocflow.run.intake import LONGEST, NEW
from cocflow.run.letters import LONGEST_PART, TOKENS_READ, collect
from cocflow.run.overview import row
from cocflow.run.sweep import handle, sweep
from cocflow.run.turn import LETTERS
from cocflow.sandbox import Clock, Sandbox
from tests.core import play
from tests.core.play import DAY, FOR_ANOTHER, HOUR, MFT, MIABOT, RIYA, ROSTER, STRANGER, community
from tests.fakes import BOARD, READS, FakeMailbox, FakeNotifier, FakeTracker, desk, nothing
from tests.run.crashing import crashed
from tests.run.test_suspensions import SAM, WEEK, Setting
from tests.scene import PUBLIC, ROBIN, SHARES, Scene
from tests.servers.imap import PASSWORD, USER, imap_server
from tests.servers.smtp import smtp_server

APPEAL = "I was not there on that day."


class Post(Setting):
    """One incident with the suspension of Sam Poe, #2, whose notices have gone out."""

    def __init__(self) -> None:
        super().__init__()
        self.suspends(SAM)
        self.token = reply_token(2, self.tracker.threads[2].opened.id, "suspended", None)
        self.tracker.forget()
        self.notifier.messages.clear()

    def arrives(self, text: str = APPEAL, **fields: Any) -> Letter:
        """Let a letter arrive now."""
        return self.mailbox.arrives(text, **({"received": self.tracker.now} | fields))

    def filed(self, number: int) -> list[tuple[Filed, str]]:
        """Return the parts of letters that an issue holds, and how they are shown."""
        found = [(read_mail(text), text) for text in self.tracker.by_bot(number)]
        return [(filed, text) for filed, text in found if filed is not None]

    def kept(self) -> list[bool]:
        """Return the parts of the suspension's appeal: whether each is verified."""
        return [one.verified for one in self.case(2).progress[Waiting].appeal]


@pytest.fixture
def post() -> Post:
    """Return a suspension that letters may be about."""
    return Post()


# --- to which suspension ------------------------------------------------------------------------------


def test_the_token_leads_to_its_suspension(post: Post) -> None:
    """With the token, the letter is filed there, whatever other suspensions the sender has."""
    other = post.tracker.opens(RIYA)
    post.run()
    post.tracker.says(MFT, other, f"/suspend Insults\n{SAM}")
    post.run()
    letter = post.arrives(tokens=("2222bbbbcccc", reply_token(2, "I_1", "suspended", None), post.token))
    post.run()
    assert post.mailbox.handled == [letter]
    assert post.kept() == [True]
    assert post.filed(4) == []


def test_the_address_on_record_leads_to_its_suspension(post: Post) -> None:
    """Without a token the sender's address does, in whatever letter case."""
    post.arrives(sender="Sam@Example.org")
    post.run()
    assert post.kept() == [True]


def warned(number: int = 1, **fields: Any) -> Scene:
    """Return an incident that is closed, as Sam was warned and told so."""
    scene = Scene(answers={"share": SHARES["parties"]}, **fields)
    scene.acknowledged(SAM)
    scene.sends(MFT, "/resolve We talked.\nSam Poe: warning\nStop the jokes.")
    assert not scene.tracker.threads[number].is_open
    return scene


def test_an_appeal_in_a_thread_of_its_own_comes_to_the_closed_incident() -> None:
    """As long as they may appeal; what doesn't speak of an appeal may be a report of theirs."""
    for text, days, numbers in [
        ("Appeal: I was not there.", 0, []),
        ("I want to appeal. I was not there.", 29, []),
        ("Somebody shouted at me.", 0, [2]),
        ("Appeal: I was not there.", 31, [2]),
    ]:
        scene = warned()
        scene.passes(timedelta(days=days))
        scene.mailbox.arrives(text, received=scene.tracker.now)
        scene.run()
        assert [one for one in scene.tracker.threads if 1 < one < BOARD] == numbers, text
        appealed = text.startswith("Appeal") and not numbers
        assert (scene.case().progress.state == "appealed") is appealed


def test_an_appeal_that_may_belong_to_two_closed_incidents_is_for_people_to_sort() -> None:
    """None is guessed at, and it is read as what it is: a mail that somebody has to look at."""
    scene = warned()
    scene.tracker.opens(RIYA, play.body(share=SHARES["parties"]))
    scene.run()
    scene.says(MFT, f"/party {SAM}", "/estimate 3 days", on=2)
    scene.sends(MFT, "/resolve We talked.\nSam Poe: talk\nBe kind.", on=2)
    assert not scene.tracker.threads[2].is_open
    scene.mailbox.arrives("Appeal: I was not there.", received=scene.tracker.now)
    scene.run()
    assert [one for one in scene.tracker.threads if 2 < one < BOARD] == [3]
    assert {scene.case(one).progress.state for one in (1, 2)} == {"closed"}


def test_who_speaks_of_an_appeal_is_told_how_one_is_made_though_their_words_lie_aside() -> None:
    """On a page that the reporter reads stands only that the letter speaks of one."""
    scene = warned()
    token = reply_token(1, scene.tracker.threads[1].opened.id, "p1", None)
    scene.mailbox.arrives("I want to appeal. Kit lies.", tokens=(token,), received=scene.tracker.now)
    scene.run()
    assert "`appeal` as its first word, by" in scene.texts("p1")[-1]
    page = "\n".join(scene.tracker.by_bot(1))
    assert "(It speaks of an appeal.)" in page
    assert "Kit lies" not in page


def test_help_says_to_whom_it_was_decided_about_what_and_what_they_may_do() -> None:
    """Before it is decided, that it isn't; then how it ended, until when they may appeal, and the answer."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.acknowledged(SAM)
    scene.sends(MFT, "/ask Sam What happened?")
    token = reply_token(1, scene.tracker.threads[1].opened.id, "p1", None)

    def asks() -> str:
        scene.mailbox.arrives("help", tokens=(token,), received=scene.tracker.now)
        scene.run()
        return scene.texts("p1")[-1]

    assert "You will be told the decision" in asks()
    scene.sends(MFT, "/resolve We talked.\nSam Poe: warning\nStop the jokes.")
    decided = asks()
    assert "You will be told" not in decided
    assert "you were sent the decision: warning." in decided
    assert "you may appeal until Wednesday, 4 February 2026" in decided
    scene.mailbox.arrives("Appeal: I was not there.", tokens=(token,), received=scene.tracker.now)
    scene.run()
    assert "decides it, by Monday, 19 January 2026" in asks()
    scene.sends(MIABOT, "/uphold It was you.")
    upheld = asks()
    assert "You have appealed, and have had the answer." in upheld
    assert "may appeal" not in upheld


def test_an_address_with_two_suspensions_is_for_people_to_sort(post: Post) -> None:
    """Where more than one suspension in force matches, none is guessed at."""
    other = post.tracker.opens(RIYA)
    post.run()
    post.tracker.says(MFT, other, f"/suspend Insults\n{SAM}")
    post.run()
    post.arrives()
    post.run()
    assert (post.filed(2), post.filed(4)) == ([], [])
    assert len(post.filed(5)) == 1


def test_the_repetition_of_a_suspension_makes_no_address_ambiguous() -> None:
    """An issue that two runs made for one suspension is none, so letters reach the one that counts."""
    setting = Setting()
    setting.tracker.says(MFT, 1, f"/suspend Insults\n{SAM}")

    def races(call: str) -> None:
        if call == "open_child":
            setting.tracker.before = nothing
            setting.run()

    setting.tracker.before = races
    setting.run()
    setting.run()
    assert setting.tracker.threads[3].is_open is False
    setting.mailbox.arrives(APPEAL, received=setting.tracker.now)
    setting.run()
    assert len(setting.case(2).progress[Waiting].appeal) == 1


def test_an_address_finds_the_one_suspension_that_is_in_force(post: Post) -> None:
    """An older suspension that is over doesn't make the address ambiguous."""
    post.tracker.labels(MIABOT, 2, "state: lifted")
    other = post.tracker.opens(RIYA)
    post.run()
    post.tracker.says(MFT, other, f"/suspend Insults\n{SAM}")
    post.run()
    post.arrives()
    post.run()
    assert (len(post.filed(2)), len(post.filed(4))) == (0, 1)


def test_what_matches_nothing_goes_before_the_administrators(post: Post) -> None:
    """It is filed on an incident of its own, mentioned to them, and answered to nobody."""
    letter = post.arrives(sender="somebody@example.net")
    post.run()
    assert post.mailbox.handled == [letter]
    ((_, text),) = post.filed(3)
    assert APPEAL in text
    opened, _ = post.tracker.receipts(3)
    assert "Mia has it" in opened.body
    assert "a report of its sender's own" in opened.body
    assert post.notifier.messages == []
    assert post.kept() == []


def test_strangers_never_share_an_incident(post: Post) -> None:
    """Each has one of their own, to which their further letters go, in one run as over several."""
    post.arrives("One.", sender="a@example.net")
    post.arrives("Two.", sender="b@example.net")
    post.arrives("Three.", sender="A@example.net", verified=False)
    post.run()
    post.arrives("Four.", sender="b@example.net")
    post.run()
    said = [["One." in text for _, text in post.filed(3)], ["Two." in text for _, text in post.filed(4)]]
    assert said == [[True, False], [True, False]]
    assert sorted(post.tracker.threads) == [1, 2, 3, 4, BOARD]


def test_a_letter_to_a_lifted_suspension_goes_before_the_administrators(post: Post) -> None:
    """There is nothing to appeal any more, but what was written isn't dropped."""
    post.tracker.labels(MIABOT, 2, "state: lifted")
    post.run()
    post.notifier.messages.clear()
    post.arrives(tokens=(post.token,))
    post.run()
    assert len(post.filed(2)) == 1
    assert "There is nothing to appeal while this is lifted." in post.newest(2)
    assert post.notifier.messages == []
    assert post.state(2) == "lifted"


# --- early, forged, automatic ---------------------------------------------------------------------------


def test_an_early_letter_is_answered_with_the_date(post: Post) -> None:
    """The person learns that it is kept and when it will be filed, at the address on record."""
    post.arrives()
    post.run()
    (answer,) = post.notifier.messages
    assert answer.to.mail == "sam@example.org"
    assert answer.subject.startswith("We are keeping your appeal")
    assert "It will be filed on Monday, 12 January 2026" in answer.text
    assert post.state(2) == "active"
    post.passes(WEEK)
    assert post.state(2) == "appealed"


def test_the_answer_to_an_early_letter_never_goes_to_its_sender(post: Post) -> None:
    """Who writes with the token from elsewhere isn't told; only the address on record is."""
    post.arrives(sender="mallory@example.net", verified=True, tokens=(post.token,))
    post.run()
    assert {one.to.mail for one in post.notifier.messages} <= {"sam@example.org"}
    assert post.kept() == [False]


def test_the_server_s_date_says_whether_a_letter_is_early(post: Post) -> None:
    """A letter received before the opening is kept and filed by itself, one after it files itself."""
    opens = post.case(2).progress.stays[0].since + WEEK
    post.arrives("Early.", received=opens - timedelta(seconds=1))
    post.tracker.now = opens + HOUR
    post.run()
    moves = [record.move for record in post.tracker.records(2) if record.move]
    assert moves == ["keep", "file"]
    late = Post()
    late.arrives("Late.", received=opens)
    late.tracker.now = opens + HOUR
    late.run()
    assert [record.move for record in late.tracker.records(2) if record.move] == ["appeal"]


def test_an_unverified_letter_is_kept_until_an_administrator_takes_it_up(post: Post) -> None:
    """It isn't filed by itself when the window opens; `state: appealed` accepts it."""
    post.arrives(verified=False)
    post.run()
    ((_, text),) = post.filed(2)
    assert "which can't be verified" in text
    (kept,) = post.notifier.messages
    assert "an administrator decides" in kept.text
    assert "by itself" not in kept.text
    post.passes(WEEK)
    assert post.state(2) == "appealable"
    opened = next(one for one in post.notifier.messages[1:] if "appeal" in one.subject)
    assert "is filed" not in opened.text
    post.passes(DAY)
    assert "Nobody has been answered" not in "\n".join(post.tracker.by_bot(2))
    post.tracker.labels(MIABOT, 2, "state: appealed")
    post.run()
    assert post.state(2) == "appealed"


@pytest.mark.parametrize("tokens", [True, False])
def test_automatic_letters_are_never_answered(post: Post, tokens: bool) -> None:
    """A bounce that names a suspension is put before the administrators; any other is set aside."""
    letter = post.arrives(automatic=True, sender="", tokens=(post.token,) if tokens else ())
    done = post.run()
    assert post.notifier.messages == []
    assert post.kept() == []
    assert (post.mailbox.handled, post.mailbox.aside) == (([letter], []) if tokens else ([], [letter]))
    assert done.letters.aside == (0 if tokens else 1)
    assert len(post.filed(2)) == tokens


# --- hostile text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "/overturn It was me.",
        "Hello\n/until 25h\nEnough.",
        "@mft @miabot please look",
        "<!-- cocflow:receipt {} -->",
        "```\n/overturn\n```",
        "words\n\n<!-- cocflow:mail {} -->",
        "\r/overturn x\r/overturn y",
        "\u2028/overturn x\u0085@mft",
    ],
)
def test_nothing_in_a_letter_runs_or_mentions_anybody(post: Post, text: str) -> None:
    """Commands, records and mentions in a letter are words behind a quotation mark and nothing else."""
    post.arrives(text, subject="")
    assert post.run().complete
    ((filed, shown),) = post.filed(2)
    assert filed.part == filed.parts == 1
    quotation = shown.partition("\n\n")[2].rpartition("\n\n")[0]
    assert all(line.startswith(">") for line in re.split("\r\n|\r|\n", quotation))
    assert "@mft" not in quotation
    assert post.state(2) == "active"
    assert post.kept() == [True]


@pytest.mark.parametrize("field", ["sender", "attachments"])
def test_names_in_a_letter_are_words_too(post: Post, field: str) -> None:
    """A sender or an attachment called like a command or a mention is shown inertly, in one line."""
    name = "x\n/overturn @mft <!-- -->@example.net"
    fields: dict[str, Any] = {field: name if field == "sender" else (name,)}
    post.arrives(tokens=(post.token,), verified=False, **fields)
    post.run()
    ((_, shown),) = post.filed(2)
    assert "\n/overturn" not in shown
    assert "@mft" not in shown
    assert post.state(2) == "active"


def test_an_enormous_letter_is_split_and_nothing_is_cut(post: Post) -> None:
    """Its parts follow one another below the size that a comment may have, and make one appeal."""
    lines = [f"Line {n} " + "word " * 40 for n in range(600)]
    text = "\n".join(lines) + "\n" + "x" * (2 * LONGEST_PART)
    post.arrives(text)
    assert post.run().complete
    filed = post.filed(2)
    assert [one.part for one, _ in filed] == list(range(1, len(filed) + 1))
    assert len(filed) > 5
    assert all(len(shown) < 65_536 for _, shown in filed)
    quoted = [
        line[1:].removeprefix(" ") for _, shown in filed for line in shown.split("\n") if line[:1] == ">"
    ]
    assert "".join(quoted).replace(" ", "") == text.replace("\n", "").replace(" ", "")
    assert len(post.kept()) == 1


def test_a_letter_without_text_is_still_an_appeal(post: Post) -> None:
    """Somebody who only attached a file has appealed; what it was called stands there."""
    post.arrives("", attachments=("my words.pdf",))
    post.run()
    ((_, shown),) = post.filed(2)
    assert "Attachments, which stay in the mailbox: my words.pdf." in shown
    assert post.kept() == [True]


# --- twice, crashes, the unreadable ---------------------------------------------------------------------


def test_the_same_letter_twice_is_filed_once(post: Post) -> None:
    """Delivered twice under one Message-ID, in one run or two, it is one part of one appeal."""
    letter = post.arrives()
    post.mailbox.inbox.append(msgspec.structs.replace(letter, key="9"))
    post.run()
    post.mailbox.inbox.append(msgspec.structs.replace(letter, key="10"))
    post.run()
    assert len(post.filed(2)) == 1
    assert len(post.kept()) == 1
    assert post.mailbox.inbox == []
    assert len(post.notifier.messages) == 1


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_neither_loses_nor_doubles_a_letter(after: bool) -> None:
    """Whichever write a run dies at, the next one leaves the letter filed once, decided once and done."""
    begun = Post()
    begun.arrives("Words.\n" * 5000)

    complete: list[bool] = []

    def collects(post: Post) -> None:
        complete.append(collect(post.desk, post.mailbox, Budget(post.tracker)).complete)
        assert len(post.mailbox.inbox) == (0 if complete[-1] else 1)

    for post in crashed(begun, collects, after=after, writes=3):
        assert post.run().complete
        assert [one.part for one, _ in post.filed(2)] == [1, 2]
        assert len(post.kept()) == 1
        assert (len(post.mailbox.inbox), len(post.mailbox.handled)) == (0, 1)
    assert complete == [False] * (len(complete) - 1) + [True]


def test_a_crash_between_the_receipt_and_done_doubles_nothing(post: Post) -> None:
    """A letter whose receipt stands but that wasn't marked is marked by the next run, and no more."""
    letter = post.arrives()

    def dies(call: str) -> None:
        if call == "done":
            post.mailbox.before = nothing
            raise AdapterError(None, "IMAP STORE")

    post.mailbox.before = dies
    assert not post.run().complete
    receipts = len(post.tracker.receipts(2))
    assert post.mailbox.inbox == [letter]
    assert post.run().complete
    assert post.mailbox.handled == [letter]
    assert (len(post.filed(2)), len(post.tracker.receipts(2))) == (1, receipts)


def test_an_unreadable_letter_is_set_aside_and_the_others_go_on(post: Post) -> None:
    """It is reported to the administrators, and the letters behind it are dealt with."""
    broken = post.arrives("", unreadable=True, sender="", verified=False)
    good = post.arrives()
    done = post.run()
    assert (post.mailbox.aside, post.mailbox.handled) == ([broken], [good])
    assert done.letters.aside == 1
    ((_, shown),) = post.filed(3)
    assert "It couldn't be read, or is too long to be filed; it lies in the mailbox, set aside." in shown
    assert post.kept() == [True]


def test_a_letter_that_fails_does_not_stop_the_others(post: Post) -> None:
    """One that can't be filed now is tried again; those behind it are done."""
    failing = post.arrives(sender="somebody@example.net")
    good = post.arrives()

    def fails(call: str) -> None:
        if call == "open_issue":
            raise AdapterError(502, "POST issue")

    post.tracker.before = fails
    assert not post.run().complete
    assert (post.mailbox.inbox, post.mailbox.handled) == ([failing], [good])
    post.tracker.before = nothing
    assert post.run().complete
    assert post.mailbox.inbox == []


def test_a_broken_case_keeps_its_letters_in_the_mailbox(post: Post) -> None:
    """While nothing is believed of a suspension, a letter to it isn't done."""
    receipt = post.tracker.receipts(2)[0]
    post.tracker.edits(MFT, 2, receipt.id, receipt.body.replace("suspended", "free"))
    letter = post.arrives(tokens=(post.token,))
    assert not post.run().complete
    assert post.mailbox.inbox == [letter]
    post.tracker.says(MIABOT, 2, "/recover Somebody edited the receipt.")
    assert post.run().complete
    assert post.mailbox.handled == [letter]
    assert len(post.filed(2)) == 1


# --- what is wrong costs nobody else ---------------------------------------------------------------------


DEAD: list[Exception] = [
    *(ChannelError(fault, "IMAP") for fault in get_args(ChannelFault)),
    AdapterError(None, "IMAP FETCH"),
    ValueError("Please look again."),
]


@pytest.mark.parametrize("error", DEAD, ids=repr)
@pytest.mark.parametrize("call", ["waiting", "letter", "done"])
def test_a_mailbox_that_fails_holds_up_no_issue(post: Post, call: str, error: Exception) -> None:
    """Whatever the mailbox fails at, the issues are answered; the letter comes again, and no word is told."""
    letter = post.arrives()
    post.tracker.says(MFT, 1, "/help")
    before = len(post.tracker.receipts(1))

    def fails(made: str) -> None:
        if made == call:
            raise error

    post.mailbox.before = fails
    done = post.run()
    assert len(post.tracker.receipts(1)) == before + 1
    assert not done.complete
    (told,) = done.troubles
    assert told.kind in ("mailbox", "setting", "letter")
    assert "look again" not in told.line
    assert post.mailbox.inbox == [letter]
    post.mailbox.before = nothing
    assert post.run().complete
    assert post.mailbox.handled == [letter]


def test_an_issue_that_fails_holds_up_no_letter(post: Post) -> None:
    """A letter is filed and answered though another issue takes no comment, and the first can't be read."""
    post.arrives()
    post.tracker.says(MFT, 1, "/help")

    def full(call: str, number: int) -> None:
        if call == "comment" and number == 1:
            raise AdapterError(403, "POST comment", kind="refused_thing", reason="full")

    post.tracker.before_on = full
    done = post.run()
    assert post.mailbox.inbox == []
    assert [(one.kind, one.subject) for one in done.troubles] == [("issue", "1")]


def test_a_folder_that_cannot_be_made_keeps_no_other_letter_waiting(post: Post) -> None:
    """What can't be set aside fails for itself, named; what stands behind it is dealt with."""
    post.arrives(automatic=True, sender="", tokens=())
    good = post.arrives()

    def fails(made: str) -> None:
        if made == "set_aside":
            raise ChannelError("folder", "IMAP CREATE", detail="the folder cocflow-aside can't be made there")

    post.mailbox.before = fails
    done = post.run()
    assert post.mailbox.handled == [good]
    assert ["cocflow-aside" in one.says for one in done.troubles] == [True]


def test_a_limit_of_github_s_ends_the_letters_and_the_work(post: Post) -> None:
    """Nothing more is written after it, and the next run goes on where it was."""
    letters = [post.arrives(f"{n}.", sender=f"{n}@example.net") for n in range(3)]
    post.tracker.says(MFT, 1, "/help")

    def limited(call: str) -> None:
        if call == "comment":
            raise AdapterError(403, "POST comment", kind="limited")

    post.tracker.before = limited
    done = post.run()
    assert (done.letters.spent, done.spent, done.letters.left, done.left) == ("limit", "limit", 3, 2)
    assert [one.kind for one in done.troubles] == ["limit"]
    post.tracker.before = nothing
    assert post.run().complete
    assert post.mailbox.handled == letters


def test_a_refused_credential_ends_the_run(post: Post) -> None:
    """A token that GitHub refuses while letters are filed is refused for everything."""
    post.arrives()

    def refused(call: str) -> None:
        raise AdapterError(401, call)

    post.tracker.before = refused
    with pytest.raises(AdapterError):
        post.run()


# --- what letters cost ----------------------------------------------------------------------------------


def test_a_flood_of_mails_costs_each_run_a_bounded_share_and_reads_no_suspension() -> None:
    """60 junk mails and 10 suspensions: a run opens so many incidents, and none is lost."""
    post = Post()
    post.suspends(*(f"Person {n}, p{n}@example.org" for n in range(9)))
    for n in range(60):
        post.arrives(f"Buy {n}.", sender=f"{n}@example.net", verified=False)
    post.tracker.forget()
    done = post.run()
    filed = len(done.letters.outcomes)
    assert (filed, done.letters.left) == (NEW, 60 - NEW)
    assert done.letters.reads <= 1 + NEW
    assert sum(call in READS for call in post.tracker.calls) <= 10 + 8 * NEW
    assert done.complete
    assert [post.run().letters.left for _ in range(5)] == [40, 30, 20, 10, 0]
    assert post.mailbox.inbox == []


def test_a_suspended_person_is_answered_in_the_run_after_a_flood(post: Post) -> None:
    """A thousand mails of an outsider keep an appeal waiting for no run."""
    for n in range(1000):
        post.arrives("Buy.", sender=f"{n}@example.net", verified=False)
    letter = post.arrives()
    done = post.run()
    assert letter in post.mailbox.handled
    assert len(done.letters.outcomes) <= LETTERS


def test_letters_spend_half_of_a_runs_writes_at_most(post: Post) -> None:
    """A flood of long letters leaves the issues their half, and what it costs is counted in writes."""
    for n in range(20):
        post.arrives("Words. " * 20_000, sender=f"{n}@example.net")
    post.tracker.says(MFT, 1, "/help")
    before = len(post.tracker.receipts(1))
    done = sweep(post.desk, 40)
    assert done.letters.spent == "writes"
    assert done.letters.left > 0
    assert len(post.tracker.receipts(1)) == before + 1


def test_letters_spend_half_of_a_runs_points_at_most(post: Post) -> None:
    """What it takes to find out where letters belong is their share's as well, and issues have their half."""
    for n in range(LETTERS):
        post.arrives(sender=f"{n}@example.net")
    post.tracker.says(MFT, 1, "/help")
    before = len(post.tracker.receipts(1))
    done = sweep(post.desk, points=100)
    assert done.letters.spent == "points"
    assert done.letters.left > 0
    assert done.left == 0
    assert len(post.tracker.receipts(1)) == before + 1


def test_a_letter_of_endless_length_is_set_aside_and_told(post: Post) -> None:
    """Its head is filed, so that somebody reads it where it lies; it can't fill an issue."""
    letter = post.arrives("x" * (LONGEST + 1))
    post.run()
    assert post.mailbox.aside == [letter]
    ((_, shown),) = post.filed(2)
    assert "is too long to be filed" in shown


def test_a_letter_that_changes_a_suspension_is_seen_by_the_next(post: Post) -> None:
    """Of two appeals in one run, the second finds the case as the first has left it."""
    post.passes(WEEK)
    post.arrives("One.")
    post.arrives("Two.")
    assert post.run().complete
    assert post.state(2) == "appealed"
    assert len(post.filed(2)) == 2


# --- what lay there before --------------------------------------------------------------------------------


def test_what_lay_in_the_mailbox_before_cocflow_s_first_word_is_left_alone() -> None:
    """Years of mail are nobody's appeal: only what came later, or in the week before, is looked at."""
    post = Post()
    first = min(one.at for one in post.tracker.threads[1].comments() if one.by == post.tracker.me)
    old = post.arrives("Old.", received=first - 400 * DAY)
    post.run()
    assert post.mailbox.inbox == [old]
    post.tracker.moves_clock(60 * DAY)
    late = post.arrives("Late.", received=first + HOUR)
    post.run()
    assert (post.mailbox.inbox, post.mailbox.handled) == ([old], [late])


def test_what_lay_in_the_mailbox_before_init_is_left_alone() -> None:
    """Letters count since the time that init wrote, to the second, whenever the mailbox is read first."""
    tracker, box = FakeTracker(), FakeMailbox()
    init = tracker.now - 2 * DAY
    new = desk(tracker, FakeNotifier(), mailbox=box, community=community(letters_since=init))
    second = timedelta(seconds=1)
    before = [box.arrives("Before.", received=init - one) for one in (400 * DAY, DAY, second)]
    after = [box.arrives("After.", received=init + one) for one in (timedelta(), second, DAY)]
    for _ in range(2):
        sweep(new)
        tracker.moves_clock(30 * DAY)
    assert (box.inbox, box.handled) == (before, after)
    assert box.aside == []


def test_an_answer_to_a_notice_counts_from_cocflow_s_own_beginning(post: Post) -> None:
    """Where the mailbox is read only later, what answers a notice is filed, and nothing else before."""
    post.tracker.moves_clock(30 * DAY)
    sent = post.tracker.now - 20 * DAY
    answer = post.arrives("An answer.", received=sent, tokens=(post.token,))
    other = post.arrives("Something else.", received=sent)
    setting = community(letters_since=post.tracker.now - DAY)
    collect(msgspec.structs.replace(post.desk, community=setting), post.mailbox, Budget(post.tracker))
    assert (post.mailbox.handled, post.mailbox.inbox) == ([answer], [other])
    assert len(post.filed(2)) == 1


def test_the_first_run_looks_back_a_week() -> None:
    """Before cocflow has said anything, a recent letter is still meant for it."""
    tracker, box = FakeTracker(), FakeMailbox()
    new = desk(tracker, FakeNotifier(), mailbox=box)
    recent = box.arrives("Recent.", received=tracker.now - 6 * DAY)
    old = box.arrives("Old.", received=tracker.now - 8 * DAY)
    sweep(new)
    assert (box.handled, box.inbox) == ([recent], [old])


def test_a_first_issue_that_is_gone_or_sick_keeps_no_mail_back(post: Post) -> None:
    """Since when letters count is found without it."""
    post.arrives()
    sick = [KeyError("x"), AdapterError(404, "query ISSUE")]

    def fails(call: str) -> None:
        if call == "read" and sick:
            raise sick.pop()

    post.tracker.before = fails
    post.run()
    assert post.mailbox.inbox == []


def test_a_suspension_that_cannot_be_read_is_not_guessed_about(post: Post) -> None:
    """While GitHub doesn't give it, a letter without a token waits; one with a token for another doesn't."""
    other = post.tracker.opens(RIYA)
    post.run()
    post.tracker.says(MFT, other, "/suspend Insults\nKim Doe, kim@example.org")
    post.run()
    waits = post.arrives()
    token = reply_token(4, post.tracker.threads[4].opened.id, "suspended", None)
    goes = post.arrives("For 4.", sender="kim@example.org", tokens=(token,))

    def fails(call: str, number: int) -> None:
        if call == "read" and number == 2:
            raise AdapterError(502, "query ISSUE")

    post.tracker.before_on = fails
    done = post.run()
    assert (post.mailbox.inbox, post.mailbox.handled[-1:]) == ([waits], [goes])
    assert not done.complete
    post.tracker.before_on = nothing
    assert post.run().complete
    assert len(post.filed(2)) == 1


def test_an_empty_mailbox_costs_no_read(post: Post) -> None:
    """Nobody asks GitHub where letters belong while there are none."""
    collect(post.desk, post.mailbox, Budget(post.tracker))
    assert post.tracker.calls == []


def test_a_letter_costs_few_reads(post: Post) -> None:
    """Whether it is filed on one of many suspensions, a letter with a token needs no look at the others."""
    post.suspends(*(f"Account {n}, a{n}@example.org" for n in range(10)))
    post.tracker.forget()
    post.arrives(tokens=(post.token,))
    collect(post.desk, post.mailbox, Budget(post.tracker))
    assert len([call for call in post.tracker.calls if call in READS]) <= 12


def test_a_roster_without_the_appeals_address_names_the_outside_contact() -> None:
    """Where no mailbox is configured, the suspended person is told of the outside contact."""
    setting = Setting(roster=ROSTER, appeals="")
    setting.suspends(SAM)
    (message,) = setting.notifier.messages
    assert "Write to council@example.org" in message.text


# --- the outside contact --------------------------------------------------------------------------------


COUNCIL = "council@example.org"


def frozen(contact: str = f"The Council <{COUNCIL}>", **fields: Any) -> Scene:
    """Return an incident in which one of two administrators took the other's say."""
    scene = Scene(roster=ROSTER[:2], outside_contact=contact, **fields)
    scene.says(MFT, "/party miabot")
    return scene


def says_of(scene: Scene) -> list[str]:
    """Return what say each administrator has."""
    return [scene.case().say_of(one) for one in ROSTER[:2]]


def answers(scene: Scene, text: str, **fields: Any) -> None:
    """Let the outside contact answer the mail that asks them."""
    token = reply_token(1, scene.tracker.threads[1].opened.id, "outside", None)
    given: dict[str, Any] = {"sender": COUNCIL, "tokens": (token,), "received": scene.tracker.now} | fields
    scene.mailbox.arrives(text, **given)
    scene.run()


@pytest.mark.parametrize(
    ("text", "miabot"),
    [
        ("confirm", "none"),
        ("Confirm.\n\nBest regards", "none"),
        ("/confirm @miabot she told me so", "none"),
        ("Clear, it was another one.\n\nOn Monday, cocflow wrote:\n> confirm", "whole"),
    ],
)
def test_the_outside_contacts_answer_settles_whose_say_it_is(text: str, miabot: str) -> None:
    """They were asked by mail, whatever stands around the address, and answer it."""
    scene = frozen()
    (asked,) = scene.texts("outside")
    assert "answer this mail" in asked
    assert says_of(scene) == ["in question", "in question"]
    answers(scene, text)
    assert says_of(scene) == ["whole", miabot]


@pytest.mark.parametrize(
    "fields",
    [
        {"verified": False},
        {"automatic": True},
        {"sender": "mika@example.org"},
        {"sender": "xcouncil@example.org"},
        {"tokens": ()},
    ],
)
def test_no_other_letter_is_the_outside_contacts(fields: dict[str, Any]) -> None:
    """One that may be anybody's, that nobody wrote, or that says of no case what it is about."""
    scene = frozen()
    answers(scene, "confirm", **fields)
    assert says_of(scene) == ["in question", "in question"]


def test_what_the_outside_contact_quotes_is_no_answer() -> None:
    """What stands behind `>` at its head was written by somebody else."""
    scene = frozen()
    answers(scene, "> confirm\n\nWhat does that mean?")
    assert says_of(scene) == ["in question", "in question"]


def test_an_administrators_address_is_never_the_outside_contacts() -> None:
    """Else whoever has it would settle their own cause, if the configuration names them as both."""
    scene = frozen("mika@example.org")
    answers(scene, "confirm", sender="mika@example.org")
    assert says_of(scene) == ["in question", "in question"]


def test_whoever_is_of_the_case_is_not_outside_it() -> None:
    """A party's letter settles nothing, though the outside contact has that address."""
    scene = Scene(roster=ROSTER[:2], outside_contact=COUNCIL)
    scene.says(MFT, f"/party Kim Example {COUNCIL}", "/party miabot")
    answers(scene, "confirm")
    assert says_of(scene) == ["in question", "in question"]


# --- notices that come back ---------------------------------------------------------------------------


def came_back(post: Post, **fields: Any) -> Letter:
    """Let the report arrive that the suspended person's first notice can't be delivered."""
    (owed,) = [one for one in post.case(2).progress.notices.values() if one.to == "suspended"]
    name = notice_name(notice_id(post.case(2).issue.id, owed.id))
    given: dict[str, Any] = {"report": "failed", "about": (name,), "tokens": (post.token,)} | fields
    return post.arrives("It failed.", automatic=True, sender="mailer-daemon@example.net", **given)


def owed_to_sam(post: Post) -> bool:
    """Whether the suspended person has yet to be told something."""
    return any(one.to == "suspended" for one in post.case(2).progress.owed())


def test_a_notice_that_comes_back_is_owed_again_and_told_by_hand(post: Post) -> None:
    """Administrators are told, with the text and `/told`; it isn't sent again; the board says the number."""
    assert not owed_to_sam(post)
    came_back(post)
    run = post.run()
    text = post.tracker.by_bot(2)[-1]
    assert "@mft" in text
    assert "came back" in text
    assert re.search(r"`/told [^`]+ <how>`", text)
    assert owed_to_sam(post)
    assert post.notifier.messages == []
    assert post.mailbox.inbox == []
    assert "notice: undelivered" in post.tracker.threads[2].labels
    assert run.board is not None
    board = "\n".join(one.body for one in post.tracker.threads[BOARD].comments())
    assert "A notice of issue 2 came back, or was refused for good." in board
    assert "Sam" not in board
    post.passes(WEEK)
    assert [one for one in post.notifier.messages if "suspended/suspended" in one.id] == []
    post.tracker.says(MFT, 2, "/told Sam Poe on a call")
    post.run()
    assert not owed_to_sam(post)
    post.passes(2 * HOUR)
    assert "A notice of issue 2" not in post.tracker.card(BOARD)


def test_a_notice_comes_back_once(post: Post) -> None:
    """The second report of one notice takes nothing back that was told by hand since."""
    came_back(post)
    post.run()
    post.tracker.says(MFT, 2, "/told Sam Poe on a call")
    post.run()
    came_back(post)
    post.run()
    assert not owed_to_sam(post)


@pytest.mark.parametrize("fields", [{"tokens": ()}, {"tokens": ("aaaaaaaaaaaa",)}, {"about": ("0" * 40,)}])
def test_a_forged_report_takes_nothing_back(post: Post, fields: dict[str, Any]) -> None:
    """Who doesn't know the token, or shows another mail than ours, changes nothing."""
    came_back(post, **fields)
    post.run()
    assert not owed_to_sam(post)


def test_a_report_that_shows_no_mail_is_about_the_newest(post: Post) -> None:
    """Some servers send back nothing of it; that it came to the person's own address says whose it was."""
    came_back(post, about=())
    post.run()
    assert owed_to_sam(post)


def test_a_mail_that_is_late_changes_nothing(post: Post) -> None:
    """Nobody is told of a report that says that a mail is delayed, or has arrived."""
    before = len(post.tracker.threads[2].comments())
    came_back(post, report="other")
    assert post.run().complete
    assert len(post.tracker.threads[2].comments()) == before
    assert (post.mailbox.inbox, len(post.mailbox.handled)) == ([], 1)


def test_a_report_that_somebody_edits_on_the_issue_is_not_believed(post: Post) -> None:
    """What cocflow filed counts only as it was filed."""
    came_back(post)
    real, post.tracker.before = post.tracker.before, nothing

    def edit(call: str) -> None:
        filed = [one for one in post.tracker.threads[2].comments() if read_mail(one.body) is not None]
        if call == "read" and filed and filed[-1].edited_at is None:
            post.tracker.edits(RIYA, 2, filed[-1].id, filed[-1].body.replace("It failed", "It came"))

    post.tracker.before = edit
    post.run()
    post.tracker.before = real
    assert not owed_to_sam(post)


# --- a real mailbox ---------------------------------------------------------------------------------------

CONFIGURATION = """\
community: Enginexp
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
administrators: [mft, miabot]
appeals: appeals@example.org
authserv_id: mx.example.org
"""
RAW = b"""\
Authentication-Results: mx.example.org; dmarc=pass header.from=example.org
From: Sam Poe <sam@example.org>
To: appeals@example.org
Subject: My account
Message-ID: <1@example.org>

I was not there on that day. @mft
/overturn It was me.
"""


def test_an_appeal_goes_from_an_imap_server_to_its_suspension(tmp_path: Path) -> None:
    """Over IMAP and HTTP: a mail of the third day is kept, filed on the seventh, and read once."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "cocflow.yml").write_text(CONFIGURATION, "utf-8")
    clock = Clock("2026-01-05T09:00:00Z", frozen=True)
    with imap_server(maildir=tmp_path / "mail") as server, Sandbox(clock=clock) as sandbox:
        store, repository = sandbox.store, "acme/incidents"
        store.add_user("mft")
        store.add_repo(repository, visibility="private", labels=False)
        store.set_permission(repository, "mft", "write")
        login = f"{USER}:{quote(PASSWORD, safe='')}"
        settings = {"COCFLOW_IMAP_URL": f"imap://{login}@127.0.0.1:{server.port}/INBOX"}
        job = store.job_token(repository)
        made = bootstrap.desk(tmp_path, repository, job, sandbox.url, tmp_path / "outbox", settings)
        auth = github.Auth.Token(store.add_token("mft"))
        with github.Github(auth=auth, base_url=sandbox.url, lazy=True, seconds_between_writes=None) as client:
            issues = client.get_repo(repository)
            incident = issues.create_issue("Incident", play.body(learned=FOR_ANOTHER, reporter="Riya Sen"))
            assert handle(made).complete
            incident.create_comment(f"/suspend Insults\n{SAM}")
            assert handle(made).complete
            suspension = issues.get_issue(2)
            server.arrive(RAW, datetime(2026, 1, 8, 12, tzinfo=UTC))
            for day, state in ((8, "active"), (11, "active"), (12, "appealed"), (13, "appealed")):
                store.move_clock(to=f"2026-01-{day:02}T12:00:00Z")
                assert sweep(made).complete
                assert f"state: {state}" in {label.name for label in suspension.get_labels()}
            texts = [comment.body for comment in suspension.get_comments()]
        assert isinstance(made.mailbox, ImapMailbox)
        made.mailbox.close()
        assert [DONE in flags for flags in server.flags()] == [True]
    assert len([text for text in texts if read_mail(text) is not None]) == 1
    subjects = [str(mail["Subject"]) for mail in mailbox.Maildir(tmp_path / "outbox", create=False)]
    kept = [one for one in subjects if one.startswith("We are keeping your appeal")]
    filed = [one for one in subjects if one.startswith("Your appeal is filed")]
    assert (len(kept), len(filed)) == (1, 1)


def test_an_imap_server_s_older_mail_is_left_alone(tmp_path: Path) -> None:
    """Over IMAP and HTTP: of years of mail only what came since init is filed; the rest isn't even marked."""
    (tmp_path / ".github").mkdir()
    since = "letters_since: 2026-01-05T09:00:00Z\n"
    (tmp_path / ".github" / "cocflow.yml").write_text(CONFIGURATION + since, "utf-8")
    clock = Clock("2026-01-07T09:00:00Z", frozen=True)
    with imap_server(maildir=tmp_path / "mail") as server, Sandbox(clock=clock) as sandbox:
        store, repository = sandbox.store, "acme/incidents"
        store.add_repo(repository, visibility="private", labels=False)
        login = f"{USER}:{quote(PASSWORD, safe='')}"
        settings = {"COCFLOW_IMAP_URL": f"imap://{login}@127.0.0.1:{server.port}/INBOX"}
        job = store.job_token(repository)
        made = bootstrap.desk(tmp_path, repository, job, sandbox.url, tmp_path / "outbox", settings)
        before = [datetime(2025, 1, 1, tzinfo=UTC), datetime(2026, 1, 5, 8, 59, 59, tzinfo=UTC)]
        for at in (*before, datetime(2026, 1, 5, 9, tzinfo=UTC)):
            server.arrive(RAW, at)
        done = sweep(made)
        assert (done.complete, len(done.letters.outcomes)) == (True, 1)
        assert isinstance(made.mailbox, ImapMailbox)
        made.mailbox.close()
        assert [DONE in flags for flags in server.flags()] == [False, False, True]
        assert "Seen" not in "".join(server.flags()[:2])


def plain(mail: EmailMessage) -> str:
    """Return a mail's plain text."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def answered(
    asked: EmailMessage, text: str, *, sender: str = COUNCIL, server: str = "mx.example.org"
) -> bytes:
    """Return an answer as a mail program writes it, for which the server of that name vouches."""
    mail = EmailMessage()
    mail["Authentication-Results"] = f"{server}; dmarc=pass header.from={sender.partition('@')[2]}"
    mail["From"] = sender
    mail["To"] = asked["Reply-To"]
    mail["Subject"] = f"Re: {asked['Subject']}"
    mail["Message-ID"] = make_msgid(domain="example.org")
    mail["In-Reply-To"] = mail["References"] = asked["Message-ID"]
    quoted = "".join(f"> {line}\n" for line in plain(asked).splitlines())
    mail.set_content(f"{text}\n\nOn Monday, Enginexp wrote:\n{quoted}")
    return bytes(mail)


def test_the_outside_contact_is_asked_and_answers_over_real_servers(tmp_path: Path) -> None:
    """Where a report names everybody, their verified answer settles it, and its reporter reads no other."""
    (tmp_path / ".github").mkdir()
    contact = f"outside_contact: The Council <{COUNCIL}>\n"
    (tmp_path / ".github" / "cocflow.yml").write_text(CONFIGURATION + contact, "utf-8")
    clock = Clock("2026-01-05T09:00:00Z", frozen=True)
    with (
        imap_server(maildir=tmp_path / "mail") as box,
        smtp_server() as smtp,
        Sandbox(clock=clock) as sandbox,
    ):
        store, repository = sandbox.store, "acme/incidents"
        store.add_repo(repository, visibility="private", labels=False)
        for login, permission in {"mft": "admin", "miabot": "triage", "rita": "read"}.items():
            store.add_user(login)
            store.set_permission(repository, login, permission)
        settings = {
            "COCFLOW_IMAP_URL": f"imap://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{box.port}/INBOX",
            "COCFLOW_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}?from=coc@example.org",
        }
        made = bootstrap.desk(
            tmp_path, repository, store.job_token(repository), sandbox.url, settings=settings
        )
        assert isinstance(made.mailbox, ImapMailbox)

        def decides() -> tuple[str, ...]:
            return tuple(one.login for one in made.open(made.read(1)).eligible)

        def arrives(raw: bytes) -> None:
            store.move_clock(advance=3600)
            box.arrive(raw, datetime.fromtimestamp(clock.now(), UTC))
            assert sweep(made).complete

        auth = github.Auth.Token(store.add_token("rita"))
        with github.Github(auth=auth, base_url=sandbox.url, lazy=True, seconds_between_writes=None) as rita:
            issues = rita.get_repo(repository)
            issues.create_issue("Incident", play.body(who="It was @mft, and @miabot laughed."))
            assert sweep(made).complete
            assert decides() == ()
            asked = next(one for one in smtp.mails() if one["Subject"] == "Your help is needed")
            assert (asked["To"], "mft" in plain(asked)) == (COUNCIL, False)
            arrives(answered(asked, "Clear, it was somebody else.", server="mx.example.net"))
            arrives(answered(asked, "Clear, it was somebody else.", sender="somebody@example.org"))
            assert decides() == ()
            arrives(answered(asked, "Clear, it was somebody else."))
            assert decides() == ("mft", "miabot")
            said = "\n".join(one.body for one in issues.get_issue(1).get_comments())
        made.mailbox.close()
        assert [DONE in flags for flags in box.flags()] == [True]
        assert box.count(ASIDE_FOLDER) == 2
    assert said.count("Clear, it was somebody else.") == 1
    assert "@mft @miabot settled by the outside contact." in said
    assert "From now on, mft or miabot may decide your report." in said
    assert "somebody@" not in said.replace("\N{WORD JOINER}", "")


# --- the reporter's own -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "verified", "heard", "shared"),
    [
        ("riya@example.org", True, True, "none"),
        ("riya@example.org", False, True, "parties"),
        ("somebody@example.net", True, True, "parties"),
        ("robin@example.org", True, False, "parties"),
        ("council@example.org", True, False, "parties"),
    ],
)
def test_a_letter_about_an_incident_is_the_reporters_as_far_as_can_be(
    sender: str, verified: bool, heard: bool, shared: str
) -> None:
    """Only a verified one from their address asks for anything; whatever may be theirs holds things up."""
    made = Scene(by=MFT, answers={"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"})
    made.says(MFT, "/party Robin Example robin@example.org", "/consent community\n> You may.")
    token = reply_token(1, made.tracker.threads[1].opened.id, "reporter", None)
    said: dict[str, Any] = {
        "received": made.tracker.now,
        "sender": sender,
        "verified": verified,
        "tokens": (token,),
    }
    made.mailbox.arrives("/consent none", **said)
    made.run()
    assert consent(made.case()).level == shared
    assert unheard(made.case()) is (heard and shared != "none")
    made.passes(DAY)
    assert consent(made.case()).level == (shared if heard else "community")


def test_a_mail_takes_a_withdrawal_back() -> None:
    """The reporter's own, which begins with the word; nobody else's."""
    made = concerning("Robin Example robin@example.org")
    made.says(MFT, "/withdraw\n> Please stop.")
    for sender, state in (("robin@example.org", "withdrawn"), ("riya@example.org", "reported")):
        writes(made, "Reopen, please. I am all right again.", sender, "reporter")
        assert made.case().progress.state == state


# --- whose words they are -----------------------------------------------------------------------------

PARTY = "Robin Example robin@example.org"


def concerning(*parties: str, also: tuple[str, ...] = ()) -> Scene:
    """Return an incident filed for Riya Sen, who is reached by mail, with these parties."""
    made = Scene(by=MFT, answers={"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"})
    made.says(MFT, *(f"/party {one}" for one in parties), *also)
    return made


def writes(made: Scene, text: str, sender: str, key: str, *, number: int = 1, **fields: Any) -> None:
    """Let somebody answer a notice that was sent to the person of that key."""
    token = reply_token(number, made.tracker.threads[number].opened.id, key, None)
    made.mailbox.arrives(text, received=made.tracker.now, sender=sender, tokens=(token,), **fields)
    made.run()


def whose(made: Scene, number: int = 1) -> tuple[str, bool]:
    """Return whose the newest letter is that an issue holds, and whether surely."""
    *_, filed = (one for text in made.tracker.by_bot(number) if (one := read_mail(text)) is not None)
    return filed.person, filed.verified


@pytest.mark.parametrize(
    ("sender", "verified", "key", "is_"),
    [
        ("robin@example.org", True, "p1", ("p1", True)),
        ("ROBIN@example.org", True, "p1", ("p1", True)),
        ("robin@example.org", False, "p1", ("p1", False)),
        ("stranger@example.net", True, "p1", ("p1", False)),
        ("riya@example.org", True, "p1", ("reporter", True)),
        ("robin@example.org", True, "reporter", ("p1", True)),
        ("council@example.org", True, "p1", ("outside", True)),
        ("council@example.org", False, "p1", ("p1", False)),
    ],
)
def test_a_letter_is_its_senders_where_they_have_a_part(
    sender: str, verified: bool, key: str, is_: tuple[str, bool]
) -> None:
    """Whoever has the token but another address may be anybody; nobody becomes another by a token."""
    made = concerning(PARTY)
    writes(made, "I would like to say something.", sender, key, verified=verified)
    assert whose(made) == is_


def test_a_party_says_nothing_in_the_reporters_name() -> None:
    """Not with the reporter's token either."""
    made = concerning(PARTY)
    for key in ("p1", "reporter"):
        writes(made, "/consent community by name", "robin@example.org", key)
        writes(made, "/withdraw", "robin@example.org", key)
    assert (consent(made.case()).level, made.case().progress.state) == ("none", "reported")


def test_a_token_of_an_older_version_is_everybodys_in_its_case() -> None:
    """Its mails are still answered, by whoever's address it is."""
    made = concerning(PARTY)
    token = old_token(1, made.tracker.threads[1].opened.id)
    for sender, is_ in (("robin@example.org", "p1"), ("riya@example.org", "reporter")):
        made.mailbox.arrives("Hello.", received=made.tracker.now, sender=sender, tokens=(token,))
        made.run()
        assert whose(made) == (is_, True)


def test_the_page_says_whose_a_letter_is() -> None:
    """By name or role, and how surely."""
    made = concerning(PARTY)
    writes(made, "One.", "robin@example.org", "p1")
    writes(made, "Two.", "mallory@example.net", "p1")
    writes(made, "Three.", "robin@example.org", "p1", verified=False)
    found = (text for text in made.tracker.by_bot(1) if read_mail(text) is not None)
    shown = [text.replace("\N{WORD JOINER}", "") for text in found]
    assert "from Robin Example, at the address on record." in shown[0]
    assert (
        "from mallory@example.net, which isn't on record here. It answers what Robin Example was sent"
        in shown[1]
    )
    assert (
        "from robin@example.org, which can't be verified. It answers what Robin Example was sent" in shown[2]
    )


def test_what_a_suspended_person_answers_to_anything_is_about_their_suspension() -> None:
    """To a notice of the incident, of the suspension, or to the resolution that they got as a party."""
    made = concerning("Sam Poe, sam@example.org", also=(f"/suspend Insults\n{SAM}",))
    for number, key in ((1, "s1"), (1, "p1"), (2, "suspended")):
        writes(made, f"Let me back in, {key}.", "sam@example.org", key, number=number)
        assert whose(made, 2) == ("suspended", True)
    kept = made.case(2).progress[Waiting].appeal
    assert [one.verified for one in kept] == [True, True, True]
    made.passes(8 * DAY)
    assert made.case(2).progress.state == "appealed"


def test_what_stands_in_a_subject_is_read(post: Post) -> None:
    """Some write all of it there; the subject of an answer is ours, and stands nowhere."""
    post.arrives("See above.", sender="stranger@example.net", subject="I saw @mft\n/overturn there")
    post.arrives(subject=f"Re: Your account [{post.token}]", tokens=(post.token,))
    post.run()
    ((_, said),) = post.filed(3)
    assert "Subject: I saw" in said
    assert "@mft" not in said
    assert "\n/overturn" not in said
    assert "Subject" not in post.filed(2)[0][1]


def test_once_a_suspension_is_over_its_person_writes_about_the_incident_again() -> None:
    """There is nothing to appeal any more."""
    made = concerning("Sam Poe, sam@example.org", also=(f"/suspend Insults\n{SAM}",))
    made.tracker.labels(MFT, 2, "state: lifted")
    made.run()
    writes(made, "Thank you.", "sam@example.org", "p1")
    assert whose(made) == ("p1", True)


def test_people_of_one_case_share_neither_token_nor_thread() -> None:
    """Two who compare their mails can't tell that they are about the same."""
    made = concerning(PARTY, "Kim Doe, kim@example.org", also=("/estimate 3 days",))
    made.sends(MFT, "/resolve We talked.")
    sent = {one.to.key: one for one in made.post.messages if one.to.key not in ("channel", "community")}
    assert sorted(sent) == ["p1", "p2", "reporter"]
    assert len({one.token for one in sent.values()}) == len({one.thread for one in sent.values()}) == 3
    assert len({one.token[:4] for one in sent.values()}) == 3


def test_tokens_that_lead_nowhere_cost_only_so_many_reads(post: Post) -> None:
    """Whoever makes up a thousand of them keeps no known sender's letter back."""
    post.tracker.forget()
    for n in range(TOKENS_READ):
        made_up = (f"{old_token(1000 + 3 * n + m, 'x')}" for m in range(3))
        post.arrives(sender=f"a{n}@example.net", tokens=tuple(made_up))
    wanted = post.arrives("Mine.", tokens=(post.token,), received=post.tracker.now - HOUR)
    done = collect(post.desk, post.mailbox, Budget(post.tracker))
    assert wanted in post.mailbox.handled
    assert done.reads <= 2 * TOKENS_READ + 3 * LETTERS


# --- what holds no words -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["encrypted", "attachments"])
def test_what_only_people_can_read_lies_aside_and_its_sender_is_asked(post: Post, kind: str) -> None:
    """It is shown with its subject and files, no appeal is kept, and the sender gets one mail for two."""
    for _ in range(2):
        subject = f"My appeal [{post.token}]"
        post.arrives("", kind=kind, subject=subject, attachments=("appeal.pdf",), tokens=(post.token,))
        post.run()
    assert (len(post.mailbox.aside), post.mailbox.handled, post.kept()) == (2, [], [])
    assert "Subject: My appeal\n" in post.filed(2)[0][1]
    assert "appeal.pdf" in post.filed(2)[0][1]
    (message,) = post.notifier.messages
    assert message.to.mail == "sam@example.org"
    assert "in plain words" in message.text


def test_an_empty_mail_is_dealt_with_once(post: Post) -> None:
    """Nothing of it is left to be read in the mailbox, and it is no appeal."""
    letter = post.arrives("", kind="empty", tokens=(post.token,))
    post.run()
    assert (post.mailbox.handled, post.mailbox.aside, post.kept()) == ([letter], [], [])


@pytest.mark.parametrize("kind", ["reaction", "receipt"])
def test_what_says_nothing_and_is_nobodys_opens_nothing(post: Post, kind: str) -> None:
    """A stranger's reaction or receipt lies aside, and no issue is opened for it."""
    before = set(post.tracker.threads)
    letter = post.arrives("", kind=kind, sender="stranger@example.net", verified=False)
    post.run()
    assert post.mailbox.aside == [letter]
    assert set(post.tracker.threads) == before


@pytest.mark.parametrize("kind", ["encrypted", "empty", "attachments", "calendar", "absence"])
def test_a_strangers_mail_that_may_say_something_goes_before_people(post: Post, kind: str) -> None:
    """It may be anything, as a mail sent on without a word, so it is shown like any that matches nothing."""
    before = set(post.tracker.threads)
    post.arrives("> quoted", kind=kind, sender="stranger@example.net", verified=False)
    post.run()
    (number,) = set(post.tracker.threads) - before
    assert "They aren't asked to write it" in "\n".join(post.tracker.by_bot(number))
    assert post.notifier.messages == []


# --- on a page that its reporter reads -------------------------------------------------------------------


@pytest.mark.parametrize("by", [RIYA, STRANGER])
def test_no_mail_of_others_stands_where_whoever_filed_it_reads_it(by: Actor) -> None:
    """Neither its words nor its address: it lies in the mailbox, and administrators are told that it does."""
    made = Scene(by=by, answers={} if by == RIYA else {"learned": FOR_ANOTHER, "reporter": "Riya Sen"})
    made.says(MFT, f"/party {ROBIN}", "/estimate 3 days")
    writes(made, "I am sorry.", "robin@example.org", "p1")
    assert len(made.mailbox.aside) == 1
    assert "I am sorry" not in "".join(made.tracker.by_bot(1))
    assert "robin@" not in "".join(made.tracker.by_bot(1)).replace("\N{WORD JOINER}", "")
    assert made.newest().startswith("@mft a mail has arrived, see above.")
    assert "Robin" not in made.newest()
    (note,) = row(made.case()).notes[-1:]
    assert note.startswith("A mail has had no answer since")


def test_what_a_mail_decides_counts_without_its_words() -> None:
    """A party's no to a text is shown to administrators; why they said it stands in the mailbox only."""
    made = Scene(by=RIYA, answers={"where": PUBLIC})
    made.says(MFT, f"/party {ROBIN}", "/estimate 3 days", "/post rules\nPlease be kind.")
    writes(made, "Consent no, it would be about me.\n\nRobin", "robin@example.org", "p1")
    assert against(made.case()) == ("p1",)
    assert len(made.mailbox.aside) == 1
    assert "about me" not in "".join(made.tracker.by_bot(1))


def test_the_reporters_mail_counts_on_a_page_that_whoever_filed_reads() -> None:
    """They say yes to being it, and what may be shared; what else they wrote isn't for whoever filed."""
    made = Scene(by=STRANGER, answers={"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"})
    writes(made, "/agree though I was afraid to", "riya@example.org", "reporter")
    assert agreed(made.case())
    writes(made, "Consent parties.\nI am still afraid.", "riya@example.org", "reporter")
    assert consent(made.case()).level == "parties"
    assert "afraid" not in "".join(made.tracker.by_bot(1))


def test_an_administrator_reads_a_mail_on_the_page_that_they_filed() -> None:
    """Filed for a reporter who is elsewhere, it is administrators' own: it is put there as it came."""
    made = Scene(by=MFT, answers={"learned": FOR_ANOTHER, "reporter": "Riya Sen, riya@example.org"})
    made.says(MFT, f"/party {ROBIN}")
    writes(made, "I am sorry.", "robin@example.org", "p1")
    assert len(made.mailbox.handled) == 1
    assert "> I am sorry." in "".join(made.tracker.by_bot(1))


# --- a mailbox of two vaults ----------------------------------------------------------------------------


class TwoVaults:
    """Two vaults of a community, each with a run of its own, and one mailbox and outside contact."""

    def __init__(self, **fields: Any) -> None:
        lou = Administrator(login="lou-b", name="Lou Böhm", mail="lou@example.org")
        first = Vault(repository="example/first", administrators=ROSTER)
        second = Vault(repository="example/second", administrators=(lou,))
        given: dict[str, Any] = {
            "reports": "reports@example.org",
            "outside_contact": "board@example.org",
            "vaults": (first, second),
        } | fields
        self.scenes = {one.repository: Scene(roster=one.administrators, **given) for one in (first, second)}
        self.mailbox = self.scenes["example/first"].mailbox
        for name, scene in self.scenes.items():
            scene.desk = msgspec.structs.replace(scene.desk, repository=name, mailbox=self.mailbox)
            scene.post.messages.clear()

    def mails(self, text: str, **fields: Any) -> Letter:
        """Let a mail to the address for reports arrive."""
        now = self.scenes["example/first"].tracker.now
        given: dict[str, Any] = {"received": now, "subject": "", "addressed": ("reports@example.org",)}
        return self.mailbox.arrives(text, **(given | fields))

    def run(self, *order: str) -> None:
        """Let a run of each come, the first one's first unless said otherwise."""
        for name in order or self.scenes:
            self.scenes[name].run()

    def waits(self, span: timedelta) -> None:
        """Let time go by for all."""
        for scene in self.scenes.values():
            scene.tracker.moves_clock(span)

    def opened(self) -> dict[str, int]:
        """Return how many incidents each has by mail."""
        return {
            name.removeprefix("example/"): sum(
                MAIL in thread.labels for thread in scene.tracker.threads.values()
            )
            for name, scene in self.scenes.items()
        }

    def told(self) -> list[str]:
        """Return what the outside contact has been sent."""
        scenes = self.scenes.values()
        return [one.text for scene in scenes for one in scene.post.messages if one.to.key == "outside"]


@pytest.fixture
def vaults() -> TwoVaults:
    """Return two vaults that read one mailbox."""
    return TwoVaults()


ORDERS = [("example/first", "example/second"), ("example/second", "example/first")]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("Somebody shouted at me.", {"first": 1, "second": 0}),
        (f"It was {ROSTER[0].login}, I think.", {"first": 0, "second": 1}),
        ("Lou wrote to me at night.", {"first": 1, "second": 0}),
    ],
)
def test_of_two_vaults_that_read_a_mailbox_one_takes_a_report(
    text: str, opened: dict[str, int], order: tuple[str, ...], vaults: TwoVaults
) -> None:
    """It is the first of whose administrators nobody may be meant, whichever run comes first."""
    letter = vaults.mails(text)
    vaults.run(*order)
    vaults.run(*order)
    assert vaults.opened() == opened
    assert vaults.mailbox.handled == [letter]
    assert vaults.told() == []


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("fields", [{}, {"kind": "encrypted"}, {"kind": "attachments"}, {"unreadable": True}])
def test_what_may_concern_somebody_of_each_vault_lies_aside_and_the_contact_knows(
    fields: dict[str, Any], order: tuple[str, ...], vaults: TwoVaults
) -> None:
    """They are told once, and nothing of it, after all had time to find that they know it."""
    text = "" if fields else f"{ROSTER[0].login} and Lou, last Monday"
    letter = vaults.mails(text, **fields)
    vaults.run(*order)
    assert (vaults.mailbox.inbox, vaults.told()) == ([letter], [])
    vaults.waits(DAY + 2 * HOUR)
    vaults.run(*order)
    vaults.run(*order)
    assert vaults.opened() == {"first": 0, "second": 0}
    assert vaults.mailbox.aside == [letter]
    (told,) = vaults.told()
    assert "last Monday" not in told
    assert "lou" not in told.casefold()


def test_a_contact_who_cannot_be_reached_is_no_letter_lost() -> None:
    """It stays unread, and the board of the last vault says what to do."""
    vaults = TwoVaults(outside_contact="The board, in person")
    letter = vaults.mails(f"{ROSTER[0].login} and Lou")
    vaults.waits(DAY + 2 * HOUR)
    vaults.run()
    assert vaults.mailbox.inbox == [letter]
    board = "\n".join(vaults.scenes["example/second"].tracker.by_bot(BOARD))
    assert "outside contact" in board
    assert "Lou" not in board


def test_an_answer_belongs_to_the_vault_that_knows_it(vaults: TwoVaults) -> None:
    """Whoever it names, and whichever run comes first: its token or its sender says where."""
    vaults.mails(f"It was {ROSTER[0].login}.", sender="ann@example.net")
    vaults.run()
    token = vaults.scenes["example/second"].post.messages[-1].token
    by_token = vaults.mails("Lou knows of it, too.", sender="ann@example.com", tokens=(token,))
    vaults.run()
    by_address = vaults.mails("Lou knows of it.", sender="ann@example.net")
    vaults.run("example/second", "example/first")
    assert vaults.mailbox.handled[1:] == [by_token, by_address]
    assert vaults.opened() == {"first": 0, "second": 1}


def test_an_answer_that_none_knows_is_a_letter_like_any_other_after_a_while(vaults: TwoVaults) -> None:
    """A token of a case that is gone keeps no letter back for ever."""
    letter = vaults.mails("Somebody shouted at me.", tokens=("2222bbbbcccc",))
    vaults.run()
    assert vaults.mailbox.inbox == [letter]
    vaults.waits(DAY + 2 * HOUR)
    vaults.run()
    assert vaults.opened() == {"first": 1, "second": 0}


def test_what_says_nothing_is_put_aside_by_the_last_vault_alone(vaults: TwoVaults) -> None:
    """Once each had time to find that it is about a notice of its own."""
    letter = vaults.mails("I am away.", automatic=True)
    vaults.run()
    assert vaults.mailbox.inbox == [letter]
    vaults.waits(DAY + 2 * HOUR)
    vaults.run("example/first")
    assert vaults.mailbox.inbox == [letter]
    vaults.run("example/second")
    assert vaults.mailbox.aside == [letter]


def test_letters_of_a_vault_that_never_reads_keep_none_of_another_ones_waiting(vaults: TwoVaults) -> None:
    """They take no share of what a run reads."""
    for place in range(2 * LETTERS):
        vaults.mails(f"It was {ROSTER[0].login}.", sender=f"p{place}@example.net")
    letter = vaults.mails("Somebody shouted at me.", sender="ann@example.net")
    vaults.run("example/first")
    assert vaults.mailbox.handled == [letter]


# --- an address that several people have --------------------------------------------------------------


def shared(**fields: Any) -> Scene:
    """Return an incident in whose reporter's mailbox somebody else's letters arrive, too."""
    answers = {"learned": FOR_ANOTHER, "reporter": "Riya Roe, home@example.org", "share": SHARES["parties"]}
    made = Scene(by=MFT, answers=answers, **fields)  # type: ignore[arg-type]
    made.acknowledged('"Robin Example" home@example.org')
    return made


@pytest.mark.parametrize("token", [False, True])
def test_an_address_that_two_people_have_tells_nobody_apart(token: bool) -> None:
    """Neither withdraws a report nor shares it for the other: an administrator is shown it, and decides."""
    made = shared()
    tokens = (reply_token(1, made.tracker.threads[1].opened.id, "reporter", None),) if token else ()
    for said in ("withdraw", "consent community by name"):
        made.mailbox.arrives(said, received=made.tracker.now, sender="home@example.org", tokens=tokens)
        made.run()
    assert made.case().progress.state == "acknowledged"
    assert (consent(made.case()).level, consent(made.case()).named) == ("parties", False)
    assert any("which more than one person here has" in one for one in made.tracker.by_bot(1))
    assert made.mailbox.aside == []


def test_an_address_that_one_person_has_under_two_names_is_theirs() -> None:
    """A suspended person who is a party, too, writes about their suspension, as ever."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.acknowledged("Samuel Poe sam@example.org")
    made.says(MFT, "/suspend Insults\nsampoe sam@example.org until 30 days")
    made.mailbox.arrives("Appeal: I was not there.", received=made.tracker.now)
    made.run()
    assert [one.verified for one in made.case(2).progress[Waiting].appeal] == [True]


def test_an_appeal_in_one_of_several_cases_is_taken_for_no_report() -> None:
    """Nobody guesses in which: an administrator is shown where it may belong, and its writer that it came."""
    to = "coc@example.org"
    made = Scene(answers={"share": SHARES["parties"]}, reports=to, appeals=to)
    made.says(MFT, "/suspend Insults\nSam Poe sam@example.org until 30 days")
    second = made.tracker.opens(STRANGER, play.body())
    made.run()
    made.says(MIABOT, "/suspend Threats\nSam Poe sam@example.org until 60 days", on=second)
    made.passes(8 * DAY)
    made.post.messages.clear()
    made.mailbox.arrives("Appeal: I was not there.", received=made.tracker.now)
    made.run()
    opened = made.tracker.threads[5]
    assert "issues 2 and 4" in opened.body
    assert "Appeal: I was not there." in "\n".join(made.tracker.by_bot(5))
    assert not any("Your report has arrived" in one.text for one in made.post.messages)
    (told,) = made.texts("sender")
    assert "A person looks at it" in told


def test_who_has_reported_twice_is_one_person() -> None:
    """Whoever came in with a report that is handled here writes as its reporter, by whatever name."""
    answers = {"learned": FOR_ANOTHER, "reporter": "Riya Roe, home@example.org"}
    made = Scene(by=MFT, answers=answers)  # type: ignore[arg-type]
    again = answers | {"reporter": "R. Roe, home@example.org"}
    second = made.tracker.opens(MFT, play.body(**again))
    made.run()
    made.says(MFT, "/dismiss duplicate of #1", on=second)
    assert [one.key for one in made.case().people if one.mail] == ["reporter"]
    token = reply_token(1, made.tracker.threads[1].opened.id, "reporter", None)
    made.mailbox.arrives("/withdraw", received=made.tracker.now, sender="home@example.org", tokens=(token,))
    made.run()
    assert made.case().progress.state == "withdrawn"
