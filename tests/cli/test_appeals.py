"""An appeal as GitHub and a mailbox see it: a resolution, the mail that answers its letter, and the answer.

No module's twin: from a resolution to the answer to its appeal, over HTTP, SMTP and IMAP, by the job.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.job import REPO, Job, running_job
from tests.core.play import START
from tests.jobs.layouts import CONFIGURATION
from tests.servers.imap import PASSWORD, USER, ImapServer, imap_server
from tests.servers.smtp import SmtpServer, smtp_server

OURS = "mx.example.org"


@pytest.fixture
def job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Job]:
    """Return a prepared job of a repository whose mailbox says who surely wrote."""
    with running_job(tmp_path, capsys) as job:
        job.prepare()
        mail = f"authserv_id: {OURS}\nappeals: coc@example.org\n"
        (job.folder / ".github" / "cocflow.yml").write_text(CONFIGURATION + mail, "utf-8")
        job.sandbox.store.add_user("ada")
        job.sandbox.store.set_permission(REPO, "ada", "write")
        job.tokens["ada"] = job.sandbox.store.add_token("ada")
        yield job


class Post:
    """The job with a mailbox and a mail server."""

    def __init__(self, job: Job, box: ImapServer, out: SmtpServer) -> None:
        self.job, self.box, self.out = job, box, out
        self.number = job.report()
        self.settings = {
            "COCFLOW_IMAP_URL": f"imap://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{box.port}/INBOX",
            "COCFLOW_SMTP_URL": f"smtp://127.0.0.1:{out.port}?from=coc@example.org",
        }
        self.runs()

    def runs(self) -> None:
        """Let a sweep run."""
        done = self.job.run("sweep", "schedule", **self.settings)
        assert done.code == 0, done.err

    def says(self, who: str, text: str) -> None:
        """Let somebody comment, and a sweep run."""
        self.job.ask(who, "POST", f"/issues/{self.number}/comments", {"body": text})
        self.runs()

    def labels(self, who: str, label: str) -> None:
        """Let somebody put a label on, and a sweep run."""
        self.job.ask(who, "POST", f"/issues/{self.number}/labels", {"labels": [label]})
        self.runs()

    def answers(self, text: str) -> None:
        """Let Robin answer the newest mail that they got, and a sweep run."""
        newest = self.out.mails()[-1]
        self.box.arrive(
            (
                f"Authentication-Results: {OURS}; dmarc=pass header.from=example.com\r\n"
                f"From: Robin <robin@example.com>\r\nTo: {newest['Reply-To']}\r\n"
                f"Subject: Re: {newest['Subject']}\r\n"
                f"In-Reply-To: {newest['Message-ID']}\r\nMessage-ID: <r1@example.com>\r\n\r\n{text}\r\n"
            ).encode(),
            START + timedelta(minutes=1),
        )
        self.runs()

    def issue(self) -> tuple[str, set[str]]:
        """Return whether the issue is open, and its labels."""
        found = self.job.ask("mft", "GET", f"/issues/{self.number}")
        return str(found["state"]), {one["name"] for one in found["labels"]}

    def newest(self) -> str:
        """Return the newest comment."""
        return str(self.job.ask("mft", "GET", f"/issues/{self.number}/comments?per_page=100")[-1]["body"])

    def mail(self) -> str:
        """Return the text of the newest mail."""
        body = self.out.mails()[-1].get_body(("plain",))
        assert body is not None
        return re.sub(r"\s+", " ", body.get_content())


def test_an_appeal_by_mail_is_filed_decided_by_another_and_answered_by_mail(job: Job, tmp_path: Path) -> None:
    """The letter says how; the answer opens the case again; who agreed is refused; the answer closes it."""
    with imap_server(maildir=tmp_path / "mail") as box, smtp_server() as out:
        post = Post(job, box, out)
        for text in (
            "/consent parties\n> You may tell them.",
            "/estimate 3 days",
            "/party Robin Example robin@example.com",
        ):
            post.says("mft", text)
        post.says("mft", "/resolve We talked.\nRobin: warning\nStop the jokes.")
        post.labels("mft", "approve")
        if "approve" in post.newest():
            post.labels("mft", "approve")
        assert "you may appeal until Wednesday, 4 February 2026" in post.mail()
        assert post.issue()[0] == "closed"
        post.answers("Appeal. I was on a train that day.\n\nOn Monday, cocflow wrote:\n> This is a warning.")
        assert post.issue()[0] == "open"
        assert "state: appealed" in post.issue()[1]
        assert "Your appeal has arrived." in post.mail()
        assert "by Monday, 19 January 2026" in post.mail()
        post.says("mft", "/uphold It was you.")
        assert "You agreed to what is appealed, so somebody else decides: ada." in post.newest()
        post.says("ada", "/resolve We read it again.\nRobin: no violation\nIt wasn't you. We are sorry.")
        post.labels("ada", "approve")
        assert "You have appealed, and it was decided anew." in post.mail()
        assert post.issue()[0] == "closed"
