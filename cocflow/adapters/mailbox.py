"""The mailbox for appeals, over IMAP: the only module that knows imap-tools.

Owns which letters are still to be dealt with. Reading changes nothing on the server: a letter comes
again until `done` or `set_aside` has been called, so a run that dies loses none. Where the server
keeps keywords, `done` is one; where it keeps none, it is a folder. Refuses connections that could
be read on the way. Nothing of a mail, and no answer of the server, enters an error.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from cocflow.adapters.letters import read_letter, unreadable_letter
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import Letter

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox

_Result = TypeVar("_Result")

DONE = "$CocflowDone"
DONE_FOLDER = "cocflow-done"
ASIDE_FOLDER = "cocflow-aside"
"""Where administrators find, unread, what no run could deal with."""
TIMEOUT = 30.0
LARGEST = 40_000_000
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class ImapSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is read."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    folder: str = "INBOX"

    def __repr__(self) -> str:
        """Show nothing: it holds a secret."""
        return "ImapSettings()"

    @classmethod
    def from_url(cls, url: str) -> ImapSettings:
        """Read `imaps://user:password@host/folder`; `imap://` on loopback only.

        Raises DefinitionError, which never shows the URL.
        """
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise _wrong("can't be read") from None
        if parts.scheme not in ("imap", "imaps") or not parts.hostname or parts.query:
            raise _wrong("is no IMAP address")
        if not unquote(url.strip()).isprintable():
            raise _wrong("holds characters that can't be typed")
        if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
            raise _wrong("asks to read appeals in the open")
        if not parts.username or not parts.password:
            raise _wrong("names no user and password")
        return cls(
            host=parts.hostname,
            port=port or (993 if parts.scheme == "imaps" else 143),
            tls=parts.scheme == "imaps",
            user=unquote(parts.username),
            password=unquote(parts.password),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )


def _wrong(what: str) -> DefinitionError:
    return DefinitionError(f"COCFLOW_IMAP_URL {what}.", hint="imaps://user:password@host/INBOX")


class ImapMailbox:
    """A mailbox on an IMAP server; connects when first used, and again if the connection is lost.

    `address`: the mailbox's own, whose plus-addresses bear tokens; "" takes them from any address.
    `authserv_id`: how the server signs its Authentication-Results; "" verifies nobody. `context`:
    whom to trust in TLS; by default, whom the machine trusts. `largest`: in bytes; of a larger mail only
    the head is fetched, and it counts as unreadable.
    """

    def __init__(
        self,
        settings: ImapSettings,
        *,
        address: str = "",
        authserv_id: str = "",
        context: ssl.SSLContext | None = None,
        largest: int = LARGEST,
    ) -> None:
        self._settings = settings
        self._largest = largest
        self._address = address
        self._authserv_id = authserv_id
        self._context = context
        self._box: BaseMailBox | None = None
        self._validity = ""
        self._keeps_keywords = False

    def close(self) -> None:
        """Log out, if connected."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(imaplib.IMAP4.error, OSError, _errors()):
                box.logout()
            with suppress(OSError):
                box.client.shutdown()

    def __enter__(self) -> ImapMailbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def letters(self) -> Iterator[Letter]:
        """See `Mailbox.letters`. A mail that the server won't give doesn't stop the others.

        AdapterError in the end if there was one.
        """
        listed = self._failing("IMAP SEARCH", self._listed)
        failed: AdapterError | None = None
        for received, uid, size in sorted(listed):
            try:
                raw = self._fetched(uid, whole=size <= self._largest)
            except AdapterError as error:
                failed = error
                continue
            if not raw:
                continue  # it has gone since
            key = f"{self._validity}.{uid}"
            if size > self._largest:
                yield unreadable_letter(raw, key=key, received=received, mailbox=self._address)
            else:
                yield read_letter(
                    raw,
                    key=key,
                    received=received,
                    authserv_id=self._authserv_id,
                    mailbox=self._address,
                )
        if failed is not None:
            raise failed

    def done(self, letter: Letter) -> None:
        """See `Mailbox.done`. Doing it twice changes nothing."""
        self._failing("IMAP STORE", lambda: self._finish(self._uid(letter)))

    def set_aside(self, letter: Letter) -> None:
        """See `Mailbox.set_aside`: moved to the folder `cocflow-aside`, unread."""
        self._failing("IMAP MOVE", lambda: self._move(self._uid(letter), ASIDE_FOLDER))

    # --- the server ------------------------------------------------------------------------------

    def _connected(self) -> BaseMailBox:
        if self._box is None:
            self._box = self._connect()
            flags = self._box.client.response("PERMANENTFLAGS")[1]
            permanent = b" ".join(flag for flag in flags if isinstance(flag, bytes)).decode(
                "ascii", "replace"
            )
            self._keeps_keywords = r"\*" in permanent or DONE.lower() in permanent.lower()
            validity = self._box.client.response("UIDVALIDITY")[1][0]
            self._validity = validity.decode("ascii", "replace") if isinstance(validity, bytes) else "0"
        return self._box

    def _connect(self) -> BaseMailBox:
        try:
            from imap_tools.mailbox import MailBox, MailBoxUnencrypted  # an extra: only if configured
        except ImportError:
            raise DefinitionError(
                "A mailbox is configured, but its library isn't installed.", hint="cocflow[mail]"
            ) from None
        settings = self._settings
        box: BaseMailBox
        if settings.tls:
            context = self._context or ssl.create_default_context()
            box = MailBox(settings.host, settings.port, timeout=TIMEOUT, ssl_context=context)
        else:
            box = MailBoxUnencrypted(settings.host, settings.port, timeout=TIMEOUT)
        try:
            ascii_only = (settings.user + settings.password).isascii()
            login = box.login if ascii_only else box.login_utf8
            login(settings.user, settings.password, initial_folder=None)
            box.folder.set(settings.folder)
        except BaseException:
            with suppress(OSError):
                box.client.shutdown()
            raise
        return box

    def _listed(self) -> list[tuple[datetime, str, int]]:
        """Return when each open letter was received, its UID and its size. Two reads."""
        box = self._connected()
        uids = box.uids(f"UNDELETED UNKEYWORD {DONE}" if self._keeps_keywords else "UNDELETED")
        found = []
        for start in range(0, len(uids), 500):
            answer = box.client.uid(
                "FETCH", ",".join(uids[start : start + 500]), "(UID INTERNALDATE RFC822.SIZE)"
            )
            for line in _answered(answer):
                found.append(_listing(line if isinstance(line, bytes) else b"".join(line)))
        return [one for one in found if one is not None]

    def _fetched(self, uid: str, *, whole: bool) -> bytes | None:
        """Return a mail, None if it has gone since; reading it doesn't mark it as read."""
        part = "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"

        def fetch() -> bytes | None:
            lines = _answered(self._connected().client.uid("FETCH", uid, f"({part})"))
            return next((line[1] for line in lines if isinstance(line, tuple)), None)

        return self._failing("IMAP FETCH", fetch)

    def _uid(self, letter: Letter) -> str:
        """Return the UID of a letter; an error if the server has numbered its mails anew since."""
        self._connected()
        validity, _, uid = letter.key.partition(".")
        if validity != self._validity or not uid.isdigit():
            raise imaplib.IMAP4.error
        return uid

    def _finish(self, uid: str) -> None:
        box = self._connected()
        if self._keeps_keywords:
            _answered(box.client.uid("STORE", uid, "+FLAGS", f"({DONE} \\Seen)"))
        else:
            _answered(box.client.uid("STORE", uid, "+FLAGS", r"(\Seen)"))
            self._move(uid, DONE_FOLDER)

    def _move(self, uid: str, name: str) -> None:
        box = self._connected()
        folder = _personal(box) + name
        if not box.folder.exists(folder):
            box.folder.create(folder)
            with suppress(_errors()):
                box.folder.subscribe(folder, True)
        box.move(uid, folder)

    def _failing(self, route: str, call: Callable[[], _Result]) -> _Result:
        """Call the server; after a lost connection once more, since nothing here does harm twice."""
        for last in (False, True):
            fresh = self._box is None
            try:
                return call()
            except DefinitionError:
                raise
            except (imaplib.IMAP4.abort, OSError):
                self._drop()
                if last or fresh:
                    break
            except (imaplib.IMAP4.error, _errors(), ValueError):
                break
        raise AdapterError(None, route)

    def _drop(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError):
                box.client.shutdown()


def _personal(box: BaseMailBox) -> str:
    """Return what the names of one's own folders begin with on this server: mostly nothing."""
    if "NAMESPACE" not in box.client.capabilities:
        return ""
    line = box.client.namespace()[1][0]
    found = re.match(rb'\(\("((?:INBOX)?[./]?)"', line if isinstance(line, bytes) else b"", re.IGNORECASE)
    return found[1].decode() if found else ""


def _errors() -> type[Exception]:
    from imap_tools.errors import ImapToolsError

    return ImapToolsError


def _answered(
    answer: tuple[str, list[bytes | tuple[bytes, bytes] | None]],
) -> list[bytes | tuple[bytes, bytes]]:
    """Return the lines of a good answer."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error
    return [line for line in answer[1] if line is not None]


def _listing(line: bytes) -> tuple[datetime, str, int] | None:
    uid = re.search(rb"\bUID (\d+)", line)
    size = re.search(rb"RFC822\.SIZE (\d+)", line)
    date = re.search(rb'INTERNALDATE "([^"]{10,40})"', line)
    if not uid or not size or not date:
        return None
    received = datetime.strptime(date[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    return received.astimezone(UTC), uid[1].decode(), int(size[1])
