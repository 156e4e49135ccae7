"""`cocflow status` against the sandbox over HTTP, by a person's own token."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from github import Auth, Github

from cocflow.core.case.records import Filed, mail_line
from cocflow.errors import CocflowError
from tests.cli.premises import REPO, SECRET, Town

LETTER = "I was not there on Tuesday."


def test_open_incidents_at_a_glance(settled: Town) -> None:
    """Each open incident has a row with its state and its deadline, late once that has passed."""
    number = settled.file()
    settled.handle()
    (row,) = json.loads(settled.run("status", REPO, "--json").stdout)
    assert (row["number"], row["state"], row["late"], row["suspended"]) == (number, "reported", False, 0)
    settled.sandbox.store.move_clock(advance=int(timedelta(days=2).total_seconds()))
    (row,) = json.loads(settled.run("status", REPO, "--json").stdout)
    assert row["late"]
    assert "(late)" in settled.run("status", REPO).output


def test_the_history_of_one_is_told_from_its_receipts(settled: Town) -> None:
    """With a number, each receipt is a line: what was done, by whom, and the state it led to."""
    number = settled.file()
    settled.handle()
    settled.client("tom").get_repo(REPO).get_issue(number).create_comment("/estimate 3 days")
    settled.handle()
    shown = settled.run("status", REPO, str(number))
    assert shown.exit_code == 0
    assert "Tell the reporter by when" in shown.output
    found = json.loads(settled.run("status", REPO, str(number), "--json").stdout)
    assert [line["state"] for line in found["history"]] == ["reported", "acknowledged"]
    assert [line["by"] for line in found["history"]] == ["Riya Sen", "tom"]


def test_the_report_is_shown_only_if_asked_for(settled: Town) -> None:
    """No word of a report is printed without `--content`, in no form of the command."""
    number = str(settled.file())
    settled.handle()
    for words in (("status", REPO), ("status", REPO, number), ("status", REPO, number, "--json")):
        assert SECRET not in settled.run(*words).output
    assert SECRET in settled.run("status", REPO, number, "--content").output


def test_the_content_of_all_is_never_shown(town: Town) -> None:
    """`--content` without a number is refused."""
    assert "name its NUMBER" in str(town.run("status", REPO, "--content").exception)


def test_nothing_open_is_said(settled: Town) -> None:
    """Without an open incident the table isn't an empty one."""
    assert settled.run("status", REPO).output == "No incident is open.\n"


def test_the_repository_may_come_from_the_environment(settled: Town) -> None:
    """GITHUB_REPOSITORY names the repository where no argument does."""
    assert settled.run("status", env={"GITHUB_REPOSITORY": REPO}).exit_code == 0


def test_suspended_accounts_are_counted_and_have_a_history(settled: Town) -> None:
    """A suspension is counted in its incident's row, has no row of its own, and its history is told."""
    number = settled.file()
    settled.handle()
    repository = settled.client("tom").get_repo(REPO)
    repository.get_issue(number).create_comment("/suspend until it is understood\nguest, guest@example.org")
    for _ in range(2):
        settled.handle()
    (row,) = json.loads(settled.run("status", REPO, "--json").stdout)
    assert (row["number"], row["suspended"]) == (number, 1)
    (suspension,) = repository.get_issue(number).get_sub_issues()
    found = json.loads(settled.run("status", REPO, str(suspension.number), "--json").stdout)
    assert [line["state"] for line in found["history"]] == ["active"]
    assert json.loads(settled.run("doctor", REPO, "--json").stdout)[-1]["verdict"] == "ok"


def test_a_number_without_an_issue_is_said_to_be_that(settled: Town) -> None:
    """The repository is there: only the number is wrong, and it is said where they are listed."""
    said = str(settled.run("status", REPO, "99").exception)
    assert "There is no issue 99 in that repository" in said
    assert "`cocflow status`" in said


@pytest.mark.parametrize("command", ["status", "audit"])
def test_a_repository_that_is_not_there_is_said_to_be_that(town: Town, command: str) -> None:
    """Nobody is told to configure what isn't there, or may not be seen."""
    said = str(town.run(command, "acme/nowhere").exception)
    assert said == "There is no such repository, or the token may not see it."


@pytest.mark.parametrize("url", ["foo", "api.github.com", "ftp://example.org"])
def test_an_address_of_the_api_that_is_none_is_named(town: Town, url: str) -> None:
    """It is the setting that is wrong, and no fault of cocflow's own."""
    done = town.run("status", REPO, env={"GITHUB_API_URL": url})
    assert isinstance(done.exception, CocflowError)
    assert "GITHUB_API_URL is no address" in str(done.exception)


def test_the_words_of_a_letter_are_shown_with_the_report(settled: Town) -> None:
    """What came by mail is content: shown with `--content` alone, without cocflow's own marks."""
    number = settled.file()
    settled.handle()
    filed = Filed(mail="mail 1", received=datetime(2026, 1, 5, 9, tzinfo=UTC), verified=True)
    job = Github(
        auth=Auth.Token(settled.sandbox.store.job_token(REPO)), base_url=settled.sandbox.url, lazy=True
    )
    letter = f"**A mail**\n\n> {LETTER}\n\n{mail_line(filed)}"
    job.get_repo(REPO).get_issue(number).create_comment(letter)
    shown = settled.run("status", REPO, str(number), "--content").output
    assert re.search(rf"A letter of .*2026.*\n.*\n*.*{LETTER}", shown)
    assert "<!--" not in shown
    assert LETTER not in settled.run("status", REPO, str(number)).output
