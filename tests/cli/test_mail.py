"""`cocflow mail` files what lies in a real mailbox, once, and says so without a word of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.cli.job import Job, running_job
from tests.cli.premises import REPO, Town
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


# --- attachments ------------------------------------------------------------------------------------------

WITH_FILES = (
    "From: Riya <riya@example.org>\r\nTo: reports@example.org\r\nMessage-ID: <2@example.org>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    f"--b\r\nContent-Type: text/plain\r\n\r\n{SECRET}\r\n"
    "--b\r\nContent-Type: application/x-sh\r\n"
    'Content-Disposition: attachment; filename="../../.ssh/keys;rm -rf.sh"\r\n\r\nrm -rf /\r\n'
    "--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n"
    'Content-Disposition: attachment; filename="CON."\r\n\r\niVBORw0KGgo=\r\n--b--\r\n'
).encode()


def test_attachments_stay_in_the_mailbox_and_are_fetched_under_safe_names(
    settled: Town, tmp_path: Path
) -> None:
    """Whoever has the mailbox's password gets each file with its size; the issue holds no byte of them."""
    folder = tmp_path / "fetched"
    with imap_server(maildir=tmp_path / "mail") as server:
        server.arrive(WITH_FILES, datetime.now(UTC).replace(microsecond=0))
        url = f"imap://{quote(USER)}:{quote(PASSWORD, safe='')}@127.0.0.1:{server.port}/INBOX"
        settled.environment["COCFLOW_IMAP_URL"] = url
        assert settled.sweep({"COCFLOW_IMAP_URL": url}).letters.complete
        number = "1"
        for _ in range(2):
            done = settled.run("mail", "get", REPO, number, "--to", str(folder))
            assert done.exit_code == 0, done.output
        assert "2 attached." in done.output
        assert "8 bytes" in done.output
        names = sorted(path.name for path in folder.iterdir())
        assert names == ["1-1-1-keys_rm_-rf.sh", "1-1-2-CON"]
        assert (folder / names[0]).read_bytes() == b"rm -rf /"
        assert (folder / names[1]).read_bytes() == b"\x89PNG\r\n\x1a\n"
        assert (folder / names[0]).stat().st_mode & 0o777 == 0o600
        (folder / names[0]).write_bytes(b"mine")
        assert "is another file" in str(
            settled.run("mail", "get", REPO, number, "--to", str(folder)).exception
        )
        assert "no letter" in settled.run("mail", "get", REPO, "2", "--to", str(folder)).output
