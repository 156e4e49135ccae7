"""`cocflow handle` answers what happened, leaves alone what asks for nothing, and says no word of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.job import Job, running_job
from tests.jobs.examples import examples

NOT_PRIVATE = (
    "cocflow: The repository isn't private, so anybody could read incidents in it. Make it private first.\n"
)


@pytest.fixture
def job(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Job]:
    """Return a job of a repository on the sandbox."""
    with running_job(tmp_path, capsys) as job:
        yield job


def test_a_report_is_answered(job: Job) -> None:
    """An opened issue gets its receipt, its label and its card; the log tells numbers."""
    job.prepare()
    number = job.report()
    done = job.run("handle", "issues", job.events()[-1]["payload"])
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Issue {number}: opened.\nListed 1, looked at 1, answered 1.\n"
    assert [one["name"] for one in job.ask("mft", "GET", f"/issues/{number}")["labels"]] == [
        "consent: none",
        "state: reported",
    ]


def test_the_same_event_again_changes_nothing(job: Job) -> None:
    """A repeated event finds everything answered."""
    job.prepare()
    job.report()
    event = job.events()[-1]["payload"]
    job.run("handle", "issues", event)
    before = job.writes()
    done = job.run("handle", "issues", event)
    assert (done.code, job.writes()) == (0, before)


def test_an_event_is_only_a_hint(job: Job) -> None:
    """An event about an issue that isn't there leads to those that are, and what they are owed."""
    job.prepare()
    number = job.report()
    event = job.events()[-1]["payload"]
    event["issue"]["number"] = 77
    assert job.run("handle", "issues", event).code == 0
    assert job.ask("mft", "GET", f"/issues/{number}/comments")


def test_summaries_and_outputs_stay_empty(job: Job) -> None:
    """Nothing is written where Actions would show it beside the log."""
    job.prepare()
    job.report()
    job.run("handle", "issues", job.events()[-1]["payload"])
    places = ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT", "GITHUB_ENV")
    assert [(job.folder / name).read_text("utf-8") for name in places] == ["", "", ""]


@pytest.mark.parametrize(
    "name", ["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN"]
)
def test_a_missing_variable_is_named(job: Job, name: str) -> None:
    """Without a variable that Actions sets, the command ends with 2 and one line that names it."""
    job.prepare()
    job.report()
    done = job.run("handle", "issues", job.events()[-1]["payload"], without=name)
    assert done.code == 2
    assert done.err == f"cocflow: {name} isn't set. GitHub Actions sets it; see docs/administrators.md.\n"
    assert (job.reads(), job.writes()) == (0, 1)


@pytest.mark.parametrize("content", [None, b"", b"{secretword", b"\xff\xfe", b'{"action": secretword}'])
def test_a_payload_that_can_t_be_read_ends_the_job(job: Job, content: bytes | None) -> None:
    """Without a payload, or with one that isn't JSON, the command ends with 2 and shows none of it."""
    job.prepare()
    if content is not None:
        (job.folder / "event.json").write_bytes(content)
    done = job.run_as_it_is("handle", GITHUB_EVENT_NAME="issues")
    assert (done.code, done.out) == (2, "")
    assert done.err == "cocflow: GITHUB_EVENT_PATH names no file that holds an event.\n"


REPOSITORY = {"repository": {"private": True}}
MALFORMED: list[object] = [
    None,
    "secretword",
    ["secretword"],
    {},
    {"action": "secretword"},
    {"action": ["opened"], "issue": {"number": 1}, **REPOSITORY},
    {"action": "opened", **REPOSITORY},
    {"action": "opened", "issue": "secretword", **REPOSITORY},
    {"action": "opened", "issue": {"number": "secretword"}, **REPOSITORY},
    {"action": "opened", "issue": {"number": True}, **REPOSITORY},
    {"action": "opened", "issue": {"number": -1}, **REPOSITORY},
    {"action": "opened", "issue": {"number": 1}, "repository": "secretword"},
    {"action": "opened", "issue": {"number": 1}, "repository": {"private": "secretword"}},
]


@pytest.mark.parametrize("payload", MALFORMED, ids=lambda payload: json.dumps(payload)[:60])
@pytest.mark.parametrize("event", ["issues", "issue_comment", "push", "secretword"])
def test_an_unknown_or_malformed_event_is_one_line(job: Job, event: str, payload: object) -> None:
    """What isn't an event for us asks GitHub nothing, and ends well with one line that shows none of it."""
    job.prepare()
    done = job.run("handle", event, payload)
    assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    assert done.out.startswith("Nothing to do: ")
    assert "secretword" not in done.out
    assert (job.reads(), job.writes()) == (0, 0)


def test_real_payloads_of_public_repositories_ask_for_nothing(job: Job) -> None:
    """GitHub's own examples, all from public repositories, end well with one line and no request."""
    job.prepare()
    for name, payload in examples():
        if payload["repository"]["private"] is True:
            continue
        done = job.run("handle", name, payload)
        assert (done.code, done.err, done.out.count("\n")) == (0, "", 1)
    assert (job.reads(), job.writes()) == (0, 0)


def test_real_payloads_don_t_make_an_incident_of_anything(job: Job) -> None:
    """The same examples as if from a private repository: no crash, and no write without an incident."""
    job.prepare()
    read = 0
    for name, payload in examples():
        private = payload | {"repository": payload["repository"] | {"private": True}}
        done = job.run("handle", name, private)
        assert (done.code, done.err) == (0, ""), (name, payload.get("action"), done.out)
        read += done.out.startswith("Issue ")
        if "pull_request" in payload.get("issue", {}):
            assert done.out.startswith("Nothing to do: ")
    assert read > 5
    assert job.writes() == 0
    assert read <= job.reads() <= 3 * read  # the issue, the listing, and once more one that wasn't there


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_nothing_is_written_unless_github_says_private(job: Job, visibility: str) -> None:
    """An event that calls the repository private doesn't outweigh GitHub's own word for it."""
    job.prepare(visibility)
    job.report()
    event = job.events()[-1]["payload"]
    event["repository"]["private"] = True
    before = job.writes()
    done = job.run("handle", "issues", event)
    assert (done.code, done.err) == (2, NOT_PRIVATE)
    assert job.writes() == before


def test_danger_that_a_form_says_calls_everybody_over_http(job: Job) -> None:
    """The box ticked in a browser: the reporter reads whom to call, and all who decide are called at once."""
    job.prepare()
    body = (Path(__file__).parents[1] / "core/forms/form/positive/filed-in-a-browser.md").read_text("utf-8")
    box = "### Is somebody in danger?\n\n- [X] Somebody may be in danger\n\n### What’s the nature"
    filed = body.replace("### What’s the nature", box)
    number = job.ask("rita", "POST", "/issues", {"title": "Incident", "body": filed})["number"]
    assert job.run("handle", "issues", job.events()[-1]["payload"]).code == 0
    said = "\n".join(one["body"] for one in job.ask("mft", "GET", f"/issues/{number}/comments"))
    assert "call your local emergency number now" in said
    assert "says that somebody may be in danger.** Call each other." in said
