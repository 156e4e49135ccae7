"""Real processes: the installed command is killed, kept waiting, or runs beside others.

What a dying process can do is what the other tests let a run do; these few show that it is so.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from cocflow.demo import REPOSITORY
from cocflow.run.sweep import sweep
from tests.faults.count import tried
from tests.faults.history import Moment
from tests.faults.layer import SILENCE, Call, Plan
from tests.faults.reference import differences, heal, reference, shows_the_same
from tests.faults.world import World

Record = Callable[[str, object], None]
STEP = "suspended from an incident"
"""It writes receipts, labels, cards, an issue and a link."""


def start(world: World, folder: Path) -> subprocess.Popen[bytes]:
    """Start `cocflow sweep` as a job would, in the community's checkout."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    environment: Mapping[str, str] = kept | {
        "GITHUB_REPOSITORY": REPOSITORY,
        "GITHUB_TOKEN": world.store.job_token(REPOSITORY),
        "GITHUB_API_URL": world.url,
        "COCFLOW_OUTBOX": str(folder / "outbox"),
    }
    command = [sys.executable, "-m", "cocflow", "sweep"]
    return subprocess.Popen(
        command, cwd=world.checkout, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


@pytest.mark.parametrize("at", [3, 6, 9])
def test_a_killed_process_leaves_what_the_next_run_makes_good(
    world: World, moments: dict[str, Moment], tmp_path: Path, at: int, record_property: Record
) -> None:
    """Killed by the system just after one of its writes was done, it loses nothing."""
    moment = moments[STEP]
    expected = reference(world, moment)
    world.restore(moment.snapshot, moment.letters)
    writes = 0
    victims: list[subprocess.Popen[bytes]] = []

    def before(place: int, call: Call) -> None:
        nonlocal writes
        writes += call.writes
        if writes == at:
            victims[0].send_signal(signal.SIGKILL)

    world.layer.arm()
    world.layer.before = before
    victims.append(start(world, tmp_path))
    assert victims[0].wait(60) == -signal.SIGKILL
    heal(world, sweep)
    tried(record_property, "processes killed", 1)
    assert shows_the_same(world, expected)  # whom it told is in its own outbox


def test_processes_at_once_are_like_one(
    world: World, moments: dict[str, Moment], tmp_path: Path, record_property: Record
) -> None:
    """Four processes on one repository leave one counting receipt for each request, and one card."""
    moment = moments["resolved"]
    reference(world, moment)
    world.restore(moment.snapshot, moment.letters)
    started = [start(world, tmp_path) for _ in range(4)]
    for one in started:
        one.wait(60)
    heal(world, sweep)
    world.look_at_all()
    tried(record_property, "races", 1)
    assert world.unsound() == []


ROUTES = (
    "query Latest",
    "mutation Answer",
    "mutation Write",
    "POST /issues",
    "POST /sub_issues",
)


@pytest.mark.parametrize("route", ROUTES)
def test_an_answer_that_never_comes_is_not_waited_for(
    world: World, moments: dict[str, Moment], route: str, record_property: Record
) -> None:
    """A server that does what it is asked and says nothing costs one timeout, and no more."""
    moment = moments[STEP]
    expected = reference(world, moment)
    kind, _, end = route.partition(" ")
    at = next(
        place
        for place, call in enumerate(expected.calls, 1)
        if call.what == route
        or (call.what.startswith(f"{kind} /") and end.strip("/") in call.what.split("/")[-2:])
    )
    world.restore(moment.snapshot, moment.letters)
    world.run(moment.job, Plan(at, SILENCE), timeout=1)
    heal(world, moment.job)
    tried(record_property, "crash points", 1)
    assert differences(world, expected) == []
