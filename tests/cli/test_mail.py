"""`cocflow mail` files what lies in a real mailbox, once, and says so without a word of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.job import Job, running_job
from tests.servers.imap import PASSWORD, USER, imap_server

SECRET = "the kettle was thrown"
MAIL = f"From: sam@example.org\r\nSubject: Hello\r\nMessage-ID: <1@example.org>\r\n\r\n{SECRET}\r\n".encode()


@pytest.fixture
def job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Job]:
    """Return a prepared job of a repository on the sandbox."""
    with running_job(tmp_path, capsys) as job:
        job.prepare()
        yield job


def test_without_a_mailbox_it_says_which_setting_is_missing(job: Job) -> None:
    """Nothing is asked of GitHub, and the job fails."""
    done = job.run("mail", "schedule")
    assert (done.code, done.out) == (2, "")
    assert done.err == "cocflow: COCFLOW_IMAP_URL isn't set, so there is no mailbox to read.\n"
    assert (job.reads(), job.writes()) == (0, 0)


def test_a_letter_is_filed_and_a_second_run_finds_it_done(job: Job, tmp_path: Path) -> None:
    """What matches nothing goes before the administrators; its words are on the issue and nowhere else."""
    with imap_server(maildir=tmp_path / "mail") as server:
        server.arrive(MAIL)
        url = f"imap://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}/INBOX"
        done = job.run("mail", "schedule", COCFLOW_IMAP_URL=url)
        assert (done.code, done.err) == (0, "")
        assert "Letters: 1 filed, 0 set aside in the mailbox." in done.out
        again = job.run("mail", "schedule", COCFLOW_IMAP_URL=url)
        assert again.code == 0
        assert "Letters" not in again.out
    (issue,) = job.ask("mft", "GET", "/issues")
    comments = job.ask("mft", "GET", f"/issues/{issue['number']}/comments")
    assert sum(SECRET in comment["body"] for comment in comments) == 1
    assert SECRET not in done.out
