"""An outbox on disk: notices as mails in a Maildir, for the sandbox and the demo.

Whoever has an address of any kind is reached. The same notice is never put in twice.
"""

from __future__ import annotations

import mailbox
from email.message import EmailMessage
from pathlib import Path

from cocflow.core.people.contacts import with_plus
from cocflow.core.people.person import Person
from cocflow.ports import Message


class Outbox:
    """A notifier that keeps what it delivers. `mailbox_`: the address at which answers are read, if any."""

    def __init__(self, folder: Path, mailbox_: str = "") -> None:
        self._maildir = mailbox.Maildir(folder, create=True)
        self._mailbox = mailbox_

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`: whoever has an address of any kind."""
        return bool(person.mail or person.slack)

    def try_out(self) -> str:
        """See `Notifier.try_out`: a folder that is there takes what is put in."""
        return ""

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`."""
        stable = f"<{message.id}@cocflow.invalid>"
        if any(mail["Message-ID"] == stable for mail in self._maildir):
            return
        mail = EmailMessage()
        mail["Message-ID"] = stable
        mail["To"] = message.to.mail or message.to.slack
        if self._mailbox and message.token:
            mail["Reply-To"] = with_plus(self._mailbox, message.token)
        mail["Subject"] = " ".join(message.subject.split())
        mail.set_content(message.text)
        self._maildir.add(mail)
