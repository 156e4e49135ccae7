"""Lines that a mail program added: the quotation of the mail that was answered, and signature blocks.

Owns the one rule for both. Whoever answers GitHub's notification by mail sends these lines along, and what
they quote was said to somebody else. Refuses to cut them: who wrote it is shown them and says what is meant,
and whether a letter says anything of its own is told without them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_WROTE = (
    "wrote|writes|schrieb|schreibt|geschrieben|a [eé]crit|[eé]crit|escribi[oó]|ha scritto|scrive|schreef"
    "|heeft .{1,60} geschreven|escreveu|skrev|skriver|kirjoitti|napisa[lł](?:\\(a\\)|a)?|pisze"
    "|napsal(?:\\(a\\)|a)?"
    "|[ií]rta|yazd[ıi]|написал(?:\\(а\\)|а)?|пишет|пише|написа(?:в|ла)|έγραψε|كتب|כתב|写道|寫道|さんは書きました|작성"
)
_VERB = re.compile(rf"\b(?:{_WROTE})\b", re.IGNORECASE)
_MARK = re.compile(r"[0-9][:.h][0-9]{2}|[@<]")
_BARE = re.compile(r"[0-9][:.h][0-9]{2}[^<>]{0,200}<[^<>\s]{1,200}@[^<>\s]{1,200}>\s?[:\uff1a]$")
_FROM = re.compile(
    r"^[\s*>|]{0,8}(?:from|von|de|da|van|fr[aå]n|fra|od|l[aä]hett[aä]j[aä]|от|від|发件人|差出人)\*?\s?[:\uff1a]",
    re.IGNORECASE,
)
_SENT = re.compile(
    r"^[\s*>|]{0,8}(?:sent|date|gesendet|datum|envoy[eé]|enviad[oa](?: el| em)?|fecha|inviato|data|verzonden"
    r"|skickat|sendt|dato|wys[lł]ano|odesl[aá]no|отправлено|дата|发送时间|送信日時)\*?\s?[:\uff1a]",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s{0,3}>")
_SIGNATURE = re.compile(r"^(?:--|\u2013\u2013|\u2014) ?$")
_ORIGINAL = re.compile(
    r"^[\s>]{0,8}-{2,}\s?[^-]{3,60}?\s?-{2,}\s*(?:(?:from|von|de|da|van|od)\s?:.*)?$", re.IGNORECASE
)
_RULE = re.compile(r"^\s*_{20,}\s*$")
_BETWEEN = re.compile(r"^\s{0,3}-{2,}\s?(.{10,300}?)\s?-{2,}\s*$")
_ADDED = re.compile(
    r"^\W{0,4}(?:sent (?:from|with|via) \[?(?:my|outlook|yahoo|proton|mail|gmail|the)|get outlook for"
    r"|(?:von|gesendet von) (?:meinem|mein) .{1,60}|envoy[eé] (?:de|depuis) mon|enviado desde mi"
    r"|inviato da(?:l mio)?|verzonden vanaf mijn|enviado do meu|skickat fr[aå]n min|sendt fra min"
    r"|diese nachricht wurde von meinem .{1,60}|wys[lł]ano z (?:mojego )?\w+"
    r"|(?:laden sie|holen sie sich) outlook)\b",
    re.IGNORECASE,
)
_ALONE = (
    _QUOTED,
    _SIGNATURE,
    _ORIGINAL,
    _RULE,
    re.compile(
        r"reply to this email directly|view it on github|you are receiving this because", re.IGNORECASE
    ),
    re.compile(
        r"^\W{0,4}message id: ?<|triage notifications on the go|/notifications/unsubscribe", re.IGNORECASE
    ),
    _ADDED,
)
_LONGEST = 400
"""Characters of an attribution."""

_LINE = 1000
"""Characters of a line that are looked at."""

_NEXT = 4
"""In how many further lines the head of a quoted mail says when it was sent."""


def mailed_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text that look as a mail program adds them, without those that follow them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(line.strip() for place, line in enumerate(lines) if _is_mailed(lines, place))


def own_lines(text: str) -> Iterator[str]:
    """Give the lines of a letter that its sender wrote, as far as that can be told, without empty ones.

    What stands below a quoted mail that isn't marked line by line isn't given, nor is a signature.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    place = 0
    while place < len(lines):
        line = lines[place][:_LINE]
        if not line.strip() or _QUOTED.search(line):
            place += 1
            continue
        attribution = _attribution(lines, place) or _attribution_below(lines, place)
        if attribution:
            place += attribution
            if not _quotes_next(lines, place):
                return
            continue
        if _SIGNATURE.search(line) or _ORIGINAL.search(line) or _heads(lines, place):
            return
        if not (_RULE.search(line) or _ADDED.search(line)):
            yield line.strip()
        place += 1


def _quotes_next(lines: list[str], place: int) -> bool:
    """Whether the next line that isn't empty is marked as quoted."""
    following = next((line for line in lines[place : place + 1 + _NEXT] if line.strip()), "")
    return _QUOTED.search(following[:_LINE]) is not None


def _is_mailed(lines: list[str], place: int) -> bool:
    line = lines[place][:_LINE]
    return any(one.search(line) for one in _ALONE) or bool(_attribution(lines, place)) or _heads(lines, place)


def _heads(lines: list[str], place: int) -> bool:
    """Whether the head of a quoted mail begins here, as from whom and when, in either order."""
    line, following = lines[place][:_LINE], [one[:_LINE] for one in lines[place + 1 : place + 1 + _NEXT]]
    for first, second in ((_FROM, _SENT), (_SENT, _FROM)):
        if first.match(line) and any(second.match(one) for one in following):
            return True
    return False


def _attribution(lines: list[str], place: int) -> int:
    """Return how many lines from here on say who wrote what follows; 0: none."""
    line = lines[place][:_LINE]
    if _attributes(line) or _is_between(line):
        return 1
    for more in (2, 3):
        together = [one[:_LINE] for one in lines[place : place + more]]
        if len(together) == more and all(one.strip() for one in together):
            if _attributes(" ".join(together[1:])):
                return 0
            if _attributes(" ".join(together)):
                return more
    return 0


def _attribution_below(lines: list[str], place: int) -> int:
    """Return 2 where the next line says who wrote what follows, and begins with an address."""
    below = lines[place + 1][:_LINE].lstrip() if place + 1 < len(lines) else ""
    return 2 if lines[place].strip() and below.startswith("<") and _attributes(below) else 0


def _is_between(line: str) -> bool:
    """Whether a line between dashes says who wrote what follows."""
    found = _BETWEEN.search(line)
    return found is not None and _attributes(f"{found[1]}:")


def _attributes(line: str) -> bool:
    """Whether a line says who wrote what follows: somebody or a time, a verb, and a colon at its end."""
    said = line.strip()
    if len(said) > _LONGEST or not said.endswith((":", "\uff1a")):
        return False
    return bool(_MARK.search(said) and _VERB.search(said)) or _BARE.search(said) is not None
