"""Is a repository set up right, who can read it, and is everybody reached: the checks of `cocflow doctor`.

Each check is one small function, and a row of `CHECKS` with what it means for reporters. What a check
can't see is unknown, never fine. What cocflow couldn't do is told as the board tells it. Refuses to mend
anything, but for a folder of the mailbox that letters are put away in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Literal, TypeAlias
from urllib.parse import quote_plus

import msgspec

from cocflow.core.acts.guest import GUEST
from cocflow.core.case.case import Case
from cocflow.core.case.records import Board, Line
from cocflow.core.engine.requests import open_requests
from cocflow.core.people.roster import Community, RoomsSettings, Vault
from cocflow.core.process import BOARD_LABEL, STATE_PREFIX, Process
from cocflow.core.text.when import format_when
from cocflow.errors import AdapterError, CocflowError, DefinitionError
from cocflow.ports import (
    Actions,
    App,
    Grounds,
    JobRuns,
    Label,
    Premises,
    Reader,
    Readers,
    Rooms,
    Settings,
    Stamp,
)
from cocflow.process.entries import Entry
from cocflow.run import trouble
from cocflow.run.board import key_of
from cocflow.run.book import Pages
from cocflow.run.channels import Channels
from cocflow.run.desk import Desk
from cocflow.run.overview import JOB_LOGIN, look, open_issues
from cocflow.run.trouble import BY_TOKEN, OAUTH, SETTINGS, Trouble
from cocflow.setup.archive import is_of_archive
from cocflow.setup.community import is_web_address
from cocflow.setup.install import ACTIONS, CONFIGURATION, FORMS, JOBS, LOCK, Plan
from cocflow.setup.job import not_let_through, sweep_interval
from cocflow.setup.keeping import Kept, kept
from cocflow.setup.labels import labels_of, wanting
from cocflow.setup.rooms import KEY, lacking, settings_page, unfit
from cocflow.setup.roster import Pin, pins

Verdict: TypeAlias = Literal["ok", "warning", "failure", "unknown"]

SWEEP = "sweep.yml"
LATE_AFTER = 3
"""So many intervals without a sweep are a warning, twice as many a failure: GitHub is often late."""
RECENT = timedelta(days=14)
"""Closed incidents are looked at for so long after their last change."""
SKEW = timedelta(minutes=2)
"""How far a machine's clock may be off GitHub's."""
NEWEST = 20
"""So many letters are looked at to see whose server's results they bear."""
NOBODY = (
    "No server's word on a sender is trusted, so nobody is verified, and each appeal waits to be accepted."
)
SLACK_APPS = "https://api.slack.com/apps"
HEARTBEAT = "COCFLOW_HEARTBEAT_URL"
ACTIONS_USED = ("actions/checkout", "actions/setup-python")

ADMIN = "whoever has the role Admin"
OWNER = "an owner of the organization"
WRITE = "whoever has the role Write"
SAY = "an administrator who has a say in it"
ANYBODY = "whoever runs this"


class Found(msgspec.Struct, frozen=True):
    """What a check says: its verdict, what was found, how it is mended, by whom, and where that begins.

    `who` is "" where `fix` says it. `do` is the one thing to copy or to click: a command, or the address of
    a page. All three are "" where nothing is to be mended, and only there.
    """

    verdict: Verdict
    what: str
    fix: str
    who: str
    do: str


def well(what: str) -> Found:
    """Return that all is as it should be."""
    return Found("ok", what, fix="", who="", do="")


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
    who: str
    do: str


class RoomsSeen(msgspec.Struct, frozen=True):
    """Where rooms are, by a person's own token: the organization, its rooms, and a repository by its name."""

    settings: RoomsSettings
    grounds: Grounds
    rooms: Rooms
    beside: Callable[[str], Premises]

    def repository(self, name: str) -> Premises:
        """Return a repository of the organization's."""
        return self.beside(f"{self.settings.organization}/{name}")


class Neighbour(msgspec.Struct, frozen=True, kw_only=True):
    """Another vault of the community as whoever runs this sees it: who can read it, and how it is configured.

    `community` gives None where it isn't configured, and raises DefinitionError where that is wrong.
    """

    readers: Callable[[], Readers]
    community: Callable[[], Community | None]


class Survey:
    """What the checks look at, each thing read once and only if it is asked for.

    `desk` (the definitions and the configuration) and `plan` (the difference to what is shipped) stay
    unset where the repository's own files are wrong, which `mistake` tells. `config` is the file of the
    form chooser, `sweep_job` the text of the sweep's job, `job` that of the issues'. `lacking`: what
    templates need and the processes don't have. `neighbours` are the community's other vaults, by the
    names of their repositories. `repository` is its full name, `web` where GitHub's pages are. `secrets`
    are those that are set on this machine, by name; `clock` is this machine's, in UTC. `rooms_seen`: None
    where no rooms are set up.
    """

    def __init__(
        self,
        premises: Premises,
        settings: Settings,
        *,
        repository: str = "OWNER/REPO",
        web: str = "https://github.com",
        sweep_job: str = "",
        job: str = "",
        secrets: Mapping[str, str] | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.premises = premises
        self.settings = settings
        self.repository = repository
        self.web = web
        self.secrets = secrets or {}
        self._clock = clock
        self.job = job
        self.sweep_job = sweep_job
        self.processes: tuple[Process, ...] = ()
        self.mistake: DefinitionError | None = None
        self.lacking: tuple[DefinitionError, ...] = ()
        self.config: Entry | None = None
        self.rooms_seen: RoomsSeen | None = None
        self.neighbours: Mapping[str, Neighbour] = {}
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

    def page(self, path: str, repository: str = "") -> str:
        """Return the address of a page of the repository, or of another one, as people open it."""
        return f"{self.web}/{repository or self.repository}/{path}"

    def file(self, path: str, line: int | None = None, repository: str = "") -> str:
        """Return the address of a file of the repository, or of another one, if there is one at its line."""
        return self.page(f"blob/HEAD/{path}{f'#L{line}' if line else ''}", repository)

    def mending(self, mistake: DefinitionError, repository: str = "") -> str:
        """Return where a mistake in the files is put right."""
        if mistake.file:
            return self.file(mistake.file, mistake.line, repository)
        return self.cocflow("init")

    def cocflow(self, command: str) -> str:
        """Return a command for the repository, ready to copy."""
        return f"cocflow {command} {self.repository}"

    @property
    def by_hand(self) -> str:
        """The command that runs the sweep now."""
        return f"gh workflow run {SWEEP} --repo {self.repository}"

    def setting(self, secret: str) -> str:
        """Return the command that asks for a secret's value, and sets it for the jobs."""
        return f"gh secret set {secret} --repo {self.repository}"

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
        return self._sweeps[0]

    @cached_property
    def skew(self) -> timedelta:
        """How far this machine's clock is ahead of GitHub's."""
        runs, here = self._sweeps
        return here - runs.now

    @cached_property
    def _sweeps(self) -> tuple[JobRuns, datetime]:
        return self.premises.runs(SWEEP), self._clock()

    @cached_property
    def set_for_jobs(self) -> Mapping[str, datetime]:
        """The secrets that the jobs are given, and when each was set."""
        return self.premises.secrets()

    @cached_property
    def channels(self) -> tuple[Channels, Mapping[str, str]]:
        """The channels that are set up on this machine, tried, and what couldn't be tried of each."""
        channels = Channels.begun(self.desk.notifier)
        return channels, channels.tried()

    @cached_property
    def board(self) -> Board | None:
        """What the board says, None where there is none."""
        return next((one for one in self.seen if isinstance(one, Board)), None)

    @cached_property
    def seen(self) -> tuple[Case | Board | Pages, ...]:
        """The open incidents and suspensions, the closed ones that changed lately, and the board."""
        page = self.desk.tracker.listing(open_=None, closed="")
        lately = (one for one in page.issues if one.updated_at > page.now - RECENT)
        return tuple(look(self.desk, one.number) for one in (*open_issues(self.desk), *lately))

    @property
    def cases(self) -> tuple[Case, ...]:
        """The open incidents and suspensions, and the closed ones that changed lately."""
        return tuple(one for one in self.seen if isinstance(one, Case))

    def on_roster(self, login: str, account: int | None) -> bool:
        """Whether an account is an administrator's, by its login and its number."""
        return self.community.administrator(login, account) is not None

    @cached_property
    def rooms(self) -> tuple[Kept, ...]:
        """The rooms that there are."""
        return () if self.rooms_seen is None else kept(self.desk, self.rooms_seen.rooms)

    @cached_property
    def pins(self) -> tuple[Pin, ...]:
        """Whose account each administrator's login is now."""
        return pins(self.community.administrators, self.premises)


def examine(survey: Survey) -> tuple[Finding, ...]:
    """Look at everything; a check that can't be made is unknown, with the reason."""
    return tuple(_finding(survey, check) for check in CHECKS)


def _finding(survey: Survey, check: Check) -> Finding:
    try:
        found = check.look(survey)
    except AdapterError as error:
        fix, do = _access(survey, error)
        found = Found("unknown", f"It can't be seen: {error}.", fix, ANYBODY, do)
    except DefinitionError as error:
        what, do = (
            "It can't be told while the definitions are wrong.",
            survey.mending(survey.mistake or error),
        )
        found = Found("unknown", what, "Mend them first.", WRITE, do)
    except CocflowError as error:
        found = Found("unknown", str(error), "Look again.", ANYBODY, survey.cocflow("doctor"))
    return Finding(
        check=check.name,
        verdict=found.verdict,
        found=found.what,
        means=check.means,
        fix=found.fix,
        who=found.who,
        do=found.do,
    )


def _access(survey: Survey, error: AdapterError) -> tuple[str, str]:
    if error.status in (401, 403, 404):
        fix = "Use the token of somebody who administers the repository (scopes repo and read:org)."
        return fix, "gh auth refresh --scopes repo,read:org"
    return "Try again later.", survey.cocflow("doctor")


# --- the repository ------------------------------------------------------------------------------------


def is_private(survey: Survey) -> Found:
    """Whether only those read it who were let in."""
    if survey.settings.visibility == "private":
        return well("The repository is private.")
    who = "everybody in the enterprise" if survey.settings.visibility == "internal" else "the whole world"
    what = f"The repository is {survey.settings.visibility}: {who} can read every incident."
    return Found("failure", what, "Danger zone: make it private. Now.", ADMIN, survey.page("settings"))


def only_administrators_read(survey: Survey) -> Found:
    """Whether everybody who can read it is on the roster."""
    readers = survey.readers
    others = [one for one in readers.people if not survey.on_roster(one.login, one.account)]
    if strangers := [one for one in others if not _owns(one)]:
        fix = "Take their access away, or put them on the roster if they are administrators."
        what = f"These can read every incident and aren't on the roster: {_named(strangers)}."
        if more := [one.login for one in strangers if one.writes]:
            what += f" These of them can change the roster and the jobs, too: {', '.join(more)}."
        if keepers := [one for one in others if _owns(one)]:
            what += f" Keepers, who own the organization, read them too: {_named(keepers)}."
        return Found("failure", what, fix, ADMIN, survey.page("settings/access"))
    if readers.unseen:
        known = f"Everybody who is listed is on the roster, or a keeper: {_named(readers.people)}."
        return _for_an_owner(survey, f"{known} Not seen: {', '.join(readers.unseen)}.")
    if others:
        what = f"Keepers, who own the organization and so read every incident: {_named(others)}."
        fix = "Have few of them, and let your Code of Conduct name them."
        owner, _, _ = survey.repository.partition("/")
        return Found("warning", what, fix, OWNER, f"{survey.web}/orgs/{owner}/people?query=role%3Aowner")
    note = "GitHub Apps and deploy keys aren't listed here."
    return well(f"All on the roster: {_named(readers.people)}. {note}")


def _for_an_owner(survey: Survey, what: str) -> Found:
    """Return that only an owner's token shows the rest."""
    return Found("unknown", what, "Give this with an owner's token.", OWNER, survey.cocflow("doctor"))


def _named(readers: Iterable[Reader]) -> str:
    return ", ".join(f"{one.login} ({', '.join(one.sources)})" for one in readers)


def administrators_can_act(survey: Survey) -> Found:
    """Whether everybody on the roster is able to do their part: to comment, to put labels on, to close."""
    known = {survey.community.administrator(one.login, one.account): one for one in survey.readers.people}
    roster = survey.community.administrators
    absent = [one.login for one in roster if one not in known]
    readers = [one.login for one in roster if one in known and not known[one].triages]
    role = "with the role Triage" if survey.settings.organization else "as collaborators"
    where = survey.page("settings/access")
    if absent:
        what = f"No access, or no such account: {', '.join(absent)}."
        fix = f"Invite them {role}, or correct the login in .github/cocflow.yml."
        return Found("failure", what, fix, ADMIN, where)
    if readers:
        what = f"Can read, but put no labels on: {', '.join(readers)}."
        return Found("failure", what, "Give them the role Triage.", ADMIN, where)
    return well(f"{len(roster)} on the roster, and each of them can put labels on.")


def rights_are_few(survey: Survey) -> Found:
    """Whether one keeper at most may delete what others wrote, change the roster and take secrets."""
    writers = [one for one in survey.readers.people if one.writes and not _owns(one)]
    names, where = ", ".join(one.login for one in writers), survey.page("settings/access")
    if not survey.settings.organization:
        if not writers:
            return well("Nobody but the owner of the repository can push.")
        what = (
            f"In a person's own repository every collaborator can push: {names}. So the roster, the jobs and"
            " the secrets are theirs too, and the default branch can be protected with a paid plan only."
        )
        fix = (
            "Move it to an organization, where the role Triage suffices, or let in whom you trust with that."
        )
        return Found("warning", what, fix, "the owner of the repository", where)
    if len(writers) > 1:
        what = f"More than Triage: {names}. They can delete what others wrote, start jobs and take secrets."
        fix = "Give all but one keeper the role Triage; it lets them do everything here."
        return Found("warning", what, fix, ADMIN, where)
    if survey.readers.unseen:
        return _for_an_owner(survey, f"Not seen: {', '.join(survey.readers.unseen)}.")
    keeper = f"The keeper is {names}." if names else "The keepers are the owners of the organization."
    return well(f"{keeper} Protect the default branch, so that a change of the roster is seen by two.")


def _owns(reader: Reader) -> bool:
    return any(source.startswith("owner of") for source in reader.sources)


def accounts_are_pinned(survey: Survey) -> Found:
    """Whether it is sure whose account each administrator's login is."""
    by_account = {one.account: one.login for one in survey.readers.people}
    moved = [one.administrator for one in survey.pins if one.standing in ("another", "nobody")]
    renamed = [one for one in moved if one.account is not None and one.account in by_account]
    names = ", ".join(f"{one.login} is {by_account[one.account]} now" for one in renamed)
    if strange := [one for one in survey.pins if one.standing == "another"]:
        logins = ", ".join(one.administrator.login for one in strange)
        what = f"Another account has the login now, and no say: {logins}.{f' {names}.' if names else ''}"
        fix = (
            "Write the administrator's new login in .github/cocflow.yml; see whether the other can read here."
        )
        return Found("failure", what, fix, WRITE, survey.file(CONFIGURATION))
    if renamed:
        fix = "Write the new login in .github/cocflow.yml."
        return Found("warning", f"Renamed: {names}.", fix, WRITE, survey.file(CONFIGURATION))
    if unpinned := [one.login for one in survey.community.administrators if one.account is None]:
        what = f"Not pinned: {', '.join(unpinned)}. Whoever takes a login that is given up has the say."
        return Found("warning", what, "Pin them.", WRITE, survey.cocflow("roster pin"))
    return well("Each administrator is known by the number of the account.")


def jobs_are_of_the_default_branch(survey: Survey) -> Found:
    """Whether no job ran as another branch has it, with that branch's roster and with the secrets."""
    strays = survey.premises.stray_runs()
    names = ", ".join(sorted({f"{one.job} of {one.branch} by {one.by}" for one in strays}))
    if strays:
        fix = "Look at what they did on the page Actions, and who can push. Then change the secrets."
        return Found("failure", f"Run from other branches: {names}.", fix, ADMIN, survey.page("actions"))
    return well("No job has run from another branch.")


def forks_are_off(survey: Survey) -> Found:
    """Whether nobody can copy the repository out of its owners' sight."""
    if not survey.settings.organization:
        return well("A person's own private repository has no such switch; a fork holds no incidents.")
    if survey.settings.forks:
        return _set_up_again(survey, "failure", "Forks are allowed.", "It switches them off.")
    return well("Forks are off.")


def only_issues_are_on(survey: Survey) -> Found:
    """Whether incidents can be written about in one place only."""
    settings = survey.settings
    if not settings.issues:
        what = "Issues are switched off, so nothing can be filed."
        return _set_up_again(survey, "failure", what, "It switches them on.")
    switches = {"wiki": settings.wiki, "projects": settings.projects, "discussions": settings.discussions}
    on = [name for name, is_on in switches.items() if is_on]
    if on:
        return _set_up_again(survey, "warning", f"Switched on: {', '.join(on)}.", "It switches them off.")
    return well("Nothing but issues is switched on.")


def _set_up_again(survey: Survey, verdict: Verdict, what: str, fix: str) -> Found:
    """Return what setting the repository up again mends; `fix` says what that does."""
    return Found(verdict, what, fix, ADMIN, survey.cocflow("init"))


def readers_may_file(survey: Survey) -> Found:
    """Whether whoever was let in can open an issue."""
    if survey.premises.filing_is_restricted():
        what = "Only those who can write may open issues: nobody with the role Read or Triage can file."
        fix = "Under Features, Issues: let everybody who can read open them."
        return Found("warning", what, fix, ADMIN, survey.page("settings"))
    return well("Whoever can read may file.")


# --- the files -----------------------------------------------------------------------------------------


def is_configured(survey: Survey) -> Found:
    """Whether the configuration and the processes can be used."""
    if survey.mistake is not None:
        says, do = _sentence(survey.mistake), survey.mending(survey.mistake)
        if not survey.mistake.file:
            return Found("failure", says, "Bring the repository up to date.", ADMIN, do)
        return Found("failure", says, "Mend that line; nothing runs until then.", WRITE, do)
    versions = ", ".join(one.id for one in survey.processes)
    return well(f"The configuration and the processes are sound ({versions}).")


def _sentence(error: DefinitionError) -> str:
    return f"{str(error).rstrip('.')}."


def templates_are_sound(survey: Survey) -> Found:
    """Whether every notice can be written, and tells nobody more than they may know."""
    templates = survey.desk.templates
    try:
        templates.check()
    except DefinitionError as error:
        fix = "Mend the template, or take the shipped one."
        return Found("failure", _sentence(error), fix, WRITE, survey.mending(error))
    if survey.lacking:
        first = survey.lacking[0]
        return Found("failure", _sentence(first), "Mend the process.", WRITE, survey.mending(first))
    return well("Every notice's template is sound.")


def blank_issues_are_off(survey: Survey) -> Found:
    """Whether every report has the form's questions."""
    off = survey.config is not None and survey.config.at("blank_issues_enabled").content is False
    if off:
        return well("Blank issues are off.")
    fix = "Write blank_issues_enabled: false there."
    return Found("failure", "Blank issues are on.", fix, WRITE, survey.file(f"{FORMS}config.yml"))


def forms_are_there(survey: Survey) -> Found:
    """Whether the forms are there and name today's administrators."""
    return _files(survey, FORMS, "form")


def jobs_are_there(survey: Survey) -> Found:
    """Whether the jobs, and what they install, are those that are shipped."""
    return _files(survey, (JOBS, ACTIONS, LOCK, ".github/cocflow-"), "job")


def nothing_is_in_trouble(survey: Survey) -> Found:
    """Whether the board says that cocflow couldn't do something: the same lines, from the same place.

    What it says of a channel is told by the check of that channel.
    """
    found = survey.board.troubles if survey.board is not None else {}
    elsewhere = {key for name in SETTINGS for key in _keys(name)}
    lines = [line for key, line in found.items() if key not in elsewhere]
    if not lines:
        return well("Nothing is in trouble.")
    said = " ".join(line.says for line in lines)
    remedies = " ".join(dict.fromkeys(line.remedy for line in lines))
    query = quote_plus(f'is:open label:"{BOARD_LABEL}"')
    return Found("failure", said, remedies, "", survey.page(f"issues?q={query}"))


def quick_labels_start_the_job(survey: Survey) -> Found:
    """Whether the job starts for every quick label of the processes in force."""
    if not survey.processes:
        raise survey.mistake or DefinitionError("no process is known")
    if left_out := not_let_through(survey.job, survey.processes):
        names = ", ".join(f"`{label}`" for label in left_out)
        fix = "It adds them to the list in the `if:` of .github/workflows/incident.yml."
        return _set_up_again(survey, "failure", f"The job doesn't start for {names}.", fix)
    return well("The job starts for every quick label.")


def processes_are_there(survey: Survey) -> Found:
    """Whether processes and templates are up to date."""
    return _files(survey, ("workflows/", "templates/"), "process or template", own="ok")


def _files(survey: Survey, within: str | tuple[str, ...], what: str, own: Verdict = "warning") -> Found:
    """Compare the files of some folders with the shipped ones; the community's own are worth `own`.

    An archive of what the jobs import may lack, as one does that GitHub found too large: they do without.
    """
    changes = [
        one
        for one in survey.plan.changes
        if one.path.startswith(within) and not (one.kind == "add" and is_of_archive(one.path))
    ]
    missing = [one.path for one in changes if one.kind == "add"]
    old = [one.path for one in changes if one.kind in ("update", "remove")]
    kept = [one.path for one in changes if one.kind == "keep"]
    if missing:
        return _set_up_again(survey, "failure", f"Missing: {', '.join(missing)}.", "It writes them.")
    if old:
        what = f"Not up to date: {', '.join(old)}."
        return _set_up_again(survey, "warning", what, "It brings them up to date.")
    if kept:
        text = f"Changed by the community: {', '.join(kept)}."
        if own == "ok":
            return well(text)
        fix = "It shows the differences, and changes nothing: check that each is meant."
        return Found(own, text, fix, ANYBODY, f"{survey.cocflow('init')} --dry-run")
    return well(f"Every {what} is as shipped.")


def labels_are_there(survey: Survey) -> Found:
    """Whether the labels are those of the processes."""
    lacks = wanting(survey.labels, labels_of(survey.processes))
    if lacks.missing:
        names = ", ".join(f"`{one.name}`" for one in lacks.missing)
        return Found("failure", f"Missing: {names}.", "It makes them.", WRITE, survey.cocflow("labels"))
    if lacks.different:
        names = ", ".join(f"`{one.name}`" for one in lacks.different)
        what = f"Another colour or description: {names}."
        return Found("warning", what, "It makes them right.", WRITE, survey.cocflow("labels"))
    return well("Every label is there.")


def wall_stands(survey: Survey) -> Found:
    """Whether nobody of one vault's roster reads another vault, unless they are on the roster of both."""
    owners: set[str] = set()
    unseen: list[str] = []
    for vault in _others(survey):
        readers = survey.neighbours[vault.repository].readers()
        theirs = msgspec.structs.replace(survey.community, administrators=vault.administrators)
        both = [
            one
            for one in readers.people
            if survey.on_roster(one.login, one.account)
            and theirs.administrator(one.login, one.account) is None
        ]
        if within := [one for one in both if not _owns(one)]:
            what = f"These read {vault.repository}, and so reports that concern them: {_named(within)}."
            where = survey.page("settings/access", vault.repository)
            return Found("failure", what, "Take their access to it away.", ADMIN, where)
        owners |= {one.login for one in both}
        unseen += [f"{one} of {vault.repository}" for one in readers.unseen]
    if unseen:
        return _for_an_owner(survey, f"Not seen: {', '.join(unseen)}.")
    if owners:
        names = ", ".join(sorted(owners))
        what = f"These are administrators here, and as owners they read every vault: {names}."
        fix = "Let somebody own the organization who is an administrator of none, or tell people."
        owner, _, _ = survey.repository.partition("/")
        return Found("warning", what, fix, OWNER, f"{survey.web}/orgs/{owner}/people?query=role%3Aowner")
    if not survey.community.vaults:
        return well("There is no other vault.")
    return well("No administrator of this vault reads another one without being on its roster.")


def vaults_agree(survey: Survey) -> Found:
    """Whether all vaults go by the same list of them, so that each report is taken by one."""
    for vault in _others(survey):
        name = vault.repository
        fix, again = "Each vault's own roster holds.", f"cocflow init {name} --like {survey.repository}"
        try:
            there = survey.neighbours[name].community()
        except DefinitionError as error:
            where = survey.mending(error, name)
            return Found("failure", f"In {name}: {_sentence(error)}", "Mend that line there.", WRITE, where)
        if there is None:
            return Found("failure", f"{name} isn't set up.", fix, ADMIN, again)
        if _compared(there) != _compared(survey.community):
            what = f"{name} has another list of vaults and administrators: two may take a report, or none."
            return Found("failure", what, fix, ADMIN, again)
        if there.letters_since != survey.community.letters_since:
            what = f"{name} has another letters_since: letters in between are looked at by one vault only."
            fix = f"Write the same in {CONFIGURATION} of both."
            return Found("warning", what, fix, WRITE, survey.file(CONFIGURATION, repository=name))
    if survey.community.vaults and not survey.community.outside_contact_mail:
        what = "Nobody can be told of a report that no vault takes: the outside contact has no mail address."
        fix = f"Write one into outside_contact in {CONFIGURATION}."
        return Found("failure", what, fix, ADMIN, survey.file(CONFIGURATION))
    vaults = ", ".join(one.repository for one in survey.community.vaults)
    return well(f"All vaults agree: {vaults}." if vaults else "There is no other vault.")


def _others(survey: Survey) -> list[Vault]:
    """Return the vaults of the community besides this one."""
    return [one for one in survey.community.vaults if one.repository != survey.desk.repository]


def _compared(community: Community) -> list[tuple[str, frozenset[tuple[str, ...]]]]:
    """Return the vaults as they are compared: whether pinned or not, the people are the same."""
    return [
        (
            vault.repository.casefold(),
            frozenset((one.login.casefold(), one.name, one.mail, one.slack) for one in vault.administrators),
        )
        for vault in community.vaults
    ]


def outside_contact_is_named(survey: Survey) -> Found:
    """Whether somebody can be turned to about an administrator."""
    if survey.community.outside_contact:
        return well("An outside contact is named.")
    fix = (
        "Write outside_contact in .github/cocflow.yml; the check of forms then says how they come to name it."
    )
    return Found("warning", "No outside contact is named.", fix, ADMIN, survey.file(CONFIGURATION))


# --- the jobs ------------------------------------------------------------------------------------------


def actions_are_on(survey: Survey) -> Found:
    """Whether the jobs can run, and none may do more than it says."""
    actions, where = survey.actions, survey.page("settings/actions")
    if not actions.enabled:
        what = "Actions are off, so nothing is answered."
        return _set_up_again(survey, "failure", what, "It switches them on.")
    if actions.allowed == "local_only":
        fix = "Allow actions/checkout and actions/setup-python."
        what = "Only the repository's own actions may run, so no job starts."
        return Found("failure", what, fix, ADMIN, where)
    if actions.allowed == "selected" and (shut := _not_selected(actions)):
        what = f"Only selected actions may run, and {' and '.join(shut)} can't, so no job starts."
        return Found("failure", what, "Add them to what is allowed.", ADMIN, where)
    off = survey.premises.inactive_jobs()
    if off:
        what, where = f"Switched off: {', '.join(off)}.", survey.page(f"actions/workflows/{off[0]}")
        return Found("failure", what, "Enable them on the page Actions.", WRITE, where)
    if actions.default != "read":
        what = "A job that doesn't say what it needs may write."
        return _set_up_again(survey, "warning", what, "It lets such a job read only.")
    return well("Actions are on.")


def _not_selected(actions: Actions) -> list[str]:
    """Return the actions of the jobs that are not among the selected ones, whatever version is selected."""
    selected = [pattern.partition("@")[0] for pattern in actions.patterns]
    return [
        name
        for name in ACTIONS_USED
        if not actions.githubs_own and not any(fnmatchcase(name, one) for one in selected)
    ]


def sweeps_come(survey: Survey) -> Found:
    """Whether a sweep went well within its time."""
    done = [one for one in survey.sweeps.runs if one.conclusion is not None]
    good = [one.at for one in done if one.conclusion == "success"]
    interval = sweep_interval(survey.sweep_job)
    fix, where = "Look at how it ended, and run it by hand.", survey.page(f"actions/workflows/{SWEEP}")
    if not good:
        verdict: Verdict = "failure" if done else "warning"
        if not done:
            return Found(verdict, "No sweep has run yet.", "Run it by hand.", WRITE, survey.by_hand)
        return Found(verdict, "No sweep has gone well yet.", fix, WRITE, where)
    age = survey.sweeps.now - max(good)
    what = f"The last one that went well was {_hours(age)} ago."
    if age > interval * LATE_AFTER:
        return Found("failure" if age > 2 * LATE_AFTER * interval else "warning", what, fix, WRITE, where)
    if done[0].conclusion not in ("success", "cancelled", "skipped"):
        return Found("warning", f"The newest one failed. {what}", fix, WRITE, where)
    scheduled = max((one.at for one in done if one.by_schedule), default=min(one.at for one in done))
    if survey.sweeps.now - scheduled > interval * LATE_AFTER:
        what = f"None has come by schedule for {_hours(survey.sweeps.now - scheduled)}, only by hand. {what}"
        return Found("warning", what, "On its page, switch it off and on again.", WRITE, where)
    return well(what)


def clock_is_right(survey: Survey) -> Found:
    """Whether this machine and GitHub agree on the time; no deadline depends on it."""
    off = abs(survey.skew)
    if off <= SKEW:
        return well("This machine's clock is right.")
    way = "ahead of" if survey.skew > timedelta() else "behind"
    what = f"This machine's clock is {round(off.total_seconds() / 60)} minutes {way} GitHub's."
    fix = "Set this machine's clock, and look again."
    return Found("warning", f"{what} cocflow goes by GitHub's.", fix, ANYBODY, survey.cocflow("doctor"))


def _hours(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{hours} hours" if hours != 1 else "1 hour"


# --- the channels --------------------------------------------------------------------------------------


def mail_goes_out(survey: Survey) -> Found:
    """Whether the mail server lets us in; no mail is sent."""
    return _channel(survey, "mail")


def slack_takes_messages(survey: Survey) -> Found:
    """Whether Slack knows the bot, and its channels are open to it; nothing is sent."""
    community = survey.community
    promised = community.rules_slack_channel or community.administrators_slack_channel
    return _channel(survey, "slack", "A Slack channel is named for messages." if promised else "")


def mailbox_opens(survey: Survey) -> Found:
    """Whether the mailbox lets us in, and has its folders; no letter is read."""
    community = survey.community
    reports = "Whoever reports by mail waits there." if community.reports else ""
    promised = "The appeals address is named to suspended people." if community.appeals else reports
    if not survey.secrets.get(SETTINGS["mailbox"]):
        return _not_here(survey, "mailbox", promised)
    if survey.desk.mailbox is None:
        raise DefinitionError("no mailbox is set up")
    with closing(survey.desk.mailbox) as mailbox:
        try:
            mailbox.try_out()
        except CocflowError as error:
            return _told(survey, trouble.of_mailbox(error))
    since = survey.community.letters_since
    older = f" Letters before {format_when(since, survey.community.zone)} are left alone." if since else ""
    return _works(survey, "mailbox", f"It opens, and its folders are there.{older}")


def senders_can_be_verified(survey: Survey) -> Found:
    """Whether the configuration lets anybody be verified; the heads of the newest letters are read."""
    known = survey.community.mail_provider or survey.community.authserv_id
    secret = SETTINGS["mailbox"]
    if not survey.secrets.get(secret):
        if secret not in survey.set_for_jobs:
            return well("No mailbox is set up.")
        if not known:
            fix = "Set mail_provider in .github/cocflow.yml."
            return Found("warning", NOBODY, fix, WRITE, survey.file(CONFIGURATION))
        return well(f"{known} is trusted. Whether letters bear its results shows with {secret} here.")
    if survey.desk.mailbox is None:
        raise DefinitionError("no mailbox is set up")
    with closing(survey.desk.mailbox) as mailbox:
        return _verified(survey, known, mailbox.stamps(NEWEST))


def _verified(survey: Survey, known: str, stamps: Sequence[Stamp]) -> Found:
    """Return what the newest letters say of the server that is trusted, and which would be right."""
    if any(one.verified for one in stamps):
        count = sum(one.verified for one in stamps)
        return well(f"Of the newest {len(stamps)} letters, {count} have a sender who is verified.")
    if any(one.believed and one.decides for one in stamps):
        what = f"{known} says of none of the newest {len(stamps)} letters that its sender is who they say."
        fix = "Send a mail there from elsewhere, and look again."
        return Found("warning", what, fix, ANYBODY, survey.cocflow("doctor"))
    lacking = NOBODY if not known else f"No letter bears results of {known}: nobody can be verified."
    fits = Counter(_setting_for(one) for one in stamps if one.decides)
    if fits:
        (setting, count), *_ = fits.most_common(1)
        what = f"{lacking} {count} of the newest {len(stamps)} letters bear others, which fit {setting}."
        fix = f"If that is the mailbox's own server, set {setting} in .github/cocflow.yml."
        return Found("warning", what, fix, WRITE, survey.file(CONFIGURATION))
    if not stamps:
        if known:
            return well(f"{known} is trusted; no letter has come yet to see it by.")
        fix = "Set mail_provider in .github/cocflow.yml, or send a mail there and look again."
        return Found("warning", lacking, fix, WRITE, survey.file(CONFIGURATION))
    what = f"Of the newest {len(stamps)} letters none says what came of DMARC, so nobody can be verified."
    fix = "Use a mailbox whose server says it, or accept each appeal by hand."
    return Found("warning", what, fix, ADMIN, survey.setting(SETTINGS["mailbox"]))


def _setting_for(stamp: Stamp) -> str:
    return f"mail_provider: {stamp.provider}" if stamp.provider else f"authserv_id: {stamp.server}"


def _channel(survey: Survey, name: str, promised: str = "") -> Found:
    if not survey.secrets.get(SETTINGS[name]):
        return _not_here(survey, name, promised)
    if name not in survey.community.channels:
        what = f"{SETTINGS[name]} is set, and .github/cocflow.yml leaves {name} out of its channels."
        fix = "Add it there, or take the secret away."
        return Found("warning", what, fix, WRITE, survey.file(CONFIGURATION))
    channels, notes = survey.channels
    if name in channels.failed:
        return _told(survey, trouble.of_channel(name, channels.failed[name]))
    if name in channels.faulty:
        return _told(survey, trouble.of_notices(name, channels.faulty[name]))
    if notes[name]:
        return Found(
            "unknown", f"It lets us in. {notes[name]}", "Give the bot that scope.", ADMIN, SLACK_APPS
        )
    return _works(survey, name, "It lets us in.")


def _told(survey: Survey, one: Trouble | Line) -> Found:
    """Return what is wrong with a channel, as the board says it: its secret is where that is mended."""
    return Found(
        "failure", f"{one.says} {one.costs}", one.remedy, "", survey.page("settings/secrets/actions")
    )


def _works(survey: Survey, name: str, what: str) -> Found:
    """Return that something works from here, and whether the jobs can do it too."""
    needed = [SETTINGS[name], *([OAUTH] if name in BY_TOKEN and survey.secrets.get(OAUTH) else [])]
    lacking = [one for one in needed if one not in survey.set_for_jobs]
    if not lacking:
        return well(f"{what} It was tried with this machine's {' and '.join(needed)}.")
    what = f"{what} But the jobs have no secret {' and '.join(lacking)}."
    return Found("warning", what, "It asks for the value.", ADMIN, survey.setting(lacking[0]))


def _not_here(survey: Survey, name: str, promised: str) -> Found:
    """Return what is known where this machine hasn't the secret: nobody can read one back from Actions."""
    secret, known = SETTINGS[name], survey.board.troubles if survey.board is not None else {}
    for key in _keys(name):
        if key in known:
            return _told(survey, known[key])
    set_at = survey.set_for_jobs.get(secret)
    if set_at is None:
        if not promised:
            return well("Not set up.")
        fix = "It asks for the value. Until then it is done by hand."
        return Found("warning", f"{promised} {secret} isn't set.", fix, ADMIN, survey.setting(secret))
    if name in BY_TOKEN:
        set_at = max(set_at, survey.set_for_jobs.get(OAUTH, set_at))
    swept = _last_sweep(survey)
    if swept is not None and swept > set_at:
        ago = _hours(survey.sweeps.now - swept)
        return well(f"{secret} is set for the jobs; the sweep of {ago} ago found nothing wrong.")
    what = f"{secret} is set for the jobs, where nobody can read it back, and no sweep has tried it since."
    fix = f"Run Sweep by hand; or set {secret} on this machine, and look again."
    return Found("unknown", what, fix, WRITE, survey.by_hand)


def _last_sweep(survey: Survey) -> datetime | None:
    """Return when a sweep last looked at everything."""
    good = [one.at for one in survey.sweeps.runs if one.conclusion == "success"]
    swept = survey.board.swept if survey.board is not None else None
    return max([*good, *([swept] if swept is not None else [])], default=None)


def _keys(name: str) -> tuple[str, ...]:
    """Return by what the board knows the troubles of a channel, or of the mailbox."""
    kinds: tuple[trouble.Kind, ...] = ("mailbox" if name == "mailbox" else "channel", "setting")
    return tuple(key_of(Trouble(kind=kind, subject=name, says="", costs="", remedy="")) for kind in kinds)


def heartbeat_is_an_address(survey: Survey) -> Found:
    """Whether the monitor's address can be called; it isn't called."""
    url = survey.secrets.get(HEARTBEAT, "")
    if url and not is_web_address(url.strip()):
        what = f"{HEARTBEAT} is no address: https://… is."
        return Found("failure", what, "Set it right.", ADMIN, survey.setting(HEARTBEAT))
    if url:
        return well(f"This machine's {HEARTBEAT} is an address; it wasn't called.")
    if HEARTBEAT in survey.set_for_jobs:
        return well(f"{HEARTBEAT} is set for the jobs; whether it is called, the monitor shows.")
    return well("No monitor outside is set up; it would notice when sweeps stop.")


# --- the rooms -----------------------------------------------------------------------------------------

NO_ROOMS = well("No rooms are set up.")


def rooms_are_closed_to_others(survey: Survey) -> Found:
    """Whether nobody reads a room but its owners and whoever was let in."""
    if (seen := survey.rooms_seen) is None:
        return NO_ROOMS
    name = seen.settings.organization
    found = seen.grounds.organization()
    if found is None:
        what = f"{name} is no organization, or not to be seen. In a person's own account guests could write."
        fix = "Name the organization in .github/cocflow.yml."
        return Found("failure", what, fix, WRITE, survey.file(CONFIGURATION))
    if found.base is None:
        fix, do = "Use an owner's token, with the scope admin:org.", "gh auth refresh --scopes admin:org"
        return Found("unknown", f"The token shows no settings of {name}.", fix, OWNER, do)
    if wrong := list(unfit(found)):
        where = settings_page(seen.grounds, name)
        return Found("failure", " ".join(wrong), "Change that in its settings.", OWNER, where)
    demand = " It demands two-factor authentication, from guests too." if found.two_factor else ""
    return well(f"{name} gives its members nothing by itself, and forbids forks.{demand}")


def rooms_app_works(survey: Survey) -> Found:
    """Whether the App of rooms is installed, with what it needs and no more, and the jobs have its key."""
    if (seen := survey.rooms_seen) is None:
        return NO_ROOMS
    where = f"{seen.grounds.web}/organizations/{seen.settings.organization}/settings/installations"
    if KEY not in survey.set_for_jobs:
        fix = "It asks for the key that the App's page generates."
        return Found("failure", f"The jobs have no secret {KEY}.", fix, ADMIN, survey.setting(KEY))
    found = seen.grounds.installation(_app_of_rooms(survey, seen))
    if found is None:
        what = f"The App {seen.settings.app} isn't installed in {seen.settings.organization}."
        return Found("failure", what, f"Install it there, in {seen.settings.template} alone.", OWNER, where)
    if found.suspended:
        return Found("failure", "The App is suspended.", "Unsuspend it.", OWNER, where)
    if not found.selected:
        what = "The App is installed in all repositories, so its key opens them all."
        return Found("failure", what, f"Choose {seen.settings.template} alone.", OWNER, where)
    if wrong := lacking(found.permissions):
        return Found("failure", wrong, "Mend it on its page.", OWNER, where)
    return well(f"The App {found.slug} is installed, in selected repositories; the jobs have a key.")


def rooms_key_opens_no_vault(survey: Survey) -> Found:
    """Whether whoever has the key of rooms can't get at the vault with it."""
    if (seen := survey.rooms_seen) is None:
        return NO_ROOMS
    app, vault = _app_of_rooms(survey, seen), survey.desk.repository
    if not app.key:
        return _seen_by_sweeps(survey, seen, vault)
    if seen.grounds.reaches(app, vault):
        where = f"{seen.grounds.web}/organizations/{seen.settings.organization}/settings/installations"
        return Found("failure", f"The App is installed in {vault}.", "Take it out.", OWNER, where)
    return well(f"The App isn't installed in {vault}.")


def _seen_by_sweeps(survey: Survey, seen: RoomsSeen, vault: str) -> Found:
    """Return whether the App gets at the vault as the sweep has seen it, which has the key."""
    told = trouble.opened_by_rooms()
    if survey.board is not None and key_of(told) in survey.board.troubles:
        where = f"{survey.web}/organizations/{seen.settings.organization}/settings/installations"
        return Found("failure", told.says, told.remedy, "", where)
    swept, set_at = survey.board.swept if survey.board is not None else None, survey.set_for_jobs.get(KEY)
    if swept is not None and set_at is not None and swept > set_at:
        return well(f"The last sweep, which has the key, didn't get at {vault} with it.")
    what = f"Only the App itself sees whether it is installed in {vault}."
    fix = f"Run Sweep by hand; or set {KEY} on this machine, and look again."
    return Found("unknown", what, fix, ANYBODY, survey.by_hand)


def _app_of_rooms(survey: Survey, seen: RoomsSeen) -> App:
    return App(number=seen.settings.app, key=survey.secrets.get(KEY, ""))


def rooms_template_is_there(survey: Survey) -> Found:
    """Whether what rooms are made from is private, a template, and has no job."""
    if (seen := survey.rooms_seen) is None:
        return NO_ROOMS
    name = f"{seen.settings.organization}/{seen.settings.template}"
    template = seen.repository(seen.settings.template)
    again = f"cocflow rooms init {seen.settings.organization}"
    settings = template.settings()
    if settings is None:
        return Found("failure", f"There is no repository {name}.", "It makes it.", ADMIN, again)
    jobs = [path for path in template.shas() if path.startswith(JOBS)]
    wrong = [
        *(["is " + settings.visibility] if settings.visibility != "private" else []),
        *(["is no template"] if not settings.template else []),
        *(["has no issues"] if not settings.issues else []),
        *(["has Actions switched on"] if template.actions().enabled else []),
        *(["has jobs"] if jobs else []),
    ]
    if wrong:
        return Found("failure", f"{name} {', '.join(wrong)}.", "It puts that right.", ADMIN, again)
    return well(f"{name} is private, a template, and no job runs in it.")


def rooms_are_read_by_few(survey: Survey) -> Found:
    """Whether only guests and administrators are let into rooms."""
    if (seen := survey.rooms_seen) is None:
        return NO_ROOMS
    # Whether a login is still its administrator's, the check of accounts tells.
    roster = {one.login.casefold() for one in survey.community.administrators}
    others: list[tuple[str, str]] = []
    for one in survey.rooms:
        known = roster | _guests(survey, one)
        others += [(one.name, who) for who in one.inside + one.invited if who.casefold() not in known]
    if others:
        what = (
            f"Neither the guest nor on the roster: {', '.join(f'{who} in {room}' for room, who in others)}."
        )
        where = survey.page("settings/access", f"{seen.settings.organization}/{others[0][0]}")
        return Found("failure", what, "Take their access away, in the settings of that room.", OWNER, where)
    count = len(survey.rooms)
    if not count:
        return well("There is no room.")
    where = "the one room" if count == 1 else f"the {count} rooms"
    return well(f"In {where} there is nobody but guests and administrators.")


def _guests(survey: Survey, one: Kept) -> set[str]:
    """Return the logins of those whom a room is for, by the vault's issue about it."""
    case = look(survey.desk, one.number) if one.number is not None else None
    people = case.people if isinstance(case, Case) else ()
    return {person.login.casefold() for person in people if person.key == GUEST}


def no_job_runs_in_rooms(survey: Survey) -> Found:
    """Whether Actions are off in every room."""
    if (seen := survey.rooms_seen) is None:
        return NO_ROOMS
    on = [one.name for one in survey.rooms if seen.repository(one.name).actions().enabled]
    if on:
        where = survey.page("settings/actions", f"{seen.settings.organization}/{on[0]}")
        return Found("warning", f"Actions are on in {', '.join(on)}.", "Disable them there.", OWNER, where)
    return well("No job runs in a room.")


def sweeps_come_hourly(survey: Survey) -> Found:
    """Whether a guest is answered within about an hour."""
    if survey.rooms_seen is None:
        return NO_ROOMS
    every = sweep_interval(survey.sweep_job)
    if every > timedelta(hours=1):
        what = f"The sweep comes every {_hours(every)}, and what a guest writes starts no job."
        fix = "It sets the hour; a time of your own in sweep.yml has to be changed by hand."
        return _set_up_again(survey, "warning", what, fix)
    return well("The sweep comes every hour: about 720 minutes a month.")


# --- the incidents -------------------------------------------------------------------------------------


def requests_are_answered(survey: Survey) -> Found:
    """Whether everything that was asked for has been answered."""
    cases = [case for case in survey.cases if not case.ledger.broken]
    waiting = [case for case in cases if case.progress.state is None or open_requests(case)]
    what, fix = "Something waits for an answer in", "Run the sweep by hand, and look at its result."
    found = _of(survey, waiting, "warning", what, fix, WRITE, "Every request is answered.")
    return _by_sweep(survey, found)


def notices_arrived(survey: Survey) -> Found:
    """Whether everybody has been told what they were to be told."""
    owing = [case for case in survey.cases if case.progress.owed()]
    fix = "Tell them by hand (each incident shows the text), then write /told."
    return _of(survey, owing, "warning", "Somebody hasn't been told yet in", fix, SAY, "No notice is owed.")


def nothing_is_locked(survey: Survey) -> Found:
    """Whether every open incident can be written to."""
    locked = [case for case in survey.cases if case.issue.is_open and case.issue.locked]
    fix = trouble.UNLOCK
    what = "Nobody is answered in what is locked:"
    return _of(survey, locked, "failure", what, fix, "", "Nothing open is locked.")


def receipts_are_whole(survey: Survey) -> Found:
    """Whether nobody has changed or deleted a receipt."""
    broken = [case for case in survey.cases if case.ledger.broken]
    fix = "It says what was done, by whom and since when; then write /recover there, and why."
    what = "Receipts aren't as they were written in"
    found = _of(survey, broken, "failure", what, fix, SAY, "All receipts are whole.")
    return msgspec.structs.replace(found, do=survey.cocflow("audit")) if found.do else found


def one_state_each(survey: Survey) -> Found:
    """Whether no incident shows two states."""
    two = [case for case in survey.cases if sum(_is_state(label) for label in case.issue.labels) > 1]
    fix = "Run the sweep by hand; it leaves the one that the receipts tell."
    what = "There are two state labels on"
    return _by_sweep(survey, _of(survey, two, "warning", what, fix, WRITE, "Each incident shows one state."))


def states_are_defined(survey: Survey) -> Found:
    """Whether the process knows the state of every incident."""
    unknown = [
        case
        for case in survey.cases
        if case.progress.state is not None and case.process.state(case.progress.state) is None
    ]
    fix = "Put the state back into the process's file, or move the incident with /recover."
    what = "The process lacks the state of"
    return _of(survey, unknown, "failure", what, fix, WRITE, "The process knows every state.")


def administrators_file(survey: Survey) -> Found:
    """Whether only administrators have filed here."""
    others = [case for case in survey.cases if not _filed_rightly(survey, case)]
    fix = "Let administrators file what reporters tell them, unless the community accepts that they read all."
    what = "Filed by somebody off the roster, who reads what is written on its page, and every incident:"
    return _of(survey, others, "warning", what, fix, ADMIN, "Every incident was filed by an administrator.")


def _filed_rightly(survey: Survey, case: Case) -> bool:
    """Whether an administrator filed it, or a job, as it does with suspensions."""
    author = case.issue.author
    if author is None:
        return False
    ours = author.bot and author.login == JOB_LOGIN
    return ours or (not author.bot and survey.on_roster(author.login, author.number))


def _of(
    survey: Survey, cases: Sequence[Case], verdict: Verdict, what: str, fix: str, who: str, fine: str
) -> Found:
    """Return what is wrong with these, and the page of the first; `fine` where there are none."""
    if not cases:
        return well(fine)
    names = ", ".join(f"#{case.issue.number} {case.code_name}" for case in cases)
    return Found(verdict, f"{what} {names}.", fix, who, survey.page(f"issues/{cases[0].issue.number}"))


def _by_sweep(survey: Survey, found: Found) -> Found:
    """Return what the next sweep mends, with the command that runs it."""
    return msgspec.structs.replace(found, do=survey.by_hand) if found.do else found


def _is_state(label: str) -> bool:
    return label.startswith(STATE_PREFIX)


def retention_is_told(survey: Survey) -> Found:
    """Whether incidents are kept for as long as their outcomes say, or for ever; either may be meant."""
    if not survey.desk.community.retention:
        what = "No retention is configured: incidents are kept for ever."
        return well(f"{what} `retention: by outcome` in {CONFIGURATION} has them kept as outcomes say.")
    book = next((one for one in survey.seen if isinstance(one, Pages)), None)
    due = [one for one in book.stubs if not one.erased] if book is not None else []
    if due:
        listed = ", ".join(f"#{one.first}" for one in due[:10])
        what = f"The time of {len(due)} is over, and nobody has erased them yet: {listed}."
        return Found("warning", what, "It shows what would go, and asks.", OWNER, survey.cocflow("erase"))
    return well("Incidents are kept as long as their outcomes say; nothing waits to be erased.")


CHECKS = (
    Check("private", "Who isn't let in can't read a report.", is_private),
    Check("readers", "These people can read every report, whatever it says.", only_administrators_read),
    Check("administrators", "Somebody is there to answer, and able to.", administrators_can_act),
    Check("accounts", "Nobody else is taken for an administrator.", accounts_are_pinned),
    Check("rights", "Nobody can take away unseen what was written.", rights_are_few),
    Check("forks", "No copy of this repository is made out of sight.", forks_are_off),
    Check("issues only", "Reports are in one place.", only_issues_are_on),
    Check("filing", "Whoever was let in can file a report.", readers_may_file),
    Check("configuration", "Without it, nothing answers a report.", is_configured),
    Check("forms", "A reporter sees the four questions, and who will read the answers.", forms_are_there),
    Check("blank issues", "Every report has the four questions.", blank_issues_are_off),
    Check(
        "outside contact", "A report about an administrator has somewhere to go.", outside_contact_is_named
    ),
    Check("wall", "Nobody reads a report about themself that another vault has taken.", wall_stands),
    Check(
        "vaults", "Each report is taken by one vault, by whose administrators nobody is meant.", vaults_agree
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
    Check("branches", "Nobody reads or answers reports by other rules.", jobs_are_of_the_default_branch),
    Check("sweeps", "They keep what was promised when nothing else happens.", sweeps_come),
    Check("clock", "What somebody reads off this machine is the time.", clock_is_right),
    Check("mail", "Whoever has a mail address is told by itself.", mail_goes_out),
    Check("mailbox", "An appeal by mail is filed by itself.", mailbox_opens),
    Check(
        "senders", "Nobody else's mail passes for theirs, and theirs is believed.", senders_can_be_verified
    ),
    Check("slack", "Whoever is on Slack is told by itself.", slack_takes_messages),
    Check("heartbeat", "Somebody notices when nothing is answered any more.", heartbeat_is_an_address),
    Check("rooms", "Nobody reads a room who wasn't let in.", rooms_are_closed_to_others),
    Check("rooms' App", "Without it, no room is made, and nobody is answered in one.", rooms_app_works),
    Check("rooms' key", "Whoever has it can't open the incidents with it.", rooms_key_opens_no_vault),
    Check("rooms' template", "It is what whoever is let in finds there.", rooms_template_is_there),
    Check("in rooms", "What is written in a room, these can read.", rooms_are_read_by_few),
    Check("rooms' jobs", "Nothing that is written in a room starts a job.", no_job_runs_in_rooms),
    Check("rooms' sweep", "Whoever writes in a room waits so long for an answer.", sweeps_come_hourly),
    Check("retention", "It says how long what somebody reported is kept.", retention_is_told),
    Check("board", "What cocflow couldn't do waits for somebody.", nothing_is_in_trouble),
    Check("unanswered", "Somebody waits.", requests_are_answered),
    Check("notices", "Somebody hasn't heard what they should.", notices_arrived),
    Check("locks", "A report that is locked gets no answer.", nothing_is_locked),
    Check("receipts", "They are the record of what was decided.", receipts_are_whole),
    Check("state labels", "A report stands in one place at a time.", one_state_each),
    Check("states", "A report in an unknown state goes nowhere.", states_are_defined),
    Check("filed by", "Whoever files on GitHub here can read everybody's reports.", administrators_file),
)
"""Every check, in the order of the table."""
