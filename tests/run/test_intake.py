"""Reports by mail: an incident of each sender's own, what they are told, and what they may do by mail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import github
import msgspec
import pytest

from cocflow import bootstrap
from cocflow.core.acts.consent import consent
from cocflow.core.acts.report import is_unsure, report
from cocflow.core.acts.say import asked_about
from cocflow.core.case.records import Filed, read_card, read_mail
from cocflow.core.case.seal import Seal
from cocflow.core.forms.by_mail import write_mailed
from cocflow.core.forms.form import Answers, Value
from cocflow.ports import ChannelError, Letter
from cocflow.run.budget import Budget
from cocflow.run.intake import LETTERS, NEW, sender_of
from cocflow.run.letters import collect
from cocflow.run.sweep import sweep
from cocflow.sandbox import Clock, Sandbox
from tests.core import play
from tests.core.play import BOT, DAY, HOUR, MFT, MIABOT, ROSTER
from tests.fakes import BOARD, FakeMailbox, nothing
from tests.run.crashing import crashed
from tests.scene import SHARES, Scene
from tests.servers.imap import PASSWORD, USER, imap_server
from tests.servers.smtp import smtp_server

REPORTS = "reports@example.org"
RIYA_MAIL = "riya@example.net"
FIRST = 2
"""The number of the first incident that comes by mail."""

ANSWERED: dict[str, Value] = {
    "nature": "Somebody shouted at us after the meeting.",
    "who": "Robin Example, and Kim was there.",
    "material": "Nothing but our word.",
    "privacy": "Please don't name us.",
}
TEXT = write_mailed(play.definition().form, Answers(ANSWERED))
"""What the page for reports makes of four answers."""


class Intake(Scene):
    """A community to which reports come by mail, with one incident that was filed in the repository."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**({"reports": REPORTS, "appeals": "appeals@example.org"} | fields))
        self.post.messages.clear()

    def arrives(self, text: str = TEXT, **fields: Any) -> Letter:
        """Let a mail to the address for reports arrive, and no run follow."""
        given: dict[str, Any] = {
            "received": self.tracker.now,
            "sender": RIYA_MAIL,
            "name": "Riya Sen",
            "subject": "",
            "addressed": (REPORTS,),
        }
        return self.mailbox.arrives(text, **(given | fields))

    def mails(self, text: str = TEXT, **fields: Any) -> Letter:
        """Let a mail arrive, and a run follow."""
        letter = self.arrives(text, **fields)
        self.run()
        return letter

    def answers(self, text: str, **fields: Any) -> None:
        """Let the reporter answer the newest mail that they got."""
        token = [one.token for one in self.post.messages if one.to.key == "reporter"][-1]
        self.tracker.moves_clock(HOUR)
        self.mails(f"{text}\n\nOn Monday at 09:00, cocflow wrote:\n> Thank you.", tokens=(token,), **fields)

    def subjects(self, key: str = "reporter") -> list[str]:
        """Return the subjects of what somebody was sent, without the code name."""
        return [one.subject.partition(" (")[0] for one in self.post.messages if one.to.key == key]

    def incidents(self) -> list[int]:
        """Return the numbers of the incidents that came by mail."""
        return [number for number in sorted(self.tracker.threads) if 1 < number < BOARD]

    def filed(self, number: int = FIRST) -> list[Filed]:
        """Return the letters that an issue holds, or their parts."""
        return [one for text in self.tracker.by_bot(number) if (one := read_mail(text)) is not None]


@pytest.fixture
def intake() -> Intake:
    """Return a community to which reports come by mail."""
    return Intake()


# --- a report ------------------------------------------------------------------------------------------


def test_a_report_by_mail_is_an_incident_whose_reporter_gets_all_that_a_reporter_gets(
    intake: Intake,
) -> None:
    """They are told that it arrived and what was understood, then the estimate, then the resolution."""
    letter = intake.mails()
    assert intake.mailbox.handled == [letter]
    assert intake.tracker.state_labels(FIRST) == {"state: reported"}
    assert LETTERS in intake.tracker.threads[FIRST].labels
    (arrived,) = intake.post.messages
    assert (arrived.to.key, arrived.to.mail) == ("reporter", RIYA_MAIL)
    for words in ANSWERED.values():
        assert str(words) in arrived.text
    assert "`/withdraw`" in arrived.text
    assert arrived.token
    intake.says(MFT, "/estimate 3 days", on=FIRST)
    intake.sends(MFT, "/resolve We talked with everyone.", on=FIRST)
    assert intake.subjects() == [
        "Your report has arrived",
        "An estimate for your report",
        "Your report has been resolved",
    ]
    intake.run()
    assert intake.tracker.state_labels(FIRST) == {"state: closed"}


def test_the_administrators_read_the_answers_and_the_mail_itself(intake: Intake) -> None:
    """The body holds the form's answers, and below it stands the mail as it came, in whole."""
    intake.mails(f"Good evening,\n\n{TEXT}\n\nRiya")
    read = report(intake.case(FIRST)).answers
    assert {id_: read.text(id_) for id_ in ANSWERED} == ANSWERED
    assert read.text("reporter") == f"Riya Sen, {RIYA_MAIL}"
    body = intake.tracker.threads[FIRST].body
    assert "Good evening," in body
    (filed,) = intake.filed()
    assert (filed.person, filed.verified) == ("reporter", True)
    (mail,) = [text for text in intake.tracker.by_bot(FIRST) if read_mail(text) is not None]
    assert "> Good evening," in mail
    assert "Mia has it" in intake.tracker.receipts(FIRST)[0].body
    assert "as it came" in intake.newest(FIRST)
    assert "has written" not in intake.tracker.card(FIRST)


def test_plain_words_are_incomplete_and_nothing_waits_for_more(intake: Intake) -> None:
    """The reporter is asked for the other answers, and can be given an estimate at once."""
    intake.mails("Robin shouted at me yesterday. Please help.")
    assert intake.tracker.state_labels(FIRST) == {"state: incomplete"}
    (arrived,) = intake.texts("reporter")
    assert "> Robin shouted at me yesterday. Please help." in arrived
    assert "Question 2. Who is involved in this incident?" in arrived
    assert "There is no hurry" in arrived
    intake.says(MFT, "/estimate 3 days", on=FIRST)
    assert intake.tracker.state_labels(FIRST) == {"state: acknowledged"}


def test_a_subject_is_part_of_the_report(intake: Intake) -> None:
    """Whoever writes all of it into the subject has reported all the same."""
    intake.mails("", subject="Robin shouted at me")
    assert "Robin shouted at me" in intake.tracker.threads[FIRST].body
    assert len(report(intake.case(FIRST)).unanswered) == 4


@pytest.mark.parametrize(("kind", "attachments"), [("empty", ()), ("attachments", ("screen.png",))])
def test_a_mail_sent_on_without_a_word_is_a_report(
    intake: Intake, kind: str, attachments: tuple[str, ...]
) -> None:
    """What somebody else wrote tells of it: its sender isn't told that it can't be read."""
    on = "---------- Forwarded message ---------\nFrom: Robin <robin@example.org>\n\nI will get you."
    intake.mails(on, kind=kind, attachments=attachments)
    assert intake.subjects() == ["Your report has arrived"]
    assert "I will get you." in intake.texts("reporter")[0]


@pytest.mark.parametrize(
    ("share", "level", "named"),
    [("none", "none", False), ("parties", "parties", False), ("community by name", "community", True)],
)
def test_what_a_verified_mail_lets_be_shared_counts_as_the_reporters_own(
    intake: Intake, share: str, level: str, named: bool
) -> None:
    """It is their own word, so it counts as it does in the form, and nothing of it waits."""
    intake.mails(write_mailed(play.definition().form, Answers(ANSWERED | {"share": SHARES[share]})))
    given = consent(intake.case(FIRST))
    assert (given.level, given.named, given.recorded) == (level, named, False)


# --- what they may do by mail --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["/withdraw", "Withdraw.", "withdraw", "/withdraw I am scared.", "Withdraw, please."]
)
def test_the_reporter_takes_the_report_back_by_mail(intake: Intake, words: str) -> None:
    """With or without the slash; they are told, and need not say why."""
    intake.mails()
    intake.answers(words)
    assert intake.tracker.state_labels(FIRST) == {"state: withdrawn"}
    assert intake.subjects()[-1] == "Your report is withdrawn"
    assert "The reporter has withdrawn the report." in intake.newest(FIRST)
    intake.answers("/reopen")
    assert "The reporter has taken it up again" in intake.newest(FIRST)


@pytest.mark.parametrize(
    "words",
    [
        "Please take my report back, I am scared.",
        "Withdraw my last sentence, please.",
        "Help me, Robin is here again.",
        "Help, Robin is here again.",
        "> /withdraw\n\nWhat does that mean?",
        "I am scared, please hurry.\n\n/withdraw",
        "/withdraw\n/consent none",
    ],
)
def test_words_that_may_mean_something_else_go_before_the_administrators(intake: Intake, words: str) -> None:
    """Nothing happens by itself, and nothing is lost: they are mentioned."""
    intake.mails()
    intake.answers(words)
    assert intake.tracker.state_labels(FIRST) == {"state: reported"}
    assert "@miabot" in intake.newest(FIRST)
    assert len(intake.filed()) == 2
    assert intake.subjects() == ["Your report has arrived"]


def test_missing_answers_come_by_mail(intake: Intake) -> None:
    """Each is taken without what the mail program added, and the reporter is told what is still open."""
    intake.mails("Robin shouted at me.")
    intake.answers("/answer 2 Robin Example.\n\n-- \nRiya")
    assert report(intake.case(FIRST)).answers.text("who") == "Robin Example."
    assert intake.subjects()[-1] == "Thank you for your answers"
    intake.answers("Answer 3: Nothing.")
    intake.answers("/answer\n3. Still nothing.\n4. None.")
    assert intake.tracker.state_labels(FIRST) == {"state: reported"}
    assert report(intake.case(FIRST)).answers.text("material") == "Still nothing."


def test_the_reporter_asks_where_things_stand_and_says_what_may_be_shared(intake: Intake) -> None:
    """Both are answered by mail, with what may be done by mail and nothing else."""
    intake.mails()
    intake.answers("/help")
    assert "answer with `/withdraw` in the first line" in intake.texts("reporter")[-1]
    assert "edit the report" not in intake.texts("reporter")[-1]
    intake.answers("consent parties")
    assert consent(intake.case(FIRST)).level == "parties"
    assert intake.subjects()[-1] == "What we may share"


def test_a_mail_that_may_be_anybodys_does_nothing_in_the_reporters_name(intake: Intake) -> None:
    """Whoever forges their address, or has their token, is put before the administrators."""
    intake.mails()
    token = intake.post.messages[0].token
    intake.mails("/withdraw", verified=False, tokens=(token,))
    intake.mails("/withdraw", sender="mallory@example.net", tokens=(token,))
    intake.mails("/withdraw", verified=False)
    assert intake.tracker.state_labels(FIRST) == {"state: reported"}
    assert len(intake.filed()) == 4
    assert intake.incidents() == [FIRST]


# --- whose it is ---------------------------------------------------------------------------------------


def test_two_strangers_have_an_incident_each(intake: Intake) -> None:
    """Neither reads of the other, in one run as over several."""
    intake.arrives()
    intake.mails("Kim took my bag.", sender="lou@example.net", name="Lou")
    assert intake.incidents() == [2, 3]
    assert [len(intake.filed(number)) for number in (2, 3)] == [1, 1]
    assert {(one.to.mail, one.thread) for one in intake.post.messages} == {
        (RIYA_MAIL, intake.post.messages[0].thread),
        ("lou@example.net", intake.post.messages[1].thread),
    }


def test_a_further_mail_of_the_reporters_goes_to_their_only_open_case(intake: Intake) -> None:
    """Without a token, and from their address in whatever letter case, in the same run or later."""
    intake.arrives()
    intake.mails("One thing more: it was in room 2.", sender="Riya@example.net")
    intake.mails("And it was raining.")
    assert intake.incidents() == [FIRST]
    assert [one.person for one in intake.filed()] == ["reporter"] * 3
    said = "\n".join(intake.tracker.by_bot(FIRST))
    assert said.count("the reporter has written, see above.") == 1
    assert "There is more from the reporter" in intake.newest(FIRST)


def test_the_first_words_after_a_report_are_put_before_the_administrators(intake: Intake) -> None:
    """The mail that is the report waits for an estimate alone, so what follows it is mentioned."""
    intake.mails("Robin shouts at me.")
    assert "has had no answer" not in intake.tracker.card(FIRST)
    intake.answers("Please take my report back, I am scared.")
    assert "@miabot the reporter has written" in intake.newest(FIRST)
    assert "has had no answer" in intake.tracker.card(FIRST)


def test_administrators_read_who_took_a_report_back_and_up_again(intake: Intake) -> None:
    """By mail the reporter does it themself, and nobody records it for them."""
    intake.mails()
    intake.answers("/withdraw")
    assert intake.newest(FIRST).startswith("The reporter has withdrawn the report.")
    intake.answers("Please go on after all.")
    assert "add the label `state: reported`, or Reopen the issue" in intake.newest(FIRST)
    intake.answers("reopen")
    assert intake.newest(FIRST).startswith("The reporter has taken it up again")


def test_a_sender_who_was_given_an_estimate_before_reads_it_when_they_are_believed(intake: Intake) -> None:
    """What tells them that their report has arrived doesn't promise what they have."""
    intake.mails(verified=False)
    intake.says(MFT, "/estimate 3 days", on=FIRST)
    intake.labels(MFT, "reporter: verified", on=FIRST)
    (arrived,) = [one for one in intake.texts("reporter") if "has arrived" in one]
    assert "We expect to have resolved this by Thursday, 8 January 2026" in arrived
    assert "You will get an estimate" not in arrived


def test_of_two_open_cases_none_is_guessed_at(intake: Intake) -> None:
    """Whoever is known in two writes a new report, for people to sort; once one is over, the other."""
    intake.mails()
    intake.says(MFT, f"/party Riya Sen {RIYA_MAIL}")
    intake.sends(MFT, "/ask Riya Sen What happened?")
    intake.mails("Something else.")
    assert intake.incidents() == [2, 3]
    intake.labels(MFT, "state: withdrawn", on=2)
    intake.says(MFT, "/withdraw\n> It is all right.", on=2)
    intake.says(MFT, "/withdraw\n> It is all right.", on=3)
    intake.mails("About that party.")
    assert intake.incidents() == [2, 3]
    assert [one.person for one in intake.filed(1)] == ["p1"]


def test_the_accused_never_lands_in_a_strangers_case(intake: Intake) -> None:
    """Their mail goes to the case in which they were told something, as theirs, or opens one of its own."""
    intake.mails()
    intake.mails("I have heard that there is a report.", sender="robin@example.org", name="Robin")
    assert intake.incidents() == [2, 3]
    intake.says(MFT, "/withdraw\n> No.", on=3)
    intake.says(MFT, "/party Robin Example robin@example.org", on=2)
    intake.sends(MFT, "/ask Robin Example What happened?", on=2)
    intake.mails("Once more.", sender="robin@example.org", name="Robin")
    assert intake.incidents() == [2, 3]
    assert intake.filed(2)[-1].person == "p1"


@pytest.mark.parametrize("text", ["help", "/help", "appeal I was not there", "consent yes", "Kit hit me."])
def test_no_mail_finds_out_whether_there_is_a_report_about_its_sender(intake: Intake, text: str) -> None:
    """Whom nobody has told anything is answered as anybody is, and what they write is a report."""
    sent = {"sender": "robin@example.org", "name": "Robin", "addressed": ()}
    intake.mails(text, **sent)
    accused = Intake()
    accused.says(MFT, "/party Robin Example robin@example.org")
    accused.mails(text, **sent)
    assert (accused.incidents(), accused.filed(1)) == ([FIRST], [])
    assert [one.text for one in accused.post.messages] == [one.text for one in intake.post.messages]


def test_a_case_of_before_cards_said_whom_they_know_is_found_too() -> None:
    """A card of an older version says nothing, so the case is read."""
    intake = Intake()
    intake.says(MFT, "/party Robin Example robin@example.org")
    intake.sends(MFT, "/ask Robin Example What happened?")
    (card,) = [one for one in intake.tracker.threads[1].comments() if read_card(one.body) is not None]
    older = msgspec.json.encode(sorted(read_card(card.body).known or ())).decode()  # type: ignore[union-attr]
    body = card.body.replace(f',"known":{older}', "")
    assert body != card.body
    intake.tracker.edits(BOT, 1, card.id, body)
    intake.mails("It was different.", sender="robin@example.org")
    assert intake.incidents() == []
    assert [one.person for one in intake.filed(1)] == ["p1"]


def test_whoever_is_suspended_may_report_somebody(intake: Intake) -> None:
    """What goes to the address for reports alone is no appeal of theirs; what goes to both is one."""
    intake.says(MFT, "/suspend Insults\nSam Poe, sam@example.org")
    intake.mails(sender="sam@example.org", addressed=("reports+web@example.org",))
    assert intake.subjects("suspended") == ["Your account is suspended"]
    assert intake.subjects() == ["Your report has arrived"]
    assert len(intake.filed(3)) == 1
    intake.labels(MFT, "state: withdrawn", on=3)
    intake.says(MFT, "/withdraw\n> No.", on=3)
    intake.mails("It wasn't me.", sender="sam@example.org", addressed=(REPORTS, "appeals@example.org"))
    assert intake.subjects("suspended")[-1] == "We are keeping your appeal"


def test_a_reporter_who_is_suspended_answers_about_their_report(intake: Intake) -> None:
    """With the reporter's own token it is no appeal; without any it is."""
    intake.mails()
    token = intake.post.messages[0].token
    intake.says(MFT, f"/suspend Insults\nRiya Sen, {RIYA_MAIL}", on=FIRST)
    intake.labels(MIABOT, "state: active", on=3)
    intake.mails("It wasn't me.", addressed=())
    assert len(intake.filed(3)) == 1
    intake.mails("/withdraw", tokens=(token,))
    assert intake.tracker.state_labels(FIRST) == {"state: withdrawn"}
    assert len(intake.filed(3)) == 1


def test_the_true_owner_of_an_address_shares_no_case_with_whoever_forged_it(intake: Intake) -> None:
    """Their own report is one of its own, and is answered; what is forged then goes to the forged one."""
    intake.mails("I am a liar.", verified=False)
    intake.mails("Robin shouted at me.")
    intake.mails("One thing more.")
    intake.mails("I am a liar still.", verified=False)
    assert intake.incidents() == [2, 3]
    assert [[one.verified for one in intake.filed(n)] for n in (2, 3)] == [[False, False], [True, True]]
    assert intake.subjects() == ["Your report has arrived"]


def test_a_mail_from_our_own_address_is_nobodys(intake: Intake) -> None:
    """A list that puts its own address in the place of everybody's makes two strangers no one person."""
    for text in ("One.", "Two."):
        intake.mails(text, sender=REPORTS, name="Riya via Reports")
    assert intake.incidents() == [2, 3]
    assert [one.verified for n in (2, 3) for one in intake.filed(n)] == [False, False]
    assert [one.mail for one in intake.case(2).people_who("reporter")] == [""]
    assert "from nobody that it names" in "\n".join(intake.tracker.by_bot(2))
    assert intake.post.messages == []


def test_what_may_be_an_automatic_answer_is_answered_by_nobody_but_people(intake: Intake) -> None:
    """It opens an incident, as a person may have written it, and waits for the tap."""
    intake.mails("I am away until Monday.", kind="absence")
    assert intake.post.messages == []
    assert is_unsure(intake.case(FIRST))
    intake.mails("I am away until Tuesday.", kind="absence")
    assert intake.incidents() == [FIRST]
    intake.labels(MFT, "reporter: verified", on=FIRST)
    assert intake.subjects() == ["Your report has arrived"]


# --- who isn't sure ------------------------------------------------------------------------------------


def test_an_unsure_sender_is_answered_with_nothing_in_it_until_an_administrator_taps(
    intake: Intake,
) -> None:
    """One mail without a word of the report; with the tap they are the reporter, and are told so."""
    intake.mails(verified=False)
    (answer,) = intake.post.messages
    assert (answer.to.key, answer.to.mail, answer.token) == ("sender", RIYA_MAIL, "")
    assert answer.subject == "A mail has reached us"
    for words in (*ANSWERED.values(), "Riya", "report"):
        assert str(words) not in answer.text
    assert is_unsure(intake.case(FIRST))
    intake.says(MFT, "/estimate 3 days", on=FIRST)
    assert intake.subjects("sender") == ["A mail has reached us"]
    assert intake.subjects() == []
    intake.labels(MIABOT, "reporter: verified", on=FIRST)
    assert not is_unsure(intake.case(FIRST))
    assert intake.subjects() == ["An estimate for your report", "Your report has arrived"]


def test_an_administrator_says_so_by_a_command_too(intake: Intake) -> None:
    """`/agree` needs no quotation here: it says only that the mail is from whom it says."""
    intake.mails(verified=False)
    intake.says(MFT, "/agree", on=FIRST)
    assert not is_unsure(intake.case(FIRST))
    assert intake.subjects() == ["Your report has arrived"]


def test_nothing_counts_of_what_an_unsure_mail_lets_be_shared(intake: Intake) -> None:
    """Not even once somebody has said that it is theirs: they are asked."""
    text = write_mailed(
        play.definition().form,
        Answers(ANSWERED | {"share": SHARES["community by name"], "where": "In a public channel"}),
    )
    intake.mails(text, verified=False)
    intake.labels(MFT, "reporter: verified", on=FIRST)
    assert consent(intake.case(FIRST)).level == "none"
    assert "nothing that the mail says about that counts" in intake.newest(FIRST)


def test_an_unsure_address_is_answered_once_a_day(intake: Intake) -> None:
    """However many mails come under it, to however many incidents; a day later once more."""
    for n in range(3):
        intake.mails(f"Words {n}.", verified=False)
        intake.says(MFT, "/dismiss not ours", on=intake.incidents()[-1])
    assert intake.subjects("sender") == ["A mail has reached us"]
    intake.tracker.moves_clock(DAY + HOUR)
    intake.mails("Words again.", verified=False)
    assert len(intake.subjects("sender")) == 2


def test_spam_ends_with_a_word_and_nobody_is_told(intake: Intake) -> None:
    """It is closed, nothing more goes to the address that it names, and nobody has to tell it by hand."""
    intake.mails("Buy this.", verified=False)
    intake.says(MFT, "/dismiss spam", on=FIRST)
    intake.passes(3 * DAY)
    assert not intake.tracker.threads[FIRST].is_open
    assert [one.to.key for one in intake.post.messages] == ["sender"]
    assert "by hand" not in "\n".join(intake.tracker.by_bot(FIRST))


def test_an_unsure_address_that_takes_no_mail_is_nobodys_business(intake: Intake) -> None:
    """Nobody is asked to tell by hand that somebody used an address which isn't there."""
    intake.post.refusing.add("sender")
    intake.mails(verified=False)
    intake.run()
    assert intake.post.attempts == 1
    assert "by hand" not in intake.tracker.card(FIRST)
    assert "notice: undelivered" not in intake.tracker.threads[FIRST].labels


@pytest.mark.parametrize("sender", [REPORTS, "appeals@example.org", ""])
def test_our_own_addresses_are_never_answered(intake: Intake, sender: str) -> None:
    """A mail that says it comes from where mail goes, or from nowhere, gets nothing, so no loop begins."""
    intake.mails(verified=False, sender=sender)
    assert intake.incidents() == [FIRST]
    assert intake.post.messages == []


def test_a_mail_that_went_elsewhere_is_a_letter_for_people_to_sort() -> None:
    """Without the address for reports nobody is made a reporter, verified or not, and nobody is answered."""
    for fields in ({"reports": ""}, {}):
        intake = Intake(**fields)
        intake.mails("Whatever this is.", addressed=("appeals@example.org",))
        assert intake.post.messages == []
        assert is_unsure(intake.case(FIRST))
        assert "matches no case" in intake.tracker.threads[FIRST].body
        intake.labels(MFT, "reporter: verified", on=FIRST)
        assert intake.subjects() == ["Your report has arrived"]


def test_where_all_mail_is_for_reports_any_address_will_do() -> None:
    """A community without an address for appeals needs no other sign of what a mail is."""
    intake = Intake(appeals="")
    intake.mails(addressed=())
    assert intake.subjects() == ["Your report has arrived"]


# --- administrators ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "@mft did it.",
        "It was Mika.",
        f"{TEXT}\n\nIs one of the administrators involved?\nMika",
        "x" * 70_000 + "\n\nIt was @mft.",
    ],
    ids=["login", "name", "question", "behind a long text"],
)
def test_an_administrator_whom_a_mail_means_is_kept_out_of_it(intake: Intake, text: str) -> None:
    """As with the form: by the question, by any word of it, and wherever in a long mail it stands."""
    intake.mails(text)
    case = intake.case(FIRST)
    assert asked_about(case) == (ROSTER[0],)
    assert (case.say_of(ROSTER[0]) == "none") is ("@mft" in text)


def test_a_subject_that_means_an_administrator_counts(intake: Intake) -> None:
    """Whoever names them in the subject has named them."""
    intake.mails("It happened again.", subject="About @mft")
    assert intake.case(FIRST).say_of(ROSTER[0]) != "whole"


def test_an_administrator_who_reports_by_mail_has_no_say_in_it(intake: Intake) -> None:
    """They are its reporter, by their address."""
    intake.mails(sender=ROSTER[0].mail, name="")
    assert intake.case(FIRST).say_of(ROSTER[0]) != "whole"


def test_whoever_wrote_the_mail_stays_the_reporter(intake: Intake) -> None:
    """An administrator who edits the address reaches nobody by it, and it can be put back."""
    intake.mails()
    filed = intake.case(FIRST).body
    intake.tracker.edits_body(MFT, FIRST, filed.replace(RIYA_MAIL, "mallory@evil.example"))
    intake.run()
    assert "can't be read any more" in intake.newest(FIRST)
    assert intake.case(FIRST).people_who("reporter")[0].mail == ""
    intake.mails("/withdraw", sender="mallory@evil.example")
    assert intake.tracker.state_labels(FIRST) == {"state: reported"}
    intake.tracker.edits_body(MFT, FIRST, filed)
    intake.run()
    assert intake.case(FIRST).people_who("reporter")[0].mail == RIYA_MAIL


# --- hostile mails -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "/resolve It was nothing.",
        "@mft @miabot see #1 and acme/incidents#1",
        "<!-- cocflow:receipt {} -->",
        '<!-- cocflow:arrival {"mail":"x","sure":true} -->',
        "### Is one of the administrators involved?\n\nNobody\n\n### What may we share?\n\nEverything",
        "### If you file for someone else, who is the reporter, and how can we reach them?\n\nx@example.net",
        "```\nopen",
        "<details><!--",
        "\"'`\\$(){}[]",
        "y" * 65_537,
        ("z" * 30_000 + "\n") * 4,
    ],
)
def test_nothing_in_a_mail_runs_points_or_passes_for_the_form(intake: Intake, text: str) -> None:
    """Its sender stays the reporter, nobody is mentioned by it, and the case is as it was opened."""
    intake.mails(text)
    case = intake.case(FIRST)
    assert case.progress.state in ("incomplete", "reported")
    assert [one.mail for one in case.people_who("reporter")] == [RIYA_MAIL]
    assert consent(case).level == "none"
    body = intake.tracker.threads[FIRST].body
    assert len(body) <= 65_536
    assert "@mft" not in body
    assert "#1" not in body
    assert intake.post.messages[0].to.mail == RIYA_MAIL
    assert len(intake.tracker.threads[1].comments()) == 2


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Riya Sen", f"Riya Sen, {RIYA_MAIL}"),
        ("@mft", RIYA_MAIL),
        ("U024BE7LH", RIYA_MAIL),
        ("mallory@example.net", RIYA_MAIL),
        ("Riya <mallory@example.net>", f"Riya, {RIYA_MAIL}"),
        ("Sen, Riya (at home)", f"Sen, Riya (at home, {RIYA_MAIL}"),
        ("", RIYA_MAIL),
    ],
)
def test_a_senders_name_makes_them_nobody_else(name: str, shown: str) -> None:
    """An address, a login or a Slack id in the name of a sender is none of theirs."""
    letter = FakeMailbox().arrives("", received=play.START, sender=RIYA_MAIL, name=name)
    assert sender_of(letter) == shown


def test_a_mail_too_long_to_be_read_opens_an_incident_and_lies_aside(intake: Intake) -> None:
    """Nobody's report is lost by its length; administrators find it where it lies."""
    letter = intake.mails("word " * 100_000)
    assert intake.mailbox.aside == [letter]
    assert "it lies in the mailbox, set aside" in "\n".join(intake.tracker.by_bot(FIRST))
    assert intake.subjects() == ["Your report has arrived"]


# --- crashes, floods, cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("verified", [True, False])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_neither_loses_nor_doubles_a_report(after: bool, verified: bool) -> None:
    """Whichever write a run dies at, the next ones leave one incident, one letter and one of each message."""
    begun = Intake(appeals="")
    begun.arrives("Words.\n" * 5000, verified=verified)

    def collects(intake: Intake) -> None:
        collect(intake.desk, intake.mailbox, Budget(intake.tracker))

    for intake in crashed(begun, collects, after=after, writes=5):
        intake.run()
        intake.run()
        assert len(intake.mailbox.handled) == 1
        assert intake.incidents() == [FIRST]
        filed = intake.filed()
        assert [one.part for one in filed] == list(range(1, len(filed) + 1))
        assert len({one.id for one in intake.post.messages}) == 1


def test_a_run_that_died_before_the_letter_was_filed_knows_its_incident_among_many(intake: Intake) -> None:
    """Though the sender is known in two open cases, the third, opened for the letter, isn't opened again."""
    intake.mails()
    intake.says(MFT, f"/party Riya Sen {RIYA_MAIL}")
    intake.sends(MFT, "/ask Riya Sen What happened?")
    intake.arrives("Something else.")

    def dies(call: str) -> None:
        if call == "letter":
            intake.mailbox.before = nothing
        if call == "comment" and len(intake.incidents()) == 2:
            raise RuntimeError

    intake.tracker.before = dies
    intake.run()
    intake.tracker.before = nothing
    intake.run()
    assert intake.incidents() == [2, 3]
    assert intake.mailbox.inbox == []


def test_a_letter_that_cannot_be_marked_opens_no_second_incident(intake: Intake) -> None:
    """However often the mailbox hands it over, and though the first one was closed meanwhile."""

    def fails(call: str) -> None:
        if call == "done":
            raise ChannelError("folder", "IMAP STORE")

    intake.mailbox.before = fails
    intake.mails()
    intake.says(MFT, "/dismiss spam", on=FIRST)
    assert not intake.tracker.threads[FIRST].is_open
    intake.run()
    intake.mailbox.before = nothing
    intake.run()
    assert (intake.incidents(), intake.mailbox.inbox) == ([FIRST], [])
    assert intake.subjects() == ["Your report has arrived"]


def test_strangers_by_the_hundred_wait_while_those_who_are_known_are_heard(intake: Intake) -> None:
    """A run opens so many incidents; a reporter's letter and a verified stranger come first."""
    intake.mails()
    for n in range(100):
        intake.arrives("Buy.", sender=f"{n}@example.com", verified=False)
    lou = intake.arrives("Kim took my bag.", sender="lou@example.net")
    mine = intake.arrives("One thing more.")
    done = intake.run().letters
    assert {lou.key, mine.key} <= {one.key for one in intake.mailbox.handled}
    assert len(intake.incidents()) == 1 + NEW
    assert (done.left, done.failures) == (101 - NEW, [])


def test_a_thousand_open_cases_cost_a_handful_of_reads(intake: Intake) -> None:
    """Who knows a sender stands on the cards of a listing, so no case is read that doesn't."""
    for _ in range(30):
        intake.tracker.opens(play.RIYA)
    intake.run()
    intake.arrives(sender="lou@example.net")
    intake.tracker.forget()
    done = collect(intake.desk, intake.mailbox, Budget(intake.tracker))
    assert done.reads <= 3


def test_what_vouches_for_a_mail_is_sealed() -> None:
    """Where the community has a key, a body that was edited to say that its sender is sure says nothing."""
    intake = Intake(seal=Seal((b"k" * 32,)))
    intake.mails(verified=False)
    body = intake.tracker.threads[FIRST].body
    assert intake.case(FIRST).arrival is not None
    intake.tracker.edit_body(FIRST, body.replace('"answered"', '"sure":true,"answered"'))
    assert intake.case(FIRST).arrival is None
    assert is_unsure(intake.case(FIRST))


# --- a real mailbox, a real mail server ------------------------------------------------------------------

CONFIGURATION = f"""\
community: Enginexp
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
administrators: [mft, miabot]
reports: {REPORTS}
authserv_id: mx.example.org
"""


def raw_mail(text: str, to: str, place: int, verdict: str = "pass") -> bytes:
    """Return a mail of Riya's as their server hands it over."""
    return (
        f"Authentication-Results: mx.example.org; dmarc={verdict} header.from=example.net\r\n"
        f"From: Riya Sen <{RIYA_MAIL}>\r\nTo: {to}\r\nMessage-ID: <{place}@example.net>\r\n\r\n{text}\r\n"
    ).encode()


def test_a_report_goes_by_mail_alone_from_first_to_last(tmp_path: Path) -> None:
    """Over IMAP, SMTP and HTTP: it arrives, gets its estimate, is added to, and taken back by an answer."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "cocflow.yml").write_text(CONFIGURATION, "utf-8")
    repository, clock = "acme/incidents", Clock("2026-01-05T09:00:00Z", frozen=True)
    with (
        imap_server(maildir=tmp_path / "mail") as server,
        smtp_server() as smtp,
        Sandbox(clock=clock) as sandbox,
    ):
        store = sandbox.store
        store.add_user("mft")
        store.add_repo(repository, visibility="private", labels=False)
        store.set_permission(repository, "mft", "write")
        login = f"{USER}:{quote(PASSWORD, safe='')}"
        settings = {
            "COCFLOW_IMAP_URL": f"imap://{login}@127.0.0.1:{server.port}/INBOX",
            "COCFLOW_SMTP_URL": f"smtp://127.0.0.1:{smtp.port}?from=coc@example.org&plus=yes",
        }
        made = bootstrap.desk(
            tmp_path, repository, store.job_token(repository), sandbox.url, settings=settings
        )
        client = github.Github(
            auth=github.Auth.Token(store.add_token("mft")),
            base_url=sandbox.url,
            lazy=True,
            seconds_between_writes=None,
        )

        def hour(number: int) -> None:
            store.move_clock(to=f"2026-01-05T{number:02}:00:00Z")
            assert sweep(made).complete

        def received(raw: bytes, number: int) -> None:
            server.arrive(raw, datetime(2026, 1, 5, number, tzinfo=UTC))

        by_list = b"List-Id: <reports.example.org>\r\nPrecedence: list\r\n"  # as a Google group sends it on
        received(by_list + raw_mail("Robin shouted at me.", REPORTS, 1), 10)
        received(raw_mail("I am Riya, too.", REPORTS, 2, "fail").replace(b"riya@", b"rhea@"), 10)
        hour(10)
        issue = client.get_repo(repository).get_issue(1)
        assert "state: incomplete" in {one.name for one in issue.get_labels()}
        issue.create_comment("/estimate 3 days")
        hour(11)
        first = next(mail for mail in smtp.mails() if "has arrived" in str(mail["Subject"]))
        to = str(first["Reply-To"])
        assert to.startswith("reports+")
        received(raw_mail("/answer 2 Robin Example.\r\n\r\n-- \r\nRiya", to, 3), 12)
        hour(12)
        received(raw_mail("Withdraw.\r\n\r\nOn Monday, coc@example.org wrote:\r\n> Thank you.", to, 4), 13)
        hour(13)
        assert "state: withdrawn" in {one.name for one in issue.get_labels()}
        told = [(str(mail["To"]), str(mail["Subject"]).partition(" (")[0]) for mail in smtp.mails()]
        assert made.mailbox is not None
        made.mailbox.close()
    assert sorted(told) == [
        ("rhea@example.net", "A mail has reached us"),
        (RIYA_MAIL, "An estimate for your report"),
        (RIYA_MAIL, "Thank you for your answers"),
        (RIYA_MAIL, "Your report has arrived"),
        (RIYA_MAIL, "Your report is withdrawn"),
    ]
