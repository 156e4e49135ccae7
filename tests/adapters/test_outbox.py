"""The outbox: each notice is one mail on disk, however often it is sent."""

from __future__ import annotations

import mailbox
from pathlib import Path
from typing import Any

from cocflow.adapters.outbox import Outbox
from cocflow.core.people.person import Person
from cocflow.ports import Message

ROBIN = Person(key="p1", name="Robin", mail="robin@example.org")


def message(id_: str = "I_1.3.party/resolution.p1", **fields: Any) -> Message:
    """Return a notice to Robin."""
    defaults: dict[str, Any] = {"subject": "A decision", "text": "Grüße,\nthe administrators"}
    return Message(id=id_, to=ROBIN, **(defaults | fields))


def mails(folder: Path) -> list[mailbox.MaildirMessage]:
    """Return what the outbox holds."""
    return list(mailbox.Maildir(folder))


def test_a_notice_becomes_a_mail(tmp_path: Path) -> None:
    """Recipient, subject and text arrive, with an id that is the notice's own."""
    Outbox(tmp_path / "out").deliver(message())
    (mail,) = mails(tmp_path / "out")
    assert mail["To"] == "robin@example.org"
    assert mail["Subject"] == "A decision"
    assert mail["Message-ID"] == "<I_1.3.party/resolution.p1@cocflow.invalid>"
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode() == "Grüße,\nthe administrators\n"


def test_an_answer_goes_to_the_persons_own_address(tmp_path: Path) -> None:
    """With the token, where answers are read; where nobody reads them, there is none."""
    for folder, mailbox_ in (("out", "coc@example.org"), ("alone", "")):
        Outbox(tmp_path / folder, mailbox_).deliver(message(token="abcdefgh234567"))
    (answered,), (alone,) = mails(tmp_path / "out"), mails(tmp_path / "alone")
    assert answered["Reply-To"] == "coc+abcdefgh234567@example.org"
    assert alone["Reply-To"] is None


def test_the_same_notice_is_never_put_in_twice(tmp_path: Path) -> None:
    """Sending again after a crash, by another run too, leaves one mail; another notice is another mail."""
    for _ in range(2):
        Outbox(tmp_path / "out").deliver(message())
    Outbox(tmp_path / "out").deliver(message("I_1.4.party/resolution.p1"))
    assert len(mails(tmp_path / "out")) == 2


def test_a_subject_is_one_line(tmp_path: Path) -> None:
    """A line break in a subject adds no header."""
    Outbox(tmp_path / "out").deliver(message(subject="One\nBcc: everyone@example.org"))
    (mail,) = mails(tmp_path / "out")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "One Bcc: everyone@example.org"


def test_who_has_no_address_is_not_reached(tmp_path: Path) -> None:
    """Without an address of any kind there is no way to somebody."""
    outbox = Outbox(tmp_path / "out")
    assert outbox.reaches(ROBIN)
    assert not outbox.reaches(Person(key="p2", name="Kim"))
