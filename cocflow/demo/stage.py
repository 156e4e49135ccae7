"""The stage: a sandbox with the community installed, everybody's own client, and the runs of Actions.

Owns all that is done to the sandbox, over HTTP only. People act through unmodified PyGithub, each with
their own token; the engine answers with the token of each vault's job, and in rooms with the App's. Refuses
to judge what comes of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

import github
import msgspec
import requests
from github.Repository import Repository

from cocflow import bootstrap
from cocflow.adapters.maildir import MaildirMailbox
from cocflow.core.acts.guest import LOGIN
from cocflow.core.case.facts import sha256
from cocflow.core.forms.form import Answers
from cocflow.core.forms.template import fill_template
from cocflow.core.forms.writing import write
from cocflow.core.process import ROOM, STATE_PREFIX
from cocflow.demo.news import News, Newspaper
from cocflow.demo.script import Accept, Act, AddLabel, Deed, File, Look, Mail, OpenRoom, Press, Wait, Write
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
    PUBLISHED,
    REPORTS,
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

_READABLE = """
query ($login: String!) {
  organization(login: $login) {
    repositories(first: 100) {
      nodes { nameWithOwner issues(first: 100) { nodes { number title } } }
    }
  }
}
"""


class Listing(msgspec.Struct, frozen=True):
    """A repository that somebody can read: its name, and the number and title of each issue in it."""

    name: str
    issues: tuple[tuple[int, str], ...]


class Shown(msgspec.Struct, frozen=True):
    """How an issue stands: its labels of states, and whether it is open."""

    states: tuple[str, ...]
    is_open: bool


class Stage:
    """A sandbox on a clock that stands still, with the story's community installed.

    `own`: files of the community's own, by their paths, as processes that it has reshaped.
    `folder` gets `repository/` and `second/` (the vaults' files), `outbox/` and `mailbox/` (Maildirs).
    `keep`: also `github.db`, the sandbox's database, and for each person `as/<login>`, a configuration of
    curl that holds their token; otherwise both are forgotten.
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
            self._clients = {login: self._client(token) for login, token in tokens.items()}
            self._vaults = (
                self._clients[PUBLISHED[0]].get_repo(REPOSITORY),
                self._clients[OTHERS[0]].get_repo(SECOND),
            )
            self._rooms: dict[str, Repository] = {}
            if keep:
                self._keep(tokens)
            self._desks = self._install(tokens[KEEPER])
            self._desk = self._desks[REPOSITORY]
            logins = frozenset((*PEOPLE, *OTHERS))
            guests = {GUEST: self._clients[GUEST]}
            self._newspaper = Newspaper(self._vaults, self._outbox, logins, guests)
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
                self._post("collaborators", repository=name, login=login, permission=permission)
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

    def _keep(self, tokens: dict[str, str]) -> None:
        (self._folder / "as").mkdir()
        for login, token in tokens.items():
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
        return bootstrap.desk(checkout, name, job, self._sandbox.url, self._outbox)

    def _make_template(self, desk: Desk, token: str) -> None:
        """Make what rooms are made from, as `cocflow rooms init` does."""
        form, chooser, readme = (
            (shipped.root() / path).read_text(encoding="utf-8")
            for path in (FORM, CHOOSER, "templates/room/README.md")
        )
        wanted = template_files(desk.community, form, chooser, readme, within(timedelta(hours=1)))
        premises = bootstrap.premises(TEMPLATE, token, self._sandbox.url)
        set_up_template(Installation(lambda line: None), premises, wanted)

    # --- what people do, and what GitHub Actions does ------------------------------------------------

    def perform(self, who: str, deed: Deed, vault: int, number: int, *, in_room: bool = False) -> int:
        """Do what somebody does to the incident of that number; return its number, a new one if it opens one.

        Raises GithubException where GitHub refuses it.
        """
        match deed:
            case Accept():
                self._accept(who)
            case Mail(sender, text, reports):
                self._send(sender, text, REPORTS if reports else self._newspaper.answers_to(sender))
            case Wait(hours):
                self._post("clock", advance=hours * 3600)
            case Look():
                return number
            case _ if in_room:
                self._do(deed, self._rooms[who], 1)
            case _:
                name = self._vaults[vault - 1].full_name
                return self._do(deed, self._clients[who].get_repo(name), number)
        opens = isinstance(deed, File) or (isinstance(deed, Mail) and not number)
        number = self._next(vault) if opens else number
        self._sweep()
        return number

    def _do(self, deed: Act, repository: Repository, number: int) -> int:
        """Do what is done to an issue of a repository; return the number of the issue."""
        match deed:
            case File(answers):
                body = write(self._desk.definitions["incident"].form, Answers(answers))
                return repository.create_issue("Incident", body).number
            case OpenRoom(login):
                body = write(self._desk.definitions[ROOM].form, Answers({LOGIN: login}))
                return repository.create_issue("Room", body, labels=[str(ROOM)]).number
            case Write(text):
                repository.get_issue(number).create_comment(text)
            case AddLabel(label):
                repository.get_issue(number).add_to_labels(label)
            case Press(button):
                repository.get_issue(number).edit(state="closed" if button == "Close" else "open")
        return number

    def _accept(self, who: str) -> None:
        """Accept what somebody is invited to, which is a room."""
        user = self._clients[who].get_user()
        for invitation in user.get_invitations():
            room = self._clients[who].get_repo(invitation.repository.full_name)
            user.accept_invitation(invitation)
            self._rooms[who] = room
            self._newspaper.follow(who, room)

    def _next(self, vault: int) -> int:
        """Return the number of the next issue of a vault."""
        newest = next(iter(self._vaults[vault - 1].get_issues(state="all")), None)
        return newest.number + 1 if newest is not None else 1

    def _sweep(self) -> None:
        """Let the schedule start a sweep in each vault."""
        for vault in self._vaults:
            self._post("schedule", repository=vault.full_name)

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
                if event["starts_run"] and event["repository"] in self._desks:
                    job = sweep if event["event"] == "schedule" else handle
                    complete = job(self._for_a_run(event["repository"])).complete and complete
        return complete

    def _for_a_run(self, vault: str) -> Desk:
        """Return a vault's desk with rooms of its own: no run uses another one's tokens."""
        desk = self._desks[vault]
        rooms = bootstrap.rooms(desk.community, {KEY: self._key}, self._sandbox.url)
        return msgspec.structs.replace(desk, rooms=rooms)

    # --- what can be seen ----------------------------------------------------------------------------

    def now(self) -> str:
        """Return the sandbox's time, in ISO 8601."""
        now: str = self._get("clock")["now"]
        return now

    def standing(self, vault: int, number: int) -> Shown:
        """Look at an issue as an administrator sees it."""
        issue = self._vaults[vault - 1].get_issue(number)
        names = sorted(label.name for label in issue.labels)
        states = tuple(name for name in names if name.startswith(STATE_PREFIX))
        return Shown(states, issue.state == "open")

    def suspension(self, vault: int, incident: int, which: int) -> int:
        """Return the number of one of an incident's suspensions, the first one opened being 1."""
        children = self._vaults[vault - 1].get_issue(incident).get_sub_issues()
        return sorted(one.number for one in children)[which - 1]

    def news(self) -> News:
        """Look at what came since the last look, in all incidents, in rooms and in the outbox."""
        return self._newspaper.news()

    def listing(self, who: str) -> tuple[Listing, ...]:
        """Return all that somebody can read of the organization: what they are shown, and what they try."""
        shown = self._shown(who)
        names = {one.name for one in shown}
        tried = [self._tried(who, one.name) for one in self._shown(KEEPER) if one.name not in names]
        return tuple(sorted((*shown, *filter(None, tried)), key=lambda one: one.name))

    def _shown(self, who: str) -> list[Listing]:
        requester = self._clients[who].requester
        _, found = requester.graphql_query(_READABLE, {"login": ORGANIZATION})
        return [
            Listing(
                one["nameWithOwner"],
                tuple(sorted((issue["number"], issue["title"]) for issue in one["issues"]["nodes"])),
            )
            for one in found["data"]["organization"]["repositories"]["nodes"]
        ]

    def _tried(self, who: str, name: str) -> Listing | None:
        """Return a repository whose issues somebody can list though they aren't shown it; None for none."""
        try:
            issues = self._clients[who].get_repo(name).get_issues(state="all")
            return Listing(name, tuple(sorted((one.number, one.title) for one in issues)))
        except github.UnknownObjectException:
            return None

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
