"""The premises of a repository, against the sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
import requests

from cocflow.adapters.repository import GitHubPremises
from cocflow.core.text.blobs import blob_sha
from cocflow.errors import AdapterError
from cocflow.ports import Label
from cocflow.sandbox import Clock, Sandbox

REPO = "acme/incidents"
START = "2026-01-05T09:00:00Z"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Run a sandbox with an organization that riya owns."""
    with Sandbox(clock=Clock(START, frozen=True)) as running:
        running.store.add_org("acme", members={"riya": "admin", "mia": "member"}, base_permission="none")
        yield running


def premises(sandbox: Sandbox, login: str = "riya", repository: str = REPO) -> GitHubPremises:
    """Return the premises as somebody reaches them."""
    sandbox.store.add_user(login)
    return GitHubPremises(repository, sandbox.store.add_token(login), sandbox.url)


def test_a_created_repository_is_private_and_bare(sandbox: Sandbox) -> None:
    """An organization's repository is created private, with nothing but issues."""
    here = premises(sandbox)
    assert here.settings() is None
    here.create()
    here.close_off()
    settings = here.settings()
    assert settings is not None
    assert (settings.visibility, settings.organization, settings.issues) == ("private", True, True)
    assert (settings.wiki, settings.projects, settings.discussions, settings.forks) == (False,) * 4


def test_a_person_creates_their_own_and_nobody_elses(sandbox: Sandbox) -> None:
    """Under one's own name a repository is made, under another person's it is refused."""
    premises(sandbox, "ada", "ada/incidents").create()
    with pytest.raises(AdapterError):
        premises(sandbox, "tom", "ada/other").create()


def test_a_person_own_repository_has_no_switch_for_forks(sandbox: Sandbox) -> None:
    """Closing off a person's repository doesn't ask for what GitHub refuses there."""
    here = premises(sandbox, "ada", "ada/incidents")
    here.create()
    here.close_off()
    settings = here.settings()
    assert settings is not None
    assert (settings.organization, settings.wiki) == (False, False)


def test_files_are_committed_together(sandbox: Sandbox) -> None:
    """Text and other files are written and taken out in one commit, and read back."""
    sandbox.store.add_repo(REPO)
    sandbox.store.put_file(REPO, "old.md", "old")
    here = premises(sandbox)
    sandbox.store.requests.reset()
    here.commit({"old.md": None, "a/new.md": "nëw".encode(), "b.whl": b"\x00\xff"}, "Change")
    assert here.shas() == {"a/new.md": blob_sha("nëw".encode()), "b.whl": blob_sha(b"\x00\xff")}
    assert here.content("b.whl") == b"\x00\xff"
    assert sandbox.store.requests.routes["PATCH /repos/<owner>/<repo>/git/refs/heads/main"] == 1


def test_the_first_file_makes_the_branch(sandbox: Sandbox) -> None:
    """A repository without a commit gets its files all the same."""
    sandbox.store.add_repo(REPO)
    here = premises(sandbox)
    assert here.shas() == {}
    here.commit({"a.md": b"a", "b.md": b"b"}, "Begin")
    assert set(here.shas()) == {"a.md", "b.md"}


def test_labels_are_made_and_changed(sandbox: Sandbox) -> None:
    """A label is created once, however often it is asked for, and looks as it was last told to."""
    sandbox.store.add_repo(REPO, labels=False)
    here = premises(sandbox)
    label = Label(name="state: closed", color="c2e0c6", description="Closed")
    here.create_label(label)
    here.create_label(label)
    other = Label(name="state: closed", color="000000", description="Over")
    here.change_label(other)
    assert here.labels() == (other,)


def test_readers_are_told_with_every_source(sandbox: Sandbox) -> None:
    """Collaborators, teams, owners, and members by the organization's base permission."""
    store = sandbox.store
    store.add_repo(REPO)
    store.set_permission(REPO, "tom", "triage")
    store.add_team("acme", "council", ("ada", "tom"), {REPO: "write"})
    store.add_org("acme", base_permission="read")
    found = {one.login: one for one in premises(sandbox).readers().people}
    assert {login: one.sources for login, one in found.items()} == {
        "riya": ("owner of the organization",),
        "mia": ("base permission of the organization",),
        "tom": ("collaborator", "team council"),
        "ada": ("team council",),
    }
    assert [login for login, one in sorted(found.items()) if one.writes] == ["ada", "riya", "tom"]


def test_what_the_token_cannot_see_is_named(sandbox: Sandbox) -> None:
    """Somebody who isn't in the organization sees people, but not by which team."""
    sandbox.store.add_repo(REPO)
    sandbox.store.add_team("acme", "council", ("ada",), {REPO: "read"})
    sandbox.store.set_permission(REPO, "tom", "write")
    readers = premises(sandbox, "tom").readers()
    assert readers.unseen == ("teams",)
    (ada,) = (one for one in readers.people if one.login == "ada")
    assert ada.sources == ("source not visible to this token",)


def test_a_reader_may_not_see_the_others(sandbox: Sandbox) -> None:
    """Without push access the list is refused, by GitHub's status and nothing else."""
    sandbox.store.add_repo(REPO)
    sandbox.store.set_permission(REPO, "guest", "read")
    with pytest.raises(AdapterError, match=r"^GET collaborators failed: 403$"):
        premises(sandbox, "guest").readers()


def test_actions_are_switched_on_and_tamed(sandbox: Sandbox) -> None:
    """Actions run, and a job that doesn't say what it needs may only read."""
    sandbox.store.add_repo(REPO)
    here = premises(sandbox)
    url = f"{sandbox.url}/repos/{REPO}/actions/permissions"
    headers = {"Authorization": f"Bearer {sandbox.store.add_token('riya')}"}
    for path, body in (("/workflow", {"default_workflow_permissions": "write"}), ("", {"enabled": False})):
        requests.put(url + path, json=body, headers=headers, timeout=10).raise_for_status()
    assert not here.actions().enabled
    here.set_actions()
    assert (here.actions().enabled, here.actions().default) == (True, "read")


def test_runs_come_newest_first_with_githubs_time(sandbox: Sandbox) -> None:
    """Each run has its time and how it ended; a job that GitHub doesn't know has none."""
    sandbox.store.add_repo(REPO)
    sandbox.store.put_file(REPO, ".github/workflows/sweep.yml", "on: [schedule]\n")
    sandbox.store.record_run(REPO, "sweep.yml", conclusion="failure")
    sandbox.store.move_clock(advance=60)
    sandbox.store.record_run(REPO, "sweep.yml")
    here = premises(sandbox)
    found = here.runs("sweep.yml")
    assert [run.conclusion for run in found.runs] == ["success", "failure"]
    assert found.now == datetime.fromisoformat("2026-01-05T09:01:00+00:00")
    assert here.runs("other.yml").runs == ()
    assert here.inactive_jobs() == ()


def test_nobody_answering_is_an_uncertain_failure() -> None:
    """A connection that fails has no status, and whatever was asked may have been done."""
    with pytest.raises(AdapterError) as caught:
        GitHubPremises(REPO, "token", "http://127.0.0.1:9").settings()
    assert (caught.value.status, caught.value.uncertain) == (None, True)


def test_whose_a_login_is_is_looked_up(sandbox: Sandbox) -> None:
    """The account's number, by the login in any case of letters; None where nobody has it."""
    here = premises(sandbox)
    assert here.account("mia") == sandbox.store.account_id("mia")
    assert here.account("MIA") == sandbox.store.account_id("mia")
    assert here.account("nobody") is None


def test_runs_of_other_branches_are_found(sandbox: Sandbox) -> None:
    """Of all pages of runs, those that aren't of the default branch, with the job, the branch and who."""
    sandbox.store.add_repo(REPO)
    here = premises(sandbox)
    sandbox.store.record_run(REPO, "sweep.yml", "workflow_dispatch", branch="mine", by="mia")
    for _ in range(101):
        sandbox.store.record_run(REPO, "sweep.yml")
    (stray,) = here.stray_runs()
    assert (stray.job, stray.branch, stray.by) == ("sweep.yml", "mine", "mia")


def test_readers_come_with_their_rights_and_accounts(sandbox: Sandbox) -> None:
    """Triage may put labels on and not write; Read neither."""
    sandbox.store.add_repo(REPO)
    here = premises(sandbox)
    for login in ("read", "triage", "write"):
        sandbox.store.set_permission(REPO, login, login)
    found = {one.login: one for one in here.readers().people}
    assert {name: (found[name].triages, found[name].writes) for name in ("read", "triage", "write")} == {
        "read": (False, False),
        "triage": (True, False),
        "write": (True, True),
    }
    assert found["triage"].account == sandbox.store.account_id("triage")
