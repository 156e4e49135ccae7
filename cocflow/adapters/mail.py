"""Mail to people: notices over SMTP.

Owns the headers and the words for success and failure. Refuses connections that could be read on
the way, and addresses that are anything but one address. What a person wrote, whom it went to and
what the server said never leave this module.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from cocflow.adapters import markdown, sasl
from cocflow.adapters.characters import TOKEN, address, one_line
from cocflow.core.people.contacts import with_plus
from cocflow.core.people.person import Person
from cocflow.core.views.tokens import notice_name
from cocflow.errors import AdapterError, DefinitionError
from cocflow.ports import ChannelError, Message, RefusedError

TIMEOUT = 10.0
"""Seconds that the server may be silent; more than one such silence no run waits for."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LOGIN = frozenset({530, 534, 535, 538})
"""The server wants another login: nothing gets through."""
_CLOSING = 421
"""The server ends the session: nothing gets through now."""
_MEND = frozenset({500, 501, 502, 503, 504})
"""Permanent failures that are ours to mend: they say nothing of the mail."""


class SmtpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed in, and in whose name.

    `plus`: the server delivers `name+anything@domain` to `name@domain`.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    sender: str
    user: str = ""
    password: str = ""
    plus: bool = True

    def __repr__(self) -> str:
        """Show nothing: it holds a secret."""
        return "SmtpSettings()"

    @classmethod
    def from_url(cls, url: str, sender: str = "", *, tokens: bool = False) -> SmtpSettings:
        """Read `smtps://user:password@host:port?from=address` or `smtp://…`; see the documentation.

        `starttls=no` is for loopback only, where it is the default; `plus=no` says that the server
        knows no plus-addresses. `tokens`: where there is a user and no password, there are tokens.
        Raises DefinitionError, which never shows the URL.
        """
        parts, port, query = _split(url)
        if unknown := set(query) - {"from", "starttls", "plus"}:
            raise _wrong(f"has {len(unknown)} unknown settings", "from, starttls and plus are known")
        if not unquote(url.strip()).isprintable():
            raise _wrong("holds characters that can't be typed", "smtps://user:password@host?from=address")
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise _wrong("is no SMTP address", "smtps://user:password@host?from=address")
        own = address(sender or query.get("from", ""))
        if own is None:
            raise _wrong("names no sender", "add ?from= with one mail address")
        if parts.username and not parts.password and not tokens:
            raise _wrong(
                "names a user and no password, and COCFLOW_OAUTH isn't set",
                "smtps://user:password@host?from=address",
            )
        return cls(
            host=parts.hostname,
            port=port or (465 if parts.scheme == "smtps" else 587),
            security=_security(parts, query.get("starttls")),
            sender=own,
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            plus=query.get("plus") != "no",
        )


def _split(url: str) -> tuple[SplitResult, int | None, dict[str, str]]:
    try:
        parts = urlsplit(url.strip())
        # A plus stands for itself in a mail address, though not in a form's query.
        return parts, parts.port, dict(parse_qsl(parts.query.replace("+", "%2B"), keep_blank_values=True))
    except ValueError:
        raise _wrong("can't be read", "smtps://user:password@host?from=address") from None


def _security(parts: SplitResult, starttls: str | None) -> Literal["tls", "starttls", "none"]:
    if starttls not in (None, "yes", "no"):
        raise _wrong("says neither yes nor no to starttls", "starttls=yes")
    if parts.scheme == "smtps":
        return "tls"
    local = parts.hostname in LOOPBACK
    if starttls == "yes" or (starttls is None and not local):
        return "starttls"
    if not local:
        raise _wrong("asks to send notices readable by all on the way", "smtps://, or starttls=yes")
    return "none"


def _wrong(what: str, hint: str) -> DefinitionError:
    return DefinitionError(f"COCFLOW_SMTP_URL {what}.", hint=hint)


def reaches(person: Person) -> bool:
    """Whether mail reaches somebody: whoever has one valid address."""
    return address(person.mail) is not None


class MailNotifier:
    """A notifier by mail.

    `mailbox`: where answers are read, if anywhere. `name`: what stands beside our address. `context`:
    whom to trust in TLS; by default, whom the machine trusts. `now`: the clock for the Date header.
    `timeout`: the seconds that the server may be silent. `token`: where there is no password.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        mailbox: str = "",
        name: str = "",
        context: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeout: float = TIMEOUT,
        token: sasl.Token | None = None,
    ) -> None:
        self._settings = settings
        self._token = token
        self._mailbox = address(mailbox) if mailbox else None
        if mailbox and self._mailbox is None:
            raise DefinitionError("The mailbox for answers is no mail address.")
        self._name = one_line(name, 60)
        self._context = context
        self._now = now
        self._timeout = timeout

    def reaches(self, person: Person) -> bool:
        """See `Notifier.reaches`."""
        return reaches(person)

    def deliver(self, message: Message) -> None:
        """See `Notifier.deliver`. The same notice carries the same Message-ID each time."""
        recipient = address(message.to.mail)
        if recipient is None:
            raise RefusedError(None, "SMTP recipient")
        mail = self._compose(message, recipient)
        with self._session() as server:
            self._hand_in(server, recipient, mail, message.token)

    def try_out(self) -> str:
        """See `Notifier.try_out`: connect, encrypt and log in."""
        with self._session():
            return ""

    # --- the mail --------------------------------------------------------------------------------

    def _compose(self, message: Message, recipient: str) -> EmailMessage:
        policy = SMTP if recipient.isascii() and self._settings.sender.isascii() else SMTPUTF8
        mail = EmailMessage(policy)
        mail["From"] = _address(self._settings.sender, self._name)
        mail["To"] = _address(recipient)
        mail["Subject"] = self._subject(message)
        mail["Date"] = format_datetime(self._now())
        mail["Message-ID"] = self._stable("notice", message.id)
        if message.thread:
            root = self._stable("case", message.thread)
            mail["In-Reply-To"] = root
            mail["References"] = root
        if self._mailbox is not None:
            mail["Reply-To"] = _address(self._reply_to(self._mailbox, message.token))
        mail["Auto-Submitted"] = "auto-generated"
        mail["X-Auto-Response-Suppress"] = "All"
        mail.set_content(markdown.plain(message.text) + "\n")
        mail.add_alternative(_page(message.text), subtype="html")
        return mail

    def _subject(self, message: Message) -> str:
        """Return the subject; it bears the token where an address can't."""
        subject = one_line(message.subject)
        bears = self._mailbox is not None and not self._settings.plus and _is_token(message.token)
        return f"{subject} [{message.token}]" if bears else subject

    def _reply_to(self, mailbox: str, token: str) -> str:
        return with_plus(mailbox, token) if self._settings.plus and _is_token(token) else mailbox

    def _stable(self, kind: str, name: str) -> str:
        """Return a Message-ID that is always the same for a name and doesn't give it away."""
        return f"<{kind}.{notice_name(name, kind)}@{self._settings.sender.rpartition('@')[2]}>"

    # --- the server ------------------------------------------------------------------------------

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """Connect and log in. A failure to say goodbye is none: the mail has been accepted."""
        server = self._connected()
        try:
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        with _connecting():
            server = self._greeted()
        try:
            with _connecting():
                server.ehlo_or_helo_if_needed()
                if self._settings.security == "starttls":
                    self._encrypt(server)
            with _failing("SMTP login"):
                self._log_in(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greeted(self) -> smtplib.SMTP:
        settings = self._settings
        own = settings.sender.rpartition("@")[2]
        if settings.security == "tls":
            return smtplib.SMTP_SSL(
                settings.host, settings.port, own, timeout=self._timeout, context=self._trusted()
            )
        return smtplib.SMTP(settings.host, settings.port, own, timeout=self._timeout)

    def _encrypt(self, server: smtplib.SMTP) -> None:
        try:
            server.starttls(context=self._trusted())
        except smtplib.SMTPNotSupportedError:
            raise ChannelError("certificate", "SMTP STARTTLS") from None
        server.ehlo()

    def _log_in(self, server: smtplib.SMTP) -> None:
        user = self._settings.user
        if not user:
            return
        with_token = self._token is not None and not self._settings.password
        try:
            if self._token is not None and with_token:
                self._show(server, self._token(user))
            else:
                server.login(user, self._settings.password)
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:  # it says nothing of the login, but that it can't be told now
                raise
            detail = sasl.meaning(_words(error.smtp_error)) or (sasl.NOT_TAKEN if with_token else "")
            raise ChannelError("login", "SMTP login", status=error.smtp_code, detail=detail) from None
        except (smtplib.SMTPException, ValueError):  # it offers no way to log in, or none for these letters
            raise ChannelError("login", "SMTP login") from None

    def _show(self, server: smtplib.SMTP, token: str) -> None:
        """Log in with a token."""
        mechanism = sasl.chosen(server.esmtp_features.get("auth", "").split())
        if mechanism is None:
            raise ChannelError("login", "SMTP login", detail=sasl.NO_WAY)
        shown = sasl.Shown(mechanism, self._settings.user, token)
        server.auth(mechanism, shown, initial_response_ok=shown.fits)

    def _trusted(self) -> ssl.SSLContext:
        """Return whom to trust; what the machine trusts is read only where TLS is spoken."""
        return self._context or ssl.create_default_context()

    def _hand_in(self, server: smtplib.SMTP, recipient: str, mail: EmailMessage, token: str) -> None:
        options = _options(server, mail)
        returns_to = self._returns_to(token)
        try:
            self._send(server, returns_to, recipient, options, mail)
        except AdapterError as error:
            if returns_to == self._settings.sender or not _may_be_the_sender(error):
                raise
            with _failing("SMTP RSET"):
                _expect(server.rset(), "SMTP RSET")
            self._send(server, self._settings.sender, recipient, options, mail)

    def _send(
        self, server: smtplib.SMTP, sender: str, recipient: str, options: list[str], mail: EmailMessage
    ) -> None:
        with _failing("SMTP MAIL"):
            _expect(server.mail(sender, options), "SMTP MAIL")
        with _failing("SMTP RCPT"):
            _expect(server.rcpt(recipient), "SMTP RCPT")
        with _failing("SMTP DATA", uncertain=True):
            _expect(server.data(mail.as_bytes()), "SMTP DATA")

    def _returns_to(self, token: str) -> str:
        """Return where a mail comes back to that can't be delivered: the mailbox that is read, if it is near.

        Of another domain than our address, the sender would be no longer one that DMARC's SPF vouches for.
        """
        sender = self._settings.sender
        if self._mailbox is None or self._mailbox.rpartition("@")[2] != sender.rpartition("@")[2]:
            return sender
        return self._reply_to(self._mailbox, token)


def _may_be_the_sender(error: AdapterError) -> bool:
    """Whether a mail may be refused for its sender: some servers take a login's own address only.

    Many say so no sooner than at RCPT, and Microsoft's at the end.
    """
    refused = error.status is not None and 500 <= error.status < 600 and error.status not in _LOGIN
    return refused and (error.route != "SMTP DATA" or isinstance(error, ChannelError))


def _words(answer: bytes | str) -> str:
    return answer if isinstance(answer, str) else answer.decode("ascii", "replace")


def _is_token(token: str) -> bool:
    return re.fullmatch(TOKEN, token) is not None


def _address(bare: str, name: str = "") -> Address:
    local, _, domain = bare.rpartition("@")
    return Address(name, local, domain)


def _page(text: str) -> str:
    """Return the HTML of a mail; it refers to nothing outside itself."""
    head = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title></title></head>'
    return f'{head}<body style="font-family: sans-serif">\n{markdown.html(text)}</body></html>\n'


def _options(server: smtplib.SMTP, mail: EmailMessage) -> list[str]:
    """Return what MAIL must say; RefusedError if the server knows no such addresses."""
    policy = mail.policy
    assert isinstance(policy, EmailPolicy)  # noqa: S101 - set in _compose
    if not policy.utf8:
        return []
    if not server.has_extn("smtputf8"):
        raise RefusedError(None, "SMTP international address")
    return ["SMTPUTF8", "BODY=8BITMIME"]


def _expect(answer: tuple[int, bytes], route: str) -> None:
    if error := _verdict(*answer, route):
        raise error


def _verdict(code: int, said: bytes | str, route: str) -> AdapterError | None:
    """Return what an answer means: nothing, a failure for now, or one for ever."""
    if 200 <= code < 300:
        return None
    lacks = sasl.meaning(_words(said)) if code >= 500 else ""
    if code in _LOGIN or lacks:
        return ChannelError("login", route, status=code, detail=lacks)
    if code == _CLOSING:
        return ChannelError("connection", route, status=code)
    if 500 <= code < 600 and code not in _MEND:
        return RefusedError(code, route)
    return AdapterError(code, route)


@contextmanager
def _connecting() -> Iterator[None]:
    """Translate what goes wrong before anything was asked of a server."""
    try:
        yield
    except ssl.SSLError:
        raise ChannelError("certificate", "SMTP connection") from None
    except smtplib.SMTPResponseException as error:
        raise ChannelError("connection", "SMTP connection", status=error.smtp_code) from None
    except (smtplib.SMTPException, OSError, ValueError):
        raise ChannelError("connection", "SMTP connection") from None


@contextmanager
def _failing(route: str, *, uncertain: bool = False) -> Iterator[None]:
    """Translate what the library raises; its texts hold addresses and answers."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        code = error.smtp_code
        raise _verdict(code, error.smtp_error, route) or AdapterError(code, route) from None
    except (smtplib.SMTPServerDisconnected, OSError):
        raise ChannelError("connection", route, uncertain=uncertain) from None
    except (smtplib.SMTPException, ValueError):
        raise AdapterError(None, route, uncertain=uncertain) from None
