"""A repository as 0.1.0 left it, with what runs in it, is brought up to date by `init` alone.

No module's twin: of `cocflow init` and of the jobs together, on what `recording.py` recorded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cocflow.sandbox import Clock, Sandbox
from cocflow.setup.install import CONFIGURATION
from cocflow.setup.install import RECORD as INSTALLED
from cocflow.setup.job import JOB, SWEEP_JOB
from cocflow.version import VERSION
from tests.cli.premises import REPO, Town
from tests.upgrades import recording

PIM, ZOE = 6, 7
"""The suspensions: an appeal against the first is kept, and the second has an end."""

UNCHANGED = "Everything is as it should be; nothing was changed."
PROCESS, TEMPLATE, FORM = (
    "workflows/incident.yml",
    "templates/suspended/lifted.md.j2",
    ".github/ISSUE_TEMPLATE/incident.yml",
)
GONE = "templates/administrators/post_approved.md.j2"
"""A template that 0.1.0 had, and that nothing uses any more."""


@contextmanager
def town_of(record: dict[str, Any], folder: Path) -> Iterator[Town]:
    """Run a sandbox with what was dumped of another one."""
    with Sandbox(clock=Clock(recording.START, frozen=True)) as sandbox:
        recording.restore(sandbox, record)
        yield Town(sandbox, sandbox.store.add_token("riya"), folder)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Town]:
    """Run a sandbox with what 0.1.0 left."""
    with town_of(recording.recorded(), tmp_path) as town:
        yield town


@pytest.fixture(scope="module")
def upgrade(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Upgrade it once; give what was said, and what is there then."""
    with town_of(recording.recorded(), tmp_path_factory.mktemp("upgrade")) as town:
        return upgraded(town), recording.dumped(town.sandbox.store.database)


@pytest.fixture
def new(upgrade: tuple[str, dict[str, Any]], tmp_path: Path) -> Iterator[Town]:
    """Run a sandbox with what was brought up to date, and give the jobs what it holds."""
    with town_of(upgrade[1], tmp_path) as town:
        check_out(town)
        yield town


def files(town: Town, repository: str = REPO) -> dict[str, str]:
    """Return what a repository holds, by path."""
    with town.sandbox.store.read() as db:
        number = town.sandbox.store.repository(repository)["id"]
        rows = db.execute("SELECT path, content FROM file WHERE repository_id = ?", (number,)).fetchall()
    return {row["path"]: bytes(row["content"]).decode(errors="replace") for row in rows}


def check_out(town: Town) -> None:
    """Give the jobs what the repository holds, as their first step does."""
    for path, content in files(town).items():
        target = town.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, "utf-8")


def change(town: Town, path: str, before: str, after: str) -> str:
    """Edit a file as the community would have under 0.1.0; return its text."""
    text = files(town)[path]
    assert before in text
    town.sandbox.store.put_file(REPO, path, text.replace(before, after))
    return text.replace(before, after)


def shown(town: Town) -> dict[int, tuple[str, str, frozenset[str], int]]:
    """Return of each issue what anybody sees: title, whether it is open, labels, number of comments."""
    issues = town.client().get_repo(REPO).get_issues(state="all")
    return {
        one.number: (one.title, one.state, frozenset(label.name for label in one.labels), one.comments)
        for one in issues
    }


def labels(town: Town) -> set[str]:
    """Return the labels that there are to pick."""
    return {one.name for one in town.client().get_repo(REPO).get_labels()}


def state(town: Town, number: int) -> str:
    """Return the state that an issue shows."""
    (found,) = (one for one in shown(town)[number][2] if one.startswith("state: "))
    return found.removeprefix("state: ")


def says(town: Town, login: str, number: int, words: str) -> None:
    """Comment, and let the job answer."""
    town.client(login).get_repo(REPO).get_issue(number).create_comment(words)
    assert not town.handle().failures


def presses(town: Town, login: str, number: int, label: str) -> None:
    """Put a label on, and let the job answer."""
    town.client(login).get_repo(REPO).get_issue(number).add_to_labels(label)
    assert not town.handle().failures


def upgraded(town: Town) -> str:
    """Give the one command; return what it said."""
    done = town.run("init", REPO)
    assert done.exit_code == 0, (done.output, done.exception)
    return done.output


def test_it_then_holds_what_a_new_repository_would(new: Town, upgrade: tuple[str, dict[str, Any]]) -> None:
    """Jobs, lock, processes, forms and texts are today's, the old wheel is gone, the configuration stays."""
    before = {row["path"]: row["content"].decode() for row in recording.recorded()["tables"]["file"]}
    assert new.run("init", "acme/new", *recording.FLAGS).exit_code == 0
    now, fresh = files(new), files(new, "acme/new")
    assert now.keys() == fresh.keys() | {"README.md"}
    aside = {CONFIGURATION, INSTALLED, "README.md"}
    assert {path for path in now.keys() - aside if now[path] != fresh[path]} == set()
    assert now[CONFIGURATION] == before[CONFIGURATION]
    assert now[JOB] != before[JOB]
    assert [path for path in now if path.endswith(".whl")] == [
        path for path in now if path.startswith(f".github/cocflow-{VERSION}-")
    ]
    assert f"Now run `cocflow doctor {REPO}`" in upgrade[0]
    assert new.run("init", REPO).output.strip() == UNCHANGED


def test_every_case_stands_as_it_did_and_nobody_hears_of_the_upgrade(old: Town, new: Town) -> None:
    """The first sweep of today's leaves each issue as 0.1.0 did, to the comment, and opens only the board."""
    before = shown(old)
    assert not new.sweep().failures
    after = shown(new)
    (board,) = after.keys() - before.keys()
    assert after[board][2] == {"cocflow: board"}
    assert {number: after[number] for number in before} == before
    assert len(before) == 7
    told = new.run("status", REPO).output
    assert all(name in told for name in ("Marble Basin", "Northern Dale", "Golden Plain"))
    assert "Ended: 1 closed, 1 withdrawn." in told


def test_the_kept_appeal_is_filed_on_its_day_and_can_be_decided(new: Town) -> None:
    """What came by mail under 0.1.0 is an appeal a week after the suspension, which another one decides."""
    new.sweep()
    new.sandbox.store.move_clock(to="2026-01-12T10:00:00Z")
    assert not new.sweep().failures
    assert (state(new, PIM), state(new, ZOE)) == ("appealed", "appealable")
    says(new, "tom", PIM, "/overturn I was too quick.")
    assert state(new, PIM) == "appealed"
    says(new, "ada", PIM, "/overturn Somebody else had the password; the logins show it.")
    presses(new, "riya", PIM, "approve")
    says(new, "ada", PIM, "/told Pim Ode on a call")
    says(new, "ada", PIM, "/told community in the channel")
    assert state(new, PIM) == "overturned"
    assert shown(new)[PIM][1] == "closed"


def test_a_suspension_ends_on_the_day_that_was_set_before(new: Town) -> None:
    """An end that 0.1.0 recorded comes, and access is asked back."""
    new.sandbox.store.move_clock(to="2026-02-02T10:00:00Z")
    new.sweep()
    assert state(new, ZOE) == "ended"


def test_an_open_incident_goes_on_to_its_end(new: Town) -> None:
    """What was triaged under 0.1.0 is resolved, told and closed under today's process."""
    says(new, "ada", 2, "/resolve We talked with both.")
    presses(new, "tom", 2, "approve")
    says(new, "ada", 2, "/told Robin Example on a call")
    assert state(new, 2) == "closed"


def test_labels_are_added_and_none_is_taken_away(
    old: Town, new: Town, upgrade: tuple[str, dict[str, Any]]
) -> None:
    """Each that was there is still, and of one that asks for nothing any more it is said how it goes."""
    assert labels(old) < labels(new)
    assert {"approve", "post: approved"} <= labels(new)
    assert f'gh label delete "post: approved" --repo {REPO} --yes' in upgrade[0]


def test_what_the_community_has_changed_stays_and_is_named_at_the_end(old: Town) -> None:
    """A text, a form and one that is shipped no more are kept, and named where the last lines are read."""
    own = {
        TEMPLATE: change(old, TEMPLATE, "You are welcome back.", "Welcome back."),
        FORM: change(old, FORM, "Thank you for coming forward.", "Thank you for telling us."),
        GONE: change(old, GONE, "Approved by", "Approved, by"),
    }
    said = upgraded(old)
    now = files(old)
    assert {path: now[path] for path in own} == own
    named = said[said.index("You have changed these, so they stay as they are.") :]
    assert set(re.findall(r"^  (\S+)$", named, re.MULTILINE)) == own.keys()
    for path in own:
        assert f"{path}: keep" in said
    again = old.run("init", REPO).output
    assert f"{GONE}: keep" not in again
    assert again.strip().endswith(UNCHANGED)


def test_the_hour_of_the_sweep_stays_in_a_job_that_is_new_besides(old: Town) -> None:
    """Whoever let sweeps come at another time, as the README says, gets today's job at that time."""
    change(old, SWEEP_JOB, "37 */4 * * *", "7 */6 * * *")
    said = upgraded(old)
    job = files(old)[SWEEP_JOB]
    assert "7 */6 * * *" in job
    assert "COCFLOW_HEARTBEAT_URL" in job
    assert f"{SWEEP_JOB}: update" in said
    assert old.run("init", REPO).output.strip() == UNCHANGED


def test_a_process_of_the_community_s_own_is_named_and_nothing_is_written(old: Town) -> None:
    """A process that was changed under 0.1.0 has to be converted first; files, labels and cases stay."""
    change(old, PROCESS, "estimate: 1 week", "estimate: 2 weeks")
    before = (files(old), labels(old), shown(old))
    done = old.run("init", REPO)
    assert done.exit_code != 0
    assert str(done.exception).startswith(f"{PROCESS}:")
    assert "CHANGELOG.md tells how" in str(done.exception)
    assert (files(old), labels(old), shown(old)) == before


@pytest.mark.parametrize("command", ["status", "audit"])
def test_before_the_upgrade_today_s_commands_say_what_is_to_be_done(old: Town, command: str) -> None:
    """A process of 0.1.0's that nobody changed is no mistake of the community's: one command mends it."""
    refused = old.run(command, REPO)
    assert refused.exit_code != 0
    assert str(refused.exception) == (
        f"{PROCESS} is as another version of cocflow wrote it (run cocflow init, which brings it up to date)"
    )


def test_before_the_upgrade_the_doctor_names_the_command(old: Town) -> None:
    """What is wrong is the version, and the remedy is ready to copy."""
    told = old.run("doctor", REPO).output
    assert f"{PROCESS} is as another version of cocflow wrote it" in told
    assert f"cocflow init {REPO}" in told
    assert "Mend that line" not in told
