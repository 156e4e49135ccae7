"""The benchmarks: their counts hold their budgets, and the table says what was measured. Never a time.

No module's twin: of `benchmarks/`.
"""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks import (
    engine,
    events,
    fairness,
    hostile,
    latency,
    messages,
    minutes,
    rooms,
    stale,
    sweeps,
    yearly,
)
from benchmarks.__main__ import PAGE, page
from benchmarks.planting import DAY_LATER, Planter
from benchmarks.table import Row, as_markdown, as_table
from benchmarks.world import Asked, Took, World
from cocflow.core.engine.reading import read_ledger
from cocflow.run.budget import WRITES
from tests.jobs.layouts import CHECKOUT


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where each test has worlds of its own, whose processes share what they compile."""
    return tmp_path_factory.mktemp("worlds")


def row(**fields: object) -> Row:
    """Return a row with these fields."""
    return Row(**({"group": "G", "name": "N"} | fields))  # type: ignore[arg-type]


def test_one_event_asks_no_more_than_its_budget(folder: Path) -> None:
    """2 reads and 2 writes for a transition; 2 and 0 for nothing; a write for talk; no import for others.

    The receipt is the second request, and the third one does all that follows from it. Five requests are
    enough however long the case is.
    """
    found = list(events.rows(folder / "event", rounds=0))
    assert len(found) == 11
    assert [one.name for one in found if not one.holds] == []


def test_sweeps_ask_the_arithmetic_minimum(folder: Path) -> None:
    """Whatever is due: a request a hundred open incidents, and what the due ones must read and write."""
    found = list(sweeps.rows(folder, sizes=(20, 120), closed=3))
    counts = [one for one in found if one.unit == ""]
    assert {one.name.rpartition(": ")[2] for one in counts} == {"reads", "writes", "runs", "points a run"}
    assert [one.name for one in counts if not one.holds] == []
    assert next(one.measured for one in counts if one.name == "120 open, 5 % due: writes") == 7


def test_one_event_takes_no_more_round_trips_than_its_budget(folder: Path) -> None:
    """2 to the receipt and 3 to the end, as the requests themselves say, not their time."""
    found = [one for one in latency.rows(folder, delays=(0,)) if not one.unit]
    assert [(one.name, one.holds) for one in found] == [
        ("0 ms a request, to the receipt: round trips", True),
        ("0 ms a request, to the end: round trips", True),
    ]


def test_requests_at_once_are_one_round_trip() -> None:
    """Those that came before the one before them was answered wait for nothing."""
    trips = latency.Trips()
    trips.came, trips.left = [0, 1, 3, 3.5, 6], [1, 2, 5, 4, 7]
    trips.receipt, trips.written = 2, 4
    assert (trips.to_receipt, trips.to_end) == (2, 3)


def test_without_a_clone_of_stale_its_rows_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is measured, and nothing is held against anybody."""
    monkeypatch.delenv(stale.NAMED_BY, raising=False)
    (found,) = stale.rows(tmp_path)
    assert stale.NAMED_BY in found.skipped
    assert found.holds


def test_a_yearly_report_discloses_nothing() -> None:
    """Of no table there is, where the ways beside it do."""
    found = list(yearly.rows(most=10))
    assert [one.measured for one in found] == [0, 0, 0]
    assert [one.reference > 0 for one in found] == [True, False, True], "halves need more to tell something"
    assert [one.name for one in found if not one.holds] == []


def test_rooms_ask_no_more_than_their_budget(folder: Path) -> None:
    """A report and a word each cost what is written here, nothing new a listing, opening six writes."""
    found = list(rooms.rows(folder / "rooms", many=101))
    assert len(found) == 4 * 2
    assert [one.name for one in found if not one.holds] == []


def test_under_load_somebody_elses_report_has_one_run_to_wait(folder: Path) -> None:
    """Every load runs, and each row holds its budget."""
    sizes = fairness.Sizes(mails=5, reports=6, comments=50, commands=10)
    found = list(fairness.rows(folder, sizes))
    assert len(found) == 4 * 3
    assert [one.name for one in found if not one.holds] == []
    assert min(one.measured for one in found) == 1


def test_an_ignored_month_wears_nobody_out() -> None:
    """23 messages for an ignored report, 62 for five that are seen to, 30 for a suspension: at most."""
    found = {one.name: one for one in messages.rows()}
    assert [one.name for one in found.values() if not one.holds] == []
    assert found["One report that nobody sees to"].measured == 23
    assert [one.reference for one in found.values() if one.limit is not None] == [23, 30, 62]


def test_a_planted_incident_is_one_that_cocflow_answered(folder: Path) -> None:
    """A copy's receipt and card count, nothing is due until a day later, and then it is."""
    with World(folder / "planted") as world:
        Planter(world).plant(2, DAY_LATER)
        assert world.asks("sweep") == Asked(1, 0, 6)
        world.store.move_clock(advance=24 * 3600)
        assert world.asks("sweep").writes == 3 * sweeps.WRITES + sweeps.BOARD + sweeps.DIGEST


def test_a_large_sweep_is_spread_over_the_runs_it_needs() -> None:
    """The least number of runs is what the budget of writes says, and a run more breaks the rows."""
    took = [Took(asked=Asked(301, 201, 703), seconds=1, processor=0, megabytes=1, left=0)] * 2
    last = Took(asked=Asked(201, 102, 503), seconds=1, processor=0, megabytes=1, left=0)
    assert all(one.holds for one in sweeps.counted(10_000, 5, 500, [*took, last], sweeps.DIGEST))
    broken = [one.name for one in sweeps.counted(10_000, 5, 500, [*took, *took[:1], last]) if not one.holds]
    assert broken == [f"10,000 open, 5 % due: {what}" for what in ("reads", "writes", "runs")]
    assert WRITES == 400


def test_the_long_case_is_what_it_says() -> None:
    """The replayed case has as many comments, half of them receipts that count."""
    issue = engine.long_case(40).read()
    assert len(issue.comments()) == 39
    assert len(read_ledger(issue).counted) == 20


def test_the_engines_rows_run_on_small_sizes() -> None:
    """The code of the rows runs, whatever the machine makes of the times."""
    names = [one.name for one in engine.rows(sizes=(20, 40), drained=(2, 3))]
    assert "Replay of 40 comments: a fact" in names
    assert "3 commands answered in one run: one" in names


def test_hostile_bodies_are_of_the_length_asked_for_and_all_readers_take_them() -> None:
    """Every body has GitHub's full length, and no reader fails on one."""
    assert {len(body) for body in hostile.bodies(hostile.LENGTH).values()} == {65_536}
    assert len(list(hostile.rows(length=500))) == len(hostile.readers())


def test_minutes_follow_the_shipped_schedule_and_round_up() -> None:
    """Each job is rounded up to a minute; a quiet month stays below a tenth of what is free."""
    short = list(minutes.spent(event=10, sweep=10))
    long = list(minutes.spent(event=50, sweep=10))
    assert [one.holds for one in short] == [True, True]
    assert [one.measured for one in short] == [minutes.jobs_an_incident(), 30 * minutes.sweeps_a_day()]
    assert long[0].measured == 2 * short[0].measured


def test_the_closure_of_a_lock_is_a_part_of_it() -> None:
    """PyGithub alone needs requests and pyjwt, and no jinja2."""
    lock = minutes.LOCK.read_text("utf-8")
    part = minutes.closure(lock, "PyGithub")
    names = set(re.findall(r"^([a-z0-9-]+)==", part, re.MULTILINE))
    assert {"pygithub", "requests", "pyjwt"} <= names
    assert "jinja2" not in names
    assert names < set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (row(measured=3, reference=3, limit=1), True),
        (row(measured=4, reference=3, limit=1), False),
        (row(measured=0, reference=0, limit=1), True),
        (row(measured=1, reference=0, limit=1), False),
        (row(measured=9, reference=3), True),
        (row(skipped="no network", limit=1), True),
    ],
)
def test_a_budget_is_so_many_times_the_reference(one: Row, *, holds: bool) -> None:
    """A row without a budget, or one that was skipped, is held against nobody."""
    assert one.holds is holds


def test_the_table_shows_every_row_and_every_miss() -> None:
    """Measured, reference, ratio, budget and whether it holds; a skipped row says why."""
    rows = [
        row(name="reads", measured=4, reference=2, beside="at most", limit=1),
        row(name="install", skipped="no network"),
    ]
    console = Console(width=150, record=True, file=StringIO())
    console.print(as_table(rows))
    for text in (console.export_text(), as_markdown(rows)):
        assert re.search(r"reads .*4 .*2 at most .*2\.00 .*≤ 1 × .*NO", text)
        assert re.search(r"install .*skipped .*no network", text)


def test_a_group_that_nobody_could_measure_is_kept_as_it_was() -> None:
    """Beside a tool that isn't here, the page shows what was seen last; a measured group is new."""
    before = as_markdown([row(group="A", name="former"), row(group="B", name="seen"), row(group="C")])
    after = as_markdown([row(group="A", name="new"), row(group="B", skipped="it isn't here")], before)
    assert "| seen |" in after
    assert "| new |" in after
    assert "skipped" not in after
    assert "former" not in after
    assert "## C" not in after


def test_the_page_names_every_row_and_no_path() -> None:
    """docs/benchmarks.md was written by the present rows, and shows nothing of the machine's own."""
    text = PAGE.read_text("utf-8")
    took = Took(asked=Asked(1, 1, 1), seconds=1, processor=0, megabytes=1, left=0)
    for size in sweeps.SIZES:
        for per_cent, _ in sweeps.due_of(size):
            for one in sweeps.counted(size, per_cent, size * per_cent // 100, [took]):
                assert f"| {one.name} |" in text
    for name in (
        "A transition with one notice: reads",
        events.UNCOMPILED,
        "Replay of 2,500 comments: a fact",
    ):
        assert f"| {name} |" in text
    for group in (
        events.GROUP,
        messages.GROUP,
        sweeps.GROUP,
        fairness.GROUP,
        engine.GROUP,
        hostile.GROUP,
        minutes.GROUP,
    ):
        assert f"## {group}\n" in text
    assert [line for line in text.splitlines() if line.endswith("| NO |")] == []
    for shown in (text, page([])):
        assert str(CHECKOUT) not in shown
        assert "/home" not in shown
