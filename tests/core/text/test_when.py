from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cocflow.core.text.when import (
    FURTHEST,
    format_when,
    is_endless,
    is_when,
    read_duration,
    read_when,
    right_when,
)
from cocflow.errors import DefinitionError, UserMistake

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 20, 13, 0, 30, tzinfo=UTC)

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=33_000)).map(lambda since: EPOCH + since)
zones = st.sampled_from(
    [
        *("UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kathmandu"),
        *("Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati", "Africa/Casablanca"),
    ]
).map(ZoneInfo)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("36h", "2026-11-22T01:00:30"),
        ("1 hour", "2026-11-20T14:00:30"),
        ("1 HOURS", "2026-11-20T14:00:30"),
        ("3d", "2026-11-23T13:00:30"),
        ("  3   Days ", "2026-11-23T13:00:30"),
        ("1 day", "2026-11-21T13:00:30"),
        ("2w", "2026-12-04T13:00:30"),
        ("2 weeks", "2026-12-04T13:00:30"),
        ("tomorrow", "2026-11-21T16:00:00"),
        ("Tomorrow 9:30", "2026-11-21T08:30:00"),
        ("Saturday", "2026-11-21T16:00:00"),
        ("friday", "2026-11-27T16:00:00"),
        ("thursday 9:30", "2026-11-26T08:30:00"),
        ("2026-11-20", "2026-11-20T16:00:00"),
        ("2026-11-30", "2026-11-30T16:00:00"),
        ("2026-11-30 17:05", "2026-11-30T16:05:00"),
        ("2026-11-30T17:05", "2026-11-30T16:05:00"),
        ("2026-11-30t9:05", "2026-11-30T08:05:00"),
        ("2027-07-01 00:00", "2027-06-30T22:00:00"),
        ("104w", "2028-11-17T13:00:30"),
    ],
)
def test_every_form_is_read_in_the_zone_of_the_community(text: str, instant: str) -> None:
    """Each documented form, in any case and spacing, means one instant by the community's clock."""
    assert read_when(text, now=NOW, zone=BERLIN) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("", "You can write `36h`"),
        ("soon", "You can write `36h`"),
        ("3d 4h", "You can write"),
        ("2026-02-30", "You can write"),
        ("2026-11-30 24:00", "You can write"),
        ("0000-01-01", "You can write"),
        ("2026-11-30 17:00:00", "You can write"),
        ("٣d", "You can write"),
        ("9" * 70_000 + "d", "You can write"),
    ],
)
def test_anything_else_is_refused_with_the_forms_there_are(text: str, answer: str) -> None:
    """What isn't a form gets the forms."""
    with pytest.raises(UserMistake) as refused:
        read_when(text, now=NOW, zone=BERLIN)
    assert answer in str(refused.value)
    assert "`2026-11-27 17:00` (time zone: Europe/Berlin)" in str(refused.value)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("0d", "passed already"),
        ("2026-11-20 14:00", "Now it is Friday, 20 November 2026, 14:00 CET"),
        ("2020-01-01", "passed already"),
        ("0001-01-01", "passed already"),
        ("105w", "more than two years ahead"),
        ("999999w", "more than two years ahead"),
        ("999999h", "more than two years ahead"),
        ("9999-12-31 23:59", "more than two years ahead"),
    ],
)
def test_what_has_passed_or_lies_too_far_ahead_is_refused(text: str, answer: str) -> None:
    """It is a form, so none is listed; the answer says what is wrong with that one."""
    with pytest.raises(UserMistake) as refused:
        read_when(text, now=NOW, zone=BERLIN)
    assert answer in str(refused.value)
    assert "You can write" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("3  days", "3 days"),
        ("3 dyas", "3 days"),
        ("3", "3 days"),
        ("the weekend", "2026-11-21"),
        ("soon", "2 weeks"),
        ("2020-01-01", "2 weeks"),
        ("9 years", "2 weeks"),
    ],
)
def test_a_time_to_copy_is_the_one_that_may_be_meant(text: str, right: str) -> None:
    """As it was typed where it can be read, else what it may mean, else what the asker knows to be right."""
    assert right_when(text, now=NOW, zone=BERLIN, otherwise="2 weeks") == right
    assert read_when(right, now=NOW, zone=BERLIN) > NOW


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("3 dyas", "3 days"),
        ("2 weks", "2 weeks"),
        ("tommorow", "tomorrow"),
        ("tommorow at 9:30", "2026-11-21 09:30"),
        ("by wendesday 9.30", "2026-11-25 09:30"),
        ("9 janaury", "2027-01-09"),
    ],
)
def test_a_near_miss_is_offered_the_form_that_it_nearly_was(text: str, near: str) -> None:
    """A near miss is answered with the nearest form, which is then read without a mistake."""
    with pytest.raises(UserMistake, match="Did you mean") as refused:
        read_when(text, now=NOW, zone=BERLIN)
    assert f"`{near}`?" in str(refused.value)
    read_when(near, now=NOW, zone=BERLIN)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("in 3 days", "2026-11-23T13:00:30"),
        ("\u201c3 days.\u201d", "2026-11-23T13:00:30"),
        ("by\u00a0saturday.", "2026-11-21T16:00:00"),
        ("9.1.2027", "2027-01-09T16:00:00"),
        ("1/12/2026", "2026-12-01T16:00:00"),
        ("5 pm", "2026-11-20T16:00:00"),
        ("2026-11-30 17:00 UTC", "2026-11-30T17:00:00"),
        ("3 months", "2027-02-20T13:00:00"),
    ],
)
def test_what_people_write_is_put_into_the_forms(text: str, instant: str) -> None:
    """Other ways to write a time mean what the form does into which they are put, by the community's clock.

    Of two readings one that has passed, or is too far ahead, is none.
    """
    assert read_when(text, now=NOW, zone=BERLIN) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "both"),
    [
        ("next saturday", ("`2026-11-21` (Saturday, 21 November 2026, 17:00", "`2026-11-28` (Saturday")),
        ("9/1/2027", ("`2027-01-09` (Saturday", "`2027-09-01` (Wednesday")),
        ("saturday at 5", ("`2026-11-21 05:00` (Saturday", "`2026-11-21` (Saturday")),
        ("3m", ("`2026-11-20 14:04` (Friday", "`2027-02-20 14:00` (Saturday")),
    ],
)
def test_what_can_be_read_two_ways_is_refused_with_both(text: str, both: tuple[str, str]) -> None:
    """Nobody is promised a time that was only guessed: both readings are shown, each ready to copy."""
    with pytest.raises(UserMistake, match="two ways") as refused:
        read_when(text, now=NOW, zone=BERLIN)
    assert all(one in str(refused.value) for one in both)


@pytest.mark.parametrize(
    ("text", "endless"),
    [("permanent", True), ("Permanently.", True), ("for good", True), ("until further notice", False)],
)
def test_no_end_at_all_is_known_by_its_words(text: str, endless: bool) -> None:
    """Whoever writes that something is for good means no end; who leaves it open does not."""
    assert is_endless(text) is endless


@pytest.mark.parametrize("text", ["2026-13-1", "2026-11-3", "0 dyas", "2040/1/1", "someday"])
def test_nothing_is_offered_that_would_be_refused_in_turn(text: str) -> None:
    """A near miss of an impossible, past or too distant time gets the forms, but no suggestion."""
    with pytest.raises(UserMistake) as refused:
        read_when(text, now=NOW, zone=BERLIN)
    assert "Did you mean" not in str(refused.value)


@pytest.mark.parametrize("text", ["today", "eod", "by the end of the day", "2026-11-20"])
def test_a_day_that_is_over_is_not_the_next_one(text: str) -> None:
    """After 17:00 whoever means today is asked again."""
    with pytest.raises(UserMistake, match="has passed"):
        read_when(text, now=NOW.replace(hour=18), zone=BERLIN)


@pytest.mark.parametrize(
    ("text", "is_one"), [("friday", True), ("2020-01-01", True), ("105w", True), ("step", False), ("", False)]
)
def test_a_time_is_known_by_its_form(text: str, is_one: bool) -> None:
    """A time that has passed, or is too far ahead, is a time still."""
    assert is_when(text, now=NOW, zone=BERLIN) is is_one


@pytest.mark.parametrize(
    ("text", "now", "instant"),
    [
        ("2026-03-29 02:30", "2026-03-20T12:00", "2026-03-29T01:30"),
        ("2026-10-25 02:30", "2026-10-20T12:00", "2026-10-25T01:30"),
        ("1d", "2026-03-28T12:00", "2026-03-29T11:00"),
        ("24h", "2026-03-28T12:00", "2026-03-29T12:00"),
        ("1w", "2026-10-20T12:00", "2026-10-27T13:00"),
        ("1d", "2026-10-24T00:30", "2026-10-25T01:30"),
    ],
)
def test_changes_of_the_clocks_never_move_a_promise_before_what_was_said(
    text: str, now: str, instant: str
) -> None:
    """A skipped time moves forward, of a doubled one the later counts; days keep the clock's time."""
    said_at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert read_when(text, now=said_at, zone=BERLIN) == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_a_day_that_a_zone_skips_altogether_is_moved_to_the_next() -> None:
    """Samoa had no 30 December 2011: that day's 17:00 is read as the next day's."""
    apia = ZoneInfo("Pacific/Apia")
    skipped = read_when("2011-12-30", now=datetime(2011, 12, 20, tzinfo=UTC), zone=apia)
    assert format_when(skipped, apia) == "Saturday, 31 December 2011, 17:00 UTC+14:00"


def test_now_without_a_zone_is_a_programming_error() -> None:
    """A naive now is refused, for it could mean any instant."""
    with pytest.raises(ValueError, match="aware"):
        read_when("3d", now=datetime(2026, 11, 20), zone=BERLIN)  # noqa: DTZ001  # the point of the test


@given(instants, instants, zones)
def test_a_date_written_out_is_read_back(now: datetime, instant: datetime, zone: ZoneInfo) -> None:
    """The clock's time of an instant, written down, reads as that instant, or as its later double."""
    instant = now + (instant - EPOCH) % timedelta(days=700)
    instant = (instant + timedelta(minutes=1)).replace(second=0, microsecond=0)
    assume(instant > now)
    text = f"{instant.astimezone(zone):%Y-%m-%d %H:%M}"
    read = read_when(text, now=now, zone=zone)
    assert read >= instant
    assert f"{read.astimezone(zone):%Y-%m-%d %H:%M}" == text


@given(st.integers(1, 700), st.sampled_from("hdw"), instants, zones)
def test_a_span_is_always_ahead_and_utc(number: int, unit: str, now: datetime, zone: ZoneInfo) -> None:
    """Whatever is read lies after now, within two years, and is in UTC; otherwise it is a mistake."""
    try:
        instant = read_when(f"{number}{unit}", now=now, zone=zone)
    except UserMistake:
        assert unit == "w"
        assert number > 104
        return
    assert now < instant <= now + FURTHEST
    assert instant.tzinfo is UTC
    if unit == "h":
        assert instant - now == timedelta(hours=number)


@given(st.text() | st.from_regex(r"[0-9a-z :./T-]{0,25}", fullmatch=True), instants, zones)
def test_any_text_is_a_time_or_a_mistake_in_our_own_words(text: str, now: datetime, zone: ZoneInfo) -> None:
    """No text raises anything but UserMistake, and its message holds none of the text's odd characters."""
    try:
        assert now < read_when(text, now=now, zone=zone) <= now + FURTHEST
    except UserMistake as mistake:
        message = str(mistake)
    else:
        return
    assert message.isascii()
    assert message.count("`") % 2 == 0


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("P7D", timedelta(days=7)),
        ("PT24H", timedelta(hours=24)),
        ("P1W", timedelta(weeks=1)),
        ("P3DT12H", timedelta(days=3, hours=12)),
        ("PT90M", timedelta(minutes=90)),
        ("P1DT1H1M1S", timedelta(days=1, hours=1, minutes=1, seconds=1)),
    ],
)
def test_durations_of_the_configuration_are_iso_8601(text: str, duration: timedelta) -> None:
    """Each documented form of a waiting period means a fixed length of time."""
    assert read_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        "",
        "P",
        "PT",
        "7 days",
        "p7d",
        "P7",
        "P1M",
        "P1Y",
        "P1W2D",
        "P1DT",
        "P-1D",
        "P0D",
        "PT0S",
        "P9999D",
        "P7D\nx",
    ],
)
def test_other_durations_are_refused_with_a_hint(text: str) -> None:
    """Months, years, zero, over ten years and what isn't ISO 8601 are errors that carry a hint."""
    with pytest.raises(DefinitionError) as refused:
        read_duration(text)
    assert "P7D" in refused.value.hint


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "Wednesday, 25 November 2026, 14:00 UTC"),
        ("Europe/Berlin", "Wednesday, 25 November 2026, 15:00 CET"),
        ("Asia/Kathmandu", "Wednesday, 25 November 2026, 19:45 UTC+05:45"),
        ("America/Sao_Paulo", "Wednesday, 25 November 2026, 11:00 UTC-03:00"),
        ("Pacific/Kiritimati", "Thursday, 26 November 2026, 04:00 UTC+14:00"),
    ],
)
def test_people_are_told_day_of_week_and_zone(zone: str, said: str) -> None:
    """A date for people names its day of the week and its zone, in English, seconds dropped."""
    instant = datetime(2026, 11, 25, 14, 0, 59, tzinfo=UTC)
    assert format_when(instant, ZoneInfo(zone)) == said


def test_the_two_passes_of_a_doubled_hour_are_told_apart() -> None:
    """The zone's name tells summer time from winter time when the clock shows the same."""
    passes = [format_when(datetime(2026, 10, 25, hour, 30, tzinfo=UTC), BERLIN) for hour in (0, 1)]
    assert passes == ["Sunday, 25 October 2026, 02:30 CEST", "Sunday, 25 October 2026, 02:30 CET"]
