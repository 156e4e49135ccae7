"""Erasing, killed at every call: what was begun is finished by doing it again, and is never told before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest

from cocflow.core.text.numbers import read_compact
from cocflow.demo import REPOSITORY
from cocflow.demo.story import PEOPLE
from cocflow.errors import CocflowError
from cocflow.run.audit import Audit, audit
from cocflow.run.book import found
from cocflow.run.desk import Desk
from cocflow.run.sweep import Run, sweep
from cocflow.setup.erasing import Going, erase, judged, may_not_go, stubs_of
from tests.faults.count import tried
from tests.faults.history import DAY, desk
from tests.faults.layer import DEATHS, Died, Plan
from tests.faults.world import Snapshot, World

pytestmark = pytest.mark.matrix

ADMINISTRATOR, REPORTER, INCIDENT, SUSPENSION = "mft", "noor", 1, 5


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a world whose community keeps by outcome."""
    checkout = tmp_path_factory.mktemp("erasing")
    made = desk(checkout)
    keeping = msgspec.structs.replace(made.community, retention=True)
    with World(msgspec.structs.replace(made, community=keeping), REPOSITORY, checkout) as world:
        yield world


@pytest.fixture(scope="module")
def over(vault: World) -> Snapshot:
    """Play an incident with a suspension until the time of both is over, and the book says so."""
    vault.found(PEOPLE)
    vault.store.add_org(REPOSITORY.partition("/")[0], deletes_issues=True)
    vault.opens(REPORTER, "Incident", vault.written("incident", ANSWERS))
    vault.opens(REPORTER, "Incident", vault.written("incident", ANSWERS))
    swept(vault)
    vault.says(ADMINISTRATOR, INCIDENT, "/suspend Insults\nSam Poe, sam@example.org until 2 weeks")
    swept(vault)
    vault.store.move_clock(advance=20 * DAY)
    swept(vault)
    for text in ("/estimate 3 days", "/resolve We talked."):
        vault.says(ADMINISTRATOR, INCIDENT, text)
        swept(vault)
    vault.labels(ADMINISTRATOR, INCIDENT, "approve")
    swept(vault)
    vault.store.move_clock(advance=27 * 31 * DAY)
    swept(vault)
    vault.store.move_clock(advance=15 * DAY)
    swept(vault)
    return vault.keep()


ANSWERS = {
    "learned": "It happened to me",
    "nature": "An insult.",
    "who": "Sam.",
    "material": "None.",
    "privacy": "None.",
    "share": "Nothing until you have asked me",
}


def swept(vault: World) -> Run:
    """Sweep without a fault."""
    run = vault.run(sweep)
    assert run is not None
    return run


def erasing(desk: Desk) -> None:
    """Do what the command does once its question was answered."""
    going = [one for stub in stubs_of(desk) if isinstance(one := judged(desk, stub, ()), Going)]
    assert not may_not_go(desk, going)
    for one in going:
        again = judged(desk, one.stub, ())
        if isinstance(again, Going):
            erase(desk, again)


def by_hand(vault: World, job: Callable[[Desk], None], plan: Plan | None = None) -> None:
    """Let an administrator give the command, perhaps until it dies."""
    vault.layer.arm(plan)
    token = vault.store.add_token(ADMINISTRATOR)
    with vault.desk(token=token) as desk_:
        try:
            job(desk_)
        except (CocflowError, Died):
            assert plan is not None
        finally:
            vault.layer.release()


def audited(vault: World) -> Audit:
    """Audit without a fault."""
    vault.layer.arm()
    with vault.desk() as desk_:
        return audit(desk_)


def is_told(vault: World) -> bool:
    """Whether the book says that the incident is erased."""
    vault.layer.arm()
    with vault.desk() as desk_:
        pages = found(desk_)
        assert pages is not None
        (stub,) = pages.stubs
        assert read_compact(stub.numbers) == {INCIDENT, SUSPENSION}
        return bool(stub.erased)


def test_erasing_killed_at_every_call_is_finished_and_never_half_told(
    vault: World, over: Snapshot, record_property: Callable[[str, object], None]
) -> None:
    """However far it came, the book says so only of what is gone whole, and the audit finds what is left."""
    vault.restore(over)
    by_hand(vault, erasing)
    calls = tuple(vault.layer.calls)
    assert sum(call.writes for call in calls) == 2
    plans = [Plan(number, wrong) for number in range(1, len(calls) + 1) for wrong in DEATHS]
    for plan in plans:
        vault.restore(over)
        by_hand(vault, erasing, plan)
        left = {INCIDENT, SUSPENSION} & vault.seen().keys()
        half = len(left) == 1
        assert left != {SUSPENSION}, "what is below goes first"
        swept(vault)
        assert is_told(vault) is (not left)
        assert [one.rule for one in audited(vault).findings] == (["erasure"] if half else [])
        by_hand(vault, erasing)
        assert not {INCIDENT, SUSPENSION} & vault.seen().keys()
        assert audited(vault).findings == []
        swept(vault)
        assert is_told(vault)
        assert audited(vault).findings == []
    tried(record_property, "crash points", len(plans))


def test_a_sweep_killed_at_every_call_tells_no_less(
    vault: World, over: Snapshot, record_property: Callable[[str, object], None]
) -> None:
    """Whether it dies as it confirms, or the day after, one more sweep says it, once."""
    vault.restore(over)
    by_hand(vault, erasing)
    gone = vault.keep()
    vault.run(sweep)
    calls = len(vault.layer.calls)
    for number in range(1, calls + 1):
        vault.restore(gone)
        vault.run(sweep, Plan(number, "died after"))
        swept(vault)
        assert is_told(vault)
        assert audited(vault).findings == []
    tried(record_property, "crash points", calls)
