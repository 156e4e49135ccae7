"""A real IMAP server (pymap) with one mailbox: in memory without keywords, or a Maildir with them."""

from __future__ import annotations

import asyncio
import imaplib
import ssl
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from mailbox import Maildir
from pathlib import Path

from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import DictBackend
from pymap.backend.maildir import Identity, MaildirBackend
from pymap.config import IMAPConfig
from pymap.imap import IMAPServer, IMAPService
from pymap.interfaces.backend import BackendInterface
from pymap.user import UserMetadata
from pysasl.hashing import BuiltinHash

from tests.servers.loop import LoopThread

USER, PASSWORD = "demouser", "demo/pass"
_QUICK = BuiltinHash(rounds=1)
"""A login that takes no time: nothing here is worth guessing."""


class ImapServer:
    """A running server, and a second client's view of its mailbox."""

    def __init__(self, port: int, tls: ssl.SSLContext | None) -> None:
        self.port = port
        self._tls = tls

    @contextmanager
    def client(self, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """Log in with the standard library's client."""
        client = (
            imaplib.IMAP4("127.0.0.1", self.port)
            if self._tls is None
            else imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=self._tls)
        )
        try:
            client.login(USER, PASSWORD)
            client.select(folder)
            yield client
        finally:
            client.logout()

    def arrive(self, raw: bytes, received: datetime = datetime(2026, 3, 1, 12, tzinfo=UTC)) -> None:
        """Let a mail arrive at an instant."""
        with self.client() as client:
            status, _ = client.append("INBOX", "", f'"{received:%d-%b-%Y %H:%M:%S %z}"', raw)
            assert status == "OK"

    def flags(self, folder: str = "INBOX") -> list[str]:
        """Return the flags of each mail in a folder."""
        with self.client(folder) as client:
            found = client.fetch("1:*", "(FLAGS)")[1]
            return [line.decode() for line in found if isinstance(line, bytes)]

    def count(self, folder: str) -> int:
        """Return how many mails a folder holds, 0 if there is none."""
        with self.client() as client:
            status, found = client.select(folder)
            return int(found[0] or 0) if status == "OK" else 0


@contextmanager
def imap_server(
    *, maildir: Path | None = None, tls: tuple[ssl.SSLContext, ssl.SSLContext] | None = None
) -> Iterator[ImapServer]:
    """Run a server; `maildir`: its folder. `tls`: the server's context and the client's."""
    with LoopThread() as loop, AsyncStack(loop) as stack:
        port = loop.run(_start(stack.stack, maildir, None if tls is None else tls[0]))
        yield ImapServer(port, None if tls is None else tls[1])


class AsyncStack:
    """An exit stack that is closed on the loop."""

    def __init__(self, loop: LoopThread) -> None:
        self._loop = loop
        self.stack = AsyncExitStack()

    def __enter__(self) -> AsyncStack:
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.run(self.stack.aclose())


async def _start(stack: AsyncExitStack, maildir: Path | None, tls: ssl.SSLContext | None) -> int:
    backend, config = await _backend(maildir)
    config.apply_context()
    await backend.start(stack)
    serve = ProxyProtocolReader(config.proxy_protocol).get_callback(IMAPServer(backend.login, config))
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    stack.callback(server.close)
    port: int = server.sockets[0].getsockname()[1]
    return port


async def _backend(maildir: Path | None) -> tuple[BackendInterface, IMAPConfig]:
    if maildir is None:
        arguments = _arguments(["dict", "--demo-user", USER, "--demo-password", PASSWORD])
        return await DictBackend.init(arguments, hash_context=_QUICK)
    backend, config = await MaildirBackend.init(_arguments(["maildir", str(maildir)]))
    identity = Identity(config, backend.login.tokens, USER, None, frozenset({"admin"}))
    await identity.set(UserMetadata(config, USER, password=_QUICK.hash(PASSWORD)))
    folder = Maildir(maildir / USER, create=True)
    (maildir / USER / "dovecot-keywords").write_text("0 $CocflowDone\n")
    folder.close()
    return backend, config


def _arguments(arguments: list[str]) -> Namespace:
    """Return the options of the server's own command line."""
    parser = ArgumentParser()
    parser.set_defaults(debug=False, passlib_cfg=None)
    subparsers = parser.add_subparsers(dest="backend")
    DictBackend.add_subparser("dict", subparsers)
    MaildirBackend.add_subparser("maildir", subparsers)
    IMAPService.add_arguments(parser)
    return parser.parse_args(["--no-tls", *arguments])
