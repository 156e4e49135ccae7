"""`make live`, against the sandbox as if it were GitHub: it refuses, asks, stops, goes on and cleans up.

No module's twin: it is of `live.py`, beside it.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests

from cocflow.sandbox import Clock, Sandbox
from tests.contract import live
from tests.contract.rows import HERE, Verdict, verdicts, written
from tests.contract.target import TOPIC, StoppedError, Target

ROOT = Path(__file__).parents[2]
_names = itertools.count(1)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """Return a GitHub that all tests of this module share."""
    with Sandbox(clock=Clock("2026-01-05T09:00:00Z")) as one:
        yield one


class Place:
    """A repository that is as it should be, its owner, and their token for it alone."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.store, self.url, self.folder = sandbox.store, sandbox.url, folder
        self.owner = f"me{next(_names)}"
        self.name = f"{self.owner}/try-contract"
        self.store.add_user(self.owner)
        self.store.add_repo(self.name, visibility="private")
        self.environ = {
            "GITHUB_API_URL": self.url,
            "GH_TOKEN": self.store.add_fine_token(self.owner, [self.name]),
            "COCFLOW_CONTRACT_JOB": self.store.job_token(self.name),
        }
        self.rest("PUT", "/topics", {"names": [TOPIC]})

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request as the owner, that must succeed."""
        headers = {"Authorization": f"Bearer {self.environ['GH_TOKEN']}"}
        address = f"{self.url}/repos/{self.name}{path}"
        answer = requests.request(method, address, json=body, headers=headers, timeout=10)
        assert answer.ok, answer.status_code
        return answer.json()

    def issues(self) -> int:
        """Return how many issues there are, open or not."""
        return len(self.rest("GET", "/issues?state=all&per_page=100"))

    def arguments(self, *more: str) -> list[str]:
        """Return what it is started with."""
        given = ["--state", str(self.folder / "state"), "--verdicts", str(self.folder / "verdicts.toml")]
        return [self.name, *given, *more]


@pytest.fixture
def place(sandbox: Sandbox, tmp_path: Path) -> Place:
    """Return a repository of a test's own."""
    return Place(sandbox, tmp_path)


# --- what is refused --------------------------------------------------------------------------------------


def _badly_named(place: Place) -> None:
    place.name = f"{place.owner}/incidents"
    place.store.add_repo(place.name, visibility="private")


def _unmarked(place: Place) -> None:
    place.rest("PUT", "/topics", {"names": []})


def _public(place: Place) -> None:
    place.rest("PATCH", "", {"visibility": "public"})


def _used(place: Place) -> None:
    place.rest("POST", "/issues", {"title": "Something of somebody's"})


def _with_files(place: Place) -> None:
    place.store.put_file(place.name, "src/main.py", "pass\n")


def _shared(place: Place) -> None:
    place.store.add_user(f"{place.owner}-friend")
    place.store.set_permission(place.name, f"{place.owner}-friend", "write")


def _classic(place: Place) -> None:
    place.environ["GH_TOKEN"] = place.store.add_token(place.owner)


def _wide(place: Place) -> None:
    place.store.add_repo(f"{place.owner}/private", visibility="private")
    both = [place.name, f"{place.owner}/private"]
    place.environ["GH_TOKEN"] = place.store.add_fine_token(place.owner, both)


def _long_lived(place: Place) -> None:
    place.environ["GH_TOKEN"] = place.store.add_fine_token(place.owner, [place.name], days=90)


def _revoked(place: Place) -> None:
    place.store.revoke_token(place.environ["GH_TOKEN"])


def _renamed(place: Place) -> None:
    place.rest("PATCH", "", {"name": "new-contract"})


def _app_by_name(place: Place) -> None:
    given = {"ORGANIZATION": "acme", "APP": "cocflow", "APP_KEY": "key"}
    place.environ |= {f"COCFLOW_CONTRACT_{name}": value for name, value in given.items()}


def _for_another(place: Place) -> None:
    place.store.add_repo(f"{place.owner}/other", visibility="private")
    place.environ["GH_TOKEN"] = place.store.add_fine_token(place.owner, [f"{place.owner}/other"])


def _no_token(place: Place) -> None:
    del place.environ["GH_TOKEN"]


def _no_job(place: Place) -> None:
    place.environ["COCFLOW_CONTRACT_JOB"] = place.environ["GH_TOKEN"]


@pytest.mark.parametrize(
    ("wrong", "advice"),
    [
        (_badly_named, "Make a new private repository"),
        (_unmarked, "add it"),
        (_public, "Make a new private one"),
        (_used, "Make a new one"),
        (_with_files, "Make a new one"),
        (_shared, "Take them out"),
        (_classic, "Make a fine-grained one"),
        (_wide, "Only select repositories"),
        (_long_lived, "for 7 days"),
        (_revoked, "Make another one"),
        (_renamed, "has another name now"),
        (_app_by_name, "App ID"),
        (_for_another, "Only select repositories"),
        (_no_token, "Set GH_TOKEN"),
        (_no_job, "github.token"),
    ],
)
def test_it_refuses_what_is_not_there_for_it(
    place: Place, wrong: Any, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the first write, with what to do, and without a token or a name."""
    wrong(place)
    place.store.requests.reset()
    assert live.main(place.arguments(), place.environ) == 2
    said = "".join(capsys.readouterr())
    assert advice in " ".join(said.split())
    assert not any(one in said for one in (*place.environ.values(), place.owner))
    assert not (place.folder / "state").exists()
    assert place.store.requests.as_dict()["rest_writes"] == 0


def test_what_is_as_it_should_be_may_be_written_to(place: Place) -> None:
    """A readme and the jobs' files don't matter."""
    place.store.put_file(place.name, "README.md", "For nothing else.\n")
    target = live.target_of(place.name, place.environ, live.Pace())
    assert live.check(target, begun=False) == place.rest("GET", "")["node_id"]


# --- the whole of it --------------------------------------------------------------------------------------


def test_it_stops_goes_on_writes_down_and_cleans_up(place: Place) -> None:
    """What was asked isn't asked again; nothing that was written or that opens a door is printed or left."""
    summary = place.folder / "summary.md"
    environ = {**os.environ, **place.environ, "GITHUB_STEP_SUMMARY": str(summary)}
    command = [sys.executable, "-m", "tests.contract.live"]
    said = []
    for more, code in ((["--stop-after", "9"], 3), ([], 0)):
        run = subprocess.run(
            [*command, *place.arguments(*more)], cwd=ROOT, env=environ, capture_output=True, text=True
        )
        assert run.returncode == code, run.stdout + run.stderr
        said.append(run.stdout + run.stderr)
        if code:
            kept = next((place.folder / "state").iterdir()).read_text("utf-8")
            assert place.issues() > 0
    assert "Going on: 9 tests were asked already." in said[1]
    assert not set(said[0].splitlines()) & set(said[1].splitlines())
    secrets = (place.environ["GH_TOKEN"], place.environ["COCFLOW_CONTRACT_JOB"])
    words = ("hello", "A probe", "too heated", "Traceback", "INTERNALERROR")
    assert not any(one in text for one in (*secrets, *words) for text in (*said, kept))
    found = verdicts(place.folder / "verdicts.toml")
    assert {one.seen for one in found.values()} == {"holds"}
    assert written(found) in summary.read_text("utf-8")
    assert {"ID-01", "EDIT-02", "PIN-01", "LOCK-01"} <= set(found)
    assert place.issues() == 0
    assert not any(one["name"].startswith("probe") for one in place.rest("GET", "/labels?per_page=100"))
    assert list((place.folder / "state").iterdir()) == []


def test_what_ends_in_the_middle_is_no_answer(place: Place) -> None:
    """A repository that is gone, or a token that has ended, says nothing of GitHub: it isn't written down."""
    target = live.target_of(place.name, place.environ, live.Pace())
    live.check_still_there(target, place.folder)
    _renamed(place)
    with pytest.raises(live.RefusedError, match="can't be believed"):
        live.check_still_there(target, place.folder)
    _revoked(place)
    with pytest.raises(StoppedError, match="Make another one"):
        target.issue()


def test_an_answer_that_differs_is_told_from_one_that_could_not_be_had() -> None:
    """An assertion that fails is an answer; anything else is none."""
    assert live._seen(None) == "holds"
    assert live._seen(AssertionError()) == "differs"
    assert live._seen(KeyError()) == "unclear"


# --- what is damaged --------------------------------------------------------------------------------------


@pytest.mark.parametrize("left", [b"", b"{", b"\xff\xfe", b'{"seen": {"a": {"seen": "perhaps"}}}', b"[]"])
def test_a_damaged_file_of_how_far_it_came_says_what_to_do(
    place: Place, left: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the first write, in one sentence."""
    path = place.folder / "state" / f"{place.name.replace('/', '+')}.json"
    path.parent.mkdir()
    path.write_bytes(left)
    place.store.requests.reset()
    assert live.main(place.arguments(), place.environ) == 2
    said = capsys.readouterr().err
    assert f"{path} can't be read. Delete that file, and begin anew" in said
    assert place.store.requests.as_dict()["rest_writes"] == 0


@pytest.mark.parametrize("left", [b'["ID-01"', b"\xff", b'[ID-01]\nseen = "perhaps"\non = 2026-12-01\n'])
def test_a_damaged_file_of_verdicts_says_what_to_do(
    place: Place, left: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is asked, since what was seen could not be written down."""
    (place.folder / "verdicts.toml").write_bytes(left)
    place.store.requests.reset()
    assert live.main(place.arguments(), place.environ) == 2
    said = capsys.readouterr().err
    assert "verdicts.toml can't be read" in said
    assert "git restore" in said
    assert place.store.requests.as_dict()["rest_writes"] == 0


def test_what_is_left_after_all_was_asked_is_cleaned_up(place: Place) -> None:
    """Stopped while it cleaned up, it goes on with that, and asks nothing anew."""
    target = live.target_of(place.name, place.environ, live.Pace())
    target.issue()
    path = place.folder / "state" / f"{place.name.replace('/', '+')}.json"
    seen = {one: Verdict(seen="holds", on=date(2026, 12, 1)) for one in _every_probe()}
    live.State(place.rest("GET", "")["node_id"], seen).keep(path)
    command = [sys.executable, "-m", "tests.contract.live", *place.arguments()]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **place.environ}, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Everything that was made is deleted again." in run.stdout
    assert place.issues() == 0


def _every_probe() -> list[str]:
    """Return the names of all probes, as a run knows them."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts="]
    files = sorted(str(one) for one in HERE.glob("test_probe_*.py"))
    listed = subprocess.run([*command, *files], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if "::" in line]


# --- failures of GitHub's own -----------------------------------------------------------------------------


class Failing:
    """A session in which GitHub fails, having done what it was asked; `asked` counts what came through."""

    def __init__(self, failures: int) -> None:
        self.failures, self.asked = failures, 0
        self._real = requests.Session()

    def request(self, *given: Any, **more: Any) -> requests.Response:
        """Send it, and lose the answer."""
        self.asked += 1
        answer = self._real.request(*given, **more)
        if self.failures:
            self.failures -= 1
            answer.status_code = 502
        return answer


WRITES: dict[str, Any] = {
    "an issue": lambda target: target.issue(),
    "by GraphQL": lambda target: target.graphql("admin", "mutation { clientMutationId }"),
    "a deletion": lambda target: target.send("admin", "DELETE", "/labels/probe"),
}


@pytest.mark.parametrize("write", WRITES)
def test_a_write_at_which_github_failed_is_not_repeated(place: Place, write: str) -> None:
    """It may have been done: nothing is there twice, and that probe is asked anew by another run."""
    target = live.target_of(place.name, place.environ, live.Pace())
    target.session = failing = Failing(1)  # type: ignore[assignment]
    with pytest.raises(StoppedError, match="asked anew"):
        WRITES[write](target)
    assert failing.asked == 1
    assert place.issues() == (write == "an issue")


def test_a_read_at_which_github_failed_is_repeated(place: Place) -> None:
    """By REST and by GraphQL."""
    target = live.target_of(place.name, place.environ, live.Pace())
    target.sleep = lambda _: None
    target.session = failing = Failing(1)  # type: ignore[assignment]
    assert target.send("admin", "GET", "").ok
    failing.failures = 1
    assert target.graphql("admin", "query { viewer { login } }")["data"]["viewer"]["login"] == place.owner
    assert failing.asked == 4


# --- the pace ---------------------------------------------------------------------------------------------


def test_it_writes_less_than_github_allows() -> None:
    """A second apart, at most 60 in any minute and 400 in any hour."""
    now = [0.0]
    times = []
    pace = live.Pace(lambda: now[0], lambda seconds: now.__setitem__(0, now[0] + seconds))
    for _ in range(900):
        pace.wait()
        times.append(now[0])
    for span, most in live.Pace.SPANS:
        assert all(later - before >= span for before, later in zip(times, times[most:], strict=False))
    assert times[399] < 3600


def test_away_from_this_machine_it_waits_before_each_write() -> None:
    """And writes nothing where nobody made sure that it may."""
    target = Target("http://nowhere.invalid", "me/a-contract", {"admin": "t"}, wait=_stop, checked=True)
    with pytest.raises(StoppedError):
        target.send("admin", "POST", "/issues", {})
    target.checked = False
    with pytest.raises(ValueError, match="made sure"):
        target.send("admin", "POST", "/issues", {})


def _stop() -> None:
    raise StoppedError


@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_is_waited_for_and_then_ends_it(place: Place, sandbox: Sandbox, status: int) -> None:
    """As long as GitHub says, a few times, and no more."""
    slept: list[float] = []
    target = live.target_of(place.name, place.environ, live.Pace())
    target.sleep = slept.append
    sandbox.store.limits.refuse_next(1, status=status, retry_after=7)
    assert target.send("admin", "GET", "").ok
    assert slept == [7.0]
    sandbox.store.limits.refuse_next(3, status=status, retry_after=None)
    with pytest.raises(StoppedError):
        target.send("admin", "GET", "")
    assert slept[1:] == [60.0] * 3
    sandbox.store.limits.clear()
