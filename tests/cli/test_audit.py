"""`cocflow audit` against the sandbox over HTTP: what it finds, what it says, and how it ends."""

from __future__ import annotations

import json
from typing import Any

from github.IssueComment import IssueComment

from tests.cli.premises import REPO, SECRET, Town

KEY = "k" * 40


def found(town: Town, **env: str) -> tuple[int, Any]:
    """Run the audit; return its exit code and what it prints, in which nothing of the report may be."""
    done = town.run("audit", REPO, "--json", env=env)
    assert SECRET not in done.output
    return done.exit_code, json.loads(done.stdout)


def receipt(town: Town) -> IssueComment:
    """Return the first receipt, as riya reaches it."""
    comments = town.client().get_repo(REPO).get_issue(1).get_comments()
    return next(one for one in comments if "cocflow:receipt" in one.body)


def test_a_repository_in_order_is_clean(settled: Town) -> None:
    """After a report and the job's run there is nothing to find, and the exit code is 0."""
    settled.file()
    settled.handle()
    code, said = found(settled)
    assert (code, said["issues"], said["receipts"], said["findings"]) == (0, 1, 1, [])
    assert "Nothing was altered." in settled.run("audit", REPO).output


def test_an_edited_receipt_is_shown_with_its_editor(settled: Town) -> None:
    """Who edited it, by GitHub's word, and since when; the exit code is 1, and no word is repeated."""
    settled.file()
    settled.handle()
    receipt(settled).edit(f"{SECRET}\n\n{receipt(settled).body}")
    code, said = found(settled)
    assert code == 1
    (one,) = said["findings"]
    assert (one["rule"], one["by"], one["found"]) == ("receipts", "riya", "Receipt 1 has been edited.")
    assert one["since"] is not None
    table = settled.run("audit", REPO)
    assert "riya" in table.output
    assert SECRET not in table.output


def test_signatures_are_checked_with_the_key_only(settled: Town) -> None:
    """With another key than the job's everything is found; without any, it is said that nobody checked."""
    settled.file()
    settled.handle({"COCFLOW_LEDGER_KEY": KEY})
    assert found(settled, COCFLOW_LEDGER_KEY=KEY)[0] == 0
    code, said = found(settled, COCFLOW_LEDGER_KEY="x" * 40)
    assert (code, {one["rule"] for one in said["findings"]}) == (1, {"receipts", "signatures"})
    code, said = found(settled)
    assert (code, said["findings"]) == (2, [])
    assert "COCFLOW_LEDGER_KEY" in said["unchecked"][0]["why"]


def test_a_key_that_is_too_short_is_refused_without_showing_it(settled: Town) -> None:
    """The mistake is named, and the key isn't."""
    done = settled.run("audit", REPO, env={"COCFLOW_LEDGER_KEY": "hunter2"})
    assert done.exit_code != 0
    assert "hunter2" not in done.output + str(done.exception)
    assert "COCFLOW_LEDGER_KEY" in str(done.exception)


def test_a_run_from_another_branch_is_shown(settled: Town) -> None:
    """It is no case's, so it stands in the table as the jobs'."""
    settled.sandbox.store.record_run(REPO, "sweep.yml", "workflow_dispatch", branch="mine", by="tom")
    code, said = found(settled)
    (one,) = said["findings"]
    assert (code, one["number"], one["rule"], one["by"]) == (1, None, "branches", "tom")
    assert "the jobs" in settled.run("audit", REPO).output
