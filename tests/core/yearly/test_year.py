"""A year: what happened is counted where it happened, and what happens later changes no year that is over."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cocflow.core.case.records import Happened, Stub, What
from cocflow.core.outcomes import Outcomes
from cocflow.core.yearly.year import ENDINGS, Counted, History, Year, histories, year_of
from tests.core.play import definition

VOCABULARY: Outcomes = definition().process.outcomes
NEXT = "2027-01"


def case(outcome: str = "", *more: Happened, channel: str = "github", end: str = "2026-03") -> History:
    """Return what happened in a case that was decided; `outcome` as it is counted, or by its name."""
    said = (Happened(end, "outcome", outcome),) if outcome else ()
    return (Happened("2026-02", "received", channel), *said, Happened(end, "finished", "decided"), *more)


def told(*all_: History, year: int = 2026, now: str = NEXT, totals_from_5: bool = False) -> Year:
    """Return what is published of these."""
    return year_of(year, now, VOCABULARY, all_, totals_from_5=totals_from_5)


def table(year: Year, title: str) -> Counted:
    """Return one of its tables."""
    (found,) = (one for one in year.tables if one.title == title)
    return found


def rows(year: Year, title: str) -> dict[str, int]:
    """Return the rows of one of its tables."""
    return {one.name: one.count for one in table(year, title).rows}


def totals(year: Year) -> dict[str, int | None]:
    """Return the total of each table."""
    return {one.title: one.total for one in year.tables}


def test_an_incident_stands_in_the_row_of_its_outcome() -> None:
    """What wasn't decided, or not said how, has a row of its own; it counts as it did when it was decided.

    A stub of before that was kept has the name of its outcome: one that is no more is none.
    """
    dismissed = (Happened("2026-01", "received", "mail"), Happened("2026-01", "finished", "undecided"))
    decided = [case("settled")] * 3 + [case("talk: no measure")] * 2 + [case("ban: a measure")] * 6
    year = told(*decided, *[case("flogged")] * 4, case(), *[dismissed] * 7)
    assert rows(year, "Finished") == {
        "ended without a decision": 7,
        "no violation": 0,
        "talk": 5,
        "warning": 0,
        "suspension": 0,
        "ban": 6,
        "no outcome stated": 5,
    }
    assert rows(year, "Received") == {"on GitHub": 16, "in a room": 0, "by mail": 7}


def test_small_numbers_are_told_by_measure_or_not_at_all() -> None:
    """First by whether there was a measure; where even that tells too much, only the total is told."""
    year = told(*[case("talk")] * 6, *[case("ban")] * 4, case("limits"))
    assert rows(year, "Finished") == {"no measure": 6, "a measure": 5, "no outcome stated": 0}
    small = table(told(*[case("talk")] * 6, case("ban")), "Finished")
    assert (small.total, small.rows, small.left_out) == (7, (), True)


def test_every_outcome_is_counted_once_in_each_grouping() -> None:
    """No kind is left out, none is counted twice, and the vocabulary has no other."""
    fine, coarse = ([kind for group in grouping for kind in group.kinds] for grouping in ENDINGS)
    assert sorted(fine) == sorted(coarse) == sorted(set(fine))
    assert {one.kind for one in VOCABULARY} < set(fine)


def test_what_happens_later_stands_in_a_later_year() -> None:
    """Reopened, appealed, decided anew in the next year: it is told there, the year before as it was."""
    before = case("talk")
    later = (
        Happened("2027-01", "reopened"),
        Happened("2027-02", "outcome", "warning"),
        Happened("2027-02", "finished", "decided"),
        Happened("2027-03", "appeal", "kept"),
    )
    assert told(before) == told((*before, *later), now="2028-01")
    following = told((*before, *later), year=2027, now="2028-01")
    assert totals(following)["Finished"] == totals(following)["Appeals decided"] == 1
    assert totals(following)["Received"] == 0


def test_what_is_taken_up_again_in_its_year_is_open_at_its_end() -> None:
    """It isn't finished, whatever was decided before; a suspension alone is neither."""
    year = told(case("ban", Happened("2026-12", "reopened")), (Happened("2026-05", "appeal", "changed"),))
    assert totals(year) == {
        "Received": 1,
        "Finished": 0,
        "Open at the end": 1,
        "Appeals decided": 1,
        "Estimates that came due": 0,
    }


WHATS: tuple[tuple[What, tuple[str, ...]], ...] = (
    ("finished", ("decided", "undecided")),
    ("reopened", ("",)),
    ("outcome", ("talk", "ban: a measure", "")),
    ("appeal", ("changed", "kept")),
    ("estimate", ("kept", "missed")),
)
HAPPENINGS = st.sampled_from([(what, how) for what, hows in WHATS for how in hows])
MONTHS = st.integers(0, 35).map(lambda n: f"{2025 + n // 12}-{n % 12 + 1:02}")
CASES = st.lists(st.tuples(MONTHS, HAPPENINGS), max_size=8).map(
    lambda found: tuple(
        Happened(at, *("received", "github") if place == 0 else what)
        for place, (at, what) in enumerate(sorted(found, key=lambda one: one[0]))
    )
)


@given(st.lists(CASES, max_size=25))
def test_a_year_that_is_over_never_changes(all_: list[tuple[Happened, ...]]) -> None:
    """As seen at its end and as seen years later, in whatever order, and once all of it was erased."""
    at_its_end = [tuple(one for one in history if one.month <= "2026-12") for history in all_]
    seen = told(*at_its_end)
    assert seen == told(*all_, now="2030-07") == told(*reversed(all_), now="2030-07")
    stub = Stub(
        first=1,
        numbers="1",
        received="2025-01",
        finished="2027-12",
        kept="2028-12",
        happened=tuple(
            Happened(one.month, one.what, one.how, of) for of, case in enumerate(all_) for one in case
        ),
    )
    assert seen == told(*histories(stub), now="2030-07")
    assert all(sum(row.count for row in one.rows) in (0, one.total) for one in seen.tables)


@given(st.lists(CASES, max_size=25), st.sampled_from(["2026-01", "2026-06", "2026-12"]))
def test_a_year_that_is_not_over_has_totals_only(all_: list[tuple[Happened, ...]], now: str) -> None:
    """So that by two reports of one year nobody learns of a part of it what the year doesn't tell."""
    year = told(*all_, now=now)
    assert not year.over
    assert not any(one.rows for one in year.tables)
    assert year.waits == ()


@given(st.lists(CASES, max_size=12))
def test_totals_from_5_tell_no_number_below(all_: list[tuple[Happened, ...]]) -> None:
    """Nor what is open, where the number that isn't told could be worked out by it."""
    plain, year = told(*all_), told(*all_, totals_from_5=True)
    for one in year.tables:
        assert one.total is None or one.total == 0 or one.total >= 5
        assert one.said == ("fewer than 5" if one.total is None else str(one.total))
    flow = [totals(plain)[title] or 0 for title in ("Received", "Finished")]
    assert ("Open at the end" in totals(year)) is not any(0 < one < 5 for one in flow)


def waited(*spans: str) -> tuple[bool, str, str]:
    """Return what is said of how long decisions took."""
    year = told(*[(*case(), Happened("2026-03", "to_decision", one)) for one in spans])
    found = year.waits[1]
    return found.none, found.half, found.most


def test_how_long_it_took_is_told_from_five_and_from_ten_on() -> None:
    """In words, as the stubs have it: half of them from 5, nine of ten from 10; none is said."""
    assert waited() == (True, "", "")
    assert waited(*["a day"] * 4) == (False, "", "")
    assert waited("a day", "a day", "a week", "a month", "longer") == (False, "within a week", "")
    assert waited(*["3 days"] * 8, "a month", "longer") == (False, "within 3 days", "within a month")
    assert waited(*["longer"] * 10) == (False, "more than 3 months", "more than 3 months")
