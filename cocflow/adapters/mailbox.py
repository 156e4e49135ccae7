"""The mailbox for letters, over IMAP: the only module that knows imap-tools.

Owns which letters are still to be dealt with. Reading changes nothing on the server: a letter comes
again until `done` or `set_aside` has been called, so a run that dies loses none. Where the server
keeps keywords, `done` is one; where it keeps none, it is a folder. What others have marked as deleted
stays as it is: nothing here expunges a mail but the one that it has moved. Refuses connections that
could be read on the way. Nothing of a mail, and no answer of the server, enters an error.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from cocflow.adapters import sasl
from cocflow.adapters.letters import attached_files, read_letter, read_stamp, unreadable_letter
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import Attached, ChannelError, Envelope, Letter, Stamp

if TYPE_CHECKING:
    from imap_tools.mailbox import BaseMailBox

_Result = TypeVar("_Result")
_Line = bytes | tuple[bytes, bytes]

DONE = "$CocflowDone"
DONE_FOLDER = "cocflow-done"
ASIDE_FOLDER = "cocflow-aside"
"""Where administrators find, unread, what no run could deal with."""
TIMEOUT = 10.0
"""Seconds that the server may be silent; more than one such silence no run waits for."""
LARGEST = 40_000_000
LOOPBACK = ("127.0.0.1", "localhost", "::1")
AT_ONCE = 50
"""Mails that are listed by one command."""
_HEAD = (
    "BODY.PEEK[HEADER.FIELDS (FROM SENDER REPLY-TO X-ORIGINAL-FROM LIST-ID LIST-POST TO CC DELIVERED-TO"
    " X-ORIGINAL-TO SUBJECT RECEIVED AUTHENTICATION-RESULTS)]"
)


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
    def from_url(cls, url: str, *, tokens: bool = False) -> ImapSettings:
        """Read `imaps://user:password@host/folder`; `imap://` on loopback only.

        `tokens`: where there is no password, there are tokens. Raises DefinitionError, which never shows
        the URL.
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
        if not parts.username or not (parts.password or tokens):
            also = ", and COCFLOW_OAUTH isn't set" if parts.username else ""
            raise _wrong(f"names no user and password{also}")
        return cls(
            host=parts.hostname,
            port=port or (993 if parts.scheme == "imaps" else 143),
            tls=parts.scheme == "imaps",
            user=unquote(parts.username),
            password=unquote(parts.password or ""),
            folder=unquote(parts.path.strip("/")) or "INBOX",
        )


def _wrong(what: str) -> DefinitionError:
    return DefinitionError(f"COCFLOW_IMAP_URL {what}.", hint="imaps://user:password@host/INBOX")


class ImapMailbox:
    """A mailbox on an IMAP server; connects when first used, and again if the connection is lost.

    `address`: the mailbox's own, whose plus-addresses bear tokens; "" takes them from any address.
    `ours`: the addresses to which people write, one of which may be a list that sends it on.
    `authserv_id` or `mail_provider`: how the server signs its Authentication-Results; without both, nobody
    is verified. `context`: whom to trust in TLS; by default, whom the machine trusts. `largest`: in bytes;
    of a larger mail only the head is fetched, and it counts as unreadable. `timeout`: the seconds that the
    server may be silent. `token`: where there is no password.
    """

    def __init__(
        self,
        settings: ImapSettings,
        *,
        address: str = "",
        ours: Iterable[str] = (),
        authserv_id: str = "",
        mail_provider: str = "",
        context: ssl.SSLContext | None = None,
        largest: int = LARGEST,
        timeout: float = TIMEOUT,
        token: sasl.Token | None = None,
    ) -> None:
        self._settings = settings
        self._token = token
        self._largest = largest
        self._address = address
        self._ours = frozenset(one.lower() for one in ours if one)
        self._authserv_id, self._mail_provider = authserv_id, mail_provider
        self._context = context
        self._timeout = timeout
        self._can: frozenset[str] = frozenset()
        self._prefix = self._delimiter = ""
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

    def waiting(self, since: Callable[[], datetime]) -> tuple[Envelope, ...]:
        """See `Mailbox.waiting`. Of each mail the head is read, in few commands."""
        uids = self._failing("IMAP SEARCH", self._open_uids)
        if not uids:
            return ()
        beginning = since()
        uids = self._failing("IMAP SEARCH", lambda: self._open_uids(beginning))
        chunks = (uids[start : start + AT_ONCE] for start in range(0, len(uids), AT_ONCE))
        found = [one for chunk in chunks for one in self._enveloped(chunk)]
        return tuple(sorted((one for one in found if one.received >= beginning), key=_since))

    def letter(self, envelope: Envelope) -> Letter | None:
        """See `Mailbox.letter`. Of a mail beyond the limit only the head is fetched."""
        uid = self._failing("IMAP FETCH", lambda: self._uid(envelope))
        whole = envelope.size <= self._largest
        raw = self._fetched(uid, whole=whole)
        if not raw:
            return None
        if not whole:
            return unreadable_letter(raw, key=envelope.key, received=envelope.received, mailbox=self._address)
        return self._read(raw, envelope.key, envelope.received)

    def done(self, letter: Envelope) -> None:
        """See `Mailbox.done`. Doing it twice changes nothing."""
        self._failing("IMAP STORE", lambda: self._finish(self._uid(letter)))

    def set_aside(self, letter: Envelope) -> None:
        """See `Mailbox.set_aside`: moved to the folder `cocflow-aside`, unread."""
        self._failing("IMAP MOVE", lambda: self._move(self._uid(letter), ASIDE_FOLDER))

    def attached(self, received: datetime, is_it: Callable[[Letter], bool]) -> tuple[Attached, ...] | None:
        """See `Mailbox.attached`: it lies where it came, or in a folder of ours."""
        try:
            for folder in (None, DONE_FOLDER, ASIDE_FOLDER):
                for raw, letter in self._received_at(received, folder):
                    if is_it(letter):
                        return attached_files(raw)
            return None
        finally:
            self.close()  # another folder is open now

    def _received_at(self, received: datetime, folder: str | None) -> Iterator[tuple[bytes, Letter]]:
        """Give the mails of a folder (None: where mail comes) that were received at that instant."""
        if folder is not None and not self._failing("IMAP SELECT", lambda: self._opens(folder)):
            return
        uids = self._failing("IMAP SEARCH", lambda: self._uids_of(received))
        chunks = (uids[start : start + AT_ONCE] for start in range(0, len(uids), AT_ONCE))
        for one in (one for chunk in chunks for one in self._enveloped(chunk)):
            letter = self.letter(one) if one.received == received else None
            raw = self._fetched(one.key.partition(".")[2], whole=True) if letter is not None else None
            if raw and letter is not None:
                yield raw, letter

    def _opens(self, name: str) -> bool:
        """Open a folder of ours to read it, if it is there."""
        box = self._connected()
        names = (f"{self._prefix}{name}", name, f"INBOX{self._delimiter or '.'}{name}")
        return any(box.client.select(f'"{one}"', readonly=True)[0] == "OK" for one in dict.fromkeys(names))

    def _uids_of(self, received: datetime) -> list[str]:
        """Return the UIDs of the mails of the days around an instant: a server knows days of its own zone."""
        first, last = (_day(received + timedelta(days=days)) for days in (-1, 2))
        asked = f"SINCE {first} BEFORE {last}"
        (line, *_) = _answered(self._connected().client.uid("SEARCH", asked)) or [b""]
        return line.decode("ascii", "replace").split() if isinstance(line, bytes) else []

    def try_out(self) -> None:
        """See `Mailbox.try_out`: log in, open the folder, find or make those for what is put away."""
        self._failing("IMAP CREATE", self._put_away_to)

    def stamps(self, count: int) -> tuple[Stamp, ...]:
        """See `Mailbox.stamps`. Of each mail the head is read, in two commands."""
        return self._failing("IMAP FETCH", lambda: self._stamped(count))

    def _stamped(self, count: int) -> tuple[Stamp, ...]:
        (line, *_) = _answered(self._connected().client.uid("SEARCH", "ALL")) or [b""]
        uids = sorted(map(int, line.split() if isinstance(line, bytes) else ()), reverse=True)[:count]
        heads = self._listed([str(uid) for uid in uids], _HEAD) if uids else []
        found = {known[1]: head for about, head in heads if (known := _listing(about)) is not None}
        return tuple(
            read_stamp(head, authserv_id=self._authserv_id, mail_provider=self._mail_provider)
            for uid in uids
            if (head := found.get(str(uid))) is not None
        )

    def _put_away_to(self) -> None:
        self._connected()
        for name in (ASIDE_FOLDER,) if self._keeps_keywords else (ASIDE_FOLDER, DONE_FOLDER):
            self._made(name)

    def _read(self, raw: bytes, key: str, received: datetime) -> Letter:
        return read_letter(
            raw,
            key=key,
            received=received,
            authserv_id=self._authserv_id,
            mail_provider=self._mail_provider,
            mailbox=self._address,
            ours=self._ours,
        )

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
        box = self._reached()
        try:
            self._log_in(box)
            self._can = _capabilities(box)
            self._prefix, self._delimiter = _namespace(box, self._can)
            self._select(box)
        except imaplib.IMAP4.error as error:
            with suppress(OSError):
                box.client.shutdown()
            _raise_meant(error)  # some let everybody in, and say only then that it isn't allowed
            raise
        except BaseException:
            with suppress(OSError):
                box.client.shutdown()
            raise
        return box

    def _reached(self) -> BaseMailBox:
        try:
            from imap_tools.mailbox import MailBox, MailBoxUnencrypted  # an extra: only if configured
        except ImportError:
            raise ChannelError("library", "IMAP") from None
        settings = self._settings
        try:
            if not settings.tls:
                return MailBoxUnencrypted(settings.host, settings.port, timeout=self._timeout)
            context = self._context or ssl.create_default_context()
            return MailBox(settings.host, settings.port, timeout=self._timeout, ssl_context=context)
        except ssl.SSLError:
            raise ChannelError("certificate", "IMAP connection") from None
        except (imaplib.IMAP4.error, OSError, ValueError):
            raise ChannelError("connection", "IMAP connection") from None

    def _log_in(self, box: BaseMailBox) -> None:
        settings = self._settings
        ascii_only = (settings.user + settings.password).isascii()
        login = box.login if ascii_only else box.login_utf8
        with_token = self._token is not None and not settings.password
        try:
            if self._token is not None and with_token:
                self._show(box, self._token(settings.user))
            else:
                login(settings.user, settings.password, initial_folder=None)
        except (imaplib.IMAP4.abort, OSError):
            raise ChannelError("connection", "IMAP LOGIN") from None
        except (imaplib.IMAP4.error, _errors(), ValueError) as error:
            detail = sasl.meaning(str(error)) or (sasl.NOT_TAKEN if with_token else "")
            raise ChannelError("login", "IMAP LOGIN", detail=detail) from None

    def _show(self, box: BaseMailBox, token: str) -> None:
        """Log in with a token."""
        ways = (one.removeprefix("AUTH=") for one in box.client.capabilities if one.startswith("AUTH="))
        mechanism = sasl.chosen(ways)
        if mechanism is None:
            raise ChannelError("login", "IMAP AUTHENTICATE", detail=sasl.NO_WAY)
        shown = sasl.Shown(mechanism, self._settings.user, token)
        box.client.authenticate(mechanism, lambda challenge: shown(challenge).encode())

    def _select(self, box: BaseMailBox) -> None:
        """Open the folder as it is named, or as it is named below one's own folders."""
        name = self._settings.folder
        own = self._prefix + name.replace("/", self._delimiter or "/")
        for folder in dict.fromkeys((name, own)):
            try:
                box.folder.set(folder)
            except (imaplib.IMAP4.abort, OSError):
                raise ChannelError("connection", "IMAP SELECT") from None
            except (imaplib.IMAP4.error, _errors(), ValueError) as error:
                _raise_meant(error)
                continue
            return
        raise ChannelError(
            "folder", "IMAP SELECT", detail="the folder that COCFLOW_IMAP_URL names can't be opened"
        )

    def _open_uids(self, since: datetime | None = None) -> list[str]:
        """Return the UIDs of the letters that are neither done nor deleted. One command."""
        box = self._connected()
        asked = f"UNDELETED UNKEYWORD {DONE}" if self._keeps_keywords else "UNDELETED"
        if since is not None:  # it knows days only, and those of the server's own zone
            asked += f" SINCE {_day(since - timedelta(days=1))}"
        (line, *_) = _answered(box.client.uid("SEARCH", asked)) or [b""]
        return line.decode("ascii", "replace").split() if isinstance(line, bytes) else []

    def _enveloped(self, uids: list[str]) -> Iterator[Envelope]:
        """Return what is known of mails before they are read; where the server won't give heads, less."""
        try:
            answer = self._failing("IMAP FETCH", lambda: self._listed(uids, _HEAD))
        except ChannelError:
            raise
        except AdapterError:
            answer = self._failing("IMAP FETCH", lambda: self._listed(uids, ""))
        for about, head in answer:
            found = _listing(about)
            if found is None:
                continue
            received, uid, size = found
            one = self._read(head, f"{self._validity}.{uid}", received)
            yield Envelope(
                key=one.key,
                sender=one.sender,
                verified=one.verified,
                tokens=one.tokens,
                received=received,
                size=size,
            )

    def _listed(self, uids: list[str], head: str) -> list[tuple[bytes, bytes]]:
        asked = " ".join(("UID", "INTERNALDATE", "RFC822.SIZE", *([head] if head else [])))
        return list(_items(_answered(self._connected().client.uid("FETCH", ",".join(uids), f"({asked})"))))

    def _fetched(self, uid: str, *, whole: bool) -> bytes | None:
        """Return a mail, None if it has gone since; reading it doesn't mark it as read."""
        part = "BODY.PEEK[]" if whole else "BODY.PEEK[HEADER]"

        def fetch() -> bytes | None:
            lines = _answered(self._connected().client.uid("FETCH", uid, f"({part})"))
            return next((line[1] for line in lines if isinstance(line, tuple)), None)

        return self._failing("IMAP FETCH", fetch)

    def _uid(self, letter: Envelope) -> str:
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
        """Move a mail; where the server can't, copy it and mark it as deleted, which hides it from runs.

        Only a mail's own UID is ever expunged: EXPUNGE alone would take what people have marked, too.
        """
        box = self._connected()
        folder = self._made(name)
        if "MOVE" in self._can:
            _answered(box.client.uid("MOVE", uid, folder))
            return
        _answered(box.client.uid("COPY", uid, folder))
        _answered(box.client.uid("STORE", uid, "+FLAGS", r"(\Deleted)"))
        if "UIDPLUS" in self._can:
            _answered(box.client.uid("EXPUNGE", uid))

    def _made(self, name: str) -> str:
        """Return a folder of ours as commands name it, made if it isn't there."""
        box = self._connected()
        names = dict.fromkeys((f"{self._prefix}{name}", name, f"INBOX{self._delimiter or '.'}{name}"))
        folders = [f'"{one}"' for one in names]
        for folder in folders:
            if box.client.status(folder, "(UIDVALIDITY)")[0] == "OK":
                return folder
        for folder in folders:
            if box.client.create(folder)[0] == "OK":
                with suppress(imaplib.IMAP4.error):
                    box.client.subscribe(folder)
                return folder
        raise ChannelError("folder", "IMAP CREATE", detail=f"the folder {name} can't be made there")

    def _failing(self, route: str, call: Callable[[], _Result]) -> _Result:
        """Call the server; after a lost connection once more, since nothing here does harm twice."""
        for last in (False, True):
            fresh = self._box is None
            try:
                return call()
            except AdapterError:
                raise
            except (imaplib.IMAP4.abort, OSError):
                self._drop()
                if last or fresh:
                    break
            except (imaplib.IMAP4.error, _errors(), ValueError):
                raise AdapterError(None, route) from None
        raise ChannelError("connection", route)

    def _drop(self) -> None:
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError):
                box.client.shutdown()


def _raise_meant(error: Exception) -> None:
    """Raise what a refusal means, if it means that the login lacks something."""
    if detail := sasl.meaning(str(error)):
        raise ChannelError("login", "IMAP LOGIN", detail=detail) from None


def _capabilities(box: BaseMailBox) -> frozenset[str]:
    """Return what the server can do for who has logged in: before, many say less."""
    status, lines = box.client.capability()
    last = lines[-1] if status == "OK" else None  # what it said before is among them
    said = last if isinstance(last, bytes) else b""
    return frozenset(said.decode("ascii", "replace").upper().split())


def _namespace(box: BaseMailBox, can: frozenset[str]) -> tuple[str, str]:
    """Return what the names of one's own folders begin with, mostly nothing, and what parts their parts."""
    if "NAMESPACE" in can:
        line = box.client.namespace()[1][0]
        found = re.match(rb'\(\("([^"\\]*)" (?:"(.)"|NIL)', line if isinstance(line, bytes) else b"")
        if found:
            return found[1].decode("ascii", "replace"), (found[2] or b"").decode("ascii", "replace")
    line = box.client.list('""', '""')[1][0]
    found = re.match(rb'\([^)]*\) "(.)"', line if isinstance(line, bytes) else b"")
    return "", found[1].decode("ascii", "replace") if found else ""


def _errors() -> type[Exception]:
    from imap_tools.errors import ImapToolsError

    return ImapToolsError


def _answered(answer: tuple[str, list[_Line | None]]) -> list[_Line]:
    """Return the lines of a good answer."""
    if answer[0] != "OK":
        raise imaplib.IMAP4.error
    return [line for line in answer[1] if line is not None]


def _items(lines: Iterable[_Line]) -> Iterator[tuple[bytes, bytes]]:
    """Return what an answer says of each mail, apart from the words of the mail itself."""
    about, head = b"", b""
    for line in lines:
        if isinstance(line, tuple):
            about, head = about + line[0], line[1]
            continue
        yield about + line, head
        about, head = b"", b""


_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _day(at: datetime) -> str:
    return f"{at.day}-{_MONTHS[at.month - 1]}-{at.year}"


def _since(one: Envelope) -> tuple[datetime, str]:
    return one.received, one.key


def _listing(line: bytes) -> tuple[datetime, str, int] | None:
    uid = re.search(rb"\bUID (\d+)", line)
    size = re.search(rb"RFC822\.SIZE (\d+)", line)
    date = re.search(rb'INTERNALDATE "([^"]{10,40})"', line)
    if not uid or not size or not date:
        return None
    received = datetime.strptime(date[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z")
    return received.astimezone(UTC), uid[1].decode(), int(size[1])
