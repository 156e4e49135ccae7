"""What receipts hold: decided changes and owed notices, without a word that a person wrote.

Owns the shapes of a record and its one line of text. A record names words by the node id of the
comment that holds them and their sha256 (`Words`), never by the words themselves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias, TypeVar

import msgspec

_Kind = TypeVar("_Kind")

_RECEIPT = "<!-- cocflow:receipt "
_CARD = "<!-- cocflow:card "
_HALT = "<!-- cocflow:halt "
_MAIL = "<!-- cocflow:mail "
_MARKER = "<!-- cocflow:suspension "
_END = " -->"


class Words(msgspec.Struct, frozen=True):
    """Where words stand: the comment's node id and the sha256 of its whole text."""

    fact: str
    sha: str


class Change(msgspec.Struct, frozen=True, tag_field="is", kw_only=True):
    """One thing that a decision changed. Replay applies it and asks nothing."""


class Moved(Change, frozen=True, kw_only=True, tag="moved"):
    """The state is now `to`."""

    to: str


class Estimated(Change, frozen=True, kw_only=True, tag="estimated"):
    """The reporter was given these instants (UTC)."""

    resolve: datetime
    triage: datetime | None = None


class ReporterKnown(Change, frozen=True, kw_only=True, tag="reporter"):
    """Who the reporter is: the issue's author, or somebody for whom the author filed."""

    is_author: bool
    readers_off_roster: bool = False


class ConsentGiven(Change, frozen=True, kw_only=True, tag="consent"):
    """What the reporter lets be shared: `none`, `parties` or `community`; and whether by name."""

    level: str
    named: bool = False


class AnswerGiven(Change, frozen=True, kw_only=True, tag="answer"):
    """The words of a comment hold the answer to the question of that number (1 to 4)."""

    number: int
    words: Words


class PartyAdded(Change, frozen=True, kw_only=True, tag="party"):
    """The words of a comment name a further party, known in this case by `key`."""

    key: str
    words: Words


class PartyRemoved(Change, frozen=True, kw_only=True, tag="party_removed"):
    """That party is none; nothing is owed to it any more."""

    key: str


class Resolved(Change, frozen=True, kw_only=True, tag="resolved"):
    """The words of a comment hold the resolution."""

    words: Words


class ToldByHand(Change, frozen=True, kw_only=True, tag="told"):
    """These notices were told by other means; the words say how."""

    notices: tuple[str, ...]
    words: Words


class Reminded(Change, frozen=True, kw_only=True, tag="reminded"):
    """That timer's occurrence of that instant is done, and every earlier one with it."""

    timer: str
    due: datetime


class SuspensionOrdered(Change, frozen=True, kw_only=True, tag="suspension_ordered"):
    """An account is suspended since `since`. The words' `line`th account (from 0) says whose it is.

    On the incident. `by` is the node id of the administrator; `until` None means interim.
    """

    key: str
    words: Words
    line: int
    since: datetime
    by: str
    until: datetime | None = None


class SuspensionNoted(Change, frozen=True, kw_only=True, tag="suspension_noted"):
    """How the suspension of that key stands, as its own receipts say. On the incident.

    `handles`: digests of the ways to name the person, to know an administrator by.
    """

    key: str
    issue: str
    number: int
    state: str
    until: datetime | None = None
    interim: bool = False
    handles: tuple[str, ...] = ()


class SuspensionBegan(Change, frozen=True, kw_only=True, tag="suspension_began"):
    """A suspension's own beginning: since when, by whom, of which incident, under which key.

    On the suspension. `account` is the digest of the form's answers that say who it is.
    """

    key: str
    incident: int
    by: str
    account: str
    until: datetime | None = None


class EndSet(Change, frozen=True, kw_only=True, tag="end_set"):
    """The suspension ends at `until`; None: it is indefinite by decision."""

    until: datetime | None = None


class AppealKept(Change, frozen=True, kw_only=True, tag="appeal_kept"):
    """These words are part of the appeal that is open or will be filed."""

    words: Words
    verified: bool = True


class AppealDecided(Change, frozen=True, kw_only=True, tag="appeal_decided"):
    """The words that decided the appeal: the reasons, or the new context."""

    words: Words


class PostDrafted(Change, frozen=True, kw_only=True, tag="post_drafted"):
    """The words of a comment are to be posted. A draft before it is void, and so are its answers."""

    words: Words
    by: str


class PostAnswered(Change, frozen=True, kw_only=True, tag="post_answered"):
    """What somebody concerned says to the present draft. `to` is their key in the case."""

    to: str
    yes: bool
    words: Words


class PostApproved(Change, frozen=True, kw_only=True, tag="post_approved"):
    """Another administrator lets the present draft go out."""


class PostDropped(Change, frozen=True, kw_only=True, tag="post_dropped"):
    """The present draft is none any more: it went out, or was stopped."""

    sent: bool


class AccessReturned(Change, frozen=True, kw_only=True, tag="access_returned"):
    """The suspension's end has passed while its appeal is open."""


AnyChange: TypeAlias = (
    Moved
    | Estimated
    | ReporterKnown
    | ConsentGiven
    | AnswerGiven
    | PartyAdded
    | PartyRemoved
    | Resolved
    | ToldByHand
    | Reminded
    | SuspensionOrdered
    | SuspensionNoted
    | SuspensionBegan
    | EndSet
    | AppealKept
    | AppealDecided
    | AccessReturned
    | PostDrafted
    | PostAnswered
    | PostApproved
    | PostDropped
)


class Owed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A notice that somebody must get. `to` is a role, or a party's key; `words` what it tells.

    `by_receipt`: its channel is the issue itself, so the receipt is the notice.
    """

    id: str
    notice: str
    to: str
    words: Words | None = None
    by_receipt: bool = False


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One receipt's hidden part.

    `n` counts from 1; `prev` is the node id of the receipt before it; `of` is the fact or the
    timer's occurrence that it answers; `at` is the instant at which it was decided to have
    happened. `told` absorbs the delivery marks that the card held. `snapshot` is a whole case (a
    checkpoint, written by `/recover`).
    """

    n: int
    prev: str | None
    of: str
    at: datetime
    process: str
    move: str | None = None
    by: str | None = None
    refused: bool = False
    sole: bool = False
    changes: tuple[AnyChange, ...] = ()
    owed: tuple[Owed, ...] = ()
    told: tuple[str, ...] = ()
    snapshot: dict[str, Any] | None = None


class Try(msgspec.Struct, frozen=True):
    """A notice that didn't get through: how often it was tried, since when, and when to try again.

    `again` is None where its channels refuse it for good: then somebody tells it by hand.
    """

    count: int
    since: datetime
    again: datetime | None = None


class Card(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The card's hidden part: an index, never believed over the receipts.

    `due`: when cocflow must look again by itself. `seen`: the newest fact by a person in the read
    that was decided upon. `edited`: the body's last edit in it. `last`: the newest receipt.
    `told`: the delivery marks since that receipt. `tries`: the notices that didn't get through.
    """

    n: int
    last: str
    due: datetime | None = None
    seen: str | None = None
    edited: datetime | None = None
    told: tuple[str, ...] = ()
    tries: dict[str, Try] = {}


class Filed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The hidden part of the bot's comment that holds a mail's text, or one part of a long one.

    `mail` is the digest of its Message-ID, `received` the mail server's time. The last part, for
    which `part` equals `parts`, is the request. `automatic`: no person wrote it.
    """

    mail: str
    received: datetime
    verified: bool
    automatic: bool = False
    part: int = 1
    parts: int = 1


class Marker(msgspec.Struct, frozen=True, kw_only=True):
    """The hidden part of a suspension's body: whose child it is, so that none is made twice."""

    incident: str
    number: int
    key: str


class Halt(msgspec.Struct, frozen=True, kw_only=True):
    """The hidden part of the comment that says that a case has stopped, and why (a digest)."""

    why: str


_escapes = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("-"): "\\u002d"}


def _line(marker: str, record: Record | Card | Halt | Filed | Marker) -> str:
    """Return a record as one HTML comment; `<`, `>` and `-` are escaped, so nothing ends it early.

    In JSON the three stand in strings and negative numbers only; records hold no negative number.
    """
    return marker + msgspec.json.encode(record).decode().translate(_escapes) + _END


def receipt_line(record: Record) -> str:
    """Return the last line of a receipt."""
    return _line(_RECEIPT, record)


def card_line(card: Card) -> str:
    """Return the last line of a card."""
    return _line(_CARD, card)


def halt_line(halt: Halt) -> str:
    """Return the last line of the comment that says that a case has stopped."""
    return _line(_HALT, halt)


def mail_line(filed: Filed) -> str:
    """Return the last line of a comment that holds a mail's text."""
    return _line(_MAIL, filed)


def marker_line(marker: Marker) -> str:
    """Return the first line of a suspension's body: below it a person's answers follow."""
    return _line(_MARKER, marker)


def read_mail(body: str) -> Filed | None:
    """Return the record of a comment that holds a mail; None where the text is none."""
    return _read(body, _MAIL, Filed)


def read_marker(body: str) -> Marker | None:
    """Return the marker of a suspension's body; None where it has none."""
    return _read(body.partition("\n")[0], _MARKER, Marker)


def _payload(body: str, marker: str) -> str | None:
    """Return the JSON of a record: only the very last line counts, whatever words stand above it."""
    line = body.rstrip().rpartition("\n")[2]
    if line.startswith(marker) and line.endswith(_END):
        return line[len(marker) : -len(_END)]
    return None


def is_receipt(body: str) -> bool:
    """Whether the text claims to be a receipt, readable or not."""
    return body.rstrip().rpartition("\n")[2].startswith(_RECEIPT)


def read_receipt(body: str) -> Record | None:
    """Return the record of a receipt; None where the text is none, or is unreadable."""
    return _read(body, _RECEIPT, Record)


def read_card(body: str) -> Card | None:
    """Return the record of a card; None where the text is none, or is unreadable."""
    return _read(body, _CARD, Card)


def is_card(body: str) -> bool:
    """Whether the text claims to be a card, readable or not."""
    return body.rstrip().rpartition("\n")[2].startswith(_CARD)


def read_halt(body: str) -> Halt | None:
    """Return the record of a halt; None where the text is none, or is unreadable."""
    return _read(body, _HALT, Halt)


def _read(body: str, marker: str, kind: type[_Kind]) -> _Kind | None:
    payload = _payload(body, marker)
    if payload is None:
        return None
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeError):
        return None
