"""What the commands for a repository's administrators share: which repository, whose token, its files.

They are run by a person, with that person's own token, from wherever they are: the repository's files
are fetched as far as they differ from the shipped ones.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from cocflow.errors import AdapterError, CocflowError, DefinitionError

if TYPE_CHECKING:
    from cocflow.core.people.roster import Community
    from cocflow.core.process import Process
    from cocflow.ports import Files, Grounds, Premises
    from cocflow.run.desk import Desk
    from cocflow.setup.examine import RoomsSeen, Survey

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}(_[A-Za-z0-9]{1,16})?/[A-Za-z0-9._-]{1,100}")

NO_SUCH = "There is no such repository, or the token may not see it."

TOKENS = ("GH_TOKEN", "GITHUB_TOKEN")
"""Where a person's token is looked for, in this order, as GitHub's own command line does."""


SETTINGS = (
    *("COCFLOW_LEDGER_KEY", "COCFLOW_ROOMS_KEY", "COCFLOW_SMTP_URL", "COCFLOW_IMAP_URL", "COCFLOW_OAUTH"),
    "COCFLOW_HEARTBEAT_URL",
    *("SLACK_BOT_TOKEN", "SLACK_API_URL"),
)
"""The jobs' secrets that a person may have, too: the doctor tries the channels that they set up."""


class VisitError(CocflowError):
    """The repository or the token isn't named, or isn't what it should be."""


class Visit:
    """A repository as a person sees it with their token, and with those of its secrets that they have."""

    def __init__(self, repository: str, token: str, base_url: str, settings: Mapping[str, str]) -> None:
        from cocflow.bootstrap import premises

        self.repository = repository
        self.token = token
        self.base_url = base_url
        self.settings = settings
        self.premises: Premises = premises(repository, token, base_url)

    def beside(self, repository: str) -> Premises:
        """Return another repository as the same person sees it."""
        from cocflow.bootstrap import premises

        return premises(repository, self.token, self.base_url)

    def grounds(self, organization: str) -> Grounds:
        """Return an organization as the same person sees it."""
        from cocflow.bootstrap import grounds

        return grounds(organization, self.token, self.base_url)

    def desk(self, folder: Path) -> Desk:
        """Return the desk of the repository, whose files lie in `folder`; VisitError where there is none."""
        from cocflow.bootstrap import desk

        if not any(folder.iterdir()) and self.premises.settings() is None:
            raise VisitError(NO_SUCH)
        with _named_as_in_the_repository(folder):
            return desk(folder, self.repository, self.token, self.base_url, settings=self.settings)


def visit(repository: str | None) -> Visit:
    """Return the repository that was named, or that GITHUB_REPOSITORY names; VisitError without one."""
    named = repository or os.environ.get("GITHUB_REPOSITORY", "")
    if not _NAME.fullmatch(named):
        raise VisitError(
            "Name the repository as OWNER/NAME, as in enginexp/incidents"
            + (", or set GITHUB_REPOSITORY." if not named else f"; `{named[:60]}` isn't that.")
        )
    token = next((os.environ[name] for name in TOKENS if os.environ.get(name)), "")
    if not token:
        raise VisitError(
            "Set GH_TOKEN to a token of yours (scopes repo, workflow and read:org):"
            " GH_TOKEN=$(gh auth token) cocflow …"
        )
    url = os.environ.get("GITHUB_API_URL") or "https://api.github.com"
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
        raise VisitError("GITHUB_API_URL is no address: it begins with https://, or isn't set at all.")
    return Visit(named, token, url, {name: os.environ.get(name, "") for name in SETTINGS})


def repository_and_number(what: Sequence[str]) -> tuple[str | None, int | None]:
    """Return the repository and the number that were given, either of which may be left out."""
    rest = list(what)
    number = int(rest.pop()) if rest and rest[-1].isdecimal() else None
    repository = rest.pop(0) if rest else None
    if rest:
        raise VisitError("Give a repository as OWNER/NAME, and a number, or either of them.")
    return repository, number


_HINTS = {
    None: "GitHub didn't answer; try again later",
    401: "the token isn't valid (any more)",
    403: "the token may not do this: it needs the scopes repo, workflow and read:org, and you need to"
    " administer the repository",
    404: "there is no such repository, or the token may not see it, or it lacks the scope workflow",
    422: "GitHub refused what was sent; a rule of the branch may forbid it",
}


@contextmanager
def explaining() -> Iterator[None]:
    """Give failures of GitHub's with what can be done about them."""
    from cocflow.setup.install import UnfinishedError

    try:
        yield
    except (AdapterError, UnfinishedError) as error:
        cause = error.cause if isinstance(error, UnfinishedError) else error
        status = cause.status if isinstance(cause, AdapterError) else 0
        hint = _HINTS.get(status, "try again later" if (status or 0) >= 500 else "")
        raise VisitError(f"{error}{f' ({hint})' if hint else ''}") from None


@contextmanager
def checked_out(files: Files) -> Iterator[Path]:
    """Fetch the repository's files into a folder for as long as they are needed."""
    from cocflow.setup import shipped
    from cocflow.setup.install import fetch, shipped_files

    with TemporaryDirectory() as name:
        folder = Path(name)
        fetch(files, shipped_files(shipped.root()), folder)
        yield folder


def shipped_for(files: Files, *, signs: bool) -> dict[str, bytes]:
    """Return what a repository must hold, by path.

    Unless it holds the package, that is the package's wheel too; and the archives of what the jobs import, if
    they were made of this very package. `signs`: whether the jobs sign as an App.
    """
    from cocflow.setup import shipped
    from cocflow.setup.archive import archives_for
    from cocflow.setup.install import CONFIGURATION, LOCK, holds_package, shipped_files, with_wheel
    from cocflow.setup.wheel import wheel

    wanted = shipped_files(shipped.root())
    if holds_package(files):
        return wanted
    template = (shipped.root() / CONFIGURATION).read_bytes()
    wanted = with_wheel(wanted, *wheel(wanted | {CONFIGURATION: template}))
    return wanted | archives_for(shipped.root(), wanted[LOCK], signs=signs)


def processes_in(folder: Path) -> tuple[Process, ...]:
    """Return every process of a repository whose files lie in `folder`."""
    from cocflow.setup.in_force import load_processes

    with _named_as_in_the_repository(folder):
        return load_processes(folder)


def community_in(text: str, processes: tuple[Process, ...], repository: str = "") -> Community:
    """Return what a repository's configuration says, by its text; DefinitionError for the first mistake."""
    from cocflow.setup.community import load_community
    from cocflow.setup.install import CONFIGURATION

    figures = {one.name: one for process in processes for one in process.figures}
    with TemporaryDirectory() as name:
        path = Path(name) / "cocflow.yml"
        path.write_text(text, encoding="utf-8")
        try:
            return load_community(path, figures, repository)
        except DefinitionError as error:
            raise DefinitionError(
                error.message, file=CONFIGURATION, line=error.line, hint=error.hint
            ) from None


def community_of(there: Visit) -> Community | None:
    """Return what a repository's configuration says; None where it is missing, or as it is shipped."""
    with checked_out(there.premises) as folder:
        text = configured_in(folder)
        return community_in(text, processes_in(folder), there.repository) if text is not None else None


def configured_in(folder: Path) -> str | None:
    """Return the configuration in a folder, None where it is missing or as it is shipped."""
    from cocflow.setup import shipped
    from cocflow.setup.install import CONFIGURATION

    own, template = folder / CONFIGURATION, shipped.root() / CONFIGURATION
    text = own.read_text(encoding="utf-8") if own.exists() else None
    return None if text == template.read_text(encoding="utf-8") else text


def _configured(there: Visit) -> Community | None:
    """Return what `community_of` does; VisitError where the token can't see the repository."""
    if there.premises.settings() is None:
        raise VisitError(f"{there.repository} can't be seen with this token, or isn't there.")
    return community_of(there)


def survey(here: Visit, folder: Path) -> Survey:
    """Return what the doctor looks at; VisitError if there is no such repository."""
    from cocflow.adapters.organization import web_of
    from cocflow.process.entries import read_yaml
    from cocflow.process.whole import what_templates_lack
    from cocflow.setup.examine import Neighbour, Survey
    from cocflow.setup.in_force import own_or_shipped
    from cocflow.setup.install import filling_of, plan
    from cocflow.setup.job import JOB, SWEEP_JOB

    settings = here.premises.settings()
    if settings is None:
        raise VisitError(NO_SUCH)
    config, job = folder / ".github/ISSUE_TEMPLATE/config.yml", folder / SWEEP_JOB
    found = Survey(
        here.premises,
        settings,
        repository=here.repository,
        web=web_of(here.base_url),
        sweep_job=job.read_text(encoding="utf-8") if job.exists() else "",
        secrets=here.settings,
        job=(folder / JOB).read_text(encoding="utf-8") if (folder / JOB).exists() else "",
    )
    try:
        found.config = read_yaml(config) if config.exists() else None
        found.processes = processes_in(folder)
        found.desk = here.desk(folder)
        found.rooms_seen = rooms_seen(here, found.desk.community)
        beside = [visit(one.repository) for one in found.desk.community.vaults]
        found.neighbours = {
            one.repository: Neighbour(readers=one.premises.readers, community=partial(_configured, one))
            for one in beside
        }
        filling = filling_of(found.desk.community, found.processes)
        wanted = shipped_for(here.premises, signs=found.desk.community.rooms is not None)
        found.plan = plan(here.premises, wanted, filling, {})
        for one in found.processes:
            file = own_or_shipped(folder, f"workflows/{one.name}.yml")
            found.lacking += what_templates_lack(one, file, found.desk.templates.fields_of)
    except DefinitionError as error:
        found.mistake = error
    return found


def rooms_seen(here: Visit, community: Community) -> RoomsSeen | None:
    """Return where rooms are, as the person sees it; None where none are set up."""
    from cocflow.bootstrap import own_rooms
    from cocflow.setup.examine import RoomsSeen

    if (settings := community.rooms) is None:
        return None
    rooms = own_rooms(settings, here.token, here.base_url)
    return RoomsSeen(settings, here.grounds(settings.organization), rooms, here.beside)


@contextmanager
def _named_as_in_the_repository(folder: Path) -> Iterator[None]:
    """Let errors name files as the repository does, not where they were fetched to."""
    try:
        yield
    except DefinitionError as error:
        file = error.file.removeprefix(f"{folder}/")
        if _is_outdated(folder, file):
            message = f"{file} is as another version of cocflow wrote it"
            raise DefinitionError(message, hint="run cocflow init, which brings it up to date") from None
        raise DefinitionError(error.message, file=file, line=error.line, hint=error.hint) from None


def _is_outdated(folder: Path, path: str) -> bool:
    from cocflow.adapters.folder import Folder
    from cocflow.setup import shipped
    from cocflow.setup.install import is_outdated, shipped_files

    return is_outdated(Folder(folder), shipped_files(shipped.root()), path)


repository_argument = click.argument("repository", metavar="[OWNER/REPO]", required=False)
"""Which repository; without it GITHUB_REPOSITORY."""
