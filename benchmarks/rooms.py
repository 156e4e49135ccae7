"""Rows about rooms: what a run asks of GitHub about them, in the vault and there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import requests

from benchmarks.table import Row
from benchmarks.world import ADMINISTRATOR, REPORTER, REPOSITORY, Asked, World, report
from cocflow import bootstrap
from cocflow.adapters.app import App
from cocflow.adapters.rooms import GitHubRooms
from cocflow.core.acts.guest import LOGIN
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.people.roster import RoomsSettings
from cocflow.core.process import ROOM
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run, handle, sweep

GROUP = "Rooms"
ORGANIZATION, TEMPLATE = "acme-rooms", "template"
GRANTED = {"administration": "write", "issues": "write", "contents": "read", "metadata": "read"}
MANY = 120

OPENING, REPORT, WORD = (4, 6), (6, 7), (3, 3)
"""What may be read and written to open a room, for a new report, and for a word of the guest's at most."""

LISTING, ANSWER = 1, 2
"""The reads by which any run looks at the vault; those, and the writes, of an answer in a room."""


class House:
    """A vault and its rooms on a sandbox, and the job's runs, in this process."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        store = self.world.store
        members = {"keeper": "admin", ADMINISTRATOR: "member", "ada": "member"}
        store.add_org(ORGANIZATION, members=members, actions="selected")
        store.add_repo(f"{ORGANIZATION}/{TEMPLATE}")
        self.tokens = {login: store.add_token(login) for login in ("keeper", REPORTER, ADMINISTRATOR)}
        self.send("keeper", "PATCH", f"/repos/{ORGANIZATION}/{TEMPLATE}", {"is_template": True})
        self._app = store.apps.register("Rooms", ORGANIZATION, GRANTED)
        installation = store.apps.install(self._app.id, [f"{ORGANIZATION}/{TEMPLATE}"])
        self._settings = RoomsSettings(
            organization=ORGANIZATION, app=self._app.id, template=TEMPLATE, installation=installation
        )
        self._job = store.job_token(REPOSITORY, {"issues": "write", "contents": "read"})

    def desk(self) -> Desk:
        """Return the desk of a new run."""
        url = self.world.sandbox.url
        made = bootstrap.desk(self.world.folder, REPOSITORY, self._job, url)
        community = msgspec.structs.replace(made.community, rooms=self._settings)
        rooms = GitHubRooms(self._settings, App(self._settings, self._app.pem, url), url)
        return msgspec.structs.replace(made, community=community, rooms=rooms)

    def has(self, rooms: list[str]) -> None:
        """Let there be more rooms."""
        for one in rooms:
            self.world.store.add_repo(f"{ORGANIZATION}/{one}")
        names = (TEMPLATE, *(room.name for room in self.desk().rooms.listing()), *rooms)  # type: ignore[union-attr]
        self.world.store.apps.install(self._app.id, [f"{ORGANIZATION}/{one}" for one in names])

    def send(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """Send a request as a person; return what comes back."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        answer = requests.request(
            method, self.world.sandbox.url + path, json=body, headers=headers, timeout=30
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def asks(self, run: Callable[[Desk], Run]) -> Asked:
        """Let a run happen, and return what it asked."""
        desk = self.desk()
        self.world.store.requests.reset()
        run(desk)
        counts: dict[str, Any] = self.world.store.requests.as_dict()
        return Asked(counts["reads"], counts["writes"], counts["points"])


def rows(folder: Path, many: int = MANY) -> Iterator[Row]:
    """Count what a room costs from its opening on, and what many cost in which nothing is new."""
    house = House(folder)
    with house.world:
        house.asks(sweep)  # makes the board
        form = house.desk().definitions[ROOM].form
        body = {"title": "Room", "body": write(form, Answers({LOGIN: REPORTER})), "labels": [ROOM]}
        house.send(ADMINISTRATOR, "POST", f"/repos/{REPOSITORY}/issues", body)
        yield from _counted("Opening a room", house.asks(handle), OPENING, tokens=3)
        for one in house.send(REPORTER, "GET", "/user/repository_invitations"):
            house.send(REPORTER, "PATCH", f"/user/repository_invitations/{one['id']}")
        house.asks(sweep)
        (name,) = (room.name for room in house.desk().rooms.listing())  # type: ignore[union-attr]
        issues = f"/repos/{ORGANIZATION}/{name}/issues"
        house.send(REPORTER, "POST", issues, {"title": "Report", "body": report()})
        letting_in = 2 + len(house.desk().community.administrators)
        handing_over = 1  # the vault's issue is assigned to whoever has it
        reads, writes = REPORT
        most = reads, writes + letting_in + handing_over
        yield from _counted("A report, and letting in two", house.asks(handle), most, tokens=3)
        house.send(REPORTER, "POST", f"{issues}/1/comments", {"body": "/answer 2 It was on Tuesday."})
        reads, writes = WORD
        most = reads + ANSWER, writes + ANSWER
        yield from _counted("A word, with its answer", house.asks(handle), most, tokens=2)
        house.has([f"room-{number}" for number in range(many - 1)])
        most = LISTING - -many // 100, 0
        yield from _counted(f"{many} rooms, nothing new", house.asks(handle), most, tokens=1)


def _counted(name: str, found: Asked, most: tuple[int, int], tokens: int) -> Iterator[Row]:
    """Count reads and writes; `tokens` are those of the App that a run asks for, each by a write."""
    name = f"{name}, {tokens} token{'s' if tokens > 1 else ''}"
    both = ("reads", found.reads, most[0]), ("writes", found.writes, most[1] + tokens)
    for what, measured, reference in both:
        yield Row(
            group=GROUP,
            name=f"{name}: {what}",
            measured=measured,
            reference=reference,
            beside="at most",
            limit=1,
        )
