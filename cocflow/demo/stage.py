"""The stage: the place where the story is played, what people do there, and what can be seen of it.

Owns how each deed of a story is done. People act through unmodified PyGithub, each with their own token.
Refuses to judge what comes of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import github
import msgspec
from github.Repository import Repository

from cocflow.core.acts.guest import LOGIN
from cocflow.core.forms.form import Answers
from cocflow.core.forms.writing import write
from cocflow.core.process import ROOM, STATE_PREFIX
from cocflow.demo.news import News, Newspaper
from cocflow.demo.place import Place
from cocflow.demo.script import Accept, Act, AddLabel, Deed, File, Look, Mail, OpenRoom, Press, Wait, Write
from cocflow.demo.story import (
    GUEST,
    KEEPER,
    ORGANIZATION,
    OTHERS,
    PEOPLE,
    PUBLISHED,
    REPORTS,
    REPOSITORY,
    SECOND,
)
from cocflow.run.desk import Desk

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
    """The place where the story is played, with all that can be seen of it; see `Place` for the arguments."""

    def __init__(self, folder: Path, *, keep: bool = False, own: Mapping[Path, str] | None = None) -> None:
        with ExitStack() as exits:
            self._place = exits.enter_context(Place(folder, keep=keep, own=own))
            self._vaults = (
                self._place.client(PUBLISHED[0]).get_repo(REPOSITORY),
                self._place.client(OTHERS[0]).get_repo(SECOND),
            )
            self._rooms: dict[str, Repository] = {}
            self._desk = self._place.desks[REPOSITORY]
            logins = frozenset((*PEOPLE, *OTHERS))
            guests = {GUEST: self._place.client(GUEST)}
            self._newspaper = Newspaper(self._vaults, self._place.outbox, logins, guests)
            self._exits = exits.pop_all()

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._exits.close()

    # --- what people do, and what GitHub Actions does ------------------------------------------------

    def perform(self, who: str, deed: Deed, vault: int, number: int, *, in_room: bool = False) -> int:
        """Do what somebody does to the incident of that number; return its number, a new one if it opens one.

        Raises GithubException where GitHub refuses it.
        """
        match deed:
            case Accept():
                self._accept(who)
            case Mail(sender, text, reports):
                self._place.receive(sender, text, REPORTS if reports else self._newspaper.answers_to(sender))
            case Wait(hours):
                self._place.advance(hours * 3600)
            case Look():
                return number
            case _ if in_room:
                self._do(deed, self._rooms[who], 1)
            case _:
                name = self._vaults[vault - 1].full_name
                return self._do(deed, self._place.client(who).get_repo(name), number)
        opens = isinstance(deed, File) or (isinstance(deed, Mail) and not number)
        number = self._next(vault) if opens else number
        self._place.schedule()
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
        user = self._place.client(who).get_user()
        for invitation in user.get_invitations():
            room = self._place.client(who).get_repo(invitation.repository.full_name)
            user.accept_invitation(invitation)
            self._rooms[who] = room
            self._newspaper.follow(who, room)

    def _next(self, vault: int) -> int:
        """Return the number of the next issue of a vault."""
        newest = next(iter(self._vaults[vault - 1].get_issues(state="all")), None)
        return newest.number + 1 if newest is not None else 1

    def run(self) -> bool:
        """Start the runs that Actions would; see `Place.run`."""
        return self._place.run()

    # --- what can be seen ----------------------------------------------------------------------------

    def now(self) -> str:
        """Return the sandbox's time, in ISO 8601."""
        return self._place.now()

    def desk(self, vault: str) -> Desk:
        """Return the desk of a vault (`owner/name`), to look at it as its own job does."""
        return self._place.desks[vault]

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
        requester = self._place.client(who).requester
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
            issues = self._place.client(who).get_repo(name).get_issues(state="all")
            return Listing(name, tuple(sorted((one.number, one.title) for one in issues)))
        except github.UnknownObjectException:
            return None
