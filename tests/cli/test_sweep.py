"""`cocflow sweep` answers whatever is due or unanswered, and fails loudly where anything is left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.job import Job, running_job
from tests.cli.test_handle import NOT_PRIVATE
from tests.servers.imap import USER, imap_server, takes_tokens
from tests.servers.oauth import provider
from tests.servers.smtp import smtp_server


@pytest.fixture
def job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Job]:
    """Return a job of a repository on the sandbox."""
    with running_job(tmp_path, capsys) as job:
        yield job


def test_lost_events_and_due_reminders_are_made_good(job: Job) -> None:
    """A sweep answers a report whose event was lost, and a day later the board says what waits."""
    job.prepare()
    number = job.report()
    first = job.run("sweep", "schedule")
    assert first.code == 0
    assert first.out.endswith("Listed 1, looked at 1, answered 1.\n")
    quiet = job.run("sweep", "schedule")
    assert (quiet.code, quiet.out) == (0, "Listed 1, looked at 0, answered 0.\n")
    assert len(job.ask("mft", "GET", f"/issues/{number + 1}/comments")) == 1
    job.sandbox.store.move_clock(advance=24 * 3600)
    assert job.run("sweep", "schedule").code == 0
    _, digest = job.ask("mft", "GET", f"/issues/{number + 1}/comments")
    assert f"#{number}: the reporter has no estimate" in digest["body"]


def test_the_first_sweep_makes_the_labels(job: Job) -> None:
    """A copy of the template has no labels: its first sweep makes those of the processes, the next none."""
    job.prepare()
    first = job.run("sweep", "schedule")
    names = {label["name"] for label in job.ask("mft", "GET", "/labels?per_page=100")}
    assert {"state: reported", "estimate: 1 day", "suspension", "consent: none"} <= names
    assert first.out.startswith(f"Made {len(names)} labels that were missing.\n")
    assert "labels" not in job.run("sweep", "schedule").out


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_a_sweep_of_a_repository_that_isn_t_private_fails(job: Job, visibility: str) -> None:
    """Unless GitHub says PRIVATE, a sweep writes nothing and fails with one fixed line."""
    job.prepare(visibility)
    job.report()
    before = job.writes()
    done = job.run("sweep", "schedule")
    assert (done.code, done.out, done.err) == (2, "", NOT_PRIVATE)
    assert job.writes() == before


@pytest.mark.parametrize("name", ["GITHUB_REPOSITORY", "GITHUB_TOKEN"])
def test_a_missing_variable_is_named(job: Job, name: str) -> None:
    """A sweep needs no event, but it names what else is missing."""
    job.prepare()
    done = job.run("sweep", "schedule", without=name)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"cocflow: {name} isn't set.")


def test_an_incident_that_stopped_fails_the_job(job: Job) -> None:
    """A receipt that somebody edited stops its incident: the job says so by number, and ends with 1."""
    job.prepare()
    number = job.report()
    job.run("sweep", "schedule")
    receipt = job.ask("mft", "GET", f"/issues/{number}/comments")[0]
    job.ask("mft", "PATCH", f"/issues/comments/{receipt['id']}", {"body": receipt["body"] + " secretword"})
    job.ask("rita", "POST", f"/issues/{number}/comments", {"body": "/help"})
    done = job.run("sweep", "schedule")
    assert done.code == 1
    assert f"Incident {number} has stopped" in done.out
    assert "secretword" not in done.out + done.err


def test_secrets_are_masked_before_anything_is_printed(job: Job) -> None:
    """In Actions, the first lines ask the runner to hide the token; elsewhere it isn't printed at all."""
    job.prepare()
    token = job.environment["GITHUB_TOKEN"]
    done = job.run("sweep", "schedule", GITHUB_ACTIONS="true")
    assert done.out.startswith(f"::add-mask::{token}\n")
    assert token not in done.out.removeprefix(f"::add-mask::{token}\n")
    assert token not in job.run("sweep", "schedule").out


BROKEN = {
    "a mailbox that is down": (
        {"COCFLOW_IMAP_URL": "imap://coc:s3cr3t@127.0.0.1:9/"},
        "The mailbox gives no answer",
    ),
    "a mailbox's address": (
        {"COCFLOW_IMAP_URL": "s3cr3t.example.org"},
        "COCFLOW_IMAP_URL is no IMAP address",
    ),
    "mail's address": ({"COCFLOW_SMTP_URL": "s3cr3t.example.org"}, "COCFLOW_SMTP_URL is no SMTP address"),
    "Slack's token": ({"SLACK_BOT_TOKEN": "xoxb s3cr3t"}, "SLACK_BOT_TOKEN is no token"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_channel_that_is_set_up_wrongly_or_down_costs_only_itself(job: Job, what: str) -> None:
    """The report is answered all the same; the job says what is wrong and who mends it, and ends with 1."""
    settings, says = BROKEN[what]
    job.prepare()
    number = job.report()
    done = job.run("sweep", "schedule", **settings)
    assert done.code == 1
    assert says in done.out
    assert next(iter(settings)) in done.out
    assert "s3cr3t" not in done.out + done.err
    assert len(job.ask("mft", "GET", f"/issues/{number}/comments")) == 2
    assert job.run("sweep", "schedule").code == 0


def test_a_provider_of_tokens_that_is_down_costs_only_mail(job: Job) -> None:
    """It is asked once for sending and reading; both wait and are told, and the report is answered."""
    job.prepare()
    number = job.report()
    with provider(USER) as tokens, imap_server() as imap, smtp_server(login=True, provider=tokens) as smtp:
        settings = {
            "COCFLOW_OAUTH": tokens.app(),
            "COCFLOW_SMTP_URL": f"smtp://{USER}@127.0.0.1:{smtp.port}?from=coc@example.org",
        }
        with takes_tokens(imap.port, tokens) as line:
            settings["COCFLOW_IMAP_URL"] = f"imap://{USER}@127.0.0.1:{line.port}/"
            tokens.says = (503, "s3cr3t")
            done = job.run("sweep", "schedule", **settings)
            assert len(tokens.asked) == 1
            tokens.says = None
            assert job.run("sweep", "schedule", **settings).code == 0
    assert done.code == 1
    for what in ("The channel mail", "The mailbox"):
        assert f"{what} can't be logged in to: where tokens are asked for, nobody answers now." in done.out
    assert "s3cr3t" not in done.out + done.err
    assert len(job.ask("mft", "GET", f"/issues/{number}/comments")) == 2


def test_the_mail_command_says_what_is_wrong_too(job: Job) -> None:
    """Read alone, a mailbox that is down is the same trouble."""
    job.prepare()
    done = job.run("mail", "schedule", COCFLOW_IMAP_URL="imap://coc:s3cr3t@127.0.0.1:9/")
    assert (done.code, done.err) == (1, "")
    assert "The mailbox gives no answer" in done.out
    assert "s3cr3t" not in done.out
