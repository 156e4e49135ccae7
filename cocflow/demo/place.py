"""The place: a sandbox on which a community is installed, everybody's own client, and the runs of Actions.

Owns all that is done to the sandbox, over HTTP only: its clock, the schedule, and the mail that arrives.
People act with a token of their own; the engine answers with the token of each vault's job, and in rooms
with the App's. Refuses to know a story.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import github
import msgspec
import requests
from github.Repository import Repository

from cocflow import bootstrap
from cocflow.adapters.maildir import MaildirMailbox
from cocflow.core.forms.template import fill_template
from cocflow.demo.story import (
    APP,
    APPEALS,
    GUEST,
    KEEPER,
    MAIL_SERVER,
    MEMBER,
    ORGANIZATION,
    OTHERS,
    PEOPLE,
    REPOSITORY,
    SECOND,
    START,
    TEMPLATE,
    configurations,
)
from cocflow.run.desk import Desk
from cocflow.run.sweep import handle, sweep
from cocflow.sandbox import Clock, Sandbox
from cocflow.setup import shipped
from cocflow.setup.install import Installation, form_values
from cocflow.setup.job import within
from cocflow.setup.labels import labels_of
from cocflow.setup.rooms import CHOOSER, FORM, KEY, PERMISSIONS, set_up_template, template_files

_Connection = TypeVar("_Connection", github.Github, requests.Session)

FORMS = Path(".github") / "ISSUE_TEMPLATE"


class Place:
    """A sandbox on a clock that stands still, with the story's community installed.

    `own`: files of the community's own, by their paths, as processes that it has reshaped.
    `folder` gets `repository/` and `second/` (the vaults' files), `outbox/` and `mailbox/` (Maildirs).
    `keep`: also `github.db`, the sandbox's database, and for each person `as/<login>`, a configuration of
    curl that holds their token; otherwise both are forgotten.
    """

    def __init__(self, folder: Path, *, keep: bool = False, own: Mapping[Path, str] | None = None) -> None:
        self._folder = folder
        self._own = own or {}
        self._letters = count(1)
        with ExitStack() as exits:
            db = folder / "github.db" if keep else None
            self._sandbox = exits.enter_context(Sandbox(db, clock=Clock(START, frozen=True)))
            self._exits = exits
            self._control = self._closing(requests.Session())
            self.tokens = self._gather()
            self._clients = {login: self._client(token) for login, token in self.tokens.items()}
            if keep:
                self._keep()
            self.desks = self._install(self.tokens[KEEPER])
            self._post("clock", set=START)
            self._event: int = max((event["seq"] for event in self._get("events")), default=0)
            self._exits = exits.pop_all()

    def __enter__(self) -> Place:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    @property
    def url(self) -> str:
        """Return where the sandbox's API answers."""
        return self._sandbox.url

    @property
    def outbox(self) -> Path:
        """Return the Maildir with all that was sent."""
        return self._folder / "outbox"

    @property
    def _mailbox(self) -> Path:
        return self._folder / "mailbox"

    def client(self, login: str) -> github.Github:
        """Return somebody's own client of the sandbox."""
        return self._clients[login]

    def let_in(self, repository: str, login: str, permission: str) -> None:
        """Let somebody into a repository, without asking anybody."""
        self._post("collaborators", repository=repository, login=login, permission=permission)

    # --- setting it up -------------------------------------------------------------------------------

    def _gather(self) -> dict[str, str]:
        """Create the organization, its vaults and everybody with an account; return their tokens."""
        self._post("users", login=ORGANIZATION, kind="Organization", base_permission="none")
        tokens: dict[str, str] = {}
        for login in (*PEOPLE, *OTHERS, MEMBER):
            self._post("users", login=login, org=ORGANIZATION)
        self._post("users", login=KEEPER, org=ORGANIZATION, role="admin")
        self._post("users", login=GUEST)
        for name, people in ((REPOSITORY, PEOPLE), (SECOND, dict.fromkeys(OTHERS, "triage"))):
            self._post("repos", full_name=name, visibility="private", labels=False)
            for login, permission in people.items():
                self.let_in(name, login, permission)
        for login in (*PEOPLE, *OTHERS, GUEST, KEEPER, MEMBER):
            tokens[login] = self._post("tokens", login=login)["token"]
        return tokens

    def _client(self, token: str) -> github.Github:
        # Without its pauses between requests: they are a kindness to GitHub, and nobody's here.
        client = github.Github(
            auth=github.Auth.Token(token),
            base_url=self._sandbox.url,
            lazy=True,
            retry=0,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        return self._closing(client)

    def _keep(self) -> None:
        (self._folder / "as").mkdir()
        for login, token in self.tokens.items():
            config = self._folder / "as" / login
            config.touch(mode=0o600)
            config.write_text(f'header = "Authorization: Bearer {token}"\n', encoding="utf-8")

    def _install(self, token: str) -> dict[str, Desk]:
        """Register the App and set up both vaults and the template, as their keeper; return the desks."""
        app = self._post("apps", name=APP, organization=ORGANIZATION, permissions=PERMISSIONS)
        desks: dict[str, Desk] = {}
        texts = configurations(app["id"])
        self._key: str = app["pem"]
        for name, folder in ((REPOSITORY, "repository"), (SECOND, "second")):
            desks[name] = self._install_vault(name, self._folder / folder, texts[name])
        self._make_template(desks[REPOSITORY], token)
        self._post("installations", app=app["id"], repositories=[TEMPLATE])
        box = MaildirMailbox(self._mailbox, address=APPEALS, authserv_id=MAIL_SERVER)
        return desks | {REPOSITORY: msgspec.structs.replace(desks[REPOSITORY], mailbox=box)}

    def _install_vault(self, name: str, checkout: Path, configuration: str) -> Desk:
        """Commit configuration and forms, make the labels, and return the engine's desk."""
        vault = self._clients[KEEPER].get_repo(name)
        files = {bootstrap.CONFIGURATION: configuration, **self._own}
        self._commit(vault, checkout, files)
        values = form_values(self._open_desk(name, checkout).community)
        forms = {FORMS / form.name: form for form in sorted(shipped.issue_forms().glob("*.yml"))}
        texts = {path: form.read_text(encoding="utf-8") for path, form in forms.items() if path not in files}
        self._commit(vault, checkout, {path: fill_template(text, values) for path, text in texts.items()})
        desk = self._open_desk(name, checkout)
        for label in labels_of([one.process for one in desk.definitions.values()]):
            vault.create_label(label.name, label.color, label.description)
        return desk

    def _commit(self, vault: Repository, checkout: Path, files: Mapping[Path, str]) -> None:
        for path, text in files.items():
            vault.create_file(path.as_posix(), f"Add {path.name}", text)
            (checkout / path).parent.mkdir(parents=True, exist_ok=True)
            (checkout / path).write_text(text, encoding="utf-8")

    def _open_desk(self, name: str, checkout: Path) -> Desk:
        job: str = self._post("tokens", repository=name)["token"]
        return bootstrap.desk(checkout, name, job, self._sandbox.url, self.outbox)

    def _make_template(self, desk: Desk, token: str) -> None:
        """Make what rooms are made from, as `cocflow rooms init` does."""
        form, chooser, readme = (
            (shipped.root() / path).read_text(encoding="utf-8")
            for path in (FORM, CHOOSER, "templates/room/README.md")
        )
        wanted = template_files(desk.community, form, chooser, readme, within(timedelta(hours=1)))
        premises = bootstrap.premises(TEMPLATE, token, self._sandbox.url)
        set_up_template(Installation(lambda line: None), premises, wanted)

    # --- time, mail, and what GitHub Actions does ----------------------------------------------------

    def now(self) -> str:
        """Return the sandbox's time, in ISO 8601."""
        now: str = self._get("clock")["now"]
        return now

    def advance(self, seconds: int) -> None:
        """Let time pass; nothing starts by that alone."""
        self._post("clock", advance=seconds)

    def schedule(self) -> None:
        """Let the schedule start a sweep in each vault."""
        for vault in (REPOSITORY, SECOND):
            self._post("schedule", repository=vault)

    def receive(self, sender: str, text: str, to: str, subject: str = "Hello") -> None:
        """Let a mail arrive now, vouched for by the server that received it."""
        mail = EmailMessage()
        mail["Authentication-Results"] = f"{MAIL_SERVER}; dmarc=pass header.from={sender.partition('@')[2]}"
        mail["From"], mail["To"], mail["Subject"] = sender, to, subject
        mail["Message-ID"] = f"<{next(self._letters)}@example.org>"
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
                if event["starts_run"] and event["repository"] in self.desks:
                    job = sweep if event["event"] == "schedule" else handle
                    complete = job(self._for_a_run(event["repository"])).complete and complete
        return complete

    def _for_a_run(self, vault: str) -> Desk:
        """Return a vault's desk with rooms of its own: no run uses another one's tokens."""
        desk = self.desks[vault]
        rooms = bootstrap.rooms(desk.community, {KEY: self._key}, self._sandbox.url)
        return msgspec.structs.replace(desk, rooms=rooms)

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
