"""The sandbox's own time, and that every answer is dated by it."""

from __future__ import annotations

import http.client
from email.utils import parsedate_to_datetime
from pathlib import Path

from cocflow.sandbox import Clock, Sandbox, Store
from cocflow.sandbox.clock import iso, parse_instant
from tests.sandbox.world import START, World


def test_a_frozen_clock_moves_by_writes_alone() -> None:
    """Reads take no time; each write takes place at now and moves the clock by its tick."""
    clock = Clock(START, frozen=True, tick=5)
    assert iso(clock.now()) == START
    clock.after_write()
    assert clock.now() == parse_instant(START) + 5


def test_a_running_clock_keeps_its_distance_from_the_real_one() -> None:
    """A clock that isn't frozen runs with the real one, from where it was set."""
    real = [1_000.0]
    clock = Clock(START, real=lambda: real[0])
    real[0] += 90
    assert clock.now() == parse_instant(START) + 90
    clock.freeze()
    real[0] += 90
    assert clock.now() == parse_instant(START) + 90


def test_facts_are_dated_by_the_clock_and_precede_the_next_answer(world: World) -> None:
    """What is written at an instant bears it, and the Date of every later answer is after it."""
    world.control("POST", "clock", {"set": "2026-03-01T12:00:00Z"})
    response = world.call("read", "POST", "/issues", {"title": "t"})
    assert response.json()["created_at"] == "2026-03-01T12:00:00Z"
    later = world.call("read", "GET", "/issues/1").headers["Date"]
    assert parsedate_to_datetime(later).timestamp() > parse_instant("2026-03-01T12:00:00Z")


def test_every_answer_has_one_date_and_it_is_ours(world: World) -> None:
    """Success, refusal, no content and unknown route carry exactly one Date, of the sandbox's clock."""
    world.control("POST", "clock", {"set": "2031-07-01T00:00:00Z", "tick": 0})
    number = world.issue(labels=["bug"])
    connection = http.client.HTTPConnection("127.0.0.1", world.sandbox.port, timeout=5)
    headers = {"Authorization": f"Bearer {world.tokens['admin']}"}
    paths = [
        ("GET", "/repos/acme/incidents", 200),
        ("GET", "/repos/acme/none", 404),
        ("GET", "/no/such/route", 404),
        ("DELETE", f"/repos/acme/incidents/issues/{number}/labels", 204),
        ("GET", "/_sandbox/clock", 200),
    ]
    for method, path, status in paths:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        response.read()
        assert response.status == status
        assert response.msg.get_all("Date") == ["Tue, 01 Jul 2031 00:00:00 GMT"]
    connection.close()


def test_the_clock_is_set_and_advanced_over_http(world: World) -> None:
    """The control route sets, advances, freezes and refuses what is no instant."""
    assert world.control("GET", "clock") == {"now": START, "frozen": True, "tick": 1}
    moved = world.control("POST", "clock", {"advance": 7 * 86_400})
    assert moved["now"] == "2026-01-12T09:00:00Z"
    moved = world.control("POST", "clock", {"set": "2026-02-01T10:00:00+01:00"})
    assert moved["now"] == "2026-02-01T09:00:00Z"
    refused = world.session.post(f"{world.sandbox.url}/_sandbox/clock", json={"set": "soon"}, timeout=5)
    assert refused.status_code == 422


def test_a_file_keeps_its_facts_and_its_time(tmp_path: Path) -> None:
    """A database file that is opened again has its users, issues, tokens and virtual time."""
    path = tmp_path / "sandbox.db"
    with Sandbox(path, clock=Clock(START, frozen=True)) as sandbox:
        sandbox.store.add_repo("acme/incidents")
        sandbox.store.move_clock(advance=3600)
        token = sandbox.store.job_token("acme/incidents")
    store = Store(path)
    assert store.clock.as_dict()["now"] == "2026-01-05T10:00:00Z"
    assert store.clock.frozen
    with store.read() as db:
        assert db.execute("SELECT kind FROM token WHERE secret = ?", (token,)).fetchone()["kind"] == "job"
    store.close()


def test_a_running_clocks_offset_is_kept_too(tmp_path: Path) -> None:
    """A clock that runs ahead of the real one still does after reopening, so no fact is in the future."""
    path = tmp_path / "sandbox.db"
    store = Store(path)
    store.move_clock(advance=30 * 86_400)
    ahead = store.clock.now()
    store.close()
    again = Store(path)
    assert again.clock.now() >= ahead
    again.close()
