"""The job's `if:` lets every quick label through, by a list that is made from the processes."""

from __future__ import annotations

import re
from datetime import timedelta

import msgspec
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from cocflow.setup import shipped
from cocflow.setup.in_force import load_processes
from cocflow.setup.job import (
    as_installed,
    not_let_through,
    quick_labels_let_through,
    quick_labels_of,
    sweep_interval,
    with_hourly_sweep,
    with_quick_labels,
    with_schedule_of,
    within,
)

JOB = (shipped.jobs() / "incident.yml").read_text()
PROCESSES = load_processes(shipped.root())


def test_the_shipped_job_lists_what_the_shipped_processes_need() -> None:
    """Filling it in with the shipped processes changes nothing."""
    assert with_quick_labels(JOB, quick_labels_of(PROCESSES)) == JOB
    assert quick_labels_let_through(JOB) == set(quick_labels_of(PROCESSES))
    assert not_let_through(JOB, PROCESSES) == ()


@example(labels=["\ufffe", "\U000e0001"])
@given(
    labels=st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=50), unique=True
    )
)
def test_whatever_labels_are_put_in_are_let_through(labels: list[str]) -> None:
    """Quotes, brackets and the beginnings of expressions in a label change nothing but the list."""
    filled = with_quick_labels(JOB, labels)
    assert quick_labels_let_through(filled) == set(labels)
    assert "${{" not in condition(filled)
    assert with_quick_labels(filled, quick_labels_of(PROCESSES)) == JOB


def condition(job: str) -> str:
    """Return the job's `if:` as GitHub reads it."""
    return str(yaml.safe_load(job)["jobs"]["handle"]["if"])


def test_a_quote_in_a_label_is_doubled_as_github_does() -> None:
    """Within quotes, an expression of GitHub's writes one quote as two."""
    assert """contains(fromJSON('["it''s done"]'), github""" in condition(
        with_quick_labels(JOB, ["it's done"])
    )


OUTCOMES = (
    *(
        "not ours",
        "no violation",
        "nobody known",
        "settled",
        "talk",
        "warning",
        "limits",
        "suspension",
        "ban",
    ),
)


def test_a_label_that_starts_no_job_is_named() -> None:
    """What a process asks by, and the list lacks, in any case of letters."""
    assert not_let_through(with_quick_labels(JOB, ["APPROVE", "suspend"]), PROCESSES) == (
        "estimate: 1 day",
        "estimate: 3 days",
        "estimate: 1 week",
        *(f"outcome: {one}" for one in OUTCOMES),
        "reporter: verified",
        "decision: agree",
        "reporter: heard",
        "hold",
        "continue",
    )


@pytest.mark.parametrize("job", ["", "on: issues\n", JOB.replace('["estimate', "[estimate")])
def test_a_job_without_a_list_that_can_be_read_lets_nothing_through(job: str) -> None:
    """A job of the community's own making, or a damaged list, is left as it is, and named."""
    assert quick_labels_let_through(job) == set()
    assert not_let_through(job, PROCESSES) == quick_labels_of(PROCESSES)


def test_only_the_list_is_changed() -> None:
    """Nothing else of the job is touched."""
    filled = with_quick_labels(JOB, ["other"])
    place = re.compile(r"fromJSON\('.*'\)")
    assert place.sub("", filled) == place.sub("", JOB)


def test_labels_come_from_every_process_once() -> None:
    """Two moves may share a label, and it is listed once."""
    labels = quick_labels_of([*PROCESSES, msgspec.structs.replace(PROCESSES[0], name="suspension")])
    assert labels == quick_labels_of(PROCESSES)
    assert "approve" in labels


@pytest.mark.parametrize(
    ("cron", "hours"),
    [("37 */4 * * *", 4), ("7 * * * *", 1), ("*/30 * * * *", 0.5), ("0 6,18 * * *", 12), ("0 6 * * 1", 24)],
)
def test_the_interval_is_read_from_the_job(cron: str, hours: float) -> None:
    """However often the community lets it run is what late is measured by; a day where it isn't clear."""
    assert sweep_interval(f'- cron: "{cron}"') == timedelta(hours=hours)


def test_a_time_of_the_community_s_own_is_taken_over() -> None:
    """It is put into another version of the job; a job as shipped, or with two times, has none of its own."""
    job = (shipped.jobs() / "sweep.yml").read_text("utf-8")
    own = job.replace("37 */4 * * *", "7 3 * * *")
    assert job in as_installed(own)
    assert with_schedule_of(job, own) == own
    twice = own.replace("  workflow_dispatch:", '    - cron: "9 9 * * *"\n  workflow_dispatch:')
    for one in (job, with_hourly_sweep(job), twice, ""):
        assert as_installed(one) == ()
        assert with_schedule_of(job, one) == job


def test_the_shipped_sweep_becomes_an_hourly_one() -> None:
    """Where there are rooms, the shipped job comes every hour; one with a time of its own stays."""
    shipped_job = (shipped.jobs() / "sweep.yml").read_text("utf-8")
    hourly = with_hourly_sweep(shipped_job)
    assert sweep_interval(hourly) == timedelta(hours=1)
    assert with_hourly_sweep(hourly) == hourly
    own = shipped_job.replace("*/4", "*/2")
    assert with_hourly_sweep(own) == own


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(15, "within about an hour"), (60, "within about an hour"), (240, "within about 4 hours")],
)
def test_how_soon_a_guest_is_answered_is_said_in_hours(minutes: int, said: str) -> None:
    """No promise is shorter than an hour: GitHub is often late."""
    assert within(timedelta(minutes=minutes)) == said
