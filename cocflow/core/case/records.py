"""What receipts hold: decided changes and owed notices, without a word that a person wrote.

Owns the shapes of a record and its one line of text, signed where there is a seal. A record names
words by the node id of the comment that holds them and their sha256 (`Words`), never by the words
themselves. A line that is read may come from anybody: what no record of ours holds is unreadable.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any, Generic, Literal, TypeAlias, TypeVar

import msgspec

from cocflow.core.case.seal import Seal

Time: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant; a time without its zone isn't one."""

Number: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
"""What records count by. GitHub has no issue with so many comments."""

LetterKind: TypeAlias = Literal[
    "words", "absence", "reaction", "receipt", "calendar", "encrypted", "attachments", "empty"
]
"""What a letter holds: words of its sender's, or else what it is instead. `absence`: words that look like
an automatic answer, so perhaps nobody's."""

_Kind = TypeVar("_Kind")

_RECEIPT = "<!-- cocflow:receipt "
_CARD = "<!-- cocflow:card "
_HALT = "<!-- cocflow:halt "
_MAIL = "<!-- cocflow:mail "
_JOINING = "<!-- cocflow:joining "
_MARKER = "<!-- cocflow:suspension "
_ARRIVAL = "<!-- cocflow:arrival "
_CLAIM = "<!-- cocflow:claim "
_ABSENCE = "<!-- cocflow:absence "
_STUBS = "<!-- cocflow:stubs "
_END = " -->"

WITHOUT_RECORD = "<!-- cocflow: nothing is recorded here -->"
"""The last line of a comment of ours that is no record, so that nothing quoted there can be one."""

MAIL = "mail"
"""What a comment claims to be that holds a letter."""

JOINING = "note"
"""What a comment claims to be that says something of another report."""

_MARKERS = {
    _RECEIPT: "receipt",
    _CARD: "card",
    _HALT: "halt",
    _MAIL: MAIL,
    _JOINING: JOINING,
    _MARKER: "suspension",
    _ARRIVAL: "arrival",
    _CLAIM: "claim",
    _ABSENCE: "absence",
    _STUBS: "page",
}


class Words(msgspec.Struct, frozen=True):
    """Where words stand: the comment's node id and the sha256 of its whole text."""

    fact: str
    sha: str


_Change = TypeVar("_Change")


class Owed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notice that somebody must get. `to` is a role, or a party's key; `words` what it tells.

    `by_receipt`: its channel is the issue itself, so the receipt is the notice. `under`: under which consent
    it was shown to whoever approved it, where words were drafted. `reason`: why something isn't granted, in a
    sentence of cocflow's own.
    """

    id: str
    notice: str
    to: str
    words: Words | None = None
    by_receipt: bool = False
    under: str = ""
    reason: str = ""


class RecordOf(msgspec.Struct, Generic[_Change], frozen=True, kw_only=True, omit_defaults=True):
    """One receipt's hidden part. `changes` are what the decision changed, each of a subject's own kind.

    `n` counts from 1; `prev` is the node id of the receipt before it; `of` is the fact or the
    timer's occurrence that it answers; `at` is the instant at which it was decided to have
    happened. `reached` absorbs the delivery marks that the card held: which notices got through, and when;
    older records say only which (`told`). `snapshot` is a whole case (a checkpoint, written by `/recover`);
    `packed` is a long one, as it is written. `read` is the digest of a comment with a command, by which a
    later edit of it is told from it. `typed`: from then on a command is read wherever people type one; until
    then it was one by its very first character only. `zone`: the time zone in which it is counted, and what
    follows until another is named.
    """

    n: Number
    prev: str | None
    of: str
    at: Time
    process: str
    move: str | None = None
    by: str | None = None
    refused: bool = False
    sole: bool = False
    changes: tuple[_Change, ...] = ()
    owed: tuple[Owed, ...] = ()
    told: tuple[str, ...] = ()
    reached: dict[str, Time] = {}
    snapshot: dict[str, Any] | None = None
    packed: str = ""
    read: str = ""
    typed: bool = False
    zone: str = ""


class Try(msgspec.Struct, frozen=True):
    """A notice that didn't get through: how often it was tried, since when, and when to try again.

    `again` is None where its channels refuse it for good: then somebody tells it by hand.
    """

    count: Number
    since: Time
    again: Time | None = None


class Line(msgspec.Struct, frozen=True):
    """One thing that is in trouble: what failed, what that costs whom, what to do, and since when.

    These are sentences of cocflow's own, with numbers and names of channels in them, and nobody's words.
    """

    says: str
    costs: str
    remedy: str
    since: Time


class Away(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An administrator who is away, known by digests of the ways to name them; `until` None: till `/back`."""

    marks: tuple[str, ...]
    until: Time | None = None


class Board(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the board's card: what is in trouble, by a digest of what it is about.

    `swept` and `mailed` are when the last sweep ended, and when the mailbox was last read. `more`: how much
    else is in trouble, for which there is no room. `cases`: the numbers of the open cases, as `compact`
    writes them, by which one that vanishes is missed. `away`: who is, as the receipts there say. `digest`:
    there is one on the board, `digested` when the last one was written, and `outside` until when the outside
    contact has heard how many reports wait. `leaving`: of which cases the digest has said that they can be
    erased soon, as `compact` writes their numbers.
    """

    troubles: dict[str, Line] = {}
    swept: Time | None = None
    mailed: Time | None = None
    more: Number = 0
    cases: str = ""
    away: tuple[Away, ...] = ()
    digest: bool = False
    digested: Time | None = None
    outside: Time | None = None
    leaving: str = ""


Coarse: TypeAlias = Literal["a day", "3 days", "a week", "a month", "3 months", "longer"]
"""How long something took, as far as it is still told once a case is gone: within so long."""

What: TypeAlias = Literal[
    "received", "finished", "reopened", "outcome", "appeal", "estimate", "to_estimate", "to_decision"
]
"""What a year's report counts."""


class Happened(msgspec.Struct, frozen=True, array_like=True):
    """One thing in the course of a case that a year's report counts, in order: in which month, what, and how.

    `month` is a text, as in `2026-11`; it and `how` say nothing of anybody:
    - `received`: how it came, `github`, `mail` or `room`;
    - `finished`: `decided`, or `undecided` where it was withdrawn or dismissed; `reopened`: nothing;
    - `outcome`: as what the gravest is counted that stands for anybody from then on (`Outcome.kind`), or its
      name in older stubs; "" where none is stated;
    - `appeal`: `changed` or `kept` is what was decided;
    - `estimate`: `kept` or `missed`, when that was certain;
    - `to_estimate`, `to_decision`: how long the reporter had waited for the first one (`Coarse`).

    `of` tells the cases of a unit apart.
    """

    month: str
    what: What
    how: str = ""
    of: Number = 0


class Stub(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is left of an incident that was erased: what a year's report counts, and nothing of anybody.

    `numbers` are those of its issues, as `compact` writes them, by which a missing one is accounted for;
    `first` is the one that is erased last.
    Months are texts, as in `2026-11`: when it was `received`, when it ended (`finished`), until when it was
    to be `kept`, and when it was found `erased` ("": not yet). `happened`: each thing that is counted, of
    each of its cases in turn.
    """

    first: Number
    numbers: str
    received: str
    finished: str
    kept: str
    erased: str = ""
    happened: tuple[Happened, ...] = ()


class Stubs(msgspec.Struct, frozen=True, kw_only=True):
    """The hidden part of a page of the book of what was erased: stubs, the oldest first."""

    all: tuple[Stub, ...] = ()


class Leaving(msgspec.Struct, frozen=True):
    """An incident whose time is over soon: the numbers of its issues, the first one's, and from when on."""

    number: Number
    numbers: str
    since: Time


class Book(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the card of the book of what was erased: an index, never believed over the cases.

    `looked`: when everything that is closed was last looked through. `policy`: a digest of how long what is
    kept, as it was then. `kept`: the numbers of what is closed, as `compact` writes them, by the day before
    which none of it can be erased. `leaving`: what can be soon. `waits`: there are stubs of what isn't
    erased.
    """

    looked: Time | None = None
    policy: str = ""
    kept: dict[str, str] = {}
    leaving: tuple[Leaving, ...] = ()
    waits: bool = False


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The card's hidden part: an index, never believed over the receipts.

    `due`: when cocflow must look again by itself. `seen`: the newest fact by a person in the read
    that was decided upon. `edited`: the body's last edit in it. `last`: the newest receipt.
    `reached`: the delivery marks since that receipt, with their times; older cards hold none (`told`).
    `tries`: the notices that didn't get through.
    `edits`: the last edit of a comment by a person in the read that was decided upon.
    `late`: since when a run had been due, where the newest receipt came that late. `overruled`: when
    somebody else had last edited the card, which this one undoes. `board`: this is no case, but the board;
    `book`: nor is it one, but the book of what was erased.
    `filler`: who writes most where little room is left, without a name. `goes_on`: the number of the issue
    in which the case goes on. `known`: by what a letter without a token is known to belong here
    (`letters.known_by`); None on a card of before that was kept.
    `waits`: what it waits for, or will, by the names of timers of the process `kind`, and since when;
    `labels`: which of ours the issue is to have, and `is_open` whether it is to be open: the listing shows
    whether it is so; None on a card of before that was kept.
    `owner`: digests of who has it; `apart`: it concerns an administrator, so it keeps its reminders to
    itself; `urgent`: somebody may be in danger, so that its reminders go to everyone.
    """

    n: Number
    last: str
    due: Time | None = None
    seen: str | None = None
    edited: Time | None = None
    told: tuple[str, ...] = ()
    reached: dict[str, Time] = {}
    tries: dict[str, Try] = {}
    edits: Time | None = None
    late: datetime | None = None
    overruled: Time | None = None
    board: Board | None = None
    book: Book | None = None
    filler: str = ""
    goes_on: Number | None = None
    known: tuple[str, ...] | None = None
    kind: str = ""
    waits: dict[str, Time] = {}
    owner: tuple[str, ...] = ()
    apart: bool = False
    urgent: bool = False
    labels: tuple[str, ...] | None = None
    is_open: bool | None = None

    @property
    def of_case(self) -> bool:
        """Whether it is the card of a case."""
        return self.board is None and self.book is None


class Filed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the bot's comment that holds a mail's text, or one part of a long one.

    `mail` is the digest of its Message-ID, `received` the mail server's time. The last part, for
    which `part` equals `parts`, is the request. `person`: the key of whom it seems to come from, by the token
    that it bears or by its address, "" if it is nobody's; `verified`: it surely comes from that person's own
    address. `automatic`: no person wrote it. `returned`: the notices of which it says that they came back.
    `kind`: what it holds. `room`: the room in which it was written, "" for a mail; `button`: it isn't words,
    but that the issue there was closed or reopened. `outside` and `reporter` are what older records have
    instead of a key.
    """

    mail: str
    received: Time
    verified: bool
    person: str = ""
    automatic: bool = False
    outside: bool = False
    reporter: bool = False
    part: Number = 1
    parts: Number = 1
    returned: tuple[str, ...] = ()
    kind: LetterKind = "words"
    room: str = ""
    button: Literal["", "close", "reopen"] = ""

    def __post_init__(self) -> None:
        """Read the older ways to say whose it is."""
        if not self.person and (self.outside or self.reporter):
            msgspec.structs.force_setattr(self, "person", "outside" if self.outside else "reporter")


class Joining(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the bot's comment by which another report is handled here, or isn't any more.

    `issue` and `number` are that report's, `receipt` is the number of its receipt that says so, `at` since
    when that holds, `by` the node id of whoever brought it about, and `marks` are digests of the ways to name
    them, if they are an administrator. The text above says how its reporter is called and reached, unless
    somebody reads it there for whom that isn't; `account` is theirs, where they are known by one, `handles`
    are digests of the ways to name them, and `unasked` says that nobody has asked them yet. `known`: the key
    by which they are in this case already.
    """

    issue: str
    number: Number
    receipt: Number
    at: Time
    by: str = ""
    marks: tuple[str, ...] = ()
    account: str = ""
    handles: tuple[str, ...] = ()
    unasked: bool = False
    known: str = ""
    leaves: bool = False

    @property
    def exchange(self) -> str:
        """What it is known by: it is decided once."""
        return f"{self.issue}#{self.receipt}"


CONTINUATION = "continuation"
"""The key by which an issue knows the one in which it goes on; no suspension and no room has it."""


class Marker(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the body of an issue that cocflow opened out of another: none is made twice.

    `incident` and `number` are that other one's. `key`: which of its suspensions or rooms it is, or
    CONTINUATION. `process` is the name of what governs it, "" for a suspension.
    """

    incident: str
    number: Number
    key: str
    process: str = ""


class Arrival(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the body of an incident that cocflow opened for a letter: none is made twice.

    `mail` is the digest by which its letter is filed. `sure`: it is a report, and surely from the address
    that it names. `answered`: its sender, who isn't sure, is told that a mail has come. `room`: the name of
    the room in which it was filed, "" for a mail; `account` and `login` are then those of its guest, and
    `altered` says that somebody else had edited it there before it was read.
    """

    mail: str
    sure: bool = False
    answered: bool = False
    room: str = ""
    account: str = ""
    login: str = ""
    altered: bool = False

    def __repr__(self) -> str:
        """Show no name."""
        return f"Arrival({self.mail})"


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far an issue of a room was read: the newest item that was dealt with, and when that happened.

    `form`: when the issue's own text was last edited, of what was dealt with; `words`: when a comment was.
    `said`: digests of what the form said, each part by itself, so that an edit says only what it changes.
    """

    item: str = ""
    at: Time | None = None
    form: Time | None = None
    words: Time | None = None
    said: tuple[str, ...] = ()


class Claim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of cocflow's first comment on an issue of a room: whose it is, and how far it was read.

    `vault` is the repository (`owner/name`) that deals with it; nobody else does. `token` brings what is
    written there to a case and to a person in it, "" while the case is being opened. `seen`: what of it has
    been dealt with; what is newer counts as unread. `may`: the logins of the administrators who may read the
    room on its account; `entering` are those of them of whom it isn't known yet whether they are in.
    `others`: what administrators have written there themselves, as long as it is there.
    """

    vault: str
    token: str = ""
    seen: Seen = Seen()
    may: tuple[str, ...] = ()
    entering: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Show no name."""
        return f"Claim({self.vault})"


class Absence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the receipt by which an administrator is away, or (`back`) isn't any more.

    `of` is the node id of the comment on the board that said so, `marks` are digests of the ways to name
    them. `refused`: it couldn't be understood, and nothing changed.
    """

    of: str
    marks: tuple[str, ...] = ()
    until: Time | None = None
    back: bool = False
    refused: bool = False


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """The hidden part of the comment that says that a case has stopped, and why (a digest)."""

    why: str


_escapes = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("-"): "\\u002d"}


def _line(
    marker: str,
    record: RecordOf[Any] | Card | Halt | Filed | Joining | Marker | Arrival | Claim | Absence | Stubs,
    seal: Seal | None,
    issue: str,
) -> str:
    """Return a record as one HTML comment; `<`, `>` and `-` are escaped, so nothing ends it early.

    In JSON the three stand in strings and negative numbers only; records hold no negative number.
    """
    payload = msgspec.json.encode(record).decode().translate(_escapes)
    return f"{marker}{payload}{'' if seal is None else ' ' + seal.sign(issue, marker + payload)}{_END}"


def receipt_line(record: RecordOf[Any], seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of a receipt, signed for the issue of that node id if there is a seal."""
    return _line(_RECEIPT, packed(record), seal, issue)


PACKED_FROM = 8_000
"""Bytes from which on a checkpoint is packed: the whole case of hundreds has to fit into one comment."""

MOST_UNPACKED = 4_000_000
"""Bytes of an unpacked checkpoint that are read: whoever wrote it can't fill the memory."""


def packed(record: RecordOf[Any]) -> RecordOf[Any]:
    """Return a record with its checkpoint packed, if it is long."""
    text = msgspec.json.encode(record.snapshot) if record.snapshot is not None else b""
    if len(text) < PACKED_FROM:
        return record
    return msgspec.structs.replace(record, snapshot=None, packed=b64encode(zlib.compress(text, 9)).decode())


def unpacked(record: RecordOf[_Change]) -> RecordOf[_Change] | None:
    """Return a record as it was before it was packed; None where it can't be had."""
    if not record.packed:
        return record
    try:
        text = zlib.decompressobj().decompress(b64decode(record.packed, validate=True), MOST_UNPACKED)
        snapshot = msgspec.json.decode(text, type=dict[str, Any])
    except (ValueError, zlib.error, msgspec.DecodeError, RecursionError):
        return None
    return msgspec.structs.replace(record, snapshot=snapshot, packed="")


def card_line(card: Card, seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of a card, signed for the issue of that node id if there is a seal."""
    return _line(_CARD, card, seal, issue)


def halt_line(halt: Halt, seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of the comment that says that a case has stopped, signed if there is a seal."""
    return _line(_HALT, halt, seal, issue)


def mail_line(filed: Filed, seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of a comment that holds a mail's text, signed if there is a seal."""
    return _line(_MAIL, filed, seal, issue)


def joining_line(joining: Joining, seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of a comment about another report, signed if there is a seal."""
    return _line(_JOINING, joining, seal, issue)


def marker_line(marker: Marker, seal: Seal | None = None) -> str:
    """Return the first line of a suspension's body: below it a person's answers follow.

    The suspension has no node id yet, so it is signed for its incident's.
    """
    return _line(_MARKER, marker, seal, marker.incident)


def arrival_line(arrival: Arrival, seal: Seal | None = None) -> str:
    """Return the first line of the body of an incident that came by mail, signed for its letter."""
    return _line(_ARRIVAL, arrival, seal, arrival.mail)


def claim_line(claim: Claim, seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of a claim, signed for the room's issue of that node id if there is a seal."""
    return _line(_CLAIM, claim, seal, issue)


def absence_line(absence: Absence, seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of the receipt of an absence, signed for the board of that node id."""
    return _line(_ABSENCE, absence, seal, issue)


def stubs_line(stubs: Stubs, seal: Seal | None = None, issue: str = "") -> str:
    """Return the last line of a page of the book of what was erased, signed for the issue of that node id."""
    return _line(_STUBS, stubs, seal, issue)


def is_vouched(body: str, seal: Seal | None, issue: str, at: datetime | None = None) -> bool:
    """Whether the record in a comment's last line was signed for that issue; without a seal, always.

    `at`: since when it has stood there as it is; None where that isn't known.
    """
    return seal is None or _is_vouched(_last_line(body), seal, issue, at)


def _is_vouched(line: str, seal: Seal, issue: str, at: datetime | None) -> bool:
    for marker in _MARKERS:
        if line.startswith(marker) and line.endswith(_END):
            payload, signature = _cut(line[len(marker) : -len(_END)])
            return seal.holds(issue, marker + payload, signature, at)
    return False


def is_signed(body: str) -> bool:
    """Whether the record in a comment's last line has a signature, whosever it is."""
    line = _last_line(body)
    return claim(body) is not None and line.endswith(_END) and _cut(line[: -len(_END)])[1] != ""


def claim(body: str) -> str | None:
    """Return what a text's last line claims to be: a receipt, a card, …; None if it claims nothing."""
    line = _last_line(body)
    return next((name for marker, name in _MARKERS.items() if line.startswith(marker)), None)


def read_mail(body: str) -> Filed | None:
    """Return the record of a comment that holds a mail; None where the text is none."""
    return _read(body, _MAIL, Filed)


def read_joining(body: str) -> Joining | None:
    """Return the record of a comment about another report; None where the text is none."""
    return _read(body, _JOINING, Joining)


def read_marker(body: str, seal: Seal | None = None, at: datetime | None = None) -> Marker | None:
    """Return the marker of a suspension's body; None where it has none, or one that isn't vouched for."""
    first = body.partition("\n")[0].rstrip()
    marker = _read(first, _MARKER, Marker)
    if marker is None or seal is None or _is_vouched(first, seal, marker.incident, at):
        return marker
    return None


def read_arrival(body: str, seal: Seal | None = None, at: datetime | None = None) -> Arrival | None:
    """Return how an incident came by mail; None where its body doesn't say, or nothing vouches for it."""
    first = body.partition("\n")[0].rstrip()
    arrival = _read(first, _ARRIVAL, Arrival)
    if arrival is None or seal is None or _is_vouched(first, seal, arrival.mail, at):
        return arrival
    return None


def read_claim(body: str) -> Claim | None:
    """Return the record of a claim, whichever vault's; None where the text is none."""
    return _read(body, _CLAIM, Claim)


def read_absence(body: str) -> Absence | None:
    """Return the record of the receipt of an absence; None where the text is none."""
    return _read(body, _ABSENCE, Absence)


def read_stubs(body: str) -> Stubs | None:
    """Return the record of a page of the book of what was erased; None where the text is none."""
    return _read(body, _STUBS, Stubs)


def _last_line(body: str) -> str:
    """Return the very last line: only that one counts, whatever words stand above it."""
    return body.rstrip().rpartition("\n")[2]


def _cut(text: str) -> tuple[str, str]:
    """Return the JSON and the signature of a record; "" where it has none. JSON ends with a brace."""
    if text.endswith("}"):
        return text, ""
    payload, _, signature = text.rpartition(" ")
    return payload, signature


def _payload(body: str, marker: str) -> str | None:
    line = _last_line(body)
    if line.startswith(marker) and line.endswith(_END):
        return _cut(line[len(marker) : -len(_END)])[0]
    return None


def is_receipt(body: str) -> bool:
    """Whether the text claims to be a receipt, readable or not."""
    return _last_line(body).startswith(_RECEIPT)


def read_record(body: str, decode: Callable[[str], _Kind]) -> _Kind | None:
    """Return the record of a receipt, as it is decoded; None where the text is none, or is unreadable."""
    return _decoded(body, _RECEIPT, decode)


@lru_cache(maxsize=16)  # several things are asked of one card in a row; more would stay in memory
def read_card(body: str) -> Card | None:
    """Return the record of a card; None where the text is none, or is unreadable."""
    return _read(body, _CARD, Card)


def is_card(body: str) -> bool:
    """Whether the text claims to be a card, readable or not."""
    return _last_line(body).startswith(_CARD)


def read_halt(body: str) -> Halt | None:
    """Return the record of a halt; None where the text is none, or is unreadable."""
    return _read(body, _HALT, Halt)


def _read(body: str, marker: str, kind: type[_Kind]) -> _Kind | None:
    return _decoded(body, marker, lambda payload: msgspec.json.decode(payload, type=kind))


def _decoded(body: str, marker: str, decode: Callable[[str], _Kind]) -> _Kind | None:
    payload = _payload(body, marker)
    if payload is None:
        return None
    try:
        record = decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    return record if is_plausible(record) else None


def is_plausible(value: object) -> bool:
    """Whether all instants in a record lie in these centuries: beyond them, adding to one can fail."""
    if value is None or isinstance(value, str):
        return True  # most are
    if isinstance(value, datetime):
        return 1970 <= value.year < 3000
    if isinstance(value, msgspec.Struct):
        return all(map(is_plausible, msgspec.structs.astuple(value)))
    if isinstance(value, dict):
        return all(map(is_plausible, value.values()))
    return not isinstance(value, tuple | list) or all(map(is_plausible, value))
