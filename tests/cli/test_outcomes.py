"""Outcomes as a repository sees them: labels of the sandbox's GitHub, one resolution, and a suspension by it.

No module's twin: a resolution from its draft to the page that it opens, over HTTP, by the job's own command.
"""

from __future__ import annotations

from typing import Any

from tests.cli.job import REPO, Job

RESOLVE = "/resolve We talked.\nSam: suspension until 30 days\nStop the jokes."


def says(job: Job, number: int, text: str) -> None:
    """Let an administrator comment, and a sweep run."""
    job.ask("mft", "POST", f"/issues/{number}/comments", {"body": text})
    assert job.run("sweep", "schedule").code == 0


def labels(job: Job, number: int, label: str, by: str = "mft") -> None:
    """Let an administrator put a label on, and a sweep run."""
    job.ask(by, "POST", f"/issues/{number}/labels", {"labels": [label]})
    assert job.run("sweep", "schedule").code == 0


def newest(job: Job, number: int) -> str:
    """Return the newest comment of an issue."""
    found: list[dict[str, Any]] = job.ask("mft", "GET", f"/issues/{number}/comments?per_page=100")
    return str(found[-1]["body"])


def test_a_resolution_with_an_outcome_suspends_an_account(job: Job) -> None:
    """A near miss comes back with the line to copy; the right one is shown, sent, and opens Sam's page."""
    job.prepare()
    number = job.report()
    assert job.run("sweep", "schedule").code == 0
    made = {one["name"]: one["description"] for one in job.ask("mft", "GET", "/labels?per_page=100")}
    assert made["outcome: warning"].startswith("The person is warned.")
    for text in ("/estimate 3 days", "/party Sam Poe", RESOLVE.replace("until 30 days", "")):
        says(job, number, text)
    assert "Until when?" in newest(job, number)
    assert "```\nSam: suspension until <when>\n```" in newest(job, number)
    says(job, number, "/heard Sam Poe skipped: They would destroy what there is.")
    says(job, number, RESOLVE)
    assert "Sending it suspends the account of Sam Poe" in newest(job, number)
    store = job.sandbox.store
    store.add_user("ada")
    store.set_permission(REPO, "ada", "write")
    job.tokens["ada"] = store.add_token("ada")
    labels(job, number, "decision: agree", "ada")
    labels(job, number, "decision: agree", "ada")  # nothing may be shared, and it tells of a report
    (page,) = job.ask("mft", "GET", f"/issues/{number}/sub_issues")
    assert {"suspension", "state: active"} <= {one["name"] for one in page["labels"]}
    assert "Sam Poe" in page["body"]
    cards = [one["body"] for one in job.ask("mft", "GET", f"/issues/{number}/comments?per_page=100")]
    assert any("How it ended: Sam Poe: suspension until" in body for body in cards)


def test_how_it_ended_is_stated_by_a_label(job: Job) -> None:
    """The label disappears again, and the card says what it said."""
    job.prepare()
    number = job.report()
    assert job.run("sweep", "schedule").code == 0
    for text in ("/estimate 3 days", "/resolve We talked."):
        says(job, number, text)
    labels(job, number, "approve")
    labels(job, number, "outcome: talk")
    issue = job.ask("mft", "GET", f"/issues/{number}")
    assert "outcome: talk" not in {one["name"] for one in issue["labels"]}
    assert "said how it ended: talk" in newest(job, number)
