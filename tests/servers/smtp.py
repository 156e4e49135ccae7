"""A real SMTP server (aiosmtpd) that keeps what it accepts and answers as it is told to.

With a provider of tokens it takes those, by XOAUTH2 or OAUTHBEARER, instead of a password.
"""

from __future__ import annotations

import asyncio
import base64
import email
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers.loop import LoopThread
from tests.servers.oauth import Provider

USER, PASSWORD = "coc", "s3cret/&"


class SmtpServer:
    """What a server accepted, and what it will answer to MAIL, RCPT and DATA ("" hangs up).

    `only_sender`: the one sender that the login may use, "" for any. Others are refused at RCPT, or, `late`,
    once the mail is there.
    """

    def __init__(self) -> None:
        self.port = 0
        self.envelopes: list[Envelope] = []
        self.answers: dict[str, str] = {}
        self.encrypted: list[bool] = []
        self.asks_for_login = False
        self.only_sender = ""
        self.late = False

    def mails(self) -> list[EmailMessage]:
        """Return what was accepted, parsed."""
        raws = [cast("bytes", envelope.content) for envelope in self.envelopes]
        return [email.message_from_bytes(raw, policy=default) for raw in raws]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a sender."""
        if self.asks_for_login and not session.authenticated:
            return "530 5.7.0 Authentication required"
        if answer := self.answers.get("MAIL"):
            return answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient."""
        if answer := self.answers.get("RCPT"):
            return answer
        if not self.late and self.only_sender not in ("", envelope.mail_from):
            return "553 5.7.1 Sender address rejected: not owned by user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail."""
        answer = self.answers.get("DATA", "250 OK")
        if self.only_sender not in ("", envelope.mail_from):
            answer = (
                f"554 5.2.252 SendAsDenied; {self.only_sender} not allowed to send as {envelope.mail_from}"
            )
        if not answer:
            cast("asyncio.Transport", server.transport).abort()
            return "250 OK"
        if answer.startswith("2"):
            self.envelopes.append(envelope)
            self.encrypted.append(session.ssl is not None)
        return answer


class TakesTokens(SmtpServer):
    """A server that takes tokens; `refusal` is what it says to one that isn't good.

    `initial`: whether each came with the command itself; `goes_on`: the answers to the reasons of refusals.
    """

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider
        self.refusal = "535 5.7.3 Authentication unsuccessful"
        self.initial: list[bool] = []
        self.goes_on: list[object] = []

    async def _judge(self, server: SMTP, args: list[str], shape: bytes) -> AuthResult:
        given = args[1] if len(args) > 1 else ""
        self.initial.append(given != "")
        sent = base64.b64decode(given) if given else await server.challenge_auth("", encode_to_b64=False)
        found = re.fullmatch(shape, sent) if isinstance(sent, bytes) else None
        if found is not None and self.provider.good(*(one.decode() for one in found.groups())):
            return AuthResult(success=True, auth_data=found[1])
        self.goes_on.append(await server.challenge_auth('{"status":"401"}'))
        await server.push(self.refusal)
        return AuthResult(success=False, handled=True)


class _Xoauth2(TakesTokens):
    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Take a token."""
        return await self._judge(server, args, rb"user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01")


class _Oauthbearer(TakesTokens):
    async def auth_OAUTHBEARER(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        """Take a token."""
        return await self._judge(server, args, rb"n,a=([^\x01]+),\x01auth=Bearer ([^\x01]+)\x01\x01")


_KINDS = {"XOAUTH2": _Xoauth2, "OAUTHBEARER": _Oauthbearer}


class _Server(SMTP):
    line_length_limit = 12_288  # RFC 4954, for what is said to log in


def _authenticate(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=False)


@contextmanager
def smtp_server(
    *,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    login: bool = False,
    utf8: bool = True,
    provider: Provider | None = None,
    mechanism: str = "XOAUTH2",
) -> Iterator[SmtpServer]:
    """Run a server; with TLS from the start, with STARTTLS (then required), or with neither.

    With TLS, or if so told, it asks for a login. `provider`: whose tokens it takes, by that `mechanism`.
    """
    made = SmtpServer() if provider is None else _KINDS[mechanism](provider)
    made.asks_for_login = bool(tls or starttls or login)

    async def start() -> asyncio.Server:
        def protocol() -> SMTP:
            return _Server(
                made,
                enable_SMTPUTF8=utf8,
                tls_context=starttls,
                require_starttls=starttls is not None,
                authenticator=_authenticate if made.asks_for_login else None,
                auth_exclude_mechanism=["PLAIN", "LOGIN"] if provider is not None else None,
                auth_required=starttls is not None,
                auth_require_tls=starttls is not None,
                loop=asyncio.get_running_loop(),
                hostname="test.invalid",
            )

        return await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=tls)

    async def stop(server: asyncio.Server) -> None:
        server.close()

    with LoopThread() as loop:
        server = loop.run(start())
        made.port = server.sockets[0].getsockname()[1]
        yield made
        loop.run(stop(server))
