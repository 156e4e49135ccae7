"""A year from what is there and from what was erased: the same, and the same again, or nothing at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from cocflow.core.case.capacity import NEAR
from cocflow.core.people.roster import Vault
from cocflow.core.process import INCIDENT
from cocflow.core.views.yearly import yearly
from cocflow.core.yearly.year import Year
from cocflow.run.desk import Desk
from cocflow.run.sweep import sweep
from cocflow.run.yearly import UncountedError, year
from cocflow.setup.erasing import Going, erase, judged, stubs_of
from tests.core.play import APPROVE, MFT, RIYA
from tests.run.setting import Setting, break_it
from tests.run.test_continuations import Setting as Continued
from tests.run.test_retention import Kept


def totals(found: Year) -> dict[str, int | None]:
    """Return the total of each table."""
    return {one.title: one.total for one in found.tables}


def erased(kept: Kept) -> None:
    """Let the time of the first incident pass, and erase it."""
    kept.passes(1)
    kept.passes(15 * 31)
    kept.passes(15)
    assert len(kept.book().stubs) == 1
    kept.tracker.vanishes(1)


def test_erased_it_counts_as_before() -> None:
    """The year in which it was decided is the same while it is there, once it is gone, and later."""
    kept = Kept()
    kept.passes(400)
    which = kept.tracker.now.year - 1
    seen = year(kept.desk, which)
    assert totals(seen)["Received"] == totals(seen)["Finished"] == 1
    erased(kept)
    assert year(kept.desk, which) == seen
    kept.passes(1)
    assert kept.book().stubs[0].erased
    assert year(kept.desk, which) == seen


def test_half_erased_it_counts_once() -> None:
    """As long as all of it is there it is counted by its receipts, then by its stub, and never by both."""
    kept = Kept()
    kept.says(MFT, "/hold Somebody asked, until 1 week")
    kept.tracker.opens(RIYA)
    sweep(kept.desk)
    kept.tracker.says(MFT, 2, "/dismiss duplicate of #1")
    sweep(kept.desk)
    kept.passes(1)
    which = kept.tracker.now.year
    kept.passes(15 * 31)
    seen = year(kept.desk, which)
    kept.passes(15)
    (stub,) = kept.book().stubs
    assert stub.numbers == "1.2"
    assert year(kept.desk, which) == seen
    kept.tracker.vanishes(2)
    assert year(kept.desk, which) == seen
    kept.tracker.vanishes(1)
    assert year(kept.desk, which) == seen
    assert totals(seen)["Received"] == 2


def test_what_happens_later_changes_no_year_that_is_over() -> None:
    """Reopened in another year, and still open: the year before stands."""
    kept = Kept()
    which = kept.tracker.now.year
    kept.passes(400)
    seen = year(kept.desk, which)
    kept.tracker.reopens(MFT, 1)
    kept.passes(1)
    assert year(kept.desk, which) == seen
    now = year(kept.desk, kept.tracker.now.year)
    assert not now.over
    assert totals(now)["Open now"] == 1


def report(desk: Desk, which: int) -> str:
    """Return the report of a year, as it is printed."""
    return desk.templates.render("yearly/report", yearly(desk.community, year(desk, which)))


def test_other_outcomes_and_another_time_zone_leave_a_year_that_is_over_as_it_was() -> None:
    """Byte for byte, when outcomes are removed, renamed and counted elsewhere, and midnight is another."""
    setting = Setting()
    which = setting.tracker.now.year
    setting.tracker.moves_clock(datetime(which, 12, 31, 12, tzinfo=UTC) - setting.tracker.now)
    for outcome in ["talk"] * 5 + ["warning"] * 6:
        setting.number = setting.tracker.opens(RIYA)
        setting.says(MFT, "/party Robin Example")
        setting.says(MFT, "/estimate 3 days")
        setting.run()
        setting.says(MFT, f"/resolve We talked.\nRobin Example: {outcome}\nBe kind.")
        setting.run()
        for _ in range(2):
            setting.labels(MFT, APPROVE)
            setting.run()
        setting.says(MFT, "/told Robin Example by phone")
        setting.run()
    setting.tracker.moves_clock(timedelta(days=400))
    seen = [report(setting.desk, one) for one in (which, which + 1)]
    assert "| talk | 5 |" in seen[0]
    assert "| warning | 6 |" in seen[0]
    incident = setting.desk.definitions[INCIDENT]
    there = incident.process.outcomes
    others = msgspec.structs.replace(
        there,
        all=tuple(
            msgspec.structs.replace(one, name=f"old {one.name}", table="ban", measure=True)
            for one in there
            if one.name != "talk"
        ),
    )
    process = msgspec.structs.replace(incident.process, outcomes=others)
    desk = msgspec.structs.replace(
        setting.desk,
        definitions={
            **setting.desk.definitions,
            INCIDENT: msgspec.structs.replace(incident, process=process),
        },
        community=msgspec.structs.replace(setting.desk.community, zone=ZoneInfo("Pacific/Auckland")),
    )
    assert [report(desk, one) for one in (which, which + 1)] == seen


def test_it_only_reads() -> None:
    """One read an issue, besides the listing, and no write."""
    kept = Kept()
    kept.passes(1)
    kept.tracker.forget()
    year(kept.desk, kept.tracker.now.year)
    assert kept.tracker.writes() == []
    assert kept.tracker.calls.count("read") == len(kept.tracker.threads)


def test_nothing_is_reported_where_something_is_not_believed() -> None:
    """A number that is corrected later would tell whose case it was, so there is none."""
    kept = Kept()
    break_it(kept)
    with pytest.raises(UncountedError, match="#1"):
        year(kept.desk, kept.tracker.now.year)


def test_a_year_that_has_not_begun_has_no_report() -> None:
    """It isn't a year of zeros."""
    kept = Kept()
    with pytest.raises(UncountedError, match="hasn't begun"):
        year(kept.desk, kept.tracker.now.year + 1)


def with_vaults(kept: Kept, *repositories: str, **changes: object) -> Year:
    """Return this year of a community with these vaults."""
    vaults = tuple(Vault(repository=one, administrators=()) for one in repositories)
    community = msgspec.structs.replace(kept.desk.community, vaults=vaults, **changes)
    return year(msgspec.structs.replace(kept.desk, community=community), kept.tracker.now.year)


def test_small_totals_are_kept_where_a_community_wants_it_or_beside_the_first_vault() -> None:
    """There, one report more is one about somebody who decides in the first."""
    kept = Kept()
    for found in (
        with_vaults(kept, report="totals from 5"),
        with_vaults(kept, "example/first", kept.desk.repository),
    ):
        assert totals(found)["Received"] is None
        assert "Open now" not in totals(found)


def test_the_first_of_two_vaults_tells_its_own() -> None:
    """Neither counts what the other has."""
    kept = Kept()
    assert totals(with_vaults(kept, kept.desk.repository, "example/second"))["Received"] == 1


def test_what_goes_on_in_another_issue_counts_as_one_and_whole() -> None:
    """Before, afterwards, and erased: what happened on the first issue isn't lost, nor told twice."""
    going = Continued()
    community = msgspec.structs.replace(going.desk.community, retention=True)
    going.desk = msgspec.structs.replace(going.desk, community=community)
    which = going.tracker.now.year
    going.passes(timedelta(days=400))
    going.run()
    seen = year(going.desk, which)
    assert not seen.waits[0].none
    going.goes_on(left=NEAR)
    going.run()
    assert year(going.desk, which) == seen
    going.tracker.says(RIYA, going.there, "/withdraw")
    going.tracker.says(MFT, going.there, "/told Robin by phone")
    going.run()
    then = going.tracker.now.year
    for days in (1, 300, 15, 1):
        going.passes(timedelta(days=days))
        going.run()
    ended = year(going.desk, then)
    (stub,) = stubs_of(going.desk)
    assert stub.numbers == f"{going.first}.{going.there}"
    gone = judged(going.desk, stub, ())
    assert isinstance(gone, Going)
    erase(going.desk, gone)
    going.run()
    assert year(going.desk, which) == seen
    assert year(going.desk, then) == ended
