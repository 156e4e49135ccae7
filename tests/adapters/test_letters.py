"""Raw mails to letters. Each `letters/*.eml` has beside it what its letter must say."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cocflow.adapters.letters import attached_files, read_letter, read_stamp
from cocflow.core.text.mailed import own_lines
from cocflow.ports import Letter
from tests.hostile import HOSTILE

FOLDER = Path(__file__).parent / "letters"
CORPUS = sorted(FOLDER.glob("*.eml"))
RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOKEN = "abcdefghijkl"


def letter(
    raw: bytes,
    authserv_id: str = "mx.example.org",
    mailbox: str = "appeals@coc.example.org",
    mail_provider: str = "",
    ours: tuple[str, ...] = ("appeals@coc.example.org", "reports@coc.example.org"),
) -> Letter:
    """Return the letter in a mail that came to our mailbox."""
    return read_letter(
        raw,
        key="1.1",
        received=RECEIVED,
        authserv_id=authserv_id,
        mail_provider=mail_provider,
        mailbox=mailbox,
        ours=ours,
    )


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_the_corpus(path: Path) -> None:
    """A mail is read as the file beside it says.

    `read_with`: how our server signs, if otherwise than as mx.example.org; `own`: the sender's own lines.
    """
    expectations = json.loads(path.with_suffix(".json").read_text())
    found = letter(path.read_bytes(), **expectations.pop("read_with", {}))
    said = {name: getattr(found, name) for name in found.__struct_fields__}
    said["own"] = tuple(own_lines(found.text))
    for name, expected in expectations.items():
        assert said[name] == (tuple(expected) if isinstance(expected, list) else expected), name
    assert found.received == RECEIVED
    assert found.message_id.startswith("<")


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_the_files_are_those_that_are_named(path: Path) -> None:
    """What is fetched later has the names under which it was announced, in their order."""
    raw = path.read_bytes()
    letter = read_letter(raw, key="1", received=RECEIVED)
    assert tuple(one.name for one in attached_files(raw)) == letter.attachments


def test_the_corpus_is_whole() -> None:
    """Each mail has its expectations, and the other way round."""
    assert {path.stem for path in CORPUS} == {path.stem for path in FOLDER.glob("*.json")}


@pytest.mark.parametrize("path", CORPUS, ids=[path.stem for path in CORPUS])
def test_without_a_trusted_server_nobody_is_verified(path: Path) -> None:
    """No authserv-id, no trust, whatever the headers say."""
    assert not letter(path.read_bytes(), authserv_id="").verified


def test_a_made_id_is_stable() -> None:
    """A mail without a Message-ID gets the same one each time, and another mail another one."""
    one, again, other = letter(b"x"), letter(b"x"), letter(b"y")
    assert one.message_id == again.message_id != other.message_id


def test_without_an_address_any_plus_address_counts() -> None:
    """Where the mailbox's own address isn't known, tokens are taken from any."""
    raw = f"To: somebody+{TOKEN}@anywhere.example\r\n\r\nx".encode()
    assert letter(raw, mailbox="").tokens == (TOKEN,)
    assert letter(raw).tokens == ()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_in_every_place(text: str) -> None:
    """What is typed stays text in its field, and whole; only what is no character is taken out."""
    words = text.encode("utf-8", "replace").decode()
    mail = EmailMessage()
    mail["From"] = "riya@example.org"
    mail.set_content(words + "\n", cte="base64")
    mail.add_attachment(b"x", maintype="application", subtype="x", filename="file")
    raw = mail.as_bytes().replace(b'"file"', b'"' + words[:500].encode().replace(b"\r", b"") + b'"')
    raw = b"Subject: " + b" ".join(words.encode().split()) + b"\r\n" + raw
    found = letter(raw)
    assert (found.sender, found.verified, found.unreadable) == ("riya@example.org", False, False)
    assert len(found.subject.splitlines()) <= 1
    assert all(len(name.splitlines()) == 1 and "../" not in name for name in found.attachments)
    kept = "".join(character for character in words if character.isalnum())
    assert "".join(character for character in found.text if character.isalnum()).startswith(kept[:100])


def test_enormous_text_is_whole() -> None:
    """Ten megabytes of words are all there."""
    words = "I was not there. " * 600_000
    assert letter(f"From: r@example.org\r\n\r\n{words}".encode()).text == words.strip()


def nested(depth: int) -> bytes:
    """Return a mail of multiparts in multiparts."""
    head = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n" for level in range(depth)
    )
    return f"To: appeals+{TOKEN}@coc.example.org\r\n{head}\r\nwords".encode()


def test_a_mail_that_breaks_the_parser() -> None:
    """Parts a thousand deep are unreadable; the token is known all the same."""
    found = letter(nested(2000))
    assert (found.unreadable, found.text, found.sender, found.verified) == (True, "", "", False)
    assert found.tokens == (TOKEN,)
    assert found.message_id == letter(nested(2000)).message_id


BOMBS = {
    "nested": nested(90),
    "open comments": b"Content-Type: text/html\r\n\r\n" + b"<!--" * 200_000,
    "open tags": b"Content-Type: text/html\r\n\r\n" + b"<a " * 300_000,
    "tags and one end": b"Content-Type: text/html\r\n\r\n" + b"<a " * 300_000 + b">",
    "open scripts": b"Content-Type: text/html\r\n\r\n" + b"<script>" * 100_000,
    "styles": b"Content-Type: text/html\r\n\r\n" + b"<style></style>" * 50_000,
    "entities": b"Content-Type: text/html\r\n\r\n" + b"&" * 1_000_000,
    "quotes in the sender": b'From: "' + b'\\"' * 500_000 + b"\r\n\r\nx",
    "angles in the sender": b"From: " + b"<" * 500_000 + b"\r\n\r\nx",
    "addresses": b"To: " + b"a+abcdefghijk1@x, " * 50_000 + b"\r\n\r\nx",
    "brackets in the subject": b"Subject: " + b"[" * 500_000 + b"\r\n\r\nx",
    "encoded words": b"Subject: " + b"=?utf-8?q?x?= " * 20_000 + b"\r\n\r\nx",
    "results": b"Authentication-Results: mx.example.org"
    + b" (x" * 200_000
    + b"\r\nFrom: a@b.example\r\n\r\nx",
    "results of spaces": b"Authentication-Results: mx.example.org"
    + b" (x) " * 100_000
    + b"\r\nFrom: a@b.example\r\n\r\nx",
    "headers": b"X: y\r\n" * 50_000 + b"\r\nx",
    "parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 5_000,
    "quoted lines": b"From: a@b.example\r\n\r\n" + b">\n" * 500_000,
    "empty lines": b"From: a@b.example\r\n\r\n>\n" + b" \n" * 500_000 + b">",
    "attributions": b"From: a@b.example\r\n\r\n" + (b"9:00 " * 70 + b"wrote x:\n> x\n") * 3_000,
    "heads": b"From: a@b.example\r\n\r\n>x\n" + b"_" * 25 + (b"\n" + b"Get Outlook for iOS") * 50_000,
    "parameters": b"Content-Type: text/plain" + b"; a=b" * 20_000 + b"\r\n\r\nx",
}


@pytest.mark.parametrize("raw", BOMBS.values(), ids=BOMBS.keys())
def test_bombs(raw: bytes) -> None:
    """No mail of a megabyte or so takes more than seconds, however it is built."""
    began = time.process_time()
    letter(raw)
    assert time.process_time() - began < 4


@given(st.binary(max_size=2000))
@example(b"")
@example(b"\xff\xfe\x00")
@example(b"From: \r\n =?")
def test_any_bytes_give_a_letter(raw: bytes) -> None:
    """Whatever bytes arrive, there is a letter, and nothing raises; nobody is verified without a setting."""
    assert letter(raw).key == "1.1"
    assert not read_stamp(raw).verified


def test_a_stamp_is_what_the_letter_is_read_by() -> None:
    """The head alone tells whether the sender is verified, as the whole letter does."""
    for path in CORPUS:
        given = json.loads(path.with_suffix(".json").read_text()).get("read_with", {})
        setting = {"authserv_id": "mx.example.org"} | given
        raw = path.read_bytes()
        assert read_stamp(raw, **setting).verified == letter(raw, ours=(), **given).verified, path.stem


FIELDS = st.sampled_from(
    "From To Subject Message-ID Content-Type Content-Disposition Content-Transfer-Encoding "
    "Authentication-Results Auto-Submitted Precedence Return-Path Delivered-To Date MIME-Version".split()
)
VALUES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(list(HOSTILE.values())).map(lambda text: text[:200]),
    st.sampled_from(
        [
            "multipart/mixed; boundary=b",
            'multipart/alternative; boundary="b"',
            "text/html; charset*=utf-8''%00",
            "text/plain; charset*0=ut; charset*1=f-8",
            "message/rfc822",
            "attachment; filename*0*=utf-8''%ff; filename*1=x",
            "attachment; filename*=",
            "base64",
            "uuencode",
            "=?utf-8?b?/w==?=",
            "=?utf-8?q?=ff?=",
            "=?punycode?q?a-?=",
        ]
    ),
)


@given(
    st.lists(st.tuples(FIELDS, VALUES), max_size=8),
    st.sampled_from(["x", "--b\r\n\r\nx\r\n--b--", "begin 666 x\n!"]),
)
def test_any_headers_give_a_letter(headers: list[tuple[str, str]], body: str) -> None:
    """Whatever stands in the headers, there is a letter of one-line fields, and nothing raises."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers)
    found = letter(f"{head}\r\n{body}".encode("utf-8", "surrogatepass"))
    assert len(found.subject.splitlines()) <= 1
    assert len(found.sender.splitlines()) <= 1
    assert all(len(name.splitlines()) == 1 for name in found.attachments)


def test_a_header_is_read_only_so_far() -> None:
    """What stands behind thousands of empty parameters isn't looked for: that would take minutes."""
    head, name = "Content-Disposition: attachment", 'filename="late.txt"'
    near, far = (f"{head}{';' * count} {name}\n\nx".encode() for count in (100, 20_000))
    assert letter(near).attachments == ("late.txt",)
    assert letter(far).attachments == ("text/plain",)
