"""Is a repository set up right, and who can read it: the checks of `cocflow doctor`.

Each check is one small function, and a row of `CHECKS` with what it means for reporters. What a check
can't see is unknown, never fine. Refuses to mend anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cached_property
from typing import Literal, TypeAlias

import msgspec

from cocflow.core.case.case import Case
from cocflow.core.case.records import Board
from cocflow.core.engine.requests import open_requests
from cocflow.core.people.roster import Community
from cocflow.core.process import STATE_PREFIX, Process
from cocflow.errors import AdapterError, CocflowError, DefinitionError
from cocflow.ports import Actions, JobRuns, Label, Premises, Readers, Settings
from cocflow.process.entries import Entry
from cocflow.run.desk import Desk
from cocflow.run.overview import JOB_LOGIN, look, open_issues
from cocflow.setup.install import FORMS, JOBS, LOCK, Plan
from cocflow.setup.job import not_let_through, sweep_interval
from cocflow.setup.labels import labels_of, wanting

Verdict: TypeAlias = Literal["ok", "warning", "failure", "unknown"]

SWEEP = "sweep.yml"
LATE_AFTER = 3
"""So many intervals without a sweep are a warning, twice as many a failure: GitHub is often late."""
RECENT = timedelta(days=14)
"""Closed incidents are looked at for so long after their last change."""


class Found(msgspec.Struct, frozen=True):
    """What a check says: its verdict, what was found, and how it is mended ("" if there is nothing to)."""

    verdict: Verdict
    what: str
    fix: str = ""


class Check(msgspec.Struct, frozen=True):
    """One thing to look at, what it means for reporters, and the function that looks."""

    name: str
    means: str
    look: Callable[[Survey], Found]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the doctor's table."""

    check: str
    verdict: Verdict
    found: str
    means: str
    fix: str


class Survey:
    """What the checks look at, each thing read once and only if it is asked for.

    `desk` (the definitions and the configuration) and `plan` (the difference to what is shipped) stay
    unset where the repository's own files are wrong, which `mistake` tells. `config` is the file of
    the form chooser, `sweep_job` the text of the sweep's job, `job` that of the issues'. `lacking`: what
    templates need and the processes don't have.
    """

    def __init__(self, premises: Premises, settings: Settings, *, sweep_job: str = "", job: str = "") -> None:
        self.premises = premises
        self.settings = settings
        self.job = job
        self.sweep_job = sweep_job
        self.processes: tuple[Process, ...] = ()
        self.mistake: DefinitionError | None = None
        self.lacking: tuple[DefinitionError, ...] = ()
        self.config: Entry | None = None
        self._desk: Desk | None = None
        self._plan: Plan | None = None

    @property
    def desk(self) -> Desk:
        """The desk; DefinitionError where the definitions or the configuration are wrong."""
        if self._desk is None:
            raise self._not_to_be_had()
        return self._desk

    @desk.setter
    def desk(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def plan(self) -> Plan:
        """The difference to what is shipped; DefinitionError where the configuration is wrong."""
        if self._plan is None:
            raise self._not_to_be_had()
        return self._plan

    @plan.setter
    def plan(self, plan: Plan) -> None:
        self._plan = plan

    def _not_to_be_had(self) -> DefinitionError:
        return self.mistake or DefinitionError("not set up yet", hint="run cocflow init")

    @property
    def community(self) -> Community:
        """The committed configuration."""
        return self.desk.community

    @cached_property
    def readers(self) -> Readers:
        """Who can read the repository."""
        return self.premises.readers()

    @cached_property
    def actions(self) -> Actions:
        """The settings of Actions."""
        return self.premises.actions()

    @cached_property
    def labels(self) -> tuple[Label, ...]:
        """The labels that there are."""
        return self.premises.labels()

    @cached_property
    def sweeps(self) -> JobRuns:
        """The newest sweeps."""
        return self.premises.runs(SWEEP)

    @cached_property
    def seen(self) -> tuple[Case | Board, ...]:
        """The open incidents and suspensions, the closed ones that changed lately, and the board."""
        page = self.desk.tracker.listing(open_=None, closed="")
        lately = (one for one in page.issues if one.updated_at > page.now - RECENT)
        return tuple(look(self.desk, one.number) for one in (*open_issues(self.desk), *lately))

    @property
    def cases(self) -> tuple[Case, ...]:
        """The open incidents and suspensions, and the closed ones that changed lately."""
        return tuple(one for one in self.seen if isinstance(one, Case))

    def on_roster(self, login: str) -> bool:
        """Whether a login is an administrator's."""
        return self.community.administrator(login) is not None


def examine(survey: Survey) -> tuple[Finding, ...]:
    """Look at everything; a check that can't be made is unknown, with the reason."""
    return tuple(_finding(survey, check) for check in CHECKS)


def _finding(survey: Survey, check: Check) -> Finding:
    try:
        found = check.look(survey)
    except AdapterError as error:
        found = Found("unknown", f"It can't be seen: {error}.", _access(error))
    except DefinitionError:
        found = Found("unknown", "It can't be told while the definitions are wrong.", "Mend them first.")
    except CocflowError as error:
        found = Found("unknown", str(error))
    return Finding(
        check=check.name, verdict=found.verdict, found=found.what, means=check.means, fix=found.fix
    )


def _access(error: AdapterError) -> str:
    if error.status in (401, 403, 404):
        return "Use the token of somebody who administers the repository (scopes repo and read:org)."
    return "Try again later."


# --- the repository ------------------------------------------------------------------------------------


def is_private(survey: Survey) -> Found:
    """Whether only those read it who were let in."""
    if survey.settings.visibility == "private":
        return Found("ok", "The repository is private.")
    who = "everybody in the enterprise" if survey.settings.visibility == "internal" else "the whole world"
    what = f"The repository is {survey.settings.visibility}: {who} can read every incident."
    return Found("failure", what, "Settings, General, Danger zone: make it private. Now.")


def only_administrators_read(survey: Survey) -> Found:
    """Whether everybody who can read it is on the roster."""
    readers = survey.readers
    others = [one for one in readers.people if not survey.on_roster(one.login)]
    names = ", ".join(f"{one.login} ({', '.join(one.sources)})" for one in others)
    if others:
        fix = "Take their access away, or put them on the roster if they are administrators."
        return Found("failure", f"These can read every incident and aren't on the roster: {names}.", fix)
    all_ = ", ".join(f"{one.login} ({', '.join(one.sources)})" for one in readers.people)
    if readers.unseen:
        what = f"Everybody who is listed is on the roster: {all_}. Not seen: {', '.join(readers.unseen)}."
        return Found("unknown", what, "Use the token of an owner of the organization.")
    note = "GitHub Apps and deploy keys aren't listed here."
    return Found("ok", f"All on the roster: {all_}. {note}")


def administrators_can_write(survey: Survey) -> Found:
    """Whether everybody on the roster is able to do their part."""
    writers = {one.login.casefold() for one in survey.readers.people if one.writes}
    there = {one.login.casefold() for one in survey.readers.people}
    roster = [one.login for one in survey.community.administrators]
    absent = [login for login in roster if login.casefold() not in there]
    readers = [login for login in roster if login.casefold() in there - writers]
    if absent:
        what = f"No access, or no such account: {', '.join(absent)}."
        fix = "Correct the login in .github/cocflow.yml, or invite them with the role Write."
        return Found("failure", what, fix)
    if readers:
        return Found(
            "failure", f"Can read, but not write: {', '.join(readers)}.", "Give them the role Write."
        )
    return Found("ok", f"{len(roster)} on the roster, and each of them can write.")


def forks_are_off(survey: Survey) -> Found:
    """Whether nobody can copy the repository out of its owners' sight."""
    if not survey.settings.organization:
        return Found("ok", "A person's own private repository has no such switch; a fork holds no incidents.")
    if survey.settings.forks:
        return Found(
            "failure",
            "Forks are allowed.",
            "Settings, General: switch Allow forking off, or run cocflow init.",
        )
    return Found("ok", "Forks are off.")


def only_issues_are_on(survey: Survey) -> Found:
    """Whether incidents can be written about in one place only."""
    settings = survey.settings
    if not settings.issues:
        return Found("failure", "Issues are switched off, so nothing can be filed.", "Run cocflow init.")
    switches = {"wiki": settings.wiki, "projects": settings.projects, "discussions": settings.discussions}
    on = [name for name, is_on in switches.items() if is_on]
    if on:
        return Found("warning", f"Switched on: {', '.join(on)}.", "Switch them off, or run cocflow init.")
    return Found("ok", "Nothing but issues is switched on.")


# --- the files -----------------------------------------------------------------------------------------


def is_configured(survey: Survey) -> Found:
    """Whether the configuration and the processes can be used."""
    if survey.mistake is not None:
        return Found("failure", _sentence(survey.mistake), "Mend that line; nothing runs until then.")
    versions = ", ".join(one.id for one in survey.processes)
    return Found("ok", f"The configuration and the processes are sound ({versions}).")


def _sentence(error: DefinitionError) -> str:
    return f"{str(error).rstrip('.')}."


def templates_are_sound(survey: Survey) -> Found:
    """Whether every notice can be written, and tells nobody more than they may know."""
    try:
        survey.desk.templates.check()
    except DefinitionError as error:
        return Found("failure", _sentence(error), "Mend the template, or take the shipped one.")
    if survey.lacking:
        return Found("failure", _sentence(survey.lacking[0]), "Mend the process.")
    return Found("ok", "Every notice's template is sound.")


def blank_issues_are_off(survey: Survey) -> Found:
    """Whether every report has the form's questions."""
    off = survey.config is not None and survey.config.at("blank_issues_enabled").content is False
    if off:
        return Found("ok", "Blank issues are off.")
    fix = "Write blank_issues_enabled: false in .github/ISSUE_TEMPLATE/config.yml, or run cocflow init."
    return Found("failure", "Blank issues are on.", fix)


def forms_are_there(survey: Survey) -> Found:
    """Whether the forms are there and name today's administrators."""
    return _files(survey, FORMS, "form")


def jobs_are_there(survey: Survey) -> Found:
    """Whether the jobs, and what they install, are those that are shipped."""
    return _files(survey, (JOBS, LOCK, ".github/cocflow-"), "job")


def nothing_is_in_trouble(survey: Survey) -> Found:
    """Whether the board says that cocflow couldn't do something: the same lines, from the same place."""
    lines = [line for one in survey.seen if isinstance(one, Board) for line in one.troubles.values()]
    if not lines:
        return Found("ok", "Nothing is in trouble.")
    said = " ".join(line.says for line in lines)
    return Found("failure", said, " ".join(dict.fromkeys(line.remedy for line in lines)))


def quick_labels_start_the_job(survey: Survey) -> Found:
    """Whether the job starts for every quick label of the processes in force."""
    if not survey.processes:
        raise survey.mistake or DefinitionError("no process is known")
    if left_out := not_let_through(survey.job, survey.processes):
        names = ", ".join(f"`{label}`" for label in left_out)
        fix = "Run cocflow init, or add them to the list in the `if:` of .github/workflows/incident.yml."
        return Found("failure", f"The job doesn't start for {names}.", fix)
    return Found("ok", "The job starts for every quick label.")


def processes_are_there(survey: Survey) -> Found:
    """Whether processes and templates are up to date."""
    return _files(survey, ("workflows/", "templates/"), "process or template", own="ok")


def _files(survey: Survey, within: str | tuple[str, ...], what: str, own: Verdict = "warning") -> Found:
    """Compare the files of some folders with the shipped ones; the community's own are worth `own`."""
    changes = [one for one in survey.plan.changes if one.path.startswith(within)]
    missing = [one.path for one in changes if one.kind == "add"]
    old = [one.path for one in changes if one.kind in ("update", "remove")]
    kept = [one.path for one in changes if one.kind == "keep"]
    if missing:
        return Found("failure", f"Missing: {', '.join(missing)}.", "Run cocflow init.")
    if old:
        return Found("warning", f"Not up to date: {', '.join(old)}.", "Run cocflow init.")
    if kept:
        text = f"Changed by the community: {', '.join(kept)}."
        fix = "" if own == "ok" else "cocflow init --dry-run shows the differences: check that each is meant."
        return Found(own, text, fix)
    return Found("ok", f"Every {what} is as shipped.")


def labels_are_there(survey: Survey) -> Found:
    """Whether the labels are those of the processes."""
    lacks = wanting(survey.labels, labels_of(survey.processes))
    if lacks.missing:
        names = ", ".join(f"`{one.name}`" for one in lacks.missing)
        return Found("failure", f"Missing: {names}.", "Run cocflow labels.")
    if lacks.different:
        names = ", ".join(f"`{one.name}`" for one in lacks.different)
        return Found("warning", f"Another colour or description: {names}.", "Run cocflow labels.")
    return Found("ok", "Every label is there.")


def outside_contact_is_named(survey: Survey) -> Found:
    """Whether somebody can be turned to about an administrator."""
    if survey.community.outside_contact:
        return Found("ok", "An outside contact is named.")
    fix = "Write outside_contact in .github/cocflow.yml, then run cocflow init so that the form names it."
    return Found("warning", "No outside contact is named.", fix)


# --- the jobs ------------------------------------------------------------------------------------------


def actions_are_on(survey: Survey) -> Found:
    """Whether the jobs can run, and none may do more than it says."""
    actions = survey.actions
    if not actions.enabled:
        return Found("failure", "Actions are off, so nothing is answered.", "Run cocflow init.")
    if actions.allowed == "local_only":
        fix = "Settings, Actions: allow actions/checkout and actions/setup-python."
        return Found("failure", "Only the repository's own actions may run, so no job starts.", fix)
    off = survey.premises.inactive_jobs()
    if off:
        return Found("failure", f"Switched off: {', '.join(off)}.", "Enable them on the page Actions.")
    if actions.default != "read":
        return Found("warning", "A job that doesn't say what it needs may write.", "Run cocflow init.")
    if actions.allowed != "all":
        what = "Only selected actions may run; which ones isn't seen here."
        return Found("unknown", what, "Check that actions/checkout and actions/setup-python are selected.")
    return Found("ok", "Actions are on.")


def sweeps_come(survey: Survey) -> Found:
    """Whether a sweep went well within its time."""
    done = [one for one in survey.sweeps.runs if one.conclusion is not None]
    good = [one.at for one in done if one.conclusion == "success"]
    interval = sweep_interval(survey.sweep_job)
    fix = "On the page Actions, look at Sweep, and run it by hand (Run workflow)."
    if not good:
        verdict: Verdict = "failure" if done else "warning"
        return Found(verdict, "No sweep has gone well yet." if done else "No sweep has run yet.", fix)
    age = survey.sweeps.now - max(good)
    what = f"The last one that went well was {_hours(age)} ago."
    if age > interval * LATE_AFTER:
        return Found("failure" if age > 2 * LATE_AFTER * interval else "warning", what, fix)
    if done[0].conclusion not in ("success", "cancelled", "skipped"):
        return Found("warning", f"The newest one failed. {what}", fix)
    return Found("ok", what)


def _hours(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours != 1 else "1 hour"


# --- the incidents -------------------------------------------------------------------------------------


def requests_are_answered(survey: Survey) -> Found:
    """Whether everything that was asked for has been answered."""
    cases = [case for case in survey.cases if not case.ledger.broken]
    waiting = [case for case in cases if case.progress.state is None or open_requests(case)]
    fix = "Run the sweep by hand on the page Actions, and look at its result."
    return _of(waiting, "warning", "Something waits for an answer in", fix, "Every request is answered.")


def notices_arrived(survey: Survey) -> Found:
    """Whether everybody has been told what they were to be told."""
    owing = [case for case in survey.cases if case.progress.owed()]
    fix = "Tell them by hand (each incident shows the text), then write /told."
    return _of(owing, "warning", "Somebody hasn't been told yet in", fix, "No notice is owed.")


def receipts_are_whole(survey: Survey) -> Found:
    """Whether nobody has changed or deleted a receipt."""
    broken = [case for case in survey.cases if case.ledger.broken]
    fix = "cocflow audit says what was done, by whom and since when; then write /recover there, and why."
    return _of(broken, "failure", "Receipts aren't as they were written in", fix, "All receipts are whole.")


def one_state_each(survey: Survey) -> Found:
    """Whether no incident shows two states."""
    two = [case for case in survey.cases if sum(_is_state(label) for label in case.issue.labels) > 1]
    fix = "Run the sweep by hand; it leaves the one that the receipts tell."
    return _of(two, "warning", "There are two state labels on", fix, "Each incident shows one state.")


def states_are_defined(survey: Survey) -> Found:
    """Whether the process knows the state of every incident."""
    unknown = [
        case
        for case in survey.cases
        if case.progress.state is not None and case.process.state(case.progress.state) is None
    ]
    fix = "Put the state back into the process's file, or move the incident with /recover."
    return _of(unknown, "failure", "The process lacks the state of", fix, "The process knows every state.")


def administrators_file(survey: Survey) -> Found:
    """Whether only administrators have filed here."""
    others = [case for case in survey.cases if not _filed_rightly(survey, case)]
    fix = "Let administrators file what reporters tell them, unless the community accepts that they read all."
    what = "Filed by somebody off the roster, who can read every incident:"
    return _of(others, "warning", what, fix, "Every incident was filed by an administrator.")


def _filed_rightly(survey: Survey, case: Case) -> bool:
    """Whether an administrator filed it, or a job, as it does with suspensions."""
    author = case.issue.author
    if author is None:
        return False
    return survey.on_roster(author.login) or (author.bot and author.login == JOB_LOGIN)


def _of(cases: Iterable[Case], verdict: Verdict, what: str, fix: str, fine: str) -> Found:
    names = ", ".join(f"#{case.issue.number} {case.code_name}" for case in cases)
    return Found(verdict, f"{what} {names}.", fix) if names else Found("ok", fine)


def _is_state(label: str) -> bool:
    return label.startswith(STATE_PREFIX)


CHECKS = (
    Check("private", "Who isn't let in can't read a report.", is_private),
    Check("readers", "These people can read every report, whatever it says.", only_administrators_read),
    Check("administrators", "Somebody is there to answer, and able to.", administrators_can_write),
    Check("forks", "No copy of this repository is made out of sight.", forks_are_off),
    Check("issues only", "Reports are in one place.", only_issues_are_on),
    Check("configuration", "Without it, nothing answers a report.", is_configured),
    Check("forms", "A reporter sees the four questions, and who will read the answers.", forms_are_there),
    Check("blank issues", "Every report has the four questions.", blank_issues_are_off),
    Check(
        "outside contact", "A report about an administrator has somewhere to go.", outside_contact_is_named
    ),
    Check("jobs", "They answer reports and keep the waiting periods.", jobs_are_there),
    Check(
        "quick labels",
        "A label that starts no job is answered by the next sweep only.",
        quick_labels_start_the_job,
    ),
    Check("processes", "They are the rules that reporters are promised.", processes_are_there),
    Check("templates", "They are what people are told, and no more than they may know.", templates_are_sound),
    Check("labels", "They show where a report stands.", labels_are_there),
    Check("actions", "Without them, nobody gets an answer.", actions_are_on),
    Check("sweeps", "They keep what was promised when nothing else happens.", sweeps_come),
    Check("board", "What cocflow couldn't do waits for somebody.", nothing_is_in_trouble),
    Check("unanswered", "Somebody waits.", requests_are_answered),
    Check("notices", "Somebody hasn't heard what they should.", notices_arrived),
    Check("receipts", "They are the record of what was decided.", receipts_are_whole),
    Check("state labels", "A report stands in one place at a time.", one_state_each),
    Check("states", "A report in an unknown state goes nowhere.", states_are_defined),
    Check("filed by", "Whoever files on GitHub here can read everybody's reports.", administrators_file),
)
"""Every check, in the order of the table."""
