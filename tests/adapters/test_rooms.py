"""Rooms on GitHub: over the sandbox with an App of one's own, and against exact faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import github
import pytest
import requests
import responses

from cocflow.adapters.app import App
from cocflow.adapters.rooms import GitHubRooms
from cocflow.core.case.facts import Access
from cocflow.core.people.roster import RoomsSettings
from cocflow.errors import AdapterError
from cocflow.ports import ChannelError, RefusedError
from cocflow.sandbox import Clock, Sandbox
from tests.adapters.conftest import API, BASE, Sleeps

ORG, ROOM, SAYS = "acme-rooms", "room-quiet-harbor", "A room for one person. t0ken"
GRANTED = {"administration": "write", "issues": "write", "contents": "read", "metadata": "read"}
WEEK = 7 * 24 * 3600
MARK = "Zq7Marker"


class Place:
    """A sandbox with an organization, a template, an App on it, a keeper, and people of no rank."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox, store = sandbox, sandbox.store
        store.add_org(ORG, members={"keeper": "admin", "mft": "member"}, base_permission="none")
        for login in ("riya", "robin"):
            store.add_user(login)
        store.add_repo(f"{ORG}/template")
        self.tokens = {login: store.add_token(login) for login in ("keeper", "mft", "riya", "robin")}
        self.send("keeper", "PATCH", f"/repos/{ORG}/template", {"is_template": True})
        self.app = store.apps.register("Rooms of acme", ORG, GRANTED)
        self.installation = store.apps.install(self.app.id, [f"{ORG}/template"])
        self.settings = RoomsSettings(organization=ORG, app=self.app.id, template="template")
        self.rooms = self.another()

    def another(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> GitHubRooms:
        """Return the rooms as another run has them."""
        app = App(self.settings, self.app.pem, self.sandbox.url, now=now)
        return GitHubRooms(self.settings, app, self.sandbox.url)

    def send(self, who: str, method: str, path: str, body: Any = None) -> requests.Response:
        """Send a request as a person."""
        headers = {"Authorization": f"Bearer {self.tokens[who]}"}
        return requests.request(method, self.sandbox.url + path, json=body, headers=headers, timeout=30)

    def accepts(self, who: str) -> None:
        """Let somebody accept what they are invited to."""
        for one in self.send(who, "GET", "/user/repository_invitations").json():
            self.send(who, "PATCH", f"/user/repository_invitations/{one['id']}")

    def files(self, who: str, words: str = "Their words") -> requests.Response:
        """Let somebody file an issue in the room."""
        return self.send(who, "POST", f"/repos/{ORG}/{ROOM}/issues", {"title": "t", "body": words})

    def reads(self, who: str) -> bool:
        """Whether somebody gets to see the room."""
        return self.send(who, "GET", f"/repos/{ORG}/{ROOM}").status_code == 200

    def counted(self) -> tuple[int, int]:
        """Return how many reads and writes there were since it was asked last."""
        counts: dict[str, Any] = self.sandbox.store.requests.as_dict()
        self.sandbox.store.requests.reset()
        reads = sum(counts.get(kind, 0) for kind in ("graphql_reads", "rest_reads"))
        return reads, sum(counts.get(kind, 0) for kind in ("graphql_writes", "rest_writes"))


@pytest.fixture
def place() -> Iterator[Place]:
    """Run a sandbox on a frozen clock."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z", frozen=True)) as sandbox:
        yield Place(sandbox)


# --- a room's life ---------------------------------------------------------------------------------


def test_a_room_from_its_opening_to_its_end(place: Place) -> None:
    """It is made, private and without jobs; its guest comes in, and nobody else; the App answers; it ends."""
    rooms = place.rooms
    assert rooms.access(ROOM) == Access(exists=False)
    rooms.open(ROOM, SAYS)
    shown = place.send("keeper", "GET", f"/repos/{ORG}/{ROOM}").json()
    assert (shown["private"], shown["description"]) == (True, SAYS)
    jobs = place.send("keeper", "GET", f"/repos/{ORG}/{ROOM}/actions/permissions").json()
    assert jobs["enabled"] is False
    assert rooms.let_in(ROOM, "Riya") is False
    assert rooms.access(ROOM).invited == {"riya"}
    assert not place.reads("riya")
    place.accepts("riya")
    assert rooms.access(ROOM).inside == {"riya"}
    assert rooms.let_in(ROOM, "riya") is True
    assert [place.reads(who) for who in ("riya", "robin", "mft")] == [True, False, False]
    assert place.files("riya").status_code == 201
    (room,) = rooms.listing()
    (listed,) = room.issues
    assert (room.name, room.description, room.whole, listed.card) == (ROOM, SAYS, True, None)
    tracker = rooms.tracker(ROOM)
    tracker.comment(listed.number, "Thank you.")
    tracker.comment(listed.number, "And more.")
    assert rooms.listing()[0].issues[0].card == "Thank you."
    assert tracker.read(1).body == "Their words"
    rooms.put_out(ROOM, "RIYA")
    assert not place.reads("riya")
    rooms.erase(ROOM)
    rooms.erase(ROOM)
    assert rooms.listing() == ()
    assert place.another().access(ROOM) == Access(exists=False)
    with pytest.raises(AdapterError) as caught:
        tracker.read(1)
    assert (caught.value.status, isinstance(caught.value, ChannelError)) == (404, False)


def test_a_vault_that_the_app_is_installed_in_is_seen_in_the_listing(place: Place) -> None:
    """What the App isn't installed in is never listed, and the listing costs no further read."""
    place.sandbox.store.add_repo(f"{ORG}/incidents", visibility="private")
    place.rooms.listing()
    assert not place.rooms.lists(f"{ORG}/incidents")
    place.sandbox.store.apps.install(place.app.id, [f"{ORG}/template", f"{ORG}/incidents"])
    place.rooms.listing()
    place.counted()
    assert place.rooms.lists(f"{ORG.upper()}/Incidents")
    assert not place.rooms.lists("acme/incidents")
    assert place.counted() == (0, 0)


def test_members_of_the_organization_come_in_at_once(place: Place) -> None:
    """An administrator who is a member needs no invitation, and reads no more than that."""
    place.rooms.open(ROOM, SAYS)
    assert place.rooms.let_in(ROOM, "mft") is True
    shown = place.send("mft", "GET", f"/repos/{ORG}/{ROOM}").json()
    assert shown["permissions"]["pull"] is True
    assert not any(shown["permissions"][one] for one in ("push", "triage", "admin"))


def test_an_invitation_that_has_run_out_is_replaced(place: Place) -> None:
    """After a week it is of no use: another is sent, and the former is gone."""
    place.rooms.open(ROOM, SAYS)
    place.rooms.let_in(ROOM, "riya")
    place.sandbox.store.clock.advance(WEEK)
    rooms = place.another()
    assert rooms.access(ROOM).expired == {"riya"}
    assert rooms.let_in(ROOM, "riya") is False
    assert rooms.access(ROOM).invited == {"riya"}
    place.accepts("riya")
    assert place.reads("riya")


def test_whoever_is_invited_can_be_put_out(place: Place) -> None:
    """Their invitation is taken back; who has none, or is nobody, is put out without a word."""
    place.rooms.open(ROOM, SAYS)
    place.rooms.let_in(ROOM, "riya")
    place.rooms.let_in(ROOM, "robin")
    for login in ("riya", "riya", "nobody-of-that-name"):
        place.rooms.put_out(ROOM, login)
    assert place.rooms.access(ROOM).invited == {"robin"}
    assert place.send("riya", "GET", "/user/repository_invitations").json() == []
    place.rooms.put_out("room-that-never-was", "riya")


def test_nobody_has_that_login(place: Place) -> None:
    """Whom GitHub doesn't know can't be let in; a room that is gone is another matter."""
    place.rooms.open(ROOM, SAYS)
    with pytest.raises(RefusedError):
        place.rooms.let_in(ROOM, "nobody-of-that-name")
    with pytest.raises(AdapterError) as caught:
        place.rooms.let_in("room-that-never-was", "riya")
    assert (caught.value.status, isinstance(caught.value, RefusedError)) == (404, False)


def test_a_room_that_was_begun_is_finished(place: Place) -> None:
    """A run that died after any step is repeated by the next: there is one room, as it has to be."""
    place.rooms.open(ROOM, SAYS)
    place.send("keeper", "PUT", f"/repos/{ORG}/{ROOM}/actions/permissions", {"enabled": True})
    place.another().open(ROOM, SAYS)
    jobs = place.send("keeper", "GET", f"/repos/{ORG}/{ROOM}/actions/permissions").json()
    assert jobs["enabled"] is False
    assert [one.name for one in place.another().listing()] == [ROOM]


@pytest.mark.parametrize("change", [{"description": "Something else"}, {"private": False}])
def test_a_name_that_somebody_else_took(place: Place, change: dict[str, Any]) -> None:
    """What is there by that name and isn't this room is left as it is."""
    place.rooms.open(ROOM, SAYS)
    place.send("keeper", "PUT", f"/repos/{ORG}/{ROOM}/actions/permissions", {"enabled": True})
    place.send("keeper", "PATCH", f"/repos/{ORG}/{ROOM}", change)
    with pytest.raises(RefusedError):
        place.another().open(ROOM, SAYS)
    jobs = place.send("keeper", "GET", f"/repos/{ORG}/{ROOM}/actions/permissions").json()
    assert jobs["enabled"] is True


def test_a_name_that_a_member_has_taken_costs_that_room_alone(place: Place) -> None:
    """The App can't see what it hasn't made, and other rooms are opened as ever."""
    place.sandbox.store.add_repo(f"{ORG}/{ROOM}")
    with pytest.raises(RefusedError):
        place.rooms.open(ROOM, SAYS)
    place.another().open("room-second", SAYS)
    assert [one.name for one in place.another().listing()] == ["room-second"]


def test_claims_are_seen_behind_many_issues(place: Place) -> None:
    """What a listing of rooms leaves out, that of one room shows, with what we said first there."""
    place.rooms.open(ROOM, SAYS)
    place.rooms.let_in(ROOM, "riya")
    place.accepts("riya")
    for _ in range(7):
        place.files("riya")
    tracker = place.rooms.tracker(ROOM)
    tracker.comment(1, "What we said first")
    page = place.another().tracker(ROOM).listing(open_="", closed="")
    assert [one.number for one in page.issues if one.card == "What we said first"] == [1]
    assert len(page.issues) == 7


def test_whoever_has_an_administrators_login_now_is_not_invited(place: Place) -> None:
    """By the number of the account that it was, so that an abandoned login opens no room."""
    place.rooms.open(ROOM, SAYS)
    with pytest.raises(RefusedError):
        place.rooms.let_in(ROOM, "robin", account=1)
    place.accepts("robin")
    assert not place.reads("robin")
    number = place.send("keeper", "GET", "/users/robin").json()["id"]
    assert place.rooms.let_in(ROOM, "robin", account=number) is False


def test_no_other_repository_is_touched(place: Place) -> None:
    """Only what is named as a room is opened, entered, listed or erased."""
    place.sandbox.store.add_repo(f"{ORG}/incidents")
    place.sandbox.store.apps.install(place.app.id, [f"{ORG}/template", f"{ORG}/incidents"])
    rooms = place.another()
    for name in ("incidents", "rooms", "../user"):
        with pytest.raises(RefusedError):
            rooms.erase(name)
        with pytest.raises(RefusedError):
            rooms.let_in(name, "riya")
        with pytest.raises(RefusedError):
            rooms.open(name, SAYS)
        with pytest.raises(RefusedError):
            rooms.tracker(name)
    with pytest.raises(RefusedError):
        rooms.erase("template")
    assert rooms.listing() == ()


def test_a_persons_own_token_keeps_rooms_too(place: Place) -> None:
    """A keeper lists and erases without the App's key, and sees the rooms alone."""
    place.rooms.open(ROOM, SAYS)
    token = place.sandbox.store.add_token("keeper", ("repo", "delete_repo"))
    rooms = GitHubRooms(place.settings, lambda name, permissions: token, place.sandbox.url)
    assert [one.name for one in rooms.listing()] == [ROOM]
    rooms.erase(ROOM)
    assert rooms.listing() == ()


# --- what it costs ---------------------------------------------------------------------------------


def test_what_each_costs(place: Place) -> None:
    """A hundred rooms are one read of eleven points, after a token; opening one is a few writes."""
    place.counted()
    place.rooms.listing()
    place.rooms.listing()
    assert place.counted() == (3, 1)
    assert place.rooms.points == 22
    place.rooms.open(ROOM, SAYS)
    place.rooms.let_in(ROOM, "riya")
    assert place.counted() == (1, 5)
    assert place.rooms.written == 3
    place.files("keeper")
    place.rooms.tracker(ROOM).comment(1, "Hello.")
    assert place.rooms.written == 4


def test_more_than_a_page_of_rooms(place: Place) -> None:
    """Every room is listed, however many there are, and each with its newest issues only."""
    store = place.sandbox.store
    names = [f"room-{number:03}" for number in range(103)]
    for name in names:
        store.add_repo(f"{ORG}/{name}", labels=False)
    store.apps.install(place.app.id, [f"{ORG}/{name}" for name in ["template", *names]])
    for _ in range(7):
        place.send("keeper", "POST", f"/repos/{ORG}/room-001/issues", {"title": "t", "body": "b"})
    listing = {one.name: one for one in place.another().listing()}
    assert sorted(listing) == names
    room = listing["room-001"]
    assert (room.whole, [one.number for one in room.issues]) == (False, [7, 6, 5, 4, 3])
    assert repr(room) == "Room(room-001)"


def test_each_token_is_for_one_use(place: Place) -> None:
    """What a room is written to with reaches that room's issues, and nothing else."""
    place.rooms.open(ROOM, SAYS)
    place.rooms.open("room-second", SAYS)
    place.files("keeper")
    tracker: Any = place.rooms.tracker(ROOM)
    token = tracker._github.requester.auth.token
    own = github.Github(auth=github.Auth.Token(token), base_url=place.sandbox.url, lazy=True, retry=0)
    own.get_repo(f"{ORG}/{ROOM}").get_issue(1).create_comment("Hello.")
    for repository in (f"{ORG}/room-second", f"{ORG}/template"):
        with pytest.raises(github.GithubException):
            own.get_repo(repository).create_issue("t")
    with pytest.raises(github.GithubException):
        own.get_repo(f"{ORG}/{ROOM}").delete()
    with pytest.raises(github.GithubException):
        own.get_repo(f"{ORG}/{ROOM}").add_to_collaborators("robin", "pull")


def test_a_token_is_renewed_within_a_run(place: Place) -> None:
    """A tracker that is used for more than an hour goes on, as does everything else."""
    past = [timedelta()]
    rooms = place.another(lambda: datetime.now(UTC) + past[0])
    rooms.open(ROOM, SAYS)
    place.files("keeper")
    tracker = rooms.tracker(ROOM)
    tracker.comment(1, "Hello.")
    past[0] = timedelta(minutes=61)
    place.sandbox.store.clock.advance(61 * 60)
    tracker.comment(1, "Still here.")
    assert tracker.read(1).comments()[-1].body == "Still here."
    assert len(rooms.listing()) == 1
    assert rooms.let_in(ROOM, "riya") is False
    assert rooms.tracker(ROOM.upper()) is tracker


# --- what goes wrong -------------------------------------------------------------------------------


def test_trying_out_finds_what_is_missing(place: Place) -> None:
    """All is well, or the sentence says what isn't; nothing is made by it."""
    place.rooms.try_out()
    assert place.another().listing() == ()
    place.send("keeper", "PATCH", f"/repos/{ORG}/template", {"is_template": False})
    with pytest.raises(ChannelError, match="template") as caught:
        place.another().try_out()
    assert caught.value.fault == "place"


@pytest.mark.parametrize("missing", [{"is_template": False}, None])
def test_without_its_template_no_room_is_made(place: Place, missing: dict[str, Any] | None) -> None:
    """One that is no template any more, or gone, is the channel's failure."""
    if missing is not None:
        place.send("keeper", "PATCH", f"/repos/{ORG}/template", missing)
    else:
        place.sandbox.store.delete_repo(f"{ORG}/template")
    with pytest.raises(ChannelError) as caught:
        place.another().open(ROOM, SAYS)
    assert (caught.value.fault, caught.value.route) == ("place", "rooms")
    assert place.rooms.listing() == ()


def test_an_app_that_is_suspended_stops_everything(place: Place) -> None:
    """Nothing is heard or said in any room until an owner lets it go on, whatever is asked for."""
    place.rooms.open(ROOM, SAYS)
    place.files("keeper")
    place.sandbox.store.apps.suspend(place.installation)
    rooms = place.another()
    for ask in (
        rooms.listing,
        rooms.try_out,
        lambda: rooms.access(ROOM),
        lambda: rooms.open(ROOM, SAYS),
        lambda: rooms.let_in(ROOM, "riya"),
        lambda: rooms.put_out(ROOM, "riya"),
        lambda: rooms.erase(ROOM),
        lambda: rooms.tracker(ROOM).read(1),
        lambda: rooms.tracker(ROOM).comment(1, MARK),
    ):
        with pytest.raises(ChannelError) as caught:
            ask()
        assert (caught.value.fault, caught.value.route) == ("login", "rooms")
        assert "suspended" in str(caught.value)


def far(sleeps: Sleeps, **more: Any) -> GitHubRooms:
    """Return the rooms of a far GitHub that answers only what a test says."""
    settings = RoomsSettings(organization=ORG, app=1, template="template")
    return GitHubRooms(settings, lambda name, permissions: MARK, BASE, sleeps, **more)


FAULTS = {
    "a limit": (429, {}, "pause"),
    "no permission": (403, {"message": "Resource not accessible by integration"}, "scopes"),
    "no belief": (401, {"message": "Bad credentials"}, "login"),
    "a fault": (500, {"message": MARK}, "connection"),
    "an odd answer": (200, [MARK], "connection"),
}


@pytest.mark.parametrize(("status", "answer", "fault"), FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("ask", ["listing", "access", "let_in", "put_out"])
def test_what_concerns_all_rooms_is_the_channels_failure(
    http: responses.RequestsMock, sleeps: Sleeps, ask: str, status: int, answer: Any, fault: str
) -> None:
    """A limit, a refused token, a fault of GitHub's: told as such, without a word of GitHub's."""
    for method in ("GET", "POST", "PUT", "DELETE"):
        http.add(method, re.compile(f"{BASE}.*"), status=status, json=answer)
    rooms = far(sleeps)
    asked: dict[str, Callable[[], object]] = {
        "listing": rooms.listing,
        "access": lambda: rooms.access(ROOM),
        "let_in": lambda: rooms.let_in(ROOM, "riya"),
        "put_out": lambda: rooms.put_out(ROOM, "riya"),
    }
    with pytest.raises(ChannelError) as caught:
        asked[ask]()
    error = caught.value
    assert (error.fault, error.route) == (fault, "rooms")
    for shown in (str(error), repr(error), error.detail, repr(rooms)):
        assert MARK not in shown
        assert "riya" not in shown


def test_making_a_room_is_never_tried_twice(http: responses.RequestsMock, sleeps: Sleeps) -> None:
    """It may have been made all the same, so the next run finds out, and finishes it."""
    http.add("POST", f"{API}/repos/{ORG}/template/generate", status=502, json={})
    with pytest.raises(ChannelError) as caught:
        far(sleeps).open(ROOM, SAYS)
    assert (caught.value.fault, caught.value.uncertain, len(http.calls)) == ("connection", True, 1)


@pytest.mark.parametrize(("enabled", "opened"), [(False, True), (True, False)])
def test_an_organization_that_decides_on_actions(
    http: responses.RequestsMock, sleeps: Sleeps, enabled: bool, opened: bool
) -> None:
    """Where the switch isn't the room's, a room is open only if no job runs there all the same."""
    http.add("POST", f"{API}/repos/{ORG}/template/generate", status=201, json={})
    switch = f"{API}/repos/{ORG}/{ROOM}/actions/permissions"
    http.add("GET", switch, json={"enabled": enabled})
    if enabled:
        http.add("PUT", switch, status=409, json={})
    if opened:
        far(sleeps).open(ROOM, SAYS)
        return
    with pytest.raises(AdapterError):
        far(sleeps).open(ROOM, SAYS)


def test_a_listing_that_leaves_something_out(http: responses.RequestsMock, sleeps: Sleeps) -> None:
    """A room whose issues GitHub doesn't give is a room of which not all is known, and not an empty one."""
    node = {"name": ROOM, "description": None, "isTemplate": False}
    now = {"Date": "Mon, 05 Jan 2026 09:20:00 GMT"}
    http.add("POST", f"{API}/graphql", json=answer(node), headers=now)
    (room,) = far(sleeps).listing()
    assert (room.issues, room.whole, room.description) == ((), False, "")


def answer(*nodes: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to a listing, of rooms without issues."""
    part: dict[str, Any] = {"pageInfo": {"hasNextPage": False, "endCursor": None}}
    part["nodes"] = [one | {"issues": None} for one in nodes]
    viewer = {"id": "BOT_kgDOC1Mrgg", "databaseId": None, "login": "rooms"}
    return {"data": {"viewer": viewer, "organization": {"repositories": part}}}


def test_an_events_run_waits_for_nothing_long(http: responses.RequestsMock, sleeps: Sleeps) -> None:
    """Given ten seconds, what GitHub wants to be asked later is left to the next run."""
    http.add("POST", re.compile(f"{BASE}.*"), status=403, json={}, headers={"Retry-After": "11"})
    rooms = far(sleeps, timeout=10)
    with pytest.raises(ChannelError):
        rooms.listing()
    assert sleeps.asked == []
