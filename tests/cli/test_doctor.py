"""`cocflow doctor` against the sandbox over HTTP: clean after `init`, and each broken thing is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from click.testing import Result
from github.Repository import Repository

from cocflow.setup.examine import CHECKS
from cocflow.setup.shipped import workflows
from tests.cli.premises import REPO, SECRET, Town
from tests.faults.count import EVERYTHING, tried


def verdicts(done: Result) -> dict[str, str]:
    """Return the verdict of each check of a doctor that was asked for JSON."""
    return {one["check"]: one["verdict"] for one in json.loads(done.stdout)}


def repository(town: Town) -> Repository:
    """Return the repository as its owner reaches it."""
    return town.client().get_repo(REPO)


def test_a_fresh_repository_with_an_answered_report_is_clean(town: Town) -> None:
    """After `init`, a report and the job's run, every check is fine and the exit code is 0."""
    town.init()
    town.file()
    assert town.handle().complete
    done = town.run("doctor", REPO)
    assert done.exit_code == 0, done.output
    assert verdicts(town.run("doctor", REPO, "--json")) == dict.fromkeys(
        (check.name for check in CHECKS), "ok"
    )
    assert SECRET not in done.output


def _public(town: Town) -> None:
    repository(town).edit(name="incidents", visibility="public")


def _internal(town: Town) -> None:
    repository(town).edit(name="incidents", visibility="internal")


def _guest(town: Town) -> None:
    town.sandbox.store.set_permission(REPO, "guest", "read")


def _team(town: Town) -> None:
    town.sandbox.store.add_team("acme", "interns", ("intern",), {REPO: "read"})


def _owner(town: Town) -> None:
    town.sandbox.store.add_member("acme", "founder", "admin")


def _tom_is_gone(town: Town) -> None:
    town.sandbox.store.set_permission(REPO, "tom", "none")


def _tom_only_reads(town: Town) -> None:
    town.sandbox.store.set_permission(REPO, "tom", "triage")


def _forks(town: Town) -> None:
    repository(town).edit(name="incidents", allow_forking=True)


def _wiki(town: Town) -> None:
    repository(town).edit(name="incidents", has_wiki=True)


def _no_issues(town: Town) -> None:
    repository(town).edit(name="incidents", has_issues=False)


def _replaced(path: str, old: str, new: str) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        found = repository(town).get_contents(path)
        assert not isinstance(found, list)
        text = found.decoded_content.decode()
        assert old in text
        town.sandbox.store.put_file(REPO, path, text.replace(old, new))

    return act


def _deleted(path: str) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        found = repository(town).get_contents(path)
        assert not isinstance(found, list)
        repository(town).delete_file(path, "Delete", found.sha)

    return act


def _no_label(town: Town) -> None:
    repository(town).get_label("state: triaged").delete()


def _other_color(town: Town) -> None:
    repository(town).get_label("state: triaged").edit("state: triaged", "000000")


def _actions(path: str, body: dict[str, object]) -> Callable[[Town], None]:
    def act(town: Town) -> None:
        url = f"/repos/{REPO}/actions/permissions{path}"
        town.client().requester.requestJsonAndCheck("PUT", url, input=body)

    return act


def _late(town: Town) -> None:
    town.sandbox.store.move_clock(advance=13 * 3600)


def _very_late(town: Town) -> None:
    town.sandbox.store.move_clock(advance=25 * 3600)


def _failing(town: Town) -> None:
    town.sandbox.store.move_clock(advance=3600)
    town.sandbox.store.record_run(REPO, "sweep.yml", conclusion="failure")


def _unanswered(town: Town) -> None:
    repository(town).get_issue(town.file()).create_comment("/help")


def _owed(town: Town) -> None:
    issue = repository(town).get_issue(town.file())
    body = issue.body.replace("It happened to me", "I file for someone else")
    issue.edit(body=f"{body}\n")
    town.handle()


def _edited_receipt(town: Town) -> None:
    number = town.file()
    town.handle()
    next(iter(repository(town).get_issue(number).get_comments())).edit("Nothing happened.")


def _in_trouble(town: Town) -> None:
    _edited_receipt(town)
    repository(town).get_issue(1).create_comment("/help")
    town.sweep()


def _two_states(town: Town) -> None:
    number = town.file()
    town.handle()
    repository(town).get_issue(number).add_to_labels("state: triaged")


def _lost_state(town: Town) -> None:
    town.file()
    town.handle()
    text = (workflows() / "incident.yml").read_text().replace("reported", "filed")
    town.sandbox.store.put_file(REPO, "workflows/incident.yml", text)


def _stranger(town: Town) -> None:
    _guest(town)
    town.file("guest")
    town.handle()


CONFIG = ".github/ISSUE_TEMPLATE/config.yml"
FORM = ".github/ISSUE_TEMPLATE/incident.yml"
SWEEP = ".github/workflows/sweep.yml"
COCFLOW = ".github/cocflow.yml"
ARRIVED = "templates/reporter/arrived.md.j2"

BROKEN: dict[str, tuple[Callable[[Town], None], str, str]] = {
    "public": (_public, "private", "failure"),
    "internal": (_internal, "private", "failure"),
    "a collaborator off the roster": (_guest, "readers", "failure"),
    "a team off the roster": (_team, "readers", "failure"),
    "an owner off the roster": (_owner, "readers", "failure"),
    "an administrator without access": (_tom_is_gone, "administrators", "failure"),
    "something that cocflow couldn't do": (_in_trouble, "board", "failure"),
    "an administrator who can't write": (_tom_only_reads, "administrators", "failure"),
    "forks allowed": (_forks, "forks", "failure"),
    "a wiki": (_wiki, "issues only", "warning"),
    "no issues": (_no_issues, "issues only", "failure"),
    "a broken configuration": (_replaced(COCFLOW, "UTC", "Moon"), "configuration", "failure"),
    "no configuration": (_deleted(COCFLOW), "configuration", "failure"),
    "a broken process": (
        _replaced("workflows/incident.yml", "to: triaged", "to: x"),
        "configuration",
        "failure",
    ),
    "no form": (_deleted(FORM), "forms", "failure"),
    "a form that names others": (_replaced(FORM, "Riya Sen and tom", "Riya Sen"), "forms", "warning"),
    "a reworded form": (_replaced(FORM, "Write as much", "Write all"), "forms", "warning"),
    "blank issues": (_replaced(CONFIG, "enabled: false", "enabled: true"), "blank issues", "failure"),
    "no chooser": (_deleted(CONFIG), "blank issues", "failure"),
    "no outside contact": (_replaced(COCFLOW, "outside_contact:", "# it was:"), "outside contact", "warning"),
    "no job": (_deleted(SWEEP), "jobs", "failure"),
    "another job": (_replaced(SWEEP, "*/4", "*/8"), "jobs", "warning"),
    "no lock": (_deleted(".github/requirements.txt"), "jobs", "failure"),
    "a quick label that starts no job": (
        _replaced("workflows/incident.yml", "approve: approved", "fine: approved"),
        "quick labels",
        "failure",
    ),
    "no process": (_deleted("workflows/incident.yml"), "processes", "failure"),
    "a template that leaks": (_replaced(ARRIVED, "{{", "{{ parties }}{{"), "templates", "failure"),
    "a missing label": (_no_label, "labels", "failure"),
    "a label of another colour": (_other_color, "labels", "warning"),
    "Actions off": (_actions("", {"enabled": False}), "actions", "failure"),
    "own actions only": (
        _actions("", {"enabled": True, "allowed_actions": "local_only"}),
        "actions",
        "failure",
    ),
    "some actions only": (
        _actions("", {"enabled": True, "allowed_actions": "selected"}),
        "actions",
        "unknown",
    ),
    "jobs that may write": (
        _actions("/workflow", {"default_workflow_permissions": "write"}),
        "actions",
        "warning",
    ),
    "a late sweep": (_late, "sweeps", "warning"),
    "no sweep for a day": (_very_late, "sweeps", "failure"),
    "a failing sweep": (_failing, "sweeps", "warning"),
    "an unanswered report": (_unanswered, "unanswered", "warning"),
    "an owed notice": (_owed, "notices", "warning"),
    "an edited receipt": (_edited_receipt, "receipts", "failure"),
    "two states": (_two_states, "state labels", "warning"),
    "a state that the process lacks": (_lost_state, "states", "failure"),
    "a report by a stranger": (_stranger, "filed by", "warning"),
}


CODES = {"failure": 1, "warning": 1, "unknown": 2}


@pytest.mark.parametrize("name", BROKEN)
def test_each_broken_thing_is_found(town: Town, name: str) -> None:
    """Whatever is broken by itself is what the doctor finds, by the check that looks for it."""
    act, check, verdict = BROKEN[name]
    town.init()
    act(town)
    done = town.run("doctor", REPO, "--json")
    assert verdicts(done)[check] == verdict
    assert done.exit_code == CODES[verdict]


FIRST = {verdict: next(name for name in BROKEN if BROKEN[name][2] == verdict) for verdict in CODES}


@pytest.mark.matrix
@pytest.mark.parametrize("name", BROKEN if EVERYTHING else FIRST.values())
def test_the_table_says_what_the_json_says(
    town: Town, name: str, record_property: Callable[[str, object], None]
) -> None:
    """With the table, too, the verdict stands beside its check, and the exit code tells what was found."""
    act, check, verdict = BROKEN[name]
    town.init()
    act(town)
    done = town.run("doctor", REPO)
    assert re.search(rf"│ {check} +│ {verdict} +│", done.stdout)
    assert done.exit_code == CODES[verdict]
    tried(record_property, "tables", 1)


def test_every_check_is_broken_by_some_test() -> None:
    """No check goes without something that it finds."""
    assert {check for _, check, _ in BROKEN.values()} == {check.name for check in CHECKS}


def test_readers_are_listed_by_name_and_source(town: Town) -> None:
    """Everybody off the roster who can read is named, with where their access comes from."""
    town.init()
    _team(town)
    _owner(town)
    found = town.run("doctor", REPO).output
    assert "intern (team interns)" in found
    assert "founder (owner of the organization)" in found


def test_what_a_token_cannot_see_is_unknown(town: Town) -> None:
    """Somebody who may only read learns that most things can't be seen, never that they are fine."""
    town.init()
    town.sandbox.store.set_permission(REPO, "guest", "read")
    token = town.sandbox.store.add_token("guest")
    done = town.run("doctor", REPO, "--json", env={"GH_TOKEN": token})
    found = verdicts(done)
    assert (found["readers"], found["administrators"], found["actions"]) == ("unknown",) * 3


def test_no_such_repository_cannot_be_checked(town: Town) -> None:
    """A repository that can't be seen isn't reported on at all."""
    done = town.run("doctor", "acme/other")
    assert done.exit_code != 0
    assert "no such repository" in str(done.exception)
