"""Lines that a mail program added: the quotation of the mail that was answered, and signature blocks.

Owns the one rule for both. Whoever answers GitHub's notification by mail sends these lines along, and what
they quote was said to somebody else. Refuses to cut them: who wrote it is shown them and says what is meant.
"""

from __future__ import annotations

import re

_WROTE = (
    "wrote|writes|schrieb|schreibt|geschrieben|a [eé]crit|[eé]crit|escribi[oó]|ha scritto|scrive|schreef"
    "|heeft .{1,60} geschreven|escreveu|skrev|skriver|kirjoitti|napisa[lł](?:\\(a\\)|a)?|napsal(?:\\(a\\)|a)?"
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
_ALONE = (
    re.compile(r"^\s{0,3}>"),
    re.compile(r"^(?:--|\u2013\u2013|\u2014) ?$"),
    re.compile(r"^[\s>]{0,8}-{2,}\s?[^-]{3,60}?\s?-{2,}\s*$"),
    re.compile(r"^\s*_{20,}\s*$"),
    re.compile(
        r"reply to this email directly|view it on github|you are receiving this because", re.IGNORECASE
    ),
    re.compile(
        r"^\W{0,4}message id: ?<|triage notifications on the go|/notifications/unsubscribe", re.IGNORECASE
    ),
    re.compile(
        r"^\W{0,4}(?:sent (?:from|with|via) (?:my|outlook|yahoo|proton|mail|gmail|the)|get outlook for"
        r"|(?:von|gesendet von) (?:meinem|mein) .{1,60}|envoy[eé] (?:de|depuis) mon|enviado desde mi"
        r"|inviato da(?:l mio)?|verzonden vanaf mijn|enviado do meu|skickat fr[aå]n min|sendt fra min)\b",
        re.IGNORECASE,
    ),
)
_LONGEST = 400
"""Characters of an attribution."""

_NEXT = 4
"""In how many further lines the head of a quoted mail says when it was sent."""


def mailed_lines(text: str) -> tuple[str, ...]:
    """Return the lines of a text that look as a mail program adds them, without those that follow them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return tuple(line.strip() for place, line in enumerate(lines) if _is_mailed(lines, place))


def _is_mailed(lines: list[str], place: int) -> bool:
    line = lines[place][:1000]
    if any(one.search(line) for one in _ALONE):
        return True
    if _attributes(line) or _begins_attribution(lines, place):
        return True
    return bool(_FROM.match(line)) and any(_SENT.match(one) for one in lines[place + 1 : place + 1 + _NEXT])


def _attributes(line: str) -> bool:
    """Whether a line says who wrote what follows: somebody or a time, a verb, and a colon at its end."""
    said = line.strip()
    if len(said) > _LONGEST or not said.endswith((":", "\uff1a")):
        return False
    return bool(_MARK.search(said) and _VERB.search(said)) or _BARE.search(said) is not None


def _begins_attribution(lines: list[str], place: int) -> bool:
    """Whether a line and the next one or two are one attribution, and the next ones alone are none."""
    for more in (2, 3):
        together = lines[place : place + more]
        if len(together) == more and all(one.strip() for one in together):
            if _attributes(" ".join(together[1:])):
                return False
            if _attributes(" ".join(together)):
                return True
    return False
