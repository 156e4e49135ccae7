"""Times and spans as people and the configuration write them, and as cocflow says them.

Owns the forms of `<when>`, of the configuration's ISO 8601 durations, and of every date that a person
reads. Refuses to guess: a text that isn't one of the forms is a mistake, answered with the nearest form
that is. It reads no clock; now arrives as an argument.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from cocflow.errors import DefinitionError, UserMistake

END_OF_DAY = time(17, 0)
"""What a day without a time means: the end of the community's working day, by its own clock."""

FURTHEST = timedelta(days=731)
"""Nobody is promised anything further ahead than two years: it's a slip of the finger."""

LONGEST_DURATION = timedelta(days=3660)
"""Ten years. Waiting periods beyond it are slips too, and stay far from where datetime ends."""

_LONGEST_TEXT = 40
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NAMED = ("tomorrow", *(one.lower() for one in _WEEKDAYS))
_UNITS = ("hour", "hours", "day", "days", "week", "weeks")

_SPAN = re.compile(r"([0-9]{1,6}) ?(h|hours?|d|days?|w|weeks?)")
_DAY = re.compile(
    rf"(tomorrow|{'|'.join(_WEEKDAYS).lower()}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"
    r"(?:[t ]([0-9]{1,2}):([0-9]{2}))?"
)
_DURATION = re.compile(
    r"P(?:([0-9]{1,6})W|(?:([0-9]{1,6})D)?(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?)"
)

_NEAR_SPAN = re.compile(r"(?:in |by )?([0-9]{1,6}|an?) ?([a-z]{1,12})[.,]?")
_NEAR_DAY = re.compile(
    r"(?:on |by |until |next )?(?:([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})|([a-z]{6,10}))"
    r"(?:[, ]+(?:at )?|t)?(?:([0-9]{1,2})[:.h]([0-9]{2}))?(?: ?[a-z]{1,5})?"
)


def read_when(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Read a `<when>` as an instant in UTC, strictly after `now` and at most two years ahead.

    `36h` is exact. `3 days` and `2w` keep the clock's time in `zone`, also over a daylight-saving change.
    `tomorrow` and `2026-11-30` mean 17:00 of that day in `zone`, the end of a working day;
    `2026-11-30 17:00` (or with `T`) and `tomorrow 17:00` mean that time in `zone`. `friday` is the first one
    after today. Case doesn't matter.
    A time that the clocks skip is moved forward by what they skip, and of a time that comes twice the
    later one is meant, so that a promise never falls due before what was said. Raises UserMistake for
    anything else.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware time")
    said = " ".join(text.split()).lower()
    instant = _instant(said, now, zone)
    if instant is None:
        raise UserMistake(_not_understood(said, now, zone))
    if instant <= now:
        raise UserMistake(
            "That time has passed already; a time in the future is needed. "
            f"Now it is {format_when(now, zone)}. {_forms(now, zone)}"
        )
    if instant - now > FURTHEST:
        raise UserMistake(f"That is more than two years ahead. {_forms(now, zone)}")
    return instant


def is_when(text: str, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a text has one of the forms of a `<when>`, be its time past or too far ahead."""
    return _instant(" ".join(text.split()).lower(), now, zone) is not None


def read_duration(text: str) -> timedelta:
    """Read a waiting period of the configuration: ISO 8601 as in `P7D`, `PT24H`, `P1W`, `P3DT12H`.

    A day is 24 hours. Months and years have no fixed length, and a period of zero would repeat without
    end: both raise DefinitionError, as anything else that isn't a duration of at most ten years.
    """
    hint = "write it as P7D, PT24H, P1W or P3DT12H"
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise DefinitionError("not a duration in days, hours or weeks", hint=hint)
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in match.groups())
    duration = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < duration <= LONGEST_DURATION:
        raise DefinitionError("a duration must be longer than nothing and at most ten years", hint=hint)
    return duration


def format_when(instant: datetime, zone: ZoneInfo) -> str:
    """Say an instant for people: `Wednesday, 25 November 2026, 14:00 UTC`, in English, seconds dropped."""
    local = instant.astimezone(zone)
    day = f"{_WEEKDAYS[local.weekday()]}, {local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {local.hour:02}:{local.minute:02} {_zone_of(local)}"


def _zone_of(local: datetime) -> str:
    """Name the zone in force; where it has no letters of its own (`-03`), by its distance from UTC."""
    name = local.tzname() or ""
    offset = f"{local:%z}"
    return name if name.isalpha() else f"UTC{offset[:3]}:{offset[3:5]}"


def _instant(said: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Give the instant that one of the forms means, past or future; None if `said` is none of them."""
    if len(said) > _LONGEST_TEXT:
        return None
    if span := _SPAN.fullmatch(said):
        return _after(int(span[1]), span[2][0], now, zone)
    if (day := _DAY.fullmatch(said)) is None:
        return None
    try:
        named = _named(day[1], now, zone) or date.fromisoformat(day[1])
        clock = time(int(day[2]), int(day[3])) if day[2] else END_OF_DAY
    except ValueError:
        return None
    # datetime ends at the year 9999, and a zone may push a day over that edge.
    nearby = min(max(named, date(2, 1, 1)), date(9998, 12, 31))
    return _never_before(datetime.combine(nearby, clock), zone)


def _after(number: int, unit: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Count hours exactly, days and weeks by the local clock."""
    span = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}[unit]
    span *= min(number, 2 * FURTHEST // span)
    if unit == "h":
        return now.astimezone(UTC) + span
    return _never_before(now.astimezone(zone).replace(tzinfo=None) + span, zone)


def _never_before(local: datetime, zone: ZoneInfo) -> datetime:
    """Place a clock's time on the line of time: the later reading, in a gap as in an overlap.

    In an overlap the later reading is the second pass (fold 1); in a gap it is the one that counts on
    with the offset from before (fold 0), which moves the time forward by the length of the gap.
    """
    return max(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))


def _tomorrow(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date() + timedelta(days=1)


def _named(word: str, now: datetime, zone: ZoneInfo) -> date | None:
    """Return the day that a word means, None if it is no such word. Today is no weekday: it may be over."""
    first = _tomorrow(now, zone)
    if word == "tomorrow":
        return first
    if word.capitalize() not in _WEEKDAYS:
        return None
    return first + timedelta(days=(_WEEKDAYS.index(word.capitalize()) - first.weekday()) % 7)


def _forms(now: datetime, zone: ZoneInfo) -> str:
    """List the forms, with dates that could be copied as they are."""
    day = (now.astimezone(zone) + timedelta(days=7)).date()
    return (
        f"You can write `36h`, `3 days`, `2 weeks`, `tomorrow`, `friday`, `{day}` or `{day} 17:00`"
        f" (time zone: {zone.key or _zone_of(now.astimezone(zone))})."
    )


def _not_understood(said: str, now: datetime, zone: ZoneInfo) -> str:
    """Ask again without repeating what was typed: only numbers read from it and our own words return."""
    near = _nearest(said, now, zone) if len(said) <= _LONGEST_TEXT else None
    instant = near and _instant(near, now, zone)
    meant = f" Did you mean `{near}`?" if instant and now < instant <= now + FURTHEST else ""
    return f"I can't read that as a time.{meant} {_forms(now, zone)}"


def _nearest(said: str, now: datetime, zone: ZoneInfo) -> str | None:
    """Guess what a near miss was meant to be; it is only offered, never acted on."""
    if span := _NEAR_SPAN.fullmatch(said):
        unit = get_close_matches(span[2], _UNITS, n=1)
        count = int(span[1]) if span[1].isdigit() else 1
        return f"{count} {unit[0].rstrip('s')}{'s' * (count != 1)}" if unit else None
    if (day := _NEAR_DAY.fullmatch(said)) is None:
        return None
    year, month, number, word, hour, minute = day.groups()
    if word:
        meant = get_close_matches(word, _NAMED, n=1, cutoff=0.75)
        named = meant[0] if meant else ""
    else:
        named = f"{year}-{month:0>2}-{number:0>2}"
    return f"{named} {hour:0>2}:{minute}" if named and hour else named or None
