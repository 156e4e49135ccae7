"""One raw mail to a `Letter`: pure, total, and suspicious.

Owns what a mail says, who sent it and whether that is vouched for. Any bytes give a letter: what the
parser can't read is `unreadable`. Headers are read as they were sent and never through the
library's header classes, which fail on hostile ones. Nothing here decides what becomes of a letter.
"""

from __future__ import annotations

import codecs
import email
import re
from collections.abc import Collection, Iterator
from datetime import datetime
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.policy import Compat32
from functools import partial
from hashlib import sha256
from typing import Literal

from cocflow.adapters.characters import TOKEN, address, clean
from cocflow.adapters.hypertext import hypertext_to_text
from cocflow.adapters.kinds import NO_WORDS, Shape, by_our_list, is_automatic, kind_of, may_be_automatic
from cocflow.adapters.vouching import RECEIVED, RESULTS, stamp_of, vouched
from cocflow.core.people.contacts import without_plus
from cocflow.core.text.flowed import unflowed
from cocflow.ports import Attached, Letter, Stamp

_NAMED = ("To", "Cc")
_DELIVERED = ("Delivered-To", "X-Original-To")
_BREAKS = (ValueError, LookupError, RecursionError, TypeError, AttributeError, AssertionError, MessageError)
"""What the parser is known to raise on hostile mails, though it promises not to."""
_NOT_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"})
"""Codecs of Python that no mail means, some of them slow."""


_RETURNED = ("Message-ID", "Original-Message-ID", "In-Reply-To", "References", "Reply-To")
"""The headers by which a report shows which mail of ours it is about."""

_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")

MOST_ADDRESSES = 50
"""The addresses that a mail went to of which more aren't looked at."""

_NOTICE = re.compile(r"<notice\.([0-9a-f]{40})@")

_COPY = re.compile(r"^--- Below this line is (?:a copy of the message|the original bounce)", re.MULTILINE)
"""What stands above a mail that qmail sends back, and many that do as it does."""

LONGEST_HEADER = 10_000
"""Characters of a header that are read; of a mail's own and of each part's."""


class _Bounded(Compat32):
    """The library's way with headers, of which it reads parameters in a time that grows with the square."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        """Return a header's name and value, cut."""
        name, value = super().header_source_parse(sourcelines)
        return name, value[:LONGEST_HEADER]


_BOUNDED = _Bounded()


def read_letter(
    raw: bytes,
    *,
    key: str,
    received: datetime,
    authserv_id: str = "",
    mail_provider: str = "",
    mailbox: str = "",
    ours: Collection[str] = frozenset(),
) -> Letter:
    """Return the letter in a mail's bytes. Never raises.

    `authserv_id`: how the receiving server signs its Authentication-Results, a name or a pattern, else
    `mail_provider`, whose server it is; without both, nobody is verified. `mailbox`: our own address; ""
    takes tokens from any address. `ours`: the addresses to which people write, in small letters; where one
    is a list, its mail is theirs.
    """
    try:
        return _read(raw, key, received, authserv_id, mail_provider, mailbox, ours)
    except _BREAKS:
        return unreadable_letter(raw, key=key, received=received, mailbox=mailbox)


def attached_files(raw: bytes) -> tuple[Attached, ...]:
    """Return the files in a mail's bytes, by the names and in the order of `Letter.attachments`."""
    try:
        parts = list(_attached(email.message_from_bytes(raw, policy=_BOUNDED)))
        return tuple(Attached(_attachment_name(part), _bytes(part)) for part in parts)
    except _BREAKS:
        return ()


def unreadable_letter(raw: bytes, *, key: str, received: datetime, mailbox: str = "") -> Letter:
    """Return what can be known of a mail without parsing it: its tokens, and that it exists."""
    head = raw[:65536].partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    return Letter(
        key=key,
        message_id=_made_id(raw),
        sender="",
        verified=False,
        subject="",
        tokens=_unique([*_tokens_in_address(head, mailbox), *_tokens_in_subject(head)]),
        text="",
        received=received,
        unreadable=True,
    )


def read_stamp(raw: bytes, *, authserv_id: str = "", mail_provider: str = "") -> Stamp:
    """Return what the receiving server put on top of a mail, in the bytes of its head. Never raises."""
    try:
        mail = email.message_from_bytes(raw, policy=_BOUNDED)
        sender, certain = _sender(mail)
        trace = _trace(mail)
    except _BREAKS:
        sender, certain, trace = "", False, []
    return stamp_of(trace, sender if certain else "", authserv_id=authserv_id, mail_provider=mail_provider)


def _read(
    raw: bytes,
    key: str,
    received: datetime,
    authserv_id: str,
    mail_provider: str,
    mailbox: str,
    ours: Collection[str],
) -> Letter:
    mail = email.message_from_bytes(raw, policy=_BOUNDED)
    said_in = _by_whom(mail, ours)
    sender, certain = _sender(mail, said_in)
    subject = " ".join(_words(mail, "Subject").split())
    texts, attachments = _content(mail)
    addressed = "\n".join(value for name in (*_NAMED, *_DELIVERED) for value in _headers(mail, name))
    report = _report(mail)
    shown = "\n".join(_shown(mail)) if report is not None else ""
    text, head = clean("\n\n".join(texts)).strip(), partial(_headers, mail)
    return Letter(
        key=key,
        message_id=_message_id(mail) or _made_id(raw),
        sender=sender,
        verified=certain
        and said_in == "From"
        and vouched(_trace(mail), sender, authserv_id=authserv_id, mail_provider=mail_provider),
        subject=subject,
        tokens=_unique(
            [
                *_tokens_in_address(f"{addressed}\n{shown}", mailbox),
                *_tokens_in_subject(f"{subject}\n{shown}"),
            ]
        ),
        text=text,
        received=received,
        automatic=is_automatic(head, sender, ours),
        kind=kind_of(
            list(_shapes(mail)), text, attached=bool(attachments), doubtful=may_be_automatic(head, subject)
        ),
        attachments=tuple(attachments),
        report=report,
        name=_name(mail, said_in),
        addressed=_went_to(mail, ours),
        about=_unique(_NOTICE.findall(shown)) if report == "failed" else (),
    )


# --- headers ---------------------------------------------------------------------------------------


def _headers(mail: Message, name: str) -> list[str]:
    """Return the values of a header as they were sent, topmost first, unfolded."""
    found = []
    for key, value in mail.raw_items():
        if key.lower() == name.lower():
            found.append(_unfolded(value))
    return found


def _unfolded(value: object) -> str:
    sent = str(value).encode("utf-8", "surrogateescape")
    return " ".join(_decoded(sent, "utf-8").split())


def _trace(mail: Message) -> list[tuple[str, str]]:
    """Return the headers that the servers on a mail's way put on top of it, topmost first."""
    found = []
    for key, value in mail.raw_items():
        if (name := key.lower()) in (RECEIVED, RESULTS):
            found.append((name, _unfolded(value)))
    return found


def _words(mail: Message, name: str) -> str:
    """Return a header's words, with encoded words decoded as far as they can be."""
    for value in _headers(mail, name):
        try:
            parts = decode_header(value)
        except _BREAKS:
            return clean(value)
        return clean("".join(_part(*part) for part in parts))
    return ""


def _part(part: bytes | str, charset: str | None) -> str:
    """Return a piece of a header; the library hands pieces that weren't encoded back in its own way."""
    if isinstance(part, str):
        return part
    return part.decode("raw_unicode_escape", "replace") if charset is None else _decoded(part, charset)


def _decoded(data: bytes, charset: str | None) -> str:
    """Return bytes as text by the charset that they claim, else by the likeliest one."""
    for name in (_charset(charset), "utf-8"):
        try:
            return data.decode(name)
        except (ValueError, LookupError):
            continue
    return data.decode("cp1252", "replace")


def _charset(claimed: str | None) -> str:
    try:
        name = codecs.lookup(claimed or "utf-8").name.replace("-", "_")
    except (ValueError, LookupError):
        return "utf-8"
    if name in _NOT_CHARSETS:
        return "utf-8"
    return "cp1252" if name == "iso8859_1" else name


def _message_id(mail: Message) -> str:
    for value in _headers(mail, "Message-ID"):
        found = re.search(r"<[!-;=?-~]{3,250}>", value)
        return found[0] if found else ""
    return ""


def _made_id(raw: bytes) -> str:
    return f"<{sha256(raw).hexdigest()[:40]}@cocflow.invalid>"


def _by_whom(mail: Message, ours: Collection[str]) -> str:
    """Return in which header a mail says who wrote it.

    A list of ours may put its own address in the place of theirs, and vouch for that.
    """
    if _sender(mail)[0].lower() in ours and by_our_list(partial(_headers, mail), ours):
        for name in ("X-Original-From", "Reply-To"):
            if (found := _sender(mail, name)[0]) and found.lower() not in ours:
                return name
    return "From"


def _sender(mail: Message, said_in: str = "From") -> tuple[str, bool]:
    """Return the sender's address, and whether the mail leaves no doubt which address it is.

    Whatever could be read in two ways is doubtful, since the server that vouched for the domain may
    have read it in the other.
    """
    values = _headers(mail, said_in)
    if not values or len(values[0]) > 2000:
        return "", False
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', " ", values[0])
    bare = re.sub(r"\([^()]*\)", " ", bare)
    angles = re.findall(r"<([^<>]*)>", bare)
    found = address((angles[-1] if angles else bare).strip())
    outside = re.sub(r"<[^<>]*>", "", bare) if angles else ""
    doubtful = len(values) > 1 or len(angles) > 1 or re.search(r'[@,;:<>"()]', outside) is not None
    return found or "", found is not None and not doubtful


def _went_to(mail: Message, ours: Collection[str]) -> tuple[str, ...]:
    """Return the addresses that a mail went to, in small letters.

    Where it names one of ours, to which the mailbox delivered it says only how the mailbox is called.
    """
    named, delivered = (
        _ADDRESS.findall("\n".join(value for name in names for value in _headers(mail, name)).lower())
        for names in (_NAMED, _DELIVERED)
    )
    names_ours = any(without_plus(one) in ours for one in named[:MOST_ADDRESSES])
    return _unique((named if names_ours else [*named, *delivered])[:MOST_ADDRESSES])


def _name(mail: Message, said_in: str) -> str:
    """Return what a mail calls its sender, as text of one line; "" where it gives no name."""
    said, angle, _ = _words(mail, said_in)[:1000].rpartition("<")
    return " ".join(said.replace('"', " ").split())[:100] if angle else ""


# --- reports about mails of ours -------------------------------------------------------------------


def _report(mail: Message) -> Literal["failed", "other"] | None:
    """Return what a report says of a mail of ours; None for any other.

    By RFC 3464, else by Exim's header, or as qmail and its kind write it.
    """
    parts = _children(mail) if mail.get_content_type() == "multipart/report" else []
    statuses = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if not statuses:
        gives_up = _headers(mail, "X-Failed-Recipients") or (_by_daemon(mail) and _COPY.search(_text(mail)))
        return "failed" if gives_up else None
    about = (block for part in statuses for block in _children(part))
    actions = {value.lower().split(" ")[0] for block in about for value in _headers(block, "Action")}
    return "failed" if "failed" in actions else "other"


def _by_daemon(mail: Message) -> bool:
    return _sender(mail)[0].lower().startswith("mailer-daemon@")


def _shown(mail: Message) -> Iterator[str]:
    """Give what a report shows of the mail that it is about: heads, and texts."""
    for part in mail.walk():
        yield from (value for name in _RETURNED for value in _headers(part, name))
        yield _words(part, "Subject")
        if not part.is_multipart():
            yield _text(part)


# --- tokens ----------------------------------------------------------------------------------------


def _tokens_in_address(text: str, mailbox: str) -> Iterator[str]:
    local, _, domain = mailbox.lower().rpartition("@")
    before = rf"(?<![\w.+-]){re.escape(local)}" if local else ""
    after = rf"@{re.escape(domain)}(?![\w.-])" if domain else "@"
    return (found[1] for found in re.finditer(rf"{before}\+({TOKEN}){after}", text.lower()))


def _tokens_in_subject(text: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(rf"\[({TOKEN})\]", text.lower()))


def _unique(tokens: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tokens))


# --- content ---------------------------------------------------------------------------------------


def _content(part: Message) -> tuple[list[str], list[str]]:
    """Return the texts of a part in order, and the names of what is attached to it."""
    kind = part.get_content_type()
    if _is_file(part):
        return [], [_attachment_name(part)]
    if part.is_multipart():
        return _alternative(part) if kind == "multipart/alternative" else _mixed(part)
    if kind == "text/html":
        return [hypertext_to_text(_text(part))], []
    if kind.startswith("text/") or kind == "multipart/alternative":
        return [_text(part)], []
    return ([_text(part)], []) if kind.startswith("multipart/") else ([], [_attachment_name(part)])


def _shapes(part: Message) -> Iterator[Shape]:
    """Give the type of each part, with what tells kinds of it apart; what is forwarded isn't looked into."""
    kind = part.get_content_type()
    attached = not part.is_multipart() and _is_attachment(part)
    yield Shape(kind=kind, detail="".join(_headers(part, "Content-Type")[:1]).lower(), attached=attached)
    for child in _children(part) if kind.startswith("multipart/") else []:
        yield from _shapes(child)


def _attached(part: Message) -> Iterator[Message]:
    """Give the parts of which `_content` returns the names."""
    kind = part.get_content_type()
    if _is_file(part):
        yield part
    elif part.is_multipart():
        children = _children(part)
        if kind == "multipart/alternative":
            children = sorted(children, key=lambda child: child.get_content_type() != "text/plain")
        for child in children:
            yield from _attached(child)
    elif not kind.startswith(("text/", "multipart/")):
        yield part


def _bytes(part: Message) -> bytes:
    """Return what a file holds; of a mail in a mail, that mail."""
    if part.is_multipart():
        return b"".join(child.as_bytes() for child in _children(part))
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [one for one in payload if isinstance(one, Message)] if isinstance(payload, list) else []


def _mixed(part: Message) -> tuple[list[str], list[str]]:
    read = [_content(child) for child in _children(part)]
    texts = [text for found, _ in read for text in found if text.strip()]
    return texts, [name for _, names in read for name in names]


def _alternative(part: Message) -> tuple[list[str], list[str]]:
    """Return the first alternative that says something, the plainest if there are several."""
    children = sorted(_children(part), key=lambda child: child.get_content_type() != "text/plain")
    read = [_content(child) for child in children]
    texts = next((found for found, _ in read if any(text.strip() for text in found)), [])
    return texts, [name for _, names in read for name in names]


def _is_file(part: Message) -> bool:
    """Whether a part is named and not read: a file, a mail in a mail, or of a type that holds no words."""
    kind = part.get_content_type()
    return kind.startswith("message/") or kind in NO_WORDS or _is_attachment(part)


def _is_attachment(part: Message) -> bool:
    said = "".join(_headers(part, "Content-Disposition")[:1]).lower()
    return said.startswith("attachment") or (not part.is_multipart() and _filename(part) != "")


def _filename(part: Message) -> str:
    try:
        return part.get_filename("") or ""
    except _BREAKS:
        return "?"


def _attachment_name(part: Message) -> str:
    """Return the last part of a file's name, as text of one line; else its type."""
    said = _filename(part)
    try:
        said = "".join(_part(*one) for one in decode_header(said))
    except _BREAKS:
        said = "?"
    name = re.split(r"[/\\]", " ".join(clean(said).split()))[-1].strip(". ")
    return name[:100] or part.get_content_type()[:100]


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    try:
        claimed = part.get_content_charset()
        flowed, delsp = (str(part.get_param(name, "")).lower() for name in ("format", "delsp"))
    except _BREAKS:
        claimed, flowed, delsp = None, "", ""
    text = _decoded(payload, claimed)
    return unflowed(text, delsp=delsp == "yes") if flowed == "flowed" else text
