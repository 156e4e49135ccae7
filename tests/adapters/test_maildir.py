"""The mailbox on disk: what is in it, when that came, and where it goes."""

from __future__ import annotations

import mailbox
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cocflow.adapters.maildir import ASIDE, DONE, MaildirMailbox
from cocflow.ports import Letter

RECEIVED = datetime(2026, 1, 8, 12, tzinfo=UTC)
RAW = b"From: Sam <sam@example.org>\r\nMessage-ID: <1@example.org>\r\n\r\nPlease look again.\r\n"


def arrives(folder: Path, name: str, raw: bytes, received: datetime) -> None:
    """Put a mail into the mailbox as of an instant."""
    path = folder / "new" / name
    path.write_bytes(raw)
    os.utime(path, (received.timestamp(), received.timestamp()))


def letters(box: MaildirMailbox) -> list[Letter]:
    """Read the letters that wait."""
    found = [box.letter(envelope) for envelope in box.waiting(lambda: datetime(2000, 1, 1, tzinfo=UTC))]
    return [letter for letter in found if letter is not None]


def test_letters_come_oldest_first_with_their_time(tmp_path: Path) -> None:
    """Whatever the files are called, their time decides, and it is the letter's."""
    box = MaildirMailbox(tmp_path / "box")
    arrives(tmp_path / "box", "a", RAW.replace(b"again", b"later"), RECEIVED + timedelta(hours=1))
    arrives(tmp_path / "box", "b", RAW, RECEIVED)
    found = letters(box)
    assert [(one.text, one.received) for one in found] == [
        ("Please look again.", RECEIVED),
        ("Please look later.", RECEIVED + timedelta(hours=1)),
    ]


def test_reading_changes_nothing_and_moving_does(tmp_path: Path) -> None:
    """A letter comes again until it is done or set aside; then it lies whole in a folder of its own."""
    box = MaildirMailbox(tmp_path / "box")
    for name in ("a", "b"):
        arrives(tmp_path / "box", name, RAW, RECEIVED)
    assert len(letters(box)) == len(letters(box)) == 2
    first, second = letters(box)
    box.done(first)
    assert [one.key for one in letters(box)] == [second.key]
    box.set_aside(second)
    assert letters(box) == []
    kept = mailbox.Maildir(tmp_path / "box", create=False)
    for folder in (DONE, ASIDE):
        (mail,) = kept.get_folder(folder)
        assert mail["Message-ID"] == "<1@example.org>"


def test_a_sender_is_verified_by_the_configured_server_only(tmp_path: Path) -> None:
    """The header of the named server counts, and without a name none does."""
    vouched = b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n" + RAW
    for name, expected in (("mx.example.org", True), ("mx.example.net", False), ("", False)):
        folder = tmp_path / (name or "none")
        box = MaildirMailbox(folder, authserv_id=name)
        arrives(folder, "a", vouched, RECEIVED)
        (letter,) = letters(box)
        assert letter.verified is expected


def test_bytes_that_are_no_mail_are_still_a_letter(tmp_path: Path) -> None:
    """Nothing that lies in the mailbox stops the reading of what lies beside it."""
    box = MaildirMailbox(tmp_path / "box")
    arrives(tmp_path / "box", "a", b"\xff\x00\n\n: \n", RECEIVED)
    arrives(tmp_path / "box", "b", RAW, RECEIVED + timedelta(hours=1))
    assert len(letters(box)) == 2
