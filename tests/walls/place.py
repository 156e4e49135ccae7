"""An organization on the sandbox with two vaults, their rooms and an App, and everybody who may want to read.

Runs are those of the jobs, over the real adapters; only mails are kept in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import requests

from cocflow import bootstrap
from cocflow.adapters.app import SETTING, App
from cocflow.adapters.github import GitHubTracker
from cocflow.adapters.rooms import GitHubRooms
from cocflow.core.acts.guest import LOGIN
from cocflow.core.case.facts import sha256
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import ROOM
from cocflow.ports import Rooms
from cocflow.run.desk import Desk
from cocflow.run.rota import Turns
from cocflow.run.sweep import Run, sweep
from cocflow.sandbox import Clock, Sandbox
from docs.walls import EVERYWHERE, Place, Reader
from tests.core import play
from tests.fakes import FakeMailbox, FakeNotifier

ORGANIZATION = "acme"
FIRST, SECOND, TEMPLATE = "acme/conduct", "acme/conduct-second", "acme/template"
GRANTED = {"administration": "write", "issues": "write", "contents": "read", "metadata": "read"}
START = "2026-01-05T09:00:00Z"
DAY = 24 * 3600

LOGINS: dict[Reader, str] = {
    "reporter": "riya",
    "party": "paula",
    "other": "robin",
    "crossing": "tess",
    "member": "max",
    "onlooker": "olaf",
    "deciding": "ada",
    "recused": "ben",
    "concerned": "cleo",
    "second": "dora",
    "keeper": "kim",
    "stranger": "zoe",
}
"""The readers who are people. Ben is no member of the organization, so he has to accept each invitation."""
ADMINISTRATORS = """\
administrators:
  - {login: ada, name: Ada Zqadax7, mail: ada@example.org}
  - {login: ben, name: Ben Zqbenx7}
  - {login: cleo, name: Cleo Zqcleox7}
"""
OTHERS = """\
administrators:
  - {login: dora, name: Dora Zqdorax7}
"""
COMMON = """\
community: The Example Community
code_of_conduct: https://example.org/code-of-conduct
time_zone: UTC
reports: reports@example.org
appeals: appeals@example.org
outside_contact: council@example.org
"""
ROUTES = ("", "/issues?state=all", "/issues/comments", "/labels", "/contents/README.md")
"""What a repository shows to whoever may read it, and to nobody else."""


def query(repositories: Iterable[str]) -> str:
    """Return what asks GraphQL for all of them, in turn as `r0`, `r1`, …"""
    asked = (
        f'r{one}: repository(owner: "{name.partition("/")[0]}", name: "{name.partition("/")[2]}")'
        " { name description issues(first: 5) { nodes { number body } } }"
        for one, name in enumerate(repositories)
    )
    return f"{{ {' '.join(asked)} }}"


def configuration(own: str) -> str:
    """Return the configuration of one of the vaults."""
    rosters = {FIRST: ADMINISTRATORS, SECOND: OTHERS}
    vaults = "vaults:\n"
    for repository, roster in rosters.items():
        vaults += f"  - repository: {repository}\n"
        vaults += "" if repository == own else "".join(f"    {line}\n" for line in roster.splitlines())
    return COMMON + rosters[own] + vaults


class Setting:
    """The organization and its people; `rooms` makes what a run has for rooms out of the right ones."""

    def __init__(
        self, sandbox: Sandbox, folder: Path, rooms: Callable[[Rooms], Rooms] = lambda rooms: rooms
    ) -> None:
        self.sandbox, self.store, self._folder, self.wrapped = sandbox, sandbox.store, folder, rooms
        self._session, self._made = requests.Session(), dict[str, Desk]()
        self._apps: dict[str, App] = {}
        self._session.trust_env = False  # nothing of the machine's is asked for at each request
        store = self.store
        members = dict.fromkeys(("max", "ada", "cleo", "dora"), "member") | {"kim": "admin"}
        store.add_org(ORGANIZATION, members=members, base_permission="none", two_factor=True)
        for login in LOGINS.values():
            store.add_user(login)
        for name in (FIRST, SECOND, TEMPLATE):
            store.add_repo(name)
            store.put_file(name, "README.md", "A page.")
        for login in ("ada", "ben", "cleo"):
            store.set_permission(FIRST, login, "triage")
        store.set_permission(FIRST, "olaf", "triage")
        store.set_permission(SECOND, "dora", "triage")
        scopes = ("repo", "read:org", "workflow", "admin:org", "delete_repo")
        self.tokens: dict[str, str] = {login: store.add_token(login, scopes) for login in LOGINS.values()}
        self.send("kim", "PATCH", f"/repos/{TEMPLATE}", {"is_template": True})
        self.app = store.apps.register("Rooms of acme", ORGANIZATION, GRANTED)
        self._installed = store.apps.install(self.app.id, [TEMPLATE])
        for name in (FIRST, SECOND):
            store.add_bot("github-actions[bot]")
            store.set_permission(name, "github-actions[bot]", "write")
            self._configure(name)
        self.mailbox, self.notifier = FakeMailbox(), FakeNotifier()
        self.rooms: dict[Place, str] = {}
        self.vaults: Mapping[str, Callable[[Desk], Desk]] = {FIRST: _as_it_is, SECOND: _as_it_is}

    def _configure(self, name: str) -> None:
        folder = self._folder / name / ".github"
        folder.mkdir(parents=True)
        rooms = f"rooms: {{organization: {ORGANIZATION}, app: {self.app.id}, template: template}}\n"
        (folder / "cocflow.yml").write_text(configuration(name) + rooms, "utf-8")

    # --- HTTP ---

    def send(self, who: str, method: str, path: str, body: Any = None) -> requests.Response:
        """Send a request as somebody."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return self._session.request(method, self.sandbox.url + path, json=body, headers=headers, timeout=30)

    def does(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Let somebody do what GitHub lets them; return its answer."""
        answer = self.send(who, method, path, body)
        assert answer.ok, (who, method, path, answer.status_code)
        return answer.json() if answer.content else None

    def repository(self, place: Place) -> str:
        """Return the name of a repository, `owner/name`; one that nobody has made has another name."""
        fixed: dict[Place, str] = {"first vault": FIRST, "second vault": SECOND, "template": TEMPLATE}
        return fixed.get(place) or f"{ORGANIZATION}/{self.rooms.get(place, 'room-not-made')}"

    def read_by(self, who: Reader) -> frozenset[Place]:
        """Return what somebody reads, by REST and by GraphQL, each repository wholly or not at all."""
        self.tokens |= {"app": self.store.apps.token(self._installed), "jobs": self.store.job_token(FIRST)}
        login, names = LOGINS.get(who, who), {place: self.repository(place) for place in EVERYWHERE}
        asked = self.send(login, "POST", "/graphql", {"query": query(names.values())}).json()
        shown = asked.get("data") or {}
        by_graphql = {place for one, place in enumerate(names) if shown.get(f"r{one}") is not None}
        for place, repository in names.items():
            by_rest = {self.send(login, "GET", f"/repos/{repository}{route}").status_code for route in ROUTES}
            assert by_rest == ({200} if place in by_graphql else {404}), f"{who} in {place}: {by_rest}"
        return frozenset(by_graphql)

    # --- what people do ---

    def files(self, who: str, repository: str, body: str) -> int:
        """Let somebody file a form, and whose jobs it starts run; return its number."""
        made = self.does(who, "POST", f"/repos/{repository}/issues", {"title": "Form", "body": body})
        self.run(repository)
        return int(made["number"])

    def says(self, who: str, repository: str, number: int, *texts: str) -> None:
        """Let somebody comment, and whose jobs it starts run after each."""
        for text in texts:
            self.does(who, "POST", f"/repos/{repository}/issues/{number}/comments", {"body": text})
            self.run(repository)

    def labels(self, who: str, repository: str, number: int, label: str) -> None:
        """Let somebody put a label on, and whose jobs it starts run."""
        self.does(who, "POST", f"/repos/{repository}/issues/{number}/labels", {"labels": [label]})
        self.run(repository)

    def sends(self, who: str, repository: str, number: int, text: str) -> None:
        """Let an administrator have words drafted, shown and sent."""
        self.says(who, repository, number, text)
        self.labels(who, repository, number, play.APPROVE)

    def comes_in(self, who: str) -> None:
        """Let somebody accept all that they are invited to, and every vault's job run."""
        for one in self.does(who, "GET", "/user/repository_invitations"):
            self.send(who, "PATCH", f"/user/repository_invitations/{one['id']}")
        self.run()

    def asks_for_room(self, who: str, repository: str, login: str, above: int | None = None) -> int:
        """Let somebody file the form for a room, as a sub-issue of an issue, if any; return its number."""
        body = write(play.room_definition().form, Answers({LOGIN: login}))
        sent = {"title": "Room", "body": body, "labels": [ROOM]}
        made = self.does(who, "POST", f"/repos/{repository}/issues", sent)
        if above is not None:
            path = f"/repos/{repository}/issues/{above}/sub_issues"
            self.does(who, "POST", path, {"sub_issue_id": made["id"]})
        self.run(repository)
        return int(made["number"])

    def room_of(self, who: str) -> str:
        """Return the name of the newest room that somebody is in or invited to."""
        with self.store.read() as db:
            rows = db.execute("SELECT name FROM repository WHERE name LIKE 'room-%' ORDER BY id DESC")
            names = [str(row["name"]) for row in rows]
        return next(name for name in names if who in self._people(name))

    def _people(self, name: str) -> set[str]:
        root = f"/repos/{ORGANIZATION}/{name}"
        inside = self.does("kim", "GET", f"{root}/collaborators?affiliation=direct")
        invited = self.does("kim", "GET", f"{root}/invitations")
        return {one["login"] for one in (*inside, *(one["invitee"] for one in invited))}

    def passes(self, seconds: int) -> None:
        """Let time pass, and every vault's job run."""
        self.store.clock.advance(seconds)
        self._apps.clear()  # the tokens that they keep last for an hour
        self.run()

    @property
    def now(self) -> datetime:
        """GitHub's time."""
        return datetime.fromtimestamp(self.store.clock.now(), UTC)

    # --- what the jobs do ---

    def desk(self, vault: str) -> Desk:
        """Return the desk of a new run of a vault."""
        token, url = self.store.job_token(vault), self.sandbox.url
        if vault not in self._made:  # its files are read once: they stay the same
            settings = {SETTING: self.app.pem, "COCFLOW_LEDGER_KEY": sha256(vault)}
            self._made[vault] = bootstrap.desk(self._folder / vault, vault, token, url, settings=settings)
        made = self._made[vault]
        assert made.community.rooms is not None
        if vault not in self._apps:  # reading its key takes longest
            self._apps[vault] = App(made.community.rooms, self.app.pem, url)
        ours = msgspec.structs.replace(
            made,
            tracker=GitHubTracker(vault, token, url),
            rooms=self.wrapped(GitHubRooms(made.community.rooms, self._apps[vault], url)),
            rota=Turns(),
            mailbox=self.mailbox,
            notifier=self.notifier,
        )
        return self.vaults[vault](ours)

    def run(self, repository: str | None = None) -> list[Run]:
        """Let the job of a vault, or of each, run twice: what one decides, the next one tells.

        An event in a vault starts its own job; what happens elsewhere every vault's job looks for.
        """
        vaults = (repository,) if repository in self.vaults else self.vaults
        return [sweep(self.desk(vault)) for vault in vaults if vault for _ in range(2)]


def _as_it_is(desk: Desk) -> Desk:
    return desk


class Wrapped:
    """Something of which some methods are others."""

    def __init__(self, right: Any, **others: Callable[..., Any]) -> None:
        self._right, self._others = right, others

    def __getattr__(self, name: str) -> Any:
        return self._others.get(name) or getattr(self._right, name)


def sandbox() -> Sandbox:
    """Return a GitHub whose clock stands, but for a second a write."""
    return Sandbox(clock=Clock(START, frozen=True))
