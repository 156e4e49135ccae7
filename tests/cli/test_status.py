"""`cocflow status` against the sandbox over HTTP, by a person's own token."""

from __future__ import annotations

import json
from datetime import timedelta

from tests.cli.premises import REPO, SECRET, Town


def test_open_incidents_at_a_glance(town: Town) -> None:
    """Each open incident has a row with its state and its deadline, late once that has passed."""
    town.init()
    number = town.file()
    town.handle()
    (row,) = json.loads(town.run("status", REPO, "--json").stdout)
    assert (row["number"], row["state"], row["late"], row["suspended"]) == (number, "reported", False, 0)
    town.sandbox.store.move_clock(advance=int(timedelta(days=2).total_seconds()))
    (row,) = json.loads(town.run("status", REPO, "--json").stdout)
    assert row["late"]
    assert "(late)" in town.run("status", REPO).output


def test_the_history_of_one_is_told_from_its_receipts(town: Town) -> None:
    """With a number, each receipt is a line: what was done, by whom, and the state it led to."""
    town.init()
    number = town.file()
    town.handle()
    town.client("tom").get_repo(REPO).get_issue(number).create_comment("/estimate 3 days")
    town.handle()
    shown = town.run("status", REPO, str(number))
    assert shown.exit_code == 0
    assert "Tell the reporter by when" in shown.output
    found = json.loads(town.run("status", REPO, str(number), "--json").stdout)
    assert [line["state"] for line in found["history"]] == ["reported", "acknowledged"]
    assert [line["by"] for line in found["history"]] == ["Riya Sen", "tom"]


def test_the_report_is_shown_only_if_asked_for(town: Town) -> None:
    """No word of a report is printed without `--content`, in no form of the command."""
    town.init()
    number = str(town.file())
    town.handle()
    for words in (("status", REPO), ("status", REPO, number), ("status", REPO, number, "--json")):
        assert SECRET not in town.run(*words).output
    assert SECRET in town.run("status", REPO, number, "--content").output


def test_the_content_of_all_is_never_shown(town: Town) -> None:
    """`--content` without a number is refused."""
    assert "name its NUMBER" in str(town.run("status", REPO, "--content").exception)


def test_nothing_open_is_said(town: Town) -> None:
    """Without an open incident the table isn't an empty one."""
    town.init()
    assert town.run("status", REPO).output == "No incident is open.\n"


def test_the_repository_may_come_from_the_environment(town: Town) -> None:
    """GITHUB_REPOSITORY names the repository where no argument does."""
    town.init()
    assert town.run("status", env={"GITHUB_REPOSITORY": REPO}).exit_code == 0


def test_suspended_accounts_are_counted_and_have_a_history(town: Town) -> None:
    """A suspension is counted in its incident's row, has no row of its own, and its history is told."""
    town.init()
    number = town.file()
    town.handle()
    repository = town.client("tom").get_repo(REPO)
    repository.get_issue(number).create_comment("/suspend until it is understood\nguest, guest@example.org")
    for _ in range(2):
        town.handle()
    (row,) = json.loads(town.run("status", REPO, "--json").stdout)
    assert (row["number"], row["suspended"]) == (number, 1)
    (suspension,) = repository.get_issue(number).get_sub_issues()
    found = json.loads(town.run("status", REPO, str(suspension.number), "--json").stdout)
    assert [line["state"] for line in found["history"]] == ["active"]
    assert json.loads(town.run("doctor", REPO, "--json").stdout)[-1]["verdict"] == "ok"
