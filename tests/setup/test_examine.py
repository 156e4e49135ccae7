"""The doctor's checks where the sandbox can't go: what is switched off or can't be seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from cocflow.core.people.roster import Administrator
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import Actions, JobRun, JobRuns, Label, Reader, Readers, Settings, StrayRun
from cocflow.setup import shipped
from cocflow.setup.archive import SUMS, archive_name
from cocflow.setup.examine import (
    CHECKS,
    Survey,
    accounts_are_pinned,
    actions_are_on,
    administrators_can_act,
    examine,
    forks_are_off,
    jobs_are_there,
    only_administrators_read,
    quick_labels_start_the_job,
    rights_are_few,
    sweeps_come,
)
from cocflow.setup.in_force import load_processes
from cocflow.setup.install import LOCK, Change, Kind, Plan
from cocflow.setup.job import with_quick_labels
from tests.core import play
from tests.fakes import FakeTracker, desk

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
SETTINGS = Settings(
    visibility="private",
    organization=True,
    issues=True,
    wiki=False,
    projects=False,
    discussions=False,
    forks=False,
)
EVERY_4_HOURS = 'on:\n  schedule:\n    - cron: "37 */4 * * *"\n'


class Shut:
    """Premises of which the token sees nothing but what is set here."""

    def __init__(
        self,
        *,
        off: tuple[str, ...] = (),
        runs: tuple[JobRun, ...] = (),
        secrets: Mapping[str, datetime] | None = None,
        people: tuple[Reader, ...] | None = None,
        accounts: Mapping[str, int] | None = None,
        unseen: tuple[str, ...] = (),
    ) -> None:
        self.off = off
        self.given = secrets or {}
        self.kept = runs
        self.people = people
        self.unseen = unseen
        self.accounts = accounts or {}

    def settings(self) -> Settings:
        """See `Premises.settings`."""
        return SETTINGS

    def actions(self) -> Actions:
        """See `Premises.actions`."""
        return Actions(enabled=True, allowed="all", default="read")

    def inactive_jobs(self) -> tuple[str, ...]:
        """See `Premises.inactive_jobs`."""
        return self.off

    def runs(self, job: str) -> JobRuns:
        """See `Premises.runs`."""
        return JobRuns(self.kept, NOW)

    def make_template(self) -> None:
        """Refuse."""
        raise AdapterError(403, "PATCH repository")

    def set_secret(self, name: str, value: str) -> None:
        """Refuse."""
        raise AdapterError(403, "PUT secret")

    def secrets(self) -> Mapping[str, datetime]:
        """See `Premises.secrets`."""
        return self.given

    def filing_is_restricted(self) -> bool:
        """Refuse."""
        raise AdapterError(403, "POST graphql")

    def readers(self) -> Readers:
        """See `Premises.readers`; refused where nobody is set."""
        if self.people is None:
            raise AdapterError(403, "GET collaborators")
        return Readers(self.people, self.unseen)

    def account(self, login: str) -> int | None:
        """See `Accounts.account`."""
        return self.accounts.get(login)

    def stray_runs(self) -> tuple[StrayRun, ...]:
        """Refuse."""
        raise AdapterError(403, "GET runs")

    def labels(self) -> tuple[Label, ...]:
        """Refuse."""
        raise AdapterError(None, "GET labels")

    def shas(self) -> dict[str, str]:
        """Refuse."""
        raise AdapterError(403, "GET tree")

    def content(self, path: str) -> bytes:
        """Refuse."""
        raise AdapterError(403, "GET file")

    def commit(self, changes: Mapping[str, bytes | None], message: str) -> None:
        """Never called: a doctor changes nothing."""
        raise AssertionError

    def create_label(self, label: Label) -> None:
        """Never called: a doctor changes nothing."""
        raise AssertionError

    def change_label(self, label: Label) -> None:
        """Never called: a doctor changes nothing."""
        raise AssertionError

    def create(self) -> None:
        """Never called: a doctor changes nothing."""
        raise AssertionError

    def close_off(self) -> None:
        """Never called: a doctor changes nothing."""
        raise AssertionError

    def set_actions(self) -> None:
        """Never called: a doctor changes nothing."""
        raise AssertionError


def test_what_cannot_be_seen_is_unknown() -> None:
    """A refused read is unknown, with the route, the status and what token would see it."""
    found = {one.check: one for one in examine(Survey(Shut(), SETTINGS))}
    assert found["labels"].verdict == "unknown"
    assert found["readers"].verdict == "unknown"
    assert "GET collaborators failed: 403" in found["readers"].found
    assert "administers the repository" in found["readers"].fix


def test_broken_definitions_leave_the_rest_unknown() -> None:
    """A mistake in the files is a failure of its own, and what depends on them isn't called fine."""
    survey = Survey(Shut(), SETTINGS)
    survey.mistake = DefinitionError("unknown key `x`", file="workflows/incident.yml", line=3)
    found = {one.check: one for one in examine(survey)}
    assert found["configuration"].verdict == "failure"
    assert "workflows/incident.yml:3" in found["configuration"].found
    assert {found[name].verdict for name in ("unanswered", "receipts", "forms", "jobs")} == {"unknown"}


def test_a_job_that_is_switched_off_is_found() -> None:
    """A disabled job is named: GitHub shows it nowhere else."""
    found = actions_are_on(Survey(Shut(off=("sweep.yml",)), SETTINGS))
    assert (found.verdict, "sweep.yml" in found.what) == ("failure", True)


@pytest.mark.parametrize(
    ("kind", "paths", "verdict"),
    [
        ("add", (archive_name(""), SUMS), "ok"),
        ("add", (archive_name(""), SUMS, LOCK), "failure"),
        ("update", (archive_name(""), SUMS), "warning"),
    ],
)
def test_jobs_may_do_without_an_archive(kind: Kind, paths: tuple[str, ...], verdict: str) -> None:
    """None is nothing to mend, as `init` may have gone on without; an old one, or no lock, is."""
    survey = Survey(Shut(), SETTINGS)
    changes = (Change(path=path, kind=kind, before=None, after=b"") for path in paths)
    survey.plan = Plan(tuple(changes), None)
    assert jobs_are_there(survey).verdict == verdict


def test_a_persons_own_repository_cannot_switch_forks_off() -> None:
    """Where there is no switch, nothing is asked for."""
    own = Settings(
        visibility="private",
        organization=False,
        issues=True,
        wiki=False,
        projects=False,
        discussions=False,
        forks=True,
    )
    assert forks_are_off(Survey(Shut(), own)).verdict == "ok"


@pytest.mark.parametrize(
    ("hours", "verdict"), [(0, "ok"), (12, "ok"), (13, "warning"), (24, "warning"), (25, "failure")]
)
def test_sweeps_may_be_late_but_not_missing(hours: int, verdict: str) -> None:
    """Three intervals are GitHub's usual lateness, six are a loss."""
    runs = (JobRun(NOW - timedelta(hours=hours), "success"),)
    assert sweeps_come(Survey(Shut(runs=runs), SETTINGS, sweep_job=EVERY_4_HOURS)).verdict == verdict


def test_no_sweep_at_all_is_told_from_sweeps_that_fail() -> None:
    """A new repository has none yet; one whose sweeps only fail is broken."""
    failed = (JobRun(NOW, "failure"),)
    assert sweeps_come(Survey(Shut(), SETTINGS)).verdict == "warning"
    assert sweeps_come(Survey(Shut(runs=failed), SETTINGS)).verdict == "failure"


def test_every_check_says_what_it_means() -> None:
    """Names are unique, and each check has its sentence for reporters."""
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(check.means.endswith(".") for check in CHECKS)


def test_a_quick_label_that_starts_no_job_is_found() -> None:
    """A job whose list lacks a label of the processes in force is a failure, with what to do."""
    job = (shipped.jobs() / "incident.yml").read_text()
    survey = Survey(Shut(), SETTINGS, job=job)
    survey.processes = load_processes(shipped.root())
    assert quick_labels_start_the_job(survey).verdict == "ok"
    survey.job = with_quick_labels(job, ["suspend"])
    found = quick_labels_start_the_job(survey)
    assert found.verdict == "failure"
    assert "`approve`" in found.what
    assert found.do == "cocflow init OWNER/REPO"


def test_quick_labels_cannot_be_told_while_the_processes_are_wrong() -> None:
    """Without processes nothing is called fine."""
    survey = Survey(Shut(), SETTINGS, job="on: issues\n")
    (found,) = (one for one in examine(survey) if one.check == "quick labels")
    assert found.verdict == "unknown"


# --- rights and accounts -------------------------------------------------------------------------------


def reader(
    login: str, *, writes: bool = False, account: int | None = None, source: str = "collaborator"
) -> Reader:
    """Return somebody who can read the repository, and put labels on."""
    role = "write" if writes else "triage"
    return Reader(login=login, role=role, triages=True, writes=writes, sources=(source,), account=account)


def surveyed(
    *people: Reader, roster: tuple[Administrator, ...] = (), settings: Settings = SETTINGS, **shut: Any
) -> Survey:
    """Return a survey of a repository that these people can read."""
    survey = Survey(Shut(people=people, **shut), settings)
    survey.desk = desk(FakeTracker(), community=play.community(*roster))
    return survey


OWN = msgspec.structs.replace(SETTINGS, organization=False)
OWNER = reader("riya", writes=True, source="owner of the repository")


def test_an_owner_off_the_roster_is_told_as_a_keeper() -> None:
    """Owners of the organization read everything rightly, and are told apart from whoever doesn't."""
    ada = Administrator(login="ada")
    owner = reader("olga", writes=True, source="owner of the organization")
    found = only_administrators_read(surveyed(owner, reader("ada"), roster=(ada,)))
    assert (found.verdict, "olga" in found.what, "keeper" in found.what.lower()) == ("warning", True, True)
    found = only_administrators_read(surveyed(owner, reader("nosy"), roster=(ada,)))
    strangers, _, keepers = found.what.partition("Keepers")
    assert (found.verdict, "nosy" in strangers, "olga" in strangers) == ("failure", True, False)
    assert ("olga" in keepers, "nosy" in keepers) == (True, False)


def test_one_keeper_may_write_and_nobody_else_need() -> None:
    """Owners are keepers by themselves; a second who may write is one too many."""
    owner = reader("riya", writes=True, source="owner of the organization")
    assert rights_are_few(surveyed(owner, reader("tom"))).verdict == "ok"
    assert rights_are_few(surveyed(owner, reader("tom", writes=True))).verdict == "ok"
    found = rights_are_few(surveyed(reader("kim", writes=True), reader("tom", writes=True)))
    assert (found.verdict, "kim, tom" in found.what, "Triage" in found.fix) == ("warning", True, True)
    assert rights_are_few(surveyed(owner, unseen=("teams",))).verdict == "unknown"


def test_in_a_persons_own_repository_every_collaborator_can_push() -> None:
    """GitHub has no lesser role there, so it is said what that means, unless the owner is alone."""
    assert rights_are_few(surveyed(OWNER, settings=OWN)).verdict == "ok"
    found = rights_are_few(surveyed(OWNER, reader("tom", writes=True), settings=OWN))
    assert found.verdict == "warning"
    assert "paid plan" in found.what


def test_triage_is_enough_for_an_administrator() -> None:
    """Who may put labels on can do all that an administrator does."""
    ada = Administrator(login="ada", account=7)
    assert administrators_can_act(surveyed(reader("ada", account=7), roster=(ada,))).verdict == "ok"
    assert administrators_can_act(surveyed(reader("ada-now", account=7), roster=(ada,))).verdict == "ok"
    assert administrators_can_act(surveyed(reader("ada", account=8), roster=(ada,))).verdict == "failure"
    low = msgspec.structs.replace(reader("ada", account=7), triages=False)
    found = administrators_can_act(surveyed(low, roster=(ada,)))
    assert (found.verdict, found.fix) == ("failure", "Give them the role Triage.")


def test_a_stranger_under_a_pinned_login_reads_without_being_on_the_roster() -> None:
    """The login alone makes nobody an administrator."""
    ada = Administrator(login="ada", account=7)
    assert only_administrators_read(surveyed(reader("ada", account=8), roster=(ada,))).verdict == "failure"
    assert only_administrators_read(surveyed(reader("ada-now", account=7), roster=(ada,))).verdict == "ok"


ADA = Administrator(login="ada", account=7)


@pytest.mark.parametrize(
    ("roster", "people", "accounts", "verdict", "says"),
    [
        ((ADA,), (reader("ada", account=7),), {"ada": 7}, "ok", "number"),
        (
            (Administrator(login="ada"),),
            (reader("ada", account=7),),
            {"ada": 7},
            "warning",
            "Not pinned: ada",
        ),
        ((ADA,), (reader("ada-now", account=7),), {}, "warning", "ada is ada-now now"),
        ((ADA,), (reader("ada", account=8),), {"ada": 8}, "failure", "no say: ada"),
        ((ADA,), (reader("ada-now", account=7),), {"ada": 8}, "failure", "ada is ada-now now"),
    ],
)
def test_whose_the_logins_are_is_told(
    roster: tuple[Administrator, ...],
    people: tuple[Reader, ...],
    accounts: dict[str, int],
    verdict: str,
    says: str,
) -> None:
    """Unpinned, renamed, or taken by somebody else; with the new login, where it can be seen."""
    found = accounts_are_pinned(surveyed(*people, roster=roster, accounts=accounts))
    assert (found.verdict, says in found.what) == (verdict, True)
