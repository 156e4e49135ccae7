"""Both answers to what nobody could look up, where a repository, its labels, files and rooms are set up.

No module's twin, as `test_answers.py`, of which it is the other half.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from cocflow.adapters.app import MARGIN, App
from cocflow.adapters.rooms import GitHubRooms
from cocflow.bootstrap import premises
from cocflow.core.people.roster import RoomsSettings
from cocflow.errors import AdapterError
from cocflow.ports import Label
from cocflow.run.sweep import sweep
from cocflow.setup.archive import SUMS, archive_name, with_sums
from cocflow.setup.in_force import load_processes
from cocflow.setup.install import LOCK, RECORD, TOO_LARGE, Filling, Installation, UnfinishedError, plan
from cocflow.setup.labels import ensure_labels, labels_of, make_labels
from cocflow.setup.shipped import root
from tests.cli.premises import FLAGS, REPO, Town
from tests.contract.playing import (
    HONEST,
    Answering,
    Before,
    Change,
    Make,
    Reply,
    World,
    as_it_is,
    other,
    settle,
)
from tests.contract.target import row

PROCESSES = load_processes(root())
LABEL = Label(name="x" * 51, color="ededed", description="A long one.")


class Setting(Town):
    """An organization whose owner gives commands, on a GitHub that answers as a test says."""

    def __init__(self, github: Answering) -> None:
        github.store.add_org("acme", members={"riya": "admin"}, base_permission="none")
        github.store.add_user("tom")
        super().__init__(github, github.store.add_token("riya"), github.folder)  # type: ignore[arg-type]
        self.github = github


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Setting]:
    """Return one in which nothing is set up yet."""
    github = Answering(tmp_path / "github")
    yield Setting(github)
    github.close()


# --- labels -----------------------------------------------------------------------------------------------


def _taken(reply: Reply) -> None:
    if reply.what.endswith("/labels") and reply.status.startswith("422"):
        reply.status, reply.body = (
            "201 Created",
            {"name": LABEL.name, "color": LABEL.color, "description": ""},
        )


@row("LABEL-01")
@pytest.mark.parametrize("change", [HONEST, other(_taken)])
def test_a_label_that_is_too_long_is_made_or_said_to_be_refused(make: Make, change: Change) -> None:
    """Nobody is told that it is there when it isn't."""
    premises_ = make(change).premises()
    if change is as_it_is:
        with pytest.raises(AdapterError, match="422"):
            premises_.create_label(LABEL)
    else:
        premises_.create_label(LABEL)


@row("LABEL-01")
def test_a_label_that_somebody_was_quicker_to_make_is_there(make: Make) -> None:
    """The same refusal, and nothing is wrong."""
    premises_ = make().premises()
    short = Label(name="state: open", color="ededed", description="")
    premises_.create_label(short)
    premises_.create_label(short)
    assert [one.name for one in premises_.labels()] == ["state: open"]


@row("INIT-13")
@pytest.mark.parametrize("copied", [False, True], ids=["as hoped", "with its labels"])
def test_a_copy_of_the_template_has_its_labels_after_a_sweep(make: Make, copied: bool) -> None:
    """Whether GitHub copies them or not; those that are there are left as they are."""
    premises_ = make().premises()
    if copied:
        make_labels(premises_, PROCESSES)
    made = ensure_labels(premises_, PROCESSES)
    assert len(made) == (0 if copied else len(labels_of(PROCESSES)))
    assert {one.name for one in premises_.labels()} == {one.name for one in labels_of(PROCESSES)}
    assert ensure_labels(premises_, PROCESSES) == ()


# --- repositories and files -------------------------------------------------------------------------------


@row("INIT-09")
@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized"])
def test_a_repository_that_can_not_be_seen_is_said_to_be_so(town: Setting, status: str) -> None:
    """The doctor says that there is none, or the status of any other refusal; it is no pass."""
    town.init()
    if status.startswith("404"):
        done = town.run("doctor", "acme/another")
    else:
        town.github.refused = Before("GET /repos/acme/incidents", status, "No.")
        done = town.run("doctor", REPO)
    assert done.exit_code != 0
    advice = "There is no such repository, or the token may not see it."
    assert (advice if status.startswith("404") else f"failed: {status[:3]}") in str(done.exception)


@row("INIT-09")
@pytest.mark.parametrize("status", ["403 Forbidden", "451 Unavailable For Legal Reasons"])
def test_init_makes_no_repository_where_it_can_not_see_whether_there_is_one(
    town: Setting, status: str
) -> None:
    """Only where GitHub says that there is none it makes one."""
    town.github.refused = Before("GET /repos/acme/incidents", status, "No.")
    done = town.run("init", REPO, *FLAGS)
    assert (done.exit_code, f"failed: {status[:3]}" in str(done.exception)) == (1, True)
    assert not any(one.startswith("POST /orgs/acme/repos") for one in town.github.asked)
    town.github.refused = None
    town.init()
    assert town.github.asked.count("POST /orgs/acme/repos") == 1


def _no_runs(reply: Reply) -> None:
    if reply.what.endswith("/sweep.yml/runs"):
        reply.status, reply.body = "200 OK", {"total_count": 0, "workflow_runs": []}


def _unknown_job(reply: Reply) -> None:
    if reply.what.endswith("/sweep.yml/runs"):
        reply.refuse("404 Not Found", "Not Found")


@row("INIT-10")
@pytest.mark.parametrize("change", [_unknown_job, _no_runs], ids=["as hoped", "an empty list"])
def test_a_job_without_runs_never_ran(town: Setting, change: Change) -> None:
    """Whether GitHub knows it or not: the doctor says the same."""
    town.init()
    town.github.change = change
    assert premises(REPO, town.token, town.github.url).runs("sweep.yml").runs == ()
    assert "No sweep has run yet." in town.run("doctor", REPO).output


def _empty_is_404(reply: Reply) -> None:
    if "/git/trees/" in reply.what and reply.status.startswith("409"):
        reply.refuse("404 Not Found", "Not Found")


@row("INIT-12")
@pytest.mark.parametrize("change", [HONEST, other(_empty_is_404)])
def test_files_come_into_an_empty_repository(make: Make, change: Change) -> None:
    """Whichever way GitHub says that nothing is in it yet: all of them do."""
    world = make(change)
    world.store.add_repo("acme/empty", visibility="private", labels=False)
    world.store.set_permission("acme/empty", "mft", "admin")
    empty = premises("acme/empty", world.store.add_token("mft"), world.url)
    empty.commit({"a.txt": b"a", "b/c.txt": b"c"}, "Add both")
    assert set(empty.shas()) == {"a.txt", "b/c.txt"}


@row("INIT-12")
def test_files_that_github_does_not_take_can_be_sent_again(make: Make) -> None:
    """Nothing is half there, and the refusal is told with its status."""
    world = make(refuse=Before("PUT /repos/acme/empty/contents", "409 Conflict", "Git Repository is empty."))
    world.store.add_repo("acme/empty", visibility="private", labels=False)
    world.store.set_permission("acme/empty", "mft", "admin")
    empty = premises("acme/empty", world.store.add_token("mft"), world.url)
    with pytest.raises(AdapterError, match="409"):
        empty.commit({"a.txt": b"a", "b.txt": b"b"}, "Add both")
    assert empty.shas() == {}
    world.refused = None
    empty.commit({"a.txt": b"a", "b.txt": b"b"}, "Add both")
    assert set(empty.shas()) == {"a.txt", "b.txt"}


LARGE = b"\0modules" * 200_000
ARCHIVE = archive_name(".cpython-313-x86_64-linux-gnu")


def wanted(archive: bytes) -> dict[str, bytes]:
    """Return a lock, and an archive that was made of it."""
    return {LOCK: b"click==8\n", **with_sums({ARCHIVE: archive}, LOCK, b"click==8\n")}


def written(world: World, archive: bytes, said: list[str]) -> set[str]:
    """Bring a repository up to date as `init` does; return what it holds."""
    there = world.premises()
    Installation(said.append).write(there, plan(there, wanted(archive), Filling(values={}), {}))
    return set(there.shas())


@row("INIT-15")
@pytest.mark.parametrize("status", ["422 Unprocessable Entity", "413 Payload Too Large"])
def test_an_archive_that_is_too_large_is_done_without(make: Make, status: str) -> None:
    """Everything else is written, an older one goes, and it is said; where it is taken later, it is there.

    Only what is written is counted, and with nothing left to write nothing is.
    """
    world, said = make(), list[str]()
    assert {ARCHIVE, SUMS, LOCK, RECORD} <= written(world, LARGE, said)
    assert said == ["Wrote 3 files."]
    world.refused = Before(f"POST /repos/{REPO}/git/blobs", status, "The blob is too large")
    left = written(world, LARGE + b"newer", said)
    assert ({LOCK, RECORD} <= left, {ARCHIVE, SUMS} & left) == (True, set())
    assert said[1:] == ["Wrote 2 files.", TOO_LARGE]
    assert written(world, LARGE + b"newer", said) == left
    assert said[3:] == [TOO_LARGE]
    world.refused = None
    assert {ARCHIVE, SUMS} < written(world, LARGE + b"newer", said)
    assert world.premises().content(ARCHIVE) == LARGE + b"newer"


@row("INIT-15")
def test_any_other_refusal_of_a_file_ends_it(make: Make) -> None:
    """Nothing is left out where GitHub fails, or where it isn't the archive that it doesn't take."""
    world = make(refuse=Before(f"POST /repos/{REPO}/git/blobs", "403 Forbidden", "No."))
    with pytest.raises(UnfinishedError, match="403"):
        written(world, LARGE, [])
    world.refused = Before(f"POST /repos/{REPO}/git/blobs", "422 Unprocessable Entity", "No.")
    there = world.premises()
    with pytest.raises(AdapterError, match="422"):
        there.commit({"other.whl": LARGE}, "Add it")
    assert not {"other.whl", ARCHIVE} & set(there.shas())


def _shown_whole(reply: Reply) -> None:
    if reply.body and reply.body.get("encoding") == "none":
        reply.body |= {"encoding": "base64", "content": base64.b64encode(LARGE).decode()}


@row("INIT-16")
@pytest.mark.parametrize("change", [HONEST, other(_shown_whole)])
def test_a_large_file_is_read_whole(make: Make, change: Change) -> None:
    """Whether its JSON has what it holds, or only its blob: so an archive can be compared, and renewed."""
    world, said = make(change), list[str]()
    written(world, LARGE, said)
    assert world.premises().content(ARCHIVE) == LARGE
    before = len(said)
    written(world, LARGE, said)
    assert len(said) == before
    written(world, b"\0newer", said)
    assert world.premises().content(ARCHIVE) == b"\0newer"


def _old_name_is_gone(reply: Reply) -> None:
    if reply.status.startswith(("301", "307")):
        reply.refuse("404 Not Found", "Not Found")


@row("REST-03")
@pytest.mark.parametrize("change", [HONEST, other(_old_name_is_gone)])
def test_a_run_under_a_repositorys_old_name_loses_nothing(make: Make, change: Change) -> None:
    """Whether GitHub leads on or not: under the new name everything is answered, once."""
    world = make(change)
    number = world.opens()
    world.store.set_permission(REPO, "mft", "admin")
    token = {"Authorization": f"Bearer {world.store.add_token('mft')}"}
    renamed = requests.patch(f"{world.url}/repos/{REPO}", json={"name": "reports"}, headers=token, timeout=10)
    assert renamed.ok
    with nullcontext() if change is as_it_is else suppress(AdapterError):
        settle(world)
    for _ in range(3):
        sweep(world.desk("acme/reports"))
    assert world.receipts(number) == 1
    assert "state: reported" in world.labels(number)


# --- rooms ------------------------------------------------------------------------------------------------

ORG, ROOM, SAYS = "acme-rooms", "room-quiet-harbor", "A room for one person. t0ken"
GRANTED = {"administration": "write", "issues": "write", "contents": "read", "metadata": "read"}


class Lodge:
    """An organization with a template and an App on it, and its rooms as another run has them."""

    def __init__(self, github: Answering) -> None:
        self.github, store = github, github.store
        store.add_org(ORG, members={"keeper": "admin"}, base_permission="none")
        store.add_repo(f"{ORG}/template")
        store.add_repo(f"{ORG}/private")
        with store.write() as (db, _):
            db.execute("UPDATE repository SET is_template = 1 WHERE name = 'template'")
        app = store.apps.register("Rooms of acme", ORG, GRANTED)
        store.apps.install(app.id, [f"{ORG}/template"])
        self.settings = RoomsSettings(organization=ORG, app=app.id, template="template")
        self.key = app.pem

    def app(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> App:
        """Return the App's tokens in another run."""
        return App(self.settings, self.key, self.github.url, now=now)

    def rooms(self) -> GitHubRooms:
        """Return the rooms in another run."""
        return GitHubRooms(self.settings, self.app(), self.github.url)


@pytest.fixture
def lodge(tmp_path: Path) -> Iterator[Lodge]:
    """Return one without a room."""
    github = Answering(tmp_path / "github")
    yield Lodge(github)
    github.close()


def _made_again(reply: Reply) -> None:
    if reply.what.endswith("/generate") and reply.status.startswith("422"):
        reply.status, reply.body = "201 Created", {"name": ROOM}


@row("APP-05")
@pytest.mark.parametrize("change", [HONEST, other(_made_again)])
def test_a_room_that_is_opened_twice_is_one_without_jobs(lodge: Lodge, change: Change) -> None:
    """Whether GitHub refuses the second time or says that all is well."""
    lodge.rooms().open(ROOM, SAYS)
    lodge.github.change = change
    lodge.rooms().open(ROOM, SAYS)
    assert [one.name for one in lodge.rooms().listing()] == [ROOM]
    with lodge.github.store.read() as db:
        rows = db.execute("SELECT 1 FROM repository WHERE name = ?", (ROOM,)).fetchall()
    assert len(rows) == 1


def _lists_others_too(reply: Reply) -> None:
    found = (reply.body or {}).get("data", {}).get("organization") if reply.what == "query Rooms" else None
    if found:
        nodes = found["repositories"]["nodes"]
        shown = {"isTemplate": False, "issues": {"nodes": [], "pageInfo": {"hasNextPage": False}}}
        nodes += [shown | {"name": name, "description": "Ours"} for name in ("private", "incidents")]
        nodes.append(None)


@row("APP-09")
@pytest.mark.parametrize("change", [HONEST, other(_lists_others_too)])
def test_what_is_listed_beside_the_rooms_is_none(lodge: Lodge, change: Change) -> None:
    """Whatever else GitHub lists of the organization: no room, and a vault among it is told of."""
    lodge.rooms().open(ROOM, SAYS)
    lodge.github.change = change
    rooms = lodge.rooms()
    assert [one.name for one in rooms.listing()] == [ROOM]
    assert rooms.lists(f"{ORG}/incidents") == (change is not as_it_is)


@row("APP-04")
@pytest.mark.parametrize("minutes", [60, 10, 480])
def test_a_token_is_asked_for_anew_before_its_end_whenever_that_is(lodge: Lodge, minutes: int) -> None:
    """An hour or not: what counts is what GitHub says with it."""
    now = [datetime(2026, 1, 5, 9, tzinfo=UTC)]

    def ends(reply: Reply) -> None:
        if reply.what.endswith("/access_tokens"):
            reply.body["expires_at"] = f"{now[0] + timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"

    lodge.github.change = ends
    app = lodge.app(lambda: now[0])

    def asked() -> int:
        app(None, {"metadata": "read"})
        return sum(one.endswith("/access_tokens") for one in lodge.github.asked)

    assert asked() == 1
    now[0] += timedelta(minutes=minutes) - MARGIN - timedelta(seconds=30)
    assert asked() == 1
    now[0] += timedelta(minutes=1)
    assert asked() == 2
