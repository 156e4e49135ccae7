"""The stage: a sandbox with the community installed, everybody's own client, and the runs of Actions.

Owns all that is done to the sandbox, over HTTP only. People act through unmodified PyGithub, each with
their own token; the engine answers with the job's. Refuses to judge what comes of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import github
import msgspec
import requests
from github.Issue import Issue
from github.Repository import Repository

from cocflow import bootstrap
from cocflow.adapters.maildir import MaildirMailbox
from cocflow.core.case.facts import sha256
from cocflow.core.forms.form import Answers
from cocflow.core.forms.template import fill_template
from cocflow.core.forms.writing import write
from cocflow.core.process import STATE_PREFIX
from cocflow.demo.news import News, Newspaper
from cocflow.demo.script import AddLabel, Deed, File, Mail, Press, Wait, Write
from cocflow.demo.story import (
    ADMINISTRATORS,
    APPEALS,
    CONFIGURATION,
    FORM_NAMES,
    MAIL_SERVER,
    PEOPLE,
    REPORTS,
    REPOSITORY,
    START,
)
from cocflow.run.desk import Desk
from cocflow.run.sweep import handle, sweep
from cocflow.sandbox import Clock, Sandbox
from cocflow.setup import shipped
from cocflow.setup.labels import labels_of

_Connection = TypeVar("_Connection", github.Github, requests.Session)

FORMS = Path(".github") / "ISSUE_TEMPLATE"


class Shown(msgspec.Struct, frozen=True):
    """How an issue stands: its labels of states, and whether it is open."""

    states: tuple[str, ...]
    is_open: bool


class Stage:
    """A sandbox on a clock that stands still, with the story's community installed.

    `own`: files of the community's own, by their paths, as processes that it has reshaped.
    `folder` gets `repository/` (the community's files), `outbox/` and `mailbox/` (Maildirs). `keep`: also
    `github.db`, the sandbox's database, and for each person `as/<login>`, a configuration of curl
    that holds their token; otherwise both are forgotten.
    """

    def __init__(self, folder: Path, *, keep: bool = False, own: Mapping[Path, str] | None = None) -> None:
        self._folder = folder
        self._own = own or {}
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

    @property
    def _mailbox(self) -> Path:
        return self._folder / "mailbox"

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
        files |= self._own
        checkout = self._folder / "repository"
        for path, text in files.items():
            self._administrator.create_file(path.as_posix(), f"Add {path.name}", text)
            (checkout / path).parent.mkdir(parents=True, exist_ok=True)
            (checkout / path).write_text(text, encoding="utf-8")
        job: str = self._post("tokens", repository=REPOSITORY)["token"]
        desk = bootstrap.desk(checkout, REPOSITORY, job, self._sandbox.url, self._outbox)
        for label in labels_of([one.process for one in desk.definitions.values()]):
            self._administrator.create_label(label.name, label.color, label.description)
        box = MaildirMailbox(self._mailbox, address=APPEALS, authserv_id=MAIL_SERVER)
        return msgspec.structs.replace(desk, mailbox=box)

    # --- what people do, and what GitHub Actions does ------------------------------------------------

    def perform(self, who: str, deed: Deed, number: int) -> int:
        """Do what somebody does to the incident of that number; return its number, a new one if it opens one.

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
            case Mail(sender, text, reports):
                newest = self._administrator.get_issues(state="all")[0].number
                self._send(sender, text, REPORTS if reports else self._newspaper.answers_to(sender))
                self._post("schedule", repository=REPOSITORY)
                return number or newest + 1
            case Wait(hours):
                self._post("clock", advance=hours * 3600)
                self._post("schedule", repository=REPOSITORY)
        return number

    def _send(self, sender: str, text: str, to: str) -> None:
        """Let a mail arrive now, vouched for by the server that received it."""
        mail = EmailMessage()
        mail["Authentication-Results"] = f"{MAIL_SERVER}; dmarc=pass header.from={sender.partition('@')[2]}"
        mail["From"], mail["To"], mail["Subject"] = sender, to, "Hello"
        mail["Message-ID"] = f"<{sha256(text)[:20]}@example.org>"
        mail.set_content(text)
        now = datetime.fromisoformat(self.now()).timestamp()
        path = self._mailbox / "new" / mail["Message-ID"].strip("<>")
        path.write_bytes(mail.as_bytes())
        os.utime(path, (now, now))

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

    def standing(self, number: int) -> Shown:
        """Look at an issue as an administrator sees it."""
        issue = self._administrator.get_issue(number)
        names = sorted(label.name for label in issue.labels)
        states = tuple(name for name in names if name.startswith(STATE_PREFIX))
        return Shown(states, issue.state == "open")

    def suspension(self, incident: int, which: int) -> int:
        """Return the number of one of an incident's suspensions, the first one opened being 1."""
        return sorted(one.number for one in self._incident(ADMINISTRATORS[0], incident).get_sub_issues())[
            which - 1
        ]

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
