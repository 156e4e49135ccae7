"""What a time can mean that people type, each meaning written in one of the strict forms of `when.py`.

Owns the ways in which people write times. It refuses to choose: what can be read two ways has two readings.
It is written by hand, as the libraries that read dates (dateparser, dateutil, parsedatetime) give one
reading and don't say that there is another, and each would be one more package that a job installs.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from itertools import product
from zoneinfo import ZoneInfo

LONGEST = 60
"""Characters of a time that is looked at."""

_MOST_TYPED = 1_000
"""Characters of what may be a time with all that a sentence puts around it; nobody's time is longer."""

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_SHORT = {
    **{one[:3]: one for one in (*_WEEKDAYS, *_MONTHS)},
    "tues": "tuesday",
    "wednes": "wednesday",
    "thur": "thursday",
    "thurs": "thursday",
    "sept": "september",
}
_NUMBERS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
}
_UNITS = {
    **dict.fromkeys(("m",), ("minutes", "months")),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), ("minutes",)),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), ("hours",)),
    **dict.fromkeys(("d", "day", "days"), ("days",)),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), ("weeks",)),
    **dict.fromkeys(("mo", "mos", "month", "months"), ("months",)),
    **dict.fromkeys(("y", "yr", "yrs", "year", "years"), ("years",)),
}
_MOST = {"minutes": 60 * 24, "hours": 999_999, "days": 99_999, "weeks": 9_999, "months": 120, "years": 10}
_PARTS = {
    "morning": time(12),
    "noon": time(12),
    "midday": time(12),
    "afternoon": time(18),
    "evening": time(22),
    "night": time(23, 59),
    "eod": time(17),
    "end of day": time(17),
}
"""Parts of a day, each by its end: what is promised for the morning is there when it is over."""

VOCABULARY = tuple(
    dict.fromkeys(
        (
            *("today", "tonight", "tomorrow", "next", "week", "weekend", "end", "of", "the", "after", "time"),
            *(
                *_WEEKDAYS,
                *_MONTHS,
                *_PARTS,
                *_NUMBERS,
                *_UNITS,
                *_SHORT,
                "midnight",
                "this",
                "from",
                "now",
                "at",
                "on",
            ),
        )
    )
)
"""Every word of a time, so that one with a slip in it can be found."""

OTHER_WORDS = {
    **dict.fromkeys(
        ("tag", "tage", "tagen", "jour", "jours", "d\u00eda", "d\u00edas", "dia", "dias"), "days"
    ),
    **dict.fromkeys(("woche", "wochen", "semaine", "semaines", "semana", "semanas"), "weeks"),
    **dict.fromkeys(("monat", "monate", "monaten", "mois", "mes", "meses"), "months"),
    **dict.fromkeys(("jahr", "jahre", "jahren", "ans", "a\u00f1o", "a\u00f1os"), "years"),
    **dict.fromkeys(("stunde", "stunden", "heure", "heures", "hora", "horas"), "hours"),
    **dict.fromkeys(("heute", "hoy"), "today"),
    **dict.fromkeys(("morgen", "demain", "ma\u00f1ana", "tmrw", "tmr"), "tomorrow"),
    **dict.fromkeys(("bis", "am", "im", "den", "uhr", "ab", "le", "el", "de", "dans", "en", "working"), ""),
    **dict.fromkeys(("business", "cob"), ""),
    **{
        word: _WEEKDAYS[place]
        for words in (
            "montag dienstag mittwoch donnerstag freitag samstag sonntag",
            "lundi mardi mercredi jeudi vendredi samedi dimanche",
            "lunes martes mi\u00e9rcoles jueves viernes s\u00e1bado domingo",
        )
        for place, word in enumerate(words.split())
    },
    **{
        word: _MONTHS[place]
        for words in (
            "januar februar m\u00e4rz april mai juni juli august september oktober november dezember",
            "janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre"
            " d\u00e9cembre",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        )
        for place, word in enumerate(words.split())
    },
}
"""Words of times in other languages, and others that add nothing: what is made of them is only offered."""

_BEFORE = re.compile(
    r"(?:in|by|on|until|till|for|within|the|about|around|approx|roughly|at most|max|up to|no later than) "
    r"|[-=\u2013\u2014>~ ]+"
)
_AFTER = re.compile(
    r"(?: from now|'s time|s' time| time|,? please|,? i hope|,? hopefully| latest| at the latest| or so"
    r"| max(?:imum)?| at most| tops)$"
)
_NO_LETTERS = re.compile(r"[^\w.]+$")
"""What ends a time and is none of it, as a smile."""

_SAYINGS = {
    **dict.fromkeys(("fortnight", "a fortnight", "one fortnight"), "2 weeks"),
    **dict.fromkeys(("eod", "end of day", "end of the day"), "today"),  # which may be over
}
_AROUND = "\"'`*_()\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb "
_SPAN = re.compile(rf"([0-9]{{1,6}}|{'|'.join(_NUMBERS)}) ?([a-z]{{1,7}})")
_CLOCK = re.compile(r"(?:at )?(?:([0-9]{1,2})(?:[:.]([0-9]{2}))? ?([ap])m|([0-9]{1,2})[:.h]([0-9]{2}))")
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[t ]([0-9]{1,2}:[0-9]{2})(?::[0-9]{2})?(?:z|([+-][0-9]{2}:?[0-9]{2}))"
)
_FROM_UTC = re.compile(r"(.+) (?:utc|gmt) ?(?:([+-])(1[0-4]|0?[0-9])(?::?([0-5][0-9]))?)?")
_HOUR = re.compile(r"at ([0-9]{1,2})")
_WEEK_ON = re.compile(r"(?:a|one) week (?:on|from|after) ([a-z]+)|([a-z]+) week")
_NTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})")
_DOTTED = re.compile(r"([0-9]{1,2})\. ?([0-9]{1,2})(?:\. ?([0-9]{4}|[0-9]{2})?)?")
_EITHER = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})(?:[/-]([0-9]{4}|[0-9]{2}))?")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|\.)? (?:of )?([a-z]{3,9}),?(?: ([0-9]{4}))?")
_MONTH_DAY = re.compile(r"([a-z]{3,9}) ([0-9]{1,2})(?:st|nd|rd|th)?(?:,? ([0-9]{4}))?")


def bare(text: str) -> str:
    """Return a typed time without what a sentence puts around it: quotes, a full stop, `in`, `by`, `on`."""
    if len(text) > _MOST_TYPED:
        return text
    said = " ".join(unicodedata.normalize("NFKC", text).casefold().split()).strip(_AROUND)
    said = _NO_LETTERS.sub("", said)
    said = re.sub(r"\b([ap])\. ?m\b\.?", r"\1m", said.replace("\u2019", "'"))
    if said.endswith(".") and not re.search(r"[0-9]\.$", said):
        said = said[:-1].strip(_AROUND)
    while before := _BEFORE.match(said):
        said = said[before.end() :]
    said = _AFTER.sub("", said)
    return _SAYINGS.get(said, said)


def readings(text: str, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return what a time can mean, as strict forms; () where it is none. `now` is aware."""
    said, local = bare(text), now.astimezone(zone)
    if not said or len(said) > LONGEST:
        return ()
    span = _SPAN.fullmatch(said)
    if span is not None and span[2] in _UNITS:
        return tuple(_spans(span[1], span[2], local))
    said = _ISO.sub(r"\1 \2 utc\3", said) if _ISO.fullmatch(said) else said
    said = re.sub(rf" {re.escape((local.tzname() or zone.key).casefold())}$", "", said)
    if (elsewhere := _FROM_UTC.fullmatch(said)) is not None:
        said, local = elsewhere[1], now.astimezone(_from_utc(*elsewhere.groups()[1:]))
    found = [datetime.combine(day, clock) for day, clock in _days_with_clocks(said, local)]
    if elsewhere is not None:
        found = [one.replace(tzinfo=local.tzinfo).astimezone(zone) for one in found]
    forms = (f"{one:%Y-%m-%d %H:%M}".removesuffix(" 17:00") for one in found)
    return tuple(dict.fromkeys(forms))


def _from_utc(sign: str | None, hours: str | None, minutes: str | None) -> timezone:
    """Return the time zone that is so far from UTC."""
    ahead = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return timezone(-ahead if sign == "-" else ahead)


def _spans(number: str, unit: str, local: datetime) -> Iterator[str]:
    """Give a span: of hours, days and weeks as it is, of others when it ends."""
    count = _NUMBERS[number] if number in _NUMBERS else int(number)
    for one in _UNITS.get(unit, ()):
        if count > _MOST[one]:
            continue
        if one in ("hours", "days", "weeks"):
            yield f"{count} {one}"
        elif one == "minutes":
            end = local + timedelta(minutes=count, seconds=59)  # a form has no seconds, and none is cut off
            yield f"{end:%Y-%m-%d %H:%M}"
        else:
            day = _months_later(local.date(), count * (12 if one == "years" else 1))
            yield f"{day} {local:%H:%M}"


def _months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _days_with_clocks(said: str, local: datetime) -> Iterator[tuple[date, time]]:
    """Give every way to read a text as a day, a time of day, or both, in either order."""
    words = said.split()
    for cut in range(len(words) + 1):
        first, last = " ".join(words[:cut]).rstrip(","), " ".join(words[cut:])
        yield from product(_days(_on(first), local), _clocks(last) if last else (time(17),))
        if first and last and (cut == 1 or " on " not in f" {first} "):
            yield from product(_days(_on(last), local), _clocks(first))
    for clock in _clocks(said) if said != "midnight" else (time(23, 59),):
        yield local.date() + timedelta(days=clock <= local.time()), clock
    if said == "tonight":
        yield local.date(), _PARTS["night"]
    for day, rest in (("this ", 0), ("tomorrow ", 1)):
        part = said.removeprefix(day)
        if part != said and part in _PARTS:
            yield local.date() + timedelta(days=rest), _PARTS[part]


def _on(text: str) -> str:
    return text.removeprefix("on ").removeprefix("the ")


def _clocks(text: str) -> tuple[time, ...]:
    """Return what a time of day can mean: `at 5` is one of two."""
    if (part := text.removeprefix("at ")) in _PARTS:
        return (_PARTS[part],)
    if text == "midnight":
        return (time(0), time(23, 59))
    if hour := _HOUR.fullmatch(text):
        number = int(hour[1])
        hours = (number, number + 12) if 0 < number < 12 else (number,)
        return tuple(time(one) for one in hours if one < 24)
    if (clock := _CLOCK.fullmatch(text)) is None:
        return ()
    hour_, minute = int(clock[1] or clock[4]), int(clock[2] or clock[5] or 0)
    if clock[3]:
        if not 1 <= hour_ <= 12:
            return ()
        hour_ = hour_ % 12 + (12 if clock[3] == "p" else 0)
    return (time(hour_, minute),) if hour_ < 24 and minute < 60 else ()


def _days(text: str, local: datetime) -> tuple[date, ...]:
    """Return every day that a text can mean."""
    today = local.date()
    if not text:
        return ()
    named = _NAMED.get(text)
    if named is not None:
        return named(today)
    first, _, rest = text.partition(" ")
    weekday = _weekday(first.rstrip(",.") or first)
    if weekday is not None and not rest:
        return (_first(today, weekday),)
    if (on := _WEEK_ON.fullmatch(text)) and (weekday_ := _weekday(on[1] or on[2])) is not None:
        weeks = (1, 2) if weekday_ == today.weekday() else (2,)  # said on that day, either may be meant
        return tuple(_first(today, weekday_) + timedelta(days=7 * (one - 1)) for one in weeks)
    rest = rest.removeprefix("the ")
    if weekday is not None and rest == "next week":
        return (_of_next_week(today, weekday),)
    if weekday is not None and (dates := tuple(_dates(rest, today))):
        right = tuple(one for one in dates if one.weekday() == weekday)
        return right or (*dates, _first(today, weekday))
    if first in ("this", "next") and (weekday := _weekday(rest.removeprefix("week "))) is not None:
        if first == "this":
            return (today,) if today.weekday() == weekday else (_first(today, weekday),)
        later = _of_next_week(today, weekday)
        return (later,) if rest.startswith("week ") else (_first(today, weekday), later)
    return tuple(_dates(text, today))


def _weekday(word: str) -> int | None:
    word = _SHORT.get(word, word)
    return _WEEKDAYS.index(word) if word in _WEEKDAYS else None


def _first(today: date, weekday: int) -> date:
    """Return the first such day after today: today may be over."""
    tomorrow = today + timedelta(days=1)
    return tomorrow + timedelta(days=(weekday - tomorrow.weekday()) % 7)


def _of_next_week(today: date, weekday: int) -> date:
    return today + timedelta(days=7 - today.weekday() + weekday)


def _last_of_month(today: date) -> date:
    return today.replace(day=monthrange(today.year, today.month)[1])


_NAMED: dict[str, Callable[[date], tuple[date, ...]]] = {
    "today": lambda today: (today,),
    "tomorrow": lambda today: (today + timedelta(days=1),),
    "day after tomorrow": lambda today: (today + timedelta(days=2),),
    "weekend": lambda today: (_first(today, 5), _first(today, 6)),
    "this weekend": lambda today: (_first(today, 5), _first(today, 6)),
    "this week": lambda today: (_first(today, 4), _first(today, 6)),
    "end of week": lambda today: (_first(today, 4), _first(today, 6)),
    "end of the week": lambda today: (_first(today, 4), _first(today, 6)),
    "end of this week": lambda today: (_first(today, 4), _first(today, 6)),
    "next week": lambda today: (_of_next_week(today, 4), today + timedelta(days=7)),
    "end of next week": lambda today: (_of_next_week(today, 4), _of_next_week(today, 6)),
    "next month": lambda today: (_months_later(today, 1), _last_of_month(_months_later(today, 1))),
    "end of month": lambda today: (_last_of_month(today),),
    "end of the month": lambda today: (_last_of_month(today),),
    "end of this month": lambda today: (_last_of_month(today),),
    "end of next month": lambda today: (_last_of_month(_months_later(today, 1)),),
    "next year": lambda today: (_months_later(today, 12), date(today.year + 1, 12, 31)),
    "end of the year": lambda today: (date(today.year, 12, 31),),
}


def _dates(text: str, today: date) -> Iterator[date]:
    """Give every date that a text can be: with dots the day comes first, with strokes either may."""
    found: list[tuple[str | None, str | int, str]] = []
    if nth := _NTH.fullmatch(text):
        yield from _days_of_month(int(nth[1]), today)
    if one := _YEAR_FIRST.fullmatch(text):
        found.append((one[1], one[2], one[3]))
    elif one := _DOTTED.fullmatch(text):
        found.append((one[3], one[2], one[1]))
    elif one := _EITHER.fullmatch(text):
        found += [(one[3], one[2], one[1]), (one[3], one[1], one[2])]
    elif one := _DAY_MONTH.fullmatch(text):
        found.append((one[3], _month(one[2]), one[1]))
    elif one := _MONTH_DAY.fullmatch(text):
        found.append((one[3], _month(one[1]), one[2]))
    yield from _real(((year, int(month), int(day)) for year, month, day in found), today)


def _days_of_month(day: int, today: date) -> Iterator[date]:
    """Give the next such day of a month; where that is today, which may be over, the one after it too."""
    first = today.replace(day=1)
    months = [_months_later(first, ahead) for ahead in range(3)]
    there = [one.replace(day=day) for one in months if 1 <= day <= monthrange(one.year, one.month)[1]]
    ahead = [one for one in there if one >= today]
    yield from ahead[: 2 if ahead[:1] == [today] else 1]


def _month(word: str) -> int:
    word = _SHORT.get(word, word)
    return _MONTHS.index(word) + 1 if word in _MONTHS else 0


def _real(found: Iterable[tuple[str | None, int, int]], today: date) -> Iterator[date]:
    """Give the dates that there are; without a year, the next such date."""
    for year, month, day in found:
        years = (int(year) if len(year) > 2 else 2000 + int(year),) if year else (today.year, today.year + 1)
        for one in years:
            try:
                there = date(one, month, day)
            except ValueError:
                continue
            if year or there >= today:
                yield there
                break
