"""A conversation through a whole run: what is said, asked, answered and objected, by mail and on the issue.

No module's twin: it goes through all of a run. Its grammar and guards are in
`core/acts/test_conversation.py`, what waits for an answer in `core/acts/test_hearing.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import github
import pytest

from cocflow import bootstrap
from cocflow.adapters.mailbox import ImapMailbox
from cocflow.core.acts.appeal import Waiting
from cocflow.core.acts.hearing import unanswered
from cocflow.core.forms.by_mail import write_mailed
from cocflow.core.forms.form import Answers
from cocflow.core.views.tokens import notice_name
from cocflow.ports import Message
from cocflow.run.overview import row
from cocflow.run.sweep import handle, sweep
from cocflow.sandbox import Clock, Sandbox
from tests.core import play
from tests.core.play import APPROVE, FOR_ANOTHER, HOUR, MFT, MIABOT, RIYA
from tests.scene import ROBIN, SAM, SHARES, Scene
from tests.servers.imap import PASSWORD, USER, imap_server
from tests.servers.smtp import smtp_server

RIYAS = "Riya Sen, riya@example.org"
BY_MAIL: dict[str, str | None] = {"learned": FOR_ANOTHER, "reporter": RIYAS, "share": SHARES["parties"]}
QUESTION = "What do you remember of that evening?"


def scene(share: str = "parties", **fields: Any) -> Scene:
    """Return an acknowledged incident that an administrator filed for Riya, with Robin as its party."""
    made = Scene(by=MFT, answers=BY_MAIL | {"share": SHARES[share]}, **fields)
    made.acknowledged(ROBIN)
    made.post.messages.clear()
    return made


def answers(made: Scene, key: str, text: str, **fields: Any) -> None:
    """Let somebody answer the newest mail that they were sent, and a run follow."""
    newest = next(one for one in reversed(made.post.messages) if one.to.key == key)
    made.tracker.moves_clock(HOUR)
    given: dict[str, Any] = {"sender": newest.to.mail, "received": made.tracker.now, **fields}
    made.mailbox.arrives(text, tokens=(newest.token,), **given)
    made.run()


def card(made: Scene, number: int = 1) -> str:
    """Return the card of an issue."""
    found = made.case(number).ledger.card
    assert found is not None
    return found.body


def test_a_question_goes_out_and_its_answer_comes_back() -> None:
    """By mail, both ways; the card says who has to answer, and then who waits for an answer."""
    made = scene()
    made.says(MFT, f"/ask Robin {QUESTION} by friday")
    shown = made.newest()
    assert "**What Robin Example would get** (subject: *A question for you*)" in shown
    assert f"> {QUESTION}" in shown
    assert made.texts("p1") == []
    made.labels(MIABOT, APPROVE)
    (text,) = made.texts("p1")
    assert f"> {QUESTION}" in text
    assert "you can simply answer it" in text
    assert "Please answer by Friday, 9 January 2026, 17:00 UTC." in text
    assert made.texts("reporter") == []
    assert "Asked, and not answered yet: Robin Example" in card(made)
    answers(made, "p1", "I was there.")
    assert "@mft Robin Example has written, see above." in made.newest()
    assert "Asked, and not answered yet" not in card(made)
    assert "Robin Example has written, and has had no answer since" in card(made)
    assert any("has had no answer" in note for note in row(made.case()).notes)
    made.sends(MFT, "/say Robin Thank you.")
    assert "has had no answer" not in card(made)


def test_further_letters_mention_nobody() -> None:
    """Until somebody has answered."""
    made = scene()
    made.sends(MFT, f"/ask Robin {QUESTION}")
    answers(made, "p1", "I was there.")
    answers(made, "p1", "Please tell me what you think.")
    assert "There is more from Robin Example, see above." in made.newest()
    assert "@mft" not in made.newest()


def test_no_question_of_a_report_that_may_not_be_shared_tells_of_it() -> None:
    """Fixed words go out, and the draft says so; what the administrators wrote stays with them."""
    made = scene("none")
    made.says(MFT, "/ask Robin Riya says that you shouted at her. by friday")
    assert "others get a fixed sentence and not your words" in made.newest()
    made.labels(MFT, APPROVE)
    (message,) = made.post.messages
    for word in ("Riya", "shouted", "report", "incident", "inci"):
        assert word.casefold() not in f"{message.subject} {message.text}".casefold()
    assert "would like to hear from you before they decide" in message.text
    assert "by Friday, 9 January 2026" in message.text


def test_what_its_reader_may_not_know_is_pointed_at() -> None:
    """As in every other draft."""
    made = scene()
    made.says(MFT, "/ask Robin Did you shout at Riya Sen?")
    assert "**Look twice.** It names the reporter, whom this reader may not know." in made.newest()


def test_who_is_reached_by_nothing_is_asked_by_hand() -> None:
    """With the words to copy, and the command that records the answer."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.acknowledged("Robin Example")
    made.sends(MFT, f"/ask Robin {QUESTION}")
    assert "**To be told by hand: Robin Example.**" in made.newest()
    assert "`/heard Robin Example`, and their words below it" in made.newest()
    made.says(MFT, "/told Robin by phone")
    made.passes(HOUR)
    made.says(MFT, "/heard Robin\n> I was there.")
    assert "Mika has heard Robin Example." in made.newest()
    assert "not answered yet" not in card(made)


def test_the_reporter_on_their_issue_is_asked_and_answers_there() -> None:
    """Their comment is the answer; an administrator's comment answers them."""
    made = Scene()
    made.acknowledged()
    made.sends(MFT, "/ask reporter When was that?")
    assert "> When was that?" in made.newest()
    assert "You can answer right here" in made.newest()
    made.passes(HOUR)
    made.says(RIYA, "On Tuesday.")
    assert "The reporter has written, and has had no answer since" in card(made)
    made.passes(HOUR)
    made.says(MIABOT, "Thank you.")
    assert "has had no answer" not in card(made)


@pytest.mark.parametrize("by_mail", [True, False])
def test_an_objection_to_a_resolution_asks_for_an_answer(by_mail: bool) -> None:
    """By letter or on the issue, also once it is closed: mentioned once, and there until somebody answers."""
    made = scene() if by_mail else Scene()
    if not by_mail:
        made.acknowledged()
    made.sends(MFT, "/resolve We talked with everyone.")
    assert made.tracker.state_labels(1) == {"state: closed"}
    made.passes(HOUR)
    if by_mail:
        answers(made, "reporter", "That isn't what happened.")
    else:
        made.says(RIYA, "That isn't what happened.")
    assert "@mft the reporter has written" in made.newest()
    assert ("What you wrote is kept" in made.newest()) is not by_mail
    assert "The reporter has written, and has had no answer since" in card(made)
    made.passes(HOUR)
    made.sends(MFT, "/say reporter We will look at it again.")
    assert "has had no answer" not in card(made)
    assert made.tracker.state_labels(1) == {"state: closed"}


def test_a_suspended_person_is_asked_on_their_page() -> None:
    """By mail, and what comes back is shown there as an answer, not filed as an appeal."""
    made = Scene(answers={"share": SHARES["parties"]})
    made.says(MFT, f"/suspend Insults\n{SAM}")
    made.says(MFT, "/ask Sam Where were you?")
    assert "write it on the page of the suspension" in made.newest()
    made.sends(MFT, "/ask Sam Where were you?", on=2)
    assert "> Where were you?" in made.texts("suspended")[-1]
    answers(made, "suspended", "I was at home.")
    assert "Sam Poe has written, see above." in made.newest(2)
    assert "file it: `/appeal`" in made.newest(2)
    assert made.tracker.state_labels(2) == {"state: active"}


@pytest.mark.parametrize(("words", "appeals"), [("I was there.", False), ("This is my appeal.", True)])
def test_a_suspended_party_answers_where_they_were_asked(words: str, appeals: bool) -> None:
    """It is no appeal, unless they say that it is one; the question is answered then."""
    made = scene()
    made.says(MFT, f"/suspend Insults.\n{ROBIN}")
    made.sends(MFT, f"/ask Robin {QUESTION}")
    answers(made, "p1", words)
    assert ("Robin Example has written" in made.newest()) is not appeals
    assert ("Asked, and not answered yet" in card(made)) is appeals
    assert len(made.case(2).progress[Waiting].appeal) == int(appeals)


def test_an_open_question_is_brought_up_once() -> None:
    """With who was asked, to the administrators, after its date."""
    made = scene()
    made.sends(MFT, f"/ask Robin {QUESTION} by 2 days")
    made.passes(timedelta(days=2, hours=1))
    assert "a question has had no answer in time. Asked: Robin Example." in made.newest()
    receipts = len(made.tracker.receipts(1))
    made.passes(timedelta(hours=1))
    assert len(made.tracker.receipts(1)) == receipts


def test_what_a_channel_refuses_is_still_to_be_told() -> None:
    """What can't be sent to them was said to nobody, and the card says whom to tell."""
    made = scene()
    made.post.refusing.add("p1")
    made.sends(MFT, "/say Robin Did you get it?")
    assert "Still to be told: **Robin Example**" in card(made)


Deed = Callable[[Scene], None]

NIGHT: tuple[Deed, ...] = (
    lambda made: made.says(MFT, "/estimate 3 days"),
    lambda made: made.sends(MFT, "/ask reporter When was that?"),
    lambda made: answers(made, "reporter", "On Tuesday."),
    lambda made: made.says(MFT, f"/party {ROBIN}"),
    lambda made: made.sends(MFT, f"/ask Robin {QUESTION}"),
    lambda made: answers(made, "p1", "I was there.", sender="robin@example.org"),
    lambda made: made.sends(MFT, "/resolve We talked with both."),
    lambda made: answers(made, "reporter", "That isn't fair."),
    lambda made: made.says(MIABOT, "/reopen"),
    lambda made: made.sends(MIABOT, "/resolve We were wrong."),
)
"""All that happens from the estimate to the second resolution."""

TOLD = (
    "reporter/arrived",
    "reporter/estimate",
    "reporter/asked",
    "party/asked",
    "reporter/resolution",
    "party/resolution",
    "reporter/reopened",
    "reporter/resolution",
    "party/resolution",
)
"""The notices that go out by mail in it, the arrival's first."""


def night(upto: int = len(TOLD)) -> Scene:
    """Return the incident after all of it, or after what sent the notice of that place in the row."""
    made = Scene(by=MFT, answers=BY_MAIL)
    for deed in NIGHT:
        if len(made.post.messages) <= upto:
            deed(made)
    return made


def came_back(made: Scene, notice: Message) -> None:
    """Let the report arrive that a notice can't be delivered."""
    made.mailbox.arrives(
        "It failed.",
        received=made.tracker.now,
        sender="mailer-daemon@example.net",
        automatic=True,
        report="failed",
        about=(notice_name(notice.id),),
        tokens=(notice.token,),
    )
    made.run()


def test_a_night_without_bounces_ends_with_everybody_told() -> None:
    """What the next test lets come back are all the notices that there are."""
    made = night()
    assert made.case().progress.state == "closed"
    assert not made.tracker.threads[1].is_open
    assert tuple(one.id.split(".")[2] for one in made.post.messages) == TOLD


@pytest.mark.parametrize("bounces", range(len(TOLD)), ids=lambda place: f"{place} {TOLD[place]}")
def test_a_notice_that_comes_back_is_told_by_hand_before_it_is_over(bounces: int) -> None:
    """At each step: nobody counts as told by it, it isn't sent again, and the case isn't over before."""
    made = night(bounces)
    notice = made.post.messages[bounces]
    came_back(made, notice)
    assert [one.id for one in made.post.messages].count(notice.id) == 1
    assert [one for one in made.case().progress.owed() if notice.id.endswith(one.id)]
    assert made.tracker.threads[1].is_open
    made.says(MFT, f"/told {'reporter' if notice.to.key == 'reporter' else 'Robin'} by phone")
    assert made.case().progress.owed() == ()
    assert made.tracker.threads[1].is_open is (made.case().progress.state != "closed")


# --- with a mail server and a mailbox ------------------------------------------------------------------

CONFIGURATION = """\
community: Enginexp
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
administrators: [mft, miabot]
reports: reports@example.org
appeals: coc@example.org
authserv_id: mx.example.org
"""


def answer(mail: Any, text: str, number: int) -> bytes:
    """Return the mail by which somebody answers one of ours, as their program writes it."""
    quoted = "".join(f"> {line}\n" for line in mail.get_body(("plain",)).get_content().splitlines())
    return (
        "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\n"
        f"From: {mail['To']}\nTo: {mail['Reply-To']}\nSubject: Re: {mail['Subject']}\n"
        f"In-Reply-To: {mail['Message-ID']}\nReferences: {mail['Message-ID']}\n"
        f"Message-ID: <{number}@example.org>\n\n{text}\n\nOn Monday, cocflow wrote:\n{quoted}"
    ).encode()


PAGE = write_mailed(
    play.definition().form,
    Answers(
        {
            "nature": "Somebody shouted at us.",
            "who": "Robin Example.",
            "material": "Nothing but our word.",
            "privacy": "None.",
            "share": SHARES["parties"],
        }
    ),
)
"""What the page for reports makes of a report."""

HEAD = """\
Authentication-Results: mx.example.org; dmarc=pass header.from=example.org
From: Riya Sen <riya@example.org>
To: reports@example.org
Message-ID: <0@example.org>
"""


def test_all_of_it_goes_by_mail_over_smtp_imap_and_http(tmp_path: Path) -> None:
    """From the page's mail to the second resolution: asked, answered, told, objected, and taken up again."""
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "cocflow.yml").write_text(CONFIGURATION, "utf-8")
    clock = Clock("2026-01-05T09:00:00Z", frozen=True)
    with (
        smtp_server() as out,
        imap_server(maildir=tmp_path / "mail") as box,
        Sandbox(clock=clock) as sandbox,
    ):
        store, repository = sandbox.store, "acme/incidents"
        store.add_user("mft")
        store.add_repo(repository, visibility="private", labels=False)
        store.set_permission(repository, "mft", "write")
        login = f"{USER}:{quote(PASSWORD, safe='')}"
        settings = {
            "COCFLOW_IMAP_URL": f"imap://{login}@127.0.0.1:{box.port}/INBOX",
            "COCFLOW_SMTP_URL": f"smtp://127.0.0.1:{out.port}?from=coc@example.org",
        }
        job = store.job_token(repository)
        made = bootstrap.desk(tmp_path, repository, job, sandbox.url, None, settings)
        auth = github.Auth.Token(store.add_token("mft"))
        with github.Github(auth=auth, base_url=sandbox.url, lazy=True, seconds_between_writes=None) as client:
            issues = client.get_repo(repository)
            head = "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\n"
            head += (
                "From: Riya Sen <riya@example.org>\nTo: reports@example.org\nMessage-ID: <0@example.org>\n"
            )
            box.arrive(f"{head}\n{PAGE}".encode(), datetime(2026, 1, 5, 9, tzinfo=UTC))
            assert sweep(made).complete
            incident = issues.get_issue(1)
            assert [str(one["To"]) for one in out.mails()] == ["riya@example.org"]

            def sends(text: str) -> Any:
                """Let an administrator draft and send; return the newest mail of ours."""
                incident.create_comment(text)
                assert handle(made).complete
                incident.add_to_labels(APPROVE)
                assert handle(made).complete
                return out.mails()[-1]

            def writes(mail: Any, text: str, number: int) -> str:
                """Let whoever got a mail answer it an hour later; return the newest comment but the card."""
                hour = datetime(2026, 1, 5, 9 + number, tzinfo=UTC)
                store.move_clock(to=f"{hour:%Y-%m-%dT%H:%M:%SZ}")
                box.arrive(answer(mail, text, number), hour)
                assert sweep(made).complete
                return [comment.body for comment in incident.get_comments()][-1]

            incident.create_comment(f"/party {ROBIN}")
            incident.create_comment("/estimate 3 days")
            assert handle(made).complete
            asked = sends("/ask reporter When was that?")
            assert asked["To"] == "riya@example.org"
            assert "the reporter has written, see above." in writes(asked, "On Tuesday.", 1)
            asked = sends("/ask Robin Were you there? by friday")
            assert asked["To"] == "robin@example.org"
            assert str(asked["Subject"]).startswith("A question for you")
            assert "Robin Example has written, see above." in writes(asked, "I was.", 2)
            told = sends("/resolve We talked with both.")
            assert {str(one["To"]) for one in out.mails()[-2:]} == {"riya@example.org", "robin@example.org"}
            told = next(one for one in out.mails()[-2:] if one["To"] == "riya@example.org")
            assert "the reporter has written, see above." in writes(told, "That isn't fair.", 3)
            (first, *_) = [comment.body for comment in incident.get_comments() if ":card " in comment.body]
            assert "The reporter has written, and has had no answer since" in first
            assert "Robin Example has written, and" not in first
            incident.edit(state="open")
            assert handle(made).complete
            sends("/resolve We were wrong: it was Robin who was shouted at.")
            assert {str(one["To"]) for one in out.mails()[-2:]} == {"riya@example.org", "robin@example.org"}
            assert issues.get_issue(1).state == "closed"
        assert isinstance(made.mailbox, ImapMailbox)
        made.mailbox.close()


def test_what_the_reporter_asks_for_too_late_is_put_before_the_administrators_once() -> None:
    """They are told why it isn't possible, and what is; whoever has the case is mentioned."""
    scene = Scene(answers={"share": SHARES["parties"]})
    scene.acknowledged(SAM, "Kim Example")
    scene.sends(MFT, "/resolve We talked.")
    scene.says(RIYA, "/withdraw I am afraid of him.")
    told = scene.newest()
    assert "That isn't possible now." in told
    assert "write in your own words" in told
    assert "@mft the reporter has written, see above." in told
    scene.says(RIYA, "/withdraw")
    assert "@mft" not in scene.newest()
    assert unanswered(scene.case()).keys() == {"reporter"}
