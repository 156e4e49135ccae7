"""The stage: a sandbox with the community installed, everybody's own client, and the runs of Actions.

Owns all that is done to the sandbox, over HTTP only. People act through unmodified PyGithub, each with
their own token; the engine answers with the job's. Refuses to judge what comes of it.
"""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import github
import msgspec
import requests
from github.Issue import Issue
from github.Repository import Repository

from cocflow import bootstrap, shipped
from cocflow.core.form import Answers, fill_template, write
from cocflow.demo.news import News, Newspaper
from cocflow.demo.script import AddLabel, Deed, File, Press, Wait, Write
from cocflow.demo.story import ADMINISTRATORS, CONFIGURATION, FORM_NAMES, PEOPLE, REPOSITORY, START
from cocflow.enforce import Desk
from cocflow.sandbox import Clock, Sandbox
from cocflow.sweep import handle, sweep

_Connection = TypeVar("_Connection", github.Github, requests.Session)

FORMS = Path(".github") / "ISSUE_TEMPLATE"
QUICK_LABEL_COLOR = "c5def5"


class Standing(msgspec.Struct, frozen=True):
    """How an incident stands: its labels, and whether it is open."""

    labels: tuple[str, ...]
    is_open: bool


class Stage:
    """A sandbox on a clock that stands still, with the story's community installed.

    `folder` gets `repository/` (the community's files) and `outbox/` (a Maildir). `keep`: also
    `github.db`, the sandbox's database, and for each person `as/<login>`, a configuration of curl
    that holds their token; otherwise both are forgotten.
    """

    def __init__(self, folder: Path, *, keep: bool = False) -> None:
        self._folder = folder
        with ExitStack() as exits:
            db = folder / "github.db" if keep else None
            self._sandbox = exits.enter_context(Sandbox(db, clock=Clock(START, frozen=True)))
            self._exits = exits
            self._control = self._closing(requests.Session())
            tokens = self._gather()
            self._people = {login: self._repository(token) for login, token in tokens.items()}
            self._administrator = self._people[ADMINISTRATORS[0]]
            if keep:
                self._keep(tokens)
            self._desk = self._install()
            self._newspaper = Newspaper(self._administrator, self._outbox, frozenset(PEOPLE))
            self._post("clock", set=START)
            self._event: int = max((event["seq"] for event in self._get("events")), default=0)
            self._exits = exits.pop_all()

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    # --- setting it up -------------------------------------------------------------------------------

    @property
    def _outbox(self) -> Path:
        return self._folder / "outbox"

    def _gather(self) -> dict[str, str]:
        """Create the private repository and everybody who can see it; return their tokens."""
        self._post("repos", full_name=REPOSITORY, visibility="private", labels=False)
        tokens: dict[str, str] = {}
        for login, permission in PEOPLE.items():
            self._post("users", login=login)
            self._post("collaborators", repository=REPOSITORY, login=login, permission=permission)
            tokens[login] = self._post("tokens", login=login)["token"]
        return tokens

    def _repository(self, token: str) -> Repository:
        # Without its pauses between requests: they are a kindness to GitHub, and nobody's here.
        client = github.Github(
            auth=github.Auth.Token(token),
            base_url=self._sandbox.url,
            lazy=True,
            retry=0,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        return self._closing(client).get_repo(REPOSITORY)

    def _keep(self, tokens: dict[str, str]) -> None:
        (self._folder / "as").mkdir()
        for login, token in tokens.items():
            config = self._folder / "as" / login
            config.touch(mode=0o600)
            config.write_text(f'header = "Authorization: Bearer {token}"\n', encoding="utf-8")

    def _install(self) -> Desk:
        """Commit configuration and form, make the labels, and return the engine's desk."""
        files = {bootstrap.CONFIGURATION: CONFIGURATION}
        for form in sorted(shipped.issue_forms().glob("*.yml")):
            files[FORMS / form.name] = fill_template(form.read_text(encoding="utf-8"), FORM_NAMES)
        checkout = self._folder / "repository"
        for path, text in files.items():
            self._administrator.create_file(path.as_posix(), f"Add {path.name}", text)
            (checkout / path).parent.mkdir(parents=True, exist_ok=True)
            (checkout / path).write_text(text, encoding="utf-8")
        job: str = self._post("tokens", repository=REPOSITORY)["token"]
        desk = bootstrap.desk(checkout, REPOSITORY, job, self._sandbox.url, self._outbox)
        process = desk.definitions["incident"].process
        for state in process.states:
            self._administrator.create_label(state.label, state.color, state.means)
        for label in process.quick_labels():
            self._administrator.create_label(label, QUICK_LABEL_COLOR)
        return desk

    # --- what people do, and what GitHub Actions does ------------------------------------------------

    def perform(self, who: str, deed: Deed, number: int) -> int:
        """Do what somebody does to the incident of that number; return its number, a new one for `File`.

        Raises GithubException where GitHub refuses it.
        """
        match deed:
            case File(answers):
                body = write(self._desk.definitions["incident"].form, Answers(answers))
                return self._people[who].create_issue("Incident", body).number
            case Write(text):
                self._incident(who, number).create_comment(text)
            case AddLabel(label):
                self._incident(who, number).add_to_labels(label)
            case Press(button):
                self._incident(who, number).edit(state="closed" if button == "Close" else "open")
            case Wait(hours):
                self._post("clock", advance=hours * 3600)
                self._post("schedule", repository=REPOSITORY)
        return number

    def run(self) -> bool:
        """Start the runs that Actions would: one for each event that starts one, until none is left.

        Returns whether each did all that there was to do.
        """
        complete = True
        while events := self._get(f"events?after={self._event}"):
            self._event = events[-1]["seq"]
            for event in events:
                if event["starts_run"]:
                    job = sweep if event["event"] == "schedule" else handle
                    complete = job(self._desk).complete and complete
        return complete

    # --- what can be seen ----------------------------------------------------------------------------

    def now(self) -> str:
        """Return the sandbox's time, in ISO 8601."""
        now: str = self._get("clock")["now"]
        return now

    def standing(self, number: int) -> Standing:
        """Look at an incident as an administrator sees it."""
        issue = self._administrator.get_issue(number)
        return Standing(tuple(sorted(label.name for label in issue.labels)), issue.state == "open")

    def news(self) -> News:
        """Look at what came since the last look, in all incidents and in the outbox."""
        return self._newspaper.news()

    def _incident(self, who: str, number: int) -> Issue:
        return self._people[who].get_issue(number)

    # --- the sandbox's own routes --------------------------------------------------------------------

    def _get(self, route: str) -> Any:
        return _content(self._control.get(f"{self._sandbox.url}/_sandbox/{route}", timeout=30))

    def _post(self, route: str, **body: object) -> Any:
        return _content(self._control.post(f"{self._sandbox.url}/_sandbox/{route}", json=body, timeout=30))

    def _closing(self, connection: _Connection) -> _Connection:
        self._exits.callback(connection.close)
        return connection


def _content(response: requests.Response) -> Any:
    response.raise_for_status()
    return response.json() if response.content else None
