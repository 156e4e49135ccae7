"""A mailbox that is a Maildir on disk, for the sandbox and the demo.

A letter's time is its file's. What is done, or set aside, lies in a folder of its own.
"""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cocflow.adapters.letters import attached_files, read_letter
from cocflow.ports import Attached, Envelope, Letter

DONE, ASIDE = "cocflow-done", "cocflow-aside"


class MaildirMailbox:
    """A mailbox on disk. `address` and `authserv_id` are those of `read_letter`."""

    def __init__(self, folder: Path, *, address: str = "", authserv_id: str = "") -> None:
        self._maildir = mailbox.Maildir(folder, create=True)
        self._address = address
        self._authserv_id = authserv_id

    def waiting(self, since: Callable[[], datetime]) -> tuple[Letter, ...]:
        """See `Mailbox.waiting`. They are read at once: a folder is near, and holds few."""
        found = [(self._received(key), key) for key in self._maildir.keys()]  # noqa: SIM118 - no mapping
        beginning = since() if found else None
        return tuple(
            self._read(key, received)
            for received, key in sorted(found)
            if beginning is not None and received >= beginning
        )

    def letter(self, envelope: Envelope) -> Letter | None:
        """See `Mailbox.letter`."""
        return self._read(envelope.key, envelope.received) if envelope.key in self._maildir else None

    def _read(self, key: str, received: datetime) -> Letter:
        raw = self._maildir.get_bytes(key)
        return read_letter(
            raw, key=key, received=received, mailbox=self._address, authserv_id=self._authserv_id
        )

    def done(self, letter: Envelope) -> None:
        """See `Mailbox.done`."""
        self._move(letter, DONE)

    def close(self) -> None:
        """See `Mailbox.close`."""

    def set_aside(self, letter: Envelope) -> None:
        """See `Mailbox.set_aside`."""
        self._move(letter, ASIDE)

    def attached(self, received: datetime, is_it: Callable[[Letter], bool]) -> tuple[Attached, ...] | None:
        """See `Mailbox.attached`."""
        kept = (self._maildir.get_folder(name) for name in self._maildir.list_folders())
        for folder in (self._maildir, *kept):
            for key in folder.keys():  # noqa: SIM118 - no mapping
                raw = folder.get_bytes(key)
                letter = read_letter(
                    raw, key=key, received=received, mailbox=self._address, authserv_id=self._authserv_id
                )
                if is_it(letter):
                    return attached_files(raw)
        return None

    def _received(self, key: str) -> datetime:
        return datetime.fromtimestamp(self._maildir.get_message(key).get_date(), UTC).replace(microsecond=0)

    def _move(self, letter: Envelope, name: str) -> None:
        """Put a letter into a folder, and only then take it out of this one."""
        self._maildir.add_folder(name).add(self._maildir.get_bytes(letter.key))
        self._maildir.discard(letter.key)
