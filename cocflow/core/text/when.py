"""Times and spans as people and the configuration write them, and as cocflow says them.

Owns the forms of `<when>`, of the configuration's ISO 8601 durations, and of every date that a person
reads. What people write otherwise (`readings.py`) is put into these forms. Refuses to guess: what is no time
is a mistake, answered with the nearest form that is, and so is what can mean two, with both. It reads no
clock; now arrives as an argument.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from cocflow.core.text.readings import OTHER_WORDS, VOCABULARY, bare, readings
from cocflow.errors import DefinitionError, UserMistake

END_OF_DAY = time(17, 0)
"""What a day without a time means: the end of the community's working day, by its own clock."""

FURTHEST = timedelta(days=731)
"""Nobody is promised anything further ahead than two years: it's a slip of the finger."""

LONGEST_DURATION = timedelta(days=3660)
"""Ten years. Waiting periods beyond it are slips too, and stay far from where datetime ends."""

ENDLESS = frozenset(
    {
        "indefinite",
        "indefinitely",
        "permanent",
        "permanently",
        "forever",
        "for ever",
        "good",
        "ever",
        "no end",
        "indef",
        "never",
        "unlimited",
        "lifetime",
        "life",
    }
)
"""What people write for no end at all, bare."""

_BETWEEN = re.compile(r"([0-9]) ?[-\u2013\u2014] ?(?=[0-9]{1,2} ?[a-z])")
_MOST_WORDS = 80
"""So many characters are looked through for a time."""

_SOME_DAY, _SOME_ZONE = datetime(2026, 1, 1, tzinfo=UTC), ZoneInfo("UTC")
_LONGEST_TEXT = 40
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_COUNT = re.compile(r"[1-9][0-9]?")
_SPAN = re.compile(r"([0-9]{1,6}) ?(h|hours?|d|days?|w|weeks?)")
_DAY = re.compile(
    rf"(tomorrow|{'|'.join(_WEEKDAYS).lower()}|[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})"
    r"(?:[t ]([0-9]{1,2}):([0-9]{2}))?"
)
_DURATION = re.compile(
    r"P(?:([0-9]{1,6})W|(?:([0-9]{1,6})D)?(?:T(?=[0-9])(?:([0-9]{1,6})H)?(?:([0-9]{1,6})M)?(?:([0-9]{1,6})S)?)?)"
)


def read_when(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Read a `<when>` as an instant in UTC, strictly after `now` and at most two years ahead.

    `36h` is exact. `3 days` and `2w` keep the clock's time in `zone`, also over a daylight-saving change.
    `tomorrow` and `2026-11-30` mean 17:00 of that day in `zone`, the end of a working day;
    `2026-11-30 17:00` (or with `T`) and `tomorrow 17:00` mean that time in `zone`. `friday` is the first one
    after today. Case doesn't matter.
    What people write otherwise (`in 3 days`, `9.1.2026`, `5 pm`, `3 months`) is put into one of these forms,
    and a time elsewhere, by its distance from UTC (`17:00 UTC+2`), into that of `zone`.
    A time that the clocks skip is moved forward by what they skip, and of a time that comes twice the
    later one is meant, so that a promise never falls due before what was said. Raises UserMistake for
    anything else, and with every reading for what can mean more than one time; its `copy` is a time that
    may be meant.
    """
    if now.tzinfo is None:
        raise ValueError("now must be an aware time")
    found = _meanings(text, now, zone)
    if not found:
        raise _not_understood(text, now, zone)
    ahead = {form: one for form, one in found.items() if now < one <= now + FURTHEST}
    if len(set(ahead.values())) > 1:
        raise UserMistake(_several(ahead, zone), copy=next(iter(ahead)))
    if ahead:
        return next(iter(ahead.values()))
    if min(found.values()) <= now:
        raise UserMistake(
            "That time has passed already; a time in the future is needed. "
            f"Now it is {format_when(now, zone)}."
        )
    raise UserMistake("That is more than two years ahead.")


def right_when(text: str, *, now: datetime, zone: ZoneInfo, otherwise: str) -> str:
    """Return a time to copy: as it was typed where it is one, else what may be meant, else `otherwise`."""
    try:
        read_when(text, now=now, zone=zone)
    except UserMistake as mistake:
        return mistake.copy or otherwise
    return " ".join(text.split())


def is_when(text: str, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a text can be read as a time, be it past, too far ahead, or one of two."""
    return bool(_meanings(text, now, zone))


def is_span(text: str, *, zone: ZoneInfo) -> bool:
    """Whether a time says how long, and not until which day: whenever it is said, it is as far ahead."""
    days = [_SOME_DAY, _SOME_DAY + timedelta(hours=3), _SOME_DAY + timedelta(days=1)]
    ahead = [frozenset(one - now for one in _meanings(text, now, zone).values()) for now in days]
    return bool(ahead[0]) and len(set(ahead)) == 1


def looks_like_when(text: str) -> bool:
    """Whether a text has the look of a time, whenever it is said and wherever."""
    return is_when(text, now=_SOME_DAY, zone=_SOME_ZONE)


def is_form(text: str, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether a text is one of the strict forms of a `<when>`, so that even within a sentence it is one."""
    return _instant(" ".join(text.split()).lower(), now, zone) is not None


def is_endless(text: str) -> bool:
    """Whether a text says that something has no end."""
    return bare(text) in ENDLESS


def _meanings(text: str, now: datetime, zone: ZoneInfo) -> dict[str, datetime]:
    """Return every instant that a time can mean, by its strict form; that form itself means one."""
    said = " ".join(text.split()).lower()
    strict = _instant(said, now, zone)
    if strict is not None:
        return {said: strict}
    forms = ((one, _instant(one, now, zone)) for one in readings(text, now, zone))
    return {form: instant for form, instant in forms if instant is not None}


def _several(found: dict[str, datetime], zone: ZoneInfo) -> str:
    """Ask which reading is meant, each ready to copy."""
    shown = ", or ".join(f"`{form}` ({format_when(one, zone)})" for form, one in found.items())
    ways = {2: "two ways", 3: "three ways"}.get(len(found), "several ways")
    return f"That can be read {ways}: {shown}. Write the one that you mean."


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


def _not_understood(text: str, now: datetime, zone: ZoneInfo) -> UserMistake:
    """Ask again without repeating what was typed: only numbers read from it and our own words return."""
    near = _nearest(bare(text)) if len(text) <= _LONGEST_TEXT else ""
    ahead = (_ahead(near, now, zone) if near else []) or _within(text, now, zone)
    if len(ahead) == 1:
        (meant,) = _meanings(ahead[0], now, zone).values()
        # Of a date or a clock's time, another time zone may have been meant.
        what = f" That is {format_when(meant, zone)}." if re.search("[-:]", ahead[0]) else ""
        return UserMistake(f"I can't read that as a time. Did you mean `{ahead[0]}`?{what}", copy=ahead[0])
    return UserMistake(f"I can't read that as a time. {_forms(now, zone)}")


def _within(text: str, now: datetime, zone: ZoneInfo) -> list[str]:
    """Return the one time that stands among other words, by its forms; of `2 or 3 days` the later one.

    None where there are several, or other numbers that may belong to it.
    """
    words = _BETWEEN.sub(r"\1 or ", text[:_MOST_WORDS]).replace(",", " ").split()
    found: list[str] = []
    begin = 0
    while begin < len(words):
        ends = (end for end in range(len(words), begin, -1))
        forms = ((end, _ahead(" ".join(words[begin:end]), now, zone)) for end in ends)
        end, read = next(((end, one) for end, one in forms if one), (begin + 1, []))
        if not read and re.search("[0-9]", words[begin]) and not _COUNT.fullmatch(words[begin]):
            return []
        found, begin = [*found, *read], end
    return found


def _ahead(text: str, now: datetime, zone: ZoneInfo) -> list[str]:
    """Return the forms of what a time can mean, of those that may be promised."""
    found = _meanings(text, now, zone)
    return [form for form, one in found.items() if now < one <= now + FURTHEST]


def _nearest(said: str) -> str:
    """Return a time with its slips put right; it is only offered, never acted on. "" where that can't be."""
    if _COUNT.fullmatch(said):
        return f"{said} days"
    pieces = re.findall(r"[0-9.:/-]+|[^\W\d_]+|.", said)
    words = [_word(one) if one.isalpha() else one for one in pieces]
    return " ".join("".join(filter(None, words)).split()) if None not in words else ""


def _word(typed: str) -> str | None:
    """Return the nearest word of a time that begins alike; "" for one that adds nothing, None for no word."""
    if typed in OTHER_WORDS:
        return OTHER_WORDS[typed]
    known = [one for one in VOCABULARY if one[0] == typed[0]]
    return next(iter(get_close_matches(typed, known, n=1, cutoff=0.7)), None)
