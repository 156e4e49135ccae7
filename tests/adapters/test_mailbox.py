"""The mailbox for appeals, against a real IMAP server: one that keeps keywords, one that keeps none."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest

from cocflow.adapters.mailbox import ASIDE_FOLDER, DONE, DONE_FOLDER, LARGEST, ImapMailbox, ImapSettings
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import ChannelError, Letter
from tests.servers.imap import PASSWORD, USER, ImapServer, imap_server
from tests.servers.loop import Certificates

SECRET = "s3cr3t"
TOKEN = "abcdefghijkl"
LOGIN = f"{USER}:{quote(PASSWORD, safe='')}"
APPEAL = (
    "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n"
    f"From: Riya <riya@example.org>\r\nTo: appeals+{TOKEN}@coc.example.org\r\nSubject: Appeal\r\n\r\n"
    "I was not there.\r\n"
).encode()


@pytest.fixture(params=["keywords", "folders"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ImapServer]:
    """Run a server of each kind."""
    with imap_server(maildir=tmp_path / "mail" if request.param == "keywords" else None) as running:
        yield running


@pytest.fixture
def box(server: ImapServer) -> Iterator[ImapMailbox]:
    """Return our mailbox on it."""
    with opened(server) as made:
        yield made


def opened(server: ImapServer, largest: int = LARGEST) -> ImapMailbox:
    """Return a mailbox that leads to a server."""
    settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{server.port}/INBOX")
    return ImapMailbox(
        settings, address="appeals@coc.example.org", authserv_id="mx.example.org", largest=largest
    )


def always() -> datetime:
    """Return an instant before any mail."""
    return datetime(2000, 1, 1, tzinfo=UTC)


def letters(box: ImapMailbox) -> Iterator[Letter]:
    """Read the letters that wait, one after another."""
    for envelope in box.waiting(always):
        letter = box.letter(envelope)
        if letter is not None:
            yield letter


def subjects(box: ImapMailbox) -> list[str]:
    """Return the subjects of the letters that wait."""
    return [letter.subject for letter in letters(box)]


def test_a_letter_is_read(server: ImapServer, box: ImapMailbox) -> None:
    """A mail is a letter with its token, its sender vouched for, and the time at which it was received."""
    server.arrive(APPEAL, datetime(2026, 3, 1, 13, 0, 5, tzinfo=timezone(timedelta(hours=2))))
    (letter,) = letters(box)
    assert (letter.sender, letter.verified, letter.tokens) == ("riya@example.org", True, (TOKEN,))
    assert (letter.subject, letter.text) == ("Appeal", "I was not there.")
    assert letter.received == datetime(2026, 3, 1, 11, 0, 5, tzinfo=UTC)
    assert "riya" not in repr(letter)


def test_reading_changes_nothing(server: ImapServer, box: ImapMailbox) -> None:
    """A run that dies after reading loses nothing: the letter comes again, still unread."""
    server.arrive(APPEAL)
    assert subjects(box) == ["Appeal"]
    with opened(server) as again:
        assert subjects(again) == ["Appeal"]
    assert "Seen" not in "".join(server.flags())


def test_oldest_first(server: ImapServer, box: ImapMailbox) -> None:
    """Letters come in the order in which they were received, whatever order the server has them in."""
    for day in (3, 1, 2):
        server.arrive(f"Subject: {day}\r\n\r\nx".encode(), datetime(2026, 3, day, tzinfo=UTC))
    assert subjects(box) == ["1", "2", "3"]


def test_an_empty_mailbox(box: ImapMailbox) -> None:
    """No letters, no error."""
    assert subjects(box) == []


def test_done_is_for_good(server: ImapServer, box: ImapMailbox) -> None:
    """A letter that is done doesn't come again, in this run or another; doing it twice is no error."""
    server.arrive(APPEAL)
    server.arrive(b"Subject: other\r\n\r\nx")
    letter = next(letters(box))
    box.done(letter)
    box.done(letter)
    with opened(server) as again:
        assert subjects(again) == subjects(box) == ["other"]


def test_how_done_is_marked(server: ImapServer, box: ImapMailbox) -> None:
    """A keyword where the server keeps them, a folder where it keeps none; nothing is thrown away."""
    server.arrive(APPEAL)
    box.done(next(letters(box)))
    flags = "".join(server.flags())
    kept = server.count(DONE_FOLDER)
    assert (DONE in flags and "Seen" in flags and kept == 0) or (flags == "" and kept == 1)


def test_set_aside_is_found_by_administrators(server: ImapServer, box: ImapMailbox) -> None:
    """A letter that is set aside lies unread in its folder, and no run reads it again."""
    server.arrive(APPEAL)
    server.arrive(APPEAL)
    for letter in list(letters(box)):
        box.set_aside(letter)
    assert subjects(box) == []
    assert server.count(ASIDE_FOLDER) == 2
    assert "Seen" not in "".join(server.flags(ASIDE_FOLDER))


def test_what_people_did_in_the_mailbox(server: ImapServer, box: ImapMailbox) -> None:
    """A mail that an administrator has read still comes; one that they deleted doesn't."""
    server.arrive(b"Subject: read\r\n\r\nx")
    server.arrive(b"Subject: deleted\r\n\r\nx")
    with server.client() as client:
        client.store("1", "+FLAGS", r"(\Seen \Flagged \Answered)")
        client.store("2", "+FLAGS", r"(\Deleted)")
    assert subjects(box) == ["read"]


def test_one_that_goes_while_we_read(server: ImapServer, box: ImapMailbox) -> None:
    """A mail that is removed in between is no error, and the next ones come.

    A server may still give it to those who read at the time.
    """
    for number in range(3):
        server.arrive(f"Subject: {number}\r\n\r\nx".encode())
    reading = letters(box)
    found = [next(reading).subject]
    with server.client() as client:
        client.store("2", "+FLAGS", r"(\Deleted)")
        client.expunge()
    found += [letter.subject for letter in reading]
    assert found in (["0", "2"], ["0", "1", "2"])


def test_an_unreadable_mail_stops_nothing(server: ImapServer) -> None:
    """Of a mail beyond the limit only the head is read; it can be set aside, and the others come."""
    server.arrive(APPEAL + b"x" * 2000, datetime(2026, 3, 1, tzinfo=UTC))
    server.arrive(b"Subject: good\r\n\r\nx", datetime(2026, 3, 2, tzinfo=UTC))
    with opened(server, largest=1000) as box:
        found = list(letters(box))
        assert [(one.unreadable, one.text, one.tokens) for one in found] == [
            (True, "", (TOKEN,)),
            (False, "x", ()),
        ]
        box.set_aside(found[0])
        assert subjects(box) == ["good"]


def test_a_lost_connection_is_made_again(server: ImapServer, box: ImapMailbox) -> None:
    """A connection that broke while a letter was dealt with doesn't leave it undone."""
    server.arrive(APPEAL)
    (letter,) = letters(box)
    assert box._box is not None
    box._box.client.socket().shutdown(2)
    box.done(letter)
    assert subjects(box) == []


def test_numbers_that_no_longer_hold(server: ImapServer, box: ImapMailbox) -> None:
    """After the server has numbered its mails anew, no other mail is marked in a letter's place."""
    server.arrive(APPEAL)
    (letter,) = letters(box)
    other: Letter = msgspec.structs.replace(letter, key=f"7.{letter.key.partition('.')[2]}")
    for key in (other, msgspec.structs.replace(letter, key="nonsense")):
        with pytest.raises(AdapterError):
            box.done(key)
    assert subjects(box) == ["Appeal"]


def test_a_wrong_password(server: ImapServer) -> None:
    """A login that fails is an error without the secret."""
    settings = ImapSettings.from_url(f"imap://{USER}:{SECRET}@127.0.0.1:{server.port}/")
    with pytest.raises(ChannelError) as caught:
        ImapMailbox(settings).waiting(always)
    assert caught.value.fault == "login"
    assert str(caught.value) == "IMAP LOGIN failed: the login is refused"


def test_a_folder_that_is_not_there(server: ImapServer) -> None:
    """A mailbox that doesn't exist is an error, not an empty one."""
    settings = ImapSettings.from_url(f"imap://{LOGIN}@127.0.0.1:{server.port}/nowhere")
    with pytest.raises(ChannelError) as caught:
        ImapMailbox(settings).waiting(always)
    assert caught.value.fault == "folder"
    assert "nowhere" not in str(caught.value)


def test_nobody_there() -> None:
    """A server that doesn't answer is an error, not an empty mailbox."""
    with imap_server() as gone:
        lost = opened(gone)
    with pytest.raises(ChannelError) as caught:
        lost.waiting(always)
    assert caught.value.fault == "connection"


def test_tls() -> None:
    """Over TLS letters are read; from a server whose certificate nobody vouches for, none."""
    certificates = Certificates()
    with imap_server(tls=(certificates.server, certificates.client)) as server:
        server.arrive(APPEAL)
        settings = ImapSettings.from_url(f"imaps://{LOGIN}@127.0.0.1:{server.port}/INBOX")
        with ImapMailbox(settings, context=certificates.client) as box:
            assert subjects(box) == ["Appeal"]
        with pytest.raises(ChannelError) as caught:
            ImapMailbox(settings, context=ssl.create_default_context()).waiting(always)
        assert caught.value.fault == "certificate"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "imap.example.org",
        f"https://u:{SECRET}@imap.example.org/",
        f"imap://u:{SECRET}@imap.example.org/INBOX",
        f"imaps://u:{SECRET}@/INBOX",
        f"imaps://:{SECRET}@imap.example.org/INBOX",
        "imaps://imap.example.org/INBOX",
        f"imaps://u:{SECRET}@imap.example.org:{SECRET}/INBOX",
        f"imaps://u:{SECRET}@[imap.example.org/INBOX",
        f"imaps://u:{SECRET}@imap.example.org/INBOX?x={SECRET}",
        f"imaps://u:{SECRET}%0d%0aLOGOUT@imap.example.org/INBOX",
    ],
)
def test_wrong_settings(url: str) -> None:
    """Settings that are wrong, or would show appeals on the way, are refused without being shown."""
    with pytest.raises(DefinitionError) as caught:
        ImapSettings.from_url(url)
    assert str(caught.value).startswith("COCFLOW_IMAP_URL ")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_right_settings() -> None:
    """Ports, folders and escapes are read as they are meant; the secret isn't shown."""
    one = ImapSettings.from_url(f"imaps://u%40x:{SECRET}%2F@imap.example.org/Appeals/New")
    assert (one.port, one.user, one.password, one.folder) == (993, "u@x", f"{SECRET}/", "Appeals/New")
    assert SECRET not in repr(one)
    assert ImapSettings.from_url("imap://u:p@localhost").folder == "INBOX"
