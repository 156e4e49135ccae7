"""A sandbox to set repositories up in, and the command line run against it over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from click.testing import CliRunner, Result
from github import Auth, Github

from cocflow.bootstrap import desk
from cocflow.cli import cocflow
from cocflow.core.forms.form import QUESTIONS, Answers
from cocflow.core.forms.writing import write
from cocflow.process.loading import load_form
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run, handle, sweep
from cocflow.sandbox import Clock, Sandbox, Store
from cocflow.setup.shipped import issue_forms
from tests.faults.straight import near

REPO = "acme/incidents"
FLAGS = (
    *("--community", "Enginexp", "--code-of-conduct", "https://example.org/coc", "--time-zone", "UTC"),
    *("--administrator", "riya,Riya Sen,riya@example.org", "--administrator", "tom"),
    *("--outside-contact", "help@example.org"),
)
SECRET = "the kettle was thrown"


def now() -> str:
    """Return the time of this machine, which a doctor compares with GitHub's."""
    return f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


def filled_in(nature: str) -> str:
    """Return a report as the form makes one."""
    form = load_form(issue_forms() / "incident.yml", QUESTIONS)
    values: dict[str, str | tuple[str, ...]] = {
        "learned": "It happened to me",
        "nature": nature,
        "who": "a guest",
        "material": "none",
        "privacy": "none",
    }
    return write(form, Answers(values))


@dataclass
class Town:
    """The sandbox, and a person's token; `folder` is a checkout that the jobs would have.

    `environment`: what is set on the person's machine besides.
    """

    sandbox: Sandbox
    token: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(
        self, *words: str, input: str | None = None, env: Mapping[str, str | None] | None = None
    ) -> Result:
        """Give a command with riya's token."""
        settings = {
            "GH_TOKEN": self.token,
            "GITHUB_TOKEN": None,
            "GITHUB_REPOSITORY": None,
            "GITHUB_API_URL": self.sandbox.url,
            "COLUMNS": "400",
        }
        return CliRunner().invoke(
            cocflow, words, input=input, env={**settings, **self.environment, **(env or {})}
        )

    def init(self) -> None:
        """Set up the repository, with the administrators in it and a sweep that has run."""
        done = self.run("init", REPO, *FLAGS)
        assert done.exit_code == 0, (done.output, done.exception)
        store = self.sandbox.store
        for login in ("riya", "tom"):
            store.set_permission(REPO, login, "admin" if login == "riya" else "triage")
        store.record_run(REPO, "sweep.yml")

    def client(self, login: str = "riya") -> Github:
        """Return a client that speaks as somebody."""
        auth = Auth.Token(self.sandbox.store.add_token(login))
        return Github(auth=auth, base_url=self.sandbox.url, lazy=True, retry=0, seconds_between_writes=None)

    def file(self, login: str = "riya") -> int:
        """File a report on GitHub, and return its number."""
        body = filled_in(SECRET)
        return self.client(login).get_repo(REPO).create_issue("Incident", body=body).number

    def handle(self, settings: Mapping[str, str] | None = None) -> Run:
        """Run the job that GitHub would run, with these secrets."""
        return handle(self._desk(settings))

    def sweep(self, settings: Mapping[str, str] | None = None) -> Run:
        """Run the job that GitHub would run by schedule, with these secrets."""
        return sweep(self._desk(settings))

    def _desk(self, settings: Mapping[str, str] | None) -> Desk:
        (self.folder / ".github").mkdir(exist_ok=True)
        found = self.client().get_repo(REPO).get_contents(".github/cocflow.yml")
        assert not isinstance(found, list)
        (self.folder / ".github" / "cocflow.yml").write_bytes(found.decoded_content)
        token = self.sandbox.store.job_token(REPO)
        return desk(self.folder, REPO, token, self.sandbox.url, settings=settings)


@contextmanager
def founded(folder: Path) -> Iterator[Town]:
    """Run a sandbox with an organization of which riya is the only owner, and no repository yet."""
    with Sandbox(clock=Clock(now(), frozen=True)) as sandbox, near(sandbox):
        sandbox.store.add_org("acme", members={"riya": "admin"}, base_permission="none")
        sandbox.store.add_user("tom")
        yield Town(sandbox, sandbox.store.add_token("riya"), folder)


class Kept(msgspec.Struct, frozen=True):
    """A town as it was left, of which there may be any number of copies.

    Its database with its log, how far its clock is ahead of this machine's, and riya's token.
    """

    facts: bytes
    log: bytes
    ahead: int
    token: str

    @contextmanager
    def copied(self, folder: Path) -> Iterator[Town]:
        """Run a copy; whatever time has passed on this machine has passed there too."""
        clock = Clock(now(), frozen=True)
        clock.advance(self.ahead)
        store = Store(clock=clock)
        store.database.connection.deserialize(self.facts)
        store.database.connection.deserialize(self.log, name="log")
        with Sandbox(store=store) as sandbox, near(sandbox):
            yield Town(sandbox, self.token, folder)


def kept(play: Callable[[Town], object]) -> Kept:
    """Let something happen in a town, and return the town as it is then."""
    with TemporaryDirectory() as name, founded(Path(name)) as town:
        play(town)
        store = town.sandbox.store
        facts, log = (store.database.connection.serialize(name=one) for one in ("main", "log"))
        return Kept(facts, log, store.clock.offset, town.token)


@cache
def established() -> Kept:
    """Return a town whose administrators have set the repository up; they did so once."""
    return kept(Town.init)
